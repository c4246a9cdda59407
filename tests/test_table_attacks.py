"""Tables that are too large, too deep or damaged are refused with the reason.

Each file lies just past a bound, or past one that its test lowers.
"""

import csv
import gzip
import io
import os
import re
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
from backports import zstd
from click.testing import CliRunner

import airm_graph
from airm_graph.cli import cli
from airm_graph.errors import InputError
from airm_graph.export.quarantine import write_quarantine
from airm_graph.ingest import read_captures
from airm_graph.ingest.formats import (
    archive,
    encoding,
    json_rows,
    ooxml,
    open_table,
    open_tables,
    packed,
    parquet_rows,
    read_table,
    reader,
)
from airm_graph.ingest.formats.packed import Source
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_ROW, UnreadableError
from airm_graph.model import Finding, Location, Rejected, Severity
from airm_graph.query.answers import Table, format_table
from airm_graph.validate.formats.spreadsheet import write_csv
from airm_graph.validate.report import Report

SOURCE = Path(airm_graph.__file__).parent

PARTS = {
    "sheet": "xl/worksheets/sheet1.xml",
    "book": "xl/workbook.xml",
    "styles": "xl/styles.xml",
    "rels": "xl/_rels/workbook.xml.rels",
}


def refuse(source: bytes | Path, file: str) -> tuple[str, str]:
    """Rule and message of the finding that refuses a file as a whole."""
    table = read_table(source, file=file)
    assert (table.rows, table.header) == ((), ())
    return table.findings[-1].rule, table.findings[-1].message


def workbook_parts(**changed: str | None) -> dict[str, str]:
    """The parts of a small workbook; a part can be taken out or replaced."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Name", "Code"])
    book.active.append(["a", "1.1"])
    book.save(target)
    with zipfile.ZipFile(target) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts |= {PARTS[name]: content for name, content in changed.items() if content is not None}
    return {name: content for name, content in parts.items() if name not in [PARTS[name] for name in changed if changed[name] is None]}


def pack(parts: dict[str, str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'


def with_sheet(rows: str, after: str = "") -> bytes:
    return pack(workbook_parts(sheet=SHEET.format(rows, after)))


# Much out of little.


@pytest.fixture
def low_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a table swell twenty times and to a thousand bytes, so that some kilobytes are too many."""
    for module in (archive, packed):
        monkeypatch.setattr(module, "FREE", 1_000)
        monkeypatch.setattr(module, "RATIO", 20)


ROWS = b"a,b\n" * 1_000
SWELLING = {
    "csv.gz": gzip.compress(ROWS),
    "csv.zst": zstd.compress(ROWS),
    "csv.zip": pack({"t.csv": ROWS.decode()}),
    "jsonl.gz": gzip.compress(b'{"a":1}\n' * 1_000),
    "parquet.gz": gzip.compress(bytes(4_000)),
    "xlsx.gz": gzip.compress(bytes(4_000)),
}


@pytest.mark.usefixtures("low_ratio")
@pytest.mark.parametrize("kind", SWELLING)
def test_packed_file_that_swells_is_refused(kind: str) -> None:
    rule, message = refuse(SWELLING[kind], f"t.{kind}")
    assert (rule, "more than 20 times as many bytes" in message) == ("TAB-25", True)


def test_packed_file_is_never_unpacked_beyond_the_bound() -> None:
    noise = os.urandom(3_000)
    source = Source("t.csv.gz", gzip.compress(noise), ".gz", 1_000)
    taken: list[int] = []
    with pytest.raises(UnreadableError, match=r"more than 1,000 bytes unpacked"):
        taken.extend(map(len, source.chunks()))
    assert sum(taken) <= 1_000


@pytest.mark.usefixtures("low_ratio")
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/media/picture.png"])
def test_workbook_whose_part_swells_is_refused_before_it_is_unpacked(part: str) -> None:
    parts = workbook_parts()
    rule, message = refuse(pack({**parts, part: "\0" * 4_000}), "t.xlsx")
    assert (rule, "more than 20 times" in message) == ("TAB-25", True)


def test_workbook_whose_directory_is_wrong_about_a_size_is_refused() -> None:
    data = bytearray(pack(workbook_parts()))
    at = data.rindex(PARTS["sheet"].encode()) - 22
    struct.pack_into("<I", data, at, struct.unpack_from("<I", data, at)[0] - 1)
    rule, message = refuse(bytes(data), "t.xlsx")
    assert (rule, "damaged" in message) == ("TAB-25", True)


def test_archive_whose_entries_overlap_is_refused() -> None:
    """Two entries of the directory that stand for the same bytes."""
    body, crc = b"Name\na\n", zlib.crc32(b"Name\na\n")
    sizes = struct.pack("<HHIIIHH", 0, 33, crc, len(body), len(body), 5, 0)
    head = struct.pack("<4sHHH", b"PK\x03\x04", 20, 0, 0) + sizes + b"a.csv"
    entries = b"".join(struct.pack("<4sHHHH", b"PK\x01\x02", 20, 20, 0, 0) + sizes + bytes(14) + name for name in (b"a.csv", b"b.csv"))
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, len(entries), len(head) + len(body), 0)
    for file in ("t.zip", "t.xlsx"):
        assert refuse(head + body + entries + end, file) == ("TAB-25", "entries of the archive overlap")


def test_archive_of_too_many_entries_or_too_long_names_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_ENTRIES", 100)
    monkeypatch.setattr(archive, "_DIRECTORY", 10_000)
    entries = {f"{n}.txt": "" for n in range(101)}
    assert refuse(pack({**entries, "t.csv": "Name\na\n"}), "t.zip") == ("TAB-25", "the archive has more than 100 entries")
    names = {f"{n}/{'x' * 200}.txt": "" for n in range(50)}
    message = "the directory of the archive has more than 10,000 bytes"
    assert refuse(pack({**names, "t.csv": "Name\na\n"}), "t.zip") == ("TAB-25", message)
    assert refuse(pack({**workbook_parts(), **names}), "t.xlsx") == ("TAB-25", message)


def test_archives_in_archives_are_not_followed() -> None:
    inner = pack({"t.csv": "Name\na\n"})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("t.csv.zip", inner)
    rule, message = refuse(target.getvalue(), "t.zip")
    assert (rule, "packed once more" in message) == ("TAB-25", True)


def test_name_in_an_archive_is_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "t.zip").write_bytes(pack({"../t.csv": "Name\na\n", "/also.txt": "x"}))
    table = read_table(tmp_path / "in" / "t.zip", file="t.zip")
    assert [row.cells for row in table.rows] == [("a",)]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "t.zip"]


def test_archive_with_a_password_is_refused() -> None:
    data = bytearray(pack({"t.csv": "Name\n"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert refuse(bytes(data), "t.zip") == ("TAB-25", "the archive is protected by a password")


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_archive_of_an_unusual_packing_is_refused(method: int) -> None:
    assert refuse(pack(workbook_parts(), method=method), "t.xlsx")[1] == "the archive is packed in another manner than 'deflate'"


def test_window_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 20})
    data = frame.compress(b"Name\na\n", frame.FLUSH_BLOCK) + frame.flush()
    assert read_table(data, file="t.csv.zst").rows
    monkeypatch.setattr(packed, "_WINDOW_BITS", 19)
    assert refuse(data, "t.csv.zst")[0] == "TAB-25"


# XML.


@pytest.mark.parametrize("part", ["sheet", "book", "styles", "rels"])
@pytest.mark.parametrize(
    "declaration",
    ["<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "x.dtd">', '<!DOCTYPE x [<!ENTITY a "text">]>'],
)
def test_declarations_in_a_workbook_are_refused(part: str, declaration: str) -> None:
    plain = workbook_parts()
    content = re.sub(r"\A(<\?xml[^>]*\?>\s*)?", lambda match: match[0] + declaration, plain[PARTS[part]], count=1)
    rule, message = refuse(pack({**plain, PARTS[part]: content}), "t.xlsx")
    assert (rule, "declares a document type" in message) == ("TAB-01", True)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("<a>" * 70 + "</a>" * 70, "nested more than 64 deep"),
        (f'<row r="1"><c r="A1" t="str"><v>{"x" * (MAX_CELL + 1)}</v></c></row>', "a cell has more than 131,072 characters"),
        (f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * (MAX_CELL + 1)}</t></is></c></row>', "a cell has more than 131,072 characters"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "'XFE1' is no address"),
        ('<row r="2"/><row r="1"/>', "rows of the sheet are not in order"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "cells of a row are not in order"),
        (f'<row r="1">{"<c/>" * (MAX_COLUMNS + 1)}</row>', "a row has more than 16,384 cells"),
        (f'<row r="1"><c r="A1" {"x" * 1_100_000}="1"/></row>', "a tag of the workbook has more than 1,000,000 bytes"),
        ('<row r="1"><c t="s"><v>5</v></c></row>', "a shared text that is not there"),
        ('<row r="1"><c t="s"><v>999999999</v></c></row>', "a shared text that is not there"),
        ('<row r="1"><c t="s"><v>x</v></c></row>', "a shared text that is not there"),
        ('<row r="one"/>', "rows of the sheet are not in order"),
        ('<row r="10000001"><c><v>1</v></c></row>', "more than 10,000,000 rows"),
        ('<row r="1"><c></row>', "no XML"),
    ],
)
def test_sheet_past_a_bound_or_out_of_order_is_refused(rows: str, reason: str) -> None:
    rule, message = refuse(pack(workbook_parts(sheet=SHEET.format(rows, "")), method=zipfile.ZIP_STORED), "t.xlsx")
    assert (rule, reason in message) == ("TAB-01", True), message


def test_shared_text_in_every_cell_is_counted() -> None:
    parts = workbook_parts()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    related = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>", f'<Relationship Id="s" Type="{kind}" Target="s.xml"/></Relationships>'
    )
    row = "".join('<c t="s"><v>0</v></c>' for _ in range(100))
    sheet = SHEET.format(f"<row>{row}</row>", "")
    override = f'<Override PartName="/xl/s.xml" ContentType="{TYPE}.sharedStrings+xml"/></Types>'
    types = parts["[Content_Types].xml"].replace("</Types>", override)
    texts = f'<sst xmlns="{main}"><si><t>{"x" * 100_000}</t></si></sst>'
    data = pack(
        {**parts, "xl/_rels/workbook.xml.rels": related, "xl/s.xml": texts, "xl/worksheets/sheet1.xml": sheet, "[Content_Types].xml": types}
    )
    assert refuse(data, "t.xlsx") == ("TAB-01", f"a row has more than {MAX_ROW:,} characters")


MERGED = {
    1: ('<c r="A1" t="str"><v>Name</v></c>', '<c r="B1" t="str"><v>Code</v></c>'),
    2: ('<c r="A2" t="str"><v>x2</v></c>', '<c r="B2" t="str"><v>y</v></c>'),
    3: ('<c r="A3" t="str"><v>x3</v></c>',),
}


def test_merge_that_goes_on_below_the_sheet_fills_the_rows_that_there_are() -> None:
    rows = "".join(f'<row r="{n}">{"".join(cells)}</row>' for n, cells in MERGED.items())
    table = read_table(with_sheet(rows, '<mergeCells><mergeCell ref="B2:B9"/></mergeCells>'), file="t.xlsx")
    assert [row.cells for row in table.rows] == [("x2", "y"), ("x3", "y")]


def test_links_and_macros_of_a_workbook_are_not_followed() -> None:
    parts = workbook_parts()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    more = (
        f'<Relationship Id="m" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" Target="vbaProject.bin"/>'
        f'<Relationship Id="e" Type="{kind}/externalLink" Target="externalLinks/externalLink1.xml"/>'
        f'<Relationship Id="x" Type="{kind}/sharedStrings" Target="http://127.0.0.1:9/" TargetMode="External"/>'
    )
    related = parts["xl/_rels/workbook.xml.rels"].replace("</Relationships>", f"{more}</Relationships>")
    sheet = SHEET.format('<row><c t="str"><v>Name</v></c></row><row><c t="str"><f>[1]Other!A1</f><v>saved</v></c></row>', "")
    data = pack({**parts, "xl/_rels/workbook.xml.rels": related, "xl/vbaProject.bin": "x", "xl/worksheets/sheet1.xml": sheet})
    assert [row.cells for row in read_table(data, file="t.xlsm").rows] == [("saved",)]


@pytest.mark.parametrize("target", ["../../outside.xml", "/outside.xml", "file:///outside.xml"])
def test_part_outside_of_the_workbook_is_not_there(target: str) -> None:
    parts = workbook_parts()
    related = re.sub(r'Target="[^"]*sheet1.xml"', f'Target="{target}"', parts["xl/_rels/workbook.xml.rels"])
    assert refuse(pack({**parts, "xl/_rels/workbook.xml.rels": related}), "t.xlsx") == (
        "TAB-01",
        "the workbook is incomplete: it has no part 'outside.xml'",
    )


@pytest.mark.parametrize("name", ["styles", "book", "rels"])
def test_workbook_without_a_part_is_refused_or_read(name: str) -> None:
    table = read_table(pack(workbook_parts(**{name: None})), file="t.xlsx")
    assert bool(table.rows) or table.findings


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def make_strict(text: str) -> str:
    for usual, strict in STRICT.items():
        text = text.replace(usual, strict)
    return text


def prefix_names(name: str, text: str, names: str, declared: str) -> str:
    """Give some names of elements of a sheet a prefix."""
    return re.sub(rf"(</?)({names})\b", r"\1x:\2", text).replace("xmlns=", declared) if name == PARTS["sheet"] else text


@pytest.mark.parametrize(
    "change",
    [
        lambda name, text: make_strict(text),
        lambda name, text: text.replace("<fill><patternFill/></fill>", "<fill/>"),
        lambda name, text: prefix_names(name, text, r"\w+", "xmlns:x="),
        lambda name, text: prefix_names(name, text, "row|c|v", f'xmlns:x="{MAIN}" xmlns='),
        lambda name, text: text.replace("/xl/worksheets/sheet1.xml", "WORKSHEETS\\Sheet1.xml"),
    ],
    ids=["strict", "fill", "prefix", "two-prefixes", "letters"],
)
def test_workbook_of_an_unusual_program_is_read(change: Callable[[str, str], str]) -> None:
    plain = workbook_parts()
    parts = {name: change(name, text) for name, text in plain.items()}
    assert parts != plain
    table = read_table(pack(parts), file="t.xlsx")
    assert ([row.cells for row in table.rows], table.header, table.findings) == ([("a", "1.1")], ("Name", "Code"), ())


@pytest.mark.parametrize(("bound", "reason"), [("_BYTES", "more than 1,000 bytes"), ("_ELEMENTS", "or 1,000 elements")])
def test_row_without_end_is_refused_at_the_limit(bound: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pack(workbook_parts(sheet=SHEET.format(f"<row><c t='b'><v>1</v></c>{'<c/>' * 16_000}</row>", "")), method=zipfile.ZIP_STORED)
    assert read_table(data, file="t.xlsx").header == ("TRUE",)
    monkeypatch.setattr(archive, "_CHUNK", 10_000)
    monkeypatch.setattr(ooxml, bound, 1_000)
    assert reason in refuse(data, "t.xlsx")[1]


def test_many_short_rows_are_below_the_limit_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_CHUNK", 500)
    monkeypatch.setattr(ooxml, "_BYTES", 1_500)
    monkeypatch.setattr(ooxml, "_ELEMENTS", 100)
    rows = '<row><c t="str"><v>a</v></c></row>' * 1_000
    before = SHEET.format(rows, "<extLst>" + "<x><y/></x>" * 1_000 + "</extLst>").replace(
        "<sheetData>", "<cols>" + "<col/>" * 1_000 + "</cols><sheetData>"
    )
    table = read_table(pack(workbook_parts(sheet=before, styles="<styleSheet/>"), method=zipfile.ZIP_STORED), file="t.xlsx")
    assert (len(table.rows), table.findings) == (999, ())


def test_what_stands_around_the_rows_of_a_sheet_does_not_matter() -> None:
    """A wrong size before them, a filter, an extension and a drawing's "row" behind them."""
    rows = '<row><c t="str"><v>Name</v></c><c t="str"><v>Code</v></c></row><row><c t="str"><v>a</v></c><c t="str"><v>1.1</v></c></row>'
    rule = '<customFilters><customFilter operator="x"/></customFilters>'
    after = f'<autoFilter ref="A1"><filterColumn colId="0">{rule}</filterColumn></autoFilter>'
    extension = '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><row r="1"/></ext></extLst>'
    content = SHEET.format(rows, after + extension).replace("<sheetData>", '<dimension ref="A1"/><sheetData>')
    table = read_table(pack(workbook_parts(sheet=content)), file="t.xlsx")
    assert ([row.cells for row in table.rows], table.header, table.findings) == ([("a", "1.1")], ("Name", "Code"), ())


@pytest.mark.parametrize("cut", [1, 10, 30, 100, 1_000, 3_000])
def test_workbook_that_is_cut_off_is_refused(cut: int) -> None:
    data = pack(workbook_parts())
    assert refuse(data[:-cut], "t.xlsx")[0] in {"TAB-25", "TAB-01"}


@pytest.mark.parametrize("seed", range(6))
def test_damaged_file_is_refused_or_read_and_never_an_error(seed: int, tmp_path: Path) -> None:
    import random

    chance = random.Random(seed)
    path = tmp_path / "s.parquet"
    duckdb.connect().execute(f"COPY (SELECT 'n' || i AS Name, i AS Code FROM range(500) AS r(i)) TO '{path}' (FORMAT parquet)")
    whole = {
        "t.xlsx": pack(workbook_parts(), method=zipfile.ZIP_STORED),
        "t.csv.gz": gzip.compress(b"Name,Code\na,1\n" * 50),
        "t.zip": pack({"t.csv": "Name,Code\na,1\n" * 50}),
        "t.csv.zst": zstd.compress(b"Name,Code\na,1\n" * 50),
        "t.parquet": path.read_bytes(),
        "t.json": b'{"a": [{"Name": "a", "Code": 1.10, "x": [1, {"y": null}]}]}',
        "t.csv": b'Name,Code\r\n"a ""b""",1\r\n',
    }
    for name, data in whole.items():
        for _ in range(25):
            damaged = bytearray(data)
            for _ in range(chance.randrange(1, 6)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            for table in open_tables(bytes(damaged[: chance.randrange(len(damaged)) + 1 if chance.random() < 0.2 else None]), file=name):
                assert table.findings or sum(len(batch) for batch in table.batches()) == table.count


# Texts.


@pytest.mark.parametrize(
    ("head", "piece", "reason"),
    [
        (b'Name\n"', b"x" * 100, "a row has more than 10,000 characters, or its quotes do not close"),
        (b"Name\n", b"x" * 100, "a row has more than 10,000 characters"),
        (b"Name\n", b"," * 100, "a row has more than 10,000 characters"),
        (b"Name\n", b'"x\n",' * 20, "a row has more than 10,000 characters"),
    ],
)
def test_cell_without_end_is_refused_at_the_limit_and_not_read_to_its_end(
    head: bytes, piece: bytes, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(head + piece * 5_000)
    monkeypatch.setattr(encoding, "MAX_ROW", 10_000)
    monkeypatch.setattr(packed, "_CHUNK", 1_000)
    taken = []
    inner = Source.chunks
    monkeypatch.setattr(Source, "chunks", lambda self: (taken.append(len(chunk)) or chunk for chunk in inner(self)))
    table = open_table(path, file="t.csv")
    assert reason in table.findings[0].message
    assert table.findings[0].location == Location("t.csv", 2, 2)
    # The delimiter is looked for in as much as a cell may hold.
    assert sum(taken) < MAX_CELL + 20_000


def test_cell_of_many_lines_is_refused_at_the_limit() -> None:
    rule, message = refuse(b'Name\n"' + b"x\n" * (MAX_CELL // 2 + 1), "t.csv")
    assert (rule, "a cell has more than 131,072 characters" in message) == ("TAB-01", True)


@pytest.mark.parametrize("text", ["Name\n" + "," * MAX_COLUMNS + "\n", ",".join(f"c{n}" for n in range(MAX_COLUMNS + 1)) + "\n"])
def test_too_many_columns_are_refused(text: str) -> None:
    assert refuse(text.encode(), "t.csv") == ("TAB-01", "a row has more than 16,384 cells")


def test_new_column_in_every_record_is_refused() -> None:
    lines = "".join(f'{{"c{n}": 1}}\n' for n in range(MAX_COLUMNS + 1))
    assert re.search("more than 16,384 columns|the table is too large", refuse(lines.encode(), "t.jsonl")[1])


@pytest.mark.parametrize("text", ['{"a":' * 34 + "1" + "}" * 34, '[{"a":' + '{"a":' * 33 + "1" + "}" * 34 + "]"])
def test_deeply_nested_json_is_refused(text: str) -> None:
    for file in ("t.json", "t.jsonl"):
        rule, message = refuse(text.encode(), file)
        assert rule == "TAB-01"
        assert re.search(r"nested more than 32 deep|no object", message), message


@pytest.mark.parametrize("depth", [1, 33])
def test_lists_in_lists_are_one_cell(depth: int) -> None:
    (table,) = open_tables(f'[{{"a": [{"[" * depth}1{"]" * depth}]}}]'.encode(), file="t.json")
    assert table.count == 1


def test_few_bytes_that_make_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_KEPT", 10_000)
    columns = ",".join(f'"c{n}":1' for n in range(100))
    lines = f"{{{columns}}}\n" + '{"c99":1}\n' * 200
    assert "the table is too large" in refuse(lines.encode(), "t.jsonl")[1]
    rows = '<row><c r="CV1" t="b"><v>1</v></c></row>' * 200
    assert "the table is too large" in refuse(pack(workbook_parts(sheet=SHEET.format(rows, "")), method=zipfile.ZIP_STORED), "t.xlsx")[1]


def test_record_without_end_is_refused_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "MAX_ROW", 1_000)
    rule, message = refuse(b'[{"a": "' + b"x" * 2_000, "t.json")
    assert (rule, "more than 1,000 characters" in message) == ("TAB-01", True)


def test_number_of_many_digits_is_a_text() -> None:
    (row,) = read_table(b'[{"a": ' + b"9" * 1_000 + b"}]", file="t.json").rows
    assert row.cells == ("9" * 1_000,)


# Parquet.


def test_parquet_of_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    duckdb.connect().execute(f"COPY (SELECT 'x' AS Name FROM range(1001)) TO '{path}' (FORMAT parquet)")
    monkeypatch.setattr(parquet_rows, "MAX_ROWS", 1_000)
    assert refuse(path, "t.parquet") == ("TAB-01", "the table has more than 1,000 rows")


def test_parquet_of_one_long_text_in_every_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    duckdb.connect().execute(f"COPY (SELECT repeat('x', 100) AS Name FROM range(200)) TO '{path}' (FORMAT parquet)")
    monkeypatch.setattr(reader, "MAX_TABLE", 10_000)
    assert refuse(path, "t.parquet") == ("TAB-01", "the table has more than 10,000 characters")


@pytest.mark.parametrize("change", ["cut", "footer", "noise"])
def test_damaged_parquet_is_refused(change: str, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    duckdb.connect().execute(f"COPY (SELECT 'x' || i AS Name FROM range(1000) AS r(i)) TO '{path}' (FORMAT parquet)")
    data = bytearray(path.read_bytes())
    if change == "cut":
        data = data[:-20]
    elif change == "footer":
        data[-8:-4] = struct.pack("<I", len(data) + 1)
    else:
        data[4:200] = bytes(196)
    rule, message = refuse(bytes(data), "t.parquet")
    assert (rule, message.startswith("the Parquet file is damaged")) == ("TAB-01", True)


# What is no file.


def test_pipe_or_device_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    fifo = tmp_path / "t.csv"
    os.mkfifo(fifo)
    for path in (fifo, Path("/dev/null")):
        with pytest.raises(InputError, match="no regular file"):
            read_captures([path])
    with pytest.raises(InputError, match="no captures"):
        read_captures([tmp_path])
    done = CliRunner().invoke(cli, ["build", str(fifo), "-o", str(tmp_path / "dist")], standalone_mode=False)
    assert isinstance(done.exception, InputError)


def test_pipe_into_which_somebody_writes_is_refused(tmp_path: Path) -> None:
    fifo = tmp_path / "t.csv"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    writer = threading.Thread(target=lambda: os.close(os.open(fifo, os.O_WRONLY)))
    writer.start()
    with pytest.raises(InputError, match="no regular file"):
        read_table(fifo, file="t.csv")
    writer.join()
    os.close(reader)


def test_links_that_go_in_circles_are_no_input(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "loop.csv").symlink_to(folder / "loop.csv")
    (folder / "again").symlink_to(folder)
    (folder / "t.csv").write_text("Name\na\n")
    assert list(read_captures([folder]).files) == ["t.csv"]
    with pytest.raises(InputError):
        read_captures([folder / "loop.csv"])


# Cells that a spreadsheet would run.

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\n=1+1", " =1+1", '=SUM("1")']


def written(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_table_that_is_written_holds_a_formula(cell: str) -> None:
    quarantine = written(write_quarantine([Rejected("TAB-04", cell, Location(cell, row=2, column=cell), (cell,), (cell,))]))
    finding = Finding("TAB-04", Severity.INFO, cell, cell, Location(cell, 1, 1, cell, 1, cell), focus=cell, path=cell, value=cell)
    report = written(write_csv(Report((finding,)), paths={}))
    literal = '"' + cell.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t") + '"'
    answers = written(format_table(Table(("text",), ((literal,),)), format="csv"))
    for table in (quarantine, report, answers):
        found = [entry for row in table for entry in row]
        assert f"'{cell}" in found
        assert cell not in found


def test_number_in_an_answer_stays_a_number() -> None:
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert written(format_table(Table(("n",), ((f'"-1"^^<{integer}>',), ('"+1.5e3"',), ('"-1+1"',))), format="csv")) == [
        ["n"],
        ["-1"],
        ["+1.5e3"],
        ["'-1+1"],
    ]


def test_every_module_that_writes_csv_escapes_formulas() -> None:
    found = [path for path in SOURCE.rglob("*.py") if re.search(r"csv\.(?:writer|DictWriter)\(", path.read_text(encoding="utf-8"))]
    # What `graph` writes goes to DuckDB, and never to people.
    writers = [path for path in found if path.parent.name != "graph"]
    assert len(writers) >= 3
    for path in writers:
        assert re.search(r"\bescape_(?:formula|cell)\b(?!\")", path.read_text(encoding="utf-8")), path


def test_formula_in_a_table_is_set_aside_as_a_text(tmp_path: Path) -> None:
    head = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date\n"
    (tmp_path / "m.csv").write_text(head + "A1,,=1+1,doc-1,3.1,,,\nA2,Red teaming,x,doc-1,3.1,,,\n")
    (tmp_path / "s.csv").write_text('ID,Title,Authors,URL,Date,Abstract\ndoc-1,A Made-up Handbook,"Ann Lee, Bo Chen",,2025,\n')
    dist = tmp_path / "dist"
    airm_graph.build([tmp_path]).write(dist)
    (row,) = written((dist / "quarantine.csv").read_text(encoding="utf-8"))[1:]
    assert row[7] == "'=1+1"
