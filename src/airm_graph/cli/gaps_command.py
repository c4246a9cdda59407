"""`airm-graph gaps`."""

import sys
from typing import Any

import click

from airm_graph.cli.facets import count_facets, facet_options

__all__ = ["command"]


@click.command(
    "gaps",
    epilog="""\b
Examples:
  airm-graph gaps --rows code --columns actor --data dist
  airm-graph gaps --rows code --columns stage --level 1 --format json""",
)
@facet_options
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True, help="Format of the gaps."
)
def command(rows: str, columns: str, *, shape: str, **options: Any) -> int:
    """List combinations of values without a mitigation, and those of which one source speaks."""
    from airm_graph.analysis.coverage_formats import describe_gaps, gaps_csv, gaps_json

    found = count_facets(rows, columns, **options)
    sys.stdout.write({"table": describe_gaps, "csv": gaps_csv, "json": gaps_json}[shape](found))
    return 0
