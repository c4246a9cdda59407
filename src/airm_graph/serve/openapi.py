"""Describe the whole interface by OpenAPI, from the headers of the queries.

Source:
    OpenAPI Specification 3.1.1.
"""

from typing import TYPE_CHECKING, Any

from airm_graph.query.library import Parameter, Query, list_queries
from airm_graph.search import FACETS
from airm_graph.serve.analyses import ANALYSES, Analysis
from airm_graph.serve.content_negotiation import GRAPH_TYPES, HTML, JSON, TABLE_TYPES
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.reconcile_endpoint import DRAFT, RECONCILE
from airm_graph.serve.responses import Validators, make_response, write_json

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["answer_openapi"]

Json = dict[str, Any]

_TABLES = tuple(TABLE_TYPES.values())
_GRAPHS = tuple(GRAPH_TYPES.values())
_PROBLEMS = {
    400: "The request is wrong; the message says what, and `parameter` which parameter.",
    404: "There is no such thing.",
    406: "None of the formats that the client takes; `offered` lists those there are.",
    413: "Query or answer is too large.",
    414: "The address is too long.",
    501: "The server lacks a library for it; the message says which.",
    503: "Too much work for the server, now or at all; `Retry-After` says when to ask again.",
}


async def answer_openapi(request: "Request", client: GraphClient) -> "Response":
    """Answer a request at ``/openapi.json``."""
    server = client.locate(request.headers.get("host", ""), "").rstrip("/")
    described = _describe_interface(list_queries(), server=server, version=client.info.version, notice=client.info.notice)
    return await make_response(request, write_json(described), media_type=JSON, validators=Validators(client.info, "openapi", server))


def _describe_interface(queries: tuple[Query, ...], *, server: str, version: str, notice: str) -> Json:
    """Describe the interface as an OpenAPI 3.1 document.

    Args:
        queries: The query library.
        server: Address of the server, without a slash at the end.
        version: Version of this software.
        notice: What users must know of the data.
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": "AI risk mitigations", "version": version, "description": notice},
        "servers": [{"url": server}],
        "tags": [{"name": "graph"}, {"name": "library"}, {"name": "analyses"}, {"name": "search"}, {"name": "server"}],
        "paths": {
            "/sparql": _describe_sparql(),
            "/graph-store": _describe_graph_store(),
            "/search": {"get": _describe_search()},
            **{f"/{name}": {"get": _describe_analysis(analysis)} for name, analysis in ANALYSES.items()},
            **_describe_reconcile(),
            "/query": {"get": _operation("listQueries", "List the queries of the library", ["library"], [], (JSON, HTML), [406])},
            **{f"/query/{query.name}": {"get": _describe_query(query)} for query in queries},
            "/{path}": {"get": _describe_resource()},
            "/.well-known/void": {"get": _operation("describeService", "What this server holds, as RDF", ["graph"], [], _GRAPHS, [406])},
            "/health": {"get": _operation("health", "Whether the server runs", ["server"], [], ("text/plain",), [])},
            "/ready": {"get": _operation("ready", "Whether the server can answer", ["server"], [], ("text/plain",), [503])},
            "/metrics": {"get": _operation("metrics", "Counters for Prometheus", ["server"], [], ("text/plain",), [])},
        },
        "components": {"schemas": {"Problem": _PROBLEM_SCHEMA}},
    }


_PROBLEM_SCHEMA: Json = {
    "type": "object",
    "required": ["status", "title"],
    "properties": {
        "status": {"type": "integer"},
        "title": {"type": "string", "description": "What is wrong, and what to do."},
        "parameter": {"type": "string", "description": "The parameter that is wrong."},
        "offered": {"type": "array", "items": {"type": "string"}, "description": "Media types to choose from."},
        "reason": {"type": "string", "description": "The limit that was passed."},
    },
}


def _operation(name: str, summary: str, tags: list[str], parameters: list[Json], types: tuple[str, ...], problems: list[int]) -> Json:
    answer = {"description": "The answer.", "content": {media_type: {} for media_type in types}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused = {str(status): {"description": _PROBLEMS[status], "content": problem} for status in problems}
    return {"operationId": name, "summary": summary, "tags": tags, "parameters": parameters, "responses": {"200": answer, **refused}}


def _parameter(name: str, description: str, schema: Json, *, required: bool = False, location: str = "query") -> Json:
    return {"name": name, "in": location, "required": required, "description": description, "schema": schema}


def _describe_sparql() -> Json:
    graphs = {"type": "array", "items": {"type": "string", "format": "iri"}}
    parameters = [
        _parameter("query", "The query; without it, the service description is sent.", {"type": "string", "maxLength": 16384}),
        _parameter("default-graph-uri", "Graph that makes up the default graph.", graphs),
        _parameter("named-graph-uri", "Graph that can be named in the query.", graphs),
    ]
    types, problems = (*_TABLES, *_GRAPHS, HTML), [400, 406, 413, 414, 503]
    asked = _operation("sparqlGet", "Ask a SPARQL 1.1 query", ["graph"], parameters, types, problems)
    form: Json = {"type": "object", "required": ["query"], "properties": {p["name"]: p["schema"] for p in parameters}}
    form["properties"]["query"] = {"type": "string", "maxLength": 65536}
    posted = _operation("sparqlPost", "Ask a SPARQL 1.1 query", ["graph"], parameters[1:], (*_TABLES, *_GRAPHS), [400, 406, 413, 503])
    content = {"application/sparql-query": {"schema": {"type": "string"}}, "application/x-www-form-urlencoded": {"schema": form}}
    return {"get": asked, "post": {**posted, "requestBody": {"required": True, "content": content}}}


def _describe_graph_store() -> Json:
    parameters = [
        _parameter("graph", "IRI of a named graph.", {"type": "string", "format": "iri"}),
        _parameter("default", "The union of all graphs.", {"type": "string"}),
    ]
    return {"get": _operation("getGraph", "Fetch a whole graph", ["graph"], parameters, _GRAPHS, [400, 404, 406, 413, 503])}


def _describe_search() -> Json:
    text = 'Words that must all occur; "words in quotes" stand together; word* begins a word.'
    values = {"type": "array", "items": {"type": "string"}}
    parameters = [
        _parameter("q", text, {"type": "string", "maxLength": 2000}),
        *(_parameter(facet, f"Only what has this {facet}: an IRI, the last part of one, or a label.", values) for facet in FACETS),
        _parameter("limit", "How many hits.", {"type": "integer", "minimum": 0, "maximum": 1000, "default": 20}),
        _parameter("offset", "How many hits to leave out before.", {"type": "integer", "minimum": 0, "default": 0}),
    ]
    types = (JSON, "text/csv", "text/tab-separated-values", HTML)
    return _operation("search", "Search names, descriptions, reasons and titles", ["search"], parameters, types, [400, 406, 503])


def _describe_analysis(analysis: Analysis) -> Json:
    parameters = [
        _parameter(
            field.name,
            field.description,
            {"type": field.kind, **({"enum": list(field.choices)} if field.choices else {})},
            required=field.required,
        )
        for field in analysis.fields
    ]
    types = tuple(dict.fromkeys((*analysis.types.values(), HTML)))
    described = _operation(analysis.name, analysis.summary, ["analyses"], parameters, types, [400, 404, 406, 413, 501, 503])
    suffixes = ", ".join(f"`/{analysis.name}.{suffix}`" for suffix in analysis.types)
    return {**described, "description": f"As the command of that name says. Formats by suffix: {suffixes}."}


def _describe_reconcile() -> Json:
    text, number = {"type": "string"}, {"type": "integer", "minimum": 0}
    queries, extend = _parameter("queries", "A batch: name → query.", text), _parameter("extend", "Entities and properties.", text)
    form = {"type": "object", "properties": {"queries": text, "extend": text}}
    sent = {"application/x-www-form-urlencoded": {"schema": form}, JSON: {"schema": {"type": "object"}}}
    problems, tags = [400, 404, 413, 503], ["search"]
    wanted = [_parameter(name, "What is asked for.", text) for name in ("prefix", "type")] + [
        _parameter(name, "How many, or how many to leave out before.", number) for name in ("limit", "cursor")
    ]
    asked = _operation(
        "reconcile", "Reconcile names (W3C Reconciliation Service API 0.2); the manifest", tags, [queries, extend], (JSON,), problems
    )
    posted = _operation("reconcilePost", "Reconcile a batch of names, or read values of entities", tags, [], (JSON,), problems)
    kind = _parameter(
        "kind", "What is suggested.", {"type": "string", "enum": ["entity", "property", "type"]}, required=True, location="path"
    )
    draft = _operation("reconcileDraft", "The manifest of version 1.0-draft, whose services stand below", tags, [], (JSON,), [503])
    match = _operation("reconcileMatch", "Reconcile a batch, as 1.0-draft says", tags, [], (JSON,), problems)
    identified = [_parameter("id", "IRI of an entity.", text, required=True)]
    preview = _operation("reconcilePreview", "Show an entity in a frame", tags, identified, (HTML,), [404, 503])
    suggest = _operation("reconcileSuggest", "Complete names", tags, [kind, *wanted], (JSON,), problems)
    body = {"required": True, "content": sent}
    return {
        f"/{RECONCILE}": {"get": asked, "post": {**posted, "requestBody": body}},
        f"/{RECONCILE}/preview": {"get": preview},
        f"/{RECONCILE}/suggest/{{kind}}": {"get": suggest},
        f"/{DRAFT}": {"get": draft},
        f"/{DRAFT}/match": {"post": {**match, "requestBody": {"required": True, "content": {JSON: sent[JSON]}}}},
    }


def _describe_resource() -> Json:
    parameters = [
        _parameter("path", "What follows the base in the IRI.", {"type": "string"}, required=True, location="path"),
        _parameter("_mediatype", "Media type or suffix; overrides Accept.", {"type": "string"}),
    ]
    described = _operation(
        "getResource", "Describe anything that has an IRI below the base", ["graph"], parameters, (HTML, *_GRAPHS), [404, 406, 503]
    )
    described["responses"]["303"] = {"description": "Deprecated; `Location` is what replaced it."}
    described["responses"]["410"] = {"description": "Deprecated, and no single thing replaced it."}
    return described


def _describe_query(query: Query) -> Json:
    parameters = [
        _parameter(p.name, p.description, _describe_parameter(p), required=p.required) | ({"example": p.example} if p.example else {})
        for p in query.parameters
    ]
    types = (*_TABLES, JSON, HTML)
    described = _operation(query.name, query.summary, ["library"], parameters, types, [400, 406, 413, 503])
    columns = "\n".join(f"- `{name}`: {meaning}" for name, meaning in query.columns)
    return {**described, "description": f"{query.description}\n\nColumns:\n\n{columns}"}


def _describe_parameter(parameter: Parameter) -> Json:
    schema: Json = {"type": "integer"} if parameter.kind == "integer" else {"type": "string"}
    if parameter.kind == "iri":
        schema["format"] = "iri"
    if parameter.kind == "choice":
        schema["enum"] = list(parameter.allowed)
    if parameter.default is not None:
        schema["default"] = int(parameter.default) if parameter.kind == "integer" else parameter.default
    return schema
