"""Input files → which of them are large tables of mitigations, and the rows of these in DuckDB."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from airm_graph.bulk.cells import load_regular
from airm_graph.errors import InputError
from airm_graph.graph import TripleTable, quote
from airm_graph.ingest import find_mappings, list_folders, name_tables, read_entry
from airm_graph.ingest.formats import Row, Scan, Table, copy_table, stream_cells
from airm_graph.ingest.inputs import Input
from airm_graph.ingest.tables import Mapping
from airm_graph.ingest.tables.entries import CONTROL
from airm_graph.ingest.tables.meaning import TableMapping
from airm_graph.namespaces import iri, literal
from airm_graph.text import slugify

__all__ = ["Copy", "Folder", "Sheet", "find_folders", "is_large", "load_sheets", "read_rows"]

#: Copies a table to a place and looks it over: the file, the place, the name for findings.
Copy = Callable[[Path, Path, str], Scan | None]
#: What a column may be for SQL to know what to do with it; a table that says more goes the way of small ones.
_SUFFIXES = frozenset((".csv", ".tsv"))
_KNOWN = frozenset(("identifier", "name", "description", "note", "source", "code", "label", "reason", "agent", "created"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A large table of mitigations, whose rows are in DuckDB.

    Attributes:
        number: Of the sheet; its rows are in the table ``rows_<number>``.
    """

    number: int
    scan: Scan
    mapping: Mapping
    columns: TableMapping

    @property
    def rows(self) -> str:
        """Name of the table: number, first and last line, whether it is odd, its name, its cells, and all of them where that is more."""
        return f"rows_{self.number}"

    @property
    def capture(self) -> str:
        """The term of its capture, which is its graph, too."""
        return iri(f"capture/{self.scan.sha256[:16]}")

    @property
    def of_row(self) -> str:
        """SQL for the number of the sheet of a row r."""
        return str(self.number)

    @property
    def stem(self) -> str:
        """SQL for the IRI of the capture of a row r, without its last bracket."""
        return quote(self.capture[:-1])

    @property
    def graph(self) -> str:
        """SQL for the graph of a row of ``plain``."""
        return quote(self.capture)

    @property
    def place(self) -> str:
        """SQL for what the label of the evidence of a row of ``plain`` begins with."""
        return quote(literal(f"{self.scan.file}, row ")[:-1])

    @property
    def kept(self) -> str:
        """What ``plain`` keeps of a row r beside what it keeps of all, as the end of a SELECT."""
        return ""

    def is_own(self, column: str = "sheet") -> str:
        """SQL that tells whether a row with the number of a sheet is one of these."""
        return f"{column} = {self.number}"

    @property
    def members(self) -> "tuple[Sheet, ...]":
        """The sheets that it stands for."""
        return (self,)

    @property
    def roles(self) -> dict[str, str]:
        """Vocabulary → header of the one column that holds its terms."""
        return {vocabulary: header for vocabulary, (header,) in sorted(self.columns.roles.items())}

    def header(self, what: str) -> str:
        """The header of a column, or of the terms of a vocabulary; empty where there is none."""
        return self.columns.columns.get(what, "") or self.roles.get(what, "")

    def cell(self, what: str) -> str:
        """SQL for the cell of a row that is *what*, without white space around it."""
        return self.column(self.header(what))

    def column(self, header: str) -> str:
        """SQL for the cell below a header."""
        return f"c{self.scan.header.index(header)}"

    def table(self, rows: Sequence[Row]) -> Table:
        """Some rows of it as a small table."""
        return Table(self.scan.file, self.scan.sha256, self.scan.media_type, self.scan.header, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class Folder:
    """The tables of one folder, in the order of their names: large ones are sheets.

    Attributes:
        files: Name of each table → what the user calls it.
    """

    parts: tuple[Table | Sheet, ...]
    mappings: tuple[Mapping, ...]
    files: dict[str, str]

    @property
    def sheets(self) -> list[Sheet]:
        """The large tables."""
        return [part for part in self.parts if isinstance(part, Sheet)]

    @property
    def tables(self) -> list[Table]:
        """The small tables."""
        return [part for part in self.parts if isinstance(part, Table)]


def find_folders(
    entries: Sequence[Input], *, mapping: Mapping | None, workspace: Path, at_least: int = 0, copy: Copy | None = None
) -> list[Folder]:
    """Group tables by folder, and tell the large ones from the others, which are read.

    Args:
        entries: Tables among the inputs.
        mapping: What their columns are; None for the mapping that lies beside them, or those of the project.
        workspace: Folder for copies of the large tables, which are read from there.
        at_least: Bytes that make a table large.
        copy: Copies a large table and looks it over in place of ``copy_table``.

    Raises:
        InputError: A file cannot be read.
    """
    found, numbers = [], iter(range(len(entries)))
    for group in list_folders(entries):
        mappings = [mapping] if mapping else find_mappings(group)
        parts: list[Table | Sheet] = []
        files: dict[str, str] = {}
        for entry in group:
            sheet = _find_sheet(entry, mappings, next(numbers), workspace, at_least, copy)
            here = [] if sheet else read_entry(entry, mappings=mappings)
            parts += [sheet] if sheet else here
            files |= {entry.name: entry.shown} if sheet else name_tables(entry, here)
        found.append(Folder(tuple(parts), tuple(mappings), files))
    return found


def is_large(entry: Input, *, at_least: int) -> bool:
    """Whether an input may be a large table.

    Raises:
        OSError: The file cannot be read.
    """
    path = entry.path
    return path is not None and path.suffix.lower() in _SUFFIXES and path.is_file() and path.stat().st_size >= at_least


def _find_sheet(entry: Input, mappings: Sequence[Mapping], number: int, workspace: Path, at_least: int, copy: Copy | None) -> Sheet | None:
    path = entry.path
    try:
        if path is None or not is_large(entry, at_least=at_least):
            return None
        scan = (copy or _copy)(path, workspace / f"table-{number}.csv", entry.name)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path), remedy="check its name") from error
    if scan is None:
        return None
    for mapping in mappings:
        columns = mapping.find_table(scan.header)
        if columns:
            return Sheet(number, scan, mapping, columns) if _is_usable(mapping, columns, scan.header) else None
    return None


def _copy(path: Path, place: Path, name: str) -> Scan | None:
    return copy_table(path, place, file=name)


def _is_usable(mapping: Mapping, columns: TableMapping, header: Sequence[str]) -> bool:
    used = columns.headers
    slugs = {slugify(name) for name in used}
    is_told_apart = len(slugs) == len(used) and "" not in slugs and all(header.count(name) == 1 for name in used)
    is_simple = not (columns.classifications or columns.inline) and all(len(headers) == 1 for headers in columns.roles.values())
    is_plain = is_simple and not mapping.is_repaired and not mapping.is_guarded and columns.columns.keys() <= _KNOWN
    sources = mapping.tables.get("sources")
    is_named = sources is None or sources.keys == ("identifier",)
    return columns.kind == "mitigations" and is_plain and is_named and is_told_apart


def load_sheets(sheets: Sequence[Sheet], *, table: TripleTable) -> Sequence[Sheet]:
    """Take the rows of sheets into DuckDB, one table for each; returns what statements are made for.

    Raises:
        UnreadableError: A sheet is no CSV after all; it says where.
    """
    for sheet in sheets:
        if not (sheet.scan.is_regular and load_regular(sheet.rows, scan=sheet.scan, name=sheet.columns.columns["name"], table=table)):
            cells = {f"c{place}": "VARCHAR" for place in range(len(sheet.scan.header))}
            numbers = dict.fromkeys(("number", "first", "last", "odd"), "INTEGER")
            columns = {**numbers, "name": "VARCHAR", **cells, "raw": "VARCHAR"}
            table.load_records(sheet.rows, columns=columns, records=_list_records(sheet))
    return sheets


def _list_records(sheet: Sheet) -> Iterator[list[str | int]]:
    width, place = len(sheet.scan.header), sheet.scan.header.index(sheet.columns.columns["name"])
    is_clean = sheet.scan.is_clean
    for number, first, last, cells in stream_cells(sheet.scan):
        bare = [cell.strip() for cell in cells]
        odd, raw = 0, ""
        if bare != list(cells) or len(cells) != width:
            raw = json.dumps(cells)
            odd = int(any(bare[width:]))
            bare = (bare + [""] * width)[:width]
        if not is_clean and CONTROL.search("".join(cells)):
            odd = 1
        yield [number, first, last, odd, " ".join(bare[place].split()), *bare, raw]


def read_rows(sheet: Sheet, *, table: TripleTable, condition: str) -> Iterator[tuple[int, Row]]:
    """The rows for which a condition holds, as they stand in the files, each with the number of its sheet."""
    cells = ", ".join(f"c{place}" for place in range(len(sheet.scan.header)))
    select = f"SELECT {sheet.of_row} AS sheet, number, first, last, raw, {cells} FROM {sheet.rows} AS r WHERE {condition}"  # noqa: S608
    for owner, number, first, last, raw, *bare in table.execute(f"{select} ORDER BY 1, 2"):
        yield owner, Row(number, first, last, tuple(json.loads(raw)) if raw else tuple(bare))
