"""Workers as the process that speaks HTTP sees them: who is free, who is late, who waits.

There are two lanes. Every question starts in the swift one. One that takes longer than a moment goes to the slow lane, where it runs on
with the lowest priority until its time is over; a new worker takes its place, so that small questions never wait behind large ones. When
the slow lane is full, the question that has been in it for long is given up with 503, or else, where others wait, the new one.
"""

import asyncio
import os
import signal
import socket
from collections import Counter, deque
from collections.abc import Mapping
from typing import Any, cast

from airm_graph.serve.broker import DEAD, KILL, LATER, MESSAGE, SPAWN, WORKER
from airm_graph.serve.frames import Reply, pack_question, unpack_reply
from airm_graph.serve.settings import Limits

__all__ = ["Pool"]

_SAYS = {
    "busy": "the server is busy; ask again later",
    "crash": "the query needs more than the server gives to one; ask a simpler one",
    "draining": "the server is about to stop; ask again later",
    "memory": "the query needs more memory than the server gives to one; ask a smaller one",
    "slow": "the query takes long, and the server has too many of that kind at work; ask a smaller one, or ask again later",
    "time": "the query takes longer than the server allows; ask a smaller one",
}


# A question that has been running for so many times the swift limit may be given up for another one.
_LONG = 6
# Rust aborts where memory ends.
_SIGNALS = {int(signal.SIGALRM): "time", int(signal.SIGXCPU): "time", int(signal.SIGABRT): "memory"}


class _Worker(asyncio.Protocol):
    """One worker: takes one question at a time."""

    def __init__(self, pool: "Pool", number: int) -> None:
        self.pool, self.number = pool, number
        self.answered = 0
        self.begun = 0.0
        self.clocks: list[asyncio.TimerHandle] = []
        self.slow = False
        self.ending = ""
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Reply | None] | None = None
        self._data = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        reply = unpack_reply(self._data)
        if reply is not None:
            self._data.clear()
            self._settle(reply)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._settle(None)
        self.pool.lose(self)

    def _settle(self, reply: Reply | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(reply)

    def ask(self, question: Mapping[str, Any]) -> "asyncio.Future[Reply | None]":
        """Send a question; the future holds None when the worker died of it."""
        self._answer = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._answer.set_result(None)
        else:
            self._transport.write(pack_question(question))
        return self._answer

    def retire(self) -> None:
        """Let the worker end: it reads that nobody asks any more."""
        if self._transport is not None:
            self._transport.close()


class Pool:
    """Asks workers; started and stopped with the server.

    Attributes:
        ended: How many workers ended, by reason.
        lost: Set when the broker is gone: nothing can be asked any more.
    """

    def __init__(self, control: socket.socket, *, limits: Limits) -> None:
        """Take the socket to the broker."""
        self._control, self._limits = control, limits
        self._workers: dict[int, _Worker] = {}
        self._idle: deque[_Worker] = deque()
        self._waiting: deque[asyncio.Future[_Worker]] = deque()
        self._slow: set[_Worker] = set()
        self._starting: set[int] = set()
        self._dying: dict[int, _Worker] = {}
        self._joining: set[asyncio.Task[None]] = set()
        self._next = 0
        self._draining = False
        self.lost = asyncio.Event()
        self.ended: Counter[str] = Counter()

    @property
    def ready(self) -> bool:
        """Whether a question can be answered now."""
        return bool(self._workers) and not self._draining and not self.lost.is_set()

    @property
    def gauges(self) -> Mapping[str, int]:
        """How many workers there are, are idle and slow, and how many questions wait."""
        return {"workers": len(self._workers), "idle": len(self._idle), "slow": len(self._slow), "waiting": len(self._waiting)}

    def start(self) -> None:
        """Begin to listen to the broker and ask it for workers."""
        self._control.settimeout(0)
        asyncio.get_running_loop().add_reader(self._control.fileno(), self._hear)
        self._fill()

    async def wait_until_ready(self) -> None:
        """Wait for the first worker, or for the news that there will be none."""
        while not self._workers and not self.lost.is_set():
            await asyncio.sleep(0.005)

    def stop(self) -> None:
        """End every worker and the broker."""
        self._draining = True
        asyncio.get_running_loop().remove_reader(self._control.fileno())
        self._control.close()

    def drain(self) -> None:
        """Take no more questions and give up those that wait."""
        self._draining = True
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.cancel()

    def give_up(self) -> None:
        """End every worker that is busy: its question is answered with 503."""
        for worker in self._workers.values():
            if worker not in self._idle:
                self._kill(worker, "draining")

    async def ask(self, question: Mapping[str, Any]) -> Reply:
        """Have a question answered.

        Returns:
            The reply of a worker, or 503 with the reason why there is none.
        """
        worker = self._idle.popleft() if self._idle else await self._wait()
        if isinstance(worker, str):
            return _refuse(worker)
        self._start_clocks(worker)
        try:
            reply = await asyncio.shield(worker.ask(question))
        except asyncio.CancelledError:
            self._kill(worker, "gone")
            raise
        finally:
            for clock in worker.clocks:
                clock.cancel()
        if reply is None:
            return _refuse(await self._find_reason(worker))
        self._release(worker)
        return reply

    def _start_clocks(self, worker: _Worker) -> None:
        loop = asyncio.get_running_loop()
        worker.begun = loop.time()
        worker.clocks = [
            loop.call_later(self._limits.swift_seconds, self._slow_down, worker),
            loop.call_later(self._limits.seconds, self._kill, worker, "time"),
        ]

    async def _wait(self) -> "_Worker | str":
        if self._draining or self.lost.is_set():
            return "draining"
        if len(self._waiting) >= self._limits.waiting:
            return "busy"
        waiter: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._fill()
        try:
            return await asyncio.wait_for(waiter, self._limits.waiting_seconds)
        except TimeoutError:
            return "busy"
        except asyncio.CancelledError:
            if self._draining and waiter.cancelled():
                return "draining"
            raise
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    async def _find_reason(self, worker: _Worker) -> str:
        """Why a worker ended: as decided here, or as the broker tells."""
        for _ in range(50):
            if worker.ending:
                return worker.ending
            await asyncio.sleep(0.01)
        return "crash"

    def _release(self, worker: _Worker) -> None:
        worker.answered += 1
        self._slow.discard(worker)
        if worker.slow or worker.answered >= self._limits.recycle or self._draining:
            worker.ending = worker.ending or "recycled"
            self._workers.pop(worker.number, None)
            worker.retire()
            self._fill()
        else:
            self._hand_on(worker)

    def _hand_on(self, worker: _Worker) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def _slow_down(self, worker: _Worker) -> None:
        if not self._make_room(worker):
            return
        worker.slow = True
        self._slow.add(worker)
        self._tell(LATER, worker.number)
        self._fill()

    def _make_room(self, worker: _Worker) -> bool:
        """Whether the slow lane has a place for a worker, where needed that of one that has been in it for long."""
        running = [other for other in self._slow if not other.ending]
        if len(running) < self._limits.workers:
            return True
        loop = asyncio.get_running_loop()
        oldest = min(running, key=lambda other: other.begun)
        if loop.time() - oldest.begun > _LONG * self._limits.swift_seconds:
            self._kill(oldest, "slow")
            return True
        # On a busy machine a small question may have waited for a processor all the time: it gets a second moment.
        if self._waiting and loop.time() - worker.begun > 1.9 * self._limits.swift_seconds:
            self._kill(worker, "slow")
        else:
            worker.clocks[0] = loop.call_later(self._limits.swift_seconds, self._slow_down, worker)
        return False

    def _kill(self, worker: _Worker, reason: str) -> None:
        worker.ending = worker.ending or reason
        self._tell(KILL, worker.number)

    def lose(self, worker: _Worker) -> None:
        """Forget a worker whose connection is gone."""
        self._workers.pop(worker.number, None)
        self._slow.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.ending:
            self.ended[worker.ending] += 1
        else:
            # It ended by itself: what it died of comes from the broker.
            self._dying[worker.number] = worker
        self._fill()

    def _fill(self) -> None:
        if self._draining or self.lost.is_set():
            return
        swift = len(self._workers) - len(self._slow) + len(self._starting)
        for _ in range(self._limits.workers - swift):
            self._next += 1
            self._starting.add(self._next)
            self._tell(SPAWN, self._next)

    def _tell(self, order: bytes, number: int) -> None:
        try:
            self._control.send(MESSAGE.pack(order, number, 0))
        except OSError:
            self.lost.set()

    def _hear(self) -> None:
        try:
            message, handles, _, _ = socket.recv_fds(self._control, MESSAGE.size, 1)
        except BlockingIOError:
            return
        except OSError:
            message, handles = b"", []
        if len(message) < MESSAGE.size:
            self.lost.set()
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            return
        what, number, status = MESSAGE.unpack(message)
        if what == WORKER and handles:
            task = asyncio.get_running_loop().create_task(self._join(number, socket.socket(fileno=handles[0])))
            self._joining.add(task)
            task.add_done_callback(self._joining.discard)
        elif what == DEAD:
            self._note_death(number, status)

    async def _join(self, number: int, connection: socket.socket) -> None:
        connection.settimeout(0)
        worker = _Worker(self, number)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=connection)
        self._starting.discard(number)
        self._workers[number] = worker
        self._hand_on(worker)

    def _note_death(self, number: int, status: int) -> None:
        if number in self._workers:
            self._workers[number].ending = self._workers[number].ending or _explain(status)
        elif number in self._dying:
            worker = self._dying.pop(number)
            worker.ending = _explain(status)
            self.ended[worker.ending] += 1


def _refuse(reason: str) -> Reply:
    return Reply(503, {"error": _SAYS.get(reason, _SAYS["crash"]), "reason": reason})


def _explain(status: int) -> str:
    """Say what a worker died of."""
    if os.WIFSIGNALED(status):
        return _SIGNALS.get(os.WTERMSIG(status), "crash")
    return "memory" if os.WEXITSTATUS(status) == 1 else "crash"
