"""CSV and TSV as RFC 4180 has them, row by row.

Nothing is repaired here: a table whose quotes do not close is refused as a whole, with the line.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from airm_graph.ingest.formats.encoding import Lines
from airm_graph.ingest.formats.header import find_header
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Pass, Row, UnreadableError, read_header

__all__ = ["find_delimiter", "read_delimited"]

_DELIMITERS = ",;\t|"
#: Rows and lines among which a header is looked for that stands below titles.
_SEEN = 20
#: Cells of a row that is no title, and lines in a row that are alike in a table.
_FEWEST, _ALIKE = 3, 3


def read_delimited(pieces: Iterable[str], out: Pass) -> Iterator[Row]:
    """Read the rows below the header, which goes to *out*.

    The separator is what the header has most of. Titles above the header, and the line ``sep=;``
    that spreadsheet programs write, are left out, which is said.

    Args:
        pieces: The text, with LF line ends.
        out: Gets header, media type and findings.

    Raises:
        UnreadableError: The text is no table; the error names the line where the row begins.
    """
    pieces = iter(pieces)
    head = _take_head(pieces)
    delimiter = find_delimiter(head)
    out.media_type = "text/tab-separated-values" if delimiter == "\t" else "text/csv"
    rows = _split_rows(Lines(chain([head], pieces)), delimiter)
    first = list(islice(rows, 1))
    if not first:
        raise UnreadableError("the file is empty")
    if _count_cells(first[0]) < 2:
        first += islice(rows, _SEEN - 1)
    begin = _find_header(first, out)
    out.header = read_header(first[begin].cells)
    yield from first[begin + 1 :]
    yield from rows


def _count_cells(row: Row) -> int:
    return sum(map(bool, map(str.strip, row.cells)))


def _find_header(rows: list[Row], out: Pass) -> int:
    """Index of the header: the first row, or where that is a title, the first that is about as full
    as the others.
    """
    if max(map(_count_cells, rows)) < _FEWEST:
        return 0
    found = find_header([(row.number, row.cells) for row in rows], [])
    for message in found.messages:
        out.say("TAB-24", message)
    return next(index for index, row in enumerate(rows) if row.number == found.first_row)


def _take_head(pieces: Iterator[str]) -> str:
    """Take enough of the text to see the header."""
    head = ""
    while len(head) <= MAX_CELL and (piece := next(pieces, None)) is not None:
        head += piece
    return head


def find_delimiter(text: str) -> str:
    r"""Find the one that the header has most of outside quotes; the comma when it has none.

    >>> find_delimiter("ID;Name, Title;Code"), find_delimiter("Measures, all\na;b;c\nd;e;f\ng;h;i")
    (';', ';')
    """
    lines = re.sub(r'"[^"]*"', "", text.lstrip("\n")[:MAX_CELL]).split("\n", _SEEN)[:_SEEN]
    best = max(_DELIMITERS, key=lines[0].count)
    if lines[0].count(best) > 1:
        return best
    # A title above the header has none, or one that is part of it.
    return next((mark for mark in _DELIMITERS if mark != best and _stands_alike(lines[1:], mark, instead=best)), best)


def _stands_alike(lines: list[str], mark: str, *, instead: str) -> bool:
    """Whether several lines in a row have as many of a separator, and none of another one."""
    counts = [(line.count(mark) if instead not in line else 0) for line in lines]
    runs = (counts[index : index + _ALIKE] for index in range(len(counts) - _ALIKE + 1))
    return any(run[0] > 1 and run == [run[0]] * _ALIKE for run in runs)


def _split_rows(lines: Lines, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    # The csv module refuses a long cell by itself, but for a program that told it otherwise.
    is_lax = csv.field_size_limit() > MAX_CELL
    number, before = 0, 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise UnreadableError(_explain(str(error)), line=before + 1) from error
        except UnreadableError as error:
            if error.rule == "TAB-01" and error.line is None:
                error.line = before + 1
            raise
        if cells is None:
            return
        number, lines.taken = number + 1, 0
        if is_lax and any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableError(_explain("field larger"), line=before + 1)
        if len(cells) > MAX_COLUMNS:
            raise UnreadableError(f"a row has more than {MAX_COLUMNS:,} cells", line=before + 1)
        if number > MAX_ROWS:
            raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows", line=before + 1)
        if any(map(str.strip, cells)):
            yield Row(number, before + 1, reader.line_num, tuple(cells))
        before = reader.line_num


def _explain(error: str) -> str:
    if error.startswith("field larger"):
        return f"a cell has more than {MAX_CELL:,} characters, or its quotes do not close"
    if error.startswith("unexpected end"):
        return "the quotes of a cell do not close before the file ends"
    return f"the row is not CSV: {error}"
