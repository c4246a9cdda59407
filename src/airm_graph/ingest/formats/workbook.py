"""Workbooks (XLSX) → one table for each sheet that people see, row by row, with the values that were saved.

Nothing is calculated and nothing is followed: of a formula the saved value counts, of a link its text, of a macro nothing.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice

from airm_graph.ingest.formats.archive import open_archive
from airm_graph.ingest.formats.cell_values import NumberFormat
from airm_graph.ingest.formats.header import Merge, find_header
from airm_graph.ingest.formats.ooxml import Package, Sheet, Strings, iter_events, read_strings, read_styles, read_workbook
from airm_graph.ingest.formats.packed import Source
from airm_graph.ingest.formats.rows import MAX_ROW, MAX_ROWS, Fault, Pass, Row, UnreadableError
from airm_graph.ingest.formats.sheet_cells import CellReader, Line, column_name, read_address
from airm_graph.model import Place

__all__ = ["Workbook", "open_workbook"]

_SAMPLE = 20  # rows in which the header is looked for
_MERGES = 100_000
_NAMED = 10  # hidden rows named in a message
_OLD = b"\xd0\xcf\x11\xe0"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that is open.

    Attributes:
        sheets: Those with cells, hidden ones too.
        limit: Characters of a sheet to read at most: one shared text may stand in every cell.
    """

    package: Package
    sheets: tuple[Sheet, ...]
    strings: Strings
    styles: list[NumberFormat]
    is_1904: bool
    digest: str
    limit: int

    def rows(self, sheet: Sheet, out: Pass) -> Iterator[Row]:
        """The rows of a sheet below its header, which goes to *out*; a sheet without cells has none.

        Raises:
            UnreadableError: The sheet is damaged, or too large.
        """
        out.sha256, out.media_type = hashlib.sha256(f"{self.digest}#{sheet.name}".encode()).hexdigest(), _MEDIA
        merges = _read_merges(self.package, sheet.part)
        lines = self._lines(sheet)
        sample = list(islice(lines, _SAMPLE))
        if not sample:
            return
        header = find_header([(line.number, line.list_cells()) for line in sample], merges)
        out.header = header.names
        for message in header.messages:
            out.say("TAB-24", message, Place(out.file, header.first_row, header.first_row, row=header.first_row))
        body = _Body(out, [merge for merge in merges if merge.last_row > merge.row > header.last_row])
        for line in chain((line for line in sample if line.number > header.last_row), lines):
            yield body.finish(line)
        body.close()

    def _lines(self, sheet: Sheet) -> Iterator[Line]:
        reader = CellReader(self.strings, self.styles, is_1904=self.is_1904)
        size = 0
        for _ in iter_events(self.package, sheet.part, start=reader.start, end=reader.end, text=reader.add):
            for line in reader.take():
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
    digest = source.digest()
    with source.stream() as stream:
        if stream.read(len(_OLD)) == _OLD:
            raise UnreadableError("the file is a workbook of Excel 97 to 2003, or protected by a password")
        with open_archive(stream, limit=source.limit) as archive:
            package = Package(archive)
            found = read_workbook(package)
            styles = read_styles(package, found.styles)
            strings = read_strings(package, found.strings)
            try:
                yield Workbook(package, tuple(found.sheets), strings, styles, found.is_1904, digest, source.limit)
            finally:
                strings.close()


def _read_merges(package: Package, part: str) -> list[Merge]:
    """The merged cells of a sheet, by row. They stand behind the cells, so the part is gone through once before."""
    found: list[Merge] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            (row, column), (last_row, last_column) = read_address(first), read_address(last or first)
            found.append(Merge(row, last_row, column, last_column))
            if len(found) > _MERGES:
                raise UnreadableError(f"the sheet has more than {_MERGES:,} merged cells")

    for _ in iter_events(package, part, start=start) if package.may_hold(part, b"mergeCell") else ():
        pass
    return sorted(found)


@dataclass
class _Body:
    """Finishes the rows below the header: findings get their column, merged cells their value in each row."""

    out: Pass
    merges: list[Merge]
    hidden: list[int] = field(default_factory=list)
    _next: int = 0
    _hidden: int = 0
    _filled: str = ""
    _open: dict[int, tuple[int, str, bool]] = field(default_factory=dict)

    def finish(self, line: Line) -> Row:
        if line.is_hidden:
            self._hidden += 1
            self.hidden += [line.number] if len(self.hidden) < _NAMED else []
        if self._open or self._next < len(self.merges):
            self._fill(line)
        faults = []
        for rule, column, message in line.problems:
            name = self.out.header[column] if column < len(self.out.header) else ""
            if rule == "TAB-09":
                faults.append(Fault(rule, name, message))
            else:
                self.out.say(rule, message, Place(self.out.file, line.number, line.number, "", line.number, name))
        return Row(line.number, line.number, line.number, tuple(line.list_cells()), tuple(line.rounded), tuple(faults))

    def _fill(self, line: Line) -> None:
        """Write the value of cells that are merged downwards into the rows that they reach."""
        cells = line.cells
        for column, (last_row, value, is_rounded) in [*self._open.items()]:
            if last_row < line.number:
                del self._open[column]
            elif column not in cells:
                cells[column] = value
                line.rounded += [column] if is_rounded else []
        while self._next < len(self.merges) and self.merges[self._next].row <= line.number:
            merge = self.merges[self._next]
            self._next += 1
            if merge.row == line.number and merge.column in cells:
                self._open[merge.column] = merge.last_row, cells[merge.column], merge.column in line.rounded
                self._filled = self._filled or f"{column_name(merge.column)}{merge.row}:{column_name(merge.column)}{merge.last_row}"

    def close(self) -> None:
        """Say what was done to the sheet as a whole."""
        if self._hidden:
            numbers = ", ".join(map(str, self.hidden)) + (", …" if self._hidden > len(self.hidden) else "")
            place = Place(self.out.file, self.hidden[0], self.hidden[0], row=self.hidden[0])
            self.out.say("TAB-23", f"hidden rows were read like any other: {numbers}", place)
        if self._filled:
            row = int(re.findall(r"\d+", self._filled)[0])
            what = f"cells are merged over several rows (first {self._filled}); each of the rows has their value"
            self.out.say("TAB-24", what, Place(self.out.file, row, row, row=row))
