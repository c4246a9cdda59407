"""Bytes of a CSV or TSV table → its rows, each with its number as a spreadsheet shows it and the lines that it takes in the file.

Nothing is repaired here: a table whose quotes do not close, or that is no text, is refused as a whole, with the line.
"""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from airm_graph.model import Evidence, Finding, Place
from airm_graph.rules import make_finding

__all__ = [
    "CONTROL",
    "MAX_CELL",
    "MAX_TABLE",
    "MEDIA_TYPES",
    "Row",
    "Table",
    "UnreadableError",
    "find_delimiter",
    "iter_cells",
    "read_table",
    "refuse_bytes",
]

#: A hundred times the largest table seen (831 rows, 340 kB) is 34 MB.
MAX_TABLE = 200_000_000
#: The longest cell seen had 3,100 characters; what the csv module takes at most unless it is told otherwise.
MAX_CELL = 131_072

_MARK = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
#: What Windows-1252 leaves undefined: a file that holds one of these bytes is something else.
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
#: What XML 1.0 forbids, and what is no character: no format could carry the cell.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DELIMITERS = ",;\t"
#: Delimiter → media type.
MEDIA_TYPES = {",": "text/csv", ";": "text/csv", "\t": "text/tab-separated-values"}
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank.

    Attributes:
        number: The header is row 1; blank rows are counted.
        cells: As they stand.
    """

    number: int
    first_line: int
    last_line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, or the finding that says why it is none.

    Attributes:
        sha256: Over the text as UTF-8 without byte-order mark and with LF line ends.
        media_type: ``text/csv`` or ``text/tab-separated-values``.
        header: Names of the columns, without white space around them.
        findings: Why there are no rows, or that the text is not UTF-8.
    """

    file: str
    sha256: str = ""
    media_type: str = "text/csv"
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    findings: tuple[Finding, ...] = ()

    def get(self, row: Row, column: str) -> str:
        """The cell below a header, without white space around it; empty where the row is shorter or there is no such column."""
        index = self.header.index(column) if column in self.header else len(row.cells)
        return row.cells[index].strip() if index < len(row.cells) else ""

    def evidence(self, row: Row, columns: Sequence[str], *, cell: bool = False) -> Evidence:
        """A row as evidence with the text of *columns*, one line each; with *cell* the one cell of the first of them."""
        text = "\n".join(value for value in (self.get(row, column) for column in columns) if value)
        return Evidence(self.sha256, row.first_line, row.last_line, text, row.number, columns[0] if cell else "")

    def place(self, row: Row, column: str, *, quote: Sequence[str]) -> Place:
        """A row, or one of its cells, as the place of a finding that quotes the columns *quote*."""
        text = " | ".join(value for value in (self.get(row, name) for name in quote) if value)
        return Place(self.file, row.first_line, row.last_line, text, row.number, column)


def read_table(data: bytes, *, file: str) -> Table:
    r"""Read a table; the separator is the comma, semicolon or tab that the header has most of.

    Args:
        data: The whole file (at most ``MAX_TABLE + 1`` bytes of it).
        file: Name for findings.

    Returns:
        Its rows, or a finding of rule TAB-01; one of TAB-02 when it was read as Windows-1252.

    >>> table = read_table(b"Name;Code\r\n\r\nRed teaming;3.1\r\n", file="a.csv")
    >>> table.header, table.rows[0].number, table.rows[0].cells
    (('Name', 'Code'), 3, ('Red teaming', '3.1'))
    """
    reason = refuse_bytes(data)
    if reason:
        return Table(file, findings=(make_finding("TAB-01", reason, Place(file)),))
    plain = data.removeprefix(_MARK).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text, findings = _decode(plain, file)
    if text is None:
        return Table(file, findings=findings)
    delimiter = find_delimiter(text)
    media_type = MEDIA_TYPES[delimiter]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    rows: list[Row] = []
    try:
        rows.extend(_split_rows(text, delimiter))
    except UnreadableError as error:
        return Table(
            file, sha256, media_type, findings=(*findings, make_finding("TAB-01", str(error), Place(file, error.line, error.line)))
        )
    header, *body = rows
    return Table(file, sha256, media_type, tuple(cell.strip() for cell in header.cells), tuple(body), findings)


class UnreadableError(Exception):
    """The csv module gives up; *line* is where the row begins."""

    def __init__(self, what: str, line: int) -> None:
        self.line = line
        super().__init__(what)


def refuse_bytes(data: bytes) -> str:
    """Why these bytes are no table; empty when they may be one."""
    if not data.removeprefix(_MARK).strip():
        return "the file is empty"
    if data.startswith(_SPREADSHEETS):
        return "the file is a spreadsheet or an archive under the name of a text"
    if data.startswith(_UTF16):
        return "the file is UTF-16, not UTF-8"
    if b"\x00" in data:
        return "the file is binary: it holds a NUL byte"
    return f"the file has more than {MAX_TABLE:,} bytes" if len(data) > MAX_TABLE else ""


def _decode(plain: bytes, file: str) -> tuple[str | None, tuple[Finding, ...]]:
    try:
        return plain.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        line = plain.count(b"\n", 0, error.start) + 1
        byte = f"byte 0x{plain[error.start]:02X}"
    if _UNDEFINED.search(plain):
        return None, (make_finding("TAB-01", f"the file is neither UTF-8 nor Windows-1252: {byte}", Place(file, line, line)),)
    quote = plain.split(b"\n", line)[line - 1][:200].decode("cp1252")
    return plain.decode("cp1252"), (
        make_finding("TAB-02", f"the file is not UTF-8 ({byte}) and was read as Windows-1252", Place(file, line, line, quote)),
    )


def find_delimiter(text: str) -> str:
    """Find the one of the three that stands most often in the header outside quotes; the comma when none does."""
    header = re.sub(r'"[^"]*"', "", text.lstrip("\n")[:MAX_CELL]).partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


def _split_rows(text: str, delimiter: str) -> Iterator[Row]:
    for number, before, last, cells in iter_cells((line + "\n" for line in text.split("\n")), delimiter=delimiter):
        yield Row(number, before + 1, last, tuple(cells))


def iter_cells(lines: Iterable[str], *, delimiter: str) -> Iterator[tuple[int, int, int, list[str]]]:
    """Number, line before the first, last line and cells of each row that is not blank.

    Raises:
        UnreadableError: The csv module gives up.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number, before = 0, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError(_explain(str(error)), before + 1) from error
        number += 1
        if max(map(len, cells), default=0) > MAX_CELL:
            raise UnreadableError(_explain("field larger"), before + 1)
        if any(cells) and any(map(str.strip, cells)):
            yield number, before, reader.line_num, cells
        before = reader.line_num


def _explain(error: str) -> str:
    if error.startswith("field larger"):
        return f"a cell has more than {MAX_CELL:,} characters, or its quotes do not close"
    if error.startswith("unexpected end"):
        return "the quotes of a cell do not close before the file ends"
    return f"the row is not CSV: {error}"
