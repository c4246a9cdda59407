"""Ask every query of the library in Chromium, on a site that `airm-graph site` wrote: ``python benchmarks/browser_queries.py SITE``.

Prints when the front page and the search can be used at 1.6 Mbit/s and 150 ms, what loading the graph takes and how many bytes are sent
for it, by a server that compresses nothing, without the editor and with it; and of three runs of each query the
quickest: milliseconds by the clock and of the processor, over all processes of the browser (the clock is what a user waits; the
processor's time changes less when a machine is busy). The site needs the engine of ``make vendor``. With ``--graph FILE`` another
compressed graph is loaded in place of the site's, to try a size without its pages.
"""

import argparse
import functools
import http.server
import os
import shutil
import threading
import time
from pathlib import Path
from typing import IO

from selenium import webdriver

__all__ = ["main"]

_TICKS = os.sysconf("SC_CLK_TCK")
_ASK = """
const [text, done] = arguments, start = performance.now();
const say = ({ body }) => done([performance.now() - start, body.length, ""]);
window.airmSparql.run(text, { form: "tsv" }).then(say, (error) => done([0, 0, error.message]));
"""
_AWAIT_LIST = """
const [done] = arguments, root = document.documentElement;
const look = () => (root.dataset.explorer ? done(performance.now()) : setTimeout(look, 10));
look();
"""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--graph", type=Path, help="a graph.nt.gz to load in place of the site's")
    given = parser.parse_args()
    handler = functools.partial(_Files, directory=str(given.site), graph=given.graph)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    driver = _start_browser()
    try:
        _time_pages(driver, f"http://127.0.0.1:{server.server_port}/")
        _measure(driver, f"http://127.0.0.1:{server.server_port}/", given.site)
    finally:
        driver.quit()
        server.shutdown()


class _Files(http.server.SimpleHTTPRequestHandler):
    sent = 0

    def __init__(self, *rest: object, graph: Path | None, **options: object) -> None:
        self._graph = graph
        super().__init__(*rest, **options)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """Find the file that is sent."""
        return str(self._graph) if self._graph and path.partition("?")[0].endswith("/graph.nt.gz") else super().translate_path(path)

    def copyfile(self, source: IO[bytes], outputfile: IO[bytes]) -> None:  # type: ignore[override]
        """Send a file and count its bytes."""
        body = source.read()
        _Files.sent += len(body)
        outputfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _start_browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(option)
    options.binary_location = shutil.which("chromium") or ""
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(120)
    return driver


def _time_pages(driver: webdriver.Chrome, address: str) -> None:
    """Load the front page and the search as over a slow line, with nothing kept."""
    slow = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 100_000}
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
    driver.get(f"{address}index.html")
    times = driver.execute_script(
        "const page = performance.getEntriesByType('navigation')[0]; return [page.domInteractive, page.loadEventEnd]"
    )
    print(f"front page at 1.6 Mbit/s: {times[0]:.0f} ms until it can be used, {times[1]:.0f} ms until all is loaded")
    driver.get(f"{address}search/index.html")
    listed = driver.execute_async_script(_AWAIT_LIST)
    print(f"search at 1.6 Mbit/s: {listed:.0f} ms until its list is there")
    driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": False})
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow | {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
    driver.execute_cdp_cmd("Network.disable", {})


def _measure(driver: webdriver.Chrome, address: str, site: Path) -> None:
    driver.get(f"{address}index.html")
    root, before = driver.service.process.pid, _count_seconds(driver.service.process.pid)
    driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    _Files.sent = 0
    driver.get(f"{address}sparql/index.html")
    while driver.execute_script("return document.getElementById('sparql-status').dataset.state") not in {"ready", "error"}:
        time.sleep(0.1)
    said = driver.execute_script("return document.getElementById('sparql-status').textContent")
    print(f"{said}\nloading: {_count_seconds(root) - before:.2f} s of the processor; most memory of one process: {_find_memory(root)} MB")
    loaded = _Files.sent
    driver.find_element("id", "text").click()
    while not driver.execute_script("return document.getElementById('yasgui').dataset.ready"):
        time.sleep(0.1)
    print(f"sent: {loaded:,} bytes until the graph is there, {_Files.sent:,} with the editor")
    for path in sorted((site / "query").glob("*.rq")):
        runs = [_ask(driver, path.read_text(encoding="utf-8"), root) for _ in range(3)]
        clock, processor = (min(column) for column in zip(*((one[0], one[1]) for one in runs), strict=True))
        print(f"{clock:8.1f} ms {processor:8.1f} ms  {path.stem}{runs[0][2]}")
    print(f"most memory of one process at the end: {_find_memory(root)} MB")


def _ask(driver: webdriver.Chrome, text: str, root: int) -> tuple[float, float, str]:
    before = _count_seconds(root)
    clock, _, error = driver.execute_async_script(_ASK, text)
    return clock, 1000 * (_count_seconds(root) - before), error and f": {error}"


def _list_tree(root: int) -> list[Path]:
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return [Path("/proc", str(one)) for one in found]


def _count_seconds(root: int) -> float:
    """Count the processor's seconds of a process and those below it."""
    total = 0
    for path in _list_tree(root):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def _find_memory(root: int) -> int:
    """Find the most memory that one of the processes held, in MB."""
    most = 0
    for path in _list_tree(root):
        try:
            lines = (path / "status").read_text().splitlines()
        except OSError:
            continue
        most = max([most, *(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))])
    return most // 1024


if __name__ == "__main__":
    main()
