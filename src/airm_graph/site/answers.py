"""Answers to any query as a page, for those without the editor: a table, yes or no, or statements as Turtle."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airm_graph.serve.desk import Desk, Refusal
from airm_graph.serve.negotiate import GRAPH_TYPES, TABLE_TYPES
from airm_graph.serve.protocol import read_body, read_form
from airm_graph.site.render import Cell, Site

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["Answer", "answer_form", "read_query"]

_MOST_ROWS, _MOST_TEXT = 200, 100_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page shows of an answer.

    Attributes:
        columns, rows: Of a SELECT; the first rows.
        count: How many rows there are.
        truth: Of an ASK.
        text: Of a CONSTRUCT or DESCRIBE, as Turtle; the beginning of it.
        whole: Whether everything is shown.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    count: int = 0
    truth: bool | None = None
    text: str = ""
    whole: bool = True


async def read_query(request: "Request", desk: Desk) -> str:
    """The query of a form that was sent; empty where none was.

    Raises:
        Refusal: It is longer than the server takes.
    """
    most = desk.settings.limits.post_length
    # A form may hold three bytes for one.
    fields = read_form(await read_body(request, 4 * most)) if request.method == "POST" else []
    query = next((value for name, value in fields if name == "query"), "")
    if len(query.encode("utf-8", "replace")) > most:
        raise Refusal(413, f"the query is longer than {most} bytes; ask a shorter one")
    return query


async def answer_form(desk: Desk, query: str, site: Site) -> Answer:
    """Answer a query for a page.

    Raises:
        Refusal: As the endpoint refuses it.
    """
    reply = await desk.ask("sparql", query=query, table_type=TABLE_TYPES["json"], graph_type=GRAPH_TYPES["ttl"])
    if reply.head["type"] == GRAPH_TYPES["ttl"]:
        text = reply.body.decode("utf-8", "replace")
        return Answer(text=text[:_MOST_TEXT], whole=len(text) <= _MOST_TEXT)
    found = json.loads(reply.body)
    if "boolean" in found:
        return Answer(truth=bool(found["boolean"]))
    columns, bindings = tuple(found["head"]["vars"]), found["results"]["bindings"]
    rows = tuple(tuple(_read_cell(row.get(name), site) for name in columns) for row in bindings[:_MOST_ROWS])
    return Answer(columns, rows, len(bindings), whole=len(bindings) <= _MOST_ROWS)


def _read_cell(value: dict[str, Any] | None, site: Site) -> Cell:
    if value is None:
        return Cell("")
    if value["type"] == "uri":
        return Cell(site.label(value["value"]), iri=value["value"])
    if value["type"] == "literal":
        return Cell(value["value"], language=value.get("xml:lang", ""), datatype=value.get("datatype", ""))
    # A triple term, or a node without a name: written as JSON, it is at least readable.
    return Cell(value["value"] if isinstance(value["value"], str) else json.dumps(value["value"], ensure_ascii=False))
