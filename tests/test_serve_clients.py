"""Clients of others at a real server: each form of query is answered right, whatever format, method and order of Accept they choose."""

import json
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest
import rdflib
from inputs import CODE, FORMS
from jena import MISSING, find_jena
from node_packages import ENGINES, InstallError, ask_node
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from airm_graph.namespaces import BASE
from serving import Server
from tools import miss, require_programs

#: pymantic 1.0.1 hands bytes to what takes text, whenever an answer is no JSON.
PYMANTIC = "TypeError: initial_value must be str or None, not bytes"

pytestmark = pytest.mark.xdist_group("server")


@pytest.fixture(scope="module")
def expected(example_graph) -> dict[str, object]:
    titles = sorted(row[0] for row in example_graph.sparql(FORMS["SELECT"]).values())
    stated = len({(p, o) for s, p, o, _ in example_graph.quads if s == f"<{CODE}>"})
    assert len(titles) > 1
    assert stated > 3
    return {"SELECT": titles, "SELECT nothing": [], "ASK true": True, "ASK false": False, "CONSTRUCT": stated, "DESCRIBE": stated}


def ask_python(server: Server, client: str, *, seed: str) -> dict[str, dict[str, object]]:
    command = [sys.executable, str(ENGINES / "clients.py"), f"{server.url}/sparql", client, json.dumps(FORMS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    return json.loads(done.stdout)


@pytest.mark.parametrize("seed", ["0", "1", "2"])
@pytest.mark.parametrize(("client", "ways"), [("SPARQLWrapper", 27), ("SPARQLStore", 12)])
def test_client_in_python_is_answered_right(server: Server, expected: dict[str, object], client: str, ways: int, seed: str) -> None:
    found = ask_python(server, client, seed=seed)
    assert len(found) == ways
    assert {name: answers for name, answers in found.items() if answers != expected} == {}


def test_pymantic_is_answered_right_where_it_can_read(server: Server, expected: dict[str, object]) -> None:
    if find_spec("pymantic") is None:
        miss("pymantic is not installed")
    found = ask_python(server, "pymantic", seed="0")
    graphs = dict.fromkeys(("CONSTRUCT", "DESCRIBE"), PYMANTIC)
    for name, answers in found.items():
        assert answers == (expected | graphs if " json " in name else dict.fromkeys(FORMS, PYMANTIC)), name


@pytest.mark.npm
@pytest.mark.parametrize(("client", "ways"), [("sparql-http-client", 6), ("fetch-sparql-endpoint", 2), ("Comunica", 2)])
def test_client_in_javascript_is_answered_right(server: Server, expected: dict[str, object], client: str, ways: int) -> None:
    require_programs("node", "npm", packages="nodejs npm")
    try:
        found = json.loads(ask_node("clients.mjs", f"{server.url}/sparql", client, json.dumps(FORMS)))
    except InstallError as error:
        miss(f"the packages cannot be had: {error}")
    assert len(found) == ways
    assert {name: answers for name, answers in found.items() if answers != expected} == {}


@pytest.mark.jena
def test_jena_is_answered_right(server: Server, expected: dict[str, object], tmp_path: Path) -> None:
    command = find_jena(tmp_path)
    if command is None or len(command) == 1:
        miss(MISSING)
    run = [*command[:-1], str(ENGINES / "AskEndpoint.java"), f"{server.url}/sparql", json.dumps(FORMS)]
    done = subprocess.run(run, capture_output=True, check=False, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert len(found) == 3
    assert {name: answers for name, answers in found.items() if answers != expected} == {}


@pytest.mark.parametrize("wanted", ["xml", "json", "csv", "tsv"])
def test_rdflib_reads_the_endpoint_as_a_graph(server: Server, expected: dict[str, object], wanted: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.url}/sparql", returnFormat=wanted))
    code = rdflib.URIRef(CODE)
    assert len(list(graph.triples((code, None, None)))) == expected["CONSTRUCT"]
    assert str(graph.value(code, rdflib.SKOS.notation)) == "1.1"
    assert (code, rdflib.RDF.type, rdflib.URIRef(f"{BASE}ontology#Code")) in graph
    assert (code, rdflib.RDF.type, rdflib.URIRef(f"{BASE}ontology#Source")) not in graph
    counted = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"][0]["n"]["value"]
    assert len(graph) == int(counted)
    asked = graph.query("SELECT ?o { ?s <http://www.w3.org/2004/02/skos/core#notation> ?o }", initBindings={"s": code})
    assert [str(row[0]) for row in asked] == ["1.1"]


def test_rdflib_reads_one_graph_of_the_endpoint(server: Server) -> None:
    store = SPARQLStore(f"{server.url}/sparql", context_aware=True)
    name = rdflib.URIRef(f"{BASE}graph/taxonomy")
    counted = server.ask(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}").json()["results"]["bindings"][0]["n"]["value"]
    assert len(rdflib.Graph(store, identifier=name)) == int(counted)
    assert (rdflib.URIRef(CODE), None, None) in rdflib.Graph(store, identifier=name)
    assert (rdflib.URIRef(CODE), None, None) not in rdflib.Graph(store, identifier=rdflib.URIRef(f"{BASE}graph/ontology"))


@pytest.mark.parametrize("upgrade", ["Upgrade: h2c", "upgrade:h2c", "UPGRADE: foo/2"])
def test_offer_of_another_protocol_is_passed_over(server: Server, upgrade: str) -> None:
    body = f"query={quote(FORMS['ASK true'])}"
    head = f"POST /sparql HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nHost: h\r\nContent-Length: {len(body)}\r\n{upgrade}\r\n"
    request = f"{head}HTTP2-Settings: AAEAAEAAAAIAAAAB\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
    for parts in ([request + body.encode()], [request, body.encode()], [request, body.encode()[:20], body.encode()[20:]]):
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as client:
            for _ in range(2):  # the connection is still good
                for part in parts:
                    client.sendall(part)
                    time.sleep(0.05)
                assert b'"boolean":true' in client.recv(10_000)
