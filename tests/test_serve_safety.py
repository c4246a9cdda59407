"""What a server refuses and survives, line by line as `THREAT_MODEL.md` says; each request lies just past a limit."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from airm_graph.errors import QueryError
from airm_graph.namespaces import BASE
from airm_graph.pipeline import Graph
from airm_graph.query.library import list_queries
from airm_graph.serve.query_checks import check_query
from airm_graph.serve.server_settings import Limits
from airm_graph.serve.store_limits import correct_query
from serving import COMMAND, Server, list_children, serving

pytestmark = pytest.mark.xdist_group("server")

#: Every statement of the example with every other one: some seconds of work, and then done.
PAIRS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f FILTER(?a != ?d) }"
#: Half a million rows, put in order: some 80 MB.
SORTED = "SELECT * WHERE { { SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 500000 } } ORDER BY ?a ?d"


class Listener:
    """A socket that counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        # Closing alone does not wake who waits in accept.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    listening = Listener()
    yield listening
    listening.close()


def send_raw(server: Server, *pieces: bytes) -> bytes:
    """Send bytes piece by piece; returns all that comes back until the server closes the connection."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=15) as connection:
        parts = []
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(0.1 * (piece is not pieces[-1]))
            while part := connection.recv(65536):
                parts.append(part)
        except (ConnectionError, TimeoutError):
            pass
    return b"".join(parts)


# --- queries that would leave the data

OUTGOING = [
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "select * {{ service\n<{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} # a comment\n }}",
    "PREFIX ex: <{0}> SELECT * {{ SERVICE ex:a {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?u {{ <{0}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "LOAD <{0}>",
    "LOAD <{0}> INTO GRAPH <urn:g>",
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * FROM ex:a {{ ?s ?p ?o }}",
    "BASE <{0}> SELECT * FROM <a> {{ ?s ?p ?o }}",
    "DESCRIBE * FROM <{0}> WHERE {{ ?s ?p ?o }}",
]


@pytest.mark.parametrize("query", OUTGOING)
def test_query_that_would_go_out_is_refused(server: Server, listener: Listener, query: str) -> None:
    assert server.ask(query.format(listener.url)).status_code == 400
    assert server.post(query.format(listener.url)).status_code == 400
    assert listener.calls == 0
    assert server.is_alive


UNCHECKED = """
import json, socket, sys
from pathlib import Path
from airm_graph.serve.forkserver import CONTROL, START, WORKER_STARTED, start_fork_server
from airm_graph.serve.messages import Reply, pack_message, unpack_reply
from airm_graph.serve.server_settings import Limits
from airm_graph.graph.store import Store

class Unchecked:
    def __init__(self):
        self.info, self.store = {}, Store()
        self.store.add_rows([("<urn:s>", "<urn:p>", "<urn:o>", "")])

    def answer(self, message):
        if "file" in message:
            return Reply(200, {}, Path(message["file"]).read_bytes())
        return Reply(200, {"rows": len(list(self.store.ask(message["query"])))})

control, _, wait = start_fork_server(Unchecked, limits=Limits())
wait()
for number, message in enumerate(json.loads(sys.argv[1])):
    control.send(CONTROL.pack(START, number, 0))
    event, handles = b"", []
    while not event.startswith(WORKER_STARTED):
        event, handles, _, _ = socket.recv_fds(control, CONTROL.size, 1)
    with socket.socket(fileno=handles[0]) as worker:
        worker.sendall(pack_message(message))
        reply = unpack_reply(worker.recv(1 << 16))
        print(json.dumps([reply.status, reply.head]))
"""


def test_worker_can_open_nothing_when_no_query_is_checked(listener: Listener) -> None:
    """What stands behind the checks: workers that get every query as it is."""
    messages = [
        {"query": f"SELECT * {{ SERVICE <{listener.url}> {{ ?s ?p ?o }} }}"},
        {"file": __file__},
        {"query": "SELECT * { ?s ?p ?o }"},
    ]
    done = subprocess.run([sys.executable, "-c", UNCHECKED, json.dumps(messages)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    service, file, plain = map(json.loads, done.stdout.splitlines())
    assert (service[0], listener.calls) == (503, 0)
    assert file[0] == 503
    assert "Too many open files" in file[1]["detail"]
    assert plain == [200, {"rows": 1}]


def check(query: str, **limits: int) -> None:
    check_query(query, base=BASE, **{"depth": 100, "repetitions": 1000, **limits})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE' }",
        'SELECT * { ?s ?p """a SERVICE " b""" }',
        "SELECT * { ?service <http://example.org/SERVICE> ?o } # SERVICE",
        "PREFIX ex: <http://example.org/> SELECT * { ?s ex:SERVICE ?o FILTER(?s < ?o && ?o > 1) }",
        "PREFIX ex: <http://example.org/> SELECT * { ?s ex:a ?o ; ex:load 'LOAD' FILTER(CONTAINS(?o, 'Customer service')) }",
        *(query.text for query in list_queries()),
    ],
)
def test_word_that_is_no_keyword_is_not_refused(query: str) -> None:
    check(query)
    # However short: the quick look at the letters must not decide alone.
    check(query, repetitions=100)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT * { ?s ?p 'a", "does not end"),
        ('SELECT * { ?s ?p "\n" }', "does not end"),
        ("SELECT * FROM ex:a {}", "declared prefix"),
        ("ASK { ?s ?p '\\u0041' }", "ASCII"),
        ("PREFIX services: <urn:s> SELECT * { ?s services:a ?o }", "another prefix"),
        ("SELECT * { ?s ?p ?service FILTER(?service <#a>) }", "comparison"),
    ],
)
def test_query_that_could_be_read_in_two_ways_is_refused_with_the_reason(query: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        check(query, repetitions=10)


# --- queries that are too large

STRUCTURES = {
    "braces": "SELECT * { " + "{" * 10 + "}" * 10 + " }",
    "parentheses": "SELECT * { FILTER(" + "(" * 10 + "1" + ")" * 10 + ") }",
    "brackets": "SELECT * { ?s ?p " + "[ ?a " * 10 + "?b" + "]" * 10 + " }",
    "brackets that may be an IRI": f"SELECT * {{ ?s ?p ?o FILTER(?o<{'(' * 10}>1) }}",
    "or": f"SELECT * {{ FILTER(1{'||1' * 10}) }}",
    "and": f"SELECT * {{ FILTER(1{'&&1' * 10}) }}",
    "union": f"SELECT * {{ {{}}{'UNION{}' * 10} }}",
    "optional": f"SELECT * {{ {{}}{'OPTIONAL{}' * 10} }}",
    "minus": f"SELECT * {{ {{}}{'MINUS{}' * 10} }}",
    "plus": f"SELECT * {{ FILTER(1{'+1' * 10}) }}",
    "not": f"SELECT * {{ FILTER({'!' * 10}1) }}",
    "path": f"SELECT * {{ ?s a{'/a' * 10} ?o }}",
    "alternatives": f"SELECT * {{ ?s a{'|a' * 10} ?o }}",
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_structure_past_a_limit_is_refused(name: str) -> None:
    with pytest.raises(QueryError, match=r"brackets|times"):
        check(STRUCTURES[name], depth=9, repetitions=9)
    check(STRUCTURES[name], depth=12, repetitions=60)


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ("{" * 99 + "}" * 99, "{" * 100 + "}" * 100),
        ("FILTER(1" + "||1" * 1000 + ")", "FILTER(1" + "||1" * 1001 + ")"),
    ],
)
def test_structure_up_to_the_limits_of_the_server_is_answered(server: Server, allowed: str, refused: str) -> None:
    for send in (server.ask, server.post):
        assert send(f"SELECT * {{ {allowed} }}").status_code == 200
        response = send(f"SELECT * {{ {refused} }}")
        assert response.status_code == 400
        assert re.search("brackets|times", response.json()["title"])


@pytest.mark.parametrize(
    ("size", "get_status", "post_status"),
    [(16 << 10, 200, 200), ((16 << 10) + 1, 414, 200), (64 << 10, 414, 200), ((64 << 10) + 1, 414, 413)],
)
def test_length_of_a_query_is_limited(server: Server, size: int, get_status: int, post_status: int) -> None:
    query = "ASK {} #" + "x" * (size - 8)
    address = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert send_raw(server, address.encode())[9:12] == str(get_status).encode()
    assert server.post(query).status_code == post_status
    assert server.client.post("/sparql", data={"query": query}).status_code == post_status


def test_query_of_escaped_bytes_may_be_as_long(server: Server) -> None:
    assert server.ask("ASK { ?s ?p '" + "é" * 8000 + "' }").status_code == 200


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait for what is to happen, however busy the machine is."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_query_that_takes_too_long_is_ended(limited: Server) -> None:
    begun = time.monotonic()
    response = limited.ask(PAIRS)
    assert (response.status_code, response.json()["reason"]) == (503, "time")
    assert int(response.headers["retry-after"]) > 0
    assert time.monotonic() - begun < 3
    assert limited.is_alive


def test_query_that_takes_too_much_memory_is_ended(example_dist: Path) -> None:
    with serving(example_dist, limits={"memory": 16 << 20, "workers": 1}) as server:
        response = server.ask(SORTED)
        assert (response.status_code, response.json()["reason"]) == (503, "memory")
        assert server.is_alive


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/tab-separated-values", "text/turtle"])
def test_answer_that_is_too_large_is_413_and_never_partial(limited: Server, accept: str) -> None:
    query = "CONSTRUCT WHERE { ?s ?p ?o }" if accept == "text/turtle" else "SELECT * { ?s ?p ?o }"
    response = limited.ask(query, accept=accept)
    assert response.status_code == 413
    assert len(response.content) < 1000
    assert limited.ask(f"{query} LIMIT 10", accept=accept).status_code == 200


def test_small_queries_are_answered_beside_large_ones(limited: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        large = [pool.submit(limited.ask, PAIRS) for _ in range(6)]
        time.sleep(0.2)
        times = []
        for _ in range(20):
            begun = time.monotonic()
            assert limited.ask("ASK {}").status_code == 200
            times.append(time.monotonic() - begun)
        assert [future.result().status_code for future in large] == [503] * 6
    assert sorted(times)[10] < 1


def test_crowd_is_turned_away_with_503(limited: Server) -> None:
    with ThreadPoolExecutor(30) as pool:
        found = [future.result() for future in [pool.submit(limited.ask, PAIRS) for _ in range(30)]]
    assert {response.status_code for response in found} == {503}
    # On a busy machine none of them uses enough of a processor to be slow before its time is over.
    reasons = {response.json()["reason"] for response in found}
    assert "busy" in reasons
    assert reasons <= {"busy", "slow", "time"}
    assert all("retry-after" in response.headers for response in found)
    assert limited.is_alive


def mutate(chance: random.Random, text: str) -> str:
    """Damage a query in one of the ways that find bugs in parsers."""
    location, length = chance.randrange(len(text)), chance.randrange(1, 30)
    junk = chance.choice(["{", "}", "(", ")", '"', "'''", "<", ">", "\\", "\0", "#", "é", "\U0001f600", "^^", "@", "?", ";", "1e999"])
    ways = [
        text[:location] + text[location + length :],
        text[:location] + junk + text[location:],
        text[:location] + junk * chance.randrange(1, 20) + text[location:],
        text[:location],
        text[location:] + text[:location],
        text.replace(chance.choice("?{}.<>"), junk),
        "".join(chance.sample(text.split(" "), len(text.split(" ")))),
    ]
    return chance.choice(ways)


def test_malformed_queries_leave_the_server_alive(server: Server, listener: Listener) -> None:
    chance = random.Random(20261121)
    texts = [query.text for query in list_queries()] + [query.format(listener.url) for query in OUTGOING]
    statuses = []
    for number in range(300):
        query = mutate(chance, chance.choice(texts))[: 15 << 10]
        response = server.post(query.encode("utf-8", "replace")) if number % 2 else server.ask(query)
        statuses.append(response.status_code)
    assert set(statuses) <= {200, 400, 503}
    assert statuses.count(400) > 150
    assert listener.calls == 0
    assert server.is_alive
    assert len(server.list_processes()[1]) <= 6


# --- processes


def test_workers_have_no_file_and_no_connection_open(server: Server) -> None:
    server.ask("ASK {}")
    assert server.client.get("/agreement", timeout=90).status_code == 200
    _, workers = server.list_processes()
    analysts = server.list_analysts()
    assert workers
    assert analysts
    for pid in (*workers, *analysts):
        targets = sorted(str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir())
        assert targets[:3] == ["/dev/null"] * 3
        assert [target.partition(":")[0] for target in targets[3:]] == ["socket"]
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max open files\s+0\s+0", limits)
        assert re.search(r"Max file size\s+0\s+0", limits)


def test_server_gives_up_what_runs_and_ends_when_it_is_told_to(example_dist: Path) -> None:
    with serving(example_dist, limits={"drain_seconds": 0.5, "workers": 1, "seconds": 60}) as server, ThreadPoolExecutor(1) as pool:
        fork_server, workers = server.list_processes()
        asked = pool.submit(httpx.get, f"{server.url}/sparql", params={"query": PAIRS}, timeout=30)
        wait_for(lambda: "airm_graph_pool_slow 1" in server.get("/metrics").text)
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 5
        response = asked.result()
        assert (response.status_code, response.json()["reason"]) == (503, "draining")
        wait_for(lambda: not [pid for pid in (fork_server, *workers) if Path(f"/proc/{pid}").exists()])


def read_metric(server: Server, name: str) -> int:
    (found,) = re.findall(rf"^airm_graph_{name} (\d+)$", server.get("/metrics").text, re.MULTILINE)
    return int(found)


def test_query_whose_worker_is_killed_from_outside_is_tried_once_more(example_dist: Path) -> None:
    with serving(example_dist, limits={"workers": 1, "seconds": 60}) as server, ThreadPoolExecutor(1) as pool:
        for number in (1, 2):
            if number == 1:
                asked = pool.submit(httpx.get, f"{server.url}/sparql", params={"query": PAIRS}, timeout=60)
            wait_for(lambda: read_metric(server, "pool_slow") == 1)
            wait_for(lambda: len(server.list_processes()[1]) > 1)
            busy = max(server.list_processes()[1], key=read_processor_time)
            os.kill(busy, 9)
            wait_for(lambda busy=busy: not Path(f"/proc/{busy}").exists())
        response = asked.result()
        assert (response.status_code, response.json()["reason"]) == (503, "killed")
        assert "ended from outside" in response.json()["title"]
        assert server.is_alive


def read_processor_time(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_server_recovers_from_clients_that_take_every_descriptor(example_dist: Path) -> None:
    code = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))\n{COMMAND}"
    command = [sys.executable, "-c", code, "serve", str(example_dist), "--port", "0", "--workers", "2", "--no-log"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(re.search(r":(\d+)/", process.stdout.readline())[1])
        flood = [socket.create_connection(("127.0.0.1", port), 20) for _ in range(400)]
        for client in flood:
            with suppress(OSError):
                client.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        # An honest client is answered while they are there, and its workers are there.
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
            assert client.get("/health").status_code == 200
        assert len(list(Path(f"/proc/{process.pid}/fd").iterdir())) < 256 - 30
        for client in flood:
            client.close()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            for _ in range(20):
                assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"


def test_clients_that_do_not_read_are_left_and_the_memory_is_given_back(example_dist: Path) -> None:
    limits = {"send_seconds": 1, "in_flight": 20 << 20, "workers": 2, "queue_seconds": 60, "seconds": 60}
    with serving(example_dist, limits=limits) as server:
        size = len(server.ask(LARGE).content)
        assert 8 << 20 < size < 20 << 20
        before = read_memory(server.process.pid)
        request = f"GET /sparql?query={quote(LARGE)} HTTP/1.1\r\nHost: a\r\nAccept: application/sparql-results+json\r\n\r\n".encode()
        port = int(server.url.rpartition(":")[2])
        with ExitStack() as opened:
            for _ in range(6):
                opened.enter_context(socket.create_connection(("127.0.0.1", port), 20)).sendall(request)
            wait_for(lambda: 'status="503"' in server.get("/metrics").text)
            wait_for(lambda: sum(map(int, re.findall(r'route="sparql",.*} (\d+)', server.get("/metrics").text))) >= 7)
            assert server.ask("ASK {}").status_code == 200
            wait_for(lambda: read_memory(server.process.pid) < 1.5 * before)
            assert server.ask(LARGE).status_code == 200


def read_memory(pid: int) -> int:
    """Resident memory in KB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


def test_slow_reader_that_goes_on_reading_gets_the_whole_answer(example_dist: Path) -> None:
    with serving(example_dist, limits={"send_seconds": 3, "workers": 1, "seconds": 60}) as server:
        whole = server.ask(LARGE).content
        headers = {"Accept": "application/sparql-results+json"}
        with server.client.stream("GET", "/sparql", params={"query": LARGE}, headers=headers) as response:
            pieces = []
            for piece in response.iter_raw(1 << 20):
                pieces.append(piece)
                time.sleep(0.1)
        assert response.headers["content-length"] == str(len(b"".join(pieces)))
        assert whole


def test_health_tells_when_nothing_can_be_answered(example_dist: Path) -> None:
    with serving(example_dist, limits={"workers": 1}) as server:
        fork_server, workers = server.list_processes()
        assert server.get("/health").status_code == 200
        os.kill(fork_server, signal.SIGSTOP)
        for pid in workers:
            os.kill(pid, 9)
        wait_for(lambda: server.get("/health").status_code == 503, seconds=30)
        assert "nothing could be answered for" in server.get("/health").text
        os.kill(fork_server, signal.SIGCONT)
        wait_for(lambda: server.get("/health").status_code == 200, seconds=30)
        assert server.is_alive


def test_server_ends_with_one_when_its_fork_server_is_lost(example_dist: Path) -> None:
    with serving(example_dist, limits={"workers": 1}) as server:
        (fork_server,) = list_children(server.process.pid)
        os.kill(fork_server, 9)
        assert server.process.wait(8) == 1
        assert "is gone" in server.read_log()


@pytest.mark.parametrize("is_loaded", [True, False])
def test_graph_that_is_served_answers_as_before(example_graph: Graph, is_loaded: bool) -> None:
    from airm_graph.serve.backend import Backend

    def ask(graph: Graph) -> list[object]:
        count = graph.store.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        return [count, graph.store.list_graphs(), graph.query("counts"), graph.search("training"), graph.digest, len(graph)]

    graph = Graph.of(example_graph.quads)
    before = ask(graph if is_loaded else example_graph)
    backend = Backend(graph, limits=Limits())
    backend.warm_up()
    assert f"{BASE}graph/service" in backend.info["graphs"]
    assert ("store" in vars(graph)) == is_loaded, "the server has a store of its own, and needs no other"
    assert ask(graph) == before


# --- HTTP


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET /" + b"a" * 65_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"X-A: b\r\n" * 101 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"b" * (96 << 10) + b"\r\n\r\n", b"431"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"GET / HTTP/9.9\r\n\r\n", b"400"),
        (b"GET /sparql HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", b"400"),
    ],
    ids=["long address", "many headers", "long header", "nonsense", "version", "host"],
)
def test_damaged_or_long_request_is_refused(server: Server, data: bytes, status: bytes) -> None:
    answer = send_raw(server, data)
    assert answer[:12] == b"HTTP/1.1 " + status
    assert server.is_alive


def test_connection_is_kept_after_a_long_body(server: Server) -> None:
    body = b"query=" + quote("ASK {} #" + "é" * 30_000).encode()
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
    last = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = send_raw(server, (head + body) * 2 + last)
    assert len(body) > 150_000
    assert answer.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n", b""),
        (b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 99\r\n\r\n", b"HTTP/1.1 408"),
        (b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 99\r\n\r\n", b"HTTP/1.1 415"),
    ],
    ids=["head", "body", "body that nobody reads"],
)
def test_slow_request_is_given_up(limited: Server, head: bytes, answer: bytes) -> None:
    begun = time.monotonic()
    found = send_raw(limited, head, b"X: a")
    assert found[:12] == answer
    assert found.count(b"HTTP/1.1") == bool(answer)
    assert 0.4 < time.monotonic() - begun < 3


def test_limits_are_those_of_the_documents() -> None:
    limits = Limits()
    text = (Path(__file__).parent.parent / "THREAT_MODEL.md").read_text(encoding="utf-8")
    for stated in (
        f"depth {limits.depth}",
        f"{limits.repetitions:,} repetitions",
        f"{limits.get_length >> 10} KB (GET)",
        f"{limits.post_length >> 10} KB (POST)",
        f"{limits.output >> 20} MB",
        f"{limits.queue_length} requests wait",
        f"{limits.queue_seconds:.0f} seconds",
        f"{limits.requests_per_worker:,} answers",
        f"head of a request within {limits.head_seconds:.0f} s",
        f"body within {limits.body_seconds:.0f} s",
    ):
        assert stated in text, stated


@pytest.mark.parametrize("path", ["/SHA256SUMS", "/../SHA256SUMS", "/dataset/2026.11.0/../../SHA256SUMS", "/dataset/2026.11.0/SHA256SUMS"])
def test_no_file_is_read_but_those_of_the_release(server: Server, path: str) -> None:
    assert send_raw(server, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())[9:12] == b"404"


def test_every_answer_carries_the_headers_that_protect(server: Server) -> None:
    for path, status in (("/", 200), ("/ontology", 200), ("/nothing", 404), ("/sparql?query=ASK", 400), ("/search?q=a", 200)):
        response = server.client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == status
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "server" not in response.headers


def test_cells_that_a_spreadsheet_would_run_are_texts(server: Server) -> None:
    rows = server.ask("SELECT ('=1+1' AS ?a) ('@SUM(A1)' AS ?b) (-5 AS ?c) ('plain' AS ?d) {}", accept="text/csv").text
    assert rows == "a,b,c,d\r\n'=1+1,'@SUM(A1),-5,plain\r\n"


def test_json_holds_no_angle(server: Server) -> None:
    body = server.get("/search?q=%3Cb%3E").text
    assert "<" not in body
    assert json.loads(body)["text"] == "<b>"


def test_methods_that_write_are_refused(server: Server) -> None:
    for path in ("/", "/sparql", "/ontology", "/query/counts", "/graph-store?default"):
        for method in ("PUT", "DELETE", "PATCH"):
            response = server.client.request(method, path)
            assert response.status_code == 405
            assert "GET" in response.headers["allow"]


# --- what operators see


def test_log_is_json_without_parameters(server: Server) -> None:
    server.ask("SELECT ('a secret' AS ?x) {}")
    server.get("/search?q=secret")
    lines = [json.loads(line) for line in server.read_log().splitlines()]
    assert {"time", "client", "method", "path", "route", "status", "bytes", "milliseconds"} == set(lines[-1])
    assert "secret" not in server.read_log()


def test_health_ready_and_metrics(server: Server) -> None:
    assert server.get("/health").text == "ok\n"
    assert server.get("/ready").text == "ready\n"
    server.ask("ASK {}")
    text = server.get("/metrics").text
    assert re.search(r'^airm_graph_requests_total\{route="sparql",method="GET",status="200"\} [1-9]', text, re.MULTILINE)
    assert re.search(r"^airm_graph_request_seconds_bucket\{le=\"\+Inf\"\} [1-9]", text, re.MULTILINE)
    for line in text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.]+', line), line


# --- the command


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", COMMAND, "serve", "--port", "0", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_folder_that_is_not_what_was_written_is_refused(example_dist: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(example_dist, tmp_path / "dist")
    with (folder / "airm.nq").open("a") as file:
        file.write(f"<{BASE}a> <{BASE}b> <{BASE}c> .\n")
    done = run(str(folder))
    assert done.returncode == 2
    assert "airm.nq was changed since" in done.stderr


def test_address_beyond_loopback_brings_a_warning() -> None:
    done = run("nothing.ttl", "--host", "0.0.0.0")
    assert done.returncode == 2
    assert "not loopback" in done.stderr


@pytest.mark.parametrize("arguments", [["nothing.ttl"], ["--memory", "1M"], ["--base-url", "ftp://a"], ["--port", "70000"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT (COUNT(*) AS ?n) { ?s <urn:p>|<urn:q> ?o }", "alternative path"),
        ("SELECT * { GRAPH ?g { { SELECT ?s { ?s ?p ?o } } } }", "loses"),
    ],
)
def test_question_that_the_store_answers_wrongly_is_refused_with_the_reason(query: str, reason: str) -> None:
    with pytest.raises(QueryError, match=reason):
        correct_query(query)


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s <urn:p>|<urn:q> ?o }", None),
        ("SELECT (COUNT(*) AS ?n) { ?s !(<urn:p>|<urn:q>) ?o FILTER (?a || ?b) }", None),
        ("SELECT * { GRAPH ?g { { SELECT ?s ?g { ?s ?p ?o } } } { SELECT ?a { ?a ?b ?c } } }", None),
        ("SELECT (GROUP_CONCAT(STR(?o)) AS ?all) { ?s ?p ?o }", None),
        (
            "SELECT (GROUP_CONCAT(?o; separator='|') AS ?all) { ?s ?p ?o FILTER (?o != 'GROUP_CONCAT(?x)') }",
            "SELECT (GROUP_CONCAT(STR(?o); separator='|') AS ?all) { ?s ?p ?o FILTER (?o != 'GROUP_CONCAT(?x)') }",
        ),
    ],
)
def test_question_that_the_store_answers_right_is_asked_so(query: str, written: str | None) -> None:
    assert correct_query(query) == (written or query)
