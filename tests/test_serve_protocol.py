"""The SPARQL 1.1 protocol over a real server: the W3C cases for a read-only endpoint, negotiation, descriptions, real clients."""

import gzip
import json
import re
import shlex
import subprocess
import warnings
from collections.abc import Callable
from urllib.parse import urlencode

import brotli
import httpx
import pytest
import rdflib

from airm_graph.namespaces import BASE
from conftest import ROOT
from serving import Server

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
UPDATE = "application/sparql-update"
RESULTS = {
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
}
GRAPHS = {"text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"}
TAXONOMY, ONTOLOGY, DATASET = (f"{BASE}graph/{name}" for name in ("taxonomy", "ontology", "dataset"))
CODE = f"{BASE}taxonomy/v2/1.1"
CLASS = f"{BASE}ontology#Mitigation"
BOTH = f"ASK {{ <{CODE}> ?p ?o . <{CLASS}> ?q ?r }}"
NAMED = f"ASK {{ GRAPH <{TAXONOMY}> {{ <{CODE}> ?p ?o }} GRAPH <{ONTOLOGY}> {{ <{CLASS}> ?q ?r }} }}"
FULL = f"ASK {{ <{CODE}> ?p ?o GRAPH <{ONTOLOGY}> {{ <{CLASS}> ?q ?r }} FILTER NOT EXISTS {{ <{CLASS}> ?s ?t }} }}"
INSERT = "INSERT DATA { <http://example.org/s> <http://example.org/p> 1 }"

pytestmark = pytest.mark.xdist_group("server")


def kind(response: httpx.Response) -> str:
    return response.headers["content-type"].partition(";")[0]


def is_true(response: httpx.Response) -> bool:
    return response.status_code == 200 and response.json()["boolean"] is True


def is_refused(response: httpx.Response) -> bool:
    return 400 <= response.status_code < 500


def post(server: Server, body: str | bytes, media_type: str | None, path: str = "/sparql", **headers: str) -> httpx.Response:
    content = body.encode() if isinstance(body, str) else body
    typed = {"Content-Type": media_type} if media_type else {}
    return server.client.post(path, content=content, headers={"Accept": "application/sparql-results+json", **typed, **headers})


def get(server: Server, accept: str = "application/sparql-results+json", method: str = "GET", **parameters) -> httpx.Response:
    return server.client.request(method, "/sparql", params=parameters, headers={"Accept": accept})


Case = Callable[[Server], bool]

# Transcribed from the W3C suite, whose manifest holds the names only. The cases that demand a successful update do not apply.
W3C: dict[str, Case] = {
    "query_post_form": lambda s: is_true(post(s, urlencode({"query": "ASK {}"}), FORM)),
    "query_dataset_default_graphs_get": lambda s: (
        is_true(get(s, query=BOTH, **{"default-graph-uri": [TAXONOMY, ONTOLOGY]}))
        and not is_true(get(s, query=BOTH, **{"default-graph-uri": [TAXONOMY]}))
    ),
    "query_dataset_default_graphs_post": lambda s: (
        is_true(post(s, urlencode([("query", BOTH), ("default-graph-uri", TAXONOMY), ("default-graph-uri", ONTOLOGY)]), FORM))
        and is_true(post(s, BOTH, DIRECT, f"/sparql?{urlencode([('default-graph-uri', TAXONOMY), ('default-graph-uri', ONTOLOGY)])}"))
    ),
    "query_dataset_named_graphs_post": lambda s: (
        is_true(post(s, NAMED, DIRECT, f"/sparql?{urlencode([('named-graph-uri', TAXONOMY), ('named-graph-uri', ONTOLOGY)])}"))
        and not is_true(post(s, NAMED, DIRECT, f"/sparql?{urlencode([('named-graph-uri', TAXONOMY)])}"))
    ),
    "query_dataset_named_graphs_get": lambda s: is_true(get(s, query=NAMED, **{"named-graph-uri": [TAXONOMY, ONTOLOGY]})),
    "query_dataset_full": lambda s: is_true(
        post(s, FULL, DIRECT, f"/sparql?{urlencode([('default-graph-uri', TAXONOMY), ('named-graph-uri', ONTOLOGY)])}")
    ),
    "query_multiple_dataset": lambda s: is_true(
        get(s, query=f"ASK FROM <{ONTOLOGY}> {{ <{CODE}> ?p ?o }}", **{"default-graph-uri": [TAXONOMY]})
    ),
    "query_get": lambda s: is_true(get(s, query="ASK {}")),
    "query_content_type_select": lambda s: kind(get(s, "*/*", query="SELECT (1 AS ?value) {}")) in RESULTS,
    "query_content_type_ask": lambda s: kind(get(s, "*/*", query="ASK {}")) in RESULTS - {"text/csv", "text/tab-separated-values"},
    "query_content_type_describe": lambda s: kind(get(s, "*/*", query="DESCRIBE <http://example.org/>")) in GRAPHS,
    "query_content_type_construct": lambda s: kind(get(s, "*/*", query="CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}")) in GRAPHS,
    "query_post_direct": lambda s: is_true(post(s, "ASK {}", DIRECT)),
    "bad_query_method": lambda s: get(s, method="PUT", query="ASK {}").status_code == 405,
    "bad_multiple_queries": lambda s: is_refused(get(s, query=["ASK {}", "SELECT * {}"])),
    "bad_query_wrong_media_type": lambda s: is_refused(post(s, "ASK {}", "text/plain")),
    "bad_query_missing_form_type": lambda s: is_refused(post(s, urlencode({"query": "ASK {}"}), None)),
    "bad_query_missing_direct_type": lambda s: is_refused(post(s, "ASK {}", None)),
    "bad_query_non_utf8": lambda s: is_refused(post(s, "ASK {}".encode("utf-16"), f"{DIRECT}; charset=UTF-16")),
    "bad_query_syntax": lambda s: is_refused(get(s, query="ASK {")),
    "bad_update_get": lambda s: is_refused(get(s, update=INSERT)),
    "bad_multiple_updates": lambda s: is_refused(post(s, urlencode([("update", INSERT), ("update", INSERT)]), FORM)),
    "bad_update_wrong_media_type": lambda s: is_refused(post(s, INSERT, "text/plain")),
    "bad_update_missing_form_type": lambda s: is_refused(post(s, urlencode({"update": INSERT}), None)),
    "bad_update_non_utf8": lambda s: is_refused(post(s, INSERT.encode("utf-16"), f"{UPDATE}; charset=UTF-16")),
    "bad_update_syntax": lambda s: is_refused(post(s, urlencode({"update": "CLEAR FOO"}), FORM)),
    "bad_update_dataset_conflict": lambda s: is_refused(
        post(s, urlencode({"using-named-graph-uri": TAXONOMY, "update": f"WITH <{ONTOLOGY}> {INSERT}"}), FORM)
    ),
}


def test_w3c_cases_are_all_that_apply() -> None:
    assert len(W3C) == 27


@pytest.mark.parametrize("name", W3C)
def test_protocol_does_what_w3c_asks(server: Server, name: str) -> None:
    assert W3C[name](server)


@pytest.mark.parametrize("send", [{"update": INSERT}, {"query": INSERT}])
def test_update_is_refused_and_changes_nothing(server: Server, send: dict[str, str]) -> None:
    before = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").content
    assert post(server, urlencode(send), FORM).status_code in {400, 403}
    assert post(server, INSERT, UPDATE).status_code == 403
    assert server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").content == before


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv;q=0.4, text/tab-separated-values;q=0.5", "text/tab-separated-values"),
        ("text/*", "text/csv"),
        ("application/*;q=0.1, text/csv;q=0.01", "application/sparql-results+json"),
        ("*/*;q=0.1, application/sparql-results+json;q=0", "application/sparql-results+xml"),
        ("application/json", "application/sparql-results+json"),
        ("image/png, text/csv;q=0.001", "text/csv"),
        ("TEXT/CSV; Q=1.0", "text/csv"),
    ],
)
def test_select_is_sent_in_the_format_liked_best(server: Server, accept: str, expected: str) -> None:
    response = server.ask("SELECT ?s { ?s ?p ?o } LIMIT 1", accept=accept)
    assert (response.status_code, kind(response)) == (200, expected)
    assert "Accept" in response.headers["vary"]


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "text/html;q=x"])
def test_select_is_406_with_a_list_when_no_format_fits(server: Server, accept: str) -> None:
    response = server.ask("SELECT ?s { ?s ?p ?o } LIMIT 1", accept=accept)
    assert response.status_code == 406
    assert set(response.json()["offered"]) >= RESULTS


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("CONSTRUCT WHERE { ?s a ?c }", "application/sparql-results+json", "application/ld+json"),
        ("CONSTRUCT WHERE { ?s a ?c }", "application/sparql-results+xml", "application/rdf+xml"),
        ("DESCRIBE <urn:a>", "text/csv", "text/turtle"),
        ("DESCRIBE <urn:a>", "text/tab-separated-values, image/png", "text/turtle"),
        ("SELECT * { ?s a ?c }", "text/turtle", "application/sparql-results+json"),
        ("SELECT * { ?s a ?c }", "application/rdf+xml", "application/sparql-results+xml"),
        ("ASK {}", "application/n-triples", "application/sparql-results+json"),
        ("ASK {}", "application/ld+json", "application/sparql-results+json"),
        ("ASK {}", "text/csv", "application/sparql-results+json"),
        ("ASK {}", "text/tab-separated-values, application/sparql-results+xml;q=0.1", "application/sparql-results+xml"),
    ],
)
def test_client_that_names_one_format_for_all_gets_the_next_one(server: Server, query: str, accept: str, expected: str) -> None:
    response = server.ask(query, accept=accept)
    assert (response.status_code, kind(response)) == (200, expected)


def test_format_in_the_address_is_taken_at_its_word(server: Server) -> None:
    assert server.ask("ASK {}", format="csv").text.strip() == "true"
    assert kind(server.ask("DESCRIBE <urn:a>", format="csv")) == "text/turtle"
    assert server.ask("DESCRIBE <urn:a>", _mediatype="text/csv").status_code == 406


@pytest.mark.parametrize("media_type", sorted(GRAPHS))
@pytest.mark.parametrize("form", ["CONSTRUCT WHERE {{ <{0}> ?p ?o }}", "DESCRIBE <{0}>"])
def test_graphs_hold_the_same_statements_in_every_format(server: Server, form: str, media_type: str) -> None:
    response = server.ask(form.format(CODE), accept=media_type)
    assert kind(response) == media_type
    found = parse(response.text, media_type=media_type)
    same = server.ask(f"SELECT * {{ <{CODE}> ?p ?o }}").json()["results"]["bindings"]
    assert len(found) == len(same) > 3


def test_tables_hold_the_same_rows_in_every_format(server: Server) -> None:
    query = "SELECT ?s ?label { ?s a airm:Source ; rdfs:label ?label } ORDER BY ?s"
    query = f"PREFIX airm: <{BASE}ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {query}"
    found = [rdflib.query.Result.parse(server_reply(server, query, accept), format=short) for accept, short in FORMATS.items()]
    rows = [[tuple(map(str, row)) for row in result] for result in found]
    assert len(rows[0]) == 3
    assert all(other == rows[0] for other in rows)


FORMATS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}


def server_reply(server: Server, query: str, accept: str):
    from io import BytesIO

    return BytesIO(server.ask(query, accept=accept).content)


def test_suffix_of_format_overrides_accept(server: Server) -> None:
    assert kind(server.ask("SELECT * { ?s ?p ?o } LIMIT 1", format="csv")) == "text/csv"
    assert kind(server.ask("DESCRIBE <urn:a>", _mediatype="text/turtle")) == "text/turtle"


def test_head_has_the_headers_of_get_and_no_body(server: Server) -> None:
    full, head = get(server, query="ASK {}"), get(server, method="HEAD", query="ASK {}")
    assert head.status_code == 200
    assert head.content == b""
    assert {n: head.headers[n] for n in ("content-type", "etag")} == {n: full.headers[n] for n in ("content-type", "etag")}


def test_options_allows_other_origins_to_ask(server: Server) -> None:
    asking = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = server.client.options("/sparql", headers=asking)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "POST" in response.headers["access-control-allow-methods"]
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert get(server, query="ASK {}").headers["access-control-allow-origin"] == "*"


def test_copy_that_is_still_good_is_not_sent_again(server: Server) -> None:
    query = "SELECT ?s { ?s a ?c } ORDER BY ?s LIMIT 50"
    same = {"Accept": "application/sparql-results+json"}
    first = server.ask(query)
    again = server.client.get("/sparql", params={"query": query}, headers={**same, "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert server.client.get("/sparql", params={"query": query}, headers={"If-None-Match": '"other"'}).status_code == 200
    dated = server.get("/dataset")
    since = server.client.get("/dataset", headers={"If-Modified-Since": dated.headers["last-modified"]})
    assert since.status_code == 304
    assert server.client.get("/dataset", headers={"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}).status_code == 200


def test_entity_tag_differs_by_representation(server: Server) -> None:
    tags = {
        server.client.get("/dataset", headers={"Accept": accept, "Accept-Encoding": coding}).headers["etag"]
        for accept in ("text/turtle", "application/ld+json", "text/html")
        for coding in ("identity", "gzip", "br")
    }
    assert len(tags) == 9


def test_entity_tag_is_the_same_from_another_process(server: Server, limited: Server) -> None:
    assert limited.get("/dataset").headers["etag"] == server.get("/dataset").headers["etag"]


@pytest.mark.parametrize("function", ["RAND()", "NOW()", "UUID()", "STRUUID()", "BNODE()"])
def test_answer_that_is_another_each_time_is_not_stored(server: Server, function: str) -> None:
    response = server.ask(f"SELECT ({function} AS ?x) {{}}")
    assert response.status_code == 200
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress), ("identity", bytes)])
def test_body_is_coded_as_the_client_likes(server: Server, coding: str, unpack: Callable[[bytes], bytes]) -> None:
    with server.client.stream("GET", "/dataset.nt", headers={"Accept-Encoding": coding}) as response:
        body = b"".join(response.iter_raw())
    assert response.headers.get("content-encoding", "identity") == coding
    assert unpack(body) == server.client.get("/dataset.nt", headers={"Accept-Encoding": "identity"}).content
    assert "Accept-Encoding" in response.headers["vary"]


def parse(text: str, *, media_type: str) -> rdflib.Graph:
    with warnings.catch_warnings():
        # rdflib warns of its own use of names that it is about to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=text, format=media_type)


def describe(server: Server, path: str = "/sparql") -> rdflib.Graph:
    response = server.client.get(path, headers={"Accept": "text/turtle"})
    assert (response.status_code, kind(response)) == (200, "text/turtle")
    return rdflib.Graph().parse(data=response.text, format="turtle")


SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")


@pytest.mark.parametrize("media_type", sorted(GRAPHS))
def test_service_description_is_rdf_in_every_format(server: Server, media_type: str) -> None:
    response = server.client.get("/sparql", headers={"Accept": media_type})
    assert kind(response) == media_type
    assert len(parse(response.text, media_type=media_type)) == len(describe(server))


def test_service_description_names_the_endpoint_that_was_asked(server: Server) -> None:
    assert list(describe(server).objects(None, SD.endpoint)) == [rdflib.URIRef(f"{server.url}/sparql")]


def test_service_description_conforms_to_its_schema(server: Server) -> None:
    graph = describe(server)
    (service,) = graph.subjects(rdflib.RDF.type, SD.Service)
    ranges = {SD.defaultDataset: SD.Dataset, SD.defaultGraph: SD.Graph, SD.namedGraph: SD.NamedGraph, SD.graph: SD.Graph}
    for predicate, expected in ranges.items():
        found = list(graph.objects(None, predicate))
        assert found
        assert all((node, rdflib.RDF.type, expected) in graph for node in found), predicate
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert len(list(graph.objects(service, SD.resultFormat))) == 8
    named = {str(name) for name in graph.objects(None, SD.name)}
    served = {row["g"]["value"] for row in server.ask("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }").json()["results"]["bindings"]}
    assert named == served - {f"{BASE}graph/service"}


def test_void_counts_what_is_there(server: Server) -> None:
    graph = describe(server, "/.well-known/void")
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    nodes = list(graph.objects(None, void.classPartition))
    partitions = {graph.value(node, void["class"]): int(graph.value(node, void.entities)) for node in nodes}
    counted = server.ask(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{CLASS}> }}").json()["results"]["bindings"][0]["n"]["value"]
    assert partitions[rdflib.URIRef(CLASS)] == int(counted) > 0
    node = next(node for node in nodes if graph.value(node, void["class"]) == rdflib.URIRef(CLASS))
    inside = {graph.value(part, void.property) for part in graph.objects(node, void.propertyPartition)}
    assert rdflib.RDFS.label in inside
    assert rdflib.URIRef(f"{BASE}ontology#assignedCode") not in inside


def test_editors_find_prefixes_and_examples_at_the_endpoint(server: Server) -> None:
    prefixes = server.ask(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT DISTINCT ?prefix ?namespace "
        "WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"
    ).json()["results"]["bindings"]
    assert {row["prefix"]["value"]: row["namespace"]["value"] for row in prefixes}["airm"] == f"{BASE}ontology#"
    examples = server.ask(
        "PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT DISTINCT ?sq ?comment ?query "
        "WHERE { ?sq a sh:SPARQLExecutable ; rdfs:label|rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query }"
    ).json()["results"]["bindings"]
    from airm_graph.query.library import list_queries

    assert {row["sq"]["value"].rpartition("/")[2] for row in examples} == {query.name for query in list_queries()}
    for row in examples:
        assert server.ask(row["query"]["value"]).status_code == 200, row["sq"]


def test_graph_store_sends_each_graph_and_the_union(server: Server) -> None:
    for name in (TAXONOMY, ONTOLOGY, DATASET):
        response = server.client.get("/graph-store", params={"graph": name}, headers={"Accept": "application/n-triples"})
        counted = server.ask(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}").json()["results"]["bindings"][0]["n"]["value"]
        assert len(response.text.splitlines()) == int(counted) > 0
    union = server.client.get("/graph-store?default", headers={"Accept": "application/n-triples"})
    counted = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"][0]["n"]["value"]
    assert len(union.text.splitlines()) == int(counted)
    assert server.client.head("/graph-store", params={"graph": TAXONOMY}).status_code == 200


@pytest.mark.parametrize(
    ("method", "query", "status"),
    [
        ("GET", {"graph": "http://example.org/none"}, 404),
        ("GET", {}, 400),
        ("GET", {"graph": TAXONOMY, "default": ""}, 400),
        ("PUT", {"graph": TAXONOMY}, 405),
        ("POST", {"graph": TAXONOMY}, 405),
        ("DELETE", {"default": ""}, 405),
        ("PATCH", {"graph": TAXONOMY}, 405),
    ],
)
def test_graph_store_refuses_what_is_not_reading(server: Server, method: str, query: dict[str, str], status: int) -> None:
    response = server.client.request(method, "/graph-store", params=query)
    assert response.status_code == status
    assert status != 405 or "GET" in response.headers["allow"]


def test_several_default_graphs_are_merged_without_repetition(server: Server) -> None:
    captures = [row["g"]["value"] for row in server.ask(GRAPHS_OF_CAPTURES).json()["results"]["bindings"]]
    counted = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **{"default-graph-uri": captures}).json()
    values = " ".join(f"<{name}>" for name in captures)
    distinct = server.ask(
        f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ VALUES ?g {{ {values} }} GRAPH ?g {{ ?s ?p ?o }} }} }}"
    ).json()
    assert counted["results"] == distinct["results"]


GRAPHS_OF_CAPTURES = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?g a <{BASE}ontology#Capture> }} }}"


@pytest.mark.parametrize("clause", ["FROM <{0}>", "FROM NAMED <{0}>"])
@pytest.mark.parametrize("graph", ["http://example.org/foreign", "file:///a/file", "relative"])
def test_graph_that_is_not_served_is_refused(server: Server, clause: str, graph: str) -> None:
    assert server.ask(f"SELECT * {clause.format(graph)} {{ ?s ?p ?o }} LIMIT 1").status_code == 400
    assert server.ask("SELECT * { ?s ?p ?o } LIMIT 1", **{"default-graph-uri": graph}).status_code == 400


def test_from_may_use_a_prefix(server: Server) -> None:
    query = f"BASE <{BASE}> PREFIX g: <graph/> SELECT (COUNT(*) AS ?n) FROM g:taxonomy FROM NAMED <graph/ontology> {{ ?s a ?c }}"
    counted = server.ask(query).json()["results"]["bindings"][0]["n"]["value"]
    same = server.ask(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{TAXONOMY}> {{ ?s a ?c }} }}").json()["results"]["bindings"][0]["n"]["value"]
    assert counted == same != "0"


def test_queries_of_the_library_answer_as_in_process(server: Server, example_graph) -> None:
    from airm_graph.query.library import list_queries

    for query in list_queries():
        arguments = {p.name: p.example for p in query.parameters if p.required}
        table = example_graph.query(query.name, **arguments)
        response = server.client.get(f"/query/{query.name}", params=arguments)
        assert response.status_code == 200, response.text
        bindings = response.json()["results"]["bindings"]
        assert [{n: t["value"] for n, t in row.items()} for row in bindings] == [
            {n: v for n, v in row.items() if v is not None} for row in table
        ], query.name


@pytest.mark.parametrize(
    ("suffix", "media_type"),
    [("", "application/sparql-results+json"), (".csv", "text/csv"), (".tsv", "text/tab-separated-values"), (".html", "text/html")],
)
def test_query_answers_in_each_format(server: Server, suffix: str, media_type: str) -> None:
    response = server.get(f"/query/mitigations-by-code{suffix}?code=1.1")
    assert (response.status_code, kind(response)) == (200, media_type)
    assert "Adversarial training" in response.text


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("/query/mitigations-by-code?code=x", 400, "code"),
        ("/query/mitigations-by-code", 400, "code"),
        ("/query/mitigations-by-code?code=1&code=2", 400, "code"),
        ("/query/mitigations-by-code?code=1.1&other=1", 400, "other"),
        ("/query/mitigations-by-code.rq?code=x", 400, "code"),
        ("/query/sources-by-shared-code?minimum=many", 400, "minimum"),
        ("/search?q=a&limit=many", 400, "limit"),
        ("/search?q=a&actor=nobody", 400, "actor"),
        ("/search?q=a&colour=red", 400, "colour"),
    ],
)
def test_wrong_parameter_is_named(server: Server, path: str, status: int, parameter: str) -> None:
    response = server.get(path)
    assert (response.status_code, response.json()["parameter"]) == (status, parameter)


def test_form_of_a_query_says_what_is_wrong(server: Server) -> None:
    html = {"Accept": "text/html"}
    assert server.client.get("/query/mitigations-by-code", headers=html).status_code == 200
    wrong = server.client.get("/query/mitigations-by-code?code=<script>", headers=html)
    assert wrong.status_code == 400
    assert "<script>" not in wrong.text
    assert "cannot be" in wrong.text


def test_unknown_query_is_404_with_a_suggestion(server: Server) -> None:
    response = server.get("/query/mitigation-by-code")
    assert response.status_code == 404
    assert "mitigations-by-code" in response.json()["title"]


def test_text_of_a_query_runs_at_the_endpoint(server: Server) -> None:
    text = server.get("/query/mitigations-by-code.rq?code=1.1").text
    assert server.ask(text).json()["results"] == server.get("/query/mitigations-by-code?code=1.1").json()["results"]


def test_interface_is_described_as_openapi(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from openapi_spec_validator import OpenAPIV31SpecValidator

        described = server.get("/openapi.json").json()
        OpenAPIV31SpecValidator(described).validate()
    from airm_graph.query.library import list_queries

    assert described["servers"] == [{"url": server.url}]
    for query in list_queries():
        parameters = described["paths"][f"/query/{query.name}"]["get"]["parameters"]
        assert [(p["name"], p["required"]) for p in parameters] == [(p.name, p.required) for p in query.parameters]
    for path in ("/sparql", "/search", "/graph-store", "/query"):
        assert path in described["paths"]


def test_sparqlwrapper_asks(server: Server) -> None:
    from SPARQLWrapper import CSV, JSON, POST, POSTDIRECTLY, TURTLE, XML, SPARQLWrapper

    client = SPARQLWrapper(f"{server.url}/sparql")
    client.setQuery(f"SELECT ?s {{ ?s a <{CLASS}> }} ORDER BY ?s LIMIT 3")
    for method in ("GET", POST):
        client.setMethod(method)
        for form in (JSON, XML, CSV):
            client.setReturnFormat(form)
            assert client.query().convert()
    client.setRequestMethod(POSTDIRECTLY)
    client.setReturnFormat(JSON)
    assert len(client.query().convert()["results"]["bindings"]) == 3
    client.setQuery(f"CONSTRUCT WHERE {{ <{CODE}> ?p ?o }}")
    client.setReturnFormat(TURTLE)
    assert b"skos" in client.query().convert()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_sparqlstore_of_rdflib_asks(server: Server, method: str) -> None:
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    store = SPARQLStore(f"{server.url}/sparql", method=method)
    graph = rdflib.Graph(store)
    labels = list(graph.objects(rdflib.URIRef(CODE), rdflib.RDFS.label))
    assert labels == [rdflib.Literal("Model", lang="en")]
    assert len(list(graph.query(f"SELECT ?s {{ ?s a <{CLASS}> }} LIMIT 2"))) == 2


def test_curl_asks(server: Server) -> None:
    command = ["curl", "-sf", "--data-urlencode", f"query=SELECT ?l {{ <{CODE}> <{rdflib.RDFS.label}> ?l }}", f"{server.url}/sparql"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["results"]["bindings"][0]["l"]["value"] == "Model"


def test_curl_asks_as_the_guide_says(server: Server) -> None:
    guide = (ROOT / "docs" / "guides" / "serve.md").read_text(encoding="utf-8")
    commands = re.findall(r"^curl .*$", guide, re.MULTILINE)
    assert len(commands) >= 4
    for command in commands:
        words = ["curl", "-sf", *shlex.split(command.replace("http://127.0.0.1:8080", server.url))[1:]]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert (done.returncode, len(done.stdout.splitlines()) > 1) == (0, True), command
