"""Data runs one way: a module imports only from what lies before it, and heavy libraries are imported where they are used."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "airm_graph"

# Packages and modules in the order of the way that data takes: each may import itself and what stands before it.
ORDER = [
    "lazy",
    "frozen",
    "version",
    "notice",
    "progress",
    "errors",
    "extras",
    "namespaces",
    "regular_files",
    "resources",
    "key_cache",
    "model",
    "terms",
    "prepared",
    "cache",
    "sssom",
    "rules",
    "matching",
    "ids_lock",
    "text",
    "graph",
    "remote",
    "ontology_rows",
    "taxonomy",
    "ingest",
    "merge",
    "triples",
    "reason",
    "validate",
    "query",
    "search",
    "export",
    "migrate",
    "analysis",
    "pipeline",
    "spark",
    "push",
    "serve",
    "site",
    "assistant",
    "cli",
    "__main__",
]
# Packages that must not import what stands before them, either.
UNRELATED = {
    ("merge", "ingest"),
    ("triples", "merge"),
    ("reason", "ingest"),
    ("reason", "merge"),
    ("reason", "triples"),
    ("validate", "ingest"),
    ("validate", "merge"),
    ("validate", "triples"),
    ("validate", "reason"),
    ("query", "ingest"),
    ("query", "merge"),
    ("query", "reason"),
    ("query", "validate"),
    ("export", "ingest"),
    ("export", "merge"),
    ("export", "reason"),
    ("export", "validate"),
    ("export", "query"),
    ("analysis", "ingest"),
    ("analysis", "merge"),
    ("search", "ingest"),
    ("search", "merge"),
    ("search", "reason"),
    ("search", "validate"),
    ("serve", "ingest"),
    ("serve", "merge"),
    ("serve", "reason"),
    ("push", "spark"),
    ("serve", "spark"),
    ("site", "spark"),
    ("cli", "ingest"),
    ("cli", "merge"),
    ("cli", "reason"),
}
OWNERS = {
    "pyoxigraph": {"graph"},
    "duckdb": {"graph"},
    "starlette": {"serve", "site", "assistant"},
    "uvicorn": {"serve"},
    "mcp": {"assistant"},
}
OWNERS |= {name: {"spark"} for name in ("pyspark", "py4j", "sqlglot")}
LAZY = {
    "rdflib",
    "mcp",
    "mcp_types",
    "jsonschema",
    "pyshacl",
    "owlrl",
    "pyld",
    "networkx",
    "rich",
    "anyascii",
    "jinja2",
    "pyarrow",
    "pyspark",
    "py4j",
    "sqlglot",
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST, *, top_only: bool = False) -> set[str]:
    nodes = tree.body if top_only else ast.walk(tree)
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_only_what_lies_before_it(path: Path) -> None:
    package = package_of(path)
    if package == "__init__":
        return
    assert package in ORDER, f"{package} is not in the order of packages"
    for name in imports_of(ast.parse(path.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] != "airm_graph" or len(parts) == 1:
            continue
        other = parts[1]
        assert ORDER.index(other) <= ORDER.index(package), f"{package} imports {other}, which lies behind it"
        assert (package, other) not in UNRELATED, f"{package} must not import {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_keeps_libraries_to_their_owner(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in imports_of(tree):
        owners = OWNERS.get(name.split(".")[0])
        assert owners is None or package_of(path) in owners, f"{name} belongs to {owners}"
    eager = {name.split(".")[0] for name in imports_of(tree, top_only=True)} & LAZY
    assert not eager, f"{eager} must be imported in the function that needs it"


def test_order_names_every_package() -> None:
    assert set(ORDER) == {package_of(path) for path in MODULES} - {"__init__"}


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through what runs: imports for types alone are none."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not _is_for_types(child):
            yield from _walk(child)


@pytest.mark.parametrize(("folder", "package"), [("src/airm_graph", "airm_graph"), ("benchmarks", ""), ("tests", "")])
def test_modules_import_each_other_in_one_order_without_circles(folder: str, package: str) -> None:
    paths = {}
    for path in (ROOT / folder).rglob("*.py"):
        parts = path.relative_to(ROOT / folder).with_suffix("").parts
        paths[".".join((*filter(None, [package]), *(part for part in parts if part != "__init__")))] = path
    graph = {}
    for module, path in paths.items():
        found = set()
        for node in _walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                # A name of a package is a module of its own, or stands in the package itself.
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= (names & paths.keys()) | ({node.module} if names - paths.keys() else set())
        graph[module] = (found & paths.keys()) - {module}
    order = list(TopologicalSorter(graph).static_order())
    assert set(order) == paths.keys()
