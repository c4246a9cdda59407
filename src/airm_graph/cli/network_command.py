"""`airm-graph network`."""

import sys
from pathlib import Path

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import OutputPath, data_option

__all__ = ["command"]

_FORMATS = ("table", "graphml", "gexf", "cytoscape", "node-link", "dot", "csv")
_PATH_FORMATS = ("text", "json", "turtle")


@click.command(
    "network",
    epilog="""\b
Examples:
  airm-graph network source-code --data dist
  airm-graph network mitigation-code -o network.gexf --format gexf --data dist
  airm-graph network path actor/deployer taxonomy/v2/2.3 --data dist

\b
Exit codes of path: 0 there is one, 1 there is none, 2 wrong arguments or unreadable input.""",
)
@click.argument("kind", metavar="KIND")
@click.argument("ends", nargs=-1, metavar="[START END]")
@click.option("-o", "--output", type=OutputPath(path_type=Path, dir_okay=False), help="File to write instead of standard output.")
@click.option(
    "--format",
    "shape",
    type=click.Choice([*_FORMATS, *_PATH_FORMATS]),
    help="csv: the edges. text (what is taken when left out), json and turtle are those of path, the others those of networks.",
)
@click.option("--edition", help="Edition of the codes, v1 or v2; by itself the one that most mitigations are classified by.")
@data_option
def command(kind: str, *, ends: tuple[str, ...], output: Path | None, shape: str | None, edition: str | None, data: str | None) -> int:
    """Connect things by the mitigations that they share: mitigation-code, code-code, source-code,
    role-code or source-source; or find the shortest path of evidence from START to END.

    Things carry degree, betweenness, community, and whether the network falls apart without them.
    START and END are IRIs, or paths such as taxonomy/v2/2.3.
    """
    from airm_graph.pipeline import load_mitigations

    _check(kind, ends, shape, edition)
    if kind == "path":
        from airm_graph.analysis.network_formats import PATH_FORMATS

        found = load_mitigations(data).find_path(*ends)
        _write(PATH_FORMATS[shape or "text"](found), output)
        return 0 if found.steps else EXIT_NO
    from airm_graph.analysis.network_formats import NETWORK_FORMATS

    _write(NETWORK_FORMATS[shape or "table"](load_mitigations(data).network(kind, edition=edition)), output)
    return 0


def _check(kind: str, ends: tuple[str, ...], shape: str | None, edition: str | None) -> None:
    """Refuse wrong arguments before the data is read."""
    from airm_graph.analysis.network import check_network

    if kind == "path":
        if len(ends) != 2:
            raise click.UsageError(f"path takes two things, START and END; given are {len(ends)}")
        if edition is not None:
            raise click.UsageError("--edition goes with networks; a path is found in all editions")
    else:
        check_network(kind)
        if ends:
            raise click.UsageError(f"{kind} takes no more arguments; START and END go with path")
    known = _PATH_FORMATS if kind == "path" else _FORMATS
    if shape is not None and shape not in known:
        raise click.BadParameter(f"{kind} is not written as {shape}; use one of {', '.join(known)}", param_hint="--format")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    from airm_graph.export import replace_file

    replace_file(output, text.encode())
    click.echo(output, err=True)
