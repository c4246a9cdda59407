"""Written graphs, RDF files and inputs opened as a graph."""

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, cast

from airm_graph.errors import InputError
from airm_graph.export import EXPORTS
from airm_graph.graph.rdf_format import find_format, unpack
from airm_graph.graph.term_spelling import canonical
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.pipeline.marks import REPORT, SUMS
from airm_graph.regular_files import open_regular
from airm_graph.resources import find_resource
from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    from airm_graph.pipeline.views import Graph
    from airm_graph.validate import Report

__all__ = ["find_base", "find_export", "is_release", "load", "load_mitigations", "read_quads", "read_rdf", "read_report", "read_sums"]

#: What says all of a written graph to a store: quads, and triples for their union.
_WHOLE = (EXPORTS["nquads"].file_name, EXPORTS["ntriples"].file_name)


def load(path: str | Path | None = None) -> "Graph":
    """Open a graph: a ``dist`` folder, an RDF file, captures, or the packaged example when nothing
    is given.

    Args:
        path: Folder with ``airm.nq`` or another export, an RDF file, or what `build` takes.

    Raises:
        InputError: There is no such file or folder, or a written graph is not what its sums say.
        StoreError: An RDF file is not what its suffix says; the message names file and line.
    """
    from airm_graph.pipeline.views import Graph  # what asks for no graph needs nothing that shows one

    if path is None:
        return _build(find_resource("examples"))
    given = Path(path)
    sums = read_sums(given) if is_release(given) else {}
    found = find_export(given)
    if found is None:
        graph = _build(path)
        if graph.is_empty:
            said = next(iter(graph.report.findings), None)
            why, todo = (f": {said.message}", f", or {said.remedy}") if said else ("", "")
            message = f"this is no graph, and no mitigation could be read{why}"
            raise InputError(message, file=str(path), remedy=f"give a dist folder or RDF{todo}")
        return graph
    beside = found.parent / REPORT
    has_report = (found.parent / SUMS).is_file() and beside.is_file()
    report = partial(_parse_report, _read(beside, sha256=sums.get(REPORT, "")), file=str(beside)) if has_report else None
    if all(name in sums for name in _WHOLE):
        graph = _open_release(*(_read_checked(given / name, sums[name]) for name in _WHOLE), file=found, report=report)
        # What cached_property keeps: a graph has the digest of its triples as they are written.
        graph.__dict__["digest"] = sums[EXPORTS["ntriples"].file_name]
        return graph
    quads = _spell(read_rdf(found, sha256=sums.get(found.name, "") if found != given else ""))
    if not quads:
        raise InputError("the file states nothing", file=str(found), remedy="check that it is the one you mean")
    return Graph(quads=quads, base=find_base(quads), report=report)


def load_mitigations(path: str | Path | None = None) -> "Graph":
    """Open a graph as `load` does, to be asked about mitigations: RDF that states nothing of this
    project has no answer, and "0 mitigations" would be a false one.

    Raises:
        InputError: As `load`; or no statement is about a thing, or by a term, of this project.
        StoreError: As `load`.
    """
    graph = load(path)
    if graph.is_of_project():
        return graph
    foreign = next((s for s, _, o, _ in graph.quads if o.endswith("/ontology#Mitigation>")), "")
    why = f"its mitigations, such as {foreign}, have another base" if foreign else "it names no mitigation, source or code"
    remedy = "give a dist folder; airm-graph query run FILE.rq, export and validate take any RDF"
    raise InputError(f"this RDF is not of this project, whose IRIs begin {graph.base}: {why}", file=str(path), remedy=remedy)


def _open_release(quads: bytes, triples: bytes, *, file: Path, report: "Callable[[], Report] | None") -> "Graph":
    """Open what a build wrote: as it is for a store, parsed where quads are asked for."""
    if not quads:
        raise InputError("the file states nothing", file=str(file), remedy="build again")
    spaces = sorted(set(re.findall(rb'<%suriSpace> "(http[^"]*)"' % PREFIXES["void"].encode(), quads)))
    base = spaces[0].decode() if len(spaces) == 1 else BASE
    from airm_graph.graph.store import Store, parse_rows
    from airm_graph.pipeline.views import Graph

    graph = Graph(quads=lambda: _spell(parse_rows(quads, name=str(file), suffix=".nq")), base=base, report=report)
    graph.fill_store = partial(Store.add_exports, quads=quads, triples=triples)
    return graph


def read_quads(path: Path) -> tuple[Quad, ...]:
    """Read an RDF file into sorted quads of terms in their one spelling.

    Raises:
        InputError, StoreError: As `read_rdf`.
    """
    return _spell(read_rdf(path))


def _spell(quads: Iterable[Quad]) -> tuple[Quad, ...]:
    """Sort quads of terms in their one spelling, of which that of the parser differs in escapes."""
    return tuple(sorted({(s, p, canonical(o) if "\\" in o else o, g) for s, p, o, g in quads}))


def _build(path: str | Path) -> "Graph":
    from airm_graph.pipeline.building import build  # most of the package, which RDF does not need

    return build([path])


def is_release(folder: Path) -> bool:
    """Whether a path is a written graph, whose sums say what its files are."""
    if folder.is_dir():
        from airm_graph.export.switch import settle_folder

        settle_folder(folder)
    return (folder / SUMS).is_file()


def read_rdf(path: Path, *, sha256: str = "") -> tuple[Quad, ...]:
    """Read an RDF file into sorted quads.

    Args:
        path: The file.
        sha256: What its digest has to be; any when left out.

    Raises:
        InputError: The file cannot be read, or has another digest.
        StoreError: It is not what its suffix says; the message names file and line.
    """
    from airm_graph.graph.store import parse_rows  # loads Oxigraph

    text = _read_checked(path, sha256)
    return tuple(sorted(set(parse_rows(text, name=str(path), suffix=find_format(path), base_iri=path.absolute().as_uri()))))


def _read_checked(path: Path, sha256: str = "") -> bytes:
    """Read a file, unpacked, that has to have a digest, where one is given."""
    try:
        return unpack(_read(path, sha256=sha256))
    except (OSError, EOFError) as error:
        raise InputError(f"the file cannot be read: {getattr(error, 'strerror', None) or error}", file=str(path)) from error


def _read(path: Path, *, sha256: str) -> bytes:
    """Read a file, which has a certain digest unless that is left out."""
    with open_regular(path) as file:
        data = file.read()
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise InputError("the file was changed while it was read", file=str(path), remedy="ask again")
    return data


def read_report(path: Path, *, sha256: str = "") -> "Report":
    """Read the findings that a build wrote.

    Args:
        path: The file.
        sha256: What its digest has to be; any when left out.

    Raises:
        InputError: The file is not what a build writes, or has another digest.
    """
    return _parse_report(_read(path, sha256=sha256), file=str(path))


def _parse_report(data: bytes, *, file: str) -> "Report":
    from airm_graph.validate import Report

    try:
        return Report.from_json(data.decode())
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("the report cannot be read", file=file, remedy="build again") from error


def read_sums(folder: Path) -> dict[str, str]:
    """Read the sums of a written graph and hold its files against them; file name to SHA-256.

    Where another process puts a new release in its place meanwhile, it is the new one.

    Raises:
        InputError: A file is missing or is not what was written, or the sums cannot be read.
        ExportError: A build died while it put files in their places, and they cannot be put there.
    """
    from airm_graph.export.switch import settle_folder

    sums, before = folder / SUMS, b""
    while True:
        settle_folder(folder)
        try:
            data = sums.read_bytes()
            lines = data.decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError("this is no folder that airm-graph build wrote", file=str(sums), remedy="give the folder, whole") from error
        try:
            return dict(_check_sum(folder, line, number) for number, line in enumerate(lines, 1))
        except InputError:
            # Sums and files of two releases: looked at once more, they are of one, unless somebody
            # else has changed them.
            if data == before:
                raise
            before = data


def _check_sum(folder: Path, line: str, number: int) -> tuple[str, str]:
    sums = str(folder / SUMS)
    found = re.fullmatch(r"([0-9a-f]{64})  ((?:[0-9A-Za-z_-]+/)?[0-9A-Za-z_-][0-9A-Za-z._-]*)", line)
    if not found:
        raise InputError("the line is not a digest, two spaces and a file name", file=sums, line=number, remedy="build again")
    try:
        with open_regular(folder / found[2]) as file:
            digest = hashlib.file_digest(cast("BufferedReader", file), "sha256").hexdigest()
    except (OSError, InputError) as error:
        raise InputError(f"{found[2]} cannot be read", file=sums, line=number, remedy="build the release again") from error
    if digest != found[1]:
        raise InputError(f"{found[2]} was changed since", file=sums, line=number, remedy="build the release again")
    return found[2], digest


def find_export(path: Path) -> Path | None:
    """Find the RDF file that a path stands for: an export in a folder, or the file itself; None for
    other inputs.

    Of a written graph, only what its sums name counts: other exports are of an earlier one.
    """
    if path.is_dir():
        listed = (path / SUMS).read_text(encoding="utf-8") if (path / SUMS).is_file() else None
        names = [EXPORTS[name].file_name for name in ("nquads", "ntriples", "turtle", "rdfxml", "jsonld")]
        return next((path / name for name in names if (path / name).is_file() and (listed is None or f"  {name}\n" in listed)), None)
    return path if path.exists() and find_format(path) else None


def find_base(quads: Iterable[Quad]) -> str:
    """Find the base a graph was built with, as its dataset says; the default base where it does
    not.
    """
    space = f"<{PREFIXES['void']}uriSpace>"
    found = sorted({read_literal(o).text for _, p, o, _ in quads if p == space and o.startswith('"http')})
    return found[0] if len(found) == 1 else BASE
