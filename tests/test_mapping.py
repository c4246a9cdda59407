"""What columns mean: mappings and their schema, several classifications, outlines, proposals, and graphs that go to tables and back."""

import csv
import gzip
import io
import json
import random
import shutil
from collections import Counter
from pathlib import Path

import jsonschema
import openpyxl
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import InputError
from airm_graph.ingest import read_captures
from airm_graph.ingest.formats import read_tables
from airm_graph.ingest.tables.entries import FolderReader
from airm_graph.ingest.tables.guess import CERTAIN
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.ingest.tables.names import find_separator
from airm_graph.ingest.tables.own_mappings import load_builtin_mappings
from airm_graph.ingest.tables.schema import write_schema
from airm_graph.ingest.tables.values import split_code
from airm_graph.merge import join_records, merge_pages
from airm_graph.namespaces import BASE, iri, term
from airm_graph.pipeline import propose_mapping
from airm_graph.resources import find_resource, read_resource
from airm_graph.text import escape_cell, escape_formula, unescape_cell
from graphs import records_of

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads(read_resource("schemas/mapping.schema.json"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

#: Field names of the publisher; every value is invented.
FIELDS = (
    "Mitigation_Name,Definition,Additional Information,Source,Parent,Children,llm_classification,llm_reasoning,human_classification,"
    "AILifecycle_Primary,AILifecycle_Other,AIActor_Primary,AIActor_Other,AIRM_Primary,AIRM_Other\n"
)
ROWS = (
    "Safeguards,What keeps a system in bounds.,,A Made-up Handbook,,Red teaming; Model cards,"
    "1.2 Non-Model,It names no measure.,1.2,Deploy,,Developer,,Manage,\n"
    "Red teaming,People try to break it.,See chapter two.,10.1234/ABC,Safeguards,,"
    '2.2.2 Testing & Evaluation,It tests.,2.2.3,Verify and Validate,"Deploy; Operate and Monitor",Developer,Deployer,Measure,Manage\n'
    "Model cards,One page for each model.,,Lee et al. (2025),,,"
    "Assurance Documentation,It documents.,2.2.4,Other (multiple stages),,Unable to classify,,Govern,\n"
    "Two codes,What does two things.,,A Made-up Handbook,,,1.1.1; 1.1.2,It does both.,,,,,,,\n"
)
DOCUMENTS = (
    "Title,First author,Author list,Year,URL,DOI,Abstract\n"
    'A Made-up Handbook,Lee,"Ann Lee, Bo Chen",2025,,https://doi.org/10.1234/ABC,\n'
    'Findings That Nobody Made,Day,"Day, Cy; Fox, Eve",2024,https://example.org/findings,10.1234/def,What was found.\n'
)


def write_folder(folder: Path, rows: str = ROWS, *, fields: str = FIELDS, documents: str = DOCUMENTS, mapping: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mitigations.csv").write_text(fields + rows, encoding="utf-8")
    if documents:
        (folder / "sources.csv").write_text(documents, encoding="utf-8")
    if mapping:
        (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return folder


def find_rules(folder: Path) -> list[tuple[str, int | None, str]]:
    return [(f.rule, f.location.row, f.location.column) for f in read_captures([folder]).findings if f.location]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("publisher") / "in")


@pytest.fixture(scope="module")
def graph(folder: Path) -> airm_graph.Graph:
    return airm_graph.build([folder])


@pytest.fixture(scope="module")
def first_edition() -> Path:
    found = ROOT.parent / "shared" / "data" / "mit-v1"
    if not found.is_dir():
        pytest.skip("the tables of the first edition are not beside this checkout")
    return found


# Several classifications of one row.


def test_human_and_machine_are_two_classifications_with_two_agents(graph: airm_graph.Graph) -> None:
    found = {(s, p, o) for s, p, o, _ in graph.asserted}
    for name, by, agent, kind in (("model-cards", "llm", "llm", "SoftwareAgent"), ("model-cards", "human", "human", "Person")):
        made = iri(f"mitigation/lee-2025-made-up/{name}/classification/v2-2.2.4-{by}")
        assert {
            (iri(f"mitigation/lee-2025-made-up/{name}"), term("airm:classification"), made),
            (made, term("airm:assignedCode"), iri("taxonomy/v2/2.2.4")),
            (made, term("prov:wasAttributedTo"), iri(f"agent/classifier/{agent}")),
            (made, term("rdfs:label"), f'"v2 2.2.4 Assurance Documentation ({by})"'),
            (iri(f"agent/classifier/{agent}"), term("rdf:type"), term(f"prov:{kind}")),
        } <= found
    reasons = {s.rsplit("/", 1)[1] for s, p, _ in found if p == term("airm:reasoning")}
    assert reasons == {"v2-1.2-llm>", "v2-2.2.2-llm>", "v2-2.2.4-llm>", "v2-1.1.1-llm>", "v2-1.1.2-llm>"}


def test_classification_of_a_table_with_one_has_the_iri_it_always_had(tmp_path: Path) -> None:
    mapping = "edition: v2\ntables: {mitigations: {columns: {name: N, source: {title: T, authors: A}, code: C, reason: R, agent: W}}}"
    rows = "Red teaming,2.2.2,It tests.,LLM,Handbook,Ann Lee\n"
    built = airm_graph.build([write_folder(tmp_path / "in", rows, fields="N,C,R,W,T,A\n", documents="", mapping=mapping)])
    (made,) = {s for s, p, _, _ in built.asserted if p == term("airm:assignedCode")}
    assert made.endswith("/red-teaming/classification/v2-2.2.2>")
    assert [said.value for m in records_of(built).mitigations for given in m.classifications for said in given.reasonings] == ["It tests."]


def test_human_and_machine_disagreeing_is_one_reported_conflict(graph: airm_graph.Graph) -> None:
    found = [finding for finding in graph.report.findings if finding.rule in {"MRG-01", "EDI-13"}]
    assert {(finding.rule, finding.location.row) for finding in found if finding.location} == {("MRG-01", 3), ("MRG-01", 5)}
    (apart,) = (finding.message for finding in found if "Red teaming" in finding.message)
    assert apart.startswith("'Red teaming' has 2 codes of v2: 2.2.2 by llm (mitigations.csv:3, row 3); 2.2.3 by human")
    rows = graph.query("check-conflicting-codes")
    assert {(row["label"], row["classificationLabel"], row["row"]) for row in rows if row["label"] == "Red teaming"} == {
        ("Red teaming", "v2 2.2.2 Testing & Evaluation (llm)", "3"),
        ("Red teaming", "v2 2.2.3 Auditing & Compliance (human)", "3"),
    }


def test_counts_by_code_count_a_mitigation_once_whoever_gives_the_code(graph: airm_graph.Graph) -> None:
    assert len({row["mitigation"] for row in graph.query("mitigations-by-code", code="2.2.4")}) == 1
    counted = {row["notation"]: row for row in graph.query("codes-by-edition") if row.get("notation") == "2.2.4"}
    assert all("2" not in {row.get("mitigations"), row.get("direct")} for row in counted.values())


def test_classifications_of_a_page_and_of_a_table_stand_side_by_side(tmp_path: Path) -> None:
    title = "Risk sources and risk management measures in support of standards for general-purpose AI systems"
    documents = f'Title,Author list,Year\n{title},"Rokas Gipiskis, Ayrton San Joaquin",2024\n'
    rows = f"Adversarial training,,,{title},,,1.1.2,It changes the loss.,1.1.2,,,,,,\n"
    built = airm_graph.build([ROOT / "examples", write_folder(tmp_path / "in", rows, documents=documents)])
    (joined,) = (m for m in records_of(built).mitigations if m.key.endswith("/adversarial-training"))
    assert {("v2", "1.1.2", "human"), ("v2", "1.1.2", "llm")} < {(c.edition, c.code, c.by) for c in joined.classifications}
    assert "" in {c.by for c in joined.classifications}


@pytest.mark.parametrize(
    ("cell", "codes", "rule"),
    [
        ("1.1.3", ["1.1.3"], None),
        ("1.1.3 Capability Modification", ["1.1.3"], None),
        ("1.1.3: capability modification", ["1.1.3"], None),
        ("1.1.3. Capability Modification", ["1.1.3"], None),
        ("Capability Modification", ["1.1.3"], None),
        ("1.1.3; 2.2.2 Testing & Evaluation", ["1.1.3", "2.2.2"], None),
        ("1.1.3\n2.2.2", ["1.1.3", "2.2.2"], None),
        ("99 Other", ["99"], None),
        ("Unable to classify", [], "TAB-10"),
        ("", [], "TAB-10"),
        ("1.1.3 Guardrails & Filtering", [], "TAB-06"),
        ("Other", [], "TAB-05"),
        ("7.7", [], "TAB-05"),
        ("1.1.33", [], "TAB-05"),
        ("1.1.3; 7.7", ["1.1.3"], "TAB-05"),
    ],
)
def test_cell_of_codes_gives_those_that_are_certain(tmp_path: Path, cell: str, codes: list[str], rule: str | None) -> None:
    row = io.StringIO()
    csv.writer(row).writerow(["Measure", "What is done.", "A Made-up Handbook", cell])
    fields = "Mitigation_Name,Definition,Source,human_classification\n"
    readings = read_captures([write_folder(tmp_path / "in", row.getvalue(), fields=fields)])
    assert readings.rejected == ()
    assert [code.code for page in readings.pages for entry in page.entries for code in entry.codes] == codes
    assert rule in {finding.rule for finding in readings.findings} | {None}


def test_labels_beside_several_codes_are_compared_one_by_one(tmp_path: Path) -> None:
    mapping = "edition: v2\ntables: {mitigations: {columns: {name: N, source: {title: T, authors: A}, code: C, label: L}}}"
    rows = (
        "Good,1.1.2; 1.1.3,Learning Objectives; Capability Modification,T,Ann Lee\n"
        "Turned,1.1.2; 1.1.3,Capability Modification; Learning Objectives,T,Ann Lee\n"
        "Few,1.1.2; 1.1.3,Learning Objectives,T,Ann Lee\n"
    )
    readings = read_captures([write_folder(tmp_path / "in", rows, fields="N,C,L,T,A\n", documents="", mapping=mapping)])
    assert sorted({one.location.row for one in readings.findings if one.rule == "TAB-06"}) == [3, 4]
    assert sorted(len(entry.codes) for page in readings.pages for entry in page.entries) == [0, 0, 2]


def test_split_code_leaves_digits_of_a_longer_number_alone() -> None:
    assert split_code("1.1.3x") == ("1.1.3", "x")
    assert split_code("2024 report") == ("2024", "report")
    assert split_code("AI System") == ("", "AI System")


def test_agent_and_kind_come_from_columns_of_their_own(tmp_path: Path) -> None:
    mapping = (
        "edition: v2\nagents: {r@example.org: Example Institute}\ntables:\n  mitigations:\n"
        "    columns: {name: N, source: {title: T, first author: A}}\n    classifications:\n"
        "      - {name: first, columns: {code: C1, agent: W1, kind: K1, created: D1}}\n"
        "      - {name: second, agent: Panel, kind: organization, columns: {code: C2}, separator: '|'}\n"
    )
    rows = "M,1.1.2,r@example.org,human,2026-01-02,1.1.2|1.1.3,T,Lee\nM2,1.1.2,x@example.net,dog,soon,,T,Lee\n"
    folder = write_folder(tmp_path / "in", rows, fields="N,C1,W1,K1,D1,C2,T,A\n", documents="", mapping=mapping)
    readings = read_captures([folder])
    first, *panel, second = (code for page in readings.pages for entry in page.entries for code in entry.codes)
    assert (first.by, first.agent.name, first.agent.kind, first.created) == ("first", "Example Institute", "person", "2026-01-02")
    assert {(code.by, code.code, code.agent.key, code.agent.kind) for code in panel} == {
        ("second", "1.1.2", "agent/classifier/panel", "organization"),
        ("second", "1.1.3", "agent/classifier/panel", "organization"),
    }
    assert (second.agent.name, second.agent.kind, second.created) == ("an address at example.net", "", None)
    assert [(f.rule, f.location.column) for f in readings.findings if f.rule in {"TAB-16", "TAB-30"}] == [
        ("TAB-16", "D1"),
        ("TAB-30", "K1"),
    ]
    assert not [row for row in airm_graph.build([folder]).asserted if "r@" in "".join(row) or "x@" in "".join(row)]


# Actor, stage and function.


def test_terms_of_first_and_other_columns_are_statements_with_their_cells(folder: Path) -> None:
    mitigations = merge_pages(read_captures([folder]).pages).mitigations
    (red,) = (m for m in mitigations if m.key.endswith("/red-teaming"))
    assert Counter((name, said.value, said.evidence[0].column) for name, said in red.roles) == Counter(
        [
            ("actor", "developer", "AIActor_Primary"),
            ("actor", "deployer", "AIActor_Other"),
            ("function", "measure", "AIRM_Primary"),
            ("function", "manage", "AIRM_Other"),
            ("lifecycle", "verify-and-validate", "AILifecycle_Primary"),
            ("lifecycle", "deploy", "AILifecycle_Other"),
            ("lifecycle", "operate-and-monitor", "AILifecycle_Other"),
        ]
    )
    (cards,) = (m for m in mitigations if m.key.endswith("/model-cards"))
    assert {said.value for _, said in cards.roles} == {"unable-to-classify", "other-multiple-stages", "govern"}


def test_several_terms_of_one_row_are_no_contradiction(graph: airm_graph.Graph) -> None:
    assert "MRG-09" not in {finding.rule for finding in graph.report.findings}


def test_rows_that_give_one_mitigation_other_terms_contradict_each_other(tmp_path: Path) -> None:
    fields = "Mitigation_Name,Definition,Source,AIActor_Primary,AIActor_Other\n"
    parts = [
        write_folder(tmp_path / str(n), f"M,What is done.,A Made-up Handbook,{who}\n", fields=fields)
        for n, who in enumerate(("User,", "Developer,Deployer"))
    ]
    rules = [finding.rule for finding in merge_pages(read_captures(parts).pages).findings]
    assert rules.count("MRG-09") == 1


def test_unknown_term_is_a_finding_at_its_cell_and_the_row_is_used_without_it(tmp_path: Path) -> None:
    fields = "Mitigation_Name,Definition,Source,AILifecycle_Primary,AIActor_Other\n"
    readings = read_captures([write_folder(tmp_path / "in", "M,What is done.,A Made-up Handbook,Other,Developer; Nobody\n", fields=fields)])
    found = [(f.rule, f.location.row, f.location.column) for f in readings.findings if f.rule == "TAB-30"]
    assert found == [("TAB-30", 2, "AILifecycle_Primary"), ("TAB-30", 2, "AIActor_Other")]
    assert [role.concept for page in readings.pages for entry in page.entries for role in entry.roles] == ["developer"]
    assert readings.rejected == ()


# Outline.


def find_parents(folder: Path) -> dict[str, str]:
    records = merge_pages(read_captures([folder]).pages)
    return {m.names[0].value: m.part_of[0].value.rsplit("/", 1)[1] for m in records.mitigations if m.part_of}


def test_parents_and_children_become_part_of(graph: airm_graph.Graph) -> None:
    above = {(s.rsplit("/", 1)[1], o.rsplit("/", 1)[1]) for s, p, o, _ in graph.asserted if p == term("airm:partOf")}
    assert above == {("red-teaming>", "safeguards>"), ("model-cards>", "safeguards>")}


OUTLINE = "Mitigation_Name,Definition,Source,Parent,Children\n"


@pytest.mark.parametrize(
    ("rows", "aside", "column"),
    [
        ("A,x.,A Made-up Handbook,A,\n", {2}, "Parent"),
        ("A,x.,A Made-up Handbook,B,\nB,y.,A Made-up Handbook,A,\n", {2, 3}, "Parent"),
        ("A,x.,A Made-up Handbook,B,\nB,y.,A Made-up Handbook,C,\nC,z.,A Made-up Handbook,A,\n", {2, 3, 4}, "Parent"),
        ("A,x.,A Made-up Handbook,B,\nB,y.,A Made-up Handbook,,\nC,z.,A Made-up Handbook,,A\n", {2}, "Parent"),
        ("A,x.,A Made-up Handbook,,\nB,y.,A Made-up Handbook,,A\nC,z.,A Made-up Handbook,,A\n", {2}, "Parent"),
    ],
)
def test_row_with_a_contradictory_parent_is_used_without_it(tmp_path: Path, rows: str, aside: set[int], column: str) -> None:
    readings = read_captures([write_folder(tmp_path / "in", rows, fields=OUTLINE)])
    said = [one.location for one in readings.findings if one.rule == "TAB-31"]
    assert {(one.row, one.column) for one in said} == {(row, column) for row in aside}
    entries = [entry for page in readings.pages for entry in page.entries]
    assert (len(entries), readings.rejected) == (rows.count("\n"), ())
    assert {entry.evidence.row for entry in entries if entry.parent}.isdisjoint(aside)


@pytest.mark.parametrize(
    ("rows", "parents", "lost"),
    [
        ("A,x.,A Made-up Handbook,B,\nB,y.,A Made-up Handbook,,A\n", {"A": "b"}, []),
        ("A,x.,A Made-up Handbook,Nobody,\n", {}, [(2, "Parent")]),
        ("A,x.,A Made-up Handbook,B,\nB,y.,Findings That Nobody Made,,\n", {}, [(2, "Parent")]),
        ("A,x.,A Made-up Handbook,B,\nB,y.,A Made-up Handbook,,\nB,z.,A Made-up Handbook,,\n", {}, [(2, "Parent")]),
        ("A,x.,A Made-up Handbook,B,\nB,y.,A Made-up Handbook,B,\n", {"A": "b"}, []),
        ("A,x.,A Made-up Handbook,,B; C\nB,y.,A Made-up Handbook,,\n", {"B": "a"}, [(2, "Children")]),
        ('"A; B",x.,A Made-up Handbook,,\nC,y.,A Made-up Handbook,A; B,\n', {"C": "a-b"}, []),
    ],
)
def test_parent_is_a_row_of_the_same_document_or_is_left_out(
    tmp_path: Path, rows: str, parents: dict[str, str], lost: list[tuple[int, str]]
) -> None:
    folder = write_folder(tmp_path / "in", rows, fields=OUTLINE)
    assert find_parents(folder) == parents
    assert [(row, column) for rule, row, column in find_rules(folder) if rule == "TAB-32"] == lost


def test_row_that_stands_twice_is_one_parent(tmp_path: Path) -> None:
    rows = "A,x.,A Made-up Handbook,B,\n" + "B,y.,A Made-up Handbook,,\n" * 2
    assert find_parents(write_folder(tmp_path / "in", rows, fields=OUTLINE)) == {"A": "b"}


# Sources.


@pytest.mark.parametrize(
    ("cell", "title"),
    [
        ("A Made-up Handbook", "A Made-up Handbook"),
        ("a made–up handbook", "A Made-up Handbook"),
        ("doi:10.1234/abc", "A Made-up Handbook"),
        ("https://doi.org/10.1234/DEF", "Findings That Nobody Made"),
        ("https://example.org/findings", "Findings That Nobody Made"),
        ("Lee (2025)", "A Made-up Handbook"),
        ("Lee et al., 2025", "A Made-up Handbook"),
        ("Day2024", "Findings That Nobody Made"),
        ("Lee (2024)", None),
        ("Handbook", None),
        ("", None),
    ],
)
def test_source_is_named_by_title_doi_address_or_citation(tmp_path: Path, cell: str, title: str | None) -> None:
    row = io.StringIO()
    csv.writer(row).writerow(["M", "What is done.", cell])
    readings = read_captures([write_folder(tmp_path / "in", row.getvalue(), fields="Mitigation_Name,Definition,Source\n")])
    ((source, key),) = [
        (page.source and page.source.title.published, page.source and page.source.key) for page in readings.pages if page.entries
    ]
    assert (source, key) == ((title, "") if title else ("", cell) if cell else (None, None))
    assert [one.rule for one in readings.findings if one.rule == "TAB-07"] == ([] if title else ["TAB-07"])
    assert readings.rejected == ()


def test_source_that_may_be_one_of_two_is_none(tmp_path: Path) -> None:
    documents = DOCUMENTS + "Another Handbook,Lee,Ann Lee,2025,,,\n"
    rows = "M,What is done.,Lee (2025)\nM2,What is done.,Another Handbook\n"
    readings = read_captures([write_folder(tmp_path / "in", rows, fields="Mitigation_Name,Definition,Source\n", documents=documents)])
    (said,) = [one for one in readings.findings if one.rule == "TAB-07"]
    assert said.location.row == 2
    assert "any of 2 documents" in said.message
    assert [page.source.is_described for page in readings.pages if page.entries] == [False, True]


def test_doi_becomes_an_address_where_there_is_none(graph: airm_graph.Graph) -> None:
    (source,) = (s for s in records_of(graph).sources if s.titles[0].value == "A Made-up Handbook")
    assert [url.value for url in source.urls] == ["https://doi.org/10.1234/abc"]
    assert {agent.key for s in records_of(graph).sources for agent, _ in s.creators} == {
        *("agent/ann-lee", "agent/bo-chen", "agent/day-cy", "agent/fox-eve"),
    }


def test_odd_doi_is_a_finding_and_left_out(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in", documents="Title,Author list,Year,DOI\nA Made-up Handbook,Ann Lee,2025,see web\n")
    assert ("TAB-16", 2, "DOI") in find_rules(folder)


@pytest.mark.parametrize(
    ("line", "separator"),
    [("Lee, Ann; Chen, Bo", ";"), ("Ann Lee, Bo Chen, et al.", ","), ("Lee, Ann", ";"), ("Ann Lee\nBo Chen", "\n"), ("Lee, Ann, Bo", None)],
)
def test_separator_of_authors_is_told_by_the_line(line: str, separator: str | None) -> None:
    assert find_separator(line) == separator


INLINE = (
    "edition: v2\ntables:\n  mitigations:\n    names: given-first\n    separator: auto\n    columns:\n      name: Measure\n"
    "      code: Nr\n      source: {title: Paper, authors: Authors, issued: Year, doi: DOI}\n"
)


def test_documents_given_in_the_rows_need_no_table_of_their_own(tmp_path: Path) -> None:
    rows = (
        'One,1.1.2,A Made-up Handbook,"Ann Lee, Bo Chen",2025,10.1234/abc\n'
        'Two,1.1.3,A Made-up Handbook,"Ann Lee, Bo Chen",2025,10.1234/abc\n'
        "Three,1.1.3,Findings That Nobody Made,Cy Day,2024,\n"
        "Four,1.1.3,,Cy Day,2024,\n"
        "Five,1.1.3,Without People,,2024,\n"
    )
    folder = write_folder(tmp_path / "in", rows, fields="Measure,Nr,Paper,Authors,Year,DOI\n", documents="", mapping=INLINE)
    readings = read_captures([folder])
    assert [(one.rule, one.location.row, one.location.column) for one in readings.findings if one.rule in {"TAB-07", "TAB-36"}] == [
        ("TAB-36", 6, "Authors"),
        ("TAB-07", 5, "Paper"),
    ]
    records = merge_pages(readings.pages)
    assert [m.key for m in records.mitigations if m.source] == [
        *("mitigation/2024-without-people/five", "mitigation/day-2024-findings-nobody/three"),
        *("mitigation/lee-2025-made-up/one", "mitigation/lee-2025-made-up/two"),
    ]
    (four,) = [m for m in records.mitigations if not m.source]
    assert four.key.endswith("-r5/four")
    assert [[evidence.row for evidence in source.evidence] for source in records.sources] == [[6], [4], [2]]


def test_rows_that_describe_one_document_differently_are_reported(tmp_path: Path) -> None:
    rows = "One,1.1.2,A Made-up Handbook,Ann Lee,2025,\nTwo,1.1.3,A Made-up Handbook,Ann B. Lee,2025,\n"
    folder = write_folder(tmp_path / "in", rows, fields="Measure,Nr,Paper,Authors,Year,DOI\n", documents="", mapping=INLINE)
    records = merge_pages(read_captures([folder]).pages)
    assert len(records.sources) == 1
    assert [finding.rule for finding in records.findings] == ["MRG-04"]


# Repairs.

DAMAGED = "Red teaming,Resist aacks [88].,,A Made-up Handbook,,,2.2.2,It counters aacks.,,,,,,,\n"


def test_repair_of_a_cell_is_listed_with_the_cell_and_the_character(tmp_path: Path) -> None:
    graph = airm_graph.build([write_folder(tmp_path / "in", DAMAGED)])
    (mitigation,) = records_of(graph).mitigations
    assert [said.value for said in mitigation.descriptions] == ["Resist attacks."]
    assert [said.value for said in mitigation.classifications[0].reasonings] == ["It counters attacks."]
    made = [(evidence.row, evidence.column, repair.line, repair.position, repair.rule) for evidence, repair in records_of(graph).repairs]
    assert sorted(made) == [
        (2, "Definition", 1, 8, "lost-ligature"),
        (2, "Definition", 1, 13, "citation-mark"),
        (2, "llm_reasoning", 1, 13, "lost-ligature"),
    ]
    assert {s.rsplit("/", 1)[1] for s, p, o, _ in graph.asserted if (p, o) == (term("rdf:type"), term("airm:Repair"))} == {
        "r2-definition-l1-c8-lost-ligature>",
        "r2-definition-l1-c13-citation-mark>",
        "r2-llm-reasoning-l1-c13-lost-ligature>",
    }
    assert graph.report.conforms
    assert set(build_back(graph, tmp_path / "out").asserted) == set(graph.asserted)


def test_text_is_published_as_it_stands_where_the_mapping_does_not_ask_for_repairs(tmp_path: Path) -> None:
    mapping = (
        (find_resource("ontology/mappings") / "publisher.yaml").read_text(encoding="utf-8").replace("texts: repaired", "texts: as-they-are")
    )
    records = merge_pages(read_captures([write_folder(tmp_path / "in", DAMAGED, mapping=mapping)]).pages)
    assert [said.value for said in records.mitigations[0].descriptions] == ["Resist aacks [88]."]
    assert records.repairs == ()


def test_damaged_text_of_a_table_is_that_of_the_page_it_was_taken_from(tmp_path: Path) -> None:
    rows = "Measure,Resist aacks [88] that come from outside of it.,,A Made-up Handbook,,,2.2.2,,,,,,,,\n"
    plain = write_folder(tmp_path / "a", rows)
    other = write_folder(tmp_path / "b", rows.replace("aacks [88]", "attacks"))
    assert "MRG-02" not in {finding.rule for finding in merge_pages(read_captures([plain, other]).pages).findings}


# Mapping files.


def read_as_text(text: str) -> object:
    return yaml.load(text, Loader=yaml.BaseLoader)


@pytest.mark.parametrize("path", sorted(find_resource("ontology/mappings").glob("*.yaml")), ids=lambda path: path.stem)
def test_builtin_mapping_is_valid_and_names_its_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    VALIDATOR.validate(read_as_text(text))
    VALIDATOR.validate(yaml.safe_load(text))
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == find_resource("schemas/mapping.schema.json").resolve()


def test_mapping_of_the_guide_is_valid_and_read() -> None:
    guide = (ROOT / "docs" / "guides" / "tables.md").read_text(encoding="utf-8")
    text = guide.partition("```yaml\n")[2].partition("```")[0]
    VALIDATOR.validate(yaml.safe_load(text))
    mapping = read_mapping(text.encode(), file="guide.yaml")
    assert mapping.tables["mitigations"].roles == {"actor": ("Main actor", "Other actors")}
    assert mapping.tables["sources"].keys == ("identifier", "title")


def test_schema_names_the_columns_of_exported_tables() -> None:
    assert read_resource("schemas/mapping.schema.json") == write_schema(), "make generated writes it"


def test_schema_is_one_and_describes_every_key() -> None:
    VALIDATOR.check_schema(SCHEMA)
    assert SCHEMA["$id"] == BASE + "schemas/mapping.schema.json"
    silent = []

    def look(node: object, path: str) -> None:
        for name, value in node.get("properties", {}).items() if isinstance(node, dict) else ():
            if isinstance(value, dict) and "description" not in value and "$ref" not in value and "required" not in value:
                silent.append(f"{path}/{name}")
            look(value, f"{path}/{name}")

    look(SCHEMA, "")
    assert silent == []


M = "edition: v2\ntables:\n  mitigations:\n    columns: {name: N, source: S"
D = "edition: v2\ntables:\n  sources:\n    columns: {title: T, authors: A"
JUDGED = [
    (M + "}", True),
    (M + ", actor: [A, B], lifecycle: L, children: C, note: X}", True),
    (M + ", actor: []}", False),
    (M + ", actor: [A, A]}", False),
    (M + ", actor: {a: b}}", False),
    (M + ", name2: X}", False),
    (M + ", code: [C]}", False),
    (M + ", code: ''}", False),
    (M + ", code: '  '}", False),
    (M + "}\n    classifications: []", False),
    (M + "}\n    classifications: [{name: llm, columns: {code: C}}]", True),
    (M + "}\n    classifications: [{name: llm, columns: {code: C, name: N}}]", False),
    (M + "}\n    classifications: [{name: llm, columns: {reason: C}}]", False),
    (M + "}\n    classifications: [{name: LLM, columns: {code: C}}]", False),
    (M + "}\n    classifications: [{name: a--b, columns: {code: C}}]", False),
    (M + "}\n    classifications: [{columns: {code: C}}]", False),
    (M + "}\n    classifications: [{name: llm}]", False),
    (M + "}\n    classifications: [{name: llm, kind: robot, columns: {code: C}}]", False),
    (M + "}\n    classifications: [{name: llm, kind: software, agent: LLM, separator: ',', columns: {code: C}}]", True),
    (M + "}\n    classifications: {name: llm}", False),
    (M + "}\n    schemes: [{name: a, title: A, columns: {label: L}}]", True),
    (M + "}\n    schemes: [{name: a, title: A, columns: {code: C, label: L}, separator: '|'}]", True),
    (M + "}\n    schemes: [{name: A b, title: A, columns: {label: L}}]", False),
    (M + "}\n    schemes: [{name: a, title: A, columns: {}}]", False),
    (M + "}\n    schemes: [{name: a, columns: {label: L}}]", False),
    (M.replace("name: N", "name: [N, T]") + "}", True),
    (M + "}\n    separators: {actor: ',', code: ' '}", True),
    (M + "}\n    separators: {name: ','}", False),
    (M + "}\n    separators: {code: ''}", False),
    (M + "}\n    optional: N", True),
    (M + "}\n    optional: [N, S]", True),
    (M + "}\n    optional: []", False),
    (M + "}\n    named-by: title", False),
    (M.replace("source: S", "source: {title: T, first author: F, doi: D}") + "}", True),
    (M.replace("source: S", "source: {title: T}") + "}", True),
    (M.replace("source: S", "source: {authors: T}") + "}", False),
    (M.replace("source: S", "source: [T]") + "}", False),
    (M.replace("name: N, ", "") + "}", False),
    (D + "}", False),
    (D + ", identifier: I}", True),
    (D + "}\n    named-by: title", True),
    (D + "}\n    named-by: [title, citation]", True),
    (D + "}\n    named-by: [title, identifier]", False),
    (D + ", identifier: I}\n    named-by: [title, identifier]", True),
    (D + ", identifier: I}\n    named-by: [name]", False),
    (D.replace(", authors: A", ", identifier: I") + "}", True),
    (D.replace("authors: A", "first author: A, identifier: I") + "}", True),
    (D + ", identifier: I}\n    names: last-first", False),
    (D + ", identifier: I}\n    separator: auto", True),
    ("edition: v2\ntables: {}", True),
    ("edition: v2\ntables: {}\ncells: guarded", True),
    ("edition: v2\ntables: {}\ncells: safe", False),
    ("edition: v2\ntables: {}\ntexts: repaired", True),
    ("edition: v2\ntables: {}\ntexts: better", False),
    ("edition: v2\ntables: {taxonomy: {columns: {code: C, label: L}}}", True),
    ("edition: v2\ntables: {taxonomy: {columns: {code: C}}}", False),
    ("edition: v2\ntables: {taxonomy: {}}", False),
    ("edition: v2\ntables: {graph-agents: {columns: {name: n, kind: k, agent: a}}}", True),
    ("edition: v2\ntables: {graph-agents: {columns: {name: n, kind: k}}}", False),
    ("edition: v2\ntables: {graph-agents: {columns: {name: n, kind: k, agent: a}, names: given-first}}", False),
    ("edition: v2\ntables: {}\nlabels: {'1': One}\nagents: {a@example.org: A}", True),
    ("edition: v2\ntables: {}\nlabels: {'1': ''}", False),
    ("edition: v2\ntables: {}\nlicence: https://example.org/l", True),
    ("edition: v2\ntables: {}\nlicence: ftp://example.org/l", False),
    ("edition: v2\ntables: {}\norigin: 'https://example.org/a b'", False),
    ("edition: v9\ntables: {}", False),
    ("edition: v2", False),
    ("tables: {}", True),
    ("tables: {taxonomy: {columns: {code: C, label: L}}}", False),
    ("tables: {mitigations: {columns: {name: N, source: S, code: C}}}", False),
    ("tables: {mitigations: {columns: {name: N, source: S}}}", True),
    ("tables: {mitigations: {columns: {name: N}, document: {title: A handbook, issued: '2024'}}}", True),
    ("tables: {mitigations: {columns: {name: N}, document: {authors: Ann Lee}}}", False),
    ("tables: {mitigations: {columns: {name: N, source: S}, document: {title: A handbook}}}", False),
    ("tables: {}\nrecords: controls", True),
    ("tables: {}\nfiles: [abc]", False),
    ("edition: v2\ntables: []", False),
    ("edition: v2\ntables: {}\ntitle: [a]", False),
    ("edition: v2\ntables: {}\nother: a", False),
]


@pytest.mark.parametrize(("text", "is_good"), JUDGED)
def test_reader_and_schema_judge_a_mapping_alike(text: str, is_good: bool) -> None:
    try:
        read_mapping(text.encode(), file="a.yaml")
        is_read = True
    except InputError:
        is_read = False
    assert (is_read, VALIDATOR.is_valid(read_as_text(text))) == (is_good, is_good)


@settings(max_examples=60)
@given(st.data())
def test_reader_and_schema_agree_on_parts_put_together_by_chance(data: st.DataObject) -> None:
    texts = st.sampled_from(["N", "", " ", "v2"])
    names = ("name", "source", "code", "actor", "title", "authors", "identifier", "odd")
    columns = st.dictionaries(st.sampled_from(names), st.one_of(texts, st.lists(texts, max_size=2)), max_size=4)
    given_ = st.fixed_dictionaries(
        {}, optional={"name": st.sampled_from(["llm", "A", "a-b"]), "columns": columns, "kind": st.sampled_from(["person", "cat"])}
    )
    table = st.fixed_dictionaries(
        {"columns": columns},
        optional={"optional": st.lists(texts, max_size=2), "separator": texts, "classifications": st.lists(given_, max_size=1)},
    )
    mapping = st.fixed_dictionaries(
        {
            "edition": st.sampled_from(["v1", "v2", "v3"]),
            "tables": st.dictionaries(st.sampled_from(["mitigations", "sources", "odd"]), table, max_size=2),
        }
    )
    made = data.draw(mapping)
    try:
        read_mapping(json.dumps(made).encode(), file="a.yaml")
        is_read = True
    except InputError:
        is_read = False
    assert is_read == VALIDATOR.is_valid(made)


def test_classifications_of_one_name_are_refused(tmp_path: Path) -> None:
    text = M + "}\n    classifications: [{name: a, columns: {code: C}}, {name: a, columns: {code: E}}]"
    with pytest.raises(InputError, match="two classifications are called 'a'"):
        read_mapping(text.encode(), file="a.yaml")


def test_mapping_beside_tables_is_used_for_their_folder_only(tmp_path: Path) -> None:
    mapping = "edition: v1\ntables: {mitigations: {columns: {name: Mitigation_Name, source: {title: Source, first author: Definition}}}}"
    write_folder(tmp_path / "in" / "a", mapping=mapping)
    write_folder(tmp_path / "in" / "b")
    editions = {page.capture.file_names[0]: page.capture.edition for page in read_captures([tmp_path / "in"]).pages}
    assert (editions["a/mitigations.csv"], editions["b/mitigations.csv"]) == ("v1", "v2")


def test_document_that_rows_elsewhere_name_is_used(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "in")
    tables = [table for name in ("mitigations.csv", "sources.csv") for table in read_tables(folder / name, file=name)]
    said = []
    for named in ([], ["Findings That Nobody Made"]):
        reader = FolderReader(tables, mappings=load_builtin_mappings())
        pages = [*reader.read(), *reader.read_rest({}, named={"publisher": named})]
        said.append([finding.rule for finding in reader.finish(pages).findings].count("TAB-13"))
    assert said == [1, 0]


# Proposals.


def certain(folder: Path) -> tuple[dict[str, dict[str, str]], str]:
    """What is proposed for certain: kind of table → header → meaning."""
    proposal, _, _ = propose_mapping([folder])
    found = {table.kind: {guess.profile.header: guess.what for guess in table.guesses if guess.is_certain} for table in proposal.tables}
    assert VALIDATOR.is_valid(read_as_text(proposal.yaml)) is not bool(proposal.missing)
    return found, proposal.yaml


def test_first_edition_is_proposed_as_its_mapping_says(first_edition: Path) -> None:
    _, text = certain(first_edition)
    proposed, known = read_mapping(text.encode(), file="a.yaml"), next(m for m in load_builtin_mappings() if m.name == "mit-v1")
    assert proposed.edition == known.edition
    assert proposed.tables.keys() == known.tables.keys()
    for kind, table in known.tables.items():
        assert proposed.tables[kind].columns == table.columns
        assert (proposed.tables[kind].given_first, proposed.tables[kind].separator) == (table.given_first, table.separator)
    for line in ("# licence:", "# status:", "# origin:", "# agents:", "# labels:"):
        assert line in text


def test_names_of_the_publisher_are_proposed_as_their_mapping_says(folder: Path) -> None:
    _, text = certain(folder)
    proposed, known = read_mapping(text.encode(), file="a.yaml"), next(m for m in load_builtin_mappings() if m.name == "publisher")
    assert proposed.edition == "v2"
    mitigations, sources = proposed.tables["mitigations"], known.tables["sources"]
    assert mitigations.columns == known.tables["mitigations"].columns
    assert mitigations.roles == known.tables["mitigations"].roles
    assert mitigations.classifications == known.tables["mitigations"].classifications
    assert proposed.tables["sources"].columns == sources.columns


def test_shuffled_and_renamed_headers_are_told_by_their_values(tmp_path: Path, first_edition: Path) -> None:
    renamed = {"ID": "Record ID", "Name": "Measure", "Description": "Details", "Source ID": "x1", "Code": "x2", "Code label": "x3"}
    renamed |= {"Classified by": "Annotator", "Classification date": "x4"}
    with (first_edition / "mitigations.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    order = random.Random(5).sample(range(len(header)), len(header))
    (tmp_path / "in").mkdir()
    with (tmp_path / "in" / "m.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[renamed[header[at]] for at in order], *([row[at] for at in order] for row in rows)])
    shutil.copy(first_edition / "sources.csv", tmp_path / "in" / "s.csv")
    found, text = certain(tmp_path / "in")
    known = next(m for m in load_builtin_mappings() if m.name == "mit-v1").tables["mitigations"].columns
    assert found["mitigations"] == {renamed[header]: what for what, header in known.items()}
    assert read_mapping(text.encode(), file="a.yaml").edition == "v1"


def test_what_is_not_sure_is_a_comment_and_the_answer_is_no(tmp_path: Path) -> None:
    rows = "".join(f"word{n},other{n % 3},thing{n}\n" for n in range(20))
    folder = write_folder(tmp_path / "in", rows, fields="a1,b1,c1\n", documents="")
    done = CliRunner().invoke(cli, ["map", str(folder)], standalone_mode=False)
    assert done.return_value == 1
    assert not [line for line in done.stdout.splitlines() if line.strip().endswith("a1") and not line.strip().startswith("#")]
    assert "not sure: name of mitigations" in done.stderr
    for table in propose_mapping([folder])[0].tables:
        assert all(guess.confidence < CERTAIN and guess.reason for guess in table.guesses)


def test_header_alone_does_not_make_codes_of_what_is_none(tmp_path: Path) -> None:
    rows = "".join(f"Measure {n},Text number {n}.,Handbook,green\n" for n in range(5))
    found, _ = certain(write_folder(tmp_path / "in", rows, fields="Name,Description,Source,Code\n", documents=""))
    assert "Code" not in found["mitigations"]


def test_separators_are_found_by_what_they_part(tmp_path: Path) -> None:
    rows = "".join(f'Measure {n},Text.,Handbook,"1.1.{n % 3 + 1}|2.2.2","Developer, Deployer"\n' for n in range(5))
    _, text = certain(write_folder(tmp_path / "in", rows, fields="Name,Description,Source,Codes,Actors\n", documents=""))
    assert read_mapping(text.encode(), file="a.yaml").tables["mitigations"].separators == {"code": "|", "actor": ","}


def test_map_writes_a_mapping_that_build_uses(tmp_path: Path, folder: Path) -> None:
    copy = tmp_path / "in"
    shutil.copytree(folder, copy)
    done = CliRunner().invoke(cli, ["map", str(copy), "-o", str(copy / "mapping.yaml")], standalone_mode=False)
    assert (done.return_value, done.stdout) == (0, "")
    assert "Mitigation_Name" in done.stderr
    readings = read_captures([copy])
    assert {count.file: count.quarantined for count in readings.counts} == {"mitigations.csv": 0, "sources.csv": 0}
    assert [one.rule for one in readings.findings if one.rule == "TAB-07"] == ["TAB-07"] * 2


@pytest.mark.parametrize("suffix", ["json", "jsonl", "csv.gz", "xlsx"])
def test_other_formats_are_mapped_read_and_brought_back(tmp_path: Path, folder: Path, graph: airm_graph.Graph, suffix: str) -> None:
    location = tmp_path / "in"
    location.mkdir()
    for name in ("mitigations", "sources"):
        write_as(folder / f"{name}.csv", location / f"{name}.{suffix}")
    found = {table.kind: [guess.what for guess in table.guesses if guess.is_certain] for table in propose_mapping([location])[0].tables}
    assert {"name", "source", "description", "parent", "children", "code"} <= set(found["mitigations"])
    built = airm_graph.build([location])
    assert {m.key for m in records_of(built).mitigations} == {m.key for m in records_of(graph).mitigations}
    assert set(build_back(built, tmp_path / "tables").asserted) == set(built.asserted)


def write_as(source: Path, target: Path) -> None:
    """Write a CSV table in the format that the name says."""
    with source.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    records = [dict(zip(header, row, strict=True)) for row in rows]
    if target.suffix == ".json":
        target.write_text(json.dumps(records), encoding="utf-8")
    elif target.suffix == ".jsonl":
        target.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    elif target.suffix == ".gz":
        target.write_bytes(gzip.compress(source.read_bytes()))
    else:
        book = openpyxl.Workbook()
        for row in (header, *rows):
            book.active.append(row)
        book.save(target)


@pytest.mark.parametrize("name", ["no.csv", "empty.csv"])
def test_map_of_what_is_no_table_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(InputError):
        propose_mapping([tmp_path / name])


# There and back.


def build_back(graph: airm_graph.Graph, folder: Path) -> airm_graph.Graph:
    graph.write_tables(folder)
    back = airm_graph.build([folder])
    assert all(count.quarantined == 0 for count in back.tables)
    return back


def test_examples_and_tables_go_to_tables_and_back(tmp_path: Path, example_graph: airm_graph.Graph, graph: airm_graph.Graph) -> None:
    for number, made in enumerate((example_graph, graph)):
        back = build_back(made, tmp_path / str(number))
        assert set(back.asserted) == set(made.asserted)
        assert back.digest == made.digest


def test_first_edition_and_captures_go_to_tables_and_back(tmp_path: Path, first_edition: Path, captures: Path) -> None:
    graph = airm_graph.build([first_edition, captures])
    back = build_back(graph, tmp_path / "tables")
    assert set(back.asserted) == set(graph.asserted)
    assert len(records_of(back).mitigations) > 628


@pytest.mark.parametrize("is_mapped", [True, False])
def test_tables_that_were_exported_before_reasons_had_a_column_are_read(
    tmp_path: Path, example_graph: airm_graph.Graph, is_mapped: bool
) -> None:
    written = example_graph.write_tables(tmp_path)
    with written["mitigations.csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    position = rows[0].index("reason")
    with written["mitigations.csv"].open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([*row[:position], *row[position + 1 :]] for row in rows)
    if not is_mapped:
        head, column, tail = written["mapping.yaml"].read_text(encoding="utf-8").partition("      reason: reason\n")
        assert column
        written["mapping.yaml"].write_text(head + tail, encoding="utf-8")
    back = airm_graph.build([tmp_path])
    lost = set(example_graph.asserted) - set(back.asserted)
    assert {p for _, p, _, _ in lost} == {term("airm:reasoning")}
    assert not set(back.asserted) - set(example_graph.asserted)


def test_written_graph_goes_to_tables_and_back(tmp_path: Path, example_graph: airm_graph.Graph, example_dist: Path) -> None:
    back = build_back(airm_graph.load(example_dist), tmp_path / "tables")
    assert set(back.asserted) == set(example_graph.asserted)


def test_graph_without_named_graphs_comes_back_with_the_same_triples(
    tmp_path: Path, example_graph: airm_graph.Graph, example_dist: Path
) -> None:
    back = build_back(airm_graph.load(example_dist / "airm.ttl"), tmp_path / "tables")
    assert {row[:3] for row in back.asserted} == {row[:3] for row in example_graph.asserted}


def test_graph_with_a_base_of_its_own_comes_back(tmp_path: Path, folder: Path, graph: airm_graph.Graph) -> None:
    elsewhere = airm_graph.build([folder], base="https://example.org/risk/")
    assert set(build_back(elsewhere, tmp_path / "tables").asserted) == set(graph.asserted)


def test_tables_of_a_graph_are_the_same_bytes_whoever_writes_them(tmp_path: Path, graph: airm_graph.Graph) -> None:
    first, again = graph.write_tables(tmp_path / "a"), build_back(graph, tmp_path / "b").write_tables(tmp_path / "c")
    assert {name: path.read_bytes() for name, path in first.items()} == {name: path.read_bytes() for name, path in again.items()}
    VALIDATOR.validate(read_as_text(first["mapping.yaml"].read_text(encoding="utf-8")))
    assert "do not share or cite" in first["mapping.yaml"].read_text(encoding="utf-8")
    assert "do not share or cite" in first["captures.csv"].read_text(encoding="utf-8")


def test_exported_graph_and_what_it_was_made_of_are_one_graph(tmp_path: Path, example_graph: airm_graph.Graph) -> None:
    example_graph.write_tables(tmp_path / "tables")
    both = airm_graph.build([ROOT / "examples", tmp_path / "tables"])
    assert set(both.asserted) == set(example_graph.asserted)
    assert Counter(f.rule for f in both.report.findings) == Counter(f.rule for f in example_graph.report.findings)


def test_contradictions_are_reported_of_a_graph_that_came_back(tmp_path: Path, graph: airm_graph.Graph) -> None:
    found = [f.rule for f in build_back(graph, tmp_path / "tables").report.findings if f.rule.startswith("MRG")]
    assert found == [f.rule for f in graph.report.findings if f.rule.startswith("MRG")]


def test_join_of_nothing_changes_nothing(folder: Path) -> None:
    records = merge_pages(read_captures([folder]).pages)
    assert join_records(records, [records.__class__()]) is records


def test_joins_and_numbers_of_documents_survive_the_company_of_an_exported_graph(tmp_path: Path, graph: airm_graph.Graph) -> None:
    records = merge_pages(read_captures([write_folder(tmp_path / "a"), write_folder(tmp_path / "b")]).pages)
    graph.write_tables(tmp_path / "tables")
    joined = join_records(records, read_captures([tmp_path / "tables"]).restored)
    assert joined.links == records.links
    numbers = {number.value for source in joined.sources for number in source.identifiers}
    assert numbers == {"doi:10.1234/abc", "doi:10.1234/def"}
    only_tables = join_records(records.__class__(captures=records.captures), read_captures([tmp_path / "tables"]).restored)
    assert {number.value for source in only_tables.sources for number in source.identifiers} == numbers


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("mitigations.csv", "source", "source/nobody", "TAB-34"),
        ("mitigations.csv", "evidence", "", "TAB-34"),
        ("mitigations.csv", "actor", "Nobody", "TAB-34"),
        ("mitigations.csv", "mitigation", "mitigation/../x", "TAB-35"),
        ("mitigations.csv", "part of", "elsewhere", "TAB-35"),
        ("classifications.csv", "code", "7.7", "TAB-34"),
        ("classifications.csv", "mitigation", "mitigation/a/b", "TAB-34"),
        ("classifications.csv", "agents", "agent/nobody", "TAB-34"),
        ("classifications.csv", "edition", "v3", "TAB-35"),
        ("classifications.csv", "by", "A B", "TAB-35"),
        ("sources.csv", "addresses", "not one", "TAB-35"),
        ("sources.csv", "numbers", "10.1000/xyz", "TAB-35"),
        ("sources.csv", "issued", "soon", "TAB-35"),
        ("evidence.csv", "row", "x", "TAB-35"),
        ("evidence.csv", "text", "", "TAB-35"),
        ("evidence.csv", "evidence", "0123456789abcdef/r1", "TAB-34"),
        ("captures.csv", "sha256", "x", "TAB-35"),
        ("captures.csv", "retrieved", "2026-99-99", "TAB-35"),
        ("agents.csv", "kind", "cat", "TAB-35"),
    ],
)
def test_exported_row_that_was_spoilt_is_set_aside(
    tmp_path: Path, graph: airm_graph.Graph, table: str, column: str, value: str, rule: str
) -> None:
    written = graph.write_tables(tmp_path / "in")
    with written[table].open(encoding="utf-8", newline="") as file:
        header, first, *rows = csv.reader(file)
    first[header.index(column)] = value
    with written[table].open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, first, *rows])
    readings = read_captures([tmp_path / "in"])
    assert (table, 2, column, rule) in {
        (entry.location.file, entry.location.row, entry.location.column, entry.rule) for entry in readings.rejected
    }
    assert all(count.read == count.used + count.quarantined for count in readings.counts)


@given(st.text())
def test_armed_cell_is_never_run_and_always_comes_back(text: str) -> None:
    armed = escape_cell(text)
    assert unescape_cell(armed) == text
    assert escape_formula(armed) == armed


@pytest.mark.parametrize("cell", ["=1+1", "'=1+1", "''=1+1", "'plain'", "json:x", 'json:"x"', "-3", "\t=x", "a\rb", "\x07", "'"])
def test_cells_that_spreadsheets_would_run_come_back(cell: str) -> None:
    assert unescape_cell(escape_cell(cell)) == cell
    assert not escape_cell(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_cells_that_spreadsheets_would_run_go_there_and_back(tmp_path: Path) -> None:
    rows = '=1+1,"=HYPERLINK(""https://example.org"")",,A Made-up Handbook,,,2.2.2,-it tests; @all,,,,,,,\n'
    rows += "'=quoted,'+plain.,,A Made-up Handbook,,,,,,,,,,,\n"
    graph = airm_graph.build([write_folder(tmp_path / "in", rows)])
    written = graph.write_tables(tmp_path / "out")
    for path in written.values():
        with path.open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if path.suffix == ".csv" and escape_formula(cell) != cell]
    assert set(airm_graph.build([tmp_path / "out"]).asserted) == set(graph.asserted)


def test_export_command_writes_a_folder_of_tables(tmp_path: Path, folder: Path) -> None:
    out = tmp_path / "tables"
    done = CliRunner().invoke(cli, ["export", str(folder), "--format", "table", "-o", str(out)], standalone_mode=False)
    assert done.return_value == 0
    assert sorted(path.name for path in out.iterdir()) == [
        *("agents.csv", "captures.csv", "classifications.csv", "evidence.csv", "mapping.yaml"),
        *("mitigations.csv", "repairs.csv", "sources.csv", "subjects.csv"),
    ]
    for arguments in (["export", str(folder), "--format", "table"], ["export", str(folder), "-o", str(out)]):
        assert CliRunner().invoke(cli, arguments).exit_code == 2
