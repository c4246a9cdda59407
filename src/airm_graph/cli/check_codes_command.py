"""`airm-graph check-codes`."""

import sys

import click

from airm_graph.cli.shared_options import data_option

__all__ = ["command"]


@click.command(
    "check-codes",
    epilog="""\b
Examples:
  airm-graph check-codes --data dist
  airm-graph check-codes --data dist --limit 100 --format csv > doubts.csv""",
)
@data_option
@click.option("--edition", help="Edition of the codes, v1 or v2; by itself the one that most mitigations are classified by.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many doubts.")
@click.option(
    "--format", "shape", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True, help="Format of the doubts."
)
def command(data: str | None, *, edition: str | None, limit: int, shape: str) -> int:
    """Rank codes by how little the text of the mitigation speaks for them; nothing is changed."""
    from airm_graph.analysis.code_checks_formats import code_checks_csv, code_checks_json, describe_code_checks
    from airm_graph.pipeline import load_mitigations

    found = load_mitigations(data).check_codes(edition=edition)
    writers = {"table": describe_code_checks, "csv": code_checks_csv, "json": code_checks_json}
    sys.stdout.write(writers[shape](found, most=limit))
    return 0
