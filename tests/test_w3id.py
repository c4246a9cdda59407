"""The redirects of w3id.org, in a real Apache, with a real server behind them."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from serving import Server
from tools import miss

pytestmark = [pytest.mark.apache, pytest.mark.xdist_group("server")]

ROOT = Path(__file__).resolve().parent.parent
APACHE = shutil.which("apache2") or shutil.which("httpd") or "/usr/sbin/apache2"
MODULES = Path("/usr/lib/apache2/modules")
CONFIG = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
Mutex file:{folder} default
{modules}
DocumentRoot {folder}/www
<Directory {folder}/www>
  AllowOverride All
  Require all granted
</Directory>
"""


@pytest.fixture(scope="module")
def apache(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    if not Path(APACHE).exists() or not MODULES.is_dir():
        miss("Apache is not installed (Debian: apache2-bin)")
    folder = tmp_path_factory.mktemp("apache")
    (folder / "www" / "airm-graph").mkdir(parents=True)
    rules = (ROOT / "deploy" / "w3id" / ".htaccess").read_text()
    assert rules.count("https://airm-graph.example.org") == 1, "one line names the server"
    (folder / "www" / "airm-graph" / ".htaccess").write_text(rules.replace("https://airm-graph.example.org", server.url))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    names = [name for name in ("mpm_event", "authz_core", "rewrite") if (MODULES / f"mod_{name}.so").exists()]
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
    (folder / "httpd.conf").write_text(CONFIG.format(folder=folder, port=port, modules=modules))
    folder.chmod(0o755)
    process = subprocess.Popen([APACHE, "-X", "-f", str(folder / "httpd.conf")], stderr=subprocess.PIPE, text=True)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/airm-graph", timeout=10) as client:
            _wait(client, process)
            yield client
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def _wait(client: httpx.Client, process: subprocess.Popen) -> None:
    for _ in range(100):
        assert process.poll() is None, process.stderr.read()
        try:
            client.get("/")
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Apache did not answer")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 303),
        ("ontology", 303),
        ("ontology/2026.11.0", 303),
        ("taxonomy/v2/1.1.3", 303),
        ("mitigation/gipiskis-2024-risk-sources/adversarial-training/classification/v2-1.1.2", 303),
        ("capture/75512ac8189abe7d/l12-l14", 303),
        ("taxonomy/v2/1.1.3.ttl", 302),
        ("dataset/2026.11.0/airm.nq", 302),
        ("sparql?query=ASK%20%7B%7D", 307),
        ("query/mitigations-by-code?code=1.1", 307),
        (".well-known/void", 307),
    ],
)
def test_address_is_sent_on_to_the_server(apache: httpx.Client, server: Server, path: str, status: int) -> None:
    response = apache.get(f"/{path}")
    assert (response.status_code, response.headers["location"]) == (status, f"{server.url}/{path}")


@pytest.mark.parametrize("media_type", ["text/turtle", "application/ld+json", "text/html"])
def test_thing_is_described_behind_the_redirect(apache: httpx.Client, media_type: str) -> None:
    response = apache.get("/taxonomy/v2/1.1.3", headers={"Accept": media_type}, follow_redirects=True)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media_type)


def test_posted_query_stays_a_post(apache: httpx.Client) -> None:
    response = apache.post("/sparql", data={"query": "ASK {}"}, headers={"Accept": "*/*"}, follow_redirects=True)
    assert response.json()["boolean"] is True


@pytest.mark.parametrize("path", ["//other.example", "https://other.example"])
def test_redirect_leads_nowhere_else(apache: httpx.Client, server: Server, path: str) -> None:
    response = apache.get(f"/{path}")
    assert response.headers.get("location", f"{server.url}/").startswith(f"{server.url}/")
