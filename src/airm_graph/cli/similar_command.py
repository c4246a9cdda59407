"""`airm-graph similar`."""

import sys
from pathlib import Path

import click

from airm_graph.cli.shared_options import data_option, decisions_option, threshold_option

__all__ = ["command"]


@click.command(
    "similar",
    epilog="""\b
Examples:
  airm-graph similar --data dist
  airm-graph similar --data dist --format csv > review.csv
  airm-graph similar --data dist --decisions review.csv --format sssom > similar.sssom.tsv""",
)
@data_option
@click.option("--mitigation", metavar="IRI", help="Only pairs of this one; an IRI, or a path below the base.")
@threshold_option
@decisions_option
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", "csv", "json", "sssom"]),
    default="table",
    show_default=True,
    help="csv: a table for review, which --decisions reads back.",
)
def command(data: str | None, *, mitigation: str | None, threshold: float | None, decisions: tuple[Path, ...], shape: str) -> int:
    """List mitigations that say the same under other words; nothing is joined."""
    from airm_graph.analysis import THRESHOLD
    from airm_graph.analysis.similar_formats import describe_similar, similar_csv, similar_json, similar_sssom
    from airm_graph.pipeline import load_mitigations

    found = load_mitigations(data).similar(mitigation, threshold=THRESHOLD if threshold is None else threshold, decisions=decisions)
    writers = {"table": describe_similar, "csv": similar_csv, "json": similar_json, "sssom": similar_sssom}
    sys.stdout.write(writers[shape](found))
    return 0
