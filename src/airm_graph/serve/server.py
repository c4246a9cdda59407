"""Start and end the processes of a server.

The fork server is forked first, while this process has one thread; then this one listens for HTTP.
On SIGTERM it takes no new connections, gives up what waits, lets what runs go on for a moment, and
is gone within five seconds.
"""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import AirmError, InputError
from airm_graph.extras import require
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.page_interface import MoreRoutes, Pages
from airm_graph.serve.server_settings import Settings

if TYPE_CHECKING:
    from airm_graph.serve.graph_client import GraphClient
    from airm_graph.serve.worker_pool import WorkerPool

__all__ = ["run_server", "run_with_client"]


def run_server(
    path: Path | None, *, settings: Settings, pages: Pages, more: MoreRoutes = (), announce: Callable[[str], None] = lambda _: None
) -> bool:
    """Serve a graph until a signal ends it.

    Args:
        path: A dist folder, an RDF file or captures; the packaged example when None.
        settings: Where to listen, and limits.
        pages: What people see.
        more: Makers of routes of other interfaces.
        announce: Called with the address it listens at when the server answers.

    Returns:
        Whether it ended because it was told to, and not because the fork server was lost.

    Raises:
        InputError: The address is taken.
        AirmError: The data cannot be read, a folder is not what its sums say, the extra ``serve``
            is not installed, or the system is not POSIX.
    """
    _check_system()
    listener = _open_listener(settings)
    try:
        with _open_client(path, settings=settings) as (client, pool):
            # Libraries are loaded while the fork server loads the data.
            from airm_graph.serve.http_server import run_http_server

            run_http_server(listener, client, pool=pool, pages=pages, more=more, announce=partial(announce, _write_address(listener)))
            return not pool.lost.is_set()
    finally:
        listener.close()


def run_with_client(path: Path | None, run: Callable[["GraphClient"], Coroutine[Any, Any, None]], *, settings: Settings) -> None:
    """Run a coroutine that asks a graph by workers of its own, without listening anywhere.

    Raises:
        AirmError: As for `run_server`.
    """
    _check_system()
    with _open_client(path, settings=settings) as (client, pool):

        async def run_with_pool() -> None:
            pool.start()
            await pool.wait_until_ready()
            try:
                await run(client)
            finally:
                pool.stop()

        asyncio.run(run_with_pool())


@contextmanager
def _open_client(path: Path | None, *, settings: Settings) -> "Iterator[tuple[GraphClient, WorkerPool]]":
    """Start the process that holds the data, and end it."""
    # Only POSIX has what these import.
    from airm_graph.serve.analysis_pool import AnalysisPool
    from airm_graph.serve.forkserver import start_fork_server
    from airm_graph.serve.graph_client import GraphClient
    from airm_graph.serve.worker_pool import WorkerPool

    control, fork_server, wait_for_info = start_fork_server(partial(_load, path, settings=settings), limits=settings.limits)
    try:
        info = DatasetInfo.from_json(wait_for_info())
        pool = WorkerPool(control, limits=settings.limits)
        sender = AnalysisPool(pool, limits=settings.limits)
        yield GraphClient(sender, info=info, settings=settings, folder=path if path is not None and path.is_dir() else None), pool
    finally:
        control.close()
        _wait_for_end(fork_server)


def _wait_for_end(fork_server: int) -> None:
    """Wait until the fork server has ended, which it does once its socket is closed."""
    with suppress(ChildProcessError):
        for _ in range(25):
            if os.waitpid(fork_server, os.WNOHANG)[0]:
                return
            time.sleep(0.02)
        # It is still loading.
        os.kill(fork_server, signal.SIGKILL)
        os.waitpid(fork_server, 0)


def _load(path: Path | None, *, settings: Settings) -> Any:
    from airm_graph.serve.backend import load_backend

    return load_backend(path, limits=settings.limits, public_url=settings.public_url, previous=settings.previous)


def _check_system() -> None:
    if not hasattr(os, "fork"):
        raise AirmError("serving needs a POSIX system, such as Linux, macOS or WSL: each query runs in a process of its own")
    require("serving", "brotli", "httptools", "jinja2", "starlette", "uvicorn", extra="serve")


def _open_listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        where = f"{settings.host}:{settings.port}"
        raise InputError(f"cannot listen there: {error.strerror or error}", file=where, remedy="choose another --port") from error
    return listener


def _write_address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
