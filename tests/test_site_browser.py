"""Pages in Chromium: driven by keyboard and pointer, on a phone, in the dark, heard by a screen reader as far as axe-core can tell.

Needs Debian's chromium and chromium-driver, and axe-core and the editor from ``make vendor``.
"""

import json
import shutil
import time
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from airm_graph.graph.store import parse_rows
from airm_graph.namespaces import term
from conftest import ROOT
from serving import Server, serving
from tools import miss, require_programs

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("server")]

AXE = ROOT / "build" / "vendor" / "node_modules" / "axe-core" / "axe.min.js"
EDITOR = ROOT / "src" / "airm_graph" / "site" / "static" / "vendor" / "yasgui.min.js"
MITIGATION = "/mitigation/gipiskis-2024-risk-sources/adversarial-training"
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
)
#: Pages that search as one types.
EXPLORED = ("/search", "/browse/mitigations")
# One page of each kind.
PAGES = {
    "front": "/",
    "browse": "/browse",
    "tree": "/browse/taxonomy/v2",
    "facet values": "/browse/source",
    "mitigations": "/browse/mitigations?actor=developer",
    "neighbourhood": f"/neighbourhood?thing={MITIGATION[1:]}",
    "search": "/search?q=training",
    "nothing found": "/search?q=xyzzy",
    "mitigation": MITIGATION,
    "classification": f"{MITIGATION}/classification/v2-1.1.2",
    "source": "/source/gipiskis-2024-risk-sources",
    "code": "/taxonomy/v2/1.1",
    "scheme": "/taxonomy/v2",
    "concept": "/actor/developer",
    "agent": "/agent/gipiskis-rokas",
    "capture": "/capture/9dd7988c0c5002dd",
    "evidence": "/capture/75512ac8189abe7d/l12-l14",
    "graph": "/graph/taxonomy",
    "dataset": "/dataset",
    "ontology": "/ontology",
    "shapes": "/shapes/skos",
    "queries": "/query",
    "query": "/query/mitigations-by-code?code=1.1",
    "wrong argument": "/query/sources-by-shared-code?minimum=many",
    "rules": "/rules",
    "rule": "/rules/MIT-03",
    "sparql": "/sparql",
    "editor": "/editor",
    "similar": "/similar?threshold=0.2",
    "why": f"/why?subject={MITIGATION[1:]}&predicate=airm:underCode&object=taxonomy/v2/1",
    "nothing asked": "/why",
    "network": "/network?kind=role-code",
    "pack": "/pack?actor=developer",
    "problem": "/nothing",
}


class Browser:
    """A browser on a server."""

    def __init__(self, driver: webdriver.Chrome, server: Server) -> None:
        self.driver, self.server = driver, server
        self.run_script = driver.execute_script

    def show(self, path: str, *, width: int = 1200, dark: bool = False, script: bool = True) -> None:
        self.set_width(width)
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.set_dark(dark)
        self.driver.get(self.server.url + path)
        if path.startswith("/editor") and script:
            self.wait("#yasgui[data-ready]")
        if path.startswith(EXPLORED) and script:
            self.wait("html[data-explorer]")
        if path.startswith("/neighbourhood") and script:
            self.wait("html[data-neighbourhood]")

    def set_width(self, width: int) -> None:
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def set_dark(self, dark: bool) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, selector: str):
        return WebDriverWait(self.driver, 20).until(lambda _: self.find_all(selector))[0]

    def press(self, *keys: str) -> None:
        self.driver.switch_to.active_element.send_keys(*keys)

    @property
    def focused(self):
        return self.driver.switch_to.active_element

    def tab_to(self, selector: str, *, most: int = 60) -> None:
        """Press Tab until the element has the focus; each stop on the way must be seen."""
        for _ in range(most):
            self.press(Keys.TAB)
            style = self.run_script(
                "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, parseFloat(s.outlineWidth)]"
            )
            assert style[0] != "none", self.focused.get_attribute("outerHTML")
            assert style[1] >= 2, self.focused.get_attribute("outerHTML")
            if self.run_script("return document.activeElement.matches(arguments[0])", selector):
                return
        pytest.fail(f"{selector} is not reached by Tab")

    def judge(self) -> list[str]:
        """What axe-core finds serious or critical."""
        if not self.run_script("return 'axe' in window"):
            self.run_script(AXE.read_text(encoding="utf-8"))
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "const failed = error => done([{impact: 'critical', id: String(error), nodes: []}]);"
            "axe.run(document, {resultTypes: ['violations']}).then(found => done(found.violations), failed)"
        )
        return [
            f"{violation['id']}: {node['html'][:200]} {json.dumps([check['message'] for check in node['any']])[:200]}"
            for violation in found
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"] or [{"html": "", "any": []}]
        ]

    def read_errors(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.fixture(scope="module")
def started(tmp_path_factory) -> Iterator[webdriver.Chrome]:
    require_programs("chromium", "chromedriver", packages="chromium chromium-driver")
    if missing := [path.name for path in (AXE, EDITOR) if not path.is_file()]:
        miss(f"{', '.join(missing)} not there; run: make vendor")
    options = Options()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture
def browser(started: webdriver.Chrome, server: Server) -> Iterator[Browser]:
    started.get_log("browser")
    yield Browser(started, server)
    started.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("kind", PAGES)
def test_page_is_accessible_in_both_schemes_and_fits_a_phone(browser: Browser, kind: str) -> None:
    browser.show(PAGES[kind])
    assert browser.run_script("return document.documentElement.scrollWidth <= window.innerWidth")
    browser.set_width(360)
    # What is folded away has to fit, and to be heard, too.
    browser.run_script("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert browser.run_script("return document.documentElement.scrollWidth") <= 360
    for dark in (False, True):
        browser.set_dark(dark)
        assert browser.judge() == []
    assert [line for line in browser.read_errors() if "status of 4" not in line] == []


def test_dark_mode_turns_the_colours_round(browser: Browser) -> None:
    shades = []
    for dark in (False, True):
        browser.show("/", dark=dark)
        colour = browser.run_script("return getComputedStyle(document.body).backgroundColor")
        shades.append(sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")))
    assert shades[0] > 700 > 150 > shades[1]


def test_keyboard_alone_leads_from_the_front_page_to_a_mitigation(browser: Browser) -> None:
    browser.show("/")
    browser.press(Keys.TAB)
    assert browser.focused.text == "Skip to the content"
    assert browser.run_script("return document.activeElement.getBoundingClientRect().left >= 0")
    browser.press(Keys.ENTER)
    assert browser.run_script("return document.activeElement.id") == "main"
    browser.tab_to("#q", most=3)
    browser.press("adversarial", Keys.ENTER)
    WebDriverWait(browser.driver, 20).until(lambda driver: "/search" in driver.current_url)
    browser.wait("html[data-explorer]")
    browser.tab_to(".hits a")
    browser.press(Keys.ENTER)
    WebDriverWait(browser.driver, 20).until(lambda driver: driver.current_url.endswith(MITIGATION))
    assert browser.find("h1").text == "Adversarial training"
    browser.tab_to("summary")
    browser.press(Keys.ENTER)
    assert browser.run_script("return document.activeElement.parentElement.open")


def read_number(browser: Browser) -> int:
    """How many things were found."""
    return int(browser.find("#found").text.split()[0])


def test_search_finds_while_typing_as_on_the_site(browser: Browser) -> None:
    browser.driver.get_log("performance")
    browser.show("/search?code=1.1")
    # Codes of both editions are meant, as by the server.
    assert read_number(browser) == browser.server.get("/search.json?code=1.1").json()["total"]
    browser.find(".filters button").click()
    everything = read_number(browser)
    assert everything == browser.server.get("/search.json").json()["total"]
    browser.find("#q").send_keys("train")
    some = read_number(browser)
    assert 0 < some < everything
    assert browser.find(".hits mark").text.lower().startswith("train")
    browser.driver.find_element(By.XPATH, "//section[@class='facets']//button[.='mitigation']").click()
    fewer = read_number(browser)
    assert 0 < fewer < some
    assert browser.run_script("return document.activeElement.id") == "found"
    address = browser.driver.current_url
    assert "q=train" in address
    assert "kind=mitigation" in address
    # The server understands the address, too; what it finds is among these, which have names of codes searched as well.
    theirs = {hit["iri"].rpartition("/")[2] for hit in browser.server.get("/search.json?q=train*&kind=mitigation").json()["hits"]}
    assert 0 < len(theirs) <= fewer
    assert theirs <= {link.get_attribute("href").rpartition("/")[2] for link in browser.find_all(".hits a")}
    browser.driver.refresh()
    browser.wait("html[data-explorer]")
    assert (read_number(browser), browser.driver.current_url) == (fewer, address)
    browser.find(".hits a").click()
    browser.wait("#evidence")
    assert "/mitigation/" in browser.driver.current_url
    assert browser.read_errors() == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.driver.get_log("performance")]
    addresses = {entry["params"]["request"]["url"] for entry in asked if entry["method"] == "Network.requestWillBeSent"}
    assert any(address.endswith("/search/documents.json") for address in addresses)
    assert [address for address in addresses if not address.startswith((browser.server.url, "data:", "blob:"))] == []


def test_texts_of_the_data_stay_texts_while_one_types(started: webdriver.Chrome) -> None:
    started.get_log("browser")
    with serving(ROOT / "tests" / "data" / "odd.nt", "--workers", "1") as server:
        browser = Browser(started, server)
        browser.show("/search")
        browser.find("#q").send_keys("alert")
        assert read_number(browser) > 0
        assert browser.find_all("main :is(b, img, iframe, script, style, svg)") == []
        links = browser.run_script("return [...document.querySelectorAll('main a')].map((link) => link.href)")
        assert all(link.startswith(f"{server.url}/") for link in links)
        assert browser.read_errors() == []


def test_list_of_a_search_is_turtle_with_its_query(browser: Browser) -> None:
    browser.show("/browse/mitigations?actor=developer&code=v2/1.1")
    # What the page would save is kept where the test can read it.
    browser.run_script(
        "URL.createObjectURL = (blob) => { window.saved = blob; return 'data:,'; };"
        "HTMLAnchorElement.prototype.click = function () { window.savedAs = this.download; };"
        "[...document.querySelectorAll('.found .meta button')].find((button) => button.textContent === 'Turtle').click();"
    )
    text = browser.driver.execute_async_script("window.saved.text().then(arguments[0])")
    assert browser.run_script("return window.savedAs") == "mitigations.ttl"
    rows = parse_rows(text.encode(), name="list", suffix=".ttl")
    found = {s for s, p, o, _ in rows if p == term("rdf:type") and o == term("airm:Mitigation")}
    assert 0 < len(found) == read_number(browser)
    query = browser.run_script("return document.querySelector('pre.sparql').textContent")
    answer = browser.server.ask(query).json()["results"]["bindings"]
    assert {f"<{row['thing']['value']}>" for row in answer} == found


def test_neighbourhood_is_walked_on_the_server(browser: Browser) -> None:
    browser.show(MITIGATION)
    browser.driver.find_element(By.LINK_TEXT, "Its neighbourhood as a picture").click()
    browser.wait("html[data-neighbourhood]")
    assert browser.find("#list").text == "Adversarial training"
    assert browser.run_script("return document.querySelectorAll('#canvas canvas').length") > 0
    # The library can write no style into the page; what it needs of one is there.
    assert browser.run_script("return getComputedStyle(document.getElementById('canvas')).position") == "relative"
    button = browser.find("#neighbours button")
    wanted = button.text
    button.click()
    assert browser.find("#list").text == wanted
    browser.driver.find_element(By.LINK_TEXT, "Its page").click()
    browser.wait("#graphs")
    assert browser.read_errors() == []


def test_search_without_scripts_narrows_and_widens(browser: Browser) -> None:
    browser.show("/search", script=False)
    browser.find("#q").send_keys("training", Keys.ENTER)
    browser.wait(".hits mark")
    everything = int(browser.find("#found").text.split()[0])
    browser.driver.find_element(By.LINK_TEXT, "mitigation").click()
    browser.wait(".filters")
    narrowed = int(browser.find("#found").text.split()[0])
    assert 0 < narrowed < everything
    # What is chosen stays when other words are looked for.
    browser.find("#q").clear()
    browser.find("#q").send_keys("adversarial", Keys.ENTER)
    WebDriverWait(browser.driver, 20).until(lambda driver: "q=adversarial" in driver.current_url)
    assert "kind=" in browser.driver.current_url
    browser.find(".filters a").click()
    WebDriverWait(browser.driver, 20).until(lambda driver: "kind=" not in driver.current_url)


def test_tree_leads_to_mitigations_under_a_code(browser: Browser) -> None:
    browser.show("/browse")
    browser.find("#edition-1 a").click()
    browser.wait(".tree .tree .tree")
    number = browser.find('a.number[aria-label$="mitigations under 1.1"]')
    wanted = int(number.text)
    number.click()
    browser.wait("html[data-explorer] .filters")
    assert int(browser.find("#found").text.split()[0]) == wanted == len(browser.find_all(".hits > li"))


def test_page_of_a_mitigation_opens_repairs_and_leads_to_its_evidence(browser: Browser) -> None:
    browser.show(MITIGATION)
    browser.find(".evidence summary").click()
    assert browser.find(".evidence .before").is_displayed()
    browser.find(".evidence h3 a").click()
    browser.wait(".lines")
    assert "/capture/" in browser.driver.current_url


def test_form_of_a_query_is_filled_in_and_answered(browser: Browser) -> None:
    browser.show("/query")
    browser.driver.find_element(By.LINK_TEXT, "Mitigations under a code").click()
    browser.wait("select[name=code]")
    # What is needed is asked for before anything is sent.
    browser.find(".fields button").click()
    assert not browser.find_all("table")
    browser.find('select[name=code] option[value="1.1"]').click()
    browser.find(".fields button").click()
    browser.wait("tbody tr")
    assert len(browser.find_all("tbody tr")) == int(browser.find("#rows").text.split()[0]) == 11
    browser.find("tbody a").click()
    browser.wait("#evidence")


def test_pages_work_without_scripts(browser: Browser) -> None:
    browser.show("/", script=False)
    browser.find("#q").send_keys("training", Keys.ENTER)
    WebDriverWait(browser.driver, 20).until(lambda driver: "/search?q=training" in driver.current_url)
    assert browser.find_all(".hits > li")
    browser.show("/editor", script=False)
    browser.find("noscript form button").click()
    browser.wait("table tbody tr")
    assert browser.find("h1").text == "Answer"
    browser.find("#query").clear()
    browser.find("#query").send_keys("SELECT nothing")
    browser.find(".fields button").click()
    browser.wait(".error")


def test_editor_asks_this_server_and_no_other(browser: Browser) -> None:
    browser.driver.get_log("performance")
    browser.show("/editor")
    box = browser.find(".yasqe .CodeMirror")
    browser.run_script("arguments[0].CodeMirror.setValue(''); arguments[0].CodeMirror.focus()", box)
    browser.press("PREFIX airm: <https://w3id.org/airm-graph/ontology#> SELECT ?m WHERE { ?m a airm:Mitigation } ORDER BY ?m LIMIT 7")
    browser.press(Keys.CONTROL, Keys.ENTER)
    WebDriverWait(browser.driver, 20).until(lambda _: len(browser.find_all(".yasr tbody tr")) == 7)
    time.sleep(0.5)
    for dark in (False, True):
        browser.set_dark(dark)
        assert browser.judge() == []
    browser.run_script("document.querySelector('.yasqe .CodeMirror').CodeMirror.focus()")
    browser.press(Keys.ESCAPE)
    assert browser.run_script("return document.activeElement.matches('.yasqe_queryButton')")
    assert browser.read_errors() == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.driver.get_log("performance")]
    addresses = {entry["params"]["request"]["url"] for entry in asked if entry["method"] == "Network.requestWillBeSent"}
    assert any(address.endswith("/sparql") for address in addresses)
    assert [address for address in addresses if not address.startswith((browser.server.url, "data:", "blob:"))] == []


def test_editor_shows_what_the_server_refuses(browser: Browser) -> None:
    browser.show("/editor")
    browser.run_script(
        "document.querySelector('.yasqe .CodeMirror').CodeMirror.setValue('SELECT * { SERVICE <http://x.example/> { ?s ?p ?o } }')"
    )
    browser.find(".yasqe_queryButton").click()
    WebDriverWait(browser.driver, 20).until(lambda _: "SERVICE" in browser.find(".yasr").text)


def test_pages_keep_nothing_in_the_browser(browser: Browser) -> None:
    browser.show("/")
    # The editor keeps the prefixes of this server; nothing else is kept.
    browser.run_script("localStorage.clear()")
    browser.show(MITIGATION)
    assert browser.driver.get_cookies() == []
    assert browser.run_script("return localStorage.length + sessionStorage.length") == 0


def test_printed_page_leaves_out_what_paper_cannot_follow(browser: Browser) -> None:
    browser.show(MITIGATION)
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not browser.find("nav").is_displayed()
    assert browser.find(".notice").is_displayed()
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
