"""Which pages can have a say in each other's records: wherever the merge compares two pages, or joins what they print, both have a key.

Pages that hang together by keys, directly or by way of others, are an island. The records of an island are the same whether it is merged
alone or with all other pages, so that a page that has changed asks for no more than its island to be merged again.
"""

from collections.abc import Iterable, Iterator, Sequence

from airm_graph.merge.minting import digest, make_source_slug
from airm_graph.merge.people import compose_name, match_names
from airm_graph.merge.sources import group_pages, name_source
from airm_graph.model import Page, Records, SourceBlock
from airm_graph.text import find_identifiers, name_key, normalise, slugify

__all__ = ["list_keys", "list_record_keys"]

#: Abstracts that are shorter recur without meaning the same document; the rules that compare them do not look at them.
_MIN_ABSTRACT = 80
#: More words of a title than the slug of any source has.
_MANY = 16


def list_keys(pages: Iterable[Page]) -> dict[str, frozenset[str]]:
    """List what others may have in common with each page, by the SHA-256 of its capture.

    Args:
        pages: Whole islands: the keys of a source depend on all of its pages.
    """
    listed = list(pages)
    found = {page.capture.sha256: set(_list_page_keys(page)) for page in listed}
    for identity, group in group_pages(listed).items():
        found[group[0].capture.sha256].update(_list_source_keys([page.source for page in group if page.source]))
        for page in group:
            found[page.capture.sha256].add(f"group|{identity}")
    return {name: frozenset(keys) for name, keys in found.items()}


def list_record_keys(records: Records) -> Iterator[tuple[str, str]]:
    """List the names that records took, each with the SHA-256 of a capture: nobody else may have them."""
    for source in records.sources:
        yield source.evidence[0].capture, source.key
        for agent, evidence in source.creators:
            yield from ((place.capture, agent.key) for place in evidence)


def _list_page_keys(page: Page) -> Iterator[str]:
    yield f"capture|{page.capture.sha256[:16]}"
    block = page.source
    if block is None:
        return
    # Titles and numbers make pages one source (`sources`), or are reported where they do not (`conflicts`).
    yield f"title|{name_key(block.title.published)}"
    yield from (f"number|{number}" for number in find_identifiers(block.doi, block.url))
    if block.abstract and len(block.abstract.published) >= _MIN_ABSTRACT:
        yield f"abstract|{normalise(block.abstract.published)}"
    for name in block.authors:
        yield from _list_name_keys(name)


def _list_source_keys(blocks: Sequence[SourceBlock]) -> Iterator[str]:
    """Every slug that a source may get, and the names that its authors get from each other."""
    for count in range(2, _MANY):
        yield f"slug|{make_source_slug(*name_source(blocks), count)}"
    for names in match_names(block.authors for block in blocks).values():
        yield from _list_name_keys(compose_name(names))


def _list_name_keys(name: str) -> Iterator[str]:
    """An author printed as ``Given Surname`` meets the one printed as ``Surname, Given``."""
    yield f"name|{slugify(name) or digest(name)}"
    surname, comma, given = name.partition(",")
    if comma:
        yield f"name|{slugify(f'{given} {surname}')}"
