"""Whether a row of a table can be read at all."""

import re
from collections import defaultdict
from collections.abc import Iterable

from airm_graph.ingest.formats import Row
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason
from airm_graph.text import ERRORS, read_cell

__all__ = ["CONTROL", "TOTAL", "check_row", "find_contradicting", "is_alone", "is_total", "repeats_header"]

#: What XML 1.0 forbids, and what is no character: no format could carry the cell.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: What a row is called that sums up the others; as RE2 and Python read it.
TOTAL = r"(?i)(?:grand |sub-?)?(?:total|sum|average)s?(?: of .{1,40})?\s*[:=]?\s*[0-9.,]*"
_TOTAL = re.compile(TOTAL)
#: A mapping that asks for fewer columns does not tell a heading from a measure.
_FEWEST = 3


def is_total(mapped: MappedTable, row: Row) -> bool:
    """Whether a row sums up the others: its name says so, and it describes and names nothing."""
    is_called_so = bool(_TOTAL.fullmatch(mapped.get(row, "name")))
    return is_called_so and not any(mapped.get(row, what) for what in ("identifier", "description", "code", "reason"))


def repeats_header(mapped: MappedTable, row: Row) -> bool:
    """Whether a row is the header once more, as printed tables have it on each page."""
    return tuple(" ".join(cell.split()) for cell in row.cells) == mapped.table.header


def is_alone(mapped: MappedTable, row: Row) -> bool:
    """Whether a row holds one cell, at its beginning, as headings between rows and notes below them
    do.
    """
    asked = set(mapped.columns.headers) - set(mapped.columns.name_else)
    if mapped.table.is_sparse or len(asked) < _FEWEST or sum(bool(read_cell(cell)) for cell in row.cells) != 1:
        return False
    return bool(mapped.get(row, "name") or mapped.get(row, "identifier") or read_cell(row.cells[0]))


def find_contradicting(mapped_tables: Iterable[MappedTable]) -> set[str]:
    """Identifiers of rows that have one identifier and differ in anything else."""
    seen: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for mapped in mapped_tables:
        for row in mapped.table.rows:
            identifier = mapped.get(row, "identifier")
            if identifier:
                seen[identifier].add(tuple(mapped.table.get(row, header) for header in mapped.columns.headers))
    return {identifier for identifier, contents in seen.items() if len(contents) > 1}


def check_row(mapped: MappedTable, row: Row, contradicting: set[str]) -> bool:
    """Whether a row can be read at all; it is set aside when not."""
    reasons: list[Reason] = []
    width = len(mapped.table.header)
    is_short = len(row.cells) < mapped.table.width and mapped.table.media_type in {"text/csv", "text/tab-separated-values"}
    if is_short or any(cell.strip() for cell in row.cells[width:]):
        reasons.append(("TAB-09", "", f"the row has {len(row.cells)} cells and the header {width}"))
    if found := CONTROL.search("".join(row.cells)):
        reasons.append(("TAB-09", "", f"a cell holds control character U+{ord(found.group()):04X}"))
    # A fault of the reader counts where the mapping asks for the cell, or cannot know which one it
    # is.
    asked = {"", *mapped.columns.headers}
    reasons += [(fault.rule, fault.column, fault.reason) for fault in row.faults if fault.column in asked]
    for header in mapped.columns.headers if not mapped.table.is_exact else ():
        cell = row.cells[place] if (place := mapped.table.header.index(header)) < len(row.cells) else ""
        if cell.strip().lower() in ERRORS:
            mapped.say("TAB-22", f"the cell holds the error {cell.strip()}, and counts as empty", row, header)
    identifier = mapped.get(row, "identifier")
    if identifier in contradicting:
        reasons.append(("TAB-08", mapped.header("identifier"), f"{identifier!r} stands in several rows that differ"))
    if reasons:
        mapped.reject(row, reasons)
    elif any(char.isspace() for char in identifier):
        mapped.say("TAB-12", f"the identifier {identifier!r} holds white space", row, mapped.header("identifier"))
    return not reasons
