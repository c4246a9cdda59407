"""Rows → a networkx graph that every networkx writer takes (GEXF refuses rdflib's IRIs as keys, so
all names are plain strings).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    import networkx

__all__ = ["project_rows"]


def project_rows(rows: Iterable[Quad], *, prefixes: Mapping[str, str]) -> "networkx.MultiDiGraph[str]":
    """Make nodes of resources, edges of statements between them and attributes of literals.

    Args:
        rows: Statements; named graphs are read as one.
        prefixes: Prefix → namespace, for the names of attributes and edges.

    Returns:
        A multigraph. A node is an IRI without brackets, its attributes are texts by prefixed
        property (several joined by `` | ``), the key of an edge is its prefixed property.
    """
    import networkx as nx

    graph: networkx.MultiDiGraph[str] = nx.MultiDiGraph()
    for subject, predicate, value in sorted({row[:3] for row in rows}):
        name = _shorten(predicate[1:-1], prefixes)
        node = subject.strip("<>")
        graph.add_node(node)
        if value.startswith('"'):
            earlier = graph.nodes[node].get(name)
            text = read_literal(value).text
            graph.nodes[node][name] = text if earlier is None else f"{earlier} | {text}"
        else:
            graph.add_edge(node, value.strip("<>"), key=name)
    return graph


def _shorten(name: str, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        if name.startswith(namespace):
            return f"{prefix}:{name[len(namespace) :]}"
    return name
