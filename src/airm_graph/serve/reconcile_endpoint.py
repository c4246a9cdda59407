"""Answer at ``/reconcile``: reconciliation of names, for OpenRefine and other clients.

Version 0.2 is at ``/reconcile``, version 1.0-draft below ``/reconcile/1.0-draft``: one manifest
cannot say both. A batch in JSON is answered as 1.0-draft says at either.

Source:
    W3C Entity Reconciliation Community Group, Reconciliation Service API 0.2 and 1.0-draft.
"""

import json
from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airm_graph.serve.content_negotiation import HTML, JSON
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.problems import Problem
from airm_graph.serve.reconcile_requests import MOST_CANDIDATES, read_batch, read_extension, read_json
from airm_graph.serve.request_parameters import Parameters, read_body, read_form, read_number
from airm_graph.serve.responses import Validators, make_response, write_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["DRAFT", "RECONCILE", "answer_reconcile"]

#: Paths below the server: of version 0.2, and of 1.0-draft.
RECONCILE, DRAFT = "reconcile", "reconcile/1.0-draft"
_FORM = "application/x-www-form-urlencoded"
_KINDS = ("entity", "property", "type")
_WIDTH, _HEIGHT = 430, 270
# Whoever reconciles sees a preview in a frame of their own page; it runs and loads nothing.
_FRAMED = {"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *"}
Json = dict[str, Any]


async def answer_reconcile(request: "Request", client: GraphClient) -> "Response":
    """Answer a request at ``/reconcile`` or below."""
    path = request.path_params.get("rest", "").strip("/")
    is_draft = path == "1.0-draft" or path.startswith("1.0-draft/")
    path = path.removeprefix("1.0-draft").strip("/") if is_draft else path
    root = client.locate(request.headers.get("host", ""), DRAFT if is_draft else RECONCILE)
    if request.method == "POST":
        return await _answer_post(request, client, path)
    parameters = read_form(request.scope["query_string"])
    validators = Validators(client.info, "reconcile", request.url.path, root, json.dumps(parameters))
    given = dict(parameters)
    if path == "" and ("queries" in given or "extend" in given):
        found: object = await _answer_form(client, given)
    elif path == "":
        found = await _write_manifest(client, root, is_draft=is_draft)
    elif path in {"view", "preview"}:
        return await _show_entity(request, client, given.get("id", ""), path, validators=validators)
    else:
        found = await _answer_get(client, path, parameters)
    return await make_response(request, write_json(found), media_type=JSON, validators=validators)


async def _ask(client: GraphClient, operation: str, **arguments: object) -> Json:
    found: Json = json.loads((await client.send("reconcile", operation=operation, arguments=arguments)).body)
    return found


async def _answer_post(request: "Request", client: GraphClient, path: str) -> "Response":
    limits = client.settings.limits
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    # Addresses of forms grow by escapes: a form may be three times as long as what it says.
    body = await read_body(request, limits.post_length * (3 if kind == _FORM else 1), seconds=limits.body_seconds)
    if path == "" and kind == _FORM:
        found: object = await _answer_form(client, dict(read_form(body)))
    elif kind != "application/json":
        raise Problem(415, f"send application/json, or {_FORM} to /{RECONCILE}", headers={"Accept": f"application/json, {_FORM}"})
    elif path in {"", "match", "reconcile"}:
        found = {**await _match(client, read_json(body)), "notice": client.info.notice}
    elif path == "extend":
        extended = await _ask(client, "extend", **read_extension(read_json(body)))
        found = {"notice": client.info.notice, "meta": extended["meta"], "rows": _list_rows(extended["rows"])}
    else:
        raise Problem(404, "nothing is sent there; a batch goes to match, a data extension query to extend")
    return await make_response(request, write_json(found), media_type=JSON)


def _list_rows(rows: Mapping[str, Mapping[str, object]]) -> list[Json]:
    return [{"id": iri, "properties": [{"id": pid, "values": values} for pid, values in row.items()]} for iri, row in rows.items()]


async def _answer_form(client: GraphClient, given: Mapping[str, str]) -> Json:
    """Answer a batch or a data extension query that stands in a field, as of version 0.2."""
    if "extend" in given:
        return {**await _ask(client, "extend", **read_extension(read_json(given["extend"]))), "notice": client.info.notice}
    if "queries" not in given:
        raise Problem(400, "send a batch of queries in the field queries, or a data extension query in extend", parameter="queries")
    return await _match(client, read_json(given["queries"]))


async def _match(client: GraphClient, batch: Json) -> Json:
    names, queries = read_batch(batch)
    results = (await _ask(client, "match", queries=queries))["results"]
    if names is None:
        return {"results": [{"candidates": result} for result in results]}
    return {name: {"result": result} for name, result in zip(names, results, strict=True)}


async def _answer_get(client: GraphClient, path: str, parameters: Parameters) -> Json:
    given, (service, _, kind) = dict(parameters), path.partition("/")
    limit = read_number(parameters, "limit", default=10 if service == "suggest" else MOST_CANDIDATES, most=10**6)
    if service == "suggest" and kind in _KINDS:
        cursor = read_number(parameters, "cursor", default=0, most=10**6)
        asked = {"prefix": given.get("prefix", "")[:1000], "type": given.get("type", ""), "cursor": cursor}
        return await _ask(client, "suggest", what=kind, limit=min(limit, MOST_CANDIDATES), **asked)
    if service == "flyout" and kind in _KINDS:
        found = await _find(client, kind, given.get("id", ""))
        return {"id": found["id"], "html": _write_facts(found)}
    if path == "extend/propose":
        return await _ask(client, "propose", type=given.get("type", ""), limit=limit)
    raise Problem(404, "there is no such service; the manifest at /reconcile names those there are")


async def _find(client: GraphClient, kind: str, iri: str) -> Json:
    found = await _ask(client, "describe", what=kind, id=iri)
    if not found:
        raise Problem(404, f"there is no {kind} {iri[:200]!r}", parameter="id")
    return found


async def _show_entity(request: "Request", client: GraphClient, iri: str, path: str, *, validators: Validators) -> "Response":
    found = await _find(client, "entity", iri)
    place = client.href(found["id"])
    if path == "view":
        if not place:
            raise Problem(404, f"{found['id']} leads nowhere", parameter="id")
        return await make_response(request, b"", media_type="text/plain", headers={"Location": place}, status=303)
    text = f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(found["name"])}</title></head>\n<body>'
    text += f'{_write_facts(found)}<p><a href="{escape(place)}" target="_blank" rel="noopener">{escape(found["id"])}</a></p>'
    text += f"<p><small>{escape(client.info.notice)}</small></p></body></html>\n"
    return await make_response(request, text.encode(), media_type=HTML, validators=validators, headers=_FRAMED)


def _write_facts(found: Json) -> str:
    types = ", ".join(one["name"] for one in found.get("type", ()))
    told = (f"<strong>{escape(found['name'])}</strong>", escape(types), escape(found.get("description", "")[:500]))
    return "".join(f"<p>{one}</p>" for one in told if one)


async def _write_manifest(client: GraphClient, root: str, *, is_draft: bool) -> Json:
    info, types = client.info, (await _ask(client, "types"))["result"]
    common: Json = {
        "versions": ["1.0-draft"] if is_draft else ["0.2"],
        "name": "AI risk mitigations",
        "identifierSpace": info.base,
        "schemaSpace": f"{info.base}ontology#",
        "serviceVersion": info.version,
        "documentation": f"{root.removesuffix(DRAFT if is_draft else RECONCILE)}openapi.json",
        # In 1.0-draft a template as of RFC 6570, which escapes what it puts in.
        "view": {"url": f"{root}/view?id={'{id}' if is_draft else '{{id}}'}"},
        "defaultTypes": types,
        "notice": info.notice,
    }
    size: Json = {"width": _WIDTH, "height": _HEIGHT}
    if is_draft:
        suggest: Json = dict.fromkeys(_KINDS, True)
        return {**common, "standardizedScore": True, "suggest": suggest, "preview": size, "extend": {"proposeProperties": True}}
    suggest = {kind: _describe_suggest(root, kind) for kind in _KINDS}
    extend = {"propose_properties": {"service_url": root, "service_path": "/extend/propose"}, "property_settings": []}
    return {**common, "suggest": suggest, "preview": {"url": f"{root}/preview?id={{{{id}}}}", **size}, "extend": extend}


def _describe_suggest(root: str, kind: str) -> Json:
    return {
        "service_url": root,
        "service_path": f"/suggest/{quote(kind)}",
        "flyout_service_url": root,
        "flyout_service_path": f"/flyout/{quote(kind)}?id=${{id}}",
    }
