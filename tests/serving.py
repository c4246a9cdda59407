"""A real server process, started on a free port."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

COMMAND = "from airm_graph.cli import main; main()"
#: The same server with other limits than the command can give it.
LIMITED = """
import json, sys
from dataclasses import replace
from pathlib import Path
from airm_graph.serve.server import run_server
from airm_graph.serve.server_settings import Limits, Settings
from airm_graph.site import SitePages

settings = Settings(port=0, limits=replace(Limits(), **json.loads(sys.argv[2])))
told = run_server(Path(sys.argv[1]), settings=settings, pages=SitePages(), announce=lambda url: print(url, flush=True))
sys.exit(0 if told else 1)
"""


@dataclass
class Server:
    """A running server: its address without a slash at the end, its process, what it wrote to standard error."""

    url: str
    process: subprocess.Popen[str]
    log: IO[str]
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        # The first analysis takes seconds of the processor, which a busy machine stretches.
        self.client = httpx.Client(base_url=self.url, timeout=90)

    def get(self, path: str, **options) -> httpx.Response:
        return self.client.get(path, **options)

    def ask(self, query: str, *, accept: str = "application/sparql-results+json", **parameters) -> httpx.Response:
        return self.client.get("/sparql", params={"query": query, **parameters}, headers={"Accept": accept})

    def post(self, query: str | bytes) -> httpx.Response:
        return self.client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None and self.ask("ASK {}").json() == {"head": {}, "boolean": True}

    def read_log(self) -> str:
        return Path(self.log.name).read_text(encoding="utf-8")

    def list_processes(self) -> tuple[int, list[int]]:
        """The process of the fork server, and those of its workers; not the fork server of analyses, which is its child."""
        (fork_server,) = list_children(self.process.pid)
        return fork_server, [pid for pid in list_children(fork_server) if not list_children(pid)]

    def list_analysts(self) -> list[int]:
        """The processes of the workers of analyses, which are there once one was asked for."""
        (fork_server,) = list_children(self.process.pid)
        return [worker for pid in list_children(fork_server) for worker in list_children(pid)]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)


def list_children(pid: int) -> list[int]:
    """The child processes of a process."""
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


@contextmanager
def serving(data: Path, *options: str, limits: Mapping[str, float] | None = None) -> Iterator[Server]:
    """Serve *data* on a free port while the block runs; with options of the command, or with other limits."""
    arguments = ["serve", str(data), "--port", "0", *options] if limits is None else [str(data), json.dumps(limits)]
    command = [sys.executable, "-c", COMMAND if limits is None else LIMITED, *arguments]
    with tempfile.NamedTemporaryFile("w+", suffix=".log") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONHASHSEED": "0"})
        try:
            said = process.stdout.readline()
            found = re.search(r"http://[^ ,]+", said)
            assert found, f"the server did not start: {said}{Path(log.name).read_text()}"
            server = Server(found[0].strip().rstrip("/"), process, log)
            yield server
            server.client.close()
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
