"""The report as Markdown, for the comment that a workflow leaves on a pull request."""

import re
from collections.abc import Mapping
from dataclasses import replace

from airm_graph.model import Finding, Severity
from airm_graph.validate.describe import describe_location
from airm_graph.validate.formats.parts import find_path, rule_address, say_what
from airm_graph.validate.report import Report, format_text
from airm_graph.validate.results import sort_findings

__all__ = ["write_markdown"]

_LIMIT = 60_000  # GitHub takes 65,536 characters, and the workflow may add its own
_SIGNS = {Severity.VIOLATION: "❌ violation", Severity.WARNING: "⚠️ warning", Severity.INFO: "ℹ️ note"}
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()!|~&$]")
_CALLING = re.compile(r"([@#])|(?<=[A-Za-z])(:)(?=//)|\b(www)(?=\.)|(?<!\S)(:)(?=\w)|\b(GH)(?=-)")


def write_markdown(report: Report, *, paths: Mapping[str, str], limit: int = _LIMIT) -> str:
    """Write a summary and a table, gravest first, cut to *limit* characters.

    The number of rows left out is told.

    Nothing in a finding can become markup, call a person or link to an issue.

    >>> print(write_markdown(Report(()), paths={}).splitlines()[0])
    **0 violations, 0 warnings, 0 notes**
    """
    summary = format_text(report.findings, files=report.files).splitlines()[-1]
    text = f"**{summary}**\n"
    found = sort_findings(report.findings)
    if found:
        text += "\n| Severity | Rule | Where | What |\n| --- | --- | --- | --- |\n"
    tail = f"\n{report.notice}\n" if report.notice else ""
    most = limit - len(tail) - len("\nand 1,000,000 more\n")
    for number, finding in enumerate(found):
        row = _row(finding, paths=paths)
        if len(text) + len(row) > most:
            text += f"\nand {len(found) - number:,} more\n"
            break
        text += row
    return text + tail


def _row(finding: Finding, *, paths: Mapping[str, str]) -> str:
    address = rule_address(finding.rule)
    rule = f"[{_escape(finding.rule)}]({address})" if address else _escape(finding.rule)
    return f"| {_SIGNS[finding.severity]} | {rule} | {_where(finding, paths=paths)} | {_escape(say_what(finding))} |\n"


def _where(finding: Finding, *, paths: Mapping[str, str]) -> str:
    location = finding.location
    if not location:
        return "–"
    return _code(describe_location(replace(location, file=find_path(location.file, paths=paths))))


def _code(text: str) -> str:
    """Write a code span, in which nothing but the bar of a table and backticks means anything."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if "`" in text else ""
    return fence + space + re.sub(r"\s", " ", text).replace("|", "\\|") + space + fence


def _escape(text: str) -> str:
    # A zero-width space keeps GitHub from making a mention, a reference, a link or a picture of a
    # word.
    escaped = _SPECIAL.sub(lambda match: "\\" + match.group(), " ".join(text.split()))
    return _CALLING.sub(lambda match: match.group() + "&#8203;", escaped)
