"""What a page shows of a resource: cells of a row with their names, repairs marked, the best of several descriptions."""

from types import SimpleNamespace

from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.page_interface import PageRequest
from airm_graph.serve.resource_description import Resource
from airm_graph.site.folder_addresses import FolderAddresses, SiteMap
from airm_graph.site.render import Site
from airm_graph.site.resource_view import Piece, ResourceView

ROW, CELL, FIX = (f"{BASE}capture/1/{name}" for name in ("r2", "r2-code", "repair/r2-what-l1-c5-x"))


def expand(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def make_view(statements: dict[str, list[str]], parts: dict[str, dict[str, list[str]]] | None = None) -> ResourceView:
    def pairs(found: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((expand(name), value) for name, values in found.items() for value in values))

    described = {iri: pairs(found) for iri, found in (parts or {}).items()}
    rest = {"deprecated": False, "replaced_by": ()}
    resource = Resource(f"{BASE}mitigation/a/b", (), "", pairs(statements), described, (), 0, {}, {}, (), 0, **rest)
    info = DatasetInfo(BASE, "", "", "", "", 0.0, frozenset(), 0, (), {}, {}, {})
    return ResourceView(resource, Site(PageRequest(SimpleNamespace(info=info), FolderAddresses(SiteMap(BASE), ""), "/")))


def test_cells_of_a_row_have_their_names_and_repairs_are_marked() -> None:
    parts = {
        ROW: {"airm:capturedText": [r'"7\nKeep aack logs.\n1.2\nother"'], "airm:row": ['"2"'], "airm:repair": [f"<{FIX}>"]},
        CELL: {"airm:capturedText": ['"1.2"'], "airm:column": ['"Code"'], "airm:row": ['"2"']},
        FIX: {"airm:before": ['"aack"'], "airm:after": ['"attack"'], "airm:line": ['"1"'], "airm:position": ['"6"']},
    }
    view = make_view({"dcterms:identifier": ['"7"'], "dcterms:description": ['"Keep attack logs."'], "airm:evidence": [f"<{ROW}>"]}, parts)
    cells = view.row_cells(ROW)
    assert [cell.name for cell in cells] == ["identifier", "description", "Code", ""]
    assert cells[1].line.pieces == (Piece("Keep "), Piece("aack", "attack"), Piece(" logs."))
    assert cells[2].line.pieces == (Piece("1.2"),)


def test_of_descriptions_that_differ_by_damage_alone_the_best_comes_first() -> None:
    good, cut, other = "Train people to spot adversarial inputs.", "Train people to spot adver- sarial inputs.", "Ask a board."
    view = make_view({"dcterms:description": [f'"{cut}"', f'"{good}"', f'"{other}"']})
    assert set(view.descriptions()) == {(good, cut), (other,)}


def test_one_description_stands_by_itself() -> None:
    assert make_view({"dcterms:description": ['"Ask a board."']}).descriptions() == (("Ask a board.",),)


def test_query_of_a_page_finds_what_it_shows(example_graph) -> None:
    path = "mitigation/gipiskis-2024-risk-sources/adversarial-training"
    view = make_view({})
    text = view.write_query().replace(view.iri, BASE + path)
    rows = example_graph.sparql(text).rows
    own = {row[1:3] for row in example_graph.quads if row[0] == f"<{BASE}{path}>"}
    assert {row[:2] for row in rows if row[1]} == own
    assert any(row[2] for row in rows)
