"""Answer what the site adds to the server: browsing, rules, the editor, and static files."""

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING

from airm_graph.errors import AirmError
from airm_graph.query.library import bind_query, load_query
from airm_graph.search.script_lists import LISTS
from airm_graph.serve.content_negotiation import HTML, JSON
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageRequest
from airm_graph.serve.problems import Problem
from airm_graph.serve.request_parameters import read_facets, read_form, read_number
from airm_graph.serve.responses import CONTENT_SECURITY, Validators, make_response, make_route
from airm_graph.site.browse_pages import BrowsePages
from airm_graph.site.catalogue import CatalogueCache
from airm_graph.site.query_results import read_query, run_form_query
from airm_graph.site.render import Site, render
from airm_graph.site.static_files import STATIC_TYPES, hash_static, read_static

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

__all__ = ["list_page_routes"]

#: What the page with the editor may do beyond all others: styles that the editor writes into its
#: elements, and its own icons.
_EDITOR_SECURITY = CONTENT_SECURITY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "font-src 'self'", "font-src 'self' data:"
)
_MOST_OFFSET = 10**8
_ONE_YEAR = "public, max-age=31536000, immutable"
_SPARQL = ("SPARQL", "sparql")


def list_page_routes(client: GraphClient, *, cache: CatalogueCache) -> "list[BaseRoute]":
    """Make the routes.

    Args:
        client: Asks for data.
        cache: What there is to browse.
    """
    pages = _PageEndpoints(client, cache)
    return [
        make_route("/browse", pages.show_browse, "browse"),
        make_route("/browse/mitigations", pages.show_mitigations, "browse"),
        make_route("/browse/taxonomy/{edition}", pages.show_edition, "browse"),
        make_route("/browse/{facet}", pages.show_facet, "browse"),
        make_route("/rules", pages.show_rules, "rules"),
        make_route("/rules/{rule}", pages.show_rule, "rules"),
        make_route("/editor", pages.show_editor, "editor"),
        make_route("/sparql/table", pages.show_result, "sparql-table", methods=("GET", "HEAD", "POST")),
        make_route("/neighbourhood", pages.show_neighbourhood, "neighbourhood"),
        *(make_route(f"/{name}", partial(pages.send_list, name=name), "list") for name in LISTS),
        make_route("/static/prefixes.json", pages.send_prefixes, "static"),
        make_route("/static/{name:path}", pages.send_static, "static"),
    ]


class _PageEndpoints:
    def __init__(self, client: GraphClient, cache: CatalogueCache) -> None:
        self._client, self._pages = client, BrowsePages(cache)

    def _page(self, request: "Request") -> PageRequest:
        return PageRequest.of(request, self._client)

    def _site(self, request: "Request") -> Site:
        return Site(self._page(request))

    async def _send(self, request: "Request", text: str, *, security: str = "") -> "Response":
        headers = {"Content-Security-Policy": security} if security else {}
        validators = Validators(self._client.info, request.url.path, request.url.query)
        return await make_response(request, text.encode("utf-8", "replace"), media_type=HTML, headers=headers, validators=validators)

    async def show_browse(self, request: "Request") -> "Response":
        """Answer at ``/browse``: the ways to browse."""
        return await self._send(request, await self._pages.show_browse(self._page(request)))

    async def show_edition(self, request: "Request") -> "Response":
        """Answer at ``/browse/taxonomy/EDITION``: the whole tree of an edition."""
        return await self._send(request, await self._pages.show_edition(self._page(request), request.path_params["edition"]))

    async def show_facet(self, request: "Request") -> "Response":
        """Answer at ``/browse/actor`` and so on: all values of a facet."""
        return await self._send(request, await self._pages.show_facet(self._page(request), request.path_params["facet"]))

    async def show_mitigations(self, request: "Request") -> "Response":
        """Answer at ``/browse/mitigations``: mitigations that have all that is chosen."""
        parameters = read_form(request.scope["query_string"])
        chosen = read_facets(parameters, without=("kind",))
        offset = read_number(parameters, "offset", default=0, most=_MOST_OFFSET)
        return await self._send(request, await self._pages.show_mitigations(self._page(request), chosen=chosen, offset=offset))

    async def show_rules(self, request: "Request") -> "Response":
        """Answer at ``/rules``: all rules that data is judged by."""
        await _read_rules()
        return await self._send(request, self._pages.show_rules(self._page(request)))

    async def show_rule(self, request: "Request") -> "Response":
        """Answer at ``/rules/RULE``."""
        await _read_rules()
        return await self._send(request, self._pages.show_rule(self._page(request), request.path_params["rule"]))

    async def show_editor(self, request: "Request") -> "Response":
        """Answer at ``/editor``: the editor where it was vendored, a plain form otherwise."""
        site = self._site(request)
        name = request.query_params.get("query", "")
        template, security = ("editor.html", _EDITOR_SECURITY) if site.has_editor else ("sparql.html", "")
        title, crumbs = f"SPARQL editor{f': {name}' if name else ''}", site.crumbs(_SPARQL, page="Editor")
        return await self._send(request, render(template, site, title=title, crumbs=crumbs, text=self._find_text(name)), security=security)

    async def show_result(self, request: "Request") -> "Response":
        """Answer at ``/sparql/table``: the result of the query in the plain form, as a page."""
        site, query = self._site(request), await read_query(request, self._client)
        crumbs = site.crumbs(_SPARQL, page="Answer")
        if not query:
            return await self._send(request, render("sparql.html", site, title="SPARQL form", crumbs=crumbs, text=""))
        try:
            result, error, status = await run_form_query(self._client, query, site), "", 200
        except Problem as problem:
            if problem.status == 503:
                raise
            result, error, status = None, problem.title, problem.status
        text = render("query_result.html", site, title="Answer", crumbs=crumbs, text=query, result=result, error=error)
        return await make_response(request, text.encode("utf-8", "replace"), media_type=HTML, status=status)

    def _find_text(self, name: str) -> str:
        """Find the text of a query, with examples in place; without a name, of a default one."""
        try:
            query = load_query(name or "mitigations-by-code")
        except AirmError as error:
            raise Problem(404, str(error)) from error
        return bind_query(query, query.examples, base=self._client.info.base)

    async def show_neighbourhood(self, request: "Request") -> "Response":
        """Answer at ``/neighbourhood``: one thing with all that it is connected to."""
        return await self._send(request, self._pages.show_neighbourhood(self._page(request)))

    async def send_list(self, request: "Request", *, name: str) -> "Response":
        """Send a list that scripts of pages look through."""
        validators = Validators(self._client.info, name)
        body = b"" if validators.match(request.headers) else (await self._client.send("list", name=name)).body
        return await make_response(request, body, media_type=JSON, validators=validators, vary="Accept-Encoding")

    async def send_prefixes(self, request: "Request") -> "Response":
        """Send the prefixes that the editor completes."""
        body, validators = json.dumps(dict(sorted(self._client.info.prefixes.items()))).encode(), Validators(self._client.info, "prefixes")
        return await make_response(request, body, media_type=JSON, validators=validators, vary="Accept-Encoding")

    async def send_static(self, request: "Request") -> "Response":
        """Send a file that comes with the pages."""
        name = request.path_params["name"]
        body = read_static().get(name)
        if body is None:
            raise Problem(404, "there is no such file")
        headers = {"Cache-Control": _ONE_YEAR if request.query_params.get("v") == hash_static(name) else "no-cache"}
        media_type = STATIC_TYPES[name[name.rindex(".") :]]
        return await make_response(request, body, media_type=media_type, headers=headers, vary="Accept-Encoding")


async def _read_rules() -> None:
    """Read the rules in a thread: it takes a moment the first time."""
    from airm_graph.validate.rulebook import load_rulebook

    await asyncio.to_thread(load_rulebook)
