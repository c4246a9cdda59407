"""What was made with the package is what its origins say, and is made anew where it is not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from airm_graph import ontology_rows, prepared
from airm_graph.errors import QueryError
from airm_graph.graph import TripleTable
from airm_graph.ingest.tables import own_mappings
from airm_graph.namespaces import iri, term
from airm_graph.query import headers
from airm_graph.query.library import _read_version, list_queries, load_query
from airm_graph.reason import infer, ontology
from airm_graph.resources import find_resource, read_resource
from airm_graph.terms import Quad
from airm_graph.validate import default_shapes, validate_rows

ROWS = "ontology/airm.ttl"
FILES = (ROWS, *ontology_rows.TAXONOMIES)
#: File → how it is written, what of, and what is asked of it: with the file and without the same.
MADE: dict[Path, tuple[Callable[[], str], Sequence[str], Callable[[], object]]] = {
    default_shapes.FILE: (
        default_shapes.write_compiled,
        default_shapes._list_sources(),
        lambda: validate_rows([(iri("agent/a"), term("rdf:type"), term("prov:Agent"), "")]),
    ),
    ontology_rows.FILE: (ontology_rows.write_rows, FILES, lambda: [ontology_rows.read_turtle(name) for name in FILES]),
    ontology.FILE: (ontology.write_own, (ROWS,), ontology.read_own),
    own_mappings.FILE: (own_mappings.write_own, own_mappings.list_sources(), own_mappings.load_builtin_mappings),
    headers.FILE: (headers.write_headers, (), lambda: list_queries(find_resource("queries"))),
}
BY_NAME = pytest.mark.parametrize("file", MADE, ids=lambda file: file.name)


def forget() -> None:
    """Let what was read be read again."""
    for cached in (ontology_rows.read_turtle, ontology_rows._read_written, ontology.read_own, headers._read_known, _read_version):
        cached.cache_clear()
    own_mappings.load_builtin_mappings.cache_clear()


@pytest.fixture
def fresh() -> Iterator[None]:
    forget()
    yield
    forget()


@BY_NAME
def test_prepared_file_is_what_its_origins_say(file: Path) -> None:
    assert file.read_text(encoding="utf-8") == MADE[file][0](), "make generated writes it"


@BY_NAME
@pytest.mark.parametrize("damage", [lambda text: text[:-9] + text[-8:], lambda text: text[:-100], lambda _: "", None])
def test_prepared_file_is_made_anew_where_it_is_damaged_or_missing(
    file: Path, damage: Callable[[str], str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    _, sources, ask = MADE[file]
    before, other = ask(), tmp_path / file.name
    if damage:
        other.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    assert prepared.read_prepared(other, sources=sources) is None
    forget()
    read = prepared.read_prepared
    for module in (default_shapes, ontology_rows, ontology, own_mappings, headers):
        monkeypatch.setattr(module, "read_prepared", lambda path, *, sources: read(other if path == file else path, sources=sources))
    assert ask() == before


@BY_NAME
def test_prepared_file_is_not_used_where_its_origins_are_others(file: Path, monkeypatch: pytest.MonkeyPatch, fresh: None) -> None:
    sources = MADE[file][1]
    assert prepared.read_prepared(file, sources=sources) is not None
    for changed in sources:
        monkeypatch.setattr(prepared, "read_resource", lambda name, changed=changed: read_resource(name) + "\n" * (name == changed))
        assert prepared.read_prepared(file, sources=sources) is None


def test_header_of_a_query_that_was_changed_is_read_anew(tmp_path: Path) -> None:
    query = find_resource("queries") / "mitigations-by-code.rq"
    changed = tmp_path / query.name
    changed.write_text(query.read_text(encoding="utf-8").replace("#+ summary: ", "#+ summary: Once more ", 1), encoding="utf-8")
    (one,), known = list_queries(tmp_path), load_query(query.stem)
    assert one == replace(known, summary=f"Once more {known.summary}")
    changed.write_text("#+ summary: [\n", encoding="utf-8")
    with pytest.raises(QueryError, match="is not YAML"):
        list_queries(tmp_path)


def test_blank_nodes_of_the_ontology_have_the_same_labels_whenever_it_is_read() -> None:
    rows = ontology_rows._parse(ROWS)
    assert ontology_rows.read_turtle(ROWS) == rows == ontology_rows._parse(ROWS)
    assert any(row[0].startswith("_:") for row in rows)


A, B, P, Q, R = (f"<urn:{name}>" for name in "abpqr")
INVERSE = [(P, term("owl:inverseOf"), Q, "")]


def close(data: list[Quad], rows: Sequence[Quad] | None, engine: str = "fast") -> set[tuple[str, ...]]:
    with TripleTable(threads=1) as table:
        table.load_rows(data)
        infer(table, ontology=rows, engine=engine)
        assert {row[3] for row in table.rows()} <= {row[3] for row in data} | {iri("graph/inferred")}
        return {row[:3] for row in table.rows() if row[3] == iri("graph/inferred")}


@pytest.mark.parametrize("engine", ["fast", "reference"])
@pytest.mark.parametrize(
    ("data", "rows", "expected"),
    [
        ([(R, R, R, "")], [*INVERSE, (A, P, B, "")], {(B, Q, A)}),  # a fact that stands among the axioms
        ([(A, P, B, "")], [*INVERSE, (B, Q, A, "")], set()),  # what follows stands among the axioms
        ([(A, P, B, ""), (P, term("rdfs:subPropertyOf"), Q, "")], [(Q, term("rdfs:subPropertyOf"), R, "")], {(A, Q, B), (A, R, B)}),
        ([(A, P, B, ""), (A, term("owl:versionInfo"), '"1"', "")], INVERSE, {(B, Q, A)}),
    ],
)
def test_axioms_and_facts_count_wherever_they_stand(
    data: list[Quad], rows: list[Quad], expected: set[tuple[str, ...]], engine: str
) -> None:
    known = {R, Q} if rows[0][0] == Q else {Q}
    assert {row for row in close(data, rows, engine) if row[1] in known} == expected


@pytest.mark.parametrize(
    "more",
    [[], [(iri("ontology#Mitigation"), term("rdfs:subClassOf"), term("prov:Entity"), "")], [(A, term("owl:versionInfo"), '"1"', "")]],
)
def test_ontology_of_the_project_is_what_is_closed_by_when_none_is_given(more: list[Quad]) -> None:
    one = iri("mitigation/s/m")
    data = [(one, term("rdf:type"), term("airm:Mitigation"), ""), (one, term("airm:partOf"), iri("mitigation/s/n"), ""), *more]
    found = close(data, None)
    assert found == close(data, ontology_rows.read_turtle(ROWS)) == close(data, None, "reference")
    assert (iri("mitigation/s/n"), term("airm:hasPart"), one) in found
