"""Inputs, RDF files and mapping sets judged by shapes and rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.errors import InputError
from airm_graph.graph import TripleTable
from airm_graph.model import Finding
from airm_graph.namespaces import PREFIXES, term
from airm_graph.notice import NOTICE
from airm_graph.pipeline.found import find_files
from airm_graph.pipeline.loading import find_base, read_sums
from airm_graph.pipeline.marks import SUMS, states_notice
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED, Platform
from airm_graph.progress import Progress, tell_nobody
from airm_graph.validate import Ledger, Report, Verdict, judge_shapes

if TYPE_CHECKING:
    from airm_graph.ingest.rdf import RdfFile

__all__ = ["validate_inputs"]

_LICENCES = (
    *(term(f"dcterms:{name}") for name in ("license", "rights")),
    *("<http://creativecommons.org/ns#license>", "<https://schema.org/license>", "<http://schema.org/license>"),
)
#: Statements up to which SQLite takes less time than DuckDB (docs/performance.md), what one takes
#: in a file that is not of lines, and bytes of files that are not looked into.
_FEW_STATEMENTS, _BYTES_EACH, _FEW_BYTES = 50_000, 60, 20_000_000
#: Suffixes of what DuckDB alone reads, or of files whose size says little.
_OF_DUCKDB = (".gz", ".parquet", ".zst")
_RDF, _SETS = attrgetter("rdf"), attrgetter("mapping_sets")


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
        inputs: Captures and tables as `build` takes them, RDF, mapping sets (``*.sssom.tsv``), and
            folders of any of these.
        shapes: As for `build`; when left out, those for ontologies are used, too, where RDF
            declares one.
        engine, mapping, strict, platform, progress: As for `build`.

    Returns:
        The report, and name → path of each file that was read.

    Raises:
        InputError: There is no such file or folder, nothing was read, or no shape selects anything.
        StoreError: An RDF file is not what its suffix says.
    """
    options = BuildOptions(engine=engine, shapes=shapes, mapping=mapping, strict=strict, platform=platform)
    tell = progress or tell_nobody
    found = [find_files(path) for path in inputs]
    rdf, sets = (sorted({path for one in found for path in paths(one)}, key=Path.as_posix) for paths in (_RDF, _SETS))
    others = [path for path, one in zip(inputs, found, strict=True) if one.has_others or not (one.rdf or one.mapping_sets)]
    ledger = Ledger(passed_over=tuple(entry for one in found for entry in one.passed_over))
    report, files = Report((), ledger=ledger, notice=""), dict[str, str]()
    if others:
        from airm_graph.pipeline.building import build_graph  # loads the readers of pages and tables

        graph = build_graph(others, options, tell=tell)
        read = Ledger(tuple((name, None) for name in graph.files))
        report, files = _join(report, replace(graph.report, ledger=graph.report.ledger.join(read))), dict(graph.files)
    releases = [Path(path) for path in inputs if (Path(path) / SUMS).is_file()]
    before = [read_sums(folder) for folder in releases]
    report = _join(report, _validate_rdf(rdf, options, tell=tell))
    if before != [read_sums(folder) for folder in releases]:
        where = ", ".join(map(str, releases))
        raise InputError("another release was written there while it was read", file=where, remedy="validate it again")
    mapped = [finding for path in sets for finding in _judge_mapping_set(path)]
    names = {path.as_posix(): path.as_posix() for path in (*rdf, *sets)}
    tables = tuple((path.as_posix(), None) for path in sets)
    report = _join(report, Report(tuple(mapped), tuple(path.as_posix() for path in sets), ledger=Ledger(tables), notice=""))
    return report, files | names


def _join(one: Report, other: Report) -> Report:
    """Put two reports together."""
    engines = {name: dict(part.engines).get(name, ()) for part in (one, other) for name, _ in part.engines}
    joined = {name: tuple(sorted({*dict(one.engines).get(name, ()), *dict(other.engines).get(name, ())})) for name in engines}
    return Report(
        (*one.findings, *other.findings),
        (*one.files, *other.files),
        tuple(sorted(joined.items())),
        (*one.notes, *other.notes),
        one.ledger.join(other.ledger),
        one.notice or other.notice,
    )


def _validate_rdf(paths: Sequence[Path], options: BuildOptions, *, tell: Progress) -> Report:
    if not paths:
        return Report((), notice="")
    from airm_graph.ingest.rdf import locate_findings  # loads Oxigraph

    tell("start", 0, 1)
    with options.platform.open(few=_are_few(paths)) as session:
        tell("read", 0, 1)
        files = session.load_rdf(paths)
        count = len(session.table)
        if not count:
            raise InputError(
                "no statement was read", file=", ".join(file.name for file in files), remedy="silence is no pass: look at the file"
            )
        session.use_threads()
        tell("validate", 0, 1)
        verdict = _judge_files(session.table, options)
        if verdict.ledger.shapes and len(verdict.ledger.idle) == len(verdict.ledger.shapes):
            raise InputError(
                "no shape selects a node, so nothing was judged",
                file=", ".join(options.shapes or (file.name for file in files)),
                remedy="compare the targets of the shapes with the classes and properties of the data, or give other --shapes",
            )
        found = locate_findings(verdict.findings, files=files, over=session.over)
        notice = NOTICE if _carries_notice(session.table, files) else ""
    tell("done", 1, 1)
    read = tuple((file.name, len(file.quads) if file.quads else count if len(files) == 1 else None) for file in files)
    return Report(
        tuple(found), tuple(file.name for file in files), verdict.engines, verdict.notes, Ledger(read).join(verdict.ledger), notice
    )


def _are_few(paths: Sequence[Path]) -> bool:
    """Whether RDF files are small ones that the small table reads."""
    if any(path.suffix.lower() in _OF_DUCKDB for path in paths):
        return False
    files = [(path, path.stat().st_size) for path in paths if path.is_file()]
    return sum(size for _, size in files) <= _FEW_BYTES and sum(_count_statements(*file) for file in files) <= _FEW_STATEMENTS


def _count_statements(path: Path, size: int) -> int:
    """Count the lines of a file of lines; of others, guess how many statements they hold."""
    from airm_graph.ingest.rdf import is_of_lines  # loads Oxigraph

    if not is_of_lines(path):
        return size // _BYTES_EACH
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(partial(file.read, 1 << 20), b""))


def _carries_notice(table: TripleTable, files: "Sequence[RdfFile]") -> bool:
    """Whether data asks not to be shared: it says so, or a file does not name a licence."""
    if states_notice(table):
        return True
    if len(files) > 1:
        return not all(any(quad[1] in _LICENCES for quad in file.quads) for file in files)
    known = ", ".join(map(str, table.find_ids(_LICENCES).values())) or "-1"
    return not table.execute(f"SELECT 1 FROM quads WHERE p IN ({known}) LIMIT 1")


def _judge_files(table: TripleTable, options: BuildOptions) -> Verdict:
    """Judge what files state, but for what was inferred."""
    declared = f"<{PREFIXES['void']}uriSpace>", term("owl:Ontology")
    told = ", ".join(map(str, table.find_ids(declared).values())) or "-1"
    head = table.rows(f"SELECT s, p, o, g FROM quads WHERE p IN ({told}) OR o IN ({told})")
    base = find_base(head)
    table.remove_graph(f"<{base}graph/inferred>")
    is_ontology = any((p, o) == (term("rdf:type"), term("owl:Ontology")) for _, p, o, _ in head)
    added = ("ontology",) if is_ontology and options.shapes is None else ()
    return judge_shapes(table, shapes=options.shapes, added=added, engine=options.engine, base=base)


def _judge_mapping_set(path: Path) -> list[Finding]:
    from airm_graph.ingest.external import find_match_findings  # loads YAML

    try:
        return find_match_findings(path, name=path.as_posix())
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error
