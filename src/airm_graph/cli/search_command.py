"""`airm-graph search`."""

import json
import sys

import click

from airm_graph.cli.shared_options import data_option
from airm_graph.search.search_documents import FACETS

__all__ = ["command"]


def _facet_options(function: click.decorators.FC) -> click.decorators.FC:
    for facet in reversed(FACETS):
        help_text = f"Only what has this {facet}: an IRI, the last part of one, or a label."
        function = click.option(f"--{facet}", f"facet_{facet}", multiple=True, help=help_text)(function)
    return function


@click.command(
    "search",
    epilog="""\b
Examples:
  airm-graph search training
  airm-graph search '"red team*" model' --data dist --actor developer
  airm-graph search --code 1.1 --data dist --format csv""",
)
@click.argument("text", required=False, default="")
@data_option
@_facet_options
@click.option("--limit", default=20, show_default=True, type=click.IntRange(0), help="How many hits.")
@click.option("--offset", default=0, show_default=True, type=click.IntRange(0), help="How many hits to leave out before.")
@click.option(
    "--format", "shape", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True, help="Format of the hits."
)
def command(text: str, *, data: str | None, limit: int, offset: int, shape: str, **facets: tuple[str, ...]) -> int:
    """Search names, descriptions, reasons and titles.

    TEXT: words that must all occur; "words in quotes" stand together; word* begins a word.
    Everything is found when it is left out.
    """
    from dataclasses import asdict

    from airm_graph.cli.show import write_table
    from airm_graph.pipeline import load_mitigations
    from airm_graph.query.answers import format_table
    from airm_graph.search import tabulate_hits

    graph = load_mitigations(data)
    chosen = {name.removeprefix("facet_"): values for name, values in facets.items() if values}
    hits = graph.search(text, limit=limit, offset=offset, **chosen)
    if shape == "json":
        sys.stdout.write(json.dumps(asdict(hits), ensure_ascii=False, indent=2) + "\n")
    elif shape == "csv":
        sys.stdout.write(format_table(tabulate_hits(hits), format="csv"))
    else:
        write_table(tabulate_hits(hits), base=graph.base)
        more = hits.total - offset - len(hits.hits)
        click.echo(f"{hits.total} found" + (f", {more} more: --limit, --offset" if more > 0 else ""), err=True)
    if data is None:
        click.echo("airm-graph: this is the example that the package ships; --data names your own", err=True)
    if not hits.total:
        click.echo("airm-graph: no hits: no text has all of these words" + (", of what the facets leave" if chosen else ""), err=True)
    return 0
