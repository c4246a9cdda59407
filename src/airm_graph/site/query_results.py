"""Show the answer to any query without the editor: a table, yes or no, or statements as Turtle."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airm_graph.serve.content_negotiation import GRAPH_TYPES, TABLE_TYPES
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_body, read_form
from airm_graph.site.render import Cell, Site

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["QueryResult", "read_query", "run_form_query"]

_MOST_ROWS, _MOST_TEXT = 200, 100_000


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Hold what a page shows of an answer.

    Attributes:
        columns, rows: Of a SELECT; the first rows.
        count: How many rows there are.
        truth: Of an ASK.
        text: Of a CONSTRUCT or DESCRIBE, as Turtle; the beginning of it.
        is_whole: Whether everything is shown.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    count: int = 0
    truth: bool | None = None
    text: str = ""
    is_whole: bool = True


async def read_query(request: "Request", client: GraphClient) -> str:
    """Read the query of a form that was sent; empty where none was.

    Raises:
        Problem: It is longer than the server takes.
    """
    limits = client.settings.limits
    # A form may hold three bytes for one.
    body = await read_body(request, 4 * limits.post_length, seconds=limits.body_seconds) if request.method == "POST" else b""
    query = next((value for name, value in read_form(body) if name == "query"), "")
    if len(query.encode("utf-8", "replace")) > limits.post_length:
        raise Problem(413, f"the query is longer than {limits.post_length} bytes; ask a shorter one")
    return query


async def run_form_query(client: GraphClient, query: str, site: Site) -> QueryResult:
    """Run a query for a page.

    Raises:
        Problem: As the endpoint refuses it.
    """
    reply = await client.send("sparql", query=query, table_type=TABLE_TYPES["json"], graph_type=GRAPH_TYPES["ttl"])
    if reply.head["type"] == GRAPH_TYPES["ttl"]:
        text = reply.body.decode("utf-8", "replace")
        return QueryResult(text=text[:_MOST_TEXT], is_whole=len(text) <= _MOST_TEXT)
    found = json.loads(reply.body)
    if "boolean" in found:
        return QueryResult(truth=bool(found["boolean"]))
    columns, bindings = tuple(found["head"]["vars"]), found["results"]["bindings"]
    rows = tuple(tuple(_read_cell(row.get(name), site) for name in columns) for row in bindings[:_MOST_ROWS])
    return QueryResult(columns, rows, len(bindings), is_whole=len(bindings) <= _MOST_ROWS)


def _read_cell(value: dict[str, Any] | None, site: Site) -> Cell:
    if value is None:
        return Cell("")
    if value["type"] == "uri":
        return Cell(site.label(value["value"]), iri=value["value"])
    if value["type"] == "literal":
        return Cell(value["value"], language=value.get("xml:lang", ""))
    # A triple term, or a blank node: written as JSON, it is at least readable.
    return Cell(value["value"] if isinstance(value["value"], str) else json.dumps(value["value"], ensure_ascii=False))
