"""How two things hang together: the shortest path of statements from one to the other, each with
its evidence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from airm_graph.analysis.term_names import read_term, show_term
from airm_graph.analysis.why import Explanation
from airm_graph.errors import ParameterError
from airm_graph.namespaces import BASE

if TYPE_CHECKING:
    import networkx

__all__ = ["EvidencePath", "find_path"]

#: What a step may be. Types, schemes, notices, captures and who classified are shared by everything
#: and connect nothing. Where several say the same, the first does.
_STEPS = (
    "airm:code",
    "airm:classification",
    "airm:assignedCode",
    "airm:source",
    "airm:actor",
    "airm:lifecycleStage",
    "airm:function",
    "airm:mitigates",
    "airm:partOf",
    "airm:evidence",
    "skos:broader",
    "dcterms:creator",
    "dcterms:subject",
)


@dataclass(frozen=True, slots=True)
class EvidencePath:
    """A shortest path between two things.

    Attributes:
        start, end: The things, as N-Quads terms.
        nodes: From *start* to *end*; empty where no path leads there.
        steps: One fewer; each a statement between two neighbours, in whichever direction it is
            stated, with its proof and the lines it was read from.
        base: What the IRIs of the data begin with.
    """

    start: str
    end: str
    nodes: tuple[str, ...]
    steps: tuple[Explanation, ...]
    base: str = BASE


def find_path(
    projected: "networkx.MultiDiGraph[str]", start: str, end: str, *, explain: Callable[[str, str, str], Explanation], base: str = BASE
) -> EvidencePath:
    """Find the shortest path of evidence between two things; of several, always the same one.

    Args:
        projected: A closed graph, as `airm_graph.graph.projection.project_rows` makes it; read,
            never changed.
        start, end: Two different things, each an IRI or a path below the base.
        explain: Proves a statement of the graph, given as three terms.
        base: What the IRIs of the data begin with.

    Raises:
        ParameterError: One of them is no term or not in the graph, or both are the same.
        QueryError: The data has no named graphs, so no statement has evidence.
    """
    import networkx as nx

    first, last = (_find_node(projected, text, parameter, base) for text, parameter in ((start, "start"), (end, "end")))
    if first == last:
        raise ParameterError("start and end are the same; give two different things", parameter="end")
    ties: networkx.Graph[str] = nx.Graph()
    ties.add_nodes_from((first, last))
    for subject, value, about in projected.edges(data=True):
        name = about["property"]
        if name in _STEPS and subject != value:
            earlier = ties.get_edge_data(subject, value, {}).get("statement")
            if earlier is None or _STEPS.index(name) < _STEPS.index(earlier[1]):
                ties.add_edge(subject, value, statement=(subject, name, value))
    try:
        nodes = nx.bidirectional_shortest_path(ties, first, last)
    except nx.NetworkXNoPath:
        nodes = []
    statements = [ties.edges[pair]["statement"] for pair in pairwise(nodes)]
    steps = tuple(explain(f"<{s}>", p, f"<{o}>") for s, p, o in statements)
    return EvidencePath(f"<{first}>", f"<{last}>", tuple(f"<{node}>" for node in nodes), steps, base)


def _find_node(projected: "networkx.MultiDiGraph[str]", text: str, parameter: str, base: str) -> str:
    name = read_term(text, base=base, parameter=parameter)
    if name.startswith('"'):
        raise ParameterError(f"the {parameter} {text[:80]} is a text; give the IRI of a thing", parameter=parameter)
    if (node := name.strip("<>")) not in projected:
        where = "look for its IRI with airm-graph search"
        raise ParameterError(f"the {parameter} {show_term(name, base=base)} is not in the graph; {where}", parameter=parameter)
    return node
