"""Answer the query library over HTTP, each query at ``/query/NAME``.

A format is chosen by suffix (``/query/NAME.csv``), by ``?_mediatype=`` or by the header Accept;
every other parameter is one of the query.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ParameterError, UnknownQueryError
from airm_graph.query.library import Query, bind_query, list_queries, load_query
from airm_graph.serve.content_negotiation import HTML, JSON, TABLE_TYPES, negotiate
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageRequest, Pages
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_form
from airm_graph.serve.responses import Validators, make_response, write_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_queries", "answer_query"]

_SPARQL = "application/sparql-query"
_TABLES = (TABLE_TYPES["json"], JSON, *(name for suffix, name in TABLE_TYPES.items() if suffix != "json"), HTML)
_FORMATS = {**{name: suffix for suffix, name in TABLE_TYPES.items()}, JSON: "json"}
_SUFFIXES = {**TABLE_TYPES, "html": HTML, "rq": _SPARQL}
_SAVED = frozenset({TABLE_TYPES["csv"], TABLE_TYPES["tsv"]})


@cache
def _queries() -> Mapping[str, Query]:
    return {query.name: query for query in list_queries()}


async def answer_queries(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/query``: the list of queries."""
    chosen = negotiate(request, (JSON, HTML))
    validators = Validators(client.info, "queries", chosen)
    queries = list(_queries().values())
    if chosen == HTML:
        page = await pages.show_queries(PageRequest.of(request, client), queries)
        return await make_response(request, page.encode(), media_type=HTML, validators=validators)
    listed = [{**_describe(query), "href": f"{client.settings.root_path}/query/{query.name}"} for query in queries]
    body = write_json({"notice": client.info.notice, "queries": listed})
    return await make_response(request, body, media_type=JSON, validators=validators)


def _describe(query: Query) -> dict[str, Any]:
    return {name: value for name, value in asdict(query).items() if name != "text"}


async def answer_query(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/query/NAME``."""
    name, dot, suffix = request.path_params["name"].rpartition(".")
    if not dot or suffix not in _SUFFIXES:
        name, suffix = request.path_params["name"], ""
    try:
        query = _queries().get(name) or load_query(name)
    except UnknownQueryError as error:
        raise Problem(404, str(error)) from error
    chosen = _SUFFIXES[suffix] if suffix else negotiate(request, _TABLES)
    arguments = _read_arguments(request)
    if chosen == HTML:
        return await _send_page(request, client, pages, query, arguments)
    headers = {}
    if chosen == _SPARQL:
        body = _bind(query, arguments, base=client.info.base)
    else:
        body = (await client.send("query", name=query.name, arguments=arguments, format=_FORMATS[chosen])).body
        if chosen in _SAVED:
            headers["Content-Disposition"] = f'attachment; filename="{query.name}.{_FORMATS[chosen]}"'
    validators = _make_validators(client, query, arguments, chosen)
    return await make_response(request, body, media_type=chosen, headers=headers, validators=validators)


async def _send_page(request: "Request", client: GraphClient, pages: Pages, query: Query, arguments: Mapping[str, str]) -> "Response":
    """Send the form with its rows, or with what is wrong; an empty form is not wrong."""
    page = PageRequest.of(request, client)
    # A field that is left empty is sent as an empty text.
    filled = {name: value for name, value in arguments.items() if value}
    is_blank = not filled and any(parameter.required for parameter in query.parameters)
    try:
        table = None if is_blank else await client.query(query.name, filled)
    except Problem as problem:
        text = await pages.show_query(page, query, arguments=filled, table=None, error=problem.title)
        return await make_response(request, text.encode(), media_type=HTML, headers=problem.headers, status=problem.status)
    text = await pages.show_query(page, query, arguments=filled, table=table, error="")
    validators = _make_validators(client, query, arguments, HTML)
    return await make_response(request, text.encode(), media_type=HTML, validators=validators)


def _bind(query: Query, arguments: Mapping[str, str], *, base: str) -> bytes:
    """Write a query with arguments in place, and examples where a required one is missing."""
    try:
        return bind_query(query, {**query.examples, **arguments}, base=base).encode()
    except ParameterError as error:
        raise Problem(400, str(error), parameter=error.parameter) from error


def _make_validators(client: GraphClient, query: Query, arguments: Mapping[str, str], media_type: str) -> Validators:
    return Validators(client.info, "query", query.name, json.dumps(arguments, sort_keys=True), media_type)


def _read_arguments(request: "Request") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in read_form(request.scope["query_string"]):
        if name in found:
            raise Problem(400, f"the parameter {name!r} is given twice", parameter=name)
        if name != "_mediatype":
            found[name] = value
    return found
