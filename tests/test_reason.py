import logging

import pytest

from airm_graph.errors import StoreError
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES, iri
from airm_graph.reason.publish import publishable, read_vocabulary
from airm_graph.reason.reference import run_reference
from airm_graph.resources import find_resource
from airm_graph.terms import Quad

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items()) + "PREFIX ex: <https://example.org/>\n"
INFERRED = iri("graph/inferred")
ONTOLOGY = """
<https://example.org/ontology> a owl:Ontology .
airm:Mitigation a owl:Class .
airm:Classification a owl:Class .
airm:Code a owl:Class ; rdfs:subClassOf skos:Concept .
airm:Evidence a owl:Class ; rdfs:subClassOf prov:Entity .
airm:Capture a owl:Class ; rdfs:subClassOf prov:Entity .
airm:classification a owl:ObjectProperty ; rdfs:domain airm:Mitigation ; rdfs:range airm:Classification .
airm:classifies a owl:ObjectProperty ; owl:inverseOf airm:classification .
airm:assignedCode a owl:ObjectProperty ; rdfs:range airm:Code .
airm:code a owl:ObjectProperty ; rdfs:subPropertyOf airm:underCode ; owl:propertyChainAxiom ( airm:classification airm:assignedCode ) .
airm:underCode a owl:ObjectProperty ; owl:propertyChainAxiom ( airm:underCode skos:broader ) .
airm:partOf a owl:ObjectProperty ; rdfs:subPropertyOf airm:within ; owl:inverseOf airm:hasPart .
airm:within a owl:ObjectProperty, owl:TransitiveProperty .
airm:source a owl:ObjectProperty ; rdfs:subPropertyOf dcterms:source .
airm:capture a owl:ObjectProperty ; rdfs:subPropertyOf prov:wasDerivedFrom .
airm:firstLine a owl:DatatypeProperty ; rdfs:range xsd:integer .
"""
DATA = """
ex:m a airm:Mitigation ; airm:classification ex:k ; airm:partOf ex:n ; airm:source ex:s .
ex:n airm:partOf ex:o .
ex:k airm:assignedCode ex:c113 .
ex:c113 skos:broader ex:c11 .
ex:c11 skos:broader ex:c1 .
ex:e a airm:Evidence ; airm:capture ex:f ; airm:firstLine 12 .
"""
EXPECTED = """
ex:m airm:code ex:c113 ; airm:underCode ex:c113, ex:c11, ex:c1 ; dcterms:source ex:s ; airm:within ex:n, ex:o .
ex:n airm:hasPart ex:m ; airm:within ex:o .
ex:o airm:hasPart ex:n .
ex:k a airm:Classification ; airm:classifies ex:m .
ex:c113 a airm:Code, skos:Concept .
ex:e a prov:Entity ; prov:wasDerivedFrom ex:f .
"""


def rows(turtle: str) -> list[Quad]:
    return parse_rows((HEAD + turtle).encode(), name="test", suffix=".ttl")


def published(data: str, ontology: str) -> list[Quad]:
    return publishable(run_reference(rows(data), ontology=rows(ontology))[0], ontology=rows(ontology))


def inferred(turtle: str) -> list[Quad]:
    return sorted((s, p, o, INFERRED) for s, p, o, _ in rows(turtle))


def test_published_closure_is_exactly_what_the_axioms_say() -> None:
    assert published(DATA, ONTOLOGY) == inferred(EXPECTED)


def test_published_closure_is_the_same_with_the_ontology_of_the_project() -> None:
    path = find_resource("ontology/airm.ttl")
    ontology = parse_rows(path.read_bytes(), name=str(path), suffix=".ttl")
    found = set(publishable(run_reference(rows(DATA), ontology=ontology)[0], ontology=ontology))
    assert set(inferred(EXPECTED)) <= found
    extra = {(s, p, o) for s, p, o, _ in found - set(inferred(EXPECTED))}
    assert {p for _, p, _ in extra} <= {f"<{PREFIXES['rdf']}type>"}


def test_closure_says_nothing_that_was_said_and_nothing_about_literals_or_blank_nodes() -> None:
    data = rows(DATA + "ex:m airm:partOf [ airm:partOf ex:p ] .")
    found = run_reference(data, ontology=rows(ONTOLOGY))[0]
    assert not {row[:3] for row in found} & {row[:3] for row in data}
    assert all(s.startswith("<") and p.startswith("<") and not o.startswith("_:") and g == INFERRED for s, p, o, g in found)
    assert ("<https://example.org/m>", f"<{PREFIXES['airm']}within>", "<https://example.org/p>", INFERRED) in found


def test_rows_of_several_graphs_are_closed_as_one() -> None:
    data = [(s, p, o, f"<urn:graph:{number}>") for number, (s, p, o, _) in enumerate(rows(DATA))]
    assert publishable(run_reference(data, ontology=rows(ONTOLOGY))[0], ontology=rows(ONTOLOGY)) == inferred(EXPECTED)


@pytest.mark.parametrize(
    "literal", ['"01"^^xsd:integer', '"1.10"^^xsd:decimal', '"a  b"^^xsd:token', r'"x\n\"\\"', '"é"@de-CH', '"no number"^^xsd:integer']
)
def test_lexical_form_is_kept_when_a_literal_is_inferred(literal: str) -> None:
    # Written as N-Quads rows by hand: Turtle is normalised by nobody here.
    datatype = literal.replace("xsd:", "<" + PREFIXES["xsd"]) + (">" if "^^" in literal else "")
    data = [("<urn:x>", "<urn:p>", datatype, "")]
    ontology = [("<urn:p>", f"<{PREFIXES['rdfs']}subPropertyOf>", "<urn:q>", "")]
    assert publishable(run_reference(data, ontology=ontology)[0], ontology=ontology) == [("<urn:x>", "<urn:q>", datatype, INFERRED)]


def test_contradiction_is_told_and_not_written_into_the_closure() -> None:
    ontology = rows(ONTOLOGY + "airm:Mitigation owl:disjointWith airm:Code .")
    found, contradictions, notes = run_reference(rows(DATA + "ex:m a airm:Code ."), ontology=ontology)
    assert not notes
    assert contradictions == [
        f"Disjoint classes {PREFIXES['airm']}Mitigation and {PREFIXES['airm']}Code have a common individual https://example.org/m"
    ]
    assert not any("agent-ont" in term for row in found for term in row)


def test_what_rdflib_says_becomes_a_note_and_nothing_else_changes(caplog: pytest.LogCaptureFixture) -> None:
    import rdflib
    from rdflib.term import _toPythonMapping

    before = dict(_toPythonMapping), rdflib.NORMALIZE_LITERALS, list(logging.getLogger("rdflib").handlers)
    _, contradictions, notes = run_reference(rows('ex:e airm:firstLine "twelve"^^xsd:integer .'), ontology=rows(ONTOLOGY))
    assert (dict(_toPythonMapping), rdflib.NORMALIZE_LITERALS, list(logging.getLogger("rdflib").handlers)) == before
    assert not caplog.records
    assert any("twelve" in sentence for sentence in contradictions)
    assert any("Failed to convert Literal" in note for note in notes)


def test_error_names_the_cause_when_a_list_has_no_end() -> None:
    ontology = rows("ex:p owl:propertyChainAxiom ex:l . ex:l rdf:first ex:q ; rdf:rest ex:l .")
    with pytest.raises(StoreError, match="lists that do not end"):
        run_reference(rows("ex:a ex:q ex:b ."), ontology=ontology)


def test_error_shows_the_term_when_a_row_is_no_rdf() -> None:
    with pytest.raises(StoreError, match="no N-Quads term"):
        run_reference([("<urn:a>", "<urn:b>", "bare", "")], ontology=[])


def test_new_property_is_published_without_change_to_the_code() -> None:
    more = ONTOLOGY + "ex:cites rdfs:subPropertyOf dcterms:references ; rdfs:range ex:Paper . ex:Paper rdfs:subClassOf bibo:Document ."
    found = published("ex:m ex:cites ex:p .", more)
    assert found == inferred("ex:m dcterms:references ex:p . ex:p a ex:Paper, bibo:Document .")


@pytest.mark.parametrize(
    "noise",
    [
        "ex:m owl:sameAs ex:n .",
        "ex:m a owl:Thing, rdfs:Resource, ex:Undeclared .",
        "xsd:integer a rdfs:Datatype .",
        "airm:Mitigation rdfs:subClassOf owl:Thing ; a prov:Entity .",
        "airm:code airm:within ex:m .",
        "ex:m airm:within ex:m .",
        "ex:m airm:within [] .",
        "[] airm:within ex:m .",
        "ex:m ex:undeclared ex:n .",
        "<https://example.org/ontology> a airm:Capture .",
    ],
)
def test_noise_is_not_published(noise: str) -> None:
    assert publishable(rows(noise), ontology=rows(ONTOLOGY)) == []


def test_published_rows_are_sorted_and_single_whatever_the_order() -> None:
    given = rows(EXPECTED)
    assert publishable([*reversed(given), *given], ontology=rows(ONTOLOGY)) == sorted(given)


def test_vocabulary_takes_in_what_the_ontology_relates_its_terms_to() -> None:
    known = read_vocabulary(rows(ONTOLOGY))
    assert f"<{PREFIXES['dcterms']}source>" in known.properties
    assert f"<{PREFIXES['skos']}Concept>" in known.classes
    assert f"<{PREFIXES['xsd']}integer>" not in known.classes
    assert "<https://example.org/ontology>" in known.terms
