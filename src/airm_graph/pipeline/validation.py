"""Inputs, RDF files and mapping sets judged by shapes and rules."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.graph import TripleTable
from airm_graph.ingest.external import find_match_findings
from airm_graph.ingest.inputs import is_own
from airm_graph.ingest.rdf import format_suffix, has_quads, locate_findings
from airm_graph.model import Finding
from airm_graph.namespaces import PREFIXES, term
from airm_graph.pipeline.building import build_graph
from airm_graph.pipeline.loading import find_base, find_export
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED, MANIFEST, NQUADS, Platform
from airm_graph.pipeline.views import SUMS
from airm_graph.progress import Progress, tell_nobody
from airm_graph.sssom import is_match_table
from airm_graph.validate import DEFAULT_SHAPES, Report, Verdict, judge_shapes

__all__ = ["validate_inputs"]


def validate_inputs(
    inputs: Sequence[str | Path],
    *,
    shapes: Sequence[str] | None = None,
    engine: str = "auto",
    mapping: str | Path | None = None,
    strict: bool = False,
    platform: Platform = EMBEDDED,
    progress: Progress | None = None,
) -> tuple[Report, Mapping[str, str]]:
    """Validate captures and tables, or RDF files, dist folders and folders of RDF files, and
    mapping sets.

    Args:
        inputs: Captures and tables as `build` takes them, or RDF and mapping sets
            (``*.sssom.tsv``); not both at once.
        shapes: As for `build`; when left out, those for ontologies are used, too, where RDF
            declares one.
        engine, mapping, strict, platform, progress: As for `build`.

    Returns:
        The report, and name → path of each file that was read.

    Raises:
        InputError: There is no such file or folder, or captures and RDF are mixed.
        StoreError: An RDF file is not what its suffix says.
    """
    options = BuildOptions(engine=engine, shapes=shapes, mapping=mapping, strict=strict, platform=platform)
    tell = progress or tell_nobody
    found = [(*_find_rdf(Path(path)), *_find_mapping_sets(Path(path))) for path in inputs]
    if not any(found):
        graph = build_graph(inputs, options, tell=tell)
        return graph.report, graph.files
    if not all(found):
        strange = next(str(path) for path, files in zip(inputs, found, strict=True) if not files)
        raise InputError("captures and RDF are given at once", file=strange, remedy="validate them one after the other")
    every = sorted({path for paths in found for path in paths}, key=Path.as_posix)
    sets = [path for path in every if is_match_table(path.name)]
    report = _validate_rdf([path for path in every if path not in sets], options, tell=tell)
    mapped = [finding for path in sets for finding in _judge_mapping_set(path)]
    names = {path.as_posix(): path.as_posix() for path in every}
    return Report((*report.findings, *mapped), tuple(names), report.engines, report.notes), names


def _validate_rdf(paths: Sequence[Path], options: BuildOptions, *, tell: Progress) -> Report:
    if not paths:
        return Report(())
    tell("start", 0, 1)
    with options.platform.open() as session:
        tell("read", 0, 1)
        files = session.load_rdf(paths)
        session.use_threads()
        tell("validate", 0, 1)
        verdict = _judge_files(session.table, options)
        found = locate_findings(verdict.findings, files=files, over=session.over)
    tell("done", 1, 1)
    return Report(tuple(found), tuple(file.name for file in files), verdict.engines, verdict.notes)


def _judge_files(table: TripleTable, options: BuildOptions) -> Verdict:
    """Judge what files state, but for what was inferred."""
    declared = f"<{PREFIXES['void']}uriSpace>", term("owl:Ontology")
    told = ", ".join(map(str, table.find_ids(declared).values())) or "-1"
    head = table.rows(f"SELECT s, p, o, g FROM quads WHERE p IN ({told}) OR o IN ({told})")
    base = find_base(head)
    table.remove_graph(f"<{base}graph/inferred>")
    shapes = options.shapes
    if shapes is None:
        is_ontology = any((p, o) == (term("rdf:type"), term("owl:Ontology")) for _, p, o, _ in head)
        shapes = (*DEFAULT_SHAPES, "ontology") if is_ontology else DEFAULT_SHAPES
    return judge_shapes(table, shapes=shapes, engine=options.engine, base=base)


def _judge_mapping_set(path: Path) -> list[Finding]:
    try:
        return find_match_findings(path, name=path.as_posix())
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error


def _find_rdf(path: Path) -> Sequence[Path]:
    """List the RDF files that a path stands for: the export in a dist folder, a file, or every RDF
    file of a folder without captures.
    """
    # The sums tell a written graph, whose files all say the same, from a folder of files that each
    # say their own.
    if not path.is_dir():
        return (path,) if path.exists() and (format_suffix(path) or has_quads(path)) else ()
    if (path / MANIFEST).is_file():
        path /= NQUADS
    elif (path / SUMS).is_file():
        export = find_export(path)
        return (export,) if export else ()
    return _list_below(path, lambda path: format_suffix(path) not in ("", ".xml")) or _list_below(path, has_quads)


def _find_mapping_sets(path: Path) -> tuple[Path, ...]:
    """List the mapping sets that a path stands for: a file, or those of a folder without captures
    that is no written graph.
    """
    if not path.is_dir():
        return (path,) if is_match_table(path.name) and path.exists() else ()
    return () if (path / SUMS).is_file() else _list_below(path, lambda path: is_match_table(path.name))


def _list_below(folder: Path, wanted: Callable[[Path], bool]) -> tuple[Path, ...]:
    """List the files of a folder that are wanted and not hidden; none where captures or tables lie
    among them.
    """
    paths = [path for path in folder.rglob("*") if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)]
    if any(path.suffix in {".txt", ".csv", ".tsv"} and not is_own(path.name) for path in paths):
        return ()
    return tuple(sorted(path for path in paths if wanted(path)))
