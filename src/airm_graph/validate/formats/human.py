"""The report for people; the command line colours the same lines."""

from collections.abc import Mapping

from airm_graph.validate.report import Report, format_text

__all__ = ["write_human"]


def write_human(report: Report, *, paths: Mapping[str, str]) -> str:
    """Write findings by file, with the line quoted, and a summary."""
    return format_text(report.findings, paths=paths, files=report.files)
