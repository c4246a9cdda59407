"""Analyses over HTTP: what the commands say, in each format, on pages, and wrong questions refused."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import airm_graph
from airm_graph.analysis.agreement_formats import agreement_csv, agreement_json
from airm_graph.analysis.coverage_formats import coverage_csv, coverage_json, gaps_csv, gaps_json
from airm_graph.analysis.cube import coverage_turtle
from airm_graph.analysis.network_formats import NETWORK_FORMATS, PATH_FORMATS
from airm_graph.analysis.packs_formats import PACK_FORMATS
from airm_graph.analysis.releases_formats import changes_json, changes_markdown
from airm_graph.analysis.similar_formats import similar_csv, similar_json, similar_sssom
from airm_graph.analysis.why_formats import explanation_json, explanations_turtle
from airm_graph.notice import NOTICE
from airm_graph.pipeline import diff
from airm_graph.serve.analyses import ANALYSES, LIGHT
from serving import Server, list_children, serving

pytestmark = pytest.mark.xdist_group("server")

HTML = {"Accept": "text/html"}
MITIGATION = "mitigation/gipiskis-2024-risk-sources/adversarial-training"


@pytest.fixture(scope="module")
def server(example_dist: Path, earlier_dist: Path) -> Iterator[Server]:
    with serving(example_dist, "--previous", str(earlier_dist), "--timeout", "30") as running:
        yield running


@pytest.fixture(scope="module")
def inferred(example_graph: airm_graph.Graph) -> dict[str, str]:
    """A statement that follows from others."""
    row = next(row for row in example_graph.inferred if row[1].endswith("#underCode>"))
    return dict(zip(("subject", "predicate", "object"), row[:3], strict=True))


def write_pack(graph: airm_graph.Graph, name: str) -> bytes:
    written = PACK_FORMATS[name]
    ((_, write),) = written.items()
    found = write(graph.pack(actor="developer"))
    return found if isinstance(found, bytes) else "".join(found).encode()


WRITTEN = {
    "/coverage.json?rows=code&columns=actor&level=1": lambda graph, _: coverage_json(graph.coverage("code", "actor", level=1)),
    "/coverage.csv?rows=code&columns=actor&level=1": lambda graph, _: coverage_csv(graph.coverage("code", "actor", level=1)),
    "/coverage.ttl?rows=code&columns=actor&level=1": lambda graph, _: coverage_turtle(graph.coverage("code", "actor", level=1)),
    "/gaps.json?rows=code&columns=actor&level=1": lambda graph, _: gaps_json(graph.coverage("code", "actor", level=1)),
    "/gaps.csv?rows=code&columns=actor&level=1": lambda graph, _: gaps_csv(graph.coverage("code", "actor", level=1)),
    "/similar.json?threshold=0.2": lambda graph, _: similar_json(graph.similar(threshold=0.2)),
    "/similar.csv?threshold=0.2": lambda graph, _: similar_csv(graph.similar(threshold=0.2)),
    "/similar.sssom.tsv?threshold=0.2": lambda graph, _: similar_sssom(graph.similar(threshold=0.2)),
    f"/similar.json?threshold=0.01&mitigation={MITIGATION}": lambda graph, _: similar_json(graph.similar(MITIGATION, threshold=0.01)),
    "/agreement.json": lambda graph, _: agreement_json(graph.agreement()),
    "/agreement.csv": lambda graph, _: agreement_csv(graph.agreement()),
    "/network.json?kind=source-code": lambda graph, _: NETWORK_FORMATS["node-link"](graph.network("source-code")),
    "/network.cyjs?kind=role-code": lambda graph, _: NETWORK_FORMATS["cytoscape"](graph.network("role-code")),
    "/network.graphml?kind=code-code": lambda graph, _: NETWORK_FORMATS["graphml"](graph.network("code-code")),
    "/network.gexf?kind=source-source": lambda graph, _: NETWORK_FORMATS["gexf"](graph.network("source-source")),
    "/network.dot?kind=mitigation-code": lambda graph, _: NETWORK_FORMATS["dot"](graph.network("mitigation-code")),
    "/network.csv?kind=source-code&edition=v1": lambda graph, _: NETWORK_FORMATS["csv"](graph.network("source-code", edition="v1")),
    "/path.json?start=taxonomy/v2/1.1&end=actor/developer": lambda graph, _: PATH_FORMATS["json"](
        graph.find_path("taxonomy/v2/1.1", "actor/developer")
    ),
    "/path.ttl?start=taxonomy/v2/1.1&end=actor/developer": lambda graph, _: PATH_FORMATS["turtle"](
        graph.find_path("taxonomy/v2/1.1", "actor/developer")
    ),
    "/why.json": lambda graph, inferred: explanation_json(graph.explain(*inferred.values())),
    "/why.ttl": lambda graph, inferred: explanations_turtle([graph.explain(*inferred.values())], base=graph.base),
    "/pack.csv?actor=developer": lambda graph, _: write_pack(graph, "csv"),
    "/pack.ttl?actor=developer": lambda graph, _: write_pack(graph, "turtle"),
    "/pack.jsonld?actor=developer": lambda graph, _: write_pack(graph, "jsonld"),
    "/pack.md?actor=developer": lambda graph, _: write_pack(graph, "markdown"),
    "/pack.ciso-assistant.yaml?actor=developer": lambda graph, _: write_pack(graph, "ciso"),
    "/pack.oscal-catalog.json?actor=developer": lambda graph, _: PACK_FORMATS["oscal"]["oscal-catalog.json"](graph.pack(actor="developer"))[
        0
    ],
    "/pack.oscal-profile.json?actor=developer": lambda graph, _: PACK_FORMATS["oscal"]["oscal-profile.json"](graph.pack(actor="developer"))[
        0
    ],
}


@pytest.mark.parametrize("path", WRITTEN)
def test_answers_are_those_of_python(server: Server, example_graph: airm_graph.Graph, inferred: dict[str, str], path: str) -> None:
    found = server.get(path, params=inferred) if path.startswith("/why") else server.get(path)
    assert found.status_code == 200, found.text
    wanted = WRITTEN[path](example_graph, inferred)
    assert found.content == (wanted if isinstance(wanted, bytes) else wanted.encode())


def test_every_format_of_every_analysis_is_compared_with_python() -> None:
    compared = {(path.partition("?")[0][1:].partition(".")[0], path.partition("?")[0].partition(".")[2]) for path in WRITTEN}
    assert {(name, form) for name, one in ANALYSES.items() for form in one.types if name != "diff"} <= compared


def test_what_changed_is_what_the_command_says(server: Server, example_dist: Path, earlier_dist: Path) -> None:
    changes = diff(earlier_dist, example_dist)
    changes.old.name, changes.new.name = earlier_dist.name, example_dist.name
    assert server.get("/diff.json").text == changes_json(changes)
    assert server.get("/diff.md").text == changes_markdown(changes)
    assert server.get("/diff.ttl").headers["content-type"] == "text/turtle; charset=utf-8"
    assert "mitigation added" in changes.count()


def test_without_an_earlier_release_it_is_said(limited: Server) -> None:
    found = limited.get("/diff.json")
    assert (found.status_code, "--previous" in found.json()["title"]) == (404, True)
    assert "--previous" in limited.get("/diff", headers=HTML).text


def test_a_format_is_negotiated(server: Server) -> None:
    for accept in ("application/json", "text/csv", "text/turtle", "text/html"):
        found = server.get("/coverage?rows=code&columns=actor", headers={"Accept": accept})
        assert found.headers["content-type"].partition(";")[0] == accept
    assert server.get("/gaps?rows=code&columns=actor", headers={"Accept": "text/turtle"}).status_code == 406


@pytest.mark.parametrize("name", ANALYSES)
def test_a_page_has_the_text_of_the_command_a_form_and_files(server: Server, inferred: dict[str, str], name: str) -> None:
    arguments = inferred if name == "why" else ANALYSES[name].example
    page = server.get(f"/{name}", params=arguments, headers=HTML)
    assert page.status_code == 200
    assert NOTICE in page.text
    assert "<pre" in page.text
    assert page.text.count("<label") == len(ANALYSES[name].fields)
    assert all(f"/{name}.{form}" in page.text for form in ANALYSES[name].types)
    blank = server.get(f"/{name}", headers=HTML)
    assert (blank.status_code, "<pre" in blank.text) == (200, not ANALYSES[name].waits)
    assert (f'href="/{name}"' in server.get("/browse", headers=HTML).text) == (name not in {"why", "path"})


def test_a_wrong_question_has_a_page_that_says_so(server: Server) -> None:
    wrong = server.get("/gaps?rows=actor&columns=actor", headers=HTML)
    assert (wrong.status_code, "is given twice" in wrong.text) == (400, True)
    wrong = server.get("/why?subject=a&predicate=b", headers=HTML)
    assert (wrong.status_code, "Object must be given" in wrong.text) == (400, True)


def test_each_inferred_statement_on_a_page_leads_to_its_proof(server: Server, example_graph: airm_graph.Graph) -> None:
    page = server.get(f"/{MITIGATION}", headers=HTML).text
    links = re.findall(r'<a class="why" data-only="server" href="([^"]*)"', page)
    asked = [parse_qs(urlsplit(link.replace("&amp;", "&")).query) for link in links]
    known = {(s[1:-1], p[1:-1], o) for s, p, o, _ in example_graph.inferred if s == f"<{example_graph.base}{MITIGATION}>"}
    assert {(one["subject"][0], one["predicate"][0], one["object"][0]) for one in asked} == known
    assert len(known) >= 3
    for link in links[:3]:
        proof = server.get(link.replace("&amp;", "&"), headers=HTML)
        assert "stated at" in proof.text
        assert 'href="/mitigation/' in proof.text


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("coverage.json", "rows"),
        ("coverage.json?rows=code", "columns"),
        ("coverage.json?rows=code&columns=yeer", "yeer"),
        ("coverage.json?rows=code&columns=code", "code"),
        ("coverage.json?rows=code&columns=actor&level=9", "level"),
        ("coverage.json?rows=code&columns=actor&level=x", "level"),
        ("coverage.json?rows=code&columns=actor&edition=v9", "edition"),
        ("coverage.json?rows=actor&rows=code&columns=stage", "rows"),
        ("coverage.json?rows=actor&columns=stage&page=2", "page"),
        ("similar.json?threshold=much", "threshold"),
        ("similar.json?threshold=nan", "threshold"),
        ("similar.json?threshold=2", "threshold"),
        ("similar.json?mitigation=taxonomy/v2/1.1", "mitigation"),
        ("agreement.json?threshold=0", "threshold"),
        ("network.json?kind=code-source", "kind"),
        ("network.json?kind=source-code&edition=v9", "edition"),
        ("path.json?start=taxonomy/v2/1.1", "end"),
        ("path.json?start=taxonomy/v2/1.1&end=taxonomy/v2/1.1", "end"),
        ("path.json?start=nothing/here&end=taxonomy/v2/1.1", "start"),
        ("why.json?subject=a&predicate=b", "object"),
        ("why.json?subject=a&predicate=b c&object=d", "predicate"),
        ("pack.csv?actor=nobody-at-all", "actor"),
    ],
)
def test_a_wrong_question_is_refused_with_what_to_do(server: Server, query: str, parameter: str) -> None:
    found = server.get(f"/{query}")
    assert (found.status_code, found.json()["parameter"]) == (400, parameter)


def test_what_is_not_in_the_graph_is_said_to_be_not_there(server: Server) -> None:
    found = server.get("/why.json", params={"subject": MITIGATION, "predicate": "airm:code", "object": "taxonomy/v2/3.1"})
    assert (found.status_code, "is not in the graph" in found.json()["title"]) == (400, True)
    found = server.get("/pack.csv?actor=user&code=3.1")
    assert (found.status_code, "nothing is selected" in found.json()["title"]) == (404, True)


def test_an_unknown_suffix_is_not_found(server: Server) -> None:
    assert server.get("/gaps.ttl?rows=code&columns=actor").status_code == 404


def test_all_are_described_with_every_argument(server: Server) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    for name, analysis in ANALYSES.items():
        described = paths[f"/{name}"]["get"]
        assert [one["name"] for one in described["parameters"]] == [field.name for field in analysis.fields]
        assert set(analysis.types.values()) <= described["responses"]["200"]["content"].keys()


def test_an_analysis_past_the_time_is_given_up_and_the_server_lives(example_dist: Path) -> None:
    with serving(example_dist, limits={"seconds": 0.01, "fast_seconds": 0.01}) as running:
        found = running.get("/similar.json?threshold=0.3")
        assert (found.status_code, found.json()["reason"]) == (503, "time")
        assert running.get("/health").status_code == 200


def test_an_answer_that_is_too_large_is_refused(example_dist: Path) -> None:
    with serving(example_dist, limits={"output": 3000}) as running:
        assert running.get("/network.json?kind=mitigation-code").status_code == 413


def test_the_process_of_the_analyses_is_started_when_asked_and_again_when_lost(example_dist: Path) -> None:
    with serving(example_dist, "--timeout", "30") as running:
        fork_server, _ = running.list_processes()
        assert running.get("/network.json?kind=source-code").status_code == 200
        (added,) = filter(is_branch, list_children(fork_server))
        os.kill(added, signal.SIGKILL)
        time.sleep(0.5)
        assert running.get("/network.json?kind=role-code").status_code == 200
        assert running.is_alive
        branches = [*filter(is_branch, list_children(fork_server))]
        assert len(branches) == 1
        assert running.stop() == 0
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in [fork_server, *branches]):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_branch(pid: int) -> bool:
    """Whether a process has workers of its own."""
    return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def test_light_analyses_start_no_process(example_dist: Path) -> None:
    with serving(example_dist) as running:
        for name in sorted(LIGHT):
            running.get(f"/{name}.json", params=ANALYSES[name].example)
        assert not any(map(is_branch, list_children(running.list_processes()[0])))
