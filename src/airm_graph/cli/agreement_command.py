"""`airm-graph agreement`."""

import sys
from pathlib import Path

import click

from airm_graph.cli.shared_options import data_option, decisions_option, threshold_option

__all__ = ["command"]


@click.command(
    "agreement",
    epilog="""\b
Examples:
  airm-graph agreement --data dist
  airm-graph agreement --data dist --decisions review.csv --format json""",
)
@data_option
@threshold_option
@decisions_option
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True, help="csv: what disagrees."
)
def command(data: str | None, *, threshold: float | None, decisions: tuple[Path, ...], shape: str) -> int:
    """Tell where mitigations that say the same have different codes, actors, stages, functions."""
    from airm_graph.analysis import THRESHOLD
    from airm_graph.analysis.agreement_formats import agreement_csv, agreement_json, describe_agreement
    from airm_graph.pipeline import load_mitigations

    found = load_mitigations(data).agreement(threshold=THRESHOLD if threshold is None else threshold, decisions=decisions)
    sys.stdout.write({"table": describe_agreement, "csv": agreement_csv, "json": agreement_json}[shape](found))
    return 0
