"""`airm-graph fix`."""

import difflib

import click

from airm_graph.cli import EXIT_NO

__all__ = ["command"]


@click.command(
    "fix",
    epilog="""\b
Examples:
  airm-graph fix captures/
  airm-graph fix captures/ --apply""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str))
@click.option("--apply", is_flag=True, help="Write the repairs after showing them.")
def command(inputs: tuple[str, ...], *, apply: bool) -> int:
    """Show the certain repairs of side-cars as a diff, and apply them when asked.

    INPUTS are folders, side-cars (NAME.meta.yaml) or captures, which stand for their side-cars. Captures themselves are never
    changed. Exits with 1 when there is something to repair and --apply was not given.
    """
    from airm_graph.conductor import find_mends
    from airm_graph.export import replace_file

    mends = find_mends(inputs)
    for mend in mends:
        lines = difflib.unified_diff(
            mend.before.splitlines(), mend.after.splitlines(), f"{mend.path}", f"{mend.path} (mended)", lineterm=""
        )
        click.echo("\n".join(lines))
    if apply:
        for mend in mends:
            replace_file(mend.path, mend.after.encode())
    done = "mended" if apply else "can be mended with --apply"
    click.echo(f"{len(mends)} {'side-car' if len(mends) == 1 else 'side-cars'} {done}", err=True)
    return EXIT_NO if mends and not apply else 0
