"""Answer the SPARQL 1.1 protocol, for queries only, and the read side of the Graph Store protocol.

Source:
    SPARQL 1.1 Protocol, section 2.1 (query operation); SPARQL 1.1 Service Description, section 2;
    SPARQL 1.1 Graph Store HTTP Protocol, sections 4 and 5.2.
"""

import re
from typing import TYPE_CHECKING

from airm_graph.serve.content_negotiation import GRAPH_TYPES, HTML, TABLE_TYPES, choose_type, find_type, negotiate
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageRequest, Pages
from airm_graph.serve.problems import Problem, make_not_acceptable
from airm_graph.serve.request_parameters import Parameters, read_body, read_form
from airm_graph.serve.responses import Validators, make_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_graph_store", "answer_sparql", "answer_void"]

_TABLES, _GRAPHS = tuple(TABLE_TYPES.values()), tuple(GRAPH_TYPES.values())
# SPARQL has no CSV or TSV for the answer of an ASK; clients that ask for it read a table.
_TRUTHS = (TABLE_TYPES["json"], TABLE_TYPES["xml"])
#: The format of graphs next to one of tables, and the other way round.
_NEXT = {TABLE_TYPES[table]: GRAPH_TYPES[graph] for table, graph in (("csv", "ttl"), ("json", "jsonld"), ("tsv", "ttl"), ("xml", "rdf"))}
_NEXT |= {GRAPH_TYPES[graph]: TABLE_TYPES[table] for graph, table in (("jsonld", "json"), ("nt", "json"), ("rdf", "xml"), ("ttl", "json"))}
_FORM, _DIRECT, _UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_READ_ONLY = "the data here is read-only; updates are refused"
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([\w-]+)"?', re.IGNORECASE)


async def answer_sparql(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/sparql``."""
    parameters = await _read_parameters(request, client)
    names = {name for name, _ in parameters}
    if "update" in names:
        raise Problem(403, _READ_ONLY)
    queries = [value for name, value in parameters if name == "query"]
    if not queries and request.method in {"GET", "HEAD"} and not names & {"default-graph-uri", "named-graph-uri"}:
        return await _send_editor_or_description(request, client, pages)
    if len(queries) != 1:
        raise Problem(400, f"a request brings one query, and this one brings {len(queries)}")
    return await _answer_query(request, client, queries[0], parameters)


async def _read_parameters(request: "Request", client: GraphClient) -> Parameters:
    limits = client.settings.limits
    if len(request.scope["query_string"]) > 4 * limits.get_length:
        raise Problem(414, f"the address is longer than {4 * limits.get_length} bytes; send the query by POST")
    parameters = read_form(request.scope["query_string"])
    if request.method != "POST":
        _refuse_long_query(parameters, limits.get_length, status=414)
        return parameters
    kind = _read_content_type(request.headers.get("content-type", ""))
    # A form may hold three bytes for one, and graphs beside the query.
    most = limits.post_length if kind == _DIRECT else 4 * limits.post_length
    body = await read_body(request, most, seconds=limits.body_seconds)
    if any(name in {"query", "update"} for name, _ in parameters):
        raise Problem(400, "a query that is sent by POST stands in the body, not in the address")
    if kind == _DIRECT:
        return [*parameters, ("query", _decode(body))]
    parameters = [*parameters, *read_form(body)]
    _refuse_long_query(parameters, limits.post_length, status=413)
    return parameters


def _read_content_type(header: str) -> str:
    kind, _, options = header.partition(";")
    kind = kind.strip().lower()
    if kind == _UPDATE:
        raise Problem(403, _READ_ONLY)
    if kind not in {_FORM, _DIRECT}:
        raise Problem(415, f"a query is sent as {_DIRECT} or {_FORM}", headers={"Accept": f"{_DIRECT}, {_FORM}"})
    charset = _CHARSET.search(f";{options}")
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise Problem(415, "a query is sent in UTF-8")
    return kind


def _refuse_long_query(parameters: Parameters, most: int, *, status: int) -> None:
    for name, value in parameters:
        if name == "query" and len(value.encode("utf-8", "replace")) > most:
            raise Problem(status, f"the query is longer than {most} bytes; {'send it by POST' if status == 414 else 'ask a shorter one'}")


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, f"the query is not UTF-8: byte {error.start + 1} is wrong") from error


async def _answer_query(request: "Request", client: GraphClient, query: str, parameters: Parameters) -> "Response":
    default = [value for name, value in parameters if name == "default-graph-uri"]
    named = [value for name, value in parameters if name == "named-graph-uri"]
    types = _choose_types(request.headers.get("accept", ""), parameters)
    validators = Validators(client.info, *map(str, types.values()), query, *default, "named", *named, weak=True)
    if request.method != "POST" and "if-none-match" in request.headers and validators.match(request.headers):
        return await make_response(request, b"", media_type=_TABLES[0], validators=validators)
    dataset = {"default_graphs": default, "named_graphs": named} if default or named else {}
    try:
        reply = await client.send("sparql", query=query, **types, **dataset)
    except Problem as problem:
        if problem.status == 406:
            raise make_not_acceptable(_GRAPHS if problem.details.get("form") == "graph" else _TABLES) from problem
        raise
    is_stored = request.method != "POST" and not reply.head["volatile"]
    return await make_response(request, reply.body, media_type=reply.head["type"], validators=validators if is_stored else None)


def _choose_types(accept: str, parameters: Parameters) -> dict[str, str | None]:
    """Choose a media type for each form of answer: table, truth value and graph."""
    if wanted := next((value for name, value in parameters if name == "_mediatype"), ""):
        table_type, graph_type = find_type(wanted, _TABLES), find_type(wanted, _GRAPHS)
        _refuse_neither(table_type, graph_type)
        return {"table_type": table_type, "truth_type": table_type, "graph_type": graph_type}
    # Some clients send `format` beside the header, and some of them words that are no format here.
    wanted = next((value for name, value in parameters if name == "format" and find_type(value, (*_TABLES, *_GRAPHS))), "")
    table_type = find_type(wanted, _TABLES) if wanted else choose_type(accept, _TABLES)
    graph_type = find_type(wanted, _GRAPHS) if wanted else choose_type(accept, _GRAPHS)
    if not wanted and HTML in accept and choose_type(accept, (*_GRAPHS, *_TABLES, HTML)) == HTML:
        # A person followed a link: text that a browser shows.
        table_type, graph_type = table_type or _TABLES[0], graph_type or _GRAPHS[0]
    _refuse_neither(table_type, graph_type)
    # A client that says one format for all it asks gets the format next to it where the form of the
    # answer has no such format (RFC 9110, section 12.5.1, allows to pass over the header).
    table_type, graph_type = table_type or _NEXT[str(graph_type)], graph_type or _NEXT[str(table_type)]
    truth_type = table_type if wanted else choose_type(accept, _TRUTHS) or _TRUTHS[0]
    return {"table_type": table_type, "truth_type": truth_type, "graph_type": graph_type}


def _refuse_neither(table_type: str | None, graph_type: str | None) -> None:
    if table_type is None and graph_type is None:
        raise make_not_acceptable((*_TABLES, *_GRAPHS))


async def _send_editor_or_description(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    chosen = negotiate(request, (*_GRAPHS, HTML))
    if chosen == HTML:
        page = await pages.show_editor(PageRequest.of(request, client))
        return await make_response(request, page.encode(), media_type=HTML, validators=Validators(client.info, "sparql", HTML))
    return await _describe_service(request, client, chosen)


async def answer_void(request: "Request", client: GraphClient) -> "Response":
    """Answer a request at ``/.well-known/void``."""
    return await _describe_service(request, client, negotiate(request, _GRAPHS))


async def _describe_service(request: "Request", client: GraphClient, media_type: str) -> "Response":
    endpoint = client.locate(request.headers.get("host", ""), "sparql")
    reply = await client.send("service", endpoint=endpoint, type=media_type)
    headers = {"Link": f'<{endpoint}>; rel="http://www.w3.org/ns/sparql-service-description#endpoint"'}
    validators = Validators(client.info, endpoint, media_type)
    return await make_response(request, reply.body, media_type=media_type, headers=headers, validators=validators)


async def answer_graph_store(request: "Request", client: GraphClient) -> "Response":
    """Answer a request at ``/graph-store``: the read side of the Graph Store protocol."""
    parameters = read_form(request.scope["query_string"])
    graphs = [value for name, value in parameters if name == "graph"]
    default = any(name == "default" for name, _ in parameters)
    if len(graphs) + default != 1:
        raise Problem(400, "name one graph: ?graph=IRI, or ?default for the union of all")
    media_type = negotiate(request, _GRAPHS)
    name = graphs[0] if graphs else None
    if name is not None and name not in client.info.graphs:
        raise Problem(404, f"the graph <{name[:200]}> is not served here")
    reply = await client.send("graph", graph=name, type=media_type)
    return await make_response(request, reply.body, media_type=media_type, validators=Validators(client.info, str(name), media_type))
