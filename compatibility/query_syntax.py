"""A SPARQL query as a small tree, made of rdflib's parse of it: what rules of portability look at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from rdflib.plugins.sparql.algebra import translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Variable

__all__ = ["Node", "find_bound", "find_certain", "find_variables", "list_triples", "parse", "walk"]

#: What wraps an expression without changing it.
_WRAPPERS = {
    *("ConditionalOrExpression", "ConditionalAndExpression", "RelationalExpression"),
    *("AdditiveExpression", "MultiplicativeExpression", "PathAlternative", "PathSequence", "PathElt"),
}


@dataclass(frozen=True)
class Node:
    """One construct of a query: its name in rdflib's grammar, and its parts by name."""

    name: str
    parts: dict[str, Any]

    def list(self, name: str) -> tuple[Any, ...]:
        """A part as a tuple, whether it is missing, one thing or several."""
        part = self.parts.get(name)
        return () if part is None else part if isinstance(part, tuple) else (part,)


def parse(text: str) -> Node:
    """Read a query.

    >>> parse("SELECT ?a WHERE { ?a ?b ?c }").name
    'SelectQuery'
    """
    prologue, query = parseQuery(text)
    return _simplify(traverse(query, visitPost=partial(translatePName, prologue=translatePrologue(prologue, None))))


def _simplify(part: Any) -> Any:
    if isinstance(part, CompValue):
        parts = {name: _simplify(value) for name, value in part.items()}
        inner = parts.get("expr", parts.get("part"))
        if part.name in _WRAPPERS and not {"other", "mod"} & parts.keys():
            if not isinstance(inner, tuple):
                return inner
            if len(inner) == 1:
                return inner[0]
        return Node(part.name, parts)
    if isinstance(part, str):
        return part
    return tuple(_simplify(one) for one in part) if hasattr(part, "__iter__") else part


def walk(part: Any) -> Iterator[Node]:
    """Go through a part and all within it, outer ones first."""
    if isinstance(part, Node):
        yield part
        for value in part.parts.values():
            yield from walk(value)
    elif isinstance(part, tuple):
        for value in part:
            yield from walk(value)


def find_variables(part: Any, *, without: Collection[str] = ()) -> set[str]:
    """All variables that are named in a part, but for constructs of some names."""
    if isinstance(part, Variable):
        return {str(part)}
    if isinstance(part, Node) and part.name in without:
        return set()
    values = part.parts.values() if isinstance(part, Node) else part if isinstance(part, tuple) else ()
    return set().union(*(find_variables(value, without=without) for value in values))


def list_triples(block: Node) -> Iterator[tuple[Any, Any, Any]]:
    """The triple patterns of a ``TriplesBlock``."""
    for flat in block.list("triples"):
        yield from zip(*[iter(flat)] * 3, strict=True)


def find_bound(part: Any) -> set[str]:
    """Variables that a part of a group can bind (SPARQL 1.1 Query, 18.2.1)."""
    return _bind(part, certain=False)


def find_certain(part: Any) -> set[str]:
    """Variables that a part of a group binds in every row."""
    return _bind(part, certain=True)


def _bind(part: Any, *, certain: bool) -> set[str]:
    bind = partial(_bind, certain=certain)
    if isinstance(part, tuple):
        return set().union(*map(bind, part))
    if not isinstance(part, Node) or part.name in {"Filter", "MinusGraphPattern"}:
        return set()
    if part.name == "TriplesBlock":
        return find_variables(part)
    if part.name == "InlineData":
        return _bind_values(part, certain=certain)
    if part.name == "Bind":
        return set() if certain else {str(part.parts["var"])}
    if part.name in {"SubSelect", "SelectQuery"}:
        return _bind_select(part, certain=certain)
    if part.name == "OptionalGraphPattern" and certain:
        return set()
    inner = [bind(one) for one in (*part.list("graph"), *part.list("part"))]
    if part.name == "GroupOrUnionGraphPattern" and certain:
        return set.intersection(*inner)
    return set().union(*inner, find_variables(part.parts.get("term")))


def _bind_values(part: Node, *, certain: bool) -> set[str]:
    names, rows = part.list("var"), part.list("value")
    rows = rows if rows and isinstance(rows[0], tuple) else tuple((one,) for one in rows)
    unsure = {str(name) for row in rows for name, value in zip(names, row, strict=False) if str(value) == "UNDEF"}
    return {str(name) for name in names} - (unsure if certain else set())


def _bind_select(select: Node, *, certain: bool) -> set[str]:
    within = _bind(select.parts["where"], certain=certain)
    names = set()
    for one in select.list("projection"):
        if "evar" not in one.parts:
            names |= {str(one.parts["var"])} & within
        elif not certain or getattr(one.parts["expr"], "name", "") == "Aggregate_Count":
            names.add(str(one.parts["evar"]))
    return names if select.list("projection") else within
