"""Show the answer to any query without the editor: a table, yes or no, or statements as Turtle."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from airm_graph.serve.graph_client import Beginning, GraphClient
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_body, read_form
from airm_graph.site.render import Cell, Site
from airm_graph.terms import read_literal

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["QueryResult", "read_query", "run_form_query"]

_MOST_ROWS, _MOST_TEXT = 200, 100_000


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Hold what a page shows of an answer.

    Attributes:
        beginning: The first rows, the truth, or the beginning of statements.
        rows: The cells of the first rows.
    """

    beginning: Beginning
    rows: tuple[tuple[Cell, ...], ...]


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
    found = await client.begin_query(query, rows=_MOST_ROWS, text=_MOST_TEXT)
    return QueryResult(found, tuple(tuple(_read_cell(term, site) for term in row) for row in found.rows))


def _read_cell(term: str | None, site: Site) -> Cell:
    if term is None:
        return Cell("")
    if term.startswith("<") and not term.startswith("<<"):
        return Cell(site.label(term[1:-1]), iri=term[1:-1])
    if term.startswith('"'):
        literal = read_literal(term)
        return Cell(literal.text, language=literal.language)
    # A triple term, or a blank node.
    return Cell(term.removeprefix("_:"))
