"""Generate mitigations, the same for the same number: as rows of about 22 statements each, as tables, or as captured pages.

Real codes and concepts, invented mitigations: sources of 60 mitigations in an outline of groups of five, one capture per source, a
classification with its reason and three lines of evidence for each mitigation. Tables and pages are written by ``corpus``.
"""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import iri, literal, term
from airm_graph.resources import find_resource
from airm_graph.terms import Quad

__all__ = ["generate", "make_name", "make_surname", "ontology_rows", "taxonomy_rows", "write_triples"]

PER_SOURCE = 60
PER_GROUP = 5
_TYPE, _LABEL = term("rdf:type"), term("rdfs:label")
_WORDS = {
    "verbs": "Audit Bound Check Document Filter Limit Log Monitor Publish Rehearse Review Test Trace Verify Watermark",
    "things": "access answers changes compute data deployments incidents inputs logs models outputs prompts reports roles tools",
    "surnames": "Abe Berg Chen Diaz Eide Fofana Garcia Haddad Ito Jansen",
}
_VERBS, _THINGS, _SURNAMES = (_WORDS[kind].split() for kind in _WORDS)


def write_triples(size: int, path: Path) -> None:
    """Write the quads of *size* mitigations as N-Quads."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{s} {p} {o} {g} .\n" for s, p, o, g in generate(size))


def generate(mitigations: int, *, start: int = 0) -> Iterator[Quad]:
    """Write the taxonomy and a number of mitigations with all that stands around them; or, from *start* on (a multiple of 60), the rest."""
    if not start:
        yield from taxonomy_rows()
    for number in range(start, mitigations):
        if number % PER_SOURCE == 0:
            yield from _source_rows(number // PER_SOURCE)
        yield from _mitigation_rows(number)


@cache
def ontology_rows() -> tuple[Quad, ...]:
    """The rows of the ontology."""
    return tuple(_read("ontology/airm.ttl", iri("graph/ontology")))


@cache
def taxonomy_rows() -> tuple[Quad, ...]:
    """The rows of the taxonomy and the vocabularies."""
    names = ["taxonomy/v2", "vocabularies/actor", "vocabularies/function", "vocabularies/lifecycle"]
    return tuple(row for name in names for row in _read(f"ontology/{name}.ttl", iri("graph/taxonomy")))


def _read(name: str, graph: str) -> list[Quad]:
    rows = parse_rows(find_resource(name).read_bytes(), name=name, suffix=".ttl")
    return [(s, p, o, graph) for s, p, o, _ in rows]


@cache
def _concepts(kind: str) -> tuple[str, ...]:
    """IRIs of a class in the taxonomy, residual concepts left out; of the codes only those of the third level."""
    residual = {s for s, p, o, _ in taxonomy_rows() if p == _TYPE and o == term("airm:ResidualConcept")}
    found = {s for s, p, o, _ in taxonomy_rows() if p == _TYPE and o == term(kind)} - residual
    return tuple(sorted(name for name in found if kind != "airm:Code" or name.rpartition("/")[2].count(".") == 2))


def make_surname(source: int) -> str:
    """Surname of the first author of a source."""
    return _SURNAMES[source % len(_SURNAMES)]


def _capture(source: int) -> tuple[str, str]:
    digest = sha256(f"capture {source}".encode()).hexdigest()
    return digest, iri(f"capture/{digest[:16]}")


def _source_key(source: int) -> str:
    return f"source/{make_surname(source).lower()}-{2000 + source % 26}-generated-{source}"


def _evidence_rows(capture: str, first: int, last: int, text: str, name: str) -> Iterator[Quad]:
    subject = f"{capture[:-1]}/l{first}-l{last}>"
    yield subject, _TYPE, term("airm:Evidence"), capture
    yield subject, _LABEL, literal(f"{name}, lines {first}–{last}"), capture
    yield subject, term("airm:capture"), capture, capture
    yield subject, term("airm:firstLine"), literal(first), capture
    yield subject, term("airm:lastLine"), literal(last), capture
    yield subject, term("airm:capturedText"), literal(text), capture


def _source_rows(source: int) -> Iterator[Quad]:
    digest, capture = _capture(source)
    subject, surname = iri(_source_key(source)), make_surname(source)
    agent, title = iri(f"agent/{surname.lower()}-a{source}"), f"Generated measures, part {source}"
    yield capture, _TYPE, term("airm:Capture"), capture
    yield capture, _LABEL, literal(f"generated-{source}.txt"), capture
    yield capture, term("airm:fileName"), literal(f"generated-{source}.txt"), capture
    yield capture, term("airm:sha256"), literal(digest), capture
    yield capture, term("dcat:mediaType"), "<https://www.iana.org/assignments/media-types/text/plain>", capture
    yield capture, term("dcterms:rights"), iri("notice/preliminary"), capture
    yield capture, term("adms:status"), "<http://purl.org/adms/status/UnderDevelopment>", capture
    yield subject, _TYPE, term("airm:Source"), capture
    yield subject, _LABEL, literal(title), capture
    yield subject, term("dcterms:title"), literal(title), capture
    yield subject, term("dcterms:creator"), agent, capture
    yield agent, _TYPE, term("prov:Agent"), capture
    yield agent, _LABEL, literal(f"{surname}, A{source}"), capture
    yield subject, term("airm:authors"), literal(f"{surname}, A{source} ({2000 + source % 26})"), capture
    yield subject, term("dcterms:issued"), literal(str(2000 + source % 26), datatype="xsd:gYear"), capture
    yield subject, term("dcterms:abstract"), literal(f"Part {source} of a list that a program wrote to measure programs."), capture
    yield subject, term("airm:evidence"), f"{capture[:-1]}/l1-l3>", capture
    yield from _evidence_rows(capture, 1, 3, f"{title}\n{surname}\nPart {source}", f"generated-{source}.txt")


def make_name(number: int) -> tuple[str, str]:
    verb, thing = _VERBS[number % len(_VERBS)], _THINGS[number // len(_VERBS) % len(_THINGS)]
    return f"{verb} {thing} {number}", f"{verb.lower()}-{thing}-{number}"


def _mitigation_rows(number: int) -> Iterator[Quad]:
    source = number // PER_SOURCE
    _, capture = _capture(source)
    name, slug = make_name(number)
    key = f"mitigation/{_source_key(source).removeprefix('source/')}"
    subject, first = iri(f"{key}/{slug}"), 4 + 3 * (number % PER_SOURCE)
    evidence = f"{capture[:-1]}/l{first}-l{first + 2}>"
    yield subject, _TYPE, term("airm:Mitigation"), capture
    yield subject, _LABEL, literal(name), capture
    yield subject, term("dcterms:description"), literal(f"{name} whenever the system is changed, and keep a record of it."), capture
    yield subject, term("dcterms:identifier"), literal(f"G-{number:07}"), capture
    yield subject, term("airm:source"), iri(_source_key(source)), capture
    for role, kind in (("actor", "ActorRole"), ("lifecycleStage", "LifecycleStage"), ("function", "RiskFunction")):
        concepts = _concepts(f"airm:{kind}")
        yield subject, term(f"airm:{role}"), concepts[number % len(concepts)], capture
    if number % PER_GROUP:
        # An outline of three levels: the first of a group, the second below it, the others below the second.
        above = number - number % PER_GROUP + (number % PER_GROUP > 1)
        yield subject, term("airm:partOf"), iri(f"{key}/{make_name(above)[1]}"), capture
    yield subject, term("airm:evidence"), evidence, capture
    yield from _evidence_rows(capture, first, first + 2, f"{name}\nDescription\nReason {number}", f"generated-{source}.txt")
    yield from _classification_rows(subject, number, capture, evidence)


def _classification_rows(mitigation: str, number: int, capture: str, evidence: str) -> Iterator[Quad]:
    codes = _concepts("airm:Code")
    code = codes[number % len(codes)]
    notation = code[:-1].rpartition("/")[2]
    subject = f"{mitigation[:-1]}/classification/v2-{notation}>"
    yield mitigation, term("airm:classification"), subject, capture
    yield subject, _TYPE, term("airm:Classification"), capture
    yield subject, _LABEL, literal(f"v2 {notation}"), capture
    yield subject, term("airm:assignedCode"), code, capture
    yield subject, term("airm:reasoning"), literal(f"Number {number} asks for what code {notation} collects."), capture
    yield subject, term("airm:evidence"), evidence, capture
