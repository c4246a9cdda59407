"""A graph as a notebook shows it: short, with counts, findings and the notice."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from airm_graph.notice import NOTICE

if TYPE_CHECKING:
    from airm_graph.validate.report import Report

__all__ = ["describe_as_html", "describe_briefly"]

_SHOWN = ("mitigations", "sources", "captures", "classifications")


def describe_briefly(counts: Mapping[str, int], report: "Report") -> str:
    """Say in one line what a graph holds.

    >>> from airm_graph.validate.report import Report
    >>> describe_briefly({"mitigations": 3, "sources": 1, "captures": 1, "classifications": 2}, Report(()))
    '<Graph: 3 mitigations, 1 sources, 1 captures, 2 classifications; 0 violations, 0 warnings, 0 notes>'
    """  # noqa: W505
    held = ", ".join(f"{counts[name]} {name}" for name in _SHOWN)
    return f"<Graph: {held}; {_count_findings(report)}>"


def describe_as_html(counts: Mapping[str, int], report: "Report") -> str:
    """Write a table of all counts, with findings and notice below."""
    from html import escape  # a graph that is built by a command is not shown

    rows = "".join(f"<tr><th>{escape(name)}</th><td>{number}</td></tr>" for name, number in counts.items())
    return f"<table>{rows}</table><p>{_count_findings(report)}. {escape(NOTICE)}</p>"


def _count_findings(report: "Report") -> str:
    found = report.counts
    return f"{found['violation']} violations, {found['warning']} warnings, {found['info']} notes"
