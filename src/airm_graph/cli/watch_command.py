"""`airm-graph watch`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import is_interrupted
from airm_graph.cli.shared_options import (
    base_option,
    cache_options,
    check_base,
    decisions_option,
    engine_option,
    find_cache,
    folder_option,
    mapping_option,
    strict_option,
)
from airm_graph.cli.streams import is_output_read
from airm_graph.errors import name_some

if TYPE_CHECKING:
    from airm_graph.pipeline.watch import Rebuilt

__all__ = ["command"]


@click.command(
    "watch",
    epilog="""\b
Examples:
  airm-graph watch captures/ -o dist
  airm-graph watch tables/ captures/ -o dist --interval 2""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str, exists=True))
@folder_option
@base_option
@engine_option
@mapping_option
@decisions_option
@strict_option
@cache_options
@click.option(
    "--interval", type=click.FloatRange(min=0.05), default=0.5, show_default=True, metavar="SECONDS", help="Time between two looks."
)
def command(
    inputs: tuple[str, ...],
    *,
    folder: Path,
    base: str,
    engine: str,
    mapping: Path | None,
    decisions: tuple[Path, ...],
    strict: bool,
    cached: bool,
    cache_dir: Path | None,
    interval: float,
) -> int:
    """Build the graph, and build it again whenever an input changes, until Ctrl-C.

    INPUTS are folders or files as for build. A change is taken up when the files have come to rest;
    an error is shown, leaves the output as it was, and does not end the watch. Exits with 0 when it
    is interrupted.
    """
    from airm_graph.pipeline.watch import watch

    check_base(base)
    cache = find_cache(cached=cached, folder=cache_dir)
    try:
        for rebuilt in watch(
            inputs, folder, base=base, engine=engine, mapping=mapping, decisions=decisions, strict=strict, cache=cache, interval=interval
        ):
            _tell(rebuilt, folder)
            sys.stdout.flush()
            if not is_output_read():
                break
    except (KeyboardInterrupt, RuntimeError) as error:
        if not is_interrupted(error):
            raise
        click.echo("airm-graph: the watch has ended", err=True)
    return 0


def _tell(rebuilt: "Rebuilt", folder: Path) -> None:
    names = name_some(rebuilt.changed, most=3)
    click.echo(f"changed: {names or 'nothing'}", err=True)
    if rebuilt.graph is None:
        click.echo(f"airm-graph: {rebuilt.error}\nairm-graph: {folder} is left as it was", err=True)
        return
    counts = rebuilt.graph.report.counts
    found = f"{counts['violation']} violations, {counts['warning']} warnings, {counts['info']} notes"
    click.echo(f"{folder} written in {rebuilt.seconds:.1f} s: {len(rebuilt.graph)} triples, {found}, digest {rebuilt.graph.digest}")
