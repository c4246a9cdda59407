"""Measures the server beside a thread-pool server on the same store without any isolation, and under hostile queries.

Point queries over 64 connections, by wrk, at about 100,000 quads: requests per second and p99, both servers in turn in the same run, the
median of three. Both speak HTTP by the same libraries. Then 32 connections of which every hundredth query is hostile: how long
honest ones take, and how memory grows.

    python benchmarks/serve.py [SECONDS [HOSTILE_SECONDS]]        10 and 60 by default; needs wrk
"""

import asyncio
import contextlib
import json
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from generate import generate

MITIGATIONS = 4400
CONNECTIONS = 64
RUNS = 3
HOSTILE = (
    "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f }",
    "SELECT * WHERE { " + "{" * 2000 + "}" * 2000 + " }",
    "SELECT * WHERE { ?s ?p ?o FILTER(REGEX(STR(?o), '^(a+)+$')) } ORDER BY RAND()",
    "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * WHERE { ?s ?p",
)


def point_queries(file: Path) -> list[str]:
    """One query for each of a thousand mitigations."""
    found = sorted(set(re.findall(r"^(<[^>]*/mitigation/[^>]*>) <http://www.w3.org/2000/01/rdf-schema#label>", file.read_text(), re.M)))
    return [f"SELECT ?p ?o WHERE {{ {iri} ?p ?o }}" for iri in random.Random(7).sample(found, 1000)]


def start(command: list[str]) -> tuple[subprocess.Popen[str], str]:
    """Start a server and read its address from its first line."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    address = re.search(r"http://\S+", process.stdout.readline())
    assert address, "the server did not say where it listens"
    return process, address[0].rstrip("/")


def stop(process: subprocess.Popen[str]) -> float:
    """End a server; returns the seconds that took."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    return time.monotonic() - begun


def ours(file: Path) -> list[str]:
    """The command of our server."""
    return [sys.executable, "-c", "from airm_graph.cli import main; main()", "serve", str(file), "--port", "0", "--no-log"]


def theirs(file: Path) -> list[str]:
    """The command of the server without isolation."""
    return [sys.executable, __file__, "--peer", str(file)]


def serve_peer(file: Path) -> None:
    """Answer each query in a thread of this process: what a thin handler does."""
    import socket

    import pyoxigraph as ox
    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    store = ox.Store()
    rows = (line for line in file.read_text().splitlines())
    both = "".join(f"{line}\n{re.sub(r' <[^<>]*> [.]$', ' .', line)}\n" for line in rows)
    store.bulk_load(both.encode(), format=ox.RdfFormat.N_QUADS)

    def run(query: str) -> bytes:
        return store.query(query).serialize(format=ox.QueryResultsFormat.JSON)

    async def answer(request: Request) -> Response:
        body = await run_in_threadpool(run, request.query_params["query"])
        return Response(body, media_type="application/sparql-results+json")

    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
    config = uvicorn.Config(Starlette(routes=[Route("/sparql", answer)]), log_config=None, access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[listener])


def load(address: str, queries: list[str], *, seconds: int, folder: Path) -> dict[str, float]:
    """Ask point queries over 64 connections; requests per second, p50 and p99 in milliseconds, errors."""
    script = folder / "ask.lua"
    paths = ",\n".join(json.dumps(f"/sparql?query={quote(query)}") for query in queries)
    script.write_text(
        f"local paths = {{{paths}}}\nlocal at = 0\n"
        "function request()\n  at = at % #paths + 1\n"
        '  return wrk.format("GET", paths[at], {Accept = "application/sparql-results+json"})\nend\n'
        "function done(summary, latency, _)\n"
        '  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3,\n'
        "    latency:percentile(99) / 1e3,\n"
        "    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))\nend\n"
    )
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rate, middle, late, errors = re.search(r"RESULT (\S+) (\S+) (\S+) (\S+)", said).groups()
    return {"requests_per_second": float(rate), "p50_ms": float(middle), "p99_ms": float(late), "errors": int(errors)}


async def ask(address: str, query: str, streams: list[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]) -> int:
    """Ask one query over a connection that is kept; returns the status."""
    host, port = address.removeprefix("http://").split(":")
    if streams[0] is None:
        streams[0] = await asyncio.open_connection(host, int(port))
    reader, writer = streams[0]
    writer.write(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: {host}\r\nAccept: application/sparql-results+json\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    await reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
    return int(head.split()[1])


async def mix(address: str, queries: list[str], *, seconds: float, connections: int = 32) -> dict[str, object]:
    """Ask over 32 connections; every hundredth query is hostile."""
    times: list[float] = []
    statuses: Counter[str] = Counter()
    end = time.monotonic() + seconds

    async def client(number: int) -> None:
        chance = random.Random(number)
        streams: list[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = [None]
        while time.monotonic() < end:
            hostile = chance.random() < 0.01
            query = chance.choice(HOSTILE if hostile else queries)
            begun = time.monotonic()
            try:
                status = await ask(address, query, streams)
            except (OSError, asyncio.IncompleteReadError):
                status, streams[0] = 0, None
            statuses[f"{'hostile' if hostile else 'honest'} {status}"] += 1
            if not hostile:
                times.append(time.monotonic() - begun)

    await asyncio.gather(*(client(number) for number in range(connections)))
    times.sort()
    return {
        "honest": len(times),
        "honest_p50_ms": round(times[len(times) // 2] * 1000, 1),
        "honest_p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "honest_max_ms": round(times[-1] * 1000, 1),
        "statuses": dict(sorted(statuses.items())),
    }


def memory(process: int) -> int:
    """Memory of a process and all its children, pages that are shared counted once, in bytes."""
    total, waiting = 0, [process]
    while waiting:
        number = waiting.pop()
        with contextlib.suppress(OSError):
            total += sum(int(kb) << 10 for kb in re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{number}/smaps_rollup").read_text(), re.M))
            for task in Path(f"/proc/{number}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
    return total


def measure_hostile(file: Path, queries: list[str], *, seconds: float) -> dict[str, object]:
    """Hostile queries among honest ones: latency of the honest, growth of memory after a first tenth of the time."""
    process, address = start(ours(file))
    try:
        warm = asyncio.run(mix(address, queries, seconds=max(5.0, seconds / 10)))
        time.sleep(12)
        before = memory(process.pid)
        found = asyncio.run(mix(address, queries, seconds=seconds))
        # Slow queries may run on for ten seconds; what counts is what stays.
        time.sleep(12)
        after = memory(process.pid)
        ended = stop(process)
    finally:
        process.kill()
    growth = round(100 * (after - before) / before, 1)
    grown = {"memory_mb": [before >> 20, after >> 20], "memory_growth_percent": growth}
    return {**found, "warm": warm["honest"], **grown, "stop_seconds": round(ended, 2)}


def main() -> None:
    """Measure everything and print it as JSON."""
    if sys.argv[1:2] == ["--peer"]:
        serve_peer(Path(sys.argv[2]))
        return
    given = [int(text) for text in sys.argv[1:3]]
    seconds, hostile = (*given, *(10, 60)[len(given) :])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "data.nq"
        rows = sorted(set(generate(MITIGATIONS)))
        file.write_text("".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows))
        queries = point_queries(file)
        found: dict[str, list[dict[str, float]]] = {"ours": [], "thread_pool": []}
        for _ in range(RUNS):
            for server, command in (("thread_pool", theirs(file)), ("ours", ours(file))):
                process, address = start(command)
                try:
                    load(address, queries, seconds=2, folder=folder)
                    found[server].append(load(address, queries, seconds=seconds, folder=folder))
                finally:
                    stop(process)
        middle = {server: {key: round(statistics.median(run[key] for run in runs), 1) for key in runs[0]} for server, runs in found.items()}
        ratio = middle["ours"]["requests_per_second"] / middle["thread_pool"]["requests_per_second"]
        said = {"quads": len(rows), **middle, "ratio": round(ratio, 2)}
        print(json.dumps(said, indent=2), flush=True)
        if hostile:
            print(json.dumps(measure_hostile(file, queries, seconds=hostile), indent=2))


if __name__ == "__main__":
    main()
