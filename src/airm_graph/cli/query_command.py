"""`airm-graph query list|show|run`."""

import sys
from typing import TYPE_CHECKING

import click

from airm_graph.cli.shared_options import check_base, data_option, insecure_option, make_client, timeout_option
from airm_graph.query.answers import TABLE_FORMATS, Table, format_table

if TYPE_CHECKING:
    from airm_graph.query.library import Answering, Query

__all__ = ["command"]

_EXAMPLE = "airm-graph: this is the example that the package ships; --data names your own"


def _complete_name(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from airm_graph.query.library import list_queries

    return [query.name for query in list_queries() if query.name.startswith(incomplete)]


def _complete_argument(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Complete the names of parameters, and behind the sign their values where they are listed."""
    from airm_graph.query.library import load_query
    from airm_graph.taxonomy import load_taxonomy

    known = {"notation": tuple(load_taxonomy("v2").codes), "edition": ("v1", "v2")}
    parameters = {one.name: one.allowed or known.get(one.kind, ()) for one in load_query(context.params["name"]).parameters}
    # bash parts a word at its sign, and wants the part behind it.
    before = [word for word in context.params.get("arguments") or () if word != "="]
    if before and before[-1] in parameters:
        return [value for value in parameters[before[-1]] if value.startswith(incomplete)]
    name, sign = incomplete.partition("=")[:2]
    found = [f"{name}={value}" for value in parameters.get(name, ())] if sign else [f"{own}=" for own in parameters]
    return [text for text in found if text.startswith(incomplete)]


@click.group(
    "query",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  airm-graph query list
  airm-graph query show mitigations-by-role
  airm-graph query run mitigations-by-role actor=deployer stage=operate-and-monitor --data dist""",
)
def command() -> None:
    """List, show and run the queries of the library."""


@command.command("list", epilog="\b\nExample:\n  airm-graph query list --format json")
@click.option("--format", "shape", type=click.Choice(["human", "json"]), default="human", show_default=True, help="Format of the list.")
def list_command(shape: str) -> int:
    """List the queries with their parameters."""
    from airm_graph.query.library import list_queries

    queries = list_queries()
    if shape == "json":
        _write_json([_describe(query) for query in queries])
        return 0
    for query in queries:
        parameters = " ".join(f"{p.name}=…" if p.required else f"[{p.name}=…]" for p in query.parameters)
        click.echo(f"{query.name:<32} {query.summary}" + (f"\n{'':<32} {parameters}" if parameters else ""))
    return 0


@command.command(
    "show",
    epilog="\b\nExamples:\n  airm-graph query show mitigations-by-code\n  airm-graph query show mitigations-by-code code=1.1 --sparql",
)
@click.argument("name", shell_complete=_complete_name)
@click.argument("arguments", nargs=-1, metavar="[PARAMETER=VALUE]...", shell_complete=_complete_argument)
@click.option("--sparql", is_flag=True, help="Print the SPARQL only: the question that run asks, with arguments and defaults in it.")
def show_command(name: str, arguments: tuple[str, ...], *, sparql: bool) -> int:
    """Show one query: what it answers, its parameters, its columns, its SPARQL."""
    from airm_graph.query.library import bind_query, load_query

    query = load_query(name)
    if sparql:
        given = _split(arguments)
        left = [parameter.name for parameter in query.parameters if parameter.required and parameter.name not in given]
        click.echo(bind_query(query, given, partial=True).strip())
        if left:
            click.echo(f"note: {', '.join(left)}: give a value, as in run, to see it in the place of UNDEF", err=True)
        return 0
    click.echo(f"{query.name}: {query.summary}\n\n{query.description.strip()}\n")
    for parameter in query.parameters:
        default = "required" if parameter.required else f"default: {parameter.default or 'any'}"
        example = f"; example: {parameter.example}" if parameter.example else ""
        allowed = f"; one of {', '.join(parameter.allowed)}" if parameter.allowed else ""
        click.echo(f"  {parameter.name} ({parameter.kind}; {default}{example}{allowed})\n      {parameter.description}")
    click.echo("\nColumns:")
    for column, meaning in query.columns:
        click.echo(f"  {column}: {meaning}")
    click.echo(f"\n{query.text.strip()}")
    return 0


@command.command(
    "run",
    epilog="""\b
Examples:
  airm-graph query run counts
  airm-graph query run mitigations-by-code code=1.1 --data dist
  airm-graph query run mine.rq --data dist
  airm-graph query run codes-by-source --data dist/airm.ttl --format csv > coverage.csv
  airm-graph query run mitigations-by-code code=1.1 --endpoint http://localhost:8890/sparql

\b
Credentials for an endpoint are read from the environment: AIRM_ENDPOINT_USER and
AIRM_ENDPOINT_PASSWORD, or AIRM_ENDPOINT_TOKEN.""",
)
@click.argument("name", shell_complete=_complete_name)
@click.argument("arguments", nargs=-1, metavar="[PARAMETER=VALUE]...", shell_complete=_complete_argument)
@data_option
@click.option("--endpoint", metavar="URL", help="Ask this SPARQL endpoint instead of a graph read here.")
@click.option("--base", help="What the IRIs at the endpoint begin with; found by asking when left out.")
@timeout_option
@insecure_option
@click.option(
    "--format",
    "shape",
    type=click.Choice(["table", *TABLE_FORMATS, "xlsx"]),
    default="table",
    show_default=True,
    help="table: boxed on a terminal, CSV in a pipe.",
)
def run_command(
    name: str,
    arguments: tuple[str, ...],
    *,
    data: str | None,
    endpoint: str | None,
    base: str | None,
    timeout: float,
    insecure: bool,
    shape: str,
) -> int:
    """Run one query and write its rows to standard output.

    NAME is a query of the library, a file of your own SPARQL (*.rq), or - for SPARQL on standard
    input: a SELECT, which changes nothing. Where there are no rows, standard error says why.
    """
    from airm_graph.pipeline import load_mitigations
    from airm_graph.query.library import bind_query, load_query, run_query

    if name == "-" or name.endswith(".rq"):
        if arguments or endpoint:
            raise click.UsageError("a query of your own takes no parameters and asks --data")
        return _run_own(name, data=data, shape=shape)
    query = load_query(name)
    given = _split(arguments)
    # A wrong argument is told before the data is read.
    bind_query(query, given)
    if data and endpoint:
        raise click.UsageError("--data and --endpoint are given at once; ask one of them")
    if base and not endpoint:
        raise click.UsageError("--base goes with --endpoint; other data says its base itself")
    if base:
        check_base(base)
    if endpoint:
        from airm_graph.remote import Endpoint

        with Endpoint(endpoint, client=make_client(endpoint, timeout=timeout, insecure=insecure), base=base) as remote:
            table, found = run_query(remote, query, given, base=remote.base), remote.base
            why = _explain_emptiness(table, remote, query, given, base=found)
    else:
        graph = load_mitigations(data)
        table, found = graph.query(query, **given), graph.base
        why = _explain_emptiness(table, graph.store, query, given, base=found)
        if data is None:
            click.echo(_EXAMPLE, err=True)
    if why:
        click.echo(f"airm-graph: no rows: {why}", err=True)
    _write_answer(table, shape=shape, base=found)
    return 0


def _explain_emptiness(table: Table, asked: "Answering", query: "Query", given: dict[str, str], *, base: str) -> str:
    """Say why there are no rows; empty where there are some."""
    if table.rows:
        return ""
    from airm_graph.query.emptiness import explain_emptiness

    return explain_emptiness(asked, query, given, base=base)


def _run_own(name: str, *, data: str | None, shape: str) -> int:
    """Run a SELECT from a file or from standard input."""
    from pathlib import Path

    from airm_graph.errors import InputError
    from airm_graph.pipeline import load
    from airm_graph.regular_files import open_regular

    try:
        if name == "-":
            text = sys.stdin.read()
        else:
            with open_regular(Path(name)) as file:
                text = file.read().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the query cannot be read", file=name, remedy="give a file of SPARQL in UTF-8, or - for standard input") from error
    graph = load(data)
    table = graph.sparql(text)
    if data is None:
        click.echo(_EXAMPLE, err=True)
    if not table.rows:
        from airm_graph.query.own_queries import explain_own_query

        click.echo(f"airm-graph: no rows: {explain_own_query(graph.store, text, base=graph.base)}", err=True)
    _write_answer(table, shape=shape, base=graph.base)
    return 0


def _write_answer(table: Table, *, shape: str, base: str) -> None:
    from airm_graph.cli.show import write_table

    if shape == "table":
        write_table(table, base=base)
    elif shape == "xlsx":
        from airm_graph.query.answer_workbook import write_workbook

        if sys.stdout.isatty():
            raise click.UsageError("a workbook is no text: send it to a file, as in > answer.xlsx")
        sys.stdout.buffer.write(write_workbook(table))
    else:
        sys.stdout.write(format_table(table, format=shape))


def _split(arguments: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals:
            raise click.UsageError(f"{argument!r} is not PARAMETER=VALUE")
        found[name] = value
    return found


def _describe(query: object) -> object:
    from dataclasses import asdict

    return {key: value for key, value in asdict(query).items() if key != "text"}  # type: ignore[call-overload]


def _write_json(value: object) -> None:
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
