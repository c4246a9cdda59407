"""The README is true: its commands, its Python and its SPARQL are run, and what it says they print is what they print."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Other versions may write the same picture in other bytes.
CHART_DRAWN_BY = "3.11.2"
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which the line that installs has been run; the libraries come from this environment."""
    folder = tmp_path_factory.mktemp("readme") / "checkout"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "build", "dist", "tests", "benchmarks", "__pycache__"))
    install = next(line for line in "".join(blocks("sh")).splitlines() if "pip install" in line)
    libraries = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_IGNORE_INSTALLED": "1"}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    run(install, folder, PYTHONPATH=libraries, PATH=path, **offline)
    (site,) = (folder / ".venv" / "lib").glob("python*/site-packages")
    (site / "zz-libraries.pth").write_text(libraries.replace(os.pathsep, "\n") + "\n")
    (folder / ".venv" / ".run").touch()  # what `make demo` installs is there
    return folder


def run(command: str, location: Path, **changes: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | changes
    done = subprocess.run(["bash", "-c", command], cwd=location, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr + done.stdout


def matches(printed: str, stated: list[str]) -> bool:
    pattern = "".join(".*" if line.strip() == "…" else re.escape(line + "\n") for line in stated)
    return re.match(pattern, printed, re.DOTALL) is not None


def test_commands_print_what_the_readme_says(location: Path) -> None:
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *stated = part.rstrip("\n").split("\n")
            if command == "make test":  # this is what it runs
                assert "pytest" in run("make --dry-run test", location)
            else:
                assert matches(run(command, location), stated), f"{command} does not print {stated}"


def test_two_commands_of_the_readme_are_make_demo_and_make_test() -> None:
    assert re.findall(r"^\$ (make .*)$", README, re.MULTILINE) == ["make demo", "make test"]


def test_every_block_of_commands_is_run() -> None:
    assert len(blocks("sh")) == 1, "the line that installs; other commands stand in blocks with what they print"
    assert "pip install" in blocks("sh")[0]
    assert not re.findall(r"-o dist|--data dist|dist/", README), "the examples are built into build/demo"


def test_picture_is_what_its_script_draws_of_the_examples() -> None:
    done = subprocess.run([sys.executable, ROOT / "docs" / "picture.py"], capture_output=True, timeout=120, check=True)
    assert done.stdout == (ROOT / "docs" / "picture.svg").read_bytes()


def test_chart_is_what_the_command_draws_of_the_examples(tmp_path: Path) -> None:
    if (version := importlib.metadata.version("matplotlib")) != CHART_DRAWN_BY:
        pytest.skip(f"the chart was drawn by matplotlib {CHART_DRAWN_BY}; {version} may write the same picture otherwise")
    chart = tmp_path / "coverage.svg"
    subprocess.run(
        [sys.executable, "-m", "airm_graph", "plot", "code-by-source", "-o", chart, "--data", ROOT / "examples"], timeout=120, check=True
    )
    assert chart.read_bytes() == (ROOT / "docs" / "coverage.svg").read_bytes()


def test_python_runs_and_prints(location: Path) -> None:
    (code,) = blocks("python")
    done = subprocess.run(
        [location / ".venv" / "bin" / "python", "-c", code], cwd=location, capture_output=True, text=True, timeout=120, check=True
    )
    assert "Incident response plan" in done.stdout
    assert done.stdout.endswith("True\n")


def test_sparql_gives_the_rows_of_the_readme(example_graph) -> None:
    (query,) = blocks("sparql")
    table = README.split("```sparql")[1].split("```")[1].split("\n## ")[0]
    stated = [tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in table.splitlines() if line.startswith("| ")]
    found = [(str(row.name), str(row["from"])) for row in example_graph.to_rdflib().query(query)]
    assert [("name", "from"), ("---", "---"), *found] == stated


def test_links_of_the_readme_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target
