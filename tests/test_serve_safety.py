"""Attacks on a real server: each has the status it should have, the server lives, nothing goes out and no file is read."""

import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from airm_graph.errors import QueryError
from airm_graph.namespaces import BASE
from airm_graph.query.library import list_queries
from airm_graph.serve.screen import screen_query
from serving import Server, serving

PRODUCT = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i ?l"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


class Canary:
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
def canary() -> Iterator[Canary]:
    listening = Canary()
    yield listening
    listening.close()


@pytest.fixture(scope="module")
def tight(example_dist) -> Iterator[Server]:
    """A server with little time and memory."""
    with serving(example_dist, "--timeout", "1", "--memory", "128M", "--workers", "2") as running:
        yield running


def is_alive(server: Server) -> bool:
    return server.process.poll() is None and server.ask("ASK {}").json() == {"head": {}, "boolean": True}


SERVICES = [
    "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE SILENT <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\u0053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ \\U00000053ERVICE <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ sErViCe <{0}> {{ ?s ?p ?o }} }}",
    "SELECT * {{ SERVICE<{0}>{{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * {{ SERVICE ex:a {{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * {{ SERVICEex:a {{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * {{ SERVICESILENTex:a {{ ?s ?p ?o }} }}",
    "SELECT * {{ VALUES ?u {{ <{0}> }} SERVICE ?u {{ ?s ?p ?o }} }}",
    "SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?s ?p true SERVICE <{0}> {{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p trueSERVICE<{0}>{{ ?a ?b ?c }} }}",
    "SELECT * {{ ?s ?p 1SERVICE<{0}>{{ ?a ?b ?c }} }}",
    'SELECT * {{ ?s ?p ?o FILTER(?o <#>"""\n?s) SERVICE <{0}> {{ ?a ?b ?c }} }} #"""',
    "SELECT * {{ ?s ?p ?o FILTER(?o <#>'''\n?s) SERVICE <{0}> {{ ?a ?b ?c }} }} #'''",
    "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "ASK {{ # a comment with ' in it\n SERVICE <{0}> {{ ?s ?p ?o }} }}",
]
FETCHES = [
    "LOAD <{0}>",
    "LOAD <{0}> INTO GRAPH <urn:g>",
    "SELECT * FROM <{0}> {{ ?s ?p ?o }}",
    "SELECT * FROM NAMED <{0}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "PREFIX ex: <{0}> SELECT * FROM ex:a {{ ?s ?p ?o }}",
    "BASE <{0}> SELECT * FROM <a> {{ ?s ?p ?o }}",
    "DESCRIBE * FROM <{0}> WHERE {{ ?s ?p ?o }}",
]


@pytest.mark.parametrize("query", [*SERVICES, *FETCHES])
def test_query_that_would_go_out_is_refused(server: Server, canary: Canary, query: str) -> None:
    response = server.ask(query.format(canary.url))
    assert (response.status_code, canary.calls) == (400, 0)
    assert is_alive(server)


@pytest.mark.parametrize("query", [*SERVICES, *FETCHES])
def test_query_that_would_go_out_is_refused_by_post(server: Server, canary: Canary, query: str) -> None:
    response = server.client.post("/sparql", content=query.format(canary.url), headers={"Content-Type": "application/sparql-query"})
    assert (response.status_code, canary.calls) == (400, 0)


CARELESS = """
import json, socket, sys
from pathlib import Path
from airm_graph.serve.broker import MESSAGE, SPAWN, start_broker
from airm_graph.serve.frames import Reply, pack_question, unpack_reply
from airm_graph.serve.settings import Limits
from airm_graph.graph.store import Store

class Careless:
    def __init__(self):
        self.facts, self.store = {}, Store()
        self.store.add_rows([("<urn:s>", "<urn:p>", "<urn:o>", "")])

    def answer(self, question):
        if "file" in question:
            return Reply(200, {}, Path(question["file"]).read_bytes())
        return Reply(200, {"rows": len(list(self.store.ask(question["query"])))})

control, _, wait = start_broker(Careless, limits=Limits())
wait()
for number, question in enumerate(json.loads(sys.argv[1])):
    control.send(MESSAGE.pack(SPAWN, number, 0))
    what, handles = b"", []
    while not what.startswith(b"W"):
        what, handles, _, _ = socket.recv_fds(control, MESSAGE.size, 1)
    with socket.socket(fileno=handles[0]) as worker:
        worker.sendall(pack_question(question))
        reply = unpack_reply(worker.recv(1 << 16))
        print(json.dumps([reply.status, reply.head]))
"""


def test_worker_cannot_open_anything_where_nothing_is_refused(canary: Canary) -> None:
    """What stands behind the refusals: workers that are asked as if no query had been looked at."""
    asked = [
        {"query": f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}"},
        {"file": "/etc/passwd"},
        {"query": "SELECT * { ?s ?p ?o }"},
    ]
    done = subprocess.run([sys.executable, "-c", CARELESS, json.dumps(asked)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    service, file, honest = map(json.loads, done.stdout.splitlines())
    assert (service[0], canary.calls) == (503, 0)
    assert file[0] == 503
    assert "Too many open files" in file[1]["detail"]
    assert honest == [200, {"rows": 1}]


NESTED = {
    "braces": "SELECT * { " + "{" * 2400 + "}" * 2400 + " }",
    "parentheses": "SELECT * { FILTER(" + "(" * 4900 + "1" + ")" * 4900 + ") }",
    "brackets": "SELECT * { ?s ?p " + "[ ?a " * 2000 + "]" * 2000 + " }",
    "or": f"SELECT * {{ FILTER(1{'||1' * 4000}) }}",
    "and": f"SELECT * {{ FILTER(1{'&&1' * 4000}) }}",
    "union": f"SELECT * {{ {{}}{'UNION{}' * 2000} }}",
    "optional": f"SELECT * {{ {{}}{'OPTIONAL{}' * 1500} }}",
    "minus": f"SELECT * {{ {{}}{'MINUS{}' * 2000} }}",
    "plus": f"SELECT * {{ FILTER(1{'+1' * 5000}) }}",
    "not": f"SELECT * {{ FILTER({'!' * 5000}1) }}",
    "path": f"SELECT * {{ ?s a{'/a' * 5000} ?o }}",
    "alternatives": f"SELECT * {{ ?s a{'|a' * 5000} ?o }}",
    "brackets in an angle": f"SELECT * {{ ?s ?p ?o FILTER(?o<{'(' * 4000}>1) }}",
}


@pytest.mark.parametrize("name", NESTED)
def test_deep_or_long_structure_is_refused(server: Server, name: str) -> None:
    query = NESTED[name]
    assert len(query) < 16 << 10
    response = server.ask(query)
    assert response.status_code == 400
    assert re.search("brackets|times", response.json()["title"])
    assert is_alive(server)


@pytest.mark.parametrize("name", NESTED)
def test_ten_times_as_long_is_refused_by_post(server: Server, name: str) -> None:
    content = (NESTED[name] * 10)[: 60 << 10]
    response = server.client.post("/sparql", content=content, headers={"Content-Type": "application/sparql-query"})
    assert response.status_code in {400, 503}
    assert is_alive(server)


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ("{" * 99 + "}" * 99, "{" * 100 + "}" * 100),
        ("FILTER(1" + "||1" * 900 + ")", "FILTER(1" + "||1" * 1001 + ")"),
    ],
)
def test_structure_up_to_the_limit_is_answered(server: Server, allowed: str, refused: str) -> None:
    assert server.ask(f"SELECT * {{ {allowed} }}").status_code == 200
    assert server.ask(f"SELECT * {{ {refused} }}").status_code == 400


@pytest.mark.parametrize(
    ("size", "get_status", "post_status"), [(15 << 10, 200, 200), (17 << 10, 414, 200), (63 << 10, 414, 200), (65 << 10, 414, 413)]
)
def test_length_is_limited(server: Server, size: int, get_status: int, post_status: int) -> None:
    query = "ASK {} #" + "x" * (size - 8)
    direct = {"Content-Type": "application/sparql-query"}
    address = f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    assert raw(server, address.encode())[9:12] == str(get_status).encode()
    assert server.client.post("/sparql", content=query, headers=direct).status_code == post_status
    assert server.client.post("/sparql", data={"query": query}).status_code == post_status


def test_query_of_escaped_bytes_may_be_as_long(server: Server) -> None:
    query = "ASK { ?s ?p '" + "é" * 8000 + "' }"
    assert server.ask(query).status_code == 200


@pytest.mark.parametrize(
    "query", [PRODUCT, COUNT, "SELECT * { ?s ?p ?o . ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?o), STR(?c)), '^(a+)+$')) }"]
)
def test_query_that_takes_too_much_is_ended(tight: Server, query: str) -> None:
    begun = time.monotonic()
    response = tight.ask(query)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.json()["reason"] in {"time", "memory"}
    assert time.monotonic() - begun < 4
    assert is_alive(tight)


def test_answer_that_is_too_large_is_413_and_never_partial(tight: Server) -> None:
    for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
        response = tight.ask(f"SELECT ('{'x' * 2000}' AS ?x) {{ ?a ?b ?c . ?d ?e ?f }}", accept=accept)
        assert response.status_code in {413, 503}, accept
        assert len(response.content) < 1000


def test_small_questions_are_answered_beside_large_ones(tight: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        hostile = [pool.submit(httpx.get, f"{tight.url}/sparql", params={"query": COUNT}, timeout=30) for _ in range(6)]
        time.sleep(0.2)
        times = []
        for _ in range(20):
            begun = time.monotonic()
            assert tight.ask("ASK {}").status_code == 200
            times.append(time.monotonic() - begun)
        assert [future.result().status_code for future in hostile] == [503] * 6
    assert sorted(times)[10] < 1


def test_crowd_is_turned_away_with_503(example_dist) -> None:
    with serving(example_dist, "--timeout", "1", "--workers", "1") as server, ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(httpx.get, f"{server.url}/sparql", params={"query": COUNT}, timeout=60) for _ in range(20)]
        found = [future.result() for future in asked]
        assert {response.status_code for response in found} == {503}
        assert {response.json()["reason"] for response in found} >= {"slow", "time"}
        assert all("retry-after" in response.headers for response in found)
        assert is_alive(server)


def mutate(chance: random.Random, text: str) -> str:
    """Damage a query in one of the ways that find bugs in parsers."""
    place, length = chance.randrange(len(text)), chance.randrange(1, 30)
    junk = chance.choice(
        ["{", "}", "(", ")", '"', "'''", "<", ">", "\\u0022", "\\", "\0", "#", "é", "\U0001f600", "^^", "@", "?", ";", "SERVICE", "1e999"]
    )
    ways = [
        text[:place] + text[place + length :],
        text[:place] + junk + text[place:],
        text[:place] + junk * chance.randrange(1, 200) + text[place:],
        text[:place],
        text[place:] + text[:place],
        text.replace(chance.choice("?{}.<>"), junk),
        "".join(chance.sample(text.split(" "), len(text.split(" ")))),
    ]
    return chance.choice(ways)


def test_five_hundred_malformed_queries_leave_the_server_alive(server: Server, canary: Canary) -> None:
    chance = random.Random(20261121)
    texts = [query.text for query in list_queries()] + [query.format(canary.url) for query in SERVICES]
    before = len(_children(server.process.pid))
    statuses: dict[int, int] = {}
    for number in range(500):
        query = mutate(chance, chance.choice(texts))[: 15 << 10]
        if number % 2:
            direct = {"Content-Type": "application/sparql-query"}
            response = server.client.post("/sparql", content=query.encode("utf-8", "replace"), headers=direct)
        else:
            response = server.ask(query)
        statuses[response.status_code] = statuses.get(response.status_code, 0) + 1
    assert set(statuses) <= {200, 400, 503}
    assert statuses[400] > 250
    assert canary.calls == 0
    assert is_alive(server)
    assert len(_children(server.process.pid)) <= before + 4


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *_children(child)]
    return found


def test_workers_have_no_file_and_no_connection_open(server: Server) -> None:
    server.ask("ASK {}")
    (broker,) = [int(child) for child in (Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split())]
    workers = _children(broker)
    assert workers
    for pid in workers:
        targets = sorted(str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir())
        assert targets[:3] == ["/dev/null"] * 3
        assert [target.partition(":")[0] for target in targets[3:]] == ["socket"]
        limits = Path(f"/proc/{pid}/limits").read_text()
        assert re.search(r"Max open files\s+0\s+0", limits)
        assert re.search(r"Max file size\s+0\s+0", limits)


def raw(server: Server, data: bytes, *, seconds: float = 15) -> bytes:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=seconds) as connection:
        parts = []
        try:
            connection.sendall(data)
            while part := connection.recv(65536):
                parts.append(part)
        except (ConnectionError, TimeoutError):
            pass
    return b"".join(parts)


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        (b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {b"414"}),
        (b"GET /sparql?query=" + b"a" * 80_000 + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", {b"414"}),
        (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: b\r\n" * 5000 + b"\r\n", {b"431"}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"b" * 300_000 + b"\r\n\r\n", {b"431"}),
        (b"NONSENSE\r\n\r\n", {b"400"}),
        (b"GET / HTTP/9.9\r\n\r\n", {b"400"}),
        (
            b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n",
            {b"400"},
        ),
        (b"GET /sparql HTTP/1.1\r\nHost: evil<>\r\nConnection: close\r\n\r\n", {b"400"}),
        (b"\0" * 200_000, {b"400"}),
    ],
    ids=["long address", "long query", "many headers", "long header", "nonsense", "version", "smuggling", "host", "zeros"],
)
def test_damaged_request_is_refused(server: Server, data: bytes, statuses: set[bytes]) -> None:
    answer = raw(server, data)
    assert answer[:9] == b"HTTP/1.1 "
    assert answer[9:12] in statuses
    assert is_alive(server)


def test_connection_is_kept_after_a_long_body(server: Server) -> None:
    body = b"query=" + quote("ASK {} #" + "é" * 30_000).encode()
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
    last = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = raw(server, (head + body) * 2 + last)
    assert len(body) > 150_000
    assert answer.count(b"HTTP/1.1 200 OK") == 3


def test_body_that_nobody_reads_is_cut_off(server: Server) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 99999999\r\n\r\n"
    begun = time.monotonic()
    answer = raw(server, head + b"x" * 500_000)
    assert answer[9:12] == b"415"
    assert answer.count(b"HTTP/1.1") == 1
    assert time.monotonic() - begun < 12


def test_slow_request_is_given_up(server: Server) -> None:
    begun = time.monotonic()
    assert raw(server, b"GET / HTTP/1.1\r\nHost: a\r\n") == b""
    assert 4 < time.monotonic() - begun < 9


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/..%2f..%2fetc/passwd", "//etc/passwd", "/dataset/2026.11.0/../../../etc/passwd", "/%2e%2e/SHA256SUMS"]
)
def test_no_file_is_read(server: Server, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    assert answer[9:12] in {b"404", b"400"}
    assert b"root:" not in answer


def test_every_answer_carries_the_headers_that_protect(server: Server) -> None:
    for path, status in (("/", 200), ("/ontology", 200), ("/nothing", 404), ("/sparql?query=ASK", 400), ("/search?q=a", 200)):
        response = server.client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == status
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert "server" not in response.headers


def test_cells_that_a_spreadsheet_would_run_are_defused(server: Server) -> None:
    rows = server.ask("SELECT ('=1+1' AS ?a) ('@SUM(A1)' AS ?b) (-5 AS ?c) ('plain' AS ?d) {}", accept="text/csv").text
    assert rows == "a,b,c,d\r\n'=1+1,'@SUM(A1),-5,plain\r\n"


def test_json_for_pages_holds_no_angle(server: Server) -> None:
    body = server.get("/search?q=%3C%2Fscript%3E").text
    assert "<" not in body
    assert json.loads(body)["text"] == "</script>"


def test_methods_that_write_are_refused(server: Server) -> None:
    for path in ("/", "/sparql", "/ontology", "/query/counts", "/graph-store?default"):
        for method in ("PUT", "DELETE", "PATCH"):
            response = server.client.request(method, path)
            assert response.status_code == 405
            assert "GET" in response.headers["allow"]


def test_log_is_json_without_the_question(server: Server) -> None:
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


def test_server_ends_within_five_seconds_of_sigterm(example_dist) -> None:
    with serving(example_dist, "--timeout", "60", "--workers", "1") as server, ThreadPoolExecutor(1) as pool:
        children = _children(server.process.pid)
        asked = pool.submit(httpx.get, f"{server.url}/sparql", params={"query": COUNT}, timeout=30)
        time.sleep(0.5)
        begun = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - begun < 5
        response = asked.result()
        assert (response.status_code, response.json()["reason"]) == (503, "draining")
        time.sleep(0.2)
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]


def test_server_ends_when_its_data_is_gone(example_dist) -> None:
    with serving(example_dist, "--workers", "1") as server:
        (broker,) = (Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")).read_text().split()
        os.kill(int(broker), 9)
        assert server.process.wait(8) == 1
        assert "is gone" in server.read_log()


def test_folder_that_is_not_what_was_written_is_refused(example_dist, tmp_path: Path) -> None:
    import shutil

    folder = shutil.copytree(example_dist, tmp_path / "dist")
    with (folder / "airm.nq").open("a") as file:
        file.write(f"<{BASE}a> <{BASE}b> <{BASE}c> .\n")
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", "serve", str(folder), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "airm.nq was changed since" in done.stderr


def test_address_beyond_loopback_brings_a_warning(example_dist) -> None:
    with serving(example_dist, "--host", "0.0.0.0", "--workers", "1") as server:
        assert "not loopback" in server.read_log()


@pytest.mark.parametrize("arguments", [["nothing.ttl"], ["--memory", "1M"], ["--base-url", "ftp://a"], ["--port", "70000"]])
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", "serve", *arguments, "--port", "0"]
    command = command[:-2] if "--port" in arguments else command
    assert subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 2


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE' }",
        'SELECT * { ?s ?p """a SERVICE " b""" }',
        "SELECT * { ?service <http://example.org/SERVICE> ?o } # SERVICE",
        "PREFIX ex: <http://example.org/> SELECT * { ?s ex:SERVICE ?o FILTER(?s < ?o && ?o > 1) }",
        "PREFIX ex: <http://example.org/> SELECT * { ?s ex:a ?o ; ex:load 'LOAD' FILTER(CONTAINS(?o, 'Customer service')) }",
    ],
)
def test_word_that_is_no_keyword_is_not_refused(query: str) -> None:
    screen_query(query, base=BASE, depth=100, chain=1000)
    screen_query(query, base=BASE, depth=100, chain=10)


@pytest.mark.parametrize("query", [query.text for query in list_queries()])
def test_queries_of_the_library_pass_the_screen(query: str) -> None:
    screen_query(query, base=BASE, depth=100, chain=1000)


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p 'a", 'SELECT * { ?s ?p "\n" }', "SELECT * FROM ex:a {}", "ASK { '\\u0027 }"])
def test_screen_says_what_is_wrong(query: str) -> None:
    with pytest.raises(QueryError):
        screen_query(query, base=BASE, depth=100, chain=10)
