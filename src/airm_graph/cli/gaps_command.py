"""`airm-graph gaps`."""

import sys

import click

from airm_graph.cli.facets import facet_options

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
def command(rows: str, columns: str, *, layers: str | None, level: int | None, edition: str | None, data: str | None, shape: str) -> int:
    """List combinations of values without a mitigation, and those of which one source speaks."""
    from airm_graph.analysis.counted_facets import check_facets
    from airm_graph.analysis.coverage_formats import describe_gaps, gaps_csv, gaps_json
    from airm_graph.pipeline import load

    check_facets(*filter(None, (rows, columns, layers)))
    found = load(data).coverage(rows, columns, layers, edition=edition, level=level)
    sys.stdout.write({"table": describe_gaps, "csv": gaps_csv, "json": gaps_json}[shape](found))
    return 0
