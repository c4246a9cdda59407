"""Networks: counts and measures are what the data says, other libraries read every format, and a path proves its steps."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import airm_graph
from airm_graph.analysis import network as network_module
from airm_graph.analysis.network import NETWORKS, Network, build_network
from airm_graph.analysis.network_formats import NETWORK_FORMATS, PATH_FORMATS
from airm_graph.cli import cli, network_command
from airm_graph.errors import ParameterError, QueryError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.notice import NOTICE
from tools import require_npm

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items())
#: Two sources that share a code, a third that shares none, a mitigation with two codes, one of the other edition and one without a code.
DATA = """
@base <https://w3id.org/airm-graph/> .
<source/one> a airm:Source ; rdfs:label "One" . <source/two> a airm:Source ; rdfs:label "Two \\"quoted\\" \\\\ <&>\\nbelow" .
<source/far> a airm:Source ; rdfs:label "Fa\\u00ADr\\u0008" .
<actor/x> a airm:ActorRole ; rdfs:label "X" . <actor/y> a airm:ActorRole, airm:ResidualConcept ; rdfs:label "Y" .
<taxonomy/v1/9> a airm:Code ; skos:inScheme <taxonomy/v1> ; skos:notation "9" .
<taxonomy/v2/1> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "1" ; rdfs:label "Eins" .
<taxonomy/v2/2> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "2" ; rdfs:label "Zwei" .
<taxonomy/v2/3> a airm:Code ; skos:inScheme <taxonomy/v2> ; skos:notation "3" ; rdfs:label "Drei" .
<a> a airm:Mitigation ; airm:source <source/one> ; airm:actor <actor/x> ; airm:code <taxonomy/v2/1>, <taxonomy/v2/2> .
<b> a airm:Mitigation ; airm:source <source/one> ; airm:actor <actor/y> ; airm:code <taxonomy/v2/1> .
<c> a airm:Mitigation ; airm:source <source/two> ; airm:actor <actor/x> ; airm:code <taxonomy/v2/1> .
<d> a airm:Mitigation ; airm:source <source/far> ; airm:code <taxonomy/v2/3> .
<e> a airm:Mitigation ; airm:source <source/two> ; airm:code <taxonomy/v1/9> .
<f> a airm:Mitigation ; airm:source <source/two> .
"""
PATH = ("actor/deployer", "taxonomy/v2/2.3")


@pytest.fixture(scope="module")
def small() -> airm_graph.Graph:
    return airm_graph.Graph.of(parse_rows((HEAD + DATA).encode(), name="test", suffix=".ttl"))


def edges(network: Network) -> dict[tuple[str, str], dict[str, Any]]:
    return {(u.removeprefix(BASE), v.removeprefix(BASE)): about for u, v, about in network.graph.edges(data=True)}


def nodes(network: Network, name: str) -> dict[str, Any]:
    return {node.removeprefix(BASE): about[name] for node, about in network.graph.nodes(data=True)}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("source-code", {("source/one", "taxonomy/v2/1"): 2, ("source/one", "taxonomy/v2/2"): 1, ("source/two", "taxonomy/v2/1"): 1,
                         ("source/far", "taxonomy/v2/3"): 1}),
        ("role-code", {("actor/x", "taxonomy/v2/1"): 2, ("actor/x", "taxonomy/v2/2"): 1, ("actor/y", "taxonomy/v2/1"): 1}),
        ("mitigation-code", {("a", "taxonomy/v2/1"): 1, ("a", "taxonomy/v2/2"): 1, ("b", "taxonomy/v2/1"): 1, ("c", "taxonomy/v2/1"): 1,
                             ("d", "taxonomy/v2/3"): 1}),
        ("code-code", {("taxonomy/v2/1", "taxonomy/v2/2"): 1}),
        ("source-source", {("source/one", "source/two"): 0.5}),
    ],
)  # fmt: skip
def test_edges_have_the_weights_that_the_data_says(kind: str, expected: dict[tuple[str, str], float], small: airm_graph.Graph) -> None:
    network = small.network(kind)
    assert {pair: about["weight"] for pair, about in edges(network).items()} == expected
    assert (network.edition, network.mitigations, network.classified) == ("v2", 6, 4)


def test_counts_of_edges_and_nodes_are_those_of_the_data(small: airm_graph.Graph) -> None:
    assert edges(small.network("code-code")) == {
        ("taxonomy/v2/1", "taxonomy/v2/2"): {"weight": 1, "sources": 1, "mitigations": 1, "bridge": True}
    }
    assert edges(small.network("source-source"))["source/one", "source/two"]["codes"] == 1
    roles = small.network("role-code")
    assert nodes(roles, "mitigations") == {"actor/x": 2, "actor/y": 1, "taxonomy/v2/1": 3, "taxonomy/v2/2": 1}
    assert nodes(roles, "sources") == {"actor/x": 2, "actor/y": 1, "taxonomy/v2/1": 2, "taxonomy/v2/2": 1}
    assert nodes(roles, "residual") == {"actor/x": False, "actor/y": True, "taxonomy/v2/1": False, "taxonomy/v2/2": False}
    assert nodes(roles, "kind") == {"actor/x": "role", "actor/y": "role", "taxonomy/v2/1": "code", "taxonomy/v2/2": "code"}
    assert nodes(roles, "notation") == {"actor/x": "", "actor/y": "", "taxonomy/v2/1": "1", "taxonomy/v2/2": "2"}
    assert nodes(small.network("source-source"), "label") == {
        "source/one": "One",
        "source/two": 'Two "quoted" \\ <&> below',
        "source/far": "Fa\xadr",
    }


def test_measures_are_those_of_a_path_of_four_and_a_pair(small: airm_graph.Graph) -> None:
    network = small.network("source-code")
    # far - 3 beside two - 1 - one - 2: of the ten pairs of other nodes, the two inner ones lie between two each.
    assert nodes(network, "betweenness") == {
        "source/far": 0, "source/one": 0.2, "source/two": 0, "taxonomy/v2/1": 0.2, "taxonomy/v2/2": 0, "taxonomy/v2/3": 0
    }  # fmt: skip
    assert nodes(network, "degree_centrality")["taxonomy/v2/1"] == 2 / 5
    assert {node for node, found in nodes(network, "articulation_point").items() if found} == {"source/one", "taxonomy/v2/1"}
    community = nodes(network, "community")
    assert community["source/far"] == community["taxonomy/v2/3"] != community["source/one"]
    assert network.count()["components"] == 2


def test_betweenness_of_a_large_network_is_estimated_and_says_so(example_graph: airm_graph.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = example_graph.network("source-code")
    assert exact.sampled == 0
    monkeypatch.setattr(network_module, "_MOST_GONE_THROUGH", 500)
    estimated, again = (example_graph.network("source-code") for _ in range(2))
    assert estimated.sampled == 500 // (len(exact.graph) + exact.graph.number_of_edges())
    assert f"betweenness is estimated from {estimated.sampled} nodes" in NETWORK_FORMATS["table"](estimated)
    assert json.loads(NETWORK_FORMATS["node-link"](estimated))["graph"]["sampled"] == estimated.sampled
    assert nodes(estimated, "betweenness") == nodes(again, "betweenness") != nodes(exact, "betweenness")
    assert nodes(estimated, "degree") == nodes(exact, "degree")


def test_names_of_data_with_another_base_are_found(example_graph: airm_graph.Graph) -> None:
    base = "https://example.org/other/"
    inputs = Path(__file__).parents[1] / "examples"
    other = airm_graph.build([inputs], base=base)
    assert other.network("source-code").count() == example_graph.network("source-code").count()
    assert other.find_path(*PATH).start == f"<{base}actor/deployer>"
    assert len(other.find_path(*PATH).steps) == len(example_graph.find_path(*PATH).steps)


def test_edition_is_chosen(small: airm_graph.Graph) -> None:
    assert set(edges(small.network("source-code", edition="v1"))) == {("source/two", "taxonomy/v1/9")}


def test_network_of_a_graph_does_not_change_it(small: airm_graph.Graph) -> None:
    projected = small.to_networkx()
    build_network(projected, "source-source")
    assert list(projected.edges(data=True, keys=True)) == list(small.to_networkx().edges(data=True, keys=True))
    assert list(projected.nodes(data=True)) == list(small.to_networkx().nodes(data=True))


@pytest.mark.parametrize("kind", NETWORKS)
def test_igraph_reads_the_same_network_and_measures_the_same(kind: str, example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    network = example_graph.network(kind)
    (tmp_path / "network.graphml").write_text(NETWORK_FORMATS["graphml"](network), encoding="utf-8")
    read = igraph.Graph.Read(str(tmp_path / "network.graphml"), format="graphml")
    assert read["notice"] == NOTICE
    expected_nodes, expected_edges = listed(network)
    assert sorted_by_id(read.vs, lambda node: node.attributes()) == expected_nodes
    found = [{"source": read.vs[edge.source]["id"], "target": read.vs[edge.target]["id"], **edge.attributes()} for edge in read.es]
    assert sorted(map(undirected, found), key=ends) == expected_edges
    most = max((len(read.vs) - 1) * (len(read.vs) - 2) / 2, 1)
    assert [node["betweenness"] for node in read.vs] == pytest.approx([value / most for value in read.betweenness()], abs=1e-6)
    assert [node["degree"] for node in read.vs] == read.degree()
    assert {node.index for node in read.vs if node["articulation_point"]} == set(read.articulation_points())
    assert {edge.index for edge in read.es if edge["bridge"]} == set(read.bridges())
    # No partition of igraph's own method is better by more than a little.
    own = read.modularity([node["community"] - 1 for node in read.vs], weights="weight")
    assert own >= read.community_multilevel(weights="weight").modularity - 0.02


def listed(network: Network) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    graph = network.graph
    found = [undirected({"source": u, "target": v, **about}) for u, v, about in graph.edges(data=True)]
    return [{"id": node, **about} for node, about in sorted(graph.nodes(data=True))], sorted(found, key=ends)


def sorted_by_id(found: Any, take: Any) -> list[dict[str, Any]]:
    return sorted(map(take, found), key=lambda each: each["id"])


def undirected(edge: dict[str, Any]) -> dict[str, Any]:
    source, target = sorted((edge["source"], edge["target"]))
    return {**edge, "source": source, "target": target}


def ends(edge: dict[str, Any]) -> tuple[str, str]:
    return edge["source"], edge["target"]


def alike(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What a library read, with the attributes that it was given; Graphviz has texts only, and none that is empty."""
    if "_gvid" not in found:
        return {name: found[name] for name in expected}
    return {name: found.get(name, "") if isinstance(value, str) else json.loads(found[name]) for name, value in expected.items()}


@pytest.mark.npm
@pytest.mark.xdist_group("javascript")
@pytest.mark.parametrize("kind", ["source-code", "code-code", "source-source"])
def test_graphology_cytoscape_and_graphviz_read_the_same_network(kind: str, small: airm_graph.Graph, example_graph, tmp_path: Path) -> None:
    packages = ("graphology@0.26.0", "graphology-gexf@0.13.2", "graphology-graphml@0.5.2", "graphology-types@0.24.8")
    folder = require_npm("networks", *packages, "cytoscape@3.31.0", "@viz-js/viz@3.11.0")
    for number, graph in enumerate((small, example_graph)):
        network = graph.network(kind)
        for name in ("gexf", "graphml", "cytoscape", "dot"):
            (tmp_path / f"{number}.{name}").write_text(NETWORK_FORMATS[name](network), encoding="utf-8")
        script = Path(__file__).parent / "engines" / "read_networks.mjs"
        done = subprocess.run(["node", script, folder, tmp_path / str(number)], capture_output=True, check=True, text=True, timeout=300)
        expected_nodes, expected_edges = listed(network)
        for name, found in json.loads(done.stdout).items():
            # Of GraphML graphology reads nothing about the whole; that igraph does is tested above.
            assert NOTICE in json.dumps(found["whole"]) or name == "graphml", name
            got = sorted_by_id(found["nodes"], dict)
            assert [alike(*pair) for pair in zip(got, expected_nodes, strict=True)] == expected_nodes, name
            got = sorted(map(undirected, found["edges"]), key=ends)
            assert [alike(*pair) for pair in zip(got, expected_edges, strict=True)] == expected_edges, name


@pytest.mark.parametrize("kind", NETWORKS)
def test_node_link_and_csv_say_the_same(kind: str, example_graph: airm_graph.Graph) -> None:
    network = example_graph.network(kind)
    expected_nodes, expected_edges = listed(network)
    found = json.loads(NETWORK_FORMATS["node-link"](network))
    assert found["graph"]["notice"] == NOTICE
    assert (found["nodes"], sorted(map(undirected, found["edges"]), key=ends)) == (expected_nodes, expected_edges)
    rows = list(csv.DictReader(NETWORK_FORMATS["csv"](network).splitlines()))
    assert {row["notice"] for row in rows} == {NOTICE}
    read = [{name: row[name] if name in ("source", "target") else json.loads(row[name]) for name in expected_edges[0]} for row in rows]
    assert sorted(map(undirected, read), key=ends) == expected_edges
    labels = {node["id"]: node["label"] for node in expected_nodes}
    assert all((row["source label"], row["target label"]) == (labels[row["source"]], labels[row["target"]]) for row in rows)


@pytest.mark.parametrize("name", NETWORK_FORMATS)
def test_every_format_has_the_notice_also_where_there_is_nothing_to_connect(name: str, small: airm_graph.Graph) -> None:
    for network in (small.network("source-code"), small.network("role-code", edition="v1")):
        assert NOTICE in NETWORK_FORMATS[name](network) or (name == "csv" and not network.graph)


def test_bytes_are_the_same_for_every_hash_seed() -> None:
    script = (
        "import airm_graph, hashlib; from airm_graph.analysis.network import NETWORKS\n"
        "from airm_graph.analysis.network_formats import NETWORK_FORMATS, PATH_FORMATS\n"
        "graph = airm_graph.load(); found = [graph.network(kind) for kind in NETWORKS]\n"
        "texts = [write(one) for one in found for write in NETWORK_FORMATS.values()]\n"
        f"texts += [write(graph.find_path(*{PATH})) for write in PATH_FORMATS.values()]\n"
        "print(hashlib.sha256(''.join(texts).encode()).hexdigest())"
    )
    run = lambda seed: subprocess.run(  # noqa: E731
        [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"}, capture_output=True, check=True
    )
    assert run("1").stdout == run("2").stdout


def test_path_is_shortest_and_every_step_is_proved(example_graph: airm_graph.Graph) -> None:
    path = example_graph.find_path(*PATH)
    assert [node.removeprefix(f"<{BASE}").strip(">").rpartition("/")[2] for node in path.nodes] == [
        "deployer", "incident-response-plan", "2.3.4", "2.3"
    ]  # fmt: skip
    for step, pair in zip(path.steps, zip(path.nodes, path.nodes[1:], strict=False), strict=True):
        assert {step.statement[0], step.statement[2]} == set(pair)
        grounds = [ground for statement in step.proof.asserted for ground in step.grounds[statement]]
        assert grounds
        broader = step.statement[1].endswith("#broader>")
        assert {bool(ground.location and ground.location.file.endswith(".txt")) for ground in grounds} == {not broader}
    back = example_graph.find_path(*reversed(PATH))
    assert len(back.steps) == len(path.steps)


def test_path_in_every_format_has_its_steps_and_the_notice(example_graph: airm_graph.Graph) -> None:
    path = example_graph.find_path(*PATH)
    for write in PATH_FORMATS.values():
        assert NOTICE in write(path)
    found = json.loads(PATH_FORMATS["json"](path))
    assert (found["nodes"], [step["statement"] for step in found["steps"]]) == (
        list(path.nodes),
        [list(step.statement) for step in path.steps],
    )
    stated = parse_rows(PATH_FORMATS["turtle"](path).encode(), name="test", suffix=".ttl")
    assert {row[2] for row in stated if row[1].endswith("#subject>")} >= {step.statement[0] for step in path.steps}


def test_types_and_what_all_share_connect_nothing(small: airm_graph.Graph) -> None:
    assert small.find_path("source/far", "source/one").steps == ()
    assert "no path of evidence leads from source/far to source/one" in PATH_FORMATS["text"](small.find_path("source/far", "source/one"))


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda graph: graph.network("source-codes"), "there is no network 'source-codes'; did you mean source-code?"),
        (lambda graph: graph.network("code-code", edition="v7"), "there is no edition 'v7' in the graph; there are v1, v2"),
        (lambda _: airm_graph.Graph().network("code-code"), "the graph holds no codes; build it with airm-graph build"),
        (lambda graph: graph.find_path("actor/x", "actor/x"), "start and end are the same"),
        (lambda graph: graph.find_path("actor/x", "actor/none"), "the end actor/none is not in the graph; look for its IRI"),
        (lambda graph: graph.find_path("no term", "actor/x"), "the start 'no term' is no term"),
        (lambda graph: graph.find_path('"X"', "actor/x"), 'the start "X" is a text; give the IRI of a thing'),
    ],
)
def test_wrong_arguments_are_told_with_what_to_do(ask: Any, said: str, small: airm_graph.Graph) -> None:
    with pytest.raises(ParameterError) as error:
        ask(small)
    assert said in str(error.value)


def test_path_of_data_without_named_graphs_says_what_to_give(small: airm_graph.Graph) -> None:
    with pytest.raises(QueryError, match="give a folder that airm-graph build wrote"):
        small.find_path("source/one", "source/two")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["path", "actor/deployer"], "path takes two things, START and END; given are 1"),
        (["path", *PATH, "--format", "gexf"], "path is not written as gexf; use one of text, json, turtle"),
        (["path", *PATH, "--edition", "v2"], "--edition goes with networks"),
        (["source-code", "actor/deployer"], "source-code takes no more arguments"),
        (["source-code", "--format", "turtle"], "source-code is not written as turtle; use one of table, graphml"),
    ],
)
def test_command_refuses_what_does_not_go_together(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, ["network", *arguments])
    assert (done.exit_code, said in done.output.replace("\n", " ")) == (2, True), done.output


def test_command_writes_what_python_has(example_graph: airm_graph.Graph, tmp_path: Path) -> None:
    for name in ("graphml", "gexf", "cytoscape", "node-link", "dot", "csv"):
        done = CliRunner().invoke(cli, ["network", "source-code", "--format", name, "-o", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
        assert (tmp_path / name).read_bytes() == NETWORK_FORMATS[name](example_graph.network("source-code")).encode()
    assert CliRunner().invoke(cli, ["network", "source-code"]).output == NETWORK_FORMATS["table"](example_graph.network("source-code"))
    assert CliRunner().invoke(cli, ["network", "path", *PATH]).output == PATH_FORMATS["text"](example_graph.find_path(*PATH))


def test_command_lists_the_formats_that_there_are() -> None:
    assert tuple(NETWORK_FORMATS) == network_command._FORMATS
    assert tuple(PATH_FORMATS) == network_command._PATH_FORMATS
