"""`airm-graph push`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import insecure_option, make_client, timeout_option

if TYPE_CHECKING:
    from airm_graph.push import PushReport

__all__ = ["command"]

_DONE = {"send": "sent", "resume": "completed", "keep": "unchanged", "drop": "dropped"}
_TO_DO = {"send": "to send", "resume": "to complete", "keep": "unchanged", "drop": "to drop"}


@click.command(
    "push",
    epilog="""\b
Examples:
  airm-graph push http://localhost:8890/sparql-graph-crud-auth --data dist
  airm-graph push http://localhost:3030/airm/data --data dist --dry-run
  airm-graph push https://example.org/sparql --protocol update --data dist --format json

\b
Credentials are read from the environment only: AIRM_ENDPOINT_USER with AIRM_ENDPOINT_PASSWORD
(Digest or Basic, as the server asks), or AIRM_ENDPOINT_TOKEN (Bearer).

\b
Exit codes: 0 the store holds the release, 1 it does not (or not yet, with --dry-run),
2 the server refuses or cannot be reached, or the release is not whole; run again to go on.""",
)
@click.argument("url")
@click.option(
    "-d",
    "--data",
    "dist",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that a build wrote; refused when it is not what its SHA256SUMS says.",
)
@click.option(
    "--protocol",
    type=click.Choice(["auto", "graph-store", "update"]),
    default="auto",
    show_default=True,
    help="What URL speaks; auto tells a graph store by how its path ends and takes the rest for SPARQL endpoints with updates.",
)
@click.option("--query-url", metavar="URL", help="Where queries go, on the same server; told by URL when left out.")
@click.option("-n", "--dry-run", is_flag=True, help="Compare and say what would be done; change nothing.")
@timeout_option
@insecure_option
@click.option("--format", "shape", type=click.Choice(["human", "json"]), default="human", show_default=True, help="Format of the report.")
def command(
    url: str, *, dist: Path, protocol: str, query_url: str | None, dry_run: bool, timeout: float, insecure: bool, shape: str
) -> int:
    """Bring a release into a triple store and prove that it is there.

    URL is a graph store (SPARQL 1.1 Graph Store Protocol) or takes SPARQL updates. Each named graph
    is compared with what the store holds, sent where it differs, and read back; captures that are
    gone are dropped with their graphs. Nothing but the graphs of a release below its own base is
    touched. A push that broke off goes on when it is run again.
    """
    from airm_graph.cli.show import show_progress
    from airm_graph.push import push_release

    client = make_client(url, timeout=timeout, insecure=insecure)
    with show_progress(quiet=shape == "json") as progress:
        report = push_release(url, dist, protocol=protocol, query_url=query_url, client=client, dry_run=dry_run, progress=progress)
    if shape == "json":
        sys.stdout.write(report.to_json())
    else:
        _write_report(report)
    return 0 if report.complete else EXIT_NO


def _write_report(report: "PushReport") -> None:
    from airm_graph.notice import NOTICE

    words = _TO_DO if report.dry_run else _DONE
    for step in report.steps:
        click.echo(f"  {step.graph.removeprefix(report.base):<32} {step.triples:>8}  {words[step.action]}")
        if step.problem:
            click.echo(f"    {step.problem}; push again, or look at the limits of the server", err=True)
    for graph in report.left:
        click.echo(f"  {graph.removeprefix(report.base):<32}           left alone: no release has such a graph")
    counts = {action: sum(step.action == action for step in report.steps) for action in words}
    said = ", ".join(f"{counts[action]} {word}" for action, word in words.items() if counts[action])
    click.echo(f"graphs: {said}; {sum(step.sent for step in report.steps)} triples {words['send']} by {report.target.protocol}")
    if not report.dry_run:
        wrong = sum(bool(step.problem) for step in report.steps)
        click.echo("verified: counts and digests agree" if not wrong else f"NOT verified: {wrong} graphs differ")
    click.echo(f"digest {report.digest}\n{NOTICE}")
