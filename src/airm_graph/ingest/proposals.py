"""Files of tables in, a proposal of a mapping out, and what a build would do with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.formats import Row, Table, UnreadableError, count_records, read_tables
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.ingest.tables.entries import read_records
from airm_graph.ingest.tables.headers import split_words
from airm_graph.ingest.tables.mapping import read_mapping
from airm_graph.ingest.tables.propose import Proposal
from airm_graph.ingest.tables.propose import propose_mapping as propose_from_tables
from airm_graph.model import Finding, Severity, TableCount

__all__ = ["propose_mapping"]


#: What lists of measures are called, the surer words first.
_MEASURES = (
    frozenset({"mitigations", "controls", "measures", "safeguards", "countermeasures"}),
    frozenset({"requirements", "actions", "practices", "recommendations", "guardrails"}),
)
_MANY = 8  # names of lists in a message


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
    # What is one record as a whole may hold objects of objects, which are no list unless asked for.
    is_one = [len(table.rows) for table in tables] == [1]
    is_open = len(entries) == 1 or not all(table.header for table in tables)
    if not records and is_open and (records := _choose_records(entries, is_one=is_one)):
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


def _choose_records(entries: Sequence[Input], *, is_one: bool) -> str:
    """Choose the lists of records that are called as measures are, where a file holds others, too,
    or is read as one record.

    Returns:
        Their name; empty where the only list is meant, or where several names fit.
    """
    counts = _count_records(entries)
    for words in _MEASURES:
        ending = [name for name in counts if (split_words(name) or [""])[-1] in words]
        found = [name for name in ending if len(split_words(name)) == 1] or ending
        if found:
            return found[0] if len(found) == 1 and (len(counts) > 1 or (is_one and counts[found[0]] > 1)) else ""
    return ""


def _count_records(entries: Sequence[Input]) -> Counter[str]:
    return sum((_count_in(entry) for entry in entries), Counter[str]())


def _count_in(entry: Input) -> Counter[str]:
    try:
        return Counter(count_records(entry.path, file=entry.name)) if entry.path else Counter()
    except UnreadableError:  # whoever reads its table says why
        return Counter()


def _explain_no_table(entries: Sequence[Input], tables: Sequence[Table], file: str) -> InputError:
    said = next((finding for table in tables for finding in table.findings), None)
    lists = ", ".join(f"{name} ({count:,})" for name, count in _count_records(entries).most_common(_MANY))
    if said is None:
        return InputError("there is no table", file=file, remedy="name tables, or a folder of them")
    remedy = f"name one with --records: {lists}" if lists else said.remedy
    line = said.location.first_line if said.location else None
    return InputError(said.message.partition("; name one")[0], file=file, line=line, remedy=remedy)


def _join_single(tables: Sequence[Table]) -> list[Table]:
    """Look at files of one record each as one table."""
    single = [table for table in tables if table.is_sparse and len(table.rows) == 1]
    if len(single) < 2:
        return list(tables)
    header = tuple(dict.fromkeys(name for table in single for name in table.header))
    rows = [Row(number, 1, 1, tuple(table.get(table.rows[0], name) for name in header)) for number, table in enumerate(single, 1)]
    joined = Table(single[0].file, header=header, media_type=single[0].media_type, rows=tuple(rows))
    return [joined, *(table for table in tables if table not in single)]
