"""The pages, as the server asks for them."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airm_graph.query.answers import Table
from airm_graph.query.library import Query, bind_query
from airm_graph.search import Hits
from airm_graph.serve.desk import Desk
from airm_graph.serve.pages import View
from airm_graph.serve.resources import Resource
from airm_graph.site.catalogue import Shelf
from airm_graph.site.embedded import embed_dataset, embed_resource
from airm_graph.site.facets import list_chips, list_facets, turn_pages
from airm_graph.site.forms import make_fields
from airm_graph.site.neighbours import arrange_outline, find_related, find_siblings, find_terms
from airm_graph.site.render import Crumb, Site, render
from airm_graph.site.routes import list_page_routes
from airm_graph.site.shown import Shown

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

__all__ = ["SitePages"]

#: Rows of an answer that a page shows; all of them are in the files.
_MOST_ROWS = 200
_ABOUT = (
    "Measures against AI risk, drawn from many documents and sorted under a code taxonomy, with the reason for each code, "
    "who acts, at which stage, and the captured lines that say so."
)
# What lists mitigations on the page of a concept.
_FACETS = {"code": "code", "actor": "actor", "lifecycle": "lifecycle", "function": "function", "source": "source"}


class SitePages:
    """Pages made from templates; one for each server."""

    def __init__(self) -> None:
        """Nothing is read before it is asked for."""
        self._shelf: Shelf | None = None

    def shelf(self, desk: Desk) -> Shelf:
        """The catalogue of a server."""
        if self._shelf is None:
            self._shelf = Shelf(desk)
        return self._shelf

    async def show_front(self, view: View) -> str:
        """The page at ``/``."""
        site = Site(view)
        catalogue = await self.shelf(view.desk).read()
        title = "AI risk mitigations"
        data = embed_dataset(view.facts, name=title, description=_ABOUT)
        return render("front.html", site, title=title, data=data, about=_ABOUT, catalogue=catalogue, counts=view.facts.counts)

    async def show_resource(self, view: View, resource: Resource) -> str:
        """The page of one resource."""
        site = Site(view, labels=resource.labels)
        shown = Shown(resource, site)
        more = await self._find_more(view.desk, shown)
        return render(
            "resource.html",
            site,
            title=f"{shown.name} ({shown.path})",
            crumbs=shown.crumbs(),
            data=embed_resource(resource),
            shown=shown,
            **more,
        )

    async def _find_more(self, desk: Desk, shown: Shown) -> dict[str, Any]:
        found: dict[str, Any] = {"siblings": {}, "related": [], "terms": [], "outline": []}
        if shown.kind == "mitigation":
            codes = sorted(set(shown.links("airm:code")))
            found["siblings"], found["related"] = await asyncio.gather(
                find_siblings(desk, shown), find_related(desk, "code", codes, besides=shown.iri)
            )
        elif shown.kind in _FACETS and any(choice.iri == shown.iri for choice in await self._used(desk, _FACETS[shown.kind])):
            found["related"] = await find_related(desk, _FACETS[shown.kind], [shown.iri])
        if shown.kind == "ontology":
            found["terms"] = await find_terms(desk, shown.iri)
        if shown.kind == "source":
            found["outline"] = arrange_outline(await desk.query("outline-by-source", {"source": shown.iri}))
        return found

    async def _used(self, desk: Desk, facet: str) -> Sequence[Any]:
        return (await self.shelf(desk).read()).facets.get(facet, ())

    async def show_queries(self, view: View, queries: Sequence[Query]) -> str:
        """The gallery of the query library at ``/query``."""
        site = Site(view)
        checks = [query for query in queries if query.name.startswith("check-")]
        answers = [query for query in queries if query not in checks]
        crumbs = [Crumb("Home", site.url()), Crumb("Queries")]
        return render("queries.html", site, title="Queries", crumbs=crumbs, answers=answers, checks=checks)

    async def show_query(self, view: View, query: Query, *, arguments: Mapping[str, str], table: Table | None, error: str) -> str:
        """One query at ``/query/NAME``: its form, and its rows where it could be answered."""
        site = Site(view)
        fields = make_fields(query, arguments, await self.shelf(view.desk).read())
        crumbs = [Crumb("Home", site.url()), Crumb("Queries", site.url("query")), Crumb(query.summary)]
        examples = [(p.name, p.example) for p in query.parameters if p.required and p.example is not None]
        said = ", ".join(f"{name} {value}" for name, value in arguments.items())
        return render(
            "query.html",
            site,
            title=f"{query.summary}{f': {said}' if said else ''}",
            crumbs=crumbs,
            query=query,
            text=query.text if error else bind_query(query, {**dict(examples), **arguments}, base=view.facts.base),
            fields=fields,
            arguments=list(arguments.items()),
            example=examples,
            table=table,
            rows=table.rows[:_MOST_ROWS] if table else (),
            error=error,
        )

    async def show_search(self, view: View, hits: Hits, *, chosen: Mapping[str, Sequence[str]]) -> str:
        """The page at ``/search``."""
        site = Site(view)
        limit = next((int(value) for name, value in view.parameters if name == "limit"), 20)
        return render(
            "search.html",
            site,
            title=name_search(hits, list_chips(site, hits, path="search", chosen=chosen)),
            crumbs=[Crumb("Home", site.url()), Crumb("Search")],
            heading="Search",
            action="search",
            hits=hits,
            chosen=chosen,
            chips=list_chips(site, hits, path="search", chosen=chosen),
            facets=list_facets(site, hits, path="search", chosen=chosen),
            turn=turn_pages(site, hits, path="search", chosen=chosen, limit=limit),
        )

    async def show_editor(self, view: View) -> str:
        """The page at ``/sparql`` for those who bring no query."""
        site = Site(view)
        return render("sparql.html", site, title="SPARQL", crumbs=[Crumb("Home", site.url()), Crumb("SPARQL")], text="")

    async def show_problem(self, view: View, *, status: int, message: str) -> str:
        """A page that says why there is no other."""
        site = Site(view)
        title = {404: "Not found", 410: "Gone", 503: "Busy"}.get(status, "That did not work")
        return render("problem.html", site, title=f"{status} {title}", status=status, heading=title, message=message)

    def list_routes(self, desk: Desk) -> "list[BaseRoute]":
        """Pages for browsing and of rules, the editor, static files."""
        return list_page_routes(desk, shelf=self.shelf(desk))


def name_search(hits: Hits, chips: Sequence[Any]) -> str:
    """A title that tells one search from another."""
    parts = [f"“{hits.text}”"] if hits.text else []
    parts += [f"{chip.title} {chip.label}" for chip in chips]
    place = f" (from {hits.offset + 1})" if hits.offset else ""
    return f"Search{': ' if parts else ''}{', '.join(parts)}{place}"
