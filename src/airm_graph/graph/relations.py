"""Records on their way into DuckDB as CSV, our own or that of others.

DuckDB reads a file with several threads that each guess where a row begins, and a line end within
quotes makes them guess wrong; so one thread reads it.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from airm_graph.graph.term_spelling import quote

__all__ = ["read_cells", "read_records", "write_records"]

#: DuckDB refuses longer lines of CSV unless told; this is its own default.
_LINE = 2_097_152
#: The longest line of a table of others, in bytes; DuckDB takes some times as much memory.
_LONGEST = 4 << 20
#: Where a table is smaller, nothing is won.
_SHORTEST = 1 << 16
#: Records written at once.
_SOME = 5_000


def write_records(path: Path, records: Iterable[Sequence[str | int]]) -> int:
    """Write records to a file; returns a number of bytes that no line of it exceeds."""
    longest, before, remaining = 0, 0, iter(records)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        while some := list(islice(remaining, _SOME)):
            writer.writerows(some)
            if file.tell() - before > _LINE:
                longest = max(longest, max(sum(len(cell) if isinstance(cell, str) else 20 for cell in record) for record in some))
            before = file.tell()
    # A character is at most four bytes, and at worst each is a quote that stands twice; then come
    # the quotes around it.
    return 4 * longest + 1000


def read_records(path: Path, *, columns: Mapping[str, str], line: int) -> str:
    """SQL that reads a file of :func:`write_records` with these columns and their types, in lines
    of at most so many bytes.
    """
    # Every text is quoted, so an empty field is an empty text.
    return _read(path, columns, f"nullstr = 'NULL', allow_quoted_nulls = false, max_line_size = {max(_LINE, line)}")


def read_cells(path: Path, *, width: int, delimiter: str) -> str:
    """SQL that reads the rows below the header of a CSV file in which every row is as RFC 4180
    says.

    Columns are c0, c1, … for so many cells; those that a row lacks are NULL.
    """
    columns = {f"c{position}": "VARCHAR" for position in range(width)}
    # What stands for NULL is a line end, which no cell without quotes can be: an empty cell is an
    # empty text. DuckDB takes memory for sixteen lines of the longest that may come.
    line = min(_LONGEST, max(_SHORTEST, path.stat().st_size))
    options = (
        f"skip = 1, nullstr = chr(10), allow_quoted_nulls = false, null_padding = true, max_line_size = {line}, buffer_size = {16 * line}"
    )
    return _read(path, columns, options, delimiter=delimiter)


def _read(path: Path, columns: Mapping[str, str], options: str, *, delimiter: str = ",") -> str:
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return (
        f"read_csv({quote(str(path))}, columns = {{{types}}}, auto_detect = false, header = false, delim = '{delimiter}', quote = '\"', "
        f"escape = '\"', new_line = '\\n', strict_mode = true, parallel = false, {options})"
    )
