"""Bound the bytes and files that wait for their clients, over all connections, and give memory back
afterwards.
"""

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from airm_graph.serve.problems import Problem
from airm_graph.serve.server_settings import Limits

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["MOST_FILES", "Outbox"]

#: Files of the release that may be sent at a time: each takes a descriptor.
MOST_FILES = 32
#: From so many bytes on, what the allocator keeps is asked back.
_MUCH = 16 << 20


class Outbox:
    """Counts what is being sent."""

    def __init__(self, limits: Limits) -> None:
        """Take the limits."""
        self.limits = limits
        self._bytes = self._files = self._peak = 0

    @staticmethod
    def of(request: "Request") -> "Outbox":
        """Find the outbox of the app that answers a request."""
        found: Outbox = request.app.state.outbox
        return found

    def take(self, size: int) -> None:
        """Count an answer in.

        Raises:
            Problem: Too many bytes wait for their clients: 503.
        """
        if self._bytes + size > self.limits.in_flight:
            self._refuse()
        self._bytes += size
        self._peak = max(self._peak, self._bytes)

    def give(self, size: int) -> None:
        """Count an answer out, sent or given up."""
        self._bytes -= size
        if not self._bytes and self._peak > _MUCH:
            self._peak = 0
            # A moment later, when what held the last answer is gone.
            asyncio.get_running_loop().call_later(1, _give_back_memory)

    def take_file(self) -> None:
        """Count a file in.

        Raises:
            Problem: Too many files are being sent: 503.
        """
        if self._files >= MOST_FILES:
            self._refuse()
        self._files += 1

    def give_file(self, handle: int) -> None:
        """Close a file and count it out."""
        os.close(handle)
        self._files -= 1

    def _refuse(self) -> None:
        raise Problem(503, "many large answers wait for their clients; ask again later", headers={"Retry-After": "2"}, reason="busy")


def _give_back_memory() -> None:
    """Ask the allocator of the GNU system to give back what is free; others do so by themselves or
    not at all.
    """
    import ctypes
    import gc

    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
