"""The HTTP parser's side of the limits: heads of requests are bounded in size and in time, before anything else sees them."""

import asyncio
from typing import Any, cast

# Not documented, and needed: uvicorn bounds neither the number of headers nor the time that a head takes, and with httptools not its
# length either; only the parser's callbacks know where a head ends. `tests/test_serve_uvicorn.py` names what is relied on.
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["BoundedProtocol"]

# An address with a query of 16 KB in which every byte is escaped, and as much again for headers.
_MOST_HEAD = 96 << 10
_MOST_ADDRESS = 65_000
_MOST_HEADERS = 100
_HEAD_SECONDS = 5.0


class _Corked:
    """A transport that sends in one piece what is written in one turn of the loop: head and body of an answer, in one system call."""

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


class BoundedProtocol(HttpToolsProtocol):
    """Refuses heads that are too long (414, 431) or too slow (408, by closing)."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock for the first request."""
        super().connection_made(cast("asyncio.Transport", _Corked(transport, self.loop)))
        self._head, self._in_head = 0, True
        self._clock: asyncio.TimerHandle | None = self.loop.call_later(_HEAD_SECONDS, transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes before the head is whole; a body that nobody reads any more has to end as soon as a head."""
        if self._clock is None and (self._in_head or self.cycle is None or self.cycle.response_complete):
            self._clock = self.loop.call_later(_HEAD_SECONDS, self.transport.close)
        self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > _MOST_HEAD and not self.transport.is_closing():
            self._refuse(431)

    def on_url(self, url: bytes) -> None:
        """Count the address; what is longer, the parser of addresses cannot take apart."""
        super().on_url(url)
        if len(self.url) > _MOST_ADDRESS and not self.transport.is_closing():
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count headers."""
        super().on_header(name, value)
        if len(self.headers) > _MOST_HEADERS and not self.transport.is_closing():
            self._refuse(431)

    def on_headers_complete(self) -> None:
        """Let the request pass."""
        self._stop_clock()
        self._in_head = False
        if not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Hand the body on, unless the request was refused."""
        if self.cycle is not None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request, unless it was refused; what follows is the head of another."""
        self._stop_clock()
        self._head, self._in_head = 0, True
        if self.cycle is not None:
            super().on_message_complete()

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _refuse(self, status: int) -> None:
        reason = {414: b"URI Too Long", 431: b"Request Header Fields Too Large"}[status]
        self.transport.write(b"HTTP/1.1 %d %s\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" % (status, reason))
        self.transport.close()
