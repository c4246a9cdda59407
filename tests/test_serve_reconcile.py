"""Reconciliation over HTTP: a session as OpenRefine has it, both versions of the API, and hostile input refused."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from reconcile import WAYS, make_messy

import airm_graph
from airm_graph.notice import NOTICE
from airm_graph.search.entities import read_entities
from airm_graph.search.name_index import NameIndex, fold_name
from conftest import ROOT
from reconciliation_schemas import SCHEMAS
from serving import Server, serving

AIRM = "https://w3id.org/airm-graph/ontology#"
#: What the text of the specification says of answers, in our own words.
TYPE = {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "string"}, "name": {"type": "string", "minLength": 1}}}
FEATURE = {**TYPE, "required": ["id", "name", "value"], "properties": {**TYPE["properties"], "value": {"type": ["boolean", "number"]}}}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score", "match", "type", "features"],
    "properties": {
        **TYPE["properties"],
        "score": {"type": "number", "minimum": 0, "maximum": 100},
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": TYPE, "minItems": 1},
        "features": {"type": "array", "items": FEATURE, "minItems": 1},
        "description": {"type": "string"},
    },
    "additionalProperties": False,
}
VALUE = {
    "oneOf": [
        {"type": "object", "required": ["id", "name"], "properties": TYPE["properties"], "additionalProperties": False},
        {"type": "object", "required": ["str"], "properties": {"str": {"type": "string"}}, "additionalProperties": False},
        {"type": "object", "required": ["int"], "properties": {"int": {"type": "integer"}}, "additionalProperties": False},
    ]
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(ROOT / "examples") as running:
        yield running


@pytest.fixture(scope="module")
def mitigation(example_graph: airm_graph.Graph) -> Any:
    """A mitigation whose name nothing else has, and that has several words."""
    entities = read_entities(example_graph.quads, base=example_graph.base)
    names = [fold_name(entity.name) for entity in entities]
    return next(
        one
        for one in entities
        if one.type == f"{AIRM}Mitigation"
        and names.count(fold_name(one.name)) == 1
        and len(one.name.split()) > 2
        and f"{AIRM}code" in one.values
    )


def ask(server: Server, **queries: Any) -> dict[str, Any]:
    found = server.client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert found.status_code == 200, found.text
    results = found.json()
    assert results.keys() == queries.keys()
    for result in results.values():
        jsonschema.validate(result["result"], {"type": "array", "items": CANDIDATE})
        scores = [one["score"] for one in result["result"]]
        assert sum(one["match"] for one in result["result"]) <= 1
        assert scores == sorted(scores, reverse=True)
    return {name: result["result"] for name, result in results.items()}


def ask_everything(server: Server, version: str, mitigation: Any) -> dict[str, list[Any]]:
    """Ask a version for all that it answers: what is answered → answers."""
    root, is_draft = ("/reconcile/1.0-draft", True) if version == "1.0-draft" else ("/reconcile", False)
    kinds = ("entity", "property", "type")
    every = [one["id"] for one in server.get(f"{root}/extend/propose").json()["properties"]]
    sources = [one["id"] for one in server.get(f"{root}/suggest/entity?prefix=a&type=airm:Source").json()["result"]]
    asked = {"ids": [mitigation.iri, *sources, "urn:of-nothing"], "properties": [{"id": iri} for iri in every]}
    code = mitigation.values[f"{AIRM}code"][0][1:-1]
    if is_draft:
        conditions = [
            {"matchType": "name", "propertyValue": mitigation.name},
            {"matchType": "property", "propertyId": "airm:code", "propertyValue": code},
        ]
        queries: Any = [{"conditions": conditions, "type": "airm:Mitigation", "limit": 7}, {"conditions": conditions[:1]}]
        matched, extended = server.client.post(f"{root}/match", json={"queries": queries}), server.client.post(f"{root}/extend", json=asked)
    else:
        queries = {
            "q0": {"query": mitigation.name, "properties": [{"pid": "airm:code", "v": code}]},
            "q1": {"query": "nothing of the kind"},
        }
        matched = server.client.post(root, data={"queries": json.dumps(queries)})
        extended = server.client.post(root, data={"extend": json.dumps(asked)})
    suggested = {kind: server.get(f"{root}/suggest/{kind}?prefix=s").json() for kind in kinds}
    first = {kind: found["result"][0]["id"] for kind, found in suggested.items()}
    return {
        "manifest": [server.get(root).json()],
        "match": [matched.json()],
        "extend": [extended.json()],
        "propose": [server.get(f"{root}/extend/propose?type=airm:Code&limit=2").json()],
        "suggest": list(suggested.values()),
        "flyout": [server.get(f"{root}/flyout/{kind}", params={"id": first[kind]}).json() for kind in kinds],
    }


@pytest.mark.parametrize("version", SCHEMAS)
def test_every_answer_fits_the_schema_of_its_version(server: Server, mitigation: Any, version: str) -> None:
    found = ask_everything(server, version, mitigation)
    assert found.keys() == SCHEMAS[version].keys()
    for name, answers in found.items():
        jsonschema.Draft202012Validator.check_schema(SCHEMAS[version][name])
        for answer in answers:
            # The notice stands in every answer but a batch of 0.2, where each key is the name of a query.
            jsonschema.validate(answer, SCHEMAS[version][name])
    assert found["match"][0].get("q0", found["match"][0].get("results"))


@pytest.mark.parametrize("version", SCHEMAS)
def test_the_schemas_refuse_answers_of_the_other_version(server: Server, mitigation: Any, version: str) -> None:
    other = next(one for one in SCHEMAS if one != version)
    for name in ("manifest", "match", "extend"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(ask_everything(server, other, mitigation)[name][0], SCHEMAS[version][name])


def test_the_manifest_names_services_that_answer(server: Server) -> None:
    manifest = server.get("/reconcile").json()
    assert manifest["versions"] == ["0.2"]
    assert {"name", "identifierSpace", "schemaSpace"} <= manifest.keys()
    assert {one["name"] for one in manifest["defaultTypes"]} >= {"Mitigation", "Source", "Code", "Actor role"}
    for kind in ("entity", "property", "type"):
        service = manifest["suggest"][kind]
        found = server.get(service["service_url"] + service["service_path"], params={"prefix": "s"}).json()["result"]
        jsonschema.validate(found, {"type": "array", "items": TYPE, "minItems": 1})
        flyout = server.get(
            service["flyout_service_url"] + service["flyout_service_path"].replace("${id}", re.sub("#", "%23", found[0]["id"]))
        ).json()
        assert (flyout["id"], found[0]["name"].split()[0] in flyout["html"]) == (found[0]["id"], True)
    propose = manifest["extend"]["propose_properties"]
    assert server.get(propose["service_url"] + propose["service_path"], params={"type": f"{AIRM}Code"}).json()["properties"]


def test_the_manifest_of_the_draft_is_its_own(server: Server) -> None:
    manifest = server.get("/reconcile/1.0-draft").json()
    assert manifest["versions"] == ["1.0-draft"]
    assert manifest["suggest"] == {"entity": True, "property": True, "type": True}
    assert manifest["standardizedScore"] is True
    assert manifest["extend"]["proposeProperties"] is True
    assert server.get("/reconcile/1.0-draft/suggest/type?prefix=miti").json()["result"][0]["id"] == f"{AIRM}Mitigation"


def test_a_name_that_is_written_otherwise_is_found_first(server: Server, mitigation: Any) -> None:
    words = mitigation.name.split()
    written = [
        mitigation.name.upper(),
        f"\u201c{mitigation.name}\u201d",
        "-".join(words),
        f"  {mitigation.name.lower()}. ",
        " ".join(words[1:]),
    ]
    found = ask(server, **{f"q{n}": {"query": text, "type": "airm:Mitigation", "limit": 3} for n, text in enumerate(written)})
    assert [found[f"q{n}"][0]["id"] for n in range(len(written))] == [mitigation.iri] * len(written)
    assert [found[f"q{n}"][0]["match"] for n in range(4)] == [True] * 4
    assert not found["q4"][0]["match"]


def test_identifiers_and_notations_win(server: Server, mitigation: Any, example_graph: airm_graph.Graph) -> None:
    notation = next(
        one for one in read_entities(example_graph.quads) if one.type == f"{AIRM}Code" and "/taxonomy/v1/" in one.iri and "." in one.keys[1]
    )
    path = mitigation.iri.removeprefix(example_graph.base)
    found = ask(server, iri={"query": mitigation.iri}, path={"query": path}, code={"query": notation.keys[-1]})
    assert [found[name][0]["id"] for name in ("iri", "path", "code")] == [mitigation.iri, mitigation.iri, notation.iri]
    for result in found.values():
        features = {one["id"]: one["value"] for one in result[0]["features"]}
        assert (features["exact_identifier"], result[0]["score"], result[0]["match"]) == (True, 100, True)


def test_properties_choose_among_names_and_are_shown_as_a_feature(server: Server, mitigation: Any) -> None:
    code = mitigation.values[f"{AIRM}code"][0][1:-1]
    found = ask(
        server,
        right={"query": mitigation.name, "properties": [{"pid": f"{AIRM}code", "v": {"id": code}}]},
        wrong={"query": mitigation.name, "properties": [{"pid": "airm:code", "v": ["no such code anywhere"]}]},
        alone={"properties": [{"pid": "airm:code", "v": code}], "limit": 50},
    )
    assert (found["right"][0]["id"], found["right"][0]["score"], found["right"][0]["match"]) == (mitigation.iri, 100, True)
    assert (found["wrong"][0]["score"], found["wrong"][0]["match"]) == (70, False)
    assert mitigation.iri in {one["id"] for one in found["alone"]}
    assert {one["value"] for one in found["right"][0]["features"] if one["id"] == "properties"} == {100}


def test_get_asks_the_same_as_post(server: Server, mitigation: Any) -> None:
    queries = {"q0": {"query": mitigation.name}}
    found = server.get("/reconcile", params={"queries": json.dumps(queries)})
    assert found.json()["q0"]["result"] == ask(server, **queries)["q0"]
    assert found.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/1.0-draft/match", "/reconcile/1.0-draft/reconcile"])
def test_a_batch_of_the_draft_is_a_list(server: Server, mitigation: Any, path: str) -> None:
    code = mitigation.values[f"{AIRM}code"][0][1:-1]
    name = {"matchType": "name", "v": mitigation.name.upper()}
    condition = {"matchType": "property", "pid": "airm:code", "v": code, "required": True}
    queries = [
        {"conditions": [name]},
        {"conditions": [name, {**condition, "matchQuantifier": "none"}]},
        {"type": f"{AIRM}Source", "conditions": [condition]},
    ]
    found = server.client.post(path, json={"queries": queries}).json()
    assert found["notice"] == NOTICE
    jsonschema.validate([one["candidates"] for one in found["results"]], {"type": "array", "items": {"type": "array", "items": CANDIDATE}})
    first, without, sources = (one["candidates"] for one in found["results"])
    assert first[0]["id"] == mitigation.iri
    assert mitigation.iri not in {one["id"] for one in without}
    assert sources == []


def test_values_are_read_in_both_versions(server: Server, mitigation: Any) -> None:
    asked = {"ids": [mitigation.iri, "urn:of-nothing"], "properties": [{"id": "airm:code"}, {"id": f"{AIRM}source"}]}
    old = server.client.post("/reconcile", data={"extend": json.dumps(asked)}).json()
    assert [one["id"] for one in old["meta"]] == ["airm:code", f"{AIRM}source"]
    assert {one["id"] for one in old["rows"][mitigation.iri]["airm:code"]} == {value[1:-1] for value in mitigation.values[f"{AIRM}code"]}
    assert old["rows"]["urn:of-nothing"] == {"airm:code": [], f"{AIRM}source": []}
    new = server.client.post("/reconcile/1.0-draft/extend", json=asked).json()
    assert [{one["id"]: {p["id"]: p["values"] for p in one["properties"]}} for one in new["rows"]] == [
        {iri: row} for iri, row in old["rows"].items()
    ]
    every = {one["id"] for one in server.get("/reconcile/extend/propose").json()["properties"]}
    asked = {"ids": [mitigation.iri], "properties": [{"id": iri} for iri in every]}
    rows = server.client.post("/reconcile", data={"extend": json.dumps(asked)}).json()["rows"]
    jsonschema.validate(
        [value for values in rows[mitigation.iri].values() for value in values], {"type": "array", "items": VALUE, "minItems": 4}
    )


def test_a_preview_stands_in_a_frame_and_a_view_leads_to_the_page(server: Server, mitigation: Any) -> None:
    manifest = server.get("/reconcile").json()
    page = server.get(manifest["preview"]["url"].replace("{{id}}", mitigation.iri))
    assert page.headers["content-type"].startswith("text/html")
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    assert NOTICE in page.text
    view = server.get(manifest["view"]["url"].replace("{{id}}", mitigation.iri), follow_redirects=False)
    assert (view.status_code, view.headers["location"]) == (303, urlsplit(mitigation.iri).path.removeprefix("/airm-graph"))
    assert server.get("/reconcile/preview?id=urn:of-nothing").status_code == 404


def test_suggestions_begin_with_what_was_typed_and_go_on(server: Server, mitigation: Any) -> None:
    found = server.get("/reconcile/suggest/entity", params={"prefix": mitigation.name[:-2]}).json()["result"]
    assert mitigation.iri in [one["id"] for one in found[:3]]
    assert server.get("/reconcile/suggest/entity", params={"prefix": mitigation.iri}).json()["result"][0]["id"] == mitigation.iri
    pages = [server.get(f"/reconcile/suggest/entity?prefix=a&limit=3&cursor={n}").json()["result"] for n in (0, 3)]
    assert len({one["id"] for page in pages for one in page}) == 6


@pytest.mark.parametrize(
    ("queries", "status"),
    [
        ({f"q{n}": {"query": "a"} for n in range(101)}, 413),
        ([{"query": "a"}], 400),
        ({"q": "a"}, 400),
        ({"q": {}}, 400),
        ({"q": {"query": 5}}, 400),
        ({"q": {"query": "a" * 1001}}, 400),
        ({"q": {"query": "a", "limit": "many"}}, 400),
        ({"q": {"query": "a", "limit": -1}}, 400),
        ({"q": {"query": "a", "type": 7}}, 400),
        ({"q": {"query": "a", "type": "urn:no-such-type"}}, 400),
        ({"q": {"query": "a", "type_strict": "never"}}, 400),
        ({"q": {"query": "a", "properties": {"pid": "x"}}}, 400),
        ({"q": {"query": "a", "properties": [{"pid": "urn:no-such-property", "v": "x"}]}}, 400),
        ({"q": {"query": "a", "properties": [{"pid": "airm:code", "v": None}]}}, 400),
        ({"q": {"query": "a", "properties": [{"pid": "airm:code", "v": "x"}] * 21}}, 413),
    ],
)
def test_a_wrong_batch_is_refused_and_the_server_lives(server: Server, queries: Any, status: int) -> None:
    found = server.client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert (found.status_code, bool(found.json()["title"])) == (status, True)
    assert server.is_alive


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/reconcile", {"data": {"queries": "{"}}, 400),
        ("/reconcile", {"data": {"nothing": "{}"}}, 400),
        ("/reconcile", {"content": b"a", "headers": {"Content-Type": "text/plain"}}, 415),
        ("/reconcile", {"json": {"queries": [{"conditions": [{"matchType": "other", "v": "a"}]}]}}, 400),
        ("/reconcile", {"json": {"queries": [{"conditions": [{"matchType": "name"}]}]}}, 400),
        ("/reconcile", {"json": {"queries": [{"type": "airm:Source"}]}}, 400),
        ("/reconcile", {"json": [1]}, 400),
        ("/reconcile/match", {"content": b'"' + b"a" * 70_000 + b'"', "headers": {"Content-Type": "application/json"}}, 413),
        ("/reconcile/extend", {"json": {"ids": ["a"], "properties": [{"id": "urn:no"}]}}, 400),
        ("/reconcile/extend", {"json": {"ids": ["a"] * 1001, "properties": []}}, 413),
        ("/reconcile/nothing", {"json": {}}, 404),
    ],
)
def test_a_wrong_request_is_refused(server: Server, path: str, sent: dict[str, Any], status: int) -> None:
    assert server.client.post(path, **sent).status_code == status
    assert server.is_alive


def test_texts_of_nothing_have_no_candidates(server: Server) -> None:
    found = ask(server, a={"query": ""}, b={"query": "\u2014 \u0000 ?!"}, c={"query": "<script>'\"; DROP"}, d={"query": "\ud7ff\u0301"})
    assert found["a"] == found["b"] == []
    assert not any(one["match"] for result in found.values() for one in result)


def test_a_lost_word_costs_less_where_it_is_common(example_graph: airm_graph.Graph) -> None:
    index = NameIndex(read_entities(example_graph.quads))
    one = next(entity for entity in index.entities if len(entity.name.split()) > 3)
    best = index.match(one.name)[0]
    assert (best.score, best.is_name) == (1, True)
    assert index.match(" ".join(reversed(one.name.split())))[0].entity.name == one.name


@pytest.mark.parametrize("way", WAYS)
def test_messy_names_are_found_first(server: Server, example_graph: airm_graph.Graph, way: str) -> None:
    entities = [one for one in read_entities(example_graph.quads) if one.type == f"{AIRM}Mitigation"]
    asked = make_messy(entities, way, names=50, seed=3)
    found = ask(server, **{f"q{n}": one.query for n, one in enumerate(asked)})
    names = [(fold_name(found[f"q{n}"][0]["name"]), fold_name(one.wanted.name)) for n, one in enumerate(asked)]
    assert sum(one == other for one, other in names) >= 0.95 * len(names) > 9


def test_the_interface_is_described(server: Server) -> None:
    paths = server.get("/openapi.json").json()["paths"]
    assert {
        "/reconcile",
        "/reconcile/preview",
        "/reconcile/suggest/{kind}",
        "/reconcile/1.0-draft",
        "/reconcile/1.0-draft/match",
    } <= paths.keys()
