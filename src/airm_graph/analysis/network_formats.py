"""Networks in formats of graph tools, each with the notice; paths as text, JSON and RDF."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from airm_graph.analysis.term_names import show_term
from airm_graph.analysis.why_formats import describe_explanations, explanations_turtle, record_explanation
from airm_graph.namespaces import literal
from airm_graph.notice import NOTICE
from airm_graph.query.answers import Table, format_table

if TYPE_CHECKING:
    import networkx

    from airm_graph.analysis.evidence_paths import EvidencePath
    from airm_graph.analysis.network import Network

__all__ = ["NETWORK_FORMATS", "PATH_FORMATS"]

_MOST_SHOWN = 10  # nodes in the text for people
_WIDEST = 60  # characters of a label there


def _describe_network(network: "Network") -> str:
    """Write a network for people: what it counts, and the nodes that stand between most others."""
    about = f"{network.classified} of {network.mitigations} mitigations have a code of {network.edition}"
    counts = ", ".join(f"{name}: {number}" for name, number in network.count().items())
    lines = [f"{network.kind} ({network.edition}): {about}", counts, ""]
    if network.sampled:
        lines.append(f"betweenness is estimated from {network.sampled} nodes")
    if network.graph:
        lines.append("betweenness  degree  mitigations  community")
    nodes: list[dict[str, Any]] = [about for _, about in network.graph.nodes(data=True)]
    ordered = sorted(nodes, key=lambda node: (-node["betweenness"], -node["degree"]))
    for node in ordered[:_MOST_SHOWN]:
        numbers = f"{node['betweenness']:>11.3f}  {node['degree']:>6}  {node['mitigations']:>11}  {node['community']:>9}"
        lines.append(f"{numbers}  {node['kind']} {_name(node)}{' (articulation point)' if node['articulation_point'] else ''}")
    if len(ordered) > _MOST_SHOWN:
        lines.append(f"and {len(ordered) - _MOST_SHOWN} more nodes")
    if not ordered:
        lines.append(f"nothing to connect: no mitigation with a code of {network.edition} has one of each")
    return "\n".join((*lines, "", NOTICE)) + "\n"


def _name(node: Mapping[str, Any]) -> str:
    name = " ".join(filter(None, (node["edition"], node["notation"], node["label"])))
    return name if len(name) <= _WIDEST else name[: _WIDEST - 1] + "…"


def _mark(network: "Network") -> "networkx.Graph[str]":
    """A copy that says what it is."""
    graph = network.graph.copy()
    graph.graph.update(_head(network))
    return graph


def _head(network: "Network") -> dict[str, Any]:
    head = {"notice": NOTICE, "network": network.kind, "edition": network.edition}
    return {**head, "mitigations": network.mitigations, "classified": network.classified, "sampled": network.sampled}


def _write_graphml(network: "Network") -> str:
    import networkx as nx

    return '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(nx.generate_graphml(_mark(network))) + "\n"


def _write_gexf(network: "Network") -> str:
    """GEXF as networkx writes it, but for the day and the version of networkx in it."""
    from xml.etree.ElementTree import SubElement

    from networkx.readwrite.gexf import GEXFWriter

    writer = GEXFWriter(network.graph, version="1.2draft")
    meta = writer.xml.find("meta")
    meta.attrib.clear()
    meta.find("creator").text = "airm-graph"
    SubElement(meta, "description").text = "; ".join(f"{name}: {value}" for name, value in _head(network).items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{writer}\n'


def _write_cytoscape(network: "Network") -> str:
    import networkx as nx

    return _dump({**nx.cytoscape_data(network.graph, name="label"), "data": _head(network)})


def _write_node_link(network: "Network") -> str:
    graph = network.graph
    nodes = [{"id": node, **about} for node, about in graph.nodes(data=True)]
    edges = [{"source": u, "target": v, **about} for u, v, about in graph.edges(data=True)]
    return _dump({"directed": False, "multigraph": False, "graph": _head(network), "nodes": nodes, "edges": edges})


def _dump(found: Mapping[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _write_dot(network: "Network") -> str:
    lines = [f"// {NOTICE}", f"graph {_quote(network.kind)} {{", f"  graph [{_list_attributes(_head(network))}];"]
    lines += [f"  {_quote(node)} [{_list_attributes(about)}];" for node, about in network.graph.nodes(data=True)]
    lines += [f"  {_quote(u)} -- {_quote(v)} [{_list_attributes(about)}];" for u, v, about in network.graph.edges(data=True)]
    return "\n".join((*lines, "}")) + "\n"


def _list_attributes(about: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_quote(value)}" for name, value in about.items())


def _quote(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write_csv(network: "Network") -> str:
    ends = ("", " label", " kind", " notation", " edition")
    names = sorted({name for *_, about in network.graph.edges(data=True) for name in about}, key=lambda name: (name != "weight", name))
    rows = []
    for u, v, about in network.graph.edges(data=True):
        nodes = [part for node in (u, v) for part in (f"<{node}>", *_tell_end(network.graph.nodes[node]))]
        rows.append((*nodes, *(literal(str(about[name]).lower()) for name in names), literal(NOTICE)))
    columns = (*(f"{end}{part}" for end in ("source", "target") for part in ends), *names, "notice")
    return format_table(Table(columns, tuple(rows)), format="csv")


def _tell_end(node: Mapping[str, Any]) -> list[str]:
    return [literal(node[name]) for name in ("label", "kind", "notation", "edition")]


#: Name of a format → its writer.
NETWORK_FORMATS: dict[str, Callable[["Network"], str]] = {
    "table": _describe_network,
    "graphml": _write_graphml,
    "gexf": _write_gexf,
    "cytoscape": _write_cytoscape,
    "node-link": _write_node_link,
    "dot": _write_dot,
    "csv": _write_csv,
}


def _describe_path(path: "EvidencePath") -> str:
    """Write a path for people: the things on it, then each step with the lines that state it."""
    start, end = (show_term(node, base=path.base) for node in (path.start, path.end))
    if not path.steps:
        return f"no path of evidence leads from {start} to {end}\n\n{NOTICE}\n"
    steps = f"{len(path.steps)} step{'s' if len(path.steps) > 1 else ''}"
    lines = [f"{start} → {end}: {steps}", *(f"  {show_term(node, base=path.base)}" for node in path.nodes), ""]
    return "\n".join((*lines, describe_explanations(path.steps)))


def _write_path_json(path: "EvidencePath") -> str:
    steps = [record_explanation(step) for step in path.steps]
    return _dump({"notice": NOTICE, "start": path.start, "end": path.end, "nodes": list(path.nodes), "steps": steps})


def _write_path_turtle(path: "EvidencePath") -> str:
    return explanations_turtle(path.steps, base=path.base)


#: The same for paths.
PATH_FORMATS: dict[str, Callable[["EvidencePath"], str]] = {
    "text": _describe_path,
    "json": _write_path_json,
    "turtle": _write_path_turtle,
}
