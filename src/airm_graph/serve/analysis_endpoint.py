"""Answer analyses over HTTP, each at the path of its name; a suffix chooses a format.

They show what `airm_graph.analysis` says, as the commands of the same names do.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from airm_graph.serve.analyses import ANALYSES, TEXT, Analysis, Field
from airm_graph.serve.content_negotiation import HTML, MARKDOWN, negotiate
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageRequest, Pages
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_form, read_number
from airm_graph.serve.responses import Validators, make_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_analysis"]

Arguments = dict[str, str | int | float]
_MOST = 99


async def answer_analysis(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/coverage``, ``/why`` and so on, or at one of them with a suffix."""
    name, suffix = request.url.path.rpartition("/")[2].partition(".")[0], request.path_params.get("suffix", "")
    analysis = ANALYSES[name]
    types: Mapping[str, str] = {**analysis.types, "html": HTML}
    if suffix and suffix not in types:
        raise Problem(404, f"{name} can be had as {', '.join(types)}")
    chosen = types[suffix] if suffix else negotiate(request, tuple(dict.fromkeys(types.values())))
    parameters = read_form(request.scope["query_string"])
    arguments = _read_arguments(analysis, parameters)
    page = PageRequest.of(request, client)
    validators = Validators(client.info, "analysis", name, suffix or chosen, str(page.is_markdown), json.dumps(parameters))
    if chosen in {HTML, MARKDOWN}:
        text, problem = await _find_text(client, analysis, arguments)
        if not (text and page.is_markdown and MARKDOWN in types.values()):
            error = problem.title if problem else ""
            body = await pages.show_analysis(page, analysis, arguments=_begin(analysis) | arguments, text=text, error=error)
            # That there is nothing to show is an answer.
            status = problem.status if problem and problem.status != 404 else 200
            return await make_response(request, body.encode("utf-8", "replace"), media_type=HTML, validators=validators, status=status)
        chosen = MARKDOWN
    missing = next((field for field in analysis.fields if field.required and field.name not in arguments), None)
    if missing:
        what = f"one of {', '.join(missing.choices)}" if missing.choices else "a value"
        raise Problem(400, f"{missing.name} takes {what}", parameter=missing.name)
    form = suffix if suffix in analysis.types else next(form for form, kind in types.items() if kind == chosen)
    sent = (await client.send("analysis", name=name, format=form, arguments=arguments)).body
    headers = {} if chosen.startswith(("application/json", "text/")) else {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return await make_response(request, sent, media_type=types[form], headers=headers, validators=validators)


async def _find_text(client: GraphClient, analysis: Analysis, arguments: Arguments) -> tuple[str, Problem | None]:
    """Find what a page shows; empty before something was chosen, or where the question is wrong."""
    if not arguments and analysis.waits:
        return "", None
    asked = _begin(analysis) | arguments
    if missing := [field.title for field in analysis.fields if field.required and field.name not in asked]:
        return "", Problem(400, f"{' and '.join(missing)} must be given")
    try:
        return (await client.send("analysis", name=analysis.name, format=TEXT, arguments=asked)).body.decode(), None
    except Problem as problem:
        if problem.status == 503:
            raise
        return "", problem


def _begin(analysis: Analysis) -> Arguments:
    """The arguments that a page begins with."""
    return {field.name: field.first for field in analysis.fields if field.first}


def _read_arguments(analysis: Analysis, parameters: Sequence[tuple[str, str]]) -> Arguments:
    """Read the arguments by their kinds; fields that are left empty are left out."""
    fields, found = {field.name: field for field in analysis.fields}, Arguments()
    for name, value in parameters:
        if name == "_mediatype":
            continue
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise Problem(400, f"there is no parameter {name[:80]!r}; there are {known}", parameter=name[:80])
        if name in found:
            raise Problem(400, f"the parameter {name!r} is given twice", parameter=name)
        if value:
            found[name] = _read_value(fields[name], value)
    return found


def _read_value(field: Field, value: str) -> str | int | float:
    if field.kind == "integer":
        return read_number([(field.name, value)], field.name, default=0, most=_MOST)
    if field.kind == "number":
        try:
            return float(value)
        except ValueError as error:
            raise Problem(400, f"{field.name} takes a number, not {value[:40]!r}", parameter=field.name) from error
    return value
