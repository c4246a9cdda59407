"""`airm-graph sssom`."""

import sys
from pathlib import Path

import click

from airm_graph.cli.shared_options import OutputPath

__all__ = ["command"]


@click.command(
    "sssom",
    epilog="""\b
Examples:
  airm-graph sssom mine.sssom.tsv > mine.ttl
  airm-graph sssom mine.sssom.tsv --format sssom -o mine.sssom.tsv
  airm-graph validate mine.sssom.tsv""",
)
@click.argument("table", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "-f", "--format", "name", type=click.Choice(["turtle", "sssom"]), default="turtle", show_default=True, help="Format to write."
)
@click.option("-o", "--output", type=OutputPath(dir_okay=False, path_type=Path), help="File to write to instead of standard output.")
def command(table: Path, *, name: str, output: Path | None) -> int:
    """Write a table of mappings (SSSOM/TSV) as Turtle, or in its canonical form.

    Denied mappings (predicate_modifier Not) and terms that were not found stay in the table: they
    are no links. A table that breaks a rule that must be kept is refused with the line; `airm-graph
    validate` lists all that is wrong with it.
    """
    from airm_graph.export import replace_file
    from airm_graph.pipeline.migration import convert_matches

    text = convert_matches(table, format=name)
    if output:
        replace_file(output, [text])
        click.echo(output, err=True)
    else:
        sys.stdout.buffer.write(text.encode())
    return 0
