"""Limit the head of a request in size and in time, before anything else sees it."""

import asyncio
import re
from typing import Any, cast

# Not documented, and needed: uvicorn bounds neither the number of headers nor the time that a head
# takes, and with httptools not its length either; only the parser's callbacks know where a head
# ends. `tests/test_serve_uvicorn.py` names what is relied on.
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from airm_graph.serve.server_settings import Limits

__all__ = ["LimitedHttpProtocol", "limit_protocol"]

# An address with a query of 16 KB in which every byte is escaped, and as much again for headers.
_MOST_HEAD = 96 << 10
_MOST_ADDRESS = 65_000
_MOST_HEADERS = 100
# Clients in Java offer HTTP/2 in this header with every request over plain HTTP, which a server may
# pass over (RFC 9110, section 7.8); the parser takes no body behind it.
_UPGRADE = re.compile(rb"(\r\nUpgrad)e(?=:)", re.IGNORECASE)


def limit_protocol(limits: Limits, *, connections: int) -> type[HttpToolsProtocol]:
    """Make the HTTP protocol class of a server.

    Args:
        limits: Of heads and of sending.
        connections: How many clients may be connected.
    """
    values = {"head_seconds": limits.head_seconds, "send_seconds": limits.send_seconds, "most_connections": connections}
    return type("LimitedHttpProtocol", (LimitedHttpProtocol,), values)


class _BufferedTransport:
    """Sends in one system call what one turn of the loop writes: an answer's head and body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop, *, send_seconds: float) -> None:
        self._transport, self._loop, self._send_seconds = transport, loop, send_seconds
        self._parts: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()
        # What was written waits for the client; it does not wait for ever.
        self.limit_time()

    def limit_time(self) -> None:
        """Give the client some time to take what was written."""
        if self._timer is None:
            self._timer = self._loop.call_later(self._send_seconds, self._transport.abort)

    def stop_timer(self) -> None:
        """Take the limit away: the client took something, or is gone."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush(self) -> None:
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()


class LimitedHttpProtocol(HttpToolsProtocol):
    """Refuses heads that are too long (414, 431); closes connections that are too many, or send
    heads or take answers too slowly.
    """

    head_seconds, send_seconds, most_connections = 5.0, 10.0, 1000
    _timer: asyncio.TimerHandle | None = None
    idle_since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for the first request; where there are too many clients, part from the
        one that has been idle for longest.
        """
        if len(self.connections) >= self.most_connections and not self._make_room():
            transport.abort()
            return
        super().connection_made(cast("asyncio.Transport", _BufferedTransport(transport, self.loop, send_seconds=self.send_seconds)))
        self._received, self._fields, self._in_head = 0, 0, True
        self.idle_since = self.loop.time()
        self._timer = self.loop.call_later(self.head_seconds, transport.close)

    def _make_room(self) -> bool:
        others = [other for other in self.connections if isinstance(other, LimitedHttpProtocol) and other.is_idle]
        if others:
            oldest = min(others, key=lambda other: other.idle_since)
            oldest.transport.abort()
            self.connections.discard(oldest)
        return bool(others)

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers."""
        self._stop_timer()
        if isinstance(self.transport, _BufferedTransport):
            self.transport.stop_timer()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Start the timer for a client that takes nothing."""
        cast("_BufferedTransport", self.transport).limit_time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Stop it."""
        if not self.transport.is_closing():
            cast("_BufferedTransport", self.transport).stop_timer()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Note since when the connection is idle."""
        self.idle_since = self.loop.time()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is whole.

        A body that nobody reads any more has as much time as a head.
        """
        if self._timer is None and (self._in_head or self.cycle is None or self.cycle.response_complete):
            self._timer = self.loop.call_later(self.head_seconds, self.transport.close)
        self._received += len(data)
        if self._in_head:
            head, end, rest = data.partition(b"\r\n\r\n")
            data = _UPGRADE.sub(rb"\1_", head) + end + rest
        super().data_received(data)
        if self._in_head and self._received > _MOST_HEAD and not self.transport.is_closing():
            self._refuse(431)

    def on_url(self, url: bytes) -> None:
        """Count the address; a longer one cannot be parsed."""
        super().on_url(url)
        if len(self.url) > _MOST_ADDRESS and not self.transport.is_closing():
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count headers and their bytes."""
        super().on_header(name, value)
        self._fields += len(name) + len(value)
        if (len(self.headers) > _MOST_HEADERS or self._fields > _MOST_HEAD) and not self.transport.is_closing():
            self._refuse(431)

    def on_headers_complete(self) -> None:
        """Pass the request on."""
        self._stop_timer()
        self._in_head = False
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Pass the body on, unless the request was refused."""
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, unless it was refused; what follows is the head of another."""
        self._stop_timer()
        self._received, self._fields, self._in_head = 0, 0, True
        if self.cycle is not None:
            super().on_message_complete()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: int) -> None:
        reason = {414: b"URI Too Long", 431: b"Request Header Fields Too Large"}[status]
        self.transport.write(b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % (status, reason))
        self.transport.close()
