"""What our server takes for granted of uvicorn beyond its documentation: a release that changes it fails here, and not in the field."""

import asyncio
import inspect

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from airm_graph.serve.http_limits import LimitedHttpProtocol


async def answer_nothing(scope: object, receive: object, send: object) -> None:
    """An application that is never called."""


def test_protocol_of_uvicorn_has_the_callbacks_that_are_bounded() -> None:
    for name in ("connection_made", "connection_lost", "data_received", "on_url", "on_header", "on_headers_complete", "on_body"):
        theirs, ours = getattr(HttpToolsProtocol, name), getattr(LimitedHttpProtocol, name)
        assert [*inspect.signature(theirs).parameters] == [*inspect.signature(ours).parameters], name
    assert HttpToolsProtocol.on_message_complete is not LimitedHttpProtocol.on_message_complete


def test_protocol_of_uvicorn_keeps_what_the_bounds_are_counted_by() -> None:
    loop = asyncio.new_event_loop()
    protocol = HttpToolsProtocol(uvicorn.Config(answer_nothing), ServerState(), {}, loop)
    loop.close()
    assert {"loop", "transport", "headers", "cycle"} <= vars(protocol).keys()
    assert "self.response_complete = " in inspect.getsource(RequestResponseCycle.__init__)
    protocol.on_message_begin()
    protocol.on_url(b"/a")
    protocol.on_header(b"A", b"b")
    assert (protocol.url, len(protocol.headers)) == (b"/a", 1)


def test_server_of_uvicorn_takes_signals_by_the_methods_that_are_replaced() -> None:
    # As it stands in the file: sse-starlette, which the SDK for assistants imports, puts another in its place.
    assert "def handle_exit(self, sig: int, frame: " in inspect.getsource(uvicorn.server)
    assert "with self.capture_signals():" in inspect.getsource(uvicorn.Server.serve)
    assert uvicorn.Server(uvicorn.Config(answer_nothing)).should_exit is False
