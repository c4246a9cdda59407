"""Workflow commands of GitHub Actions, which it shows beside the lines of a pull request.

Source:
    GitHub's documentation, "Workflow commands for GitHub Actions", and the escapes of its toolkit
    (actions/core, command).
"""

from collections.abc import Mapping

from airm_graph.model import Finding, Severity
from airm_graph.validate.formats.parts import find_file, say_in_file
from airm_graph.validate.report import Report, format_text
from airm_graph.validate.results import sort_findings

__all__ = ["write_github"]

_COMMANDS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write_github(report: Report, *, paths: Mapping[str, str]) -> str:
    """Write one command for each finding, and the summary.

    The gravest come first, because GitHub shows no more than ten of a kind.

    >>> finding = Finding("CAP-08", Severity.WARNING, "no reason: none")
    >>> print(write_github(Report((finding,)), paths={}), end="")
    ::warning title=CAP-08::no reason: none
    0 violations, 1 warning, 0 notes
    """
    lines = [_command(finding, paths=paths) for finding in sort_findings(report.findings)]
    summary = format_text(report.findings, files=report.files).splitlines()[-1]
    return "\n".join([*lines, summary]) + "\n"


def _command(finding: Finding, *, paths: Mapping[str, str]) -> str:
    location = finding.location
    properties: dict[str, str] = {}
    if location:
        properties["file"] = find_file(location.file, paths=paths)
        if location.first_line is not None:
            properties |= {"line": str(location.first_line), "endLine": str(location.last_line or location.first_line)}
    properties["title"] = finding.rule
    written = ",".join(f"{name}={_escape_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {written}::{_escape(say_in_file(finding))}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
