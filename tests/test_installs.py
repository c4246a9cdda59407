"""What README, guides and messages install can be installed as named, on the systems and versions that the package claims."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from airm_graph.extras import tell_install
from airm_graph.version import VERSION
from conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
REPOSITORY = f"git+https://github.com/airm-graph/airm-graph@v{VERSION}"
TEXTS = [
    path
    for folder in ("", "docs", "examples", "deploy", "src", "queries", "shapes", "ontology")
    for path in sorted((ROOT / folder).glob("**/*" if folder else "*"))
    if path.suffix in {".md", ".py", ".yml", ".yaml", ".toml", ".html", ".rq", ".ttl"} and "vendor" not in path.parts
]
#: What the modules are that Windows lacks, and the functions of `os`.
NOT_EVERYWHERE = ["resource", "fcntl", "pwd", "grp", "termios"], ["fork", "forkpty", "getuid", "geteuid", "killpg"]
HIDE = f"""
import os, sys
sys.modules.update(dict.fromkeys({NOT_EVERYWHERE[0]}))
for name in {NOT_EVERYWHERE[1]}:
    delattr(os, name)
from airm_graph.cli import main
main(sys.argv[1:])
"""


def find_installs(text: str) -> list[str]:
    """What every `pip install` of a text installs, without options and comments."""
    lines = re.findall(r"pip install ([^\n`]*)", text.replace("\\\n", " "))
    return [word for line in lines for word in shlex.split(line.rstrip(".,;:)"), comments=True) if not word.startswith("-")]


def test_every_install_names_what_can_be_installed() -> None:
    found = {}
    for path in TEXTS:
        if path.suffix != ".py":  # those of messages are made by `tell_install`
            found |= dict.fromkeys(find_installs(path.read_text(encoding="utf-8")), path.name)
    assert {REPOSITORY, ".[serve]", ".[spark]", ".[tables]"} <= found.keys()
    # Libraries of others that guides name are installed for the tests, and used by them.
    others = {re.split("[<>=;]", one)[0].lower() for one in EXTRAS["dev"]}
    for requirement, name in found.items():
        extra = re.fullmatch(r"\.(?:\[(\w+)\])?", requirement)
        assert extra or requirement in {REPOSITORY, "$ACTION_PATH", *others}, f"{name}: {requirement}"
        assert extra is None or extra[1] is None or extra[1] in EXTRAS, f"{name}: {requirement}"


def test_no_text_installs_the_package_by_a_name_that_an_index_would_have_to_know() -> None:
    for path in [*TEXTS, ROOT / ".pre-commit-hooks.yaml"]:
        if path.name != "pyproject.toml" and path.exists():
            assert not re.search(r"install[^\n]*airm-graph\[|pip install '?airm", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("extra", ["analysis", "plot", "serve", "site", "spark", "tables"])
def test_message_about_an_extra_installs_its_libraries(extra: str) -> None:
    _, names = tell_install(extra).split(" -m pip install ")
    assert tell_install(extra).startswith(sys.executable)
    told = {re.split("[<>=]", word)[0].replace("-", ".") for word in shlex.split(names)}
    assert told == {re.split("[<>=]", one)[0].replace("-", ".") for one in EXTRAS[extra]}


def test_message_about_an_extra_names_what_the_extras_in_it_need() -> None:
    assert '"jinja2<' in tell_install("dev")
    assert "airm" not in tell_install("dev").partition(" -m ")[2]


def test_message_about_an_extra_that_no_metadata_names_still_says_its_name() -> None:
    assert tell_install("nothing") == "install airm-graph with the extra nothing"


def run_hidden(code: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("arguments", "hidden", "extra"),
    [
        (("serve", "--port", "0"), ("jinja2", "uvicorn"), "serve"),
        (("site", "dist", "-o", "site"), ("jinja2",), "site"),
        (("mcp", "dist"), ("mcp",), "mcp"),
        (("plot", "taxonomy", "-o", "a.svg"), ("matplotlib",), "plot"),
        (("similar",), ("sklearn",), "analysis"),
        (("agreement",), ("sklearn",), "analysis"),
        (("check-codes",), ("scipy", "sklearn"), "analysis"),
        (("build", "examples", "-o", "out", "--engine", "spark"), ("pyspark",), "spark"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_command_without_its_libraries_says_how_to_install_them(
    arguments: tuple[str, ...], hidden: tuple[str, ...], extra: str, tmp_path: Path, example_dist: Path
) -> None:
    if extra in {"analysis", "plot", "spark"}:
        pytest.importorskip({"analysis": "sklearn", "plot": "matplotlib", "spark": "sqlglot"}[extra])
    shutil.copytree(example_dist, tmp_path / "dist")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    named = ", ".join(f"{name}=None" for name in hidden)
    code = f"import sys; sys.modules.update({named})\nfrom airm_graph.cli import main; main(sys.argv[1:])"
    done = run_hidden(code, *arguments, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"needs what is not installed: {', '.join(hidden)}; run: {tell_install(extra)}" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "examples", "-o", "dist"),
        ("validate", "examples"),
        ("query", "run", "counts", "--data", "dist"),
        ("search", "training", "--data", "dist"),
        ("export", "dist", "--format", "turtle", "-o", "again.ttl"),
        ("info", "dist"),
        ("watch", "--help"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_command_needs_nothing_that_only_posix_has(arguments: tuple[str, ...], tmp_path: Path, example_dist: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    if arguments[0] != "build":
        shutil.copytree(example_dist, tmp_path / "dist")
    done = run_hidden(HIDE, *arguments, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    if arguments[0] == "build":
        assert (tmp_path / "dist" / "SHA256SUMS").read_bytes() == (example_dist / "SHA256SUMS").read_bytes()


def test_serving_says_at_once_that_it_needs_posix(tmp_path: Path) -> None:
    done = run_hidden(HIDE, "serve", "nowhere", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "serving needs a POSIX system" in done.stderr


def find_pythons() -> dict[str, Path]:
    """Interpreters of the other versions of Python that the package claims, where this machine has them."""
    claimed = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    found = {}
    for version in claimed:
        beside = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
        named = shutil.which(f"python{version}")
        if version != "{}.{}".format(*sys.version_info) and (beside or named):
            found[version] = beside[-1] if beside else Path(str(named))
    return found


@pytest.mark.pythons
@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_other_version_of_python_builds_the_same_bytes_and_serves_them(version: str, tmp_path: Path, example_dist: Path) -> None:
    python = find_pythons().get(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    own = tmp_path / "venv" / "bin" / "python"
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    subprocess.run([own, "-m", "pip", "install", "--quiet", f"{ROOT}[serve]"], check=True, env=environment, capture_output=True)
    command = [own.with_name("airm-graph"), "build", ROOT / "examples", "-o", tmp_path / "dist", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "dist" / "SHA256SUMS").read_bytes() == (example_dist / "SHA256SUMS").read_bytes()
    with subprocess.Popen([command[0], "serve", tmp_path / "dist", "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdout.readline().startswith("serving at http://127.0.0.1:")
        server.terminate()
    assert server.returncode == 0


def test_versions_that_the_package_claims_are_those_that_are_tried() -> None:
    claimed = re.findall(r"Programming Language :: Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert claimed == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == ">=3.11"
