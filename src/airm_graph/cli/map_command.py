"""`airm-graph map`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import OutputPath

if TYPE_CHECKING:
    from airm_graph.pipeline import Proposal

__all__ = ["command"]


@click.command(
    "map",
    epilog="""\b
Examples:
  airm-graph map mitigations.csv
  airm-graph map tables/ -o tables/mapping.yaml
  airm-graph map catalogue.json --records controls --document "A catalogue of controls"
  airm-graph build tables/ -o dist""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str))
@click.option("-o", "--output", type=OutputPath(dir_okay=False, path_type=Path), help="File to write to instead of standard output.")
@click.option("--document", default="", metavar="TITLE", help="Title of the one document that all rows are from.")
@click.option("--records", default="", metavar="NAME", help="Name of the lists that hold the rows in JSON and YAML, at any depth.")
def command(inputs: tuple[str, ...], *, output: Path | None, document: str, records: str) -> int:
    """Propose a mapping: which column of a table is what, how sure that is, and why.

    INPUTS are tables that belong together, or folders of them: which rows of one name rows of
    another is told by their values. What is not sure is written as a comment for you to decide. A
    file called mapping.yaml beside tables is used when they are built. How many rows a build can
    use, and why not the others, is said at the end. Exits with 1 when something that a mapping
    needs is not sure.
    """
    from airm_graph.cli.show import write_report
    from airm_graph.export import replace_file
    from airm_graph.pipeline import propose_mapping
    from airm_graph.validate import Report

    proposal, counts, findings = propose_mapping(inputs, document=document, records=records)
    write_guesses(proposal)
    if output:
        replace_file(output, proposal.yaml.encode())
        click.echo(output, err=True)
    else:
        sys.stdout.write(proposal.yaml)
    for what in proposal.missing:
        click.echo(f"airm-graph: not sure: {what}", err=True)
    for count in counts:
        click.echo(f"  {count.file}: {count.used} of {count.read} rows can be used", err=True)
    if findings:
        write_report(Report(findings), files={}, err=True)
    return EXIT_NO if proposal.missing else 0


def write_guesses(proposal: "Proposal") -> None:
    """Write to standard error what each column was taken for."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from airm_graph.cli.show import make_rich

    shown = Table(box=SIMPLE_HEAD, header_style="bold", show_edge=False)
    for name in ("table", "column", "is", "sure", "because"):
        shown.add_column(name, overflow="fold")
    for table in proposal.tables:
        for guess in table.guesses:
            style = None if guess.is_certain else "dim"
            said = guess.what if guess.is_certain else f"({guess.what})" if guess.what else "-"
            shown.add_row(f"{table.file} ({table.kind})", guess.profile.header, said, f"{guess.confidence:.2f}", guess.reason, style=style)
    console = make_rich(err=True)
    console.soft_wrap = False
    console.print(shown)
