"""The fast engine: what it compiles, what it leaves to pyshacl, and what it finds."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from defects import plant
from generated import generate
from hypothesis import given, settings
from hypothesis import strategies as st

from airm_graph.errors import ShapesError
from airm_graph.graph import SmallTable, TripleTable, quote
from airm_graph.graph.pattern_cost import find_power
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import literal, term
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.compile import NotCompiledError, ShapesGraph, compile_shapes, find_constants
from airm_graph.validate.compile.lexical import well_formed
from airm_graph.validate.compile.patterns import rewrite_pattern, translate_pattern
from airm_graph.validate.engine import COLUMNAR, PYSHACL, Judgement, judge
from airm_graph.validate.node_locations import find_locations
from airm_graph.validate.shape_files import DEFAULT_SHAPES, read_every_shapes
from judging import compare, judge_quads

ROOT = Path(__file__).resolve().parent.parent
PREFIXES = """
PREFIX ex: <https://example.org/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
DECLARATION = 'ex: a owl:Ontology ; sh:declare [ sh:prefix "ex" ; sh:namespace "https://example.org/"^^xsd:anyURI ] .'
EVERY_COMPONENT = """
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:targetNode ex:n ; sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:q ;
  sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:nodeKind sh:IRI ; sh:hasValue ex:n ; sh:in ( ex:n ) ; sh:disjoint ex:q ;
  sh:node [ sh:class ex:D ] ; sh:not [ sh:class ex:E ] ; sh:and ( [ sh:nodeKind sh:IRI ] ) ;
  sh:or ( [ sh:class ex:D ] [ sh:class ex:E ] ) ;
  sh:xone ( [ sh:class ex:D ] [ sh:property [ sh:path ex:p ; sh:minCount 2 ] ] ) ;
  sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 2 ; sh:class ex:D ; sh:equals ex:q ; sh:property [ sh:path ex:q ;
    sh:minCount 1 ] ] ;
  sh:property [ sh:path ex:n ; sh:datatype xsd:integer ; sh:minInclusive 1 ; sh:maxInclusive 9 ; sh:minExclusive 0.5 ;
    sh:maxExclusive 1e3 ] ;
  sh:property [ sh:path ex:i ; sh:datatype xsd:integer ] , [ sh:path ex:i ; sh:datatype xsd:byte ] ;
  sh:property [ sh:path ex:b ; sh:datatype xsd:byte ; sh:lessThan ex:n ; sh:lessThanOrEquals ex:n ] ;
  sh:property [ sh:path ex:t ; sh:minLength 1 ; sh:maxLength 9 ; sh:pattern "^it's \\\\S+$" ; sh:flags "i" ;
    sh:languageIn ( "en" "*" ) ; sh:uniqueLang true ] ;
  sh:property [ sh:path [ sh:inversePath ( ex:p [ sh:oneOrMorePath ex:q ] ) ] ; sh:maxCount 1 ] ;
  sh:property [ sh:path ( [ sh:zeroOrMorePath ex:p ] [ sh:zeroOrOnePath [ sh:alternativePath ( ex:p ex:q ) ] ] ) ; sh:minCount 2 ] ;
  sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:D ] ; sh:qualifiedMinCount 1 ; sh:qualifiedMaxCount 1 ;
    sh:qualifiedValueShapesDisjoint true ] ;
  sh:property [ sh:path ex:p ; sh:qualifiedValueShape [ sh:class ex:E ] ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ] .
"""


def rows(turtle: str) -> list[Quad]:
    return parse_rows((PREFIXES + turtle).encode(), name="test", suffix=".ttl")


def read_fixture(name: str) -> list[Quad]:
    path = ROOT / "tests" / "shapes" / f"{name}.ttl"
    return parse_rows(path.read_bytes(), name=name, suffix=".ttl")


def both(data: str, shapes: str, *, engine: str = "auto") -> Judgement:
    """Judge with both engines, demand that they agree, and return what the fast one did."""
    data_rows, shape_rows = rows(data), rows(DECLARATION + shapes)
    reference = judge_quads(data_rows, shape_rows, engine="reference")
    found = judge_quads(data_rows, shape_rows, engine=engine)
    assert compare(found) == compare(reference)
    return found


# Plans


class Recorded(TripleTable):
    """A table that remembers what plans ask of it."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self.asked = set[str]()

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        self.asked |= set() if sql.startswith(("CREATE", "COPY", "DROP")) else {sql}
        return super().execute(sql)

    def materialise(self, name: str, select: str) -> int:
        self.asked.add(select)
        return super().materialise(name, select)

    def copy_texts(self, select: str, path: Path) -> None:
        self.asked.add(select)
        super().copy_texts(select, path)


@pytest.mark.parametrize("shapes", ["project", "every component"])
def test_statements_when_carried_to_spark_parse_there(shapes: str) -> None:
    data = read_fixture("Repair/invalid-line") if shapes == "project" else rows(DATA)
    shape_rows = read_every_shapes(DEFAULT_SHAPES) if shapes == "project" else rows(EVERY_COMPONENT)
    with Recorded() as table:
        table.load_rows(data)
        table.asked.clear()
        found = judge(table, shape_rows=shape_rows, engine="fast")
        find_locations(table, nodes={result.focus for result in found.results})
    assert len(table.asked) > 20
    for statement in table.asked:
        (spark,) = sqlglot.transpile(statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        assert sqlglot.parse_one(spark, read="spark")


def test_compilation_when_repeated_writes_the_same_statements() -> None:
    shape_rows = rows(EVERY_COMPONENT)
    written = []
    for order in (shape_rows, shape_rows[::-1]):
        graph = ShapesGraph(order)
        with TripleTable() as table:
            written.append([plan.sql for plan in compile_shapes(graph, ids=table.add_terms(find_constants(order, graph=graph))).plans])
    assert written[0] == written[1]


@pytest.mark.parametrize(
    "pattern", [r"(?=a)b", r"\bword", r"(a)\1", r"[a-z-[b]]", r"\i", r"\p{IsGreek}", r"a++", r"x{2000}", r"[^\S]", "("]
)
def test_patterns_when_engines_differ_are_not_compiled(pattern: str) -> None:
    with pytest.raises(NotCompiledError):
        rewrite_pattern(pattern)


@pytest.fixture(scope="module")
def tables() -> Iterator[tuple[TripleTable, SmallTable]]:
    with TripleTable(threads=1) as table, SmallTable() as small:
        yield table, small


PIECES = [
    *("a", "é", "-", "]", "[]a]", "[^]b]", "[a-]", "[\\s\\d]", "[^a-c]", "[\\S]", "\\s", "\\S", "\\d", "\\w", "\\x41", "\\n", "\\."),
    *(".", "^", "$", "|", "(", "(?:", "(?P<n>", ")", "*", "+?", "?", "{2}", "{,3}", "{,}", "{", "\\A", "\\Z", "\\p{Lu}", "[^\\p{L}]"),
]
TEXTS = st.lists(st.text(st.sampled_from("abcAÉé]-1٣ \u00a0\n\t.{"), max_size=6), min_size=1, max_size=5)


@given(
    pattern=st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join),
    flags=st.sampled_from(["", "i", "m", "s", "x", "q", "iq"]),
    texts=TEXTS,
)
@settings(deadline=None)
def test_patterns_when_rewritten_are_found_where_python_finds_them(
    tables: tuple[TripleTable, SmallTable], pattern: str, flags: str, texts: list[str]
) -> None:
    try:
        written = rewrite_pattern(pattern, flags=flags)
    except NotCompiledError:
        return
    asked = "SELECT " + ", ".join(f"regexp_matches({quote(text)}, {quote(written)})" for text in texts)
    wanted = [tuple(bool(re.search(*swap(translate_pattern(pattern, flags=flags), text))) for text in texts)]
    for table in tables[: 1 if find_power(written) is None else 2]:
        assert table.execute(asked) == wanted


def swap(translated: tuple[str, int], text: str) -> tuple[str, str, int]:
    return translated[0], text, translated[1]


@pytest.mark.parametrize(
    ("datatype", "good", "bad"),
    [
        ("integer", ["1", "-01", "+3"], ["1.0", "one", ""]),
        ("byte", ["127", "-128", " +0099 ", "-0"], ["128", "-129", "1000", "x", "-"]),
        ("long", ["9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "-9223372036854775809"]),
        ("unsignedLong", ["18446744073709551615", "-0", "+1"], ["18446744073709551616", "-1"]),
        ("decimal", ["1", "1.", ".5", "-0.10"], ["1e2", "."]),
        ("double", ["1e2", "INF", "NaN", ".5"], ["inf", "e"]),
        ("boolean", ["true", "0"], ["TRUE", "yes"]),
        ("date", ["2024-02-29", "2000-02-29", "1999-12-31Z", "2024-01-01+14:00"], ["2023-02-29", "1900-02-29", "2024-13-01", "2024-1-1"]),
        ("dateTime", ["2024-01-01T24:00:00", "2024-01-01T23:59:59.999-05:00"], ["2024-01-01", "2024-01-01T25:00:00", "2024-01-01T10:00"]),
        ("time", ["00:00:00", "23:59:59Z"], ["24:00:01", "1:00:00"]),
        ("duration", ["P1Y2M3DT4H5M6.7S", "-P1D", "PT1S"], ["P", "PT", "1Y", "P1DT"]),
        ("positiveInteger", ["1", "+007"], ["0", "-1"]),
        ("gYear", ["2024", "anything"], []),
    ],
)
def test_lexical_forms_when_checked_follow_the_datatype(datatype: str, good: list[str], bad: list[str]) -> None:
    condition = well_formed(term(f"xsd:{datatype}").strip("<>")) or "TRUE"
    with TripleTable() as table, SmallTable() as small:
        for text in good + bad:
            for one in (table, small):
                ((found,),) = one.execute(f"SELECT {condition} FROM (SELECT '{text}' AS lexical) AS t")
                assert bool(found) is (text in good), text


# Engines


SPLIT = """
ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:P , ex:Q .
ex:P a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 ; sh:message "P" .
ex:Q a sh:PropertyShape ; sh:path ex:q ; sh:pattern "^(?=.*x)" ; sh:message "Q" .
"""


def test_property_shape_when_not_compiled_goes_to_pyshacl_alone() -> None:
    found = both('ex:a a ex:C ; ex:q "y" , "x" . ex:b a ex:C ; ex:p 1 .', SPLIT)
    assert found.engines == {
        "<https://example.org/S>": COLUMNAR,
        "<https://example.org/P>": COLUMNAR,
        "<https://example.org/Q>": PYSHACL,
    }
    assert len(found.notes) == 1
    assert "<https://example.org/Q> is judged by pyshacl" in found.notes[0]
    assert sorted(result.message for result in found.results) == ["P", "Q"]


def test_fast_engine_when_something_does_not_compile_refuses_and_names_it() -> None:
    with pytest.raises(ShapesError, match=r"https://example\.org/Q> cannot be compiled: a group that begins with"):
        judge_quads([], rows(SPLIT), engine="fast")


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:node ex:S ] .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:js ex:f ; sh:nodeKind sh:Literal .",
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:datatype rdf:XMLLiteral .",
        'ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:node [ sh:sparql [ sh:select "SELECT $this WHERE { $this ?p 1 }" ] ] .',
    ],
    ids=["recursive", "sh:js", "XML literals", "query in a nested shape"],
)
@pytest.mark.filterwarnings("ignore")
def test_shapes_when_not_compiled_are_judged_by_pyshacl(shapes: str) -> None:
    found = both("ex:a a ex:C ; ex:p ex:a , 1 .", shapes)
    assert PYSHACL in found.engines.values()


@pytest.mark.parametrize(
    "shapes",
    [
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:minCount 1 .",
        "ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:minCount 1 .",
        'ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:maxCount "many" .',
        "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property ex:T . ex:T a sh:NodeShape .",
    ],
)
def test_shapes_when_malformed_are_refused_by_every_engine(shapes: str) -> None:
    for engine in ("auto", "fast", "reference"):
        with pytest.raises(ShapesError):
            judge_quads(rows("ex:a a ex:C ; ex:p 1 , 2 ."), rows(shapes), engine=engine)


def test_project_shapes_when_judged_compile_whole() -> None:
    found = judge_quads([], DEFAULT_SHAPES, engine="fast")
    assert set(found.engines.values()) == {COLUMNAR}
    assert not found.notes


# Findings


DATA = """
ex:a a ex:C ; ex:p ex:b , ex:c ; ex:q ex:b ; ex:n 0 , 12 , 5 ; ex:b "7"^^xsd:byte , "4"^^xsd:byte ;
    ex:i "x"^^xsd:integer , "300"^^xsd:byte ; ex:t "It's fine"@en , "no"@en , "" .
ex:b a ex:D ; ex:p ex:a . ex:c a ex:E ; ex:q ex:c . ex:D rdfs:subClassOf ex:E . ex:n ex:q [ ex:p 1 ] .
"""


@pytest.mark.filterwarnings("ignore")
def test_every_component_when_compiled_finds_what_pyshacl_finds() -> None:
    found = both(DATA, EVERY_COMPONENT, engine="fast")
    assert len({result.component for result in found.results}) >= 20


@pytest.mark.parametrize("inner", ["sh:maxLength 1", "sh:and ( [ sh:maxLength 1 ] )", "sh:node [ sh:maxLength 1 ]", "sh:class ex:D"])
def test_shape_when_broken_by_several_values_of_a_node_counts_once_among_those_of_which_one_must_hold(inner: str) -> None:
    shapes = f"ex:S sh:targetClass ex:C ; sh:xone ( [ sh:path ex:p ; {inner} ] [ sh:path ex:p ; sh:minCount 2 ] ) ; sh:message 'm' ."
    found = both("ex:a a ex:C ; ex:p 'long' , 'longer' . ex:b a ex:C ; ex:p 'long' .", shapes, engine="fast")
    assert [result.focus for result in found.results] == ["<https://example.org/b>"]


def test_message_when_a_shape_has_none_is_that_of_pyshacl() -> None:
    found = both(
        'ex:a a ex:C ; ex:p [ ex:q "x" ] .', "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:class ex:D ] ."
    )
    assert [result.message for result in found.results] == ["Value does not have class <https://example.org/D>"]


def test_focus_node_when_reached_twice_is_reported_twice() -> None:
    shapes = "ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:property [ sh:path ex:q ; sh:minCount 1 ] ] ."
    found = both("ex:a a ex:C ; ex:p ex:x . ex:b a ex:C ; ex:p ex:x .", shapes, engine="fast")
    assert [result.focus for result in found.results] == ["<https://example.org/x>"] * 2


@pytest.mark.parametrize(
    "constraint", ["sh:nodeKind sh:Literal", "sh:class ex:D", "sh:datatype xsd:date", "sh:maxCount 0", "sh:lessThan ex:n"]
)
def test_value_when_reached_by_two_ways_is_reported_once(constraint: str) -> None:
    path = "[ sh:alternativePath ( ex:p ex:q [ sh:inversePath ex:p ] ) ]"
    shapes = f"ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path {path} ; {constraint} ] ."
    found = both("ex:a a ex:C ; ex:p ex:x ; ex:q ex:x ; ex:n 1 . ex:x ex:p ex:a .", shapes, engine="fast")
    assert [result.focus for result in found.results] == ["<https://example.org/a>"]


def test_focus_nodes_of_a_habit_are_those_below_the_base_and_instances_of_its_classes() -> None:
    kind = "https://example.org/own/ontology#Thing"
    data = f"<https://example.org/own/a> a ex:C . ex:b a ex:C , <{kind}> . ex:c a ex:C . <https://example.org/own/scheme/d> a ex:C ."
    shapes = rows("ex:S a sh:NodeShape ; sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .")
    with TripleTable() as table:
        table.load_rows(rows(data))
        found = judge(table, shape_rows=shapes, engine="fast", habits=["<https://example.org/S>"], base="https://example.org/own/")
    assert found.focus_nodes == {"<https://example.org/S>": 2}


KNOWN_DIFFERENCES = {
    # constraints, values of ex:p, results of the fast engine, results of pyshacl or None where it fails
    "unlike spaces": ("sh:maxExclusive 2", "true", 1, 0),
    "unlike pairs": ("sh:lessThan ex:q", "true", 1, 0),
    "ill-typed pairs": ("sh:lessThan ex:q", '"300"^^xsd:byte', 1, 0),
    "blank pairs": ("sh:lessThan ex:q", "[]", 1, None),
    "language ranges": ('sh:languageIn ( "de-CH" )', '"Grüezi"@de-ch-1996', 0, 1),
    "unique languages": ('sh:uniqueLang "1"^^xsd:boolean', '"a"@en , "b"@en', 0, 1),
    "digits": ("sh:datatype xsd:integer", '"1_000"^^xsd:integer', 1, 0),
    "exponents": ("sh:datatype xsd:decimal", '"1e3"^^xsd:decimal', 1, 0),
}


@pytest.mark.parametrize(("constraint", "values", "fast", "reference"), KNOWN_DIFFERENCES.values(), ids=KNOWN_DIFFERENCES)
def test_engines_when_pyshacl_leaves_the_specification_differ_as_known(
    constraint: str, values: str, fast: int, reference: int | None
) -> None:
    shapes = rows(f"ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; {constraint} .")
    data = rows(f'ex:a a ex:C ; ex:p {values} ; ex:q "2024-01-01"^^xsd:date .')
    assert len(judge_quads(data, shapes, engine="fast").results) == fast
    if reference is None:
        with pytest.raises(ShapesError):
            judge_quads(data, shapes, engine="reference")
    else:
        assert len(judge_quads(data, shapes, engine="reference").results) == reference


@pytest.mark.parametrize(
    ("path", "reference"), [("[ sh:inversePath ( ex:p ex:q ) ]", 0), ("( [ sh:inversePath ex:q ] [ sh:inversePath ex:p ] )", 1)]
)
def test_sequence_when_turned_round_is_walked_from_its_end(path: str, reference: int) -> None:
    shapes = rows(f"ex:S a sh:PropertyShape ; sh:targetNode ex:c ; sh:path {path} ; sh:maxCount 0 .")
    data = rows("ex:a ex:p ex:b . ex:b ex:q ex:c .")
    assert len(judge_quads(data, shapes, engine="fast").results) == 1
    assert len(judge_quads(data, shapes, engine="reference").results) == reference  # pyshacl walks the first from its start


def test_numbers_when_compared_keep_all_their_digits() -> None:
    shapes = 'ex:S a sh:PropertyShape ; sh:targetClass ex:C ; sh:path ex:p ; sh:minInclusive 9007199254740993 ; sh:message "low" .'
    found = both("ex:a a ex:C ; ex:p 9007199254740992 , 9007199254740993 .", shapes, engine="fast")
    assert [result.value for result in found.results] == [literal(9007199254740992)]


# Queries


def query(select: str, *, message: str = "", path: str = "") -> str:
    kind = f"sh:PropertyShape ; sh:path {path}" if path else "sh:NodeShape"
    text = f'sh:message "{message}" ; ' if message else ""
    return f'ex:S a {kind} ; sh:targetClass ex:C ; sh:message "shape" ; sh:sparql [ {text}sh:prefixes ex: ; sh:select """{select}""" ] .'


QUERIES = {
    "path and value": query("SELECT $this ?value WHERE { $this $PATH ?value . FILTER (?value > 1) }", path="ex:p"),
    "long path": query("SELECT $this ?value WHERE { $this $PATH ?value }", path="( ex:p [ sh:zeroOrMorePath ex:p ] )"),
    "superclasses": query("SELECT $this ?value WHERE { $this a/rdfs:subClassOf* ?value FILTER (1 * 2 > 1) }"),
    "message": query("SELECT $this ?other WHERE { $this ex:p ?other }", message="{?this} has {$other} and {?unknown}"),
    "union": query("SELECT $this ?x WHERE { { $this ex:p 1 BIND ($this AS ?x) } UNION { FILTER ($this = ex:b) } }"),
    "optional": query("SELECT $this WHERE { OPTIONAL { $this ex:q ?q FILTER (?q != $this) } FILTER (!bound(?q)) }"),
    "gap": query("SELECT $this WHERE { FILTER NOT EXISTS { $this ex:q ?q . FILTER (?q != $this) } }"),
    "optional in a group": query("SELECT $this ?value WHERE { { ?value ex:p 1 OPTIONAL { $this ex:q ?value } } }"),
    "optional in another": query(
        "SELECT $this ?value WHERE { ?value ex:p 1 OPTIONAL { ?value ex:p ?v OPTIONAL { { $this ex:q ?value } } } FILTER (bound(?v)) }"
    ),
    "gap in a group": query("SELECT $this ?value WHERE { { ?value ex:p 1 FILTER NOT EXISTS { $this ex:q ?value } } }"),
    "exists in a group": query(
        "SELECT $this ?value WHERE { { ?value ex:p 1 FILTER EXISTS { $this ex:q ?value } } UNION { $this ex:p 3 } }"
    ),
    "optional in exists": query(
        "SELECT $this ?value WHERE { ?value ex:p 1 FILTER EXISTS { ?value ex:p ?v OPTIONAL { $this ex:q ?q } FILTER (!bound(?q)) } }"
    ),
    "count": query("SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)"),
    "inside": query(
        "SELECT $this ?value WHERE { { SELECT $this (MAX(?v) AS ?value) WHERE { $this ex:p ?v } GROUP BY $this } FILTER (?value < 3) }"
    ),
    "any property": query("SELECT $this ?path ?value WHERE { $this ?path ?value . FILTER (isIRI(?value)) }"),
    "every property": query("SELECT $this ?path ?value WHERE { $this ?path ?value }"),
    "comment": query("SELECT $this # this }\nWHERE { $this ex:p 1 ; ex:q ?q . FILTER (str(?q) != '}') }"),
}


@pytest.mark.parametrize("shapes", QUERIES.values(), ids=QUERIES)
def test_queries_when_asked_for_all_focus_nodes_at_once_find_what_pyshacl_finds(shapes: str) -> None:
    data = "ex:a a ex:C ; ex:p 1 , 2 , ex:b ; ex:q ex:a . ex:b a ex:C ; ex:p 3 ; ex:q ex:c . ex:c a ex:D ; ex:p 1 . ex:d a ex:C ; ex:p 1 ."
    found = both(data, shapes)
    if "GROUP BY $this }" in shapes:
        assert set(found.engines.values()) == {PYSHACL}  # an outer SELECT that is not grouped
    else:
        assert set(found.engines.values()) == {COLUMNAR}
    assert found.results


def test_result_of_a_component_has_the_message_of_its_own_value() -> None:
    component = (
        "ex:K a sh:ConstraintComponent ; sh:parameter [ sh:path ex:not ] ; sh:validator [ a sh:SPARQLAskValidator ; sh:prefixes ex: ; "
        'sh:message "{?value} is wrong" ; sh:ask "ASK { FILTER ($value = ex:right) }" ] . '
        "ex:S a sh:NodeShape ; sh:targetObjectsOf ex:p ; ex:not ex:wrong ."
    )
    shapes = rows(DECLARATION + component)
    found = judge_quads(rows("ex:a ex:p ex:b , ex:c , ex:right . ex:d ex:p ex:e ."), shapes)
    told = {result.focus: [read_literal(message).text for message in result.messages] for result in found.results}
    assert told == {f"<https://example.org/{name}>": [f"https://example.org/{name} is wrong"] for name in "bce"}


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this WHERE { $this ex:p ?v } LIMIT 1",
        "SELECT ?value WHERE { $this ex:p ?value }",
        "SELECT $this (COUNT(?v) AS ?n) WHERE { $this ex:p ?v }",
        "SELECT $this WHERE { BIND ($this AS ?x) ?x ex:p $currentShape }",
        "SELECT $this ?value WHERE { $this ex:p* ?value }",
        "SELECT $this ?value WHERE { $this (^ex:p|ex:q)? ?value }",
    ],
)
def test_queries_when_they_need_one_focus_node_at_a_time_are_not_compiled(select: str) -> None:
    with pytest.raises(ShapesError, match="cannot be compiled"):
        judge_quads(rows("ex:a a ex:C ; ex:p 1 ."), rows(DECLARATION + query(select)), engine="fast")


@pytest.mark.parametrize(
    ("where", "required"),
    [
        ("$this ex:p ?v", "p"),
        ("?v ex:q 1 . $this ex:p/ex:q ?v", "p"),
        ("FILTER (?v = 1) OPTIONAL { ?v ex:q ?w } $this ex:p ?v", "p"),
        ("$this ex:p|ex:q ?v", ""),
        ("$this ex:p+ ?v", ""),
        ("$this ^ex:p ?v", ""),
        ("?v (ex:q) $this . ?v ex:p 1", ""),
        ("{ $this ex:p ?v } UNION { $this ex:q ?v }", ""),
        ("$this ex:p ?v FILTER NOT EXISTS { ?v ex:q ?w FILTER (?w = $this) }", "p"),
        ("$this ex:p ?v OPTIONAL { ?v ex:q ?w FILTER (?w = $this) }", ""),
    ],
)
def test_property_that_a_query_requires_when_compiled_is_one_that_every_solution_has(where: str, required: str) -> None:
    shape_rows = rows(DECLARATION + query(f"SELECT $this WHERE {{ {where} }}"))
    graph = ShapesGraph(shape_rows)
    with TripleTable(threads=1) as table:
        compiled = compile_shapes(graph, ids=table.add_terms(find_constants(shape_rows, graph=graph)))
    assert [plan.constraint.required for plan in compiled.constraints] == [required and f"<https://example.org/{required}>"]


def test_queries_when_the_store_takes_few_quads_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = rows(
        DECLARATION + QUERIES["gap"] + QUERIES["path and value"].replace("ex:S", "ex:T") + QUERIES["message"].replace("ex:S", "ex:U")
    )
    data = rows("ex:a a ex:C ; ex:p 1 , 2 . ex:b a ex:C ; ex:p 3 ; ex:q ex:c . ex:c a ex:D ; ex:p 4 .")
    whole = judge_quads(data, shapes, engine="fast")
    monkeypatch.setattr("airm_graph.validate.sparql_constraints._MOST", 1)
    assert judge_quads(data, shapes, engine="fast") == whole
    assert len({result.shape for result in whole.results}) == 3


def test_query_when_the_store_would_respell_a_number_goes_to_pyshacl() -> None:
    found = both('ex:a a ex:C ; ex:p "1.10"^^xsd:decimal .', query("SELECT $this ?value WHERE { $this ex:p ?value }"))
    assert set(found.engines.values()) == {PYSHACL}
    assert found.results[0].value == literal("1.10", datatype="xsd:decimal")


def test_query_when_it_does_not_read_the_respelt_number_stays_fast() -> None:
    found = both('ex:a a ex:C ; ex:p "1.10"^^xsd:decimal ; ex:q ex:b .', query("SELECT $this ?value WHERE { $this ex:q ?value }"))
    assert set(found.engines.values()) == {COLUMNAR}


def test_query_when_nodes_are_blank_keeps_their_labels() -> None:
    found = both("ex:a ex:p [ a ex:C ; ex:q [] ] .", query("SELECT $this ?value WHERE { $this ex:q ?value }"))
    assert set(found.engines.values()) == {COLUMNAR}
    assert found.results[0].focus.startswith("_:")
    assert found.results[0].value.startswith("_:")


# Planted defects


def _found(judgement: Judgement) -> set[tuple[str, str]]:
    return {(result.message.partition(":")[0], result.focus) for result in judgement.results}


def test_planted_defects_when_judged_are_found_exactly() -> None:
    generated = list(generate(10_000))
    defects = plant(generated, every=100)
    assert len(defects.planned) == 100
    assert _found(judge_quads(defects.rows, ["core", "skos", "taxonomy"], engine="fast")) == defects.planned | _found(
        judge_quads(generated, ["core", "skos", "taxonomy"], engine="fast")
    )


def test_planted_defects_when_judged_by_pyshacl_are_the_same() -> None:
    # pyshacl needs a minute for the larger number.
    size, every = (10_000, 100) if os.environ.get("CI") else (60, 6)
    defects = plant(generate(size), every=every)
    fast, reference = (judge_quads(defects.rows, ["core", "skos", "taxonomy"], engine=engine) for engine in ("fast", "reference"))
    assert compare(fast) == compare(reference)
    assert defects.planned <= _found(fast)
