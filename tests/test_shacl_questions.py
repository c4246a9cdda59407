"""SPARQL constraints that are put into SQL: the table answers what the store answers, or leaves the query to it."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airm_graph.graph import TripleTable
from airm_graph.graph.store import Row, parse_rows
from airm_graph.namespaces import literal, term
from airm_graph.validate.columnar import prepared
from airm_graph.validate.compile import Plans, ShapesGraph, compile_shapes, find_constants
from airm_graph.validate.queries import run_queries
from airm_graph.validate.results import Result
from airm_graph.validate.shapes import DEFAULT_SHAPES, read_shapes

PREFIXES = """@prefix ex: <urn:x:> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex: sh:declare [ sh:prefix "ex" ; sh:namespace "urn:x:"^^xsd:anyURI ] .
"""
IRIS = [f"<urn:x:{name}>" for name in ("a", "b", "c", "abc", "a/b", "p", "q")]
NODES = [*IRIS[:5], "_:n"]
LITERALS = [
    *map(literal, ("", "a", "b", "a/b", "abc", "two\nlines", 'said "so"', "1", "äöü€𝄞", "\\")),
    *map(literal, (0, 1, 2, 10, -3)),
    literal("a", language="en"),
    literal("abc", language="de"),
    literal("true", datatype="xsd:boolean"),
    literal("1.5", datatype="xsd:decimal"),
    literal("2024-02-29", datatype="xsd:date"),
    literal("urn:x:a", datatype="xsd:anyURI"),
]
SAID_IN_SQL = {
    "edge": "$this ex:p ?value",
    "path": "$this $PATH ?value",
    "sequence": "$this ex:p/ex:q ?value",
    "inverse": "$this ex:p/^ex:q ?value",
    "choice": "$this (ex:p|ex:q) ?value",
    "constants": '$this a ex:C ; ex:p ?value . ?other ex:q "a", ex:b',
    "circle": "$this ex:p $this . $this ex:q ?value",
    "same value": "$this ex:p ?value ; ex:q ?value",
    "same": "$this ex:p ?value . $this ex:q ?other FILTER (?value = ?other)",
    "other": "$this ex:p ?value . ?other ex:p ?value . FILTER (?other != $this)",
    "lengths": "$this ex:p ?value FILTER (STRLEN(?value) >= 3 || STRLEN(STR($this)) < 8)",
    "ends": '$this ex:p ?value FILTER (!STRENDS(STR($this), CONCAT("/", STR(?value))))',
    "starts": "$this ex:p ?value FILTER (STRSTARTS(STR($this), STR(?value)) && CONTAINS(STR(?value), 'a'))",
    "part": '$this ex:p ?value FILTER (SUBSTR(?value, 2, 1) = "b" || SUBSTR(STR($this), 7) < STR(?value))',
    "replaced": '$this ex:p ?value FILTER (REPLACE(STR(?value), "[^a]", "") != ?value)',
    "numbers": "$this ex:p ?value ; ex:q ?other FILTER (?value - ?other + 1 > 0 && ?value <= 10)",
    "none": "$this ex:p ?value FILTER NOT EXISTS { $this ex:q ?value }",
    "least": "SELECT $this (MIN(?other) AS ?value) WHERE { $this ex:p ?text . ?other ex:p ?text } GROUP BY $this",
    "greatest": "SELECT (MAX(?o) AS ?value) $this WHERE { $this ex:p ?text . ?o ex:q ?text FILTER (?o != $this) } GROUP BY $this",
    "some": "$this ex:p ?value . FILTER EXISTS { ?value ex:q ?any . ?any ex:p $this . }",
}
LEFT_TO_THE_STORE = {
    "any property": "$this ?p ?value",
    "any length": "$this ex:p+ ?value",
    "optional": "$this ex:p ?value OPTIONAL { $this ex:q ?other }",
    "negated property": "$this !ex:p ?value",
    "tag": '$this ex:p ?value FILTER (LANG(?value) = "en")',
    "typed constant": '$this ex:p ?value FILTER (?value = "1"^^ex:t)',
    "group": "{ $this ex:p ?value } UNION { $this ex:q ?value }",
    "number of": "SELECT $this (COUNT(?other) AS ?value) WHERE { $this ex:p ?other } GROUP BY $this",
    "list": '$this ex:p ?value FILTER (?value IN ("a"))',
    "empty match": '$this ex:p ?value FILTER (REPLACE(STR(?value), "a*", "x") != "x")',
    "end of line": '$this ex:p ?value FILTER (REPLACE(STR(?value), "a$", "x") != "x")',
    "shortest match": '$this ex:p ?value FILTER (REPLACE(STR(?value), "a.+?b", "x") != "x")',
    "group of the match": '$this ex:p ?value FILTER (REPLACE(STR(?value), "(a)", "$1$1") != "x")',
    "unbound in a filter": "$this ex:p ?value FILTER (?value = ?nothing)",
    "before the start": '$this ex:p ?value FILTER (SUBSTR(?value, 0, 2) = "a")',
    "fraction": "$this ex:p ?value FILTER (?value > 1.5)",
}


def constraint(where: str) -> list[Row]:
    text = 'ex:S a sh:PropertyShape ; sh:targetSubjectsOf ex:p ; sh:path ex:p ; sh:message "{$this} {?value}" ; '
    select = where if where.startswith("SELECT") else f"SELECT $this ?value WHERE {{ {where} }}"
    text += f"sh:sparql [ sh:prefixes ex: ; sh:select '''{select.replace(chr(39), chr(34))}''' ] ."
    return parse_rows((PREFIXES + text).encode(), name="shapes", suffix=".ttl")


def compiled(shape_rows: list[Row], table: TripleTable) -> Plans:
    graph = ShapesGraph(shape_rows)
    return compile_shapes(graph, ids=table.add_terms(find_constants(shape_rows, graph=graph)))


def both_ways(rows: list[Row], shape_rows: list[Row]) -> tuple[set[Result], set[Result]]:
    with TripleTable() as table:
        table.load_rows(rows)
        plans = compiled(shape_rows, table)
        assert all(plan.query.sql for plan in plans.queries)
        without = [replace(plan, query=replace(plan.query, sql=None)) for plan in plans.queries]
        with prepared(plans, table=table):
            (by_table, rest), (by_store, also) = (run_queries(some, table=table) for some in (plans.queries, without))
        assert rest == also
        return tuple({result for some in found.values() for result in some} for found in (by_table, by_store))


def statements(values: list[str]) -> st.SearchStrategy[list[Row]]:
    subjects, predicates = st.sampled_from(IRIS[:5]), st.sampled_from(["<urn:x:p>", "<urn:x:q>"])
    return st.lists(st.tuples(subjects, predicates, st.sampled_from(values), st.just("")), min_size=4, max_size=20)


NUMBERS, TEXTS = statements(LITERALS[10:15]), statements(LITERALS[:10])
NODES_AND_TEXTS, ANYTHING = statements([*IRIS[:5], *LITERALS[:10]]), statements([*NODES, *LITERALS])
#: What a question can be about without meeting a value that it leaves to the store.
OF = {"lengths": TEXTS, "numbers": NUMBERS, "part": TEXTS, "replaced": TEXTS, "same": TEXTS}


@pytest.mark.parametrize("name", SAID_IN_SQL)
@given(data=st.data())
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
def test_question_when_asked_of_the_table_has_the_answer_of_the_store(name: str, data: st.DataObject) -> None:
    rows = data.draw(st.one_of(OF.get(name, NODES_AND_TEXTS), ANYTHING))
    by_table, by_store = both_ways([*rows, ("<urn:x:a>", term("rdf:type"), "<urn:x:C>", "")], constraint(SAID_IN_SQL[name]))
    assert by_table == by_store


@pytest.mark.parametrize("where", LEFT_TO_THE_STORE.values(), ids=LEFT_TO_THE_STORE)
def test_query_when_it_holds_what_sql_might_answer_otherwise_is_no_question(where: str) -> None:
    with TripleTable() as table:
        (plan,) = compiled(constraint(where), table).queries
    assert plan.query.sql is None


def test_queries_of_the_project_when_compiled_are_nearly_all_questions() -> None:
    rows = [row for name in DEFAULT_SHAPES for row in read_shapes(name)]
    with TripleTable() as table:
        left = {plan.query.node.rpartition("#")[2] for plan in compiled(rows, table).queries if plan.query.sql is None}
    assert left == {"notation-of-parent>"}


def test_questions_of_the_project_when_joined_as_written_go_out_from_the_focus_nodes() -> None:
    rows = [row for name in DEFAULT_SHAPES for row in read_shapes(name)]
    with TripleTable() as table:
        texts = [plan.query.sql.text for plan in compiled(rows, table).queries if plan.query.sql]
    for text in texts:
        tables = re.findall(r"spo AS (e\d+)", text.partition(" WHERE ")[0])
        for number, name in enumerate(tables):
            joined = re.findall(rf"{name}\.[so] = (f|e\d+)\.", text)
            assert {"f", *tables[:number]} & set(joined), f"{name} is joined with nothing that is known in {text}"
