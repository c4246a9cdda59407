"""`airm-graph release`."""

from pathlib import Path

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import OutputPath

__all__ = ["command"]


@click.command(
    "release",
    epilog="""\b
Examples:
  airm-graph release dist -o releases --version 2026.12.0
  airm-graph release dist -o releases --version 2027.1.0 --previous releases/2026.12.0
  airm-graph release dist --version 2027.1.0 --publisher "Example Institute" --publisher-id https://ror.org/…

\b
Exit codes: 0 written, 1 refused (standard error says why), 2 usage or unreadable input.""",
)
@click.argument("dist", metavar="DIST", type=click.Path(path_type=str))
@click.option(
    "-o",
    "--output",
    "folder",
    default="releases",
    show_default=True,
    type=OutputPath(file_okay=False, path_type=Path),
    help="Folder of the releases; the new one is a folder in it, named by its version.",
)
@click.option("--version", required=True, help="Version of the release, such as 2026.12.0.")
@click.option("--previous", type=click.Path(path_type=str), help="Folder of the release before; left out for the first.")
@click.option("--publisher", metavar="NAME", help="Who makes the release available.  [default: airm-graph contributors]")
@click.option("--publisher-id", metavar="URL", help="Its ROR (https://ror.org/…) or ORCID (https://orcid.org/…), as RO-Crate asks.")
@click.option("--contact", metavar="ADDRESS", help="Web page or mailto: address of the publisher.  [default: that of the project]")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def command(
    dist: str,
    *,
    folder: Path,
    version: str,
    previous: str | None,
    publisher: str | None,
    publisher_id: str | None,
    contact: str | None,
    quiet: bool,
) -> int:
    """Write a release of a built graph: a folder that stays as it is.

    DIST is a folder that airm-graph build wrote. The release holds its exports with the new
    version, report and digests, dataset.ttl (DCAT with dcat:previousVersion, VoID), CHANGES.md and
    changes.json (what airm-graph diff tells since the release before), CITATION.cff and
    ro-crate-metadata.json (RO-Crate 1.2). Needs the extra release.

    It is refused (exit code 1) where violations are open, where the notice is missing, and where
    the release before is none or has another base. The day is that of SOURCE_DATE_EPOCH, or of the
    build; the same input gives the same bytes.
    """
    from airm_graph.cli.show import show_progress
    from airm_graph.errors import ReleaseError
    from airm_graph.pipeline.releasing import Publisher, write_release

    _check_addresses(publisher_id, contact)
    given = {"name": publisher, "identifier": publisher_id, "contact": contact}
    who = Publisher(**{name: value for name, value in given.items() if value})
    try:
        with show_progress(quiet=quiet) as progress:
            written = write_release(dist, folder, version=version, previous=previous, publisher=who, progress=progress)
    except ReleaseError as error:
        click.echo(f"airm-graph: {error}", err=True)
        return EXIT_NO
    if not quiet:
        if not publisher_id:
            click.echo("airm-graph: no --publisher-id is given: the one check of RO-Crate that recommends it stays open", err=True)
        for path in sorted(written.iterdir()):
            click.echo(path)
    return 0


def _check_addresses(identifier: str | None, contact: str | None) -> None:
    from airm_graph.export.citation import ORCID, ROR

    if identifier and not identifier.startswith((ROR, ORCID)):
        raise click.BadParameter(f"{identifier!r} is no {ROR}… and no {ORCID}… address", param_hint="--publisher-id")
    if contact and not contact.startswith(("https://", "http://", "mailto:")):
        raise click.BadParameter(f"{contact!r} is no web address and begins not with mailto:", param_hint="--contact")
