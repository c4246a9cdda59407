"""Pages over a real server: every link leads somewhere, every page carries the notice, nothing of the data becomes markup."""

import html
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, quote, urljoin, urlsplit

import html5lib
import pytest
import rdflib

import airm_graph
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, term
from airm_graph.query.library import list_queries
from airm_graph.search.script_lists import MOST_LISTED
from airm_graph.validate.formats.parts import rule_address
from airm_graph.validate.rulebook import load_rulebook
from conftest import ROOT
from serving import Server, serving

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
NOTICE = "please do not share or cite"
MITIGATION = "/mitigation/gipiskis-2024-risk-sources/adversarial-training"
#: Pages that have scripts.
SCRIPTED = ("/browse/mitigations", "/editor", "/neighbourhood", "/search")
OTHER_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)
VOID = {"br", "hr", "img", "input", "link", "meta"}

pytestmark = pytest.mark.xdist_group("server")


class Reader(HTMLParser):
    """What tests look at in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.title = ""
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if len(attrs) != len(dict(attrs)):
            self.wrong.append(f"<{tag}> repeats an attribute")
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title":
            self.title += data
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data


@dataclass
class Page:
    """A fetched page."""

    path: str
    status: int
    text: str
    headers: dict[str, str]
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader()
        self.reader.feed(self.text)
        self.reader.close()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.reader.elements if name == tag]

    @property
    def links(self) -> list[str]:
        return [attributes.get("href") or "" for attributes in (*self.all("a"), *self.all("link"))]


def get(server: Server, path: str) -> Page:
    response = server.client.get(path, headers=BROWSER)
    return Page(path, response.status_code, response.text, dict(response.headers))


def is_followed(path: str) -> bool:
    """Facets combine to more addresses than anybody can visit: one choice of each is enough."""
    parts = urlsplit(path)
    return parts.path not in {"/search", "/browse/mitigations"} or len(parse_qsl(parts.query)) < 2


@pytest.fixture(scope="module")
def crawled(server: Server) -> dict[str, Page]:
    """All pages that can be reached from the front page, by address without fragment."""
    found: dict[str, Page] = {}
    files: dict[str, int] = {}
    waiting = ["/"]
    seen = {"/"}
    while waiting:
        path = waiting.pop()
        suffix = path.partition("?")[0].rpartition(".")[2]
        if suffix in {"ttl", "jsonld", "nt", "rdf", "nq", "css", "svg", "js", "csv", "tsv", "xml", "json", "rq", "md"} or path.startswith(
            "/why?"
        ):
            # One of each format and kind of thing, for the pages of one kind come from one hand.
            if files.setdefault(f"{path.split('/')[1]} {suffix}", 0) < 2:
                files[f"{path.split('/')[1]} {suffix}"] += 1
                assert server.client.head(path, headers=BROWSER).status_code == 200, path
            continue
        page = get(server, path)
        if page.headers["content-type"].startswith("text/html"):
            found[path] = page
        else:
            assert page.status == 200, path
            continue
        for link in page.links:
            target = urljoin(path, link).partition("#")[0]
            if not OTHER_HOST.match(target) and target not in seen and is_followed(target):
                seen.add(target)
                waiting.append(target)
    return found


def test_every_link_from_the_front_page_leads_somewhere(crawled: dict[str, Page]) -> None:
    assert [page.path for page in crawled.values() if page.status != 200] == []
    kinds = Counter(path.split("/")[1].partition("?")[0] for path in crawled)
    assert {"browse", "query", "rules", "mitigation", "source", "taxonomy", "capture", "agent", "actor", "ontology", "shapes"} <= set(kinds)
    assert kinds["mitigation"] > 34
    assert kinds["rules"] == len(load_rulebook()) + 1


def test_every_page_carries_notice_language_and_viewport(crawled: dict[str, Page]) -> None:
    for page in crawled.values():
        assert NOTICE in page.text, page.path
        assert page.all("html")[0]["lang"] == "en"
        assert any(meta.get("name") == "viewport" for meta in page.all("meta"))
        assert len(page.all("main")) == len(page.all("h1")) == 1, page.path


def test_titles_tell_pages_apart(crawled: dict[str, Page]) -> None:
    titles = Counter(page.reader.title for page in crawled.values())
    assert [(title, number) for title, number in titles.items() if number > 1] == []


def test_pages_are_well_formed(crawled: dict[str, Page]) -> None:
    for page in crawled.values():
        assert page.reader.wrong == [], page.path
        assert page.reader.open == [], page.path
        ids = Counter(attributes["id"] for _, attributes in page.reader.elements if "id" in attributes)
        assert [name for name, number in ids.items() if number > 1] == [], page.path
    samples = {tuple(path.split("?")[0].split("/")[1:2]): page for path, page in crawled.items() if len(page.text) < 60_000}
    for page in samples.values():
        html5lib.HTMLParser(strict=True).parse(page.text)


def test_pages_have_no_inline_scripts_or_styles(crawled: dict[str, Page]) -> None:
    for page in crawled.values():
        assert page.all("style") == [], page.path
        for attributes in page.all("script"):
            if attributes.get("type") != "application/ld+json":
                assert page.path.startswith(SCRIPTED), page.path
                assert attributes["src"].startswith("/static/"), page.path
        for tag, attributes in page.reader.elements:
            assert not [name for name in attributes if name == "style" or name.startswith("on")], (page.path, tag)


def test_links_to_other_hosts_are_guarded(crawled: dict[str, Page]) -> None:
    outside = [(page.path, link) for page in crawled.values() for link in page.all("a") if OTHER_HOST.match(link.get("href") or "")]
    assert outside
    for path, link in outside:
        assert link["href"].startswith(("https://", "http://")), path
        assert set((link["rel"] or "").split()) == {"noopener", "noreferrer", "nofollow"}, path
    loaded = [a.get("src") or a.get("href") for page in crawled.values() for tag in ("script", "link", "img") for a in page.all(tag)]
    assert [address for address in loaded if address and OTHER_HOST.match(address)] == []


def test_headings_are_in_order_and_fields_have_labels(crawled: dict[str, Page]) -> None:
    for page in crawled.values():
        levels = [int(tag[1]) for tag, _ in page.reader.elements if re.fullmatch("h[1-6]", tag)]
        assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False)), page.path
        labelled = {label.get("for") for label in page.all("label")}
        fields = [a for tag in ("input", "select", "textarea") for a in page.all(tag) if a.get("type") != "hidden"]
        assert {a.get("id") for a in fields} <= labelled, page.path


def test_anchors_within_pages_exist(crawled: dict[str, Page]) -> None:
    ontology = crawled["/ontology"]
    ids = {attributes.get("id") for _, attributes in ontology.reader.elements}
    assert "Mitigation" in ids
    for page in crawled.values():
        for link in page.links:
            target, _, anchor = urljoin(page.path, link).partition("#")
            if target == "/ontology" and anchor:
                assert anchor in ids, (page.path, link)


def test_embedded_json_ld_says_what_the_data_says(server: Server, crawled: dict[str, Page]) -> None:
    (script,) = crawled[MITIGATION].reader.scripts
    assert "<" not in script
    graph = rdflib.Graph()
    graph.parse(data="".join(f"{s} {p} {o} .\n" for s, p, o, _ in parse_rows(script.encode(), name="page", suffix=".jsonld")), format="nt")
    turtle = rdflib.Graph().parse(data=server.get(f"{MITIGATION}.nt").text, format="nt")
    subject = rdflib.URIRef(BASE + MITIGATION[1:])
    assert len(graph) > 15
    # Terms of search engines say again what the data says.
    said_again = {row for row in graph if any(str(term).startswith("https://schema.org/") for term in row)}
    assert set(graph) - said_again == set(turtle.triples((subject, None, None)))
    assert {str(value) for _, _, value in said_again} <= {
        "https://schema.org/Intangible",
        *(str(value) for value in turtle.objects(subject)),
    }
    (front,) = crawled["/"].reader.scripts
    assert json.loads(front)[0]["@type"] == ["https://schema.org/Dataset"]


def test_page_of_a_mitigation_shows_all_there_is_to_know(crawled: dict[str, Page]) -> None:
    text = crawled[MITIGATION].text
    for wanted in (
        "<h1>Adversarial training</h1>",
        ">1 AI System</a></li>",
        ">1.1 Model</a></li>",
        ">1.1.2 Learning Objectives</a></li>",
        "It adds examples and target answers to the training itself.",
        ">Developer</a>",
        ">Build and Use Model</a>",
        ">Manage</a>",
        "gipiskis-fine-tuning-related.txt, lines 12–14",
        '<span class="count" aria-hidden="true">13</span>',
        '<mark title="published as: attacks">aacks</mark>',
        '<code class="after">attacks</code>',
        ">Fine-tuning-related</a>",
        ">Robustness certificates</a>",
        ">HarmAug</a>",
        f'href="{MITIGATION}.ttl"',
        f'href="{MITIGATION}.jsonld"',
        f'href="{MITIGATION}.nt"',
    ):
        assert wanted in text, wanted


KINDS = """PREFIX airm: <https://w3id.org/airm-graph/ontology#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
BASE <https://w3id.org/airm-graph/>

<mitigation/s/asked> a airm:Mitigation ; rdfs:label "Asked" ; airm:statementKind <statement-kind/question> ;
  prov:wasDerivedFrom <mitigation/s/guessed> .
<mitigation/s/guessed> a airm:Mitigation ; rdfs:label "Guessed" ; airm:suggestion <mitigation/s/guessed/suggestion/question> ;
  airm:suggestedStatementKind <statement-kind/question> .
<mitigation/s/guessed/suggestion/question> a airm:Suggestion ; airm:suggestedKind <statement-kind/question> ; airm:reasoning "It asks." .
<mitigation/s/plain> a airm:Mitigation ; rdfs:label "Plain" .
<statement-kind/question> a airm:StatementKind ; rdfs:label "Question" .
"""


def test_page_of_a_mitigation_tells_a_stated_kind_from_a_suggested_one_and_what_it_was_taken_from(tmp_path: Path) -> None:
    (tmp_path / "kinds.ttl").write_text(KINDS, encoding="utf-8")
    shown = {}
    with serving(tmp_path / "kinds.ttl", "--workers", "1") as server:
        for name in ("asked", "guessed", "plain"):
            found = get(server, f"/mitigation/s/{name}").text
            pairs = re.search(r'<dl class="pairs">(.*?)</dl>', found, re.DOTALL)[1]
            shown[name] = [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<dt>.*?</dd>", pairs, re.DOTALL)]
        assert get(server, "/mitigation/s/guessed/suggestion/question").status == 200
    unknown = ["Codeunknown", "Actorunknown", "Lifecycle stageunknown", "Functionunknown", "Sourcesource unknown"]
    assert shown["asked"] == [*unknown, "Kind of statementQuestion", "Taken fromGuessed"]
    assert shown["guessed"] == [*unknown, "Kind of statementQuestion suggested by a rule, not stated · why"]
    assert shown["plain"] == unknown


def test_page_of_a_source_shows_its_outline_as_a_tree(crawled: dict[str, Page]) -> None:
    page = crawled["/source/gipiskis-2024-risk-sources"].text
    levels = re.findall(r'<li class="level-(\d)"><a href="[^"]*">([^<]*)</a>', page)
    assert len(levels) == 13
    assert ("0", "Model development") in levels
    assert levels.index(("3", "Adversarial training")) > levels.index(("2", "Fine-tuning-related")) > levels.index(("1", "Data-related"))


def test_tree_counts_what_the_query_counts(server: Server, crawled: dict[str, Page]) -> None:
    rows = server.get("/query/codes-by-edition.json?edition=v2").json()["results"]["bindings"]
    assert len(rows) > 50
    page = crawled["/browse/taxonomy/v2"].text
    for row in rows:
        path = row["code"]["value"].removeprefix(BASE)
        under = int(row["under"]["value"])
        shown = re.search(rf'<a href="/{re.escape(path)}">[^<]*</a> (?:<a class="number"[^>]*>|<span class="number none">)(\d+)<', page)
        assert shown, path
        assert int(shown[1]) == under, path


def test_facets_combine(server: Server) -> None:
    path = "/browse/mitigations?actor=developer&function=manage"
    rows = server.get("/query/mitigations-by-role.json?actor=developer&function=manage").json()["results"]["bindings"]
    wanted = {row["mitigation"]["value"].removeprefix(BASE.removesuffix("/")) for row in rows}
    page = get(server, path)
    assert {link for link in page.links if link.startswith("/mitigation/")} == wanted
    assert len(wanted) == 3
    # Dropping either leaves the other.
    assert any(link.endswith(f"/browse/mitigations?actor={quote('developer')}") for link in page.links)
    narrower = [link for link in page.links if link.startswith("/browse/mitigations?") and link.count("=") == 3]
    assert narrower
    assert get(server, narrower[0]).status == 200


def test_long_lists_turn_pages(server: Server) -> None:
    path, seen = "/browse/mitigations", []
    while path:
        page = get(server, path)
        hits = [link for link in page.links if link.startswith("/mitigation/")]
        assert 0 < len(hits) <= 25
        seen += hits
        path = next((a["href"] for a in page.all("a") if a.get("rel") == "next"), "")
    assert len(seen) == len(set(seen)) == 34
    last = get(server, "/search?q=training&limit=5&offset=5")
    assert {a["rel"] for a in last.all("a") if a.get("rel") in {"prev", "next"}} == {"prev", "next"}


@pytest.mark.parametrize("query", list_queries(), ids=lambda query: query.name)
def test_form_has_a_field_for_each_parameter(server: Server, query) -> None:
    page = get(server, f"/query/{query.name}")
    names = [a.get("name") for tag, a in page.reader.elements if tag in {"input", "select"}]
    assert names == [parameter.name for parameter in query.parameters]
    chosen = {p.name for p in query.parameters if p.kind in {"choice", "concept", "edition", "notation", "source"}}
    assert {a.get("name") for a in page.all("select")} == chosen
    needed = {p.name for p in query.parameters if p.required}
    assert {a.get("name") for tag in ("input", "select") for a in page.all(tag) if "required" in a} == needed
    if needed:
        (example,) = (
            link for link in page.links if link.startswith(f"/query/{query.name}?") and all(f"{name}=" in link for name in needed)
        )
        assert "<tbody>" in get(server, example).text


def test_form_keeps_what_was_filled_in_and_says_what_is_wrong(server: Server) -> None:
    page = get(server, "/query/mitigations-by-code?code=9.9.9&edition=v1")
    assert '<option value="9.9.9" selected>' in page.text
    assert '<option value="v1" selected>' in page.text
    wrong = get(server, "/query/sources-by-shared-code?minimum=many")
    assert wrong.status == 400
    assert 'value="many"' in wrong.text
    assert 'role="alert"' in wrong.text


@pytest.mark.parametrize("rule", ["MIT-01", "CAP-01", "MRG-01", "SKO-14"])
def test_address_in_reports_leads_to_the_page_of_the_rule(server: Server, rule: str) -> None:
    found = load_rulebook()[rule]
    page = get(server, "/" + rule_address(rule).removeprefix(BASE))
    assert page.status == 200
    assert html.escape(found.title, quote=False) in html.unescape(page.text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize(
    "path",
    [
        "/rules/XXX-99",
        "/browse/taxonomy/v9",
        "/browse/nothing",
        "/nothing",
        "/static/../site.py",
        "/static/nothing.css",
        "/editor?query=no",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(server: Server, path: str) -> None:
    page = get(server, path)
    assert page.status == 404
    assert NOTICE in page.text


@pytest.mark.parametrize("path", ["/browse/mitigations?actor=nobody", "/browse/mitigations?offset=x", "/search?kind=%00"])
def test_what_makes_no_sense_is_refused_politely(server: Server, path: str) -> None:
    page = get(server, path)
    assert page.status == 400
    assert NOTICE in page.text


def test_policy_is_strict_but_for_the_styles_of_the_editor(server: Server, crawled: dict[str, Page]) -> None:
    for page in crawled.values():
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe-eval" not in policy
        if not page.path.startswith("/editor"):
            assert "unsafe" not in policy, page.path


def test_static_files_are_kept_by_their_version(server: Server) -> None:
    (sheet,) = (link for link in get(server, "/").links if ".css" in link)
    response = server.get(sheet)
    assert response.headers["content-type"].startswith("text/css")
    assert "immutable" in response.headers["cache-control"]
    assert server.get(sheet.partition("?")[0]).headers["cache-control"] == "no-cache"
    assert server.client.get("/static/prefixes.json").json()["airm"] == f"{BASE}ontology#"


@pytest.mark.parametrize(
    ("query", "status", "wanted"),
    [
        (
            "SELECT (1 AS ?one) ('<b>&' AS ?two) ('ja'@de AS ?three) WHERE {}",
            200,
            '<td><span>&lt;b&gt;&amp;</span></td><td><span lang="de">ja</span>',
        ),
        ("SELECT * WHERE { ?s ?p ?o } LIMIT 600", 200, "600 rows"),
        ("SELECT * WHERE { ?s a <nothing:at-all> }", 200, "0 rows"),
        ("ASK {}", 200, ">Yes<"),
        ("ASK { FILTER(false) }", 200, ">No<"),
        (f"DESCRIBE <{BASE}actor/user>", 200, "airm:ActorRole"),
        ("SELECT nothing", 400, 'role="alert"'),
        ("SELECT * { SERVICE <http://x.example/> {} }", 400, "SERVICE"),
        ("#" * 70_000, 413, "longer than"),
        ("", 200, "<textarea"),
    ],
)
def test_plain_form_is_answered_with_a_page(server: Server, query: str, status: int, wanted: str) -> None:
    response = server.client.post("/sparql/table", data={"query": query, "format": ""}, headers=BROWSER)
    assert response.status_code == status
    assert wanted in response.text
    assert NOTICE in response.text
    assert "unsafe" not in response.headers["content-security-policy"]
    if len(query) < 1000 and query:
        assert html.escape(query).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in response.text


@pytest.mark.parametrize("path", ["/actor/odd", "/browse/actor", "/browse", "/", "/search?q=alert", "/query/mitigations-by-role"])
def test_data_never_becomes_markup(proxied: Server, path: str) -> None:
    page = get(proxied, path)
    assert page.status == 200
    assert page.reader.wrong == []
    scripts = [a for a in page.all("script") if a.get("type") != "application/ld+json"]
    names = [script["src"].partition("?")[0] for script in scripts]
    assert names == (["/airm/static/unpack.js", "/airm/static/explorer.js"] if path.startswith("/search") else [])
    assert page.all("img") == page.all("b") == []
    for _, attributes in page.reader.elements:
        assert not [name for name in attributes if name.startswith("on")]
    for link in page.links:
        assert link.startswith(("/airm/", "https://", "http://", "#")) or link == "/airm/", link
        assert "other.example" not in link


def test_embedded_json_ld_stays_in_its_element(proxied: Server) -> None:
    page = get(proxied, "/actor/odd")
    (script,) = page.reader.scripts
    (found,) = json.loads(script)
    assert found["http://www.w3.org/2000/01/rdf-schema#label"] == [{"@value": "</script><script>alert(1)</script>\u2028<img src=x>"}]
    assert "\\u003c/script" in script
    assert "{{ 7*7 }}" in html.unescape(page.text)
    assert '<span lang="de">Auf Deutsch</span>' in page.text
    assert 'href="https://elsewhere.example/a?b=1&amp;c=&#39;2&#39;" rel="noopener noreferrer nofollow"' in page.text


@pytest.mark.parametrize(
    ("iri", "wanted"),
    [
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        (f"{BASE}/other.example", ""),
        (f"{BASE}actor/user", "/actor/user"),
        ("https://example.org/", "https://example.org/"),
    ],
)
def test_only_harmless_addresses_become_links(iri: str, wanted: str) -> None:
    from airm_graph.serve.dataset_info import DatasetInfo
    from airm_graph.serve.graph_client import GraphClient
    from airm_graph.serve.server_settings import Settings

    info = DatasetInfo(BASE, "", "", "", "", 0.0, frozenset(), 0, (), {}, {}, {})
    assert GraphClient(None, info=info, settings=Settings()).href(iri) == wanted


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Iterator[Server]:
    """A server without mitigations and without the editor, from a copy of the checkout in which nobody ran ``make vendor``."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("vendor", "__pycache__"))
    for name in ("ontology", "shapes", "queries", "schemas", "examples"):
        (folder / name).symlink_to(ROOT / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder / "src"))
        patch.chdir(folder)
        with serving(ROOT / "ontology" / "airm.ttl", "--workers", "1") as running:
            yield running


@pytest.mark.parametrize(
    "path", ["/", "/browse", "/browse/actor", "/browse/mitigations", "/search", "/ontology", "/dataset", "/query/counts"]
)
def test_data_without_mitigations_has_pages_too(bare: Server, path: str) -> None:
    page = get(bare, path)
    assert page.status == 200
    assert page.reader.wrong == []


def test_without_the_editor_there_is_a_plain_form(bare: Server) -> None:
    page = get(bare, "/editor")
    assert "not installed on this server" in page.text
    assert page.all("script") == []
    assert "unsafe" not in page.headers["content-security-policy"]
    (form,) = (a for a in page.all("form") if a.get("method") == "post")
    assert form["action"] == "/sparql/table"
    assert [a["formaction"] for a in page.all("button") if "formaction" in a] == ["/sparql"]
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    answer = bare.client.post("/sparql", data={"query": html.unescape(text[1]), "format": "csv"}, headers=BROWSER)
    assert answer.text.startswith("notation,")


@pytest.fixture(scope="module")
def unsourced(tmp_path_factory) -> Iterator[Server]:
    """A server of a graph in which a mitigation has no source."""
    with serving(ROOT / "tests" / "queries" / "mitigations-by-code" / "data.ttl", "--workers", "1") as running:
        yield running


@pytest.mark.parametrize("path", ["/mitigation/unknown/output-filter", "/search?q=output", "/browse/mitigations"])
def test_pages_say_that_a_source_is_unknown(unsourced: Server, path: str) -> None:
    page = get(unsourced, path)
    assert page.status == 200
    assert page.reader.wrong == []
    assert page.text.count("source unknown") == 1


def test_search_of_more_than_a_tab_holds_is_the_form_of_the_server(tmp_path: Path) -> None:
    kind, role = term("rdf:type"), term("airm:ActorRole")
    lines = (f"<{BASE}actor/a{number}> {kind} {role} .\n" for number in range(MOST_LISTED + 1))
    (tmp_path / "many.nt").write_text("".join(lines), encoding="utf-8")
    with serving(tmp_path / "many.nt", "--workers", "1") as server:
        page = get(server, "/search?kind=actor")
        assert "40,001 found, 1 to 20 shown" in page.text
        assert page.all("script") == []
        assert "There are more things here than a page can hold" in get(server, "/neighbourhood").text
        assert get(server, "/search/documents.json").status == 404
        assert "search/documents.json" not in server.get("/llms.txt").text


def test_front_page_says_how_many_rows_were_set_aside(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "m.csv").write_text("Name,Note\nKeep an inventory,x\n,y\n")
    (tmp_path / "in" / "mapping.yaml").write_text(
        "tables: {mitigations: {columns: {name: Name, note: Note}, document: {title: A handbook}}}\n"
    )
    airm_graph.build([tmp_path / "in"]).write(tmp_path / "dist")
    with serving(tmp_path / "dist") as server:
        assert "1 row of tables could not be used and was set aside" in server.get("/", headers=BROWSER).text
