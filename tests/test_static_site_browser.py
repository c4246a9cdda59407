"""The site in Chromium, over a plain server of files and below a path: search, queries, SPARQL without a server, no network."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from airm_graph.query.library import bind_query, list_queries
from airm_graph.site import build_site
from test_site_browser import Browser, started

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]

__all__ = ["started"]

MITIGATION = "mitigation/gipiskis-2024-risk-sources/adversarial-training"
PAGES = [
    "",
    "browse",
    "browse/mitigations",
    "browse/taxonomy/v2",
    "search",
    "query",
    "query/mitigations-by-code",
    "sparql",
    "dataset",
    "neighbourhood",
    "pictures",
    "ontology",
    MITIGATION,
]
#: A join of all with all, sorted: it runs until it is stopped.
ENDLESS = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c"


@contextmanager
def hosting(folder: Path) -> Iterator[SimpleNamespace]:
    """A server that knows nothing but files."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        port = process.stdout.readline().split(" port ")[1].split()[0]
        yield SimpleNamespace(url=f"http://127.0.0.1:{port}", process=process)
        process.kill()


@pytest.fixture(scope="module")
def folder(example_dist: Path, tmp_path_factory) -> Path:
    """The example's site, below a path."""
    folder = tmp_path_factory.mktemp("host")
    build_site(example_dist, folder / "some" / "path")
    return folder


@pytest.fixture(scope="module")
def files(folder: Path) -> Iterator[SimpleNamespace]:
    """A server of the site."""
    with hosting(folder) as server:
        yield server


@pytest.fixture
def site(started: webdriver.Chrome, files: SimpleNamespace) -> Iterator[Browser]:
    started.get_log("browser")
    started.get_log("performance")
    browser = Browser(started, files)
    yield browser
    asked = [json.loads(entry["message"])["message"] for entry in started.get_log("performance")]
    addresses = {entry["params"]["request"]["url"] for entry in asked if entry["method"] == "Network.requestWillBeSent"}
    assert [address for address in addresses if not address.startswith((files.url, "data:", "blob:"))] == []


def show(browser: Browser, path: str, **options: bool) -> None:
    browser.show(f"/some/path/{path}", **options)


def wait(browser: Browser, script: str) -> None:
    WebDriverWait(browser.driver, 60).until(lambda driver: driver.execute_script(f"return {script}"))


def wait_until_ready(browser: Browser) -> None:
    wait(browser, "document.getElementById('sparql-status').dataset.state === 'ready'")


def open_editor(browser: Browser) -> None:
    browser.find("#text").click()
    wait(browser, "document.getElementById('yasgui').dataset.ready === 'yes'")


def set_query(browser: Browser, text: str) -> None:
    browser.run_script("document.querySelector('.yasqe .CodeMirror').CodeMirror.setValue(arguments[0])", text)


def read_query(browser: Browser) -> str:
    return browser.run_script("return document.querySelector('.yasqe .CodeMirror').CodeMirror.getValue()")


@pytest.mark.parametrize("path", PAGES)
def test_page_is_accessible_in_both_schemes_and_fits_a_phone(site: Browser, path: str) -> None:
    show(site, f"{path}/index.html".lstrip("/"))
    if path in {"search", "browse/mitigations"}:
        wait(site, "document.documentElement.dataset.explorer === 'ready'")
    if path == "neighbourhood":
        wait(site, "document.documentElement.dataset.neighbourhood")
    site.set_width(360)
    assert site.run_script("return document.documentElement.scrollWidth") <= 360
    for dark in (False, True):
        site.set_dark(dark)
        assert site.judge() == []
    assert site.read_errors() == []


def test_search_finds_while_typing_and_facets_combine_in_the_address(site: Browser) -> None:
    show(site, "search/index.html")
    wait(site, "document.documentElement.dataset.explorer === 'ready'")
    everything = int(site.find("#found").text.split()[0])
    site.find("#q").send_keys("train")
    some = int(site.find("#found").text.split()[0])
    assert 0 < some < everything
    site.driver.find_element(By.XPATH, "//section[@class='facets']//button[.='mitigation']").click()
    fewer = int(site.find("#found").text.split()[0])
    assert 0 < fewer < some
    assert site.run_script("return document.activeElement.id") == "found"
    assert "q=train" in site.driver.current_url
    assert "kind=mitigation" in site.driver.current_url
    site.driver.refresh()
    wait(site, "document.documentElement.dataset.explorer === 'ready'")
    assert int(site.find("#found").text.split()[0]) == fewer
    site.find(".filters button").click()
    assert int(site.find("#found").text.split()[0]) == some
    site.find(".hits a").click()
    wait(site, "document.querySelector('h1') && !location.pathname.includes('/search/')")
    assert site.read_errors() == []


def test_number_in_the_tree_leads_to_as_many_mitigations(site: Browser) -> None:
    show(site, "browse/taxonomy/v2/index.html")
    number = site.find('a.number[aria-label$="mitigations under 1.1"]')
    wanted = int(number.text)
    number.click()
    wait(site, "document.documentElement.dataset.explorer === 'ready'")
    assert int(site.find("#found").text.split()[0]) == wanted
    assert "1.1 Model" in site.find(".filters").text


@pytest.mark.parametrize(
    ("name", "fields"), [("mitigations-by-code", {"code": "1.1.2"}), ("sources-by-shared-code", {"minimum": "2"}), ("counts", {})]
)
def test_form_of_a_query_is_answered_in_the_browser(site: Browser, example_graph, name: str, fields: dict[str, str]) -> None:
    show(site, f"query/{name}/index.html{'?' if fields else ''}{'&'.join(f'{key}={value}' for key, value in fields.items())}")
    wanted = len(example_graph.query(name, **fields).rows)
    wait(site, f"document.getElementById('rows') && document.getElementById('rows').textContent.startsWith('{wanted} row')")
    if fields:
        wait_until_ready(site)
    assert len(site.find_all("#answer tbody tr")) == wanted
    assert site.read_errors() == []


#: How TSV writes what would end a text, a term or a row.
ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def ask(browser: Browser, query: str, form: str) -> str:
    script = """
    const [query, form, done] = arguments;
    window.airmSparql.run(query, { form }).then(({ body }) => done(body), (error) => done(error.message));
    """
    return browser.driver.execute_async_script(script, query, form)


def test_rows_of_each_query_are_sorted_as_the_engine_sorts_them(site: Browser) -> None:
    show(site, "sparql/index.html")
    wait_until_ready(site)
    known = 0
    for query in list_queries():
        text = bind_query(query, query.examples)
        sorted_there = json.loads(ask(site, text, "json"))
        lines = [line.split("\t") for line in ask(site, text, "tsv").split("\n")[:-1]]
        assert lines[0] == [f"?{name}" for name in sorted_there["head"]["vars"]], query.name
        # Texts and IRIs without their marks.
        rows = [[re.sub(r'^<(.*)>$|^"(.*)"(@[a-z-]+)?$', r"\1\2", cell) for cell in line] for line in lines[1:]]
        wanted = [
            [row[name]["value"].translate(ESCAPES) if name in row else "" for name in sorted_there["head"]["vars"]]
            for row in sorted_there["results"]["bindings"]
        ]
        assert rows == wanted, query.name
        known += len(rows) > 1
    assert known > 10


def test_numbers_and_what_is_not_bound_are_sorted_as_the_engine_sorts_them(site: Browser) -> None:
    show(site, "sparql/index.html")
    wait_until_ready(site)
    values = {
        "numbers": "(10 1) (9 2) (UNDEF 3) (100 4)",
        "texts": '("b a" 1) ("b" 2) ("b!" 3) (UNDEF 4) ("" 5) ("b\\tc" 6) ("b\\"" 7)',
        "several kinds": '(2 1) ("1" 2) (<urn:x> 3) ("a"@en 4) (UNDEF 5)',
        "no text": '("2.5"^^<http://www.w3.org/2001/XMLSchema#decimal> 1) ("10.0"^^<http://www.w3.org/2001/XMLSchema#decimal> 2)',
    }
    for name, rows in values.items():
        text = f"SELECT ?x ?n WHERE {{ VALUES (?x ?n) {{ {rows} }} }} ORDER BY ?x ?n"
        wanted = [row["n"]["value"] for row in json.loads(ask(site, text, "json"))["results"]["bindings"]]
        assert [line.rpartition("\t")[2] for line in ask(site, text, "tsv").splitlines()[1:]] == wanted, name


def test_named_graphs_are_loaded_for_the_query_that_asks_them(site: Browser, example_graph) -> None:
    show(site, "sparql/index.html")
    wait_until_ready(site)
    status = site.find("#sparql-status")
    everything = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    union = ask(site, everything, "tsv")
    ask(site, 'SELECT ?s WHERE { ?s ?p "from a graph" . FILTER(?s != <urn:graph>) } # graph', "tsv")
    assert "named graphs" not in status.text
    graphs = ask(site, "SELECT (COUNT(*) AS ?n) WHERE {GRAPH?g { ?s ?p ?o }}", "tsv")
    assert "named graphs" in status.text
    assert int(graphs.split()[1]) >= int(union.split()[1])
    assert ask(site, everything, "tsv") == union
    one = next(iter(sorted({row[3] for row in example_graph.quads})))
    wanted = len([row for row in example_graph.quads if row[3] == one])
    assert ask(site, f"SELECT (COUNT(*) AS ?n) FROM {one} WHERE {{ ?s ?p ?o }}", "tsv").split()[1] == str(wanted)


def test_nodes_without_a_name_are_the_same_in_all_that_is_loaded(site: Browser) -> None:
    show(site, "sparql/index.html")
    wait_until_ready(site)
    counted = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?node . ?node ?q ?o . FILTER(isBlank(?node)) }"
    both = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?node . GRAPH ?g { ?node ?q ?o } FILTER(isBlank(?node)) }"
    found = int(ask(site, counted, "tsv").split()[1])
    assert found == int(ask(site, both, "tsv").split()[1]) > 0


def test_argument_that_is_wrong_is_said(site: Browser) -> None:
    show(site, "query/sources-by-shared-code/index.html?minimum=many")
    wait(site, "document.querySelector('#answer .error')")
    assert "minimum cannot be many" in site.find("#answer .error").text


def test_free_query_is_answered_and_a_runaway_one_stopped(site: Browser) -> None:
    show(site, "sparql/index.html")
    wait_until_ready(site)
    open_editor(site)
    set_query(site, "SELECT (COUNT(*) AS ?n) WHERE { ?m a <https://w3id.org/airm-graph/ontology#Mitigation> }")
    site.find(".yasqe_queryButton").click()
    WebDriverWait(site.driver, 30).until(lambda _: any(cell.text.startswith('"34"') for cell in site.find_all(".yasr tbody td")))
    set_query(site, ENDLESS)
    site.find(".yasqe_queryButton").click()
    wait(site, "!document.getElementById('stop').hidden")
    time.sleep(1)
    site.find("#stop").click()
    wait(site, "document.getElementById('sparql-status').dataset.state === 'stopped'")
    set_query(site, "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g LIMIT 5")
    site.find(".yasqe_queryButton").click()
    WebDriverWait(site.driver, 60).until(lambda _: len(site.find_all(".yasr tbody tr")) == 5)
    assert site.judge() == []


def test_query_of_the_library_and_of_a_link_stand_in_the_editor(site: Browser) -> None:
    show(site, "sparql/index.html?query=counts")
    wait(site, "document.getElementById('yasgui').dataset.library === 'yes'")
    assert Select(site.find("#library")).first_selected_option.get_attribute("value") == "counts"
    text = site.find("#text").get_property("value")
    assert "SELECT" in text
    open_editor(site)
    assert read_query(site) == text
    library = Select(site.find("#library"))
    library.select_by_value("mitigations-by-code")
    WebDriverWait(site.driver, 10).until(lambda _: "airm:underCode" in read_query(site))
    show(site, f"{MITIGATION}/index.html")
    link = site.run_script("return [...document.links].find(link => link.hash.startsWith('#query=')).href")
    site.driver.get(link)
    assert f"{MITIGATION}> ?property ?value" in site.find("#text").get_property("value")
    open_editor(site)
    assert f"{MITIGATION}> ?property ?value" in read_query(site)


def list_fetched(browser: Browser) -> list[str]:
    return browser.run_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")


def test_first_visit_fetches_no_editor_before_the_field_is_entered(started: webdriver.Chrome, folder: Path) -> None:
    with hosting(folder) as server:
        site = Browser(started, server)
        show(site, "sparql/index.html")
        wait_until_ready(site)
        site.driver.execute_async_script("navigator.serviceWorker.ready.then(arguments[0])")
        assert [name for name in list_fetched(site) if "yasgui" in name] == []
        open_editor(site)
        assert len([name for name in list_fetched(site) if "yasgui" in name]) == 2


def test_field_stays_and_says_why_when_the_editor_cannot_be_fetched(started: webdriver.Chrome, folder: Path) -> None:
    with hosting(folder) as server:
        site = Browser(started, server)
        show(site, "sparql/index.html")
        wait_until_ready(site)
    site.find("#text").click()
    wait(site, "document.querySelector('#plain [role=alert]')")
    assert "The editor cannot be loaded" in site.find("#plain [role=alert]").text
    site.press("# ")
    assert "# " in site.find("#text").get_property("value")


def test_editor_takes_the_place_of_the_field_that_is_entered_by_keyboard(site: Browser) -> None:
    show(site, "sparql/index.html")
    site.run_script("document.getElementById('text').value = 'ASK { ?s ?p ?o }'; document.getElementById('text').setSelectionRange(4, 4)")
    site.tab_to("#library")
    site.press(Keys.TAB)
    wait(site, "document.getElementById('yasgui').dataset.ready === 'yes'")
    assert site.find_all("#text") == []
    assert site.run_script("return document.activeElement.closest('.yasqe .CodeMirror') !== null")
    site.press("# ")
    assert read_query(site) == "ASK # { ?s ?p ?o }"
    site.press(Keys.BACKSPACE, Keys.BACKSPACE, Keys.ESCAPE)
    assert site.run_script("return document.activeElement.matches('.yasqe_queryButton')")
    site.press(Keys.ENTER)
    WebDriverWait(site.driver, 30).until(lambda _: "true" in site.find(".yasr").text.lower())
    for dark in (False, True):
        site.set_dark(dark)
        assert site.judge() == []
    assert site.read_errors() == []


def test_query_in_the_plain_field_is_run_by_its_button(site: Browser) -> None:
    show(site, "sparql/index.html")
    site.run_script("document.getElementById('text').value = 'ASK { ?s ?p ?o }'")
    button = site.find("#plain button")
    site.run_script("arguments[0].focus()", button)
    site.press(Keys.ENTER)
    WebDriverWait(site.driver, 60).until(lambda _: site.find_all(".yasr") and "true" in site.find(".yasr").text.lower())
    assert site.run_script("return document.activeElement.matches('.yasqe_queryButton')")


def test_page_with_the_graph_is_answered_without_the_network(started: webdriver.Chrome, folder: Path) -> None:
    with hosting(folder) as server:
        site = Browser(started, server)
        show(site, "sparql/index.html")
        wait_until_ready(site)
        site.driver.execute_async_script("navigator.serviceWorker.ready.then(arguments[0])")
        # What was fetched before the service worker ran is kept from the second time on.
        site.driver.refresh()
        wait_until_ready(site)
        kept = "caches.match(document.getElementById('yasgui').dataset.script).then((found) => arguments[0](!!found))"
        WebDriverWait(site.driver, 30).until(lambda driver: driver.execute_async_script(kept))
    site.driver.refresh()
    wait_until_ready(site)
    open_editor(site)
    set_query(site, "ASK {}")
    site.find(".yasqe_queryButton").click()
    WebDriverWait(site.driver, 30).until(lambda _: "true" in site.find(".yasr").text.lower())


def test_keyboard_alone_leads_from_the_front_page_to_a_mitigation(site: Browser) -> None:
    show(site, "index.html")
    site.press(Keys.TAB)
    assert site.focused.text == "Skip to the content"
    site.tab_to("#q", most=12)
    site.press("adversarial", Keys.ENTER)
    wait(site, "document.documentElement.dataset.explorer === 'ready' && location.pathname.includes('/search/')")
    site.tab_to(".hits a")
    site.press(Keys.ENTER)
    wait(site, f"location.pathname.endsWith('{MITIGATION}/index.html')")
    assert site.find("h1").text == "Adversarial training"


def test_neighbourhood_is_walked_by_keyboard_and_kept_in_the_address(site: Browser) -> None:
    show(site, f"neighbourhood/index.html?thing={MITIGATION}")
    wait(site, "document.documentElement.dataset.neighbourhood")
    assert site.find("#list").text == "Adversarial training"
    assert site.run_script("return document.querySelectorAll('#canvas canvas').length") > 0
    site.find("#thing").click()
    site.tab_to("#neighbours button")
    wanted = site.focused.text
    site.press(Keys.ENTER)
    assert site.find("#list").text == wanted
    assert site.run_script("return document.activeElement.id") == "list"
    assert "thing=" in site.driver.current_url
    assert MITIGATION not in site.driver.current_url
    site.tab_to("#canvas")
    site.press(Keys.ARROW_LEFT, "+", "0")
    site.driver.back()
    wait(site, "document.getElementById('list').textContent === 'Adversarial training'")
    assert site.read_errors() == []
