"""The group of commands, each imported when it is asked for."""

import importlib

import click

from airm_graph.version import VERSION

__all__ = ["cli"]

_COMMANDS = {
    "agreement": "Tell where sources classify the same differently.",
    "build": "Build the graph from captured pages and tables and write it.",
    "check-codes": "Rank codes by how little the texts speak for them.",
    "coverage": "Count mitigations by two or three facets.",
    "diff": "Tell what changed from one release to another.",
    "explain": "Explain a rule: why, what fails, what passes, how to fix.",
    "export": "Write a graph in one format to standard output.",
    "fix": "Repair tables and side-cars where only one repair is possible.",
    "gaps": "List combinations of values without a mitigation.",
    "info": "Show what a graph or a capture holds.",
    "map": "Propose which column of a table is what.",
    "mcp": "Answer an assistant over the Model Context Protocol.",
    "migrate": "Propose codes of another edition, take over decisions.",
    "network": "Connect things by the mitigations that they share.",
    "pack": "Write the mitigations of a role, a code or a source.",
    "plot": "Draw a picture of what a graph holds.",
    "push": "Bring a release into a triple store and prove that it is there.",
    "query": "List, show and run the queries of the library.",
    "release": "Write a release of a built graph, with change log and RO-Crate.",
    "search": "Search names, descriptions, reasons and titles.",
    "serve": "Serve a graph over HTTP.",
    "similar": "List mitigations that say the same under other words.",
    "site": "Write a site that any static host serves.",
    "sssom": "Write a table of mappings as Turtle, or in its canonical form.",
    "validate": "Say what is wrong with captures or RDF, and where.",
    "watch": "Build again whenever an input changes.",
    "why": "Say why a statement is in the graph, down to captured lines.",
}
_EPILOG = """\
Examples:
  airm-graph build captures/ -o dist
  airm-graph query run mitigations-by-code code=1.1 --data dist
  airm-graph validate captures/

Exit codes: 0 yes, 1 the answer is no (violations), 2 usage or unreadable input, 3 internal error."""


class _Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"airm_graph.cli.{cmd_name.replace('-', '_')}_command").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command where there is none of that name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error

    def invoke(self, ctx: click.Context) -> object:
        """Say how a graph is given to a command that takes none by its place."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            takes = [option for param in error.ctx.command.params for option in param.opts] if error.ctx else []
            if "unexpected extra argument" not in error.message or "--data" not in takes:
                raise
            raise click.UsageError(f"{error.message}; a graph is given with --data", error.ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(
    cls=_Commands,
    help="Knowledge graph of AI risk mitigations: build, validate, query and export it.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\n\n".join(f"\b\n{part}" for part in _EPILOG.split("\n\n")),
)
@click.version_option(VERSION, message="%(prog)s %(version)s\nThe data it reads is preliminary: please do not share or cite.")
def cli() -> None:
    """Run one of the commands."""
