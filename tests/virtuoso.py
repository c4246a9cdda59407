"""A Virtuoso server of our own for a test: in a folder of its own, on loopback ports of its own, gone afterwards."""

import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("virtuoso-t")
SQL_PROGRAM = shutil.which("isql-vt")
USER = PASSWORD = "dba"

GUIDE = Path(__file__).resolve().parent.parent / "docs" / "guides" / "triple-stores.md"


def read_configuration(*, sql: int, http: int, folder: Path) -> str:
    """The configuration that the guide gives to readers, with ports and folder of our own."""
    (text,) = re.findall(r"^```ini\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    changes = {
        "127.0.0.1:1111": f"127.0.0.1:{sql}",
        "127.0.0.1:8890": f"127.0.0.1:{http}",
        "DirsAllowed = /data/dist": f"DirsAllowed = {folder}",
        # Nothing is to be saved.
        "CheckpointInterval = 60": "CheckpointInterval = 0",
    }
    for given, wanted in changes.items():
        assert text.count(given) == 1, given
        text = text.replace(given, wanted)
    return text


@dataclass(frozen=True)
class Virtuoso:
    """A running server."""

    url: str
    sql_port: int
    folder: Path

    @property
    def graph_store(self) -> str:
        return f"{self.url}/sparql-graph-crud-auth"

    @property
    def update(self) -> str:
        return f"{self.url}/sparql-auth"

    @property
    def public(self) -> str:
        """The endpoint that asks nobody for a name and takes no updates."""
        return f"{self.url}/sparql"

    def run_sql(self, *statements: str) -> str:
        assert SQL_PROGRAM
        texts = [f"EXEC={statement};" for statement in statements]
        command = [SQL_PROGRAM, f"127.0.0.1:{self.sql_port}", USER, PASSWORD, *texts]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Error" not in done.stdout + done.stderr, done.stdout + done.stderr
        return done.stdout


@contextmanager
def run_virtuoso(folder: Path) -> Iterator[Virtuoso]:
    """Start a server with an empty database in *folder*, and stop it."""
    assert PROGRAM
    sql, http = _free_port(), _free_port()
    (folder / "virtuoso.ini").write_text(read_configuration(sql=sql, http=http, folder=folder), encoding="utf-8")
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen([PROGRAM, "+configfile", "virtuoso.ini", "+foreground"], cwd=folder, stdout=output, stderr=output)
    try:
        server = Virtuoso(f"http://127.0.0.1:{http}", sql, folder)
        _wait(server, process)
        yield server
    finally:
        # There is nothing to save: a shutdown in order would first write all to disk.
        process.kill()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Virtuoso, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        assert process.poll() is None, (server.folder / "output.txt").read_text(errors="replace")
        try:
            with urllib.request.urlopen(f"{server.public}?query=ASK%7B%7D", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("Virtuoso does not answer: " + (server.folder / "output.txt").read_text(errors="replace"))
