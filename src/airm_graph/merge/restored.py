"""Records that were merged before, and those of today: what has one key is one thing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from airm_graph.merge.attest import sort_evidence
from airm_graph.merge.conflicts import find_conflicts, find_source_conflicts
from airm_graph.model import ROLES, TEXTS, Agent, Attested, Capture, Classification, Evidence, Mitigation, Records, Source, Subject

__all__ = ["join_records"]

#: What `airm_graph.merge.conflicts` says; it is said again of all records together.
_CONFLICTS = frozenset(f"MRG-0{number}" for number in range(1, 10))

_Record = TypeVar("_Record", Capture, Source, Mitigation, Classification)
_Named = tuple[str, Attested]
_Agents = tuple[tuple[Agent, tuple[Evidence, ...]], ...]
_Subjects = tuple[tuple[Subject, tuple[Evidence, ...]], ...]


def join_records(records: Records, restored: Iterable[Records]) -> Records:
    """Join records with those of exported graphs; without any, they stay as they are.

    Args:
        records: What captures and tables say.
        restored: What the tables of exported graphs say.

    Returns:
        One set of records; where both speak of a thing, what the first says comes first.

    >>> join_records(Records(), [Records()]) == Records()
    True
    """
    found = [part for part in restored if part.captures]
    if not found:
        return records
    parts = [records, *found]
    captures = _join([one for part in parts for one in part.captures], lambda one: one.sha256, _join_captures)
    sources = _join([one for part in parts for one in part.sources], lambda one: one.key, _join_sources)
    mitigations = _join([one for part in parts for one in part.mitigations], lambda one: one.key, _join_mitigations)
    files = {capture.sha256: capture.file_names[0] for capture in captures}
    editions = {capture.sha256: capture.edition for capture in captures}
    kept = [finding for finding in records.findings if finding.rule not in _CONFLICTS]
    return Records(
        captures,
        sources,
        mitigations,
        tuple(sorted({pair for part in parts for pair in part.repairs})),
        (
            *find_conflicts(mitigations, files=files, editions=editions),
            *find_source_conflicts(sources, files=files),
            *kept,
        ),
        records.links,
    )


def _join(records: Iterable[_Record], key: Callable[[_Record], object], join: Callable[[_Record, _Record], _Record]) -> tuple[_Record, ...]:
    found: dict[str, _Record] = {}
    for record in records:
        name = str(key(record))
        found[name] = join(found[name], record) if name in found else record
    return tuple(record for _, record in sorted(found.items()))


def _join_captures(one: Capture, other: Capture) -> Capture:
    return replace(one, file_names=tuple(sorted({*one.file_names, *other.file_names})))


def _join_sources(one: Source, other: Source) -> Source:
    return replace(
        one,
        titles=_unite(one.titles, other.titles),
        author_lines=_unite(one.author_lines, other.author_lines),
        creators=_unite_agents(one.creators, other.creators),
        years=_unite(one.years, other.years),
        evidence=sort_evidence([*one.evidence, *other.evidence]),
        abstracts=_unite(one.abstracts, other.abstracts),
        urls=_unite(one.urls, other.urls),
        identifiers=_unite(one.identifiers, other.identifiers),
        called=_unite(one.called, other.called),
        is_described=one.is_described or other.is_described,
    )


def _join_mitigations(one: Mitigation, other: Mitigation) -> Mitigation:
    given = [*one.classifications, *other.classifications]
    return replace(
        one,
        source=next(iter(_unite([one.source] if one.source else [], [other.source] if other.source else [])), None),
        evidence=sort_evidence([*one.evidence, *other.evidence]),
        identifiers=_unite(one.identifiers, other.identifiers),
        names=_unite(one.names, other.names),
        descriptions=_unite(one.descriptions, other.descriptions),
        classifications=_join(given, lambda made: (made.edition, made.code, made.by), _join_classifications),
        roles=_unite_named(ROLES, one.roles, other.roles),
        part_of=_unite(one.part_of, other.part_of),
        texts=_unite_named(TEXTS, one.texts, other.texts),
        reasonings=_unite(one.reasonings, other.reasonings),
        subjects=_unite_subjects(one.subjects, other.subjects),
        taken_from=_unite(one.taken_from, other.taken_from),
        derived_from=_unite(one.derived_from, other.derived_from),
    )


def _join_classifications(one: Classification, other: Classification) -> Classification:
    return replace(
        one,
        evidence=sort_evidence([*one.evidence, *other.evidence]),
        reasonings=_unite(one.reasonings, other.reasonings),
        agents=_unite_agents(one.agents, other.agents),
        created=_unite(one.created, other.created),
    )


def _unite(one: Sequence[Attested], other: Sequence[Attested]) -> tuple[Attested, ...]:
    """Each value once, with all its evidence; those of *one* come first, in their order."""
    found: dict[str, list[Evidence]] = {}
    for said in (*one, *other):
        found.setdefault(said.value, []).extend(said.evidence)
    return tuple(Attested(value, sort_evidence(locations)) for value, locations in found.items())


def _unite_named(names: Sequence[str], one: Sequence[_Named], other: Sequence[_Named]) -> tuple[_Named, ...]:
    given = {name: [[said for what, said in part if what == name] for part in (one, other)] for name in names}
    return tuple((name, said) for name in names for said in _unite(*given[name]))


def _unite_agents(one: _Agents, other: _Agents) -> _Agents:
    found: defaultdict[Agent, list[Evidence]] = defaultdict(list)
    for agent, locations in (*one, *other):
        found[agent].extend(locations)
    return tuple((agent, sort_evidence(locations)) for agent, locations in sorted(found.items()))


def _unite_subjects(one: _Subjects, other: _Subjects) -> _Subjects:
    found: defaultdict[Subject, list[Evidence]] = defaultdict(list)
    for subject, locations in (*one, *other):
        found[subject].extend(locations)
    return tuple((subject, sort_evidence(locations)) for subject, locations in sorted(found.items()))
