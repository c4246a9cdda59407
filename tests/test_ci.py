"""The action, the hooks and the recipes of docs/guides/ci.md: well formed, and their commands run."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.resources import files
from pathlib import Path

import jsonschema
import openpyxl
import pytest
import yaml
from click.testing import CliRunner

from airm_graph.cli import EXIT_INTERNAL, EXIT_NO, EXIT_USAGE, cli
from airm_graph.cli.validate_command import FORMAT_NAMES
from airm_graph.version import VERSION

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
GUIDE = (ROOT / "docs" / "guides" / "ci.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
SITE = next(path for path in sys.path if path.endswith("site-packages"))


def schema(name: str) -> dict:
    return json.loads((files("check_jsonschema") / "builtin_schemas" / "vendor" / name).read_text())


def recipe(word: str) -> dict:
    (found,) = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml" and word in text]
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository that keeps captures, one of them with a violation, and RDF and a table with others."""
    folder = tmp_path / "checkout"
    (folder / "captures").mkdir(parents=True)
    page = folder / "captures" / "handbook-staged-release.txt"
    shutil.copy(ROOT / "examples" / "handbook-staged-release.meta.yaml", page.parent)
    page.write_text((ROOT / "examples" / page.name).read_text().replace("2.2.4 Assurance", "2.2.9 Assurance"))
    (folder / "tables").mkdir()
    (folder / "tables" / "m.csv").write_text("Name,Note\nKeep an inventory,x\n,y\n")
    (folder / "tables" / "mapping.yaml").write_text("tables: {mitigations: {columns: {name: Name}, document: {title: A handbook}}}\n")
    (folder / "data.ttl").write_text("<urn:x> a <https://w3id.org/airm-graph/ontology#Mitigation> .\n")
    return folder


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """RUNNER_TEMP with the package installed by the step of the action itself."""
    folder = tmp_path_factory.mktemp("runner")
    done = run_step("Install airm-graph", cwd=folder, runner=folder)
    assert done.returncode == 0, done.stderr
    return folder


def run_step(name: str, *, cwd: Path, runner: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as GitHub does: its script in bash -e, its inputs in place."""
    (step,) = [step for step in ACTION["runs"]["steps"] if step.get("name") == name]
    given = {key: entry.get("default", "") for key, entry in ACTION["inputs"].items()} | inputs
    values = {f"inputs.{key}": value for key, value in given.items()} | {"github.action_path": str(ROOT)}
    variables = {key: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: values[match[1]], text) for key, text in step["env"].items()}
    # The libraries come from this environment and nothing from the network; the package comes from its own wheel.
    offline = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": SITE}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    locations = {"RUNNER_TEMP": str(runner), "GITHUB_STEP_SUMMARY": str(runner / "summary.md"), "GITHUB_OUTPUT": str(runner / "output")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    environment = {"PATH": path, "HOME": str(runner)} | offline | locations | variables
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_action_is_an_action() -> None:
    jsonschema.Draft7Validator(schema("github-actions.json")).validate(ACTION)
    used = set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", json.dumps(ACTION)))
    assert used == ACTION["inputs"].keys()
    # What a user writes is never part of a script.
    assert all("${{" not in step.get("run", "") for step in ACTION["runs"]["steps"])


def test_action_annotates_and_fails(runner: Path, checkout: Path) -> None:
    done = run_step("Validate", cwd=checkout, runner=runner, paths="captures\n", sarif="airm.sarif")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=captures/handbook-staged-release.txt,line=")
    assert json.loads((checkout / "airm.sarif").read_text())["version"] == "2.1.0"
    assert "exit-code=1" in (runner / "output").read_text()
    assert "1 violation" in (runner / "summary.md").read_text()


def test_action_takes_shapes_paths_and_a_baseline_with_odd_names(runner: Path, checkout: Path) -> None:
    odd = checkout / "-a $(touch ran) 'b'.ttl"
    odd.write_text("<urn:x> a <urn:T> .\n")
    (checkout / "own shapes.ttl").write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#>\n<urn:S> a sh:NodeShape ; sh:targetClass <urn:T> ;\n"
        "  sh:property [ sh:path <urn:p> ; sh:minCount 1 ] .\n"
    )
    arguments = {"paths": f"./{odd.name}\ndata.ttl", "shapes": "own shapes.ttl\n", "fail-on": "info"}
    done = run_step("Validate", cwd=checkout, runner=runner, **arguments)
    assert done.returncode == 1, done.stderr
    assert "(touch ran)" in done.stdout
    assert not (checkout / "ran").exists()
    (checkout / "known.json").write_text('{"version": 2, "findings": []}')
    done = run_step("Validate", cwd=checkout, runner=runner, **arguments, baseline="known.json")
    assert done.returncode == 1
    assert "0 accepted" in done.stderr


def test_action_tells_wrong_use(runner: Path, checkout: Path) -> None:
    done = run_step("Validate", cwd=checkout, runner=runner, paths="no-such-folder")
    assert done.returncode == 2
    assert "no-such-folder" in done.stderr


def test_hooks_run_as_pre_commit_runs_them(checkout: Path) -> None:
    used = {hook["id"]: hook for hook in recipe("repos:")["repos"][0]["hooks"]}
    assert used.keys() == {hook["id"] for hook in HOOKS}
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= hook.keys()
        names = [path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if re.search(hook["files"], path.name)]
        assert names
        arguments = used[hook["id"]].get("args", hook.get("args", []))
        done = run_command([*hook["entry"].split(), *arguments, *(names if hook.get("pass_filenames", True) else [])], cwd=checkout)
        assert done.returncode == 1, done.stderr
        assert "violation" in done.stdout


def run_command(command: list[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    assert command[0] == "airm-graph"
    code = "from airm_graph.cli import main; main()"
    return subprocess.run([sys.executable, "-c", code, *command[1:]], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def test_github_recipe_is_a_workflow_that_uses_the_action() -> None:
    workflow = recipe("runs-on")
    jsonschema.Draft7Validator(schema("github-workflows.json")).validate(
        {("on" if key is True else key): value for key, value in workflow.items()}
    )
    (step,) = [step for step in workflow["jobs"]["validate"]["steps"] if step["uses"].startswith("airm-graph/")]
    assert step["with"].keys() <= ACTION["inputs"].keys()
    assert {key for key, entry in ACTION["inputs"].items() if entry["required"]} <= step["with"].keys()


def test_actions_of_others_are_named_by_digest() -> None:
    steps = [*recipe("runs-on")["jobs"]["validate"]["steps"], *ACTION["runs"]["steps"]]
    used = [step["uses"] for step in steps if "uses" in step]
    others = [name for name in used if not name.startswith("airm-graph/")]
    assert len(others) == 3
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in others)


def test_gitlab_recipe_writes_its_reports(checkout: Path) -> None:
    pipeline = recipe("codequality")
    jsonschema.Draft7Validator(schema("gitlab-ci.json")).validate(pipeline)
    install, command = pipeline["airm-graph"]["script"]
    assert install == f"pip install git+https://github.com/airm-graph/airm-graph@v{VERSION}"
    assert run_command(command.split(), cwd=checkout).returncode == 1
    reports = pipeline["airm-graph"]["artifacts"]["reports"]
    assert ET.parse(checkout / reports["junit"]).getroot().get("failures") == "1"
    entries = json.loads((checkout / reports["codequality"]).read_text())
    assert {"description", "check_name", "fingerprint", "severity", "location"} == entries[0].keys()


def test_shell_blocks_of_the_guide_run(checkout: Path) -> None:
    commands = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
    codes = [run_command(command.split(), cwd=checkout).returncode for command in commands]
    assert codes == [0, 0, 1]


def test_guide_names_every_format_and_exit_code() -> None:
    assert tuple(re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)) == FORMAT_NAMES
    assert re.findall(r"^\| (\d) \|", GUIDE, re.MULTILINE) == [str(code) for code in (0, EXIT_NO, EXIT_USAGE, EXIT_INTERNAL)]


def test_own_taxonomies_pass_the_hook() -> None:
    done = run_command(["airm-graph", "validate", "--quiet", "ontology/taxonomy", "ontology/vocabularies"], cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_findings_in_a_workbook_are_put_on_the_file_that_the_checkout_has(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Measures 1"
    for row in (("ID", "Name", "Source"), ("A1", "Keep a list", "A Handbook"), ("A2", "", "A Handbook")):
        book.active.append(row)
    book.save(tmp_path / "measures.xlsx")
    (tmp_path / "mapping.yaml").write_text(
        "tables: {mitigations: {columns: {identifier: ID, name: Name, source: {title: Source}}}}", encoding="utf-8"
    )
    run = CliRunner().invoke(
        cli,
        ["validate", str(tmp_path), "--format", "github", *(f"--write={name}={tmp_path / name}" for name in ("sarif", "gitlab", "csv"))],
    )
    shown = next(line for line in run.stdout.splitlines() if "file=" in line and "measures.xlsx" in line)
    assert re.search(r"[/=]measures\.xlsx,line=3,.*; sheet Measures 1$", shown)
    (result, *_) = json.loads((tmp_path / "sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("measures.xlsx")
    assert json.loads((tmp_path / "gitlab").read_text())[0]["location"]["path"].endswith("measures.xlsx")
    assert "measures.xlsx#Measures 1" in (tmp_path / "csv").read_text()
