"""`airm-graph serve`."""

import re
from pathlib import Path

import click

from airm_graph.cli import EXIT_NO
from airm_graph.cli.shared_options import previous_option, read_base_url

__all__ = ["command"]

_SIZE = re.compile(r"(\d+)\s*([KMG]?)i?B?", re.IGNORECASE)
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30}


def _read_size(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    match = _SIZE.fullmatch(value.strip())
    size = int(match[1]) << _UNITS[match[2].lower()] if match else 0
    if size < 64 << 20:
        raise click.BadParameter("give a size of at least 64M, such as 512M or 2G")
    return size


@click.command(
    "serve",
    epilog="""\b
Examples:
  airm-graph serve dist
  airm-graph serve dist --port 0
  airm-graph serve dist --host 0.0.0.0 --base-url https://example.org/airm/
  curl -H 'Accept: text/csv' --data-urlencode 'query=SELECT * { ?s ?p ?o } LIMIT 3' http://127.0.0.1:8080/sparql""",
)
@click.argument("data", required=False, type=click.Path(path_type=Path))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; anything but loopback lets others in.")
@click.option("-p", "--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.")
@click.option("--timeout", default=10.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Seconds that one query may take.")
@click.option("--memory", default="512M", show_default=True, callback=_read_size, help="Memory that one query may take.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes that answer; two for each processor, at least 4, when left out.")
@previous_option
@click.option("--base-url", callback=read_base_url, metavar="URL", help="Address under which users reach the server, behind a proxy.")
@click.option("--root-path", metavar="PATH", help="Path that the proxy takes away; that of --base-url when left out.")
@click.option("--cors", "origins", default="*", show_default=True, metavar="ORIGIN", help="Web pages that may read: *, an origin, or none.")
@click.option("--no-log", is_flag=True, help="Do not write a line to standard error for each request.")
def command(
    data: Path | None,
    *,
    host: str,
    port: int,
    timeout: float,
    memory: int,
    workers: int | None,
    previous: Path | None,
    base_url: str,
    root_path: str | None,
    origins: str,
    no_log: bool,
) -> int:
    """Serve a graph over HTTP: SPARQL, linked data, the query library, search, and pages to browse.

    DATA is a dist folder, whose files must be what its SHA256SUMS says, an RDF file, or captures;
    the packaged example when left out. Read-only. Runs until Ctrl-C or SIGTERM.
    """
    from dataclasses import replace
    from urllib.parse import urlsplit

    from airm_graph.assistant.mcp_server import list_mcp_routes
    from airm_graph.serve.server import run_server
    from airm_graph.serve.server_settings import LOOPBACK, Limits, Settings
    from airm_graph.site import SitePages

    limits = replace(Limits(), seconds=timeout, memory=memory)
    if workers:
        limits = replace(limits, workers=workers)
    path = urlsplit(base_url).path if root_path is None else root_path
    if host not in LOOPBACK:
        click.echo(f"airm-graph: warning: {host} is not loopback: others can reach this server. The data is preliminary.", err=True)
    settings = Settings(
        host=host,
        port=port,
        public_url=base_url,
        root_path=path.rstrip("/"),
        origins="" if origins == "none" else origins,
        log=not no_log,
        previous=previous,
        limits=limits,
    )
    known = f", known as {base_url}" if base_url else ""
    told = run_server(
        data,
        settings=settings,
        pages=SitePages(),
        more=(list_mcp_routes,),
        announce=lambda url: click.echo(f"serving at {url}{known} (Ctrl-C to stop)"),
    )
    return 0 if told else EXIT_NO
