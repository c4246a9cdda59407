"""The query library: its files, its fixtures in two engines, and what no argument can do to a query."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import Identifier, Variable

from airm_graph.cli.query_command import show_command
from airm_graph.errors import ParameterError, QueryError, UnknownQueryError
from airm_graph.graph.store import Store, parse_rows
from airm_graph.model import ROLES
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.query import library
from airm_graph.query.answers import split_term
from airm_graph.query.library import KINDS, Parameter, Query, bind_query, list_queries, load_query, run_query
from airm_graph.resources import find_resource
from airm_graph.taxonomy import load_vocabularies, load_vocabulary

FIXTURES = Path(__file__).parent / "queries"
NAMES = [query.name for query in list_queries()]
QUOTE, BACKSLASH = '"', chr(92)

Rows = list[tuple[str, ...]]


def find_cases() -> list[tuple[str, str]]:
    """Every expected-<case>.csv as (query, case); the case without a name is ``main``."""
    paths = sorted(FIXTURES.glob("*/expected*.csv"))
    return [(path.parent.name, path.stem.removeprefix("expected").removeprefix("-") or "main") for path in paths]


def find_file(name: str, stem: str, case: str, suffixes: tuple[str, ...]) -> Path | None:
    stems = [stem if case == "main" else f"{stem}-{case}"]
    found = [path for one in stems for suffix in suffixes if (path := FIXTURES / name / f"{one}{suffix}").exists()]
    return found[0] if found else None


def find_data(name: str, case: str) -> Path:
    found = find_file(name, "data", case, (".ttl", ".trig")) or find_file(name, "data", "main", (".ttl", ".trig"))
    assert found, f"{name} has no data.ttl"
    return found


def read_case(name: str, case: str) -> tuple[Path, dict[str, str], Rows]:
    parameters = find_file(name, "params", case, (".yaml",))
    arguments = yaml.safe_load(parameters.read_text(encoding="utf-8")) if parameters else {}
    expected = find_file(name, "expected", case, (".csv",))
    assert expected
    with expected.open(encoding="utf-8", newline="") as file:
        return find_data(name, case), arguments, [tuple(row) for row in csv.reader(file)]


def load_store(path: Path) -> Store:
    store = Store()
    store.add_file(path)
    return store


def make_query(kind: str, **more: Any) -> Query:
    parameter = Parameter("value", kind, required=True, **more)
    return Query("made", "", "", (), (parameter,), (("value", ""),), "SELECT ?value\nWHERE {\n  VALUES ?value { UNDEF }\n}\n")


MADE = {
    "choice": make_query("choice", allowed=("code", 'a "quoted" choice')),
    "concept": make_query("concept", allowed=("deployer", "other-multiple-stages"), scheme="actor"),
    **{kind: make_query(kind) for kind in KINDS if kind not in ("choice", "concept")},
}


def shape(part: Any, value: str) -> Any:
    """Parsed algebra as nested tuples, with every term that says *value* replaced by a mark."""
    if isinstance(part, Identifier) and not isinstance(part, Variable):
        return ("ARGUMENT",) if str(part) == value else (type(part).__name__, str(part))
    if isinstance(part, dict):
        return (getattr(part, "name", ""), tuple(sorted((str(key), repr(shape(entry, value))) for key, entry in part.items())))
    if isinstance(part, (list, tuple)):
        return tuple(shape(entry, value) for entry in part)
    if isinstance(part, (set, frozenset)):
        return tuple(sorted(str(entry) for entry in part))
    return str(part)


def parse(text: str, value: str) -> Any:
    return shape(translateQuery(parseQuery(text)).algebra, value)


# --- the fixtures


@pytest.mark.parametrize(("name", "case"), find_cases())
def test_oxigraph_gives_the_expected_rows(name: str, case: str) -> None:
    path, arguments, expected = read_case(name, case)
    table = run_query(load_store(path), name, arguments)
    found = [tuple(value or "" for value in row) for row in table.values()]
    assert [table.columns, *found] == expected


@pytest.mark.parametrize(("name", "case"), [(name, case) for name, case in find_cases() if find_data(name, case).suffix == ".ttl"])
def test_rows_stay_the_same_when_every_statement_stands_in_two_graphs(name: str, case: str) -> None:
    path, arguments, expected = read_case(name, case)
    store = Store()
    for graph in ("capture/0", "capture/1"):
        store.add_file(path, graph=BASE + graph)
    found = [tuple(value or "" for value in row) for row in run_query(store, name, arguments).values()]
    assert [run_query(store, name, arguments).columns, *found] == expected


# rdflib 7.6 uses what it has deprecated itself when it reads and queries named graphs.
@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph).* is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("name", "case"), find_cases())
def test_rdflib_gives_the_expected_rows(name: str, case: str) -> None:
    path, arguments, expected = read_case(name, case)
    graph = Dataset(default_union=True) if path.suffix == ".trig" else Graph()
    graph.parse(data=path.read_bytes(), format=path.suffix[1:])
    result: Any = graph.query(bind_query(load_query(name), arguments))
    found = [tuple("" if term is None else str(term) for term in row) for row in result]
    assert [tuple(str(variable) for variable in result.vars), *found] == expected


@pytest.mark.parametrize(("name", "case"), find_cases())
def test_order_is_total_in_the_fixture(name: str, case: str) -> None:
    _, _, expected = read_case(name, case)
    columns, rows = expected[0], expected[1:]
    keys = set(re.findall(r"\?(\w+)", load_query(name).text.rpartition("ORDER BY")[2]))
    # A rank is not shown; the first column is named after it one to one.
    locations = [location for location, column in enumerate(columns) if column in keys or ("rank" in keys and location == 0)]
    assert len({tuple(row[location] for location in locations) for row in rows}) == len(rows)


@pytest.mark.parametrize("name", NAMES)
def test_fixture_is_there_for_every_query(name: str) -> None:
    cases = [case for query, case in find_cases() if query == name]
    rows = [len(read_case(name, case)[2]) - 1 for case in cases]
    assert any(rows), f"nothing in tests/queries/{name} makes the query answer"
    if name.startswith("check-"):
        assert 0 in rows, f"nothing in tests/queries/{name} leaves the check silent"
    used = {key for case in cases for key in read_case(name, case)[1]}
    assert used == {parameter.name for parameter in load_query(name).parameters}, "a parameter is never tried"


def test_fixture_folders_have_no_strays() -> None:
    assert sorted(path.name for path in FIXTURES.iterdir()) == NAMES
    cases = {(name, case) for name, case in find_cases()}
    for path in FIXTURES.glob("*/*"):
        stem, _, case = path.stem.partition("-")
        assert stem in ("data", "expected", "params")
        assert (path.parent.name, case or "main") in cases


INFERRED = {
    "code": ("?s airm:code ?o", "?s airm:classification/airm:assignedCode ?o"),
    "underCode": ("?s airm:underCode ?o", "?s airm:classification/airm:assignedCode/skos:broader* ?o"),
    "within": ("?s airm:within ?o", "?s airm:partOf+ ?o"),
    "hasPart": ("?s airm:hasPart ?o", "?o airm:partOf ?s"),
    "classifies": ("?s airm:classifies ?o", "?o airm:classification ?s"),
    "dcterms:source": ("?s dcterms:source ?o", "?s airm:source ?o"),
}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*/data*")), ids=lambda path: f"{path.parent.name}/{path.name}")
@pytest.mark.parametrize("term", INFERRED)
def test_fixture_holds_what_follows_and_no_more(path: Path, term: str) -> None:
    store = load_store(path)
    prefixes = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("airm", "dcterms", "skos"))
    stated, derived = (store.select(f"{prefixes}SELECT DISTINCT ?s ?o WHERE {{ {pattern} }}")[1] for pattern in INFERRED[term])
    assert sorted(stated) == sorted(derived)


# --- the files


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_the_variables_of_the_select(name: str) -> None:
    query = load_query(name)
    arguments = {parameter.name: parameter.example or "" for parameter in query.parameters if parameter.required}
    table = run_query(Store(), query, arguments)
    assert table.columns == tuple(column for column, _ in query.columns)


@pytest.mark.parametrize("name", NAMES)
def test_text_of_the_file_is_a_query_as_it_stands(name: str) -> None:
    Store().select(load_query(name).text)
    parseQuery(load_query(name).text)


@pytest.mark.parametrize("name", NAMES)
def test_header_is_complete(name: str) -> None:
    query = load_query(name)
    assert query.summary
    assert not query.summary.endswith(".")
    assert query.description.endswith(".")
    assert query.tags
    assert all(meaning for _, meaning in query.columns)
    for parameter in query.parameters:
        assert parameter.description
        assert parameter.example
        assert not (parameter.required and parameter.default)
        assert bool(parameter.allowed) == (parameter.kind in ("choice", "concept"))
        assert bool(parameter.scheme) == (parameter.kind == "concept")
    assert ("check" in query.tags) == name.startswith("check-")
    bind_query(query, {parameter.name: parameter.example or "" for parameter in query.parameters})


@pytest.mark.parametrize("name", NAMES)
def test_prefixes_are_used_sorted_and_ours(name: str) -> None:
    text = load_query(name).text
    declared = re.findall(r"^PREFIX (\w+): <(.*)>$", text, re.MULTILINE)
    body = strip_text(text.partition("SELECT")[2])
    assert [prefix for prefix, _ in declared] == sorted(set(re.findall(r"(?<![\w?])(\w+):\w", body)))
    assert all(PREFIXES[prefix] == namespace for prefix, namespace in declared)


def strip_text(text: str) -> str:
    """Drop IRIs, strings and comments."""
    return re.sub(r'<[^<> ]*>|"[^"]*"|#[^\n]*', "", text)


@pytest.mark.parametrize("name", NAMES)
def test_style_is_kept(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    whole = (find_resource("queries") / f"{name}.rq").read_text(encoding="utf-8")
    assert whole.endswith("\n")
    assert "\t" not in whole
    assert not re.search(r" +$", whole, re.MULTILINE)
    body = strip_text(load_query(name).text)
    assert "SELECT *" not in body
    assert body.rstrip().splitlines()[-1].startswith("ORDER BY "), "the last line orders the rows"
    assert "NOT EXISTS" not in body, "gaps are written with MINUS"
    assert not re.search(r"\w[*+]\s", body), "plain triples instead of property paths"
    words = re.findall(r"(?<![\w?:])[A-Za-z_]+(?![\w:])", body)
    assert [word for word in words if word != "a" and not word.isupper()] == []
    assert [line for line in body.splitlines() if (len(line) - len(line.lstrip())) % 2] == []


def test_concepts_of_the_queries_are_those_of_the_vocabularies() -> None:
    vocabularies = {one.path: sorted(concept.slug for concept in one.concepts.values()) for one in map(load_vocabulary, ROLES)}
    found = {p.scheme: list(p.allowed) for query in list_queries() for p in query.parameters if p.kind == "concept"}
    assert found == vocabularies


def test_labels_of_the_vocabularies_are_taken_as_arguments() -> None:
    query = load_query("mitigations-by-role")
    for parameter, vocabulary in (("actor", "actor"), ("stage", "lifecycle"), ("function", "function")):
        (concepts,) = (found.concepts for found in load_vocabularies() if found.name == vocabulary)
        for label, concept in concepts.items():
            assert f"VALUES ?{parameter} {{ <{BASE}{vocabulary}/{concept.slug}> }}" in bind_query(query, {parameter: label})


# --- finding and reading


def test_names_are_sorted_and_the_least_asked_for_is_there() -> None:
    assert sorted(NAMES) == NAMES
    assert len(NAMES) >= 14


def test_unknown_query_names_its_neighbours() -> None:
    with pytest.raises(UnknownQueryError, match="mitigations-by-code"):
        load_query("mitigation-by-code")
    with pytest.raises(UnknownQueryError, match="there are check-"):
        load_query("zzz")


@pytest.mark.parametrize("name", ["../pyproject", "counts.rq", "", "/counts", "COUNTS"])
def test_name_is_never_a_path(name: str) -> None:
    with pytest.raises(UnknownQueryError):
        load_query(name)


HEADER = "#+ summary: s\n#+ description: d.\n#+ tags: [t]\n#+ columns: {x: an x}\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT ?x WHERE { } ORDER BY ?x\n", "header needs"),
        ("#+ summary: [\n", "not YAML"),
        (HEADER + "#+ endpoint: x\n", "nothing else"),
        (HEADER + "#+ params: {x: {kind: text}}\n", "needs kind and description"),
        (HEADER + "#+ params: {x: {kind: colour, description: d}}\n", "unknown kind 'colour'"),
        (HEADER + "#+ params: {x: {kind: text, description: d}}\nSELECT ?x WHERE { }\n", "differ from its lines"),
        (HEADER + "SELECT ?x WHERE {\n  VALUES ?x { UNDEF }\n}\n", r"for \['x'\]"),
    ],
)
def test_faulty_file_is_named(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "bad.rq").write_text(text, encoding="utf-8")
    with pytest.raises(QueryError, match=rf"(?s)bad\.rq.*{what}"):
        list_queries(tmp_path)


def test_header_keeps_numbers_and_words_as_written(tmp_path: Path) -> None:
    text = HEADER + "#+ params: {x: {kind: notation, default: 1.10, description: no}}\nSELECT ?x WHERE {\n  VALUES ?x { UNDEF }\n}\n"
    (tmp_path / "good.rq").write_text(text, encoding="utf-8")
    (parameter,) = load_query("good", folder=tmp_path).parameters
    assert (parameter.default, parameter.description) == ("1.10", "no")
    assert run_query(Store(), load_query("good", folder=tmp_path)).rows == (('"1.10"',),)


# --- binding


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("choice", "code", '"code"'),
        ("choice", 'a "quoted" choice', r'"a \"quoted\" choice"'),
        ("concept", "Deployer", f"<{BASE}actor/deployer>"),
        ("concept", "deployer", f"<{BASE}actor/deployer>"),
        ("concept", "actor/deployer", f"<{BASE}actor/deployer>"),
        ("concept", f"{BASE}actor/deployer", f"<{BASE}actor/deployer>"),
        ("concept", "Other (multiple stages)", f"<{BASE}actor/other-multiple-stages>"),
        ("concept", "https://example.org/Deployer", "<https://example.org/Deployer>"),
        ("edition", "v2", f"<{BASE}taxonomy/v2>"),
        ("edition", "taxonomy/v2", f"<{BASE}taxonomy/v2>"),
        ("edition", f"{BASE}taxonomy/v2", f"<{BASE}taxonomy/v2>"),
        ("integer", "12", '"12"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("integer", "-3", '"-3"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("iri", "http://example.org", "<http://example.org>"),
        ("iri", "https://example.org:8080/a;b(c)/é?q=1&r=%20#x", "<https://example.org:8080/a;b(c)/é?q=1&r=%20#x>"),
        ("mitigation", "doe-2024-x/name", f"<{BASE}mitigation/doe-2024-x/name>"),
        ("mitigation", "mitigation/doe-2024-x/a--b", f"<{BASE}mitigation/doe-2024-x/a--b>"),
        ("notation", "1.1.3", '"1.1.3"'),
        ("notation", "99", '"99"'),
        ("path", "ontology#Mitigation", f"<{BASE}ontology#Mitigation>"),
        ("path", "taxonomy/v2/1.1.3", f"<{BASE}taxonomy/v2/1.1.3>"),
        ("source", "doe-2024-x", f"<{BASE}source/doe-2024-x>"),
        ("source", "https://doi.org/10.1000/182", "<https://doi.org/10.1000/182>"),
        ("text", "plain ‘words’ é 文", '"plain ‘words’ é 文"'),
        ("text", "two\nlines\tand \\ \"more\" { } # ?x $y <z> 'w'", None),
    ],
)
def test_argument_becomes_the_term(kind: str, value: str, term: str | None) -> None:
    (row,) = run_query(Store(), MADE[kind], {"value": value}).rows
    if term is not None:
        assert row == (term,)
    else:
        assert row[0] is not None
        assert split_term(row[0])[1] == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("choice", "Code"),
        ("choice", ""),
        ("concept", "nobody"),
        ("concept", f"{BASE}actor/nobody"),
        ("concept", f"{BASE}lifecycle/deployer"),
        ("concept", "déployer"),
        ("concept", ""),
        ("edition", "v2/"),
        ("edition", "../v2"),
        ("integer", "1.5"),
        ("integer", "1_000"),
        ("integer", "٣"),
        ("integer", "9" * 19),
        ("iri", "taxonomy/v2"),
        ("iri", "ftp://example.org/"),
        ("iri", "javascript:alert(1)"),
        ("iri", "https://"),
        ("iri", "https://user@example.org/"),
        ("iri", "https://example.org/100%"),
        ("iri", "https://example.org/a\u200bb"),
        ("iri", "https://example.org/a\u202eb"),
        ("iri", "https://example.org/a#b#c"),
        ("iri", "https://example.org/" + "a" * 2000),
        ("mitigation", ""),
        ("mitigation", "a//b"),
        ("notation", "1.1."),
        ("notation", "v2:1.1"),
        ("notation", "١.١"),
        ("notation", "1.1\n"),
        ("path", "https://example.org/x"),
        ("path", "a/../b"),
        ("path", "/a"),
        ("path", "a."),
        ("source", "gipiškis-2024"),
        ("text", ""),
        ("text", "a\x00b"),
        ("text", "\ud800"),
        ("text", "a" * 2001),
    ],
)
def test_argument_of_the_wrong_kind_is_refused(kind: str, value: str) -> None:
    with pytest.raises(ParameterError, match=rf"(?s)parameter 'value' of query 'made' cannot be .*; it takes {kind}: ") as caught:
        bind_query(MADE[kind], {"value": value})
    assert len(str(caught.value)) < 400


def test_argument_that_is_missing_is_named() -> None:
    with pytest.raises(ParameterError, match="'code' of query 'mitigations-by-code' is missing; it takes notation"):
        bind_query(load_query("mitigations-by-code"))


def test_argument_that_is_unknown_is_named() -> None:
    query = load_query("mitigations-by-code")
    with pytest.raises(ParameterError, match=r"no parameter 'editon'; did you mean edition\?"):
        bind_query(query, {"code": "1.1", "editon": "v2"})
    with pytest.raises(ParameterError, match="no parameter 'code'; there are none"):
        bind_query(load_query("counts"), {"code": "1.1"})


def test_argument_that_is_no_string_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"cannot be 1\.1"):
        bind_query(load_query("mitigations-by-code"), {"code": 1.1})  # type: ignore[dict-item]


def test_choice_lists_what_is_allowed() -> None:
    with pytest.raises(ParameterError, match="it takes choice: missing, residual"):
        bind_query(load_query("check-unclassified"), {"state": "gone"})


def test_line_of_an_optional_parameter_is_dropped_when_it_is_left_out() -> None:
    text = bind_query(load_query("repairs-by-rule"), {"rule": "lost-hyphen"})
    assert 'VALUES ?rule { "lost-hyphen" }' in text
    assert "UNDEF" not in text
    assert "VALUES ?file" not in text


def test_argument_that_looks_like_a_placeholder_stays_text() -> None:
    value = "\n  VALUES ?file { UNDEF }\n" + BASE
    text = bind_query(load_query("repairs-by-rule"), {"rule": value, "file": "x"}, base="https://example.org/g/")
    assert text.count('VALUES ?file { "x" }') == 1
    assert BASE in text, "the base is replaced in the query, not in arguments"


def test_base_is_that_of_the_data() -> None:
    text = bind_query(load_query("mitigations-by-code"), {"code": "1.1"}, base="https://example.org/graph/")
    assert BASE not in text
    assert "VALUES ?edition { <https://example.org/graph/taxonomy/v2> }" in text
    assert "PREFIX airm: <https://example.org/graph/ontology#>" in text
    store = Store()
    data = (FIXTURES / "mitigations-by-code" / "data.ttl").read_text(encoding="utf-8").replace(BASE, "https://example.org/graph/")
    assert BASE not in data
    path = FIXTURES / "mitigations-by-code" / "data.ttl"
    store.add_rows(rebase(path, "https://example.org/graph/"))
    assert len(run_query(store, "mitigations-by-code", {"code": "1.1"}, base="https://example.org/graph/")) == 4
    assert len(run_query(store, "mitigations-by-code", {"code": "1.1"})) == 0


def rebase(path: Path, base: str) -> Iterator[tuple[str, str, str, str]]:
    for subject, predicate, value, _ in parse_rows(path.read_bytes(), name=path.name, suffix=path.suffix):
        yield subject.replace(BASE, base), predicate.replace(BASE, base), value.replace(BASE, base), ""


@pytest.mark.parametrize("base", ["", "example.org/", "https://example.org/>", 'https://example.org/"'])
def test_base_that_is_no_iri_is_refused(base: str) -> None:
    with pytest.raises(QueryError, match="the base"):
        bind_query(load_query("counts"), base=base)


# --- injection

HOSTILE = [
    '"',
    "'",
    '"""',
    "\\",
    '\\"',
    'x" } UNION { ?value ?property ?other } #',
    "x> } UNION { ?value ?property ?other } #",
    "} SELECT ?value WHERE { ?value a ?class",
    "\\u0041",
    "\\\\u0041",
    "\\U00000041",
    "https://example.org/\\u0041",
    "https://example.org/> ; a <https://example.org/x",
    "https://example.org/a b",
    "https://example.org/a\nb",
    "https://example.org/{x}",
    "https://example.org/|^`",
    "1.1\n} #",
    '1.1" }',
    "1 ) } #",
    "v2> } #",
    "source/x\ny",
    "# comment",
    "UNDEF",
    "?value",
    "$value",
    "\r\n",
    "\u2028",
    "Deployer> } #",
    "code\\",
]


def check_inert(kind: str, value: str) -> None:
    """An argument is refused with ParameterError, or it is one term of a query that is otherwise as it was."""
    query = MADE[kind]
    try:
        text = bind_query(query, {"value": value})
    except ParameterError:
        return
    ((term,),) = run_query(Store(), query, {"value": value}).rows
    assert term is not None
    said = split_term(term)[1]
    if kind in ("text", "choice", "notation"):
        assert said == value
    (bound,) = (tuple(row) for row in cast("Any", Graph().query(text)))
    assert str(bound[0]) == said, "both engines read the same term"
    harmless = {"choice": "code", "concept": "deployer", "integer": "1", "iri": "https://example.org/x", "notation": "1"}.get(kind, "x")
    plain = split_term(run_query(Store(), query, {"value": harmless}).rows[0][0] or "")[1]
    assert parse(text, said) == parse(bind_query(query, {"value": harmless}), plain)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", HOSTILE)
def test_hostile_argument_is_refused_or_inert(kind: str, value: str) -> None:
    check_inert(kind, value)


@pytest.mark.parametrize("value", HOSTILE[5:13])
def test_hostile_text_leaves_the_search_as_it_is(value: str) -> None:
    query = load_query("mitigations-by-text")
    path = FIXTURES / "mitigations-by-text" / "data.ttl"
    text = bind_query(query, {"text": value})
    assert parse(text, value) == parse(bind_query(query, {"text": "harmless"}), "harmless")
    for row in run_query(load_store(path), query, {"text": value}):
        assert value.lower() in (row["value"] or "").lower()


TOKENS = [QUOTE, "'", BACKSLASH, "u0041", "U00000041", "u", "<", ">", "{", "}", "#", "\n", "\r", "\t", " ", "?x", "1", ".", "/"]
PIECES = st.lists(st.one_of(st.sampled_from(TOKENS), st.text(max_size=3)), max_size=12).map("".join)
STARTS = st.sampled_from(["", "https://example.org/", "x", "1", BASE])


@settings(max_examples=100, deadline=None, derandomize=True)
@example(value="\\u00410041")
@given(value=PIECES)
def test_any_text_is_refused_or_inert(value: str) -> None:
    check_inert("text", value)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    kind=st.sampled_from([kind for kind in KINDS if kind != "text"]),
    start=STARTS,
    value=PIECES,
)
def test_anything_else_is_refused_or_inert(kind: str, start: str, value: str) -> None:
    check_inert(kind, start + value)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(value=st.from_regex(library._IRI, fullmatch=True).filter(lambda value: len(value) <= 2000))
def test_iri_that_passes_is_one_for_the_store(value: str) -> None:
    assert run_query(Store(), MADE["iri"], {"value": value}).rows == ((f"<{value}>",),)


# --- rows of answers


@pytest.mark.parametrize("tag", ["", "@en", "^^<urn:type>"])
@given(value=st.text(max_size=8) | st.text(alphabet='\t\n\r"\\tun0\x00\x08\x0b\x0c\x1f\x7f\x85 <>_', max_size=8))
@settings(max_examples=60, deadline=None)
def test_select_when_a_literal_holds_any_text_gives_what_oxigraph_calls_it(tag: str, value: str) -> None:
    literal = '"' + "".join(f"\\U{ord(character):08X}" for character in value) + f'"{tag}'
    store = Store()
    store.add_rows([("<urn:s>", "<urn:p>", literal, "")])
    (row,) = store.ask("SELECT ?o ?none WHERE { ?s ?p ?o }")
    assert store.select("SELECT ?o ?none WHERE { ?s ?p ?o }") == (("o", "none"), [row])


def test_select_when_terms_stand_bare_or_are_missing_gives_whole_terms() -> None:
    query = (
        "SELECT ?n ?v WHERE { VALUES (?n ?v) { (1 true) (2 false) (3 +07) (4 -1.50) (5 .5) (6 1e0) (7 1.5E-3) (8 UNDEF) (9 <urn:i>) "
        '(10 "") (11 "1") (12 "true") (13 "x"^^<http://www.w3.org/2001/XMLSchema#integer>) '
        '(14 "INF"^^<http://www.w3.org/2001/XMLSchema#double>) (15 "\U0001f600\u2028\x85") } }'
    )
    store = Store()
    assert store.select(query)[1] == list(store.ask(query))
    assert store.select("SELECT * WHERE { }") == ((), [()])
    assert store.select("SELECT ?s WHERE { ?s ?p ?o }") == (("s",), [])


def test_query_when_its_file_changes_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "one.rq"
    text = "#+ summary: {0}\n#+ description: d\n#+ tags: [a]\n#+ columns: {{x: y}}\n\nSELECT ?x WHERE {{ ?x ?y ?z }}\n"
    path.write_text(text.format("before"))
    assert load_query("one", folder=tmp_path).summary == "before"
    path.write_text(text.format("after this"))
    assert load_query("one", folder=tmp_path).summary == "after this"
    for name in ("../one", "one.rq", "", "two"):
        with pytest.raises(UnknownQueryError):
            load_query(name, folder=tmp_path / "." if name else tmp_path)


@pytest.mark.parametrize(("name", "case"), [case for case in find_cases() if find_data(*case).suffix == ".ttl"][::4])
def test_shown_sparql_is_what_run_asks(name: str, case: str) -> None:
    path, arguments, _ = read_case(name, case)
    given = [f"{key}={value}" for key, value in arguments.items()]
    shown = CliRunner().invoke(show_command, [name, *given, "--sparql"], standalone_mode=False)
    store = load_store(path)
    _, rows = store.select(shown.stdout)
    assert len(list(rows)) == len(run_query(store, name, arguments).values())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1:1: expected SELECT, CONSTRUCT, DESCRIBE or ASK"),
        ("# nothing\n", "2:1: expected SELECT, CONSTRUCT, DESCRIBE or ASK"),
        ("SELECT", '1:7: expected one of "$", "(", "*", "?", PREFIX'),
        ("SELECT ?x { ?x", '1:15: expected one of "!", "$", "(", ":", "<", "?", "^", "a", FROM, REDUCED'),
    ],
)
def test_query_that_does_not_parse_is_told_without_sets_of_characters(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        Store().select(text)
    assert str(caught.value) == f"the query cannot be run: error at {said}"
