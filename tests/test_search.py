"""Text search: from Python, from the command line and over HTTP; any text is safe, and the order is the same everywhere."""

import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.errors import ParameterError
from airm_graph.namespaces import BASE
from airm_graph.search import FACETS, SearchIndex, search_index
from serving import Server


def names(hits) -> list[str]:
    return [hit.name for hit in hits.hits]


def test_words_must_all_occur(example_graph) -> None:
    assert "Adversarial training" in names(example_graph.search("training"))
    assert names(example_graph.search("training adversarial", kind="mitigation"))[0] == "Adversarial training"
    assert example_graph.search("training nowhere").total == 0


def test_phrase_stands_together(example_graph) -> None:
    assert names(example_graph.search('"adversarial training"', kind="mitigation"))[0] == "Adversarial training"
    assert "Adversarial training" not in names(example_graph.search('"training adversarial"'))


def test_star_begins_a_word(example_graph) -> None:
    assert example_graph.search("adversar").total == 0
    assert "Adversarial training" in names(example_graph.search("adversar*"))


def test_case_and_accents_make_no_difference(example_graph) -> None:
    assert names(example_graph.search("ADVERSÁRIAL")) == names(example_graph.search("adversarial"))


@pytest.mark.parametrize(
    ("predicate", "kind"),
    [("ontology#reasoning", "mitigation"), ("terms/description", "mitigation"), ("terms/title", "source")],
)
def test_reasons_descriptions_and_titles_are_found(example_graph, predicate: str, kind: str) -> None:
    from airm_graph.terms import read_literal

    row = next(row for row in example_graph.asserted if row[1].endswith(f"{predicate}>") and row[0].startswith(f"<{BASE}{kind}/"))
    words = read_literal(row[2]).text.split()[:6]
    hits = example_graph.search(f'"{" ".join(words)}"', kind=kind, limit=100)
    assert any(row[0].startswith(f"<{hit.iri}") for hit in hits.hits)


def test_name_ranks_above_reason(example_graph) -> None:
    hits = example_graph.search("access", kind="mitigation", limit=100)
    ranked = ["access" in hit.name.lower() for hit in hits.hits]
    assert True in ranked
    assert ranked == sorted(ranked, reverse=True)


def test_snippet_marks_the_words(example_graph) -> None:
    for hit in example_graph.search("training").hits:
        assert hit.marks
        assert all(hit.snippet[start:end].lower() == "training" for start, end in hit.marks)


def test_facet_counts_are_numbers_of_hits(example_graph) -> None:
    hits = example_graph.search("", kind="mitigation", limit=1000)
    assert set(hits.facets) == set(FACETS)
    assert hits.total == len(hits.hits) > 20
    for facet in ("code", "actor", "source"):
        assert hits.facets[facet]
        for choice in hits.facets[facet]:
            narrowed = example_graph.search("", kind="mitigation", limit=1000, **{facet: choice.iri})
            assert narrowed.total == choice.count == len(narrowed.hits)


def test_code_facet_counts_codes_below(example_graph) -> None:
    model = {hit.iri for hit in example_graph.search("", code="1.1", kind="mitigation", limit=1000).hits}
    objectives = {hit.iri for hit in example_graph.search("", code="1.1.2", kind="mitigation", limit=1000).hits}
    assert objectives < model
    listed = {row["mitigation"] for row in example_graph.query("mitigations-by-code", code="1.1")}
    assert model == listed


@pytest.mark.parametrize("value", ["developer", "Developer", "DEVELOPER", f"{BASE}actor/developer"])
def test_facet_value_is_slug_label_or_iri(example_graph, value: str) -> None:
    assert example_graph.search("", actor=value).total == example_graph.search("", actor="developer").total > 0


def test_unknown_facet_or_value_is_an_error_that_names_it(example_graph) -> None:
    with pytest.raises(ParameterError, match="developer") as error:
        example_graph.search("", actor="nobody")
    assert error.value.parameter == "actor"
    with pytest.raises(ParameterError, match="lifecycle"):
        example_graph.search("", colour="red")


def test_index_and_order_are_the_same_whatever_the_order_of_rows(example_graph) -> None:
    backwards = SearchIndex.build(reversed(example_graph.quads))
    assert backwards.data == SearchIndex.build(example_graph.quads).data
    assert search_index(backwards, "ai", limit=100) == example_graph.search("ai", limit=100)


def test_pages_of_hits_add_up(example_graph) -> None:
    whole = example_graph.search("", limit=1000).hits
    pages = [hit for offset in range(0, len(whole), 7) for hit in example_graph.search("", limit=7, offset=offset).hits]
    assert tuple(pages) == whole


@settings(deadline=None, max_examples=300)
@given(text=st.text(max_size=60) | st.text(alphabet="\"'*()^-+:{}[]\\/;%_. aANDORT\0\x02\x03", max_size=60))
def test_any_text_is_a_query(example_graph, text: str) -> None:
    example_graph.search(text, limit=3)


@pytest.mark.parametrize(
    "text", ['"', '""', "*", "NEAR(a b)", "name:training", "a AND", "NOT", "x' OR 1=1 --", "a\ud800", "a" * 5000, "^a", '"a*']
)
def test_syntax_of_the_engine_is_plain_text(example_graph, text: str) -> None:
    example_graph.search(text)
    example_graph.search("", limit=0)


def run(*arguments: str, code: int = 0) -> str:
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", "search", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def test_command_says_the_same_in_every_format(example_dist, example_graph) -> None:
    expected = [hit.iri for hit in example_graph.search("training", actor="developer").hits]
    arguments = ("training", "--data", str(example_dist), "--actor", "developer")
    assert [hit["iri"] for hit in json.loads(run(*arguments, "--format", "json"))["hits"]] == expected
    assert [line.rpartition(",")[2] for line in run(*arguments, "--format", "csv").splitlines()[1:]] == expected
    assert run(*arguments).splitlines()[0] == "name,kind,codes,source,snippet,iri"


def test_command_exits_with_2_for_an_unknown_value(example_dist) -> None:
    assert "nobody" in run("a", "--data", str(example_dist), "--actor", "nobody", code=2)


def test_server_finds_the_same(server: Server, example_graph) -> None:
    found = server.get("/search", params={"q": "training", "actor": "developer"}).json()
    expected = example_graph.search("training", actor="developer")
    assert [hit["iri"] for hit in found["hits"]] == [hit.iri for hit in expected.hits]
    assert found["total"] == expected.total
    assert found["facets"]["code"][0] == {
        "iri": expected.facets["code"][0].iri,
        "slug": expected.facets["code"][0].slug,
        "label": expected.facets["code"][0].label,
        "count": expected.facets["code"][0].count,
    }
    assert found["notice"].startswith("Preliminary")


@pytest.mark.parametrize("path", ["/search.csv", "/search.tsv", "/search.html", "/search.json"])
def test_search_answers_in_each_format(server: Server, path: str) -> None:
    response = server.get(path, params={"q": "adversarial"})
    assert response.status_code == 200
    assert "Adversarial training" in response.text


def test_hits_on_a_page_are_escaped(server: Server) -> None:
    page = server.client.get("/search", params={"q": '"><script>alert(1)</script>'}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<script>" not in page.text


def test_serving_changes_no_byte_of_the_release(server: Server, example_dist) -> None:
    from airm_graph.pipeline import read_sums

    server.get("/search?q=training")
    assert sorted(path.name for path in example_dist.iterdir()) == sorted({*read_sums(example_dist), "SHA256SUMS"})
