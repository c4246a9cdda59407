"""Groups of mentions → mitigations with names, codes, roles, parents and all their evidence."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from airm_graph.frozen import frozen
from airm_graph.merge.attest import attest, sort_evidence
from airm_graph.merge.descriptions import merge_descriptions
from airm_graph.merge.identity import group_occurrences
from airm_graph.merge.joins import Joins, link_mentions, list_mentions
from airm_graph.merge.minting import digest
from airm_graph.merge.occurrences import PAGE_EDITION, Occurrence, list_occurrences
from airm_graph.model import (
    ROLES,
    TEXTS,
    Agent,
    AssignedCode,
    Attested,
    Classification,
    Entry,
    Evidence,
    Link,
    Mitigation,
    Page,
    Repair,
    Subject,
)
from airm_graph.text import slugify

__all__ = ["Merged", "merge_mitigations", "start_key"]

#: Edition, code, and who gives it where that has to be told apart.
_Given = tuple[str, str, str]

#: So many names an IRI may hold to tell mitigations of one name apart.
_DEEPEST = 4


@frozen
class Merged:
    """What the pages of one source say of its mitigations.

    Attributes:
        mitigations: Sorted by key.
        repairs: Every repair of their texts.
        inferred: (key, evidence of the page) where the page's name comes from what it leaves out.
        links: Joins across inputs.
        doubts: (evidence, key of the mitigation, keys of those that it may be).
    """

    mitigations: tuple[Mitigation, ...]
    repairs: tuple[tuple[Evidence, Repair], ...]
    inferred: tuple[tuple[str, Evidence], ...]
    links: tuple[Link, ...] = ()
    doubts: tuple[tuple[Evidence, str, tuple[str, ...]], ...] = ()


def start_key(source: str) -> str:
    """Write what the keys of the mitigations of a source begin with.

    >>> start_key("source/lee-2024-oaths"), start_key("unknown/0f")
    ('mitigation/lee-2024-oaths/', 'mitigation/unknown-0f/')
    """
    return f"mitigation/{source.removeprefix('source/').replace('/', '-')}/"


def merge_mitigations(
    pages: Sequence[Page], source: str, *, joins: Joins | None = None, kept: Mapping[str, str] = MappingProxyType({})
) -> Merged:
    """Merge what the pages of one source say of its mitigations.

    Args:
        pages: All pages of the source, sorted by capture.
        source: Key of the source, ``source/<slug>``, or ``unknown/<document>``.
        joins: What people decided; what becomes of it is noted there.
        kept: Key that names give → earlier one that is kept.
    """
    mentions = list_occurrences(pages)
    joins = joins or Joins()
    spots = list_mentions(mentions)
    decided, found = joins.resolve(spots, "mitigation")
    groups = group_occurrences(mentions, decided=decided)
    minted = _mint_keys(mentions, groups.members, start_key(source))
    keys = [kept.get(key, key) for key in minted]
    owner = {index: keys[number] for number, group in enumerate(groups.members) for index in group}
    mitigations = [
        _merge_group(keys[number], [(i, mentions[i]) for i in group], pages, source, owner, mentions)
        for number, group in enumerate(groups.members)
    ]
    mitigations = [one if one.key == key else replace(one, minted=key) for one, key in zip(mitigations, minted, strict=True)]
    joins.follow(found, spots, owner)
    return Merged(
        tuple(sorted(mitigations, key=lambda mitigation: mitigation.key)),
        tuple(pair for mention in mentions for pair in mention.repairs),
        tuple((owner[index], mentions[index].evidence) for index in groups.inferred),
        tuple(link_mentions((keys[number], [spots[i] for i in group]) for number, group in enumerate(groups.members))),
        tuple(
            (mentions[own].evidence, owner[own], tuple(sorted({owner[one] for one in others})))
            for own, others in sorted(groups.doubts.items())
        ),
    )


def _merge_group(
    key: str,
    group: Sequence[tuple[int, Occurrence]],
    pages: Sequence[Page],
    source: str,
    owner: dict[int, str],
    mentions: Sequence[Occurrence],
) -> Mitigation:
    members = [mention for _, mention in group]
    locations = sort_evidence(mention.evidence for mention in members)
    own = [pages[mention.page] for mention in members if mention.kind == "own"]
    entries = [mention.entry for mention in members if mention.entry]
    said = [*(role for page in own for role in page.roles), *(role for entry in entries for role in entry.roles)]
    roles = tuple(
        (vocabulary, attested)
        for vocabulary in ROLES
        for attested in attest((role.concept, role.evidence) for role in said if role.vocabulary == vocabulary)
    )
    cells = [role.evidence for role in said] + [entry.parent.evidence for entry in entries if entry.parent]
    cells += [cell for entry in entries for _, cell in entry.reasons]
    cells += [cell for entry in entries for _, cell in (*entry.subjects, *entry.taken_from)]
    cells += [aside for page in own if page.own for aside in page.own.asides]
    return Mitigation(
        key=key,
        source=Attested(source, locations) if source.startswith("source/") else None,
        evidence=sort_evidence([*locations, *cells]),
        identifiers=attest((mention.identifier or "", mention.evidence) for mention in members),
        names=attest((mention.name, mention.evidence) for mention in members),
        descriptions=merge_descriptions(members),
        classifications=_classify(members, own),
        roles=roles,
        part_of=_find_parents(key, members, owner, mentions),
        texts=tuple(
            (name, attested)
            for name in TEXTS
            for attested in attest((text.published, entry.evidence) for entry in entries for what, text in entry.texts if what == name)
        ),
        reasonings=attest(
            (page.own.reasoning.published, page.own.reasoning_evidence)
            for page in own
            if page.own and page.own.reasoning and page.own.reasoning_evidence and not page.own.code
        )
        + attest((text.published, cell) for entry in entries for text, cell in entry.reasons),
        subjects=_gather_subjects(entries),
        taken_from=attest(pair for entry in entries for pair in entry.taken_from),
    )


def _gather_subjects(entries: Sequence[Entry]) -> tuple[tuple[Subject, tuple[Evidence, ...]], ...]:
    found: defaultdict[Subject, list[Evidence]] = defaultdict(list)
    for entry in entries:
        for subject, cell in entry.subjects:
            found[subject].append(cell)
    return tuple((subject, sort_evidence(cells)) for subject, cells in sorted(found.items()))


def _classify(members: Sequence[Occurrence], pages: Sequence[Page]) -> tuple[Classification, ...]:
    """One classification for each code and each who gives it; the reason belongs to the code of the
    page or row that gives it.
    """
    locations: defaultdict[_Given, set[Evidence]] = defaultdict(set)
    reasons: defaultdict[_Given, list[tuple[str, Evidence]]] = defaultdict(list)
    assigned: defaultdict[_Given, list[AssignedCode]] = defaultdict(list)
    for mention in members:
        if mention.code:
            locations[PAGE_EDITION, mention.code, ""].add(mention.evidence)
        for given in mention.entry.codes if mention.entry else ():
            assigned[given.edition, given.code, given.by].append(given)
            locations[given.edition, given.code, given.by].add(given.evidence)
            if given.reason and given.reason_evidence:
                reasons[given.edition, given.code, given.by].append((given.reason.published, given.reason_evidence))
    for own in (page.own for page in pages):
        if own and own.code and own.reasoning and own.reasoning_evidence:
            reasons[PAGE_EDITION, own.code, ""].append((own.reasoning.published, own.reasoning_evidence))
    for key, said in reasons.items():
        locations[key].update(evidence for _, evidence in said)
    return tuple(
        Classification(
            edition,
            code,
            sort_evidence(found),
            attest(reasons[edition, code, by]),
            _gather_agents(assigned[edition, code, by]),
            attest((given.created or "", given.evidence) for given in assigned[edition, code, by]),
            by,
        )
        for (edition, code, by), found in sorted(locations.items())
    )


def _gather_agents(assigned: Sequence[AssignedCode]) -> tuple[tuple[Agent, tuple[Evidence, ...]], ...]:
    found: defaultdict[Agent, set[Evidence]] = defaultdict(set)
    for given in assigned:
        if given.agent:
            found[given.agent].add(given.evidence)
    return tuple((agent, sort_evidence(locations)) for agent, locations in sorted(found.items()))


def _find_parents(key: str, members: Sequence[Occurrence], owner: dict[int, str], mentions: Sequence[Occurrence]) -> tuple[Attested, ...]:
    pairs = []
    for mention in members:
        if mention.parent is not None and owner[mention.parent] != key:
            # A page names its parent in the heading, a row in a cell; an item stands below its
            # parent by its own line.
            said_by = mentions[mention.parent].evidence if mention.kind == "own" else mention.evidence
            cell = mention.entry.parent.evidence if mention.entry and mention.entry.parent else None
            pairs.append((owner[mention.parent], cell or said_by))
    return attest(pairs)


def _mint_keys(mentions: Sequence[Occurrence], groups: Sequence[Sequence[int]], start: str) -> list[str]:
    """Slugs of names; where mitigations share one, those with parents take their slugs in front,
    then a digest tells them apart.
    """
    number_of = {index: number for number, group in enumerate(groups) for index in group}
    plain = [_plain_slug([mentions[i] for i in group]) for group in groups]
    parents = [{number_of[p] for i in group if (p := mentions[i].parent) is not None} - {number} for number, group in enumerate(groups)]
    paths = [_find_path(number, parents) for number in range(len(groups))]
    slugs, depth = plain, 1
    while depth < _DEEPEST and len(set(slugs)) < len(slugs):
        counts, depth = Counter(slugs), depth + 1
        slugs = [
            "--".join(plain[number] for number in path[-depth:]) if counts[slug] > 1 else slug
            for slug, path in zip(slugs, paths, strict=True)
        ]
    counts = Counter(slugs)
    twins = {number: [mentions[i] for i in groups[number]] for number, slug in enumerate(slugs) if counts[slug] > 1}
    digests = {number: _digest_group(members) for number, members in twins.items()}
    # Rows of one identifier that a person keeps apart are told apart by what they say.
    seen = Counter((slugs[number], found) for number, found in digests.items())
    digests |= {number: _digest_content(twins[number]) for number, found in digests.items() if seen[slugs[number], found] > 1}
    unique = [f"{slug}-{digests[number]}" if number in digests else slug for number, slug in enumerate(slugs)]
    return [start + slug for slug in unique]


def _find_path(number: int, parents: Sequence[set[int]]) -> list[int]:
    """A mitigation and those above it, outermost first; the first one where pages disagree."""
    path = [number]
    while len(path) < _DEEPEST and (above := parents[path[0]] - set(path)):
        path.insert(0, min(above))
    return path


def _plain_slug(members: Sequence[Occurrence]) -> str:
    names = attest((mention.name, mention.evidence) for mention in members)
    if names:
        return slugify(names[0].value) or f"name-{digest(names[0].value)}"
    return f"page-{min(mention.evidence.capture for mention in members)[:16]}"


def _digest_group(members: Sequence[Occurrence]) -> str:
    identifiers = sorted({f"{mention.edition}|{mention.identifier}" for mention in members if mention.kind == "row" and mention.identifier})
    if identifiers:
        # What the publisher calls a row outlives any change of the table.
        return digest(*identifiers)
    return _digest_content(members)


def _digest_content(members: Sequence[Occurrence]) -> str:
    return digest(
        *sorted({f"{mention.key}|{mention.text_key}|{mention.code or ''}" for mention in members}),
        min(_path_key(mention) for mention in members),
    )


def _path_key(mention: Occurrence) -> str:
    return f"{mention.evidence.capture}:{mention.evidence.first_line}"
