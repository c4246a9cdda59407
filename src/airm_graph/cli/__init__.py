"""The command line: one file per command, loaded when it is used; commands hold no logic.

Data goes to standard output, messages to standard error. Exit codes: 0 yes · 1 ran, and the answer is no · 2 usage or unreadable
input · 3 internal error.
"""

import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

__all__ = ["ENGINES", "ENGINE_HELP", "EXIT_INTERNAL", "EXIT_NO", "EXIT_USAGE", "MAPPING_HELP", "STRICT_HELP", "cli", "main"]

EXIT_NO, EXIT_USAGE, EXIT_INTERNAL = 1, 2, 3
#: As `airm_graph.validate.ENGINES`, without importing it.
ENGINES = ("auto", "fast", "reference")
ENGINE_HELP = "reference: owlrl and pyshacl; fast: our own; auto: our own where it can."
MAPPING_HELP = "YAML file that says what the columns of the tables are; the mappings of the project when left out."
STRICT_HELP = "Stop at rows of tables that cannot be used, instead of setting them aside."
_EXIT_INTERRUPTED = 130

_COMMANDS = {
    "build": "Build the graph from captured pages and tables and write it.",
    "explain": "Explain a rule: why, what fails, what passes, how to mend.",
    "export": "Write a graph in one format to standard output.",
    "fix": "Repair side-cars where only one repair is possible.",
    "info": "Show what a graph or a capture holds.",
    "map": "Propose which column of a table is what.",
    "migrate": "Propose codes of another edition, and take over what people decided.",
    "query": "List, show and run the queries of the library.",
    "search": "Search names, descriptions, reasons and titles.",
    "serve": "Serve a graph over HTTP.",
    "sssom": "Write a table of mappings as Turtle, or in its canonical form.",
    "validate": "Say what is wrong with captures or RDF, and where.",
}


class _Commands(click.Group):
    """Imports a command when it is asked for, so that `--help` and `--version` start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"airm_graph.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"airm-graph {version('airm-graph')}\nThe data it reads is preliminary: please do not share or cite.")
        ctx.exit()


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  airm-graph build captures/ -o dist
  airm-graph query run mitigations-by-code code=1.1 --data dist
  airm-graph validate captures/

\b
Exit codes: 0 yes, 1 the answer is no (violations), 2 usage or unreadable input, 3 internal error.""",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version and exit.")
def cli() -> None:
    """Knowledge graph of AI risk mitigations: build, validate, query and export it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with one of its codes."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    from airm_graph.errors import AirmError

    _speak_utf8()
    try:
        code = cli.main(args=None if arguments is None else list(arguments), prog_name="airm-graph", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        return _EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except AirmError as error:
        click.echo(f"airm-graph: {error}", err=True)
        return EXIT_USAGE
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has enough: close quietly, as `head` expects (click turns a broken pipe into an exit of its own).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED
    except Exception as error:
        if _is_interrupted(error):
            return _EXIT_INTERRUPTED
        if os.environ.get("AIRM_GRAPH_DEBUG"):
            raise
        click.echo(f"airm-graph: internal error: {type(error).__name__}: {error}", err=True)
        click.echo("This is a bug; set AIRM_GRAPH_DEBUG=1 to see the traceback, and please report it.", err=True)
        return EXIT_INTERNAL
    return code if isinstance(code, int) else 0


def _is_interrupted(error: Exception) -> bool:
    """Whether an error is Ctrl-C as DuckDB tells it, which runs while Python waits."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


def _speak_utf8() -> None:
    """Write UTF-8 into files and pipes whatever the locale, for exports say that they are; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
