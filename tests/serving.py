"""A real server process, started on a free port."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx


@dataclass
class Server:
    """A running server: its address without a slash at the end, its process, what it wrote to standard error."""

    url: str
    process: subprocess.Popen[str]
    log: IO[str]
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url, timeout=30)

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get(path, **options)

    def ask(self, query: str, *, accept: str = "application/sparql-results+json", **parameters) -> httpx.Response:
        return self.client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})

    def read_log(self) -> str:
        return Path(self.log.name).read_text(encoding="utf-8")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


@contextmanager
def serving(data: Path, *options: str) -> Iterator[Server]:
    """Serve *data* on a free port while the block runs."""
    command = [sys.executable, "-c", "from airm_graph.cli import main; main()", "serve", str(data), "--port", "0", *options]
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONHASHSEED": "0"})
        try:
            said = process.stdout.readline()
            found = re.search(r"http://[^ ,]+", said)
            assert found, f"the server did not start: {said}{Path(log.name).read_text()}"
            server = Server(found[0].rstrip("/"), process, log)
            yield server
            server.client.close()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
