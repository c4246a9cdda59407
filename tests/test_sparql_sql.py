"""SPARQL constraints as SQL beside the same in the store: equal results whatever the data."""

from itertools import pairwise, product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airm_graph.graph import SmallTable, TripleTable
from airm_graph.graph.store import parse_rows
from airm_graph.terms import Quad
from airm_graph.validate import sparql_constraints
from airm_graph.validate.compile import ShapesGraph, compile_shapes, find_constants
from airm_graph.validate.engine import Judgement, judge
from airm_graph.validate.shape_files import DEFAULT_SHAPES, load_shapes

HEAD = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX e: <urn:e:> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
e:names sh:declare [ sh:prefix "e" ; sh:namespace "urn:e:"^^xsd:anyURI ] .
e:Shape a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property e:Property .
e:Property sh:path e:p .
"""
QUERY = """e:Property sh:sparql [ sh:prefixes e:names ; sh:message "%s: {?value} of {?this}" ; sh:select \"\"\"%s\"\"\" ] .
"""
#: Those that have a form in SQL.
QUERIES = {
    "join": "SELECT $this ?value WHERE { $this e:q/e:q ?value }",
    "shared text": "SELECT DISTINCT $this ?value WHERE { $this $PATH ?text . ?value $PATH ?text . FILTER (?value != $this) }",
    "least": "SELECT $this (IRI(MIN(STR(?o))) AS ?value) WHERE { $this $PATH ?t . ?o $PATH ?t . "
    "FILTER (STR($this) < STR(?o)) } GROUP BY $this",
    "least of long": "SELECT $this (IRI(MIN(STR(?o))) AS ?value) WHERE { $this $PATH ?t . ?o $PATH ?t . "
    'FILTER (!SAMETERM($this, ?o)) FILTER (STRLEN(?t) >= 2 && !STRENDS(?t, ":")) } GROUP BY $this',
    "absent": "SELECT $this ?value WHERE { $this e:q ?value . FILTER NOT EXISTS { ?value e:q $this } }",
    "absent by two steps": "SELECT $this ?value WHERE { $this e:q ?value FILTER NOT EXISTS { ?value e:p ?t . $this e:p ?t } }",
    "not bound": "SELECT $this ?value WHERE { $this e:q ?value . OPTIONAL { ?value e:p ?t ; e:q ?u } FILTER (!BOUND(?u)) }",
    "starts": 'SELECT $this ?value WHERE { $this $PATH ?value . FILTER (!STRSTARTS(STR($this), CONCAT("urn:e:", ?value))) }',
    "ends": 'SELECT $this ?value WHERE { $this $PATH ?value . FILTER (STRENDS(STR($this), CONCAT(":", SUBSTR(?value, 1, 1)))) }',
    "contains": "SELECT $this ?value WHERE { $this $PATH ?value , ?text . FILTER (!CONTAINS(?text, ?value)) }",
    "replaced": 'SELECT $this ?value WHERE { $this $PATH ?value . FILTER(STRLEN(REPLACE(?value, "[^b]+", "")) != 1 || STRLEN(?value) > 2)}',
    "texts": 'SELECT $this ?value WHERE { $this e:q ?value . FILTER (STR($this) != CONCAT(STR(?value), "b") && STR(?value) <= STR($this))}',
    "integers": "SELECT $this ?value WHERE { $this e:n ?value ; e:m ?last . FILTER (?value - ?last > 1 || ?value < ?last) }",
    "written length": "SELECT $this ?value WHERE { $this $PATH ?value ; e:n ?n ; e:m ?m . FILTER (STRLEN(?value) != ?n - ?m) }",
    "names of columns": 'SELECT $this ?value WHERE { $this $PATH ?value . FILTER (CONCAT("m.v_this ", ?value) != "m.v_this a") '
    'FILTER ("m.v_value" = "f.node" || !SAMETERM($this, ?value)) }',
    "nodes compared": "SELECT $this ?value WHERE { $this e:q/e:q ?value ; e:q ?other . FILTER (?value != ?other) }",
    "named object": "SELECT $this WHERE { ?other e:q $this ; a e:A . FILTER (!SAMETERM(?other, $this)) }",
}
#: Those that are for the store.
OTHERS = {
    "coalesce": 'SELECT $this ?value WHERE { $this $PATH ?value OPTIONAL { $this e:q ?o } FILTER (COALESCE(?o, "") != ?value) }',
    "unknown compared": "SELECT $this ?value WHERE { $this e:q ?value . FILTER (?value != ?that) FILTER (?that != ?value) }",
    "union": "SELECT $this ?value WHERE { { $this e:q ?value } UNION { $this e:p ?value } }",
    "constant": 'SELECT $this WHERE { $this e:p "a" }',
    "case": 'SELECT $this ?value WHERE { $this $PATH ?value . FILTER (LCASE(?value) = "a") }',
    "pattern": 'SELECT $this ?value WHERE { $this $PATH ?value . FILTER (STRLEN(REPLACE(?value, "(a|b)", "")) = 0) }',
    "optional": "SELECT $this ?value WHERE { $this e:p ?text OPTIONAL { $this e:q ?value } }",
    "optional before what it shares": "SELECT $this ?value WHERE { OPTIONAL { $this e:q ?value } ?value e:q $this FILTER(!BOUND(?value)) }",
    "least of what may be a text": "SELECT $this (IRI(MIN(STR(?o))) AS ?value) WHERE { $this $PATH ?o } GROUP BY $this",
    "longer path": "SELECT $this ?value WHERE { $this e:q+ ?value }",
}
NODES = [f"<urn:e:{letter}>" for letter in ("a", "b", "ab")]
TEXTS = ['"a"', '"b"', '"ab"', '"ab:"', '"a"@en', '"ab"@en', '"b"@de', '"\\u00e9\\U0001f600"', '""']
TEXTS = [text.encode().decode("unicode_escape") if "u00e9" in text else text for text in TEXTS]
INTEGERS = [f'"{n}"^^<http://www.w3.org/2001/XMLSchema#integer>' for n in (0, 1, 2, 10, -3)]
ODD_NUMBERS = [
    '"1"',
    '"1.5"^^<http://www.w3.org/2001/XMLSchema#decimal>',
    "<urn:e:a>",
    '"12345678901234567890"^^<http://www.w3.org/2001/XMLSchema#integer>',
]
TYPE, A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<urn:e:A>"


def quads(subjects, predicates, objects):
    return st.tuples(st.sampled_from(subjects), st.sampled_from(predicates), st.sampled_from(objects), st.just(""))


DATA = st.lists(
    quads(NODES, ["<urn:e:p>"], [*TEXTS, *NODES])
    | quads(NODES, ["<urn:e:q>"], NODES)
    | quads(NODES, ["<urn:e:n>", "<urn:e:m>"], INTEGERS)
    | quads(NODES, [TYPE], [A]),
    min_size=12,
    max_size=30,
)


#: Each query finds something here.
EVERY = [
    *((node, "<urn:e:p>", text, "") for node in NODES[:2] for text in ('"a"', '"ab"', '"b"')),
    (NODES[2], "<urn:e:p>", '"ab:"', ""),
    *((node, "<urn:e:q>", other, "") for node, other in pairwise(NODES)),
    *((node, f"<urn:e:{name}>", number, "") for node in NODES for name, number in (("n", INTEGERS[3]), ("m", INTEGERS[0]))),
    (NODES[1], TYPE, A, ""),
]


def make_shapes(queries: dict[str, str]) -> list[Quad]:
    text = HEAD + "".join(QUERY % (name, query.replace("\\", "\\\\")) for name, query in queries.items())
    return parse_rows(text.encode(), name="shapes", suffix=".ttl")


def judge_rows(rows: list[Quad], shape_rows: list[Quad], monkeypatch, *, many: int, kind=TripleTable) -> tuple[Judgement, int]:
    """Judge, and count the constraints that were asked as SQL."""
    own, asked = sparql_constraints._ask_sql, []

    def ask(plan, *given, **more):
        asked.append(plan)
        return own(plan, *given, **more)

    with kind() as table, monkeypatch.context() as patch:
        patch.setattr(sparql_constraints, "MANY", many)
        patch.setattr(sparql_constraints, "_ask_sql", ask)
        table.load_rows(rows)
        return judge(table, shape_rows=shape_rows, engine="auto"), len(asked)


def compile_constraints(shape_rows: list[Quad]):
    graph = ShapesGraph(shape_rows)
    with TripleTable(threads=1) as table:
        return compile_shapes(graph, ids=table.add_terms(find_constants(shape_rows, graph=graph))).constraints


def test_sql_finds_what_the_store_finds(monkeypatch):
    shape_rows = make_shapes(QUERIES)
    assert [plan.constraint.messages for plan in compile_constraints(shape_rows) if not plan.constraint.sql] == []
    found = set()

    @settings(max_examples=40, derandomize=True)
    @given(DATA)
    @example(EVERY)
    def compare(rows):
        by_sql, asked = judge_rows(rows, shape_rows, monkeypatch, many=0)
        in_store, none = judge_rows(rows, shape_rows, monkeypatch, many=1 << 60)
        of_few, few = judge_rows(rows, shape_rows, monkeypatch, many=1 << 60, kind=SmallTable)
        assert by_sql == in_store == of_few
        assert few == asked
        assert none == 0
        if asked:
            found.update(result.messages[0].strip('"').partition(":")[0] for result in by_sql.results)

    compare()
    assert found == QUERIES.keys()


@pytest.mark.parametrize("odd", ODD_NUMBERS)
@pytest.mark.parametrize("name", ["integers", "written length"])
def test_store_is_asked_where_a_value_is_no_plain_integer(name, odd, monkeypatch):
    rows = [(s, p, o, "") for s, (p, o) in product(NODES, [("<urn:e:p>", '"a"'), ("<urn:e:n>", INTEGERS[1]), ("<urn:e:m>", odd)])]
    shape_rows = make_shapes({name: QUERIES[name]})
    by_sql, asked = judge_rows(rows, shape_rows, monkeypatch, many=0)
    in_store, _ = judge_rows(rows, shape_rows, monkeypatch, many=1 << 60)
    assert by_sql == in_store
    assert asked == 0


@pytest.mark.parametrize("value", ['"1"', INTEGERS[1], '"01"^^<http://www.w3.org/2001/XMLSchema#byte>'])
def test_store_is_asked_where_a_literal_is_compared_with_another(value, monkeypatch):
    rows = [(NODES[0], "<urn:e:p>", value, ""), (NODES[0], "<urn:e:n>", INTEGERS[1], ""), (NODES[1], "<urn:e:n>", INTEGERS[0], "")]
    shape_rows = make_shapes({"differs": "SELECT $this ?value WHERE { $this $PATH ?value ; e:n ?n . FILTER (?value != ?n) }"})
    by_sql, asked = judge_rows(rows, shape_rows, monkeypatch, many=0)
    of_few, few = judge_rows(rows, shape_rows, monkeypatch, many=0, kind=SmallTable)
    assert by_sql == of_few
    assert asked == few == 0


@pytest.mark.parametrize("name", OTHERS)
def test_query_of_another_form_is_left_to_the_store(name):
    assert [plan.constraint.sql for plan in compile_constraints(make_shapes({name: OTHERS[name]}))] in ([None], [])


def test_all_default_constraints_but_one_have_a_form_in_sql():
    plans = compile_constraints(load_shapes(DEFAULT_SHAPES).rows)
    assert [plan.constraint.text for plan in plans if plan.constraint.sql is None and "COALESCE" not in plan.constraint.text] == []
    assert len(plans) > 10


def test_constraint_is_asked_of_focus_nodes_only_where_a_property_of_another_one_does_not_occur(monkeypatch):
    rows = [("<urn:e:a>", "<urn:e:p>", '"a"', ""), ("<urn:e:a>", TYPE, A, ""), ("<urn:e:a>", "<urn:e:q>", "<urn:e:b>", "")]
    shape_rows = make_shapes({name: QUERIES[name] for name in ("named object", "integers")})
    found = [judge_rows(rows, shape_rows, monkeypatch, many=many)[0].results for many in (0, 1 << 60)]
    assert found == [(), ()]
