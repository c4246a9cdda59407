
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.namespaces import PREFIXES, iri, term
from airm_graph.reason import close
from airm_graph.reason.axioms import compile_axioms
from airm_graph.reason.publish import publishable
from airm_graph.reason.reference import run_reference
from airm_graph.store import Row, parse_rows

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items()) + "PREFIX ex: <https://example.org/>\n"
INFERRED = iri("graph/inferred")


def rows(turtle: str) -> list[Row]:
    return parse_rows((HEAD + turtle).encode(), name="test", suffix=".ttl")


def inferred(turtle: str) -> list[Row]:
    return sorted((s, p, o, INFERRED) for s, p, o, _ in rows(turtle))


AXIOMS = {
    "subclass": ("ex:C rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:E .", "ex:a a ex:C .", "ex:a a ex:D, ex:E ."),
    "circle of classes": ("ex:C rdfs:subClassOf ex:D . ex:D rdfs:subClassOf ex:C .", "ex:a a ex:C .", "ex:a a ex:D ."),
    "equivalent class": ("ex:C owl:equivalentClass ex:D .", "ex:a a ex:C . ex:b a ex:D .", "ex:a a ex:D . ex:b a ex:C ."),
    "subproperty": ("ex:p rdfs:subPropertyOf ex:q . ex:q rdfs:subPropertyOf ex:r .", "ex:a ex:p ex:b .", "ex:a ex:q ex:b ; ex:r ex:b ."),
    "equivalent property": (
        "ex:p owl:equivalentProperty ex:q .",
        "ex:a ex:p ex:b . ex:c ex:q ex:d .",
        "ex:a ex:q ex:b . ex:c ex:p ex:d .",
    ),
    "inverse": ("ex:p owl:inverseOf ex:q .", "ex:a ex:p ex:b . ex:c ex:q ex:d .", "ex:b ex:q ex:a . ex:d ex:p ex:c ."),
    "inverse of a subproperty": (
        "ex:p rdfs:subPropertyOf ex:q . ex:q owl:inverseOf ex:r .",
        "ex:a ex:p ex:b .",
        "ex:a ex:q ex:b . ex:b ex:r ex:a .",
    ),
    "symmetric": ("ex:p a owl:SymmetricProperty .", "ex:a ex:p ex:b .", "ex:b ex:p ex:a ."),
    "transitive": (
        "ex:p a owl:TransitiveProperty .",
        "ex:a ex:p ex:b . ex:b ex:p ex:c . ex:c ex:p ex:d .",
        "ex:a ex:p ex:c, ex:d . ex:b ex:p ex:d .",
    ),
    "transitive inverse": (
        "ex:p a owl:TransitiveProperty ; owl:inverseOf ex:q .",
        "ex:b ex:q ex:a . ex:b ex:p ex:c .",
        "ex:a ex:p ex:b, ex:c . ex:c ex:q ex:b, ex:a .",
    ),
    "chain of one": ("ex:p owl:propertyChainAxiom ( ex:q ) .", "ex:a ex:q ex:b .", "ex:a ex:p ex:b ."),
    "chain of three": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:r ex:q ) .",
        "ex:a ex:q ex:b . ex:b ex:r ex:c . ex:c ex:q ex:d .",
        "ex:a ex:p ex:d .",
    ),
    "chain that feeds itself at its end": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:p ) .",
        "ex:a ex:q ex:b . ex:b ex:q ex:c . ex:c ex:p ex:d .",
        "ex:a ex:p ex:d . ex:b ex:p ex:d .",
    ),
    "chains that feed each other": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:s ) . ex:q owl:propertyChainAxiom ( ex:p ex:s ) .",
        "ex:a ex:p ex:b . ex:b ex:s ex:c . ex:c ex:s ex:d .",
        "ex:a ex:q ex:c ; ex:p ex:d .",
    ),
    "chain that feeds a chain": (
        "ex:p owl:propertyChainAxiom ( ex:q ex:q ) . ex:r owl:propertyChainAxiom ( ex:t ex:s ) . ex:p rdfs:subPropertyOf ex:t .",
        "ex:a ex:q ex:b . ex:b ex:q ex:c . ex:c ex:s ex:d .",
        "ex:a ex:p ex:c ; ex:t ex:c ; ex:r ex:d .",
    ),
    "domain and range": (
        "ex:p rdfs:domain ex:C ; rdfs:range ex:D . ex:D rdfs:subClassOf ex:E .",
        "ex:a ex:p ex:b .",
        "ex:a a ex:C . ex:b a ex:D, ex:E .",
    ),
    "domain of an inverse": ("ex:p rdfs:domain ex:C ; owl:inverseOf ex:q .", "ex:a ex:q ex:b .", "ex:b ex:p ex:a ; a ex:C ."),
    "domain of a chain": (
        "ex:p rdfs:domain ex:C ; owl:propertyChainAxiom ( ex:q ex:r ) .",
        "ex:a ex:q ex:b . ex:b ex:r ex:c .",
        "ex:a ex:p ex:c ; a ex:C .",
    ),
    "range met by a literal": ("ex:p rdfs:range ex:D ; rdfs:subPropertyOf ex:q .", 'ex:a ex:p "x"@en .', 'ex:a ex:q "x"@en .'),
    "way through a literal": ("ex:p owl:inverseOf ex:q . ex:r owl:propertyChainAxiom ( ex:p ex:q ) .", "ex:a ex:p 1 . ex:b ex:p 1 .", "ex:a ex:r ex:b . ex:b ex:r ex:a ."),
    "way through a blank node": (
        "ex:p a owl:TransitiveProperty ; rdfs:range ex:C .",
        "ex:a ex:p [ ex:p ex:b ] .",
        "ex:a ex:p ex:b . ex:b a ex:C .",
    ),
    "axiom among the data": ("ex:p rdfs:domain ex:C .", "ex:a ex:p ex:b . ex:D rdfs:subClassOf ex:C . ex:p rdfs:range ex:D .", "ex:a a ex:C . ex:b a ex:C ."),
    "language of the ontology": (
        "ex:C a owl:Class ; rdfs:subClassOf owl:Thing ; rdfs:label \"c\" . ex:p a owl:DatatypeProperty ; rdfs:range xsd:string .",
        'ex:a a ex:C ; ex:p "x" .',
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", AXIOMS)
def test_both_engines_infer_exactly_this_from_the_axiom(case: str) -> None:
    ontology, data, expected = AXIOMS[case]
    fast, reference = (close(rows(data), ontology=rows(ontology), engine=engine) for engine in ("fast", "reference"))
    assert fast.rows == reference.rows == tuple(inferred(expected))
    assert (fast.engine, fast.notes, reference.engine) == ("fast", (), "reference")


NAMES = {"property": ("p", "q", "r", "s"), "class": ("C", "D", "E"), "individual": ("a", "b", "c", "d")}
PROPERTIES, CLASSES, INDIVIDUALS = (st.sampled_from([f"<https://example.org/{name}>" for name in NAMES[kind]]) for kind in NAMES)
NODES = INDIVIDUALS | st.sampled_from(["_:x", "_:y"])
VALUES = NODES | st.sampled_from(['"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@en', '"x"'])


def between(predicate: str, subjects: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Row]]:
    return st.builds(lambda s, o: [(s, term(predicate), o, "")], subjects, values)


def list_rows(subject: str, predicate: str, members: list[str]) -> list[Row]:
    cells = [
        f"_:{predicate}{'-'.join(filter(str.isalnum, subject + ''.join(members)))}{n}".replace(":", "").replace("_", "_:")
        for n in range(len(members))
    ]
    links = [*cells[1:], term("rdf:nil")]
    written = [
        [(cell, term("rdf:first"), member, ""), (cell, term("rdf:rest"), link, "")]
        for cell, member, link in zip(cells, members, links, strict=True)
    ]
    return [(subject, term(predicate), cells[0], ""), *(row for pair in written for row in pair)]


AXIOM_ROWS = st.one_of(
    between("rdfs:subClassOf", CLASSES, CLASSES),
    between("owl:equivalentClass", CLASSES, CLASSES),
    between("owl:disjointWith", CLASSES, CLASSES),
    between("rdfs:subPropertyOf", PROPERTIES, PROPERTIES),
    between("owl:equivalentProperty", PROPERTIES, PROPERTIES),
    between("owl:inverseOf", PROPERTIES, PROPERTIES),
    between("rdfs:domain", PROPERTIES, CLASSES),
    between("rdfs:range", PROPERTIES, CLASSES),
    between(
        "rdf:type", PROPERTIES, st.sampled_from([term("owl:SymmetricProperty"), term("owl:TransitiveProperty"), term("owl:ObjectProperty")])
    ),
    st.builds(lambda head, body: list_rows(head, "owl:propertyChainAxiom", body), PROPERTIES, st.lists(PROPERTIES, min_size=1, max_size=3)),
    st.lists(CLASSES, min_size=2, max_size=3, unique=True).map(
        lambda members: [
            ("_:all" + str(len(members)), term("rdf:type"), term("owl:AllDisjointClasses"), ""),
            *list_rows("_:all" + str(len(members)), "owl:members", members),
        ]
    ),
)
ONTOLOGIES = st.lists(AXIOM_ROWS, max_size=6).map(lambda found: [row for part in found for row in part])
DATA = st.lists(
    st.one_of(
        st.tuples(NODES, PROPERTIES, VALUES, st.sampled_from(["", "<urn:g>"])),
        st.tuples(NODES, st.just(term("rdf:type")), CLASSES, st.just("")),
    ),
    max_size=10,
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(ontology=ONTOLOGIES, data=DATA)
def test_fast_engine_agrees_with_owlrl_on_random_graphs_and_ontologies(ontology: list[Row], data: list[Row]) -> None:
    fast = close(data, ontology=ontology, engine="fast")
    found, contradictions, _ = run_reference(data, ontology=ontology)
    assert list(fast.rows) == publishable(found, ontology=ontology)
    assert set(fast.contradictions) == set(contradictions)
    assert not compile_axioms(ontology).left_over
