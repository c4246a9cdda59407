"""The HTTP client and the endpoint: what they bear, what they refuse, and what they never give away."""

import base64
import html
import json
import time
from collections.abc import Callable, Iterator
from urllib.parse import quote, quote_plus, unquote_plus

import pytest

from airm_graph.cli import main
from airm_graph.errors import RemoteError
from airm_graph.graph.store import Store
from airm_graph.namespaces import BASE
from airm_graph.pipeline import Graph
from airm_graph.query.answers import format_table
from airm_graph.query.library import list_queries, run_query
from airm_graph.remote import Client, Credentials, Endpoint, check_url, read_credentials
from airm_graph.remote.credentials import find_challenge
from graphstore import GraphStore, fail, hang_up, run_store

ME = Credentials("me", password="hunter2")
VOID = "http://rdfs.org/ns/void#"
OK = b"HTTP/1.1 200 OK\r\n"
ANY = "SELECT ?s WHERE { ?s ?p ?o }"


@pytest.fixture
def server() -> Iterator[GraphStore]:
    with run_store() as state:
        yield state


@pytest.fixture(scope="module")
def filled(example_graph: Graph) -> Iterator[GraphStore]:
    with run_store(union=False) as state:
        fill(state, example_graph)
        yield state


def fill(state: GraphStore, graph: Graph) -> None:
    state.store.load("".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in graph.quads).encode(), format=_nquads())


def _nquads():
    import pyoxigraph as ox

    return ox.RdfFormat.N_QUADS


class Waits(list[float]):
    """Stands in for sleeping and keeps what was asked for."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def ask(server: GraphStore, query: str = ANY, **settings):
    with Client(server.url, **{"sleep": Waits(), **settings}) as client:
        return Endpoint(f"{server.url}/query", client=client, base=BASE).ask(query)


# --- the query library


@pytest.mark.parametrize("name", [query.name for query in list_queries()])
@pytest.mark.parametrize("optional", [False, True])
def test_library_answers_as_the_store_does_where_the_default_graph_is_empty(
    name: str, optional: bool, filled: GraphStore, example_graph: Graph
) -> None:
    (query,) = (query for query in list_queries() if query.name == name)
    arguments = {p.name: p.example for p in query.parameters if p.required or optional}
    with Endpoint(f"{filled.url}/query") as endpoint:
        assert endpoint.base == BASE
        assert run_query(endpoint, query, arguments, base=endpoint.base) == example_graph.query(name, **arguments)
        assert endpoint.dataset, "the graphs are named in the request"


def test_union_of_the_server_is_used_where_it_is_the_default_graph(server: GraphStore, example_graph: Graph) -> None:
    fill(server, example_graph)
    with Endpoint(f"{server.url}/query") as endpoint:
        assert run_query(endpoint, "counts") == example_graph.query("counts")
        assert endpoint.dataset == ()


def test_server_is_refused_when_it_has_no_union_and_heeds_no_graphs(example_graph: Graph) -> None:
    with run_store(union=False, heeds=False) as server:
        fill(server, example_graph)
        with Endpoint(f"{server.url}/query") as endpoint, pytest.raises(RemoteError, match="does not heed default-graph-uri"):
            run_query(endpoint, "counts")


@pytest.mark.parametrize("name", [query.name for query in list_queries()])
def test_rows_are_put_in_order_when_the_server_sends_them_in_another(name: str, example_graph: Graph) -> None:
    (query,) = (query for query in list_queries() if query.name == name)
    arguments = {p.name: p.example for p in query.parameters if p.required}
    expected = example_graph.query(name, **arguments)

    class Shuffled:
        in_order = False

        def select(self, text: str):
            names, rows = example_graph.store.select(text)
            ranked = "?rank" in text.rpartition("ORDER BY")[2]
            # A rank that is not shown is the server's to sort by.
            groups = dict.fromkeys(row[0] for row in rows) if ranked else {None: None}
            return names, [row for group in groups for row in reversed(rows) if not ranked or row[0] == group]

    few = {"check-conflicting-codes", "check-conflicting-descriptions", "mitigations-by-statement", "sources-by-shared-code"}
    assert len(expected) > 1 or name in few
    assert run_query(Shuffled(), query, arguments) == expected


def test_base_is_found_by_asking(example_graph: Graph) -> None:
    def move(graph: str) -> None:
        rows = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in example_graph.quads).replace(BASE, graph)
        server.store.load(rows.encode(), format=_nquads())

    with run_store() as server:
        server.store.update(f"INSERT DATA {{ <x:d> a <{VOID}Dataset> ; <{VOID}uriSpace> 'https://example.org/>', 'urn:x' }}")
        url = f"{server.url}/query"
        with Endpoint(url) as endpoint:
            assert endpoint.base == BASE, "nothing is there"
        move("https://example.org/a/")
        with Endpoint(url) as endpoint:
            assert endpoint.base == "https://example.org/a/"
            assert run_query(endpoint, "counts", base=endpoint.base) == example_graph.query("counts")
        move("https://example.org/b/")
        with Endpoint(url) as endpoint, pytest.raises(RemoteError, match=r"/a/, https://example\.org/b/; say which"):
            _ = endpoint.base


def test_terms_come_back_as_they_are(server: GraphStore) -> None:
    values = [
        '"a\\"b\\\\c\\nd\\t\u200b𝔘"',
        '"x"@en-gb',
        '"01"^^<http://example.org/odd>',
        '"2024"^^<http://www.w3.org/2001/XMLSchema#gYear>',
    ]
    server.store.update(f"INSERT DATA {{ GRAPH <x:g> {{ <x:s> <x:p> {', '.join(values)}, _:b, <x:o> }} }}")
    names, rows = ask(server, "SELECT ?o ?none WHERE { ?s ?p ?o }")
    local = Store()
    local.add_rows([("<x:s>", "<x:p>", value, "<x:g>") for value in [*values, "<x:o>"]])
    assert names == ("o", "none")
    assert {row[0] for row in rows if row[0] and not row[0].startswith("_:")} == {
        row[0] for row in local.select("SELECT ?o { ?s ?p ?o }")[1]
    }
    assert {row[1] for row in rows} == {None}


# --- answers that are not what they should be


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<html>Welcome</html>", "is this a SPARQL endpoint"),
        ('{"boolean": true}', "is this a SPARQL endpoint"),
        ('{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "uri", "value": "x:a> <x:b"}}]}}', "is this a SPARQL endpoint"),
        ('{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "literal", "value": 7}}]}}', "is this a SPARQL endpoint"),
        ('{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "triple", "value": {}}}]}}', "is this a SPARQL endpoint"),
        ('{"head": {"vars": ["s"]}, "results": {"bindings": [{"s": {"type": "literal", "value": "", "xml:lang": "e n"}}]}}', "JSON"),
    ],
)
def test_answer_is_refused_when_it_is_no_table(server: GraphStore, body: str, what: str) -> None:
    server.faults = [fail(200, body=body, Content_Type="text/html")]
    with pytest.raises(RemoteError, match=what):
        ask(server)


@pytest.mark.parametrize("header", [{"X_SPARQL_MaxRows": "2"}, {"X_SQL_State": "S1TAT"}])
def test_answer_is_refused_when_virtuoso_stopped_early(server: GraphStore, header: dict[str, str]) -> None:
    rows = [{"s": {"type": "uri", "value": f"x:{number}"}} for number in range(2)]
    body = json.dumps({"head": {"vars": ["s"]}, "results": {"bindings": rows}})
    server.faults = [fail(200, body=body, **header), fail(200, body=body, X_SPARQL_MaxRows="3")]
    with pytest.raises(RemoteError, match=r"cut the answer at 2 rows|sent a part of the answer"):
        ask(server)
    assert len(ask(server)[1]) == 2


def test_error_shows_status_and_first_lines_without_control_characters(server: GraphStore) -> None:
    server.faults = [fail(400, body="Parse error\n\x1b[31mline 2\u202e\nthree\nfour\n" + "x" * 10_000)]
    with pytest.raises(RemoteError) as caught:
        ask(server)
    assert str(caught.value) == f"{server.url}/query: status 400: Parse error / [31mline 2 / three"


def test_answer_is_bounded_in_size(server: GraphStore) -> None:
    server.faults = [fail(200, body="x" * 200_000)]
    with pytest.raises(RemoteError, match="larger than 100000 bytes"):
        ask(server, most_bytes=100_000)


def test_answer_is_bounded_in_time(server: GraphStore) -> None:
    def drip(handler) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
        handler.close_connection = True
        return True

    server.faults = [drip]
    start = time.monotonic()
    with pytest.raises(RemoteError, match=r"no whole answer within 0\.1 s"):
        ask(server, deadline=0.1)
    assert time.monotonic() - start < 0.6


def test_query_is_not_repeated_when_it_is_too_slow(server: GraphStore) -> None:
    server.faults = [lambda _handler: bool(time.sleep(0.5)) or True]
    with pytest.raises(RemoteError, match=r"no answer within 0\.1 s"):
        ask(server, timeout=0.1)
    assert len(server.seen) == 1


# --- patience


def test_busy_server_is_asked_again_when_it_says_so(server: GraphStore) -> None:
    waits, lines = Waits(), []
    server.faults = [fail(503, Retry_After="7"), fail(429), fail(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), fail(502)]
    assert ask(server, sleep=waits, tell=lines.append)[1] == []
    assert waits == [7.0, 1.0, 0.0, 4.0]
    assert lines[0] == "status 503: trying again in 7 s (try 1 of 5)"
    assert len(server.seen) == 5


def test_patience_ends(server: GraphStore) -> None:
    server.faults = [fail(503, body="maintenance") for _ in range(9)]
    with pytest.raises(RemoteError, match="status 503: maintenance"):
        ask(server)
    assert len(server.seen) == 5


def test_wait_that_is_too_long_is_not_waited_for(server: GraphStore) -> None:
    waits = Waits()
    server.faults = [fail(503, Retry_After="86400")]
    with pytest.raises(RemoteError, match="status 503"):
        ask(server, sleep=waits)
    assert waits == []


@pytest.mark.parametrize(
    "after", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"]
)
def test_broken_connection_is_opened_again(server: GraphStore, after: bytes) -> None:
    waits = Waits()
    server.faults = [hang_up(after=after), hang_up(after=after)]
    assert ask(server, sleep=waits)[1] == []
    assert waits == [0.5, 1.0]


def test_server_that_was_never_there_is_not_waited_for() -> None:
    with run_store() as state:
        pass
    waits = Waits()
    with pytest.raises(RemoteError, match="the connection is refused; see whether the server runs"):
        ask(state, sleep=waits)
    assert waits == []


# --- who we are


@pytest.mark.parametrize("auth", ["basic", "silent", "MD5", "SHA-256"])
def test_password_is_given_when_it_is_asked_for(auth: str) -> None:
    with run_store(auth=auth) as server:
        with Client(server.url, credentials=ME) as client:
            endpoint = Endpoint(f"{server.url}/query?a=%20b", client=client, base=BASE)
            assert endpoint.ask(ANY) == endpoint.ask(ANY) == (("s",), [])
        given = [headers.get("authorization") for headers in server.headers]
        assert given[0] is None, "the first request goes without"
        assert len(given) == 3, "the challenge is remembered"
        assert auth in ("basic", "silent") or not any("hunter2" in (value or "") for value in given)


def test_token_is_given_at_once() -> None:
    with run_store(auth="bearer") as server:
        assert ask(server, credentials=Credentials(token="hunter2"))[1] == []
        assert len(server.seen) == 1


@pytest.mark.parametrize("auth", ["basic", "MD5", "bearer"])
@pytest.mark.parametrize(
    ("credentials", "what"),
    [
        (None, "set AIRM_ENDPOINT_USER and AIRM_ENDPOINT_PASSWORD, or AIRM_ENDPOINT_TOKEN"),
        (Credentials("me", password="swordfish"), "does not accept what AIRM_ENDPOINT_USER|asks neither for Basic nor for Digest"),
        (Credentials(token="swordfish"), "does not accept what AIRM_ENDPOINT_TOKEN say"),
    ],
)
def test_refusal_names_the_variables_and_not_what_they_hold(auth: str, credentials: Credentials | None, what: str) -> None:
    with run_store(auth=auth) as server:
        with pytest.raises(RemoteError, match=what) as caught:
            ask(server, credentials=credentials)
        assert "swordfish" not in repr((caught.value, credentials))
        assert len(server.seen) <= 2, "a wrong password is not tried again and again"


def test_password_is_hidden_when_the_server_repeats_it(server: GraphStore) -> None:
    server.faults = [fail(403, body="user me may not: hunter2")]
    with pytest.raises(RemoteError, match=r"user me may not: \*\*\*"):
        ask(server, credentials=ME)


def test_old_nonce_is_renewed() -> None:
    with run_store(auth="MD5") as server, Client(server.url, credentials=ME) as client:
        endpoint = Endpoint(f"{server.url}/query", client=client, base=BASE)
        assert endpoint.ask(ANY)[1] == []
        server.nonce = "another"
        assert endpoint.ask(ANY)[1] == []
        assert ["nonce" in headers.get("authorization", "") for headers in server.headers] == [False, True, True, True]


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (
            ['Basic realm="a"', 'Digest realm="b", nonce="n", algorithm=MD5, qop="auth"'],
            'Digest realm="b", nonce="n", algorithm=MD5, qop="auth"',
        ),
        (['Basic realm="a, b", Digest realm="c", nonce="n"'], 'Digest realm="c", nonce="n"'),
        (['Digest realm="a", nonce="n", algorithm=SHA-512-256, Digest realm="a", nonce="m", algorithm="SHA-256"'], "Digest SHA-256"),
        (['Digest realm="no, Basic realm=1", nonce="n"'], 'Digest realm="no, Basic realm=1", nonce="n"'),
        (['Digest realm="a", nonce="n", qop="auth-int"', 'Digest realm="a", nonce="n", algorithm=SHA-512', "Negotiate", "Bearer"], ""),
        (['Digest realm="a", nonce="n", qop="auth-int, auth"'], 'Digest realm="a", nonce="n", qop="auth-int, auth"'),
        (['Digest nonce="n"', "Basic"], "Basic"),
        (['Digest realm="a", nonce="n", "more"', "Basic"], "Basic"),
        (["Negotiate, Basic"], "Basic"),
        ([""], ""),
    ],
)
def test_challenge_is_chosen_among_several(headers: list[str], found: str) -> None:
    expected = 'Digest realm="a", nonce="m", algorithm="SHA-256"' if found == "Digest SHA-256" else found
    assert find_challenge(headers) == expected


@pytest.mark.parametrize("challenge", ['Digest realm="a", nonce="n", algorithm=SHA-512-256', 'Digest realm="a"', "Digest", "Negotiate"])
def test_challenge_that_cannot_be_answered_is_an_error_and_gets_nothing(server: GraphStore, challenge: str) -> None:
    server.faults = [fail(401, WWW_Authenticate=challenge)]
    with pytest.raises(RemoteError, match="asks neither for Basic nor for Digest"):
        ask(server, credentials=ME)
    assert len(server.seen) == 1


def test_challenge_in_another_script_is_answered(server: GraphStore) -> None:
    server.faults = [fail(401, WWW_Authenticate='Digest realm="gr\u00f6\u00dfer", nonce="n"')]
    assert ask(server, credentials=ME)[1] == []
    assert [headers.get("authorization", "")[:6] for headers in server.headers] == ["", "Digest"]


def test_body_of_a_refusal_is_bounded_too(server: GraphStore) -> None:
    server.faults = [fail(401, body="x" * 200_000, WWW_Authenticate='Basic realm="store"')]
    with pytest.raises(RemoteError, match="larger than 100000 bytes"):
        ask(server, credentials=ME, most_bytes=100_000)


@pytest.mark.parametrize(
    "environment",
    [
        {"AIRM_ENDPOINT_PASSWORD": "hunter2"},
        {"AIRM_ENDPOINT_USER": "me", "AIRM_ENDPOINT_TOKEN": "hunter2"},
        {"AIRM_ENDPOINT_TOKEN": "hunter2\n"},
    ],
)
def test_environment_is_refused_when_it_is_half_or_double(environment: dict[str, str]) -> None:
    with pytest.raises(RemoteError) as caught:
        read_credentials(environment)
    assert "hunter2" not in str(caught.value)


# --- where to


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_followed_on_the_same_server(server: GraphStore, status: int) -> None:
    server.faults = [fail(status, Location="/query#there")]
    with Client(server.url) as client:
        assert Endpoint(f"{server.url}/old", client=client, base=BASE).ask(ANY)[1] == []
    assert server.seen == ["POST /old", "POST /query"]


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:1/query",
        "https://127.0.0.1/query",
        "//other.example/query",
        "file:///a/file",
        "http://127.0.0.1:port/",
        "http://[/",
        "/a b",
    ],
)
def test_redirect_elsewhere_is_refused_and_gets_nothing(location: str) -> None:
    with run_store(auth="basic") as server:
        server.faults = [fail(307, Location=location)]
        with pytest.raises(RemoteError, match="which is not followed"):
            ask(server, credentials=ME)
        assert len(server.seen) == 1


def test_other_port_of_the_same_host_gets_no_password(server: GraphStore) -> None:
    with run_store(auth="basic") as other:
        server.faults = [fail(308, Location=f"{other.url}/query")]
        with pytest.raises(RemoteError, match="not followed"):
            ask(server, credentials=ME)
        with Client(server.url, credentials=ME) as client, pytest.raises(RemoteError, match="on another server"):
            client.request("GET", other.url)
        assert other.seen == []


def test_redirect_in_a_ring_ends(server: GraphStore) -> None:
    server.faults = [fail(302, Location="/query") for _ in range(20)]
    with pytest.raises(RemoteError, match="again and again"):
        ask(server)


def test_redirect_that_changes_the_method_is_refused(server: GraphStore) -> None:
    server.faults = [fail(303, Location="/elsewhere")]
    with pytest.raises(RemoteError, match="not followed"):
        ask(server)


@pytest.mark.parametrize(
    "url",
    [
        "file:///a/file",
        "ftp://example.org/",
        "localhost:8890/sparql",
        "http://",
        "http:///sparql",
        "http://example.org:port/",
        "http://example.org:0/",
        "http://[::1/",
        "http://example.org/a b",
        "http://example.org/#frag",
        "http://example.org/\n",
        "http://exämple.org/",
        "",
    ],
)
def test_address_is_refused_when_it_is_none(url: str) -> None:
    with pytest.raises(RemoteError):
        check_url(url)


def test_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(RemoteError, match="AIRM_ENDPOINT_USER") as caught:
        check_url("https://me:hunter2@example.org/sparql")
    assert "hunter2" not in str(caught.value)


def test_password_does_not_cross_the_network_in_the_clear() -> None:
    token = Credentials(token="hunter2")
    with pytest.raises(RemoteError, match="in the clear"):
        Client("http://192.0.2.1/sparql", credentials=token)
    Client("http://192.0.2.1/sparql", credentials=token, plain=True)
    Client("https://192.0.2.1/sparql", credentials=token)
    Client("http://[::1]:1/sparql", credentials=token)
    basic = Client("http://192.0.2.1/sparql", credentials=ME)
    with pytest.raises(RemoteError, match="AIRM_ENDPOINT_PASSWORD would cross"):
        basic._check_plain("AIRM_ENDPOINT_PASSWORD")


# --- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def test_command_asks_the_endpoint(filled: GraphStore, example_graph: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("query", "run", "mitigations-by-code", "code=1.1", "--format", "csv")
    code, out, err = run(capsys, *arguments, "--endpoint", f"{filled.url}/query")
    assert (code, err) == (0, "")
    assert out == format_table(example_graph.query("mitigations-by-code", code="1.1"), format="csv")


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--endpoint", "file:///a/file"], "not an http or https address"),
        (["--endpoint", "http://127.0.0.1:1/", "--data", "x"], "given at once"),
        (["--base", "https://example.org/"], "--base goes with --endpoint"),
        (["--endpoint", "http://127.0.0.1:1/", "--base", "https://example.org/>"], "not an http or https address"),
        (["--endpoint", "http://127.0.0.1:1/"], "refused"),
    ],
)
def test_command_ends_with_two_when_there_is_no_asking(capsys: pytest.CaptureFixture[str], arguments: list[str], what: str) -> None:
    code, out, err = run(capsys, "query", "run", "counts", *arguments)
    assert (code, out) == (2, "")
    assert what in err


SECRET = 'Bee/hive+"42"&<zürich>'
ECHOES = {
    "as it is": lambda secret: secret,
    "in small letters": str.lower,
    "in capitals": str.upper,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded in small letters": lambda secret: quote(secret, safe="").lower(),
    "as a form": quote_plus,
    "as HTML": html.escape,
    "as character references": lambda secret: "".join(f"&#{ord(char)};" for char in secret),
    "as JSON": json.dumps,
    "in Base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "in Base64 with the user": lambda secret: base64.b64encode(f"dba:{secret}".encode()).decode(),
    "in Base64 with more": lambda secret: base64.b64encode(f"ab:{secret};c".encode()).decode(),
    "cut in front": lambda secret: secret[4:],
    "cut behind": lambda secret: secret[:-4],
    "cut in the middle": lambda secret: secret[:10] + "..." + secret[10:],
    "encoded twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "in part encoded": lambda secret: "".join(char if number % 2 else f"%{ord(char):02X}" for number, char in enumerate(secret[:12])),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("credentials", [Credentials("dba", password=SECRET), Credentials(token=SECRET)], ids=["password", "token"])
def test_no_part_of_a_secret_is_shown_in_any_form(credentials: Credentials, echo: Callable[[str], str]) -> None:
    said = echo(SECRET)
    shown = credentials.hide(f"refused: {said} is wrong")
    plain = html.unescape(unquote_plus(unquote_plus(shown))).lower()
    assert "***" in shown or "is not shown" in shown
    assert not [start for start in range(len(SECRET) - 6) if SECRET[start : start + 6].lower() in plain]
    parts = {said[start : start + 10] for start in range(len(said) - 10)}
    if "Base64" not in str(echo):
        assert not [part for part in parts if part in shown]


def test_text_without_a_secret_is_shown_as_it_is() -> None:
    text = "the endpoint is not there: see https://example.org/%41 &amp; ask"
    assert Credentials("dba", password=SECRET).hide(text) == text


RAW = {
    "body": ("418 Teapot", "text/plain", "", "x" * 280 + SECRET),
    "location": ("302 Found", "text/plain", f"Location: http://other.example/{quote(SECRET, safe='')}\r\n", ""),
    "status line": (f"500 {quote(SECRET, safe='')}", "text/plain", "", "failed"),
    "content type": ("200 OK", f"text/{quote(SECRET, safe='')}", "", "{}"),
    "triples": ("200 OK", "application/n-triples", "", f"<urn:a> <urn:b> {SECRET} ."),
}


@pytest.mark.parametrize("where", RAW)
def test_secret_that_a_server_echoes_is_not_in_the_message(server: GraphStore, where: str) -> None:
    status, media_type, more, body = RAW[where]
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\n{more}Content-Length: {len(data)}\r\nConnection: close\r\n\r\n"
    server.faults = [hang_up(after=head.encode() + data)] * 5
    with Client(server.url, credentials=Credentials(token=SECRET), sleep=Waits()) as client:
        endpoint = Endpoint(f"{server.url}/query", client=client, base=BASE)
        ask_for = endpoint.construct if where == "triples" else endpoint.ask
        with pytest.raises(RemoteError) as raised:
            ask_for(ANY)
    text = unquote_plus(str(raised.value)).lower()
    assert not [start for start in range(len(SECRET) - 6) if SECRET[start : start + 6].lower() in text]
