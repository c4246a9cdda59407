"""Write the pages that the server asks for."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from airm_graph.analysis.charts import Chart
from airm_graph.analysis.releases import Changes
from airm_graph.query.answers import Table
from airm_graph.query.library import Query, bind_query, list_queries
from airm_graph.search import Hits
from airm_graph.serve.analyses import ANALYSES, Analysis
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.page_interface import PageClient, PageRequest
from airm_graph.serve.resource_description import Resource
from airm_graph.site.catalogue import CatalogueCache
from airm_graph.site.change_log import group_changes
from airm_graph.site.class_diagram import draw_classes
from airm_graph.site.embedded_jsonld import embed_dataset, embed_resource
from airm_graph.site.facet_lists import list_facets, list_filters, paginate, write_title
from airm_graph.site.forms import make_fields
from airm_graph.site.linked_text import find_links
from airm_graph.site.markdown import resource_markdown
from airm_graph.site.page_endpoints import list_page_routes
from airm_graph.site.related import arrange_outline, find_related, find_siblings, find_terms
from airm_graph.site.render import Site, render
from airm_graph.site.resource_view import ResourceView

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

__all__ = ["SitePages"]

#: Rows of an answer that a page shows; all of them are in the files.
_MOST_ROWS = 200
_ABOUT = (
    "Measures against AI risk, drawn from many documents and sorted under a code taxonomy, with the reason for each code, "
    "who acts, at which stage, and the captured lines that say so."
)
# Kinds of resources whose page lists the mitigations that have them as the value of a facet.
_FACETS = frozenset({"code", "actor", "lifecycle", "function", "source"})
_BROWSE = ("Browse", "browse")
_TITLES = {404: "Not found", 410: "Gone", 503: "Busy"}


class SitePages:
    """Makes pages from templates; one for each server."""

    def __init__(self) -> None:
        """Read nothing before it is asked for."""
        self._cache: CatalogueCache | None = None

    def _find_cache(self, client: PageClient) -> CatalogueCache:
        if self._cache is None:
            self._cache = CatalogueCache(client)
        return self._cache

    async def show_front(self, page: PageRequest) -> str:
        """Write the page at ``/``."""
        site = Site(page)
        catalogue = await self._find_cache(page.client).read()
        title = "AI risk mitigations"
        data = embed_dataset(page.info, name=title, description=_ABOUT)
        return render("front.html", site, title=title, data=data, about=_ABOUT, catalogue=catalogue, counts=page.info.counts)

    async def show_resource(self, page: PageRequest, resource: Resource) -> str:
        """Write the page of one resource."""
        site = Site(page, labels=resource.labels)
        view = ResourceView(resource, site)
        related = await self._find_related(page.client, view)
        if page.is_markdown:
            return resource_markdown(view, **related)
        title = f"{view.name} ({view.path})"
        diagram = draw_classes(related["terms"], site) if view.kind == "ontology" else ""
        data = embed_resource(resource, base=site.base)
        return render("resource.html", site, title=title, crumbs=view.crumbs(), data=data, view=view, diagram=diagram, **related)

    async def _find_related(self, client: PageClient, view: ResourceView) -> dict[str, Any]:
        found: dict[str, Any] = {"siblings": {}, "related": [], "terms": [], "outline": []}
        if view.kind == "mitigation":
            codes = sorted(set(view.links("airm:code")))
            found["siblings"], found["related"] = await asyncio.gather(
                find_siblings(client, view), find_related(client, "code", codes, without=view.iri)
            )
        elif view.kind in _FACETS and view.iri in {choice.iri for choice in await self._list_used(client, view.kind)}:
            found["related"] = await find_related(client, view.kind, [view.iri])
        if view.kind == "ontology":
            found["terms"] = await find_terms(client, view.iri)
        if view.kind == "source":
            found["outline"] = arrange_outline(await client.query("outline-by-source", {"source": view.iri}))
        return found

    async def _list_used(self, client: PageClient, facet: str) -> Sequence[Any]:
        return (await self._find_cache(client).read()).facets.get(facet, ())

    async def show_queries(self, page: PageRequest, queries: Sequence[Query]) -> str:
        """Write the list of the query library at ``/query``."""
        site = Site(page)
        checks = [query for query in queries if query.name.startswith("check-")]
        answers = [query for query in queries if query not in checks]
        return render("queries.html", site, title="Queries", crumbs=site.crumbs(page="Queries"), answers=answers, checks=checks)

    async def show_query(self, page: PageRequest, query: Query, *, arguments: Mapping[str, str], table: Table | None, error: str) -> str:
        """Write one query at ``/query/NAME``: its form, and its rows where it could be answered."""
        site = Site(page)
        said = ", ".join(f"{name} {value}" for name, value in arguments.items())
        return render(
            "query.html",
            site,
            title=f"{query.summary}{f': {said}' if said else ''}",
            crumbs=site.crumbs(("Queries", "query"), page=query.summary),
            query=query,
            text=query.text if error else bind_query(query, {**query.examples, **arguments}, base=page.info.base),
            fields=make_fields(query, arguments, await self._find_cache(page.client).read()),
            arguments=list(arguments.items()),
            example=list(query.examples.items()),
            table=table,
            rows=table.rows[:_MOST_ROWS] if table else (),
            error=error,
        )

    async def show_search(self, page: PageRequest, hits: Hits, *, chosen: Mapping[str, Sequence[str]], limit: int) -> str:
        """Write the page at ``/search``."""
        site = Site(page)
        filters = list_filters(site, hits, path="search", chosen=chosen)
        return render(
            "search.html",
            site,
            title=write_title("Search", hits, filters),
            crumbs=site.crumbs(page="Search"),
            heading="Search",
            kept=chosen,
            hits=hits,
            filters=filters,
            facets=list_facets(site, hits, path="search", chosen=chosen),
            pagination=paginate(site, hits, path="search", chosen=chosen, limit=limit),
        )

    async def show_analysis(
        self, page: PageRequest, analysis: Analysis, *, arguments: Mapping[str, str | int | float], text: str, error: str
    ) -> str:
        """Write the page of an analysis: a form, and what it says or what is wrong."""
        site = Site(page)
        asked, said = urlencode(arguments), ", ".join(site.shorten(str(value).strip("<>")) for _, value in page.parameters if value)
        downloads = [(form, site.url(f"{analysis.name}.{form}") + (f"?{asked}" if asked else "")) for form in analysis.types]
        return render(
            "analysis.html",
            site,
            title=": ".join(filter(None, (analysis.title, said))),
            crumbs=site.crumbs(page=analysis.title),
            analysis=analysis,
            others=ANALYSES.values(),
            arguments=arguments,
            downloads=downloads,
            pieces=find_links(site, text),
            error=error,
        )

    async def show_editor(self, page: PageRequest) -> str:
        """Write the page at ``/sparql`` for those who bring no query."""
        site = Site(page)
        crumbs = site.crumbs(page="SPARQL")
        if page.addresses.is_server:
            return render("sparql.html", site, title="SPARQL", crumbs=crumbs, text="")
        queries = list_queries()
        first = next(query for query in queries if query.name == "mitigations-by-code")
        text = bind_query(first, first.examples, base=page.info.base)
        return render("sparql_site.html", site, title="SPARQL", crumbs=crumbs, text=text, queries=queries)

    def show_pictures(self, page: PageRequest, charts: Sequence[Chart]) -> str:
        """Write the page of pictures, each with its numbers."""
        site = Site(page)
        return render("pictures.html", site, title="Pictures", crumbs=site.crumbs(page="Pictures"), charts=charts)

    def show_changes(self, page: PageRequest, changes: Changes) -> str:
        """Write the page that says what changed since an earlier release."""
        site, title = Site(page), "Changes since the earlier release"
        groups = list(group_changes(changes))
        return render("changes.html", site, title=title, crumbs=site.crumbs(page="Changes"), changes=changes, groups=groups)

    async def show_problem(self, page: PageRequest, *, status: int, title: str) -> str:
        """Write a page that says why there is no other."""
        heading = _TITLES.get(status, "That did not work")
        return render("problem.html", Site(page), title=f"{status} {heading}", status=status, heading=heading, message=title)

    def list_routes(self, client: GraphClient) -> "list[BaseRoute]":
        """List the routes of pages for browsing and of rules, of the editor and of static files."""
        return list_page_routes(client, cache=self._find_cache(client))
