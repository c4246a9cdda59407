"""Every IRI below the base answers under the server's own host, in the format that is asked for.

An IRI of a thing answers directly with the document about it; what stands for the thing itself on the web is the persistent IRI, which
``deploy/w3id`` sends on with 303. A format is chosen by the header Accept, by suffix or by ``?_mediatype=``; ``Content-Location`` names
the address of the one that was sent. A deprecated IRI is sent on with 303 where one thing replaces it, and is gone (410) otherwise; its
documents, by suffix or ``?_mediatype=``, stay readable and say so.
"""

from typing import TYPE_CHECKING
from urllib.parse import quote

from airm_graph.serve.desk import Desk, Refusal
from airm_graph.serve.frames import Reply
from airm_graph.serve.negotiate import GRAPH_TYPES, HTML, choose_type, find_type
from airm_graph.serve.pages import Pages, View
from airm_graph.serve.responses import Fresh, finish, make_etag

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_front", "answer_resource"]

_SUFFIXES = {**GRAPH_TYPES, "html": HTML}
_TYPES = (HTML, *GRAPH_TYPES.values())
# What stands first is what a client gets that takes anything: programs rarely say what they like, browsers do.
_BY_DEFAULT = (*GRAPH_TYPES.values(), HTML)


async def answer_front(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """Answer a request at ``/``: a page for people, the dataset for programs."""
    from starlette.responses import RedirectResponse

    if choose_type(request.headers.get("accept", ""), (HTML, *GRAPH_TYPES.values())) in {HTML, None}:
        page = await pages.show_front(View(desk, "/", request.query_params.multi_items()))
        return await finish(request, page.encode(), media_type=HTML, fresh=Fresh(desk.facts, "front"))
    return RedirectResponse(f"{desk.settings.root_path}/dataset", status_code=303, headers={"Vary": "Accept"})


async def answer_resource(request: "Request", desk: Desk, pages: Pages) -> "Response":
    """Answer a request for an IRI below the base."""
    path = request.path_params["path"]
    if path in desk.facts.files:
        return _send_file(request, desk, path)
    wanted = request.query_params.get("_mediatype", "")
    chosen = find_type(wanted, _TYPES) if wanted else choose_type(request.headers.get("accept", ""), _BY_DEFAULT)
    explicit = bool(wanted)
    if chosen is None:
        raise Refusal(406, f"this can be had as {', '.join(_TYPES)}", offered=list(_TYPES))
    try:
        reply = await _ask(desk, path, chosen)
    except Refusal as refusal:
        stem, dot, suffix = path.rpartition(".")
        if refusal.status != 404 or not dot or suffix not in _SUFFIXES:
            raise
        path, chosen, explicit = stem, _SUFFIXES[suffix], True
        reply = await _ask(desk, path, chosen)
    headers = _head(desk, path, chosen, reply)
    if reply.head.get("deprecated") and not explicit:
        return await _send_on(request, desk, path, reply, headers)
    return await _send(request, desk, pages, path, chosen, reply, headers)


async def _ask(desk: Desk, path: str, media_type: str) -> Reply:
    iri = desk.facts.base + path
    return await (desk.ask("resource", iri=iri) if media_type == HTML else desk.ask("rdf", iri=iri, type=media_type))


async def _send(
    request: "Request", desk: Desk, pages: Pages, path: str, media_type: str, reply: Reply, headers: dict[str, str]
) -> "Response":
    body = reply.body
    if media_type == HTML:
        import json

        from airm_graph.serve.resources import read_resource_json

        view = View(desk, f"/{path}", request.query_params.multi_items())
        body = (await pages.show_resource(view, read_resource_json(json.loads(body)))).encode()
    return await finish(request, body, media_type=media_type, headers=headers, fresh=Fresh(desk.facts, path, media_type))


async def _send_on(request: "Request", desk: Desk, path: str, reply: Reply, headers: dict[str, str]) -> "Response":
    """Say what is used instead of a deprecated IRI."""
    successors = [str(iri) for iri in reply.head["replaced_by"]]
    said = f"{desk.facts.base}{path} is deprecated; use {' or '.join(successors) or 'something else: nothing replaces it'}\n"
    headers = {**headers, "Link": ", ".join([headers["Link"], *(f'<{_encode(iri)}>; rel="successor-version"' for iri in successors)])}
    headers.pop("Content-Location")
    if len(successors) == 1:
        headers["Location"] = _encode(desk.href(successors[0]))
    return await finish(request, said.encode(), media_type="text/plain", headers=headers, status=303 if len(successors) == 1 else 410)


def _head(desk: Desk, path: str, media_type: str, reply: Reply) -> dict[str, str]:
    """Links to the other formats, to what describes it, to licence and collection."""
    root = f"{desk.settings.root_path}/{quote(path)}"
    suffix = next(suffix for suffix, name in _SUFFIXES.items() if name == media_type)
    links = [f'<{root}.{other}>; rel="alternate"; type="{name}"' for other, name in _SUFFIXES.items() if name != media_type]
    links.append(f'<{root}.ttl>; rel="describedby"; type="text/turtle"')
    links += [f'<{_encode(iri)}>; rel="license"' for iri in desk.facts.licences]
    links.append(f'<{_encode(reply.head["collection"])}>; rel="collection"')
    links.append(f'<{desk.facts.base}{quote(path)}>; rel="canonical"')
    return {"Link": ", ".join(links), "Content-Location": f"{root}.{suffix}"}


def _encode(iri: str) -> str:
    """An IRI as headers can carry it: ASCII, and nothing that ends a link."""
    return quote(iri, safe="%/:=&?~#+!$,;'@()*[]")


def _send_file(request: "Request", desk: Desk, path: str) -> "Response":
    """Send a file of the release as it lies in its folder."""
    from starlette.responses import FileResponse, Response

    name, media_type, digest, size = desk.facts.files[path]
    file = desk.folder / name if desk.folder else None
    if file is None or not file.is_file() or file.stat().st_size != size:
        raise Refusal(503, "the file is being replaced; ask again later", headers={"Retry-After": "60"})
    etag = make_etag(digest)
    headers = {"ETag": etag, "Cache-Control": "no-cache", "Content-Disposition": f'attachment; filename="{name}"'}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(file, media_type=media_type, headers=headers)
