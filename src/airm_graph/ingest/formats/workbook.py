"""Workbooks (XLSX) → one table for each visible sheet, by openpyxl, with the values as saved.

Nothing is calculated and nothing is followed: of a formula the saved value counts, of a link its
text, of a macro nothing.
"""

import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from posixpath import basename
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from airm_graph.ingest.formats.archive import DAMAGED, Archive, open_archive
from airm_graph.ingest.formats.cell_texts import format_number, format_time, unescape
from airm_graph.ingest.formats.header import Merge, find_header
from airm_graph.ingest.formats.packed import Source
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_ROW, Fault, Pass, Row, UnreadableError, read_header
from airm_graph.model import Location

if TYPE_CHECKING:
    from airm_graph.ingest.formats.sheet_layout import Layout

__all__ = ["MAX_WORKBOOK", "Sheet", "Workbook", "open_workbook"]

#: Bytes of the unpacked parts of a workbook; openpyxl holds some of them as trees.
MAX_WORKBOOK = 150_000_000
_SAMPLE = 20  # rows in which the header is looked for
_BATCH = 100
_NAMED = 10  # hidden rows named in a message
_OLD = b"\xd0\xcf\x11\xe0"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What openpyxl lets through of a workbook that it cannot read.
_UNREAD = (ArithmeticError, AssertionError, AttributeError, LookupError, OSError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with cells: its name, the part of the archive that holds it, whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class _SheetRow:
    """A row of a sheet.

    Attributes:
        cells: By column; only those that hold something.
        rounded: Columns of numbers whose last zeros may be lost.
        problems: Rule, column and message.
    """

    number: int
    cells: dict[int, str] = field(default_factory=dict)
    rounded: list[int] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)

    def list_cells(self) -> list[str]:
        """List all cells, up to the last one that holds something."""
        found = [""] * (max(self.cells, default=-1) + 1)
        for column, text in self.cells.items():
            found[column] = text
        return found

    def add(self, column: int, cell: Any) -> None:
        """Add a cell of openpyxl as text."""
        value, text = cell.value, ""
        if cell.data_type == "e":
            self.add_problem("TAB-22", column, f"the cell holds the error {value[:20]}")
        elif isinstance(value, str):
            text = unescape(value)
            if "\ufffd" in text and "\ufffd" not in value:
                self.add_problem("TAB-09", column, "the cell holds half a character")
        elif isinstance(value, bool):
            text = str(value).upper()
        elif isinstance(value, int | float):
            text, is_rounded = format_number(repr(value), cell.number_format)
            self.rounded += [column] if is_rounded else []
        else:
            text = format_time(value)
        if len(text) > MAX_CELL:
            raise UnreadableError(f"a cell has more than {MAX_CELL:,} characters", line=self.number, row=self.number)
        if text:
            self.cells[column] = text

    def add_problem(self, rule: str, column: int, what: str) -> None:
        """Add what is wrong with a cell, named as a spreadsheet does."""
        self.problems.append((rule, column, f"{_name_cell(column, self.number)}: {what}"))


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that is open.

    Attributes:
        sheets: Those with cells, hidden ones too.
        limit: Characters of a sheet to read at most: one shared text may stand in every cell.
    """

    sheets: tuple[Sheet, ...]
    digest: str
    limit: int
    _book: Any
    _archive: Archive

    def rows(self, sheet: Sheet, out: Pass) -> Iterator[Row]:
        """Read the rows of a sheet below its header, which goes to *out*; of a blank sheet none.

        Raises:
            UnreadableError: The sheet is damaged, or too large.
        """
        from airm_graph.ingest.formats.sheet_layout import read_layout

        out.sha256, out.media_type = hashlib.sha256(f"{self.digest}#{sheet.name}".encode()).hexdigest(), _MEDIA
        with _explain_errors(), self._archive.open(sheet.part) as part:
            layout = read_layout(part)
        rows = self._read(sheet, layout)
        sample = list(islice(rows, _SAMPLE))
        if not sample:
            return
        header = find_header([(row.number, row.list_cells()) for row in sample], layout.merges)
        out.header = read_header(header.names)
        for message in header.messages:
            out.say("TAB-24", message, _find_location(out, header.first_row))
        body = chain((row for row in sample if row.number > header.last_row), rows)
        below = [merge for merge in layout.merges if merge.last_row > merge.row > header.last_row]
        for row in _fill_merged(_note_hidden(body, layout.hidden, out), below, out):
            yield _finish(row, out)

    def _read(self, sheet: Sheet, layout: "Layout") -> Iterator[_SheetRow]:
        """Read the rows that hold something."""
        worksheet, size = self._book[sheet.name], 0
        # What a sheet says of its own size is often wrong; openpyxl would leave out what lies beyond.
        worksheet.reset_dimensions()
        # Behind the last row stand filters and rules, of which openpyxl cannot read all; it never comes to them.
        found = enumerate(islice(worksheet.iter_rows(), layout.last_row), 1)
        while batch := _read_batch(found, layout.unsaved):
            for row in batch:
                length = sum(map(len, row.cells.values()))
                size += length
                if length > MAX_ROW or size > self.limit:
                    what = f"a row has more than {MAX_ROW:,}" if length > MAX_ROW else f"the sheet has more than {self.limit:,}"
                    raise UnreadableError(f"{what} characters", line=row.number, row=row.number)
                if length or row.problems:
                    yield row


def _read_batch(rows: Iterator[tuple[int, Sequence[Any]]], unsaved: set[tuple[int, int]]) -> list[_SheetRow]:
    from openpyxl.cell.read_only import EMPTY_CELL

    batch = []
    with _explain_errors():
        for number, cells in islice(rows, _BATCH):
            row = _SheetRow(number)
            for column, cell in [pair for pair in enumerate(cells) if pair[1] is not EMPTY_CELL]:
                if cell.value is not None:
                    row.add(column, cell)
                elif (number, column) in unsaved:
                    row.add_problem("TAB-21", column, "the formula was saved without its value")
            batch.append(row)
    return batch


@contextmanager
def open_workbook(source: Source) -> Iterator[Workbook]:
    """Open a workbook.

    Raises:
        UnreadableError: It is none, or cannot be trusted.
    """
    digest = source.digest()
    with source.stream() as stream:
        if stream.read(len(_OLD)) == _OLD:
            raise UnreadableError("the file is a workbook of Excel 97 to 2003, or protected by a password")
        with open_archive(stream, limit=min(source.limit, MAX_WORKBOOK), remedy="save its sheets as CSV") as archive:
            with _explain_errors():
                sheets, book = _load(archive, stream)
            yield Workbook(sheets, digest, source.limit, book, archive)


def _load(archive: Archive, stream: Any) -> tuple[tuple[Sheet, ...], Any]:
    # openpyxl takes 0.1 s to load.
    from openpyxl.reader.excel import ExcelReader

    from airm_graph.ingest.formats.sheet_layout import check_declarations

    for info in archive.infolist():
        if info.filename.lower().endswith((".xml", ".rels")):
            with archive.open(info) as part:
                check_declarations(part)
    # As `load_workbook` does, which keeps the names of the parts to itself.
    reader = ExcelReader(stream, read_only=True, data_only=True, keep_links=False)
    reader.read()
    sheets = []
    for sheet, relation in reader.parser.find_sheets():
        if relation.target not in archive.namelist():
            raise UnreadableError(f"the workbook is incomplete: it has no part {basename(relation.target)!r}")
        if "chartsheet" not in relation.Type:
            sheets.append(Sheet(sheet.name, relation.target, sheet.state != "visible"))
    if not sheets:
        raise UnreadableError("the workbook has no sheet with cells; one that was saved as Strict Open XML has to be saved as XLSX again")
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise UnreadableError("two sheets have one name")
    return tuple(sheets), reader.wb


@contextmanager
def _explain_errors() -> Iterator[None]:
    """Make refusals of what openpyxl raises; what it warns of is no loss for a table."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (SyntaxError, expat.ExpatError) as error:  # of ElementTree and of lxml, which openpyxl takes where it is there
        raise UnreadableError(f"a part of the workbook is no XML: {error}") from error
    except DAMAGED as error:
        raise UnreadableError(f"an entry of the archive is damaged: {error}", rule="TAB-25") from error
    except _UNREAD as error:
        cause = error.__cause__ or error
        what = f"the workbook is damaged, or not as openpyxl reads it ({type(cause).__name__}: {str(cause)[:200]})"
        raise UnreadableError(f"{what}; open it in a spreadsheet program and save it again") from error


def _fill_merged(rows: Iterable[_SheetRow], merges: Sequence[Merge], out: Pass) -> Iterator[_SheetRow]:
    """Write the value of cells that are merged downwards into the rows that they reach."""
    current: dict[int, tuple[int, str, bool]] = {}
    following, first = 0, ""
    for row in rows:
        for column, (last_row, value, is_rounded) in [*current.items()]:
            if last_row < row.number:
                del current[column]
            elif column not in row.cells:
                row.cells[column] = value
                row.rounded += [column] if is_rounded else []
        while following < len(merges) and merges[following].row <= row.number:
            merge, following = merges[following], following + 1
            if merge.row == row.number and merge.column in row.cells:
                current[merge.column] = merge.last_row, row.cells[merge.column], merge.column in row.rounded
                first = first or f"{_name_cell(merge.column, merge.row)}:{_name_cell(merge.column, merge.last_row)}"
        yield row
    if first:
        what = f"cells are merged over several rows (first {first}); each of the rows has their value"
        out.say("TAB-24", what, _find_location(out, int(re.findall(r"\d+", first)[0])))


def _note_hidden(rows: Iterable[_SheetRow], hidden: set[int], out: Pass) -> Iterator[_SheetRow]:
    """Pass rows on, and after the last one name those that are hidden."""
    found: list[int] = []
    for row in rows:
        found += [row.number] if row.number in hidden else []
        yield row
    if found:
        numbers = ", ".join(map(str, found[:_NAMED])) + (", …" if len(found) > _NAMED else "")
        out.say("TAB-23", f"hidden rows were read like any other: {numbers}", _find_location(out, found[0]))


def _finish(row: _SheetRow, out: Pass) -> Row:
    """Make a row of the table; what is wrong with a cell gets the name of its column."""
    faults = []
    for rule, column, message in row.problems:
        name = out.header[column] if column < len(out.header) else ""
        if rule == "TAB-09":
            faults.append(Fault(rule, name, message))
        else:
            out.say(rule, message, _find_location(out, row.number, name))
    return Row(row.number, row.number, row.number, tuple(row.list_cells()), tuple(row.rounded), tuple(faults))


def _name_cell(column: int, row: int) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)}{row}"


def _find_location(out: Pass, row: int, column: str = "") -> Location:
    return Location(out.file, row, row, "", row, column)
