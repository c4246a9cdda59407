"""Items of other frameworks that input names: form, edition and label, wherever they can stand."""

from pathlib import Path

import duckdb
import pytest

import airm_graph
from airm_graph.ingest.captures.sidecar import read_sidecar
from airm_graph.ingest.decisions import read_decisions
from airm_graph.ingest.external import find_match_findings
from airm_graph.ingest.framework_items import MENTIONS, check_item, find_problems, load_items
from airm_graph.model import Finding

RIGHT = [
    *("AML.M0015", "AML.M0015: Adversarial Input Detection", "AML.T0051.000", "AML.TA0002", "AML.CS0016", "GOVERN 1.1", "Measure 2.13"),
    *("GV-1.1-001", "LLM06:2025 Excessive Agency", "EU AI Act, Article 15", "Article 113 of the AI Act", "ISO/IEC 42001, A.6.2.8"),
    *("dpv:AILiteracy", "AML.M0099", "LLM07:2030"),  # what later editions may have is not judged
    *("LLM agents", "map 2.1 of the building", "Article 200 of the statute", "A.6.2.9", "measure 9.9"),  # named by nobody
]
WRONG = [
    ("AML.M015", "IDN-01", "AML.M0015 (Adversarial Input Detection)"),
    ("AML-M0015", "IDN-01", "AML.M0015"),
    ("AML.T51", "IDN-01", "four digits"),
    ("AML.M0003 Adversarial Input Detection", "IDN-03", "AML.M0015"),
    ("GOVERN 1.9", "IDN-01", "GOVERN 1.7"),
    ("MANAGE 5.1", "IDN-01", "MANAGE 4.1"),
    ("GV-1.9-001", "IDN-01", "GOVERN 1.7"),
    ("GV-1.1-1", "IDN-01", "GV-1.1-001"),
    ("LLM06", "IDN-01", "LLM06:2023 (Sensitive Information Disclosure) or LLM06:2025 (Excessive Agency)"),
    ("LLM11:2025", "IDN-01", "LLM10:2025"),
    ("LLM03:2023", "IDN-02", "LLM04:2025 (Data and Model Poisoning)"),
    ("LLM10:2023", "IDN-02", "nothing took its place"),
    ("LLM01:2025 (Excessive Agency)", "IDN-03", "LLM06:2025"),
    ("Article 114 of the EU AI Act", "IDN-01", "Article 11"),
    ("ISO/IEC 42001 A.6.2.9", "IDN-01", "A.6.2.8"),
    ("dpv:AILiteracies", "IDN-01", "dpv:AILiteracy"),
]
SOURCES = 'ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025-03-01,\n'
HEAD = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"


@pytest.mark.parametrize("text", RIGHT)
def test_right_identifier_and_what_is_none_are_not_judged(text: str) -> None:
    assert find_problems(f"As {text} says.") == []


@pytest.mark.parametrize(("text", "rule", "near"), WRONG)
def test_wrong_identifier_is_named_with_the_nearest_right_one(text: str, rule: str, near: str) -> None:
    ((found, message),) = find_problems(f"As {text}, says who?")
    assert found == rule
    assert near in message


@pytest.mark.parametrize("text", [text for text, *_ in WRONG])
def test_pattern_for_sql_finds_all_that_is_judged(text: str) -> None:
    assert duckdb.execute("SELECT regexp_matches($1, $2)", [f"As {text}.", MENTIONS]).fetchall()[0] == (True,)


def test_listed_items_are_well_formed_and_beside_their_own_label() -> None:
    items = load_items().values()
    assert {item.framework for item in items} == {"ATLAS", "AI RMF", "ISO/IEC 42001", "EU AI Act", "OWASP LLM"}
    for item in items:
        rules = {rule for rule, _ in check_item(item.identifier, item.label)}
        assert rules == ({"IDN-02"} if item.replaced else set()), item
        assert item.replaced in {"", "none", *load_items()}


def of_items(findings: tuple[Finding, ...] | list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule.startswith("IDN")]


def test_finding_stands_at_the_cell_of_a_table_whichever_way_it_is_read(tmp_path: Path) -> None:
    rows = "A1,Logs,Keep logs as GOVERN 1.9 asks.,doc-1,3.1,Testing & Auditing,,\nA2,Gates,Keep gates.,doc-1,3.1,Testing & Auditing,,\n"
    for name, text in (("mitigations.csv", HEAD + rows), ("sources.csv", SOURCES)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (finding,) = of_items(airm_graph.build([tmp_path]).report.findings)
    assert finding.location
    assert (finding.rule, finding.location.row, finding.location.column) == ("IDN-01", 2, "Description")


def test_code_and_label_of_a_scheme_are_compared(tmp_path: Path) -> None:
    mapping = """tables:
  mitigations:
    document: {title: A Made-up Handbook}
    columns: {name: Name, description: Text}
    schemes: [{name: atlas, title: ATLAS, columns: {code: Item, label: Called}}]
"""
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    (tmp_path / "m.csv").write_text("Name,Text,Item,Called\nLogs,Keep logs.,AML.M0024,Model Hardening\n", encoding="utf-8")
    (finding,) = of_items(airm_graph.build([tmp_path]).report.findings)
    assert finding.location
    assert (finding.rule, finding.location.column) == ("IDN-03", "Item")


def test_finding_stands_at_the_line_of_a_capture_and_of_a_sidecar(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "examples" / "handbook-staged-release.txt").read_text(encoding="utf-8")
    changed = page.replace("Access grows in steps,", "Access grows in steps (AML.M015),")
    (tmp_path / "a.txt").write_text(changed, encoding="utf-8")
    found = of_items(airm_graph.build([tmp_path]).report.findings)
    assert [(one.rule, one.location and one.location.first_line) for one in found] == [("IDN-01", 7)]
    _, findings = read_sidecar(b"name: Staged release\nid: LLM03:2023\n", file="a.meta.yaml")
    assert [(one.rule, one.location and one.location.first_line) for one in of_items(findings)] == [("IDN-02", 2)]


def test_item_of_a_mapping_set_and_of_decisions_is_judged_at_its_row(tmp_path: Path) -> None:
    path = tmp_path / "mine.sssom.tsv"
    head = "#mapping_set_id: https://example.org/set\n#license: https://creativecommons.org/licenses/by/4.0/\n#curie_map:\n"
    curies = "#  atlas: https://atlas.mitre.org/mitigations/\n#  mine: https://example.org/\n"
    columns = "subject_id\tsubject_label\tpredicate_id\tobject_id\tobject_label\tmapping_justification\n"
    row = "mine:1\tLogs\tskos:closeMatch\tatlas:AML.M0024\tModel Hardening\tsemapv:ManualMappingCuration\n"
    path.write_text(head + curies + columns + row, encoding="utf-8")
    found = of_items(find_match_findings(path, name=path.name))
    assert [(one.rule, one.location and one.location.first_line) for one in found] == [("IDN-03", 7)]
    assert [one.rule for one in of_items(read_decisions([path]).findings)] == ["IDN-03"]
