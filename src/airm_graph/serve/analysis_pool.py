"""Send analyses to workers of their own, which have what only analyses need.

They are forked from a process that is started when the first analysis is asked for, at a lower
priority: whoever asks for none pays for none. Data does not change while a server runs, so an
answer is kept and given again.
"""

import asyncio
import json
from collections import OrderedDict
from dataclasses import replace

from airm_graph.serve.analyses import LIGHT
from airm_graph.serve.messages import Message, Reply
from airm_graph.serve.server_settings import Limits
from airm_graph.serve.worker_pool import WorkerPool
from airm_graph.serve.worker_status import make_refusal

__all__ = ["AnalysisPool"]

#: How many there are, and for how many seconds a request waits until they are; bytes of one answer
#: and of all answers that are kept.
_WORKERS, _START_SECONDS = 2, 60.0
_MOST_KEPT_OF_ONE, _MOST_KEPT = 4 << 20, 32 << 20


class AnalysisPool:
    """Sends messages: analyses to workers of their own, all others to the pool of the server."""

    def __init__(self, pool: WorkerPool, *, limits: Limits) -> None:
        """Take the pool of the server and its limits."""
        self._pool = pool
        # No analysis is slow beside others: each has the time that a request may take.
        self._limits = replace(limits, workers=_WORKERS, fast_seconds=limits.seconds)
        self._starting: asyncio.Task[WorkerPool | None] | None = None
        self._kept: OrderedDict[str, Reply] = OrderedDict()
        self._size = 0

    async def send(self, message: Message) -> Reply:
        """Send a message and wait for its reply."""
        if message["kind"] != "analysis" or message["name"] in LIGHT:
            return await self._pool.send(message)
        key = json.dumps(message, sort_keys=True)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        pool = await self._find_pool()
        if isinstance(pool, str):
            return make_refusal(pool)
        reply = await pool.send(message)
        if reply.status == 200:
            self._keep(key, reply)
        return reply

    async def _find_pool(self) -> "WorkerPool | str":
        """Find the workers; otherwise say why there are none."""
        if self._starting is None or _has_ended(self._starting):
            self._starting = asyncio.create_task(self._pool.branch(self._limits))
        try:
            pool = await asyncio.wait_for(asyncio.shield(self._starting), _START_SECONDS)
        except TimeoutError:
            return "preparing"
        return "memory" if pool is None else pool

    def _keep(self, key: str, reply: Reply) -> None:
        # Two may have asked for the same at once.
        if len(reply.body) > _MOST_KEPT_OF_ONE or key in self._kept:
            return
        self._size += len(reply.body)
        self._kept[key] = reply
        while self._size > _MOST_KEPT:
            self._size -= len(self._kept.popitem(last=False)[1].body)


def _has_ended(starting: "asyncio.Task[WorkerPool | None]") -> bool:
    """Tell whether a start came to nothing, or its process ended; then its workers go too."""
    if not starting.done():
        return False
    pool = starting.result()
    if pool is not None and pool.lost.is_set():
        pool.stop()
    return pool is None or pool.lost.is_set()
