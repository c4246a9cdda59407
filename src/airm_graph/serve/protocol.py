"""The SPARQL 1.1 protocol, for queries only.

Source:
    SPARQL 1.1 Protocol, section 2.1 (query operation); SPARQL 1.1 Service Description, section 2; SPARQL 1.1 Graph Store HTTP Protocol,
    sections 4 and 5.2.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from airm_graph.serve.desk import Desk, Refusal
from airm_graph.serve.negotiate import GRAPH_TYPES, HTML, TABLE_TYPES, choose_type, find_type
from airm_graph.serve.pages import Pages, View
from airm_graph.serve.responses import Fresh, finish

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_graph_store", "answer_sparql", "answer_void", "read_body"]

_TABLES, _GRAPHS = tuple(TABLE_TYPES.values()), tuple(GRAPH_TYPES.values())
_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "the data here is read-only; updates are refused"
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([\w-]+)"?', re.IGNORECASE)
_BODY_SECONDS = 10.0

Parameters = list[tuple[str, str]]


async def answer_sparql(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """Answer a request at ``/sparql``."""
    parameters = await _read_parameters(request, desk)
    names = {name for name, _ in parameters}
    if "update" in names:
        raise Refusal(403, _READ_ONLY)
    queries = [value for name, value in parameters if name == "query"]
    if not queries and request.method in {"GET", "HEAD"} and not names & {"default-graph-uri", "named-graph-uri"}:
        return await _introduce(request, desk, pages)
    if len(queries) != 1:
        raise Refusal(400, f"a request brings one query, and this one brings {len(queries)}")
    return await _answer_query(request, desk, queries[0], parameters)


async def _read_parameters(request: "Request", desk: Desk) -> Parameters:
    limits = desk.settings.limits
    if len(request.scope["query_string"]) > 4 * limits.get_length:
        raise Refusal(414, f"the address is longer than {4 * limits.get_length} bytes; send the query by POST")
    parameters = read_form(request.scope["query_string"])
    if request.method != "POST":
        _limit_query(parameters, limits.get_length, status=414)
        return parameters
    kind, _, options = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind == _UPDATE:
        raise Refusal(403, _READ_ONLY)
    if kind not in {_FORM, _DIRECT}:
        raise Refusal(415, f"a query is sent as {_DIRECT} or {_FORM}", headers={"Accept": f"{_DIRECT}, {_FORM}"})
    charset = _CHARSET.search(f";{options}")
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise Refusal(415, "a query is sent in UTF-8")
    # A form may hold three bytes for one, and graphs beside the query.
    body = await read_body(request, limits.post_length if kind == _DIRECT else 4 * limits.post_length)
    if kind == _DIRECT:
        if any(name == "query" for name, _ in parameters):
            raise Refusal(400, "the query is both in the address and in the body")
        return [*parameters, ("query", _decode(body))]
    _refuse_both(parameters)
    parameters = [*parameters, *read_form(body)]
    _limit_query(parameters, limits.post_length, status=413)
    return parameters


def _refuse_both(parameters: Parameters) -> None:
    if any(name in {"query", "update"} for name, _ in parameters):
        raise Refusal(400, "a form brings its query in the body, not in the address")


def _limit_query(parameters: Parameters, most: int, *, status: int) -> None:
    for name, value in parameters:
        if name == "query" and len(value.encode("utf-8", "replace")) > most:
            raise Refusal(status, f"the query is longer than {most} bytes; {'send it by POST' if status == 414 else 'ask a shorter one'}")


def read_form(data: bytes) -> Parameters:
    """Read names and values of a form or of the query part of an address.

    Raises:
        Refusal: It is not UTF-8, or holds more fields than any form here.
    """
    try:
        return parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except UnicodeDecodeError as error:
        raise Refusal(400, "the parameters are not UTF-8") from error
    except ValueError as error:
        raise Refusal(400, "there are more than 100 parameters") from error


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the query is not UTF-8: byte {error.start + 1} is wrong") from error


async def read_body(request: "Request", most: int) -> bytes:
    """Read a body of at most so many bytes, in at most ten seconds.

    Raises:
        Refusal: 413 or 408.
    """
    import asyncio

    parts, size = [], 0
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.stream():
                size += len(part)
                if size > most:
                    raise Refusal(413, f"the body is longer than {most} bytes", headers={"Connection": "close"})
                parts.append(part)
    except TimeoutError as error:
        raise Refusal(408, "the body did not come in time", headers={"Connection": "close"}) from error
    return b"".join(parts)


async def _answer_query(request: "Request", desk: Desk, query: str, parameters: Parameters) -> "Response":
    default = [value for name, value in parameters if name == "default-graph-uri"]
    named = [value for name, value in parameters if name == "named-graph-uri"]
    wanted = next((value for name, value in parameters if name == "_mediatype"), "")
    # Some clients add this to the header, and some of them words that are no format here.
    wanted = wanted or next((value for name, value in parameters if name == "format" and find_type(value, (*_TABLES, *_GRAPHS))), "")
    accept = request.headers.get("accept", "")
    table_type = find_type(wanted, _TABLES) if wanted else choose_type(accept, _TABLES)
    graph_type = find_type(wanted, _GRAPHS) if wanted else choose_type(accept, _GRAPHS)
    if not wanted and HTML in accept and choose_type(accept, (*_GRAPHS, *_TABLES, HTML)) == HTML:
        # A person followed a link: text that a browser shows.
        table_type, graph_type = table_type or _TABLES[0], graph_type or _GRAPHS[0]
    if table_type is None and graph_type is None:
        raise _refuse_types((*_TABLES, *_GRAPHS))
    fresh = Fresh(desk.facts, str(table_type), str(graph_type), query, *default, "named", *named, weak=True)
    if request.method != "POST" and "if-none-match" in request.headers and fresh.matches(request.headers):
        return await finish(request, b"", media_type=_TABLES[0], fresh=fresh)
    dataset = {"default_graphs": default, "named_graphs": named} if default or named else {}
    try:
        reply = await desk.ask("sparql", query=query, table_type=table_type, graph_type=graph_type, **dataset)
    except Refusal as refusal:
        if refusal.status == 406:
            raise _refuse_types(_GRAPHS if refusal.details.get("kind") == "graph" else _TABLES) from refusal
        raise
    stored = request.method != "POST" and not reply.head["volatile"]
    return await finish(request, reply.body, media_type=reply.head["type"], fresh=fresh if stored else None)


def _refuse_types(offered: tuple[str, ...]) -> Refusal:
    return Refusal(406, f"this can be had as {', '.join(offered)}", offered=list(offered))


async def _introduce(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """The service description, or an editor for people."""
    accept = request.headers.get("accept", "")
    wanted = request.query_params.get("_mediatype", "")
    chosen = find_type(wanted, (*_GRAPHS, HTML)) if wanted else choose_type(accept, (*_GRAPHS, HTML))
    if chosen == HTML:
        page = await pages.show_editor(View(desk, "/sparql", request.query_params.multi_items()))
        return await finish(request, page.encode(), media_type=HTML, fresh=Fresh(desk.facts, "sparql", HTML))
    return await _describe_service(request, desk, chosen)


async def answer_void(request: "Request", desk: Desk) -> "Response":
    """Answer a request at ``/.well-known/void``."""
    wanted = request.query_params.get("_mediatype", "")
    return await _describe_service(
        request, desk, find_type(wanted, _GRAPHS) if wanted else choose_type(request.headers.get("accept", ""), _GRAPHS)
    )


async def _describe_service(request: "Request", desk: Desk, media_type: str | None) -> "Response":
    if media_type is None:
        raise _refuse_types(_GRAPHS)
    endpoint = desk.locate(request.headers.get("host", ""), "sparql")
    reply = await desk.ask("service", endpoint=endpoint, type=media_type)
    headers = {"Link": f'<{endpoint}>; rel="http://www.w3.org/ns/sparql-service-description#endpoint"'}
    return await finish(request, reply.body, media_type=media_type, headers=headers, fresh=Fresh(desk.facts, endpoint, media_type))


async def answer_graph_store(request: "Request", desk: Desk) -> "Response":
    """Answer a request at ``/graph-store``: the read side of the Graph Store protocol."""
    parameters = read_form(request.scope["query_string"])
    graphs = [value for name, value in parameters if name == "graph"]
    default = any(name == "default" for name, _ in parameters)
    if len(graphs) + default != 1:
        raise Refusal(400, "name one graph: ?graph=IRI, or ?default for the union of all")
    wanted = request.query_params.get("_mediatype", "")
    media_type = find_type(wanted, _GRAPHS) if wanted else choose_type(request.headers.get("accept", ""), _GRAPHS)
    if media_type is None:
        raise _refuse_types(_GRAPHS)
    name = graphs[0] if graphs else None
    if name is not None and name not in desk.facts.graphs:
        raise Refusal(404, f"the graph <{name[:200]}> is not served here")
    reply = await desk.ask("graph", graph=name, type=media_type)
    return await finish(request, reply.body, media_type=media_type, fresh=Fresh(desk.facts, str(name), media_type))
