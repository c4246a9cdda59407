"""Every input of a build, read again where other pages settle what a line is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from airm_graph.frozen import frozen
from airm_graph.ingest.captures.cached import Reader
from airm_graph.ingest.captures.together import read_together
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.model import Finding, Page, Records, Rejected, TableCount

__all__ = ["Readings", "read_captures", "read_pages"]


@frozen
class Readings:
    """What all inputs say.

    Attributes:
        pages: One per different capture, sorted by file name; equal files are one page with several
            names.
        findings: By file, then by line.
        files: Name of each input → the path under which the user finds it.
        rejected: Rows of tables that cannot be used.
        counts: How many rows of each table were read and used.
        restored: What the tables of exported graphs say, a folder at a time.
        marks: Name of a captured page → what it met other pages by.
    """

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()
    restored: tuple[Records, ...] = ()
    marks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_captures(
    paths: Sequence[str | Path],
    *,
    mapping: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
) -> Readings:
    """Read every capture and table in *paths* (folders, files, ``-``).

    Args:
        paths: What `airm_graph.ingest.inputs.find_inputs` takes.
        mapping: File that says what the columns of the tables are; when left out, ``mapping.yaml``
            beside them says it, or the mappings of the project are tried.
        progress: Called with (number of files read, number of files) as reading goes on.
        reader: What reads pages and may remember them; a new one when left out.

    Raises:
        InputError: A path or the mapping does not exist or cannot be read. A file that is no page
            or table is a finding instead.
    """
    from airm_graph.ingest.tables.entries import read_records
    from airm_graph.ingest.tables.folders import read_folders
    from airm_graph.ingest.tables.mapping import load_mapping

    given = replace(load_mapping(mapping), found=str(mapping)) if mapping is not None else None
    inputs = find_inputs(paths)
    folders = read_folders([entry for entry in inputs if entry.is_table], mapping=given)
    tables = [read_records(folder.tables, mappings=folder.mappings, described=folder.described) for folder in folders]
    files = {name: shown for folder in folders for name, shown in folder.files.items()}
    pages = read_pages([entry for entry in inputs if not entry.is_table], progress=progress, reader=reader)
    return Readings(
        (*pages.pages, *(page for one in tables for page in one.pages)),
        (*pages.findings, *(f for one in folders for f in one.findings), *(f for one in tables for f in one.findings)),
        dict(sorted({**pages.files, **files}.items())),
        tuple(entry for one in tables for entry in one.rejected),
        tuple(count for one in tables for count in one.counts),
        tuple(one.restored for one in tables),
    )


def read_pages(
    entries: Sequence[Input],
    *,
    progress: Callable[[int, int], None] | None = None,
    reader: Reader | None = None,
) -> Readings:
    """Read captured pages.

    Args:
        entries: Inputs that are no tables.
        progress, reader: As for :func:`read_captures`.

    Raises:
        InputError: One cannot be read.
    """
    found = read_together(entries, reader=reader or Reader(), progress=progress)
    return Readings(
        _join_equal(one.page for one in found),
        tuple(finding for one in found for finding in one.findings),
        {entry.name: entry.shown for entry in entries},
        marks={entry.name: one.marks for entry, one in zip(entries, found, strict=True)},
    )


def _join_equal(pages: Iterable[Page | None]) -> tuple[Page, ...]:
    joined: dict[str, Page] = {}
    for page in pages:
        if page is None:
            continue
        earlier = joined.setdefault(page.capture.sha256, page)
        names = tuple(sorted({*earlier.capture.file_names, *page.capture.file_names}))
        joined[page.capture.sha256] = replace(earlier, capture=replace(earlier.capture, file_names=names))
    return tuple(joined.values())
