"""Kinds of statements and what mitigations were taken from: stated by tables, proven by texts, kept by exports."""

from collections import Counter
from pathlib import Path

import pytest
import statement_kinds

import airm_graph
from airm_graph.namespaces import iri, term
from airm_graph.pipeline import Graph
from airm_graph.triples.suggestions import RULES

MAPPING = """edition: v2
tables:
  sources:
    columns: {identifier: ID, title: Title, authors: Authors, issued: Year}
  mitigations:
    columns:
      {identifier: ID, name: Name, description: Text, source: Document, statement kind: [Kind], derived from: Taken from}
    separators: {derived from: ","}
"""
PLAIN = """edition: v2
tables:
  sources:
    columns: {identifier: ID, title: Title, authors: Authors, issued: Year}
  mitigations:
    columns: {identifier: ID, name: Name, description: Text, source: Document, statement kind: Kind}
"""
SOURCES = """ID,Title,Authors,Year
doc-1,A First Handbook,"Lee, Ann",2021
doc-2,A Second Handbook,"Chen, Bo",2023
doc-3,A Third Handbook,"Roe, Jo",2023
"""
LONG = "Keep a log of every decision that the system makes for a person."


def build(folder: Path, rows: str, *, mapping: str = MAPPING, sources: str = SOURCES) -> Graph:
    folder.mkdir(exist_ok=True)
    for name, text in (("mapping.yaml", mapping), ("sources.csv", sources), ("mitigations.csv", rows)):
        (folder / name).write_text(text, encoding="utf-8")
    return airm_graph.build([folder])


def pairs(graph: Graph, predicate: str) -> set[tuple[str, str]]:
    """What asserted and inferred statements with a property say, by the last parts of IRIs."""
    wanted = term(predicate)
    found = {(s, o) for s, p, o, _ in graph.table.rows() if p == wanted and "/mitigation/" in s}
    return {(s.rstrip(">").rpartition("/")[2], o.rstrip(">").rpartition("/")[2]) for s, o in found}


@pytest.mark.parametrize("mapping", [MAPPING, PLAIN])
def test_kind_of_statement_is_read_from_a_column_row_by_row_and_by_sql(tmp_path: Path, mapping: str) -> None:
    head, end = (",Taken from", ",") if mapping is MAPPING else ("", "")
    rows = f"ID,Name,Text,Document,Kind{head}\nA1,Logs,Are logs kept?,doc-1,Question{end}\nA2,Gates,Gates stop.,doc-1,description{end}\n"
    graph = build(tmp_path / "in", rows, mapping=mapping)
    assert pairs(graph, "airm:statementKind") == {("logs", "question"), ("gates", "description")}
    assert not [finding for finding in graph.report.findings if finding.rule.startswith(("MIT", "TAB")) and finding.rule != "TAB-13"]


def test_kind_that_is_not_in_the_vocabulary_is_a_finding_at_its_cell(tmp_path: Path) -> None:
    graph = build(tmp_path / "in", "ID,Name,Text,Document,Kind\nA1,Logs,Are logs kept?,doc-1,Riddle\n", mapping=PLAIN)
    (finding,) = [finding for finding in graph.report.findings if finding.rule == "TAB-30"]
    assert "'Riddle'" in finding.message
    assert finding.location
    assert (finding.location.row, finding.location.column) == (2, "Kind")
    assert not pairs(graph, "airm:statementKind")


def test_original_is_found_by_identifier_in_whatever_source_has_it(tmp_path: Path) -> None:
    rows = (
        "ID,Name,Text,Document,Kind,Taken from\n"
        'B1,Logs,Logs are kept.,doc-1,,\nB2,Records,Records are kept.,doc-2,,"B1,B9"\nB3,Twin,Twins.,doc-3,,B3\n'
    )
    graph = build(tmp_path / "in", rows)
    assert pairs(graph, "prov:wasDerivedFrom") == {("records", "logs")}
    lost = [finding for finding in graph.report.findings if finding.rule == "MRG-14"]
    assert [(f.message.partition(";")[0], f.location and f.location.row, f.location and f.location.column) for f in lost] == [
        ("'B9' names no other mitigation of the input", 3, "Taken from"),
        ("'B3' names no other mitigation of the input", 4, "Taken from"),
    ]


def test_originals_that_go_in_a_circle_are_a_violation(tmp_path: Path) -> None:
    rows = "ID,Name,Text,Document,Kind,Taken from\nB1,Logs,Logs are kept.,doc-1,,B2\nB2,Records,Records are kept.,doc-2,,B1\n"
    assert {finding.rule for finding in build(tmp_path / "in", rows).report.findings} >= {"MIT-15"}


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (f"A1,Logs,{LONG},doc-1\nA2,Records,{LONG},doc-2", {("records", "logs")}),  # the same long text, two years later
        (f"A1,Logs,{LONG},doc-2\nA2,Records,{LONG},doc-3", set()),  # of one year: nobody knows who was first
        ("A1,Logs,Keep logs.,doc-1\nA2,Records,Keep logs.,doc-2", set()),  # short: the same by chance
        (f"A1,Logs,{LONG},doc-1\nA2,Diary,{LONG},doc-1\nA3,Records,{LONG},doc-2", set()),  # of two in the first source
        (f"A1,Logs,{LONG},doc-1\nA2,Records,{LONG},doc-2\nA3,Notes,{LONG},doc-3", {("records", "logs"), ("notes", "logs")}),
        ("LG.01,Logs,Logs are kept.,doc-1\nR2,Records,As LG.01 says we keep records.,doc-2", {("records", "logs")}),
        ("LG.01,Logs,Logs are kept.,doc-2\nR2,Records,As LG.01 says we keep records.,doc-1", set()),  # named by the older one
        ("LG.01,Logs,Logs are kept.,doc-1\nR2,Records,As LG.011 says we keep records.,doc-2", set()),  # another identifier
    ],
)
def test_original_is_proven_by_texts_only_where_one_source_came_first(tmp_path: Path, rows: str, found: set[tuple[str, str]]) -> None:
    header = "ID,Name,Text,Document,Kind"
    table = "\n".join([header, *(f"{row}," for row in rows.split("\n")), ""])
    graph = build(tmp_path / "in", table, mapping=PLAIN)
    assert pairs(graph, "prov:wasDerivedFrom") == found
    said = [row for row in graph.table.rows() if row[3] == iri("graph/derivations")]
    assert Counter(p for _, p, _, _ in said)[term("airm:reasoning")] == len(found)
    assert len(said) == 5 * len(found)


def test_kinds_are_suggested_only_when_asked_for_and_never_over_what_an_input_states(tmp_path: Path) -> None:
    rows = "ID,Name,Text,Document,Kind\nA1,Logs,Are logs kept?,doc-1,Requirement\nA2,Gates,Put a gate before each release.,doc-1,\n"
    assert not pairs(build(tmp_path / "in", rows, mapping=PLAIN), "airm:suggestedStatementKind")
    graph = airm_graph.build([tmp_path / "in"], suggest_kinds=True)
    assert pairs(graph, "airm:statementKind") == {("logs", "requirement")}
    assert pairs(graph, "airm:suggestedStatementKind") == {("gates", "recommendation")}
    (why,) = {o for _, p, o, g in graph.table.rows() if g == iri("graph/suggestions") and p == term("airm:reasoning")}
    assert why == '"The first sentence is an imperative."'
    assert graph.coverage("statement", "suggested").mitigations == 2
    assert [item.name for item in graph.pack(suggested="recommendation").items] == ["Gates"]
    assert [hit.name for hit in graph.search("", statement="requirement").hits] == ["Logs"]
    assert not [finding for finding in graph.report.findings if finding.rule.startswith("SUG")]


def test_suggestions_are_trusted_as_far_as_the_labelled_texts_say() -> None:
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "mit-v1"
    if not folder.exists():
        pytest.skip(f"{folder.name} is not beside this checkout")
    assert [rule.confidence for rule in RULES] == statement_kinds.find_confidence(folder)


def test_original_is_a_facet_by_its_source(tmp_path: Path) -> None:
    graph = build(tmp_path / "in", f"ID,Name,Text,Document,Kind\nA1,Logs,{LONG},doc-1,\nA2,Records,{LONG},doc-2,\n", mapping=PLAIN)
    table = graph.coverage("original", "source")
    found = {tuple(member.slug for member in cell.members) for cell in table.cells if cell.count}
    assert ("lee-2021-first-handbook", "chen-2023-second-handbook") in found
    assert [item.name for item in graph.pack(original="lee-2021-first-handbook").items] == ["Records"]
    assert [hit.name for hit in graph.search("", original="lee-2021-first-handbook").hits] == ["Records"]


def test_exported_tables_when_built_again_say_the_same_of_kinds_and_originals(tmp_path: Path) -> None:
    rows = (
        "ID,Name,Text,Document,Kind,Taken from\n"
        f"B1,Logs,{LONG},doc-1,Question,\nB2,Records,Records are kept.,doc-2,Recommendation,B1\nB3,Notes,{LONG},doc-3,,\n"
    )
    graph = build(tmp_path / "in", rows)
    graph.write_tables(tmp_path / "tables")
    again = airm_graph.build([tmp_path / "tables"])
    for predicate in ("airm:statementKind", "prov:wasDerivedFrom"):
        assert pairs(again, predicate) == pairs(graph, predicate)
    assert pairs(again, "prov:wasDerivedFrom") == {("records", "logs"), ("notes", "logs")}
    assert [row for row in again.table.rows() if "/capture/" in row[3]] == [row for row in graph.table.rows() if "/capture/" in row[3]]
