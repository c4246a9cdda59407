"""`airm-graph pack`."""

from pathlib import Path

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import OutputPath

__all__ = ["command"]

#: As `PACK_FORMATS`, without importing it.
_FORMATS = ("turtle", "jsonld", "csv", "xlsx", "markdown", "oscal", "ciso")


@click.command(
    "pack",
    epilog="""\b
Examples:
  airm-graph pack dist --actor deployer --stage operate-and-monitor -o pack
  airm-graph pack dist --code v1/2.1 -o pack --format csv --format markdown

\b
Exit codes: 0 written, 1 nothing is selected (standard error says why), 2 usage or unreadable input.""",
)
@click.argument("data", metavar="DIST", type=click.Path(path_type=str))
@click.option("--actor", help="Who acts: deployer, developer …")
@click.option("--stage", help="Stage of the lifecycle: operate-and-monitor …")
@click.option("--function", help="Function of risk management: govern, manage, map, measure.")
@click.option("--code", help="Notation of a code; those below it go with it.")
@click.option("--edition", help="Edition of the code.  [default: v2]")
@click.option("--source", help="Name of a source.")
@click.option("--statement", help="Kind of statement: question, recommendation, requirement …")
@click.option("--suggested", help="Kind of statement that a rule suggests.")
@click.option("--original", help="Name of the source that it was taken from.")
@click.option("-o", "--output", required=True, type=OutputPath(path_type=Path, file_okay=False), help="Folder to write to.")
@click.option(
    "-f", "--format", "formats", multiple=True, type=click.Choice(_FORMATS), help="Some of the formats; repeatable.  [default: all]"
)
def command(data: str, *, output: Path, formats: tuple[str, ...], **facets: str | None) -> int:
    """Write the mitigations of a role, a code or a source as files to work with.

    DIST is a dist folder, an RDF file or captures. What is given must all be so of a mitigation;
    each comes with source, reason, code and evidence.
    """
    from airm_graph.analysis.packs_formats import describe_pack, write_pack
    from airm_graph.pipeline import load_mitigations

    pack = load_mitigations(data).pack(**{name: value for name, value in facets.items() if value is not None})
    click.echo(f"airm-graph: {describe_pack(pack)}", err=True)
    if not pack.items:
        return EXIT_NO
    for path in write_pack(pack, output, formats=formats).values():
        click.echo(path)
    return 0
