"""How things hang together: which share mitigations, codes or sources, and which stand between the
others.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import permutations, product
from typing import TYPE_CHECKING
from unicodedata import category

from airm_graph.errors import ParameterError

if TYPE_CHECKING:
    import networkx

    Projected = networkx.MultiDiGraph[str]
    #: Kind of thing → mitigation → what it has of that kind.
    Relations = dict[str, dict[str, set[str]]]

__all__ = ["NETWORKS", "Network", "build_network", "check_network"]

#: Name of a network → what its edges say.
NETWORKS = {
    "mitigation-code": "a mitigation has a code",
    "code-code": "a source has mitigations of both codes",
    "source-code": "a source has mitigations of a code",
    "role-code": "an actor has mitigations of a code",
    "source-source": "two sources have mitigations of the same codes",
}
_PROPERTIES = {"code": "airm:code", "source": "airm:source", "role": "airm:actor"}
_SEED = 0
#: Nodes and edges gone through to count shortest paths, which takes half a minute; where all paths
#: would take more, those from some nodes are counted.
_MOST_GONE_THROUGH = 20_000_000
_DIGITS = 6  # of fractions, so that the last digits of sums do not tell machines apart


@dataclass(frozen=True, slots=True)
class Network:
    """A network of things that mitigations connect.

    Attributes:
        kind: One of `NETWORKS`.
        edition: Of the codes.
        graph: Nodes are IRIs, sorted, with ``label``, ``kind``, ``notation`` and
            ``edition`` (empty but for codes),
            ``residual``, ``mitigations``, ``sources``, ``degree``, ``degree_centrality``,
            ``betweenness``, ``community`` (1 is the largest) and ``articulation_point``; edges have
            ``weight``, counts and ``bridge``.
        mitigations: How many there are in all.
        classified: How many of them have a code of the edition; the others are not in it.
        sampled: From how many nodes paths were counted; 0 where from all.
    """

    kind: str
    edition: str
    graph: "networkx.Graph[str]"
    mitigations: int
    classified: int
    sampled: int = 0

    def count(self) -> dict[str, int]:
        """Count nodes, edges, components, communities, articulation points and bridges."""
        import networkx as nx

        nodes, edges = self.graph.nodes, self.graph.edges
        return {
            "nodes": len(nodes),
            "edges": len(edges),
            "components": nx.number_connected_components(self.graph),
            "communities": len({about["community"] for _, about in nodes(data=True)}),
            "articulation points": sum(about["articulation_point"] for _, about in nodes(data=True)),
            "bridges": sum(about["bridge"] for *_, about in edges(data=True)),
        }


def check_network(kind: str) -> None:
    """Refuse the name of a network that is none.

    Raises:
        ParameterError: There is no such network.

    >>> check_network("source-code")
    """
    if kind not in NETWORKS:
        close = get_close_matches(kind, NETWORKS, n=1)
        hint = f"did you mean {close[0]}?" if close else f"use one of {', '.join(NETWORKS)}"
        raise ParameterError(f"there is no network {kind!r}; {hint}", parameter="kind")


def build_network(projected: "Projected", kind: str, *, edition: str | None = None) -> Network:
    """Connect things by the mitigations that they share, and measure how they hang together.

    Args:
        projected: A closed graph, as `airm_graph.graph.projection.project_rows` makes it; read,
            never changed.
        kind: One of `NETWORKS`.
        edition: Of the codes, ``v1`` or ``v2``; left out, the one by which most mitigations are
            classified.

    Returns:
        What has no mitigation with a code of the edition is not in it. The weight of an edge is how
        many mitigations it stands for; of ``code-code`` how many sources; of ``source-source`` the
        share of codes of both among codes of either.

    Raises:
        ParameterError: There is no such network or edition.

    Source:
        Betweenness after Brandes, unweighted and normalised; communities after Louvain, by weight.
    """
    check_network(kind)
    mitigations = [node for node, name in _list_types(projected) if name == "Mitigation"]
    relations = {name: _relate(projected, mitigations, of) for name, of in _PROPERTIES.items()}
    edition = _choose_edition(projected, relations["code"], edition)
    codes = {node: {code for code in found if _edition_of(projected, code) == edition} for node, found in relations["code"].items()}
    relations["code"] = {node: found for node, found in codes.items() if found}
    relations["mitigation"] = {node: {node} for node in relations["code"]}
    graph = _connect(kind, relations)
    _describe_nodes(graph, projected, relations)
    sampled = _measure(graph)
    return Network(kind, edition, graph, len(mitigations), len(relations["code"]), sampled)


def _list_types(projected: "Projected") -> list[tuple[str, str]]:
    return [(node, name.rpartition("#")[2]) for node, name, about in projected.edges(data=True) if about["property"] == "rdf:type"]


def _relate(projected: "Projected", mitigations: list[str], wanted: str) -> dict[str, set[str]]:
    return {one: set(_list_values(projected, one, wanted)) for one in mitigations}


def _list_values(projected: "Projected", node: str, wanted: str) -> list[str]:
    return [value for _, value, about in projected.out_edges(node, data=True) if about["property"] == wanted]


def _edition_of(projected: "Projected", code: str) -> str:
    return min(_list_values(projected, code, "skos:inScheme"), default="").rpartition("/")[2]


def _choose_edition(projected: "Projected", codes: Mapping[str, set[str]], wanted: str | None) -> str:
    every = {_edition_of(projected, node) for node, name in _list_types(projected) if name == "Code"} - {""}
    if not every:
        raise ParameterError("the graph holds no codes; build it with airm-graph build", parameter="edition")
    if wanted is not None:
        if wanted not in every:
            raise ParameterError(f"there is no edition {wanted!r} in the graph; there are {', '.join(sorted(every))}", parameter="edition")
        return wanted
    used = [edition for found in codes.values() for edition in {_edition_of(projected, code) for code in found}]
    return max(sorted(every), key=lambda edition: (used.count(edition), edition))


def _connect(kind: str, relations: "Relations") -> "networkx.Graph[str]":
    """Make nodes and weighted edges, both sorted: networkx itself goes through sets."""
    import networkx as nx
    from networkx.algorithms import bipartite

    one, other = kind.split("-")
    if one != other:
        pairs = _count_pairs(relations, one, other)
        return _sort_graph(set(), {pair: {"weight": n, "mitigations": n} for pair, n in pairs.items()})
    between: networkx.Graph[str] = nx.Graph(_count_pairs(relations, "source", "code").keys())
    nodes = {node for mitigation in relations["code"] for node in relations[one][mitigation]}
    between.add_nodes_from(nodes)
    shared: networkx.Graph[str] = bipartite.weighted_projected_graph(between, nodes)
    counts = {(u, v): about["weight"] for u, v, about in shared.edges(data=True)}
    if one == "code":
        both = _count_together(relations["code"])
        return _sort_graph(nodes, {(u, v): {"weight": n, "sources": n, "mitigations": both[u, v]} for (u, v), n in counts.items()})
    alike: networkx.Graph[str] = bipartite.overlap_weighted_projected_graph(between, nodes)
    return _sort_graph(nodes, {(u, v): {"weight": round(alike[u][v]["weight"], _DIGITS), "codes": n} for (u, v), n in counts.items()})


def _count_pairs(relations: "Relations", one: str, other: str) -> Counter[tuple[str, str]]:
    return Counter(pair for node in relations["code"] for pair in product(relations[one][node], relations[other][node]))


def _count_together(codes: Mapping[str, set[str]]) -> Counter[tuple[str, str]]:
    return Counter(pair for found in codes.values() for pair in permutations(found, 2))


def _sort_graph(nodes: set[str], edges: Mapping[tuple[str, str], Mapping[str, float]]) -> "networkx.Graph[str]":
    import networkx as nx

    graph: networkx.Graph[str] = nx.Graph()
    ordered = {(min(pair), max(pair)): found for pair, found in edges.items()}
    graph.add_nodes_from(sorted(nodes.union(*ordered)))
    for (u, v), found in sorted(ordered.items(), key=lambda each: each[0]):
        graph.add_edge(u, v, **found)
    return graph


def _describe_nodes(graph: "networkx.Graph[str]", projected: "Projected", relations: "Relations") -> None:
    kinds: dict[str, str] = {}
    has: dict[str, set[str]] = {}
    for kind, found in relations.items():
        for mitigation in relations["code"]:
            for node in found[mitigation]:
                kinds[node] = kind
                has.setdefault(node, set()).add(mitigation)
    residual = {node for node, name in _list_types(projected) if name == "ResidualConcept"}
    for node, about in graph.nodes(data=True):
        texts = projected.nodes[node]
        about["label"] = _clean(texts.get("rdfs_label", "") or node.rpartition("/")[2])
        about["kind"] = kinds[node]
        about["notation"] = _clean(texts.get("skos_notation", "")) if kinds[node] == "code" else ""
        about["edition"] = node.rpartition("taxonomy/")[2].partition("/")[0] if kinds[node] == "code" else ""
        about["residual"] = node in residual
        about["mitigations"] = len(has[node])
        about["sources"] = len(set[str]().union(*(relations["source"][one] for one in has[node])))


def _clean(text: str) -> str:
    """Take out line ends and what XML cannot carry, so that every format has the same label."""
    # Soft hyphens and joiners (Cf) are part of words.
    return " ".join("".join(char if char.isprintable() or category(char) == "Cf" else " " for char in text).split())


def _measure(graph: "networkx.Graph[str]") -> int:
    """Add measures to nodes and edges.

    Returns:
        From how many nodes paths were counted; 0 where from all.
    """
    import networkx as nx

    most = max(_MOST_GONE_THROUGH // max(len(graph) + graph.number_of_edges(), 1), 1)
    sampled = most if most < len(graph) else 0
    central = nx.degree_centrality(graph)
    between = nx.betweenness_centrality(graph, k=sampled or None, seed=_SEED)
    # Sets of numbers have an order that no hash seed changes.
    numbered = nx.convert_node_labels_to_integers(graph)  # type: ignore[arg-type]  # stubs: no names but Hashable
    parts = nx.community.louvain_communities(numbered, weight="weight", seed=_SEED) if graph else []
    names = list(graph)
    community = {
        names[member]: number
        for number, part in enumerate(sorted(parts, key=lambda part: (-len(part), min(part))), start=1)
        for member in part
    }
    joints, bridges = set(nx.articulation_points(graph)), {frozenset(edge) for edge in nx.bridges(graph)}
    for node, about in graph.nodes(data=True):
        about["degree"] = graph.degree[node]
        about["degree_centrality"] = round(central[node], _DIGITS)
        about["betweenness"] = round(between[node], _DIGITS)
        about["community"] = community[node]
        about["articulation_point"] = node in joints
    for u, v, about in graph.edges(data=True):
        about["bridge"] = frozenset((u, v)) in bridges
    return sampled
