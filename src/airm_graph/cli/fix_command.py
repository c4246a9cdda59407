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
  airm-graph fix tables/ --mapping mine.yaml
  airm-graph fix captures/ --apply""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str))
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False), help="What the columns of the tables are; see the guide to tables."
)
@click.option("--apply", is_flag=True, help="Write the repairs after showing them.")
def command(inputs: tuple[str, ...], *, mapping: str | None, apply: bool) -> int:
    """Show the certain repairs of tables and side-cars as a diff, and apply them when asked.

    INPUTS are folders, tables (CSV, TSV), side-cars (NAME.meta.yaml) or captures, which stand for
    their side-cars. Captures themselves are never changed. Of a table only the cells are changed
    that a mapping knows; identifiers are changed when all tables of their folder are given. Exits
    with 1 when there is something to repair and --apply was not given.
    """
    from airm_graph.export import replace_file
    from airm_graph.pipeline import find_fixes

    fixes = find_fixes(inputs, mapping=mapping)
    for fix in fixes:
        lines = difflib.unified_diff(fix.before.splitlines(), fix.after.splitlines(), f"{fix.path}", f"{fix.path} (fixed)", lineterm="")
        click.echo("\n".join(lines))
    if apply:
        for fix in fixes:
            replace_file(fix.path, fix.after.encode())
    done = "fixed" if apply else "can be fixed with --apply"
    click.echo(f"{len(fixes)} {'file' if len(fixes) == 1 else 'files'} {done}", err=True)
    return EXIT_NO if fixes and not apply else 0
