"""Tables of one's own: nothing is stated that they do not say, and what is left out is said."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import airm_graph
from airm_graph.cli import cli
from airm_graph.ingest import propose_mapping
from airm_graph.ingest.formats import read_table, read_tables
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.model import Severity
from airm_graph.namespaces import iri, term
from airm_graph.rules import RULES

# Headers of the first edition's tables, with rows of nobody.
HEAD = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
SOURCES = "ID,Title,Authors,URL,Date,Abstract\ns1,A Made-up Handbook,Ann Lee,,2025,\n"
ROW = "A1,Red teaming,People try to break it.,s1,3.1,,who@example.org,\n"
TABLES = """tables:
  mitigations: {columns: {identifier: ID, name: Name, description: Description, source: Source ID, code: Code, agent: Classified by}}
  sources: {columns: {identifier: ID, title: Title, authors: Authors}}
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], standalone_mode=False)


def write(folder: Path, **files: str) -> Path:
    """Write files; the name of each says its suffix behind two underscores."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def objects(graph: airm_graph.Graph, predicate: str) -> set[str]:
    """What a property says in the graphs of captures."""
    return {o for _, p, o, g in graph.asserted if p == term(predicate) and "/capture/" in g}


# Rights.


def test_headers_alone_say_nothing_of_licence_address_and_agent(tmp_path: Path) -> None:
    graph = airm_graph.build([write(tmp_path / "in", mitigations__csv=HEAD + ROW, sources__csv=SOURCES)])
    assert not objects(graph, "dcterms:license")
    assert objects(graph, "dcterms:rights") == {iri("notice/preliminary")}
    assert all("by the names of the columns; licence, address and agents are not taken" in table.mapping for table in graph.tables)


def test_mapping_says_whose_licence_and_agents_these_are_by_the_digest_of_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", mitigations__csv=HEAD + ROW, sources__csv=SOURCES)
    digest = hashlib.sha256((HEAD + ROW).encode()).hexdigest()
    rights = "licence: https://example.org/licence\norigin: https://example.org/from\nagents: {who@example.org: Example Institute}\n"
    columns = "identifier: ID, name: Name, description: Description, source: Source ID, code: Code, agent: Classified by"
    tables = (
        f"tables:\n  mitigations: {{columns: {{{columns}}}}}\n  sources: {{columns: {{identifier: ID, title: Title, authors: Authors}}}}\n"
    )
    write(folder, mapping__yaml=f"edition: v2\n{rights}files: [{digest}]\n{tables}")
    known = airm_graph.build([folder])
    assert "<https://example.org/licence>" in objects(known, "dcterms:license")
    assert objects(known, "prov:wasAttributedTo") == {iri("agent/example-institute")}
    assert {table.mapping for table in known.tables} == {"mapping.yaml beside the table"}
    write(folder, mitigations__csv=HEAD + ROW.replace("A1", "A2"))
    other = airm_graph.build([folder])
    assert not objects(other, "dcterms:license") | objects(other, "dcterms:source") & {"<https://example.org/from>"}
    assert not [one for one in objects(other, "prov:wasAttributedTo") if "institute" in one]


# Relations.


WORDS = ("Access", "Audit", "Model", "Team", "Rate", "Drill", "Data", "Key", "Output", "Vendor", "Switch", "Notice")
CONTROLS = "ID,Name,Description,Source ID,{header}\n" + "".join(
    f"C-{n:02},{word} control,The team does it every quarter.,S1,C-{(n + 4) % 12 + 1:02}\n" for n, word in enumerate(WORDS, 1)
)
HANDBOOK = 'ID,Title,Authors,Year\nS1,A controls handbook,"Doe, Jane",2025\n'


@pytest.mark.parametrize("header", ["Related controls", "See also", "Depends on", "x1", "company_slug"])
def test_relation_that_the_header_does_not_say_is_a_comment(header: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", controls__csv=CONTROLS.format(header=header), sources__csv=HANDBOOK)
    proposal, counts, _ = propose_mapping([folder])
    assert not {"parent", "children"} & read_mapping(proposal.yaml.encode(), file="m.yaml").tables["mitigations"].columns.keys()
    assert [(count.read, count.used) for count in counts] == [(12, 12), (1, 1)]
    write(folder, mapping__yaml=proposal.yaml)
    assert not objects(airm_graph.build([folder]), "airm:partOf")


def test_relation_that_the_header_says_is_taken(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", controls__csv=CONTROLS.format(header="Part of"), sources__csv=HANDBOOK)
    assert "      parent: Part of" in propose_mapping([folder])[0].yaml


@pytest.mark.parametrize("values", [["1", "2", "3"], ["open", "closed", "draft"], ["2.5", "3.5", "4.5"]])
def test_number_or_state_is_never_a_document(values: list[str], tmp_path: Path) -> None:
    rows = "".join(f"Measure {n},The team does thing {n} in full.,{value}\n" for n, value in enumerate(values))
    folder = write(tmp_path / "in", m__csv="Name,Description,Reference\n" + rows)
    proposal, _, _ = propose_mapping([folder])
    assert [what.partition(":")[0] for what in proposal.missing] == ["source of mitigations"]


# What is proposed can be built.


ACTIONS = (
    "Action ID,Title,Description,Source\n"
    "GV-1,Keep an inventory,The team keeps an inventory of all AI systems.,https://example.org/doc.pdf\n"
    "GV-2,Test before release,The team tests every model before it is released.,https://example.org/doc.pdf\n"
)


def test_table_without_codes_authors_and_table_of_documents_goes_from_map_to_build(tmp_path: Path) -> None:
    table = write(tmp_path, actions__csv=ACTIONS) / "actions.csv"
    told = run("map", table, "-o", tmp_path / "m.yaml")
    assert (told.return_value, "actions.csv: 2 of 2 rows can be used" in told.stderr) == (0, True)
    assert "edition:" not in (tmp_path / "m.yaml").read_text(encoding="utf-8")
    built = run("build", table, "--mapping", tmp_path / "m.yaml", "-o", tmp_path / "dist")
    assert (built.return_value, "2 rows read = 2 used + 0 quarantined" in built.stderr) == (0, True)
    assert "TAB-36" in built.stderr


def test_whole_table_is_one_document_that_the_mapping_names(tmp_path: Path) -> None:
    table = write(tmp_path, actions__csv=ACTIONS.replace("Source", "Link")) / "actions.csv"
    assert run("map", table).return_value == 1
    assert run("map", table, "--document", "A plan of actions", "-o", tmp_path / "m.yaml").return_value == 0
    graph = airm_graph.build([table], mapping=tmp_path / "m.yaml")
    assert objects(graph, "dcterms:title") == {'"A plan of actions"'}
    assert objects(graph, "airm:source") == {iri("source/undated-plan-actions")}
    text = (tmp_path / "m.yaml").read_text(encoding="utf-8")
    (tmp_path / "m.yaml").write_text(
        text.replace("title: A plan of actions", "title: A plan of actions, issued: '2024', authors: Example Board")
    )
    graph = airm_graph.build([table], mapping=tmp_path / "m.yaml")
    assert objects(graph, "airm:source") == {iri("source/example-board-2024-plan-actions")}
    assert [str(found.message) for found in graph.report.findings if found.rule in {"TAB-15", "TAB-36"}] == []


def test_one_cause_is_told_once_with_its_rows(tmp_path: Path) -> None:
    rows = "".join(ROW.replace("A1", f"B{n}").replace(",3.1,", ",9.9,") for n in range(20))
    folder = write(tmp_path / "in", mitigations__csv=HEAD + ROW + rows, sources__csv=SOURCES, mapping__yaml=f"edition: v2\n{TABLES}")
    told = run("build", folder, "-o", tmp_path / "dist").stderr
    assert told.count("  TAB-05  ") == 1
    assert "(the same in rows 4, 5, 6, 7, 8, 9, 10, 11 and 11 more)" in told


# Formats.


CATALOGUE = {
    "catalog": {
        "groups": [
            {
                "title": "Access",
                "controls": [
                    {"id": "a-1", "title": "Review", "parts": [{"prose": "Review all access."}, {"prose": "Do it yearly."}]},
                    {"id": "a-2", "title": "Approve", "controls": [{"id": "a-2.1", "title": "Approve twice"}]},
                ],
            }
        ],
        "roles": [{"id": "r"}],
    }
}


def test_json_is_pointed_at_lists_of_a_name_at_any_depth(tmp_path: Path) -> None:
    table = tmp_path / "catalogue.json"
    table.write_text(json.dumps(CATALOGUE))
    assert "several lists of records" in read_table(table, file="c.json").findings[0].message
    (found,) = read_tables(table, file="c.json", records="controls")
    assert [found.get(row, "id") for row in found.rows] == ["a-1", "a-2", "a-2.1"]
    assert found.get(found.rows[0], "parts.prose") == "Review all access.\nDo it yearly."
    done = run("map", table, "--records", "controls", "--document", "A catalogue", "-o", tmp_path / "m.yaml")
    assert "3 of 3 rows can be used" in done.stderr
    assert len(objects(airm_graph.build([table], mapping=tmp_path / "m.yaml"), "dcterms:identifier")) == 3


YAML = "id: x\nmeasures:\n  - id: M1\n    name: Limit access\n    note: null\n  - id: 1.10\n    name: >-\n      Two\n      lines\n"


def test_yaml_is_read_with_every_value_as_it_stands() -> None:
    table = read_table(YAML.encode(), file="m.yaml")
    assert (table.header, table.media_type) == (("id", "name", "note"), "application/yaml")
    assert [(row.first_line, row.cells) for row in table.rows] == [(3, ("M1", "Limit access", "")), (6, ("1.10", "Two lines", ""))]


NAMED = """collection: {id: c, version: "2026.05"}
techniques:
  T1: {id: T1, name: A technique}
mitigations:
  M1:
    id: M1
    name: Limit release
    description:
      - The team publishes less; it says why.
      - [It lists exceptions., It reviews them.]
    lifecycle-phases: [Deployment]
    references: []
  M2: {id: M2, name: Filter output, description: The team filters what the model says.}
"""


def test_objects_under_their_identifiers_are_records_and_lists_of_texts_are_lines(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(NAMED)
    (table,) = read_tables(tmp_path / "all.yaml", file="all.yaml", records="mitigations")
    assert [table.get(row, "id") for row in table.rows] == ["M1", "M2"]
    assert table.get(table.rows[0], "description").split("\n")[1:] == ["It lists exceptions.", "It reviews them."]
    done = run("map", tmp_path / "all.yaml", "--records", "mitigations", "--document", "A matrix")
    assert (done.return_value, "2 of 2 rows can be used" in done.stderr) == (0, True)


def test_yaml_with_more_values_than_a_file_can_hold_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7))]
    (finding,) = read_table("\n".join(lines).encode(), file="m.yaml").findings
    assert (finding.rule, "1,000,000 in all" in finding.message) == ("TAB-01", True)


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_files_of_one_object_each_are_rows_of_one_table(suffix: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n, more in enumerate([{}, {"tags": ["a", "b"]}, {"summary": None}]):
        record = {"id": f"M{n}", "name": f"Measure {n}", "description": f"The team does thing {n}.", **more}
        (tmp_path / "in" / f"m{n}.{suffix}").write_text(json.dumps(record))
    assert run("map", tmp_path / "in", "--document", "A set of measures", "-o", tmp_path / "in" / "mapping.yaml").return_value == 0
    graph = airm_graph.build([tmp_path / "in"])
    assert objects(graph, "dcterms:identifier") == {'"M0"', '"M1"', '"M2"'}
    assert [table.used for table in graph.tables] == [1, 1, 1]


# Cells.


@pytest.mark.parametrize("cell", ["NULL", "n/a", "TBD", "None", "-", "NaN"])
@pytest.mark.parametrize("suffix", ["csv", "json", "yaml"])
def test_cell_that_holds_the_place_is_empty_in_every_format(cell: str, suffix: str) -> None:
    record = {"Name": "Logging", "Code": cell}
    text = {"csv": f"Name,Code\nLogging,{cell}\n", "json": json.dumps([record]), "yaml": json.dumps([record])}[suffix]
    table = read_table(text.encode(), file=f"a.{suffix}")
    assert (table.get(table.rows[0], "Name"), table.get(table.rows[0], "Code")) == ("Logging", "")


def test_error_of_a_formula_is_said_and_empty_in_csv_too(tmp_path: Path) -> None:
    rows = ROW.replace("Red teaming", "#REF!") + ROW.replace("A1", "A2").replace("People try to break it.", "#VALUE!")
    folder = write(tmp_path / "in", mitigations__csv=HEAD + rows, sources__csv=SOURCES, mapping__yaml=f"edition: v2\n{TABLES}")
    graph = airm_graph.build([folder])
    assert not [text for text in objects(graph, "rdfs:label") | objects(graph, "dcterms:description") if "#" in text]
    found = [(f.rule, f.location.row, f.location.column) for f in graph.report.findings if f.location and f.rule in {"TAB-04", "TAB-22"}]
    assert sorted(found) == [("TAB-04", 2, "Name"), ("TAB-22", 2, "Name"), ("TAB-22", 3, "Description")]


def test_blanks_in_headers_and_characters_that_nobody_sees_in_identifiers_do_not_matter(tmp_path: Path) -> None:
    head = HEAD.replace("Source ID", "Source\u00a0 ID").replace("Name", " Name\u200b")
    row = ROW.replace("A1", "A\u200b1").replace("s1", "\ufeffs1").replace("3.1", "3.1\u200b")
    folder = write(tmp_path / "in", mitigations__csv=head + row, sources__csv=SOURCES, mapping__yaml=f"edition: v2\n{TABLES}")
    graph = airm_graph.build([folder])
    assert objects(graph, "dcterms:identifier") == {'"A1"'}
    assert objects(graph, "airm:assignedCode") == {iri("taxonomy/v2/3.1")}


# The gate.


GOOD = HEAD + "".join(f"A{n},Measure {n},The team does thing {n}.,s1,3.1,Monitoring,Cy Day,2026-03-0{n}\n" for n in range(1, 4))
GATE = TABLES.replace("agent: Classified by", "label: Code label, agent: Classified by, created: Classification date")
BROKEN = [
    ("A2,Measure 2", "A2,", "TAB-04", "Name"),
    ("thing 2.,s1,3.1", "thing 2.,s1,9.9", "TAB-05", "Code"),
    ("thing 2.,s1,3.1,Monitoring", "thing 2.,s1,3.1,Wrong label", "TAB-06", "Code label"),
    ("A2,Measure 2", "A1,Measure 2", "TAB-08", "ID"),
    ("2026-03-02", "2026-03-02,more", "TAB-09", ""),
    (",Cy Day,2026-03-02", "", "TAB-09", ""),
    ("thing 2.", "thing\x07 2.", "TAB-09", ""),
    ("2026-03-02", "2026-02-30", "TAB-16", "Classification date"),
    ("2026-03-02", "last week", "TAB-16", "Classification date"),
    ("Measure 2", "#REF!", "TAB-22", "Name"),
    ("thing 2.,s1,3.1,", "thing 2.,s1,3.1;9.9,", "TAB-05", "Code"),
    ("2026-03-02", "02/03/2026", "TAB-16", "Classification date"),
    ("A2,Measure 2", "<<<<<<< HEAD\nA2,Measure 2", "TAB-09", ""),
]


def write_gate(folder: Path, text: str) -> Path:
    return write(folder, mitigations__csv=text, sources__csv=SOURCES, mapping__yaml=f"edition: v2\n{GATE}")


@pytest.mark.parametrize(("before", "after", "rule", "column"), BROKEN)
def test_row_that_is_broken_stops_the_gate_with_place_and_remedy(before: str, after: str, rule: str, column: str, tmp_path: Path) -> None:
    good = GOOD.replace("Monitoring", label_of("3.1"))
    folder = write_gate(tmp_path / "in", good.replace(before.replace("Monitoring", label_of("3.1")), after))
    done = run("validate", folder, "--format", "json")
    found = [entry for entry in json.loads(done.stdout)["findings"] if entry["rule"] == rule and entry["row"] == 3]
    assert done.return_value == 1
    assert [(e["severity"], e["file"], e["column"] or "", e["remedy"]) for e in found] == [
        ("violation", "mitigations.csv", column, RULES[rule].remedy)
    ]
    # The rest is written, and nothing with --strict.
    assert run("build", folder, "-o", tmp_path / "dist").return_value == 1
    assert (tmp_path / "dist" / "airm.nq").is_file()
    assert run("build", folder, "-o", tmp_path / "strict", "--strict").return_value == 1
    assert not (tmp_path / "strict").exists()


def label_of(code: str) -> str:
    from airm_graph.taxonomy import load_taxonomy

    return load_taxonomy("v2").codes[code].label or ""


@pytest.mark.parametrize("strict", [(), ("--strict",)])
def test_table_without_a_fault_passes_the_gate(strict: tuple[str, ...], tmp_path: Path) -> None:
    folder = write_gate(tmp_path / "in", GOOD.replace("Monitoring", label_of("3.1")))
    assert run("validate", folder, *strict).return_value == 0
    assert run("build", folder, "-o", tmp_path / "dist", *strict).return_value == 0


@pytest.mark.parametrize("key", ["s7", ""])
def test_row_without_a_listed_source_is_used_and_stops_the_strict(key: str, tmp_path: Path) -> None:
    folder = write_gate(tmp_path / "in", GOOD.replace("Monitoring", label_of("3.1")).replace("thing 2.,s1", f"thing 2.,{key}"))
    done = run("validate", folder, "--format", "json")
    (found,) = [entry for entry in json.loads(done.stdout)["findings"] if entry["rule"] == "TAB-07"]
    assert (found["severity"], found["file"], found["row"], found["column"]) == ("warning", "mitigations.csv", 3, "Source ID")
    assert (done.return_value, run("validate", folder, "--strict").return_value) == (0, 1)


def test_what_is_unfinished_is_a_warning_and_passes(tmp_path: Path) -> None:
    text = GOOD.replace("Monitoring", label_of("3.1")).replace("3.1," + label_of("3.1") + ",Cy Day,2026-03-02", ",,,")
    folder = write_gate(tmp_path / "in", text.replace("The team does thing 3.", ""))
    done = run("validate", folder, "--format", "json")
    assert {entry["rule"] for entry in json.loads(done.stdout)["findings"] if entry["severity"] == "warning"} >= {"TAB-10", "TAB-11"}
    assert (done.return_value, run("validate", folder, "--fail-on", "warning").return_value) == (0, 1)


WIDE = "ID,Name,Description,Actor,Parent\n" + "".join(
    f"A{n},Measure {n},The team does thing {n}.,Developer,{'A1' * (n > 1)}\n" for n in range(1, 4)
)
WIDE_MAPPING = """
tables:
  mitigations:
    document: {title: A handbook, issued: "2025", authors: Ann Lee}
    columns: {identifier: ID, name: Name, description: Description, actor: Actor, parent: Parent}
"""
BROKEN_WIDE = [
    ("thing 2.,Developer", "thing 2.,Gardener", "TAB-30", "Actor"),
    ("thing 2.,Developer,A1", "thing 2.,Developer,A9", "TAB-32", "Parent"),
    ("thing 2.,Developer,A1", "thing 2.,Developer,A2", "TAB-31", "Parent"),
]


@pytest.mark.parametrize(("before", "after", "rule", "column"), BROKEN_WIDE)
def test_wrong_term_or_parent_stops_the_gate_with_place_and_remedy(before: str, after: str, rule: str, column: str, tmp_path: Path) -> None:
    assert before in WIDE
    folder = write(tmp_path / "in", mitigations__csv=WIDE.replace(before, after), mapping__yaml=WIDE_MAPPING)
    done = run("validate", folder, "--format", "json")
    (found,) = [entry for entry in json.loads(done.stdout)["findings"] if entry["rule"] == rule]
    assert (done.return_value, found["severity"], found["row"], found["column"]) == (1, "violation", 3, column)
    assert (found["file"], found["remedy"]) == ("mitigations.csv", RULES[rule].remedy)
    folder = write(tmp_path / "whole", mitigations__csv=WIDE, mapping__yaml=WIDE_MAPPING)
    assert run("validate", folder, "--strict").return_value == 0


@pytest.mark.parametrize("size", [2, 30_000], ids=["row by row", "by set operations"])
def test_row_without_an_identifier_is_a_warning_with_row_and_column(size: int, tmp_path: Path) -> None:
    rows = "".join(f"{'' if n == size else f'A{n}'},Measure {n},The team does thing {n}.,s1,,,,\n" for n in range(1, size + 1))
    folder = write_gate(tmp_path / "in", HEAD + rows)
    graph = airm_graph.build([folder], shapes=["core"])
    (found,) = [finding for finding in graph.report.findings if finding.rule == "TAB-37"]
    assert (found.severity, found.location.file, found.location.row, found.location.column) == (
        Severity.WARNING,
        "mitigations.csv",
        size + 1,
        "ID",
    )
    assert graph.tables[0].used == size


def test_what_a_repair_takes_out_of_a_table_is_told_at_its_cell(tmp_path: Path) -> None:
    text = "The team does thing 2 as agreed [12, 13]. It keeps the documentation7 of it. It resists aacks."
    folder = write_gate(tmp_path / "in", GOOD.replace("Monitoring", label_of("3.1")).replace("The team does thing 2.", f'"{text}"'))
    told = [finding for finding in airm_graph.build([folder]).report.findings if finding.rule == "TAB-38"]
    assert [(found.location.row, found.location.column, found.severity) for found in told] == [(3, "Description", Severity.INFO)]
    assert "'[12, 13]', 'documentation7'" in told[0].message
    (folder / "mapping.yaml").write_text(f"edition: v2\ntexts: as-they-are\n{GATE}")
    graph = airm_graph.build([folder])
    assert not [finding for finding in graph.report.findings if finding.rule == "TAB-38"]
    assert any("[12, 13]" in quad[2] for quad in graph.asserted)


# What makes a row or a value unusable is a violation; what is unfinished, or only odd, is less.
WARNINGS = {"TAB-02", "TAB-07", "TAB-10", "TAB-11", "TAB-15", "TAB-20", "TAB-33", "TAB-36", "TAB-37"}
NOTES = {"TAB-12", "TAB-13", "TAB-17", "TAB-23", "TAB-24", "TAB-28", "TAB-29", "TAB-38", "TAB-39"}


def test_every_rule_of_tables_has_the_severity_of_what_it_costs() -> None:
    found = {rule: entry.severity for rule, entry in RULES.items() if rule.startswith("TAB-")}
    assert {rule for rule, severity in found.items() if severity is Severity.WARNING} == WARNINGS
    assert {rule for rule, severity in found.items() if severity is Severity.INFO} == NOTES
    guide = (Path(__file__).parent.parent / "docs" / "guides" / "tables.md").read_text(encoding="utf-8")
    table = guide.partition("| rule | what is asked | the row | severity |\n")[2].partition("\n\n")[0]
    told = {
        rule: Severity(cells[3].replace("note", "info"))
        for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[1:])
        for rule in cells[0].split(", ")
    }
    assert told == found


# Elsewhere.


def test_distributions_have_the_addresses_that_a_build_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(ACTIONS)
    (tmp_path / "mapping.yaml").write_text("tables: {mitigations: {columns: {name: Title}, document: {title: A plan}}}\n")
    graph = airm_graph.build([tmp_path / "m.csv"], published="https://example.org/data/")
    told = {(p, o) for _, p, o, _ in graph.asserted if p in {term("dcat:accessURL"), term("dcat:downloadURL")}}
    assert (term("dcat:downloadURL"), "<https://example.org/data/airm.ttl>") in told
    assert {o for p, o in told if p == term("dcat:accessURL")} == {o for p, o in told if p == term("dcat:downloadURL")}
    assert not [p for _, p, _, _ in airm_graph.build([tmp_path / "m.csv"]).asserted if p == term("dcat:accessURL")]
    assert graph.report.conforms


def test_build_validate_query_and_export_need_nothing_of_posix(tmp_path: Path) -> None:
    lines = [
        "import os, sys",
        "sys.modules['resource'] = sys.modules['fcntl'] = None",
        "del os.fork",
        "from airm_graph.cli import main",
        "def run(*words):",
        "    try: main(words)",
        "    except SystemExit as end: assert end.code == 0, words",
        "run('build', sys.argv[1], '-o', 'dist', '-q')",
        "run('validate', 'dist', '-o', 'report.txt')",
        "run('query', 'run', 'counts', '--data', 'dist')",
        "run('export', 'dist', '-f', 'turtle')",
    ]
    examples = Path(airm_graph.__file__).parents[2] / "examples"
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines), str(examples)], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300
    )
    assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr


def test_serving_without_fork_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.fork")
    assert "needs a POSIX system" in str(run("serve").exception)
