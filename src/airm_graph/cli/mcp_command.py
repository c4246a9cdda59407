"""`airm-graph mcp`."""

from dataclasses import replace
from pathlib import Path

import click

from airm_graph.cli.shared_options import previous_option

__all__ = ["command"]


@click.command(
    "mcp",
    epilog="""\b
Examples:
  airm-graph mcp dist
  airm-graph mcp dist --previous dist-before     # diff tells what changed
  airm-graph serve dist     # the same tools at /mcp, for clients that speak HTTP
Settings of a client that starts it:
  {"mcpServers": {"airm-graph": {"command": "airm-graph", "args": ["mcp", "/path/to/dist"]}}}""",
)
@click.argument("data", required=False, type=click.Path(path_type=Path))
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Seconds that one query may take.")
@previous_option
def command(data: Path | None, *, timeout: float, previous: Path | None) -> None:
    """Answer an assistant over the Model Context Protocol at standard input and output.

    DATA is a dist folder, an RDF file, or captures; the packaged example when left out. Read-only:
    search, everything about one thing with its evidence, the query library, analyses, and SPARQL
    under the limits of `serve`. Ends when standard input does.
    """
    from airm_graph.assistant.mcp_server import check_extra, run_standard_streams
    from airm_graph.serve.server import run_with_client
    from airm_graph.serve.server_settings import Limits, Settings

    check_extra()
    limits = replace(Limits(), seconds=timeout, workers=2)
    run_with_client(data, run_standard_streams, settings=Settings(limits=limits, previous=previous))
