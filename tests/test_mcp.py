"""Answers over the Model Context Protocol, asked by the client of the official SDK."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from airm_graph.assistant.bounded_answers import MOST_BYTES, Answer, ToolError, pack_answer, read_cursor
from airm_graph.assistant.prompts import PROMPTS
from airm_graph.notice import NOTICE
from airm_graph.serve.dataset_info import DatasetInfo
from tools import require_npm

pytest.importorskip("mcp")
from mcp import ClientSession
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o FILTER(isIRI(?s) && !isBlank(?o)) } ORDER BY ?s ?p ?o"


def at_streams(data: Path, ask: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """Ask the command at its standard streams."""

    async def run() -> Any:
        started = StdioServerParameters(command=sys.executable, args=["-m", "airm_graph", "mcp", str(data)])
        async with stdio_client(started) as streams, ClientSession(*streams[:2]) as session:
            await session.initialize()
            return await ask(session)

    return asyncio.run(run())


def at_http(server, ask: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """Ask a running server at ``/mcp``."""

    async def run() -> Any:
        async with streamable_http_client(f"{server.url}/mcp") as streams, ClientSession(*streams[:2]) as session:
            await session.initialize()
            return await ask(session)

    return asyncio.run(run())


CALLS = [
    ("search", {"text": "staged", "kind": "mitigation"}),
    ("search", {"actor": "Deployer"}),
    ("run_query", {"name": "mitigations-by-code", "arguments": {"code": "1.1"}}),
    ("describe", {"iri": "taxonomy/v2/1.1.2"}),
    ("coverage", {"rows": "code", "columns": "actor", "gaps": True}),
    ("coverage", {"rows": "actor", "columns": "stage"}),
    ("sparql", {"query": "ASK { ?s ?p ?o }"}),
    ("sparql", {"query": "CONSTRUCT WHERE { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?o } LIMIT 2"}),
    ("sparql", {"query": EVERYTHING}),
]


@pytest.fixture(scope="module")
def answered(example_dist) -> tuple[Any, list[Any]]:
    """The tools, and the answers to the calls above."""

    async def ask(session: ClientSession) -> Any:
        return await session.list_tools(), [await session.call_tool(*call) for call in CALLS]

    return at_streams(example_dist, ask)


def test_tools_are_few_read_only_and_described(answered: tuple[Any, list[Any]]) -> None:
    tools = answered[0].tools
    assert 4 <= len(tools) <= 8
    assert all(tool.annotations.read_only_hint and tool.description and tool.output_schema for tool in tools)
    # Under 3,000 tokens: `python benchmarks/assistant.py` counts them with a tokeniser.
    assert len(answered[0].model_dump_json(by_alias=True, exclude_none=True)) < 9000


def test_answers_fit_their_schemas_and_the_text_says_the_same(answered: tuple[Any, list[Any]]) -> None:
    schemas = {tool.name: tool.output_schema for tool in answered[0].tools}
    for (name, _), found in zip(CALLS, answered[1], strict=True):
        assert not found.is_error, found.content[0].text
        jsonschema.validate(found.structured_content, schemas[name])
        assert json.loads(found.content[0].text) == found.structured_content
        assert found.structured_content["notice"] == NOTICE
        assert found.structured_content["items"]
        assert len(found.content[0].text.encode()) <= MOST_BYTES + 600


def test_mitigations_come_with_file_line_and_text(answered: tuple[Any, list[Any]], example_dist) -> None:
    searched, _, by_code, *_ = (found.structured_content for found in answered[1])
    assert searched["items"][0]["evidence"]["where"].startswith("handbook-")
    assert "Staged release" in searched["items"][0]["evidence"]["text"]
    assert all(item["evidence"]["where"] for item in by_code["items"])
    sums = dict(reversed(line.split("  ")) for line in (example_dist / "SHA256SUMS").read_text(encoding="utf-8").splitlines())
    assert searched["release"] == sums["airm.nt"]


def test_description_holds_every_captured_line_of_its_evidence(example_dist, answered: tuple[Any, list[Any]]) -> None:
    iri = answered[1][0].structured_content["items"][0]["iri"]
    found = at_streams(example_dist, lambda session: session.call_tool("describe", {"iri": iri})).structured_content
    examples = Path(__file__).parents[1] / "examples"
    captured = [item for item in found["items"] if "line" in item]
    assert captured
    for item in captured:
        lines = (examples / item["where"].partition(",")[0]).read_text(encoding="utf-8").split("\n")
        assert lines[item["line"] - 1].strip() == item["text"].strip()


def test_cursors_lead_through_every_row_once(example_dist) -> None:
    query = "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ORDER BY ?s"

    async def ask(session: ClientSession) -> list[Any]:
        found, given = [], {"query": query}
        while True:
            answer = (await session.call_tool("sparql", given)).structured_content
            found += answer["items"]
            if answer["complete"]:
                assert answer["cursor"] is None
                assert len(found) == answer["total"]
                return found
            given = {"query": query, "cursor": answer["cursor"]}

    rows = at_streams(example_dist, ask)
    assert len({row["s"] for row in rows}) == len(rows) > 300


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("nothing", {}, "there are search, describe"),
        ("search", {"text": 5}, "text: 5 is not of type 'string'"),
        ("search", {"words": "x"}, "it takes text, "),
        ("search", {"actor": "Nobody"}, "call search with fewer facets"),
        ("search", {"text": "x" * 100_000}, "is too long"),
        ("describe", {}, "'iri' is a required property"),
        ("run_query", {"name": "mitigations-by-code", "arguments": {"cod": "1"}}, "did you mean code?"),
        ("run_query", {"name": "mitigations-by-code"}, "the query is mitigations-by-code(code"),
        ("coverage", {"rows": "actor", "columns": "actor"}, "given twice"),
        ("coverage", {"rows": "actor"}, "'columns' is a required property"),
        ("sparql", {"query": "SELECT"}, "call run_query or search"),
        ("sparql", {"query": "DROP ALL"}, "the data here is read-only"),
        ("sparql", {"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, "SERVICE"),
        ("sparql", {"query": EVERYTHING, "cursor": "x"}, "the cursor is none that this server gave"),
        ("sparql", {"query": EVERYTHING, "cursor": "WzEsMiwzXQ"}, "the cursor belongs to another release"),
    ],
)
def test_wrong_call_says_what_to_do(server, name: str, given: dict[str, Any], said: str) -> None:
    found = at_http(server, lambda session: session.call_tool(name, given))
    assert found.is_error
    assert said in found.content[0].text
    assert len(found.content[0].text) < 1500
    assert at_http(server, lambda session: session.call_tool("sparql", {"query": "ASK {}"})).structured_content["items"] == [
        {"answer": True}
    ]


def test_what_is_not_there_is_said_to_be_not_there(server) -> None:
    answer = at_http(server, lambda session: session.call_tool("describe", {"iri": "mitigation/nobody-2025/nothing"})).structured_content
    assert answer["total"] == 0
    assert "is not in the graph" in answer["note"]
    answer = at_http(server, lambda session: session.call_tool("search", {"text": "zzzz"})).structured_content
    assert (answer["items"], answer["complete"]) == ([], True)
    assert answer["note"]


def test_http_gives_the_same_as_standard_streams(server, answered: tuple[Any, list[Any]]) -> None:
    async def ask(session: ClientSession) -> list[Any]:
        return [await session.call_tool(*call) for call in CALLS]

    for one, other in zip(at_http(server, ask), answered[1], strict=True):
        ours, theirs = ({**found.structured_content, "cursor": None} for found in (one, other))
        assert ours == theirs


def test_calls_at_once_are_neither_lost_nor_mixed_up(server) -> None:
    async def ask(session: ClientSession) -> list[Any]:
        queries = [f"SELECT (COUNT(*) + {number} - COUNT(*) AS ?n) {{ ?s ?p ?o }}" for number in range(100)]
        return await asyncio.gather(*(session.call_tool("sparql", {"query": query}) for query in queries))

    found = at_http(server, ask)
    assert [answer.structured_content["items"] for answer in found] == [[{"n": str(number)}] for number in range(100)]


def test_resources_prompts_and_completions_are_offered(server) -> None:
    async def ask(session: ClientSession) -> Any:
        from mcp_types import PromptReference, ResourceTemplateReference

        listed, templates = await session.list_resources(), await session.list_resource_templates()
        texts = [(await session.read_resource(str(one.uri))).contents[0].text for one in listed.resources]
        template = ResourceTemplateReference(type="ref/resource", uri=templates.resource_templates[0].uri_template)
        sources = await session.complete(template, {"name": "source", "value": "example"})
        names = await session.complete(
            template, {"name": "name", "value": "st"}, context_arguments={"source": sources.completion.values[0]}
        )
        actors = await session.complete(PromptReference(type="ref/prompt", name=PROMPTS[0].name), {"name": "actor", "value": "dep"})
        prompts = await session.list_prompts()
        said = [await session.get_prompt(one.name, {argument.name: "x" for argument in one.arguments}) for one in prompts.prompts]
        with pytest.raises(MCPError, match="nothing is known of"):
            await session.read_resource(f"{texts and 'https://w3id.org/airm-graph/'}mitigation/no/one")
        return texts, [found.completion.values for found in (sources, names, actors)], said

    texts, completed, said = at_http(server, ask)
    assert all(NOTICE in text for text in texts)
    assert all(completed)
    assert completed[2] == ["deployer"]
    assert all("“x”" in one.messages[0].content.text for one in said)


def test_request_that_is_too_long_is_refused(server) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": {"text": "x" * 1_000_000}}}
    headers = {"Accept": "application/json, text/event-stream"}
    assert httpx.post(f"{server.url}/mcp", json=body, headers=headers).status_code == 413


def test_page_of_another_site_may_not_ask(server) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream", "Origin": "https://elsewhere.example"}
    assert httpx.post(f"{server.url}/mcp", json=body, headers=headers).status_code == 403


@pytest.mark.npm
@pytest.mark.parametrize("door", ["streams", "http"])
def test_client_of_the_typescript_sdk_gets_the_same(
    door: str, server, example_dist, answered: tuple[Any, list[Any]], tmp_path: Path
) -> None:
    folder = require_npm("mcp", "@modelcontextprotocol/sdk@1.32.2")
    (tmp_path / "calls.json").write_text(json.dumps(CALLS), encoding="utf-8")
    target = [f"{server.url}/mcp"] if door == "http" else [sys.executable, "-m", "airm_graph", "mcp", str(example_dist)]
    script = Path(__file__).parent / "engines" / "assistant.mjs"
    done = subprocess.run(
        ["node", script, folder, tmp_path / "calls.json", *target], capture_output=True, text=True, timeout=120, check=True
    )
    told = json.loads(done.stdout)
    assert told["tools"] == [tool.name for tool in answered[0].tools]
    for found, ours in zip(told["found"], answered[1], strict=True):
        assert {**found, "cursor": None} == {**ours.structured_content, "cursor": None}


INFO = DatasetInfo("https://w3id.org/airm-graph/", NOTICE, "", "ab" * 32, "1", 0.0, frozenset(), 1, (), {}, {}, {})


def test_item_that_is_larger_than_an_answer_is_refused() -> None:
    with pytest.raises(ToolError, match="item 3 alone is larger"):
        pack_answer(Answer([{"x": "y" * MOST_BYTES}], 9, offset=2), INFO, call="")


def test_cursor_holds_for_its_call_and_release_only() -> None:
    cursor = pack_answer(Answer([{"x": "y" * 9000}, {"x": "y" * 9000}], 2), INFO, call="a")["cursor"]
    assert read_cursor(cursor, INFO, call="a") == 1
    with pytest.raises(ToolError, match="another call"):
        read_cursor(cursor, INFO, call="b")
    other = DatasetInfo("https://w3id.org/airm-graph/", NOTICE, "", "cd" * 32, "1", 0.0, frozenset(), 1, (), {}, {}, {})
    with pytest.raises(ToolError, match="another release"):
        read_cursor(cursor, other, call="a")
