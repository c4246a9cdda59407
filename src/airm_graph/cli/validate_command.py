"""`airm-graph validate`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import OutputPath, choose_platform, mapping_option, spark_options, strict_option

if TYPE_CHECKING:
    from airm_graph.model import Severity
    from airm_graph.validate import Report

__all__ = ["FORMAT_NAMES", "command"]

#: The names of `airm_graph.validate.formats.FORMATS`, without importing them.
FORMAT_NAMES = ("human", "json", "turtle", "github", "sarif", "junit", "gitlab", "csv", "markdown")


@click.command(
    "validate",
    epilog="""\b
Examples:
  airm-graph validate captures/
  airm-graph validate dist/airm.ttl --format json
  airm-graph validate captures/ --fail-on warning --baseline known.json
  airm-graph validate captures/ --format github --write sarif=airm.sarif
  airm-graph validate data.ttl --shapes my-shapes.ttl
  airm-graph validate mine.sssom.tsv
  cat page.txt | airm-graph validate -
  airm-graph validate dist/nquads --engine spark --master 'local[4]'""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str, allow_dash=True))
@click.option(
    "-f", "--format", "shape", type=click.Choice(FORMAT_NAMES), default="human", show_default=True, help="Format of the findings."
)
@click.option("-o", "--output", type=OutputPath(dir_okay=False, path_type=Path), help="File to write to instead of standard output.")
@click.option("--write", "others", multiple=True, metavar="FORMAT=FILE", help="Write the findings in another format too; repeatable.")
@click.option(
    "--fail-on",
    type=click.Choice(["violation", "warning", "info"]),
    default="violation",
    show_default=True,
    help="The mildest finding that makes the exit code 1.",
)
@click.option(
    "--shapes",
    multiple=True,
    metavar="FILE",
    help="Shapes to judge by instead of the project's: a .ttl file, or one of its own by name, such as core; repeatable.",
)
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="Accept the findings listed in this file.")
@click.option("--update-baseline", is_flag=True, help="Write the findings to the baseline and accept them all.")
@spark_options
@mapping_option
@strict_option
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def command(
    inputs: tuple[str, ...],
    *,
    shape: str,
    output: Path | None,
    others: tuple[str, ...],
    fail_on: str,
    shapes: tuple[str, ...],
    baseline: Path | None,
    update_baseline: bool,
    engine: str,
    master: str | None,
    spark_conf: tuple[str, ...],
    spark_work: Path | None,
    mapping: Path | None,
    strict: bool,
    quiet: bool,
) -> int:
    """Say what is wrong with captures, tables, RDF or mappings, and where.

    INPUTS are captures and tables (folders, files, - for standard input), RDF and tables of
        mappings (*.sssom.tsv): files, folders of any of these, a dist folder; what was passed over
        is told. With --engine spark N-Triples and N-Quads, packed or not, and Parquet with the
        columns s, p, o, g. Writes the findings to standard output and exits with 1 when one of them
        is a violation, or as mild as --fail-on says, and with 2 where nothing was read, or no shape
        selects anything.
    """
    from airm_graph.cli.show import show_progress
    from airm_graph.model import Severity
    from airm_graph.pipeline import validate_inputs

    if update_baseline and not baseline:
        raise click.UsageError("--update-baseline needs --baseline FILE")
    engine, platform = choose_platform(engine, master=master, conf=spark_conf, work=spark_work)
    targets = [(shape, output), *(_split(other) for other in others)]
    with show_progress(quiet=quiet) as progress:
        report, files = validate_inputs(
            inputs, shapes=shapes or None, engine=engine, mapping=mapping, strict=strict, progress=progress, platform=platform
        )
    if baseline:
        report = _compare(report, baseline=baseline, update=update_baseline)
    if shape == "human":
        for note in (*report.notes, *(f"{name}: passed over: {reason}" for name, reason in report.ledger.passed_over)):
            click.echo(f"note: {note}", err=True)
    for name, path in targets:
        _write(report, name=name, path=path, files=files, fail_on=Severity(fail_on))
    return EXIT_NO if any(finding.fails(Severity(fail_on)) for finding in report.findings) else 0


def _split(other: str) -> tuple[str, Path]:
    name, _, path = other.partition("=")
    if name not in FORMAT_NAMES or not path:
        raise click.BadParameter(f"{other!r} is not FORMAT=FILE with one of {', '.join(FORMAT_NAMES)}", param_hint="--write")
    return name, Path(path)


def _compare(report: "Report", *, baseline: Path, update: bool) -> "Report":
    """Leave out what the baseline accepts; say on standard error how much that is."""
    from airm_graph.errors import InputError
    from airm_graph.export import replace_file
    from airm_graph.regular_files import open_regular
    from airm_graph.validate.baseline import compare_report, read_baseline, write_baseline

    if update:
        replace_file(baseline, [write_baseline(report)])
    try:
        with open_regular(baseline) as file:
            text = file.read().decode()
    except (InputError, OSError, UnicodeDecodeError) as error:
        raise InputError("the baseline cannot be read", file=str(baseline), remedy="make it with --update-baseline") from error
    compared = compare_report(report, known=read_baseline(text, name=str(baseline)))
    hint = "; --update-baseline drops what is no longer found" if compared.stale else ""
    click.echo(f"{baseline}: {compared.accepted} accepted, {len(compared.stale)} no longer found{hint}", err=True)
    return compared.report


def _write(report: "Report", *, name: str, path: Path | None, files: Mapping[str, str], fail_on: "Severity") -> None:
    if path is None and name == "human":
        from airm_graph.cli.show import write_report

        write_report(report, files=files)
        return
    from airm_graph.export import replace_file
    from airm_graph.validate.formats import format_report

    paths = files if name == "human" else {file: _from_here(where) for file, where in files.items()}
    text = format_report(report, format=name, paths=paths, fail_on=fail_on)
    if path is None:
        sys.stdout.buffer.write(text.encode())
    else:
        replace_file(path, [text])
        click.echo(path, err=True)


def _from_here(path: str) -> str:
    """A path as systems of continuous integration want it: from the folder of the run, where it
    lies below that.
    """
    absolute = Path(path).absolute()
    here = Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else Path(path).as_posix()
