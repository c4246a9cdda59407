"""`airm-graph export`."""

import sys
from pathlib import Path

import click

from airm_graph.cli.shared_options import OutputPath
from airm_graph.cli.streams import is_output_read
from airm_graph.export import EXPORTS

__all__ = ["command"]

_TABLES = "table"


@click.command(
    "export",
    epilog="""\b
Examples:
  airm-graph export dist --format turtle
  airm-graph export --format jsonld > example.jsonld
  airm-graph export captures/ --format ntriples -o airm.nt
  airm-graph export dist --format table -o tables""",
)
@click.argument("data", required=False, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "-f", "--format", "name", type=click.Choice([*EXPORTS, _TABLES]), default="turtle", show_default=True, help="Format to write."
)
@click.option(
    "-o", "--output", type=OutputPath(path_type=Path), help="File to write to instead of standard output; for tables, the folder."
)
def command(data: str | None, *, name: str, output: Path | None) -> int:
    """Write a graph in one format to standard output.

    DATA is a dist folder, an RDF file, or captures; the packaged example when left out. Blank nodes
    of an RDF file are written with labels that depend on its statements alone (RDFC-1.0); a file
    whose blank nodes cannot be told apart in a bounded time is refused.

    Tables are a folder of CSV files with the mapping that reads them back: airm-graph build FOLDER
        gives the same mitigations, codes, reasons and evidence.
    """
    from airm_graph.export import replace_file
    from airm_graph.pipeline import load

    if name == _TABLES:
        if output is None or output.is_file():
            raise click.BadParameter("tables are several files: name a folder", param_hint="--output")
        for path in load(data).write_tables(output).values():
            click.echo(path)
        return 0
    if output and output.is_dir():
        raise click.BadParameter(f"{output} is a folder, and this format is one file", param_hint="--output")
    content = load(data).export(name)
    if output:
        replace_file(output, content)
        click.echo(output, err=True)
        return 0
    for piece in content:
        sys.stdout.buffer.write(piece.encode())
        if not is_output_read():
            break
    return 0
