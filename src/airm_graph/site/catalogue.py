"""What there is to browse and to choose from: editions with their codes, vocabularies, sources. Asked for once; the data never changes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from airm_graph.namespaces import rebase_text, term
from airm_graph.search import Choice
from airm_graph.serve.desk import Desk

__all__ = ["Catalogue", "Code", "Edition", "Shelf"]

VOCABULARIES = ("actor", "lifecycle", "function")
_MOST_SOURCES = 1000


@dataclass(frozen=True, slots=True)
class Code:
    """A code with how often it is used: directly, and by it or a finer one."""

    iri: str
    notation: str
    label: str
    broader: str
    direct: int
    under: int


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of the taxonomy with its codes in the order of their notations."""

    iri: str
    slug: str
    label: str
    codes: tuple[Code, ...]

    def below(self, notation: str = "") -> tuple[Code, ...]:
        """The codes right below a notation; the top when it is empty."""
        return tuple(code for code in self.codes if code.broader == notation)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What there is.

    Attributes:
        editions: The taxonomies, the newest first.
        facets: For each facet its values with the number of mitigations that have them.
        concepts: For actor, lifecycle, function and source all there are, used or not; ordered by name.
    """

    editions: tuple[Edition, ...]
    facets: Mapping[str, tuple[Choice, ...]]
    concepts: Mapping[str, tuple[Choice, ...]]


class Shelf:
    """Keeps the catalogue."""

    def __init__(self, desk: Desk) -> None:
        """Take whom to ask."""
        self._desk = desk
        self._lock = asyncio.Lock()
        self._catalogue: Catalogue | None = None

    async def read(self) -> Catalogue:
        """The catalogue.

        Raises:
            Refusal: Nobody is free to answer.
        """
        async with self._lock:
            if self._catalogue is None:
                self._catalogue = await self._make()
            return self._catalogue

    async def _make(self) -> Catalogue:
        everything = await self._desk.search("", limit=0)
        kinds = {choice.slug for choice in everything.facets.get("kind", ())}
        used = (await self._desk.search("", facets={"kind": ["mitigation"]}, limit=0)).facets if "mitigation" in kinds else {}
        editions = [await self._read_edition(choice) for choice in everything.facets.get("edition", ())]
        concepts = {name: await self._list(name, used.get(name, ())) for name in (*VOCABULARIES, "source") if name in kinds}
        return Catalogue(tuple(sorted(editions, key=lambda edition: edition.slug, reverse=True)), used, concepts)

    async def _list(self, kind: str, used: tuple[Choice, ...]) -> tuple[Choice, ...]:
        counts = {choice.iri: choice.count for choice in used}
        # A source is both a thing found and a value of a facet; what carries the kind of a vocabulary is its concept.
        hits = await self._desk.search("", facets={"kind": [kind]}, limit=_MOST_SOURCES)
        found = (Choice(hit.iri, hit.iri.rpartition("/")[2], hit.name or hit.iri, counts.get(hit.iri, 0)) for hit in hits.hits)
        return tuple(sorted(found, key=lambda choice: (choice.label.casefold(), choice.iri)))

    async def _read_edition(self, choice: Choice) -> Edition:
        table = await self._desk.query("codes-by-edition", {"edition": choice.iri})
        codes = [
            Code(
                row["code"] or "",
                row["notation"] or "",
                row["label"] or "",
                row["broader"] or "",
                int(row["direct"] or 0),
                int(row["under"] or 0),
            )
            for row in table
        ]
        codes.sort(key=lambda code: [int(part) for part in code.notation.split(".") if part.isdigit()])
        title = await self._find_title(choice.iri)
        return Edition(choice.iri, choice.slug, title or choice.label or choice.slug, tuple(codes))

    async def _find_title(self, iri: str) -> str:
        return next(iter((await self._desk.describe(iri)).texts(rebase_text(term("dcterms:title")[1:-1], self._desk.facts.base))), "")
