"""`airm-graph plot`."""

from pathlib import Path

import click

from airm_graph.cli.shared_options import OutputPath, data_option

__all__ = ["command"]

_FORMS = (".svg", ".png")


@click.command(
    "plot",
    epilog="""\b
Examples:
  airm-graph plot code-by-source -o coverage.svg --data dist
  airm-graph plot taxonomy -o taxonomy.png""",
)
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", required=True, type=OutputPath(path_type=Path, dir_okay=False), help="File to write, .svg or .png.")
@data_option
def command(name: str, *, output: Path, data: str | None) -> int:
    """Draw a picture: code-by-source, code-by-actor, stage-by-function, taxonomy, gaps or
    source-overlap.

    Needs the extra `plot`. The notice stands on every picture, and the same data is the same bytes.
    """
    from airm_graph.analysis.charts import CHARTS, draw_chart, read_chart
    from airm_graph.export import replace_file
    from airm_graph.pipeline import load_mitigations

    if name not in CHARTS:
        raise click.BadParameter(f"there is no picture {name!r}; there are {', '.join(CHARTS)}", param_hint="NAME")
    if output.suffix not in _FORMS:
        raise click.BadParameter(f"{output.name!r} ends neither in .svg nor in .png", param_hint="--output")
    graph = load_mitigations(data)
    replace_file(output, draw_chart(read_chart(graph.store, name, base=graph.base), output.suffix[1:]))
    click.echo(output, err=True)
    return 0
