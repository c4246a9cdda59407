"""A small triple store on loopback that misbehaves on demand: what a real one does too rarely to wait for.

``/query`` answers SPARQL, ``/update`` takes updates, ``/store?graph=`` is a graph store, all on Oxigraph. *faults* are taken one by one,
each by the first request that it fits.
"""

import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pyoxigraph as ox

Fault = Callable[["_Handler"], bool]
TURTLE, JSON = ox.RdfFormat.TURTLE, ox.QueryResultsFormat.JSON


@dataclass
class GraphStore:
    """What the server holds and has seen.

    Attributes:
        union: Whether the default graph is the union of all.
        heeds: Whether default-graph-uri is heeded.
        auth: ``basic``, ``silent`` (the same without saying so), ``bearer``, or the algorithm of Digest; empty to ask for nothing.
    """

    union: bool = True
    heeds: bool = True
    auth: str = ""
    nonce: str = "dcd98b7102dd2f0e8b11d0f600bfb0c093"
    store: ox.Store = field(default_factory=ox.Store)
    seen: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    url: str = ""

    @property
    def sent(self) -> list[str]:
        """Requests that change something."""
        return [line for line in self.seen if not line.startswith("POST /query")]

    def graphs(self) -> set[str]:
        return {str(graph)[1:-1] for graph in self.store.named_graphs()}


@contextmanager
def run_store(**settings: Any) -> Iterator[GraphStore]:
    state = GraphStore(**settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"state": state}))
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def fail(status: int, *, on: str = "", body: str = "", **headers: str) -> Fault:
    """Answer with a status instead of doing what was asked; underscores in the names of headers stand for hyphens."""

    def fault(handler: "_Handler") -> bool:
        if not handler.line.startswith(on):
            return False
        handler.reply(status, body.encode(), **headers)
        return True

    return fault


def hang_up(*, on: str = "", after: bytes = b"") -> Fault:
    """Close the connection, perhaps in the middle of an answer."""

    def fault(handler: "_Handler") -> bool:
        if not handler.line.startswith(on):
            return False
        handler.wfile.write(after)
        handler.wfile.flush()
        handler.close_connection = True
        return True

    return fault


def lose(*, on: str) -> Fault:
    """Say that all went well and do nothing."""
    return fail(204, on=on)


class _Handler(BaseHTTPRequestHandler):
    state: GraphStore
    protocol_version = "HTTP/1.1"
    line = ""
    body = b""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def log_message(self, *_arguments: Any) -> None:
        """Keep quiet."""

    def do(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.line = f"{self.command} {self.path}"
        self.state.seen.append(self.line)
        self.state.headers.append({name.lower(): value for name, value in self.headers.items()})
        for fault in self.state.faults:
            if fault(self):
                self.state.faults.remove(fault)
                return
        if self.is_known():
            getattr(self, urlsplit(self.path).path.strip("/").replace("/", "_") or "nothing", self.nothing)()

    do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815 - the names that http.server looks for

    def is_known(self) -> bool:
        """Whether the request proves who it is from, user "me" with the password "hunter2"; it is answered when it does not."""
        given, known = self.headers.get("Authorization", ""), True
        if self.state.auth in ("basic", "silent"):
            known = given == "Basic " + base64.b64encode(b"me:hunter2").decode()
            asked = 'Basic realm="store"'
        elif self.state.auth == "bearer":
            known, asked = given == "Bearer hunter2", 'Bearer realm="store"'
        elif self.state.auth:
            known = self.is_signed(given)
            asked = (
                f'Digest realm="a \\"store\\"", nonce="{self.state.nonce}", qop="auth,auth-int", opaque="o", algorithm={self.state.auth}'
            )
        if not known:
            told = {} if self.state.auth == "silent" else {"WWW_Authenticate": asked}
            self.reply(401, b"", Connection="close", **told)
        return known

    def is_signed(self, given: str) -> bool:
        found = dict(re.findall(r'(\w+)="?((?:[^",\\]|\\.)*)"?', given.removeprefix("Digest ")))
        if found.get("nonce") != self.state.nonce:
            return False

        def digest(text: str) -> str:
            return hashlib.new({"MD5": "md5", "SHA-256": "sha256"}[self.state.auth], text.encode()).hexdigest()

        secret, request = digest('me:a "store":hunter2'), digest(f"{self.command}:{self.path}")
        return found["response"] == digest(f"{secret}:{self.state.nonce}:{found['nc']}:{found['cnonce']}:auth:{request}")

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
            self.close_connection = self.close_connection or (name, value) == ("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def nothing(self) -> None:
        self.reply(404, b"nothing here")

    def query(self) -> None:
        form = parse_qs(self.body.decode())
        defaults = [ox.NamedNode(graph) for graph in form.get("default-graph-uri", ())] if self.state.heeds else None
        defaults = defaults or None
        named = [ox.NamedNode(graph) for graph in form.get("named-graph-uri", ())] or None
        union = self.state.union and defaults is None
        found = self.state.store.query(form["query"][0], use_default_graph_as_union=union, default_graph=defaults, named_graphs=named)
        if isinstance(found, ox.QueryTriples):
            self.reply(200, found.serialize(format=ox.RdfFormat.N_TRIPLES), Content_Type="application/n-triples")
        else:
            self.reply(200, found.serialize(format=JSON), Content_Type="application/sparql-results+json")

    def update(self) -> None:
        self.state.store.update(self.body.decode())
        self.reply(204, b"")

    def store(self) -> None:
        graph = ox.NamedNode(unquote(parse_qs(urlsplit(self.path).query)["graph"][0]))
        if self.command in ("PUT", "DELETE"):
            self.state.store.remove_graph(graph)
        if self.command in ("PUT", "POST"):
            self.state.store.load(self.body, format=TURTLE, to_graph=graph)
        self.reply(204, b"")
