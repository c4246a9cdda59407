"""Virtuoso 7, the real one: releases arrive there, and every query of the library is answered as here."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import airm_graph
import virtuoso
from airm_graph.cli import main
from airm_graph.export import QuadList, export_text
from airm_graph.graph.store import Store, parse_rows
from airm_graph.namespaces import BASE
from airm_graph.pipeline import Graph, load
from airm_graph.push import PushReport, push_release, read_release
from airm_graph.query.library import list_queries, load_query, run_query
from airm_graph.remote import Client, Credentials, Endpoint
from test_query import find_cases, read_case
from tools import require_programs
from virtuoso import Virtuoso, run_virtuoso

ROOT = Path(__file__).resolve().parent.parent
NAMES = [query.name for query in list_queries()]
ME = Credentials(virtuoso.USER, password=virtuoso.PASSWORD)
OTHER = "http://example.org/somebody-else"
INFERRED = BASE + "graph/inferred"

pytestmark = [pytest.mark.virtuoso, pytest.mark.xdist_group("virtuoso")]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtuoso]:
    """A running Virtuoso with a graph of somebody else in it."""
    require_programs("virtuoso-t", packages="virtuoso-opensource-7-bin")
    with run_virtuoso(tmp_path_factory.mktemp("virtuoso")) as running:
        update(running, f"INSERT DATA {{ GRAPH <{OTHER}> {{ <x:s> <x:p> <x:o> }} }}")
        yield running
        with Endpoint(running.public) as endpoint:
            assert endpoint.ask(f"SELECT ?s WHERE {{ GRAPH <{OTHER}> {{ ?s ?p ?o }} }}")[1] == [("<x:s>",)]


@pytest.fixture(params=["graph_store", "update"])
def address(request: pytest.FixtureRequest, server: Virtuoso) -> str:
    return str(getattr(server, request.param))


@pytest.fixture(scope="session")
def example_there(server: Virtuoso, example_dist: Path) -> Graph:
    assert push(server.graph_store, example_dist).complete
    return load(example_dist)


def update(server: Virtuoso, text: str) -> None:
    with Client(server.url, credentials=ME) as client:
        client.request("POST", server.update, headers={"Content-Type": "application/sparql-update"}, body=text.encode())


def push(url: str, dist: Path, **settings) -> PushReport:
    return push_release(url, dist, client=Client(url, credentials=ME), **settings)


def actions(report: PushReport) -> dict[str, str]:
    return {step.graph: step.action for step in report.steps if step.action != "keep"}


def count(server: Virtuoso) -> dict[str, int]:
    with Endpoint(server.public) as endpoint:
        return endpoint.count_graphs(BASE)


def sizes(dist: Path) -> dict[str, int]:
    return {graph: len(lines) for graph, lines in sorted(read_release(dist).graphs.items())}


# --- the query library


@pytest.mark.parametrize("asked", ["union", "graphs"])
@pytest.mark.parametrize("which", ["required", "every"])
@pytest.mark.parametrize("name", NAMES)
def test_answer_is_ours_on_the_example(
    server: Virtuoso, example_there: Graph, example_dist: Path, name: str, which: str, asked: str
) -> None:
    arguments = {p.name: str(p.example) for p in load_query(name).parameters if p.required or which == "every"}
    with Endpoint(server.public, graphs=list(sizes(example_dist)) if asked == "graphs" else None) as endpoint:
        assert run_query(endpoint, name, arguments, base=endpoint.base) == example_there.query(name, **arguments)
        assert bool(endpoint.dataset) == (asked == "graphs")


@pytest.mark.parametrize(("name", "case"), find_cases())
def test_answer_is_that_of_the_fixture(server: Virtuoso, name: str, case: str) -> None:
    path, arguments, expected = read_case(name, case)
    rows = [(*row[:3], row[3] or f"<{OTHER}/0>") for row in parse_rows(path.read_bytes(), name=path.name, suffix=path.suffix)]
    graphs = sorted({row[3] for row in rows} | {f"<{OTHER}/0>"})
    here = Store()
    here.add_rows(rows)
    for graph in graphs:
        if lines := "".join(export_text(QuadList(row for row in rows if row[3] == graph), "ntriples")):
            update(server, f"INSERT DATA {{ GRAPH {graph} {{ {lines} }} }}")
    try:
        with Endpoint(server.public, graphs=[graph[1:-1] for graph in graphs], base=BASE) as endpoint:
            there = run_query(endpoint, name, arguments)
    finally:
        for graph in graphs:
            update(server, f"DROP SILENT GRAPH {graph}")
    assert there == run_query(here, name, arguments)
    assert [there.columns, *(tuple(value or "" for value in row) for row in there.values())] == expected


# --- pushing


def test_second_push_sends_nothing(server: Virtuoso, example_there: Graph, example_dist: Path, address: str) -> None:
    report = push(address, example_dist)
    assert report.complete
    assert actions(report) == {}
    assert count(server) == sizes(example_dist)


def test_broken_off_and_changed_graphs_are_mended(server: Virtuoso, example_there: Graph, example_dist: Path, address: str) -> None:
    capture = next(graph for graph in count(server) if "/capture/" in graph)
    update(server, f"DELETE WHERE {{ GRAPH <{INFERRED}> {{ ?s a ?class }} }}")
    update(server, f"INSERT DATA {{ GRAPH <{capture}> {{ <x:s> <x:p> <x:o> }} }}")
    report = push(address, example_dist)
    assert report.complete
    assert actions(report) == {INFERRED: "resume", capture: "send"}
    assert 0 < next(step.sent for step in report.steps if step.graph == INFERRED) < sizes(example_dist)[INFERRED]
    assert count(server) == sizes(example_dist)


def test_changed_file_replaces_its_graph_and_a_removed_one_loses_it(
    server: Virtuoso, example_there: Graph, example_dist: Path, address: str, tmp_path: Path
) -> None:
    inputs = Path(shutil.copytree(ROOT / "examples", tmp_path / "examples"))
    changed = inputs / "handbook-staged-release.txt"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Access grows in steps", "Access is opened in steps"), encoding="utf-8")
    (inputs / "francois-unnamed.txt").unlink()
    graph = airm_graph.build([inputs])
    graph.write(tmp_path / "dist")
    before, after = set(sizes(example_dist)), set(sizes(tmp_path / "dist"))
    assert (len(before - after), len(after - before)) == (2, 1)
    report = push(address, tmp_path / "dist")
    assert report.complete
    done = actions(report)
    assert {name for name, action in done.items() if action == "drop"} == before - after
    sent = {name for name, action in done.items() if action != "drop"}
    earlier, later = (read_release(dist).graphs for dist in (example_dist, tmp_path / "dist"))
    assert sent == {name for name, lines in later.items() if earlier.get(name) != lines}
    assert sum("/capture/" in name for name in after - sent) >= 5, "the other captures are left alone"
    assert count(server) == sizes(tmp_path / "dist")
    back = push(address, example_dist)
    assert back.complete
    assert count(server) == sizes(example_dist)


def test_tables_and_captures_arrive_and_are_asked(server: Virtuoso, captures: Path, first_edition: Path, tmp_path: Path) -> None:
    airm_graph.build([captures, first_edition]).write(tmp_path / "dist")
    graph = load(tmp_path / "dist")
    assert push(server.graph_store, tmp_path / "dist").complete
    assert count(server) == sizes(tmp_path / "dist")
    assert actions(push(server.update, tmp_path / "dist")) == {}
    (source, *_), *_ = graph.store.select(f"SELECT ?s WHERE {{ ?s a <{BASE}ontology#Source> }} ORDER BY DESC(?s)")[1]
    (mitigation, *_), *_ = graph.store.select(f"SELECT ?m WHERE {{ ?m <{BASE}ontology#source> {source} }} ORDER BY ?m")[1]
    told = {"source": str(source)[1:-1], "mitigation": str(mitigation)[1:-1], "code": "1.1", "text": "risk"}
    with Endpoint(server.public, graphs=list(sizes(tmp_path / "dist")), base=BASE) as endpoint:
        for query in list_queries():
            arguments = {p.name: told[p.name] for p in query.parameters if p.required}
            assert run_query(endpoint, query, arguments) == graph.query(query, **arguments), query.name


# --- its own ways to load


def test_dump_is_loaded_by_its_bulk_loader(server: Virtuoso, example_there: Graph, example_dist: Path) -> None:
    for name in ("airm.nq", "airm.ttl", "airm.nt"):
        shutil.copy(example_dist / name, server.folder)
    for graph in count(server):
        update(server, f"DROP SILENT GRAPH <{graph}>")
    folder, turtle, triples = server.folder, f"{OTHER}/turtle", f"{OTHER}/triples"
    server.run_sql(f"ld_dir('{folder}', 'airm.nq', '{OTHER}/unused')", "rdf_loader_run()", "checkpoint")
    server.run_sql(f"DB.DBA.TTLP_MT(file_to_string_output('{folder}/airm.ttl'), '', '{turtle}')")
    server.run_sql(f"ld_dir('{folder}', 'airm.nt', '{triples}')", "rdf_loader_run()")
    assert count(server) == sizes(example_dist)
    with Endpoint(server.public) as endpoint:
        found = endpoint.count_graphs(OTHER + "/")
    assert found == {turtle: len(example_there), triples: len(example_there)}
    for graph in found:
        update(server, f"DROP SILENT GRAPH <{graph}>")
    # The very same statements: there is nothing left to push.
    report = push(server.graph_store, example_dist)
    assert report.complete
    assert actions(report) == {}


# --- the command


def test_commands_reach_it_with_digest(
    server: Virtuoso, example_there: Graph, example_dist: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        return int(caught.value.code or 0), *capsys.readouterr()

    arguments = ("push", server.graph_store, "--data", str(example_dist))
    code, _, err = run(*arguments)
    assert code == 2
    assert "AIRM_ENDPOINT_USER" in err
    monkeypatch.setenv("AIRM_ENDPOINT_USER", virtuoso.USER)
    monkeypatch.setenv("AIRM_ENDPOINT_PASSWORD", "wrong-" + virtuoso.PASSWORD)
    code, out, err = run(*arguments)
    assert code == 2
    assert "status 401" in err
    assert "wrong-" not in out + err
    monkeypatch.setenv("AIRM_ENDPOINT_PASSWORD", virtuoso.PASSWORD)
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert "verified: counts and digests agree" in out
    code, out, err = run("query", "run", "mitigations-by-code", "code=1.1", "--endpoint", server.update, "--format", "csv")
    assert (code, err) == (0, "")
    assert out.count("\r\n") == len(example_there.query("mitigations-by-code", code="1.1")) + 1
    code, out, err = run("query", "run", "counts", "--endpoint", f"{server.url}/nowhere")
    assert (code, out) == (2, "")
    assert "status 404" in err


def test_commands_of_the_guide_push_and_ask(server: Virtuoso, example_dist: Path, tmp_path: Path) -> None:
    shutil.copytree(example_dist, tmp_path / "dist")
    text = virtuoso.GUIDE.read_text(encoding="utf-8").partition("**Virtuoso.**")[2]
    (commands,) = re.findall(r"^```sh\n(.*?)^```", text.partition("**GraphDB**")[0], re.MULTILINE | re.DOTALL)
    commands = commands.replace("http://127.0.0.1:8890", server.url).replace("127.0.0.1:1111", f"127.0.0.1:{server.sql_port}")
    commands = commands.replace("secret", virtuoso.PASSWORD)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = ["bash", "-euc", commands]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "verified: counts and digests agree" in done.stdout
    assert "Adversarial training" in done.stdout
    assert "mitigations,34" in done.stdout
