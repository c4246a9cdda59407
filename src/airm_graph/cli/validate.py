"""`airm-graph validate`."""

import sys

import click

from airm_graph.cli import EXIT_NO

__all__ = ["command"]


@click.command(
    "validate",
    epilog="""\b
Examples:
  airm-graph validate captures/
  airm-graph validate dist/airm.ttl --format json
  cat page.txt | airm-graph validate -""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str, allow_dash=True))
@click.option("--format", "shape", type=click.Choice(["human", "json"]), default="human", show_default=True, help="Format of the findings.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def command(inputs: tuple[str, ...], *, shape: str, quiet: bool) -> int:
    """Say what is wrong with captures or RDF, and where.

    INPUTS are captures (folders, files, - for standard input), a dist folder, or RDF files. Writes the findings to standard output
    and exits with 1 when one of them is a violation.
    """
    from airm_graph.cli.show import show_progress, write_report
    from airm_graph.conductor import validate_inputs

    with show_progress(quiet=quiet) as progress:
        report, files = validate_inputs(inputs, progress=progress)
    if shape == "json":
        sys.stdout.write(report.to_json())
    else:
        write_report(report, files=files)
    return 0 if report.conforms else EXIT_NO
