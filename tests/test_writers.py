"""The fast writers give the bytes of plain ones, in one pass with bounded memory, and JSON-LD without PyLD gives what PyLD gives."""

import json
import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from airm_graph.export.blocks import BlockSorter
from hypothesis import example, given, settings
from hypothesis import strategies as st

import airm_graph
import plain_writers as plain
from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, Options, batches, sort_rows, streams, write_files, write_jsonld, write_rdfxml, write_turtle
from airm_graph.export.context import Context
from airm_graph.graph.store import Row
from airm_graph.namespaces import PREFIXES, iri, literal, rebase_text, term
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


def write(name: str, rows: list[Row], *, context: dict[str, object] = CONTEXT) -> str:
    return "".join(EXPORTS[name].write(rows, Options(context=context, comment="Preliminary.")))


@pytest.mark.parametrize("context", [CONTEXT, OTHER_CONTEXT, {}], ids=["own", "other", "empty"])
@quick
@given(rows=WIDE_ROWS)
@example(rows=[(THING, "<https://w3id.org/airm-graph/ontology#firstLine>", literal("1", datatype="xsd:date"), "")])
def test_jsonld_is_what_pyld_compacts(context: dict[str, object], rows: list[Row]) -> None:
    assert write("jsonld", rows, context=context) == plain.jsonld(rows, context=context)


@quick
@given(rows=WIDE_ROWS)
def test_turtle_is_what_the_plain_writer_gives(rows: list[Row]) -> None:
    assert write("turtle", rows) == plain.turtle(rows, comment="Preliminary.")


@quick
@given(rows=st.lists(st.tuples(SUBJECTS, PREDICATES, IRIS | literals(XML_TEXTS), GRAPHS), max_size=40))
def test_rdfxml_is_what_the_plain_writer_gives(rows: list[Row]) -> None:
    assert write("rdfxml", rows) == plain.rdfxml(rows)


def is_same(rows: tuple[Row, ...]) -> None:
    assert write("jsonld", [*rows]) == plain.jsonld(rows, context=CONTEXT)
    assert write("turtle", [*rows]) == plain.turtle(rows, comment="Preliminary.")
    assert write("rdfxml", [*rows]) == plain.rdfxml(rows)


def test_exports_of_the_example_are_what_they_were(example_graph: airm_graph.Graph) -> None:
    is_same(example_graph.quads)


def test_exports_of_the_real_captures_are_what_they_were(captures: Path) -> None:
    is_same(airm_graph.build([captures]).quads)


def test_exports_on_another_base_are_what_they_were(example_graph: airm_graph.Graph) -> None:
    base = "http://localhost:8000/x/"
    rows = [tuple(rebase_text(part, base) for part in row) for row in example_graph.asserted]
    prefixes = {name: rebase_text(space, base) for name, space in PREFIXES.items()}
    context = json.loads(rebase_text(json.dumps(CONTEXT), base))
    assert "".join(write_jsonld(rows, context=context, prefixes=prefixes)) == plain.jsonld(rows, context=context, prefixes=prefixes)
    assert "".join(write_turtle(rows, prefixes=prefixes)) == plain.turtle(rows, prefixes=prefixes)
    assert "".join(write_rdfxml(rows, prefixes=prefixes)) == plain.rdfxml(rows, prefixes=prefixes)


@quick
@given(rows=WIDE_ROWS)
def test_jsonld_reads_back_in_pyld_and_oxigraph(rows: list[Row]) -> None:
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
def test_iris_that_read_as_prefixed_names_are_refused(row: Row) -> None:
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


# One pass, bounded memory


def many(size: int) -> list[Row]:
    """Rows of four graphs in random order, with a subject that has more rows than a batch."""
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
    rows += [(iri("source/one"), term("dcterms:description"), literal(f"x {n}"), "") for n in range(size)]
    random.Random(7).shuffle(rows)
    return rows


@pytest.mark.parametrize("name", sorted(EXPORTS))
def test_batches_and_runs_on_disk_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rows = many(300)
    expected = write(name, rows)
    monkeypatch.setattr(batches, "BATCH_SIZE", 64)
    monkeypatch.setattr(streams, "BlockSorter", lambda: BlockSorter(limit=2000))
    options = Options(context=CONTEXT, comment="Preliminary.")
    (file,) = write_files(iter(sort_rows(rows)), tmp_path, formats=[name], options=options).values()
    assert file.path.read_bytes().decode() == expected


def test_formats_written_together_are_those_written_alone(tmp_path: Path) -> None:
    rows = many(200)
    options = Options(context=CONTEXT, comment="Preliminary.")
    files = write_files(iter(sort_rows(rows)), tmp_path, options=options)
    for name, export in EXPORTS.items():
        assert files[export.file_name].path.read_bytes().decode() == write(name, rows)


@pytest.mark.parametrize("formats", [["ntriples"], ["turtle"]])
def test_subjects_out_of_order_are_refused(tmp_path: Path, formats: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (1, 100):
        monkeypatch.setattr(batches, "BATCH_SIZE", size)
        rows = [(iri(name), NOTE, literal("x"), "") for name in ("a", "c", "b")]
        with pytest.raises(ExportError, match="order of their subjects"):
            write_files(iter(rows), tmp_path, formats=formats)
        assert list(tmp_path.iterdir()) == []


def test_rows_of_a_subject_may_come_in_any_order_and_twice(tmp_path: Path) -> None:
    rows = [(THING, NOTE, literal(text), graph) for text in ("b", "a", "b") for graph in ("", iri("g"), "")]
    files = write_files(iter(rows), tmp_path, formats=["ntriples", "nquads", "turtle"])
    assert files["airm.nt"].path.read_text() == f'{THING} {NOTE} "a" .\n{THING} {NOTE} "b" .\n'
    assert len(files["airm.nq"].path.read_text().splitlines()) == 4
    assert files["airm.ttl"].path.read_text().count('"') == 4


def peak(rows: Iterator[Row], folder: Path) -> int:
    tracemalloc.start()
    try:
        write_files(rows, folder, formats=["nquads", "turtle"])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows(size: int) -> Iterator[Row]:
        for number in range(size):
            yield iri(f"mitigation/s/m-{number:06}"), NOTE, literal(f"{number} " * 40), ""

    monkeypatch.setattr(batches, "BATCH_SIZE", 256)
    monkeypatch.setattr(streams, "BlockSorter", lambda: BlockSorter(limit=1 << 19))
    monkeypatch.setattr("airm_graph.export.terms.CACHE_SIZE", 256)
    small, large = (peak(rows(size), tmp_path / str(size)) for size in (2000, 12_000))
    assert large < 1.5 * small


def test_collector_runs_again_after_a_failure(tmp_path: Path) -> None:
    import gc

    assert gc.isenabled()
    with pytest.raises(ExportError):
        write_files([(THING, NOTE, "x", "")], tmp_path, formats=["turtle"])
    assert gc.isenabled()
