"""Where the value of a finding is stated: the line of the actor, not the first line of the page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from airm_graph.model import Attested, Capture, Classification, Evidence, Finding, Location, Mitigation, Records, Source
from airm_graph.namespaces import iri, literal

__all__ = ["locate_values"]

#: Focus node and value as N-Triples terms.
_Statement = tuple[str, str]
#: Evidence that states something, and what the column of a table is that does.
_Saying = tuple[Evidence, str]
_Stated = tuple[_Statement, str, tuple[Evidence, ...]]


def locate_values(findings: Iterable[Finding], *, records: Records) -> list[Finding]:
    """Put each finding on the first location that states its value, where the records know one.

    Args:
        findings: Of shapes; one without a value, or whose value nothing states, stays where it is.
        records: What the graph was made of.
    """
    wanted = list(findings)
    locations = _find_locations(records) if any(finding.value for finding in wanted) else {}
    return [_locate(finding, locations) for finding in wanted]


def _locate(finding: Finding, locations: Mapping[_Statement, Location]) -> Finding:
    location = locations.get((finding.focus, finding.value))
    return replace(finding, location=location) if location else finding


def _find_locations(records: Records) -> dict[_Statement, Location]:
    captures = {capture.sha256: capture for capture in records.captures}
    stated: dict[_Statement, list[_Saying]] = defaultdict(list)
    parts = (*map(_state_source, records.sources), *map(_state_mitigation, records.mitigations))
    for statement, what, evidence in chain.from_iterable(parts):
        stated[statement].extend((one, what) for one in evidence)
    return {statement: _find_first(sayings, captures) for statement, sayings in stated.items() if sayings}


def _find_first(sayings: Iterable[_Saying], captures: Mapping[str, Capture]) -> Location:
    evidence, what = min(sayings, key=lambda saying: (captures[saying[0].capture].file_names[0], *saying))
    capture = captures[evidence.capture]
    location = evidence.locate(capture.file_names[0])
    column = dict(capture.columns).get(what, "")
    return replace(location, column=column) if location.row is not None and not location.column else location


def _state_source(source: Source) -> Iterator[_Stated]:
    subject = iri(source.key)
    yield from _texts(subject, "title", source.titles)
    yield from _texts(subject, "authors", source.author_lines)
    yield from _texts(subject, "abstract", source.abstracts)


def _state_mitigation(mitigation: Mitigation) -> Iterator[_Stated]:
    subject = iri(mitigation.key)
    yield from _texts(subject, "name", mitigation.names)
    yield from _texts(subject, "identifier", mitigation.identifiers)
    yield from _texts(subject, "description", mitigation.descriptions)
    for vocabulary, role in mitigation.roles:
        yield (subject, iri(f"{vocabulary}/{role.value}")), vocabulary, role.evidence
    for parent in mitigation.part_of:
        yield (subject, iri(parent.value)), "parent", parent.evidence
    for classification in mitigation.classifications:
        yield from _state_classification(subject, classification)


def _state_classification(mitigation: str, classification: Classification) -> Iterator[_Stated]:
    by = f"-{classification.by}" if classification.by else ""
    subject = f"{mitigation[:-1]}/classification/{classification.edition}-{classification.code}{by}>"
    # A reason is evidence, too, but not where the code stands.
    reasons = {one for reasoning in classification.reasonings for one in reasoning.evidence}
    evidence = [one for one in classification.evidence if one not in reasons] or classification.evidence
    # The code of an item stands in the last of its lines, which begins the next item, too.
    lines = tuple(_find_line(one, beginning=f"{classification.code} ") for one in evidence)
    yield (subject, iri(f"taxonomy/{classification.edition}/{classification.code}")), "code", lines
    yield from _texts(subject, "reason", classification.reasonings)


def _texts(subject: str, what: str, values: Iterable[Attested]) -> Iterator[_Stated]:
    for value in values:
        yield (subject, literal(value.value)), what, value.evidence


def _find_line(evidence: Evidence, *, beginning: str) -> Evidence:
    """Find the line of an evidence that begins so.

    It is all of it where there is none, or where it is a row of a table.
    """
    numbered = enumerate(evidence.text.split("\n"), evidence.first_line)
    found = [number for number, line in numbered if line.startswith(beginning)] if evidence.row is None else []
    if not found:
        return evidence
    text = evidence.text.split("\n")[found[-1] - evidence.first_line]
    return replace(evidence, first_line=found[-1], last_line=found[-1], text=text)
