"""Answer coverage and gaps over HTTP, at ``/coverage`` and ``/gaps``; a suffix chooses a format.

They show what `airm_graph.analysis.coverage` says, as the commands of the same names do.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from airm_graph.analysis.counted_facets import FACETS
from airm_graph.serve.content_negotiation import GRAPH_TYPES, HTML, JSON, TABLE_TYPES, negotiate
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageRequest, Pages
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_form, read_number
from airm_graph.serve.responses import Validators, make_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["COVERAGE_TYPES", "answer_coverage"]

#: Question → suffix → media type.
COVERAGE_TYPES = {
    "coverage": {"json": JSON, "csv": TABLE_TYPES["csv"], "ttl": GRAPH_TYPES["ttl"], "html": HTML},
    "gaps": {"json": JSON, "csv": TABLE_TYPES["csv"], "html": HTML},
}
_KNOWN = ("rows", "columns", "layers", "edition", "level", "_mediatype")
#: What a page shows where nothing is asked for.
_FIRST = {"rows": "code", "columns": "actor"}


async def answer_coverage(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/coverage``, ``/gaps`` or one of them with a suffix."""
    question, suffix = request.url.path.rpartition("/")[2].partition(".")[0], request.path_params.get("suffix", "")
    types = COVERAGE_TYPES[question]
    if suffix and suffix not in types:
        raise Problem(404, f"{question} can be had as {', '.join(types.values())}")
    chosen = types[suffix] if suffix else negotiate(request, tuple(types.values()))
    parameters = read_form(request.scope["query_string"])
    arguments = _read_arguments(parameters)
    validators = Validators(client.info, question, chosen, json.dumps(parameters))
    if chosen == HTML:
        arguments = {**_FIRST, **arguments}
        text, error = "", ""
        try:
            text = (await client.send("coverage", question=question, format="table", arguments=arguments)).body.decode()
        except Problem as problem:
            if problem.status != 400:
                raise
            error = problem.title
        page = await pages.show_coverage(PageRequest.of(request, client), question, arguments=arguments, text=text, error=error)
        return await make_response(request, page.encode(), media_type=HTML, validators=validators, status=400 if error else 200)
    missing = next((name for name in _FIRST if name not in arguments), "")
    if missing:
        raise Problem(400, f"{missing} takes one of {', '.join(FACETS)}", parameter=missing)
    form = next(name for name, media_type in types.items() if media_type == chosen)
    body = (await client.send("coverage", question=question, format=form, arguments=arguments)).body
    return await make_response(request, body, media_type=chosen, validators=validators)


def _read_arguments(parameters: Sequence[tuple[str, str]]) -> dict[str, str | int]:
    """The arguments as `count_coverage` takes them; fields that are left empty are left out."""
    found: dict[str, str | int] = {}
    for name, value in parameters:
        if name not in _KNOWN:
            raise Problem(400, f"there is no parameter {name[:80]!r}; there are {', '.join(_KNOWN[:-1])}", parameter=name[:80])
        if name in found:
            raise Problem(400, f"the parameter {name!r} is given twice", parameter=name)
        if value and name != "_mediatype":
            found[name] = read_number(parameters, "level", default=0, most=99) if name == "level" else value
    return found
