"""The group of commands, made when a command is asked for."""

import importlib

import click

from airm_graph.cli.front import COMMANDS, EPILOG, HELP, SHOWS_VERSION, answer

__all__ = ["cli"]


class _Commands(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"airm_graph.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _show_version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not ctx.resilient_parsing:
        click.echo(answer(["--version"]), nl=False)
        ctx.exit()


@click.command(
    cls=_Commands,
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\n\n".join(f"\b\n{part}" for part in EPILOG.split("\n\n")),
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=SHOWS_VERSION)
def cli() -> None:
    """Run one of the commands."""
