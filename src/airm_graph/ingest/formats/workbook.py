"""Workbooks (XLSX) → one table for each visible sheet, row by row, with the values as saved.

Nothing is calculated and nothing is followed: of a formula the saved value counts, of a link its
text, of a macro nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from tempfile import SpooledTemporaryFile

from airm_graph.frozen import frozen
from airm_graph.ingest.formats.archive import open_archive
from airm_graph.ingest.formats.cell_values import NumberFormat
from airm_graph.ingest.formats.header import Merge, find_header
from airm_graph.ingest.formats.ooxml import Package, Sheet, Strings, read_contents, read_styles, read_text
from airm_graph.ingest.formats.packed import Source
from airm_graph.ingest.formats.rows import MAX_ROW, MAX_ROWS, Fault, Pass, Row, UnreadableError, read_header
from airm_graph.ingest.formats.sheet_cells import Line, LineReader, name_cell, read_address
from airm_graph.model import Location

__all__ = ["Workbook", "open_workbook"]

_SAMPLE = 20  # rows in which the header is looked for
_MERGES = 100_000
_NAMED = 10  # hidden rows named in a message
_IN_MEMORY = 8_000_000  # bytes of shared texts; more of them wait on disk
_OLD = b"\xd0\xcf\x11\xe0"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@frozen
class Workbook:
    """A workbook that is open.

    Attributes:
        sheets: Those with cells, hidden ones too.
        limit: Characters of a sheet to read at most: one shared text may stand in every cell.
    """

    sheets: tuple[Sheet, ...]
    digest: str
    limit: int
    _package: Package
    _strings: Strings
    _styles: list[NumberFormat]
    _is_1904: bool

    def rows(self, sheet: Sheet, out: Pass) -> Iterator[Row]:
        """Read the rows of a sheet below its header, which goes to *out*; of a blank sheet none.

        Raises:
            UnreadableError: The sheet is damaged, or too large.
        """
        out.sha256, out.media_type = hashlib.sha256(f"{self.digest}#{sheet.name}".encode()).hexdigest(), _MEDIA
        merges = _read_merges(self._package, sheet.part)
        lines = self._read(sheet)
        sample = list(islice(lines, _SAMPLE))
        if not sample:
            return
        header = find_header([(line.number, line.list_cells()) for line in sample], merges)
        out.header = read_header(header.names)
        for message in header.messages:
            out.say("TAB-24", message, _find_location(out, header.first_row))
        body = chain((line for line in sample if line.number > header.last_row), lines)
        below = [merge for merge in merges if merge.last_row > merge.row > header.last_row]
        for line in _fill_merged(_note_hidden(body, out), below, out):
            yield _finish(line, out)

    def _read(self, sheet: Sheet) -> Iterator[Line]:
        """Read the lines that hold something."""
        reader, size = LineReader(self._strings, self._styles, is_1904=self._is_1904), 0
        for line in map(reader.read, self._package.elements(sheet.part, "sheetData")):
            length = sum(map(len, line.cells.values()))
            size += length
            if length > MAX_ROW or size > self.limit:
                what = f"a row has more than {MAX_ROW:,}" if length > MAX_ROW else f"the sheet has more than {self.limit:,}"
                raise UnreadableError(f"{what} characters", line=line.number, row=line.number)
            if line.number > MAX_ROWS:
                raise UnreadableError(f"the sheet has more than {MAX_ROWS:,} rows")
            if length or line.problems:
                yield line


@contextmanager
def open_workbook(source: Source) -> Iterator[Workbook]:
    """Open a workbook.

    Raises:
        UnreadableError: It is none, or cannot be trusted.
    """
    with source.stream() as stream:
        if stream.read(len(_OLD)) == _OLD:
            raise UnreadableError("the file is a workbook of Excel 97 to 2003, or protected by a password")
        with open_archive(stream, limit=source.limit, remedy="save its sheets as CSV") as archive, SpooledTemporaryFile(_IN_MEMORY) as file:
            package = Package(archive)
            sheets, is_1904, parts = read_contents(package)
            styles = read_styles(package, parts["styles"]) if "styles" in parts else []
            shared = package.elements(parts["sharedStrings"]) if "sharedStrings" in parts else iter(())
            yield Workbook(sheets, source.digest, source.limit, package, Strings(file, map(read_text, shared)), styles, is_1904)


def _read_merges(package: Package, part: str) -> list[Merge]:
    """Read the merged cells of a sheet, by row; they stand behind the cells that they concern."""
    found: list[Merge] = []
    for element in package.elements(part, "mergeCells") if package.may_hold(part, b"mergeCell") else ():
        first, _, last = element.get("ref", "").partition(":")
        (row, column), (last_row, last_column) = read_address(first), read_address(last or first)
        found.append(Merge(row, last_row, column, last_column))
        if len(found) > _MERGES:
            raise UnreadableError(f"the sheet has more than {_MERGES:,} merged cells")
    return sorted(found)


def _fill_merged(lines: Iterable[Line], merges: Sequence[Merge], out: Pass) -> Iterator[Line]:
    """Write the value of cells that are merged downwards into the lines that they reach."""
    current: dict[int, tuple[int, str, bool]] = {}
    following, filled = 0, None
    for line in lines:
        for column, (last_row, value, is_rounded) in [*current.items()]:
            if last_row < line.number:
                del current[column]
            elif column not in line.cells:
                line.cells[column] = value
                line.rounded += [column] if is_rounded else []
        while following < len(merges) and merges[following].row <= line.number:
            merge, following = merges[following], following + 1
            if merge.row == line.number and merge.column in line.cells:
                current[merge.column] = merge.last_row, line.cells[merge.column], merge.column in line.rounded
                filled = filled or merge
        yield line
    if filled:
        cells = f"{name_cell(filled.column, filled.row)}:{name_cell(filled.column, filled.last_row)}"
        what = f"cells are merged over several rows (first {cells}); each of the rows has their value"
        out.say("TAB-24", what, _find_location(out, filled.row))


def _note_hidden(lines: Iterable[Line], out: Pass) -> Iterator[Line]:
    """Pass lines on, and after the last one name those that are hidden."""
    named: list[int] = []
    count = 0
    for line in lines:
        if line.is_hidden:
            count += 1
            named += [line.number] if count <= _NAMED else []
        yield line
    if named:
        numbers = ", ".join(map(str, named)) + (f" and {count - _NAMED} more" if count > _NAMED else "")
        out.say("TAB-23", f"hidden rows were read like any other: {numbers}", _find_location(out, named[0]))


def _finish(line: Line, out: Pass) -> Row:
    """Make a row of the table; what is wrong with a cell gets the name of its column."""
    faults = []
    for rule, column, message in line.problems:
        name = out.header[column] if column < len(out.header) else ""
        if rule == "TAB-09":
            faults.append(Fault(rule, name, message))
        else:
            out.say(rule, message, _find_location(out, line.number, name))
    return Row(line.number, line.number, line.number, tuple(line.list_cells()), tuple(line.rounded), tuple(faults))


def _find_location(out: Pass, row: int, column: str = "") -> Location:
    return Location(out.file, row, row, "", row, column)
