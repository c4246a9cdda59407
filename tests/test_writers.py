"""The fast writers give the bytes of plain ones, from a list and from a table, and JSON-LD without PyLD gives what PyLD gives."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import airm_graph
import plain_writers as plain
from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, Options, QuadList, TableQuads, export_text, make_options, quad_sources, writer
from airm_graph.export.context import Context
from airm_graph.export.term_writers import natural_key
from airm_graph.graph import TripleTable, natural_keys, reading_order
from airm_graph.namespaces import BASE, PREFIXES, iri, literal, rebase_text, term
from airm_graph.terms import Quad
from test_export import (
    CONTEXT,
    IRIS,
    LABEL,
    NOTE,
    OTHER_CONTEXT,
    PREDICATES,
    THING,
    TYPE,
    XML_TEXTS,
    lines,
    literals,
    pyld_triples,
    triples,
)

TERMS = {name: what for name, what in CONTEXT["@context"].items() if not name.startswith("@")}
NAMED = sorted({(what if isinstance(what, str) else what["@id"]) for what in TERMS.values()} - {"@id", "@type"})
#: Every IRI that the context names, namespaces too.
KNOWN = [name if name.startswith("http") else term(name)[1:-1] for name in NAMED]
DATATYPES = ["date", "gYear", "integer", "boolean", "string", "dateTime", "language"]
TEXT_PARTS = st.sampled_from(
    ["@id", "@type", "a", "é", " ", "\t", "\x1f", "\x7f", "\u2028", '"', "\\", "\n", "%s", "%", "12", "true", "-1", "007"]
)
ODD_TEXTS = st.lists(TEXT_PARTS, max_size=4).map("".join)
VALUES = (
    st.sampled_from(KNOWN).map("<{}>".format)
    | st.builds("<{}{}>".format, st.sampled_from(KNOWN), st.sampled_from(["x", "1.2", "%20", "é", "a:b"]))
    | st.builds(lambda text, tag: literal(text, language=tag), ODD_TEXTS, st.sampled_from(["en", "EN", "de-AT", "de-at"]))
    | st.builds(lambda text, kind: f"{literal(text)}^^<{PREFIXES['xsd']}{kind}>", ODD_TEXTS, st.sampled_from(DATATYPES))
    | ODD_TEXTS.map(literal)
    | IRIS
    | literals(XML_TEXTS)
)
SUBJECTS = st.sampled_from([iri("a/1.2"), iri("a/1.10"), iri("a"), iri("a/"), iri("a-1"), "<urn:x:a2>", "<urn:x:a10>", THING]) | IRIS
WIDE_PREDICATES = st.sampled_from([*(f"<{name}>" for name in KNOWN if name[-1] not in "/#"), TYPE, TYPE]) | PREDICATES
GRAPHS = st.sampled_from(["", iri("graph/dataset"), iri("capture/00112233")])
WIDE_ROWS = st.lists(st.tuples(SUBJECTS, WIDE_PREDICATES, VALUES, GRAPHS), max_size=40)
quick = settings(max_examples=60, deadline=None)


def write(name: str, rows: list[Quad], *, context: dict[str, object] = CONTEXT) -> str:
    return "".join(export_text(QuadList(rows), name, options=Options(context=context, comment="Preliminary.")))


@pytest.mark.parametrize("context", [CONTEXT, OTHER_CONTEXT, {}], ids=["own", "other", "empty"])
@quick
@given(rows=WIDE_ROWS)
@example(rows=[(THING, "<https://w3id.org/airm-graph/ontology#firstLine>", literal("1", datatype="xsd:date"), "")])
def test_jsonld_is_what_pyld_compacts(context: dict[str, object], rows: list[Quad]) -> None:
    assert write("jsonld", rows, context=context) == plain.jsonld(rows, context=context)


@quick
@given(rows=WIDE_ROWS)
def test_turtle_is_what_the_plain_writer_gives(rows: list[Quad]) -> None:
    assert write("turtle", rows) == plain.turtle(rows, comment="Preliminary.")


@quick
@given(rows=st.lists(st.tuples(SUBJECTS, PREDICATES, IRIS | literals(XML_TEXTS), GRAPHS), max_size=40))
def test_rdfxml_is_what_the_plain_writer_gives(rows: list[Quad]) -> None:
    assert write("rdfxml", rows) == plain.rdfxml(rows)


def is_same(rows: tuple[Quad, ...]) -> None:
    assert write("jsonld", [*rows]) == plain.jsonld(rows, context=CONTEXT)
    assert write("turtle", [*rows]) == plain.turtle(rows, comment="Preliminary.")
    assert write("rdfxml", [*rows]) == plain.rdfxml(rows)


def test_exports_of_the_example_are_what_they_were(example_graph: airm_graph.Graph) -> None:
    is_same(example_graph.quads)


def test_exports_of_the_real_captures_are_what_they_were(captures: Path) -> None:
    is_same(airm_graph.build([captures]).quads)


def test_exports_on_another_base_are_what_they_were(example_graph: airm_graph.Graph) -> None:
    base = "http://localhost:8000/x/"
    rows = [tuple(rebase_text(part, base) if part[:1] == "<" else part for part in row) for row in example_graph.asserted]
    prefixes = {name: rebase_text(space, base) for name, space in PREFIXES.items()}
    context = json.loads(rebase_text(json.dumps(CONTEXT), base))
    found = {name: write_table(example_graph.asserted, name, base=base) for name in EXPORTS}
    assert found["jsonld"] == plain.jsonld(rows, context=context, prefixes=prefixes)
    assert found["turtle"] == plain.turtle(rows, prefixes=prefixes)
    assert found["rdfxml"] == plain.rdfxml(rows, prefixes=prefixes)
    assert found["nquads"] == "".join(sorted(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows))


@quick
@given(rows=WIDE_ROWS)
def test_jsonld_reads_back_in_pyld_and_oxigraph(rows: list[Quad]) -> None:
    data = write("jsonld", rows).encode()
    expected = triples(lines(rows), ".nt")
    assert triples(data, ".jsonld") == expected
    # PyLD lower-cases no language tags, Oxigraph does.
    assert triples("".join(f"{s} {p} {o} .\n" for s, p, o in pyld_triples(data)).encode(), ".nt") == expected


@pytest.mark.parametrize("rest", ["//x", "//", "/x"])
def test_two_slashes_behind_a_prefix_are_not_compacted(rest: str) -> None:
    # PyLD compacts them, and reads them back as another IRI.
    rows = [(f"<{PREFIXES['airm']}{rest}>", NOTE, f"<{PREFIXES['airm']}{rest}>", "")]
    data = write("jsonld", rows).encode()
    assert triples(data, ".jsonld") == triples(lines(rows), ".nt")
    assert pyld_triples(data) == {row[:3] for row in rows}


@pytest.mark.parametrize("row", [("<airm:x>", LABEL, literal("x"), ""), (THING, LABEL, "<xsd:x>", ""), (THING, "<skos:x>", THING, "")])
def test_iris_that_read_as_prefixed_names_are_refused(row: Quad) -> None:
    with pytest.raises(ExportError, match="confused with prefix"):
        write("jsonld", [row])


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        ({"@vocab": "http://a.example/"}, "@vocab"),
        ({"@language": "en"}, "@language"),
        ({"@base": "http://a.example/"}, "@base"),
        ({"@version": 1.0}, "@version"),
        ({"@import": "http://a.example/"}, "@import"),
        ({"@propagate": False}, "@propagate"),
        ({"a": None}, "names no IRI"),
        ({"a": {"@type": "@id"}}, "names no IRI"),
        ({"a": {"@reverse": "http://a.example/"}}, "names no IRI"),
        ({"a": {"@id": "http://a.example/", "@reverse": "http://a.example/"}}, "@reverse"),
        ({"a": {"@id": "http://a.example/", "@context": {}}}, "@context"),
        ({"a": {"@id": "http://a.example/", "@nest": "b"}}, "@nest"),
        ({"a": {"@id": "http://a.example/", "@prefix": True}}, "@prefix"),
        ({"a": {"@id": "http://a.example/", "@index": "b"}}, "@index"),
        ({"a": {"@id": "http://a.example/", "@direction": "rtl"}}, "@direction"),
        ({"a": {"@id": "http://a.example/", "@protected": True}}, "@protected"),
        ({"a": {"@id": "http://a.example/", "@type": "@json"}}, "@json"),
        ({"a": {"@id": "http://a.example/", "@type": "@vocab"}}, "@vocab"),
        ({"a": {"@id": "http://a.example/", "@type": "@none"}}, "@none"),
        ({"a": {"@id": "http://a.example/", "@type": 5}}, "5"),
        ({"a": {"@id": "http://a.example/", "@language": 5}}, "language 5"),
        ({"a": {"@id": "http://a.example/", "@container": "@language"}}, "@language"),
        ({"a": {"@id": "http://a.example/", "@container": ["@set", "@index"]}}, "@index"),
        ({"a": {"@id": "@type", "@container": "@set"}}, "more than another name"),
        ({"a": "@index"}, "no IRI"),
        ({"a": "b"}, "no IRI"),
        ({"a": "a"}, "no IRI"),
        ({"a": "b:x", "b": "a:x"}, "by itself"),
        ({"a:b": "http://a.example/"}, "looks like an IRI"),
        ({"": "http://a.example/"}, "looks like an IRI"),
        ([{}], "no object"),
        (None, "no object"),
        ("http://a.example/", "http://a.example/"),
    ],
)
def test_context_that_says_more_is_refused(context: object, reason: str) -> None:
    with pytest.raises(ExportError, match=reason) as caught:
        Context(context)
    assert "correct the context" in str(caught.value)


def test_own_context_is_known_in_full() -> None:
    context = Context(CONTEXT["@context"])
    for name, what in TERMS.items():
        parts = {"@id": what} if isinstance(what, str) else what
        if parts["@id"].startswith("@") or (isinstance(what, str) and what[-1] in "/#"):
            continue
        types = {"@id": "<"}.get(parts.get("@type", ""), f"^^{term(parts['@type'])}" if parts.get("@type", "").startswith("xsd") else "")
        kind = f"@{parts['@language']}" if "@language" in parts else types
        found = context.find_term(term(parts["@id"])[1:-1], kind=kind)
        assert (found is None) == (parts.get("@container") == "@list"), name
        assert found is None or found.name == name


# From a table


def write_table(rows: list[Quad], name: str, *, base: str = BASE) -> str:
    with TripleTable(threads=1) as table:
        table.load_rows(rows)
        return "".join(export_text(TableQuads(table, base=base), name, options=make_options(base)))


@pytest.mark.parametrize("name", sorted(EXPORTS))
@settings(max_examples=20, deadline=None)
@given(rows=st.lists(st.tuples(SUBJECTS, PREDICATES, IRIS | literals(XML_TEXTS), GRAPHS), max_size=40))
def test_table_is_written_as_a_list_is(name: str, rows: list[Quad]) -> None:
    assert write_table(rows, name) == "".join(export_text(QuadList(rows), name, options=make_options()))


def many(size: int) -> list[Quad]:
    """Rows of four graphs, with a subject that has more rows than a part."""
    rows = [
        (iri(f"mitigation/s/m-{n % (size // 8)}"), predicate, value, iri(f"graph/{n % 4}"))
        for n in range(size)
        for predicate, value in (
            (TYPE, term("airm:Mitigation")),
            (LABEL, literal(f"Label {n % 50}\n{n}", language="en")),
            (term("airm:code"), iri(f"taxonomy/v2/{n % 7}.{n}")),
            (f"<http://{n % 3}.example/p>", literal(n)),
        )
    ]
    return rows + [(iri("source/one"), term("dcterms:description"), literal(f"x {n}"), "") for n in range(size)]


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_parts_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = many(300)
    expected = write_table(rows, name)
    monkeypatch.setattr(reading_order, "_SUBJECTS", 7)
    monkeypatch.setattr(reading_order, "_PART", 7)
    assert write_table(rows, name) == expected
    monkeypatch.setattr(quad_sources, "_LINES", 3)
    monkeypatch.setattr(quad_sources, "_SUBJECTS", 7)
    monkeypatch.setattr(writer, "_KEPT", 1_000)
    assert "".join(export_text(QuadList(rows), name, options=make_options())) == expected


@pytest.mark.parametrize("name", ["jsonld", "turtle"])
def test_many_predicates_are_written_as_a_list_is(name: str) -> None:
    # More than there are bits in a number: some subjects have one object for each, one has several for some.
    rows = [(iri(f"thing/{n % 3}"), f"<{PREFIXES['airm']}p{n // 3}>", literal(n), "") for n in range(3 * 130)]
    rows += [(iri("thing/1"), f"<{PREFIXES['airm']}p{n}>", literal(f"{n}.{more}"), "") for n in (5, 68, 100) for more in (10, 9)]
    assert write_table(rows, name) == "".join(export_text(QuadList(rows), name, options=make_options()))


@settings(max_examples=60, deadline=None)
@given(text=st.text("0123456789aé/#-", min_size=1, max_size=30) | st.integers(10**8, 10**40).map(str))
def test_natural_key_in_sql_is_that_of_python(text: str) -> None:
    with TripleTable(threads=1) as table:
        assert table.execute(f"SELECT {natural_keys.natural_key(chr(39) + text + chr(39))}") == [(natural_key(text),)]


def test_table_with_an_iri_that_is_none_is_not_written() -> None:
    with TripleTable(threads=1) as table:
        table.load_rows([(iri("a"), term("rdfs:seeAlso"), "<http://example.org/a|b>", iri("graph/dataset"))])
        with pytest.raises(ExportError, match="is not an N-Quads term"):
            TableQuads(table)
