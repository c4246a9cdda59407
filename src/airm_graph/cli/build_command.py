"""`airm-graph build`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from airm_graph.cli import EXIT_NO, EXIT_USAGE
from airm_graph.cli.shared_options import (
    base_option,
    cache_options,
    check_base,
    choose_platform,
    decisions_option,
    find_cache,
    folder_option,
    ids_option,
    mapping_option,
    spark_options,
    strict_option,
)

if TYPE_CHECKING:
    from airm_graph.pipeline import Graph

__all__ = ["command"]


@click.command(
    "build",
    epilog="""\b
Examples:
  airm-graph build captures/ -o dist
  airm-graph build tables/ captures/ -o dist
  airm-graph build mine.csv sources.csv --mapping mine.yaml -o dist
  airm-graph build tables/ captures/ --decisions links.sssom.tsv -o dist
  airm-graph build tables/ captures/ --ids ids.lock -o dist
  airm-graph build page.txt -o dist --format json > report.json
  cat page.txt | airm-graph build - -o dist
  airm-graph build parts/ -o dist --engine spark --master 'local[4]'""",
)
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=str, allow_dash=True))
@folder_option
@base_option
@click.option(
    "--format",
    "shape",
    type=click.Choice(["human", "json"]),
    default="human",
    show_default=True,
    help="What to print: a summary, or the report.",
)
@spark_options
@click.option(
    "--parts", type=click.IntRange(1, 1000), help="With --engine spark, files of each format; otherwise one for two million statements."
)
@mapping_option
@decisions_option
@ids_option
@click.option(
    "--check-ids", is_flag=True, help="Leave the file of --ids as it is; where it is not up to date, write nothing and exit with 1."
)
@click.option("--published", metavar="URL", help="Folder on the web where people will find the files; each is described with its address.")
@click.option("--suggest-kinds", is_flag=True, help="Suggest the kind of statement where no input states one; marked as suggestion.")
@strict_option
@cache_options
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but violations.")
def command(
    inputs: tuple[str, ...],
    *,
    folder: Path,
    base: str,
    shape: str,
    engine: str,
    master: str | None,
    spark_conf: tuple[str, ...],
    spark_work: Path | None,
    parts: int | None,
    mapping: Path | None,
    decisions: tuple[Path, ...],
    ids: Path | None,
    check_ids: bool,
    published: str | None,
    suggest_kinds: bool,
    strict: bool,
    cached: bool,
    cache_dir: Path | None,
    quiet: bool,
) -> int:
    """Build the graph from captured pages and tables and write it.

    INPUTS are folders (every *.txt below them, and every table: CSV, TSV, XLSX, JSON, JSON Lines,
    YAML, Parquet, packed or not), files, or - for standard input. Writes airm.ttl, airm.jsonld,
    airm.nt, airm.nq, airm.rdf, report.json and SHA256SUMS, links.sssom.tsv with every join across
    inputs, and quarantine.csv with the rows of tables that cannot be used. Exits with 1 when a
    finding is a violation, with 2 when nothing could be read; an earlier output is then left as it
    was.

    With --ids FILE mitigations keep the IRIs that they had in earlier builds, whatever they are
    named now; FILE is written anew, and one that is not there yet is made. Keep it beside the
    inputs. What is gone stays in it, and is stated as deprecated with what replaces it.

    With --engine spark the statements are written as nquads/part-*.nq.gz and
    parquet/part-*.parquet, in parts that follow each other, with manifest.json beside them instead
    of the other formats.
    """
    from airm_graph.cli.show import show_progress, write_report, write_summary
    from airm_graph.pipeline import BuildOptions, build_into

    check_base(base)
    if published is not None:
        check_base(published, option="--published")
    if check_ids and ids is None:
        raise click.UsageError("--check-ids goes with --ids only: name the file to check")
    engine, platform = choose_platform(engine, master=master, conf=spark_conf, work=spark_work, parts=parts)
    kept = find_cache(cached=cached, folder=cache_dir)
    options = BuildOptions(base, engine, None, mapping, decisions, strict, platform, published, ids, suggest_kinds)

    def accept(graph: "Graph") -> bool:
        return not (check_ids and is_lock_old(graph, ids))

    with show_progress(quiet=quiet) as progress:
        graph = build_into(inputs, folder, options, cache=kept, tell=progress, accept=accept)
    if graph.written and ids is not None and not check_ids:
        write_lock(graph, ids)
    changed = check_ids and not graph.is_empty and not graph.written
    if graph.is_empty:
        from airm_graph.rules import REFERENCES

        write_report(graph.report, files=graph.files, err=True)
        write_tables(graph)
        if strict and (not graph.report.conforms or any(finding.rule in REFERENCES for finding in graph.report.findings)):
            click.echo(
                f"airm-graph: --strict stops at violations, and at rows that lack what they refer to; {folder} is left as it was",
                err=True,
            )
            return EXIT_NO
        click.echo(f"airm-graph: no mitigation could be read; {folder} is left as it was", err=True)
        return EXIT_USAGE
    if changed:
        click.echo(f"airm-graph: {ids} is not up to date; build without --check-ids and commit it; {folder} is left as it was", err=True)
        return EXIT_NO
    if shape == "json":
        sys.stdout.write(graph.report.to_json())
    elif not quiet:
        write_counts(graph)
        for path in graph.written.values():
            click.echo(path)
    write_summary(graph.report, files=graph.files, quiet=quiet)
    return 0 if graph.report.conforms else EXIT_NO


def is_lock_old(graph: "Graph", path: Path | None) -> bool:
    """Whether the file of IRIs is not what a build leaves; says to standard error what is new."""
    from airm_graph.ids_lock import list_changes
    from airm_graph.pipeline import load_ids

    if path is None or graph.ids is None:
        return False
    changes = list_changes(load_ids(path), graph.ids)
    for line in changes:
        click.echo(f"  {line}", err=True)
    return bool(changes) or not path.exists() or path.read_text(encoding="utf-8") != "".join(graph.ids.write())


def write_lock(graph: "Graph", path: Path) -> None:
    """Write the file of IRIs as a build leaves it."""
    from airm_graph.export import replace_file

    if graph.ids is not None:
        replace_file(path, graph.ids.write())


def write_counts(graph: "Graph") -> None:
    """Write to standard error what was read of the tables and what the graph holds."""
    from airm_graph.notice import NOTICE

    write_tables(graph)
    for thing, number in graph.count().items():
        click.echo(f"  {thing:<33} {number:>7}", err=True)
    click.echo(f"  {'triples':<33} {len(graph):>7}", err=True)
    click.echo(f"  digest {graph.digest}\n  {NOTICE}", err=True)


def write_tables(graph: "Graph") -> None:
    """Write to standard error how many rows of each table were read, used and set aside."""
    for table in graph.tables:
        click.echo(f"  {table.file}: {table.read} rows read = {table.used} used + {table.quarantined} quarantined", err=True)
        click.echo(f"    mapping: {table.mapping}", err=True)
