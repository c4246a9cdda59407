"""Bytes in, records out: every input of a build, read again where other pages settle what a line is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.captures.cached import Reader
from airm_graph.ingest.captures.known import Known, learn_names
from airm_graph.ingest.captures.page import Reading
from airm_graph.ingest.captures.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.formats import Table, read_tables
from airm_graph.ingest.inputs import Input, find_inputs, read_bytes, read_sidecar_bytes
from airm_graph.ingest.tables import BESIDE, Mapping, TableReadings, load_builtin_mappings, load_mapping, read_records
from airm_graph.ingest.tables.propose import Proposal
from airm_graph.ingest.tables.propose import propose_mapping as propose_from_tables
from airm_graph.model import Finding, Page, Place, Records, Rejected, TableCount
from airm_graph.rules import make_finding
from airm_graph.text import name_key

__all__ = [
    "Proposal",
    "Reader",
    "Readings",
    "find_mappings",
    "list_folders",
    "name_tables",
    "propose_mapping",
    "read_captures",
    "read_entry",
    "read_pages",
]


#: What pages teach each other corrects what they teach: measured on simulated sources, a second round halves what is left of misread
#: headings, a third changes nothing.
_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Readings:
    """What all inputs say.

    Attributes:
        pages: One per different capture, sorted by file name; equal files are one page with several names.
        findings: By file, then by line.
        files: Name of each input → the path under which the user finds it.
        rejected: Rows of tables that cannot be used.
        counts: How many rows of each table were read and used.
        restored: What the tables of exported graphs say, a folder at a time.
        titles: Name of each page → the titles, normalised, that it had before it was read again: by these, too, pages met.
    """

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()
    restored: tuple[Records, ...] = ()
    titles: Dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Loaded:
    entry: Input
    data: bytes
    sidecar: Sidecar
    findings: tuple[Finding, ...]


def read_captures(
    paths: Sequence[str | Path],
    *,
    mapping: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
) -> Readings:
    """Read every capture and table in *paths* (folders, files, ``-``).

    Args:
        paths: What :func:`airm_graph.ingest.inputs.find_inputs` takes.
        mapping: File that says what the columns of the tables are; when left out, ``mapping.yaml`` beside them says it, or the mappings
            of the project are tried.
        progress: Called with (number of files read, number of files) as reading goes on.
        reader: What reads pages and may remember them; a new one when left out.

    Raises:
        InputError: A path or the mapping does not exist or cannot be read. A file that is no page or table is a finding instead.
    """
    mappings = (load_mapping(mapping),) if mapping is not None else None
    inputs = find_inputs(paths)
    folders, files = _read_tables([entry for entry in inputs if entry.is_table], mappings)
    pages = read_pages([entry for entry in inputs if not entry.is_table], progress=progress, reader=reader)
    return Readings(
        (*pages.pages, *(page for tables in folders for page in tables.pages)),
        (*pages.findings, *(finding for tables in folders for finding in tables.findings)),
        dict(sorted({**pages.files, **files}.items())),
        tuple(entry for tables in folders for entry in tables.rejected),
        tuple(count for tables in folders for count in tables.counts),
        tuple(tables.restored for tables in folders),
        pages.titles,
    )


def read_pages(entries: Sequence[Input], *, progress: Callable[[int, int], None] | None = None, reader: Reader | None = None) -> Readings:
    """Read captured pages.

    Args:
        entries: Inputs that are no tables.
        progress, reader: As for :func:`read_captures`.

    Raises:
        InputError: One cannot be read.
    """
    reader = reader or Reader()
    loaded, readings = [], []
    for number, entry in enumerate(entries, 1):
        loaded.append(_load(entry))
        readings.append(reader.read_capture(loaded[-1].data, file=entry.name, sidecar=loaded[-1].sidecar))
        if progress:
            progress(number, len(entries))
    final = readings
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for _ in range(_ROUNDS):
        for entry, reading in zip(entries, final, strict=True):
            if reading.page and reading.page.source:
                titles[entry.name].add(name_key(reading.page.source.title.published))
        known = learn_names([reading.page for reading in final if reading.page])
        final = [_read_again(load, reading, known, reader) for load, reading in zip(loaded, final, strict=True)]
    reader.finish()
    findings = [finding for load, reading in zip(loaded, final, strict=True) for finding in (*load.findings, *reading.findings)]
    return Readings(
        _join_equal(reading.page for reading in final),
        tuple(findings),
        {entry.name: entry.shown for entry in entries},
        titles={name: frozenset(found) for name, found in titles.items()},
    )


def _read_tables(entries: Sequence[Input], mappings: Sequence[Mapping] | None) -> tuple[list[TableReadings], dict[str, str]]:
    """Read the tables folder by folder: those of one folder belong together. Also gives name → path of each, a sheet being a table."""
    found: list[TableReadings] = []
    files: dict[str, str] = {}
    for group in list_folders(entries):
        known = mappings or find_mappings(group)
        tables: list[Table] = []
        for entry in group:
            here = read_entry(entry, mappings=known)
            tables += here
            files |= name_tables(entry, here)
        found.append(read_records(tables, mappings=known))
    return found, files


def list_folders(entries: Sequence[Input]) -> list[list[Input]]:
    """The tables of each folder, which belong together."""
    beside: defaultdict[str, list[Input]] = defaultdict(list)
    for entry in entries:
        if entry.path is not None:
            beside[str(entry.path.resolve().parent)].append(entry)
    return sorted(beside.values(), key=lambda group: group[0].name)


def read_entry(entry: Input, *, mappings: Sequence[Mapping]) -> list[Table]:
    """The tables of one file; what nobody may have meant as one is a note."""
    return list(_excuse(_open_tables(entry), mappings, is_named=entry.is_named))


def name_tables(entry: Input, tables: Iterable[Table]) -> dict[str, str]:
    """Name of each table of a file → what the user calls it."""
    return {table.file: entry.shown + table.file.removeprefix(entry.name) for table in tables}


def _open_tables(entry: Input) -> tuple[Table, ...]:
    return read_tables(entry.path, file=entry.name, is_named=entry.is_named) if entry.path else ()


def propose_mapping(paths: Sequence[str | Path], *, notice: str = "") -> Proposal:
    """Propose a mapping for the tables in *paths*, which belong together.

    Args:
        paths: What :func:`airm_graph.ingest.inputs.find_inputs` takes; captured pages among it are left out.
        notice: What is asked of readers of data without a licence.

    Raises:
        InputError: A path does not exist or cannot be read, or no table is among them that can.
    """
    tables = [table for entry in find_inputs(paths) if entry.is_table for table in _open_tables(entry)]
    if not any(table.header for table in tables):
        said = [finding.message for table in tables for finding in table.findings]
        raise InputError(said[0] if said else "there is no table", file=str(paths[0]), remedy="name tables, or a folder of them")
    return propose_from_tables(tables, notice=notice)


def find_mappings(beside: Sequence[Input]) -> Sequence[Mapping]:
    """Find the mapping that lies beside tables, or those of the project."""
    path = beside[0].path.with_name(BESIDE) if beside[0].path else None
    return (load_mapping(path),) if path and path.is_file() else load_builtin_mappings()


def _excuse(tables: Sequence[Table], mappings: Sequence[Mapping], *, is_named: bool) -> tuple[Table, ...]:
    """Make notes of tables that nobody may have meant: JSON that was found in a folder, and sheets beside one that a mapping knows."""
    known = [any(mapping.find_table(table.header) for mapping in mappings) for table in tables]
    excused = []
    for table, is_known in zip(tables, known, strict=True):
        what = f"no mapping knows its columns, and it was left out: {', '.join(table.header[:5])}"
        if is_known or not table.header:
            excused.append(table)
        elif table.media_type == "application/json" and not is_named:
            excused.append(Table(table.file, findings=(make_finding("TAB-28", what, Place(table.file)),)))
        elif any(known):
            excused.append(Table(table.file, findings=(make_finding("TAB-29", what, Place(table.file)),)))
        else:
            excused.append(table)
    return tuple(excused)


def _load(entry: Input) -> _Loaded:
    data = read_bytes(entry)
    beside = read_sidecar_bytes(entry)
    sidecar, findings = read_sidecar(beside[0], file=beside[1]) if beside else (Sidecar(), ())
    return _Loaded(entry, data, sidecar, findings)


def _read_again(load: _Loaded, reading: Reading, known: dict[str, Known], reader: Reader) -> Reading:
    """Read a page once more with what the other pages of its source say, if they say anything."""
    if reading.page is None or reading.page.capture.sha256 not in known:
        return reading
    return reader.read_capture(load.data, file=load.entry.name, sidecar=load.sidecar, known=known[reading.page.capture.sha256])


def _join_equal(pages: Iterable[Page | None]) -> tuple[Page, ...]:
    joined: dict[str, Page] = {}
    for page in pages:
        if page is None:
            continue
        earlier = joined.setdefault(page.capture.sha256, page)
        names = tuple(sorted({*earlier.capture.file_names, *page.capture.file_names}))
        joined[page.capture.sha256] = replace(earlier, capture=replace(earlier.capture, file_names=names))
    return tuple(joined.values())
