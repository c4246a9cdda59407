"""Tables of mitigations whose rows are in DuckDB, whatever their format and size.

A table is loaded where SQL knows what each of its columns is for: one classification, each
vocabulary in one column, documents named by identifier, no parents and no originals.
Other tables are read row by row, and so are rows with texts that may need a repair.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.graph import TripleTable, quote
from airm_graph.ingest.formats import Fault, Row, Scan, Table, UnreadableError, copy_table, stream_cells
from airm_graph.ingest.inputs import Input
from airm_graph.ingest.tables.mapped_table import REPAIRED
from airm_graph.ingest.tables.meaning import Mapping, TableMapping
from airm_graph.ingest.tables.regular import load_regular
from airm_graph.ingest.tables.row_checks import CONTROL
from airm_graph.model import ROLES, TEXTS
from airm_graph.namespaces import iri, literal
from airm_graph.text import ERRORS, PLACEHOLDERS, read_cell, slugify

__all__ = ["LoadedTable", "find_loaded", "load_rows", "read_rows", "scan_table"]

#: Formats that DuckDB may read itself.
_TEXTS = (".csv", ".tsv")
_KNOWN = frozenset(("identifier", "name", "description", *TEXTS, "source", "code", "label", "reason", "agent", "created"))


@dataclass(frozen=True)
class LoadedTable:
    """A table of mitigations, whose rows are in DuckDB.

    Attributes:
        number: Of the table; its rows are in the DuckDB table `rows`.
        folder: Number of its folder.
        head: The table without rows.
        scan: Its copy that DuckDB reads; None where the rows were read by Python.
        cells: The rows that Python has read, until they are loaded.
    """

    number: int
    folder: int
    head: Table
    mapping: Mapping
    columns: TableMapping
    scan: Scan | None = None
    cells: Iterable[Row] = field(default=(), repr=False)

    @property
    def rows(self) -> str:
        """Name of the DuckDB table: number, lines, whether a row is odd, name, cells, and where
        there are more, all as JSON.
        """
        return f"rows_{self.number}"

    @property
    def capture(self) -> str:
        """The term of its capture, which is its graph, too."""
        return iri(f"capture/{self.head.sha256[:16]}")

    # What Spark says otherwise of several tables at once.

    @property
    def number_of_row(self) -> str:
        """SQL for the number of the table of a row r."""
        return str(self.number)

    @property
    def capture_path(self) -> str:
        """SQL for the path of the capture of a row r below the base."""
        return quote(f"capture/{self.head.sha256[:16]}")

    @property
    def file(self) -> str:
        """SQL for the name of the file of an independent row, escaped as literals are."""
        return quote(literal(self.head.file)[1:-1])

    @property
    def graph(self) -> str:
        """SQL for the graph of an independent row."""
        return quote(self.capture)

    @property
    def kept(self) -> str:
        """What is kept of a row r beside what is kept of all, as the end of a SELECT."""
        return ""

    def is_own(self, column: str = "table_number") -> str:
        """SQL that tells whether a row with the number of a table is one of these."""
        return f"{column} = {self.number}"

    @property
    def members(self) -> "tuple[LoadedTable, ...]":
        """The tables that it stands for."""
        return (self,)

    # Its columns.

    @property
    def roles(self) -> dict[str, str]:
        """Vocabulary → header of the one column that holds its terms."""
        return {vocabulary: header for vocabulary, (header,) in sorted(self.columns.roles.items())}

    def header(self, what: str) -> str:
        """Return the header of a column, or of the terms of a vocabulary; empty where there is
        none.
        """
        return self.columns.columns.get(what, "") or self.roles.get(what, "")

    def cell(self, what: str) -> str:
        """SQL for the cell of a row that is *what*, without white space around it; NULL for
        none.
        """
        header = self.header(what)
        return self.column(header) if header else "NULL"

    @property
    def texts(self) -> tuple[str, ...]:
        """SQL for each cell of a row whose text is repaired."""
        return tuple(self.cell(what) for what in REPAIRED if self.mapping.is_repaired and what in self.columns.columns)

    def column(self, header: str) -> str:
        """SQL for the cell of a row r below a header."""
        return f"r.c{self.head.header.index(header)}"

    def table(self, rows: Sequence[Row]) -> Table:
        """Some rows of it as a table."""
        return Table(self.head.file, self.head.sha256, self.head.media_type, self.head.header, rows=tuple(rows))


def scan_table(job: tuple[Input, Path | None]) -> Scan | None:
    """Copy a CSV or TSV table so that DuckDB can read it; None for other formats and other texts
    than plain UTF-8.

    Args:
        job: The table, and where its copy shall be; None for memory.

    Raises:
        InputError: The file cannot be read.
    """
    entry, copy = job
    path = entry.path
    try:
        if path is None or path.suffix.lower() not in _TEXTS or not path.is_file():
            return None
        return copy_table(path, copy, file=entry.name)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path), remedy="check its name") from error


def find_loaded(given: Scan | Table, mappings: Sequence[Mapping], *, number: int, folder: int) -> LoadedTable | None:
    """Find the mapping of a table of mitigations that SQL understands; None where it is another
    one.
    """
    for mapping in mappings:
        columns = mapping.find_table(given.header, is_sparse=isinstance(given, Table) and given.is_sparse)
        if columns:
            if not _is_understood(mapping, columns, given.header):
                return None
            if isinstance(given, Scan):
                head = Table(given.file, given.sha256, given.media_type, given.header)
                return LoadedTable(number, folder, head, mapping.of_file(given.sha256), columns, scan=given)
            head = Table(given.file, given.sha256, given.media_type, given.header, given.findings)
            return LoadedTable(number, folder, head, mapping.of_file(given.sha256), columns, cells=given.rows)
    return None


def _is_understood(mapping: Mapping, columns: TableMapping, header: Sequence[str]) -> bool:
    used = columns.headers
    slugs = {slugify(name) for name in used}
    is_told_apart = len(slugs) == len(used) and "" not in slugs and all(header.count(name) == 1 for name in used)
    is_named_by_table = not (columns.inline or columns.document)
    is_simple = (
        is_named_by_table
        and not (columns.classifications or columns.schemes or columns.name_else or columns.only)
        and all(len(headers) == 1 for headers in columns.roles.values())
    )
    is_plain = is_simple and not mapping.is_guarded and columns.columns.keys() <= _KNOWN
    sources = mapping.tables.get("sources")
    is_named = sources is None or sources.keys == ("identifier",)
    return columns.kind == "mitigations" and is_plain and is_named and is_told_apart and columns.roles.keys() <= set(ROLES)


def load_rows(tables: Sequence[LoadedTable], *, table: TripleTable) -> tuple[Sequence[LoadedTable], list[LoadedTable]]:
    """Take the rows of tables into DuckDB, one DuckDB table for each.

    Returns:
        What statements are made for, and the tables that are none after all.
    """
    failed = []
    for one in tables:
        scan = one.scan
        # A small table takes records of Python.
        if (
            scan
            and scan.is_regular
            and not table.holds_few
            and load_regular(one.rows, scan=scan, name=one.columns.columns["name"], table=table)
        ):
            continue
        cells = {f"c{number}": "VARCHAR" for number in range(len(one.head.header))}
        numbers = dict.fromkeys(("number", "first", "last", "odd"), "INTEGER")
        columns = {**numbers, "name": "VARCHAR", **cells, "raw": "VARCHAR"}
        try:
            table.load_records(one.rows, columns=columns, records=_list_records(one))
        except UnreadableError:
            failed.append(one)
    return [one for one in tables if one not in failed], failed


def _list_records(one: LoadedTable) -> Iterator[list[str | int]]:
    width, name = len(one.head.header), one.head.header.index(one.columns.columns["name"])
    is_clean = one.scan is not None and one.scan.is_clean
    rows = stream_cells(one.scan) if one.scan else one.cells
    for row in rows:
        if len(row.cells) == width and is_clean and not (row.faults or row.numbers) and _is_bare(row.cells):
            yield [row.number, row.first_line, row.last_line, 0, " ".join(row.cells[name].split()), *row.cells, ""]
            continue
        bare = [read_cell(cell) for cell in row.cells]
        is_short = one.scan is not None and len(row.cells) < one.head.width
        odd, raw = int(bool(row.faults or row.numbers or is_short or any(cell.strip().lower() in ERRORS for cell in row.cells))), ""
        if odd or bare != list(row.cells) or len(row.cells) != width:
            faults = [(fault.rule, fault.column, fault.reason) for fault in row.faults]
            raw = json.dumps({"cells": row.cells, "numbers": row.numbers, "faults": faults} if odd else row.cells)
            odd = odd or int(any(bare[width:]))
            bare = (bare + [""] * width)[:width]
        if not is_clean and CONTROL.search("".join(row.cells)):
            odd = 1
        yield [row.number, row.first_line, row.last_line, odd, " ".join(bare[name].split()), *bare, raw]


def _is_bare(cells: Sequence[str]) -> bool:
    """Whether each cell is as `read_cell` reads it; most rows are so, which is told faster for all
    cells at once.
    """
    return [*map(str.strip, cells)] == [*cells] and PLACEHOLDERS.isdisjoint(map(str.lower, cells))


def read_rows(one: LoadedTable, *, table: TripleTable, condition: str) -> Iterator[tuple[int, Row]]:
    """Read the rows for which a condition holds, as they stand in the files, each with the number
    of its table.
    """
    cells = ", ".join(f"c{number}" for number in range(len(one.head.header)))
    select = f"SELECT {one.number_of_row} AS table_number, number, first, last, raw, {cells} FROM {one.rows} AS r WHERE {condition}"
    for owner, number, first, last, raw, *bare in table.execute(f"{select} ORDER BY 1, 2"):
        yield owner, _read_raw(Row(number, first, last, tuple(bare)), raw)


def _read_raw(row: Row, raw: str) -> Row:
    """The row as it stood in its file, where that is more than its cells without white space."""
    if not raw:
        return row
    read = json.loads(raw)
    if isinstance(read, list):
        return replace(row, cells=tuple(read))
    faults = tuple(Fault(*fault) for fault in read["faults"])
    return replace(row, cells=tuple(read["cells"]), numbers=tuple(read["numbers"]), faults=faults)
