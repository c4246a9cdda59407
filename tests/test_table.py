"""Tables of mitigations: rows in, a graph with evidence by row and column out, and no row lost."""

import csv
import io
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import InputError
from airm_graph.export.quarantine import write_quarantine
from airm_graph.ingest import read_captures
from airm_graph.ingest.formats import read_table
from airm_graph.ingest.formats.reader import MAX_CELL
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.ingest.tables.names import find_year, is_day, name_agent, split_authors
from airm_graph.ingest.tables.own_mappings import load_builtin_mappings
from airm_graph.merge import merge_pages
from airm_graph.model import Location, Rejected
from airm_graph.namespaces import BASE, iri, term
from airm_graph.taxonomy import load_taxonomy
from graphs import records_of

ROOT = Path(__file__).resolve().parent.parent
HEAD = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
SOURCES = (
    "ID,Title,Authors,URL,Date,Abstract\n"
    'doc-1,A Made-up Handbook,"Ann Lee, Bo van Chen",https://example.org/handbook,2025-03-01,\n'
    "doc-2,Findings That Nobody Made,Example Institute,,2024,What was found.\n"
)
GOOD = (
    "A1,Red teaming,People try to break it.,doc-1,3.1,Testing & Auditing,ann@example.org,2026-03-02\n"
    'A2,Model cards,"One page\nfor each model.",doc-1,4.1,System Documentation,Cy Day,\n'
    "A3,Red teaming,Somebody else tries.,doc-2,3.1,,,\n"
)


def write_tables(folder: Path, rows: str = GOOD, *, sources: str = SOURCES, head: str = HEAD) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mitigations.csv").write_text(head + rows, encoding="utf-8")
    (folder / "sources.csv").write_text(sources, encoding="utf-8")
    return folder


def rules_of(folder: Path, **options: object) -> list[tuple[str, int | None, str]]:
    found = read_captures([folder], **options).findings
    return [(finding.rule, finding.location.row, finding.location.column) for finding in found if finding.location]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> airm_graph.Graph:
    return airm_graph.build([write_tables(tmp_path_factory.mktemp("tables") / "in")])


# Bytes to rows.


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_table_is_read_the_same_with_any_separator_line_end_and_mark(separator: str, end: str, mark: bytes) -> None:
    data = mark + f'Name|Code{end}"a, b; c{end}d"|1.10{end}{end}e|2{end}'.replace("|", separator).encode()
    table = read_table(data, file="a.csv")
    assert table.header == ("Name", "Code")
    assert [(row.number, row.first_line, row.last_line, row.cells) for row in table.rows] == [
        (2, 2, 3, ("a, b; c\nd", "1.10")),
        (4, 5, 5, ("e", "2")),
    ]
    assert table.media_type == ("text/tab-separated-values" if separator == "\t" else "text/csv")


def test_digest_of_a_table_does_not_depend_on_how_it_was_saved() -> None:
    saved = ["Näme,Code\nx,1\n".encode(), "\ufeffNäme,Code\r\nx,1\r\n".encode(), "Näme,Code\r\nx,1\r\n".encode("cp1252")]
    assert len({read_table(data, file="a.csv").sha256 for data in saved}) == 1


def test_windows_1252_is_read_and_said() -> None:
    table = read_table("Name;Code\nVerträge – “gut”;1\n".encode("cp1252"), file="a.csv")
    assert table.rows[0].cells == ("Verträge – “gut”", "1")
    assert [(finding.rule, finding.location.first_line) for finding in table.findings if finding.location] == [("TAB-02", 2)]


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b"", "empty", None),
        (b"\xef\xbb\xbf \n", "empty", None),
        (b"PK\x03\x04rest", "spreadsheet", None),
        (b"Name\n\x00", "NUL", 2),
        (b"Name\n\x81\n", "neither UTF-8 nor Windows-1252: byte 0x81", 2),
        (b'Name,Code\nx,1\n"never,2\ny,3\n', "do not close", 3),
        (b'Name,Code\n"x"y,1\n', "not CSV", 2),
        (b"Name,Code\n" + b"x" * (MAX_CELL + 1) + b",1\n", "more than 131,072", 2),
        (b'Name,Code\n"' + b"x\n" * MAX_CELL, "more than 131,072|do not close", 2),
    ],
)
def test_table_that_is_none_is_refused_with_the_reason(data: bytes, reason: str, line: int | None) -> None:
    table = read_table(data, file="a.csv")
    (finding,) = table.findings
    assert (finding.rule, finding.location) == ("TAB-01", Location("a.csv", line, line))
    assert any(part in finding.message for part in reason.split("|"))
    assert table.rows == ()


# Cells.


@pytest.mark.parametrize(
    ("line", "names", "whole"),
    [
        ("Ann Lee, Bo Chen", ("Ann Lee", "Bo Chen"), True),
        ("Ann Lee, Bo Chen & Cy Day", ("Ann Lee", "Bo Chen & Cy Day"), True),
        ("Ann Lee, and  Bo Chen, et al.", ("Ann Lee", "Bo Chen"), True),
        ("Example Institute", ("Example Institute",), True),
        ("Ann Lee, editors: Bo Chen, Cy Day", ("Ann Lee",), False),
    ],
)
def test_author_line_is_split_into_the_names_that_are_certain(line: str, names: tuple[str, ...], whole: bool) -> None:
    assert split_authors(line, separator=",") == (names, whole)


@pytest.mark.parametrize(("cell", "year"), [("2025-01-29", "2025"), ("May 2024", "2024"), ("2024-2025", None), ("20245", None), ("", None)])
def test_year_is_the_only_one_of_a_cell(cell: str, year: str | None) -> None:
    assert find_year(cell) == year


@pytest.mark.parametrize(("cell", "is_one"), [("2026-02-28", True), ("2026-02-30", False), ("2026-2-3", False), ("20260203", False)])
def test_day_is_a_date_in_full(cell: str, is_one: bool) -> None:
    assert is_day(cell) is is_one


def test_agent_with_an_address_is_named_by_its_host_alone() -> None:
    agent = name_agent("ann.lee@example.org", known={})
    assert "ann" not in agent.key + agent.name
    assert agent != name_agent("bo.chen@example.org", known={})


def test_agent_of_one_word_stays_apart_from_authors() -> None:
    assert name_agent("human", known={}).key == "agent/classifier/human"


# Mappings.


def test_builtin_mapping_names_labels_of_codes_that_exist() -> None:
    for mapping in load_builtin_mappings():
        assert mapping.labels.keys() <= load_taxonomy(mapping.edition).codes.keys()


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("edition: v3\ntables: {}", 1, "'v3' is not one of v1, v2"),
        ("edition: v1", 1, "'tables' is missing"),
        ("edition: v1\ntables:\n  risks: {}", 3, "'risks' is not one of"),
        ("edition: v1\ntables:\n  mitigations:\n    columns: {name: Name}", 4, "needs the column 'source'"),
        (
            "edition: v1\ntables:\n  mitigations:\n    columns:\n      name: Name\n      source: x\n      description: [x]",
            7,
            "a text must stand here",
        ),
        ("edition: v1\nedition: v1\ntables: {}", 2, "stands twice"),
        ("edition: v1\nlicence: free\ntables: {}", 2, "not an http or https address"),
        ("edition: [", 1, "not readable as YAML"),
        ("- v1", 1, "a mapping 'key: value' must stand here"),
        ("", None, "a mapping 'key: value' must stand here"),
    ],
)
def test_mapping_that_cannot_be_used_is_refused_at_its_line(text: str, line: int | None, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        read_mapping(text.encode(), file="a.yaml")
    assert reason in str(caught.value)
    assert caught.value.line == line


def test_user_mapping_says_which_column_is_what(tmp_path: Path) -> None:
    (tmp_path / "my.yaml").write_text(
        "edition: v2\ntables:\n  mitigations: {columns: {name: Measure, source: From, code: Nr}}\n"
        '  sources: {columns: {identifier: Key, title: Work, authors: Who, issued: When}, separator: ";"}\n'
    )
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.tsv").write_text("Nr\tMeasure\tFrom\n1.1.2\tUnlearning\tk\n")
    (folder / "b.csv").write_text("Key;Work;Who;When\nk;A Made-up Handbook;Lee, Ann;2025\n")
    built = airm_graph.build([folder], mapping=tmp_path / "my.yaml")
    (mitigation,) = records_of(built).mitigations
    assert mitigation.key == "mitigation/lee-2025-made-up/unlearning"
    assert [(entry.edition, entry.code) for entry in mitigation.classifications] == [("v2", "1.1.2")]
    assert not [finding for finding in built.report.findings if finding.rule.startswith("TAB")]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Name,Source ID,Code", "for mitigations of mit-v1 these are missing: ID, Description, Code label"),
        (HEAD.strip() + ",Name", "the header names 'Name' twice"),
    ],
)
def test_table_whose_columns_are_not_known_is_refused(tmp_path: Path, header: str, reason: str) -> None:
    found = read_captures([write_tables(tmp_path / "in", head=header + "\n")])
    (finding,) = (finding for finding in found.findings if finding.rule == "TAB-03")
    assert reason in finding.message
    assert [count.file for count in found.counts] == ["sources.csv"]


# Rows to records.


def test_rows_become_mitigations_with_evidence_by_row_and_column(graph: airm_graph.Graph) -> None:
    assert graph.report.conforms
    found = {(s, p, o) for s, p, o, _ in graph.asserted}
    mitigation = iri("mitigation/lee-2025-made-up/model-cards")
    (capture,) = {s for s, p, o in found if p == term("airm:fileName") and o == '"mitigations.csv"'}
    row, cell = capture.replace(">", "/r3>"), capture.replace(">", "/r3-code>")
    assert {
        (mitigation, term("airm:evidence"), row),
        (iri("mitigation/lee-2025-made-up/model-cards/classification/v1-4.1"), term("airm:evidence"), cell),
        (row, term("airm:row"), '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (row, term("rdfs:label"), '"mitigations.csv, row 3"'),
        (cell, term("airm:column"), '"Code"'),
        (cell, term("airm:capturedText"), '"4.1"'),
        (mitigation, term("dcterms:description"), '"One page\\nfor each model."'),
        (capture, term("dcat:mediaType"), "<https://www.iana.org/assignments/media-types/text/csv>"),
        (capture, term("dcterms:rights"), iri("notice/preliminary")),
    } <= found
    # The headers are those of the first edition; its licence, address and agents are not for tables of others.
    assert not [row for row in found if row[1] in {term("dcterms:license"), term("dcterms:source")} and row[0] == capture]
    assert not [row for row in found if row[1] == term("airm:firstLine")]


def test_statements_of_a_table_stand_in_its_own_graph(graph: airm_graph.Graph) -> None:
    files = {s: o.strip('"') for s, p, o, _ in graph.asserted if p == term("airm:fileName")}
    homes = {(s, files[g]) for s, p, _, g in graph.asserted if p == term("rdf:type") and g in files and "/capture/" not in s}
    assert (iri("mitigation/lee-2025-made-up/red-teaming"), "mitigations.csv") in homes
    assert (iri("source/lee-2025-made-up"), "sources.csv") in homes


def test_classification_names_who_made_it_and_no_address(graph: airm_graph.Graph) -> None:
    made = {s.rsplit("/mitigation/")[-1]: o for s, p, o, _ in graph.asserted if p == term("prov:wasAttributedTo")}
    assert made["lee-2025-made-up/model-cards/classification/v1-4.1>"] == iri("agent/cy-day")
    assert "example-institute-2024-findings-nobody/red-teaming/classification/v1-3.1>" not in made
    assert not [row for row in graph.asserted if "ann@" in "".join(row)]
    days = [o for _, p, o, _ in graph.asserted if p == term("dcterms:created") and "2026-03-02" in o]
    assert days == ['"2026-03-02"^^<http://www.w3.org/2001/XMLSchema#date>']


def test_same_name_in_two_documents_is_two_mitigations(graph: airm_graph.Graph) -> None:
    assert [mitigation.key for mitigation in records_of(graph).mitigations] == [
        "mitigation/example-institute-2024-findings-nobody/red-teaming",
        "mitigation/lee-2025-made-up/model-cards",
        "mitigation/lee-2025-made-up/red-teaming",
    ]


def test_same_name_with_two_identifiers_is_two_mitigations_whatever_else_is_in_the_table(tmp_path: Path) -> None:
    rows = "A1,Red teaming,People try to break it.,doc-1,3.1,,,\nA2,Red teaming,People try to break it.,doc-1,3.1,,,\n"
    keys = [
        {mitigation.key for mitigation in merge_pages(read_captures([write_tables(tmp_path / name, rows + more)]).pages).mitigations}
        for name, more in (("one", ""), ("two", "A3,Model cards,One page for each model.,doc-1,4.1,,,\n"))
    ]
    assert len(keys[0]) == 2
    assert keys[0] < keys[1]


def test_row_that_stands_twice_is_one_mitigation(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "in", GOOD + GOOD)
    readings = read_captures([folder])
    assert len(merge_pages(readings.pages).mitigations) == 3
    assert readings.rejected == ()
    again = write_tables(tmp_path / "again", GOOD + GOOD)
    assert merge_pages(read_captures([folder, again]).pages).mitigations == merge_pages(readings.pages).mitigations


def test_order_of_rows_changes_no_identity(tmp_path: Path) -> None:
    rows = [f"B{n},Measure {n % 7},What {n % 3} says.,doc-{n % 2 + 1},3.{n % 5 + 1},,,\n" for n in range(30)]
    shuffled = random.Random(7).sample(rows, len(rows))
    keys = [
        {
            (m.key, m.identifiers[0].value)
            for m in merge_pages(read_captures([write_tables(tmp_path / name, "".join(some))]).pages).mitigations
        }
        for name, some in (("a", rows), ("b", shuffled))
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 30


# Quarantine.

BAD = (
    "B1,,No name.,doc-1,3.1,,,\n"
    "B2,Unknown code,x.,doc-1,9.9,,,\n"
    "B3,Wrong label,x.,doc-1,3.1,Data Governance,,\n"
    "B4,Unknown source,x.,doc-9,3.1,,,\n"
    "B5,=1+1,x.,doc-1,3.1,,,,,too much\n"
    "B6,One,x.,doc-1,3.1,,,\n"
    "B6,Other,x.,doc-1,3.1,,,\n"
    "B7,Bell,\x07.,doc-1,3.1,,,\n"
    ",,,,9.9,,,\n"
)


def test_row_that_cannot_be_used_is_set_aside_with_rule_row_column_and_reason(tmp_path: Path) -> None:
    readings = read_captures([write_tables(tmp_path / "in", GOOD + BAD)])
    assert [(entry.rule, entry.location.row, entry.location.column) for entry in readings.rejected] == [
        ("TAB-04", 5, "Name"),
        ("TAB-09", 9, ""),
        ("TAB-08", 10, "ID"),
        ("TAB-08", 11, "ID"),
        ("TAB-09", 12, ""),
        ("TAB-04", 13, "Name"),
    ]
    assert readings.rejected[-1].reason == "the mitigation has no name"
    lacking = [(one.rule, one.location.row, one.location.column) for one in readings.findings if one.rule in {"TAB-05", "TAB-06", "TAB-07"}]
    assert lacking == [("TAB-05", 6, "Code"), ("TAB-06", 7, "Code label"), ("TAB-07", 8, "Source ID")]
    assert [(count.file, count.read, count.used, count.quarantined) for count in readings.counts] == [
        ("mitigations.csv", 12, 6, 6),
        ("sources.csv", 2, 2, 0),
    ]
    locations = {(finding.rule, finding.location.row) for finding in readings.findings if finding.location}
    assert {(entry.rule, entry.location.row) for entry in readings.rejected} <= locations
    # The second row of the table takes two lines, so row and line differ from there on.
    assert {entry.location.first_line - (entry.location.row or 0) for entry in readings.rejected if entry.location.first_line} == {1}


def test_quarantine_holds_every_cell_and_none_that_a_spreadsheet_runs(tmp_path: Path) -> None:
    built = airm_graph.build([write_tables(tmp_path / "in", GOOD + BAD)])
    paths = built.write(tmp_path / "dist")
    rows = list(csv.reader(io.StringIO(paths["quarantine.csv"].read_text(encoding="utf-8"), newline="")))
    assert rows[0] == ["rule", "file", "row", "column", "reason", *HEAD.strip().split(","), "", ""]
    (formula,) = (row for row in rows if row[2] == "9")
    assert (formula[6], formula[-1]) == ("'=1+1", "too much")
    assert {len(row) for row in rows} == {len(rows[0])}
    assert "quarantine.csv" in (tmp_path / "dist" / "SHA256SUMS").read_text()


def test_quarantine_keeps_columns_of_different_tables_apart() -> None:
    entries = [
        Rejected("TAB-04", "no name", Location("a.csv", row=2), ("Name", "row", "Name"), ("", "x", "y")),
        Rejected("TAB-14", "no title", Location("b.csv", row=3), ("Title",), ("", "z")),
    ]
    header, *rows = csv.reader(io.StringIO(write_quarantine(entries), newline=""))
    assert header[5:] == ["Name", "row", "Name", "Title", ""]
    assert [row[5:] for row in rows] == [["", "x", "y", "", ""], ["", "", "", "", "z"]]


def test_source_that_says_too_little_is_not_described_and_its_rows_are_used(tmp_path: Path) -> None:
    sources = SOURCES.replace("A Made-up Handbook", "")
    readings = read_captures([write_tables(tmp_path / "in", sources=sources)])
    said = [(one.location.file, one.location.row) for one in readings.findings if one.rule == "TAB-14"]
    assert (said, readings.rejected) == ([("sources.csv", 2)], ())
    sources = merge_pages(readings.pages).sources
    assert [(one.key, one.is_described) for one in sources if not one.titles] == [("source/doc-1", False)]


def test_tables_of_two_folders_do_not_share_identifiers_of_sources(tmp_path: Path) -> None:
    one, two = write_tables(tmp_path / "one"), write_tables(tmp_path / "two")
    (two / "sources.csv").unlink()
    readings = read_captures([one, two])
    assert Counter(said.location.file for said in readings.findings if said.rule == "TAB-07") == {"two/mitigations.csv": 3}
    assert len({m.key for m in merge_pages(readings.pages).mitigations}) == 6


def test_quarantine_of_an_earlier_build_is_no_input(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "in", GOOD + BAD)
    first = airm_graph.build([folder])
    first.write(folder / "dist")
    assert airm_graph.build([folder]).report == first.report


def test_strict_stops_and_leaves_the_earlier_output(tmp_path: Path) -> None:
    folder, dist = write_tables(tmp_path / "in", GOOD + BAD), tmp_path / "dist"
    done = CliRunner().invoke(cli, ["build", str(folder), "-o", str(dist), "--strict"], standalone_mode=False)
    assert done.return_value == 1
    assert not dist.exists()
    report = airm_graph.build([folder], strict=True).report
    assert {finding.rule for finding in report.findings if finding.severity == "violation"} == {
        *("TAB-04", "TAB-05", "TAB-06", "TAB-07", "TAB-08", "TAB-09"),
    }
    good = CliRunner().invoke(cli, ["build", str(write_tables(tmp_path / "good")), "-o", str(dist), "--strict"], standalone_mode=False)
    assert good.return_value == 0


def test_build_prints_how_many_rows_were_read_used_and_quarantined(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "in", GOOD + BAD)
    done = CliRunner().invoke(cli, ["build", str(folder), "-o", str(tmp_path / "dist")], standalone_mode=False)
    assert "mitigations.csv: 12 rows read = 6 used + 6 quarantined" in done.stderr
    assert "sources.csv: 2 rows read = 2 used + 0 quarantined" in done.stderr


def test_finding_shows_line_row_and_column(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "in", GOOD + BAD)
    done = CliRunner().invoke(cli, ["validate", str(folder)], standalone_mode=False)
    assert f"{folder.as_posix()}/mitigations.csv:9 (row 8, column Source ID)  warning  TAB-07" in done.stdout
    found = json.loads(CliRunner().invoke(cli, ["validate", str(folder), "--format", "json"], standalone_mode=False).stdout)["findings"]
    (unknown,) = (entry for entry in found if entry["rule"] == "TAB-07" and entry["row"] == 8)
    assert (unknown["first_line"], unknown["column"]) == (9, "Source ID")


def test_finding_of_a_shape_stands_at_the_line_of_its_row(tmp_path: Path) -> None:
    rows = GOOD + "A4,Cut short,This text stops in the,doc-1,3.1,,,\n"
    report = airm_graph.build([write_tables(tmp_path / "in", rows)]).report
    (short,) = (finding for finding in report.findings if finding.rule == "EDI-07")
    assert short.location is not None
    assert (short.location.file, short.location.row, short.location.first_line) == ("mitigations.csv", 5, 6)


def test_gap_of_a_row_is_reported_once(tmp_path: Path) -> None:
    rows = "A1,No code,What is done.,doc-1,,,,\nA2,No description,,doc-1,3.1,,,\n"
    found = Counter(finding.rule for finding in airm_graph.build([write_tables(tmp_path / "in", rows)]).report.findings)
    assert (found["TAB-10"], found["TAB-11"]) == (1, 1)
    assert not found.keys() & {"EDI-09", "EDI-11"}


def test_build_of_tables_gives_the_same_bytes_with_any_hash_seed(tmp_path: Path) -> None:
    folder = write_tables(tmp_path / "in", GOOD + BAD)
    outputs = []
    for seed in ("0", "1"):
        code = f"import airm_graph; airm_graph.build([{str(folder)!r}]).write({str(tmp_path / seed)!r})"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(airm_graph.__file__).parent.parent)}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, timeout=120)
        outputs.append({path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()})
    assert outputs[0] == outputs[1]


# Tables and captures together.

#: The source of the packaged captures, as a table may print it: another order of names, other letters.
PRINTED = (
    "ID,Title,Authors,URL,Date,Abstract\n"
    "doc-g,Risk sources and risk management measures in support of standards for general-purpose AI systems,"
    '"Rokas Gipiskis, Ayrton San Joaquin",,2024-10-30,\n'
)


def test_row_meets_the_captured_mitigation_of_its_name_and_keeps_both_codes(tmp_path: Path) -> None:
    rows = "A0086,Adversarial training,,doc-g,2.3,Model Safety Engineering,,\n"
    built = airm_graph.build([ROOT / "examples", write_tables(tmp_path / "in", rows, sources=PRINTED)])
    alone = airm_graph.build([ROOT / "examples"])
    assert {m.key for m in records_of(built).mitigations} == {m.key for m in records_of(alone).mitigations}
    (joined,) = (m for m in records_of(built).mitigations if m.key.endswith("/adversarial-training"))
    assert {entry.edition for entry in joined.classifications} == {"v1", "v2"}
    assert "MRG-01" not in {f.rule for f in built.report.findings if f.location and "Adversarial training" in f.message}


def test_identifier_of_another_edition_joins_and_parts_nothing(tmp_path: Path) -> None:
    captured = {value.value for m in records_of(airm_graph.build([ROOT / "examples"])).mitigations for value in m.identifiers}
    rows = "".join(f"{identifier},Something else {n},What is done.,doc-g,3.1,,,\n" for n, identifier in enumerate(sorted(captured)))
    built = airm_graph.build([ROOT / "examples", write_tables(tmp_path / "in", rows, sources=PRINTED)])
    named = [m.key for m in records_of(built).mitigations if "something-else" in m.key]
    assert len(named) == len(captured) > 0
    assert "MRG-08" not in {finding.rule for finding in built.report.findings}


@pytest.mark.parametrize("first", [0, 1])
def test_two_rows_of_one_name_do_not_take_the_captured_one_by_chance(tmp_path: Path, first: int) -> None:
    rows = [f"A{n},Adversarial training,Text {n} has nothing to do with what the page says.,doc-g,2.3,,,\n" for n in range(2)]
    folder = write_tables(tmp_path / "in", rows[first] + rows[1 - first], sources=PRINTED)
    built = merge_pages(read_captures([ROOT / "examples", folder]).pages)
    named = [m for m in built.mitigations if m.names and m.names[0].value == "Adversarial training"]
    assert sorted(tuple(value.value for value in m.identifiers if value.value in {"A0", "A1"}) for m in named) == [(), ("A0",), ("A1",)]


def test_author_in_either_order_is_one_agent(tmp_path: Path) -> None:
    rows = "A1,Something else,What is done.,doc-g,3.1,,,\n"
    built = airm_graph.build([ROOT / "examples", write_tables(tmp_path / "in", rows, sources=PRINTED)])
    (source,) = (s for s in records_of(built).sources if s.titles[0].value.startswith("Risk "))
    assert [agent.key for agent, _ in source.creators].count("agent/gipiskis-rokas") == 1
    assert "agent/rokas-gipiskis" not in {agent.key for s in records_of(built).sources for agent, _ in s.creators}


def test_source_has_the_same_iri_with_and_without_captures(tmp_path: Path) -> None:
    rows = "A1,Something else,What is done.,doc-g,3.1,,,\n"
    folder = write_tables(tmp_path / "in", rows, sources=PRINTED)
    alone = {source.key for source in merge_pages(read_captures([folder]).pages).sources}
    assert alone <= {source.key for source in merge_pages(read_captures([ROOT / "examples", folder]).pages).sources}


# The first edition, whole.


@pytest.fixture(scope="module")
def whole(first_edition: Path, captures: Path) -> airm_graph.Graph:
    return airm_graph.build([first_edition, captures])


def test_first_edition_is_read_whole_and_every_known_defect_found_at_its_row(first_edition: Path) -> None:
    readings = read_captures([first_edition])
    assert {count.file: (count.read, count.used) for count in readings.counts} == {
        "mitigations.csv": (831, 831),
        "sources.csv": (13, 13),
        "taxonomy.csv": (27, 27),
    }
    assert Counter((finding.rule, finding.location.file) for finding in readings.findings if finding.location) == {
        ("TAB-10", "mitigations.csv"): 11,
        ("TAB-11", "mitigations.csv"): 11,
        ("TAB-07", "mitigations.csv"): 203,
        ("TAB-38", "mitigations.csv"): 78,
        ("TAB-12", "sources.csv"): 2,
        ("TAB-13", "sources.csv"): 1,
        ("TAB-17", "sources.csv"): 1,
    }
    assert readings.rejected == ()
    assert all("NIST.AI.600-1" in one.message for one in readings.findings if one.rule == "TAB-07")
    assert all(finding.location and finding.location.row and finding.location.first_line for finding in readings.findings)


def test_first_edition_and_captures_are_one_graph_with_one_common_source(whole: airm_graph.Graph) -> None:
    assert whole.report.conforms
    assert len(records_of(whole).sources) == 15
    assert [one.key for one in records_of(whole).sources if not one.is_described] == ["source/nist-ai-600-1"]
    both = {
        mitigation.source.value
        for mitigation in records_of(whole).mitigations
        if {entry.edition for entry in mitigation.classifications} == {"v1", "v2"}
    }
    assert both == {"source/gipiskis-2024-risk-sources"}
    assert "MRG-01" not in {finding.rule for finding in whole.report.findings}


def test_first_edition_publishes_no_address(whole: airm_graph.Graph) -> None:
    assert not [row for row in whole.quads if "@mit.edu" in "".join(row)]
    assert iri("agent/mit-ai-risk-initiative") in {o for _, p, o, _ in whole.asserted if p == term("prov:wasAttributedTo")}


def test_codes_of_the_first_edition_are_those_of_its_own_scheme(whole: airm_graph.Graph, captures: Path) -> None:
    files = {s: o for s, p, o, _ in whole.asserted if p == term("airm:fileName")}
    table = next(s for s, name in files.items() if name == '"mitigations.csv"')
    codes = {o for _, p, o, g in whole.asserted if p == term("airm:assignedCode") and g == table}
    assert codes
    assert all(code.startswith(f"<{BASE}taxonomy/v1/") for code in codes)


@pytest.mark.parametrize(
    "line", ["Ann Lee, Bo Chen et al.", "Lee, Ann; Chen, Bo; and others", "Ann Lee, Bo Chen and 12 others", "Ann Lee, Bo Chen, & others"]
)
def test_authors_of_a_table_who_are_not_named_are_no_agent(line: str, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(f'Name,Title,Authors\nKeep logs,A handbook,"{line}"\n')
    (tmp_path / "mapping.yaml").write_text(
        "tables: {mitigations: {columns: {name: Name, source: {title: Title, authors: Authors}}, separator: auto}}\n"
    )
    graph = airm_graph.build([tmp_path])
    agents = {value for _, predicate, value, _ in graph.asserted if predicate == term("dcterms:creator")}
    assert len(agents) == 2
    assert not any("others" in agent or "et-al" in agent or agent.endswith("-al>") for agent in agents)
