"""The W3C test suite of SHACL, as it comes inside pyshacl's source distribution; fetched once, never committed."""

import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from airm_graph.validate.compile import ShapesGraph, path_text
from airm_graph.validate.results import Result
from tools import miss

VERSION = "0.40.1"
_CACHE = Path(__file__).parent / ".cache"
_FOLDER = Path("test", "resources", "sht_tests")
_SH = "http://www.w3.org/ns/shacl#"
_MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
_SHT = "http://www.w3.org/ns/shacl-test#"

Row = tuple[str, str, str, str]
#: Focus node, path, value, component, shape, severity.
Expected = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Case:
    """One test; *expected* is None where a failure must be reported."""

    name: str
    data: tuple[Row, ...]
    shapes: tuple[Row, ...]
    expected: Counter[Expected] | None


def fetch_suite() -> Path | None:
    """Find the suite in the cache or download it; None when it cannot be had."""
    archive = _CACHE / f"pyshacl-{VERSION}.tar.gz"
    folder = _CACHE / f"pyshacl-{VERSION}" / _FOLDER
    if not folder.is_dir():
        _CACHE.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", "pyshacl", "--no-deps", f"pyshacl=={VERSION}"]
        done = subprocess.run([*command, "--dest", str(_CACHE)], capture_output=True, check=False, text=True)
        if done.returncode or not archive.is_file():
            return None
        with tarfile.open(archive) as file:
            file.extractall(_CACHE, filter="data")
    return folder


def require_suite() -> Path:
    """The folder of the suite; without it a test is skipped, or, in CI, fails."""
    folder = fetch_suite()
    if folder is None:
        miss(f"the source distribution of pyshacl {VERSION} cannot be downloaded")
    return folder


def read_cases(part: str) -> list[Case]:
    """The tests below ``core`` or ``sparql``, by name."""
    folder = require_suite()
    return [case for path in sorted((folder / part).rglob("*.ttl")) for case in _read_file(path, folder=folder)]


def expect(results: Iterable[Result]) -> Counter[Expected]:
    """What the suite compares of results."""
    return Counter((r.focus, r.path, r.value, r.component, r.shape, r.severity) for r in results)


def _read_file(path: Path, *, folder: Path) -> Iterator[Case]:
    rows = _parse(path)
    graph = ShapesGraph(rows)
    for node in graph.instances(f"<{_SHT}Validate>"):
        (action,) = graph.values(node, f"<{_MF}action>")
        data, shapes = (_parse(_path(graph.values(action, f"<{_SHT}{name}Graph>")[0])) for name in ("data", "shapes"))
        (result,) = graph.values(node, f"<{_MF}result>")
        expected = None if result == f"<{_SHT}Failure>" else Counter(_read_result(graph, one) for one in graph.values(result, "result"))
        yield Case(str(path.relative_to(folder).with_suffix("").as_posix()), data, shapes, expected)


def _read_result(graph: ShapesGraph, node: str) -> Expected:
    def value(name: str) -> str:
        return next(iter(graph.values(node, name)), "")

    path = value("resultPath")
    return (
        value("focusNode"),
        path_text(graph.path(path)) if path else "",
        value("value"),
        value("sourceConstraintComponent"),
        value("sourceShape"),
        value("resultSeverity") or f"<{_SH}Violation>",
    )


def _path(iri: str) -> Path:
    return Path(iri.removeprefix("<file://").removesuffix(">"))


@cache
def _parse(path: Path) -> tuple[Row, ...]:
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=f"file://{path}")
    return tuple((str(quad.subject), str(quad.predicate), str(quad.object), "") for quad in quads)
