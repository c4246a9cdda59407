"""What makes a result the same result after shapes files, lines and blank nodes have moved.

A shape with an IRI is known by it. One without is known by the nearest shape above it that has one,
by its path and by what its constraint asks for, not by its position in the file. A blank node of
the data is known by what is said of it and by what leads to it.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache, cached_property

from airm_graph.graph import BLANK, TripleTable
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import Quad
from airm_graph.validate.compile import NotCompiledError, ShapesGraph, shape_path

__all__ = ["ShapeNames", "name_blank_nodes"]

_SH = PREFIXES["sh"]
#: What a shape says for people; it may be rewritten without making another constraint.
_PROSE = frozenset(f"<{_SH}{name}>" for name in ("message", "name", "description", "order", "group", "severity"))
_DEEPEST = 8


class ShapeNames:
    """Names of the constraints of a shapes graph."""

    def __init__(self, graph: ShapesGraph, rows: Iterable[Quad]) -> None:
        """Take the shapes, and the rows that they were read from."""
        self._graph, self._rows = graph, tuple(rows)
        self._known: dict[tuple[str, str], tuple[str, str]] = {}

    def find(self, shape: str, component: str) -> tuple[str, str]:
        """Find what a shape is called, and what tells its constraint from others.

        Args:
            shape, component: As N-Triples terms.
        """
        key = (shape, component)
        if key not in self._known:
            self._known[key] = (_local_name(shape), shape) if shape.startswith("<") else self._name_nameless(shape, component)
        return self._known[key]

    def _name_nameless(self, shape: str, component: str) -> tuple[str, str]:
        owner, ways = self._find_owner(shape)
        try:
            path = shape_path(self._graph.shape(shape))
        except NotCompiledError:
            path = ""
        asked = self._describe_parameters(shape, component)
        label = "/".join(filter(None, (_local_name(owner), *map(_local_name, re.findall("<[^>]*>", path)))))
        return label, "\n".join((owner, *ways, path, asked))

    def _find_owner(self, node: str) -> tuple[str, list[str]]:
        """Climb from a shape to the nearest node with an IRI; return it and the way up."""
        ways = list[str]()
        while node.startswith("_:") and len(ways) < _DEEPEST and (above := self._above.get(node)):
            node, predicate = min(above)
            ways += [] if predicate in ways else [predicate]
        return (node, ways) if node.startswith("<") else (" ".join(self._list_targets(node)), ways)

    @cached_property
    def _above(self) -> Mapping[str, list[tuple[str, str]]]:
        found = defaultdict[str, list[tuple[str, str]]](list)
        for subject, predicate, value, _ in self._rows:
            if value.startswith("_:"):
                found[value].append((subject, predicate))
        return found

    def _list_targets(self, node: str) -> list[str]:
        return [
            value
            for kind in ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
            for value in self._graph.values(node, kind)
        ]

    def _describe_parameters(self, shape: str, component: str) -> str:
        name = _local_name(component).removesuffix("ConstraintComponent")
        parameters = [name[:1].lower() + name[1:]] if not name.isupper() else ["sparql"]
        if name.startswith("Qualified"):
            parameters.append("qualifiedValueShape")
        if name == "SPARQL":
            parameters = ["sparql"]
        return " ".join(self.describe(value) for parameter in parameters for value in self._graph.values(shape, parameter))

    def describe(self, node: str, *, depth: int = 0) -> str:
        """Write a node of the shapes graph, a blank one by what it asks for."""
        if not node.startswith("_:") or depth > _DEEPEST:
            return "" if node.startswith("_:") else node
        said = (
            f"{predicate} {self.describe(value, depth=depth + 1)}"
            for predicate in self._graph.predicates(node)
            if predicate not in _PROSE
            for value in self._graph.values(node, predicate)
        )
        return f"[{'; '.join(sorted(said))}]"


def name_blank_nodes(table: TripleTable, nodes: Collection[str]) -> dict[str, str]:
    """Name blank nodes of the data by what is said of them and what leads to them, not by labels.

    Args:
        table: The data; read are the statements about these nodes alone, and about the blank nodes
            to which they lead.
        nodes: Terms; those that are no blank nodes are passed over.

    Returns:
        A digest for each; equal ones for nodes that the data does not tell apart.
    """
    blank = sorted(node for node in nodes if node.startswith("_:"))
    if not blank:
        return {}
    table.load_numbers("named", sorted(table.find_ids(blank).values()))
    reached = (
        "WITH RECURSIVE reached AS (SELECT number AS id FROM named UNION SELECT t.o AS id FROM reached AS r "
        f"JOIN quads AS t ON t.s = r.id JOIN terms AS d ON d.id = t.o AND d.kind = {BLANK}) "
    )
    said = table.rows(f"{reached} SELECT t.s, t.p, t.o, t.g FROM quads AS t JOIN reached AS r ON t.s = r.id")
    leading = table.rows("SELECT t.s, t.p, t.o, t.g FROM quads AS t JOIN named AS n ON n.number = t.o")
    table.drop("named")
    outgoing, incoming = defaultdict[str, set[tuple[str, str]]](set), defaultdict[str, set[str]](set)
    for subject, predicate, value, _ in said:
        outgoing[subject].add((predicate, value))
    for subject, predicate, value, _ in leading:
        incoming[value].add(f"{'' if subject.startswith('_:') else subject} {predicate}")

    @cache  # many nodes may lead to one
    def describe(node: str, depth: int) -> str:
        if not node.startswith("_:"):
            return node
        if depth > _DEEPEST:
            return ""
        return _digest("; ".join(sorted(f"{predicate} {describe(value, depth + 1)}" for predicate, value in outgoing[node])))

    return {node: f"_:{_digest(chr(10).join((*sorted(incoming[node]), describe(node, 0))))}" for node in blank}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _local_name(iri: str) -> str:
    return re.split(r"[/#]", iri.strip("<>"))[-1]
