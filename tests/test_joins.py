"""Joins across inputs: which sources, mitigations and authors are one, the list of all joins, and what people decide of them."""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import InputError
from airm_graph.export.links import write_links
from airm_graph.ingest import read_captures
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.mapping_sets import read_matches
from airm_graph.merge import merge_pages
from airm_graph.merge.people import are_one, compose_name, match_names, parse_name
from airm_graph.merge.sources import group_pages
from airm_graph.model import (
    AssignedCode,
    Capture,
    Decisions,
    Entry,
    Evidence,
    JoinDecision,
    Location,
    Mention,
    Page,
    Records,
    SourceBlock,
    Text,
)
from airm_graph.namespaces import BASE, PREFIXES, term
from airm_graph.text import find_identifiers, location_key
from graphs import records_of
from pages import Document, Node, as_bytes, print_page, walk

TITLE = "A Made-up Handbook of Measures"
PLACE = Location("decisions.csv", 2, 2)


def text(value: str) -> Text:
    return Text(value, value)


def make_page(
    number: int,
    *,
    title: str = TITLE,
    year: str | None = "2025",
    url: str | None = None,
    doi: str | None = None,
    authors: tuple[str, ...] = ("Lee, Ann",),
    rows: Iterable[tuple[str, str]] = (),
    codes: tuple[tuple[str, str], ...] = (),
) -> Page:
    """A table of its own with one source and some rows (name, description)."""
    sha = f"{number:x}" * 64
    block = SourceBlock(
        text(title), text("; ".join(authors)), authors, year, Evidence(sha, 1, 1, title, 1), given_first=True, url=url, doi=doi
    )
    entries = tuple(
        Entry(
            location := Evidence(sha, line, line, name, line),
            text(name),
            None,
            text(description) if description else None,
            tuple(AssignedCode(edition, code, location) for edition, code in codes),
        )
        for line, (name, description) in enumerate(rows, 2)
    )
    return Page(Capture(sha, (f"{number}.csv",), "text/csv", edition=f"v{number}"), None, block, entries=entries)


def merge(*pages: Page, joins: Iterable[JoinDecision] = ()) -> Records:
    return merge_pages(pages, decisions=Decisions(tuple(joins)))


def rules_of(records: Records) -> list[str]:
    return [finding.rule for finding in records.findings]


def decide(one: str, two: str, *, accepted: bool, kind: str = "", names: tuple[str, str] = ("", "")) -> JoinDecision:
    return JoinDecision(Mention(one, names[0], kind), Mention(two, names[1], kind), accepted, PLACE)


def at(number: int, row: int) -> str:
    return f"capture/{f'{number:x}' * 16}/r{row}"


# Numbers of documents.


@pytest.mark.parametrize(
    "printed",
    [
        "https://arxiv.org/abs/2404.14068",
        "http://www.arxiv.org/pdf/2404.14068v2",
        "https://arxiv.org/pdf/2404.14068v2.pdf",
        "https://export.arxiv.org/abs/2404.14068?context=cs",
        "arXiv:2404.14068",
        "ARXIV: 2404.14068v11",
        "https://doi.org/10.48550/arXiv.2404.14068",
        "https://dx.doi.org/10.48550/ARXIV.2404.14068.",
        "doi:10.48550/arXiv.2404.14068",
        "10.48550/arxiv.2404.14068",
        "<https://arxiv.org/abs/2404.14068>",
        "arxiv.org/html/2404.14068v1",
    ],
)
def test_every_way_to_print_an_arxiv_number_is_one(printed: str):
    assert find_identifiers(printed) == ("arxiv:2404.14068",)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("https://doi.org/10.1145/3593013.3594011", "doi:10.1145/3593013.3594011"),
        ("HTTPS://DOI.ORG/10.1145/3593013.3594011,", "doi:10.1145/3593013.3594011"),
        ("https://dl.acm.org/doi/10.1145/3593013.3594011", "doi:10.1145/3593013.3594011"),
        ("https://dl.acm.org/doi/pdf/10.1145/3593013.3594011?download=true", "doi:10.1145/3593013.3594011"),
        ("https://www.tandfonline.com/doi/full/10.1080/0001-x/full", "doi:10.1080/0001-x"),
        ("10.1016/S0140-6736(05)71879-1", "doi:10.1016/s0140-6736(05)71879-1"),
        ("https://doi.org/10.1016/S0140-6736%2805%2971879-1", "doi:10.1016/s0140-6736(05)71879-1"),
        ("(doi:10.1000/182)", ""),
        ("https://arxiv.org/abs/hep-th/9901001v3", "arxiv:hep-th/9901001"),
        ("https://arxiv.org/list/cs.AI/recent", ""),
        ("https://arxiv.org/abs/2413.14068", ""),
        ("https://example.org/10.1000/182", ""),
        ("https://notarxiv.org/abs/2404.14068", ""),
        ("https://[broken", ""),
        ("", ""),
    ],
)
def test_number_is_found_only_where_one_is_given(printed: str, expected: str):
    assert find_identifiers(printed) == ((expected,) if expected else ())


def test_numbers_stand_with_the_source_and_in_the_graph():
    records = merge(make_page(1, url="https://arxiv.org/abs/2404.14068v2", doi="10.1000/182"))
    assert [number.value for number in records.sources[0].identifiers] == ["arxiv:2404.14068", "doi:10.1000/182"]


# Sources.


def test_number_joins_spellings_years_and_subtitles():
    pages = [
        make_page(1, url="https://arxiv.org/abs/2404.14068"),
        make_page(2, title=TITLE.upper(), year="2024", doi="10.48550/arXiv.2404.14068"),
        make_page(3, title=f"{TITLE}: With a Subtitle", year=None, url="https://arxiv.org/pdf/2404.14068v3"),
    ]
    records = merge(*pages)
    assert len(records.sources) == 1
    assert {title.value for title in records.sources[0].titles} == {TITLE, TITLE.upper(), f"{TITLE}: With a Subtitle"}
    assert "MRG-11" not in rules_of(records)


def test_one_number_on_two_titles_is_reported_and_not_joined():
    records = merge(make_page(1, doi="10.1000/182"), make_page(2, title="Something Else Altogether", doi="10.1000/182"))
    assert len(records.sources) == 2
    (finding,) = [finding for finding in records.findings if finding.rule == "MRG-11"]
    assert "doi:10.1000/182 stands with 2 titles" in finding.message
    assert finding.location.file in {"1.csv", "2.csv"}


def test_two_numbers_of_one_title_are_reported_and_not_joined():
    records = merge(make_page(1, doi="10.1000/182"), make_page(2, doi="10.1000/183"))
    assert len({source.key for source in records.sources}) == 2
    assert "MRG-12" in rules_of(records)


def test_source_without_a_number_is_not_given_to_one_of_two():
    records = merge(make_page(1, doi="10.1000/182"), make_page(2, doi="10.1000/183"), make_page(3), make_page(4))
    assert sorted(len({location.capture for location in source.evidence}) for source in records.sources) == [1, 1, 2]
    assert rules_of(records).count("MRG-12") == 1


def test_paper_may_have_a_doi_and_an_arxiv_number():
    records = merge(make_page(1, doi="10.1000/182"), make_page(2, url="https://arxiv.org/abs/2404.14068"))
    assert len(records.sources) == 1
    assert [number.value for number in records.sources[0].identifiers] == ["arxiv:2404.14068", "doi:10.1000/182"]


def test_short_title_is_not_taken_for_the_beginning_of_another():
    records = merge(make_page(1, title="AI Risk", doi="10.1000/182"), make_page(2, title="AI Risk Atlas of 2020", doi="10.1000/182"))
    assert len(records.sources) == 2


def test_years_that_differ_are_reported():
    records = merge(make_page(1, doi="10.1000/182"), make_page(2, year="2024", doi="10.1000/182"))
    assert "2 years" in next(finding.message for finding in records.findings if finding.rule == "MRG-04")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([TITLE, f"{TITLE}: Again", "Other Words"]),
            st.sampled_from(["2024", "2025", None]),
            st.sampled_from([None, "10.1000/182", "10.1000/183", "10.48550/arXiv.2404.14068"]),
        ),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
)
def test_order_of_pages_changes_no_source(documents: list[tuple[str, str | None, str | None]], random: object):
    pages = [make_page(number, title=title, year=year, doi=doi) for number, (title, year, doi) in enumerate(documents, 1)]
    mixed = list(pages)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert merge(*pages) == merge(*mixed)
    groups = group_pages(pages)
    assert sorted(page.capture.sha256 for group in groups.values() for page in group) == sorted(page.capture.sha256 for page in pages)
    for group in groups.values():
        numbers = {number for page in group for number in find_identifiers(page.source.doi) if page.source}
        assert len({number for number in numbers if number.startswith("doi:")}) <= 1


# Mitigations.


LONG = "Whoever builds the thing asks people who do not to break it, writes down how they did, and fixes that before anybody else can."


def names_of(records: Records) -> list[list[str]]:
    return sorted(sorted(name.value for name in mitigation.names) for mitigation in records.mitigations)


def test_rows_of_two_tables_join_by_name():
    records = merge(make_page(1, rows=[("Red teaming", "")]), make_page(2, rows=[("Red Teaming", LONG)]))
    assert names_of(records) == [["Red Teaming", "Red teaming"]]


def test_rows_of_two_tables_join_by_name_though_their_texts_differ():
    records = merge(make_page(1, rows=[("Red teaming", LONG)]), make_page(2, rows=[("Red teaming", f"{LONG} Again and again.")]))
    assert len(records.mitigations) == 1
    assert "MRG-02" in rules_of(records)


def test_name_that_one_table_has_twice_joins_nothing():
    twice = make_page(2, rows=[("Red teaming", f"{LONG} Again."), ("Red teaming", f"{LONG} And again.")])
    assert len(merge(make_page(1, rows=[("Red teaming", LONG)]), twice).mitigations) == 3


def test_rows_of_two_tables_join_by_a_long_text():
    records = merge(make_page(1, rows=[("Red teaming", LONG)]), make_page(2, rows=[("Asking people to break it", LONG)]))
    assert names_of(records) == [["Asking people to break it", "Red teaming"]]
    assert [link.basis for link in records.links if link.one.kind == "mitigation"] == ["text"]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"rows": [("Red teaming", "Short text.")]}, {"rows": [("Breaking it", "Short text.")]}),
        ({"rows": [("Red teaming", LONG)]}, {"rows": [("Breaking it", LONG), ("Asking people", LONG)]}),
        ({"rows": [("Red teaming", LONG)], "codes": (("v2", "2.2.2"),)}, {"rows": [("Breaking it", LONG)], "codes": (("v2", "2.1.1"),)}),
    ],
)
def test_text_joins_nothing_where_it_could_mean_another(one: dict, two: dict):
    records = merge(make_page(1, **one), make_page(2, **two))
    assert all(len(names) == 1 for names in names_of(records))


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        # One table has the name twice: either may be what the other table names.
        ({"rows": [("Red teaming", LONG)]}, {"rows": [("Red teaming", f"{LONG} Again."), ("Red teaming", f"{LONG} And again.")]}, 2),
        # A long text is that of two in the other table.
        ({"rows": [("Red teaming", LONG)]}, {"rows": [("Breaking it", LONG), ("Asking people", LONG)]}, 2),
        # Codes of one edition differ, and the name is one.
        ({"rows": [("Logs", LONG)], "codes": (("v2", "2.2.2"),)}, {"rows": [("Logs", "Short.")], "codes": (("v2", "2.1.1"),)}, 1),
        # What one input tells apart, and what codes tell apart under two names, is settled.
        ({"rows": [("Red teaming", "One."), ("Red teaming", "Two.")]}, {"rows": [("Logs", "Short.")]}, 0),
        ({"rows": [("Logs", LONG)], "codes": (("v2", "2.2.2"),)}, {"rows": [("Notes", LONG)], "codes": (("v2", "2.1.1"),)}, 0),
    ],
)
def test_named_mitigations_that_may_be_one_are_named(first: dict, second: dict, named: int):
    records = merge(make_page(1, **first), make_page(2, **second))
    found = [finding.message for finding in records.findings if finding.rule == "MRG-13"]
    assert sum(len(message.split("nothing settles it: ")[1].split("; ")) for message in found) == named
    assert all(repr(first["rows"][0][0]) in message for message in found)


def test_decision_settles_what_may_be_one():
    pages = [
        make_page(1, rows=[("Red teaming", LONG)]),
        make_page(2, rows=[("Red teaming", f"{LONG} Again."), ("Red teaming", f"{LONG} And again.")]),
    ]
    joins = [decide(at(1, 2), at(2, 2), accepted=True), decide(at(1, 2), at(2, 3), accepted=False)]
    assert "MRG-13" not in rules_of(merge(*pages, joins=joins))


def test_codes_of_different_editions_keep_nothing_apart():
    one = make_page(1, rows=[("Red teaming", LONG)], codes=(("v1", "3.1"),))
    two = make_page(2, rows=[("Breaking it", LONG)], codes=(("v2", "2.2.2"),))
    (mitigation,) = merge(one, two).mitigations
    assert [(c.edition, c.code) for c in mitigation.classifications] == [("v1", "3.1"), ("v2", "2.2.2")]


# Authors.


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ("Slattery, Peter", "Peter Slattery", True),
        ("Slattery, P.", "Peter Slattery", True),
        ("P. Slattery", "Peter Slattery", True),
        ("Slattery, P. J.", "Peter James Slattery", True),
        ("Slattery, P. J.", "Peter Mark Slattery", False),
        ("Slattery, P.", "Anne Slattery", False),
        ("van der Berg, Jan", "Jan van der Berg", True),
        ("Berg, Jan van der", "J. van der Berg", True),
        ("Berg, Jan", "Jan van der Berg", True),
        ("van Berg, Jan", "Jan von Berg", False),
        ("de Souza, Maria", "Maria de Souza", True),
        ("García Márquez, Gabriel", "Gabriel Garcia Marquez", True),
        ("García Márquez, G.", "Gabriel Garcia Marquez", True),
        ("Gipiškis, Rokas", "Rokas Gipiskis", True),
        ("King, Martin Luther, Jr.", "Martin Luther King Jr.", True),
        ("King, Martin, Jr.", "Martin King Sr.", False),
        ("Lee, Ann, PhD", "Dr. Ann Lee", True),
        ("Dupont, Jean-Luc", "J.-L. Dupont", True),
        ("Slattery", "Slattery, Peter", True),
        ("Meta", "Meta AI", False),
        ("NIST", "NIST", True),
        ("Example Institute", "E. Institute", False),
        ("Institute, Example", "Example Institute", False),
    ],
)
def test_names_could_be_one_author(one: str, two: str, expected: bool):
    assert are_one(parse_name(one), parse_name(two)) is expected
    assert are_one(parse_name(two), parse_name(one)) is expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([["Slattery, P."], ["Peter Slattery"]], {"Slattery, P.", "Peter Slattery"}),
        ([["Slattery, P."], ["Peter Slattery", "Paul Slattery"]], set()),
        ([["Slattery, P.", "Peter Slattery"]], set()),
        ([["Slattery, P."], ["Peter Slattery"], ["Peter J. Slattery"]], {"Slattery, P.", "Peter Slattery", "Peter J. Slattery"}),
        ([["Slattery, P."], ["Peter A. Slattery"], ["Peter J. Slattery"]], set()),
        ([["Smith"], ["Smith, John", "Smith, Jane"]], set()),
    ],
)
def test_names_of_one_source_meet_where_nobody_else_could_be_meant(lines: list[list[str]], expected: set[str]):
    assert set(match_names(lines)) == expected


def test_name_is_composed_of_what_says_most():
    assert compose_name(("Slattery, P.", "Peter Slattery")) == "Slattery, Peter"
    assert compose_name(("van der Berg, J.", "Jan van der Berg")) == "van der Berg, Jan"
    assert compose_name(("P. Slattery", "Peter Slattery")) == "Peter Slattery"
    assert compose_name(("Gipiškis, R.", "Rokas Gipiskis")) == "Gipiškis, Rokas"


def agents_of(records: Records) -> dict[str, list[str]]:
    return {source.key.removeprefix("source/").split("-")[-1]: [agent.key for agent, _ in source.creators] for source in records.sources}


def test_initials_meet_the_full_name_within_a_source_and_not_across():
    pages = [
        make_page(1, authors=("Slattery, P.",)),
        make_page(2, authors=("Peter Slattery",)),
        make_page(3, title="Another Book Altogether", authors=("Slattery, P.",)),
        make_page(4, title="Third Volume", authors=("Slattery",)),
        make_page(5, title="Fourth Volume", authors=("Slattery",)),
    ]
    records = merge(*pages)
    keys = {agent.key: agent.name for source in records.sources for agent, _ in source.creators}
    assert keys == {
        "agent/slattery-peter": "Peter Slattery",
        "agent/slattery-2025-another-book/slattery-p": "Slattery, P.",
        "agent/slattery-2025-third-volume/slattery": "Slattery",
        "agent/slattery-2025-fourth-volume/slattery": "Slattery",
    }


def test_full_names_meet_across_sources_in_both_orders():
    pages = [make_page(1, authors=("Slattery, Peter",)), make_page(2, title="Another Book Altogether", authors=("Peter Slattery",))]
    assert {key for keys in agents_of(merge(*pages)).values() for key in keys} == {"agent/slattery-peter"}


def test_bodies_keep_their_names():
    pages = [make_page(1, authors=("Example Institute", "NIST")), make_page(2, authors=("Institute of Examples",))]
    (source,) = merge(*pages).sources
    assert {agent.name for agent, _ in source.creators} == {"Example Institute", "NIST", "Institute of Examples"}


# The list of joins.


def links_of(records: Records) -> list[tuple[str, str, str]]:
    return [(link.one.kind, link.basis, link.target) for link in records.links]


def test_every_join_across_inputs_is_listed_once():
    pages = [make_page(number, rows=[("Red teaming", ""), (f"Own {number}", "")]) for number in (1, 2, 3)]
    records = merge(*pages)
    key = "mitigation/lee-2025-made-up/red-teaming"
    assert links_of(records).count(("mitigation", "name", key)) == 2
    assert links_of(records).count(("source", "name", "source/lee-2025-made-up")) == 2
    assert len(records.links) == 4


def test_links_name_what_both_sides_have_in_common():
    pages = [
        make_page(1, doi="10.1000/182", rows=[("Red teaming", LONG)]),
        make_page(2, doi="10.1000/182", rows=[("Red teaming", LONG + " More.")]),
    ]
    source, mitigation = merge(*pages).links
    assert (source.basis, source.matched, source.score) == ("identifier", "doi:10.1000/182", 1.0)
    assert (mitigation.basis, mitigation.matched) == ("name", "red teaming")
    assert 0.9 < mitigation.score < 1


def test_joins_within_one_input_are_not_listed():
    assert merge(make_page(1, rows=[("Red teaming", ""), ("Red teaming", "")])).links == ()


def test_links_are_a_table_of_mappings_that_is_read_again(tmp_path: Path):
    records = merge(*(make_page(number, rows=[("Red teaming", LONG)]) for number in (1, 2)))
    written = "".join(write_links(records.links, notice="Preliminary.", base="https://example.org/"))
    matches, findings = read_matches(written.encode(), file="links.sssom.tsv")
    assert findings == ()
    assert matches.get("comment") == "Preliminary."
    by_kind = {match.get("subject_category"): match for match in matches.matches}
    assert by_kind["mitigation"].get("subject_id") == f"https://example.org/{at(1, 2)}"
    assert by_kind["mitigation"].get("see_also") == "https://example.org/mitigation/lee-2025-made-up/red-teaming"
    assert by_kind["mitigation"].get("mapping_justification").endswith("LexicalMatching")
    assert by_kind["mitigation"].get("subject_match_field") == PREFIXES["rdfs"] + "label"


def test_page_known_by_its_place_is_joined_by_structure():
    nodes = (Node("Testing", "2.2", ("How it is tested by many people over a long time.",), children=(Node("Red teaming", "2.2.2"),)),)
    document = Document("Measures", ("Doe, Jane",), (*nodes, Node("Rest", "2.3")))
    pages = [
        replace_capture(read_page(print_page(document, path)), number)
        for number, path in enumerate(path for path in walk(document.nodes) if len(path) == 1)
    ]
    assert {link.basis for link in merge_pages(pages).links} <= {"name", "text", "structure"}


def read_page(lines: list[str]) -> Page:
    from airm_graph.ingest.captures.page import read_capture

    page = read_capture(as_bytes(lines), file="a.txt").page
    assert page is not None
    return page


def replace_capture(page: Page, number: int) -> Page:
    return replace(page, capture=replace(page.capture, file_names=(f"{number}.txt",)))


# Decisions.


PAIR = (make_page(1, rows=[("Red teaming", LONG)]), make_page(2, rows=[("Red teaming", LONG)]))


def test_rejected_mitigations_stay_apart_and_are_listed():
    records = merge(*PAIR, joins=[decide(at(1, 2), at(2, 2), accepted=False)])
    assert len(records.mitigations) == 2
    assert len({mitigation.key for mitigation in records.mitigations}) == 2
    (link,) = [link for link in records.links if link.basis == "decision"]
    assert link.target == ""
    assert not [rule for rule in rules_of(records) if rule.startswith("DEC")]


def test_accepted_mitigations_are_joined_whatever_the_rules_say():
    pages = (make_page(1, rows=[("Red teaming", "")]), make_page(2, rows=[("Breaking it", "")]))
    assert len(merge(*pages).mitigations) == 2
    records = merge(*pages, joins=[decide(at(1, 2), at(2, 2), accepted=True)])
    assert names_of(records) == [["Breaking it", "Red teaming"]]
    assert [link.basis for link in records.links if link.one.kind == "mitigation"] == ["decision"]


def test_rejection_outlives_every_way_round():
    pages = [make_page(number, rows=[("Red teaming", LONG)]) for number in (1, 2, 3)]
    records = merge(*pages, joins=[decide(at(1, 2), at(2, 2), accepted=False)])
    owners = {location.capture[0]: mitigation.key for mitigation in records.mitigations for location in mitigation.evidence}
    assert owners["1"] != owners["2"]
    assert len(records.mitigations) == 2


def test_rejected_sources_stay_apart_and_the_contradiction_is_settled():
    pages = (make_page(1, doi="10.1000/182"), make_page(2, title="Something Else Altogether", doi="10.1000/182"))
    decision = decide(at(1, 1), at(2, 1), accepted=False, kind="source")
    assert "MRG-11" in rules_of(merge(*pages))
    records = merge(*pages, joins=[decision])
    assert "MRG-11" not in rules_of(records)
    same = (make_page(1), make_page(2))
    assert len(merge(*same).sources) == 1
    assert len(merge(*same, joins=[decision]).sources) == 2


def test_accepted_sources_are_joined_and_so_are_their_mitigations():
    pages = (
        make_page(1, doi="10.1000/182", rows=[("Red teaming", "")]),
        make_page(2, title="Quite Another Title", rows=[("Red teaming", "")]),
    )
    records = merge(*pages, joins=[decide(at(1, 1), at(2, 1), accepted=True)])
    assert (len(records.sources), len(records.mitigations)) == (1, 1)


def test_mentions_on_one_line_are_told_apart_by_name():
    nodes = (Node("Testing", "2.2", ("x" * 40,), children=(Node("Red teaming", "2.2.2"),)), Node("Rest", "2.3"))
    document = Document("Measures", ("Doe, Jane",), nodes)
    page = read_page(print_page(document, (nodes[1],)))
    (line,) = {location_key(item.evidence) for item in page.others if item.path == ("Testing", "Red teaming")}
    other = replace(make_page(3, title="Measures", year="2024", authors=("Doe, Jane",), rows=[("Testing", "")]))
    ruling = decide(line, at(3, 2), accepted=False, names=("Testing", ""))
    records = merge(page, other, joins=[ruling])
    assert "DEC-02" not in rules_of(records)
    assert len([m for m in records.mitigations if m.names and m.names[0].value == "Testing"]) == 2


def test_authors_can_be_joined_and_kept_apart():
    pages = [make_page(1, authors=("Lee, Ann",)), make_page(2, title="Another Book Altogether", authors=("Ann Lee", "B. Chen")),
             make_page(3, title="Third Volume", authors=("Bo Chen",))]  # fmt: skip
    apart = decide(at(1, 1), at(2, 1), accepted=False, kind="agent", names=("Lee, Ann", "Ann Lee"))
    joined = decide(at(2, 1), at(3, 1), accepted=True, kind="agent", names=("B. Chen", "Bo Chen"))
    keys = sorted({agent.key for source in merge(*pages, joins=[apart, joined]).sources for agent, _ in source.creators})
    assert keys == ["agent/bo-chen", "agent/lee-2025-another-book/lee-ann", "agent/lee-2025-made-up/lee-ann"]


@pytest.mark.parametrize(
    ("decisions", "rules"),
    [
        ([decide(at(1, 2), at(9, 2), accepted=True)], ["DEC-01"]),
        ([decide(at(1, 2), at(2, 9), accepted=False)], ["DEC-01"]),
        ([decide(at(1, 2), at(2, 2), accepted=True, names=("No such name", ""))], ["DEC-01"]),
        ([decide(at(1, 1), at(2, 2), accepted=True)], ["DEC-01"]),
        ([decide(at(1, 2), at(2, 2), accepted=True), decide(at(2, 2), at(1, 2), accepted=False)], ["DEC-02"]),
        ([decide(at(1, 2), at(2, 2), accepted=True)], []),
        ([decide(at(1, 2), at(2, 2), accepted=True), decide(at(1, 2), at(2, 2), accepted=True)], []),
    ],
)
def test_decision_that_cannot_be_followed_is_a_finding(decisions: list[JoinDecision], rules: list[str]):
    found = merge(*PAIR, joins=decisions).findings
    assert sorted({finding.rule for finding in found if finding.rule.startswith("DEC")}) == rules
    assert all(finding.location == PLACE for finding in found if finding.rule.startswith("DEC"))


def test_chain_of_acceptances_does_not_break_a_rejection():
    pages = [make_page(number, rows=[(f"Name {number}", "")]) for number in (1, 2, 3)]
    ruled = [
        decide(at(1, 2), at(2, 2), accepted=True),
        decide(at(2, 2), at(3, 2), accepted=True),
        decide(at(1, 2), at(3, 2), accepted=False),
    ]
    records = merge(*pages, joins=ruled)
    assert len(records.mitigations) == 2
    assert rules_of(records).count("DEC-02") == 1


def test_mitigations_of_two_sources_are_not_joined():
    pages = (make_page(1, rows=[("Red teaming", "")]), make_page(2, title="Another Book Altogether", rows=[("Red teaming", "")]))
    records = merge(*pages, joins=[decide(at(1, 2), at(2, 2), accepted=True)])
    (finding,) = [finding for finding in records.findings if finding.rule == "DEC-01"]
    assert "different sources" in finding.message


# Decisions in files.


def write_tables(folder: Path) -> Path:
    folder.mkdir()
    head = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
    for name, rows in (("one", "A1,Red teaming,,doc-1,3.1,,,\n"), ("two", "B1,Red teaming,,doc-1,,,,\n")):
        (folder / name).mkdir()
        (folder / name / "mitigations.csv").write_text(head + rows)
        (folder / name / "sources.csv").write_text(f"ID,Title,Authors,URL,Date,Abstract\ndoc-1,{TITLE},Ann Lee,,2025,{name}\n")
    # Identifiers of one edition set rows apart: what joins them here is a decision.
    return folder


def build(folder: Path, *arguments: object) -> object:
    arguments = ("build", str(folder), "-o", str(folder.parent / "dist"), "-q", *map(str, arguments))
    return CliRunner().invoke(cli, arguments, standalone_mode=False)


def find_rows(folder: Path) -> list[str]:
    pages = read_captures([folder]).pages
    return [location_key(entry.evidence) for page in pages for entry in page.entries]


@pytest.mark.parametrize("form", ["sssom", "csv", "csv with whole IRIs"])
def test_build_follows_decisions_in_every_form(tmp_path: Path, form: str):
    folder = write_tables(tmp_path / "in")
    one, two = find_rows(folder)
    assert len(records_of(airm_graph.build([folder])).mitigations) == 2
    if form == "sssom":
        path = tmp_path / "mine.sssom.tsv"
        path.write_text(
            f"#curie_map:\n#  capture: {BASE}capture/\n#mapping_set_id: urn:x:y\n#license: urn:x:z\n"
            "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
            f"{one.replace('/', ':', 1)}\tskos:exactMatch\t{two.replace('/', ':', 1)}\tsemapv:ManualMappingCuration\n"
        )
    else:
        path, start = tmp_path / "mine.csv", BASE if "IRI" in form else ""
        path.write_text(f"subject_id,object_id,decision\n{start}{one},{start}{two},Accept\n")
    assert build(folder, "--decisions", path).return_value == 0
    matches, _ = read_matches((tmp_path / "dist" / "links.sssom.tsv").read_bytes(), file="links.sssom.tsv")
    (link,) = [match for match in matches.matches if match.get("subject_category") == "mitigation"]
    assert link.get("mapping_justification").endswith("ManualMappingCuration")
    assert len(records_of(airm_graph.build([folder], decisions=[path])).mitigations) == 1


def describe_later(tmp_path: Path, decisions: str) -> list[airm_graph.Graph]:
    """A graph of rows whose source no table lists, and that in which it is listed, with decisions."""
    graphs = []
    path = tmp_path / "mine.csv"
    path.write_text(f"subject_id,object_id,decision\n{decisions}\n")
    for name, listed in (("before", ""), ("after", f"NIST.9,{TITLE},Ann Lee,,2025,\n")):
        folder = tmp_path / name
        folder.mkdir()
        head = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
        (folder / "mitigations.csv").write_text(head + "A1,Red teaming,It is tried.,NIST.9,3.1,,,\nA2,Logs,They are kept.,NIST.9,,,,\n")
        (folder / "sources.csv").write_text("ID,Title,Authors,URL,Date,Abstract\n" + listed)
        graphs.append(airm_graph.build([folder], decisions=[path]))
    return graphs


def find_subjects(graph: airm_graph.Graph, kind: str) -> set[str]:
    return {s for s, p, o, _ in graph.asserted if p == term("rdf:type") and o == term(kind)}


def test_source_that_is_described_later_keeps_its_iris_where_a_person_says_so(tmp_path: Path):
    before, after = describe_later(tmp_path, f"{BASE}source/nist-9,source:lee-2025-made-up,accept")
    assert find_subjects(before, "airm:Source") == find_subjects(after, "airm:Source") == {f"<{BASE}source/nist-9>"}
    assert find_subjects(before, "airm:Mitigation") == find_subjects(after, "airm:Mitigation")
    assert before.count()["sources that are not described"] == 1
    assert after.count()["sources that are not described"] == 0
    assert not [one for graph in (before, after) for one in graph.report.findings if one.rule.startswith("DEC")]


@pytest.mark.parametrize(
    ("decision", "rules"),
    [
        ("source/nist-9,source/lee-2025-made-up,reject", []),
        ("source/nist-9,source/another,accept", ["DEC-01"]),
        ("source/lee-2025-made-up,source/nist-9,accept", []),
    ],
)
def test_decision_of_an_iri_goes_one_way_and_names_what_is_there(tmp_path: Path, decision: str, rules: list[str]):
    _, after = describe_later(tmp_path, decision)
    assert [one.rule for one in after.report.findings if one.rule.startswith("DEC")] == rules
    assert find_subjects(after, "airm:Source") == {f"<{BASE}source/lee-2025-made-up>"}


def test_links_of_a_build_with_one_denied_are_decisions(tmp_path: Path):
    folder = write_tables(tmp_path / "in")
    rows = (folder / "two" / "mitigations.csv").read_text().replace("B1", "A1")
    (folder / "two" / "mitigations.csv").write_text(rows)
    build(folder)
    links = tmp_path / "dist" / "links.sssom.tsv"
    assert airm_graph.build([folder]).count()["mitigations"] == 1
    lines = links.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    denied = [
        line + ("\tpredicate_modifier" if number == start else "\tNot" if "\tmitigation\t" in line else "\t") if number >= start else line
        for number, line in enumerate(lines)
    ]
    (tmp_path / "mine.sssom.tsv").write_text("\n".join(denied) + "\n")
    graph = airm_graph.build([folder], decisions=[tmp_path / "mine.sssom.tsv"])
    assert graph.count()["mitigations"] == 2
    assert graph.count()["sources"] == 1


def test_open_and_unreadable_decisions(tmp_path: Path):
    path = tmp_path / "mine.csv"
    path.write_text("subject_id,object_id,decision\ncapture/a/r1,capture/b/r1,\ncapture/a/r1,capture/b/r1,perhaps\n")
    readings = read_decisions([path])
    assert (readings.undecided, readings.joins) == (1, [])
    (finding,) = readings.findings
    assert (finding.rule, finding.location.row, finding.location.column) == ("DEC-03", 3, "decision")
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"mine\.csv:1: the table holds no decisions"):
        read_decisions([path])
    with pytest.raises(InputError, match="cannot be read"):
        read_decisions([tmp_path / "none.csv"])


def test_unknown_mention_is_reported_at_its_line(tmp_path: Path):
    folder = write_tables(tmp_path / "in")
    path = tmp_path / "mine.csv"
    path.write_text(f"subject_id,object_id,decision\n{find_rows(folder)[0]},capture/0000000000000000/r2,accept\n")
    graph = airm_graph.build([folder], decisions=[path])
    (finding,) = [finding for finding in graph.report.findings if finding.rule == "DEC-01"]
    assert (finding.location.file, finding.location.row) == ("mine.csv", 2)
    assert graph.files["mine.csv"] == path.as_posix()


# The real data.


def test_real_editions_meet_in_one_document(captures: Path):
    tables = captures.parent / "data" / "mit-v1"
    if not tables.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    records = merge_pages(read_captures([tables, captures]).pages)
    found = {link.target for link in records.links if link.one.kind == "source"}
    assert found == {"source/gipiskis-2024-risk-sources"}
    assert len([link for link in records.links if link.one.kind == "mitigation"]) == 7
    assert not {"MRG-11", "MRG-12"} & set(rules_of(records))
    numbers = {number.value for source in records.sources for number in source.identifiers}
    assert {"arxiv:2410.23472", "arxiv:2412.02145"} <= numbers
    (source,) = [source for source in records.sources if source.key == "source/gipiskis-2024-risk-sources"]
    rows = list(csv.DictReader(io.StringIO((tables / "sources.csv").read_text(encoding="utf-8-sig"))))
    line = next(row["Authors"] for row in rows if row["ID"] == "doc-Gipiskis2024")
    assert len(source.creators) >= line.count(",")
