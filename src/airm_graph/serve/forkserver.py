"""Fork workers from the process that holds the data. It has one thread and answers nothing itself.

A fork shares the loaded store page by page, so a worker starts in milliseconds whatever the size of
the data. Forking is safe because nothing else runs in this process that could hold a lock.
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
from airm_graph.serve.messages import Message, Reply
from airm_graph.serve.server_settings import Limits
from airm_graph.serve.worker import run_worker

__all__ = [
    "BRANCH",
    "BRANCHED",
    "CONTROL",
    "KILL",
    "LOWER_PRIORITY",
    "START",
    "WORKER_ENDED",
    "WORKER_STARTED",
    "start_fork_server",
]

#: A command to the fork server or an event from it, the number of the worker, and its process or,
#: once it ended, its ``os.waitpid`` status.
CONTROL = struct.Struct(">cII")
START, KILL, LOWER_PRIORITY, BRANCH = b"S", b"K", b"L", b"B"
WORKER_STARTED, WORKER_ENDED, BRANCHED = b"W", b"E", b"R"
#: Status of a worker that could not be started.
_NOT_STARTED = 1 << 8
_BRANCH_NICE = 5


class MessageHandler(Protocol):
    """Describes its data, and answers messages about it."""

    info: Mapping[str, Any]

    def answer(self, message: Message) -> Reply:
        """Answer a message."""
        ...

    def prepare(self) -> None:
        """Load what only some messages need."""
        ...


def start_fork_server(load: Callable[[], MessageHandler], *, limits: Limits) -> tuple[socket.socket, int, Callable[[], Mapping[str, Any]]]:
    """Fork the fork server; the caller must not have threads yet.

    Args:
        load: Loads the data, in the fork server.
        limits: What its workers are held to.

    Returns:
        The control socket, the process number, and a function that waits until the data is loaded
        and returns its ``info``. That function raises AirmError with what *load* raised.
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

    def wait_for_info() -> Mapping[str, Any]:
        with os.fdopen(reading, "rb") as pipe:
            data = pipe.read()
        found: Mapping[str, Any] = json.loads(data) if data else {"error": "the process that loads the data ended"}
        if "error" in found:
            raise AirmError(found["error"])
        return found

    return ours, pid, wait_for_info


def _run(load: Callable[[], MessageHandler], *, control: socket.socket, report: int, limits: Limits) -> NoReturn:
    code = 1
    try:
        # Ctrl-C goes to the whole group; the HTTP process decides when this one ends, by closing
        # the socket.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        backend = _load(load, report=report)
        if backend is not None:
            _serve(backend, control=control, limits=limits)
            code = 0
    finally:
        os._exit(code)


def _load(load: Callable[[], MessageHandler], *, report: int) -> MessageHandler | None:
    with os.fdopen(report, "wb") as pipe:
        try:
            backend = load()
        except AirmError as error:
            pipe.write(json.dumps({"error": str(error)}).encode())
            return None
        if (threads := _count_threads()) > 1:
            pipe.write(json.dumps({"error": f"{threads} threads run in the process that forks, and one is the most"}).encode())
            return None
        pipe.write(json.dumps(backend.info).encode())
        return backend


def _count_threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 1


class _ForkServer:
    def __init__(self, backend: MessageHandler, *, control: socket.socket, limits: Limits) -> None:
        self._backend, self._control, self._limits = backend, control, limits
        self._workers: dict[int, int] = {}  # number to process
        self._branches: set[int] = set()
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)
        os.set_blocking(self._wake_writer, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_writer)

    def run(self) -> None:
        """Run commands until the other side is gone, then end every worker."""
        with suppress(OSError):
            while self._wait_once():
                pass
        for pid in self._workers.values():
            os.kill(pid, signal.SIGKILL)
        for pid in self._workers.values():
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)

    def _wait_once(self) -> bool:
        ready, _, _ = select.select([self._control.fileno(), self._wake_reader], [], [])
        if self._wake_reader in ready:
            with suppress(BlockingIOError):
                os.read(self._wake_reader, 4096)
            self._reap()
        if self._control.fileno() in ready:
            data = self._control.recv(CONTROL.size, socket.MSG_WAITALL)
            if len(data) < CONTROL.size:
                return False
            self._execute(*CONTROL.unpack(data)[:2])
        return True

    def _execute(self, command: bytes, number: int) -> None:
        if command == START:
            self._start(number)
        elif command == BRANCH:
            self._branch(number)
        # A process that ended keeps its number until it is reaped, so no other one is hit.
        elif command == KILL and number in self._workers:
            os.kill(self._workers[number], signal.SIGKILL)
        elif command == LOWER_PRIORITY and number in self._workers:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._workers[number], 19)

    def _start(self, number: int) -> None:
        try:
            ours, theirs = socket.socketpair()
            pid = os.fork()
        except OSError:  # too many processes or files on this machine: the HTTP process asks again later
            self._control.sendall(CONTROL.pack(WORKER_ENDED, number, _NOT_STARTED))
            return
        if pid == 0:
            signal.set_wakeup_fd(-1)
            _keep_only(theirs.fileno())
            run_worker(theirs, answer=self._backend.answer, limits=self._limits)
        theirs.close()
        self._workers[number] = pid
        socket.send_fds(self._control, [CONTROL.pack(WORKER_STARTED, number, pid)], [ours.fileno()])
        ours.close()

    def _branch(self, number: int) -> None:
        """Fork another fork server, with a socket of its own, that prepares before it starts
        workers.
        """
        try:
            ours, theirs = socket.socketpair()
            pid = os.fork()
        except OSError:
            self._control.sendall(CONTROL.pack(BRANCHED, number, 0))
            return
        if pid == 0:
            signal.set_wakeup_fd(-1)
            _keep_only(theirs.fileno())
            _run_branch(self._backend, control=theirs, limits=self._limits)
        theirs.close()
        self._branches.add(pid)
        socket.send_fds(self._control, [CONTROL.pack(BRANCHED, number, pid)], [ours.fileno()])
        ours.close()

    def _reap(self) -> None:
        numbers = {pid: number for number, pid in self._workers.items()}
        with suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = found
                if pid in self._branches:
                    self._branches.remove(pid)
                    continue
                del self._workers[numbers[pid]]
                self._control.sendall(CONTROL.pack(WORKER_ENDED, numbers[pid], status))


def _serve(backend: MessageHandler, *, control: socket.socket, limits: Limits) -> None:
    gc.collect()
    gc.freeze()
    _ForkServer(backend, control=control, limits=limits).run()


def _run_branch(backend: MessageHandler, *, control: socket.socket, limits: Limits) -> NoReturn:
    code = 1
    try:
        backend.prepare()
        # What everybody asks goes first.
        os.nice(_BRANCH_NICE)
        if _count_threads() == 1:
            _serve(backend, control=control, limits=limits)
            code = 0
    finally:
        os._exit(code)


def _keep_only(number: int) -> None:
    """Close every file but one; the standard streams lead to the null device."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.closerange(3, number)
    os.closerange(number + 1, max(4096, null + 1))
