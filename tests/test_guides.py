"""What the guides tell is there: modules, commands and their options."""

import csv
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from airm_graph.cli import cli
from conftest import ROOT

GUIDES = [*sorted((ROOT / "docs" / "guides").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def find_blocks(path: Path, *languages: str) -> list[str]:
    """The code blocks of a guide in some languages; without one where it is empty."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [text for language, text in blocks if language in languages]


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_imports_of_a_guide_work(path: Path) -> None:
    for block in find_blocks(path, "python"):
        for line in re.findall(r"^(?:from airm_graph|import airm_graph).*$", block, re.MULTILINE):
            exec(line, {})


def check_options(words: list[str], line: str) -> None:
    """Hold the words behind ``airm-graph`` to the commands and options that there are."""
    command: click.Command = cli
    while words and isinstance(command, click.Group):
        with click.Context(command) as context:
            found = command.get_command(context, words[0])
        assert found, line
        command, words = found, words[1:]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    assert {word.partition("=")[0] for word in words if re.fullmatch("--?[a-z-]+(=.*)?", word)} <= known, line


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.name)
def test_commands_of_a_guide_have_the_options_that_it_gives_them(path: Path) -> None:
    for line in "\n".join(find_blocks(path, "", "sh")).replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True) if "airm-graph " in line else []
        if not any(word.endswith("airm-graph") for word in words):
            continue
        words = words[next(n for n, word in enumerate(words) if word.endswith("airm-graph")) + 1 :]
        check_options(words, line)


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_of_a_page_exist(name: str) -> None:
    lines = "\n".join(find_blocks(ROOT / name, "sh", "console")).splitlines()
    named = {word for line in lines if (found := re.match(r"(?:\$ )?make ([a-z ]+)", line)) for word in found[1].split()}
    assert named <= set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert named


PAGES = [*GUIDES, ROOT / "SECURITY.md", ROOT / "THREAT_MODEL.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_of_a_page_lead_to_files(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_reference_has_a_page_for_what_guides_import() -> None:
    code = (ROOT / "docs" / "reference.py").read_text(encoding="utf-8")
    listed = re.findall(r'^    "(airm_graph[a-z_.]*)",$', code, re.MULTILINE)
    assert listed == sorted(listed, key=lambda name: name.split("."))
    imported = {
        name
        for path in GUIDES
        for block in find_blocks(path, "python")
        for name in re.findall(r"^(?:from|import) (airm_graph[a-z_.]*)", block, re.MULTILINE)
    }
    assert imported <= set(listed)


def test_reference_is_written_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("pdoc")
    command = [sys.executable, "-W", "error", ROOT / "docs" / "reference.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "airm_graph.html").read_text(encoding="utf-8")
    assert all(f'id="Graph.{name}"' in page for name in ("query", "sparql", "to_rdflib", "to_networkx"))
    assert "please do not share or cite" in page


def test_first_steps_run_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guide = ROOT / "docs" / "guides" / "first-steps.md"
    monkeypatch.chdir(tmp_path)
    Path("tables").mkdir()
    Path("tables", "measures.csv").write_text(find_blocks(guide, "csv")[0])
    told = ""
    for line in filter(None, "\n".join(find_blocks(guide, "sh")).splitlines()):
        command, _, target = line.partition(" > ")
        done = CliRunner().invoke(cli, shlex.split(command)[1:], standalone_mode=False)
        # The edition is asked for, as the guide says.
        assert (done.exception, done.return_value) == (None, 1 if " map " in line else 0), line + done.stderr
        if target:
            Path(target).write_bytes(done.stdout_bytes)
        mapping = Path("tables", "mapping.yaml")
        mapping.write_text(re.sub(r"^# edition: v\d", "edition: v2", mapping.read_text(), flags=re.MULTILINE))
        told += done.stdout + done.stderr
    assert "Keep an inventory" in told
    assert Path("open.xlsx").stat().st_size > 1000
    for block in find_blocks(guide, "python"):
        exec(block, {})


def run_command(command: str, stated: list[str], folder: Path) -> None:
    """Run a command of a guide and hold what it prints to what the guide says; a `…` is anything."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)
    code = f"[exit code {done.returncode}]\n" if done.returncode else ""
    compare(done.stderr + done.stdout + code, stated, of=command)


def run_block(block: str, folder: Path) -> int:
    """Run the commands of a block; returns how many there are."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    for part in parts:
        command, *stated = part.rstrip("\n").split("\n")
        run_command(command, stated, folder)
    return len(parts)


def compare(printed: str, stated: list[str], *, of: str) -> None:
    pattern = "".join("(?:.*\n)*?" if line == "…" else re.escape(line + "\n").replace("…", ".*") for line in stated)
    assert re.fullmatch(pattern, printed), f"{of} prints\n{printed}"


@pytest.mark.parametrize("name", ["ask-the-graph.md", "other-tools.md", "packs.md", "ten-questions.md"])
@pytest.mark.filterwarnings("ignore:Dataset.:DeprecationWarning:rdflib")
def test_guide_runs_from_top_to_bottom_and_prints_what_it_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A copy: the commands change it.
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "guides" / name).read_text(encoding="utf-8")
    known: dict[str, object] = {}
    printed, ran = "", Counter[str]()
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        ran[language] += 1
        if language == "console":
            run_block(block, tmp_path)
        elif language == "python":
            with redirect_stdout(io.StringIO()) as out:
                exec(block, known)
            printed = out.getvalue()
        elif language == "text":  # what the Python above prints
            compare(printed, block.rstrip("\n").split("\n"), of="Python")
    assert ran["console"] + ran["text"] > 0
    assert ran["python"] > 0


def test_ten_questions_to_the_real_data_print_what_the_guide_says(first_edition: Path, captures: Path, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    shutil.copytree(first_edition, tmp_path / "mit-v1")
    shutil.copytree(captures, tmp_path / "captures")
    guide = ROOT / "docs" / "guides" / "ask-the-graph.md"
    ran = sum(run_block(block, tmp_path) for block in find_blocks(guide, "session"))
    section = guide.read_text(encoding="utf-8").partition("## Ten questions to the real data")[2].partition("\n## ")[0]
    assert len(re.findall(r"^\*\*\d+\. ", section, re.MULTILINE)) == 10
    assert ran >= 20


def test_ten_questions_show_no_text_of_others(first_edition: Path) -> None:
    shown = "".join(find_blocks(ROOT / "docs" / "guides" / "ask-the-graph.md", "session"))
    with (first_edition / "mitigations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # Every run of eight words of a description would be one.
    texts = {" ".join(words[n : n + 8]) for row in rows for words in [row["Description"].split()] for n in range(len(words) - 7)}
    printed = " ".join(shown.split())
    assert len(texts) > 1000
    assert not [text for text in texts if text in printed]
