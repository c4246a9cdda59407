"""Options that several commands have, and what is made of them."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from airm_graph.remote import Client

__all__ = ["check_base", "insecure_option", "make_client", "timeout_option"]

timeout_option = click.option(
    "--timeout", type=click.FloatRange(1, 3600), default=60, show_default=True, help="Seconds to wait for the server to go on answering."
)
insecure_option = click.option(
    "--insecure", is_flag=True, help="Allow a password or token to cross the network over plain http, readable by all on the way."
)


def check_base(base: str) -> None:
    """Refuse a base that cannot begin an IRI."""
    usable = (
        base.startswith(("http://", "https://")) and base.endswith("/") and not any(c in base for c in ' <>"{}|\\^`') and base.isprintable()
    )
    if not usable:
        raise click.BadParameter(f"{base!r} is not an http or https address that ends in a slash", param_hint="--base")


def make_client(url: str, *, timeout: float, insecure: bool) -> "Client":
    """Make a client for *url* with the credentials of the environment, which tells on standard error when it tries again."""
    from airm_graph.remote import Client, read_credentials

    return Client(
        url,
        credentials=read_credentials(),
        timeout=timeout,
        plain=insecure,
        tell=lambda line: click.echo(f"airm-graph: {line}", err=True),
    )
