"""`airm-graph info`."""

import json
import sys

import click

__all__ = ["command"]


@click.command(
    "info",
    epilog="""\b
Examples:
  airm-graph info dist
  airm-graph info captures/ --pages
  airm-graph info page.txt --pages --format json""",
)
@click.argument("data", required=False, type=click.Path(path_type=str, allow_dash=True))
@click.option("--pages", is_flag=True, help="Show what the reader found on each captured page.")
@click.option("--format", "shape", type=click.Choice(["human", "json"]), default="human", show_default=True, help="Format of the answer.")
def command(data: str | None, *, pages: bool, shape: str) -> int:
    """Show what a graph or a capture holds.

    DATA is a dist folder, an RDF file, or captures; the packaged example when left out.
    """
    from airm_graph.pipeline import describe, describe_pages

    found = describe_pages(data) if pages else describe(data)
    if shape == "json":
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        _write(found, indent=0)
    return 0


def _write(value: object, *, indent: int) -> None:
    space = "  " * indent
    if isinstance(value, dict):
        for key, entry in value.items():
            if isinstance(entry, dict | list) and entry:
                click.echo(f"{space}{key}:")
                _write(entry, indent=indent + 1)
            else:
                click.echo(f"{space}{key}: {'–' if entry in (None, [], {}) else entry}")
    elif isinstance(value, list):
        for entry in value:
            if isinstance(entry, dict | list):
                click.echo(
                    f"{space}- "
                    + "  ".join(str(part) for part in (entry.values() if isinstance(entry, dict) else entry) if part is not None)
                )
            else:
                click.echo(f"{space}- {entry}")
