"""Bytes in, records out: every input of a build, read again where other pages settle what a line
is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.captures.cached import Reader
from airm_graph.ingest.captures.together import read_together
from airm_graph.ingest.formats import Row, Table, count_records, read_tables
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.ingest.tables import load_mapping, read_records
from airm_graph.ingest.tables.folders import read_folders
from airm_graph.ingest.tables.headers import split_words
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

#: What lists of measures are called, the surer words first.
_MEASURES = (
    frozenset({"mitigations", "controls", "measures", "safeguards", "countermeasures"}),
    frozenset({"requirements", "actions", "practices", "recommendations", "guardrails"}),
)
_MANY = 8  # names of lists in a message


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
    entries = [entry for entry in find_inputs(paths) if entry.is_table and entry.path]
    tables = _read_entries(entries, records)
    if not records and (len(entries) == 1 or not all(table.header for table in tables)) and (records := _choose_records(entries)):
        tables = _read_entries(entries, records)
    tried = tables
    tables = _join_single(tables)
    if not any(table.header for table in tables):
        raise _explain_no_table(entries, tables, str(paths[0]))
    proposal = propose_from_tables(tables, notice=notice, document=document, records=records)
    if proposal.missing:
        return proposal, (), ()
    mapping = replace(read_mapping(proposal.yaml.encode(), file="mapping.yaml"), found="mapping.yaml")
    found = read_records(tried, mappings=[mapping])
    return proposal, found.counts, tuple(finding for finding in found.findings if finding.severity is Severity.VIOLATION)


def _read_entries(entries: Sequence[Input], records: str) -> list[Table]:
    found = (read_tables(entry.path, file=entry.name, is_named=entry.is_named, records=records) for entry in entries if entry.path)
    return [table for tables in found for table in tables]


def _choose_records(entries: Sequence[Input]) -> str:
    """Choose the lists of records that are called as measures are, where a file holds others, too.

    Returns:
        Their name; empty where the only list is meant, or where several names fit.
    """
    counts = _count_records(entries)
    for words in _MEASURES:
        ending = [name for name in counts if (split_words(name) or [""])[-1] in words]
        found = [name for name in ending if len(split_words(name)) == 1] or ending
        if found:
            return found[0] if len(found) == 1 and len(counts) > 1 else ""
    return ""


def _count_records(entries: Sequence[Input]) -> Counter[str]:
    return sum((Counter(count_records(entry.path, file=entry.name)) for entry in entries if entry.path), Counter[str]())


def _explain_no_table(entries: Sequence[Input], tables: Sequence[Table], file: str) -> InputError:
    said = [finding.message for table in tables for finding in table.findings]
    lists = ", ".join(f"{name} ({count:,})" for name, count in _count_records(entries).most_common(_MANY))
    remedy = f"name one with --records: {lists}" if lists else "name tables, or a folder of them"
    return InputError(said[0].partition("; name one")[0] if said else "there is no table", file=file, remedy=remedy)


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
