"""Rows of a sheet, as its XML has them → lines of texts."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from airm_graph.ingest.formats.cell_values import GENERAL, NumberFormat, format_number, unescape
from airm_graph.ingest.formats.ooxml import TRUE, Strings, read_number, read_text
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, UnreadableError

__all__ = ["Line", "LineReader", "name_cell", "read_address"]

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")

_NO_NUMBER = 1 << 32  # more texts than a workbook shares


@dataclass(slots=True)
class Line:
    """A row of a sheet.

    Attributes:
        cells: By column; only those that hold something, for the last column may be the only one.
        rounded: Columns of numbers whose last zeros may be lost.
        problems: Rule, column and message.
    """

    number: int
    is_hidden: bool
    cells: dict[int, str] = field(default_factory=dict)
    rounded: list[int] = field(default_factory=list)
    problems: list[tuple[str, int, str]] = field(default_factory=list)

    def list_cells(self) -> list[str]:
        """List all cells, up to the last one that holds something."""
        found = [""] * (max(self.cells, default=-1) + 1)
        for column, text in self.cells.items():
            found[column] = text
        return found

    def say(self, rule: str, column: int, what: str) -> None:
        """Add what is wrong with a cell, named as a spreadsheet does."""
        self.problems.append((rule, column, f"{name_cell(column, self.number)}: {what}"))


def read_address(text: str) -> tuple[int, int]:
    """Read the row, and the column from 0, of an address.

    Raises:
        UnreadableError: It is none.

    >>> read_address("D12")
    (12, 3)
    """
    found = _ADDRESS.fullmatch(text)
    column = 0
    for letter in found[1].upper() if found else "":
        column = 26 * column + ord(letter) - 64
    if not found or not 0 < column <= MAX_COLUMNS or not int(found[2]):
        raise UnreadableError(f"{text[:20]!r} is no address of a cell")
    return int(found[2]), column - 1


def name_cell(column: int, row: int) -> str:
    """Write the address of a cell, its column from 0.

    >>> name_cell(3, 12), name_cell(26, 1)
    ('D12', 'AA1')
    """
    name, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return f"{name}{row}"


class LineReader:
    """Makes lines of the rows of a sheet, one after the other."""

    def __init__(self, strings: Strings, styles: list[NumberFormat], *, is_1904: bool) -> None:
        self._strings, self._styles, self._is_1904 = strings, styles, is_1904
        self._number = 0
        self._columns: dict[str, int] = {}

    def read(self, row: Element) -> Line:
        """Read the next row.

        Raises:
            UnreadableError: It or its cells are not in order, too many or too large.
        """
        before, text = self._number, row.get("r")
        number = before + 1 if text is None else read_number(text, 0)
        if number <= before:
            raise UnreadableError("the rows of the sheet are not in order", line=before or None, row=before or None)
        self._number = number
        line = Line(number, row.get("hidden") in TRUE)
        try:
            self._read_cells(row, line)
        except UnreadableError as error:
            raise UnreadableError(error.what, line=number, row=number) from error
        return line

    def _read_cells(self, row: Element, line: Line) -> None:
        column = -1
        for cell in row:
            if cell.tag != "c":
                continue
            before, address = column, cell.get("r")
            column = before + 1 if address is None else self._find_column(address)
            if not before < column < MAX_COLUMNS:
                what = "the cells of a row are not in order" if column < MAX_COLUMNS else f"a row has more than {MAX_COLUMNS:,} cells"
                raise UnreadableError(what)
            text = self._read_text(cell, line, column)
            if text:
                line.cells[column] = text

    def _find_column(self, address: str) -> int:
        letters = address.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = read_address(address)[1]
        return column

    def _read_text(self, cell: Element, line: Line, column: int) -> str:
        kind, raw = cell.get("t", "n"), cell.findtext("v", "")
        if kind == "s":
            text = self._strings.find(read_number(raw.strip(), _NO_NUMBER)) if raw else ""
        elif kind == "str":
            text = raw
        elif kind == "inlineStr":
            inline = cell.find("is")
            text = "" if inline is None else read_text(inline)
        else:
            return self._read_value(cell, kind, raw.strip(), line, column)
        if "_x" in text or "\r" in text:
            value, text = text, unescape(text)
            if "\ufffd" in text and "\ufffd" not in value:
                line.say("TAB-09", column, "the cell holds half a character")
        if len(text) > MAX_CELL:
            raise UnreadableError(f"a cell has more than {MAX_CELL:,} characters")
        return text

    def _read_value(self, cell: Element, kind: str, value: str, line: Line, column: int) -> str:
        """Read what is no text."""
        if not value:
            if cell.find("f") is not None:
                line.say("TAB-21", column, "the formula was saved without its value")
            return ""
        if kind == "e":
            line.say("TAB-22", column, f"the cell holds the error {value[:20]}")
            return ""
        if kind == "b":
            return "TRUE" if value in TRUE else "FALSE"
        if kind == "d":
            return value.removesuffix("T00:00:00")
        style = read_number(cell.get("s", "0"))
        form = self._styles[style] if style < len(self._styles) else GENERAL
        text, is_rounded = format_number(value, form, is_1904=self._is_1904)
        line.rounded += [column] if is_rounded else []
        return text
