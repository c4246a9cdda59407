"""Keep track of workers in the HTTP process: which are idle, which are late, which requests wait.

Every request starts on a fast worker. One that takes longer than a moment becomes slow: it goes on
with the lowest priority until its time is over, and a new worker takes its place, so that small
requests never wait behind large ones. A moment is time of the processor: on a busy machine a small
request takes long and is still small. When there are as many slow requests as are allowed, the one
that has run for longest is given up with 503, or else, where others wait, the new one.

A worker that ends without having been told to is replaced, and its request is tried once more where
the reason came from outside. The pool looks at itself once a second: a start that nobody answers is
made again.
"""

import asyncio
import os
import socket
from collections import Counter, deque
from collections.abc import Mapping
from typing import cast

from airm_graph.serve.forkserver import BRANCH, BRANCHED, CONTROL, KILL, LOWER_PRIORITY, START, WORKER_ENDED, WORKER_STARTED
from airm_graph.serve.messages import Message, Reply, pack_message, unpack_reply
from airm_graph.serve.server_settings import Limits
from airm_graph.serve.worker_status import make_refusal, read_status, read_used

__all__ = ["WorkerPool"]

# A request that has been running for so many times the fast limit may be given up for another one.
_LONG = 6
#: Seconds between two looks of the pool at itself; after which a start counts as failed; without a
#: worker, after which the server is ill.
_LOOK, _START_SECONDS, _ILL_SECONDS = 1.0, 10.0, 5.0


class _Worker(asyncio.Protocol):
    """Sends one message at a time to one worker."""

    def __init__(self, pool: "WorkerPool", number: int, process: int) -> None:
        self.pool, self.number, self.process = pool, number, process
        self.used = 0.0
        self.answered = 0
        self.begun = 0.0
        self.timers: list[asyncio.TimerHandle] = []
        self.is_slow = False
        self.ending = ""
        self._transport: asyncio.Transport | None = None
        self._reply: asyncio.Future[Reply | None] | None = None
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
        self.pool.remove(self)

    def _settle(self, reply: Reply | None) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(reply)

    def send(self, message: Message) -> "asyncio.Future[Reply | None]":
        """Send a message; the future holds None when the worker died of it."""
        self._reply = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._reply.set_result(None)
        else:
            self._transport.write(pack_message(message))
        return self._reply

    def close(self) -> None:
        """Close the connection, so that the worker ends."""
        if self._transport is not None:
            self._transport.close()


class WorkerPool:
    """Sends messages to workers; started and stopped with the server.

    Attributes:
        ended: How many workers ended, by reason.
        lost: Set when the fork server is gone: nothing can be answered any more.
    """

    def __init__(self, control: socket.socket, *, limits: Limits) -> None:
        """Take the control socket of the fork server."""
        self._control, self._limits = control, limits
        self._workers: dict[int, _Worker] = {}
        self._idle: deque[_Worker] = deque()
        self._queue: deque[asyncio.Future[_Worker]] = deque()
        self._slow: set[_Worker] = set()
        self._starting: dict[int, float] = {}  # number to when it was asked for
        self._unexplained: dict[int, _Worker] = {}
        self._connecting: set[asyncio.Task[None]] = set()
        self._last_number = 0
        self._branching: dict[int, asyncio.Future[socket.socket | None]] = {}
        self._branches: list[WorkerPool] = []
        self._draining = False
        self._last_alive = 0.0
        self.lost = asyncio.Event()
        self.ended: Counter[str] = Counter()

    @property
    def is_ready(self) -> bool:
        """Whether a message can be answered now."""
        return bool(self._workers) and not self._draining and not self.lost.is_set()

    @property
    def ill_seconds(self) -> float:
        """For how long nothing could be answered, where that is longer than it may be; otherwise
        0.
        """
        if self._idle and not self.lost.is_set():
            return 0.0
        since = asyncio.get_running_loop().time() - self._last_alive
        most = _ILL_SECONDS if not self._workers else self._limits.seconds + _ILL_SECONDS
        return since if since > most else 0.0

    @property
    def gauges(self) -> Mapping[str, int]:
        """How many workers there are, are idle and slow, and how many requests wait."""
        return {"workers": len(self._workers), "idle": len(self._idle), "slow": len(self._slow), "waiting": len(self._queue)}

    def start(self) -> None:
        """Begin to read events of the fork server, and start workers."""
        self._control.settimeout(0)
        loop = asyncio.get_running_loop()
        loop.add_reader(self._control.fileno(), self._read_event)
        self._last_alive = loop.time()
        self._look()

    def _look(self) -> None:
        """Give up starts that nobody answered, and start what is missing."""
        if self._draining or self.lost.is_set():
            return
        loop = asyncio.get_running_loop()
        if self._idle:
            self._last_alive = loop.time()
        for number, asked in list(self._starting.items()):
            if loop.time() - asked > _START_SECONDS:
                self._give_up_start(number)
        self._start_workers()
        loop.call_later(_LOOK, self._look)

    def _give_up_start(self, number: int) -> None:
        """Forget a worker that never came; the next look starts another one."""
        self._starting.pop(number, None)
        self._send_command(KILL, number)

    async def wait_until_ready(self) -> None:
        """Wait for the first worker, or until the fork server is lost."""
        while not self._workers and not self.lost.is_set():
            await asyncio.sleep(0.005)

    async def branch(self, limits: Limits) -> "WorkerPool | None":
        """Start a pool whose workers come from a process that has prepared; None where it ended."""
        self._last_number += 1
        number, waiting = self._last_number, asyncio.get_running_loop().create_future()
        self._branching[number] = waiting
        self._send_command(BRANCH, number)
        control = await waiting
        if control is None:
            return None
        pool = WorkerPool(control, limits=limits)
        pool.start()
        self._branches.append(pool)
        await pool.wait_until_ready()
        return None if pool.lost.is_set() else pool

    def stop(self) -> None:
        """End every worker and the fork server."""
        for pool in self._branches:
            pool.stop()
        self._draining = True
        for worker in self._workers.values():
            worker.close()
        if self._control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            self._control.close()

    def drain(self) -> None:
        """Take no more messages and give up those that wait."""
        for pool in self._branches:
            pool.drain()
        self._draining = True
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.cancel()

    def kill_busy(self) -> None:
        """End every worker that is busy: its request is answered with 503."""
        for pool in self._branches:
            pool.kill_busy()
        for worker in self._workers.values():
            if worker not in self._idle:
                self._kill(worker, "draining")

    async def send(self, message: Message) -> Reply:
        """Send a message to a worker; once more where the worker was ended from outside.

        Returns:
            Its reply, or 503 with the reason why there is none.
        """
        reply = await self._send_once(message)
        return await self._send_once(message) if reply.head.get("reason") == "killed" else reply

    async def _send_once(self, message: Message) -> Reply:
        worker = self._idle.popleft() if self._idle else await self._wait()
        if isinstance(worker, str):
            return make_refusal(worker)
        self._start_timers(worker)
        try:
            reply = await asyncio.shield(worker.send(message))
        except asyncio.CancelledError:
            self._kill(worker, "gone")
            raise
        finally:
            for timer in worker.timers:
                timer.cancel()
        if reply is None:
            return make_refusal(await self._find_reason(worker))
        self._release(worker)
        return reply

    def _start_timers(self, worker: _Worker) -> None:
        loop = asyncio.get_running_loop()
        worker.begun, worker.used = loop.time(), read_used(worker.process)
        worker.timers = [
            loop.call_later(self._limits.fast_seconds, self._make_slow, worker),
            loop.call_later(self._limits.seconds, self._kill, worker, "time"),
        ]

    async def _wait(self) -> "_Worker | str":
        if self._draining or self.lost.is_set():
            return "draining"
        if len(self._queue) >= self._limits.queue_length:
            return "busy"
        waiter: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self._queue.append(waiter)
        self._start_workers()
        try:
            return await asyncio.wait_for(waiter, self._limits.queue_seconds)
        except TimeoutError:
            return "busy"
        except asyncio.CancelledError:
            if self._draining and waiter.cancelled():
                return "draining"
            raise
        finally:
            if waiter in self._queue:
                self._queue.remove(waiter)

    async def _find_reason(self, worker: _Worker) -> str:
        """Find why a worker ended: as decided here, or as the fork server tells."""
        for _ in range(50):
            if worker.ending:
                return worker.ending
            await asyncio.sleep(0.01)
        return "crash"

    def _release(self, worker: _Worker) -> None:
        worker.answered += 1
        self._last_alive = asyncio.get_running_loop().time()
        self._slow.discard(worker)
        if worker.is_slow or worker.answered >= self._limits.requests_per_worker or self._draining:
            worker.ending = worker.ending or "recycled"
            self._workers.pop(worker.number, None)
            worker.close()
            self._start_workers()
        else:
            self._assign(worker)

    def _assign(self, worker: _Worker) -> None:
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.done():
                waiter.set_result(worker)
                return
        self._idle.append(worker)

    def _make_slow(self, worker: _Worker) -> None:
        left = self._limits.fast_seconds - (read_used(worker.process) - worker.used)
        if worker.used and left > 0:
            # It waited for a processor most of the time.
            worker.timers[0] = asyncio.get_running_loop().call_later(max(left, self._limits.fast_seconds / 5), self._make_slow, worker)
            return
        if not self._allow_slow(worker):
            return
        worker.is_slow = True
        self._slow.add(worker)
        self._send_command(LOWER_PRIORITY, worker.number)
        self._start_workers()

    def _allow_slow(self, worker: _Worker) -> bool:
        """Whether a worker may go on as a slow one, if need be instead of an older one."""
        running = [other for other in self._slow if not other.ending]
        if len(running) < self._limits.workers:
            return True
        loop = asyncio.get_running_loop()
        oldest = min(running, key=lambda other: other.begun)
        if loop.time() - oldest.begun > _LONG * self._limits.fast_seconds:
            self._kill(oldest, "slow")
            return True
        # On a busy machine a small request may have waited for a processor all the time: it gets a
        # second moment.
        if self._queue and loop.time() - worker.begun > 1.9 * self._limits.fast_seconds:
            self._kill(worker, "slow")
        else:
            worker.timers[0] = loop.call_later(self._limits.fast_seconds, self._make_slow, worker)
        return False

    def _kill(self, worker: _Worker, reason: str) -> None:
        worker.ending = worker.ending or reason
        self._send_command(KILL, worker.number)

    def remove(self, worker: _Worker) -> None:
        """Remove a worker whose connection is gone."""
        self._workers.pop(worker.number, None)
        self._slow.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.ending:
            self.ended[worker.ending] += 1
        else:
            # It ended by itself; why, the fork server tells.
            self._unexplained[worker.number] = worker
        self._start_workers()

    def _start_workers(self) -> None:
        if self._draining or self.lost.is_set():
            return
        fast = len(self._workers) - len(self._slow) + len(self._starting)
        for _ in range(self._limits.workers - fast):
            self._last_number += 1
            self._starting[self._last_number] = asyncio.get_running_loop().time()
            self._send_command(START, self._last_number)

    def _send_command(self, command: bytes, number: int) -> None:
        try:
            self._control.send(CONTROL.pack(command, number, 0))
        except OSError:
            self._lose()

    def _lose(self) -> None:
        """Note that the fork server is gone, unless it was told to go."""
        if not self._draining:
            self.lost.set()

    def _read_event(self) -> None:
        try:
            data, handles, _, _ = socket.recv_fds(self._control, CONTROL.size, 1)
        except BlockingIOError:
            return
        except OSError:
            data, handles = b"", []
        if len(data) < CONTROL.size:
            self._lose()
            asyncio.get_running_loop().remove_reader(self._control.fileno())
            return
        event, number, status = CONTROL.unpack(data)
        if event == WORKER_STARTED and handles and number in self._starting:
            task = asyncio.get_running_loop().create_task(self._connect(number, socket.socket(fileno=handles[0]), process=status))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        elif event == WORKER_STARTED:
            # Its socket could not be received: this process has too many files open. Nobody can
            # speak to it.
            for handle in handles:
                os.close(handle)
            self._give_up_start(number)
        elif event == WORKER_ENDED:
            self._explain_end(number, status)
        elif event == BRANCHED and number in self._branching:
            self._branching.pop(number).set_result(socket.socket(fileno=handles[0]) if handles else None)

    async def _connect(self, number: int, connection: socket.socket, *, process: int) -> None:
        connection.settimeout(0)
        worker = _Worker(self, number, process)
        await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=connection)
        self._starting.pop(number, None)
        self._last_alive = asyncio.get_running_loop().time()
        self._workers[number] = worker
        self._assign(worker)

    def _explain_end(self, number: int, status: int) -> None:
        if number in self._workers:
            self._workers[number].ending = self._workers[number].ending or read_status(status)
        elif number in self._unexplained:
            worker = self._unexplained.pop(number)
            worker.ending = read_status(status)
            self.ended[worker.ending] += 1
        else:
            self._starting.pop(number, None)
