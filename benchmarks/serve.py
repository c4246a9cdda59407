"""The server beside a thread-pool server on the same store without any isolation, and under hostile queries.

Point queries over 64 connections, by wrk, at about 100,000 quads; both servers speak HTTP by the same libraries. The clock is that of a
thousand requests, the processor that of all processes of the server for as many.

    python benchmarks/serve.py [SECONDS]        hostile queries among honest ones over 32 connections; 60 by default

Every hundredth query is hostile: how long honest ones take, and how memory grows.
"""

import asyncio
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

from child import MissingError, Watch, Work
from frame import Engine, Job, list_tree
from generated import generate

__all__ = ["JOBS"]

MITIGATIONS = 4400
CONNECTIONS = 64
#: Seconds of requests before those that count, and of those that count.
WARM, SECONDS = 1, 5
#: Pairs of 20,000 statements with 20,000: more work than a question may take, and done in a minute where there is no limit.
PAIRS = "{ SELECT ?a ?c { ?a ?b ?c } LIMIT 20000 } { SELECT ?d ?f { ?d ?e ?f } LIMIT 20000 } FILTER(?a != ?d)"
HOSTILE = (
    f"SELECT (COUNT(*) AS ?n) WHERE {{ {PAIRS} }}",
    f"SELECT * WHERE {{ {{ SELECT ?c ?f {{ {PAIRS} }} LIMIT 4000000 }} }} ORDER BY ?c ?f",
    "SELECT * WHERE { " + "{" * 101 + "}" * 101 + " }",
    "SELECT * WHERE { ?s ?p ?o FILTER(REGEX(STR(?o), '^a.*z$')) } ORDER BY RAND()",
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
    """Ask point queries over 64 connections; number of requests, seconds, p50 and p99 in milliseconds, errors."""
    script = folder / "ask.lua"
    paths = ",\n".join(json.dumps(f"/sparql?query={quote(query)}") for query in queries)
    script.write_text(
        f"local paths = {{{paths}}}\nlocal at = 0\n"
        "function request()\n  at = at % #paths + 1\n"
        '  return wrk.format("GET", paths[at], {Accept = "application/sparql-results+json"})\nend\n'
        "function done(summary, latency, _)\n"
        '  io.write(string.format("RESULT %f %f %f %f %d\\n", summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,\n'
        "    latency:percentile(99) / 1e3,\n"
        "    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))\nend\n"
    )
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = ("requests", "seconds", "p50_ms", "p99_ms", "errors")
    return dict(zip(names, map(float, re.search(r"RESULT (\S+) (\S+) (\S+) (\S+) (\S+)", said).groups()), strict=True))


def write_inputs(folder: Path, size: int) -> None:
    """Write the mitigations as N-Quads."""
    rows = sorted(set(generate(size)))
    (folder / "data.nq").write_text("".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in rows), encoding="utf-8")


def prepare(folder: Path, _: int, server: str) -> Work:
    """Start a server, ask for a second, and count what it does after that."""
    if not shutil.which("wrk"):
        raise MissingError("no wrk: apt-get install wrk")
    file = folder / "data.nq"
    queries = point_queries(file)
    process, address = start({"ours": ours, "theirs": theirs}[server](file))
    load(address, queries, seconds=WARM, folder=folder)

    def work(watch: Watch) -> object:
        before = processor_seconds(process.pid)
        found = load(address, queries, seconds=SECONDS, folder=folder)
        thousands = found["requests"] / 1000
        watch.give(seconds=found["seconds"] / thousands, cpu=(processor_seconds(process.pid) - before) / thousands)
        stop(process)
        return {"errors": found["errors"]}

    return work


def processor_seconds(process: int) -> float:
    """Seconds of the processor of a process and all its children, those that have ended too."""
    total = 0
    for number in list_tree(process):
        with contextlib.suppress(OSError):
            # The name stands in parentheses and may hold spaces; user and system time are the 14th to 17th field.
            total += sum(map(int, Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


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
    total = 0
    for number in list_tree(process):
        with contextlib.suppress(OSError):
            total += sum(int(kb) << 10 for kb in re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{number}/smaps_rollup").read_text(), re.M))
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
    """Serve as the peer, or measure hostile queries and print what was found as JSON."""
    if sys.argv[1:2] == ["--peer"]:
        serve_peer(Path(sys.argv[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        write_inputs(Path(name), MITIGATIONS)
        file = Path(name, "data.nq")
        found = measure_hostile(file, point_queries(file), seconds=float((sys.argv[1:] or ["60"])[0]))
        print(json.dumps(found, indent=2))


JOBS = (
    Job(
        "serve",
        "Serving point queries",
        "A thousand requests over HTTP, 64 connections, 98,501 quads. Ours answers every query in a worker under limits; the thread pool "
        "isolates nothing.",
        (
            Engine("airm-graph", "serve:prepare", ("ours",), ("pyoxigraph", "starlette", "uvicorn")),
            Engine("pyoxigraph in a thread pool", "serve:prepare", ("theirs",), ("pyoxigraph", "starlette", "uvicorn")),
        ),
        write_inputs,
        sizes=(MITIGATIONS,),
    ),
)


if __name__ == "__main__":
    main()
