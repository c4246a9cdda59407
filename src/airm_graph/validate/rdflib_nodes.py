"""N-Triples terms to rdflib nodes and back.

Every lexical form stays as written, where rdflib's own parsers normalise numbers.
"""

from typing import TYPE_CHECKING

from airm_graph.namespaces import literal
from airm_graph.terms import read_literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rdflib import Graph
    from rdflib.term import Node

    from airm_graph.terms import Quad

__all__ = ["Nodes"]


class Nodes:
    """A dictionary of terms and rdflib nodes.

    A node that came from a term goes back to exactly that term.
    """

    def __init__(self) -> None:
        """Start with no term known."""
        self._nodes: dict[str, Node] = {}
        self._terms: dict[Node, str] = {}

    def fill(self, graph: "Graph", *, rows: "Iterable[Quad]") -> "Graph":
        """Add the triples of *rows*, whatever their own graph, to an rdflib graph and return it."""
        for subject, predicate, value, _ in rows:
            graph.add((self.node(subject), self.node(predicate), self.node(value)))
        return graph

    def node(self, term: str) -> "Node":
        """Make the rdflib node of a term."""
        node = self._nodes.get(term)
        if node is None:
            node = self._nodes[term] = _decode(term)
            self._terms.setdefault(node, term)
        return node

    def term(self, node: "Node | None") -> str:
        """Write the term of a node; empty for None."""
        if node is None:
            return ""
        return self._terms.get(node) or _encode(node)


def _decode(term: str) -> "Node":
    from rdflib import BNode, Literal, URIRef

    if term.startswith("<"):
        return URIRef(term[1:-1])
    if term.startswith("_:"):
        return BNode(term[2:])
    if not term.startswith('"'):
        raise ValueError(f"{term} is not an N-Triples term")
    text, datatype, language = read_literal(term)
    return Literal(text, lang=language or None, datatype=URIRef(datatype) if datatype else None, normalize=False)


def _encode(node: "Node") -> str:
    from rdflib import BNode, Literal

    if isinstance(node, BNode):
        return f"_:{node}"
    if not isinstance(node, Literal):
        return f"<{node}>"
    quoted = literal(str(node), language=node.language)
    return f"{quoted}^^<{node.datatype}>" if node.datatype else quoted
