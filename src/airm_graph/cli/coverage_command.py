"""`airm-graph coverage`."""

import sys
from typing import Any

import click

from airm_graph.cli.facets import count_facets, facet_options

__all__ = ["command"]


@click.command(
    "coverage",
    epilog="""\b
Examples:
  airm-graph coverage --rows code --columns source --data dist
  airm-graph coverage --rows code --columns actor --layers stage --level 1 --format csv
  airm-graph coverage --rows code --columns year --format turtle > cube.ttl""",
)
@facet_options
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "csv", "json", "turtle"]),
    default="table",
    show_default=True,
    help="turtle: an RDF Data Cube.",
)
def command(rows: str, columns: str, *, shape: str, **options: Any) -> int:
    """Count mitigations by two or three facets: code, actor, stage, function, source, year."""
    from airm_graph.analysis.coverage_formats import coverage_csv, coverage_json, describe_coverage
    from airm_graph.analysis.cube import coverage_turtle

    found = count_facets(rows, columns, **options)
    writers = {"table": describe_coverage, "csv": coverage_csv, "json": coverage_json, "turtle": coverage_turtle}
    sys.stdout.write(writers[shape](found))
    return 0
