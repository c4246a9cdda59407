import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.graph import TripleTable
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES, iri, term
from airm_graph.reason import ENGINES, infer
from airm_graph.reason.axioms import compile_axioms
from airm_graph.reason.compiled import infer_compiled, read_axioms
from airm_graph.reason.publish import publishable
from airm_graph.reason.reference import run_reference
from airm_graph.resources import find_resource
from airm_graph.terms import Quad
from graphs import close

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items()) + "PREFIX ex: <https://example.org/>\n"
INFERRED = iri("graph/inferred")


def rows(turtle: str) -> list[Quad]:
    return parse_rows((HEAD + turtle).encode(), name="test", suffix=".ttl")


def inferred(turtle: str) -> list[Quad]:
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
    "way through a literal": (
        "ex:p owl:inverseOf ex:q . ex:r owl:propertyChainAxiom ( ex:p ex:q ) .",
        "ex:a ex:p 1 . ex:b ex:p 1 .",
        "ex:a ex:r ex:b . ex:b ex:r ex:a .",
    ),
    "way through a blank node": (
        "ex:p a owl:TransitiveProperty ; rdfs:range ex:C .",
        "ex:a ex:p [ ex:p ex:b ] .",
        "ex:a ex:p ex:b . ex:b a ex:C .",
    ),
    "axiom among the data": (
        "ex:p rdfs:domain ex:C .",
        "ex:a ex:p ex:b . ex:D rdfs:subClassOf ex:C . ex:p rdfs:range ex:D .",
        "ex:a a ex:C . ex:b a ex:C .",
    ),
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


def between(predicate: str, subjects: st.SearchStrategy[str], values: st.SearchStrategy[str]) -> st.SearchStrategy[list[Quad]]:
    return st.builds(lambda s, o: [(s, term(predicate), o, "")], subjects, values)


def list_rows(subject: str, predicate: str, members: list[str]) -> list[Quad]:
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


@settings(max_examples=40, deadline=None, derandomize=True)
@given(ontology=ONTOLOGIES, data=DATA)
def test_fast_engine_agrees_with_owlrl_on_random_graphs_and_ontologies(ontology: list[Quad], data: list[Quad]) -> None:
    fast = close(data, ontology=ontology, engine="fast")
    found, contradictions, _ = run_reference(data, ontology=ontology)
    assert list(fast.rows) == publishable(found, ontology=ontology)
    assert set(fast.contradictions) == set(contradictions)
    assert not compile_axioms(ontology).left_over


def test_engines_agree_on_the_example_of_the_project(example_graph) -> None:
    found, contradictions, _ = run_reference(example_graph.asserted, ontology=example_graph.ontology)
    fast = close(example_graph.asserted, ontology=example_graph.ontology, engine="fast")
    assert list(fast.rows) == publishable(found, ontology=example_graph.ontology)
    assert not fast.contradictions
    assert not contradictions
    assert len(fast.rows) > 50


def test_ontology_of_the_project_is_compiled_whole() -> None:
    path = find_resource("ontology/airm.ttl")
    axioms = compile_axioms(parse_rows(path.read_bytes(), name=str(path), suffix=".ttl"))
    assert axioms.left_over == ()
    chained = ("code", "suggestedStatementKind", "underCode", "within")
    assert {chain.head for chain in axioms.chains} == {term(f"airm:{name}") for name in chained}


CHAIN = "ex:p owl:propertyChainAxiom ex:l . ex:l rdf:first ex:q ; rdf:rest"


@pytest.mark.parametrize(
    ("axiom", "said"),
    [
        ("ex:p a owl:FunctionalProperty .", "owl:FunctionalProperty on <https://example.org/p>"),
        ("ex:p a owl:InverseFunctionalProperty .", "owl:InverseFunctionalProperty"),
        ("ex:p a owl:AsymmetricProperty .", "owl:AsymmetricProperty"),
        ("ex:p a owl:IrreflexiveProperty .", "owl:IrreflexiveProperty"),
        ("ex:p owl:propertyDisjointWith ex:q .", "owl:propertyDisjointWith"),
        ("ex:C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty ex:p ; owl:someValuesFrom ex:D ] .", "rdfs:subClassOf on"),
        ("ex:C owl:unionOf ( ex:D ex:E ) .", "owl:unionOf"),
        ("ex:C owl:oneOf ( ex:a ex:b ) .", "owl:oneOf"),
        ("ex:C owl:hasKey ( ex:p ) .", "owl:hasKey"),
        ("ex:C owl:complementOf ex:D .", "owl:complementOf"),
        ("ex:a owl:sameAs ex:b .", "owl:sameAs on <https://example.org/a>"),
        ("ex:a owl:differentFrom ex:a .", "owl:differentFrom on <https://example.org/a>"),
        ("ex:C rdfs:subClassOf owl:Nothing .", "rdfs:subClassOf on"),
        ("ex:z a owl:Nothing .", "owl:Nothing on"),
        ("owl:Thing rdfs:subClassOf ex:C .", "rdfs:subClassOf on owl:Thing"),
        ("ex:C owl:equivalentClass owl:Thing .", "owl:equivalentClass"),
        ("ex:p rdfs:subPropertyOf rdf:type .", "rdfs:subPropertyOf"),
        ("ex:p rdfs:subPropertyOf rdfs:subClassOf .", "rdfs:subPropertyOf"),
        ("ex:p rdfs:range owl:TransitiveProperty .", "rdfs:range"),
        ("ex:p owl:propertyChainAxiom ( [ owl:inverseOf ex:q ] ex:r ) .", "owl:propertyChainAxiom"),
        (f"{CHAIN} ex:l .", "owl:propertyChainAxiom"),
        (f"{CHAIN} rdf:nil, ex:m . ex:m rdf:first ex:q ; rdf:rest rdf:nil .", "owl:propertyChainAxiom"),
        ("[] a owl:AllDisjointClasses ; owl:members ( ex:C [ owl:complementOf ex:D ] ) .", "owl:AllDisjointClasses"),
    ],
)
def test_axiom_that_is_not_compiled_is_left_over_and_harms_nothing(axiom: str, said: str) -> None:
    axioms = compile_axioms(rows(axiom))
    assert any(note.startswith(said) for note in axioms.left_over)
    assert (axioms.chains, axioms.disjoint) == ((), ())
    fast = close(rows("ex:a ex:r ex:b ."), ontology=rows(axiom + " ex:r rdfs:subPropertyOf ex:s ."), engine="fast")
    assert fast.rows == tuple(inferred("ex:a ex:s ex:b ."))
    assert [note for note in fast.notes if note.startswith(f"not applied: {said}")]


@pytest.mark.parametrize(
    "axiom",
    [
        "ex:C a owl:Class, rdfs:Class ; rdfs:subClassOf owl:Thing, rdfs:Resource, ex:C .",
        "ex:p a owl:ObjectProperty, rdf:Property, owl:AnnotationProperty ; rdfs:subPropertyOf owl:topObjectProperty, ex:p .",
        "ex:p rdfs:range xsd:date, rdfs:Literal, rdf:langString ; rdfs:domain owl:Thing .",
        'ex:o a owl:Ontology ; owl:imports ex:i ; owl:versionInfo "1" ; owl:versionIRI ex:v .',
        "[] a owl:Axiom ; owl:annotatedSource ex:p ; owl:annotatedProperty rdfs:label ; owl:annotatedTarget ex:q .",
        'ex:a a owl:NamedIndividual ; owl:deprecated true ; owl:sameAs ex:a ; owl:differentFrom ex:b ; rdfs:label "a" .',
        "ex:p owl:propertyChainAxiom () .",
    ],
)
def test_axiom_that_infers_nothing_is_not_left_over(axiom: str) -> None:
    axioms = compile_axioms(rows(axiom))
    assert axioms.left_over == ()
    assert not axioms.names()


def test_auto_asks_owlrl_and_says_so_when_an_axiom_is_not_compiled() -> None:
    ontology = rows("ex:C owl:unionOf ( ex:D ex:E ) ; a owl:Class .")
    found = close(rows("ex:a a ex:D ."), ontology=ontology)
    assert (found.rows, found.engine) == (tuple(inferred("ex:a a ex:C .")), "reference")
    assert found.notes == ("owlrl was asked, because these axioms are not compiled: owl:unionOf on <https://example.org/C>",)


def test_auto_is_fast_when_every_axiom_is_compiled() -> None:
    assert close(rows("ex:a ex:p ex:b ."), ontology=rows("ex:p rdfs:subPropertyOf ex:q .")).engine == "fast"


def test_error_lists_the_engines_when_there_is_no_such() -> None:
    with pytest.raises(ValueError, match=" ".join(ENGINES)):
        close([], ontology=[], engine="quick")


@pytest.mark.parametrize("disjoint", ["ex:C owl:disjointWith ex:D .", "[] a owl:AllDisjointClasses ; owl:members ( ex:C ex:D ex:E ) ."])
def test_contradiction_is_told_when_a_thing_belongs_to_disjoint_classes(disjoint: str) -> None:
    ontology = rows(disjoint + "ex:p rdfs:range ex:D .")
    data = rows("ex:a a ex:C . ex:b ex:p ex:a .")
    found = [close(data, ontology=ontology, engine=engine) for engine in ("fast", "reference")]
    said = "Disjoint classes https://example.org/C and https://example.org/D have a common individual https://example.org/a"
    assert [(closure.contradictions, closure.notes) for closure in found] == [((said,), (said,))] * 2
    assert found[0].rows == found[1].rows == tuple(inferred("ex:a a ex:D ."))


def test_closing_twice_adds_nothing() -> None:
    ontology, data, expected = AXIOMS["transitive inverse"]
    with TripleTable() as table:
        table.load_rows(rows(ontology + data))
        first, _ = infer_compiled(table, read_axioms(table))
        size = len(table)
        assert infer_compiled(table, read_axioms(table))[0] == 0
        assert (first, len(table)) == (len(inferred(expected)), size)
        assert table.rows(f"SELECT * FROM quads WHERE g = {table.find_ids([INFERRED])[INFERRED]}") == inferred(expected)


def test_statement_that_a_named_graph_makes_is_not_inferred() -> None:
    data = [("<urn:a>", "<urn:p>", "<urn:b>", "<urn:g>"), ("<urn:a>", "<urn:q>", "<urn:b>", "<urn:h>")]
    assert close(data, ontology=[("<urn:p>", term("rdfs:subPropertyOf"), "<urn:q>", "")]).rows == ()


class SparkTable(TripleTable):
    """Carries every plan to Spark and back before it is run."""

    def __init__(self) -> None:
        self.carried = 0
        super().__init__()

    def carry(self, select: str) -> str:
        (spark,) = sqlglot.transpile(select, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        (back,) = sqlglot.transpile(spark, read="spark", write="duckdb", unsupported_level=sqlglot.ErrorLevel.RAISE)
        self.carried += 1
        return back

    def materialise(self, name: str, select: str) -> int:
        return super().materialise(name, self.carry(select))

    def append(self, name: str, select: str) -> None:
        super().append(name, self.carry(select))

    def execute(self, sql: str) -> list:
        return super().execute(self.carry(sql) if sql.lstrip().startswith(("SELECT", "WITH")) else sql)


def test_every_plan_means_the_same_after_a_journey_to_spark(example_graph) -> None:
    with SparkTable() as table:
        table.load_rows((*example_graph.asserted, *example_graph.ontology))
        count, _ = infer_compiled(table, read_axioms(table))
        assert count >= len(example_graph.inferred)
        assert set(example_graph.inferred) <= set(table.rows())
        assert table.carried > 20


def test_number_of_statements_does_not_grow_with_the_data() -> None:
    ontology, data, _ = AXIOMS["transitive inverse"]
    numbers = []
    for copies in (1, 300):
        with SparkTable() as table:
            table.load_rows(
                rows(
                    ontology + "".join(data.replace("ex:", f"ex:n{n}").replace(f"n{n}p", "p").replace(f"n{n}q", "q") for n in range(copies))
                )
            )
            assert infer_compiled(table, read_axioms(table))[0] == 4 * copies
            numbers.append(table.carried)
    assert numbers[0] == numbers[1]


def test_long_way_is_closed_in_few_rounds() -> None:
    """Transitive closure joins new with all, so the length of ways doubles with each round."""
    data = [(f"<urn:{n}>", "<urn:p>", f"<urn:{n + 1}>", "") for n in range(100)]
    with SparkTable() as table:
        table.load_rows([*data, ("<urn:p>", term("rdf:type"), term("owl:TransitiveProperty"), "")])
        assert infer_compiled(table, read_axioms(table))[0] == 100 * 99 // 2
        assert table.carried < 60


def test_axioms_do_not_stay_in_the_table(example_graph) -> None:
    with TripleTable() as table:
        table.load_rows(example_graph.asserted)
        inference = infer(table, ontology=example_graph.ontology)
        assert table.rows() == list(example_graph.quads)
    assert (inference.count, inference.contradictions, inference.notes) == (len(example_graph.inferred), (), ())
