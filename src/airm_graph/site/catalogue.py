"""List what there is to browse: editions with their codes, vocabularies, sources.

It is asked for once, because the data of a server never changes.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from airm_graph.namespaces import rebase_text, term
from airm_graph.search import Choice
from airm_graph.serve.page_interface import PageClient

__all__ = ["BROWSED", "Catalogue", "CatalogueCache", "Code", "Edition"]

#: Facets whose values are listed on pages, and their titles.
BROWSED = {"actor": "Actors", "lifecycle": "Lifecycle stages", "function": "Functions", "source": "Sources"}
_MOST_VALUES = 1000


@dataclass(frozen=True, slots=True)
class Code:
    """Hold a code and how many mitigations have it or a finer one."""

    iri: str
    notation: str
    label: str
    broader: str
    under: int


@dataclass(frozen=True, slots=True)
class Edition:
    """Hold an edition of the taxonomy with its codes in the order of their notations."""

    iri: str
    slug: str
    label: str
    codes: tuple[Code, ...]

    def below(self, notation: str = "") -> tuple[Code, ...]:
        """List the codes right below a notation; those at the top when it is empty."""
        return tuple(code for code in self.codes if code.broader == notation)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Hold what there is to browse.

    Attributes:
        editions: The editions of the taxonomy, the newest first.
        facets: For each facet its values with the number of mitigations that have them.
        concepts: For each facet of `BROWSED` all its values, used or not; ordered by label.
    """

    editions: tuple[Edition, ...]
    facets: Mapping[str, tuple[Choice, ...]]
    concepts: Mapping[str, tuple[Choice, ...]]


class CatalogueCache:
    """Reads the catalogue once."""

    def __init__(self, client: PageClient) -> None:
        """Take the client that is asked."""
        self._client = client
        self._lock = asyncio.Lock()
        self._catalogue: Catalogue | None = None

    async def read(self) -> Catalogue:
        """Read the catalogue.

        Raises:
            Problem: No worker can answer.
        """
        async with self._lock:
            if self._catalogue is None:
                self._catalogue = await self._make()
            return self._catalogue

    async def _make(self) -> Catalogue:
        everything = await self._client.search("", limit=0)
        kinds = {choice.slug for choice in everything.facets.get("kind", ())}
        used = (await self._client.search("", facets={"kind": ["mitigation"]}, limit=0)).facets if "mitigation" in kinds else {}
        editions = [await self._read_edition(choice) for choice in everything.facets.get("edition", ())]
        concepts = {name: await self._list_values(name, used.get(name, ())) for name in BROWSED if name in kinds}
        return Catalogue(tuple(sorted(editions, key=lambda edition: edition.slug, reverse=True)), used, concepts)

    async def _list_values(self, kind: str, used: tuple[Choice, ...]) -> tuple[Choice, ...]:
        counts = {choice.iri: choice.count for choice in used}
        # A source is both a hit and a value of a facet; the hits of the kind of a vocabulary are
        # its concepts.
        hits = await self._client.search("", facets={"kind": [kind]}, limit=_MOST_VALUES)
        found = (Choice(hit.iri, hit.iri.rpartition("/")[2], hit.name or hit.iri, counts.get(hit.iri, 0)) for hit in hits.hits)
        return tuple(sorted(found, key=lambda choice: (choice.label.casefold(), choice.iri)))

    async def _read_edition(self, choice: Choice) -> Edition:
        table = await self._client.query("codes-by-edition", {"edition": choice.iri})
        codes = [_read_code(row) for row in table]
        codes.sort(key=lambda code: [int(part) for part in code.notation.split(".") if part.isdigit()])
        title = await self._find_title(choice.iri)
        return Edition(choice.iri, choice.slug, title or choice.label or choice.slug, tuple(codes))

    async def _find_title(self, iri: str) -> str:
        titles = (await self._client.describe(iri)).texts(rebase_text(term("dcterms:title")[1:-1], self._client.info.base))
        return next(iter(titles), "")


def _read_code(row: Mapping[str, str | None]) -> Code:
    texts = {name: row[name] or "" for name in ("notation", "label", "broader")}
    return Code(row["code"] or "", **texts, under=int(row["under"] or 0))
