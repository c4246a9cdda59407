"""Why a statement is in the graph: every inferred one has a minimal proof, which the engine of the closure replays."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import airm_graph
from airm_graph.analysis.proofs import Proof, Triple, apply_rule, derive
from airm_graph.analysis.why import Explainer, Explanation
from airm_graph.analysis.why_formats import describe_contradictions, describe_explanation, explanation_json, explanations_turtle
from airm_graph.cli import cli
from airm_graph.errors import ParameterError, QueryError
from airm_graph.graph import TripleTable
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import PREFIXES, iri, term
from airm_graph.notice import NOTICE
from airm_graph.pipeline.shipped import read_ontology
from airm_graph.reason import infer
from airm_graph.reason.compiled import infer_compiled, read_axioms
from airm_graph.terms import Quad

HEAD = "".join(f"PREFIX {name}: <{address}>\n" for name, address in PREFIXES.items()) + "PREFIX ex: <https://example.org/>\n"
STAGED = "mitigation/example-standards-forum-2025-safeguards-practice/staged-release"
TYPE = term("rdf:type")


def rows(turtle: str) -> list[Quad]:
    return [(*row[:3], "<https://example.org/stated>") for row in parse_rows((HEAD + turtle).encode(), name="test", suffix=".ttl")]


def explainer_of(data: str, ontology: str) -> Explainer:
    """Close some data as a build does, and explain it."""
    with TripleTable() as table:
        table.load_rows(rows(data))
        infer(table, ontology=rows(ontology), engine="fast")
        return Explainer(table.rows(), ontology=rows(ontology))


class Copies:
    """Sets of premises side by side in one table, each with things of its own, closed in one run by the engine of the build."""

    def __init__(self, ontology: Iterable[Quad]) -> None:
        self.ontology = [(*row[:3], "") for row in ontology]
        self.given: list[Quad] = []
        self.goals: list[Triple] = []

    def add(self, premises: Iterable[Triple], goal: Triple) -> None:
        number = len(self.goals)
        self.given += [(*rename(one, number), "") for one in premises]
        self.goals.append(rename(goal, number))

    def run(self) -> list[bool]:
        """For each goal, whether it follows from its own premises."""
        with TripleTable() as table:
            table.load_rows([*self.given, *self.ontology])
            infer_compiled(table, read_axioms(table), generalised=True)
            found = {row[:3] for row in table.rows()}
        return [goal in found for goal in self.goals]


def rename(statement: Triple, number: int) -> Triple:
    s, p, o = statement
    return rename_term(s, number), p, o if p == TYPE else rename_term(o, number)


def rename_term(name: str, number: int) -> str:
    if name.startswith("<"):
        return f"<urn:copy{number}:{name[1:-1]}>"
    return f"_:c{number}x{name[2:]}" if name.startswith("_:") else f'"{number} {name[1:]}'


def check(explanations: Iterable[Explanation], ontology: Iterable[Quad]) -> int:
    """Each step follows from its premises, and the whole from nothing less than what it stands on; returns how many there are."""
    copies, expected, count = Copies(ontology), [], 0
    for explanation in explanations:
        count += 1
        proof = explanation.proof
        for step in proof.walk():
            if step.rule:
                premises = [premise.statement for premise in step.premises]
                assert apply_rule(step.rule, premises) == step.statement
                copies.add(premises, step.statement)
                expected.append(True)
        for axiom in {rule.axiom for rule in proof.rules}:
            assert derive(proof.asserted, [rule for rule in proof.rules if rule.axiom != axiom], goal=proof.statement) is None
        for omitted in proof.asserted:
            copies.add([one for one in proof.asserted if one != omitted], proof.statement)
            expected.append(False)
    assert copies.run() == expected
    return count


@pytest.fixture(scope="module")
def graph(example_graph):
    return example_graph


def check_graph(graph: airm_graph.Graph) -> None:
    explanations = list(graph.explain_all())
    asserted = {quad[:3] for quad in graph.asserted}
    inferred = [quad[:3] for quad in graph.inferred if quad[:3] not in asserted]
    assert [one.statement for one in explanations] == inferred
    # What defines words of the ontology is no premise, so only axioms come from there.
    for one in explanations:
        assert set(one.proof.asserted) <= asserted
        assert all(one.grounds[each] for each in one.proof.asserted)
    assert check(explanations, graph.ontology) == len(inferred) > 0


def test_every_inferred_statement_of_the_example_has_a_minimal_proof_that_replays(graph) -> None:
    check_graph(graph)


def test_every_inferred_statement_of_the_captures_has_a_minimal_proof_that_replays(captures: Path) -> None:
    check_graph(airm_graph.build([captures]))


def test_every_inferred_statement_of_the_first_edition_has_a_minimal_proof_that_replays(first_edition: Path) -> None:
    check_graph(airm_graph.build([first_edition]))


def test_proofs_end_at_captured_lines_and_files_of_the_project(graph) -> None:
    for explanation in graph.explain_all():
        for statement, grounds in explanation.grounds.items():
            for ground in grounds:
                if ground.location is None:
                    assert ground.graph in {iri("graph/taxonomy"), iri("graph/dataset")}, statement
                elif ground.location.first_line:
                    lines = Path("examples", ground.location.file).read_text(encoding="utf-8").splitlines()
                    assert "\n".join(lines[ground.location.first_line - 1 : ground.location.last_line]) == ground.location.text


def test_proof_of_a_table_ends_at_its_cell(tmp_path: Path) -> None:
    (tmp_path / "mitigations.csv").write_text(
        "Name,Description,Source ID,Code\nLock the door,Two people keep keys.,one,1.1\n", encoding="utf-8"
    )
    (tmp_path / "sources.csv").write_text("ID,Title,Authors\none,Some Handbook of Keys,Jane Locke\n", encoding="utf-8")
    columns = "tables:\n  mitigations:\n    columns: {name: Name, description: Description, source: Source ID, code: Code}\n"
    others = "  sources:\n    columns: {identifier: ID, title: Title, authors: Authors}\n"
    (tmp_path / "mapping.yaml").write_text(f"edition: v2\n{columns}{others}", encoding="utf-8")
    graph = airm_graph.build([tmp_path])
    (statement,) = (row[:3] for row in graph.inferred if row[1] == iri("ontology#code"))
    places = [ground.location for grounds in graph.explain(*statement).grounds.values() for ground in grounds]
    assert {(place.file, place.row, place.column) for place in places if place} >= {("mitigations.csv", 2, "Code")}


# Axioms of every kind over few names, and data over few things: proofs branch, meet and go round.
_CLASSES, _PROPERTIES, _THINGS = "CDE", "pqr", "abcd"


@st.composite
def ontologies(draw: st.DrawFn) -> str:
    prop, cls = st.sampled_from(_PROPERTIES), st.sampled_from(_CLASSES)
    kinds = {
        "ex:{0} rdfs:subPropertyOf ex:{1} .": (prop, prop),
        "ex:{0} owl:inverseOf ex:{1} .": (prop, prop),
        "ex:{0} owl:equivalentProperty ex:{1} .": (prop, prop),
        "ex:{0} a owl:SymmetricProperty .": (prop,),
        "ex:{0} a owl:TransitiveProperty .": (prop,),
        "ex:{0} owl:propertyChainAxiom ( ex:{1} ex:{2} ) .": (prop, prop, prop),
        "ex:{0} rdfs:domain ex:{1} .": (prop, cls),
        "ex:{0} rdfs:range ex:{1} .": (prop, cls),
        "ex:{0} rdfs:subClassOf ex:{1} .": (cls, cls),
        "ex:{0} owl:equivalentClass ex:{1} .": (cls, cls),
    }
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=5))
    return "\n".join(text.format(*(draw(each) for each in kinds[text])) for text in chosen)


@st.composite
def data(draw: st.DrawFn) -> str:
    things = st.sampled_from([*(f"ex:{name}" for name in _THINGS), "_:x"])
    links = st.tuples(things, st.sampled_from([f"ex:{name}" for name in _PROPERTIES]), st.one_of(things, st.just('"text"')))
    types = st.tuples(things, st.just("a"), st.sampled_from([f"ex:{name}" for name in _CLASSES]))
    return "\n".join(" ".join(each) + " ." for each in draw(st.lists(st.one_of(links, types), min_size=1, max_size=7)))


@settings(max_examples=30, deadline=None)
@given(data(), ontologies())
def test_every_inferred_statement_of_a_random_graph_has_a_minimal_proof_that_replays(data: str, ontology: str) -> None:
    explainer = explainer_of(data, ontology)
    assert check(explainer.explain_all(), rows(ontology)) == len(explainer.inferred)


def test_proof_does_not_depend_on_what_was_asked_before(graph) -> None:
    explanations = list(graph.explain_all())
    for explanation in explanations[:: len(explanations) // 5]:
        fresh = Explainer(graph.quads, ontology=graph.ontology)
        assert fresh.explain_triple(explanation.statement) == explanation


def test_proof_leaves_out_what_is_not_needed() -> None:
    # At least depth the chain needs two statements; the second alone gives the type by more rules.
    explainer = explainer_of(
        "ex:a ex:q ex:b . ex:b ex:q ex:c .",
        "ex:p owl:propertyChainAxiom ( ex:q ex:q ) ; rdfs:domain ex:C . ex:q rdfs:subPropertyOf ex:r . ex:r rdfs:subPropertyOf ex:p .",
    )
    proof = explainer.explain("https://example.org/a", "a", "https://example.org/C").proof
    assert [statement[0][-2] for statement in proof.asserted] == ["a"]


def test_proof_of_a_long_transitive_path_is_found() -> None:
    links = " ".join(f"ex:n{n} ex:p ex:n{n + 1} ." for n in range(12))
    explainer = explainer_of(links, "ex:p a owl:TransitiveProperty .")
    proof = explainer.explain("https://example.org/n0", "https://example.org/p", "https://example.org/n12").proof
    assert len(proof.asserted) == 12


# Contradictions.

DISJOINT = "ex:p rdfs:domain ex:C . ex:q rdfs:range ex:D . ex:C owl:disjointWith ex:D ."


def test_contradiction_is_a_finding_with_its_minimal_statements() -> None:
    explainer = explainer_of("ex:a ex:p ex:b ; ex:p ex:c . ex:d ex:q ex:a . ex:e ex:p ex:b .", DISJOINT)
    (found,) = explainer.find_contradictions()
    assert found.individual == "<https://example.org/a>"
    assert [(s[-2], p[-2], o[-2]) for s, p, o in found.statements] == [("a", "p", "b"), ("d", "q", "a")]
    assert found.finding.rule == "INF-01"
    assert found.finding.severity.value == "violation"
    assert "https://example.org/d https://example.org/q https://example.org/a" in found.finding.message
    text = describe_contradictions([found])
    assert "prp-dom" in text
    assert "prp-rng" in text
    # Without any one of its statements there is none.
    for omitted in found.statements:
        with TripleTable() as table:
            table.load_rows((*one, "") for one in found.statements if one != omitted)
            assert infer(table, ontology=rows(DISJOINT)).contradictions == ()


def test_contradictions_are_those_that_the_closure_tells() -> None:
    with TripleTable() as table:
        table.load_rows(rows("ex:a ex:p ex:b . ex:d ex:q ex:a . ex:f a ex:C, ex:D ."))
        told = infer(table, ontology=rows(DISJOINT)).contradictions
        found = Explainer(table.rows(), ontology=rows(DISJOINT)).find_contradictions()
    assert [one.sentences[0] for one in found] == [*told]


def test_build_reports_a_contradiction_with_its_minimal_statements_at_their_line() -> None:
    # No page can say so: what a mitigation and a source would state, under one IRI.
    from airm_graph.pipeline.reporting import explain_contradictions

    place = """ex:c a airm:Capture ; airm:fileName "page.txt" . ex:e airm:capture ex:c ; airm:firstLine 3 ; airm:lastLine 4 ;
      airm:capturedText "Both" . ex:a airm:evidence ex:e ; airm:source ex:b . ex:d airm:source ex:a ."""
    with TripleTable() as table:
        table.load_rows((s, p, o, "<https://example.org/c>") for s, p, o, _ in rows(place))
        sentences = infer(table, ontology=read_ontology()).contradictions
        (found,) = explain_contradictions(sentences, table=table)
        assert explain_contradictions((), table=table) == []
        (other,) = explain_contradictions(("something else",), table=table)
    assert len(sentences) == 1
    assert (found.rule, found.severity.value) == ("INF-01", "violation")
    assert (found.location.file, found.location.first_line) == ("page.txt", 3)
    assert "https://example.org/a airm:source https://example.org/b" in found.message
    assert "https://example.org/d airm:source https://example.org/a" in found.message
    assert (other.message, other.location) == ("something else", None)


def test_benchmark_replays_proofs_and_sees_a_wrong_one(graph) -> None:
    from why import replay, write_program

    explanations = list(graph.explain_all())
    steps, wrong = replay(explanations)
    assert (steps > len(explanations), wrong) == (True, 0)
    proof = explanations[0].proof
    broken = Proof(proof.statement, proof.rule, (Proof(("<urn:a>", "<urn:b>", "<urn:c>")),))
    assert replay([Explanation(broken, {("<urn:a>", "<urn:b>", "<urn:c>"): ()})])[1] > 0
    program = write_program({rule for one in explanations for rule in one.proof.rules}, Path("data.nt"))
    assert "t(?x0, <https://w3id.org/airm-graph/ontology#code>, ?x2) :- t(?x0, " in program


# Errors.


def test_statement_that_is_not_there_is_an_error_that_says_what_is(graph) -> None:
    with pytest.raises(QueryError, match=r"is not in the graph; its objects there are taxonomy/v2/2, "):
        graph.explain(STAGED, "airm:underCode", "taxonomy/v2/1")
    with pytest.raises(QueryError, match=r"nothing is said with it; there is .*airm:actor"):
        graph.explain(STAGED, "airm:mitigates", "taxonomy/v2/1")
    with pytest.raises(QueryError, match="nothing is said of mitigation/none; look for its IRI"):
        graph.explain("mitigation/none", "airm:underCode", "taxonomy/v2/1")


def test_statement_that_follows_but_is_not_published_is_told_as_such() -> None:
    explainer = explainer_of("ex:a ex:p ex:a .", "ex:p rdfs:subPropertyOf ex:q .")
    with pytest.raises(QueryError, match="follows, but is not published"):
        explainer.explain("https://example.org/a", "https://example.org/q", "https://example.org/a")


def test_inferred_statement_that_does_not_follow_is_an_error() -> None:
    quads = [*rows("ex:a ex:p ex:b ."), ("<urn:x>", "<urn:y>", "<urn:z>", iri("graph/inferred"))]
    with pytest.raises(QueryError, match=r"does not follow; build the graph again"):
        Explainer(quads, ontology=[]).explain("urn:x", "urn:y", "urn:z")


def test_text_that_is_no_term_is_an_error(graph) -> None:
    with pytest.raises(ParameterError, match="the object 'two words' is no term; write an IRI"):
        graph.explain(STAGED, "airm:underCode", "two words")


def test_data_without_named_graphs_is_refused(example_dist: Path) -> None:
    with pytest.raises(QueryError, match="no named graphs"):
        airm_graph.load(example_dist / "airm.ttl").explain(STAGED, "airm:underCode", "taxonomy/v2/2")


# Formats.


def test_explanation_is_the_same_from_a_build_and_from_its_files(graph, example_dist: Path) -> None:
    loaded = airm_graph.load(example_dist)
    assert loaded.explain(STAGED, "airm:underCode", "taxonomy/v2/2") == graph.explain(STAGED, "airm:underCode", "taxonomy/v2/2")


def test_explanation_with_another_base_is_the_same_with_that_base(graph, tmp_path: Path) -> None:
    base = "https://example.org/elsewhere/"
    other = airm_graph.build(["examples"], base=base)
    other.write(tmp_path / "dist", formats=["nquads"])
    text = explanation_json(graph.explain(STAGED, "airm:underCode", "taxonomy/v2/2.3"))
    for each in (other, airm_graph.load(tmp_path / "dist")):
        found = explanation_json(each.explain(STAGED, "airm:underCode", "taxonomy/v2/2.3"))
        assert found == text.replace("https://w3id.org/airm-graph/", base)


def walk_json(step: dict) -> Iterator[dict]:
    yield step
    for premise in step.get("premises", ()):
        yield from walk_json(premise)


def test_formats_say_the_same_and_carry_the_notice(graph) -> None:
    explanation = graph.explain(STAGED, "airm:underCode", "taxonomy/v2/2.3")
    text, record = describe_explanation(explanation), json.loads(explanation_json(explanation))
    assert text.endswith(f"{NOTICE}\n")
    assert record["notice"] == NOTICE
    names = [step["rule"] for step in walk_json(record) if "rule" in step]
    assert names == ["prp-spo2", "prp-spo1", "prp-spo2"]
    assert [line.split()[1] for line in text.splitlines() if line.strip().startswith("by ")] == names
    assert "handbook-staged-release.txt:3" in text


def test_rdf_of_all_explanations_leads_from_each_inferred_statement_to_evidence(graph) -> None:
    import rdflib

    written = explanations_turtle(graph.explain_all())
    assert written == explanations_turtle(Explainer(graph.quads, ontology=graph.ontology).explain_all())
    assert written.startswith(f"# {NOTICE}\n")
    found = rdflib.Graph().parse(data=written, format="turtle")
    query = """
        PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX j: <https://w3id.org/airm-graph/justification#>
        SELECT ?s ?p ?o WHERE { ?statement j:rule ?rule ; rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o }"""
    asserted = {quad[:3] for quad in graph.asserted}
    published = {quad[:3] for quad in graph.inferred} - asserted
    stated = {tuple(part.n3() for part in row) for row in found.query(query)}
    assert published <= stated
    leaves = """
        PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX airm: <https://w3id.org/airm-graph/ontology#>
        PREFIX j: <https://w3id.org/airm-graph/justification#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?x WHERE { ?y prov:wasDerivedFrom ?x . ?x rdf:predicate ?p
          FILTER NOT EXISTS { ?x prov:wasDerivedFrom|airm:evidence|prov:wasQuotedFrom ?z }
          FILTER NOT EXISTS { VALUES ?axiom { owl:inverseOf owl:propertyChainAxiom rdfs:subClassOf rdfs:subPropertyOf }
                              ?x rdf:predicate ?axiom }
          FILTER NOT EXISTS { ?x rdf:object owl:TransitiveProperty } }"""
    assert not list(found.query(leaves))
    assert (None, rdflib.RDF.object, None) in found


# The command.


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["why", *arguments], standalone_mode=False)
    return done.return_value if done.exception is None else -1, done.stdout, repr(done.exception)


def test_command_shows_what_the_function_returns(graph, example_dist: Path) -> None:
    explanation = graph.explain(STAGED, "airm:underCode", "taxonomy/v2/2.3")
    asked = (STAGED, "airm:underCode", "taxonomy/v2/2.3", "--data", str(example_dist))
    assert run(*asked) == (0, describe_explanation(explanation), "None")
    assert run(*asked, "--format", "json") == (0, explanation_json(explanation), "None")
    assert run(*asked, "--format", "turtle") == (0, explanations_turtle([explanation]), "None")
    assert run("--all", "--data", str(example_dist)) == (0, explanations_turtle(graph.explain_all()), "None")
    assert run("--contradictions", "--data", str(example_dist)) == (0, f"no contradictions\n\n{NOTICE}\n", "None")


def test_command_answers_no_where_there_is_a_contradiction(tmp_path: Path) -> None:
    both = "".join(f"<urn:a> {TYPE} {iri(f'ontology#{name}')} <urn:g> .\n" for name in ("Mitigation", "Source"))
    (tmp_path / "data.nq").write_text(both, encoding="utf-8")
    code, text, _ = run("--contradictions", "--data", str(tmp_path / "data.nq"))
    assert code == 1
    assert "INF-01" in text
    assert NOTICE in text


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("--all", "--contradictions"), ("--all", "--format", "json")])
def test_command_refuses_arguments_that_are_no_question(arguments: tuple[str, ...]) -> None:
    assert "UsageError" in run(*arguments)[2]
