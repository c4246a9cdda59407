"""Bytes in, records out: every input of a build, read again where other pages settle what a line
is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.captures.cached import Reader
from airm_graph.ingest.captures.together import read_together
from airm_graph.ingest.formats import Row, Table, read_tables
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.ingest.tables import load_mapping, read_records
from airm_graph.ingest.tables.folders import read_folders
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.ingest.tables.propose import Proposal
from airm_graph.ingest.tables.propose import propose_mapping as propose_from_tables
from airm_graph.model import Finding, Page, Records, Rejected, Severity, TableCount

__all__ = [
    "Proposal",
    "Reader",
    "Readings",
    "propose_mapping",
    "read_captures",
    "read_pages",
]


@dataclass(frozen=True, slots=True)
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
        digests: SHA-256 of a page → digest of all that its reading depends on.
        outlined: SHA-256 of pages of which only the source is given.
    """

    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    files: dict[str, str]
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()
    restored: tuple[Records, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    outlined: frozenset[str] = frozenset()


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
        mapping: File that says what the columns of the tables are; when left out, ``mapping.yaml``
            beside them says it, or the mappings of the project are tried.
        progress: Called with (number of files read, number of files) as reading goes on.
        reader: What reads pages and may remember them; a new one when left out.

    Raises:
        InputError: A path or the mapping does not exist or cannot be read. A file that is no page
            or table is a finding instead.
    """
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
    outlines: bool = False,
) -> Readings:
    """Read captured pages.

    Args:
        entries: Inputs that are no tables.
        progress, reader: As for :func:`read_captures`.
        outlines: Of pages that the reader knows, give the source alone.

    Raises:
        InputError: One cannot be read.
    """
    found = read_together(entries, reader=reader or Reader(), progress=progress, outlines=outlines)
    digests: dict[str, str] = {}
    for one in found:
        if one.page:
            digests[one.page.capture.sha256] = digests.get(one.page.capture.sha256, "") + one.digest
    return Readings(
        _join_equal(one.page for one in found),
        tuple(finding for one in found for finding in one.findings),
        {entry.name: entry.shown for entry in entries},
        digests=digests,
        outlined=frozenset(one.page.capture.sha256 for one in found if one.page and one.is_outline),
    )


def propose_mapping(
    paths: Sequence[str | Path], *, notice: str = "", document: str = "", records: str = ""
) -> tuple[Proposal, tuple[TableCount, ...], tuple[Finding, ...]]:
    """Propose a mapping for the tables in *paths*, which belong together.

    Args:
        paths: What :func:`airm_graph.ingest.inputs.find_inputs` takes; captured pages among it are
            left out.
        notice: What is asked of readers of data without a licence.
        document, records: See `airm_graph.ingest.tables.propose.propose_mapping`.

    Returns:
        The proposal; and, where it can be used as it is, how many rows it lets a build use, and
        what keeps it from the others.

    Raises:
        InputError: A path does not exist or cannot be read, or no table is among them that can.
    """
    entries = [(entry, entry.path) for entry in find_inputs(paths) if entry.is_table and entry.path]
    tables = [table for entry, path in entries for table in read_tables(path, file=entry.name, is_named=entry.is_named, records=records)]
    tried = tables
    tables = _join_single(tables)
    if not any(table.header for table in tables):
        said = [finding.message for table in tables for finding in table.findings]
        raise InputError(said[0] if said else "there is no table", file=str(paths[0]), remedy="name tables, or a folder of them")
    proposal = propose_from_tables(tables, notice=notice, document=document, records=records)
    if proposal.missing:
        return proposal, (), ()
    mapping = replace(read_mapping(proposal.yaml.encode(), file="mapping.yaml"), found="mapping.yaml")
    found = read_records(tried, mappings=[mapping])
    return proposal, found.counts, tuple(finding for finding in found.findings if finding.severity is Severity.VIOLATION)


def _join_single(tables: Sequence[Table]) -> list[Table]:
    """Look at files of one record each as one table."""
    single = [table for table in tables if table.is_sparse and len(table.rows) == 1]
    if len(single) < 2:
        return list(tables)
    header = tuple(dict.fromkeys(name for table in single for name in table.header))
    rows = [Row(number, 1, 1, tuple(table.get(table.rows[0], name) for name in header)) for number, table in enumerate(single, 1)]
    joined = Table(single[0].file, header=header, media_type=single[0].media_type, rows=tuple(rows))
    return [joined, *(table for table in tables if table not in single)]


def _join_equal(pages: Iterable[Page | None]) -> tuple[Page, ...]:
    joined: dict[str, Page] = {}
    for page in pages:
        if page is None:
            continue
        earlier = joined.setdefault(page.capture.sha256, page)
        names = tuple(sorted({*earlier.capture.file_names, *page.capture.file_names}))
        joined[page.capture.sha256] = replace(earlier, capture=replace(earlier.capture, file_names=names))
    return tuple(joined.values())
