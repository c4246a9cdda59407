"""`airm-graph export`."""

import sys
from pathlib import Path

import click

from airm_graph.export import EXPORTS

__all__ = ["command"]


@click.command(
    "export",
    epilog="""\b
Examples:
  airm-graph export dist --format turtle
  airm-graph export --format jsonld > example.jsonld
  airm-graph export captures/ --format ntriples -o airm.nt""",
)
@click.argument("data", required=False, type=click.Path(path_type=str, allow_dash=True))
@click.option("-f", "--format", "name", type=click.Choice(list(EXPORTS)), default="turtle", show_default=True, help="Format to write.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write to instead of standard output.")
def command(data: str | None, *, name: str, output: Path | None) -> int:
    """Write a graph in one format to standard output.

    DATA is a dist folder, an RDF file, or captures; the packaged example when left out.
    """
    from airm_graph.conductor import load
    from airm_graph.export import replace_file

    content = load(data).export(name)
    if output:
        replace_file(output, content)
        click.echo(output, err=True)
        return 0
    for piece in content:
        sys.stdout.buffer.write(piece.encode())
    return 0
