"""What the command line loads before it answers: nothing that is not needed, and what it says without click is what click says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from airm_graph.cli.front import answer
from graphstore import run_store

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

OWN = {"airm_graph", "airm_graph.cli", "airm_graph.cli.front", "airm_graph.version"}
#: Libraries, and modules of Python, each of which takes longer than `--version` may.
HEAVY = {"click", "httpx", "openpyxl", "rich", "yaml", "rdflib", "pyshacl", "owlrl", "pyld", "duckdb", "networkx", "pyoxigraph", "anyascii"}
SLOW = {
    "re",
    "typing",
    "dataclasses",
    "inspect",
    "importlib.metadata",
    "email",
    "json",
    "logging",
    "asyncio",
    "shutil",
    "pathlib",
    "argparse",
}

PROBE = """
import sys
before = set(sys.modules)
from airm_graph.cli import main
import io
real, sys.stdout = sys.stdout, io.StringIO()
try:
    main(sys.argv[1:])
except SystemExit as done:
    code = done.code
loaded = sorted(set(sys.modules) - before)
import json
json.dump([code, loaded], real)
"""


def probe(*arguments: str) -> set[str]:
    """The modules that a command loads."""
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True, timeout=60)
    code, loaded = json.loads(done.stdout)
    assert code == 0
    return set(loaded)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"]])
def test_version_and_help_load_four_modules_and_no_library(arguments: list[str]) -> None:
    loaded = probe(*arguments)
    assert {name for name in loaded if name.startswith("airm_graph")} == OWN
    assert not loaded & (HEAVY | SLOW)
    assert len(loaded - OWN) <= 3


def test_query_list_loads_what_it_needs() -> None:
    loaded = probe("query", "list")
    assert not {name.split(".")[0] for name in loaded} & (HEAVY - {"click", "yaml"})
    own = {name for name in loaded if name.startswith("airm_graph")}
    assert own == OWN | {
        f"airm_graph.{name}"
        for name in (
            "cli.group",
            "cli.options",
            "cli.query",
            "errors",
            "namespaces",
            "query",
            "query.answers",
            "query.library",
            "resources",
            "terms",
        )
    }


@pytest.mark.parametrize("command", ["build", "explain", "export", "fix", "info", "push", "query", "validate", "watch"])
def test_help_of_a_command_loads_no_engine(command: str) -> None:
    loaded = probe(command, "--help")
    assert not {name.split(".")[0] for name in loaded} & (HEAVY - {"click"})


def test_only_a_command_that_names_a_server_loads_the_client(tmp_path: Path) -> None:
    assert "httpx" not in probe("build", str(EXAMPLES), "-o", str(tmp_path / "dist"))
    assert "httpx" not in probe("query", "run", "counts", "--data", str(tmp_path / "dist"))
    with run_store() as server:
        assert "httpx" in probe("query", "run", "counts", "--endpoint", f"{server.url}/query")


def ask_click(columns: int) -> str:
    code = "from airm_graph.cli.group import cli; cli.main(['--help'], prog_name='airm-graph')"
    environment = {**os.environ, "COLUMNS": str(columns)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, timeout=60)
    return done.stdout


@pytest.mark.parametrize("columns", [80, 81, 87, 100, 200])
def test_help_is_that_of_click(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert answer(["--help"]) == ask_click(columns)


@pytest.mark.parametrize("columns", ["0", "x", "", "-5"])
def test_width_that_says_nothing_is_not_used(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert answer(["--version"])
    assert (answer(["--help"]) or "").startswith("Usage: airm-graph")


def test_narrow_terminal_is_left_to_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert answer(["--help"]) is None
    done = subprocess.run(
        [sys.executable, "-c", "from airm_graph.cli import main; main()", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "60"},
        timeout=60,
    )
    assert done.stdout == ask_click(60)


@pytest.mark.parametrize("arguments", [[], ["build", "--help"], ["--version", "--help"], ["--verbose"]])
def test_everything_else_is_left_to_click(arguments: list[str]) -> None:
    assert answer(arguments) is None
