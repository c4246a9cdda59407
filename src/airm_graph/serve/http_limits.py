"""Limit the head of a request in size and in time, before anything else sees it."""

import asyncio
from typing import Any, cast

# Not documented, and needed: uvicorn bounds neither the number of headers nor the time that a head
# takes, and with httptools not its length either; only the parser's callbacks know where a head
# ends. `tests/test_serve_uvicorn.py` names what is relied on.
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["LimitedHttpProtocol", "limit_protocol"]

# An address with a query of 16 KB in which every byte is escaped, and as much again for headers.
_MOST_HEAD = 96 << 10
_MOST_ADDRESS = 65_000
_MOST_HEADERS = 100


def limit_protocol(*, head_seconds: float) -> type[HttpToolsProtocol]:
    """Make the HTTP protocol class of a server.

    Args:
        head_seconds: Time in which the head of a request has to arrive.
    """
    return type("LimitedHttpProtocol", (LimitedHttpProtocol,), {"head_seconds": head_seconds})


class _BufferedTransport:
    """Sends in one system call what one turn of the loop writes: an answer's head and body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()


class LimitedHttpProtocol(HttpToolsProtocol):
    """Refuses heads that are too long (414, 431); closes connections whose heads are too slow."""

    head_seconds = 5.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer for the first request."""
        super().connection_made(cast("asyncio.Transport", _BufferedTransport(transport, self.loop)))
        self._received, self._fields, self._in_head = 0, 0, True
        self._timer: asyncio.TimerHandle | None = self.loop.call_later(self.head_seconds, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is whole.

        A body that nobody reads any more has as much time as a head.
        """
        if self._timer is None and (self._in_head or self.cycle is None or self.cycle.response_complete):
            self._timer = self.loop.call_later(self.head_seconds, self.transport.close)
        self._received += len(data)
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
