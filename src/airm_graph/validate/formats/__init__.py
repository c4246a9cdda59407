"""Reports in the forms that people and programs read; the same bytes for the same findings."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from airm_graph.frozen import frozen
from airm_graph.model import Severity
from airm_graph.validate.formats.github import write_github
from airm_graph.validate.formats.gitlab import write_gitlab
from airm_graph.validate.formats.junit import write_junit
from airm_graph.validate.formats.markdown import write_markdown
from airm_graph.validate.formats.sarif import write_sarif
from airm_graph.validate.formats.shacl_report import write_turtle
from airm_graph.validate.formats.spreadsheet import write_csv
from airm_graph.validate.report import Report, format_text

__all__ = ["FORMATS", "Format", "format_report"]


@frozen
class Format:
    """A format of reports: the function that writes it, and what it is for."""

    write: Callable[..., str]
    summary: str


def _write_human(report: Report, *, paths: Mapping[str, str]) -> str:
    return format_text(report.findings, paths=paths, files=report.files)


def _write_json(report: Report, *, paths: Mapping[str, str]) -> str:  # noqa: ARG001 - names are the same on every machine, paths are not
    return report.to_json()


#: Name → format; the first is what a person gets.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "human": Format(_write_human, "for people, grouped by file, with the line quoted"),
        "json": Format(_write_json, "every field, after schemas/report.schema.json"),
        "turtle": Format(write_turtle, "a SHACL validation report"),
        "github": Format(write_github, "workflow commands, shown beside the lines of a pull request"),
        "sarif": Format(write_sarif, "SARIF 2.1.0, for code scanning"),
        "junit": Format(write_junit, "JUnit XML, for test reports"),
        "gitlab": Format(write_gitlab, "GitLab code quality"),
        "csv": Format(write_csv, "a table for spreadsheets"),
        "markdown": Format(write_markdown, "a table for the comment on a pull request"),
    }
)


def format_report(report: Report, *, format: str, paths: Mapping[str, str], fail_on: Severity = Severity.VIOLATION) -> str:  # noqa: A002 - the word users know
    r"""Write a report.

    Args:
        report: Findings in any order.
        format: A name of `FORMATS`.
        paths: Name of a file in the findings → the path under which the reader of the report finds
            it.
        fail_on: The mildest severity that counts as a failure, where the format tells failures from
            the rest.

    >>> format_report(Report(()), format="human", paths={})
    '0 violations, 0 warnings, 0 notes\n'
    """
    if format == "junit":
        return write_junit(report, paths=paths, fail_on=fail_on)
    return FORMATS[format].write(report, paths=paths)
