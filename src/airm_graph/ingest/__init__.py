"""Bytes in, records out: every input of a build, read again where other pages settle what a line is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.captures.cached import Reader
from airm_graph.ingest.captures.known import Known, learn_names
from airm_graph.ingest.captures.page import Reading
from airm_graph.ingest.captures.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.formats import read_tables
from airm_graph.ingest.inputs import Input, find_inputs, read_bytes, read_sidecar_bytes
from airm_graph.ingest.tables import load_mapping, read_records
from airm_graph.ingest.tables.folders import read_folders
from airm_graph.ingest.tables.propose import Proposal
from airm_graph.ingest.tables.propose import propose_mapping as propose_from_tables
from airm_graph.model import Finding, Page, Records, Rejected, TableCount

__all__ = [
    "Proposal",
    "Reader",
    "Readings",
    "propose_mapping",
    "read_captures",
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
    """

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()
    restored: tuple[Records, ...] = ()


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
    given = load_mapping(mapping) if mapping is not None else None
    inputs = find_inputs(paths)
    folders = read_folders([entry for entry in inputs if entry.is_table], mapping=given)
    tables = [read_records(folder.tables, mappings=folder.mappings) for folder in folders]
    files = {name: shown for folder in folders for name, shown in folder.files.items()}
    pages = read_pages([entry for entry in inputs if not entry.is_table], progress=progress, reader=reader)
    return Readings(
        (*pages.pages, *(page for one in tables for page in one.pages)),
        (*pages.findings, *(finding for one in tables for finding in one.findings)),
        dict(sorted({**pages.files, **files}.items())),
        tuple(entry for one in tables for entry in one.rejected),
        tuple(count for one in tables for count in one.counts),
        tuple(one.restored for one in tables),
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
    for _ in range(_ROUNDS):
        known = learn_names([reading.page for reading in final if reading.page])
        final = [_read_again(load, reading, known, reader) for load, reading in zip(loaded, final, strict=True)]
    reader.finish()
    findings = [finding for load, reading in zip(loaded, final, strict=True) for finding in (*load.findings, *reading.findings)]
    return Readings(
        _join_equal(reading.page for reading in final),
        tuple(findings),
        {entry.name: entry.shown for entry in entries},
    )


def propose_mapping(paths: Sequence[str | Path], *, notice: str = "") -> Proposal:
    """Propose a mapping for the tables in *paths*, which belong together.

    Args:
        paths: What :func:`airm_graph.ingest.inputs.find_inputs` takes; captured pages among it are left out.
        notice: What is asked of readers of data without a licence.

    Raises:
        InputError: A path does not exist or cannot be read, or no table is among them that can.
    """
    entries = (entry for entry in find_inputs(paths) if entry.is_table and entry.path)
    tables = [table for entry in entries if entry.path for table in read_tables(entry.path, file=entry.name, is_named=entry.is_named)]
    if not any(table.header for table in tables):
        said = [finding.message for table in tables for finding in table.findings]
        raise InputError(said[0] if said else "there is no table", file=str(paths[0]), remedy="name tables, or a folder of them")
    return propose_from_tables(tables, notice=notice)


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
