"""The README is true: its commands, its Python and its SPARQL are run, and what it says they print is what they print."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKE = {"make demo", "make test"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "examples", folder / "examples")
    command = folder / "bin" / "airm-graph"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "from airm_graph.cli import main; main()" "$@"\n')
    command.chmod(0o755)
    return folder


def run(command: str, location: Path) -> str:
    environment = {**os.environ, "PATH": f"{location / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=location, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


def matches(printed: str, stated: list[str]) -> bool:
    pattern = "".join(".*" if line.strip() == "…" else re.escape(line + "\n") for line in stated)
    return re.match(pattern, printed, re.DOTALL) is not None


def test_commands_print_what_the_readme_says(location: Path) -> None:
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *stated = part.rstrip("\n").split("\n")
            if command not in MAKE:
                assert matches(run(command, location), stated), f"{command} does not print {stated}"


def test_make_targets_of_the_readme_exist() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {f"make {target}" for target in targets} >= MAKE


def test_python_runs_and_prints(location: Path) -> None:
    (code,) = blocks("python")
    done = subprocess.run([sys.executable, "-c", code], cwd=location, capture_output=True, text=True, timeout=120, check=True)
    assert "Incident response plan" in done.stdout
    assert done.stdout.endswith("True\n")


def test_sparql_gives_the_rows_of_the_readme(example_graph) -> None:
    (query,) = blocks("sparql")
    table = README.split("```sparql")[1].split("```")[1]
    stated = [tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in table.splitlines() if line.startswith("| ")]
    found = [(str(row.name), str(row["from"])) for row in example_graph.to_rdflib().query(query)]
    assert [("name", "from"), ("---", "---"), *found] == stated


def test_links_of_the_readme_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_number_of_queries_in_the_readme_is_right() -> None:
    assert len(list((ROOT / "queries").glob("*.rq"))) == 17, "the README says: the same question, and sixteen more"
