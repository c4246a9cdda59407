"""Rows of a regular CSV file as DuckDB reads them, with what Python would know of each.

That is its lines, its name and whether it is odd.
"""

import re

from airm_graph.errors import StoreError
from airm_graph.graph import TripleTable
from airm_graph.ingest.formats import MAX_CELL, Scan
from airm_graph.text import ERRORS, PLACEHOLDERS

__all__ = ["load_regular"]

#: So many cells more than the header a row may have.
_MORE = 4
#: What ``str.strip`` and ``str.split`` take for white space.
_SPACES = (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
_WHITE = "".join(map(chr, _SPACES))
#: ``entries.CONTROL`` in the words of RE2; surrogates do not come out of UTF-8.
_ERROR = "(?i)" + "|".join(re.escape(error) for error in sorted(ERRORS))
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{FFFE}\x{FFFF}]"


def load_regular(rows: str, *, scan: Scan, name: str, table: TripleTable) -> bool:
    """Let DuckDB read the rows of a table.

    Args:
        rows: Name of the table to make, with the columns that ``LoadedTable.rows`` names.
        name: Header of the column with the name.

    Returns:
        Whether it could: it does not where a row has many cells more than the header or a cell is
            too long, which Python then says.
    """
    select = _select(scan, scan.header.index(name))
    try:
        table.load_cells(rows, scan.copy, select=select, width=len(scan.header) + _MORE, delimiter=scan.delimiter)
    except StoreError:
        return False
    return bool(table.execute(f"SELECT coalesce(max(longest), 0) FROM {rows}")[0][0] <= MAX_CELL)


def _select(scan: Scan, name: int) -> str:
    """SQL for the rows that are not blank."""
    width = len(scan.header)
    cells = [f"c{position}" for position in range(width + _MORE)]
    bare = [f"b{position}" for position in range(width + _MORE)]
    whole = f"concat({', '.join(cells)})"
    # A row takes a line more for each line end within it; the header takes the first.
    taken = f"(1 + length({whole}) - length(replace({whole}, chr(10), '')))"
    last = f"1 + sum({taken}) OVER (ORDER BY number)"
    trimmed = ", ".join(f"{_trim(cell)} AS {text}" for cell, text in zip(cells, bare, strict=True))
    numbered = f"SELECT *, {last} - {taken} + 1 AS first, {last} AS last, {trimmed} FROM cells"
    pairs = list(zip(cells[:width], bare[:width], strict=True))
    differs = " OR ".join([*(f"{cell} IS DISTINCT FROM {text}" for cell, text in pairs), f"{cells[width]} IS NOT NULL"])
    there = " + ".join(f"CAST({cell} IS NOT NULL AS INTEGER)" for cell in cells)
    raw = f"CASE WHEN {differs} THEN CAST(to_json(list_slice([{', '.join(cells)}], 1, {there})) AS VARCHAR) ELSE '' END"
    signs = [*(f"{text} <> ''" for text in bare[width:]), f"c{scan.width - 1} IS NULL"]
    signs.append(f"(contains({whole}, '#') AND regexp_matches({whole}, '{_ERROR}'))")
    odd = " OR ".join(signs if scan.is_clean else [*signs, f"regexp_matches({whole}, '{_CONTROL}')"])
    kept = ", ".join(f"{text} AS {cell}" for cell, text in pairs)
    longest = f"greatest({', '.join(f'length(coalesce({cell}, {chr(39) * 2}))' for cell in cells)})"
    return (
        f"SELECT CAST(number AS INTEGER) AS number, CAST(first AS INTEGER) AS first, CAST(last AS INTEGER) AS last, "
        f"CAST(({odd}) AS INTEGER) AS odd, regexp_replace({bare[name]}, '[{_WHITE}]+', ' ', 'g') AS name, {kept}, {raw} AS raw, "
        f"{longest} AS longest FROM ({numbered}) AS numbered WHERE {' OR '.join(f'{text} <> {chr(39) * 2}' for text in bare)}"
    )


def _trim(cell: str) -> str:
    """SQL for a cell without white space around it; most have none, and to look takes a tenth of
    the time.
    """
    ends = " OR ".join(f"{cell}[{end}] <= ' ' OR {cell}[{end}] >= chr(133)" for end in (1, -1))
    bare = f"CASE WHEN {ends} THEN trim({cell}, '{_WHITE}') ELSE {cell} END"
    words = ", ".join(f"'{word}'" for word in sorted(PLACEHOLDERS))
    # A cell that is much longer than a placeholder is not taken apart.
    return f"CASE WHEN {cell} IS NULL OR length({cell}) < 16 AND lower({bare}) IN ({words}) THEN '' ELSE {bare} END"
