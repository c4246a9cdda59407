"""Source blocks of many pages → sources."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from airm_graph.merge.attest import attest, sort_evidence
from airm_graph.merge.minting import mint_agent, mint_sources
from airm_graph.model import Agent, Evidence, Page, Source, SourceBlock
from airm_graph.text import normalise

__all__ = ["group_pages", "merge_sources"]


def group_pages(pages: Iterable[Page]) -> dict[str, list[Page]]:
    """Pages by the identity of their source (normalised title and year), each list sorted by capture; pages without one are left out."""
    found: defaultdict[str, list[Page]] = defaultdict(list)
    for page in pages:
        if page.source:
            found[f"{normalise(page.source.title.published)}|{page.source.year or ''}"].append(page)
    return {identity: sorted(group, key=lambda page: page.capture.sha256) for identity, group in sorted(found.items())}


def merge_sources(groups: dict[str, list[Page]]) -> dict[str, Source]:
    """Make one source of each group, by identity."""
    blocks = {identity: [page.source for page in group if page.source] for identity, group in groups.items()}
    slugs = mint_sources({identity: _naming(group) for identity, group in blocks.items()})
    return {identity: _merge_blocks(slugs[identity], group) for identity, group in blocks.items()}


def _naming(blocks: Sequence[SourceBlock]) -> tuple[str, str, str]:
    lines = attest((block.author_line.published, block.evidence) for block in blocks)
    first = next(block for block in blocks if block.author_line.published == lines[0].value)
    title = attest((block.title.published, block.evidence) for block in blocks)[0].value
    return (first.authors[0] if first.authors else title), first.year or "", title


def _merge_blocks(slug: str, blocks: Sequence[SourceBlock]) -> Source:
    people: defaultdict[str, dict[str, set[Evidence]]] = defaultdict(dict)
    for block in blocks:
        for name in block.authors:
            people[mint_agent(name, slug)].setdefault(name, set()).add(block.evidence)
    creators = tuple(
        (Agent(key, min(names)), sort_evidence(place for places in names.values() for place in places))
        for key, names in sorted(people.items())
    )
    return Source(
        key=f"source/{slug}",
        titles=attest((block.title.published, block.evidence) for block in blocks),
        author_lines=attest((block.author_line.published, block.evidence) for block in blocks),
        creators=creators,
        years=attest((block.year or "", block.evidence) for block in blocks),
        evidence=sort_evidence(block.evidence for block in blocks),
        abstracts=attest((block.abstract.published, block.evidence) for block in blocks if block.abstract),
    )
