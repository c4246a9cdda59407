"""Run uvicorn with our parser limits, signals and log.

This module is imported once the extra ``serve`` is known to be installed.
"""

import asyncio
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from airm_graph.serve.app import make_app
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.http_limits import limit_protocol
from airm_graph.serve.page_interface import Pages
from airm_graph.serve.worker_pool import WorkerPool

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["run_http_server"]

_MOST_CONNECTIONS, _BACKLOG = 1000, 512
_KEEP_ALIVE_SECONDS = 15


class _Server(uvicorn.Server):
    """Drains the worker pool before it ends."""

    def __init__(self, config: uvicorn.Config, *, pool: WorkerPool, drain_seconds: float) -> None:
        super().__init__(config)
        self._pool, self._drain_seconds = pool, drain_seconds
        self._loop: asyncio.AbstractEventLoop

    async def run_until_told(self, listener: socket.socket, *, announce: Callable[[], None]) -> None:
        """Answer requests until a signal comes or the fork server is lost."""
        self._loop = asyncio.get_running_loop()
        self._pool.start()
        await self._pool.wait_until_ready()
        watching = self._loop.create_task(self._end_when_lost())
        announce()
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
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._pool.drain)
        self._loop.call_soon_threadsafe(self._loop.call_later, self._drain_seconds, self._pool.kill_busy)


def run_http_server(listener: socket.socket, client: GraphClient, *, pool: WorkerPool, pages: Pages, announce: Callable[[], None]) -> None:
    """Answer HTTP requests until a signal comes or the fork server is lost.

    Args:
        listener: A bound socket.
        client: Asks for data.
        pool: The workers.
        pages: What people see.
        announce: Called when the first worker is ready.
    """
    _log_as_json()
    limits = client.settings.limits
    config = uvicorn.Config(
        make_app(client, pool=pool, pages=pages),
        http=limit_protocol(head_seconds=limits.head_seconds),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(limits.drain_seconds) + 1,
        limit_concurrency=_MOST_CONNECTIONS,
        backlog=_BACKLOG,
    )
    server = _Server(config, pool=pool, drain_seconds=limits.drain_seconds)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(server.run_until_told(listener, announce=announce))


def _log_as_json() -> None:
    """Log what uvicorn reports as lines of JSON too."""

    class _Lines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return json.dumps({"level": record.levelname.lower(), "message": record.getMessage()})

    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logger = logging.getLogger("uvicorn")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.WARNING)
