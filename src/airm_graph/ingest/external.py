"""Mapped terms compared with the lists of the vocabularies that they are taken from, ours among
them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from airm_graph.ingest.framework_items import check_item
from airm_graph.ingest.known_terms import KnownTerm, load_known_terms
from airm_graph.ingest.mapping_sets import MatchReader, open_matches, read_metadata_beside
from airm_graph.model import Finding, Location
from airm_graph.regular_files import open_regular
from airm_graph.rules import make_finding
from airm_graph.sssom import NO_TERM, Match

__all__ = ["check_end", "check_matches", "find_match_findings"]


class _Namespaces:
    """Which vocabulary an IRI lies in, by what the IRIs of its terms begin with."""

    def __init__(self, terms: Mapping[str, KnownTerm]) -> None:
        self._vocabularies = {_namespace(iri): known.vocabulary for iri, known in terms.items()}

    def find(self, iri: str) -> str | None:
        return self._vocabularies.get(_namespace(iri))


def _namespace(iri: str) -> str:
    at = max(iri.rfind("#"), iri.rfind("/"))
    return iri[: at + 1]


def check_matches(matches: Iterable[Match], *, file: str, terms: Mapping[str, KnownTerm] | None = None) -> Iterator[Finding]:
    """Compare subjects, predicates and objects with the lists of their vocabularies: findings of
    SSM-08 to SSM-10.

    Args:
        matches: Mappings with their lines; taken one after the other.
        file: Name of the table.
        terms: What is known, by IRI; the lists of the project when left out. An IRI of another
            vocabulary passes.
    """
    known = load_known_terms() if terms is None else terms
    namespaces = _Namespaces(known)
    for match in matches:
        for end in ("subject", "predicate", "object"):
            yield from _check_term(match, end, file, known, namespaces)


def _check_term(match: Match, end: str, file: str, terms: Mapping[str, KnownTerm], namespaces: _Namespaces) -> Iterator[Finding]:
    iri, label = match.get(f"{end}_id"), match.get(f"{end}_label")
    location = Location(file, match.line, match.line)
    found = terms.get(iri)
    if found is None:
        vocabulary = namespaces.find(iri) if iri and iri != NO_TERM else None
        if vocabulary:
            yield make_finding("SSM-08", f"the {end} <{iri}> is no term of {vocabulary}", location)
        else:
            yield from check_end(match, end, location)
        return
    if found.is_deprecated:
        yield make_finding("SSM-09", f"the {end} <{iri}> is deprecated in {found.vocabulary}", location)
    if label and found.label and label != found.label:
        yield make_finding("SSM-10", f"the {end} <{iri}> is called {found.label!r} in {found.vocabulary} and not {label!r}", location)


def check_end(match: Match, end: str, location: Location) -> Iterator[Finding]:
    """Judge an end of a mapping that is an item of another framework, by the last part of its IRI
    and its label: findings of IDN-01 to IDN-03.
    """
    last = re.split("[/#]", match.get(f"{end}_id"))[-1]
    return (make_finding(rule, message, location) for rule, message in check_item(last, match.get(f"{end}_label")))


def find_match_findings(path: Path, *, name: str, terms: Mapping[str, KnownTerm] | None = None) -> list[Finding]:
    """Judge a table of mappings, row by row: findings of SSM-01 to SSM-12, by line.

    Args:
        path: Where it is; read once, and once more where mappings are denied.
        name: Its name, for findings.
        terms: As for `check_matches`.

    Raises:
        OSError: It cannot be read.
    """
    beside = read_metadata_beside(path)
    denied: dict[tuple[str, str, str], int] = {}

    rows = _Rows(name)

    def note(reader: MatchReader) -> Iterator[Match]:
        for match in reader:
            rows.take(match)
            if match.is_negative:
                denied.setdefault(match.triple, match.line)
            yield match

    with open_regular(path) as stream:
        reader = open_matches(stream, file=name, beside=beside)
        found = list(check_matches(note(reader), file=name, terms=terms))
    found += [*reader.findings, *rows.findings]
    if denied:
        with open_regular(path) as stream:
            stated = (match for match in open_matches(stream, file=name, beside=beside) if not match.is_negative)
            found += [_say_denied(match, denied[match.triple], name) for match in stated if match.triple in denied]
    return sorted(found, key=lambda finding: (finding.location.first_line or 0 if finding.location else 0, finding.rule, finding.message))


class _Rows:
    """The rows of a table beside each other: equal ones, and identifiers with several labels."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: dict[int, int] = {}
        self._labels: dict[str, tuple[str, int]] = {}
        self.findings: list[Finding] = []

    def take(self, match: Match) -> None:
        """Compare a row with those before it."""
        said = hash(tuple(sorted(match.values.items())))
        first = self._lines.setdefault(said, match.line)
        if first != match.line:
            self._say("SSM-12", f"the row says what line {first} says", match)
        for end in ("subject", "object"):
            iri, label = match.get(f"{end}_id"), match.get(f"{end}_label")
            if not iri or not label or iri == NO_TERM:
                continue
            other, line = self._labels.setdefault(iri, (label, match.line))
            if other != label:
                self._say("SSM-11", f"the {end} <{iri}> is called {label!r} here and {other!r} on line {line}", match)

    def _say(self, rule: str, message: str, match: Match) -> None:
        self.findings.append(make_finding(rule, message, Location(self._file, match.line, match.line)))


def _say_denied(match: Match, line: int, file: str) -> Finding:
    return make_finding("SSM-07", f"the mapping is stated here and denied on line {line}", Location(file, match.line, match.line))
