"""Pages beside those that the server asks for: browsing, rules, the editor; and the files they need."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from airm_graph.errors import AirmError
from airm_graph.namespaces import rebase_text
from airm_graph.query.library import bind_query, load_query
from airm_graph.search import FACETS, Hits
from airm_graph.serve.desk import Desk, Refusal
from airm_graph.serve.negotiate import HTML
from airm_graph.serve.pages import View
from airm_graph.serve.protocol import read_form
from airm_graph.serve.responses import CONTENT_SECURITY, Fresh, finish
from airm_graph.site.answers import answer_form, read_query
from airm_graph.site.catalogue import VOCABULARIES, Shelf
from airm_graph.site.facets import list_chips, list_facets, turn_pages
from airm_graph.site.render import Crumb, Site, render
from airm_graph.site.static import STATIC_TYPES, read_static, static_version

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

__all__ = ["EDITOR_SECURITY", "list_page_routes"]

#: What the page with the editor may do beyond all others: styles that the editor writes into its elements, and its own icons.
EDITOR_SECURITY = CONTENT_SECURITY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "font-src 'self'", "font-src 'self' data:"
)
_SHELVES = {"actor": "Actors", "lifecycle": "Lifecycle stages", "function": "Functions", "source": "Sources"}
_PAGE = 25
_YEAR = "public, max-age=31536000, immutable"

Endpoint = Callable[["Request"], Awaitable["Response"]]


def list_page_routes(desk: Desk, *, shelf: Shelf) -> "list[BaseRoute]":
    """Make the routes.

    Args:
        desk: Where pages ask.
        shelf: What there is to browse.
    """
    from starlette.routing import Route

    pages = _Extra(desk, shelf)

    def route(path: str, answer: Endpoint, name: str, methods: tuple[str, ...] = ("GET", "HEAD")) -> "BaseRoute":
        async def endpoint(request: "Request") -> "Response":
            request.scope.setdefault("state", {})["route"] = name
            return await answer(request)

        return Route(path, endpoint, methods=list(methods))

    return [
        route("/browse", pages.show_shelves, "browse"),
        route("/browse/mitigations", pages.show_mitigations, "browse"),
        route("/browse/taxonomy/{edition}", pages.show_tree, "browse"),
        route("/browse/{shelf}", pages.show_shelf, "browse"),
        route("/rules", pages.show_rules, "rules"),
        route("/rules/{rule}", pages.show_rule, "rules"),
        route("/editor", pages.show_editor, "editor"),
        route("/sparql/table", pages.show_answer, "sparql-table", ("GET", "HEAD", "POST")),
        route("/static/prefixes.json", pages.send_prefixes, "static"),
        route("/static/{name:path}", pages.send_static, "static"),
    ]


class _Extra:
    """The handlers."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk, self._shelf = desk, shelf

    def _site(self, request: "Request") -> Site:
        return Site(View(self._desk, request.url.path, request.query_params.multi_items()))

    async def _send(self, request: "Request", page: str, *, security: str = "") -> "Response":
        variant = (request.url.path, request.url.query)
        headers = {"Content-Security-Policy": security} if security else {}
        return await finish(
            request, page.encode("utf-8", "replace"), media_type=HTML, headers=headers, fresh=Fresh(self._desk.facts, *variant)
        )

    async def show_shelves(self, request: "Request") -> "Response":
        """Answer at ``/browse``: the ways to browse."""
        site = self._site(request)
        crumbs = [Crumb("Home", site.url()), Crumb("Browse")]
        return await self._send(
            request, render("browse.html", site, title="Browse", crumbs=crumbs, catalogue=await self._shelf.read(), shelves=_SHELVES)
        )

    async def show_tree(self, request: "Request") -> "Response":
        """Answer at ``/browse/taxonomy/EDITION``: the whole tree of an edition."""
        site, catalogue, wanted = self._site(request), await self._shelf.read(), request.path_params["edition"]
        edition = next((edition for edition in catalogue.editions if edition.slug == wanted), None)
        if edition is None:
            raise Refusal(404, f"there is no edition {wanted[:80]!r}; there are {', '.join(e.slug for e in catalogue.editions) or 'none'}")
        crumbs = [Crumb("Home", site.url()), Crumb("Browse", site.url("browse")), Crumb(edition.label)]
        return await self._send(request, render("tree.html", site, title=edition.label, crumbs=crumbs, edition=edition))

    async def show_shelf(self, request: "Request") -> "Response":
        """Answer at ``/browse/actor`` and so on: all values of a facet."""
        site, catalogue, name = self._site(request), await self._shelf.read(), request.path_params["shelf"]
        if name not in _SHELVES:
            raise Refusal(404, f"one can browse by {', '.join((*VOCABULARIES, 'source'))}")
        crumbs = [Crumb("Home", site.url()), Crumb("Browse", site.url("browse")), Crumb(_SHELVES[name])]
        choices = catalogue.concepts.get(name, ())
        return await self._send(request, render("shelf.html", site, title=_SHELVES[name], crumbs=crumbs, name=name, choices=choices))

    async def show_mitigations(self, request: "Request") -> "Response":
        """Answer at ``/browse/mitigations``: mitigations that have all that is chosen."""
        site, asked = self._site(request), read_form(request.scope["query_string"])
        known = [name for name in FACETS if name != "kind"]
        chosen = {name: [value for other, value in asked if other == name and value] for name in known}
        chosen = {name: values for name, values in chosen.items() if values}
        offset = next((value for name, value in asked if name == "offset"), "0")
        if not (offset.isascii() and offset.isdigit() and len(offset) < 9):
            raise Refusal(400, "offset takes a whole number")
        hits = Hits("", 0, 0, (), {})
        if (await self._shelf.read()).facets:
            hits = await self._desk.search("", facets={"kind": ["mitigation"], **chosen}, limit=_PAGE, offset=int(offset))
        path = "browse/mitigations"
        chips = list_chips(site, hits, path=path, chosen=chosen)
        said = ", ".join(f"{chip.title} {chip.label}" for chip in chips)
        title = f"Mitigations{f': {said}' if said else ''}{f' (from {hits.offset + 1})' if hits.offset else ''}"
        page = render(
            "search.html",
            site,
            title=title,
            crumbs=[Crumb("Home", site.url()), Crumb("Browse", site.url("browse")), Crumb("Mitigations")],
            heading="Mitigations",
            action="",
            hits=hits,
            chosen=chosen,
            chips=chips,
            facets=list_facets(site, hits, path=path, chosen=chosen, hidden=("kind",)),
            turn=turn_pages(site, hits, path=path, chosen=chosen, limit=_PAGE),
        )
        return await self._send(request, page)

    async def show_rules(self, request: "Request") -> "Response":
        """Answer at ``/rules``: all rules that data is judged by."""
        site = self._site(request)
        groups: dict[str, list[Any]] = {}
        for page in (await _read_rules()).values():
            groups.setdefault(page.group, []).append(page)
        crumbs = [Crumb("Home", site.url()), Crumb("Rules")]
        return await self._send(request, render("rules.html", site, title="Rules", crumbs=crumbs, groups=groups))

    async def show_rule(self, request: "Request") -> "Response":
        """Answer at ``/rules/RULE``."""
        site, rules = self._site(request), await _read_rules()
        page = rules.get(request.path_params["rule"])
        if page is None:
            raise Refusal(404, f"there is no rule {request.path_params['rule'][:40]!r}")
        shape = rebase_text(page.shape, self._desk.facts.base)
        crumbs = [Crumb("Home", site.url()), Crumb("Rules", site.url("rules")), Crumb(page.rule)]
        return await self._send(
            request, render("rule.html", site, title=f"{page.rule}: {page.title}", crumbs=crumbs, page=page, shape=shape)
        )

    async def show_editor(self, request: "Request") -> "Response":
        """Answer at ``/editor``: the editor where it was vendored, a plain form otherwise."""
        site = self._site(request)
        name = request.query_params.get("query", "")
        text = self._find_text(name)
        title = f"SPARQL editor{f': {name}' if name else ''}"
        crumbs = [Crumb("Home", site.url()), Crumb("SPARQL", site.url("sparql")), Crumb("Editor")]
        if not site.has_editor:
            return await self._send(request, render("sparql.html", site, title=title, crumbs=crumbs, text=text))
        page = render("editor.html", site, title=title, crumbs=crumbs, text=text)
        return await self._send(request, page, security=EDITOR_SECURITY)

    async def show_answer(self, request: "Request") -> "Response":
        """Answer at ``/sparql/table``: what the plain form asked, as a page."""
        site, query = self._site(request), await read_query(request, self._desk)
        crumbs = [Crumb("Home", site.url()), Crumb("SPARQL", site.url("sparql")), Crumb("Answer")]
        if not query:
            return await self._send(request, render("sparql.html", site, title="SPARQL form", crumbs=crumbs, text=""))
        try:
            answer, error, status = await answer_form(self._desk, query, site), "", 200
        except Refusal as refusal:
            if refusal.status == 503:
                raise
            answer, error, status = None, refusal.message, refusal.status
        page = render("answer.html", site, title="Answer", crumbs=crumbs, text=query, answer=answer, error=error)
        return await finish(request, page.encode("utf-8", "replace"), media_type=HTML, status=status)

    def _find_text(self, name: str) -> str:
        """The text of a query of the library, with examples in place; a query that shows something when none is named."""
        try:
            query = load_query(name or "mitigations-by-code")
        except AirmError as error:
            raise Refusal(404, str(error)) from error
        examples = {p.name: p.example for p in query.parameters if p.required and p.example is not None}
        return bind_query(query, examples, base=self._desk.facts.base)

    async def send_prefixes(self, request: "Request") -> "Response":
        """Send the prefixes that the editor completes."""
        body = json.dumps(dict(sorted(self._desk.facts.prefixes.items()))).encode()
        return await finish(request, body, media_type="application/json", fresh=Fresh(self._desk.facts, "prefixes"), vary="Accept-Encoding")

    async def send_static(self, request: "Request") -> "Response":
        """Send a file that comes with the pages."""
        name = request.path_params["name"]
        body = read_static().get(name)
        if body is None:
            raise Refusal(404, "there is no such file")
        headers = {"Cache-Control": _YEAR if request.query_params.get("v") == static_version(name) else "no-cache"}
        media_type = STATIC_TYPES[name[name.rindex(".") :]]
        return await finish(request, body, media_type=media_type, headers=headers, vary="Accept-Encoding")


async def _read_rules() -> Any:
    """The rulebook; reading it takes a moment when it is first asked for."""
    import asyncio

    from airm_graph.validate.rulebook import load_rulebook

    return await asyncio.to_thread(load_rulebook)
