"""Subjects come out of the columnar table as the writers put rows in order themselves: same shapes, same order, same text."""

import pytest
from airm_graph.bulk import blocks, graph
from airm_graph.export.subjects import Order
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS
from airm_graph.export.files import draft_files
from airm_graph.export.terms import natural_key
from airm_graph.graph import Members, TripleTable, stream_shapes
from airm_graph.graph import order as order_in_sql
from airm_graph.namespaces import BASE, iri, literal, term
from airm_graph.pipeline.views import make_options

OPTIONS = make_options(BASE)
SEGMENT = st.text("ab019é-._~", min_size=1, max_size=12)
NAMES = st.one_of(
    st.lists(SEGMENT, min_size=1, max_size=4).map(lambda parts: f"<{BASE}{'/'.join(parts)}>"),
    st.tuples(SEGMENT, SEGMENT).map(lambda parts: f"<http://example.org/{parts[0]}#{parts[1]}>"),
    SEGMENT.map(lambda part: f"<urn:{part}>"),
    st.sampled_from([term("airm:Mitigation"), term("airm:Evidence"), term("skos:Concept"), term("prov:Entity"), iri("x/1"), iri("x/01")]),
)
PREDICATES = st.sampled_from([term(name) for name in ("rdf:type", "rdfs:label", "airm:row", "airm:evidence", "skos:note", "dcterms:title")])
TEXTS = st.text('aé "\\\n0123456789&<>%\u2028', max_size=14)
OBJECTS = st.one_of(
    NAMES,
    TEXTS.map(literal),
    TEXTS.map(lambda text: f"{literal(text)}@en"),
    st.integers(-10, 10**17).map(literal),
    st.sampled_from(['"1"', '"1"@de', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>']),
)
ROWS = st.lists(st.tuples(NAMES, PREDICATES, OBJECTS, st.sampled_from(["", iri("capture/a"), iri("graph/inferred")])), min_size=1)


def write_by_sets(rows: list[tuple[str, str, str, str]], name: str) -> str:
    with TripleTable() as table:
        table.load_rows(rows)
        make = EXPORTS[name].blocks
        assert make is not None
        form, order = make(OPTIONS), Order(OPTIONS.prefixes)
        parts = list(stream_shapes(table, rank=order.rank, prefixes=OPTIONS.prefixes))
        body = form.separator.join(block for part in parts for block in blocks.render(part, form, order))
        return form.head(filled=True) + form.settle(body) + form.foot(filled=True)


@pytest.mark.parametrize("name", ["turtle", "jsonld", "rdfxml"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
def test_blocks_by_sets_are_those_of_rows(name: str, rows: list[tuple[str, str, str, str]]) -> None:
    assert write_by_sets(rows, name) == "".join(EXPORTS[name].write(rows, OPTIONS))


@settings(max_examples=60, deadline=None)
@given(text=st.text("0123456789aé/#-", min_size=1, max_size=30) | st.integers(10**8, 10**40).map(str))
def test_natural_key_in_sql_is_that_of_python(text: str) -> None:
    with TripleTable() as table:
        found = table.execute(f"SELECT {order_in_sql.natural_key(chr(39) + text + chr(39))}")[0][0]
    assert found == natural_key(text)


def test_parts_hold_their_subjects_in_order_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_in_sql, "_SUBJECTS", 7)
    monkeypatch.setattr(order_in_sql, "_PART", 7)
    rows = [(iri(f"thing/{number}"), term("skos:note"), literal(f"note {number % 3}"), "") for number in range(40)]
    rows += [(subject, term("rdf:type"), term("airm:Evidence"), "") for subject, *_ in rows[::2]]
    with TripleTable() as table:
        table.load_rows(rows)
        parts = list(stream_shapes(table, rank=Order(OPTIONS.prefixes).rank, prefixes=OPTIONS.prefixes))
        assert not table.execute("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'block%'")
    assert len(parts) == 6
    found = [dict(zip(members.places, members.subjects, strict=True)) for part in parts for members in part]
    assert sorted(name for group in found for name in group.values()) == sorted(name for name, *_ in rows[:40])
    assert write_by_sets(rows, "turtle") == "".join(EXPORTS["turtle"].write(rows, OPTIONS))


def test_format_that_cannot_say_a_text_is_told_by_its_process(tmp_path) -> None:
    part = [Members((term("skos:note"),), ("",), [0], [iri("a")], ['"\x01"'])]
    with (
        pytest.raises(ExportError, match=r"airm.rdf cannot be written: XML forbids the character U\+0001, in skos:note of <https"),
        draft_files([tmp_path / "airm.ttl", tmp_path / "airm.rdf"]) as drafts,
    ):
        blocks.write_block_formats([part], list(zip(["turtle", "rdfxml"], drafts, strict=True)), base=BASE, workspace=tmp_path)
    assert not list(tmp_path.glob("airm.*"))


def test_graph_with_an_iri_that_is_none_is_not_written() -> None:
    with TripleTable() as table:
        table.load_rows([(iri("a"), term("rdfs:seeAlso"), "<http://example.org/a|b>", iri("graph/dataset"))])
        held = graph.LargeGraph.__new__(graph.LargeGraph)
        held.__dict__["_table"] = table
        with pytest.raises(ExportError, match="is not an N-Quads term"):
            held._check_terms()
