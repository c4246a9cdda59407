"""SPARQL constraints, rewritten so that one evaluation answers for all focus nodes.

SHACL binds ``$this`` before a query is evaluated, once for each focus node. Here the focus nodes stand in a named graph of
their own, and a pattern over it is put into every group that needs ``$this``: the outermost one, and those inside that use it
in an expression (a join from outside would come too late for them). What cannot be said so is left to pyshacl.

Source:
    SHACL, 5.2 (SPARQL-based constraints) and 5.3.1 (pre-binding).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from airm_graph.namespaces import PREFIXES, term
from airm_graph.validate.compile.paths import path_predicates
from airm_graph.validate.compile.questions import Sql, write_sql
from airm_graph.validate.compile.shapes import NotCompiledError, Path, Predicate, Shape, ShapesGraph, path_text
from airm_graph.validate.compile.tokens import Token, tokenize
from airm_graph.validate.terms import literal_text

__all__ = ["FOCUS_GRAPH", "FOCUS_OF", "Query", "compile_query"]

#: Where the focus nodes stand: ``<node> FOCUS_OF "number of the query"`` in this graph.
FOCUS_GRAPH, FOCUS_OF = "<urn:airm-graph:focus>", "<urn:airm-graph:focus-of>"

_REFUSED = frozenset(["MINUS", "VALUES", "SERVICE", "FROM", "GRAPH", "LIMIT", "OFFSET", "ASK", "CONSTRUCT", "DESCRIBE", "BASE"])
_AGGREGATES = frozenset(["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"])
#: Functions that tell a blank node from an IRI; the store holds IRIs in place of the blank nodes of the data.
_REVEALING = frozenset(["ISBLANK", "ISIRI", "ISURI", "STR", "IRI", "URI", "BNODE"])
_GROUP_WORDS = frozenset(
    [
        "OPTIONAL",
        "UNION",
        "EXISTS",
        "NOT",
        "FILTER",
        "BIND",
        "SELECT",
        "DISTINCT",
        "REDUCED",
        "WHERE",
        "AS",
        "GROUP",
        "HAVING",
        "ORDER",
        "BY",
        "ASC",
        "DESC",
    ]
)


@dataclass(frozen=True, slots=True)
class Query:
    """A constraint as a query for all focus nodes.

    Attributes:
        node: The SPARQL constraint.
        text: The query, with ``%FOCUS%`` where the pattern of the focus nodes goes.
        messages: Of the constraint, then of its shape.
        predicates: Terms of the properties that it reads; None for any.
        reveals: It can tell a blank node from an IRI.
        sql: The same in SQL, where that can be.
    """

    node: str
    text: str
    messages: tuple[str, ...]
    predicates: frozenset[str] | None
    reveals: bool
    sql: Sql | None

    def for_focus(self, number: int) -> str:
        """The query over the focus nodes of a number."""
        return self.text.replace("%FOCUS%", f' GRAPH {FOCUS_GRAPH} {{ ?this {FOCUS_OF} "{number}" }} ')


def compile_query(graph: ShapesGraph, node: str, *, shape: Shape) -> Query | None:
    """Compile a SPARQL constraint; None when it is deactivated.

    Raises:
        NotCompiledError: The query cannot be asked for all focus nodes at once.
    """
    if any("true" in value for value in graph.values(node, "deactivated")):
        return None
    selects = graph.values(node, "select")
    if len(selects) != 1 or not selects[0].startswith('"'):
        raise NotCompiledError(f"{node} has no query, or several")
    prefixes = _prefixes(graph, node)
    tokens = list(tokenize(literal_text(selects[0])))
    _check(tokens)
    own = tuple(sorted(literal_text(value) for value in graph.values(node, "message") if value.startswith('"')))
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes.items()))
    return Query(
        node=node,
        text=header + _rewrite(tokens, path=shape.path),
        messages=(*own, *(message for message in shape.messages if message not in own)),
        predicates=_find_predicates(tokens, prefixes=prefixes, path=shape.path),
        reveals=any(token.word in _REVEALING for token in tokens),
        sql=write_sql(tokens, prefixes=prefixes, path=shape.path),
    )


def _prefixes(graph: ShapesGraph, node: str) -> dict[str, str]:
    """The prefixes of a query: those that sh:prefixes leads to, also by owl:imports.

    As in pyshacl, a node that is no ontology, or declares nothing, brings in the declarations of every ontology.
    """
    prefixes = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs")}
    ontologies = graph.instances(term("owl:Ontology"))
    places = graph.values(node, "prefixes")
    for place in places:
        if not (graph.values(place, "declare") and place in ontologies):
            places += [ontology for ontology in ontologies if ontology not in places]
        places += [imported for imported in graph.values(place, term("owl:imports")) if imported not in places]
    for declaration in sorted({declaration for place in places for declaration in graph.values(place, "declare")}):
        names, namespaces = graph.values(declaration, "prefix"), graph.values(declaration, "namespace")
        if len(names) != 1 or len(namespaces) != 1:
            raise NotCompiledError(f"the prefix declaration {declaration}")
        prefixes[literal_text(names[0])] = literal_text(namespaces[0])
    return prefixes


def _check(tokens: Sequence[Token]) -> None:
    words = [token.word for token in tokens]
    if refused := sorted(_REFUSED & set(words)):
        raise NotCompiledError(f"{refused[0]} in a query")
    variables = {token.variable for token in tokens}
    if found := sorted(variables & {"shapesGraph", "currentShape", "failure"}):
        raise NotCompiledError(f"${found[0]} in a query")
    if any(first.word == "AS" and second.variable == "this" for first, second in pairwise(tokens)):
        raise NotCompiledError("a query that binds $this")
    selects = [i for i, word in enumerate(words) if word == "SELECT"]
    if not selects:
        raise NotCompiledError("a query that is no SELECT")
    for start in selects:
        head = tokens[start + 1 : next((i for i in range(start, len(tokens)) if tokens[i].text == "{"), len(tokens))]
        if "this" not in {token.variable for token in head}:
            raise NotCompiledError("a SELECT without $this")
    if _AGGREGATES & set(words) or "GROUP" in words or "HAVING" in words:
        groups = [i for i, word in enumerate(words) if word == "GROUP"]
        if len(groups) != len(selects) or not all("this" in _grouped(tokens[start + 2 :]) for start in groups):
            raise NotCompiledError("an aggregate that is not grouped by $this")


def _grouped(tokens: Sequence[Token]) -> set[str]:
    found = set()
    for token in tokens:
        if token.word in ("HAVING", "ORDER") or token.text == "}":
            break
        found.add(token.variable)
    return found


def _rewrite(tokens: Sequence[Token], *, path: Path | None) -> str:
    """Write the query with its path, and mark the groups into which the focus nodes go."""
    needing = _groups_in_need(tokens)
    written = []
    for i, token in enumerate(tokens):
        written.append(token.space)
        if token.variable == "PATH":
            if path is None:
                raise NotCompiledError("$PATH in a query of a node shape")
            written.append(path_text(path) if isinstance(path, Predicate) else f"({path_text(path)})")
        elif token.kind == "mark" and token.text == "{" and i in needing:
            written.append("{ %FOCUS%")
        else:
            written.append(token.text)
    return "".join(written)


def _groups_in_need(tokens: Sequence[Token]) -> set[int]:
    """Positions of the opening braces of groups that need the focus nodes."""
    needing: set[int] = set()
    opened: list[tuple[int, bool, int]] = []
    depth, started = 0, False
    for i, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "{":
            opened.append((i, i > 0 and tokens[i - 1].word == "EXISTS", depth))
            if not started:
                needing.add(i)
            started = True
        elif token.kind == "mark" and token.text == "}":
            if not opened:
                raise NotCompiledError("braces that do not match in a query")
            _, _, depth = opened.pop()
        elif token.kind == "mark" and token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif token.variable == "this" and opened and depth > opened[-1][2] and not opened[-1][1]:
            needing.add(opened[-1][0])
    return needing


def _find_predicates(tokens: Sequence[Token], *, prefixes: dict[str, str], path: Path | None) -> frozenset[str] | None:
    """Every IRI of the query, which holds every property that it reads; None when it reads properties that it does not name."""
    if any(token.text == "[" or token.kind == "blank" for token in tokens) or _has_negated_path(tokens) or not _verbs_are_named(tokens):
        return None
    found = path_predicates(path) if path else set()
    for token in tokens:
        if token.kind == "iri":
            found.add(token.text)
        elif token.text == "a":
            found.add(term("rdf:type"))
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix not in prefixes or "\\" in local or "%" in local:
                return None
            found.add(f"<{prefixes[prefix]}{local}>")
    return frozenset(found)


def _has_negated_path(tokens: Sequence[Token]) -> bool:
    """Tell whether a path may hold ``!``; inside the brackets of a filter or function it negates a condition instead."""
    opened: list[bool] = []
    for before, token in pairwise((Token("mark", "."), *tokens)):
        if token.kind != "mark":
            continue
        if token.text == "(":
            opened.append((before.kind == "word" and before.text != "a") or bool(opened and opened[-1]))
        elif token.text == "{":
            opened.append(False)
        elif token.text in ")}":
            opened = opened[:-1]
        elif token.text == "!" and not (opened and opened[-1]):
            return True
    return False


def _verbs_are_named(tokens: Sequence[Token]) -> bool:
    """Tell whether no triple pattern has a variable for its verb; in doubt, no.

    Terms are counted from the start of each triple pattern: subject, verb, object; brackets are passed over, words start anew.
    """
    place, depth = 0, [0]
    for before, token in pairwise((Token("mark", "."), *tokens)):
        if token.kind == "mark" and token.text in "{}":
            depth = [*depth, 0] if token.text == "{" else depth[:-1] or [0]
            place = 0
        elif token.kind == "mark" and token.text in "()":
            depth[-1] += 1 if token.text == "(" else -1
        elif depth[-1] or len(depth) == 1:
            continue
        elif token.word in _GROUP_WORDS or token.text == ".":
            place = 0
        elif token.text == ";":
            place = 1
        elif token.text == ",":
            place = 2
        elif token.kind in ("iri", "name", "var", "string", "number") or token.text == "a":
            if before.text in ("/", "|", "^") or before.text == "^^":
                continue
            if place == 1 and token.kind == "var" and token.variable != "PATH":
                return False
            place += 1
    return True
