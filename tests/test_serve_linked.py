"""Linked data over a real server: every IRI below the base answers, in each format, with the links that programs follow."""

import re
import shutil
from pathlib import Path

import pytest
import rdflib

from airm_graph.namespaces import BASE
from serving import Server, serving
from test_serve_protocol import kind, parse

TYPES = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "html": "text/html",
}
MITIGATION = "mitigation/gipiskis-2024-risk-sources/adversarial-training"
PATHS = [
    "ontology",
    "ontology/2026.11.0",
    "shapes",
    "shapes/core",
    "alignment/dpv",
    "taxonomy/v2",
    "taxonomy/v2/1.1.3",
    "actor",
    "actor/developer",
    "source/gipiskis-2024-risk-sources",
    MITIGATION,
    f"{MITIGATION}/classification/v2-1.1.2",
    "capture/75512ac8189abe7d",
    "capture/75512ac8189abe7d/l12-l14",
    "notice/preliminary",
    "dataset",
    "dataset/2026.11.0",
    "graph/inferred",
    "graph/taxonomy",
]
NEW = f"{BASE}actor/new"

pytestmark = pytest.mark.xdist_group("server")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("suffix", TYPES)
def test_iri_answers_by_accept_suffix_and_parameter(server: Server, path: str, suffix: str) -> None:
    ways = [
        server.client.get(f"/{path}", headers={"Accept": TYPES[suffix]}),
        server.client.get(f"/{path}.{suffix}"),
        server.client.get(f"/{path}?_mediatype={suffix}", headers={"Accept": "image/png"}),
        server.client.get(f"/{path}", params={"_mediatype": TYPES[suffix]}),
    ]
    assert [(way.status_code, kind(way)) for way in ways] == [(200, TYPES[suffix])] * 4
    assert {way.headers["content-location"] for way in ways} == {f"/{path}.{suffix}"}
    assert len({way.headers["etag"] for way in ways}) == 1
    assert all("Accept" in way.headers["vary"] for way in ways)
    if suffix != "html":
        assert len({way.content for way in ways}) == 1
        assert len(parse(ways[0].text, media_type=TYPES[suffix])) > 0


def test_every_iri_below_the_base_answers(server: Server, example_graph) -> None:
    rows = [*example_graph.quads, *example_graph.ontology]
    found = {term[1:-1] for row in rows for term in row if term.startswith(f"<{BASE}")}
    documents = sorted({iri.partition("#")[0] for iri in found})
    assert len(documents) > 300
    refused = [iri for iri in documents if server.client.head(f"/{iri.removeprefix(BASE)}").status_code != 200]
    assert refused == []


def test_hash_terms_stand_in_their_document(server: Server) -> None:
    graph = parse(server.get("/ontology").text, media_type="text/turtle")
    assert (rdflib.URIRef(f"{BASE}ontology#Mitigation"), rdflib.RDF.type, rdflib.OWL.Class) in graph
    shapes = parse(server.get("/shapes").text, media_type="text/turtle")
    assert any(str(subject) == f"{BASE}shapes#Mitigation" for subject in shapes.subjects())


def test_document_of_a_mitigation_holds_what_belongs_to_it(server: Server) -> None:
    graph = parse(server.get(f"/{MITIGATION}.ttl").text, media_type="text/turtle")
    subjects = {str(subject) for subject in graph.subjects()}
    assert f"{BASE}{MITIGATION}/classification/v2-1.1.2" in subjects
    assert f"{BASE}capture/75512ac8189abe7d/l12-l14" in subjects
    assert rdflib.Literal("Learning Objectives", lang="en") in set(graph.objects())


def test_named_graph_answers_with_all_its_statements(server: Server, example_graph) -> None:
    name = next(row[3] for row in example_graph.asserted if "/capture/" in row[3])[1:-1]
    graph = parse(server.get(f"/{name.removeprefix(BASE)}.nt").text, media_type="application/n-triples")
    assert len(graph) == len({row[:3] for row in example_graph.quads if row[3] == f"<{name}>"})


def test_page_of_a_mitigation_shows_notice_and_escapes(server: Server) -> None:
    page = server.client.get(f"/{MITIGATION}", headers={"Accept": "text/html"}).text
    assert "please do not share or cite" in page
    assert "Adversarial training" in page


@pytest.mark.parametrize("path", ["taxonomy/v2/1.1.3", MITIGATION, "ontology"])
def test_headers_link_to_formats_licence_and_collection(server: Server, path: str) -> None:
    response = server.client.get(f"/{path}", headers={"Accept": "text/html"})
    links = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', response.headers["link"])
    relations = {relation for _, relation, _ in links}
    assert relations == {"alternate", "describedby", "license", "collection", "canonical"}
    for target, relation, media_type in links:
        if relation in {"alternate", "describedby"}:
            assert kind(server.get(target)) == media_type
    assert (f"{BASE}{path}", "canonical", "") in links
    collection = f"{BASE}taxonomy/v2" if "taxonomy" in path else f"{BASE}dataset"
    assert (collection, "collection", "") in links


@pytest.mark.parametrize("path", ["nothing", "mitigation/none/none", "taxonomy/v2/9.9.ttl", "é", "a b", "a%25b"])
def test_unknown_iri_is_404(server: Server, path: str) -> None:
    response = server.client.get(f"/{path}")
    assert response.status_code == 404
    assert response.json()["status"] == 404


def test_format_that_is_not_there_is_406_with_a_list(server: Server) -> None:
    response = server.client.get("/ontology", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert set(response.json()["offered"]) == set(TYPES.values())
    assert server.get("/ontology?_mediatype=image/png").status_code == 406


def test_client_that_says_nothing_gets_turtle_and_a_browser_html(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
    assert kind(server.client.get("/ontology", headers={"Accept": "*/*"})) == "text/turtle"
    assert kind(server.client.get("/ontology", headers={"Accept": browser})) == "text/html"
    assert kind(server.client.get("/", headers={"Accept": browser})) == "text/html"
    sent_on = server.client.get("/", headers={"Accept": "text/turtle"})
    assert (sent_on.status_code, sent_on.headers["location"]) == (303, "/dataset")


def test_file_of_the_release_is_sent_as_it_is(server: Server, example_dist) -> None:
    for name in ("airm.ttl", "airm.nq", "airm.jsonld"):
        response = server.get(f"/dataset/2026.11.0/{name}")
        assert response.content == (example_dist / name).read_bytes()
        assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
        again = server.client.get(f"/dataset/2026.11.0/{name}", headers={"If-None-Match": response.headers["etag"]})
        assert again.status_code == 304


def test_deprecated_iri_redirects_to_what_replaced_it(proxied: Server) -> None:
    response = proxied.get("/actor/old")
    assert (response.status_code, response.headers["location"]) == (303, "/airm/actor/new")
    assert f'<{NEW}>; rel="successor-version"' in response.headers["link"]
    assert NEW in response.text


def test_deprecated_iri_without_replacement_is_gone(proxied: Server) -> None:
    response = proxied.get("/actor/gone")
    assert response.status_code == 410
    assert "deprecated" in response.text


def test_mitigation_that_is_gone_answers_410_with_what_replaced_it(proxied: Server) -> None:
    response = proxied.get("/mitigation/a/gone")
    assert response.status_code == 410
    assert f'<{NEW}>; rel="successor-version"' in response.headers["link"]
    assert NEW in response.text
    assert "location" not in response.headers


def test_document_about_a_deprecated_iri_stays(proxied: Server) -> None:
    response = proxied.get("/actor/old.nt")
    assert response.status_code == 200
    assert "isReplacedBy" in response.text
    page = proxied.get("/actor/old.html")
    assert page.status_code == 200
    assert "<script>" not in page.text
    assert all(not target.startswith("javascript:") for target in re.findall(r'href="([^"]*)"', page.text))


def test_iri_beyond_ascii_fits_into_headers(proxied: Server) -> None:
    response = proxied.get("/actor/naïve")
    assert (response.status_code, response.headers["location"]) == (303, "/airm/actor/%C3%BCnd")
    assert proxied.get("/actor/ünd").status_code == 200


def test_addresses_are_those_of_the_proxy(proxied: Server) -> None:
    graph = parse(proxied.get("/sparql").text, media_type="text/turtle")
    endpoint = rdflib.URIRef("http://www.w3.org/ns/sparql-service-description#endpoint")
    assert set(graph.objects(None, endpoint)) == {rdflib.URIRef("https://data.example/airm/sparql")}
    assert 'href="/airm/query"' in proxied.client.get("/", headers={"Accept": "text/html"}).text
    assert proxied.get("/openapi.json").json()["servers"] == [{"url": "https://data.example/airm"}]
    assert "</airm/ontology.jsonld>" in proxied.get("/ontology").headers["link"]


def test_file_that_was_changed_under_the_server_is_not_sent_with_its_old_tag(example_dist: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(example_dist, tmp_path / "dist"))
    with serving(folder, "--workers", "1") as running:
        listed = re.findall(r'href="(/[^"]*airm\.nt)"', running.get("/dataset", headers={"Accept": "text/html"}).text)
        before = running.get(listed[0])
        assert before.content == (folder / "airm.nt").read_bytes()
        data = bytearray(before.content)
        data[-3:-2] = b" "
        (folder / "airm.nt").write_bytes(data)
        changed = running.get(listed[0])
        assert changed.status_code == 503
        assert "etag" not in changed.headers
