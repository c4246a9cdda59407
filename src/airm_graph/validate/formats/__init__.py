"""Reports in the forms that people and programs read; the same bytes for the same findings."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType

from airm_graph.frozen import frozen
from airm_graph.model import Severity
from airm_graph.validate.report import Report, format_text

__all__ = ["FORMATS", "Format", "format_report"]


@frozen
class Format:
    """A format of reports: what it is for, and the module of this package that writes it (its
    function ``write_NAME``), which is imported when it is asked for.
    """

    summary: str
    home: str = ""


#: Name → format; the first is what a person gets.
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "human": Format("for people, grouped by file, with the line quoted"),
        "json": Format("every field, after schemas/report.schema.json"),
        "turtle": Format("a SHACL validation report", "shacl_report"),
        "github": Format("workflow commands, shown beside the lines of a pull request", "github"),
        "sarif": Format("SARIF 2.1.0, for code scanning", "sarif"),
        "junit": Format("JUnit XML, for test reports", "junit"),
        "gitlab": Format("GitLab code quality", "gitlab"),
        "csv": Format("a table for spreadsheets", "spreadsheet"),
        "markdown": Format("a table for the comment on a pull request", "markdown"),
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
    if format == "human":
        return format_text(report.findings, paths=paths, files=report.files)
    if format == "json":  # names of files are the same on every machine, paths are not
        return report.to_json()
    write: Callable[..., str] = getattr(import_module(f"{__name__}.{FORMATS[format].home}"), f"write_{format}")
    return write(report, paths=paths, fail_on=fail_on) if format == "junit" else write(report, paths=paths)
