"""Options of the commands that count by facets, and what they count."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from airm_graph.cli.shared_options import data_option

if TYPE_CHECKING:
    from airm_graph.analysis.coverage import Coverage

__all__ = ["count_facets", "facet_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def facet_options(command: _Command) -> _Command:
    """Give a command two or three facets, level and edition of codes, and the data."""
    for option in (
        data_option,
        click.option("--edition", help="Edition of the codes, v1 or v2; by itself the one that most mitigations are classified by."),
        click.option("--level", type=int, help="Level of the codes, 1 for the top.  [default: 2]"),
        click.option("--layers", metavar="FACET", help="A third facet."),
        click.option("--columns", metavar="FACET", required=True, help="Another of them."),
        click.option(
            "--rows", metavar="FACET", required=True, help="code, actor, stage, function, statement, suggested, source, original or year."
        ),
    ):
        command = option(command)
    return command


def count_facets(rows: str, columns: str, *, layers: str | None, level: int | None, edition: str | None, data: str | None) -> "Coverage":
    """Count what `facet_options` ask for; wrong facets are told before the data is read."""
    from airm_graph.analysis.counted_facets import check_facets
    from airm_graph.pipeline import load_mitigations

    check_facets(*filter(None, (rows, columns, layers)))
    return load_mitigations(data).coverage(rows, columns, layers, edition=edition, level=level)
