"""Where the value that a finding speaks of is stated: the line of the actor, not the first line of the page that names it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from airm_graph.model import Attested, Classification, Evidence, Finding, Mitigation, Place, Records, Source
from airm_graph.namespaces import iri, literal

__all__ = ["place_values"]

#: Focus node and value as N-Triples terms.
_Statement = tuple[str, str]


def place_values(findings: Iterable[Finding], *, records: Records) -> list[Finding]:
    """Put each finding on the first place that states its value, where the records know one.

    Args:
        findings: Of shapes; one without a value, or whose value nothing states, stays where it is.
        records: What the graph was made of.
    """
    wanted = list(findings)
    places = _find_places(records) if any(finding.value for finding in wanted) else {}
    return [_place(finding, places) for finding in wanted]


def _place(finding: Finding, places: Mapping[_Statement, Place]) -> Finding:
    place = places.get((finding.focus, finding.value))
    return replace(finding, place=place) if place else finding


def _find_places(records: Records) -> dict[_Statement, Place]:
    files = {capture.sha256: capture.file_names[0] for capture in records.captures}
    stated: dict[_Statement, list[Evidence]] = defaultdict(list)
    every = chain(
        chain.from_iterable(map(_state_source, records.sources)), chain.from_iterable(map(_state_mitigation, records.mitigations))
    )
    for statement, evidence in every:
        stated[statement].extend(evidence)
    return {statement: _first(evidence, files) for statement, evidence in stated.items() if evidence}


def _first(evidence: Iterable[Evidence], files: Mapping[str, str]) -> Place:
    first = min(evidence, key=lambda place: (files[place.capture], place))
    return first.place(files[first.capture])


def _state_source(source: Source) -> Iterator[tuple[_Statement, tuple[Evidence, ...]]]:
    yield from _texts(iri(source.key), (*source.titles, *source.author_lines, *source.abstracts))


def _state_mitigation(mitigation: Mitigation) -> Iterator[tuple[_Statement, tuple[Evidence, ...]]]:
    subject = iri(mitigation.key)
    yield from _texts(subject, (*mitigation.names, *mitigation.identifiers, *mitigation.descriptions))
    for vocabulary, role in mitigation.roles:
        yield (subject, iri(f"{vocabulary}/{role.value}")), role.evidence
    for parent in mitigation.part_of:
        yield (subject, iri(parent.value)), parent.evidence
    for classification in mitigation.classifications:
        yield from _state_classification(subject, classification)


def _state_classification(mitigation: str, classification: Classification) -> Iterator[tuple[_Statement, tuple[Evidence, ...]]]:
    by = f"-{classification.by}" if classification.by else ""
    subject = f"{mitigation[:-1]}/classification/{classification.edition}-{classification.code}{by}>"
    # The code of an item stands in the last of its lines, which begins the next item, too.
    lines = tuple(_find_line(place, beginning=f"{classification.code} ") for place in classification.evidence)
    yield (subject, iri(f"taxonomy/{classification.edition}/{classification.code}")), lines
    yield from _texts(subject, classification.reasonings)


def _texts(subject: str, values: Iterable[Attested]) -> Iterator[tuple[_Statement, tuple[Evidence, ...]]]:
    for value in values:
        yield (subject, literal(value.value)), value.evidence


def _find_line(evidence: Evidence, *, beginning: str) -> Evidence:
    """The line of an evidence that begins so; all of it where there is none, or where it is a row of a table."""
    numbered = enumerate(evidence.text.split("\n"), evidence.first_line)
    found = [number for number, line in numbered if line.startswith(beginning)] if evidence.row is None else []
    if not found:
        return evidence
    text = evidence.text.split("\n")[found[-1] - evidence.first_line]
    return replace(evidence, first_line=found[-1], last_line=found[-1], text=text)
