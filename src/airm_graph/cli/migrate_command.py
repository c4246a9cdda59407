"""`airm-graph migrate`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import OutputPath, mapping_option

if TYPE_CHECKING:
    from airm_graph.pipeline.migration import Migration

__all__ = ["command"]

_EDITIONS = ("v1", "v2")


@click.command(
    "migrate",
    epilog="""\b
Examples:
  airm-graph migrate tables/ captures/ --from v1 --to v2 -o migration
  airm-graph migrate tables/ --decisions migration/review.csv -o migration
  airm-graph build tables/ --decisions migration/accepted.sssom.tsv -o dist""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str, allow_dash=True))
@click.option("--from", "old", type=click.Choice(_EDITIONS), default="v1", show_default=True, help="Edition of the codes that are there.")
@click.option("--to", "new", type=click.Choice(_EDITIONS), default="v2", show_default=True, help="Edition of the codes to propose.")
@click.option(
    "-o",
    "--output",
    "folder",
    default="migration",
    show_default=True,
    type=OutputPath(file_okay=False, path_type=Path),
    help="Folder to write to.",
)
@click.option("--alignment", type=click.Path(dir_okay=False, path_type=Path), help="Mappings (SSSOM) instead of the project's own.")
@mapping_option
@click.option(
    "--decisions",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A review.csv that was filled in: write what was accepted; repeatable.",
)
@click.option("--accept-certain", is_flag=True, help="Accept what is certain by the mapping too, where nobody decided otherwise.")
def command(
    inputs: tuple[str, ...],
    *,
    old: str,
    new: str,
    folder: Path,
    alignment: Path | None,
    mapping: Path | None,
    decisions: tuple[Path, ...],
    accept_certain: bool,
) -> int:
    """Propose codes of another edition for every mitigation, and take over what people decided.

    INPUTS are captures and tables as for build. Writes proposals.sssom.tsv and review.csv, in which
    the column 'decision' takes a code, several (a semicolon between two) or 'none'. With
    --decisions it writes accepted.sssom.tsv instead, for build --decisions. No code that is there
    is changed. Exits with 1 when a decision cannot be taken.
    """
    from airm_graph.cli.show import write_report
    from airm_graph.export import replace_folder_files
    from airm_graph.pipeline.migration import REVIEW, migrate_codes
    from airm_graph.validate.report import Report

    if old == new:
        raise click.UsageError("--from and --to are the same edition")
    if not decisions and not accept_certain:
        check_review(folder / REVIEW)
    done = migrate_codes(inputs, old=old, new=new, alignment=alignment, mapping=mapping, decisions=decisions, take_certain=accept_certain)
    files = {name: text.encode() for name, text in done.tables.items()}
    write_counts(done, new=new)
    for path in replace_folder_files(folder, files).values():
        click.echo(path)
    if done.findings:
        write_report(Report(done.findings, tuple(done.files)), files=done.files, err=True)
    return EXIT_NO if done.findings else 0


def check_review(path: Path) -> None:
    """Refuse to write over a review in which somebody decided something."""
    from airm_graph.pipeline.migration import has_decisions

    if path.exists() and has_decisions(path):
        raise click.UsageError(f"{path} holds decisions: give it with --decisions {path}, or write to another folder with -o")


def write_counts(done: "Migration", *, new: str) -> None:
    """Write to standard error what is certain and what is not, and how often the proposals hold
    what was assigned already.
    """
    states = [proposal.state for proposal in done.proposals]
    click.echo(
        f"{len(states)} codes: {states.count('certain')} certain by the mapping, {states.count('open')} for a person to decide,", err=True
    )
    click.echo(f"  {states.count('present')} of mitigations that have a code of {new} already", err=True)
    found = done.agreement
    if found.compared:
        click.echo(
            f"of these {found.compared}, the code that was assigned is among the {found.candidates} candidates for {found.held}, "
            f"the first of them for {found.first}; {found.certain} are certain, of which {found.right} are right",
            err=True,
        )
    if done.undecided:
        click.echo(f"{done.undecided} rows of the decisions are still open", err=True)
