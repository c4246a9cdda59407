"""Run a worker: a child process that answers messages under limits of the kernel.

It can open nothing: no file, no connection, no process. When it takes too much time or memory it
dies, and the HTTP process sees that.
"""

import json
import math
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from airm_graph.serve.messages import LENGTH, Message, Reply, pack_reply
from airm_graph.serve.server_settings import Limits

__all__ = ["limit_memory", "run_worker"]

#: Oxigraph's parser and evaluator recurse: queries within the limits have a wide margin on this
#: much stack.
_STACK = 64 << 20


def run_worker(connection: socket.socket, *, answer: Callable[[Message], Reply], limits: Limits) -> NoReturn:
    """Answer messages that come in on *connection* until it is closed; never returns."""
    _restrict(limits)
    code = 0
    try:
        while (message := _read_message(connection)) is not None:
            _start_timers(limits)
            reply = pack_reply(_answer(answer, message))
            signal.setitimer(signal.ITIMER_REAL, 0)
            connection.sendall(reply)
    except MemoryError:
        code = 1
    except OSError:
        code = 2
    finally:
        os._exit(code)


def _answer(answer: Callable[[Message], Reply], message: Message) -> Reply:
    try:
        return answer(message)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - an error of ours is sent to the HTTP process, which logs it
        detail = f"{type(error).__name__}: {error}"
        return Reply(503, {"error": "the request could not be answered", "reason": "internal", "detail": detail})


def _restrict(limits: Limits) -> None:
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN if number in {signal.SIGINT, signal.SIGPIPE} else signal.SIG_DFL)
    # Where the machine runs out of memory, let it be a worker that is ended.
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (_STACK if hard == resource.RLIM_INFINITY else min(_STACK, hard), hard))
    for name, most in ((resource.RLIMIT_AS, _count_taken() + limits.memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(name, (most, most))
    # From here on nothing can be opened: neither a file nor a connection.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def _count_taken() -> int:
    """Count the bytes of addresses that this process has."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0


@contextmanager
def limit_memory(size: int) -> Iterator[None]:
    """Let this process take no more than *size* bytes while the block runs."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_count_taken() + size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _start_timers(limits: Limits) -> None:
    # The HTTP process ends a worker that is late; these two end it even when that process hangs.
    signal.setitimer(signal.ITIMER_REAL, limits.seconds + 1)
    used = time.process_time()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + limits.seconds) + 1, hard))


def _read_message(connection: socket.socket) -> Message | None:
    head = _read(connection, LENGTH.size)
    if head is None:
        return None
    data = _read(connection, LENGTH.unpack(head)[0])
    return None if data is None else json.loads(data)


def _read(connection: socket.socket, size: int) -> bytes | None:
    parts = b""
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            return None
        parts += part
    return parts
