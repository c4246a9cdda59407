"""What commands show people: progress, findings, tables. Colours only on a terminal, and never with
NO_COLOR.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from airm_graph.progress import Progress, tell_nobody

if TYPE_CHECKING:
    from rich.console import Console

    from airm_graph.model import Finding
    from airm_graph.query.answers import Table
    from airm_graph.validate.report import Report

__all__ = ["make_rich", "show_progress", "write_report", "write_summary", "write_table"]

#: What makes rich use colours in a file or a pipe.
_FORCED = ("FORCE_COLOR", "TTY_COMPATIBLE")
#: Bell, backspace, vertical tab, form feed, carriage return.
_CONTROLS = dict.fromkeys((7, 8, 11, 12, 13))
#: Rows named of those that share one cause.
_MOST_ROWS = 8
_STYLES = {
    "violation": "bold red",
    "warning": "yellow",
    "info": "cyan",
    "quote": "dim",
    "node": "dim",
    "remedy": "green",
    "summary": "bold",
}


def _make_console(*, err: bool = False) -> "Console | _Plain":
    """A console on standard output or standard error that neither wraps nor highlights; without
    rich where there are no colours.
    """
    stream = sys.stderr if err else sys.stdout
    if not stream.isatty() and not any(os.environ.get(name) for name in _FORCED):
        return _Plain(err=err)
    return make_rich(err=err)


def make_rich(*, err: bool) -> "Console":
    """Return the console of rich, for what is more than lines."""
    from rich.console import Console

    return Console(stderr=err, highlight=False, soft_wrap=True, markup=False, emoji=False)


class _Plain:
    """What is used of rich's console, for a file or a pipe."""

    def __init__(self, *, err: bool) -> None:
        self._err = err

    def print(self, text: str, *, style: str | None = None) -> None:  # noqa: ARG002 - that of rich
        """Write a line, without what would move the cursor of a terminal that shows it later."""
        (sys.stderr if self._err else sys.stdout).write(f"{text.translate(_CONTROLS)}\n")


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Progress]:
    """Show the step of a build on standard error while it runs, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield tell_nobody
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=make_rich(err=True), transient=True) as progress:
        task = progress.add_task("read", total=None)
        yield lambda step, done, every: progress.update(task, description=step, completed=done, total=every or None)


def write_report(report: "Report", *, files: Mapping[str, str], err: bool = False) -> None:
    """Write findings by file, with the captured line below each."""
    from airm_graph.validate.report import format_lines

    console = _make_console(err=err)
    for line in format_lines(_join_alike(report.findings), paths=files, files=tuple(files)):
        console.print(line.text, style=_STYLES.get(line.kind))


def write_summary(report: "Report", *, files: Mapping[str, str], quiet: bool = False) -> None:
    """Write the findings to standard error: the violations in full, the rest counted by rule, or
    left out when *quiet*.
    """
    console = _make_console(err=True)
    grave = tuple(finding for finding in report.findings if finding.severity.rank == 0)
    if grave:
        from airm_graph.validate.report import format_lines

        for line in format_lines(_join_alike(grave), paths=files, files=tuple(files))[:-1]:
            console.print(line.text, style=_STYLES.get(line.kind))
    if quiet:
        return
    lighter = {key: found for key, found in sorted(_by_rule(report).items()) if key[1] != "violation"}
    if lighter:
        console.print("rules not met, how often, and the first case of each:")
    for (_, severity, rule), found in lighter.items():
        console.print(
            f"  {'note' if severity == 'info' else severity:<8} {rule:<7} {len(found):>5}  {found[0].message}", style=_STYLES[severity]
        )
    counts = report.counts
    console.print(f"findings: {counts['violation']} violations, {counts['warning']} warnings, {counts['info']} notes", style="bold")


def _join_alike(findings: "Iterable[Finding]") -> "list[Finding]":
    """Tell one cause once: of findings that say the same of several rows of a table, the first,
    with the numbers of the others.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for number, finding in enumerate(findings):
        at = finding.location
        key = (finding.rule, finding.message, at.file, at.column) if at and at.row else (str(number),)
        groups.setdefault(key, []).append(finding)
    return [_add_rows(group) for group in groups.values()]


def _add_rows(group: "list[Finding]") -> "Finding":
    rows = sorted({finding.location.row for finding in group if finding.location and finding.location.row})
    if len(rows) < 2:
        return group[0]
    more = len(rows) - 1 - _MOST_ROWS
    others = ", ".join(map(str, rows[1 : _MOST_ROWS + 1])) + (f" and {more} more" if more > 0 else "")
    first = min(group, key=lambda finding: finding.location.row or 0 if finding.location else 0)
    return replace(first, message=f"{first.message} (the same in row{'s' if len(rows) > 2 else ''} {others})")


def _by_rule(report: "Report") -> "dict[tuple[int, str, str], list[Finding]]":
    found: dict[tuple[int, str, str], list[Finding]] = {}
    for finding in report.findings:
        found.setdefault((finding.severity.rank, finding.severity.value, finding.rule), []).append(finding)
    return found


def write_table(table: "Table", *, base: str) -> None:
    """Write a table for people to standard output; on a terminal in columns, with IRIs as paths
    below *base*, in a pipe as CSV.
    """
    if not sys.stdout.isatty():
        from airm_graph.query.answers import format_table

        sys.stdout.write(format_table(table, format="csv"))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as RichTable

    console = Console(highlight=False, markup=False, emoji=False)
    left_out = _find_wide_columns(table, width=console.width)
    shown = RichTable(box=SIMPLE_HEAD, header_style="bold", show_edge=False)
    kept = [number for number, column in enumerate(table.columns) if column not in left_out]
    for number in kept:
        shown.add_column(table.columns[number], overflow="fold")
    for row in table.values():
        shown.add_row(*((row[number] or "").removeprefix(base) for number in kept))
    console.print(shown)
    hint = f"; without the IRIs in {', '.join(left_out)} (--format csv has them)" if left_out else ""
    sys.stderr.write(f"{len(table)} {'row' if len(table) == 1 else 'rows'}{hint}\n")


def _find_wide_columns(table: "Table", *, width: int) -> list[str]:
    """Columns that hold IRIs only, when all columns together do not fit into *width* and others are
    left to show.
    """
    widths = [max([len(column), *(len(row[number] or "") for row in table.rows)]) for number, column in enumerate(table.columns)]
    iris = [
        column
        for number, column in enumerate(table.columns)
        if table.rows and all(row[number] is None or (row[number] or "").startswith("<") for row in table.rows)
    ]
    return iris if sum(widths) + 2 * len(widths) > width and len(iris) < len(table.columns) else []
