"""Answer searches over HTTP, at ``/search`` and ``/search.SUFFIX``."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from airm_graph.query.answers import format_table
from airm_graph.search import FACETS, Hits, tabulate_hits
from airm_graph.serve.content_negotiation import HTML, JSON, TABLE_TYPES, negotiate
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageRequest, Pages
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_facets, read_form, read_number
from airm_graph.serve.responses import Validators, make_response, write_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_search"]

_SUFFIXES = {"json": JSON, "csv": TABLE_TYPES["csv"], "tsv": TABLE_TYPES["tsv"], "html": HTML}
_TYPES = tuple(_SUFFIXES.values())
_KNOWN = frozenset({"q", "limit", "offset", "_mediatype", *FACETS})
#: Hits on one page, at most and where nothing is asked for.
_MOST_HITS, _HITS = 1000, 20
_MOST_OFFSET = 10**9


async def answer_search(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/search``."""
    suffix = request.path_params.get("suffix", "")
    if suffix and suffix not in _SUFFIXES:
        raise Problem(404, f"a search can be had as {', '.join(_TYPES)}")
    chosen = _SUFFIXES[suffix] if suffix else negotiate(request, _TYPES)
    parameters = read_form(request.scope["query_string"])
    _refuse_unknown(parameters)
    text, facets = " ".join(value for name, value in parameters if name == "q"), read_facets(parameters)
    limit = read_number(parameters, "limit", default=_HITS, most=_MOST_HITS)
    hits = await client.search(text, facets=facets, limit=limit, offset=read_number(parameters, "offset", default=0, most=_MOST_OFFSET))
    if chosen == HTML:
        body = (await pages.show_search(PageRequest.of(request, client), hits, chosen=facets, limit=limit)).encode()
    else:
        body = _write_hits(hits, chosen, notice=client.info.notice)
    validators = Validators(client.info, "search", chosen, json.dumps(parameters))
    return await make_response(request, body, media_type=chosen, validators=validators)


def _write_hits(hits: Hits, media_type: str, *, notice: str) -> bytes:
    if media_type == JSON:
        return write_json({"notice": notice, **asdict(hits)})
    return format_table(tabulate_hits(hits), format="csv" if media_type == TABLE_TYPES["csv"] else "tsv").encode()


def _refuse_unknown(parameters: Sequence[tuple[str, str]]) -> None:
    for name, _ in parameters:
        if name not in _KNOWN:
            raise Problem(400, f"search has no parameter {name[:80]!r}; there are {', '.join(sorted(_KNOWN))}", parameter=name[:80])
