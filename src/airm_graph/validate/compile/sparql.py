"""SPARQL constraints, rewritten so that one evaluation answers for all focus nodes.

SHACL binds ``$this`` before a query is evaluated, once for each focus node. Here the focus nodes
stand in a named graph of their own, and a pattern over it is put into every group that needs
``$this``: the outermost one, and those inside that use it in an expression (a join from outside
would come too late for them). What cannot be said so is left to pyshacl.

Source:
    SHACL, 5.2 (SPARQL-based constraints) and 5.3.1 (pre-binding).
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from airm_graph.namespaces import PREFIXES, term
from airm_graph.terms import read_literal
from airm_graph.validate.compile.compiled_shapes import SparqlConstraint
from airm_graph.validate.compile.paths import path_predicates
from airm_graph.validate.compile.shapes_graph import (
    Alternative,
    Inverse,
    NotCompiledError,
    Path,
    Predicate,
    Repeat,
    Shape,
    ShapesGraph,
    path_text,
)
from airm_graph.validate.compile.shapes_graph import Sequence as Steps
from airm_graph.validate.compile.sparql_sql import translate
from airm_graph.validate.compile.tokens import Token, expand_name, tokenize

__all__ = ["compile_constraint"]

_REFUSED = frozenset(["MINUS", "VALUES", "SERVICE", "FROM", "GRAPH", "LIMIT", "OFFSET", "ASK", "CONSTRUCT", "DESCRIBE", "BASE"])
_AGGREGATES = frozenset(["COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"])
#: Functions that tell a blank node from an IRI; the store holds IRIs in place of the blank nodes of
#: the data.
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


def compile_constraint(graph: ShapesGraph, node: str, *, shape: Shape) -> SparqlConstraint | None:
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
    tokens = list(tokenize(read_literal(selects[0]).text))
    _check(tokens, path=shape.path)
    own = tuple(value for value in graph.values(node, "message") if value.startswith('"'))
    header = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes.items()))
    needing = _groups_in_need(tokens)
    return SparqlConstraint(
        text=header + _rewrite(tokens, needing=needing, path=shape.path),
        messages=(*own, *(message for message in shape.messages if message not in own)),
        predicates=_find_predicates(tokens, prefixes=prefixes, path=shape.path),
        required=_find_required(tokens, prefixes=prefixes, path=shape.path) if len(needing) == 1 else "",
        reveals=any(token.word in _REVEALING for token in tokens),
        sql=translate(tokens, prefixes=prefixes, path=shape.path),
    )


def _prefixes(graph: ShapesGraph, node: str) -> dict[str, str]:
    """Find the prefixes of a query: those that sh:prefixes leads to, also by owl:imports.

    As in pyshacl, a node that is no ontology, or declares nothing, brings in the declarations of
    every ontology.
    """
    prefixes = {name: PREFIXES[name] for name in ("owl", "rdf", "rdfs")}
    ontologies = graph.instances(term("owl:Ontology"))
    declaring = graph.values(node, "prefixes")
    for one in declaring:  # grows while it is walked
        if not (graph.values(one, "declare") and one in ontologies):
            declaring += [ontology for ontology in ontologies if ontology not in declaring]
        declaring += [imported for imported in graph.values(one, term("owl:imports")) if imported not in declaring]
    for declaration in sorted({declaration for one in declaring for declaration in graph.values(one, "declare")}):
        names, namespaces = graph.values(declaration, "prefix"), graph.values(declaration, "namespace")
        if len(names) != 1 or len(namespaces) != 1:
            raise NotCompiledError(f"the prefix declaration {declaration}")
        prefixes[read_literal(names[0]).text] = read_literal(namespaces[0]).text
    return prefixes


def _check(tokens: Sequence[Token], *, path: Path | None) -> None:
    words = [token.word for token in tokens]
    if refused := sorted(_REFUSED & set(words)):
        raise NotCompiledError(f"{refused[0]} in a query")
    variables = {token.variable for token in tokens}
    if found := sorted(variables & {"shapesGraph", "currentShape", "failure"}):
        raise NotCompiledError(f"${found[0]} in a query")
    if any(first.word == "AS" and second.variable == "this" for first, second in pairwise(tokens)):
        raise NotCompiledError("a query that binds $this")
    if _begins_empty(tokens) or (_may_be_empty(path) and any(token.variable == "PATH" for token in tokens)):
        raise NotCompiledError("a path in a query that may have no steps")
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


def _rewrite(tokens: Sequence[Token], *, needing: set[int], path: Path | None) -> str:
    """Write the query with its path, and mark the groups into which the focus nodes go."""
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
    """Find the positions of the opening braces of groups that need the focus nodes.

    These are the outermost one, those with ``$this`` in an expression, and those with an OPTIONAL
    or a filter with EXISTS that has ``$this`` anywhere inside: what these find depends on what is
    bound before them.
    """
    needing: set[int] = set()
    opened: list[tuple[int, str, int]] = []
    depth, started = 0, False
    for i, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "{":
            opened.append((i, tokens[i - 1].word if i else "", depth))
            if not started:
                needing.add(i)
            started = True
        elif token.kind == "mark" and token.text == "}":
            if not opened:
                raise NotCompiledError("braces that do not match in a query")
            _, _, depth = opened.pop()
        elif token.kind == "mark" and token.text in "()":
            depth += 1 if token.text == "(" else -1
        elif token.variable == "this" and opened:
            # An EXISTS itself is asked with what is bound around it.
            above = [around for around, (_, word, _) in pairwise(opened) if word in ("OPTIONAL", "EXISTS")]
            above += opened[-1:] if depth > opened[-1][2] else []
            needing.update(at for at, word, _ in above if word != "EXISTS")
    return needing


def _find_predicates(tokens: Sequence[Token], *, prefixes: dict[str, str], path: Path | None) -> frozenset[str] | None:
    """Find the IRIs of a query, all properties that it reads among them.

    None means that it reads others.
    """
    if any(token.text == "[" or token.kind == "blank" for token in tokens) or not _verbs_are_named(tokens):
        return None
    if any(tokens[at].text == "!" for at in _find_path_marks(tokens)):
        return None
    found = path_predicates(path) if path else set()
    found |= {expand_name(token, prefixes) for token in tokens if token.kind in ("iri", "name") or token.text == "a"}
    return None if "" in found else frozenset(found)


def _find_required(tokens: Sequence[Token], *, prefixes: dict[str, str], path: Path | None) -> str:
    """Find the property of a triple pattern of the outermost group whose subject is ``$this``.

    Of a path it is the first step. Empty where there is no such pattern.
    """
    depth, selects = 0, sum(token.word == "SELECT" for token in tokens)
    for before, subject, verb, after in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False):
        depth += {"{": 1, "}": -1}.get(before.text, 0)
        begins = depth == 1 and selects == 1 and before.text in ("{", "}", ".") and subject.variable == "this"
        if begins and after.text not in ("|", "*", "?", "+"):
            if verb.variable == "PATH":
                return path.iri if isinstance(path, Predicate) else ""
            if found := expand_name(verb, prefixes):
                return found
    return ""


def _find_path_marks(tokens: Sequence[Token]) -> Iterator[int]:
    """Find the positions of marks that may belong to a path.

    Inside the brackets of a filter or function they belong to an expression instead.
    """
    opened: list[bool] = []
    for at, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        before = tokens[at - 1] if at else token
        if token.text == "(":
            opened.append((before.kind == "word" and before.text != "a") or bool(opened and opened[-1]))
        elif token.text == "{":
            opened.append(False)
        elif token.text in ")}":
            opened = opened[:-1]
        elif not (opened and opened[-1]):
            yield at


def _begins_empty(tokens: Sequence[Token]) -> bool:
    """Tell whether a path may begin with a step that is taken no times.

    It would lead from a node to itself that is in no triple which the query reads.
    """
    for at in _find_path_marks(tokens):
        if tokens[at].text not in ("*", "?") or not (tokens[at - 1].kind in ("iri", "name") or tokens[at - 1].text in ("a", ")")):
            continue
        start = at - 1
        depth = int(tokens[start].text == ")")
        while depth and start:
            start -= 1
            depth += {")": 1, "(": -1}.get(tokens[start].text, 0)
        start -= tokens[start - 1].text == "^"
        if tokens[start - 1].text != "/":
            return True
    return False


def _may_be_empty(path: Path | None) -> bool:
    """Tell whether a path may lead from a node to itself in no step."""
    match path:
        case Repeat(inner, least):
            return not least or _may_be_empty(inner)
        case Inverse(inner):
            return _may_be_empty(inner)
        case Steps(paths):
            return all(map(_may_be_empty, paths))
        case Alternative(paths):
            return any(map(_may_be_empty, paths))
    return False


def _verbs_are_named(tokens: Sequence[Token]) -> bool:
    """Tell whether no triple pattern has a variable for its verb; in doubt, no.

    Terms are counted from the start of each triple pattern: subject, verb, object; brackets are
        passed over, words start anew.
    """
    position, depth = 0, [0]
    for before, token in pairwise((Token("mark", "."), *tokens)):
        if token.kind == "mark" and token.text in "{}":
            depth = [*depth, 0] if token.text == "{" else depth[:-1] or [0]
            position = 0
        elif token.kind == "mark" and token.text in "()":
            depth[-1] += 1 if token.text == "(" else -1
        elif depth[-1] or len(depth) == 1:
            continue
        elif token.word in _GROUP_WORDS or token.text == ".":
            position = 0
        elif token.text == ";":
            position = 1
        elif token.text == ",":
            position = 2
        elif token.kind in ("iri", "name", "var", "string", "number") or token.text == "a":
            if before.text in ("/", "|", "^") or before.text == "^^":
                continue
            if position == 1 and token.kind == "var" and token.variable != "PATH":
                return False
            position += 1
    return True
