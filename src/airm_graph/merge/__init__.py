"""Many pages → one set of records: who is who, what contradicts, and the keys that become IRIs."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from airm_graph.frozen import frozen, sort_frozen
from airm_graph.merge.conflicts import find_conflicts, find_source_conflicts, note_doubts, note_inferred
from airm_graph.merge.decided import add_codes, find_unknown
from airm_graph.merge.joins import Joins, Spot, link_agents, link_mentions, list_authors, list_sources
from airm_graph.merge.mitigations import merge_mitigations
from airm_graph.merge.originals import find_originals
from airm_graph.merge.restored import join_records
from airm_graph.merge.sources import AgentNames, group_pages, merge_sources
from airm_graph.model import Capture, Decisions, Evidence, Link, Page, Records, Repair, Source, SourceBlock

__all__ = ["Merger", "SourceGroup", "join_records", "merge_pages"]


def merge_pages(pages: Iterable[Page], *, decisions: Decisions | None = None) -> Records:
    """Merge pages into records; the order of pages changes nothing.

    The mitigations of a page without a source are named after its document, as far as lists tell
    it, and else after the page.

    Args:
        pages: What the readers found.
        decisions: What people decided of joins and codes.

    >>> merge_pages([]).mitigations
    ()
    """
    merger = Merger(pages, decisions=decisions)
    return find_originals(merger.finish([merger.merge(group) for group in merger.list_groups()]))


@frozen
class SourceGroup:
    """The pages of one source, sorted by capture, and the key of the source; ``unknown/…`` where
    nothing names it.
    """

    source: str
    pages: tuple[Page, ...]


class Merger:
    """Merges sources first, then the mitigations of each, so that rows which come in between know
    their source.
    """

    def __init__(
        self, pages: Iterable[Page], *, decisions: Decisions | None = None, kept: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Merge the sources of pages.

        Args:
            pages: All captures, and every page of a table that describes its source.
            decisions: What people decided of joins and codes.
            kept: Key that names give a mitigation → earlier one that is kept.
        """
        self.kept = kept
        self._pages = sorted(pages, key=_capture_of)
        self._decisions = decisions or Decisions()
        self._joins = Joins(self._decisions.joins)
        self._groups, self._sources, self._links = _merge_sources(self._pages, self._joins)
        self._unnamed: defaultdict[str, list[Page]] = defaultdict(list)
        self._add_unnamed(self._pages)
        self._identities = {id(page.source): identity for identity, group in self._groups.items() for page in group}

    def find_source(self, block: SourceBlock) -> str:
        """Find the key of the source that a block of a given page became."""
        return self._sources[self._identities[id(block)]].key

    def find_busy(self, captured: Collection[str]) -> set[str]:
        """Find the keys of sources of which a page speaks that states mitigations, or one of these
        captures.
        """
        return {
            self._sources[identity].key
            for identity, group in self._groups.items()
            if any(page.entries or page.capture.sha256 in captured for page in group)
        }

    def list_groups(self, pages: Iterable[Page] = ()) -> list[SourceGroup]:
        """List the pages of each source.

        Args:
            pages: Further pages of tables, whose sources are blocks of pages given before.
        """
        for page in pages:
            self._pages.append(page)
            if page.source:
                self._groups[self._identities[id(page.source)]].append(page)
            self._add_unnamed([page])
        self._captures = _join_captures(page.capture for page in self._pages)
        keyed = [*((self._sources[identity].key, group) for identity, group in self._groups.items()), *sorted(self._unnamed.items())]
        return [SourceGroup(key, tuple(sorted(group, key=_capture_of))) for key, group in keyed]

    def _add_unnamed(self, pages: Iterable[Page]) -> None:
        """Take in the pages that state mitigations and name no source."""
        for page in pages:
            if not page.source and (page.document or page.own or page.children or page.others or page.entries):
                self._unnamed[f"unknown/{page.document or page.capture.sha256[:16]}"].append(page)

    def merge(self, group: SourceGroup) -> Records:
        """Merge the mitigations of one source; the records hold no captures and no source."""
        merged = merge_mitigations(group.pages, group.source, joins=self._joins, kept=self.kept)
        mitigations = tuple(add_codes(merged.mitigations, self._decisions.codes))
        files, editions = self._name_captures()
        return Records(
            mitigations=mitigations,
            repairs=tuple(sorted({*merged.repairs, *_source_repairs(group.pages)})),
            findings=(
                *find_conflicts(mitigations, files=files, editions=editions),
                *note_inferred(mitigations, merged.inferred, files=files),
                *note_doubts(mitigations, merged.doubts, files=files),
            ),
            links=merged.links,
        )

    def _name_captures(self) -> tuple[dict[str, str], dict[str, str]]:
        """List file name and edition of each capture."""
        captures = (*self._captures, *self._decisions.captures)
        return ({one.sha256: one.file_names[0] for one in captures}, {one.sha256: one.edition for one in captures})

    def finish(self, parts: Sequence[Records]) -> Records:
        """Put the records of each source together, with captures, sources and what is found across
        sources.
        """
        self._joins.close()
        keys = {mitigation.key for part in parts for mitigation in part.mitigations}
        used = (
            {location.capture for part in parts for one in part.mitigations for location in one.evidence}
            if self._decisions.captures
            else ()
        )
        captures = _join_captures([*self._captures, *(one for one in self._decisions.captures if one.sha256 in used)])
        sources = tuple(sorted(self._sources.values(), key=lambda source: source.key))
        files = {capture.sha256: capture.file_names[0] for capture in captures}
        links = _finish_links([*self._links, *(link for part in parts for link in part.links)], self._joins.links)
        findings = (
            *find_source_conflicts(sources, files=files, apart=self._joins.kept_apart),
            *self._joins.findings,
            *find_unknown(keys, self._decisions.codes),
        )
        return Records(
            captures,
            sources,
            tuple(sorted((one for part in parts for one in part.mitigations), key=lambda one: one.key)),
            tuple(sorted({pair for part in parts for pair in part.repairs})),
            (*findings, *(finding for part in parts for finding in part.findings)),
            links,
        )


def _capture_of(page: Page) -> str:
    return page.capture.sha256


def _merge_sources(pages: Sequence[Page], joins: Joins) -> tuple[dict[str, list[Page]], dict[str, Source], list[Link]]:
    """Group the pages by source and make the sources and their authors, as people decided and by
    the rules; with the joins.
    """
    spots = list_sources(page.source for page in pages)
    decided, found = joins.resolve(spots, "source")
    groups = group_pages(pages, joined=decided.joined, apart=decided.apart)
    said = [
        (identity, name, page.source.evidence)
        for identity, group in groups.items()
        for page in group
        if page.source
        for name in page.source.authors
    ]
    people = list_authors((name, evidence) for _, name, evidence in said) if joins.decisions else []
    ruled, named = joins.resolve(people, "agent")
    joined, apart = ([(said[one][:2], said[two][:2]) for one, two in pairs] for pairs in (ruled.joined, ruled.apart))
    names = AgentNames(joined, apart)
    sources = merge_sources(groups, names=names, keep_names=joins.keep_names)
    index_of = {id(page): index for index, page in enumerate(pages)}
    owner = {index_of[id(page)]: sources[identity].key for identity, group in groups.items() for page in group}
    joins.follow(found, spots, owner)
    joins.follow(named, people, {index: names.keys[identity, name] for index, (identity, name, _) in enumerate(said)})
    mentioned: defaultdict[str, list[Spot]] = defaultdict(list)
    for index, key in owner.items():
        spot = spots[index]
        if spot:
            mentioned[key].append(spot)
    agents = ((names.keys[identity, name], sources[identity].key, name, evidence) for identity, name, evidence in said)
    return groups, sources, [*link_mentions(sorted(mentioned.items())), *link_agents(agents)]


def _finish_links(links: Iterable[Link], decided: Iterable[Link]) -> tuple[Link, ...]:
    """All links, sorted; where a person decided, that is the reason."""
    ruled = {frozenset((link.one, link.two)): link for link in decided}
    rest = {link for link in links if frozenset((link.one, link.two)) not in ruled}
    return tuple(sort_frozen({*rest, *ruled.values()}))


def _join_captures(captures: Iterable[Capture]) -> tuple[Capture, ...]:
    """Each capture once: a table is many pages, and a file may have several names."""
    found: dict[str, Capture] = {}
    for capture in captures:
        earlier = found.setdefault(capture.sha256, capture)
        if earlier is not capture:
            names = tuple(sorted({*earlier.file_names, *capture.file_names}))
            found[capture.sha256] = replace(earlier, file_names=names)
    return tuple(capture for _, capture in sorted(found.items()))


def _source_repairs(group: Iterable[Page]) -> list[tuple[Evidence, Repair]]:
    found: list[tuple[Evidence, Repair]] = []
    for page in group:
        block = page.source
        if block:
            found += block.repairs
            texts = (block.title, block.author_line, block.abstract)
            found += [(block.evidence, repair) for text in texts if text for repair in text.repairs]
    return found
