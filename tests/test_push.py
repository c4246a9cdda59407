"""Pushing a release: what is sent, what is left alone, what an accident leaves behind, and how it goes on."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from airm_graph import push
from airm_graph.cli import main
from airm_graph.errors import InputError, RemoteError
from airm_graph.namespaces import BASE
from airm_graph.push import PushReport, Release, find_target, push_release, read_release
from airm_graph.remote import Client
from graphstore import GraphStore, fail, hang_up, lose, run_store

INFERRED = BASE + "graph/inferred"
PATHS = {"graph-store": "/store", "update": "/update"}


@pytest.fixture
def server() -> Iterator[GraphStore]:
    with run_store() as state:
        yield state


@pytest.fixture(scope="module")
def release(example_dist: Path) -> Release:
    return read_release(example_dist)


@pytest.fixture(params=sorted(PATHS))
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "_MOST_TRIPLES", {"graph-store": 200, "update": 200})
    monkeypatch.delenv("AIRM_ENDPOINT_USER", raising=False)


def send(server: GraphStore, dist: Path, protocol: str = "graph-store", **settings) -> PushReport:
    client = Client(server.url, sleep=lambda _seconds: None, **{key: settings.pop(key) for key in ("tries",) if key in settings})
    return push_release(server.url + PATHS[protocol], dist, client=client, **settings)


def actions(report: PushReport) -> dict[str, str]:
    return {step.graph.removeprefix(BASE): step.action for step in report.steps if step.action != "keep"}


def lines_of(server: GraphStore, graph: str) -> list[str]:
    quads = server.store.quads_for_pattern(None, None, None, ox.NamedNode(graph))
    return sorted(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in quads)


def add(server: GraphStore, graph: str, name: str = "s") -> None:
    node = ox.NamedNode(f"http://example.org/{name}")
    server.store.add(ox.Quad(node, node, node, ox.NamedNode(graph)))


def holds(server: GraphStore, release: Release) -> bool:
    return {graph: lines_of(server, graph) for graph in server.graphs()} == release.graphs


# --- what a release is


def test_release_is_what_the_sums_say(example_dist: Path, release: Release) -> None:
    assert release.base == BASE
    assert release.digest == hashlib.sha256((example_dist / "airm.nt").read_bytes()).hexdigest()
    assert sum(map(len, release.graphs.values())) == (example_dist / "airm.nq").read_text(encoding="utf-8").count("\n")
    assert next(iter(release.graphs)) == BASE + "graph/dataset", "the notice goes first"


@pytest.mark.parametrize(
    ("file", "text", "what"),
    [
        ("airm.nq", "<x:s> <x:p> <x:o> <x:g> .\n", r"SHA256SUMS:2: airm\.nq was changed since"),
        ("report.json", "{}", r"report\.json was changed since"),
        ("airm.ttl", None, r"airm\.ttl cannot be read"),
        ("SHA256SUMS", None, "no folder that airm-graph build wrote"),
        ("SHA256SUMS", "", r"airm\.nq is not listed"),
        ("SHA256SUMS", f"{'0' * 64}  ../airm.nq\n", "SHA256SUMS:1: the line is not"),
        ("SHA256SUMS", "nonsense\n", "SHA256SUMS:1: the line is not"),
    ],
)
def test_release_is_refused_when_it_is_not_whole(
    example_dist: Path, tmp_path: Path, server: GraphStore, file: str, text: str | None, what: str
) -> None:
    dist = Path(shutil.copytree(example_dist, tmp_path / "dist"))
    if text is None:
        (dist / file).unlink()
    else:
        (dist / file).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=what):
        send(server, dist)
    assert server.seen == []


@pytest.mark.parametrize("graph", ["<http://example.org/g>", ""])
def test_release_is_refused_when_a_graph_is_not_below_its_base(example_dist: Path, tmp_path: Path, graph: str) -> None:
    dist = Path(shutil.copytree(example_dist, tmp_path / "dist"))
    data = (dist / "airm.nq").read_bytes() + f"<x:s> <x:p> <x:o> {graph} .\n".encode()
    (dist / "airm.nq").write_bytes(data)
    sums = (dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = [f"{hashlib.sha256(data).hexdigest()}  airm.nq" if line.endswith("airm.nq") else line for line in sums]
    (dist / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="which is not below"):
        read_release(dist)


# --- where it goes


@pytest.mark.parametrize(
    ("url", "protocol", "query_url"),
    [
        ("http://h:8890/sparql-graph-crud-auth", "graph-store", "http://h:8890/sparql-auth"),
        ("http://h:8890/sparql-graph-crud", "graph-store", "http://h:8890/sparql"),
        ("http://h:8890/sparql-auth", "update", "http://h:8890/sparql-auth"),
        ("http://h:7200/repositories/airm/rdf-graphs/service", "graph-store", "http://h:7200/repositories/airm"),
        ("http://h:7200/repositories/airm/statements", "update", "http://h:7200/repositories/airm"),
        ("http://h:3030/airm/data", "graph-store", "http://h:3030/airm/query"),
        ("http://h:3030/airm/update", "update", "http://h:3030/airm/query"),
        ("http://h:3030/airm", "update", "http://h:3030/airm"),
        ("http://h:7878/store", "graph-store", "http://h:7878/query"),
        ("https://h:8182/sparql/gsp/", "graph-store", "https://h:8182/sparql"),
        ("https://h:8182/sparql", "update", "https://h:8182/sparql"),
        ("http://h:9999/blazegraph/namespace/kb/sparql", "update", "http://h:9999/blazegraph/namespace/kb/sparql"),
    ],
)
def test_protocol_is_told_by_the_address(url: str, protocol: str, query_url: str) -> None:
    target = find_target(url)
    assert (target.url, target.protocol, target.query_url) == (url, protocol, query_url)
    assert find_target(url, protocol=protocol, query_url="http://h/q").query_url == "http://h/q"


def test_graph_store_without_a_place_for_queries_is_refused() -> None:
    with pytest.raises(RemoteError, match="--query-url"):
        find_target("http://h/rdf", protocol="graph-store")


def test_queries_on_another_server_are_refused(server: GraphStore, example_dist: Path) -> None:
    with pytest.raises(RemoteError, match="on another server"):
        send(server, example_dist, query_url="http://127.0.0.1:1/query")
    assert server.seen == []


# --- what is sent


def test_release_arrives_in_chunks_and_a_second_run_sends_nothing(
    server: GraphStore, example_dist: Path, release: Release, protocol: str
) -> None:
    report = send(server, example_dist, protocol)
    assert report.complete
    assert set(actions(report).values()) == {"send"}
    assert holds(server, release)
    chunks = sum(-(-len(lines) // 200) for lines in release.graphs.values())
    assert len(server.sent) == chunks
    server.seen.clear()
    again = send(server, example_dist, protocol)
    assert again.complete
    assert actions(again) == {}
    assert server.sent == []
    assert [(step.graph, step.digest) for step in again.steps] == [(step.graph, step.digest) for step in report.steps]


def test_only_what_differs_is_replaced(server: GraphStore, example_dist: Path, release: Release, protocol: str) -> None:
    send(server, example_dist, protocol)
    capture = next(graph for graph in release.graphs if "/capture/" in graph)
    add(server, capture)
    quad = next(server.store.quads_for_pattern(None, None, None, ox.NamedNode(INFERRED)))
    server.store.remove(quad)
    add(server, INFERRED)
    report = send(server, example_dist, protocol)
    assert report.complete
    assert actions(report) == {capture.removeprefix(BASE): "send", "graph/inferred": "send"}
    assert holds(server, release)


def test_graph_that_holds_a_part_gets_the_rest(server: GraphStore, example_dist: Path, release: Release, protocol: str) -> None:
    send(server, example_dist, protocol)
    quads = list(server.store.quads_for_pattern(None, None, None, ox.NamedNode(INFERRED)))
    for quad in quads[::3]:
        server.store.remove(quad)
    server.seen.clear()
    report = send(server, example_dist, protocol)
    assert report.complete
    assert actions(report) == {"graph/inferred": "resume"}
    assert [step.sent for step in report.steps if step.sent] == [len(quads[::3])]
    assert len(server.sent) == 1
    assert holds(server, release)


def test_graphs_of_captures_that_are_gone_are_dropped_and_no_others(
    server: GraphStore, example_dist: Path, release: Release, protocol: str
) -> None:
    gone = BASE + "capture/0123456789abcdef"
    strange = [
        "http://example.org/capture/0123456789abcdef",
        BASE + "graph/ontology",
        BASE + "graph/ontology/more",
        BASE + "capture/notes",
        BASE + "other/capture/0123456789abcdef",
        BASE.rstrip("/") + "-2/capture/0123456789abcdef",
    ]
    for graph in [gone, *strange]:
        add(server, graph)
    report = send(server, example_dist, protocol)
    assert report.complete
    assert {graph for graph, action in actions(report).items() if action == "drop"} == {gone.removeprefix(BASE)}
    assert server.graphs() == {*strange, *release.graphs}
    assert sorted(report.left) == sorted(graph for graph in strange if graph.startswith(BASE))


def test_dry_run_changes_nothing(server: GraphStore, example_dist: Path, protocol: str) -> None:
    gone = BASE + "capture/0123456789abcdef"
    add(server, gone)
    report = send(server, example_dist, protocol, dry_run=True)
    assert not report.complete
    assert set(actions(report).values()) == {"send", "drop"}
    assert server.sent == []
    assert server.graphs() == {gone}
    send(server, example_dist, protocol)
    assert send(server, example_dist, protocol, dry_run=True).complete


# --- accidents


def test_interrupted_push_goes_on_where_it_stopped(server: GraphStore, example_dist: Path, release: Release, protocol: str) -> None:
    send(server, example_dist, protocol)
    total = len(server.sent)
    server.store.clear()
    server.seen.clear()
    count = {"sent": 0}

    def break_off(handler) -> bool:
        count["sent"] += not handler.line.startswith("POST /query")
        if count["sent"] < total - 3:
            return False
        handler.close_connection = True
        return False if handler.line.startswith("POST /query") else server.faults.append(break_off) or True

    server.faults = [break_off]
    with pytest.raises(RemoteError, match="closed the connection without an answer"):
        send(server, example_dist, protocol, tries=2)
    server.faults.clear()
    assert not holds(server, release)
    server.seen.clear()
    report = send(server, example_dist, protocol)
    assert report.complete
    assert "resume" in actions(report).values(), "the graph it broke off in is completed"
    assert len(server.sent) <= 4
    assert holds(server, release)


def test_broken_connections_and_busy_servers_are_lived_through(
    server: GraphStore, example_dist: Path, release: Release, protocol: str
) -> None:
    on = "POST /update" if protocol == "update" else "PUT /store"
    server.faults = [fail(503, on=on, Retry_After="1"), hang_up(on=on), fail(429), hang_up(after=b"HTTP/1.1 200 OK\r\nContent-Le")]
    assert send(server, example_dist, protocol).complete
    assert server.faults == []
    assert holds(server, release)


def test_loss_is_noticed_and_mended_by_the_next_run(server: GraphStore, example_dist: Path, release: Release, protocol: str) -> None:
    on = "POST /update" if protocol == "update" else "POST /store"
    server.faults = [lose(on=on)]
    report = send(server, example_dist, protocol)
    assert not report.complete
    (step,) = (step for step in report.steps if step.problem)
    assert "triples are missing, 0 are not ours" in step.problem
    assert send(server, example_dist, protocol).complete
    assert holds(server, release)


def test_statements_about_others_are_noticed_by_their_number(server: GraphStore, example_dist: Path, release: Release) -> None:
    def add_only(handler) -> bool:
        handler.command = handler.command.replace("PUT", "POST")
        return False

    add(server, INFERRED)
    server.faults = [add_only]
    report = send(server, example_dist)
    problems = {step.graph: step.problem for step in report.steps if step.problem}
    assert problems == {INFERRED: f"the store counts {len(release.graphs[INFERRED]) + 1} triples"}


def test_drop_that_does_nothing_is_noticed(server: GraphStore, example_dist: Path) -> None:
    gone = BASE + "capture/0123456789abcdef"
    add(server, gone)
    server.faults = [lose(on="DELETE")]
    report = send(server, example_dist)
    assert [(step.graph, step.problem) for step in report.steps if step.problem] == [(gone, "the store counts 1 triples")]


# --- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_command_says_what_it_did(
    server: GraphStore, example_dist: Path, release: Release, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.url + "/store"
    code, out, _ = run(capsys, "push", url, "--data", str(example_dist), "--dry-run")
    assert code == 1
    assert "to send" in out
    code, out, err = run(capsys, "push", url, "--data", str(example_dist))
    assert (code, err) == (0, "")
    assert "verified: counts and digests agree" in out
    assert f"digest {release.digest}" in out
    assert "please do not share or cite" in out
    code, out, _ = run(capsys, "push", url, "--data", str(example_dist), "--format", "json")
    assert code == 0
    report = json.loads(out)
    assert report["complete"]
    assert {entry["action"] for entry in report["graphs"]} == {"keep"}
    server.store.clear()
    server.faults = [lose(on="POST /store")]
    code, out, err = run(capsys, "push", url, "--data", str(example_dist))
    assert code == 1
    assert "NOT verified: 1 graphs differ" in out
    assert "read back differs" in err


def test_command_keeps_the_password_to_itself(
    example_dist: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRM_ENDPOINT_USER", "me")
    with run_store(auth="MD5") as server:
        for password, expected in (("swordfish", 2), ("hunter2", 0)):
            monkeypatch.setenv("AIRM_ENDPOINT_PASSWORD", password)
            code, out, err = run(capsys, "push", server.url + "/store", "--data", str(example_dist))
            assert code == expected
            assert password not in out + err + str(server.headers)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["http://127.0.0.1:1/store"], "Missing option"),
        (["http://127.0.0.1:1/store", "--data", "DIST"], "refused"),
        (["file:///tmp/x", "--data", "DIST"], "not an http or https address"),
        (["http://127.0.0.1:1/rdf", "--protocol", "graph-store", "--data", "DIST"], "--query-url"),
        (["http://127.0.0.1:1/store", "--data", "EMPTY"], "no folder that airm-graph build wrote"),
    ],
)
def test_command_ends_with_two_when_it_cannot_run(
    example_dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str
) -> None:
    locations = {"DIST": str(example_dist), "EMPTY": str(tmp_path)}
    code, out, err = run(capsys, "push", *(locations.get(argument, argument) for argument in arguments))
    assert (code, out) == (2, "")
    assert what in err
