"""Make links of facets: what is chosen, what more can be chosen, and where dropping one leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from airm_graph.search import FACETS, Hits
from airm_graph.site.render import Site

__all__ = ["ActiveFilter", "Facet", "FacetLink", "Pagination", "list_facets", "list_filters", "paginate", "write_title"]

#: Titles of facets on pages, in the order in which they are shown.
_TITLES = {
    "kind": "Kind",
    "edition": "Edition",
    "code": "Code",
    "actor": "Actor",
    "lifecycle": "Lifecycle stage",
    "function": "Function",
    "source": "Source",
    "statement": "Kind of statement",
    "suggested": "Suggested kind of statement",
    "original": "Taken from",
}
_SHOWN, _MOST = 8, 200
#: Hits on a page where nothing is asked for; the address of any other number names it.
_HITS = 20

Chosen = Mapping[str, Sequence[str]]
Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FacetLink:
    """Hold a value that narrows the hits."""

    label: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Facet:
    """Hold the values of a facet: the first of them, the rest, and how many more there are."""

    title: str
    first: tuple[FacetLink, ...]
    rest: tuple[FacetLink, ...]
    left: int


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """Hold a value that is chosen, and where dropping it leads."""

    title: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Pagination:
    """Hold the place of a page in a long list; an address is empty where there is no such page."""

    first: int
    last: int
    before: str
    after: str
    number: int
    pages: int


def list_facets(site: Site, hits: Hits, *, path: str, chosen: Chosen, hidden: tuple[str, ...] = ()) -> list[Facet]:
    """List the facets that narrow further."""
    found = []
    for name, title in _TITLES.items():
        choices = [c for c in hits.facets.get(name, ()) if not _is_chosen(c.iri, c.slug, c.label, chosen.get(name, ()))]
        if name in hidden or not choices or (len(choices) == 1 and choices[0].count == hits.total):
            continue
        links = tuple(
            FacetLink(c.label or c.slug, c.count, site.url(path, [*_keep(hits.text, chosen), (name, c.iri)])) for c in choices[:_MOST]
        )
        found.append(Facet(title, links[:_SHOWN], links[_SHOWN:], max(0, len(choices) - _MOST)))
    return found


def list_filters(site: Site, hits: Hits, *, path: str, chosen: Chosen) -> list[ActiveFilter]:
    """List the values that are chosen."""
    found = []
    for name, values in chosen.items():
        for value in values:
            rest = {**chosen, name: [other for other in values if other != value]}
            found.append(ActiveFilter(_TITLES[name], _describe_choice(hits, name, value), site.url(path, _keep(hits.text, rest))))
    return found


def write_title(heading: str, hits: Hits, filters: Sequence[ActiveFilter]) -> str:
    """Write a title that tells one search from another."""
    parts = [f"“{hits.text}”"] if hits.text else []
    parts += [f"{active.title} {active.label}" for active in filters]
    return f"{heading}{': ' if parts else ''}{', '.join(parts)}{f' (from {hits.offset + 1})' if hits.offset else ''}"


def paginate(site: Site, hits: Hits, *, path: str, chosen: Chosen, limit: int) -> Pagination:
    """Find the pages before and after."""
    kept, size = _keep(hits.text, chosen), [("limit", str(limit))] if limit != _HITS else []

    def at(offset: int) -> str:
        return site.url(path, [*kept, *size, *([("offset", str(offset))] if offset else [])])

    last = hits.offset + len(hits.hits)
    before = at(max(0, hits.offset - limit)) if hits.offset else ""
    after = at(hits.offset + limit) if last < hits.total and hits.hits else ""
    length = max(1, limit)
    first = hits.offset + 1 if hits.hits else 0
    return Pagination(first, last, before, after, hits.offset // length + 1, -(-hits.total // length))


def _describe_choice(hits: Hits, name: str, value: str) -> str:
    """Find the label of a value that was given by IRI, slug or label."""
    fitting = {c.label or c.slug for c in hits.facets.get(name, ()) if _is_chosen(c.iri, c.slug, c.label, (value,))}
    # Codes of two editions can have one notation; then both are meant.
    return fitting.pop() if len(fitting) == 1 else value.rpartition("/")[2]


def _is_chosen(iri: str, slug: str, label: str, values: Sequence[str]) -> bool:
    return any(value in {iri, slug} or value.casefold() == label.casefold() for value in values)


def _keep(text: str, chosen: Chosen) -> Parameters:
    kept = [("q", text)] if text else []
    return [*kept, *((name, value) for name in FACETS for value in chosen.get(name, ()))]
