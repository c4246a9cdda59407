"""Rows of a regular CSV file as DuckDB reads them, with what Python would know of each.

That is its lines, its name and whether it is odd.
"""

import re
from collections.abc import Sequence

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
#: Stands between the cells of a row; no white space.
_GAP = "chr(1)"
#: What shows, in cells with the gap between, in lower case, that one of them may be read otherwise.
_ODD = rf"#|(^|\x01)[{_WHITE}]|[{_WHITE}](\x01|$)|(^|\x01)({'|'.join(re.escape(word) for word in sorted(PLACEHOLDERS - {''}))})(\x01|$)"
#: What ``odd`` says of a row that is not plain, and of one without a text, until both are seen to.
_RAW, _BLANK = 3, 2
_SELECT = "SELECT CAST(number AS INTEGER) AS number, CAST(last - taken + 1 AS INTEGER) AS first, CAST(last AS INTEGER) AS last"


def load_regular(rows: str, *, scan: Scan, name: str, table: TripleTable) -> bool:
    """Let DuckDB read the rows of a table.

    Args:
        rows: Name of the table to make, with the columns that ``LoadedTable.rows`` names.
        name: Header of the column with the name.

    Returns:
        Whether it could: it does not where a row has many cells more than the header or a cell is
            too long, which Python then says.
    """
    width, position = len(scan.header), scan.header.index(name)
    if isinstance(scan.copy, bytes):
        return False
    try:
        table.load_cells(rows, scan.copy, select=_select_cells(scan, position), width=width + _MORE, delimiter=scan.delimiter)
    except StoreError:
        return False
    longest, kinds = table.execute(f"SELECT coalesce(max(size), 0), max(odd) FROM {rows}")[0]
    if longest > MAX_CELL and table.execute(f"SELECT 1 FROM {rows} WHERE {_find_long(scan)} LIMIT 1"):
        return False
    # What takes long to plan, and longer to do, is asked of those rows alone that need it.
    if kinds:
        table.execute(f"CREATE OR REPLACE TABLE {rows}_raw AS SELECT * FROM {rows} WHERE odd = {_RAW}")
        table.execute(f"DELETE FROM {rows} WHERE odd <> 0")
        table.append(rows, _select(scan, position, f"{rows}_raw"))
        table.drop(f"{rows}_raw")
    table.execute("; ".join(f"ALTER TABLE {rows} DROP COLUMN {column}" for column in ("more", "size")))
    return True


def _select_cells(scan: Scan, name: int) -> str:
    """SQL for all rows as if each cell were as it would be read; ``odd`` says where that is not so,
    ``more`` has the cells behind the header then, and ``size`` the characters of a row.
    """
    cells = _list_cells(scan)
    width = len(scan.header)
    # A row takes a line more for each line end within it; the header takes the first.
    taken = "(CASE WHEN contains(whole, chr(10)) THEN 1 + length(whole) - length(replace(whole, chr(10), '')) ELSE 1 END)"
    there = [f"{cell} IS NOT NULL" for cell in (*cells[:width], f"c{scan.width - 1}")]
    plain = [*there, f"{cells[width]} IS NULL", f"NOT regexp_matches(lower(whole), '{_ODD}')"]
    if not scan.is_clean:
        plain.append(f"NOT ({_has_control(cells)})")
    last = "1 + sum(taken) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    blank = f"CASE WHEN whole = '' OR starts_with(whole, {_GAP}) THEN rtrim(whole, {_GAP}) = '' ELSE FALSE END"
    texts = f"SELECT *, {_join(cells)} AS whole FROM cells"
    kinds = f"SELECT *, {taken} AS taken, CASE WHEN NOT ({' AND '.join(plain)}) THEN {_RAW} WHEN {blank} THEN {_BLANK} ELSE 0 END AS odd"
    return (
        f"{_SELECT}, CAST(odd AS INTEGER) AS odd, {_write_name(f'c{name}')} AS name, {', '.join(cells[:width])}, '' AS raw, "
        f"CASE WHEN odd = {_RAW} THEN [{', '.join(cells[width:])}] END AS more, CAST(length(whole) AS INTEGER) AS size "
        f"FROM (SELECT *, {last} AS last FROM ({kinds} FROM ({texts}) AS w) AS k) AS n"
    )


def _find_long(scan: Scan) -> str:
    """SQL that tells whether a cell of a loaded row is too long."""
    cells = [*_list_cells(scan)[: len(scan.header)], *(f"more[{number}]" for number in range(1, _MORE + 1))]
    return f"greatest({', '.join(f'length(coalesce({cell}, {chr(39) * 2}))' for cell in cells)}) > {MAX_CELL}"


def _join(cells: Sequence[str]) -> str:
    return f"concat_ws({_GAP}, {', '.join(cells)})"


def _has_control(cells: Sequence[str]) -> str:
    return f"regexp_matches(concat({', '.join(cells)}), '{_CONTROL}')"


def _list_cells(scan: Scan) -> list[str]:
    return [f"c{position}" for position in range(len(scan.header) + _MORE)]


def _write_name(cell: str) -> str:
    """SQL for a name with one space between words; few have anything else there."""
    other = f"regexp_matches({cell}, '[{_WHITE.replace(' ', '')}]|  ')"
    return f"CASE WHEN {other} THEN regexp_replace({cell}, '[{_WHITE}]+', ' ', 'g') ELSE {cell} END"


def _select(scan: Scan, name: int, raw_rows: str) -> str:
    """SQL for the other rows that are not blank."""
    width = len(scan.header)
    cells = _list_cells(scan)
    bare = [f"b{position}" for position in range(len(cells))]
    trimmed = ", ".join(f"{_trim(cell)} AS {text}" for cell, text in zip(cells, bare, strict=True))
    pairs = list(zip(cells[:width], bare[:width], strict=True))
    differs = " OR ".join([*(f"{cell} IS DISTINCT FROM {text}" for cell, text in pairs), f"{cells[width]} IS NOT NULL"])
    there = " + ".join(f"CAST({cell} IS NOT NULL AS INTEGER)" for cell in cells)
    raw = f"CASE WHEN {differs} THEN CAST(to_json(list_slice([{', '.join(cells)}], 1, {there})) AS VARCHAR) ELSE '' END"
    signs = [*(f"{text} <> ''" for text in bare[width:]), f"c{scan.width - 1} IS NULL"]
    signs.append(f"(contains(whole, '#') AND regexp_matches(whole, '{_ERROR}'))")
    odd = " OR ".join(signs if scan.is_clean else [*signs, _has_control(cells)])
    kept = ", ".join(f"{text} AS {cell}" for cell, text in pairs)
    is_filled = " OR ".join(f"{text} <> ''" for text in bare)
    more = ", ".join(f"more[{number}] AS {cell}" for number, cell in enumerate(cells[width:], 1))
    raws = f"SELECT number, first, last, {', '.join(cells[:width])}, {more} FROM {raw_rows}"
    others = f"SELECT *, {_join(cells)} AS whole, {trimmed} FROM ({raws}) AS c"
    return (
        f"SELECT number, first, last, CAST(({odd}) AS INTEGER) AS odd, {_write_name(bare[name])} AS name, {kept}, {raw} AS raw, "
        f"NULL AS more, NULL AS size FROM ({others}) AS t WHERE {is_filled}"
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
