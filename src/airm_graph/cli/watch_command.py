"""`airm-graph watch`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import CACHE_DIR_HELP, CACHE_HELP, DECISIONS_HELP, ENGINE_HELP, ENGINES, MAPPING_HELP, STRICT_HELP
from airm_graph.cli.shared_options import OutputPath
from airm_graph.cli.streams import is_output_read
from airm_graph.namespaces import BASE

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
@click.option(
    "-o",
    "--output",
    "folder",
    default="dist",
    show_default=True,
    type=OutputPath(file_okay=False, path_type=Path),
    help="Folder to write to.",
)
@click.option("--base", default=BASE, show_default=True, help="What every IRI of the data begins with.")
@click.option("--engine", type=click.Choice(ENGINES), default="auto", show_default=True, help=ENGINE_HELP)
@click.option("--mapping", type=click.Path(dir_okay=False, path_type=Path), help=MAPPING_HELP)
@click.option("--decisions", multiple=True, type=click.Path(dir_okay=False, path_type=Path), help=DECISIONS_HELP)
@click.option("--strict", is_flag=True, help=STRICT_HELP)
@click.option("--cache", "cached", is_flag=True, help=CACHE_HELP)
@click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path), help=CACHE_DIR_HELP)
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
    from airm_graph.cli.build_command import find_cache
    from airm_graph.cli.shared_options import check_base
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
    except KeyboardInterrupt:
        click.echo("airm-graph: the watch has ended", err=True)
    except RuntimeError as error:
        # Ctrl-C as DuckDB tells it, which runs while Python waits.
        if str(error) != "Query interrupted":
            raise
        click.echo("airm-graph: the watch has ended", err=True)
    return 0


def _tell(rebuilt: "Rebuilt", folder: Path) -> None:
    names = ", ".join(rebuilt.changed[:3]) + (f" and {len(rebuilt.changed) - 3} more" if len(rebuilt.changed) > 3 else "")
    click.echo(f"changed: {names or 'nothing'}", err=True)
    if rebuilt.graph is None:
        click.echo(f"airm-graph: {rebuilt.error}\nairm-graph: {folder} is left as it was", err=True)
        return
    counts = rebuilt.graph.report.counts
    found = f"{counts['violation']} violations, {counts['warning']} warnings, {counts['info']} notes"
    click.echo(f"{folder} written in {rebuilt.seconds:.1f} s: {len(rebuilt.graph)} triples, {found}, digest {rebuilt.graph.digest}")
