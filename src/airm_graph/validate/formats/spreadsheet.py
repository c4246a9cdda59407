"""The report as CSV that a spreadsheet shows and does not run."""

import csv
import io
from collections.abc import Mapping

from airm_graph.model import Finding
from airm_graph.text import escape_formula
from airm_graph.validate.describe import describe_location
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.formats.parts import find_path
from airm_graph.validate.report import Report

__all__ = ["write_csv"]

_COLUMNS = (
    *("severity", "rule", "file", "first_line", "last_line", "row", "column", "message", "remedy", "text"),
    *("focus", "path", "value", "origin", "fingerprint"),
)


def write_csv(report: Report, *, paths: Mapping[str, str]) -> str:
    r"""Write a header and one row for each finding.

    A cell that would be a formula gets an apostrophe in front.

    >>> from airm_graph.model import Severity
    >>> write_csv(Report((Finding("A", Severity.INFO, "=1+1"),)), paths={}).splitlines()[1].split(",")[7]
    "'=1+1"
    """  # noqa: W505
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")  # RFC 4180
    writer.writerow(_COLUMNS)
    for finding, fingerprint in fingerprint_findings(report.findings):
        writer.writerow([escape_formula(cell) for cell in (*_cells(finding, paths=paths), fingerprint)])
    return target.getvalue()


def _cells(finding: Finding, *, paths: Mapping[str, str]) -> tuple[str, ...]:
    location = finding.location
    lines = (location.first_line, location.last_line, location.row) if location else (None, None, None)
    return (
        *(finding.severity.value, finding.rule, find_path(location.file, paths=paths) if location else ""),
        *("" if line is None else str(line) for line in lines),
        location.column if location else "",
        *(finding.message, finding.remedy, location.text if location else ""),
        *(finding.focus, finding.path, finding.value, describe_location(finding.origin)),
    )
