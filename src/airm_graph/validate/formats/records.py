"""The report as JSON, every field of every finding; ``schemas/report.schema.json`` says what it holds."""

from collections.abc import Mapping

from airm_graph.validate.report import Report

__all__ = ["write_json"]


def write_json(report: Report, *, paths: Mapping[str, str]) -> str:  # noqa: ARG001 - names, not paths: the same on every machine
    """Write the report as JSON; files go by their names, which are the same on every machine."""
    return report.to_json()
