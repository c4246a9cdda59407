"""SPARQL queries that SQL answers as well: triple patterns, and filters over strings, whole numbers and identity.

The store would first have to be filled with everything that a query reads, which takes longer than all else; the triple table holds
it already. Put into SQL is only what both answer alike. A query with anything else in it goes to the store, and so does one that meets
a value of which SQL and SPARQL might think differently, such as a number where a text is read: a row tells that in its column ``odd``.

Source:
    SPARQL 1.1, 17.3 and 17.4 (operators, functions) and 18.6 (patterns).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from airm_graph.graph import BLANK, IRI, LITERAL, quote
from airm_graph.namespaces import PREFIXES
from airm_graph.validate.compile.patterns import rewrite_replaced
from airm_graph.validate.compile.shapes import Alternative, Inverse, NotCompiledError, Path, Predicate
from airm_graph.validate.compile.shapes import Sequence as Steps
from airm_graph.validate.compile.syntax import Call, Exists, Expression, NotReadError, Pattern, Question, Variable, parse_question
from airm_graph.validate.compile.tokens import Token

__all__ = ["Sql", "write_sql"]

_XSD = PREFIXES["xsd"]
_Node = Variable | str
#: A term whose id is put in when the data is known.
_CONSTANT = re.compile(r"«([^«»]*)»")


@dataclass(frozen=True, slots=True)
class Sql:
    """A query in SQL, over the table ``asked`` of focus nodes (number, node); its joins are meant to run in the order written.

    Attributes:
        names: Variables that the columns after ``odd`` hold, as ids.
    """

    names: tuple[str, ...]
    text: str

    def for_focus(self, number: int, *, find_ids: Callable[[Sequence[str]], Mapping[str, int]]) -> str:
        """The statement over the focus nodes of a number; a term that is not in the table has the id -1, which no term has."""
        ids = {"": number, **find_ids(sorted(set(_CONSTANT.findall(self.text)) - {""}))}
        return _CONSTANT.sub(lambda match: str(ids.get(match[1], -1)), self.text)


def write_sql(tokens: Sequence[Token], *, prefixes: Mapping[str, str], path: Path | None) -> Sql | None:
    """Put a query into SQL; None where it cannot be.

    Args:
        path: What ``$PATH`` stands for.
    """
    if any("«" in token.text or "»" in token.text for token in tokens):
        return None
    try:
        return _Writer(parse_question(tokens, prefixes=prefixes, path=path)).write()
    except (NotReadError, NotCompiledError):
        return None


class _Writer:
    """Writes one question. Every variable of the outer group is a column of one of its tables."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._numbers = count(1)
        self._described = dict[str, str]()
        self._odd = list[str]()
        self._subjects = {"this"}

    def write(self) -> Sql:
        """The statement with its places for terms."""
        group, columns = self._question.group, {"this": "f.node"}
        tables, conditions = self._patterns(group.patterns, columns)
        self._subjects |= {
            edge[0].name
            for pattern in group.patterns
            for edge in self._edges(pattern.subject, pattern.path, pattern.value)
            if isinstance(edge[0], Variable)
        }
        tests = [self._exists(test, columns) if isinstance(test, Exists) else self._truth(test, columns) for test in group.filters]
        shown = "".join(f", {self._show(name, columns)} AS c{n}" for n, name in enumerate(self._question.names))
        for name, alias in self._described.items():
            tables.append(f"terms AS {alias}")
            conditions.append(f"{alias}.id = {columns[name]}")
        odd, kept = " OR ".join(dict.fromkeys(self._odd)) or "FALSE", " AND ".join(tests) or "TRUE"
        found = ", ".join(("asked AS f", *tables))
        where = " AND ".join(("f.number = «»", *conditions, kept if odd == "FALSE" else f"(({kept}) OR {odd})"))
        if self._question.grouped:
            odd = f"MAX(CASE WHEN {odd} THEN 1 ELSE 0 END) = 1"
            return Sql(self._question.names, f"SELECT {odd} AS odd{shown} FROM {found} WHERE {where} GROUP BY f.node")
        return Sql(self._question.names, f"SELECT DISTINCT {odd} AS odd{shown} FROM {found} WHERE {where}")

    def _show(self, name: str, columns: Mapping[str, str]) -> str:
        """The column of a variable that is asked for."""
        if name not in self._question.extremes:
            return columns.get(name, "CAST(NULL AS BIGINT)")
        function, variable = self._question.extremes[name]
        row = self._describe(variable, columns)
        # Terms of several kinds have an order of their own.
        self._odd.append(f"({row}.kind <> {IRI})")
        return f"{function}_BY({columns[variable.name]}, {row}.lexical)"

    def _patterns(self, patterns: Sequence[Pattern], columns: dict[str, str]) -> tuple[list[str], list[str]]:
        """Tables and conditions for patterns, in the order in which to join them; variables that they bind first become columns."""
        tables, conditions = list[str](), list[str]()
        edges = [edge for pattern in patterns for edge in self._edges(pattern.subject, pattern.path, pattern.value)]
        while edges:
            subject, verb, value = edge = min(edges, key=lambda edge: _open_ends(edge, columns))
            edges.remove(edge)
            alias = f"e{next(self._numbers)}"
            tables.append(f"spo AS {alias}")
            conditions.append(f"{alias}.p {verb}")
            for column, node in ((f"{alias}.s", subject), (f"{alias}.o", value)):
                known = f"«{node}»" if isinstance(node, str) else columns.setdefault(node.name, column)
                if known != column:
                    conditions.append(f"{column} = {known}")
        return tables, conditions

    def _edges(self, start: _Node, path: Path, end: _Node) -> Iterator[tuple[_Node, str, _Node]]:
        """Divide a path into single steps: subject, condition on the predicate, object."""
        match path:
            case Steps(paths):
                for n, step in enumerate(paths, start=1):
                    # No variable of a query has such a name.
                    middle = end if n == len(paths) else Variable(f"+{next(self._numbers)}")
                    yield from self._edges(start, step, middle)
                    start = middle
            case Inverse(inner):
                yield from self._edges(end, inner, start)
            case Predicate(iri):
                yield start, f"= «{iri}»", end
            case Alternative(paths) if all(isinstance(step, Predicate) for step in paths):
                yield start, f"IN ({', '.join(f'«{step.iri}»' for step in paths if isinstance(step, Predicate))})", end
            case _:
                raise NotReadError("a path")

    def _exists(self, test: Exists, columns: Mapping[str, str]) -> str:
        tables, conditions = self._patterns(test.patterns, dict(columns))
        if not tables:
            raise NotReadError("an empty group")
        return f"{'NOT ' if test.negated else ''}EXISTS (SELECT 1 FROM {', '.join(tables)} WHERE {' AND '.join(conditions)})"

    def _truth(self, expression: Expression, columns: Mapping[str, str]) -> str:
        if not isinstance(expression, Call):
            raise NotReadError("a value where a condition is asked")
        name, arguments = expression.name, expression.arguments
        match name:
            case "!":
                return f"NOT ({self._truth(arguments[0], columns)})"
            case "&&" | "||":
                word = "AND" if name == "&&" else "OR"
                return "(" + f" {word} ".join(self._truth(argument, columns) for argument in arguments) + ")"
            case "=" | "!=" | "<" | ">" | "<=" | ">=":
                return self._comparison(name.replace("!=", "<>"), arguments, columns)
            case "CONTAINS" | "STRSTARTS" | "STRENDS" if len(arguments) == 2:
                left, right = (self._text(argument, columns) for argument in arguments)
                return f"{_TESTS[name]}({left}, {right})"
        raise NotReadError(name)

    def _comparison(self, operator: str, arguments: Sequence[Expression], columns: Mapping[str, str]) -> str:
        if all(isinstance(argument, Variable) for argument in arguments) and operator in ("=", "<>"):
            left, right = (self._identity(argument, columns) for argument in arguments if isinstance(argument, Variable))
        elif any(map(_is_text, arguments)):
            left, right = (self._text(argument, columns) for argument in arguments)
        else:
            left, right = (self._number(argument, columns) for argument in arguments)
        return f"{left} {operator} {right}"

    def _describe(self, variable: Variable, columns: Mapping[str, str]) -> str:
        """The alias of the row of ``terms`` for a variable of the outer group."""
        if variable.name not in columns:
            raise NotReadError(f"?{variable.name} is not bound")
        return self._described.setdefault(variable.name, f"d{len(self._described)}")

    def _identity(self, variable: Variable, columns: Mapping[str, str]) -> str:
        # What is a subject somewhere is no literal, and focus nodes that are literals are not asked about here.
        if variable.name in self._subjects:
            return columns[variable.name]
        # Two numbers can be equal and not the same. They are few beside the terms that would have to be joined to find them.
        if variable.name not in columns:
            raise NotReadError(f"?{variable.name} is not bound")
        strange = f"d.kind = {LITERAL} AND d.datatype <> '{_XSD}string'"
        if self._question.grouped:
            self._odd.append(f"({strange.replace('d.', self._describe(variable, columns) + '.')})")
        else:
            self._odd.append(f"EXISTS (SELECT 1 FROM terms AS d WHERE d.id = {columns[variable.name]} AND {strange})")
        return columns[variable.name]

    def _text(self, expression: Expression, columns: Mapping[str, str]) -> str:
        match expression:
            case str():
                return quote(expression)
            case Variable():
                row = self._describe(expression, columns)
                self._odd.append(f"({row}.kind <> {LITERAL} OR {row}.datatype <> '{_XSD}string')")
                return f"{row}.lexical"
            case Call("STR", (Variable() as variable,)):
                row = self._describe(variable, columns)
                self._odd.append(f"({row}.kind = {BLANK})")
                return f"{row}.lexical"
            case Call("STR", (inner,)) if _is_text(inner):
                return self._text(inner, columns)
            case Call("CONCAT", arguments):
                return "(" + " || ".join(self._text(argument, columns) for argument in arguments) + ")"
            # A start before the first character shortens the text in SPARQL.
            case Call("SUBSTR", (inner, int() as start, *rest)) if start and all(isinstance(n, int) for n in rest) and len(rest) < 2:
                return f"SUBSTR({self._text(inner, columns)}, {', '.join(map(str, (start, *rest)))})"
            case Call("REPLACE", (inner, str() as pattern, str() as replacement)) if not set(replacement) & set("\\$"):
                return f"regexp_replace({self._text(inner, columns)}, {quote(rewrite_replaced(pattern))}, {quote(replacement)}, 'g')"
        raise NotReadError("a text")

    def _number(self, expression: Expression, columns: Mapping[str, str]) -> str:
        match expression:
            case int():
                return str(expression)
            case Variable():
                row = self._describe(expression, columns)
                whole = f"{row}.datatype = '{_XSD}integer' AND regexp_matches({row}.lexical, '^-?[0-9]{{1,17}}$')"
                self._odd.append(f"({row}.kind <> {LITERAL} OR NOT ({whole}))")
                return f"TRY_CAST({row}.lexical AS BIGINT)"
            case Call("STRLEN", (inner,)):
                return f"LENGTH({self._text(inner, columns)})"
            case Call("+" | "-" as operator, (left, right)):
                return f"({self._number(left, columns)} {operator} {self._number(right, columns)})"
        raise NotReadError("a number")


def _open_ends(edge: tuple[_Node, str, _Node], columns: Mapping[str, str]) -> int:
    """How far an edge would multiply what is found so far: not at all where both ends are known, least from its subject."""
    known = [isinstance(node, str) or node.name in columns for node in (edge[0], edge[2])]
    return {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[known[0], known[1]]


def _is_text(expression: Expression) -> bool:
    return isinstance(expression, str) or (isinstance(expression, Call) and expression.name in ("STR", "CONCAT", "SUBSTR", "REPLACE"))


_TESTS = {"CONTAINS": "contains", "STRENDS": "ends_with", "STRSTARTS": "starts_with"}
