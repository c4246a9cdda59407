"""Repairs of side-cars: only what can be meant in one way, shown first, captures untouched."""

import csv
import hashlib
import io
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.cli.fix_command import command
from airm_graph.errors import InputError
from airm_graph.ingest.captures.sidecar import read_sidecar
from airm_graph.ingest.fix import find_fixes, fix_sidecar
from airm_graph.ingest.formats import read_table
from airm_graph.ingest.tables.fix_cells import fix_tables
from airm_graph.ingest.tables.mapping import read_mapping

EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Name: Red teaming\n", "name: Red teaming\n"),
        ("NAME:Red teaming", "name: Red teaming"),
        ("name: Red teaming  \t\n", "name: Red teaming\n"),
        ("retrieved: 2026/11/2\n", "retrieved: 2026-11-02\n"),
        ("Retrieved: 2026.11.21\r\n", "retrieved: 2026-11-21\r\n"),
        ("retrieved: 2 November 2026\n", "retrieved: 2026-11-02\n"),
        ("retrieved: Nov 21, 2026\n", "retrieved: 2026-11-21\n"),
        ("# why\nURL: https://example.org/a: b\n", "# why\nurl: https://example.org/a: b\n"),
    ],
)
def test_side_car_is_fixed_where_one_meaning_is_possible(before: str, after: str) -> None:
    assert fix_sidecar(before.encode()).decode() == after


@pytest.mark.parametrize(
    "text",
    [
        "retrieved: 02/11/2026\n",
        "retrieved: 2026-11-02\n",
        "retrieved: 2026/13/45\n",
        "retrieved: Ju 2, 2026\n",
        "title: Red teaming\n",
        "name: Red teaming\nName: Blue teaming\n",
        "name: |\n  Two\n  lines\n",
        "- a\n- b\n",
        "name: [\n",
        "",
    ],
)
def test_side_car_stays_where_nothing_is_certain(text: str) -> None:
    assert fix_sidecar(text.encode()) == text.encode()


@pytest.mark.parametrize("data", [b"\xff\xfe", b"Name: a\n" * 100_000])
def test_side_car_that_cannot_be_read_stays(data: bytes) -> None:
    assert fix_sidecar(data) == data


@given(st.text(alphabet="nameNAMEidurltrievd:2016/-. \n\"'#|>[]", max_size=60))
def test_fixing_when_given_anything_loses_nothing_and_is_done_once(text: str) -> None:
    before = text.encode()
    after = fix_sidecar(before)
    (old, problems), (new, left) = (read_sidecar(data, file="a") for data in (before, after))
    assert len(left) <= len(problems)
    for key in ("identifier", "url", "name", "retrieved"):
        assert getattr(old, key) in {None, getattr(new, key)}
    assert fix_sidecar(after) == after


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "captures"
    shutil.copytree(EXAMPLES, folder)
    sidecar = folder / "gipiskis-restrict-web-access.meta.yaml"
    sidecar.write_text(sidecar.read_text().replace("retrieved: 2026-11-02", "Retrieved: 2 November 2026"))
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_fix_shows_a_diff_and_changes_nothing_until_asked(folder: Path) -> None:
    before = digests(folder)
    shown = CliRunner().invoke(command, [str(folder)], standalone_mode=False)
    assert shown.return_value == 1
    assert "-Retrieved: 2 November 2026\n+retrieved: 2026-11-02\n" in shown.stdout
    assert digests(folder) == before
    done = CliRunner().invoke(command, [str(folder), "--apply"], standalone_mode=False)
    assert (done.return_value, done.stdout) == (0, shown.stdout)
    after = digests(folder)
    assert {name for name in before if before[name] != after[name]} == {"gipiskis-restrict-web-access.meta.yaml"}
    again = CliRunner().invoke(command, [str(folder)], standalone_mode=False)
    assert (again.return_value, again.stdout, again.stderr) == (0, "", "0 files can be fixed with --apply\n")


def test_capture_stands_for_its_side_car(folder: Path) -> None:
    (fix,) = find_fixes([folder / "gipiskis-restrict-web-access.txt"])
    assert fix.path == folder / "gipiskis-restrict-web-access.meta.yaml"
    assert find_fixes([folder / "handbook-staged-release.txt"]) == []


def test_fix_of_what_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="no-such"):
        find_fixes(["no-such"])


# Tables

MAPPING = b"""
edition: v2
tables:
  mitigations: {columns: {identifier: ID, name: Name, description: Text, source: Source, code: Code, label: Label, created: Day}}
  sources: {columns: {identifier: ID, title: Title, authors: Authors}}
"""


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (tmp_path / "mapping.yaml").write_bytes(MAPPING)
    return folder


def _fix(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, [str(folder), "--mapping", str(folder.parent / "mapping.yaml"), *arguments], standalone_mode=False)
    assert done.exception is None, done.output
    return done.return_value, done.output


HEADER = "ID,Name,Text,Source,Code,Label,Day\r\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('a,"Red  teaming ",x,s,,,', 'a,"Red teaming",x,s,,,'),
        ("a, Red\u200b teaming,x,s,,,", "a,Red teaming,x,s,,,"),
        ('a,"Red\r\nteaming",x,s,,,', 'a,"Red teaming",x,s,,,'),
        ('a,Red teaming,"Resist aacks, and\r\nmore.",s,,,', 'a,Red teaming,"Resist attacks, and\r\nmore.",s,,,'),
        ('a,"Red teaming, a measure",A mea- sure [12].,s,,,', 'a,"Red teaming, a measure",A measure.,s,,,'),
        ("a,Red teaming,x,s,1.1.2,learning  objectives,", "a,Red teaming,x,s,1.1.2,Learning Objectives,"),
        ("a,Red teaming,x,s,1.1.2\u00a0,Learning Objectives,21 November 2026", "a,Red teaming,x,s,1.1.2,Learning Objectives,2026-11-21"),
    ],
)
def test_cells_are_fixed_where_one_meaning_is_possible(tables: Path, before: str, after: str) -> None:
    (tables / "a.csv").write_bytes((HEADER + before + "\r\n").encode())
    code, shown = _fix(tables, "--apply")
    assert code == 0
    assert (tables / "a.csv").read_bytes().decode() == HEADER + after + "\r\n"
    assert "1 file fixed" in shown
    assert _fix(tables)[0] == 0


@pytest.mark.parametrize(
    "row",
    [
        "a,Red teaming,x,s,1.1,Learning Objectives,",
        "a,Red teaming,x,s,1.10,,02/11/2026",
        'a,"Red, ""team""ing",x,s,,,',
        "a,Red teaming,People try to break it (Doe et al. 2024). They must have a lea- ve.,s,,,",
        "a,Red teaming,,s,,,,,,too many",
        'a,"Red teaming,x,s,,,',
    ],
)
def test_table_stays_where_nothing_is_certain(tables: Path, row: str) -> None:
    (tables / "a.csv").write_bytes((HEADER + row + "\r\n").encode())
    before = (tables / "a.csv").read_bytes()
    assert _fix(tables, "--apply")[0] == 0
    assert (tables / "a.csv").read_bytes() == before


def test_identifiers_are_fixed_in_all_tables_of_a_folder_or_in_none(tables: Path) -> None:
    (tables / "a.csv").write_text("ID,Name,Text,Source,Code,Label,Day\nA 1,Red teaming,x,doc 1,,,\n")
    (tables / "b.csv").write_text("ID,Title,Authors\ndoc 1,On Risk,Ann Lee\ndoc-2,On More,Ann Lee\ndoc 2,On Less,Ann Lee\n")
    mapping = str(tables.parent / "mapping.yaml")
    CliRunner().invoke(command, [str(tables / "a.csv"), "--mapping", mapping, "--apply"])
    assert "doc 1" in (tables / "a.csv").read_text()
    _fix(tables, "--apply")
    assert (tables / "a.csv").read_text().endswith("A-1,Red teaming,x,doc-1,,,\n")
    assert (tables / "b.csv").read_text().split("\n")[1:4] == [
        "doc-1,On Risk,Ann Lee",
        "doc-2,On More,Ann Lee",
        "doc 2,On Less,Ann Lee",
    ]


def test_real_table_fixed_has_no_identifier_with_white_space(first_edition: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for path in first_edition.glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    rules = {finding.rule for finding in airm_graph.build([folder]).report.findings}
    assert {"TAB-12", "EDI-02"} <= rules
    assert CliRunner().invoke(command, [str(folder), "--apply"], standalone_mode=False).return_value == 0
    graph = airm_graph.build([folder])
    assert not {"TAB-12", "TAB-01", "TAB-02"} & {finding.rule for finding in graph.report.findings}
    assert [(count.read, count.quarantined) for count in graph.tables if count.read > 100] == [(831, 0)]
    assert CliRunner().invoke(command, [str(folder)], standalone_mode=False).return_value == 0


CELLS = st.text(alphabet='ab ,"\r\n\u200b;é\t1.', max_size=8)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), max_size=5), st.sampled_from(",;\t"))
def test_tables_whatever_they_hold_are_fixed_once(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([["ID", "Name", "Text", "Source", "Code", "Label", "Day"], *rows])
    mapping = read_mapping(MAPPING, file="mapping.yaml")
    data = {"a.csv": out.getvalue().encode()}
    once = fix_tables(data, mappings=[mapping], whole=True)
    assert fix_tables(once, mappings=[mapping], whole=True) == once
    before, after = (read_table(content["a.csv"], file="a.csv") for content in (data, once))
    assert [row.number for row in after.rows] == [row.number for row in before.rows]


@pytest.mark.parametrize("above", ["", "A list,\n\n"])
def test_table_is_fixed_by_the_mapping_beside_it_and_below_titles(above: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text("tables: {mitigations: {document: {title: A}, columns: {name: Measure, note: Remark}}}")
    (tmp_path / "a.csv").write_text(f"{above}Measure,Text,Remark\n Lock the  door ,It is locked.,Always\n")
    (fix,) = find_fixes([tmp_path])
    assert fix.after == fix.before.replace(" Lock the  door ", "Lock the door")
