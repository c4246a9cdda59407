"""Tables as people keep them: workbooks, JSON, Parquet, packed files; every format gives rows, or says why not."""

import datetime
import gzip
import hashlib
import io
import json
import re
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
import python_calamine
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

import airm_graph
from airm_graph.errors import InputError
from airm_graph.ingest import read_captures
from airm_graph.ingest.formats import Table, open_table, open_tables, read_table, read_tables
from airm_graph.ingest.formats.cell_values import GENERAL, format_number, read_format
from airm_graph.ingest.formats.delimited import read_delimited
from airm_graph.ingest.formats.encoding import Lines, decode_chunks
from airm_graph.ingest.formats.json_rows import read_json
from airm_graph.ingest.formats.ooxml import Strings
from airm_graph.ingest.formats.rows import Pass, UnreadableError
from airm_graph.namespaces import term

SAVED = Path(__file__).parent / "data"
CSV = "Name;Code\r\nVerträge – “gut”;1.10\r\n\r\nZwei\nZeilen;2\r\n".replace("Zwei\nZeilen", '"Zwei\nZeilen"')
RECORDS = '[{"Name": "Verträge – “gut”", "Code": 1.10},\n {"Name": "x", "More": {"Codes": [1, 2.50], "Is": true, "None": null}}]'


def workbook(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    fill(book)
    book.save(target)
    return target.getvalue()


def sheet(*rows: object, merged: tuple[str, ...] = (), formats: dict[str, str] | None = None) -> bytes:
    def fill(book: openpyxl.Workbook) -> None:
        for row in rows:
            book.active.append(row)
        for location in merged:
            book.active.merge_cells(location)
        for location, form in (formats or {}).items():
            book.active[location].number_format = form

    return workbook(fill)


def parquet(select: str, folder: Path) -> Path:
    path = folder / "t.parquet"
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def zipped(**files: bytes | str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return target.getvalue()


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


def said(table: Table) -> list[tuple[str, int | None, str]]:
    return [(finding.rule, finding.location.row, finding.location.column) for finding in table.findings if finding.location]


# Workbooks.


def test_workbook_of_libreoffice_is_read_with_all_that_people_do_to_sheets() -> None:
    measures, sources, hidden = read_tables(SAVED / "measures.xlsx", file="measures.xlsx")
    assert measures.file == "measures.xlsx#Mitigations"
    assert measures.header == ("ID", "Name", "Description", "Source ID", "Code", "Code label", "Classified by", "Classification date")
    assert [(row.number, row.cells[:4]) for row in measures.rows] == [
        (5, ("A1", "Red teaming", "People try to break it.", "doc-1")),
        (6, ("A2", "Model cards", "One page\nfor each model.", "doc-1")),
        (7, ("A3", "Blue teaming", "", "doc-2")),
        (8, ("A4", "Green teaming", "People repair it.", "doc-2")),
    ]
    assert [row.cells[4:] for row in measures.rows] == [
        ("3.1", "Testing & Auditing", "Cy Day", "2026-03-02"),
        ("4.1", "System Documentation", "", "2026-03-03T12:30:00"),
        ("3.1", "Testing & Auditing"),
        ("3.1",),
    ]
    assert [row.numbers for row in measures.rows] == [(4,), (), (), ()]
    assert said(measures) == [
        ("TAB-24", 3, ""),
        ("TAB-24", 3, ""),
        ("TAB-22", 7, "Description"),
        ("TAB-23", 8, ""),
        ("TAB-24", 5, ""),
    ]
    assert "C7: the cell holds the error #DIV/0!" in [finding.message for finding in measures.findings]
    assert (sources.header[0], cells(sources)[1][3:5]) == ("ID", ("", "2024"))
    assert (hidden.file, hidden.header, said(hidden)) == ("measures.xlsx#Lists", (), [("TAB-23", None, "")])


def test_workbook_is_built_with_evidence_by_sheet_row_and_column() -> None:
    built = airm_graph.build([SAVED / "measures.xlsx"])
    assert [(count.file, count.read, count.used) for count in built.tables] == [
        ("measures.xlsx#Mitigations", 4, 4),
        ("measures.xlsx#Sources", 2, 2),
    ]
    found = {(s, p, o) for s, p, o, _ in built.asserted}
    (capture,) = {s for s, p, o in found if p == term("airm:fileName") and o == '"measures.xlsx#Mitigations"'}
    assert (capture.replace(">", "/r5-code>"), term("airm:capturedText"), '"3.1"') in found
    codes = [finding for finding in built.report.findings if finding.rule == "TAB-20"]
    assert [(finding.location.row, finding.location.column) for finding in codes if finding.location] == [(5, "Code")]
    assert {name: Path(path).name for name, path in built.files.items()} == {
        name: name for name in ("measures.xlsx#Lists", "measures.xlsx#Mitigations", "measures.xlsx#Sources")
    }


def test_digest_of_a_sheet_is_that_of_its_workbook_and_its_name() -> None:
    whole = hashlib.sha256((SAVED / "measures.xlsx").read_bytes()).hexdigest()
    first, second, _ = read_tables(SAVED / "measures.xlsx", file="any.xlsx")
    assert first.sha256 == hashlib.sha256(f"{whole}#Mitigations".encode()).hexdigest()
    assert second.sha256 == hashlib.sha256(f"{whole}#Sources".encode()).hexdigest()


@pytest.mark.parametrize("name", ["measures.xls", "measures.ods"])
def test_spreadsheet_of_another_format_is_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    (finding,) = read_table(SAVED / name, file=name).findings
    assert (finding.rule, "save it as XLSX or CSV" in finding.message) == ("TAB-01", True)
    (tmp_path / name).write_bytes((SAVED / name).read_bytes())
    assert [entry.rule for entry in read_captures([tmp_path]).findings] == ["TAB-01"]
    (again,) = read_table(SAVED / "measures.xls", file="renamed.xlsx").findings
    assert "Excel 97 to 2003, or protected by a password" in again.message


@pytest.mark.parametrize(
    ("rows", "merged", "header", "first"),
    [
        ([["ID", "Name"], ["1", "a"]], (), ("ID", "Name"), 2),
        ([["Measures of a year"], [], ["by", "Ann Lee"], ["ID", "Name", "Code", "Label"], ["1", "a", "b", "c"]], ("A1:D1",), ("ID",), 5),
        ([["Name"], ["a"], ["b"]], (), ("Name",), 2),
        ([["ID", " Name\nof it "], ["1", "a", "far", "out", "there"], *([["2", "b"]] * 3)], (), ("ID", "Name of it"), 2),
        ([["ID", "Actor", None], [None, "Primary", "Other"], ["1", "a", "b"]], ("A1:A2", "B1:C1"), ("ID", "Primary", "Other"), 3),
        (
            [["ID", "Actor", None, "Stage", None], [None, "Primary", "Other", "Primary", "Other"], ["1", "a", "b", "c", "d"]],
            ("A1:A2", "B1:C1", "D1:E1"),
            ("ID", "Actor Primary", "Actor Other", "Stage Primary", "Stage Other"),
            3,
        ),
        (
            [[None, "Actor", None, "Stage", None], ["ID", "Primary", "Other", "Primary", "Other"], ["1", "a", "b", "c", "d"]],
            ("B1:C1", "D1:E1"),
            ("ID", "Actor Primary", "Actor Other", "Stage Primary", "Stage Other"),
            3,
        ),
        ([["Control", None, "Code", None], ["ID", "Name", "Code", "Label"], ["1", "a", "b", "c"]], ("A1:B1", "C1:D1"), ("ID", "Name"), 3),
        ([["ID", "Name", "Notes", None], ["C1", "Lock", "open", "old"], ["C2", "Bell", "new", "far"]], ("C1:D1",), ("ID", "Name"), 2),
    ],
)
def test_header_is_found_below_titles_and_in_merged_cells(
    rows: list[list[str]], merged: tuple[str, ...], header: tuple[str, ...], first: int
) -> None:
    table = read_table(sheet(*rows, merged=merged), file="a.xlsx")
    assert table.header[: len(header)] == header
    assert table.rows[0].number == first


def test_cells_of_every_kind_become_texts() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rich = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"), " _x0041_")
        book.active.append(["Kind", "Value"])
        for value in (
            True,
            12,
            0.3,
            1e20,
            -1.5,
            "007",
            rich,
            "a\r\nb",
            datetime.date(2025, 1, 29),
            datetime.time(8, 30),
            "=1+1",
            "#N/A",
        ):
            book.active.append(["x", value])
        book.active["C2"] = " \t"
        book.active["B5"].hyperlink = "https://example.org/"

    table = read_table(workbook(fill), file="a.xlsx")
    values = [row.cells[1] if len(row.cells) > 1 else "" for row in table.rows]
    assert values[:4] == ["TRUE", "12", "0.3", "1e+20"]
    assert values[4:] == ["-1.5", "007", "plain bold A", "a\nb", "2025-01-29", "08:30:00", "", ""]
    assert [(finding.rule, finding.message.partition(":")[0]) for finding in table.findings] == [("TAB-21", "B12"), ("TAB-22", "B13")]


def rewritten(data: bytes, changes: list[tuple[str, str, str]], **more: str) -> bytes:
    """Replace texts in the parts of a workbook whose names hold a word, and add parts to ``xl``."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            for part, old, new in changes:
                text = text.replace(old, new) if part in name else text
            after.writestr(name, text)
        for name, text in more.items():
            after.writestr(f"xl/{name}.xml", text)
    return target.getvalue()


SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def shared(*texts: str) -> bytes:
    """Write a sheet of one column, as most programs do: its texts stand in a part of their own."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="s" Type="{kind}" Target="sharedStrings.xml"/>'
    changes = [
        ("Types", "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SHARED}"/></Types>'),
        ("workbook.xml.rels", "</Relationships>", f"{relation}</Relationships>"),
        *(("sheet1", f't="inlineStr"><is><t>{number}</t></is>', f't="s"><v>{number}</v>') for number in range(len(texts))),
    ]
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return rewritten(sheet(*([str(number)] for number in range(len(texts)))), changes, sharedStrings=f'<sst xmlns="{main}">{items}</sst>')


def stream(data: bytes) -> list[list[list[object]]]:
    """Read the sheets of a workbook by openpyxl, row by row."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    return [[[*row] for row in found.iter_rows(values_only=True)] for found in book.worksheets]


def calamine(data: bytes) -> list[list[object]]:
    """Read the first sheet of a workbook by calamine."""
    return python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_what_libraries_do_not_tell_is_told_here() -> None:
    """Number formats, formulas without value, errors, merged cells and hidden rows."""

    def fill(book: openpyxl.Workbook) -> None:
        for row in (["Code", "Source", "Count"], [1.1, "doc-1", "=1+1"], [None, None, "#N/A"], [None, None, None], [2.1, "doc-2", 3]):
            book.active.append(row)
        book.active["A2"].number_format = "0.00"
        book.active.merge_cells("B2:B3")
        book.active.row_dimensions[5].hidden = True

    data = workbook(fill)
    table = read_table(data, file="a.xlsx")
    assert cells(table) == [("1.10", "doc-1"), ("", "doc-1"), ("2.1", "doc-2", "3")]
    assert [rule for rule, *_ in said(table)] == ["TAB-21", "TAB-22", "TAB-23", "TAB-24"]

    streamed = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True).active
    assert not [name for name in ("merged_cells", "row_dimensions") if hasattr(streamed, name)]
    whole = openpyxl.load_workbook(io.BytesIO(data), data_only=True).active
    empty, unsaved = whole["C4"], whole["C2"]
    assert (unsaved.value, unsaved.data_type) == (empty.value, empty.data_type), "a formula without value is like no cell"

    assert calamine(data) == [["Code", "Source", "Count"], [1.1, "doc-1", ""], ["", "", ""], ["", "", ""], [2.1, "doc-2", 3.0]]
    sheet_of_calamine = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0)
    assert not [name for name in dir(sheet_of_calamine) if re.search("[a-z]_format|hidden|style|formula", name)]


def test_escapes_that_libraries_leave_or_take_for_others_are_read_here() -> None:
    data = shared("Text", "_x005F_x0041_", "_x0041_", "a x005F_ b", "_xD83D__xDE00_")
    assert cells(read_table(data, file="a.xlsx")) == [("_x0041_",), ("A",), ("a x005F_ b",), ("😀",)]
    assert stream(data) == [[["Text"], ["_x0041_"], ["_x0041_"], ["a  b"], ["_xD83D__xDE00_"]]]
    assert calamine(data) == [["Text"], ["_x0041_"], ["A"], ["a x005F_ b"], ["_xD83D__xDE00_"]]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('<row r="2"', '<row r="4"', "the rows of the sheet are not in order"),
        ('<c r="A2"', '<c r="C2"', "the cells of a row are not in order"),
    ],
)
def test_rows_and_cells_out_of_order_are_refused_and_not_lost(old: str, new: str, reason: str) -> None:
    data = rewritten(sheet(["Name", "Code"], ["a", "1"], ["b", "2"]), [("sheet1", old, new)])
    assert [finding.message for finding in read_table(data, file="a.xlsx").findings] == [reason]
    (streamed,) = stream(data)
    assert {value for row in streamed for value in row} < {"Name", "Code", "a", "1", "b", "2", None}, "openpyxl passes over some"


def test_workbook_in_which_openpyxl_finds_no_sheet_is_read_or_refused() -> None:
    data = sheet(["Name"], ["a"])
    usual, other = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    relations = ("", f"{usual}officeDocument/2006/", f"{other}officeDocument/")
    strict = rewritten(data, [relations, ("xl", f"{usual}spreadsheetml/2006/", f"{other}spreadsheetml/")])
    assert cells(read_table(strict, file="a.xlsx")) == [("a",)]
    incomplete = rewritten(data, [("rels", "sheet1.xml", "sheet9.xml")])
    assert "it has no part 'sheet9.xml'" in read_table(incomplete, file="a.xlsx").findings[0].message
    assert stream(incomplete) == []
    with pytest.warns(UserWarning, match="invalid specification"):
        assert stream(strict) == []


def test_value_of_cells_merged_downwards_stands_in_each_row() -> None:
    rows = [["Source", "Name"], ["doc-1", "a"], [None, "b"], [None, None], [None, "c"], ["doc-2", "d"], [None, "e"]]
    table = read_table(sheet(*rows, merged=("A2:A5",)), file="a.xlsx")
    assert cells(table) == [("doc-1", "a"), ("doc-1", "b"), ("doc-1", "c"), ("doc-2", "d"), ("", "e")]
    assert [row.number for row in table.rows] == [2, 3, 5, 6, 7]


@pytest.mark.parametrize(
    ("value", "form", "text", "is_rounded"),
    [
        (1.1, "General", "1.1", True),
        (1.1, "0.00", "1.10", False),
        (1.1, "@", "1.1", True),
        (1.25, "0.0", "1.25", False),
        (1.1, "0", "1.1", True),
        (7, "000", "007", False),
        (-7, "000.0", "-007.0", False),
        (1234.5, "#,##0.00", "1234.50", False),
        (0.5, "0.00%", "0.5", True),
        (3, "General", "3", False),
    ],
)
def test_number_is_the_text_that_its_format_shows_where_that_says_more(value: float, form: str, text: str, *, is_rounded: bool) -> None:
    table = read_table(sheet(["Code"], [value], formats={"A2": form}), file="a.xlsx")
    assert table.rows[0].cells == (text,)
    assert table.is_rounded(table.rows[0], "Code") is is_rounded


FIRST, LAST = datetime.datetime.fromisoformat("1900-03-01"), datetime.datetime.fromisoformat("9999-12-30")


@settings(max_examples=40, deadline=None)
@given(st.datetimes(FIRST, LAST), st.sampled_from(["yyyy-mm-dd", 'd" of "mmm', "[$-407]h:mm d.m.yy"]))
def test_days_agree_with_openpyxl(moment: datetime.datetime, form: str) -> None:
    moment = moment.replace(microsecond=0)
    data = sheet(["Day"], [moment], formats={"A2": form})
    expected = openpyxl.load_workbook(io.BytesIO(data)).active["A2"].value
    assert isinstance(expected, datetime.datetime)
    (row,) = read_table(data, file="a.xlsx").rows
    assert row.cells[0] == expected.isoformat().removesuffix("T00:00:00")


@pytest.mark.parametrize(
    ("value", "number", "is_1904", "text"),
    [
        ("1", 14, False, "1900-01-01"),
        ("59", 14, False, "1900-02-28"),
        ("60", 14, False, "1900-02-29"),
        ("61", 14, False, "1900-03-01"),
        ("1", 14, True, "1904-01-02"),
        ("1.75", 46, False, "42:00:00"),
        ("0.5", 20, False, "12:00:00"),
        ("45686.52083", 22, False, "2025-01-29T12:30:00"),
        ("3000000", 14, False, "3000000"),
        ("x", 14, False, "x"),
    ],
)
def test_day_number_at_the_edges(value: str, number: int, *, is_1904: bool, text: str) -> None:
    assert format_number(value, read_format(number, None), is_1904=is_1904)[0] == text


def test_workbook_whose_days_begin_in_1904_is_read_so() -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.epoch = datetime.datetime.fromisoformat("1904-01-01")
        book.active.append(["Day"])
        book.active.append([1])
        book.active["A2"].number_format = "yyyy-mm-dd"

    assert cells(read_table(workbook(fill), file="a.xlsx")) == [("1904-01-02",)]


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_is_written_without_losing_it(value: float) -> None:
    assert float(format_number(repr(value), GENERAL)[0]) == value


def test_shared_texts_come_back_from_the_file_in_which_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airm_graph.ingest.formats.ooxml._AT_HAND", 5_000)
    texts = [f"é{n}" * (n % 7) for n in range(3_000)]
    strings = Strings(io.BytesIO(), iter(texts))
    order = [n * 1_007 % 3_000 for n in range(3_000)]
    assert [strings.find(n) for n in order] == [texts[n] for n in order]
    with pytest.raises(UnreadableError, match="a shared text that is not there"):
        strings.find(3_000)


# JSON.


def test_record_is_made_flat_and_numbers_keep_their_digits() -> None:
    table = read_table(RECORDS.encode(), file="a.json")
    assert table.header == ("Name", "Code", "More.Codes", "More.Is", "More.None")
    assert cells(table) == [("Verträge – “gut”", "1.10"), ("x", "", "1; 2.50", "true", "")]
    assert [(row.number, row.first_line) for row in table.rows] == [(1, 1), (2, 2)]
    assert table.sha256 == hashlib.sha256(RECORDS.encode()).hexdigest()


@pytest.mark.parametrize(
    "text", [f'{{"version": 1, "data": {{"tags": ["a"], "rows": {RECORDS}}}}}', RECORDS, json.dumps(json.loads(RECORDS), indent=1)]
)
def test_only_list_of_records_is_found_wherever_it_is(text: str) -> None:
    table = read_table(text.encode(), file="a.json")
    assert [row.cells[0] for row in table.rows] == ["Verträge – “gut”", "x"]
    beside = [finding.message for finding in table.findings]
    assert beside == (["what stands beside the records is left out: /version, /data/tags"] if text.startswith("{") else [])


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("", "empty", None),
        ("{}", "no list of records", None),
        ("[1, 2]", "no list of records", None),
        ('{"a": [{}], "b": [{}]}', "several lists of records: /a, /b", 1),
        ("[]", "no list of records", None),
        ("[{}]", "the list of records is empty", None),
        ('[{"a": 1},\n2]', "a value among the records is no object", 2),
        ('[{"a": 1},\n{"a": 1\n"b": 2}]', "not JSON: Expecting ',' delimiter", 3),
        ('[{"a": NaN}]', "NaN is no JSON", 1),
        ('[{"a": 1}', "a list does not end", 1),
        ('{"a": [{"b": 1}]', "an object does not end", 1),
        ('{"a" [{"b": 1}]', "a member", 1),
        ('{"a": 1}\n{"a": 2}', "named .jsonl?", 2),
        ('[{"a": "\\ud83d\\ude00"}] x', "behind the end", 1),
    ],
)
def test_json_that_is_no_table_is_refused_with_the_reason(text: str, reason: str, line: int | None) -> None:
    table = read_table(text.encode(), file="a.json")
    (finding,) = [finding for finding in table.findings if finding.rule == "TAB-01"]
    assert reason in finding.message
    assert finding.location
    assert finding.location.first_line == line
    assert table.rows == ()


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ('{"a": 1}\n\n[1]\n', "no object", 3),
        ('{"a": 1}\n{"a": 2\n', "not JSON", 2),
        ("\n", "empty", None),
    ],
)
def test_line_that_is_no_record_is_refused(text: str, reason: str, line: int | None) -> None:
    (finding,) = read_table(text.encode(), file="a.jsonl").findings
    assert reason in finding.message
    assert finding.location
    assert finding.location.first_line == line


def test_cell_that_json_cannot_mean_is_named_by_its_pointer() -> None:
    text = (
        '{"rows": [{"a": 1}, {"a": [{"b": 1}], "c": ["x;", "y"], "d": 1, "d": 2},\n'
        '{"e/f": "\\ud800", "g.h": 1, "g": {"h": 2, "~": [[1]]}, "only": ["x;"]}]}'
    )
    first, second, third = read_table(text.encode(), file="a.json").rows
    assert first.faults == ()
    assert [(fault.rule, fault.column, fault.reason.partition(" ")[0]) for fault in second.faults] == [
        ("TAB-26", "d", "/rows/1/d"),
        ("TAB-27", "a", "/rows/1/a"),
        ("TAB-27", "c", "a"),
    ]
    assert second.cells == ('[{"b": "1"}]', "x;; y", "1")
    assert [(fault.rule, fault.column, fault.reason.partition(" ")[0]) for fault in third.faults] == [
        ("TAB-09", "e/f", "/rows/2/e~1f"),
        ("TAB-26", "g.h", "/rows/2/g/h"),
        ("TAB-27", "g.~", "/rows/2/g/~0"),
    ]


@pytest.mark.parametrize("record", ['{"a": "", " a": "x"}', '{"a": "", "a": "x"}', '{"a": null, "a ": 0}'])
def test_record_whose_only_value_has_no_column_is_not_passed_over(record: str) -> None:
    (row,) = read_table(f'[{record}, {{"a": null}}]'.encode(), file="a.json").rows
    assert (row.cells, [fault.rule for fault in row.faults]) == (("",), ["TAB-26"])


MAPPED = {
    "ID": "A1",
    "Name": "n",
    "Description": "d",
    "Source ID": "doc-1",
    "Code": "3.1",
    "Code label": "",
    "Classified by": "",
    "Classification date": "",
}
SOURCES = 'ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025-03-01,\n'


def test_record_is_set_aside_for_a_cell_that_is_asked_for_and_for_no_other(tmp_path: Path) -> None:
    other = {**MAPPED, "ID": "A2", "Description": [{"text": "d"}]}
    third = {**MAPPED, "ID": "A3", "Name": "m", "History": [{"text": "d"}]}
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (MAPPED, other, third)))
    (tmp_path / "s.csv").write_text(SOURCES)
    readings = read_captures([tmp_path])
    assert [(entry.rule, entry.location.row, entry.location.column) for entry in readings.rejected] == [("TAB-27", 2, "Description")]
    assert readings.rejected[0].reason == "/Description is a list of lists or objects, which no cell can hold"
    assert readings.rejected[0].cells[2] == '[{"text": "d"}]'
    assert [(count.read, count.used) for count in readings.counts] == [(3, 2), (1, 1)]


VALUES = st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.none()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, min_size=1), min_size=1), st.integers(1, 9), st.booleans())
def test_json_in_pieces_is_the_same_as_json_at_once(records: list[dict[str, object]], size: int, is_ascii: bool) -> None:
    text = json.dumps({"v": 1.5, "rows": records}, ensure_ascii=is_ascii, indent=1)
    whole, pieces = Pass("a"), Pass("a")
    at_once = list(read_json([text], whole))
    assert list(read_json([text[n : n + size] for n in range(0, len(text), size)], pieces)) == at_once
    assert (pieces.header, pieces.findings) == (whole.header, whole.findings)
    assert len(at_once) == sum(any(value not in (None, "") for value in record.values()) for record in records)


# Text in pieces.


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet='aé€😀\r\n";,\t ', max_size=60), st.integers(1, 5), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_text_in_pieces_is_the_same_as_text_at_once(text: str, size: int, encoding: str) -> None:
    data = text.encode(encoding)
    out = Pass("a")
    found = "".join(decode_chunks([data[n : n + size] for n in range(0, len(data), size)], out))
    assert found == text.replace("\r\n", "\n").replace("\r", "\n")
    assert out.sha256 == hashlib.sha256(found.encode()).hexdigest()
    assert "".join(Lines([found[n : n + size] for n in range(0, len(found), size)])) == found + "\n"


def test_rows_of_a_text_in_pieces_are_the_same() -> None:
    text = CSV.replace("\r\n", "\n")
    at_once = list(read_delimited([text], Pass("a")))
    assert [row.number for row in at_once] == [2, 4]
    for size in range(1, 20):
        assert list(read_delimited([text[n : n + size] for n in range(0, len(text), size)], Pass("a"))) == at_once


@pytest.mark.parametrize(("before", "line"), [(b"a\r\nb\r", 3), (b"a\nb\n", 3), (b"a", 1), (b"\r\r", 3)])
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_byte_of_another_encoding_is_found_at_its_line(before: bytes, line: int, size: int) -> None:
    data = before + b"x\xe4y\nz"
    table = read_table(data, file="a.csv")
    (location,) = (finding.location for finding in table.findings if finding.rule == "TAB-02")
    assert location
    assert (location.first_line, location.text) == (line, ("a" if line == 1 else "") + "xäy")


def test_utf_16_is_read_and_said() -> None:
    table = read_table("Näme\tCode\r\nx\t1\r\n".encode("utf-16"), file="a.csv")
    assert (table.header, cells(table), said(table)) == (("Näme", "Code"), [("x", "1")], [("TAB-02", None, "")])


# Packed files.

PACKED = {
    "gz": gzip.compress,
    "zst": zstd.compress,
    "zip": lambda data: zipped(**{"a/../b__csv": data, "__MACOSX/b__csv": b"", "read__me": b"x"}),
}


@pytest.mark.parametrize("packing", PACKED)
def test_packed_table_is_the_same_table(packing: str, tmp_path: Path) -> None:
    data = CSV.encode("cp1252")
    plain, packed = read_table(data, file="a.csv"), read_table(PACKED[packing](data), file=f"a.csv.{packing}")
    assert (packed.rows, packed.header, packed.sha256) == (plain.rows, plain.header, plain.sha256)
    assert [finding.rule for finding in packed.findings] == ["TAB-02"]
    path = tmp_path / f"a.csv.{packing}"
    path.write_bytes(PACKED[packing](data))
    assert next(open_table(path, file=path.name).batches()) == plain.rows


@pytest.mark.parametrize("packing", ["gz", "zst"])
def test_packed_file_of_several_members_is_read_to_its_end(packing: str) -> None:
    first, second = PACKED[packing](b"Name\na\n"), PACKED[packing](b"b\n")
    padding = b"" if packing == "zst" else b"\0" * 8
    assert cells(read_table(first + second + padding, file=f"a.csv.{packing}")) == [("a",), ("b",)]


def test_workbook_and_parquet_are_read_out_of_a_packing(tmp_path: Path) -> None:
    data = sheet(["Name"], ["a"])
    assert cells(read_table(gzip.compress(data), file="a.xlsx.gz")) == [("a",)]
    assert cells(read_table(zipped(t__xlsx=data), file="a.zip")) == [("a",)]
    path = parquet("SELECT 'a' AS Name", tmp_path)
    assert cells(read_table(zstd.compress(path.read_bytes()), file="a.parquet.zst")) == [("a",)]


@pytest.mark.parametrize("packing", ["gz", "zst"])
@pytest.mark.parametrize("rest", [b"x", b"more"])
def test_what_stands_behind_a_packed_file_is_not_passed_over(packing: str, rest: bytes) -> None:
    (finding,) = read_table(PACKED[packing](b"Name\na\n") + rest, file=f"a.csv.{packing}").findings
    assert (finding.rule, "damaged or cut off" in finding.message) == ("TAB-25", True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a.csv.bz2", "a file packed by bzip2 (.bz2) is not read; unpack it with bunzip2, or pack it with gzip"),
        ("a.jsonl.xz", "a file packed by xz (.xz) is not read; unpack it with unxz, or pack it with gzip"),
    ],
)
def test_packing_that_is_not_read_is_refused_with_what_to_do(name: str, message: str, tmp_path: Path) -> None:
    (finding,) = read_table(b"any", file=name).findings
    assert (finding.rule, finding.message) == ("TAB-25", message)
    (tmp_path / name).write_bytes(b"any")
    assert [entry.rule for entry in read_captures([tmp_path]).findings] == ["TAB-25"]


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"a__csv": b"Name\n", "b__csv": b"Name\n"}, "this one holds 2: a.csv, b.csv"),
        ({"readme__txt": b"x"}, "this one holds 0: none"),
        ({"a__csv__gz": b"x"}, "packed once more"),
    ],
)
def test_archive_that_holds_no_single_table_is_refused(files: dict[str, bytes], reason: str) -> None:
    (finding,) = read_table(zipped(**files), file="a.zip").findings
    assert (finding.rule, reason in finding.message) == ("TAB-25", True)


def test_packing_without_its_library_is_refused_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zstd.compress(b"Name\na\n")
    for name in ("backports.zstd", "backports", "compression.zstd", "compression"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r'a.csv.zst: .*pip install "backports.zstd<2,>=1"'):
        read_table(data, file="a.csv.zst")


# Parquet.


def test_parquet_is_read_with_structures_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    path = parquet(
        """SELECT 'a' AS Name, 1.10::DECIMAL(4,2) AS Kept, 1.1::DOUBLE AS Lost, 2.0::DOUBLE AS Whole, DATE '2025-01-29' AS Day,
           TIMESTAMP '2025-01-29 12:00:00' AS Moment, TIMESTAMPTZ '2025-01-29 12:00:00+00' AS Zoned, true AS Is, NULL::VARCHAR AS Nothing,
           {'it''s': {'b': ['x', 'y']}} AS "a ""b", [[1]] AS Nested""",
        tmp_path,
    )
    table = read_table(path, file="t.parquet")
    assert dict(zip(table.header, table.rows[0].cells, strict=True)) == {
        "Name": "a",
        "Kept": "1.10",
        "Lost": "1.1",
        "Whole": "2",
        "Day": "2025-01-29",
        "Moment": "2025-01-29T12:00:00",
        "Zoned": "2025-01-29T12:00:00Z",
        "Is": "true",
        "Nothing": "",
        "a \"b.it's.b": "x; y",
        "Nested": "[[1]]",
    }
    assert [table.header[index] for index in table.rows[0].numbers] == ["Lost"]
    assert [fault.column for fault in table.rows[0].faults] == ["Nested"]
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_name_of_a_parquet_file_is_no_pattern(tmp_path: Path) -> None:
    path = parquet("SELECT 'a' AS Name", tmp_path)
    (tmp_path / "other.parquet").write_bytes(parquet("SELECT 'b' AS Name", tmp_path).read_bytes())
    strange = path.rename(tmp_path / "*.parquet")
    assert cells(read_table(strange, file="x.parquet")) == [("b",)]


# Rows that pass by.


def every_format(folder: Path) -> dict[str, Path]:
    rows = [{"Name": f"Measure {n}", "Code": f"{n % 4}.{n}"} for n in range(5_000)]
    lines = [json.dumps(row) for row in rows]
    text = "".join(f"{row['Name']},{row['Code']}\n" for row in [{"Name": "Name", "Code": "Code"}, *rows])
    found = {
        "t.csv": text.encode(),
        "t.csv.gz": gzip.compress(text.encode()),
        "t.json": f"[{','.join(lines)}]".encode(),
        "t.jsonl": "\n".join(lines).encode(),
        "t.xlsx": sheet(["Name", "Code"], *(list(row.values()) for row in rows)),
        "t.parquet": parquet("SELECT 'Measure ' || n AS Name, n % 4 || '.' || n AS Code FROM range(5000) AS r(n)", folder).read_bytes(),
    }
    for name, data in found.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in found}


def test_rows_that_pass_by_are_those_that_are_kept(tmp_path: Path) -> None:
    contents = set()
    for name, path in every_format(tmp_path).items():
        (kept,), (passing,) = read_tables(path, file=name), open_tables(path, file=name)
        for _ in range(2):
            assert tuple(row for batch in passing.batches(size=700) for row in batch) == kept.rows
        assert (passing.count, passing.header, passing.sha256, passing.findings) == (5_000, kept.header, kept.sha256, kept.findings)
        contents.add(tuple(row.cells for row in kept.rows))
    assert len(contents) == 1


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "jsonl", "json"])
def test_memory_does_not_grow_with_the_rows(kind: str, tmp_path: Path) -> None:
    peaks = []
    for count in (4_000, 16_000):
        names = [hashlib.sha256(str(n).encode()).hexdigest() * 4 for n in range(count)]
        records = [json.dumps({"Name": name}) for name in names]
        text = {"csv": "\n".join(["Name", *names]), "jsonl": "\n".join(records), "json": f"[{','.join(records)}]"}
        data = text[kind.partition(".")[0]].encode()
        path = tmp_path / f"t.{kind}"
        path.write_bytes(gzip.compress(data, 1) if kind.endswith("gz") else data)
        tracemalloc.start()
        assert sum(len(batch) for batch in open_table(path, file=path.name).batches(size=200)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000


def test_table_that_is_refused_has_no_rows_to_pass_by() -> None:
    table = open_table(b'Name\nx\n"never', file="a.csv")
    assert (table.header, table.count, list(table.batches())) == ((), 0, [])
    assert [finding.rule for finding in table.findings] == ["TAB-01"]


@pytest.mark.parametrize("later", [b"Name\na\nc\n", b"Name\na\n", b'Name\na\n"b', b"Name\na\n\xff\x81"])
def test_file_that_changes_while_it_is_read_is_noticed(later: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"Name\na\nb\n")
    table = open_table(path, file="a.csv")
    path.write_bytes(later)
    with pytest.raises(InputError, match="has changed since it was opened"):
        list(table.batches())


def test_one_table_of_several_is_not_chosen_by_chance() -> None:
    with pytest.raises(InputError, match="holds 3 tables"):
        read_table(SAVED / "measures.xlsx", file="measures.xlsx")


# Folders.


def test_tables_of_every_format_are_found_in_a_folder(tmp_path: Path) -> None:
    for name in ("a.json", "b.jsonl", "c.csv.gz"):
        record = json.dumps({**MAPPED, "ID": name, "Name": name})
        data = f"[{record}]" if name == "a.json" else record
        text = ",".join(MAPPED) + "\n" + ",".join({**MAPPED, "ID": name, "Name": name}.values()) + "\n"
        (tmp_path / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else data.encode())
    (tmp_path / "s.csv").write_text(SOURCES)
    (tmp_path / "settings.json").write_text('{"depth": [1, 2]}')
    (tmp_path / "other.json").write_text('[{"depth": 1}]')
    (tmp_path / "report.json").write_text('{"findings": [{"rule": "x"}]}')
    readings = read_captures([tmp_path])
    assert [(count.file, count.used) for count in readings.counts] == [("a.json", 1), ("b.jsonl", 1), ("c.csv.gz", 1), ("s.csv", 1)]
    notes = [(finding.rule, finding.location.file) for finding in readings.findings if finding.rule != "TAB-11" and finding.location]
    assert notes == [("TAB-28", "other.json"), ("TAB-28", "settings.json")]


@pytest.mark.parametrize(("text", "rule"), [('{"depth": [[1], 2', "TAB-01"), ('{"depth": [1, 2]}', "TAB-03"), ('[{"depth": 1}]', "TAB-03")])
def test_json_that_is_named_must_be_a_table(text: str, rule: str, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(text)
    (tmp_path / "s.csv").write_text(SOURCES)
    assert rule in {finding.rule for finding in read_captures([tmp_path / "settings.json", tmp_path / "s.csv"]).findings}


def test_code_that_is_a_number_is_said_at_its_cell(tmp_path: Path) -> None:
    rows = [[*MAPPED], *([*MAPPED.values()] for _ in range(3))]
    for number, code in ((1, 3.1), (2, "3.1"), (3, 3.1)):
        rows[number][:2], rows[number][4] = [f"A{number}", f"Measure {number}"], code
    (tmp_path / "m.xlsx").write_bytes(sheet(*rows, formats={"E4": "0.0"}))
    (tmp_path / "s.csv").write_text(SOURCES)
    found = [finding for finding in read_captures([tmp_path]).findings if finding.rule == "TAB-20"]
    assert [(finding.location.file, finding.location.row, finding.location.column) for finding in found if finding.location] == [
        ("m.xlsx#Sheet", 2, "Code")
    ]
    assert found[0].message == "the code is stored as the number 3.1, which 3.10 would be, too"


def test_sheet_of_notes_is_no_table_beside_one_that_is(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for row in ([*MAPPED], [*MAPPED.values()]):
            book.active.append(row)
        notes = book.create_sheet("Notes")
        for row in (["Noted on", "By"], ["2026-03-02", "Cy Day"]):
            notes.append(row)

    (tmp_path / "m.xlsx").write_bytes(workbook(fill))
    (tmp_path / "s.csv").write_text(SOURCES)
    assert [finding.rule for finding in read_captures([tmp_path]).findings] == ["TAB-29"]
    (tmp_path / "m.xlsx").write_bytes(sheet(["Noted on", "By"], ["2026-03-02", "Cy Day"]))
    assert "TAB-03" in {finding.rule for finding in read_captures([tmp_path]).findings}
