"""Which pages can have a say in each other's records: wherever the merge compares two pages, or
joins what they print, both have a key.

Pages that are connected by keys, directly or by way of others, are a component. The records of a
component are the same whether it is merged alone or with all other pages.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from airm_graph.merge.minting import digest, make_source_slug
from airm_graph.merge.people import compose_name, match_names
from airm_graph.merge.sources import group_pages, name_source
from airm_graph.model import Page, Records, SourceBlock
from airm_graph.text import find_identifiers, name_key, normalise, slugify

__all__ = ["connect", "list_keys", "list_record_keys"]

#: More words of a title than the slug of any source has.
_MANY = 16


def list_keys(pages: Iterable[Page]) -> dict[str, set[str]]:
    """List what others may have in common with each page, by the SHA-256 of its capture.

    Args:
        pages: Whole components: the keys of a source depend on all of its pages.
    """
    listed = list(pages)
    found = {page.capture.sha256: set(_list_page_keys(page)) for page in listed}
    for identity, group in group_pages(listed).items():
        found[group[0].capture.sha256].update(_list_source_keys([page.source for page in group if page.source]))
        for page in group:
            found[page.capture.sha256].add(f"group|{identity}")
    return found


def list_record_keys(records: Records) -> Iterator[tuple[str, str]]:
    """List the names that records took, each with the SHA-256 of a capture: nobody else may have
    them.
    """
    for source in records.sources:
        yield source.evidence[0].capture, source.key
        for agent, evidence in source.creators:
            yield from ((location.capture, agent.key) for location in evidence)


def connect(keys: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Group names that are connected by keys.

    >>> connect({"a": ["1"], "b": ["2"], "c": ["3", "1"]})
    [['a', 'c'], ['b']]
    """
    up = {name: name for name in keys}

    def find(name: str) -> str:
        while up[name] != name:
            up[name] = up[up[name]]
            name = up[name]
        return name

    first: dict[str, str] = {}
    for name, held in sorted(keys.items()):
        for key in held:
            one, two = sorted((find(first.setdefault(key, name)), find(name)))
            up[two] = one
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(keys):
        groups[find(name)].append(name)
    return [groups[name] for name in sorted(groups)]


def _list_page_keys(page: Page) -> Iterator[str]:
    yield f"capture|{page.capture.sha256[:16]}"
    block = page.source
    if block is None:
        # Which pages without a source are of one document is told by all that they list.
        yield "unnamed|"
        return
    # Titles and numbers make pages one source (`sources`), or are reported where they do not
    # (`conflicts`), as abstracts are.
    yield f"title|{name_key(block.title.published)}"
    yield from (f"number|{number}" for number in find_identifiers(block.doi, block.url))
    if block.abstract and block.abstract.published:
        yield f"abstract|{normalise(block.abstract.published)}"
    for name in block.authors:
        yield from _list_name_keys(name)


def _list_source_keys(blocks: Sequence[SourceBlock]) -> Iterator[str]:
    """List every slug that a source may get, and the names that its authors get from each other."""
    for count in range(2, _MANY):
        yield f"slug|{make_source_slug(*name_source(blocks), count)}"
    for names in match_names(block.authors for block in blocks).values():
        yield from _list_name_keys(compose_name(names))


def _list_name_keys(name: str) -> Iterator[str]:
    """List what an author printed as ``Given Surname`` meets ``Surname, Given`` by."""
    yield f"name|{slugify(name) or digest(name)}"
    surname, comma, given = name.partition(",")
    if comma:
        yield f"name|{slugify(f'{given} {surname}')}"
