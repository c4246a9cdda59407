"""Rows → a networkx graph that every networkx writer takes: all names are plain strings, all edges
have names of their own.
"""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    import networkx

__all__ = ["project_rows"]

_NO_LETTER = re.compile(r"[^0-9A-Za-z]+")


def project_rows(rows: Iterable[Quad], *, prefixes: Mapping[str, str]) -> "networkx.MultiDiGraph[str]":
    """Make nodes of resources, edges of statements between them and attributes of literals.

    Args:
        rows: Statements; named graphs are read as one.
        prefixes: Prefix → namespace, for the names of attributes and edges.

    Returns:
        A multigraph. A node is an IRI without brackets; its attributes are texts by the name of the
        property with an underscore for what is no letter or digit (``rdfs_label``), several joined
        by `` | ``. The key of an edge is the only one of its name in the graph; its attribute
        ``property`` is the prefixed name.
    """
    import networkx as nx

    graph: networkx.MultiDiGraph[str] = nx.MultiDiGraph()
    for number, (subject, predicate, value) in enumerate(sorted({row[:3] for row in rows})):
        name = _shorten(predicate[1:-1], prefixes)
        node = subject.strip("<>")
        graph.add_node(node)
        if value.startswith('"'):
            # GML takes no other characters in the name of an attribute.
            attribute = _NO_LETTER.sub("_", name)
            earlier = graph.nodes[node].get(attribute)
            text = read_literal(value).text
            graph.nodes[node][attribute] = text if earlier is None else f"{earlier} | {text}"
        else:
            graph.add_edge(node, value.strip("<>"), key=f"e{number}", property=name)
    return graph


def _shorten(name: str, prefixes: Mapping[str, str]) -> str:
    for prefix, namespace in prefixes.items():
        if name.startswith(namespace):
            return f"{prefix}:{name[len(namespace) :]}"
    return name
