"""Written graphs, RDF files and inputs opened as a graph."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.export import EXPORTS
from airm_graph.graph import TripleTable
from airm_graph.graph.store import FORMATS, parse_rows
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.pipeline.building import build
from airm_graph.pipeline.views import SUMS, Graph
from airm_graph.resources import find_resource
from airm_graph.terms import Quad, read_literal

__all__ = ["find_base", "find_export", "load", "read_rdf", "read_sums"]


def load(path: str | Path | None = None) -> Graph:
    """Open a graph: a ``dist`` folder, an RDF file, captures, or the packaged example when nothing
    is given.

    Args:
        path: Folder with ``airm.nq`` or another export, an RDF file, or what `build` takes.

    Raises:
        InputError: There is no such file or folder.
        StoreError: An RDF file is not what its suffix says; the message names file and line.
    """
    if path is None:
        return build([find_resource("examples")])
    found = find_export(Path(path))
    if found is None:
        return build([path])
    quads = read_rdf(found)
    table = TripleTable(threads=1)
    table.load_rows(quads)
    return Graph(table, base=find_base(quads))


def read_rdf(path: Path) -> tuple[Quad, ...]:
    """Read an RDF file into sorted quads.

    Raises:
        InputError: The file cannot be read.
        StoreError: It is not what its suffix says; the message names file and line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error
    return tuple(sorted(set(parse_rows(data, name=str(path), suffix=path.suffix.lower()))))


def read_sums(folder: Path) -> dict[str, str]:
    """Read the sums of a written graph and hold its files against them; file name to SHA-256.

    Raises:
        InputError: A file is missing or is not what was written, or the sums cannot be read.
    """
    sums = folder / SUMS
    try:
        lines = sums.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("this is no folder that airm-graph build wrote", file=str(sums), remedy="give the folder, whole") from error
    found_sums = {}
    for number, line in enumerate(lines, 1):
        found = re.fullmatch(r"([0-9a-f]{64})  ([0-9A-Za-z._-]+)", line)
        if not found or found[2].startswith("."):
            raise InputError("the line is not a digest, two spaces and a file name", file=str(sums), line=number, remedy="build again")
        try:
            digest = hashlib.sha256((folder / found[2]).read_bytes()).hexdigest()
        except OSError as error:
            raise InputError(f"{found[2]} cannot be read", file=str(sums), line=number, remedy="build the release again") from error
        if digest != found[1]:
            raise InputError(f"{found[2]} was changed since", file=str(sums), line=number, remedy="build the release again")
        found_sums[found[2]] = digest
    return found_sums


def find_export(path: Path) -> Path | None:
    """Find the RDF file that a path stands for: an export in a folder, or the file itself; None for
    other inputs.
    """
    if path.is_dir():
        names = [EXPORTS[name].file_name for name in ("nquads", "ntriples", "turtle", "rdfxml", "jsonld")]
        return next((path / name for name in names if (path / name).is_file()), None)
    return path if path.suffix.lower() in FORMATS and path.exists() else None


def find_base(quads: Iterable[Quad]) -> str:
    """Find the base a graph was built with, as its dataset says; the default base where it does
    not.
    """
    space = f"<{PREFIXES['void']}uriSpace>"
    found = sorted({read_literal(o).text for _, p, o, _ in quads if p == space and o.startswith('"http')})
    return found[0] if len(found) == 1 else BASE
