"""Mapped terms compared with the lists of the vocabularies that they are taken from, ours among
them.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from airm_graph.frozen import frozen
from airm_graph.graph.store import parse_rows
from airm_graph.ingest.mapping_sets import MatchReader, open_matches, read_metadata_beside
from airm_graph.model import Finding, Location
from airm_graph.namespaces import BASE, PREFIXES, term
from airm_graph.regular_files import open_regular
from airm_graph.resources import read_resource
from airm_graph.rules import make_finding
from airm_graph.sssom import NO_TERM, Match
from airm_graph.terms import read_literal

__all__ = ["KnownTerm", "check_matches", "find_match_findings", "load_known_terms", "read_terms"]

#: File of ours → what the IRIs of its terms begin with.
_OWN = {
    "airm": PREFIXES["airm"],
    **{f"taxonomy/{edition}": f"{BASE}taxonomy/{edition}/" for edition in ("v1", "v2")},
    **{f"vocabularies/{name}": f"{BASE}{name}/" for name in ("actor", "function", "lifecycle")},
}
_LABELS = {term("rdfs:label"), term("skos:prefLabel")}
#: The properties of SKOS that link concepts: a misspelt one is a link that nobody finds.
_SKOS_LINKS = (
    *("broadMatch", "closeMatch", "exactMatch", "mappingRelation", "narrowMatch", "relatedMatch"),
    *("broader", "broaderTransitive", "narrower", "narrowerTransitive", "related", "semanticRelation"),
)


@frozen
class KnownTerm:
    """A term of a listed vocabulary; *label* is empty where it has none, *vocabulary* says name and
    edition.
    """

    iri: str
    label: str
    vocabulary: str
    is_deprecated: bool = False


def read_terms(text: str) -> dict[str, KnownTerm]:
    r"""Read a list of terms: columns vocabulary, edition, iri, label, kind, deprecated.

    >>> head = "vocabulary\tedition\tiri\tlabel\tkind\tdeprecated"
    >>> read_terms(f"{head}\nairo\t1.0\thttps://w3id.org/airo#AISubject\tAI Subject\tclass\tyes")["https://w3id.org/airo#AISubject"].is_deprecated
    True
    """
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    found = (
        KnownTerm(row["iri"], row["label"], f"{row['vocabulary']} {row['edition']}", row["deprecated"] not in {"", "no", "false"})
        for row in rows
    )
    return {known.iri: known for known in found}


@cache
def load_known_terms() -> Mapping[str, KnownTerm]:
    """Return the terms of the vocabularies that are mapped to, of our own ontology and taxonomies,
    and the links of SKOS.
    """
    found = read_terms(read_resource("ontology/external-terms.tsv"))
    for name, space in _OWN.items():
        found |= {known.iri: known for known in _read_own(name, space)}
    links = (KnownTerm(PREFIXES["skos"] + name, "", "SKOS") for name in _SKOS_LINKS)
    return {**found, **{known.iri: known for known in links}}


def _read_own(name: str, space: str) -> Iterator[KnownTerm]:
    file = f"ontology/{name}.ttl"
    labels: defaultdict[str, str] = defaultdict(str)
    for subject, predicate, value, _ in parse_rows(read_resource(file).encode(), name=file, suffix=".ttl"):
        iri = subject.strip("<>")
        if iri.startswith(space):
            labels[iri] = read_literal(value).text if predicate in _LABELS else labels[iri]
    return (KnownTerm(iri, label, name.rpartition("/")[2]) for iri, label in labels.items())


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
        return
    if found.is_deprecated:
        yield make_finding("SSM-09", f"the {end} <{iri}> is deprecated in {found.vocabulary}", location)
    if label and found.label and label != found.label:
        yield make_finding("SSM-10", f"the {end} <{iri}> is called {found.label!r} in {found.vocabulary} and not {label!r}", location)


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
