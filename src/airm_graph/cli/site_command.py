"""`airm-graph site`."""

from pathlib import Path

import click

from airm_graph.cli.shared_options import read_base_url
from airm_graph.extras import require

__all__ = ["command"]


@click.command(
    "site",
    epilog="""\b
Examples:
  airm-graph site dist -o site
  airm-graph site dist -o site --previous dist-before
  airm-graph site dist -o site --url https://example.org/mitigations/
  python -m http.server --directory site""",
)
@click.argument("release", metavar="DIST", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write the site to.")
@click.option("--url", callback=read_base_url, metavar="URL", help="Where the site will be known; links need it not.")
@click.option(
    "--previous",
    metavar="OLD",
    type=click.Path(path_type=Path, exists=True),
    help="An earlier release: the site then says what changed since.",
)
@click.option("--quiet", is_flag=True, help="Say nothing but what is wrong.")
def command(release: Path, *, output: Path, url: str, previous: Path | None, quiet: bool) -> int:
    """Write the pages of a release to a folder that any static host serves, or a browser opens.

    DIST is a folder that `airm-graph build` wrote. Each IRI has a page, with its Turtle, JSON-LD
    and N-Triples beside it. Links are relative: the site works below any path and from a disk.
    Files that did not change are not written again; when the command fails, the earlier site is as
    it was.
    """
    from airm_graph.cli.show import show_progress
    from airm_graph.site import build_site

    require("a site", "jinja2", extra="site")
    with show_progress(quiet=quiet) as progress:
        report = build_site(release, output, url=url, previous=previous, progress=progress)
    for path in report.left_out[:10]:
        click.echo(f"airm-graph: warning: {path} has no page: no file can have its name on every system", err=True)
    if len(report.left_out) > 10:
        click.echo(f"airm-graph: warning: and {len(report.left_out) - 10} more", err=True)
    if not quiet:
        changes = f"{report.written:,} written, {report.removed:,} removed"
        click.echo(f"{output}: {report.pages:,} pages, {report.files:,} files; {changes}", err=True)
    return 0
