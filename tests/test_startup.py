"""What the command line loads before it answers: nothing that is not needed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from graphstore import run_store

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

OWN = {"airm_graph", "airm_graph.cli", "airm_graph.cli.group", "airm_graph.cli.streams", "airm_graph.errors", "airm_graph.version"}
#: Libraries, each of which takes longer than Python itself.
HEAVY = {"click", "httpx", "openpyxl", "rich", "yaml", "rdflib", "pyshacl", "owlrl", "pyld", "duckdb", "networkx", "pyoxigraph", "anyascii"}
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
def test_version_and_help_load_click_and_no_other_library(arguments: list[str]) -> None:
    loaded = probe(*arguments)
    assert {name for name in loaded if name.startswith("airm_graph")} == OWN
    assert not {name.split(".")[0] for name in loaded} & (HEAVY - {"click"})


@pytest.mark.parametrize("arguments", [["validate"], ["info"], ["build", "-o", "dist"]])
def test_small_pages_are_built_and_judged_without_a_store_or_a_reader_of_yaml(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "page.txt").write_bytes((EXAMPLES / "francois-child-safety.txt").read_bytes())
    monkeypatch.chdir(tmp_path)
    loaded = probe(*arguments, "in")
    found = {name.split(".")[0] for name in loaded} & HEAVY
    assert found == {"click"}


def test_table_that_a_mapping_of_the_project_knows_is_built_without_a_reader_of_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, row = "ID,Name,Description,Source ID,Code,Code label,Classified by,Classification date", "1,Plan,Plans are made.,doc,1.1,,,"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mitigations.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    loaded = probe("build", "in", "-o", "dist")
    assert "airm_graph.ingest.tables.own_mappings" in loaded
    assert not loaded & {"tempfile", "yaml"}


@pytest.mark.parametrize("name", ["data.nt", "data.rdf"])
def test_rdf_is_judged_without_what_opens_addresses(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rdf = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="urn:a" rdf:type="urn:b"/></rdf:RDF>'
    (tmp_path / "data.nt").write_text("<urn:a> <urn:p> <urn:b> .\n", encoding="utf-8")
    (tmp_path / "data.rdf").write_text(rdf, encoding="utf-8")
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:s> a sh:NodeShape ; sh:targetNode <urn:a> .", encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    loaded = probe("validate", name, "--shapes", "shapes.ttl")
    assert not loaded & {"urllib.request", "http.client", "yaml", "duckdb"}


def test_query_list_loads_what_it_needs() -> None:
    loaded = probe("query", "list")
    assert not {name.split(".")[0] for name in loaded} & (HEAVY - {"click"})
    own = {name for name in loaded if name.startswith("airm_graph")}
    assert own == OWN | {
        f"airm_graph.{name}"
        for name in (
            "cli.shared_options",
            "cli.query_command",
            "extras",
            "frozen",
            "namespaces",
            "prepared",
            "query",
            "query.answers",
            "query.headers",
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
