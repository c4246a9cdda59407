"""Coverage and gaps over HTTP: what the commands say, in each format, and wrong questions refused."""

from collections.abc import Iterator

import pytest

import airm_graph
from airm_graph.analysis.coverage_formats import coverage_csv, coverage_json, gaps_csv, gaps_json
from airm_graph.analysis.cube import coverage_turtle
from airm_graph.notice import NOTICE
from conftest import ROOT
from serving import Server, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(ROOT / "examples") as running:
        yield running


@pytest.mark.parametrize(
    ("path", "write"),
    [
        ("/coverage.json", coverage_json),
        ("/coverage.csv", coverage_csv),
        ("/coverage.ttl", coverage_turtle),
        ("/gaps.json", gaps_json),
        ("/gaps.csv", gaps_csv),
    ],
)
def test_answers_are_those_of_python(server: Server, example_graph: airm_graph.Graph, path: str, write) -> None:
    found = server.get(f"{path}?rows=code&columns=actor&level=1")
    assert found.status_code == 200
    assert found.text == write(example_graph.coverage("code", "actor", level=1))


def test_a_format_is_negotiated(server: Server) -> None:
    for accept in ("application/json", "text/csv", "text/turtle", "text/html"):
        found = server.get("/coverage?rows=code&columns=actor", headers={"Accept": accept})
        assert found.headers["content-type"].partition(";")[0] == accept
    assert server.get("/gaps?rows=code&columns=actor", headers={"Accept": "text/turtle"}).status_code == 406


def test_a_page_has_counts_a_form_and_files(server: Server) -> None:
    for path in ("/coverage", "/gaps", "/coverage?rows=actor&columns=stage&layers=&level="):
        page = server.get(path, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert NOTICE in page.text
        assert "<select" in page.text
        assert ".csv?rows=" in page.text
    wrong = server.get("/gaps?rows=actor&columns=actor", headers={"Accept": "text/html"})
    assert (wrong.status_code, "is given twice" in wrong.text) == (400, True)
    assert 'href="/coverage"' in server.get("/browse", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "rows"),
        ("?rows=code", "columns"),
        ("?rows=code&columns=yeer", "yeer"),
        ("?rows=code&columns=code", "code"),
        ("?rows=code&columns=actor&level=9", "level"),
        ("?rows=code&columns=actor&level=x", "level"),
        ("?rows=code&columns=actor&edition=v9", "edition"),
        ("?rows=actor&rows=code&columns=stage", "rows"),
        ("?rows=actor&columns=stage&page=2", "page"),
    ],
)
def test_a_wrong_question_is_refused_with_what_to_do(server: Server, query: str, parameter: str) -> None:
    found = server.get(f"/coverage.json{query}")
    assert (found.status_code, found.json()["parameter"]) == (400, parameter)


def test_an_unknown_suffix_is_not_found(server: Server) -> None:
    assert server.get("/gaps.ttl?rows=code&columns=actor").status_code == 404


def test_both_are_described(server: Server) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    assert {"/coverage", "/gaps"} <= paths.keys()
