"""Files of tables to tables, folder by folder: those of one folder belong together."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import field, replace
from itertools import count
from pathlib import Path

from airm_graph.errors import name_some
from airm_graph.frozen import frozen
from airm_graph.graph import TripleTable
from airm_graph.ingest.captures.sidecar import NamedSource, read_sidecar
from airm_graph.ingest.formats import Table, read_tables
from airm_graph.ingest.inputs import Input, Over, read_sidecar_bytes
from airm_graph.ingest.tables.loaded import LoadedTable, find_loaded, load_rows, scan_table
from airm_graph.ingest.tables.meaning import BESIDE, Mapping
from airm_graph.ingest.tables.own_mappings import load_builtin_mappings
from airm_graph.model import Finding, Location
from airm_graph.rules import make_finding

__all__ = ["Folder", "LoadRows", "find_mappings", "list_folders", "load_folders", "read_folders"]

#: Takes the rows of tables into DuckDB: returns what statements are made for, and what is no table.
LoadRows = Callable[[Sequence[LoadedTable]], tuple[Sequence[LoadedTable], Sequence[LoadedTable]]]


@frozen
class Folder:
    """The tables of one folder, in the order of their names.

    Attributes:
        files: Name of each table → what the user calls it.
        described: What rows call a document → what side-cars of the tables say of it.
        findings: On the side-cars.
    """

    parts: tuple[Table | LoadedTable, ...]
    mappings: Sequence[Mapping]
    files: dict[str, str]
    described: dict[str, NamedSource] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    @property
    def loaded(self) -> list[LoadedTable]:
        """Tables whose rows are in DuckDB."""
        return [part for part in self.parts if isinstance(part, LoadedTable)]

    @property
    def later(self) -> set[str]:
        """Names of the tables whose rows are in DuckDB."""
        return {part.head.file for part in self.loaded}

    @property
    def tables(self) -> list[Table]:
        """Every table, those in DuckDB without rows."""
        return [part.head if isinstance(part, LoadedTable) else part for part in self.parts]


def read_folders(entries: Sequence[Input], *, mapping: Mapping | None = None) -> list[Folder]:
    """Read tables with all their rows.

    Args:
        entries: Tables among the inputs.
        mapping: What their columns are; None for the mapping that lies beside them, or those of the
            project.

    Raises:
        InputError: A file cannot be read.
    """
    found = []
    for group in list_folders(entries):
        mappings = [mapping] if mapping else find_mappings(group[0].path)
        parts: list[Table] = []
        files: dict[str, str] = {}
        for entry in group:
            tables = _read_entry(entry, mappings)
            parts += tables
            files |= _name_tables(entry, tables)
        found.append(Folder(tuple(parts), mappings, files, *_read_sidecars(group)))
    return found


def load_folders(
    entries: Sequence[Input],
    *,
    table: TripleTable,
    make_folder: Callable[[], Path],
    mapping: Mapping | None = None,
    over: Over = map,
    load: LoadRows | None = None,
) -> tuple[list[Folder], Sequence[LoadedTable]]:
    """Read tables; rows of mitigations go to DuckDB where SQL knows what each of their columns is
    for.

    Args:
        entries, mapping: As for `read_folders`.
        table: Takes the rows.
        make_folder: Gives the folder for copies of tables, which DuckDB reads; those of small
            tables stay in memory.
        over: Applies ``scan_table`` to each table.
        load: Does in another place what ``load_rows`` does.

    Returns:
        The folders, and what statements are made for: each one or more tables of the same columns.

    Raises:
        InputError: A file cannot be read.
    """
    numbers, owners, groups = count(), dict[int, Input](), list_folders(entries)
    every = [entry for group in groups for entry in group]
    copies = (None if table.holds_few else make_folder() / f"table-{position}.csv" for position in count())
    scans = iter(over(scan_table, list(zip(every, copies, strict=False))))
    found = []
    for position, group in enumerate(groups):
        mappings = [mapping] if mapping else find_mappings(group[0].path)
        parts: list[Table | LoadedTable] = []
        files: dict[str, str] = {}
        for entry in group:
            number, scan = next(numbers), next(scans)
            if scan and (known := find_loaded(scan, mappings, number=number, folder=position)):
                owners[number] = entry
                parts.append(known)
                files[entry.name] = entry.shown
                continue
            tables = _read_entry(entry, mappings)
            parts += [find_loaded(one, mappings, number=next(numbers), folder=position) or one for one in tables]
            files |= _name_tables(entry, tables)
        found.append(Folder(tuple(parts), mappings, files, *_read_sidecars(group)))
    given = [part for folder in found for part in folder.loaded]
    stated, failed = load(given) if load else load_rows(given, table=table)
    return [_replace_failed(folder, failed, owners) for folder in found], stated


def _read_sidecars(group: Iterable[Input]) -> tuple[dict[str, NamedSource], tuple[Finding, ...]]:
    """What the side-cars of tables say of documents that no table lists."""
    described: dict[str, NamedSource] = {}
    findings: list[Finding] = []
    for entry in group:
        if beside := read_sidecar_bytes(entry):
            sidecar, found = read_sidecar(beside[0], file=beside[1])
            described = dict(sidecar.sources) | described
            findings += found
    return described, tuple(findings)


def _replace_failed(folder: Folder, failed: Sequence[LoadedTable], owners: dict[int, Input]) -> Folder:
    """Read what DuckDB could not, so that the reader of rows says what is wrong with it."""
    parts: list[Table | LoadedTable] = []
    for part in folder.parts:
        parts += _read_entry(owners[part.number], folder.mappings) if isinstance(part, LoadedTable) and part in failed else [part]
    return replace(folder, parts=tuple(parts))


def list_folders(entries: Sequence[Input]) -> list[list[Input]]:
    """List the tables of each folder."""
    beside: defaultdict[str, list[Input]] = defaultdict(list)
    for entry in entries:
        if entry.path is not None:
            beside[str(entry.path.resolve().parent)].append(entry)
    return sorted(beside.values(), key=lambda group: group[0].name)


def find_mappings(table: Path | None) -> Sequence[Mapping]:
    """Find the mapping that lies beside a table, or those of the project."""
    path = table.with_name(BESIDE) if table else None
    if not (path and path.is_file()):
        return load_builtin_mappings()
    from airm_graph.ingest.tables.mapping import load_mapping  # loads the reader of YAML

    return (replace(load_mapping(path), found=f"{BESIDE} beside the table"),)


def _read_entry(entry: Input, mappings: Sequence[Mapping]) -> list[Table]:
    """Read the tables of one file; what nobody may have meant as one is a note."""
    records = mappings[0].records if len(mappings) == 1 else ""
    tables = read_tables(entry.path, file=entry.name, is_named=entry.is_named, records=records) if entry.path else ()
    return list(_excuse(tables, mappings, is_named=entry.is_named))


def _name_tables(entry: Input, tables: Iterable[Table]) -> dict[str, str]:
    """Name of each table of a file → what the user calls it."""
    return {table.file: entry.shown + table.file.removeprefix(entry.name) for table in tables}


def _excuse(tables: Sequence[Table], mappings: Sequence[Mapping], *, is_named: bool) -> tuple[Table, ...]:
    """Make notes of tables that nobody may have meant: JSON found in a folder, and tables beside
    one that a mapping knows.
    """
    known = [any(mapping.find_table(table.header, is_sparse=table.is_sparse) for mapping in mappings) for table in tables]
    excused = []
    for table, is_known in zip(tables, known, strict=True):
        what = f"no mapping knows its columns, and it was left out: {name_some(table.header)}"
        if is_known or not table.header:
            excused.append(table)
        elif table.is_sparse and not is_named:
            excused.append(Table(table.file, findings=(make_finding("TAB-28", what, Location(table.file)),)))
        elif any(known):
            excused.append(Table(table.file, findings=(make_finding("TAB-29", what, Location(table.file)),)))
        else:
            excused.append(table)
    return tuple(excused)
