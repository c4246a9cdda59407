"""Source blocks of many pages → sources."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from airm_graph.merge.attest import attest, sort_evidence
from airm_graph.merge.minting import find_surname, mint_agent, mint_sources
from airm_graph.model import Agent, Evidence, Page, Source, SourceBlock
from airm_graph.text import name_key, slugify

__all__ = ["group_pages", "merge_sources"]


def group_pages(pages: Iterable[Page]) -> dict[str, list[Page]]:
    """Pages by the identity of their source (title and year), each list sorted by capture; pages without a source are left out.

    A page that prints no year belongs to the only year that its title has.
    """
    titles: defaultdict[str, defaultdict[str, list[Page]]] = defaultdict(lambda: defaultdict(list))
    for page in pages:
        if page.source:
            titles[name_key(page.source.title.published)][page.source.year or ""].append(page)
    found = {}
    for title, years in titles.items():
        dated = [year for year in years if year]
        if len(dated) == 1 and "" in years:
            years[dated[0]] += years.pop("")
        found.update({f"{title}|{year}": sorted(group, key=lambda page: page.capture.sha256) for year, group in years.items()})
    return dict(sorted(found.items()))


def merge_sources(groups: Mapping[str, Sequence[Page]]) -> dict[str, Source]:
    """Make one source of each group, by identity."""
    blocks = {identity: [page.source for page in group if page.source] for identity, group in groups.items()}
    slugs = mint_sources({identity: _naming(group) for identity, group in blocks.items()})
    inverted = _find_inverted(block for group in blocks.values() for block in group)
    said = [
        (_mint(name, slugs[identity], inverted), name, block.evidence)
        for identity, group in blocks.items()
        for block in group
        for name in block.authors
    ]
    agents = _name_agents(said)
    return {identity: _merge_blocks(slugs[identity], group, agents, inverted) for identity, group in blocks.items()}


def _find_inverted(blocks: Iterable[SourceBlock]) -> dict[str, str]:
    """Slug of ``Given Surname`` → that of ``Surname, Given``, where only one printed name has these two parts."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in {name for block in blocks for name in block.authors}:
        surname, comma, given = name.partition(",")
        if comma and slugify(given):
            found[slugify(f"{given} {surname}")].add(slugify(name))
    return {slug: slugs.pop() for slug, slugs in found.items() if len(slugs) == 1}


def _mint(name: str, source: str, inverted: Mapping[str, str]) -> str:
    other = inverted.get(slugify(name)) if "," not in name else None
    return f"agent/{other}" if other else mint_agent(name, source)


def _name_agents(said: Iterable[tuple[str, str, Evidence]]) -> dict[str, Agent]:
    """One name for each agent, whatever spellings its key has in all sources: the one most often said."""
    spellings: defaultdict[str, list[tuple[str, Evidence]]] = defaultdict(list)
    for key, name, evidence in said:
        spellings[key].append((name, evidence))
    # Where both orders are printed, the one that tells the surname names the agent.
    told = {key: [pair for pair in names if "," in pair[0]] or names for key, names in spellings.items()}
    return {key: Agent(key, attest(names)[0].value) for key, names in told.items()}


def _naming(blocks: Sequence[SourceBlock]) -> tuple[str, str, str]:
    lines = attest((block.author_line.published, block.evidence) for block in blocks)
    first = next(block for block in blocks if block.author_line.published == lines[0].value)
    title = attest((block.title.published, block.evidence) for block in blocks)[0].value
    year = max(block.year or "" for block in blocks)
    author = first.authors[0] if first.authors else title
    return (find_surname(author) if first.given_first and first.authors else author), year, title


def _merge_blocks(slug: str, blocks: Sequence[SourceBlock], agents: Mapping[str, Agent], inverted: Mapping[str, str]) -> Source:
    people: defaultdict[str, set[Evidence]] = defaultdict(set)
    for block in blocks:
        for name in block.authors:
            people[_mint(name, slug, inverted)].add(block.evidence)
    return Source(
        key=f"source/{slug}",
        titles=attest((block.title.published, block.evidence) for block in blocks),
        author_lines=attest((block.author_line.published, block.evidence) for block in blocks),
        creators=tuple((agents[key], sort_evidence(places)) for key, places in sorted(people.items())),
        years=attest((block.year or "", block.evidence) for block in blocks),
        evidence=sort_evidence(block.evidence for block in blocks),
        abstracts=attest((block.abstract.published, block.evidence) for block in blocks if block.abstract),
        urls=attest((block.url or "", block.evidence) for block in blocks),
    )
