"""Call tools at `/mcp` of a running server at once: none may be lost, none mixed up.

python benchmarks/concurrent_calls.py PATH [--calls 500] [--sessions 10]

PATH is what `airm-graph serve` takes. Calls are made by the client of the official SDK, in a few sessions, all at once; each asks for a
number of its own, so an answer that belongs to another call is noticed. Prints how many were right, and milliseconds from the first call
to the last answer and of single calls. Exit code 1 where one is lost or mixed up.
"""

import argparse
import asyncio
import statistics
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

__all__ = ["Outcome", "call_at_once", "main"]


@dataclass
class Outcome:
    """How many calls had their own answer, what the others had, and milliseconds of each."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)
    together: float = 0.0


async def call_at_once(url: str, *, calls: int, sessions: int) -> Outcome:
    """Call the tool for SPARQL at once; every third call is for another tool."""
    outcome = Outcome()
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(sessions):
            streams = await stack.enter_async_context(streamable_http_client(url))
            opened.append(await stack.enter_async_context(ClientSession(*streams[:2])))
            await opened[-1].initialize()
        begun = time.perf_counter()
        await asyncio.gather(*(_call(opened[number % sessions], number, outcome) for number in range(calls)))
        outcome.together = 1000 * (time.perf_counter() - begun)
    return outcome


async def _call(session: ClientSession, number: int, outcome: Outcome) -> None:
    name, given = _write_call(number)
    begun = time.perf_counter()
    try:
        found = await session.call_tool(name, given)
    except Exception as error:  # noqa: BLE001 - whatever a client can say of a lost call
        outcome.wrong.append(f"{number}: {error!r}")
        return
    outcome.spent.append(1000 * (time.perf_counter() - begun))
    said: Any = found.structured_content
    own = said and (
        said["items"] == [{"n": str(number)}] if name == "sparql" else f"nothing{number}x" in said["query"] and said["total"] == 0
    )
    if own:
        outcome.right += 1
    else:
        outcome.wrong.append(f"{number}: {found.content[0].text[:200]}")


def _write_call(number: int) -> tuple[str, dict[str, Any]]:
    if number % 3:
        return "sparql", {"query": f"SELECT (COUNT(*) + {number} - COUNT(*) AS ?n) {{ ?s ?p ?o }}"}
    return "search", {"text": f"nothing{number}x"}


def main() -> int:
    """Serve a graph and call."""
    from reconcile import serving

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--sessions", type=int, default=10)
    given = parser.parse_args()
    with serving(given.path) as url:
        found = asyncio.run(call_at_once(f"{url}/mcp", calls=given.calls, sessions=given.sessions))
    for one in found.wrong[:20]:
        print(one)
    print(f"{given.calls} calls at once in {given.sessions} sessions: {found.right} right, {len(found.wrong)} lost or mixed up")
    if found.spent:
        ordered = sorted(found.spent)
        late = ordered[int(0.99 * (len(ordered) - 1))]
        print(f"{found.together:.0f} ms in all; one call p50 {statistics.median(ordered):.0f} ms, p99 {late:.0f} ms")
    return int(bool(found.wrong))


if __name__ == "__main__":
    sys.exit(main())
