"""CSV and TSV as RFC 4180 has them, row by row.

Nothing is repaired here: a table whose quotes do not close is refused as a whole, with the line.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from airm_graph.ingest.formats.encoding import Lines
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Pass, Row, UnreadableError, read_header

__all__ = ["find_delimiter", "read_delimited"]

_DELIMITERS = ",;\t|"


def read_delimited(pieces: Iterable[str], out: Pass) -> Iterator[Row]:
    """Read the rows below the header, which goes to *out*.

    The separator is what the header has most of.

    Args:
        pieces: The text, with LF line ends.
        out: Gets header and media type.

    Raises:
        UnreadableError: The text is no table; the error names the line where the row begins.
    """
    pieces = iter(pieces)
    head = _take_head(pieces)
    delimiter = find_delimiter(head)
    out.media_type = "text/tab-separated-values" if delimiter == "\t" else "text/csv"
    rows = _split_rows(Lines(chain([head], pieces)), delimiter)
    header = next(rows, None)
    if header is None:
        raise UnreadableError("the file is empty")
    out.header = read_header(header.cells)
    yield from rows


def _take_head(pieces: Iterator[str]) -> str:
    """Take enough of the text to see the header."""
    head = ""
    while len(head) <= MAX_CELL and (piece := next(pieces, None)) is not None:
        head += piece
    return head


def find_delimiter(text: str) -> str:
    """Find the one that the header has most of outside quotes; the comma when it has none."""
    header = re.sub(r'"[^"]*"', "", text.lstrip("\n")[:MAX_CELL]).partition("\n")[0]
    return max(_DELIMITERS, key=header.count)


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
