"""Bytes in, records out: every input of a build, read again where other pages settle what a line is."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from airm_graph.ingest.again import Reader
from airm_graph.ingest.capture import Reading
from airm_graph.ingest.inputs import Input, find_inputs, read_bytes, read_sidecar_bytes
from airm_graph.ingest.known import Known, learn_names
from airm_graph.ingest.sidecar import Sidecar, read_sidecar
from airm_graph.ingest.table import Mapping, TableReadings, load_builtin_mappings, load_mapping, read_records, read_table
from airm_graph.model import Finding, Page, Rejected, TableCount

__all__ = ["Reader", "Readings", "read_captures"]


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
    """

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()


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
        mapping: File that says what the columns of the tables are; when left out, the mappings of the project are tried.
        progress: Called with (number of files read, number of files) as reading goes on.
        reader: What reads pages and may remember them; a new one when left out.

    Raises:
        InputError: A path or the mapping does not exist or cannot be read. A file that is no page or table is a finding instead.
    """
    reader = reader or Reader()
    mappings = (load_mapping(mapping),) if mapping is not None else None
    inputs = find_inputs(paths)
    tables = _read_tables([entry for entry in inputs if entry.is_table], mappings)
    entries = [entry for entry in inputs if not entry.is_table]
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
        (*_join_equal(reading.page for reading in final), *tables.pages),
        (*findings, *tables.findings),
        {entry.name: entry.shown for entry in inputs},
        tables.rejected,
        tables.counts,
    )


def _read_tables(entries: Sequence[Input], mappings: Sequence[Mapping] | None) -> TableReadings:
    """Read the tables folder by folder: those of one folder belong together."""
    folders: defaultdict[str, list[Input]] = defaultdict(list)
    for entry in entries:
        folders[str(entry.path.resolve().parent) if entry.path else ""].append(entry)
    found = [
        read_records([read_table(read_bytes(entry), file=entry.name) for entry in beside], mappings=mappings or load_builtin_mappings())
        for beside in sorted(folders.values(), key=lambda beside: beside[0].name)
    ]
    return TableReadings(
        tuple(page for reading in found for page in reading.pages),
        tuple(finding for reading in found for finding in reading.findings),
        tuple(entry for reading in found for entry in reading.rejected),
        tuple(count for reading in found for count in reading.counts),
    )


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
