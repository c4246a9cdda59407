"""Queries and shapes that every engine reads alike: the rules, each fired by a small text, and the files of the project that break none."""

import subprocess
import sys
from pathlib import Path

import pytest
from portability import ROOT, check_files, list_files, read_kinds
from query_rules import QUERY_RULES, check_query_text
from shape_rules import SHAPE_RULES, check_shapes

from airm_graph.namespaces import PREFIXES
from airm_graph.query.library import bind_query, list_queries

KINDS = read_kinds()
HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("airm", "dcterms", "rdfs", "skos", "xsd"))
#: Rule → a query that breaks it and no other.
QUERIES = {
    "aggregate-of-unbound": "SELECT ?s (SUM(?n) AS ?sum) { ?s a ?c OPTIONAL { ?s airm:firstLine ?n } } GROUP BY ?s",
    "alias-in-having": "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING(?n > 1)",
    "ask-form": "ASK { ?s ?p ?o }",
    "bare-condition": "SELECT ?s { ?s rdfs:label ?label FILTER(?label) }",
    "boolean-value": "SELECT ?s { ?s airm:note true }",
    "case-of-any-value": 'SELECT ?s { ?s ?p ?o FILTER(LCASE(?o) = "a") }',
    "cast": "SELECT ?s (xsd:integer(?o) AS ?n) { ?s rdfs:label ?o }",
    "changing-function": "SELECT ?s (RAND() AS ?n) { ?s ?p ?o }",
    "code-point-escape": 'SELECT ?s { ?s ?p "\\u00E9" }',
    "date-arithmetic": 'SELECT ?s { ?s airm:retrieved ?day BIND(?day + "P1D"^^xsd:duration AS ?next) }',
    "division": "SELECT (?a / 2 AS ?half) { ?s airm:firstLine ?a }",
    "encode-for-uri": "SELECT (ENCODE_FOR_URI(?a) AS ?b) { ?s rdfs:label ?a }",
    "escaped-name": "SELECT ?s { ?s a airm:a\\/b }",
    "exists-over-sub-select": "SELECT ?s { ?s ?p ?o FILTER EXISTS { { SELECT ?s { ?s a ?c } } } }",
    "graph-variable-inside": "SELECT ?g { GRAPH ?g { ?s ?p ?o FILTER(?g != rdfs:label) } }",
    "group-by-expression": "SELECT (COUNT(?s) AS ?n) { ?s ?p ?o } GROUP BY (LANG(?o))",
    "group-concat-of-terms": 'SELECT (GROUP_CONCAT(?s; SEPARATOR=" ") AS ?all) { ?s ?p ?o }',
    "group-concat-separator": "SELECT (GROUP_CONCAT(STR(?s)) AS ?all) { ?s ?p ?o }",
    "in-list": "SELECT ?s { ?s airm:firstLine ?n FILTER(?n IN (1, 2)) }",
    "is-numeric": "SELECT ?s { ?s airm:firstLine ?n FILTER(isNumeric(?n)) }",
    "mixed-comparison": "SELECT ?s { ?s airm:fileName ?name FILTER(?name != 1) }",
    "least-of-terms": "SELECT (MIN(?s) AS ?least) { ?s ?p ?o }",
    "minus-without-shared-variable": "SELECT ?s { ?s a ?c MINUS { ?other rdfs:label ?label } }",
    "order-by-unselected": "SELECT DISTINCT ?s { ?s ?p ?o } ORDER BY ?o",
    "out-of-scope": "SELECT ?s { ?s ?p ?o { ?o rdfs:label ?label FILTER(?s != ?o) } }",
    "path-alternative": "SELECT (COUNT(*) AS ?n) { ?s rdfs:label|skos:altLabel ?label }",
    "regex-flags": 'SELECT ?s { ?s rdfs:label ?label FILTER(REGEX(?label, "1.1", "q")) }',
    "repeated-path": "SELECT ?s { ?s skos:broader+ ?code }",
    "sub-select-shares-name": "SELECT ?s ?n { ?s ?p ?o { SELECT (COUNT(?s) AS ?n) { ?s a ?c } } }",
    "substr-start": "SELECT (SUBSTR(?label, 0) AS ?part) { ?s rdfs:label ?label }",
    "values-behind-pattern": "SELECT ?s { ?s rdfs:label ?label VALUES ?s { airm:a } }",
    "values-in-minus": "SELECT ?s { ?s a ?c MINUS { VALUES ?c { airm:Code } ?s a ?c } }",
    "years-compared": 'SELECT ?s { ?s dcterms:issued ?year FILTER(?year > "2020"^^xsd:gYear) }',
}
#: Further queries that break the rule before the colon.
FURTHER = {
    "boolean-value: selected": "SELECT (?a = ?b AS ?same) { ?a rdfs:label ?b }",
    "graph-variable-inside: count": "SELECT ?g ?n { GRAPH ?g { { SELECT (COUNT(?s) AS ?n) { ?s ?p ?o } } } }",
    "graph-variable-inside: empty": "SELECT ?g { GRAPH ?g {} }",
    "minus-without-shared-variable: optional": "SELECT ?s { ?s a ?c OPTIONAL { ?s rdfs:label ?l } MINUS { ?other rdfs:label ?l } }",
    "regex-flags: count": 'SELECT (REPLACE(?l, "a", "b", "i") AS ?r) { ?s rdfs:label ?l }',
    "regex-flags: match": 'SELECT (REPLACE(?l, "[.]", "($0)") AS ?r) { ?s rdfs:label ?l }',
    "values-behind-pattern: query": "SELECT ?s { ?s rdfs:label ?label } VALUES ?s { airm:a }",
    "years-compared: order": "SELECT ?s ?year { ?s dcterms:issued ?year } ORDER BY ?year",
    "years-compared: pattern": 'SELECT ?s { ?s dcterms:issued "2024"^^xsd:gYear }',
    "mixed-comparison: days": 'SELECT ?s { ?s airm:retrieved ?day FILTER(?day < "2024-01-01T00:00:00"^^xsd:dateTime) }',
    "mixed-comparison: numbers": 'SELECT ?s { ?s airm:firstLine ?n FILTER(?n = "1") }',
    "years-compared: selected": "SELECT ?s ?year { ?s dcterms:issued ?year }",
    "years-compared: least": "SELECT (MIN(?year) AS ?first) { ?s dcterms:issued ?year }",
}
SHAPE_HEAD = "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("airm", "airmsh", "owl", "rdfs", "sh", "skos", "xsd"))
#: Rule → statements that break it and no other.
SHAPES = {
    "classes-in-shapes": "airm:A rdfs:subClassOf airm:B .",
    "closed-with-path": "airmsh:S sh:closed true ; sh:property [ sh:path ( airm:source rdfs:label ) ] .",
    "deactivated-query": 'airmsh:c sh:deactivated true ; sh:select "SELECT $this WHERE { $this a <urn:A> }" .',
    "implicit-target": "airm:A a owl:Class , sh:NodeShape .",
    "inverse-of-sequence": "airmsh:S sh:path [ sh:inversePath ( airm:source airm:evidence ) ] .",
    "large-bound": "airmsh:S sh:maxInclusive 9007199254740993 .",
    "member-shape": "airmsh:S sh:memberShape airmsh:T .",
    "mixed-list": "airmsh:S sh:in ( 1 2 ) .",
    "not-in-shacl": 'airmsh:c sh:select "SELECT $this WHERE { $this a <urn:A> . MINUS { $this a <urn:B> } }" .',
    "own-severity": "airmsh:S sh:severity airmsh:Grave .",
    "pattern-dialect": 'airmsh:S sh:pattern "^[A-Z-[IO]]$" .',
    "two-of-a-kind": "airmsh:S sh:not airmsh:T , airmsh:U .",
    "year-bound": 'airmsh:S sh:minInclusive "1990"^^xsd:gYear .',
    "zero-length": "airmsh:S sh:minLength 0 .",
}


def names(text: str) -> set[str]:
    return {one.rule for one in check_query_text(HEAD + text, file="a.rq", kinds=KINDS)}


def test_files_of_the_project_break_no_rule() -> None:
    files = list_files()
    assert {path.suffix for path in files} == {".rq", ".ttl"}
    assert check_files(files, kinds=KINDS) == []


@pytest.mark.parametrize("query", list_queries(), ids=lambda query: query.name)
def test_queries_with_arguments_break_no_rule(query) -> None:
    for wanted in (lambda p: p.required, lambda p: True):
        arguments = {p.name: str(p.example) for p in query.parameters if wanted(p)}
        assert check_query_text(bind_query(query, arguments), file=query.name, kinds=KINDS) == []


def test_every_rule_has_a_text_that_fires_it() -> None:
    assert sorted(QUERIES) == sorted(rule.name for rule in QUERY_RULES)
    assert sorted(SHAPES) == sorted(rule.name for rule in SHAPE_RULES)


@pytest.mark.parametrize("rule", QUERIES)
def test_rule_for_queries_fires(rule: str) -> None:
    assert names(QUERIES[rule]) == {rule}


@pytest.mark.parametrize("case", FURTHER)
def test_rule_for_queries_fires_in_other_forms(case: str) -> None:
    assert case.partition(":")[0] in names(FURTHER[case])


@pytest.mark.parametrize("rule", SHAPES)
def test_rule_for_shapes_fires(rule: str) -> None:
    assert {one.rule for one in check_shapes(SHAPE_HEAD + SHAPES[rule], file="a.ttl", kinds=KINDS)} == {rule}


def test_queries_inside_of_shapes_are_checked() -> None:
    text = 'airmsh:c sh:declare [ sh:prefix "airm" ; sh:namespace "urn:" ] ; sh:select "SELECT $this WHERE { $this airm:a|airm:b ?x }" .'
    assert [one.rule for one in check_shapes(SHAPE_HEAD + text, file="a.ttl", kinds=KINDS)] == ["path-alternative"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING(COUNT(?o) > 1)",
        "SELECT (MIN(?line) AS ?least) { ?s airm:firstLine ?line }",
        "SELECT (STR(?year) AS ?of) { ?s dcterms:issued ?year }",
        'SELECT ?s { ?s airm:firstLine ?n ; airm:fileName ?name FILTER(?n > 1 && ?name = "a") }',
        'SELECT (GROUP_CONCAT(STR(?s); SEPARATOR=" ") AS ?all) { ?s ?p ?o }',
        "SELECT ?s { ?s dcterms:issued ?year FILTER(xsd:integer(STR(?year)) > 2020) }",
        "SELECT ?s { ?s a ?c OPTIONAL { ?s rdfs:label ?l FILTER(?c != ?s) } FILTER(!BOUND(?l)) }",
        'SELECT ?s { ?s rdfs:label ?l FILTER(REGEX(?l, "a", "i") && ?l IN ("a", "b")) }',
        "SELECT ?s { VALUES ?c { airm:Code } ?s a ?c OPTIONAL { VALUES ?d { airm:A } ?s a ?d } }",
        "SELECT ?s { ?s ?p ?o FILTER EXISTS { ?o a ?c FILTER(?c != ?s) } }",
    ],
)
def test_what_is_recommended_breaks_no_rule(text: str) -> None:
    assert names(text) == set()


def test_command_names_file_and_rule_and_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "mine.rq").write_text(HEAD + QUERIES["division"], encoding="utf-8")
    command = [sys.executable, str(ROOT / "compatibility" / "portability.py")]
    assert subprocess.run(command, check=False).returncode == 0
    done = subprocess.run([*command, str(tmp_path / "mine.rq")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "mine.rq: division: a quotient is computed\n")
