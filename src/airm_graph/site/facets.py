"""Facets as links: what is chosen, what each choice would add, and where dropping one leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from airm_graph.search import FACETS, Hits
from airm_graph.site.render import Site

__all__ = ["TITLES", "Chip", "Facet", "FacetLink", "Turn", "describe_choice", "list_chips", "list_facets", "turn_pages"]

#: How facets are called on pages.
TITLES = {
    "kind": "Kind",
    "edition": "Edition",
    "code": "Code",
    "actor": "Actor",
    "lifecycle": "Lifecycle stage",
    "function": "Function",
    "source": "Source",
}
_SHOWN = 8
_MOST = 200

Chosen = Mapping[str, Sequence[str]]
Parameters = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value that narrows what was found."""

    label: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a facet: the first of them, the rest, and how many more there are."""

    name: str
    title: str
    first: tuple[FacetLink, ...]
    rest: tuple[FacetLink, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Chip:
    """What is chosen, and where dropping it leads."""

    title: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Where one is in a long list; an address is empty where there is no such page."""

    first: int
    last: int
    total: int
    before: str
    after: str
    number: int
    pages: int


def list_facets(site: Site, hits: Hits, *, path: str, chosen: Chosen, hidden: tuple[str, ...] = ()) -> list[Facet]:
    """The facets that narrow further."""
    found = []
    for name in TITLES:
        choices = [c for c in hits.facets.get(name, ()) if not _is_chosen(c.iri, c.slug, c.label, chosen.get(name, ()))]
        if name in hidden or not choices or (len(choices) == 1 and choices[0].count == hits.total):
            continue
        links = tuple(
            FacetLink(c.label or c.slug, c.count, site.url(path, [*_keep(hits.text, chosen), (name, c.iri)])) for c in choices[:_MOST]
        )
        found.append(Facet(name, TITLES[name], links[:_SHOWN], links[_SHOWN:], max(0, len(choices) - _MOST)))
    return found


def list_chips(site: Site, hits: Hits, *, path: str, chosen: Chosen) -> list[Chip]:
    """What is chosen."""
    chips = []
    for name, values in chosen.items():
        for value in values:
            rest = {**chosen, name: [other for other in values if other != value]}
            chips.append(Chip(TITLES[name], describe_choice(hits, name, value), site.url(path, _keep(hits.text, rest))))
    return chips


def turn_pages(site: Site, hits: Hits, *, path: str, chosen: Chosen, limit: int) -> Turn:
    """Where the pages before and after are."""
    kept, size = _keep(hits.text, chosen), [("limit", str(limit))] if limit != 20 else []

    def at(offset: int) -> str:
        return site.url(path, [*kept, *size, *([("offset", str(offset))] if offset else [])])

    last = hits.offset + len(hits.hits)
    before = at(max(0, hits.offset - limit)) if hits.offset else ""
    after = at(hits.offset + limit) if last < hits.total and hits.hits else ""
    size_of_page = max(1, limit)
    pages = -(-hits.total // size_of_page)
    return Turn(hits.offset + 1 if hits.hits else 0, last, hits.total, before, after, hits.offset // size_of_page + 1, pages)


def describe_choice(hits: Hits, name: str, value: str) -> str:
    """The label of a value that was given by IRI, slug or label."""
    fitting = {c.label or c.slug for c in hits.facets.get(name, ()) if _is_chosen(c.iri, c.slug, c.label, (value,))}
    # Codes of two editions can have one notation; then both are meant.
    return fitting.pop() if len(fitting) == 1 else value.rpartition("/")[2]


def _is_chosen(iri: str, slug: str, label: str, values: Sequence[str]) -> bool:
    return any(value in {iri, slug} or value.casefold() == label.casefold() for value in values)


def _keep(text: str, chosen: Chosen) -> Parameters:
    kept = [("q", text)] if text else []
    return [*kept, *((name, value) for name in FACETS for value in chosen.get(name, ()))]
