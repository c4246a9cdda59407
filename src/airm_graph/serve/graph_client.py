"""Ask for data, for endpoints and pages: send messages to workers and read their replies."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from airm_graph.graph.store import parse_rows
from airm_graph.query.answers import Table
from airm_graph.search import Choice, Hit, Hits
from airm_graph.serve.addresses import ServerAddresses
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.messages import Message, Reply
from airm_graph.serve.problems import Problem
from airm_graph.serve.resource_description import Resource, read_resource_json
from airm_graph.serve.server_settings import Settings
from airm_graph.terms import Quad

__all__ = ["Beginning", "GraphClient"]

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Sender(Protocol):
    """Sends messages to workers: `WorkerPool`."""

    async def send(self, message: Message) -> Reply:
        """Send a message and wait for its reply."""
        ...


@dataclass(frozen=True, slots=True)
class Beginning:
    """Hold the beginning of the answer to any query.

    Attributes:
        columns, rows: Of a SELECT; the first rows, as N-Triples terms.
        count: How many rows there are.
        truth: Of an ASK.
        text: Of a CONSTRUCT or DESCRIBE, as Turtle; the beginning of it.
        is_whole: Whether that is everything.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    count: int = 0
    truth: bool | None = None
    text: str = ""
    is_whole: bool = True


class GraphClient:
    """Asks workers for data, and maps IRIs below the base to addresses on this server."""

    def __init__(self, sender: Sender, *, info: DatasetInfo, settings: Settings, folder: Path | None = None) -> None:
        """Take who sends messages, and the folder with the files of the release."""
        self._sender, self.info, self.settings, self.folder = sender, info, settings, folder
        self.addresses = ServerAddresses(settings, base=info.base)

    async def send(self, kind: str, **details: object) -> Reply:
        """Send a message of any kind that `Backend` answers.

        Raises:
            Problem: The status of the reply is not 200.
        """
        reply = await self._sender.send({"kind": kind, **details})
        if "detail" in reply.head:
            sys.stderr.write(json.dumps({"level": "error", "message": reply.head["detail"], "kind": kind}) + "\n")
        if reply.status != 200:
            raise _make_problem(reply)
        return reply

    async def describe(self, iri: str) -> Resource:
        """Describe a resource.

        Raises:
            Problem: 404 where nothing is known of it, 503 where no worker can answer.
        """
        return read_resource_json(json.loads((await self.send("resource", iri=iri)).body))

    async def read_document(self, iri: str) -> Sequence[Quad]:
        """Read the statements of the document about a resource.

        Raises:
            Problem: 404 where nothing is known of it, 503 where no worker can answer.
        """
        reply = await self.send("rdf", iri=iri, type="application/n-triples")
        return parse_rows(reply.body, name=iri, suffix=".nt")

    async def query(self, name: str, arguments: Mapping[str, str] | None = None) -> Table:
        """Answer a query of the library.

        Raises:
            Problem: 404 for an unknown query, 400 for a wrong argument (``details`` has the
                parameter), 503 past a limit.
        """
        reply = await self.send("query", name=name, arguments=dict(arguments or {}), format="terms")
        found = json.loads(reply.body)
        return Table(tuple(found["columns"]), tuple(tuple(row) for row in found["rows"]))

    async def begin_query(self, query: str, *, rows: int, text: int) -> Beginning:
        """Answer any query by the first rows, or the first characters of Turtle.

        Raises:
            Problem: As the SPARQL endpoint refuses it.
        """
        found = json.loads((await self.send("table", query=query, rows=rows, text=text)).body)
        if "rows" not in found:
            return Beginning(truth=found.get("truth"), text=found.get("text", ""), is_whole=found.get("is_whole", True))
        first = tuple(tuple(row) for row in found["rows"])
        return Beginning(tuple(found["columns"]), first, found["count"], is_whole=found["count"] <= len(first))

    async def search(self, text: str, *, facets: Mapping[str, Sequence[str]] | None = None, limit: int = 20, offset: int = 0) -> Hits:
        """Search; arguments as for `airm_graph.search.search_index`.

        Raises:
            Problem: 400 for an unknown facet or value.
        """
        values = {name: list(found) for name, found in (facets or {}).items()}
        reply = await self.send("search", text=text, facets=values, limit=limit, offset=offset)
        found = json.loads(reply.body)
        hits = tuple(Hit(**{**hit, "marks": tuple((a, b) for a, b in hit["marks"])}) for hit in found["hits"])
        choices = {name: tuple(Choice(**choice) for choice in chosen) for name, chosen in found["facets"].items()}
        return Hits(found["text"], found["total"], found["offset"], hits, choices)

    def href(self, iri: str) -> str:
        """Find where an IRI leads, as `ServerAddresses.href` says."""
        return self.addresses.href(iri)

    def locate(self, host: str, path: str) -> str:
        """Write the whole address of a path on this server.

        Args:
            host: The Host header of the request, for a server without a public address.
            path: Without a slash before it.

        Raises:
            Problem: The header is not the name of a host.
        """
        if self.settings.public_url:
            return self.settings.public_url + path
        if not _HOST.fullmatch(host):
            raise Problem(400, "the Host header is not the name of a host")
        return f"http://{host}{self.settings.root_path}/{path}"


def _make_problem(reply: Reply) -> Problem:
    details = {name: value for name, value in reply.head.items() if name not in {"error", "detail"}}
    headers = (
        {"Retry-After": "2" if reply.head.get("reason") in {"busy", "draining", "preparing", "slow"} else "60"}
        if reply.status == 503
        else {}
    )
    return Problem(reply.status, str(reply.head.get("error", "")), headers=headers, **details)
