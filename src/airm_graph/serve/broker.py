"""The process that holds the data and forks: one thread, no HTTP, no question is answered here.

A fork shares the loaded store page by page, so a worker starts in milliseconds whatever the size of the data. Forking is safe because
nothing else runs in this process that could hold a lock.
"""

import gc
import json
import os
import select
import signal
import socket
import struct
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, Protocol

from airm_graph.errors import AirmError
from airm_graph.serve.frames import Reply
from airm_graph.serve.settings import Limits
from airm_graph.serve.worker import serve_questions

__all__ = ["DEAD", "KILL", "LATER", "MESSAGE", "SPAWN", "WORKER", "start_broker"]

#: What is asked for or told, the number of the worker, and for the dead how it ended (``os.waitpid``).
MESSAGE = struct.Struct(">cII")
SPAWN, KILL, LATER = b"S", b"K", b"L"
WORKER, DEAD = b"W", b"D"


class Holder(Protocol):
    """What a broker holds: it answers questions, and says what it holds."""

    facts: Mapping[str, Any]

    def answer(self, question: Mapping[str, Any]) -> Reply:
        """Answer a question."""
        ...


def start_broker(load: Callable[[], Holder], *, limits: Limits) -> tuple[socket.socket, int, Callable[[], Mapping[str, Any]]]:
    """Fork the broker; the caller must not have threads yet.

    Args:
        load: Loads the data, in the broker.
        limits: What its workers are held to.

    Returns:
        The socket to ask it for workers, its process number, and a function that waits until it has loaded and returns its facts.
        That function raises AirmError with what *load* raised.
    """
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        ours.close()
        os.close(reading)
        _run(load, control=theirs, report=writing, limits=limits)
    theirs.close()
    os.close(writing)

    def wait_for_facts() -> Mapping[str, Any]:
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        found: Mapping[str, Any] = json.loads(said) if said else {"error": "the process that loads the data ended"}
        if "error" in found:
            raise AirmError(found["error"])
        return found

    return ours, pid, wait_for_facts


def _run(load: Callable[[], Holder], *, control: socket.socket, report: int, limits: Limits) -> NoReturn:
    code = 1
    try:
        # Ctrl-C goes to the whole group; the one who speaks HTTP decides when this one ends, by closing the socket.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        holder = _load(load, report=report)
        if holder is not None:
            gc.collect()
            gc.freeze()
            _Broker(holder, control=control, limits=limits).run()
            code = 0
    finally:
        os._exit(code)


def _load(load: Callable[[], Holder], *, report: int) -> Holder | None:
    with os.fdopen(report, "wb") as pipe:
        try:
            holder = load()
        except AirmError as error:
            pipe.write(json.dumps({"error": str(error)}).encode())
            return None
        if (threads := _count_threads()) > 1:
            pipe.write(json.dumps({"error": f"{threads} threads run in the process that forks, and one is the most"}).encode())
            return None
        pipe.write(json.dumps(holder.facts).encode())
        return holder


def _count_threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 1


class _Broker:
    def __init__(self, holder: Holder, *, control: socket.socket, limits: Limits) -> None:
        self._holder, self._control, self._limits = holder, control, limits
        self._workers: dict[int, int] = {}  # number to process
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_writer)

    def run(self) -> None:
        """Do what is asked until the other side is gone, then end every worker."""
        with suppress(OSError):
            while self._serve_once():
                pass
        for pid in self._workers.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self._workers.values():
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def _serve_once(self) -> bool:
        ready, _, _ = select.select([self._control.fileno(), self._wake_reader], [], [])
        if self._wake_reader in ready:
            with suppress(BlockingIOError):
                os.read(self._wake_reader, 4096)
            self._bury()
        if self._control.fileno() in ready:
            message = self._control.recv(MESSAGE.size, socket.MSG_WAITALL)
            if len(message) < MESSAGE.size:
                return False
            self._obey(*MESSAGE.unpack(message)[:2])
        return True

    def _obey(self, order: bytes, number: int) -> None:
        if order == SPAWN:
            self._spawn(number)
        # A process that ended keeps its number until it is buried, so nobody else is hit.
        elif order == KILL and number in self._workers:
            os.kill(self._workers[number], signal.SIGKILL)
        elif order == LATER and number in self._workers:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._workers[number], 19)

    def _spawn(self, number: int) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            _keep_only(theirs.fileno())
            serve_questions(theirs, answer=self._holder.answer, limits=self._limits)
        theirs.close()
        self._workers[number] = pid
        socket.send_fds(self._control, [MESSAGE.pack(WORKER, number, 0)], [ours.fileno()])
        ours.close()

    def _bury(self) -> None:
        numbers = {pid: number for number, pid in self._workers.items()}
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = found
                del self._workers[numbers[pid]]
                self._control.sendall(MESSAGE.pack(DEAD, numbers[pid], status))


def _keep_only(number: int) -> None:
    """Close every file but one; the standard streams lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.closerange(3, number)
    os.closerange(number + 1, max(4096, nowhere + 1))
