"""What libraries of JavaScript read of our files: rdflib.js the Turtle, graphology the graphs that networkx writes."""

import json
import subprocess
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest

import airm_graph
from tools import require_npm

ENGINES = Path(__file__).parent / "engines"

pytestmark = [pytest.mark.npm, pytest.mark.xdist_group("javascript")]


def run_node(script: str, *arguments: str | Path) -> str:
    return subprocess.run(["node", ENGINES / script, *arguments], capture_output=True, check=True, text=True, timeout=300).stdout


def test_rdflib_js_reads_the_statements_of_the_turtle_file(example_dist: Path) -> None:
    printed = run_node("read_turtle.mjs", require_npm("rdflib-js", "rdflib@2.4.0"), example_dist / "airm.ttl")
    found, stated = (set(ox.parse(text, format=ox.RdfFormat.N_TRIPLES)) for text in (printed, (example_dist / "airm.nt").read_bytes()))
    assert len(stated) > 1000
    assert found == stated


def test_graphology_reads_the_graphs_that_networkx_writes(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    graph = example_graph.to_networkx()
    nx.write_gexf(graph, tmp_path / "graph.gexf")
    nx.write_graphml(graph, tmp_path / "graph.graphml")
    packages = ("graphology@0.26.0", "graphology-gexf@0.13.2", "graphology-graphml@0.5.2", "graphology-types@0.24.8")
    for found in json.loads(run_node("read_graphs.mjs", require_npm("graphology", *packages), tmp_path / "graph")):
        assert found["nodes"] == sorted(graph)
        assert found["edges"] == found["keys"] == graph.number_of_edges()
        assert found["labels"] == sorted(label for _, label in graph.nodes(data="rdfs_label") if label)
        assert found["properties"] == sorted({name for _, _, name in graph.edges(data="property")})
