"""The query library and search over HTTP. Each query answers at ``/query/NAME``; its header is all the documentation there is.

A format is chosen by suffix (``/query/NAME.csv``), by ``?_mediatype=`` or by the header Accept; every other parameter is one of the query.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from airm_graph.errors import UnknownQueryError
from airm_graph.query.answers import Table, format_table
from airm_graph.query.library import Query, bind_query, list_queries, load_query
from airm_graph.search import FACETS, Hits, hits_table
from airm_graph.serve.desk import Desk, Refusal
from airm_graph.serve.negotiate import HTML, TABLE_TYPES, choose_type, find_type
from airm_graph.serve.pages import Pages, View
from airm_graph.serve.protocol import read_form
from airm_graph.serve.responses import Fresh, finish
from airm_graph.serve.spreadsheet import defuse_table

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["MOST_HITS", "answer_queries", "answer_query", "answer_search", "describe_query"]

JSON = "application/json"
_SPARQL = "application/sparql-query"
_TABLES = (TABLE_TYPES["json"], JSON, *(name for suffix, name in TABLE_TYPES.items() if suffix != "json"), HTML)
_FORMATS = {**{name: suffix for suffix, name in TABLE_TYPES.items()}, JSON: "json"}
_SUFFIXES = {**TABLE_TYPES, "html": HTML, "rq": _SPARQL}
_SEARCH_TYPES = (JSON, TABLE_TYPES["csv"], TABLE_TYPES["tsv"], HTML)
#: Hits on one page of a search.
MOST_HITS = 1000


@cache
def _queries() -> Mapping[str, Query]:
    return {query.name: query for query in list_queries()}


def describe_query(query: Query) -> dict[str, Any]:
    """A query as JSON values: all of its header."""
    return {name: value for name, value in asdict(query).items() if name != "text"}


async def answer_queries(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """Answer a request at ``/query``: the list of queries."""
    chosen = _choose(request, (JSON, HTML))
    fresh = Fresh(desk.facts, "queries", chosen)
    queries = list(_queries().values())
    if chosen == HTML:
        page = await pages.show_queries(View(desk, "/query", request.query_params.multi_items()), queries)
        return await finish(request, page.encode(), media_type=HTML, fresh=fresh)
    listed = [{**describe_query(query), "href": f"{desk.settings.root_path}/query/{query.name}"} for query in queries]
    return await finish(request, _write_json({"notice": desk.facts.notice, "queries": listed}), media_type=JSON, fresh=fresh)


async def answer_query(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """Answer a request at ``/query/NAME``."""
    name, dot, suffix = request.path_params["name"].rpartition(".")
    if not dot or suffix not in _SUFFIXES:
        name, suffix = request.path_params["name"], ""
    try:
        query = load_query(name) if name not in _queries() else _queries()[name]
    except UnknownQueryError as error:
        raise Refusal(404, str(error)) from error
    chosen = _SUFFIXES[suffix] if suffix else _choose(request, _TABLES)
    arguments = _read_arguments(request)
    if chosen == _SPARQL:
        return await _send_sparql(request, desk, query, arguments)
    if chosen == HTML:
        return await _send_page(request, desk, pages, query, arguments)
    reply = await desk.ask("query", name=query.name, arguments=arguments, format=_FORMATS[chosen])
    headers = (
        {"Content-Disposition": f'attachment; filename="{query.name}.{_FORMATS[chosen]}"'} if "csv" in chosen or "tab" in chosen else {}
    )
    return await finish(request, reply.body, media_type=chosen, headers=headers, fresh=_fresh(desk, query, arguments, chosen))


async def _send_page(request: "Request", desk: Desk, pages: Pages, query: Query, arguments: Mapping[str, str]) -> "Response":
    """The form with its rows, or with what is wrong; a form that nobody filled in yet is not wrong."""
    view = View(desk, f"/query/{query.name}", request.query_params.multi_items())
    # A field that is left empty is sent as an empty text.
    filled = {name: value for name, value in arguments.items() if value}
    waiting = not filled and any(parameter.required for parameter in query.parameters)
    try:
        table = None if waiting else await desk.query(query.name, filled)
    except Refusal as refusal:
        page = await pages.show_query(view, query, arguments=filled, table=None, error=refusal.message)
        return await finish(request, page.encode(), media_type=HTML, headers=refusal.headers, status=refusal.status)
    page = await pages.show_query(view, query, arguments=filled, table=table, error="")
    return await finish(request, page.encode(), media_type=HTML, fresh=_fresh(desk, query, arguments, HTML))


async def _send_sparql(request: "Request", desk: Desk, query: Query, arguments: Mapping[str, str]) -> "Response":
    from airm_graph.errors import ParameterError

    # Where an argument that a query needs is missing, its example stands in, so that the text runs as it is.
    examples = {p.name: p.example for p in query.parameters if p.required and p.example is not None}
    try:
        text = bind_query(query, {**examples, **arguments}, base=desk.facts.base)
    except ParameterError as error:
        raise Refusal(400, str(error), parameter=error.parameter) from error
    return await finish(request, text.encode(), media_type=_SPARQL, fresh=_fresh(desk, query, arguments, _SPARQL))


def _fresh(desk: Desk, query: Query, arguments: Mapping[str, str], media_type: str) -> Fresh:
    return Fresh(desk.facts, "query", query.name, json.dumps(arguments, sort_keys=True), media_type)


def _read_arguments(request: "Request") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in read_form(request.scope["query_string"]):
        if name in found:
            raise Refusal(400, f"the parameter {name!r} is given twice", parameter=name)
        if name != "_mediatype":
            found[name] = value
    return found


def _choose(request: "Request", offered: tuple[str, ...]) -> str:
    wanted = request.query_params.get("_mediatype", "")
    chosen = find_type(wanted, offered) if wanted else choose_type(request.headers.get("accept", ""), offered)
    if chosen is None:
        raise Refusal(406, f"this can be had as {', '.join(offered)}", offered=list(offered))
    return chosen


async def answer_search(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """Answer a request at ``/search``."""
    suffix = request.path_params.get("suffix", "")
    chosen = {"json": JSON, "html": HTML, **TABLE_TYPES, "": ""}.get(suffix) if suffix else _choose(request, _SEARCH_TYPES)
    chosen = JSON if suffix == "json" else chosen
    if chosen not in _SEARCH_TYPES:
        raise Refusal(404, f"a search can be had as {', '.join(_SEARCH_TYPES)}")
    asked = read_form(request.scope["query_string"])
    facets = {name: [value for other, value in asked if other == name and value] for name in FACETS}
    facets = {name: values for name, values in facets.items() if values}
    _refuse_unknown(asked)
    text = " ".join(value for name, value in asked if name == "q")
    limit, offset = _read_number(asked, "limit", 20, MOST_HITS), _read_number(asked, "offset", 0, 10**9)
    hits = await desk.search(text, facets=facets, limit=limit, offset=offset)
    fresh = Fresh(desk.facts, "search", chosen, json.dumps(asked))
    if chosen == HTML:
        page = await pages.show_search(View(desk, "/search", asked), hits, chosen=facets)
        return await finish(request, page.encode(), media_type=HTML, fresh=fresh)
    return await finish(request, _write_hits(hits, chosen, notice=desk.facts.notice), media_type=chosen, fresh=fresh)


def _write_hits(hits: Hits, media_type: str, *, notice: str) -> bytes:
    if media_type == JSON:
        return _write_json({"notice": notice, **asdict(hits)})
    table: Table = hits_table(hits)
    form = _FORMATS[media_type]
    return format_table(defuse_table(table) if form == "csv" else table, format=form).encode()


def _refuse_unknown(asked: Sequence[tuple[str, str]]) -> None:
    known = {"q", "limit", "offset", "_mediatype", *FACETS}
    for name, _ in asked:
        if name not in known:
            raise Refusal(400, f"search has no parameter {name[:80]!r}; there are {', '.join(sorted(known))}", parameter=name[:80])


def _read_number(asked: Sequence[tuple[str, str]], name: str, otherwise: int, most: int) -> int:
    given = [value for other, value in asked if other == name]
    if not given:
        return otherwise
    if len(given) > 1 or not given[0].isascii() or not given[0].isdigit() or len(given[0]) > 9 or int(given[0]) > most:
        raise Refusal(400, f"{name} takes one whole number of at most {most}", parameter=name)
    return int(given[0])


def _write_json(value: object) -> bytes:
    # What stands in a page as a script or is taken for HTML by an old browser ends at "<"; escaped, it never does.
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return text.replace("<", "\\u003c").encode("utf-8", "replace")
