"""Options of the commands that count by facets."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["facet_options"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def facet_options(command: _Command) -> _Command:
    """Give a command two or three facets, level and edition of codes, and the data."""
    for option in (
        click.option(
            "-d",
            "--data",
            type=click.Path(path_type=str, allow_dash=True),
            help="dist folder, RDF file or captures; the packaged example when left out.",
        ),
        click.option("--edition", help="Edition of the codes, v1 or v2; by itself the one that most mitigations are classified by."),
        click.option("--level", type=int, help="Level of the codes, 1 for the top.  [default: 2]"),
        click.option("--layers", metavar="FACET", help="A third facet."),
        click.option("--columns", metavar="FACET", required=True, help="Another of them."),
        click.option("--rows", metavar="FACET", required=True, help="code, actor, stage, function, source or year."),
    ):
        command = option(command)
    return command
