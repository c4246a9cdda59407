"""Starts and ends the processes of a server.

The broker is forked first, while this process has one thread; then this one learns to speak HTTP. On SIGTERM it takes no new
connections, gives up what waits, lets what runs go on for a moment, and is gone within five seconds.
"""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import AirmError, InputError
from airm_graph.serve.broker import start_broker
from airm_graph.serve.desk import Desk, Facts
from airm_graph.serve.pages import Pages
from airm_graph.serve.pool import Pool
from airm_graph.serve.settings import Settings

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["run_server"]

#: Requests in flight at SIGTERM may run on for so long; together with what uvicorn takes, that is below five seconds.
_DRAIN_SECONDS = 3.0


def run_server(path: Path | None, *, settings: Settings, pages: Pages, announce: Callable[[str], None] = lambda _: None) -> bool:
    """Serve a graph until a signal ends it.

    Args:
        path: A dist folder, an RDF file or captures; the packaged example when None.
        settings: Where to listen, and limits.
        pages: What people see.
        announce: Called with the address it listens at when the server answers.

    Returns:
        Whether it ended because it was told to, and not because the process that holds the data was lost.

    Raises:
        InputError: The address is taken.
        AirmError: The data cannot be read, a folder is not what its sums say, or the extra ``serve`` is not installed.
    """
    _check_extra()
    listener = _listen(settings)
    control, broker, wait_for_facts = start_broker(partial(_load, path, settings=settings), limits=settings.limits)
    try:
        facts = Facts.read(wait_for_facts())
        pool = Pool(control, limits=settings.limits)
        desk = Desk(pool, facts=facts, settings=settings, folder=path if path is not None and path.is_dir() else None)
        _speak(listener, desk, pool=pool, pages=pages, announce=announce)
        return not pool.lost.is_set()
    finally:
        control.close()
        _end_broker(broker)


def _end_broker(broker: int) -> None:
    """Wait until the broker has ended, which it does when its socket is closed, unless it is still loading."""
    with suppress(ChildProcessError):
        for _ in range(50):
            if os.waitpid(broker, os.WNOHANG)[0]:
                return
            time.sleep(0.02)
        os.kill(broker, signal.SIGKILL)
        os.waitpid(broker, 0)


def _load(path: Path | None, *, settings: Settings) -> Any:
    from airm_graph.serve.holdings import load_holdings

    return load_holdings(path, limits=settings.limits, public_url=settings.public_url)


def _check_extra() -> None:
    from importlib.util import find_spec

    missing = [name for name in ("brotli", "httptools", "jinja2", "starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise AirmError(f"serving needs libraries that are not installed ({', '.join(missing)}); run: pip install 'airm-graph[serve]'")


def _listen(settings: Settings) -> socket.socket:
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


def _say_address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _speak(listener: socket.socket, desk: Desk, *, pool: Pool, pages: Pages, announce: Callable[[str], None]) -> None:
    import uvicorn

    from airm_graph.serve.app import make_app
    from airm_graph.serve.wire import BoundedProtocol

    class _Server(uvicorn.Server):
        loop: asyncio.AbstractEventLoop

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # uvicorn's own raises the signal again in the end, so that a server that did as it was told would seem to have been killed.
            for number in (signal.SIGINT, signal.SIGTERM):
                self.loop.add_signal_handler(number, self.handle_exit, number, None)
            yield

        def handle_exit(self, sig: int, frame: "FrameType | None") -> None:
            super().handle_exit(sig, frame)
            self.loop.call_soon_threadsafe(pool.drain)
            self.loop.call_soon_threadsafe(self.loop.call_later, _DRAIN_SECONDS, pool.give_up)

    async def run() -> None:
        loop = server.loop = asyncio.get_running_loop()
        pool.start()
        await pool.wait_until_ready()
        watching = loop.create_task(_end_with(pool, server))
        announce(_say_address(listener))
        try:
            await server.serve(sockets=[listener])
        finally:
            watching.cancel()
            pool.stop()

    _log_as_json()
    config = uvicorn.Config(
        make_app(desk, pool=pool, pages=pages),
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(_DRAIN_SECONDS) + 1,
        limit_concurrency=1000,
        backlog=512,
    )
    server = _Server(config)
    runner = config.get_loop_factory()
    with asyncio.Runner(loop_factory=runner) as loops:
        loops.run(run())


def _log_as_json() -> None:
    """Let what uvicorn has to say be lines of JSON too."""

    class _Lines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return json.dumps({"level": record.levelname.lower(), "message": record.getMessage()})

    handler = logging.StreamHandler()
    handler.setFormatter(_Lines())
    logger = logging.getLogger("uvicorn")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.WARNING)


async def _end_with(pool: Pool, server: Any) -> None:
    """Without the broker nothing can be answered any more: whoever started the server shall start it again."""
    await pool.lost.wait()
    sys.stderr.write(json.dumps({"level": "error", "message": "the process that holds the data is gone; the server ends"}) + "\n")
    server.should_exit = True
