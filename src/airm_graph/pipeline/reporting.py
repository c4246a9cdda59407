"""What reader, merge and shapes found, as one report in which nothing is said twice."""

from collections.abc import Sequence
from dataclasses import replace

from airm_graph.graph import TripleTable
from airm_graph.ingest import Readings
from airm_graph.model import Finding, Records, Severity
from airm_graph.pipeline.locations import find_lines, name_columns
from airm_graph.pipeline.reading import Read
from airm_graph.pipeline.shipped import read_ontology
from airm_graph.reason import Inference
from airm_graph.rules import REFERENCES, make_finding
from airm_graph.validate import Report, Verdict, leave_out_repeated, locate_values

#: Quads of a table whose contradictions are explained, which takes them into memory.
_EXPLAINED = 1_000_000

__all__ = ["explain_contradictions", "is_incomplete", "make_report", "report_readings", "stop_at_violations"]


def report_readings(read: Read) -> Report:
    """Report what reader and merge found, where nothing was judged."""
    return Report((*read.readings.findings, *read.records.findings), tuple(read.readings.files))


def make_report(read: Read, *, table: TripleTable, verdict: Verdict, inference: Inference) -> Report:
    """Report everything.

    Args:
        read: What reader and merge found.
        table: Holds the rows of tables.
        verdict: What shapes say of the asserted statements.
        inference: What the closure found.
    """
    said = (*read.readings.findings, *read.records.findings)
    contradictions = explain_contradictions(inference.contradictions, table=table)
    kept = leave_out_repeated(_locate(verdict, read=read, table=table), said=said, locations=verdict.locations)
    notes = (*inference.notes, *verdict.notes)
    return Report((*said, *contradictions, *kept), tuple(read.readings.files), verdict.engines, notes, verdict.ledger)


def explain_contradictions(sentences: Sequence[str], *, table: TripleTable) -> list[Finding]:
    """Make a finding of each contradiction, with the least set of statements that cannot all be
    true, at the captured lines of the first; in a table of more than a million quads with neither.

    Args:
        sentences: What the closure says.
        table: Closed; its terms have the default base.
    """
    if not sentences:
        return []
    found: dict[str, Finding] = {}
    if int(table.execute("SELECT count(*) FROM quads")[0][0]) <= _EXPLAINED:
        from airm_graph.analysis.why import Explainer

        for one in Explainer(table.rows(), ontology=read_ontology()).find_contradictions():
            found |= dict.fromkeys(one.sentences, one.finding)
    return [found.get(text) or make_finding("INF-01", text, None) for text in sentences]


def _locate(verdict: Verdict, *, read: Read, table: TripleTable) -> list[Finding]:
    """Put findings of shapes on the places that state their values, and rows of tables on their
    lines.
    """
    named = name_columns(verdict.findings, tables=read.tables, table=table)
    found = locate_values(named, records=read.records)
    rows = {(finding.location.file, finding.location.row) for finding in found if finding.location and finding.location.row}
    lines = find_lines(rows, records=read.records, tables=read.tables, table=table) if rows else {}
    return [_add_lines(finding, lines) for finding in found]


def _add_lines(finding: Finding, lines: dict[tuple[str, int], tuple[int, int]]) -> Finding:
    location = finding.location
    if location is None or location.row is None or (location.file, location.row) not in lines:
        return finding
    first, last = lines[location.file, location.row]
    return replace(finding, location=replace(location, first_line=first, last_line=last))


def is_incomplete(read: Read) -> bool:
    """Tell whether a violation was found while reading, or a row lacks what it refers to."""
    return any(finding.severity is Severity.VIOLATION or finding.rule in REFERENCES for finding in read.readings.findings)


def stop_at_violations(read: Read) -> Read:
    """Keep nothing of what was read but its findings; what costs a row a reference is a violation,
    too.
    """
    readings = read.readings
    findings = tuple(
        replace(finding, severity=Severity.VIOLATION) if finding.rule in REFERENCES else finding for finding in readings.findings
    )
    return Read(Readings((), findings, readings.files, readings.rejected, readings.counts), Records())
