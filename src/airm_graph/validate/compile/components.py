"""Constraint components to SQL: for a shape and all its focus nodes at once, the rows (focus, value, path) that violate it.

A shape inside another is a relation too: the nodes, among those asked for, that do not conform.

Source:
    SHACL, section 4; where it is silent, as pyshacl does.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from airm_graph.columns import BLANK, IRI, LITERAL
from airm_graph.namespaces import PREFIXES, term
from airm_graph.validate.compile.lexical import STRINGS, is_comparable, quote, well_formed
from airm_graph.validate.compile.paths import Statement, find_values
from airm_graph.validate.compile.patterns import rewrite_pattern
from airm_graph.validate.compile.shapes import Constraint, NotCompiledError, Predicate, Shape, ShapesGraph
from airm_graph.validate.terms import literal_text

__all__ = ["Branch", "Scope", "component_iri", "find_branches", "find_instances", "open_scope"]

_NONE = "CAST(NULL AS INTEGER)"
_TYPE, _RESOURCE = term("rdf:type"), term("rdfs:Resource")
_INTEGER = re.compile(r'"([+-]?[0-9]+)"\^\^<' + re.escape(PREFIXES["xsd"]) + r"integer>\Z")
_TRUE = {f'"{word}"^^{term("xsd:boolean")}': word in ("true", "1") for word in ("true", "1", "false", "0")}
_LITERAL = re.compile(r'".*"(?:@(?P<language>[A-Za-z0-9-]+)|\^\^<(?P<datatype>[^>]*)>)?\Z', re.DOTALL)
_KINDS = {
    "IRI": (IRI,),
    "BlankNode": (BLANK,),
    "Literal": (LITERAL,),
    "BlankNodeOrIRI": (BLANK, IRI),
    "BlankNodeOrLiteral": (BLANK, LITERAL),
    "IRIOrLiteral": (IRI, LITERAL),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A SELECT of violations, and the constraint whose they are.

    Attributes:
        kind, relation, condition: Where the SELECT is a condition on each row of a relation, that relation, what it is
            (``described`` value nodes, ``counted`` focus nodes) and the condition; tests on one relation can be made in one pass.
            For instances of a class, the kind is ``class`` and the condition the id of the class.
    """

    component: str
    parameter: str
    sql: str
    kind: str = ""
    relation: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """A shape with the relations of its focus nodes (column node) and of its value nodes (columns focus, value)."""

    graph: ShapesGraph
    statement: Statement
    shape: Shape
    focus: str
    values: str
    within: tuple[str, ...]

    @property
    def ids(self) -> Mapping[str, int]:
        """Numbers of constant terms."""
        return self.statement.ids

    def nodes(self) -> str:
        """The relation of the value nodes, each once."""
        if self.shape.path is None:
            return self.focus
        return self.statement.relation(f"SELECT DISTINCT value AS node FROM {self.values}")  # noqa: S608

    def described(self) -> str:
        """The relation of the value nodes with what the dictionary says of them."""
        return self.statement.relation(
            "SELECT v.focus, v.value, d.kind, d.lexical, d.datatype, d.language "  # noqa: S608
            f"FROM {self.values} AS v JOIN terms AS d ON d.id = v.value"
        )

    def failing(self, node: str) -> str:
        """The relation of the value nodes that do not conform to another shape."""
        return _failing(replace(self, focus=self.nodes()), node)


def component_iri(branch: Branch) -> str:
    """The IRI of the constraint component, as an N-Triples term."""
    return term(f"sh:{branch.component}ConstraintComponent")


def open_scope(graph: ShapesGraph, node: str, *, focus: str, statement: Statement, within: tuple[str, ...] = ()) -> Scope:
    """Read a shape and name its relations.

    Raises:
        NotCompiledError: The shape cannot be read, or leads back to itself.
    """
    if node in within:
        raise NotCompiledError("a shape that refers to itself")
    shape = graph.shape(node)
    values = find_values(shape.path, focus=focus, statement=statement)
    return Scope(graph, statement, shape, focus=focus, values=values, within=(*within, node))


def find_branches(scope: Scope) -> Iterator[Branch]:
    """Compile the constraints of a shape, but for the property shapes and queries in it, which are judged by themselves.

    Raises:
        NotCompiledError: One of them is left to pyshacl.
    """
    for constraint in scope.shape.constraints:
        if constraint.parameter not in ("property", "sparql"):
            yield from _COMPONENTS[constraint.parameter](scope, constraint)


def _failing(scope: Scope, node: str) -> str:
    inner = open_scope(scope.graph, node, focus=scope.focus, statement=scope.statement, within=scope.within)
    relation = scope.statement.relation
    if inner.shape.deactivated:
        return relation(f"SELECT node FROM {scope.focus} WHERE 1 = 0")  # noqa: S608
    found = [f"SELECT focus AS node FROM ({branch.sql}) AS b" for branch in find_branches(inner)]  # noqa: S608
    for constraint in inner.shape.constraints:
        if constraint.parameter == "sparql":
            raise NotCompiledError("sh:sparql in a shape that another shape refers to")
        if constraint.parameter == "property":
            for name in constraint.terms:
                _require_path(scope.graph, name)
                bad = _failing(replace(inner, focus=inner.nodes()), name)
                found.append(f"SELECT v.focus AS node FROM {inner.values} AS v JOIN {bad} AS b ON b.node = v.value")  # noqa: S608
    return relation(" UNION ".join(found) if found else f"SELECT node FROM {scope.focus} WHERE 1 = 0")  # noqa: S608


def _require_path(graph: ShapesGraph, node: str) -> None:
    if graph.shape(node).path is None:
        raise NotCompiledError(f"{node} is not a property shape")


def _branch(constraint: Constraint, sql: str, *, component: str = "") -> Branch:
    name = constraint.parameter
    return Branch(component or name[0].upper() + name[1:], name, sql)


def _values(scope: Scope, condition: str) -> str:
    return f"SELECT v.focus, v.value, {_NONE} AS path FROM {scope.values} AS v WHERE {condition}"  # noqa: S608


def _test(constraint: Constraint, kind: str, relation: str, condition: str) -> Branch:
    sql = f"SELECT v.focus, v.value, {_NONE} AS path FROM {relation} AS v WHERE {condition}"  # noqa: S608
    return replace(_branch(constraint, sql), kind=kind, relation=relation, condition=condition)


def _focus(scope: Scope, condition: str, *, join: str = "") -> str:
    return f"SELECT f.node AS focus, {_NONE} AS value, {_NONE} AS path FROM {scope.focus} AS f {join} WHERE {condition}"  # noqa: S608


def _only(constraint: Constraint) -> str:
    if len(constraint.terms) != 1:
        raise NotCompiledError(f"several values of sh:{constraint.parameter}")
    return constraint.terms[0]


def _number(value: str, *, parameter: str) -> int:
    match = _INTEGER.match(value)
    if match is None or int(match[1]) < 0:
        raise NotCompiledError(f"the value {value} of sh:{parameter}")
    return int(match[1])


def _on_properties(scope: Scope, constraint: Constraint) -> None:
    if scope.shape.path is None:
        raise NotCompiledError(f"sh:{constraint.parameter} on a node shape")


def _class(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for value in constraint.terms:
        instances = find_instances(scope.statement, value)
        missing = _values(scope, f"NOT EXISTS (SELECT 1 FROM {instances} AS i WHERE i.node = v.value)")  # noqa: S608
        yield replace(_branch(constraint, missing), kind="class", condition=str(scope.ids[value]))


def find_instances(statement: Statement, value: str) -> str:
    """The relation of the instances of a class and of the classes below it, from the table that is made for all classes at once."""
    return statement.relation(f"SELECT node FROM instances WHERE class = {statement.ids[value]}")  # noqa: S608


def _datatype(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    datatype = _only(constraint).strip("<>")
    conditions = [f"v.kind = {LITERAL}"]
    if datatype != PREFIXES["rdfs"] + "Literal":
        conditions.append(f"v.datatype = {quote(datatype)}")
        if form := well_formed(datatype):
            conditions.append(form)
    yield _test(constraint, "described", scope.described(), f"NOT ({' AND '.join(conditions)})")


def _node_kind(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    kinds = _KINDS.get(_only(constraint).strip("<>").removeprefix(PREFIXES["sh"]))
    if kinds is None:
        raise NotCompiledError(f"the node kind {_only(constraint)}")
    yield _test(constraint, "described", scope.described(), f"v.kind NOT IN ({', '.join(map(str, kinds))})")


def _min_count(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    _on_properties(scope, constraint)
    least = _number(_only(constraint), parameter=constraint.parameter)
    if least:
        yield _test(constraint, "counted", _counted(scope), f"v.n < {least}")


def _counted(scope: Scope) -> str:
    """The relation of the focus nodes and the number of their values, with no value."""
    return scope.statement.relation(
        f"SELECT f.node AS focus, {_NONE} AS value, COALESCE(c.n, 0) AS n FROM {scope.focus} AS f {_counts(scope.values)}"  # noqa: S608
    )


def _counts(values: str) -> str:
    return f"LEFT JOIN (SELECT focus, COUNT(*) AS n FROM {values} GROUP BY focus) AS c ON c.focus = f.node"  # noqa: S608


def _max_count(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    _on_properties(scope, constraint)
    yield _test(constraint, "counted", _counted(scope), f"v.n > {_number(_only(constraint), parameter=constraint.parameter)}")


def _range(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    operator = (">" if constraint.parameter.startswith("min") else "<") + ("=" if constraint.parameter.endswith("Inclusive") else "")
    for bound in constraint.terms:
        match = _LITERAL.match(bound)
        if match is None or match["language"]:
            raise NotCompiledError(f"the bound {bound}")
        if not match["datatype"]:
            holds = f"v.kind = {LITERAL} AND v.datatype = {quote(STRINGS[0])} AND v.lexical {operator} {quote(literal_text(bound))}"
            yield _test(constraint, "described", scope.described(), f"NOT ({holds})")
            continue
        if not is_comparable(literal_text(bound), datatype=match["datatype"]):
            raise NotCompiledError(f"the bound {bound}")
        keys = f"SELECT 1 FROM keys AS a JOIN keys AS b ON b.space = a.space AND b.id = {scope.ids[bound]}"  # noqa: S608
        yield _branch(constraint, _values(scope, f"NOT EXISTS ({keys} WHERE a.id = v.value AND {_compare(operator)})"))


def _compare(operator: str) -> str:
    exact, rough = f"a.exact {operator} b.exact", f"a.rough {operator} b.rough"
    return f"CASE WHEN a.exact IS NOT NULL AND b.exact IS NOT NULL THEN {exact} ELSE {rough} END"


def _length(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    length = _number(_only(constraint), parameter=constraint.parameter)
    if constraint.parameter == "maxLength":
        yield _test(constraint, "described", scope.described(), f"v.kind = {BLANK} OR LENGTH(v.lexical) > {length}")
    elif length:
        yield _test(constraint, "described", scope.described(), f"v.kind = {BLANK} OR LENGTH(v.lexical) < {length}")


def _pattern(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    flags = literal_text(scope.shape.option("flags") or '""')
    for value in constraint.terms:
        if not value.startswith('"'):
            raise NotCompiledError(f"the pattern {value}")
        pattern = quote(rewrite_pattern(literal_text(value), flags=flags))
        yield _test(constraint, "described", scope.described(), f"v.kind = {BLANK} OR NOT regexp_matches(v.lexical, {pattern})")


def _language_in(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if len(constraint.lists) != 1 or not all(value.startswith('"') for value in constraint.lists[0]):
        raise NotCompiledError("sh:languageIn")
    ranges = sorted({literal_text(value).lower() for value in constraint.lists[0]})
    tests = [
        "v.language <> ''" if tag == "*" else f"LOWER(v.language) = {quote(tag)} OR LOWER(v.language) LIKE {quote(tag + '-%')}"
        for tag in ranges
    ]
    yield _test(constraint, "described", scope.described(), f"NOT ({' OR '.join(tests)})")


def _unique_lang(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    _on_properties(scope, constraint)
    value = _only(constraint)
    if value not in _TRUE:
        raise NotCompiledError(f"the value {value} of sh:uniqueLang")
    # The suite of the W3C asks that "1" be no true here; pyshacl takes it for one.
    if value.startswith('"true"'):
        yield _branch(
            constraint,
            f"SELECT v.focus, {_NONE} AS value, {_NONE} AS path FROM {scope.described()} AS v "  # noqa: S608
            "WHERE v.language <> '' GROUP BY v.focus, LOWER(v.language) HAVING COUNT(*) > 1",
        )


def _others(scope: Scope, predicate: str) -> str:
    """The relation of focus nodes and their values of another property."""
    return find_values(Predicate(predicate), focus=scope.focus, statement=scope.statement)


def _predicates(constraint: Constraint) -> Iterator[str]:
    for value in constraint.terms:
        if not value.startswith("<"):
            raise NotCompiledError(f"the value {value} of sh:{constraint.parameter}")
        yield value


def _equals(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for predicate in _predicates(constraint):
        others = _others(scope, predicate)
        for left, right in ((scope.values, others), (others, scope.values)):
            missing = f"SELECT 1 FROM {right} AS w WHERE w.focus = v.focus AND w.value = v.value"  # noqa: S608
            yield _branch(constraint, f"SELECT v.focus, v.value, {_NONE} AS path FROM {left} AS v WHERE NOT EXISTS ({missing})")  # noqa: S608


def _disjoint(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for predicate in _predicates(constraint):
        common = f"SELECT 1 FROM {_others(scope, predicate)} AS w WHERE w.focus = v.focus AND w.value = v.value"  # noqa: S608
        yield _branch(constraint, _values(scope, f"EXISTS ({common})"))


def _less_than(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    """One row for each pair that does not compare; IRIs compare as strings, literals of equal unknown datatypes as written."""
    _on_properties(scope, constraint)
    operator = "<=" if constraint.parameter == "lessThanOrEquals" else "<"
    for predicate in _predicates(constraint):
        left, right = (scope.statement.relation(_keyed(relation)) for relation in (scope.values, _others(scope, predicate)))
        holds = (
            f"(a.is_text AND b.is_text AND a.lexical {operator} b.lexical) OR (a.space = b.space AND {_compare(operator)}) OR "
            f"(a.kind = {LITERAL} AND a.datatype = b.datatype AND NOT a.is_text AND a.space IS NULL AND b.space IS NULL "
            f"AND a.lexical {operator} b.lexical)"
        )
        yield _branch(
            constraint,
            f"SELECT a.focus, a.value, {_NONE} AS path FROM {left} AS a JOIN {right} AS b ON b.focus = a.focus "  # noqa: S608
            f"WHERE NOT COALESCE({holds}, FALSE)",
        )


def _keyed(relation: str) -> str:
    words = ", ".join(map(quote, STRINGS))
    return (
        "SELECT p.focus, p.value, d.kind, d.lexical, d.datatype, k.space, k.exact, k.rough, "  # noqa: S608
        f"(d.kind = {IRI} OR d.datatype IN ({words})) AS is_text "
        f"FROM {relation} AS p JOIN terms AS d ON d.id = p.value LEFT JOIN keys AS k ON k.id = p.value"
    )


def _not(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for node in constraint.terms:
        yield _branch(constraint, _values(scope, f"NOT {_fails(scope, node)}"))


def _fails(scope: Scope, node: str) -> str:
    return f"EXISTS (SELECT 1 FROM {scope.failing(node)} AS b WHERE b.node = v.value)"  # noqa: S608


def _members(constraint: Constraint) -> Iterator[tuple[str, ...]]:
    for members in constraint.lists:
        if not members:
            raise NotCompiledError(f"an empty list of sh:{constraint.parameter}")
        yield members


def _and(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for members in _members(constraint):
        yield _branch(constraint, _values(scope, " OR ".join(_fails(scope, node) for node in members)))


def _or(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for members in _members(constraint):
        yield _branch(constraint, _values(scope, " AND ".join(_fails(scope, node) for node in members)))


def _xone(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for members in _members(constraint):
        failures = " UNION ALL ".join(f"SELECT node FROM {scope.failing(node)}" for node in members)  # noqa: S608
        counted = f"LEFT JOIN (SELECT node, COUNT(*) AS n FROM ({failures}) AS b GROUP BY node) AS c ON c.node = v.value"  # noqa: S608
        condition = f"COALESCE(c.n, 0) <> {len(members) - 1}"
        yield _branch(constraint, f"SELECT v.focus, v.value, {_NONE} AS path FROM {scope.values} AS v {counted} WHERE {condition}")  # noqa: S608


def _node(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for node in constraint.terms:
        if scope.graph.shape(node).path is not None:
            raise NotCompiledError(f"{node} is not a node shape")
        yield _branch(constraint, _values(scope, _fails(scope, node)))


def _qualified(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if scope.shape.path is None:
        return
    least, most = (scope.shape.option(f"qualified{name}Count") for name in ("Min", "Max"))
    if least is None and most is None:
        raise NotCompiledError("sh:qualifiedValueShape without a count")
    for node in constraint.terms:
        conforming = [f"NOT {_fails(scope, node)}", *(_fails(scope, sibling) for sibling in _siblings(scope, node))]
        values = f"SELECT v.focus, v.value FROM {scope.values} AS v WHERE {' AND '.join(conforming)}"  # noqa: S608
        counts = _counts(scope.statement.relation(values))
        if least is not None:
            short = f"COALESCE(c.n, 0) < {_number(least, parameter='qualifiedMinCount')}"
            yield _branch(constraint, _focus(scope, short, join=counts), component="QualifiedMinCount")
        if most is not None:
            long = f"c.n > {_number(most, parameter='qualifiedMaxCount')}"
            yield _branch(constraint, _focus(scope, long, join=counts), component="QualifiedMaxCount")


def _siblings(scope: Scope, node: str) -> list[str]:
    """The value shapes beside *node* that a value must not conform to, where the shape asks for that."""
    if not any(_TRUE.get(value, False) for value in scope.shape.options.get("qualifiedValueShapesDisjoint", ())):
        return []
    parents = scope.graph.subjects("property", scope.shape.node)
    properties = {name for parent in parents for name in scope.graph.values(parent, "property")}
    return sorted({value for name in properties for value in scope.graph.values(name, "qualifiedValueShape")} - {node})


def _closed(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    value = _only(constraint)
    if value not in _TRUE:
        raise NotCompiledError(f"the value {value} of sh:closed")
    if not _TRUE[value]:
        return
    paths = (scope.graph.shape(node).path for c in scope.shape.constraints if c.parameter == "property" for node in c.terms)
    known = {path.iri for path in paths if isinstance(path, Predicate)} | set(scope.shape.options.get("ignoredProperties", ()))
    numbers = ", ".join(str(scope.ids[iri]) for iri in sorted(known)) or "-1"
    yield _branch(
        constraint,
        f"SELECT v.focus, t.o AS value, t.p AS path FROM {scope.values} AS v JOIN spo AS t ON t.s = v.value "  # noqa: S608
        f"WHERE t.p NOT IN ({numbers}) AND NOT (t.p = {scope.ids[_TYPE]} AND t.o = {scope.ids[_RESOURCE]})",
    )


def _has_value(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for value in constraint.terms:
        held = f"SELECT 1 FROM {scope.values} AS v WHERE v.focus = f.node AND v.value = {scope.ids[value]}"  # noqa: S608
        yield _branch(constraint, _focus(scope, f"NOT EXISTS ({held})"))


def _in(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if len(constraint.lists) != 1:
        raise NotCompiledError("several values of sh:in")
    numbers = ", ".join(str(scope.ids[value]) for value in sorted(set(constraint.lists[0]))) or "-1"
    yield _branch(constraint, _values(scope, f"v.value NOT IN ({numbers})"))


_COMPONENTS: dict[str, Callable[[Scope, Constraint], Iterator[Branch]]] = {
    "and": _and,
    "class": _class,
    "closed": _closed,
    "datatype": _datatype,
    "disjoint": _disjoint,
    "equals": _equals,
    "hasValue": _has_value,
    "in": _in,
    "languageIn": _language_in,
    "lessThan": _less_than,
    "lessThanOrEquals": _less_than,
    "maxCount": _max_count,
    "maxExclusive": _range,
    "maxInclusive": _range,
    "maxLength": _length,
    "minCount": _min_count,
    "minExclusive": _range,
    "minInclusive": _range,
    "minLength": _length,
    "node": _node,
    "nodeKind": _node_kind,
    "not": _not,
    "or": _or,
    "pattern": _pattern,
    "qualifiedValueShape": _qualified,
    "uniqueLang": _unique_lang,
    "xone": _xone,
}
