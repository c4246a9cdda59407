"""What an assistant can call: each tool by one description, from which its schemas are made."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from airm_graph.analysis.counted_facets import FACETS as COUNTED
from airm_graph.assistant.analysis_tools import Arguments, ask_analysis, explain_why, list_changes, list_similar
from airm_graph.assistant.bounded_answers import Answer, ToolError
from airm_graph.assistant.evidence import add_evidence
from airm_graph.namespaces import rebase_text, term
from airm_graph.query.answers import split_term
from airm_graph.query.library import Query, bind_query, list_queries
from airm_graph.search import FACETS, Hit
from airm_graph.serve.dataset_info import DatasetInfo
from airm_graph.serve.graph_client import GraphClient
from airm_graph.serve.problems import Problem
from airm_graph.serve.resource_description import Resource

__all__ = ["Tool", "list_tools"]

_TEXT: Mapping[str, Any] = {"type": "string", "maxLength": 20_000}
#: Rows of a query that can be turned over with cursors.
_MOST_ROWS = 10_000
_HITS = 25
_TERMS = {"subject": "IRI or path.", "predicate": "Such as airm:underCode.", "object": 'IRI, path or "text".'}


@dataclass(frozen=True, slots=True)
class Tool:
    """Describe a tool.

    Attributes:
        name, title, description: As the client lists it.
        call: Takes the client, the arguments, and how many items were given before.
        parameters: Name → JSON Schema.
        required: Names of those that must be given.
        item: What an item holds: name → JSON Schema type.
    """

    name: str
    title: str
    description: str
    call: Callable[[GraphClient, Arguments, int], Awaitable[Answer]]
    parameters: Mapping[str, Mapping[str, Any]]
    required: Sequence[str] = ()
    item: Mapping[str, str] = field(default_factory=dict)

    @property
    def input_schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        cursor = {"type": "string", "maxLength": 400}
        return {
            "type": "object",
            "properties": {**self.parameters, "cursor": cursor},
            "required": list(self.required),
            "additionalProperties": False,
        }

    @property
    def output_schema(self) -> dict[str, Any]:
        """The JSON Schema of its answers."""
        item = {"type": "object", "properties": {name: {"type": kind} for name, kind in self.item.items()}}
        texts = ("query", "note", "release", "notice")
        properties = {
            "items": {"type": "array", "items": item},
            "total": {"type": "integer"},
            "complete": {"type": "boolean"},
            "cursor": {"type": ["string", "null"]},
            **{name: {"type": "string"} for name in texts},
        }
        required = ["items", "total", "complete", "release", "notice"]
        return {"type": "object", "properties": properties, "required": required}


@cache
def list_tools() -> tuple[Tool, ...]:
    """List the tools, in the order in which an assistant needs them."""
    return (
        *_list_lookups(),
        *_list_analyses(),
        Tool(
            "sparql",
            "SPARQL, read-only",
            "Ask the graph anything in SPARQL 1.1 (SELECT, ASK, CONSTRUCT, DESCRIBE), under limits of time and memory. "
            "Prefixes must be declared; describe the ontology for its terms.",
            _ask_sparql,
            {"query": _TEXT},
            ("query",),
        ),
    )


def _list_lookups() -> tuple[Tool, ...]:
    facets = {name: {"type": "string", "maxLength": 300} for name in FACETS}
    facets["kind"] = {"type": "string", "enum": ["mitigation", "source", "code", "actor", "lifecycle", "function"]}
    facets["code"] = {"type": "string", "maxLength": 300, "description": "Such as 1.1.3; finer codes count."}
    return (
        Tool(
            "search",
            "Search and list",
            "Find mitigations, sources, codes and roles by words and facets; without words, list all that have the facets. "
            "Facets take a label (Deployer), a slug or an IRI.",
            _search,
            {"text": {**_TEXT, "description": 'Words that must all occur; "in quotes" together.'}, **facets},
            item={"iri": "string", "kind": "string", "label": "string", "codes": "string", "source": "string", "evidence": "object"},
        ),
        Tool(
            "describe",
            "Everything about one thing",
            "All statements about one IRI, then every captured line or cell that they rest on, with its file.",
            _describe,
            {"iri": {**_TEXT, "description": "From another answer."}},
            ("iri",),
            {"property": "string", "value": "string", "label": "string", "where": "string", "text": "string"},
        ),
        Tool(
            "run_query",
            "Prepared queries",
            f"Answer one of these: {_describe_queries()}",
            _run_query,
            {
                # Their names stand in the description: a list of them is read twice.
                "name": {"type": "string", "maxLength": 100},
                "arguments": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 2000}},
            },
            ("name",),
        ),
    )


def _list_analyses() -> tuple[Tool, ...]:
    return (
        Tool(
            "coverage",
            "How much there is of what",
            "Count mitigations for each combination of two or three facets; with gaps, list those that no mitigation has, then those of "
            "one source alone. Each cell has the SPARQL that proves it.",
            _count_coverage,
            {
                **{name: {"type": "string", "enum": list(COUNTED)} for name in ("rows", "columns", "layers")},
                "gaps": {"type": "boolean"},
                "edition": {"type": "string", "maxLength": 100, "description": "Of codes: v1 or v2."},
                "level": {"type": "integer", "minimum": 1, "maximum": 9, "description": "Of codes; 1 is the top."},
            },
            ("rows", "columns"),
            {"values": "array", "mitigations": "integer", "sources": "integer", "state": "string", "sparql": "string"},
        ),
        Tool(
            "similar",
            "The same under other words",
            "List pairs of mitigations that say the same, the most alike first: what both have, where each is stated, what people decided.",
            list_similar,
            {
                "mitigation": {**_TEXT, "description": "IRI; only its pairs."},
                "threshold": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Least score; 0.5 when left out."},
            },
            item={"one": "object", "two": "object", "score": "number", "relation": "string", "decision": "string"},
        ),
        Tool(
            "why",
            "Why a statement holds",
            "Prove a statement: each step with its rule and the steps it follows from, down to captured lines or cells.",
            explain_why,
            {name: {**_TEXT, "description": text} for name, text in _TERMS.items()},
            tuple(_TERMS),
            {"step": "integer", "statement": "array", "rule": "string", "from": "array", "stated": "array"},
        ),
        Tool(
            "diff",
            "What changed",
            "List what changed since the earlier release that the server was started with: mitigations, sources, terms, findings.",
            list_changes,
            {"kind": {"type": "string", "maxLength": 100, "description": "Such as mitigation renamed."}},
            item={"kind": "string", "subject": "string", "name": "string", "what": "string", "old": "array", "new": "array"},
        ),
    )


def _describe_queries() -> str:
    return "; ".join(f"{query.name}({_write_parameters(query)}): {query.summary}" for query in list_queries())


def _write_parameters(query: Query) -> str:
    return ", ".join(f"{one.name}{'' if one.required else '?'}" for one in query.parameters)


async def _search(client: GraphClient, given: Arguments, offset: int) -> Answer:
    facets = {name: [given[name]] for name in FACETS if name in given}
    try:
        hits = await client.search(given.get("text", ""), facets=facets, limit=_HITS, offset=offset)
    except Problem as problem:
        raise ToolError(f"{problem.title}; call search with fewer facets to see which values there are") from problem
    call = json.dumps({"text": given.get("text", ""), **facets}, ensure_ascii=False, sort_keys=True)
    items = [_read_hit(hit) for hit in hits.hits]
    found = await add_evidence(client, items, key="iri")
    note = "" if hits.total else "nothing in the graph fits; try fewer words or facets"
    return Answer(found, hits.total, offset, f"search {call}", note)


def _read_hit(hit: Hit) -> dict[str, Any]:
    item = {"iri": hit.iri, "kind": hit.kind, "label": hit.name, "codes": hit.codes, "source": hit.source, "snippet": hit.snippet}
    if hit.kind == "mitigation":
        item |= {name: item[name] or "unknown" for name in ("label", "codes", "source")}
    return {name: value for name, value in item.items() if value}


async def _describe(client: GraphClient, given: Arguments, offset: int) -> Answer:
    iri = given["iri"].strip().removeprefix("<").removesuffix(">")
    iri = iri if ":" in iri else client.info.base + iri.lstrip("/")
    try:
        resource = await client.describe(iri)
    except Problem as problem:
        if problem.status != 404:
            raise
        return Answer((), 0, offset, f"describe {iri}", f"<{iri}> is not in the graph; call search for what is")
    items = [*_list_statements(resource, client.info), *_list_captured(resource, base=client.info.base)]
    note = f"deprecated; use instead: {', '.join(resource.replaced_by) or 'nothing replaces it'}" if resource.deprecated else ""
    return Answer(items[offset:], len(items), offset, f"DESCRIBE <{iri}>", note)


def _list_statements(resource: Resource, info: DatasetInfo) -> list[dict[str, Any]]:
    found = []
    owners = [
        (resource.iri, resource.statements),
        *((part, pairs) for part, pairs in resource.parts.items() if part.startswith(resource.iri)),
    ]
    for subject, pairs in owners:
        for predicate, value in pairs:
            _, text, _, language = split_term(value)
            item = {"property": info.shorten(predicate), "value": text}
            item |= {"label": resource.labels[text]} if text in resource.labels else {}
            item |= {"language": language} if language else {}
            found.append(item | ({} if subject == resource.iri else {"of": subject}))
    return found


def _list_captured(resource: Resource, *, base: str) -> list[dict[str, Any]]:
    """List each captured line, or cell, of each piece of evidence."""

    def name(prefixed: str) -> str:
        return rebase_text(term(prefixed)[1:-1], base)

    found = []
    for iri in sorted(part for part, pairs in resource.parts.items() if any(p == name("airm:capturedText") for p, _ in pairs)):
        text, first = ("".join(resource.texts(name(one), of=iri)[:1]) for one in ("airm:capturedText", "airm:firstLine"))
        where = resource.labels.get(iri, iri)
        # A cell may have several lines, and is one thing.
        lines = text.split("\n") if first.isdigit() else [text]
        found += [
            {"evidence": iri, "where": where, "text": line, **({"line": int(first) + number} if first.isdigit() else {})}
            for number, line in enumerate(lines)
        ]
    return found


async def _run_query(client: GraphClient, given: Arguments, offset: int) -> Answer:
    name, arguments = given["name"], given.get("arguments", {})
    query = next((query for query in list_queries() if query.name == name), None)
    if query is None:
        raise ToolError(f"there is no query {name!r}; there are {', '.join(query.name for query in list_queries())}")
    try:
        table = await client.query(name, arguments)
    except Problem as problem:
        known = f"{name}({_write_parameters(query)})"
        raise ToolError(f"{problem.title}; the query is {known}; call search for names of sources, codes and roles") from problem
    items = [_read_row(table.columns, row) for row in table.rows[offset : offset + _HITS * 4]]
    key = next((column for column in ("mitigation", "subject") if column in table.columns), "")
    found = await add_evidence(client, items, key=key) if key else items
    text = bind_query(query, arguments, base=client.info.base)
    return Answer(
        found,
        len(table.rows),
        offset,
        text,
        "" if table.rows else "the graph has no answer to this; it may still hold the things alone: call search",
    )


def _read_row(columns: Sequence[str], row: Sequence[str | None]) -> dict[str, Any]:
    return {column: None if value is None else _read_value(value) for column, value in zip(columns, row, strict=True)}


def _read_value(value: str) -> str:
    return value if value.startswith("_:") else split_term(value)[1]


async def _count_coverage(client: GraphClient, given: Arguments, offset: int) -> Answer:
    question, arguments = "gaps" if given.get("gaps") else "coverage", {name: value for name, value in given.items() if name != "gaps"}
    cells = (await ask_analysis(client, question, arguments, help_text=f"the facets are {', '.join(COUNTED)}"))["cells"]
    note = "" if cells else "there are no gaps" if question == "gaps" else "the graph holds nothing to count"
    return Answer(cells[offset:], len(cells), offset, f"{question} {json.dumps(arguments, sort_keys=True)}", note)


async def _ask_sparql(client: GraphClient, given: Arguments, offset: int) -> Answer:
    if offset > _MOST_ROWS:
        raise ToolError(f"only the first {_MOST_ROWS:,} rows can be turned over; ask with ORDER BY and OFFSET")
    try:
        found = await client.begin_query(given["query"], rows=offset + _HITS * 4, text=8000)
    except Problem as problem:
        raise ToolError(f"{problem.title}; for common questions call run_query or search") from problem
    if found.truth is not None:
        return Answer([{"answer": found.truth}], 1, offset, given["query"])
    if found.columns:
        items = [_read_row(found.columns, row) for row in found.rows[offset:]]
        return Answer(items, found.count, offset, given["query"], "" if found.count else "the graph has no answer to this")
    note = "" if found.is_whole else "this is the beginning; ask for fewer statements, or call describe for one thing"
    return Answer([{"turtle": found.text}] if found.text else [], 1 if found.text else 0, offset, given["query"], note)
