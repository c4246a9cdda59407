"""The package as it is installed: its wheel, its public names, its version."""

import ast
import re
import subprocess
import sys
import tomllib
import venv
from importlib import import_module
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

import airm_graph
from airm_graph.graph.store import parse_rows
from airm_graph.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "airm_graph"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__") for path in PACKAGE.rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_module_exports_sorted_names_that_exist(name: str) -> None:
    module = import_module(name)
    assert list(module.__all__) == sorted(module.__all__, key=_as_ruff_sorts), f"{name}.__all__ is not sorted"
    for public in module.__all__:
        assert hasattr(module, public), f"{name} has no {public}"


def _as_ruff_sorts(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


#: Imports of libraries that are not named: something that is named brings them, or whoever calls has them.
BROUGHT = {
    "backports": "tables",
    "mcp_types": "mcp",
    "compression": "Python 3.14",
    "markupsafe": "jinja2",
    "pandas": "",
    "py4j": "pyspark",
    "pyarrow": "",
}


def test_libraries_that_the_package_imports_are_installed_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *(one for name, some in project["optional-dependencies"].items() if name != "dev" for one in some)]
    named = {re.split(r"[^A-Za-z0-9.-]", one, maxsplit=1)[0].lower() for one in needed}
    distributions = packages_distributions()
    for path in PACKAGE.rglob("*.py"):
        for module in find_imports(path) - sys.stdlib_module_names - BROUGHT.keys() - {"airm_graph"}:
            assert named & {one.lower() for one in distributions[module]}, f"{path.name}: pyproject.toml does not name {module}"


def find_imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_version_is_that_of_the_ontology() -> None:
    rows = parse_rows((ROOT / "ontology" / "airm.ttl").read_bytes(), name="airm.ttl", suffix=".ttl")
    info = [o for _, p, o, _ in rows if p == "<http://www.w3.org/2002/07/owl#versionInfo>"]
    assert info == [f'"{version("airm-graph")}"']
    assert version("airm-graph") == VERSION


def test_importing_the_package_imports_no_heavy_library() -> None:
    heavy = ["rdflib", "pyshacl", "owlrl", "pyld", "duckdb", "networkx", "rich", "pyoxigraph"]
    code = f"import sys, airm_graph.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_public_names_are_listed() -> None:
    assert set(airm_graph.__all__) <= set(dir(airm_graph))
    assert list(airm_graph.__all__) == sorted(airm_graph.__all__)
    with pytest.raises(AttributeError):
        airm_graph.nothing  # noqa: B018


def test_wheel_runs_the_main_job_elsewhere(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    # The libraries come from this environment; the package itself must come from the wheel.
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    (site,) = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    (site / "zz-libraries.pth").write_text(libraries + "\n")
    command = [tmp_path / "venv" / "bin" / "airm-graph", "build", site / "airm_graph" / "_data" / "examples", "-o", tmp_path / "dist"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    where = subprocess.run(
        [python, "-c", "import airm_graph; print(airm_graph.__file__)"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert str(site) in where.stdout
    assert (tmp_path / "dist" / "airm.ttl").stat().st_size > 10_000
