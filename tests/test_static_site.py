"""The site as a folder: the pages of the server, relative links that all lead somewhere, data beside each page, one switch."""

import gc
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import html5lib
import pytest

from airm_graph.errors import ExportError, InputError
from airm_graph.graph import TripleTable
from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import BASE, PREFIXES, term
from airm_graph.pipeline import Graph
from airm_graph.search.neighbourhood import arrange
from airm_graph.search.script_lists import LISTS
from airm_graph.site import build_site, static_site
from airm_graph.site.folder_addresses import FolderAddresses, SiteMap
from airm_graph.site.site_contents import SiteContents
from airm_graph.site.site_folder import SiteFile, SiteSide
from conftest import ROOT
from serving import COMMAND, Server
from tools import require_npm, require_programs

XHTML = "{http://www.w3.org/1999/xhtml}"
BROWSER = {"Accept": "text/html"}
MITIGATION = "mitigation/gipiskis-2024-risk-sources/adversarial-training"
#: Attributes that hold addresses.
ADDRESSES = {"action", "data-documents", "data-graph", "data-library", "data-pages", "formaction", "href", "src"}
#: Page of the site, and address on the server where that is another one. Pages of named graphs are left out: a server's say what its
#: service description says of them, too.
SAME = {
    "": "/",
    "browse": "",
    "browse/taxonomy/v2": "",
    "browse/source": "",
    "browse/mitigations": "",
    "neighbourhood": "",
    "search": "",
    MITIGATION: "",
    f"{MITIGATION}/classification/v2-1.1.2": "",
    "source/gipiskis-2024-risk-sources": "",
    "taxonomy/v2/1.1": "",
    "taxonomy/v2": "",
    "actor/developer": "",
    "agent/gipiskis-rokas": "",
    "capture/75512ac8189abe7d/l12-l14": "",
    "ontology": "",
    "shapes/skos": "",
    "query": "",
    "query/counts": "",
    "query/mitigations-by-code": "/query/mitigations-by-code?code=1.1",
    "rules": "",
    "rules/MIT-03": "",
}


@pytest.fixture(scope="module")
def site(example_dist: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "below" / "a"
    build_site(example_dist, folder)
    return folder


def list_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def read_tree(text: str) -> ElementTree.Element:
    return html5lib.HTMLParser(strict=True).parse(text)


def list_lines(element: ElementTree.Element) -> Iterator[str]:
    """What a page says, without addresses and without what only a server or only a site can do."""
    kept = {name: value for name, value in sorted(element.attrib.items()) if name not in ADDRESSES}
    text = " ".join("".join(part or "" for part in [element.text, *(child.tail for child in element)]).split())
    yield f"{element.tag.removeprefix(XHTML)} {kept or ''} {text}"
    for child in element:
        if "data-only" not in child.attrib:
            yield from list_lines(child)


@pytest.mark.xdist_group("server")
@pytest.mark.parametrize("path", SAME)
def test_page_is_that_of_the_server_but_for_addresses(server: Server, site: Path, path: str) -> None:
    there = server.get(SAME[path] or f"/{path}", headers=BROWSER)
    assert there.status_code == 200
    here = (site / path / "index.html").read_text(encoding="utf-8")
    assert list(list_lines(read_tree(here))) == list(list_lines(read_tree(there.text)))


@pytest.mark.xdist_group("server")
@pytest.mark.parametrize("path", LISTS)
def test_list_for_scripts_is_that_of_the_server(server: Server, site: Path, path: str) -> None:
    found = server.get(f"/{path}")
    assert found.headers["content-type"] == "application/json"
    assert found.content == gzip.decompress((site / f"{path}.gz").read_bytes())
    assert not (site / path).exists()
    kept = server.get(f"/{path}", headers={"If-None-Match": found.headers["etag"]})
    assert (kept.status_code, kept.content) == (304, b"")


@pytest.mark.xdist_group("server")
@pytest.mark.parametrize("path", [MITIGATION, "ontology", "shapes/skos", "graph/dataset", "taxonomy/v2/1.1"])
def test_data_beside_a_page_is_that_of_the_server(server: Server, site: Path, path: str) -> None:
    for suffix in ("ttl", "nt"):
        assert (site / f"{path}.{suffix}").read_bytes() == server.get(f"/{path}.{suffix}").content
    here, there = (
        [row for row in parse_rows(data, name=path, suffix=".jsonld") if not any(part.startswith("_:") for part in row)]
        for data in ((site / f"{path}.jsonld").read_bytes(), server.get(f"/{path}.jsonld").content)
    )
    assert sorted(here) == sorted(there) != []


def test_every_link_leads_to_a_file_and_every_anchor_is_there(site: Path) -> None:
    pages = {path: read_tree(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    anchors = {path: {element.attrib["id"] for element in tree.iter() if "id" in element.attrib} for path, tree in pages.items()}
    broken, found = [], 0
    for path, tree in pages.items():
        for element in tree.iter():
            for name in ("href", "src", "action", "formaction"):
                if name not in element.attrib:
                    continue
                link = urlsplit(element.attrib[name])
                if link.scheme in {"http", "https"}:
                    continue
                # The page for addresses that are not there is shown at any of them.
                start = site if path.name == "404.html" else path.parent
                target = (start / unquote(link.path).lstrip("/")).resolve() if link.path else path
                found += 1
                # A query in the address is for the script of the page.
                fragment = "" if link.fragment.startswith("query=") else unquote(link.fragment)
                if not element.attrib[name] or not target.is_file() or (fragment and fragment not in anchors.get(target, ())):
                    broken.append((path.relative_to(site).as_posix(), element.attrib[name]))
    assert broken == []
    assert found > 10_000


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    for path in site.rglob("*.html"):
        tree = read_tree(path.read_text(encoding="utf-8"))
        for element in tree.iter():
            fetched = element.attrib.get("src") or (element.attrib.get("href") if element.tag == f"{XHTML}link" else None)
            assert not fetched or not urlsplit(fetched).netloc, path


def test_every_page_of_a_resource_links_its_data_and_carries_the_notice(site: Path) -> None:
    for path in [*site.glob("mitigation/*/*/index.html"), *site.glob("actor/*/index.html"), *site.glob("capture/*/*/index.html")]:
        tree = read_tree(path.read_text(encoding="utf-8"))
        links = {link.attrib["type"]: link.attrib["href"] for link in tree.iter(f"{XHTML}link") if link.attrib.get("rel") == "alternate"}
        assert set(links) == {"text/turtle", "application/ld+json", "application/n-triples", "text/markdown"}
        assert all((path.parent / href).is_file() for href in links.values())
        assert "please do not share or cite" in "".join(tree.itertext())


def test_all_ntriples_files_together_are_the_graph(site: Path, example_dist: Path) -> None:
    def read(path: Path) -> set[str]:
        return set(path.read_text(encoding="utf-8").splitlines())

    documents = {"ontology", "shapes", "alignment"}
    data: set[str] = set()
    defined: set[str] = set()
    for path in site.rglob("*.nt"):
        is_document = path.relative_to(site).as_posix().removesuffix(".nt").partition("/")[0] in documents
        (defined if is_document or path.name == "ontology.nt" else data).update(read(path))
    graph = read(example_dist / "airm.nt")
    # Pages have the labels of the terms that they link to, which the ontology says.
    assert data - defined == graph - defined
    assert graph <= data | defined


def test_embedded_json_ld_has_terms_of_search_engines(site: Path) -> None:
    tree = read_tree((site / MITIGATION / "index.html").read_text(encoding="utf-8"))
    (script,) = (element for element in tree.iter(f"{XHTML}script") if element.attrib.get("type") == "application/ld+json")
    (found,) = json.loads(script.text or "")
    assert found["https://schema.org/name"] == [{"@value": "Adversarial training"}]
    assert "https://schema.org/Intangible" in found["@type"]


def test_sums_name_every_file(site: Path) -> None:
    files = list_files(site)
    listed = dict(reversed(line.split("  ", 1)) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert listed == {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def test_second_build_writes_nothing(site: Path, example_dist: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    report = build_site(example_dist, site, processes=1)
    assert (report.written, report.removed, report.left_out) == (0, 0, ())
    assert {path: path.stat().st_mtime_ns for path in site.rglob("*") if path != site} == {
        path: time for path, time in before.items() if path != site
    }


def test_only_what_changed_is_written_and_what_is_gone_removed(example_graph: Graph, example_dist: Path, tmp_path: Path) -> None:
    build_site(example_dist, tmp_path / "site")
    (tmp_path / "site" / "CNAME").write_text("example.org\n")
    gone = f"<{BASE}{MITIGATION}"
    rest = [row for row in example_graph.quads if not row[0].startswith(gone) and not row[2].startswith(gone)]
    Graph.of(rest).write(tmp_path / "dist")
    report = build_site(tmp_path / "dist", tmp_path / "site")
    assert not (tmp_path / "site" / MITIGATION).exists()
    assert (tmp_path / "site" / "CNAME").exists()
    assert report.removed >= 4
    fresh = tmp_path / "fresh"
    build_site(tmp_path / "dist", fresh)
    (tmp_path / "site" / "CNAME").unlink()
    assert list_files(tmp_path / "site") == list_files(fresh)


def test_processes_leave_alone_what_nothing_needs_any_more(
    site: Path, example_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = static_site._write_chunk

    def collect_and_write(contents: SiteContents, folder: SiteSide, job: static_site._Job) -> list[SiteFile]:
        gc.collect()
        return write(contents, folder, job)

    monkeypatch.setattr(static_site, "_write_chunk", collect_and_write)
    gc.disable()  # so that the table is still there when processes begin
    try:
        unused: list[object] = [TripleTable()]
        unused.append(unused)
        del unused
        build_site(example_dist, tmp_path / "site", processes=2)
    finally:
        gc.enable()
    assert gc.get_freeze_count() == 0
    assert list_files(tmp_path / "site") == list_files(site)


def test_lost_process_is_an_error_and_leaves_the_earlier_site(
    site: Path, example_dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_site(example_dist, tmp_path / "site", processes=1)
    monkeypatch.setattr(static_site, "_write_chunk", lambda *_: os._exit(1))
    with pytest.raises(ExportError, match="a process that made pages was ended"):
        build_site(example_dist, tmp_path / "site", processes=2)
    assert list_files(tmp_path / "site") == list_files(site)


def test_change_log_names_what_changed_and_no_folder(example_graph: Graph, example_dist: Path, tmp_path: Path) -> None:
    gone = f"<{BASE}{MITIGATION}"
    Graph.of([row for row in example_graph.quads if not row[0].startswith(gone) and not row[2].startswith(gone)]).write(tmp_path / "before")
    build_site(example_dist, tmp_path / "site", previous=tmp_path / "before")
    files = list_files(tmp_path / "site")
    page = read_tree(files["changes/index.html"].decode())
    links = {element.attrib["href"]: "".join(element.itertext()) for element in page.iter(f"{XHTML}a")}
    assert links[f"../{MITIGATION}/index.html"] == "Adversarial training"
    assert links["../changes/changes.json"] == "JSON"
    found = json.loads(files["changes/changes.json"])
    assert [one["subject"] for one in found["changes"] if one["kind"] == "mitigation added"] == [f"{gone}>"]
    assert any(row[2] == f"{gone}>" for row in parse_rows(files["changes/changes.ttl"], name="changes", suffix=".ttl"))
    assert not any(str(tmp_path).encode() in body for body in files.values())
    assert 'href="changes/index.html"' in files["index.html"].decode()


def test_failed_build_leaves_the_earlier_site_whole(example_graph: Graph, example_dist: Path, tmp_path: Path, monkeypatch) -> None:
    folder = tmp_path / "site"
    build_site(example_dist, folder)
    before = list_files(folder)
    rest = [row for row in example_graph.quads if MITIGATION not in row[0]]
    Graph.of(rest).write(tmp_path / "dist")
    replace, done = Path.replace, []

    def fail(path: Path, target: Path) -> Path:
        if target.suffix == ".html":
            done.append(path)
            if len(done) == 20:
                raise OSError(28, "No space left on device")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises((ExportError, OSError)):
        build_site(tmp_path / "dist", folder)
    monkeypatch.undo()
    assert list_files(folder) == before


def test_bytes_do_not_depend_on_hash_seed_or_processes(site: Path, example_dist: Path, tmp_path: Path) -> None:
    for seed in ("1", "2"):
        command = [sys.executable, "-c", COMMAND, "site", str(example_dist), "-o", str(tmp_path / seed), "--quiet"]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "PATH": "", "LC_ALL": "C", "TZ": "Asia/Tokyo"})
    assert list_files(tmp_path / "1") == list_files(tmp_path / "2") == list_files(site)


def test_folder_with_other_files_is_refused(example_dist: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ExportError, match="is no site"):
        build_site(example_dist, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_folder_that_is_no_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="airm-graph build"):
        build_site(tmp_path, tmp_path / "site")


def test_files_for_hosts_and_crawlers_name_the_address_that_is_given(example_dist: Path, tmp_path: Path) -> None:
    url = "https://host.example/sub/path/"
    report = build_site(example_dist, tmp_path / "site", url=url)
    files = list_files(tmp_path / "site")
    sitemap = ElementTree.fromstring(files["sitemap.xml"])
    addresses = [element.text or "" for element in sitemap.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(addresses) == report.pages
    assert all(f"{address.removeprefix(url)}index.html" in files for address in addresses)
    assert f"Sitemap: {url}sitemap.xml" in files["robots.txt"].decode()
    assert "RewriteBase /sub/path/" in files[".htaccess"].decode()
    assert f'href="{url}index.html"' in files["404.html"].decode()
    for name, form in (("void.ttl", ".ttl"), (".well-known/void", ".ttl"), ("dcat.jsonld", ".jsonld")):
        described = parse_rows(files[name], name=name, suffix=form)
        wanted = {f"<{url}{path}>" for path in files if path.startswith("dataset/") and path.endswith("airm.ttl")}
        assert {row[2] for row in described if row[1] == term("dcat:downloadURL")} >= wanted != set()


def test_files_of_the_release_are_there_with_their_digests(site: Path, example_dist: Path) -> None:
    page = (site / "dataset" / "index.html").read_text(encoding="utf-8")
    (copied,) = site.glob("dataset/*/airm.nt")
    assert copied.read_bytes() == (example_dist / "airm.nt").read_bytes()
    assert hashlib.sha256(copied.read_bytes()).hexdigest() in page
    assert f"{copied.stat().st_size:,}" in page


def test_text_of_data_never_becomes_markup(example_graph: Graph, tmp_path: Path) -> None:
    odd = parse_rows((ROOT / "tests" / "data" / "odd.nt").read_bytes(), name="odd", suffix=".nt")
    Graph.of([*example_graph.quads, *odd]).write(tmp_path / "dist")
    build_site(tmp_path / "dist", tmp_path / "site")
    outside = {path for path in tmp_path.rglob("*") if tmp_path / "site" not in path.parents and tmp_path / "dist" not in path.parents}
    assert outside == {tmp_path / "dist", tmp_path / "site"}
    allowed = {"application/ld+json"}
    for path in (tmp_path / "site").rglob("*.html"):
        for element in read_tree(path.read_text(encoding="utf-8")).iter():
            assert not [name for name in element.attrib if name.startswith("on") or name == "style"], path
            for name in ("href", "src"):
                assert not re.match(r"(?i)(?!https?:)[a-z][a-z0-9+.-]*:|//", element.attrib.get(name, "")), path
            if element.tag == f"{XHTML}script":
                assert element.attrib.get("type") in allowed or "static/" in element.attrib.get("src", ""), path


@pytest.mark.parametrize(
    "path", ["../up", "a//b", "a/../b", ".hidden", "a/", "a b", "a%2Fb", "x" * 300, "index.html", "Actor", "a/" * 40 + "b", "ä"]
)
def test_path_that_no_file_can_have_gets_no_page(path: str) -> None:
    sitemap = SiteMap(BASE)
    sitemap.add_page("")
    sitemap.add_resource("actor")
    sitemap.add_resource(path)
    assert sitemap.left_out == {path}
    assert FolderAddresses(sitemap, "actor").href(BASE + path) == ""


def test_addresses_are_relative_to_their_page() -> None:
    sitemap = SiteMap(BASE)
    for path in ("", "search"):
        sitemap.add_page(path)
    sitemap.add_resource("a/b")
    found = FolderAddresses(sitemap, "a/b")
    assert found.url() == "../../index.html"
    assert found.url("search", [("q", "x y")]) == "../../search/index.html?q=x+y"
    assert found.url("a/b.ttl", [("q", "x")]) == "../../a/b.ttl"
    assert found.href(f"{BASE}a/b#c") == "../../a/b/index.html#c"
    assert FolderAddresses(sitemap, "").url("search") == "search/index.html"
    assert found.href("https://example.org/") == "https://example.org/"
    assert found.href("javascript:x") == ""


def test_neighbourhoods_are_the_links_of_the_graph_and_each_thing_has_a_place_of_its_own(site: Path, example_graph: Graph) -> None:
    found = json.loads(gzip.decompress((site / "neighbourhood" / "graph.json.gz").read_bytes()))
    nodes = [node[0] for node in found["nodes"]]
    assert all((site / path / "index.html").is_file() for path in nodes)
    places = [tuple(node[3:]) for node in found["nodes"]]
    assert len(set(places)) == len(places) > 50
    properties = ("airm:code", "airm:actor", "airm:lifecycleStage", "airm:function", "airm:source", "airm:partOf", "skos:broader")
    wanted = {
        (row[0][1:-1].removeprefix(BASE), row[2][1:-1].removeprefix(BASE), properties.index(name))
        for row in example_graph.quads
        for name in properties
        if row[1] == term(name)
    }
    assert {(nodes[start], nodes[end], relation) for start, end, relation in found["edges"]} == {
        (start, end, relation) for start, end, relation in wanted if start in nodes and end in nodes
    }
    assert "please do not share or cite" in found["notice"]


def test_layout_grows_with_the_number_of_things_alone() -> None:
    kinds = ["code"] * 10 + ["mitigation"] * 30_000
    places = arrange(kinds, [(number, number % 10, 0) for number in range(10, len(kinds))])
    assert len(set(places)) == len(kinds)
    assert places == arrange(kinds, [(number, number % 10, 0) for number in range(10, len(kinds))])


def test_diagram_of_the_ontology_has_every_class_with_its_properties(site: Path, example_graph: Graph) -> None:
    svg = "{http://www.w3.org/2000/svg}"
    tree = read_tree((site / "ontology" / "index.html").read_text(encoding="utf-8"))
    (diagram,) = (element for element in tree.iter(f"{svg}svg") if element.attrib.get("class") == "classes")
    linked = {element.attrib["href"]: "".join(element.itertext()) for element in diagram.iter(f"{svg}a")}
    kinds = {f"<{PREFIXES['owl']}{kind}>" for kind in ("Class", "ObjectProperty", "DatatypeProperty")}
    own = {
        row[0][1:-1] for row in example_graph.ontology if row[1] == term("rdf:type") and row[2] in kinds and row[0].startswith(f"<{BASE}")
    }
    unplaced = {iri for iri in own if not any(row[0] == f"<{iri}>" and row[1] == term("rdfs:domain") for row in example_graph.ontology)}
    assert set(linked) >= {f"#{iri.rpartition('#')[2]}" for iri in own - unplaced}
    assert linked["#assignedCode"] == "assignedCode: Code"
    assert linked["#sha256"] == "sha256: xsd:string"


@pytest.mark.npm
def test_every_page_is_valid_html(site: Path) -> None:
    require_programs("java", packages="default-jre-headless")
    checker = require_npm("vnu", "vnu-jar@26.9.27") / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = ["java", "-Xss8m", "-jar", str(checker), "--skip-non-html", "--format", "json", str(site)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    found = {(one.get("subType") or one["type"], one["message"]) for one in json.loads(done.stderr)["messages"]}
    # The shapes name such characters in their patterns.
    assert [message for message in found if "Private Use Area" not in message[1]] == []
