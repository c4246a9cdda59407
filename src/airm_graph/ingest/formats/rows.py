"""Tables as every format gives them: rows with numbers and places, limits, and refusals."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from airm_graph.frozen import frozen
from airm_graph.model import Evidence, Finding, Location
from airm_graph.rules import make_finding
from airm_graph.text import read_cell, remove_invisible

__all__ = [
    "FREE",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_DEPTH",
    "MAX_KEPT",
    "MAX_PASSED",
    "MAX_ROW",
    "MAX_ROWS",
    "MAX_STREAM",
    "MAX_TABLE",
    "RATIO",
    "Fault",
    "Pass",
    "Row",
    "Table",
    "TableHead",
    "UnreadableError",
    "read_header",
]

#: Bytes of a table whose rows are all kept: a hundred times the largest table seen (831 rows, 340
#: kB) is 34 MB.
MAX_TABLE = 200_000_000
#: Bytes of a table whose rows pass by; 1,000,000 rows like those of the largest table seen are 400
#: MB.
MAX_STREAM = 4_000_000_000
#: The longest cell seen had 3,100 characters; what the csv module takes at most unless it is told
#: otherwise.
MAX_CELL = 131_072
#: Characters of a row; the longest seen had 3,900.
MAX_ROW = 4_000_000
#: What a spreadsheet can hold.
MAX_COLUMNS = 16_384
#: Rows, blank ones too; a spreadsheet holds 1,048,576.
MAX_ROWS = 10_000_000
#: Cells of a table whose rows are all kept, and of one whose rows pass by; a row counts as 25 more.
#: Few bytes can make many cells.
MAX_KEPT, MAX_PASSED = 50_000_000, 2_000_000_000
#: Unpacked bytes that nobody minds, and how many times more than the packed ones they may be beyond
#: that. Tables of text pack 3 to 40 times, deflate packs nothing more than 1,032 times.
FREE, RATIO = 1_000_000, 200
#: Objects in objects of a record, or elements in elements of a workbook.
MAX_DEPTH = 32
#: Findings of one rule in one table; a formula without a value may stand in every row.
_MAX_SAID = 100


def read_header(cells: Sequence[str]) -> tuple[str, ...]:
    r"""Name columns by their cells, without white space around a name, doubled within it, or
    characters that nobody sees.

    >>> read_header([" Source\u00a0 ID", "Na\u200bme"])
    ('Source ID', 'Name')
    """
    return tuple(" ".join(remove_invisible(cell).split()) for cell in cells)


@frozen
class Fault:
    """Why a cell cannot be used, if it is one that the mapping asks for.

    Attributes:
        rule: The rule that is broken.
        column: Header of the cell; empty for the whole row.
        reason: What is wrong, without the place.
    """

    rule: str
    column: str
    reason: str


@frozen
class Row:
    """One row that is not blank.

    Attributes:
        number: As a spreadsheet shows it: the header is row 1, and blank rows count. A record of
            JSON or Parquet has its number, from 1.
        first_line, last_line: The lines that it takes in a text; of a workbook or a Parquet file
            the number of the row.
        cells: As they stand.
        numbers: Indexes of cells that hold a number whose last zeros may be lost: 1.10 is stored
            as 1.1.
        faults: Cells that cannot be used.
    """

    number: int
    first_line: int
    last_line: int
    cells: tuple[str, ...]
    numbers: tuple[int, ...] = ()
    faults: tuple[Fault, ...] = ()


@frozen
class TableHead:
    """What is known of a table beside its rows.

    Attributes:
        file: Name for findings; of a sheet that of its workbook, ``#`` and the name of the sheet.
        sha256: Of a text (CSV, JSON) over the text as UTF-8 without byte-order mark and with LF
            line ends, of anything else over the bytes, both unpacked; of a sheet over the digest of
            its workbook, ``#`` and the name of the sheet.
        media_type: As IANA lists it.
        header: Names of the columns, without white space around them; empty when the table is
            refused.
        findings: Why there are no rows, and whatever else the file shows.
        is_exact: Whether each cell stands as its writer meant it, so that "n/a" is a text, too.
    """

    file: str
    sha256: str = ""
    media_type: str = "text/csv"
    header: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_exact: bool = False

    @property
    def is_sparse(self) -> bool:
        """Tell whether records leave out what they do not say."""
        return self.media_type in ("application/json", "application/yaml")

    @property
    def width(self) -> int:
        """Number of columns up to the last one with a name."""
        return max((number for number, name in enumerate(self.header, 1) if name), default=0)

    def get(self, row: Row, column: str) -> str:
        """Get the cell below a header, without white space around it; empty where there is none, or
        a placeholder, and for no header.
        """
        index = self.header.index(column) if column and column in self.header else len(row.cells)
        if index >= len(row.cells):
            return ""
        return row.cells[index].strip() if self.is_exact else read_cell(row.cells[index])

    def is_rounded(self, row: Row, column: str) -> bool:
        """Tell whether the cell below a header is a number whose last zeros may be lost."""
        return bool(row.numbers) and column in self.header and self.header.index(column) in row.numbers

    def evidence(self, row: Row, columns: Sequence[str], *, cell: bool = False) -> Evidence:
        """Make evidence of a row, with the text of *columns*; with *cell* of the first of them."""
        text = "\n".join(value for value in (self.get(row, column) for column in columns) if value)
        return Evidence(self.sha256, row.first_line, row.last_line, text, row.number, columns[0] if cell else "")

    def locate(self, row: Row, column: str, *, quote: Sequence[str]) -> Location:
        """Make the place of a finding of a row or a cell, with the text of the columns *quote*."""
        text = " | ".join(value for value in (self.get(row, name) for name in quote) if value)
        return Location(self.file, row.first_line, row.last_line, text, row.number, column)


@frozen
class Table(TableHead):
    """A table with all its rows, or the finding that says why it is none."""

    rows: tuple[Row, ...] = ()


class UnreadableError(Exception):
    """A file or a sheet is no table.

    Attributes:
        rule: TAB-01; TAB-25 where the packing is at fault, TAB-28 where it may not have been meant
            as a table.
        line, row: Where, as far as known.
    """

    def __init__(self, what: str, *, rule: str = "TAB-01", line: int | None = None, row: int | None = None) -> None:
        self.what, self.rule, self.line, self.row = what, rule, line, row
        super().__init__(what)

    def finding(self, file: str) -> Finding:
        """Make the finding that says so."""
        return make_finding(self.rule, self.what, Location(file, self.line, self.line, row=self.row))


@dataclass(slots=True)
class Pass:
    """One reading of a table: what is found out beside the rows, complete after the last one.

    Attributes:
        file: Name for findings.
        encoding: How to decode a text; a byte-order mark comes before it.
        is_named: Whether somebody said that this is a table.
        records: Name of the lists of records in JSON and YAML; empty for the only list.
    """

    file: str
    encoding: str = "utf-8"
    is_named: bool = True
    records: str = ""
    sha256: str = ""
    media_type: str = ""
    header: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    _said: Counter[str] = field(default_factory=Counter)

    def say(self, rule: str, message: str, location: Location | None = None) -> None:
        """Add a finding; of one rule a hundred at most, for a table may repeat one in every row."""
        self._said[rule] += 1
        if self._said[rule] <= _MAX_SAID:
            self.findings.append(make_finding(rule, message, location or Location(self.file)))

    def close(self) -> None:
        """Say how many findings were left out."""
        for rule, count in sorted(self._said.items()):
            if count > _MAX_SAID:
                self.findings.append(make_finding(rule, f"the same in {count - _MAX_SAID:,} more places", Location(self.file)))
