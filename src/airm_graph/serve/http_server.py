"""Run uvicorn with our parser limits, signals and log.

This module is imported once the extra ``serve`` is known to be installed.
"""

import asyncio
import json
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from airm_graph.serve.app import make_app
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.http_limits import limit_protocol
from airm_graph.serve.outbox import MOST_FILES
from airm_graph.serve.page_interface import MoreRoutes, Pages
from airm_graph.serve.server_settings import Limits
from airm_graph.serve.worker_pool import WorkerPool

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["run_http_server"]

#: Connections that wait in the system, and how many of them are taken in one turn of the loop.
_BACKLOG, _TURN = 512, 64
#: Descriptors for everything but clients, workers and files that are sent: standard streams, the
#: loop, libraries, logs.
_OTHER_FILES = 48
#: Seconds after which the server is gone whatever holds it.
_GONE = 4.5
_KEEP_ALIVE_SECONDS = 15


class _Server(uvicorn.Server):
    """Drains the worker pool before it ends."""

    def __init__(self, config: uvicorn.Config, *, pool: WorkerPool, drain_seconds: float, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._pool, self._drain_seconds, self._announce = pool, drain_seconds, announce
        self._loop: asyncio.AbstractEventLoop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(_BACKLOG)
        self._announce()

    async def run_until_told(self, listener: socket.socket) -> None:
        """Answer requests until a signal comes or the fork server is lost."""
        self._loop = asyncio.get_running_loop()
        self._pool.start()
        await self._pool.wait_until_ready()
        watching = self._loop.create_task(self._end_when_lost())
        try:
            await self.serve(sockets=[listener])
        finally:
            watching.cancel()
            self._pool.stop()

    async def _end_when_lost(self) -> None:
        # Without the fork server nothing can be answered any more: whoever started the server shall
        # start it again.
        await self._pool.lost.wait()
        sys.stderr.write(json.dumps({"level": "error", "message": "the process that holds the data is gone; the server ends"}) + "\n")
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals.

        uvicorn's own raises them again in the end: a server that was told to end would seem killed.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self.handle_exit, number, None)
        yield

    def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
        """Take no more requests, and give up those in progress after a while."""
        # On a machine that is very busy, or beside clients that keep the loop busy, a signal ends
        # what does not end by itself.
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.setitimer(signal.ITIMER_REAL, _GONE)
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._pool.drain)
        self._loop.call_soon_threadsafe(self._loop.call_later, self._drain_seconds, self._pool.kill_busy)


def run_http_server(
    listener: socket.socket, client: GraphClient, *, pool: WorkerPool, pages: Pages, more: MoreRoutes, announce: Callable[[], None]
) -> None:
    """Answer HTTP requests until a signal comes or the fork server is lost.

    Args:
        listener: A bound socket.
        client: Asks for data.
        pool: The workers.
        pages: What people see.
        more: Makers of routes of other interfaces.
        announce: Called when the first worker is ready and the socket listens.
    """
    _log_as_json()
    limits = client.settings.limits
    config = uvicorn.Config(
        make_app(client, pool=pool, pages=pages, more=more),
        http=limit_protocol(limits, connections=_count_connections(limits)),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(limits.drain_seconds) + 1,
        backlog=_TURN,
    )
    server = _Server(config, pool=pool, drain_seconds=limits.drain_seconds, announce=announce)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.run_until_told(listener))


def _count_connections(limits: Limits) -> int:
    """Count the clients that may be connected, so that descriptors are left for workers, files and
    what is being accepted.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # Fast workers, slow ones, and those that are about to begin or to end.
    reserved = _OTHER_FILES + MOST_FILES + 4 * limits.workers + _TURN
    wanted = limits.connections + reserved
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(hard, wanted)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(8, soft - reserved)
    return limits.connections


def _log_as_json() -> None:
    """Log what libraries report as lines of JSON too: uvicorn, and the SDK for assistants."""

    class _Lines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return json.dumps({"level": record.levelname.lower(), "message": record.getMessage()})

    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logger = logging.getLogger()
    logger.handlers = [handler]
    logger.setLevel(logging.WARNING)
