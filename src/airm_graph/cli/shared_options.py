"""Options that several commands have, and what is made of them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from airm_graph.namespaces import BASE

if TYPE_CHECKING:
    from airm_graph.pipeline import Platform
    from airm_graph.remote import Client

__all__ = [
    "OutputPath",
    "base_option",
    "cache_options",
    "check_base",
    "choose_platform",
    "data_option",
    "decisions_option",
    "engine_option",
    "find_cache",
    "folder_option",
    "ids_option",
    "insecure_option",
    "make_client",
    "mapping_option",
    "previous_option",
    "read_base_url",
    "spark_options",
    "strict_option",
    "threshold_option",
    "timeout_option",
]


class OutputPath(click.Path):
    """A file or folder to write to, whose name is not empty: that would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty name."""
        if not str(value):
            self.fail("the name is empty; give the file or folder to write to", param, ctx)
        return super().convert(value, param, ctx)


_Command = TypeVar("_Command", bound=Callable[..., Any])
#: As `airm_graph.validate.ENGINES`, without importing it.
_ENGINES = ("auto", "fast", "reference")
_ENGINE_HELP = "reference: owlrl and pyshacl; fast: our own; auto: our own where it can."
_SPARK_ENGINE_HELP = (
    "reference: owlrl and pyshacl; fast: our own; auto: our own where it can; spark: our own on Apache Spark, for what one machine does "
    "not hold (needs the extra spark and Java 17)."
)

folder_option = click.option(
    "-o",
    "--output",
    "folder",
    default="dist",
    show_default=True,
    type=OutputPath(file_okay=False, path_type=Path),
    help="Folder to write to.",
)
threshold_option = click.option("--threshold", type=float, help="Least score of a pair, above 0 and up to 1.  [default: 0.5]")
base_option = click.option("--base", default=BASE, show_default=True, help="What every IRI of the data begins with.")
engine_option = click.option("--engine", type=click.Choice(_ENGINES), default="auto", show_default=True, help=_ENGINE_HELP)
mapping_option = click.option(
    "--mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    help="YAML file that says what the columns of the tables are; the mappings of the project when left out.",
)
decisions_option = click.option(
    "--decisions",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Table of what people decided of joins and codes (SSSOM or CSV); repeatable.",
)
ids_option = click.option(
    "--ids",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep in this file (ids.lock) the IRI of each mitigation, so that a better name gives no new one.",
)
strict_option = click.option(
    "--strict", is_flag=True, help="Stop at rows and values that cannot be used, instead of leaving them out, and write nothing."
)
data_option = click.option(
    "-d",
    "--data",
    type=click.Path(path_type=str, allow_dash=True),
    help="dist folder, RDF file or captures; the packaged example when left out.",
)
previous_option = click.option(
    "--previous", type=click.Path(path_type=Path), help="An earlier release (dist folder or RDF file), to tell what changed since."
)
timeout_option = click.option(
    "--timeout", type=click.FloatRange(1, 3600), default=60, show_default=True, help="Seconds to wait for the server to go on answering."
)
insecure_option = click.option(
    "--insecure", is_flag=True, help="Allow a password or token to cross the network over plain http, readable by all on the way."
)


def cache_options(command: _Command) -> _Command:
    """Give a command the options of the cache; `find_cache` reads them."""
    for option in (
        click.option(
            "--cache-dir",
            type=click.Path(file_okay=False, path_type=Path),
            help="Keep it in this folder instead; --cache need not be given.",
        ),
        click.option(
            "--cache",
            "cached",
            is_flag=True,
            help="Keep in airm-graph below XDG_CACHE_HOME (or ~/.cache) what was read and built: a folder is left as it is where nothing "
            "changed, and after an edit only what has to do with the edited pages is built.",
        ),
    ):
        command = option(command)
    return command


def find_cache(*, cached: bool, folder: Path | None) -> Path | None:
    """Return the folder that keeps what was read and built, None when none is asked for."""
    from airm_graph.cache import find_cache_folder

    return folder or (find_cache_folder() if cached else None)


def spark_options(command: _Command) -> _Command:
    """Give a command the engines, with spark among them, and its options; `choose_platform` reads
    them.
    """
    for option in (
        click.option(
            "--spark-work",
            type=click.Path(file_okay=False, exists=True, path_type=Path),
            help="Folder that all machines of the cluster see under one name, for what is needed on the way; as inputs and output must be.",
        ),
        click.option("--spark-conf", metavar="KEY=VALUE", multiple=True, help="Setting of Spark; repeatable."),
        click.option("--master", help="Where Spark runs: local[4], spark://HOST:7077, yarn, k8s://URL.  [default: local[*]]"),
        click.option("--engine", type=click.Choice((*_ENGINES, "spark")), default="auto", show_default=True, help=_SPARK_ENGINE_HELP),
    ):
        command = option(command)
    return command


def choose_platform(
    engine: str, *, master: str | None, conf: tuple[str, ...], work: Path | None, parts: int | None = None
) -> "tuple[str, Platform]":
    """Read the options of the engine spark, which is ``auto`` on Spark; another engine takes none
    of them.
    """
    from airm_graph.pipeline import EMBEDDED

    if engine != "spark":
        given = {"--master": master, "--spark-conf": conf, "--spark-work": work, "--parts": parts}
        if strange := [name for name, value in given.items() if value]:
            raise click.UsageError(f"{strange[0]} goes with --engine spark only")
        return engine, EMBEDDED
    from airm_graph.spark import Spark

    pairs = [pair.partition("=") for pair in conf]
    if wrong := next((f"{name}{mark}{value}" for name, mark, value in pairs if not (mark and name.startswith("spark."))), None):
        raise click.BadParameter(f"{wrong!r} is not KEY=VALUE with a KEY that begins with spark.", param_hint="--spark-conf")
    return "auto", Spark(master=master or "local[*]", conf={name: value for name, _, value in pairs}, work=work, parts=parts)


def check_base(base: str, *, option: str = "--base") -> None:
    """Refuse a base that cannot begin an IRI."""
    usable = (
        base.startswith(("http://", "https://")) and base.endswith("/") and not any(c in base for c in ' <>"{}|\\^`') and base.isprintable()
    )
    if not usable:
        raise click.BadParameter(f"{base!r} is not an http or https address that ends in a slash", param_hint=option)


def make_client(url: str, *, timeout: float, insecure: bool) -> "Client":
    """Make a client for *url* with the credentials of the environment, which tells on standard
    error when it tries again.
    """
    from airm_graph.remote import Client, read_credentials

    return Client(
        url,
        credentials=read_credentials(),
        timeout=timeout,
        plain=insecure,
        tell=lambda line: click.echo(f"airm-graph: {line}", err=True),
    )


def read_base_url(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str:
    """Read an address as an option gives it, with a slash at the end; empty when it is left out."""
    if not value:
        return ""
    if not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(?:/[A-Za-z0-9._~/-]*)?", value):
        raise click.BadParameter(f"{value!r} is not an http or https address without parameters")
    return value.rstrip("/") + "/"
