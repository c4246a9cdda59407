"""Source blocks of many pages → sources."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from airm_graph.merge.attest import attest, sort_evidence
from airm_graph.merge.minting import find_surname, mint_agent, mint_keys, mint_sources
from airm_graph.merge.people import compose_name, match_names, parse_name
from airm_graph.model import Agent, Evidence, Page, Source, SourceBlock
from airm_graph.text import find_identifiers, name_key, slugify

__all__ = ["AgentNames", "group_pages", "merge_sources", "name_source"]

#: So many words of a title make it sure that a longer one is the same title with its subtitle.
_SURE_WORDS = 3
_NO_PAIRS: frozenset[tuple[int, int]] = frozenset()


def group_pages(
    pages: Iterable[Page], *, joined: Collection[tuple[int, int]] = _NO_PAIRS, apart: Collection[tuple[int, int]] = _NO_PAIRS
) -> dict[str, list[Page]]:
    """Pages by the identity of their source, each list sorted by capture; pages without a source
    are left out.

    A DOI or arXiv number makes pages one source, unless their titles are different ones; so do
    title and year, unless the numbers are different ones. A page that prints no year belongs to the
    only source of its title.

    Args:
        pages: Read once.
        joined, apart: Locations of pages in *pages* that a person joined, or keeps apart.
    """
    listed = list(pages)
    classes = _Classes(listed, apart)
    classes.join(joined, force=True)
    classes.join(classes.same_identifier())
    classes.join(classes.same_title())
    classes.join(classes.only_year())
    groups = [[listed[index] for index in members] for members in classes.members().values() if listed[members[0]].source]
    names: defaultdict[str, list[list[Page]]] = defaultdict(list)
    for group in groups:
        names[min(_identify(page.source) for page in group if page.source)].append(group)
    found = {
        name if len(same) == 1 else f"{name}|{min(_tell_apart(page) for page in group)}": group
        for name, same in names.items()
        for group in same
    }
    return {name: sorted(group, key=lambda page: page.capture.sha256) for name, group in sorted(found.items())}


def _identify(block: SourceBlock) -> str:
    if block.key:
        return f"~{block.key}"
    # "~" stands behind every year: a source is named after a page that prints one.
    return f"{name_key(block.title.published)}|{block.year or '~'}"


def _tell_apart(page: Page) -> str:
    block = page.source
    assert block is not None
    numbers = find_identifiers(block.doi, block.url)
    return numbers[0] if numbers else f"{block.evidence.capture}|{block.evidence.first_line:09}"


class _Classes:
    """Union-find over pages; pages without a source stay alone."""

    def __init__(self, pages: Sequence[Page], apart: Collection[tuple[int, int]]) -> None:
        self.up = list(range(len(pages)))
        self.apart = apart
        self.blocks = [page.source for page in pages]
        self.titles = [_mark_title(block) if block else "" for block in self.blocks]
        self.years = [block.year or "" if block else "" for block in self.blocks]
        self.numbers = [set(find_identifiers(block.doi, block.url)) if block else set() for block in self.blocks]

    def find(self, index: int) -> int:
        while self.up[index] != index:
            self.up[index] = self.up[self.up[index]]
            index = self.up[index]
        return index

    def join(self, pairs: Iterable[tuple[int, int]], *, force: bool = False) -> None:
        for one, two in pairs:
            a, b = sorted((self.find(one), self.find(two)))
            if a == b or any({self.find(i), self.find(j)} == {a, b} for i, j in self.apart):
                continue
            if force or not _contradict(self.numbers[a], self.numbers[b]):
                self.up[b] = a
                self.numbers[a] |= self.numbers[b]

    def members(self) -> dict[int, list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for index in range(len(self.up)):
            found[self.find(index)].append(index)
        return dict(found)

    def same_identifier(self) -> Iterator[tuple[int, int]]:
        """Pages with one number whose titles could be one."""
        held: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for index, numbers in enumerate(self.numbers):
            for number in sorted(numbers):
                held[number].setdefault(self.titles[index], index)
                yield held[number][self.titles[index]], index
        for _, titles in sorted(held.items()):
            ordered = sorted(titles)
            yield from ((titles[one], titles[two]) for one in ordered for two in ordered if one < two and _is_subtitled(one, two))

    def same_title(self) -> Iterator[tuple[int, int]]:
        """Pages with one title and year, unless some of them have different numbers: then those
        without a number could be either.
        """
        held: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for index, block in enumerate(self.blocks):
            if block:
                held[self.titles[index], self.years[index]].append(index)
        for _, same in sorted(held.items()):
            yield from self._pair_up(same)

    def _pair_up(self, same: Sequence[int]) -> Iterator[tuple[int, int]]:
        roots = sorted({self.find(index) for index in same})
        numbered = [root for root in roots if self.numbers[root]]
        if any(_contradict(self.numbers[one], self.numbers[two]) for one in numbered for two in numbered if one < two):
            bare = [root for root in roots if not self.numbers[root]]
            yield from ((bare[0], other) for other in bare[1:])
            return
        yield from ((roots[0], other) for other in roots[1:])

    def only_year(self) -> Iterator[tuple[int, int]]:
        """Pages without a year and the only dated source of their title."""
        dated: defaultdict[str, set[int]] = defaultdict(set)
        for index, title in enumerate(self.titles):
            if self.blocks[index] and self.years[index]:
                dated[title].add(self.find(index))
        for index, title in enumerate(self.titles):
            if self.blocks[index] and not self.years[index] and len(dated[title]) == 1:
                yield min(dated[title]), index


def _mark_title(block: SourceBlock) -> str:
    """What makes documents one beside their year; a key means nothing outside the tables of its
    folder.
    """
    where = f"|{block.evidence.capture}|{block.evidence.row}|{block.evidence.column}"
    return f"~{block.key}{where}" if block.key else name_key(block.title.published) or f"~{where}"


def _contradict(one: Collection[str], two: Collection[str]) -> bool:
    """Whether both have numbers of one kind and none in common: a paper may have an arXiv number
    and a DOI, but not two DOIs.
    """
    kinds = {number.partition(":")[0] for number in one} & {number.partition(":")[0] for number in two}
    return any(not {n for n in one if n.startswith(f"{kind}:")} & set(two) for kind in kinds)


def _is_subtitled(one: str, two: str) -> bool:
    """Whether one title is the other with a subtitle behind it."""
    short, long = sorted((one, two), key=len)
    return short.count(" ") + 1 >= _SURE_WORDS and long.startswith(f"{short} ")


@dataclass
class AgentNames:
    """The keys of authors by source and printed name, and what people decided of them.

    Attributes:
        joined: Pairs of (identity of the source, printed name) that are one author.
        apart: Pairs that are two.
    """

    joined: Collection[tuple[tuple[str, str], tuple[str, str]]] = ()
    apart: Collection[tuple[tuple[str, str], tuple[str, str]]] = ()
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    def mint(self, blocks: Mapping[str, Sequence[SourceBlock]], slugs: Mapping[str, str]) -> None:
        """Give every printed name of every source its key."""
        same = {identity: match_names(block.authors for block in group) for identity, group in blocks.items()}
        composed = {(i, name): compose_name(names) for i, found in same.items() for name, names in found.items()}
        inverted = _find_inverted([*(name for group in blocks.values() for block in group for name in block.authors), *composed.values()])
        for identity, group in blocks.items():
            for name in sorted({name for block in group for name in block.authors}):
                self.keys[identity, name] = _mint(composed.get((identity, name), name), slugs[identity], inverted)
        self._follow(slugs)

    def _follow(self, slugs: Mapping[str, str]) -> None:
        for one, two in sorted(self.joined):
            fuller, other = sorted((one, two), key=lambda mention: (-parse_name(mention[1]).letters, mention))
            old, new = self.keys[other], self.keys[fuller]
            self.keys |= {mention: new for mention, key in self.keys.items() if key == old and mention[0] == other[0]}
        for pair in sorted(self.apart):
            if self.keys[pair[0]] == self.keys[pair[1]] and pair[0][0] != pair[1][0]:
                for identity, _ in pair:
                    key = self.keys[pair[0]] if identity == pair[0][0] else self.keys[pair[1]]
                    own = f"agent/{slugs[identity]}/{key.rpartition('/')[2]}"
                    self.keys |= {mention: own for mention, held in self.keys.items() if held == key and mention[0] == identity}


def merge_sources(
    groups: Mapping[str, Sequence[Page]],
    *,
    names: AgentNames | None = None,
    keep_names: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
) -> dict[str, Source]:
    """Make one source of each group, by identity.

    Args:
        groups: Pages by the identity of their source.
        names: Filled with the keys of the authors.
        keep_names: Gives sources other slugs than the rules do, where a person keeps an IRI.
    """
    blocks = {identity: [page.source for page in group if page.source] for identity, group in groups.items()}
    slugs = mint_sources({identity: name_source(group) for identity, group in blocks.items() if not all(b.key for b in group)})
    slugs |= mint_keys({identity: min(b.key for b in group) for identity, group in blocks.items() if identity not in slugs}, slugs.values())
    slugs = dict(keep_names(slugs))
    names = names or AgentNames()
    names.mint(blocks, slugs)
    said = [
        (names.keys[identity, name], name, block.evidence)
        for identity, group in blocks.items()
        for block in group
        for name in block.authors
    ]
    agents = _name_agents(said)
    authors: defaultdict[str, dict[str, Agent]] = defaultdict(dict)
    for (identity, name), key in names.keys.items():
        authors[identity][name] = agents[key]
    return {identity: _merge_blocks(slugs[identity], group, authors[identity]) for identity, group in blocks.items()}


def _find_inverted(names: Iterable[str]) -> dict[str, str]:
    """Slug of ``Given Surname`` → that of ``Surname, Given``, where only one name has these two
    parts.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in set(names):
        surname, comma, given = name.partition(",")
        if comma and slugify(given):
            found[slugify(f"{given} {surname}")].add(slugify(name))
    return {slug: slugs.pop() for slug, slugs in found.items() if len(slugs) == 1}


def _mint(name: str, source: str, inverted: Mapping[str, str]) -> str:
    other = inverted.get(slugify(name)) if "," not in name else None
    return f"agent/{other}" if other else mint_agent(name, source)


def _name_agents(said: Iterable[tuple[str, str, Evidence]]) -> dict[str, Agent]:
    """One name for each agent, whatever spellings its key has in all sources: the one most often
    said.
    """
    spellings: defaultdict[str, list[tuple[str, Evidence]]] = defaultdict(list)
    for key, name, evidence in said:
        spellings[key].append((name, evidence))
    return {key: Agent(key, attest(_find_telling(names))[0].value) for key, names in spellings.items()}


def _find_telling(names: Sequence[tuple[str, Evidence]]) -> list[tuple[str, Evidence]]:
    """The names that say most: a given name rather than initials, then the order that tells the
    surname.
    """
    most = max((parse_name(name).letters > 0, "," in name) for name, _ in names)
    return [pair for pair in names if (parse_name(pair[0]).letters > 0, "," in pair[0]) == most]


def name_source(blocks: Sequence[SourceBlock]) -> tuple[str, str, str]:
    """Return what a source is named after: its first author, its year (empty when none is printed)
    and its title.
    """
    lines = attest((block.author_line.published, block.evidence) for block in blocks)
    first = next(block for block in blocks if not lines or block.author_line.published == lines[0].value)
    titles = attest((block.title.published, block.evidence) for block in blocks)
    title = titles[0].value if titles else max(block.key for block in blocks)
    year = max(block.year or "" for block in blocks)
    author = first.authors[0] if first.authors else title if lines else ""
    return (find_surname(author) if first.given_first and first.authors else author), year, title


def _merge_blocks(slug: str, blocks: Sequence[SourceBlock], agents: Mapping[str, Agent]) -> Source:
    people: defaultdict[Agent, set[Evidence]] = defaultdict(set)
    for block in blocks:
        for name in block.authors:
            people[agents[name]].add(block.evidence)
    return Source(
        key=f"source/{slug}",
        titles=attest((block.title.published, block.evidence) for block in blocks),
        author_lines=attest((block.author_line.published, block.evidence) for block in blocks),
        creators=tuple((agent, sort_evidence(locations)) for agent, locations in sorted(people.items())),
        years=attest((block.year or "", block.evidence) for block in blocks),
        evidence=sort_evidence(block.evidence for block in blocks),
        abstracts=attest((block.abstract.published, block.evidence) for block in blocks if block.abstract),
        urls=attest((block.url or "", block.evidence) for block in blocks),
        identifiers=attest((number, block.evidence) for block in blocks for number in find_identifiers(block.doi, block.url)),
        called=attest((block.key, block.evidence) for block in blocks),
        is_described=any(block.is_described for block in blocks),
    )
