"""Pages as Markdown: by suffix and by header, with the facts and the notice of the page, and nothing of the data followed; llms.txt."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from airm_graph.notice import NOTICE
from airm_graph.serve.analyses import ANALYSES
from airm_graph.site.page_markdown import fence, page_markdown
from airm_graph.site.static_site import build_site
from serving import Server

pytestmark = pytest.mark.xdist_group("server")

MITIGATION = "/mitigation/gipiskis-2024-risk-sources/adversarial-training"
PAGES = [
    "/",
    "/browse",
    "/browse/mitigations?actor=developer",
    "/browse/taxonomy/v2",
    "/coverage?rows=actor&columns=stage",
    "/dataset",
    "/ontology",
    "/query",
    "/query/mitigations-by-code?code=1.1",
    "/rules",
    "/rules/MIT-03",
    "/search?q=training",
    "/source/gipiskis-2024-risk-sources",
    "/taxonomy/v2/1.1",
    "/actor/developer",
    "/capture/75512ac8189abe7d/l12-l14",
    MITIGATION,
]
LINK = re.compile(r"(?<!\\)\]\(([^()\s]*)\)")


def add_suffix(path: str) -> str:
    place, mark, query = path.partition("?")
    return f"{'/index' if place == '/' else place}.md{mark}{query}"


@pytest.mark.parametrize("path", PAGES)
def test_suffix_and_header_give_the_same_markdown_with_the_notice(server: Server, path: str) -> None:
    found = server.get(add_suffix(path))
    assert (found.status_code, found.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert found.text.startswith("# ")
    assert f"> {NOTICE}" in found.text
    assert "<" not in re.sub(r"```.*?```|\\<|`[^`]*`", "", found.text, flags=re.DOTALL)
    for accept in ("text/markdown", "text/markdown, text/html;q=0.9, */*;q=0.1"):
        other = server.get(path, headers={"Accept": accept})
        assert other.text == found.text
        assert "Accept" in other.headers["vary"]


@pytest.mark.parametrize("path", PAGES)
def test_links_of_the_markdown_lead_somewhere(server: Server, path: str) -> None:
    address = add_suffix(path)
    links = {urljoin(address, link).partition("#")[0] for link in LINK.findall(server.get(address).text)}
    inner = sorted(link for link in links if not urlsplit(link).netloc)
    for link in inner[:12]:
        assert server.client.head(link, headers={"Accept": "text/markdown, */*;q=0.1"}, follow_redirects=True).status_code == 200, link


def test_facts_of_a_page_are_in_its_markdown(server: Server) -> None:
    page, text = (server.get(MITIGATION, headers={"Accept": kind}).text for kind in ("text/html", "text/markdown"))
    plain = re.sub(r"\\(.)", r"\1", text)
    for lines in re.findall(r'<span class="text"><span class="unseen">Line \d+: </span>(.*?)</span></div>', page):
        words = re.sub(r"<[^>]+>", "", lines).replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
        assert words in plain
    for reason in re.findall(r"<blockquote>(.*?)</blockquote>", page):
        assert reason.replace("&#39;", "'").replace("&#34;", '"') in plain
    for title in ("Statements", "Captured", "Linked from", "Stated in", "Also under"):
        assert f"\n## {title}" in text
    assert "SHA-256" in text


def test_the_page_stays_what_it_was_for_browsers_and_programs(server: Server) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert server.get(MITIGATION, headers={"Accept": browser}).headers["content-type"].startswith("text/html")
    assert server.get(MITIGATION, headers={"Accept": "*/*"}).headers["content-type"].startswith("text/turtle")
    assert server.get(MITIGATION, headers={"Accept": "text/turtle, text/markdown;q=0.5"}).headers["content-type"].startswith("text/turtle")
    page = server.get(MITIGATION, headers={"Accept": "text/html"})
    assert f'<link rel="alternate" type="text/markdown" href="{MITIGATION}.md">' in page.text
    assert f'<{MITIGATION}.md>; rel="alternate"; type="text/markdown"' in page.headers["link"]


def test_page_and_markdown_have_tags_of_their_own(server: Server) -> None:
    page, text = (server.get(MITIGATION, headers={"Accept": kind}) for kind in ("text/html", "text/markdown"))
    assert page.headers["etag"] != text.headers["etag"]
    for kind, held in (("text/html", page), ("text/markdown", text)):
        for tag, status in ((held.headers["etag"], 304), ((text if held is page else page).headers["etag"], 200)):
            assert server.get(MITIGATION, headers={"Accept": kind, "If-None-Match": tag}).status_code == status


def test_what_is_not_there_is_said_as_markdown(server: Server) -> None:
    found = server.get("/mitigation/no/one.md")
    assert (found.status_code, found.headers["content-type"]) == (404, "text/markdown; charset=utf-8")
    assert found.text.startswith("# ")


def test_texts_of_the_data_are_not_followed(proxied: Server) -> None:
    odd = proxied.get("/search.md?q=script").text + proxied.get("/browse/mitigations.md").text
    outside = re.sub(r"```.*?```|`[^`]*`", "", odd, flags=re.DOTALL)
    assert "script" in outside
    assert re.search(r"(?<!\\)<", outside) is None
    assert "javascript:" not in " ".join(LINK.findall(outside))


def test_markup_of_texts_is_escaped_and_code_is_fenced() -> None:
    page = (
        "<title>x</title><main><h1>A *b* [c](d)</h1><pre>one\n```\ntwo</pre><table><tr><th>p|q</th></tr><tr><td>r</td></tr></table></main>"
    )
    assert page_markdown(page, notice="n") == ("# A \\*b\\* \\[c\\](d)\n\n> n\n\n````\none\n```\ntwo\n````\n\n| p\\|q |\n| --- |\n| r |\n")
    assert fence("a ```` b").startswith("`````\n")


def test_llms_text_leads_to_pages_that_are_there(server: Server) -> None:
    found = server.get("/llms.txt")
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert NOTICE in found.text
    assert found.text.startswith("# AI risk mitigations\n\n> ")
    links = LINK.findall(found.text)
    assert {f"/{name}.md" for name in ANALYSES} <= set(links)
    # What is at /mcp is asked by POST: a GET begins a stream of events, which has no end.
    for link in sorted(set(links) - {"/mcp"}):
        assert server.client.head(link, headers={"Accept": "*/*"}).status_code == 200, link


@pytest.fixture(scope="module")
def site(example_dist: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("markdown") / "site"
    build_site(example_dist, folder, processes=1)
    return folder


def test_a_site_has_the_markdown_of_every_page_and_links_lead_to_files(site: Path) -> None:
    pages = list(site.rglob("index.html"))
    assert len(pages) > 300
    broken = []
    for page in pages:
        path = site / "index.md" if page.parent == site else page.parent.with_name(f"{page.parent.name}.md")
        text = path.read_text(encoding="utf-8")
        assert f"> {NOTICE}" in text, path
        for link in LINK.findall(text):
            target = (path.parent / urlsplit(link).path).resolve() if not urlsplit(link).scheme else path
            if not target.is_file():
                broken.append((path.relative_to(site).as_posix(), link))
    assert broken == []


def test_markdown_of_a_site_is_that_of_the_server_but_for_addresses(site: Path, server: Server) -> None:
    for path in (MITIGATION, "/taxonomy/v2/1.1", "/rules/MIT-03", "/source/gipiskis-2024-risk-sources"):
        here, there = (site / f"{path[1:]}.md").read_text(encoding="utf-8"), server.get(f"{path}.md").text
        assert LINK.sub("]()", here) == LINK.sub("]()", there)


def test_llms_text_of_a_site_leads_to_files(site: Path) -> None:
    links = LINK.findall((site / "llms.txt").read_text(encoding="utf-8"))
    assert len(links) > 20
    assert all((site / link).is_file() for link in links)
