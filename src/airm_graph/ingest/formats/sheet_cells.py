"""Cells of a sheet, as its XML has them → lines of texts."""

import re
from dataclasses import dataclass, field

from airm_graph.ingest.formats.cell_values import GENERAL, NumberFormat, format_number
from airm_graph.ingest.formats.ooxml import Strings, TextCollector
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, UnreadableError

__all__ = ["CellReader", "Line", "column_name", "read_address"]

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
# A character that XML cannot hold, as Excel writes it.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUE = {"1", "true"}


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
        """All cells, up to the last one that holds something."""
        found = [""] * (max(self.cells, default=-1) + 1)
        for column, text in self.cells.items():
            found[column] = text
        return found


def read_address(text: str) -> tuple[int, int]:
    """Row, and column from 0, of an address.

    Raises:
        UnreadableError: It is none.

    >>> read_address("D12")
    (12, 3)
    """
    found = _ADDRESS.match(text)
    column = 0
    for letter in found[1].upper() if found else "":
        column = 26 * column + ord(letter) - 64
    if not found or not 0 < column <= MAX_COLUMNS or not int(found[2]):
        raise UnreadableError(f"{text[:20]!r} is no address of a cell")
    return int(found[2]), column - 1


def column_name(column: int) -> str:
    """The letters of a column from 0.

    >>> column_name(3), column_name(26)
    ('D', 'AA')
    """
    name, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


class CellReader:
    """Takes the elements of a sheet one by one, and gives its lines."""

    def __init__(self, strings: Strings, styles: list[NumberFormat], *, is_1904: bool) -> None:
        self._strings, self._styles, self._is_1904 = strings, styles, is_1904
        self._lines: list[Line] = []
        self._line = Line(0, is_hidden=False)
        self._inside = self._in_cell = self._in_value = self._has_formula = False
        self._column, self._kind, self._style = -1, "n", "0"
        self._columns: dict[str, int] = {}
        self._pieces: list[str] = []
        self._size = 0
        self._rich = TextCollector()

    def take(self) -> list[Line]:
        """The lines that are complete since they were last taken."""
        lines, self._lines = self._lines, []
        return lines

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._in_cell:
            if tag == "v":
                self._in_value = True
            elif tag == "f":
                self._has_formula = True
            else:
                self._rich.start(tag)
        elif tag == "sheetData":
            self._inside = True
        elif self._inside and tag == "c":
            self._open_cell(attributes)
        elif self._inside and tag == "row":
            self._open_row(attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._in_cell:
            if tag == "v":
                self._in_value = False
            elif tag == "c":
                self._close_cell()
            else:
                self._rich.end(tag)
        elif self._inside and tag == "row":
            self._lines.append(self._line)
        elif tag == "sheetData":
            self._inside = False

    def add(self, text: str) -> None:
        """A piece of text."""
        if self._in_value:
            self._size += len(text)
            if self._size > MAX_CELL:
                raise self._refuse(f"a cell has more than {MAX_CELL:,} characters")
            self._pieces.append(text)
        elif self._in_cell:
            self._rich.add(text)

    def _open_row(self, attributes: dict[str, str]) -> None:
        before, text = self._line.number, attributes.get("r")
        number = before + 1 if text is None else int(text) if text.isdecimal() and len(text) < 9 else 0
        if number <= before:
            raise self._refuse("the rows of the sheet are not in order")
        self._line = Line(number, attributes.get("hidden", "") in _TRUE)
        self._column = -1

    def _open_cell(self, attributes: dict[str, str]) -> None:
        address = attributes.get("r")
        column = self._column + 1 if address is None else self._find_column(address)
        if column <= self._column or column >= MAX_COLUMNS:
            what = "the cells of a row are not in order" if column < MAX_COLUMNS else f"a row has more than {MAX_COLUMNS:,} cells"
            raise self._refuse(what)
        self._column, self._kind, self._style = column, attributes.get("t", "n"), attributes.get("s", "0")
        self._in_cell, self._has_formula = True, False

    def _find_column(self, address: str) -> int:
        letters = address.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = read_address(address)[1]
        return column

    def _close_cell(self) -> None:
        self._in_cell = False
        raw = ""
        if self._pieces:
            raw = self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
            self._pieces, self._size = [], 0
        text = self._read(raw)
        if text:
            self._line.cells[self._column] = text

    def _read(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            return self._mend(self._strings[int(raw)]) if raw.isdecimal() and len(raw) < 10 else ""
        if kind == "inlineStr":
            return self._mend(self._rich.take())
        if kind == "str":
            return self._mend(raw)
        if self._has_formula and not raw:
            self._say("TAB-21", "the formula was saved without its value")
        if not raw or kind == "e":
            if raw:
                self._say("TAB-22", f"the cell holds the error {raw[:20]}")
            return ""
        if kind == "b":
            return "TRUE" if raw.strip() in _TRUE else "FALSE"
        if kind == "d":
            return raw.strip().removesuffix("T00:00:00")
        text, is_rounded = format_number(raw.strip(), self._find_style(), is_1904=self._is_1904)
        if is_rounded:
            self._line.rounded.append(self._column)
        return text

    def _find_style(self) -> NumberFormat:
        index = int(self._style) if self._style.isdecimal() and len(self._style) < 9 else 0
        return self._styles[index] if index < len(self._styles) else GENERAL

    def _mend(self, text: str) -> str:
        """Take out the escapes; a half of a character, which no file can hold, makes the cell useless."""
        if "_x" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
            # Two halves make one.
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _SURROGATE.search(text) else text
            if "\ufffd" in text:
                self._say("TAB-09", "the cell holds half a character")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _say(self, rule: str, what: str) -> None:
        self._line.problems.append((rule, self._column, f"{column_name(self._column)}{self._line.number}: {what}"))

    def _refuse(self, what: str) -> UnreadableError:
        return UnreadableError(what, line=self._line.number or None, row=self._line.number or None)
