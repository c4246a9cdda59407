"""What libraries of JavaScript read of our files: rdflib.js the Turtle, graphology the graphs that networkx writes."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest

import airm_graph
from conftest import ROOT
from tools import require_npm

ENGINES = Path(__file__).parent / "engines"

pytestmark = [pytest.mark.npm, pytest.mark.xdist_group("javascript")]


RDFLIB = "rdflib@2.4.0"


def run_node(script: str, *arguments: str | Path) -> str:
    return subprocess.run(["node", ENGINES / script, *arguments], capture_output=True, check=True, text=True, timeout=300).stdout


def test_rdflib_js_reads_the_statements_of_the_turtle_file(example_dist: Path) -> None:
    printed = run_node("read_turtle.mjs", require_npm("rdflib-js", RDFLIB, "jsonld@9.0.0"), example_dist / "airm.ttl")
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


def test_scripts_of_the_guide_find_every_mitigation(example_graph: airm_graph.Graph, example_dist: Path, tmp_path: Path) -> None:
    modules = require_npm("rdflib-js", RDFLIB, "jsonld@9.0.0") / "node_modules"
    (tmp_path / "node_modules").symlink_to(modules)
    shutil.copytree(example_dist, tmp_path / "dist")
    text = (ROOT / "docs" / "guides" / "other-tools.md").read_text(encoding="utf-8")
    scripts = re.findall(r"^```js\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(scripts) == 2
    for script in scripts:
        (tmp_path / "script.mjs").write_text(script, encoding="utf-8")
        done = subprocess.run(["node", "script.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, str(example_graph.count()["mitigations"])), done.stderr
