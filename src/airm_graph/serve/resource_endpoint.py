"""Answer every IRI below the base under the server's own host, in the format that is asked for.

An IRI of a thing answers directly with the document about it; what stands for the thing itself on
the web is the persistent IRI, which ``deploy/w3id`` redirects with 303. A format is chosen by the
header Accept, by suffix or by ``?_mediatype=``; ``Content-Location`` names the address of the one
that was sent. A deprecated IRI is redirected with 303 where one thing replaces it. Where none does,
and where what it named is gone and has no type any more, the answer is 410 with what replaces it;
its documents, by suffix or ``?_mediatype=``, stay readable and say so.
"""

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from airm_graph.serve.content_negotiation import GRAPH_TYPES, HTML, MARKDOWN, choose_type, negotiate
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.markdown_requests import find_markdown
from airm_graph.serve.messages import Reply
from airm_graph.serve.outbox import Outbox
from airm_graph.serve.page_interface import PageRequest, Pages
from airm_graph.serve.problems import Problem
from airm_graph.serve.resource_description import read_resource_json
from airm_graph.serve.responses import Validators, make_etag, make_response, send_open_file

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_front", "answer_resource"]

_SUFFIXES = {**GRAPH_TYPES, "html": HTML, "md": MARKDOWN}
# A client that takes anything gets the first: programs rarely say what they prefer, browsers do.
_OFFERED = (*GRAPH_TYPES.values(), HTML)


async def answer_front(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request at ``/``: a page for people, the dataset for programs."""
    from starlette.responses import RedirectResponse

    if choose_type(request.headers.get("accept", ""), (HTML, *GRAPH_TYPES.values())) in {HTML, None}:
        page = await pages.show_front(PageRequest.of(request, client))
        return await make_response(request, page.encode(), media_type=HTML, validators=Validators(client.info, "front"))
    return RedirectResponse(f"{client.settings.root_path}/dataset", status_code=303, headers={"Vary": "Accept"})


async def answer_resource(request: "Request", client: GraphClient, pages: Pages) -> "Response":
    """Answer a request for an IRI below the base."""
    path = request.path_params["path"]
    if path in client.info.files:
        return _send_file(request, client, path)
    markdown = find_markdown(request.scope)
    chosen, is_explicit = negotiate(request, _OFFERED), markdown == "address" or bool(request.query_params.get("_mediatype"))
    try:
        reply = await _describe(client, path, chosen)
    except Problem as problem:
        stem, dot, suffix = path.rpartition(".")
        if problem.status != 404 or not dot or suffix not in _SUFFIXES:
            raise
        path, chosen, is_explicit = stem, _SUFFIXES[suffix], True
        reply = await _describe(client, path, chosen)
    headers = _make_headers(client, path, MARKDOWN if markdown else chosen, reply.head)
    if reply.head.get("deprecated") and not is_explicit:
        return await _send_successor(request, client, path, reply.head, headers)
    body = reply.body
    if chosen == HTML:
        page = PageRequest.of(request, client)
        body = (await pages.show_resource(page, read_resource_json(json.loads(body)))).encode()
    return await make_response(request, body, media_type=chosen, headers=headers, validators=Validators(client.info, path, chosen))


async def _describe(client: GraphClient, path: str, media_type: str) -> Reply:
    iri = client.info.base + path
    return await (client.send("resource", iri=iri) if media_type == HTML else client.send("rdf", iri=iri, type=media_type))


async def _send_successor(
    request: "Request", client: GraphClient, path: str, head: Mapping[str, Any], headers: dict[str, str]
) -> "Response":
    """Say what is used instead of a deprecated IRI; 303 leads there, unless the thing is gone."""
    successors: list[str] = head["replaced_by"]
    said = f"{client.info.base}{path} is deprecated; use {' or '.join(successors) or 'something else: nothing replaces it'}\n"
    headers = {**headers, "Link": ", ".join([headers["Link"], *(f'<{_encode(iri)}>; rel="successor-version"' for iri in successors)])}
    headers.pop("Content-Location")
    target = client.href(successors[0]) if len(successors) == 1 and not head["gone"] else ""
    if target:
        headers["Location"] = _encode(target)
    return await make_response(request, said.encode(), media_type="text/plain", headers=headers, status=303 if target else 410)


def _make_headers(client: GraphClient, path: str, media_type: str, head: Mapping[str, Any]) -> dict[str, str]:
    """Make links to the other formats, to what describes it, to licence and collection."""
    root = f"{client.settings.root_path}/{quote(path)}"
    suffix = next(suffix for suffix, name in _SUFFIXES.items() if name == media_type)
    links = [f'<{root}.{other}>; rel="alternate"; type="{name}"' for other, name in _SUFFIXES.items() if name != media_type]
    links.append(f'<{root}.ttl>; rel="describedby"; type="text/turtle"')
    links += [f'<{_encode(iri)}>; rel="license"' for iri in client.info.licences]
    links.append(f'<{_encode(head["collection"])}>; rel="collection"')
    links.append(f'<{client.info.base}{quote(path)}>; rel="canonical"')
    return {"Link": ", ".join(links), "Content-Location": f"{root}.{suffix}"}


def _encode(iri: str) -> str:
    """Write an IRI as headers can carry it: ASCII, and nothing that ends a link."""
    return quote(iri, safe="%/:=&?~#+!$,;'@()*[]")


def _send_file(request: "Request", client: GraphClient, path: str) -> "Response":
    """Send a file of the release as it lies in its folder, unless it was changed since the server
    started.
    """
    from starlette.responses import Response

    name, media_type, digest, size, changed = client.info.files[path]
    try:
        handle = os.open(client.folder / name, os.O_RDONLY) if client.folder else -1
    except OSError:
        handle = -1
    found = os.fstat(handle) if handle >= 0 else None
    if found is None or (found.st_size, found.st_mtime_ns) != (size, changed):
        if handle >= 0:
            os.close(handle)
        raise Problem(503, "the file was replaced; it is served again when the server is started again", headers={"Retry-After": "60"})
    etag = make_etag(digest)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="{name}"'}
    if etag in request.headers.get("if-none-match", ""):
        os.close(handle)
        return Response(status_code=304, headers=headers)
    outbox = Outbox.of(request)
    try:
        outbox.take_file()
    except Problem:
        os.close(handle)
        raise
    return send_open_file(handle, found, outbox=outbox, media_type=media_type, headers=headers)
