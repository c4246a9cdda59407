"""`airm-graph diff`."""

import sys

import click

from airm_graph.cli import EXIT_NO

__all__ = ["command"]


@click.command(
    "diff",
    epilog="""\b
Examples:
  airm-graph diff dist-before dist
  airm-graph diff releases/2026.12.0 releases/2026.12.1
  airm-graph diff 813af215 releases/2026.12.1
  airm-graph diff before/airm.nq dist/airm.nq --format markdown

\b
Exit codes: 0 equal, 1 different, 2 one of them cannot be read or is no release.""",
)
@click.argument("old", type=click.Path(path_type=str))
@click.argument("new", type=click.Path(path_type=str))
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "markdown", "json", "turtle"]),
    default="text",
    show_default=True,
    help="markdown: for a pull request.",
)
def command(old: str, new: str, *, shape: str) -> int:
    """Tell what changed from one release to another: mitigations, sources, terms, findings.

    OLD and NEW are each a folder that airm-graph build or release wrote, one of its RDF files, or
    the digest of its triples (what sha256sum airm.nt prints, or its first eight digits or more), of
    which the folder is looked for beside the other one, here and in releases.
    """
    from airm_graph.analysis.releases_formats import changes_json, changes_markdown, changes_turtle, describe_changes
    from airm_graph.pipeline import diff

    changes = diff(old, new)
    writers = {"text": describe_changes, "markdown": changes_markdown, "json": changes_json, "turtle": changes_turtle}
    sys.stdout.write(writers[shape](changes))
    return 0 if changes.is_equal else EXIT_NO
