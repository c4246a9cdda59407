"""Rules for queries that are to mean the same in every engine: one for each thing that engines answer differently.

What an engine does is told in ``seen``, what to write in its place in ``instead``; `docs/compatibility.md` names the versions.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from query_syntax import Node, find_bound, find_certain, find_variables, list_triples, parse, walk
from rdflib.term import Literal, URIRef, Variable

from airm_graph.serve.query_checks import cut_query

__all__ = ["QUERY_RULES", "Break", "QueryRule", "check_query_text"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_YEARS = {f"{_XSD}{name}" for name in ("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")}
_TIMES = {f"{_XSD}{name}" for name in ("date", "dateTime", "time", "duration", "dayTimeDuration", "yearMonthDuration")}
_BOOLEAN = f"{_XSD}boolean"
#: Kind of values → datatypes of literals that they are compared with.
_GOOD = {
    "string": {"None", f"{_XSD}string"},
    "integer": {f"{_XSD}{name}" for name in ("integer", "decimal", "double")},
    "date": {f"{_XSD}date"},
}
_AGGREGATES = {f"Aggregate_{name}" for name in ("Avg", "GroupConcat", "Max", "Min", "Sum")}
_CHANGING = tuple(f"Builtin_{name}" for name in ("BNODE", "NOW", "RAND", "STRUUID", "UUID"))
_CASTS = {f"{_XSD}{name}" for name in ("boolean", "decimal", "double", "float", "integer")}
_SELECTS = {"SelectQuery", "SubSelect"}
_EXISTS = {"Builtin_EXISTS", "Builtin_NOTEXISTS"}
_LOGICAL = {"ConditionalOrExpression", "ConditionalAndExpression", "UnaryNot"}
_TESTS = {f"Builtin_{name}" for name in ("BOUND", "CONTAINS", "REGEX", "STRENDS", "STRSTARTS")}
_TRUTHS = _LOGICAL | _EXISTS | _TESTS | {"RelationalExpression"}


@dataclass(frozen=True)
class Break:
    """Where a text breaks a rule: the file, the name of the rule, what is wrong."""

    file: str
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}: {self.rule}: {self.what}"


@dataclass(frozen=True)
class Asked:
    """A query as rules see it.

    Attributes:
        text: As written.
        query: The tree.
        kinds: Property → kind of its values: ``integer``, ``string``, ``date``, ``gYear`` or ``IRI``.
        given: Variables that are bound before the query is asked.
    """

    text: str
    query: Node
    kinds: Mapping[str, str]
    given: Set[str]

    def of(self, *names: str) -> Iterator[Node]:
        """All constructs of these names."""
        return (node for node in walk(self.query) if node.name in names)

    def selects(self) -> Iterator[Node]:
        """The query, where it is a SELECT, and its sub-selects."""
        return self.of(*_SELECTS)

    def groups(self) -> Iterator[tuple[Any, ...]]:
        """The parts of each group."""
        return (node.list("part") for node in self.of("GroupGraphPatternSub"))

    def triples(self) -> Iterator[tuple[Any, Any, Any]]:
        """All triple patterns."""
        return (triple for block in self.of("TriplesBlock") for triple in list_triples(block))

    def has_kind(self, part: Any, kind: str) -> bool:
        """Whether a variable holds the values of properties of one kind, and of no others."""
        held = {self.kinds.get(str(p), "") if isinstance(p, URIRef) else "" for _, p, o in self.triples() if o == part}
        return isinstance(part, Variable) and held == {kind}


@dataclass(frozen=True)
class QueryRule:
    """One rule: its name, what engines do, what to write, and the function that finds where it is broken."""

    name: str
    seen: str
    instead: str
    find: Callable[[Asked], Iterator[str]]


QUERY_RULES: list[QueryRule] = []


def _rule(name: str, *, seen: str, instead: str) -> Callable[[Callable[[Asked], Iterator[str]]], Callable[[Asked], Iterator[str]]]:
    def add(find: Callable[[Asked], Iterator[str]]) -> Callable[[Asked], Iterator[str]]:
        QUERY_RULES.append(QueryRule(name, seen, instead, find))
        return find

    return add


def check_query_text(text: str, *, file: str, kinds: Mapping[str, str], given: Set[str] = frozenset()) -> list[Break]:
    """Check a query against every rule.

    Args:
        text: The query.
        file: Where it stands.
        kinds: As in `Asked`.
        given: Variables that are bound before the query is asked.
    """
    asked = Asked(text, parse(text), kinds, given)
    return [Break(file, rule.name, what) for rule in QUERY_RULES for what in rule.find(asked)]


def _is_literal_of(part: Any, datatypes: set[str]) -> bool:
    return isinstance(part, Literal) and str(part.datatype) in datatypes


def _literals(part: Any) -> Iterator[Literal]:
    if isinstance(part, Literal):
        yield part
    values = part.parts.values() if isinstance(part, Node) else part if isinstance(part, tuple) else ()
    for value in values:
        yield from _literals(value)


def _function(node: Node) -> str:
    return node.name.removeprefix("Builtin_").removeprefix("Aggregate_").upper()


# Grouping and counting


@_rule("alias-in-having", seen="a row, an error or nothing", instead="repeat the aggregate in HAVING, or filter around a sub-select")
def _alias_in_having(asked: Asked) -> Iterator[str]:
    for select in asked.selects():
        aliases = {str(one.parts["evar"]) for one in select.list("projection") if "evar" in one.parts}
        yield from (f"?{name} is made in the SELECT" for name in sorted(aliases & find_variables(select.parts.get("having"))))


@_rule("group-by-expression", seen="rdflib stops where a row has no value", instead="give the expression a name with AS")
def _group_by_expression(asked: Asked) -> Iterator[str]:
    for clause in asked.of("GroupClause"):
        yield from (f"{one.name} has no name" for one in clause.list("condition") if isinstance(one, Node) and "var" not in one.parts)


@_rule("repeated-path", seen="other solutions where a path comes back, and in joins", instead="ask the inferred property")
def _repeated_path(asked: Asked) -> Iterator[str]:
    yield from (f"a path ends in {node.parts['mod']}" for node in asked.of("PathElt") if "mod" in node.parts)


@_rule("group-concat-separator", seen="Virtuoso refuses it", instead="give SEPARATOR")
def _group_concat_separator(asked: Asked) -> Iterator[str]:
    yield from ("GROUP_CONCAT has no SEPARATOR" for node in asked.of("Aggregate_GroupConcat") if "separator" not in node.parts)


@_rule("group-concat-of-terms", seen="unbound over IRIs, sometimes a language tag", instead="GROUP_CONCAT(STR(?x); SEPARATOR=…)")
def _group_concat_of_terms(asked: Asked) -> Iterator[str]:
    for node in asked.of("Aggregate_GroupConcat"):
        if getattr(node.parts["vars"], "name", "") != "Builtin_STR":
            yield "GROUP_CONCAT takes something else than STR(…)"


@_rule("least-of-terms", seen="an IRI, a text or nothing; Virtuoso finds no least string", instead="MIN(STR(?x)), and IRI(…) around it")
def _least_of_terms(asked: Asked) -> Iterator[str]:
    for node in asked.of("Aggregate_Min", "Aggregate_Max"):
        inner = node.parts["vars"]
        if getattr(inner, "name", "") != "Builtin_STR" and not asked.has_kind(inner, "integer"):
            yield f"{_function(node)} takes something else than STR(…) or an integer property"


@_rule("aggregate-of-unbound", seen="an answer, or none for the whole group", instead="leave out rows without a value before")
def _aggregate_of_unbound(asked: Asked) -> Iterator[str]:
    for select in asked.selects():
        sure = find_certain(select.parts["where"]) | asked.given
        for node in walk((*select.list("projection"), *select.list("having"))):
            if node.name in _AGGREGATES:
                yield from (f"{_function(node)} takes ?{name}, which may be unbound" for name in sorted(find_variables(node) - sure))


@_rule(
    "order-by-unselected",
    seen="some order before DISTINCT, some refuse",
    instead="select it, or put DISTINCT in a sub-select",
)
def _order_by_unselected(asked: Asked) -> Iterator[str]:
    for select in asked.selects():
        names = {str(one.parts.get("var", one.parts.get("evar"))) for one in select.list("projection")}
        if select.parts.get("modifier") == "DISTINCT" and names:
            yield from (f"?{name} is not selected" for name in sorted(find_variables(select.parts.get("orderby")) - names))


@_rule("sub-select-shares-name", seen="rdflib lets an inner variable see the outer one", instead="choose another name inside")
def _sub_select_shares_name(asked: Asked) -> Iterator[str]:
    placed = {str(node.parts["var"][0]) for node in asked.of("InlineData") if len(node.list("var")) == 1}
    for parts in asked.groups():
        for part in parts:
            if getattr(part, "name", "") in {"SubSelect", "GroupOrUnionGraphPattern"}:
                around = find_bound(tuple(other for other in parts if other is not part))
                inside = set().union(*(find_bound(node.parts["where"]) for node in walk(part) if node.name == "SubSelect"))
                yield from (f"?{name} is another thing outside" for name in sorted((inside - find_bound(part) - placed) & around))


# Groups and what they see


@_rule("exists-over-sub-select", seen="the outer row is seen inside, or not", instead="write the pattern itself, or MINUS")
def _exists_over_sub_select(asked: Asked) -> Iterator[str]:
    for node in asked.of(*_EXISTS):
        yield from ("EXISTS holds a sub-select" for inner in walk(node.parts["graph"]) if inner.name == "SubSelect")


@_rule("minus-without-shared-variable", seen="nothing is removed, or everything", instead="let both sides bind one variable in every row")
def _minus_without_shared_variable(asked: Asked) -> Iterator[str]:
    for parts in asked.groups():
        for number, part in enumerate(parts):
            if getattr(part, "name", "") == "MinusGraphPattern":
                shared = find_certain(parts[:number]) & find_certain(part.list("graph"))
                yield from () if shared else ("MINUS shares no variable that is always bound",)


@_rule("values-in-minus", seen="Virtuoso loses rows", instead="put VALUES before the MINUS")
def _values_in_minus(asked: Asked) -> Iterator[str]:
    for node in asked.of("MinusGraphPattern"):
        yield from ("MINUS holds VALUES" for inner in walk(node) if inner.name == "InlineData")


@_rule("values-behind-pattern", seen="no rows, or rows twice", instead="begin the group with VALUES")
def _values_behind_pattern(asked: Asked) -> Iterator[str]:
    for parts in asked.groups():
        names = [getattr(part, "name", "") for part in parts]
        first = next((number for number, name in enumerate(names) if name != "InlineData"), len(names))
        yield from ("VALUES stands behind a pattern" for name in names[first:] if name == "InlineData")
    yield from ("VALUES stands behind the query" for _ in asked.of("ValuesClause"))


@_rule("out-of-scope", seen="bound in one engine, unbound in another", instead="filter in the group that binds it, or test BOUND first")
def _out_of_scope(asked: Asked) -> Iterator[str]:
    # The filters of OPTIONAL and of EXISTS see both sides by definition.
    both = {id(part) for node in asked.of("OptionalGraphPattern", *_EXISTS) for part in node.list("graph")}
    graphs = {id(node.parts["graph"]): find_variables(node.parts["term"]) for node in asked.of("GraphGraphPattern")}
    for node in asked.of("GroupGraphPatternSub"):
        if id(node) not in both:
            yield from _find_unseen(node.list("part"), given=asked.given | graphs.get(id(node), set()))


def _find_unseen(parts: tuple[Any, ...], *, given: Set[str]) -> Iterator[str]:
    for number, part in enumerate(parts):
        name = getattr(part, "name", "")
        if name in {"Filter", "Bind"}:
            seen = find_bound(parts if name == "Filter" else parts[:number]) | given
            tested = {str(node.parts["arg"]) for node in walk(part) if node.name == "Builtin_BOUND"}
            named = find_variables(part.parts["expr"], without=_EXISTS)
            yield from (f"?{one} is not bound here" for one in sorted(named - seen - tested))


@_rule("graph-variable-inside", seen="bound or unbound inside its own GRAPH", instead="filter and count outside of GRAPH")
def _graph_variable_inside(asked: Asked) -> Iterator[str]:
    for node in asked.of("GraphGraphPattern"):
        inner = node.parts["graph"]
        if any(part.name in {"Filter", "Bind"} and find_variables(node.parts["term"]) & find_variables(part) for part in walk(inner)):
            yield "an expression inside GRAPH names the graph"
        if any(part.name == "SubSelect" for part in walk(inner)):
            yield "GRAPH holds a sub-select"
        if not find_bound(inner):
            yield "GRAPH holds no pattern"


# Values


@_rule("years-compared", seen="rdflib finds nothing, Virtuoso gives 0", instead="STR(?year), or xsd:integer(STR(?year))")
def _years_compared(asked: Asked) -> Iterator[str]:
    for node in asked.of("RelationalExpression", "OrderCondition", "Aggregate_Min", "Aggregate_Max", "InlineData"):
        direct = [*node.list("expr"), *node.list("other"), *node.list("vars")]
        if any(asked.has_kind(part, "gYear") for part in direct) or any(_is_literal_of(part, _YEARS) for part in _literals(node)):
            yield f"a year stands in {node.name}"
    for select in asked.selects():
        plain = [one.parts["var"] for one in select.list("projection") if "evar" not in one.parts]
        yield from (f"?{name}, a year, is selected" for name in plain if asked.has_kind(name, "gYear"))
    yield from ("a year stands in a pattern" for triple in asked.triples() if any(_is_literal_of(part, _YEARS) for part in triple))


@_rule("mixed-comparison", seen="false, true, or an error that drops the row", instead="compare with a literal of the property's datatype")
def _mixed_comparison(asked: Asked) -> Iterator[str]:
    for node in asked.of("RelationalExpression"):
        for part in node.list("expr"):
            good = next((found for kind, found in _GOOD.items() if asked.has_kind(part, kind)), None)
            others = [other for other in node.list("other") if isinstance(other, Literal)]
            yield from (f"?{part} is compared with {other.n3()}" for other in others if good and str(other.datatype) not in good)


@_rule("boolean-value", seen="Virtuoso has no booleans: 1, 0, or every row", instead='give "true" or "false" as text')
def _boolean_value(asked: Asked) -> Iterator[str]:
    yield from ("a pattern holds a boolean" for triple in asked.triples() if any(_is_literal_of(part, {_BOOLEAN}) for part in triple))
    for node in asked.of("InlineData", "Bind", "vars"):
        expression = node.parts.get("expr")
        if any(_is_literal_of(part, {_BOOLEAN}) for part in _literals(node)) or getattr(expression, "name", "") in _TRUTHS:
            yield f"{node.name} makes a boolean"


@_rule(
    "bare-condition",
    seen="tagged texts and unbound variables are true, false or errors",
    instead="compare, or test BOUND",
)
def _bare_condition(asked: Asked) -> Iterator[str]:
    for node in asked.of("Filter", "Builtin_IF", *_LOGICAL):
        direct = [*node.list("arg1")] if node.name == "Builtin_IF" else [*node.list("expr"), *node.list("other")]
        yield from (f"?{part} is a condition by itself" for part in direct if isinstance(part, Variable))


@_rule("in-list", seen="rdflib's IN compares terms, not values", instead="IN over IRIs and plain texts only, else =")
def _in_list(asked: Asked) -> Iterator[str]:
    for node in asked.of("RelationalExpression"):
        if "IN" in str(node.parts["op"]):
            yield from (f"{part} is compared" for part in node.list("other") if not isinstance(part, URIRef) and not _is_plain(part))


def _is_plain(part: Any) -> bool:
    return isinstance(part, Literal) and part.datatype is None and not part.language


@_rule("division", seen="decimal, double, unbound or an error", instead="leave the quotient to the caller")
def _division(asked: Asked) -> Iterator[str]:
    yield from ("a quotient is computed" for node in asked.of("MultiplicativeExpression") if "/" in map(str, node.list("op")))


@_rule("date-arithmetic", seen="unbound, other months, other datatypes", instead="compare days as texts")
def _date_arithmetic(asked: Asked) -> Iterator[str]:
    for node in asked.of("AdditiveExpression"):
        direct = [*node.list("expr"), *node.list("other")]
        if any(_is_literal_of(part, _TIMES) or asked.has_kind(part, "date") for part in direct):
            yield "a day or a duration is added or taken away"


@_rule("cast", seen="rdflib gives nothing for casts between numbers and from booleans", instead="cast STR(?x)")
def _cast(asked: Asked) -> Iterator[str]:
    for node in asked.of("Function"):
        arguments = node.list("expr")
        if str(node.parts["iri"]) in _CASTS and any(getattr(part, "name", "") != "Builtin_STR" for part in arguments):
            yield f"{str(node.parts['iri']).removeprefix(_XSD)} takes something else than STR(…)"


# Functions


@_rule("regex-flags", seen="flags are dropped, or taken for a count", instead='only "i" in REGEX, none in REPLACE, no $0')
def _regex_flags(asked: Asked) -> Iterator[str]:
    for node in asked.of("Builtin_REGEX", "Builtin_REPLACE"):
        flags = node.parts.get("flags")
        if flags is not None and (node.name == "Builtin_REPLACE" or str(flags) != "i"):
            yield f"{_function(node)} has flags"
        if "$0" in str(node.parts.get("replacement", "")):
            yield "$0 stands for the match"


@_rule("substr-start", seen="unbound, the beginning, or nothing", instead="begin at 1 or later")
def _substr_start(asked: Asked) -> Iterator[str]:
    for node in asked.of("Builtin_SUBSTR"):
        start = node.parts["start"]
        if not (isinstance(start, Literal) and start.value is not None and start.value >= 1):
            yield "SUBSTR begins at no fixed character"


@_rule("case-of-any-value", seen="Virtuoso finds nothing where the property is a variable", instead="LCASE(STR(?x))")
def _case_of_any_value(asked: Asked) -> Iterator[str]:
    loose = {str(o) for _, p, o in asked.triples() if isinstance(p, Variable) and isinstance(o, Variable)}
    for node in asked.of("Builtin_LCASE", "Builtin_UCASE"):
        yield from (f"{_function(node)} takes ?{part} itself" for part in node.list("arg") if str(part) in loose)


@_rule("escaped-name", seen="Comunica keeps the backslash and finds nothing", instead="write the whole IRI")
def _escaped_name(asked: Asked) -> Iterator[str]:
    yield from (f"{token.text} has a backslash" for token in cut_query(asked.text) if token.kind == "name" and "\\" in token.text)


@_rule("code-point-escape", seen="rdflib resolves it even behind a backslash", instead="write the character")
def _code_point_escape(asked: Asked) -> Iterator[str]:
    yield from (f"{match} is an escape" for match in re.findall(r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}", asked.text))


# What is not used at all

for _name, _seen, _instead, _constructs in (
    ("ask-form", "Virtuoso's false is a table to JavaScript clients", "SELECT with LIMIT 1", ("AskQuery",)),
    ("changing-function", "one value for all rows or one for each", "make such values outside of the query", _CHANGING),
    ("encode-for-uri", "Comunica leaves / ? = ( ) as they are", "encode outside of the query", ("Builtin_ENCODE_FOR_URI",)),
    ("is-numeric", "true or false for a number outside of its datatype", "cast STR(?x), and test BOUND", ("Builtin_isNUMERIC",)),
    ("path-alternative", "solutions that two ways give are counted once or twice", "write UNION", ("PathAlternative",)),
):
    _rule(_name, seen=_seen, instead=_instead)(lambda asked, names=_constructs: (f"{_function(node)} is used" for node in asked.of(*names)))
