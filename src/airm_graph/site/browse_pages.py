"""Write the pages for browsing, and those of rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from airm_graph.namespaces import rebase_text
from airm_graph.search import Hits
from airm_graph.serve.page_interface import PageRequest
from airm_graph.serve.problems import Problem
from airm_graph.site.catalogue import BROWSED, CatalogueCache
from airm_graph.site.facet_lists import list_facets, list_filters, paginate, write_title
from airm_graph.site.render import Site, render

__all__ = ["BrowsePages"]

_HITS = 25
_MOST_THING = 300
_BROWSE = ("Browse", "browse")


class BrowsePages:
    """Makes pages for browsing; a page that there is not is a `Problem`."""

    def __init__(self, cache: CatalogueCache) -> None:
        """Take what there is to browse."""
        self._cache = cache

    async def show_browse(self, page: PageRequest) -> str:
        """Write the page at ``/browse``: the ways to browse."""
        site, catalogue = Site(page), await self._cache.read()
        return render("browse.html", site, title="Browse", crumbs=site.crumbs(page="Browse"), catalogue=catalogue, browsed=BROWSED)

    async def show_edition(self, page: PageRequest, slug: str) -> str:
        """Write the page at ``/browse/taxonomy/EDITION``: the whole tree of an edition."""
        site, catalogue = Site(page), await self._cache.read()
        edition = next((edition for edition in catalogue.editions if edition.slug == slug), None)
        if edition is None:
            known = ", ".join(other.slug for other in catalogue.editions) or "none"
            raise Problem(404, f"there is no edition {slug[:80]!r}; there are {known}")
        return render("tree.html", site, title=edition.label, crumbs=site.crumbs(_BROWSE, page=edition.label), edition=edition)

    async def show_facet(self, page: PageRequest, name: str) -> str:
        """Write the page at ``/browse/actor`` and so on: all values of a facet."""
        site, catalogue = Site(page), await self._cache.read()
        if name not in BROWSED:
            raise Problem(404, f"one can browse by {', '.join(BROWSED)}")
        crumbs, choices = site.crumbs(_BROWSE, page=BROWSED[name]), catalogue.concepts.get(name, ())
        return render("facet_values.html", site, title=BROWSED[name], crumbs=crumbs, name=name, choices=choices)

    async def show_mitigations(self, page: PageRequest, *, chosen: Mapping[str, Sequence[str]], offset: int = 0) -> str:
        """Write the page at ``/browse/mitigations``: mitigations that have all that is chosen."""
        site, hits = Site(page), Hits("", 0, 0, (), {})
        if (await self._cache.read()).facets:
            hits = await page.client.search("", facets={"kind": ["mitigation"], **chosen}, limit=_HITS, offset=offset)
        path = "browse/mitigations"
        filters = list_filters(site, hits, path=path, chosen=chosen)
        return render(
            "search.html",
            site,
            title=write_title("Mitigations", hits, filters),
            crumbs=site.crumbs(_BROWSE, page="Mitigations"),
            heading="Mitigations",
            # Words are searched for at the page of the search, among mitigations.
            kept={**chosen, "kind": ["mitigation"]},
            hits=hits,
            filters=filters,
            facets=list_facets(site, hits, path=path, chosen=chosen, hidden=("kind",)),
            pagination=paginate(site, hits, path=path, chosen=chosen, limit=_HITS),
        )

    def show_neighbourhood(self, page: PageRequest) -> str:
        """Write the page at ``/neighbourhood``: one thing with all that it is connected to."""
        site, thing = Site(page), dict(page.parameters).get("thing", "")[:_MOST_THING]
        title = f"Neighbourhood: {thing}" if thing else "Neighbourhood"
        return render("neighbourhood.html", site, title=title, crumbs=site.crumbs(_BROWSE, page="Neighbourhood"))

    def show_rules(self, page: PageRequest) -> str:
        """Write the page at ``/rules``: all rules that data is judged by."""
        from airm_graph.validate.rulebook import load_rulebook

        site = Site(page)
        groups: dict[str, list[Any]] = {}
        for rule in load_rulebook().values():
            groups.setdefault(rule.group, []).append(rule)
        return render("rules.html", site, title="Rules", crumbs=site.crumbs(page="Rules"), groups=groups)

    def show_rule(self, page: PageRequest, name: str) -> str:
        """Write the page at ``/rules/RULE``."""
        from airm_graph.validate.rulebook import load_rulebook

        site, rule = Site(page), load_rulebook().get(name)
        if rule is None:
            raise Problem(404, f"there is no rule {name[:40]!r}")
        shape, title = rebase_text(rule.shape, site.base), f"{rule.rule}: {rule.title}"
        return render("rule.html", site, title=title, crumbs=site.crumbs(("Rules", "rules"), page=rule.rule), rule=rule, shape=shape)
