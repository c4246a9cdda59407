"""Where handlers and pages ask: every question goes to a worker, and comes back as bytes, a table, a resource or hits."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from airm_graph.query.answers import Table
from airm_graph.search import Choice, Hit, Hits
from airm_graph.serve.frames import Reply
from airm_graph.serve.resources import Resource, read_resource_json
from airm_graph.serve.settings import Settings

__all__ = ["Desk", "Facts", "Refusal"]

_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Refusal(Exception):  # noqa: N818 - not every answer that is not the one hoped for is an error
    """A question that is answered with another status than 200; *details* become fields of the problem that is sent."""

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None, **details: object) -> None:
        """Take the status of HTTP and the message for people."""
        self.status, self.message, self.headers, self.details = status, message, dict(headers or {}), details
        super().__init__(message)


class Asks(Protocol):
    """Who answers questions: `Pool`."""

    async def ask(self, question: Mapping[str, Any]) -> Reply:
        """Have a question answered."""
        ...


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the served data without asking.

    Attributes:
        base: What every IRI of the project begins with.
        notice: To be shown wherever data is shown.
        digest: Changes whenever an answer could change.
        changed: Time of the data, in seconds since 1970; 0 where none is known.
        graphs: IRIs of the named graphs.
        counts: What there is, by kind of thing, as the query ``counts`` says.
        files: Files of the release by path below the base: name, media type, SHA-256, size.
        licences: IRIs of licence or rights statement of the dataset.
    """

    base: str
    notice: str
    digest: str
    version: str
    changed: float
    graphs: frozenset[str]
    triples: int
    licences: tuple[str, ...]
    counts: Mapping[str, int]
    prefixes: Mapping[str, str]
    files: Mapping[str, tuple[str, str, str, int]]

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> "Facts":
        """Take the facts that the broker tells."""
        files = {path: (str(name), str(kind), str(digest), int(size)) for path, (name, kind, digest, size) in found["files"].items()}
        return cls(**{**found, "graphs": frozenset(found["graphs"]), "licences": tuple(found["licences"]), "files": files})


class Desk:
    """Asks workers, and maps IRIs below the base to addresses on this server."""

    def __init__(self, asks: Asks, *, facts: Facts, settings: Settings, folder: Path | None = None) -> None:
        """Take whom to ask, and the folder with the files of the release."""
        self._asks, self.facts, self.settings, self.folder = asks, facts, settings, folder

    async def ask(self, kind: str, **details: object) -> Reply:
        """Ask a question of any kind that `Holdings` answers.

        Raises:
            Refusal: The answer is anything but 200.
        """
        reply = await self._asks.ask({"ask": kind, **details})
        if "detail" in reply.head:
            sys.stderr.write(json.dumps({"fault": reply.head["detail"], "asked": kind}) + "\n")
        if reply.status != 200:
            raise _refuse(reply)
        return reply

    async def describe(self, iri: str) -> Resource:
        """Describe a resource by its IRI.

        Raises:
            Refusal: 404 where nothing is known of it, 503 where nobody is free to answer.
        """
        return read_resource_json(json.loads((await self.ask("resource", iri=iri)).body))

    async def query(self, name: str, arguments: Mapping[str, str] | None = None) -> Table:
        """Answer a query of the library.

        Raises:
            Refusal: 404 for an unknown query, 400 for a wrong argument (``details`` has the parameter), 503 past a limit.
        """
        reply = await self.ask("query", name=name, arguments=dict(arguments or {}), format="terms")
        found = json.loads(reply.body)
        return Table(tuple(found["columns"]), tuple(tuple(row) for row in found["rows"]))

    async def search(self, text: str, *, facets: Mapping[str, Sequence[str]] | None = None, limit: int = 20, offset: int = 0) -> Hits:
        """Search; arguments as for `airm_graph.search.search_index`.

        Raises:
            Refusal: 400 for an unknown facet or value.
        """
        reply = await self.ask("search", text=text, facets={n: list(v) for n, v in (facets or {}).items()}, limit=limit, offset=offset)
        found = json.loads(reply.body)
        hits = tuple(Hit(**{**hit, "marks": tuple((a, b) for a, b in hit["marks"])}) for hit in found["hits"])
        choices = {name: tuple(Choice(**choice) for choice in values) for name, values in found["facets"].items()}
        return Hits(found["text"], found["total"], found["offset"], hits, choices)

    def href(self, iri: str) -> str:
        """Where an IRI is found: a path on this server for those below the base, the IRI itself for others.

        Only addresses of the web come out: for any other scheme (``javascript:``) the answer is ``#``.
        """
        if iri.startswith(self.facts.base):
            path = iri.removeprefix(self.facts.base)
            # Two slashes at the head of an address name another host.
            path = f"%2F{path[1:]}" if path.startswith(("/", "\\")) else path
            return f"{self.settings.root_path}/{path}"
        return iri if iri.startswith(("http://", "https://")) else "#"

    def locate(self, host: str, path: str) -> str:
        """The whole address of a path on this server, as the one who asks knows it by *host* (the header)."""
        if self.settings.public_url:
            return self.settings.public_url + path
        if not _HOST.fullmatch(host):
            raise Refusal(400, "the Host header is not the name of a host")
        return f"http://{host}{self.settings.root_path}/{path}"


def _refuse(reply: Reply) -> Refusal:
    details = {name: value for name, value in reply.head.items() if name not in {"error", "detail"}}
    headers = {"Retry-After": "2" if reply.head.get("reason") in {"busy", "draining", "slow"} else "60"} if reply.status == 503 else {}
    return Refusal(reply.status, str(reply.head.get("error", "")), headers=headers, **details)
