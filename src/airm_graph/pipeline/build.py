"""The conductor: reader, merge, triples, closure, shapes in a row. The only module that knows their order."""

import datetime
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING

from airm_graph.cache import Cache
from airm_graph.errors import AirmError, InputError
from airm_graph.export import EXPORTS
from airm_graph.graph.store import FORMATS, Row, parse_rows, stream_rows
from airm_graph.ingest import Proposal, Reader, Readings, read_captures, read_pages
from airm_graph.ingest import propose_mapping as propose_from_paths
from airm_graph.ingest.decisions import DecisionReadings, read_decisions
from airm_graph.ingest.external import find_match_findings
from airm_graph.ingest.fix import find_mends
from airm_graph.ingest.formats import UnreadableError
from airm_graph.ingest.inputs import Input, find_inputs, is_own
from airm_graph.ingest.rdf import locate_findings, locate_in_lines, read_rdf_files
from airm_graph.ingest.tables import load_mapping
from airm_graph.merge import join_records, merge_pages
from airm_graph.model import Finding, Item, Page, Records, Severity
from airm_graph.namespaces import BASE, PREFIXES, iri, term
from airm_graph.pipeline.views import SUMS, Graph
from airm_graph.progress import Progress, tell_nobody
from airm_graph.reason import Closure, close, close_table
from airm_graph.resources import find_resource, read_resource
from airm_graph.rules import make_finding
from airm_graph.sssom import is_match_table
from airm_graph.taxonomy import load_taxonomy
from airm_graph.terms import read_literal
from airm_graph.triples import NOTICE, dataset_rows, record_rows
from airm_graph.validate import DEFAULT_SHAPES, Report, Verdict, judge_shapes, leave_out_repeated, locate_values
from airm_graph.version import VERSION

if TYPE_CHECKING:
    from airm_graph.bulk import BulkReadings, Copy, Held, Sheet
    from airm_graph.graph import TripleTable
    from airm_graph.spark import SparkSettings

__all__ = [
    "Proposal",
    "build",
    "describe",
    "describe_pages",
    "find_base",
    "find_mends",
    "load",
    "open_reader",
    "propose_mapping",
    "read_rdf",
    "validate_inputs",
]

_TAXONOMIES = ("taxonomy/v1", "taxonomy/v2", "vocabularies/actor", "vocabularies/function", "vocabularies/lifecycle")
_EDITIONS = ("v1", "v2")
#: Bytes that make a table large: some 20,000 rows. Below it, row by row is as fast.
LARGE_TABLE = 5_000_000
#: What DuckDB may take of the memory for large tables; beyond it, it works on disk.
MEMORY = "4500MB"
#: Statements below which a second thread costs DuckDB more than it brings.
_FEW_ROWS = 60_000
#: Bytes of N-Triples and N-Quads from which on files are not held as rows.
_LARGE = 20 << 20


def build(
    inputs: Sequence[str | Path],
    *,
    base: str = BASE,
    engine: str = "auto",
    shapes: Sequence[str] | None = None,
    mapping: str | Path | None = None,
    decisions: Sequence[str | Path] = (),
    strict: bool = False,
    progress: Progress | None = None,
    reader: Reader | None = None,
    spark: "SparkSettings | None" = None,
) -> Graph:
    """Build a graph from captured pages and tables.

    Args:
        inputs: Folders, files, or ``-`` for standard input.
        base: What every IRI begins with; the default is the project's own.
        engine: ``fast`` closes and judges on the columnar table, ``reference`` by owlrl and pyshacl, ``auto`` by the table where it can,
            ``spark`` on Apache Spark.
        shapes: Shapes files to judge by; the project's own when left out.
        mapping: File that says what the columns of the tables are; when left out, the mappings of the project are tried.
        decisions: Tables of what people decided of joins and codes; what they say goes before the rules.
        strict: Stop at rows of tables that cannot be used: the graph is empty then, and each such row a violation.
        progress: Called with (step, number done, number in all).
        reader: What reads the pages; one that is used again remembers those that have not changed (see :func:`open_reader`).
        spark: Where Spark runs, for the engine ``spark``; by itself it runs on this machine.

    Returns:
        The graph, closed and validated; look at ``graph.report`` for what is wrong with the input. It is empty when no mitigation was read.

    Raises:
        InputError: An input does not exist or cannot be read. A file that is no page is a finding instead.
    """
    tell = progress or tell_nobody
    if engine == "spark":
        if decisions:
            raise InputError("decisions are not followed by the engine spark", file=str(decisions[0]), remedy="use another engine")
        return _build_on_spark(inputs, base=base, shapes=shapes, mapping=mapping, strict=strict, tell=tell, reader=reader, settings=spark)
    if engine != "reference" and not decisions:
        large = _build_large(inputs, base=base, engine=engine, shapes=shapes, mapping=mapping, strict=strict, tell=tell, reader=reader)
        if large is not None:
            return large
    decided = read_decisions(decisions, base=base)
    readings = read_captures(inputs, mapping=mapping, progress=lambda done, every: tell("read", done, every), reader=reader)
    readings = _add_decisions(readings, decided)
    if strict and readings.rejected:
        readings = _stop_at_rejected(readings)
    tell("merge", 0, 1)
    records = join_records(merge_pages(readings.pages, decisions=decided.decisions), readings.restored)
    if not records.mitigations:
        return Graph((), (), (), _report(readings, records), records, base, readings.files, readings.rejected, readings.counts)
    return finish_graph(readings, records, base=base, engine=engine, shapes=shapes, tell=tell)


def finish_graph(
    readings: Readings,
    records: Records,
    *,
    base: str = BASE,
    engine: str = "auto",
    shapes: Sequence[str] | None = None,
    tell: Progress = tell_nobody,
) -> Graph:
    """Make the graph of records that are merged: statements, closure, verdict and report.

    Args:
        readings: What the records were merged from.
        records: May be without a mitigation.
        base, engine, shapes: As for :func:`build`.
        tell: Called with (step, number done, number in all).
    """
    rows, ontology = _state(records, base)
    verdict, closure = _judge_and_close(rows, ontology=ontology, shapes=shapes, engine=engine, tell=tell)
    report = _report(readings, records, closure, verdict)
    tell("done", 1, 1)
    asserted, added, axioms = (_rebase(part, base) for part in (rows, closure.rows, ontology))
    return Graph(asserted, added, axioms, report, records, base, readings.files, readings.rejected, readings.counts)


@contextmanager
def open_reader(cache: str | Path | None = None) -> Iterator[Reader]:
    """Make a reader of pages that remembers what it read, with a folder that keeps it for other processes.

    Args:
        cache: The folder; nothing is kept when it is left out.

    Raises:
        InputError: The folder cannot be used.
    """
    if cache is None:
        yield Reader()
        return
    with Cache(Path(cache)) as kept:
        yield Reader(kept)


def _state(records: Records, base: str) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """What is stated, sorted, and the ontology."""
    rows = tuple(sorted({*_data_rows(records), *_taxonomy_rows(), *_describe(count_records(records), base)}))
    return rows, _read_rows("ontology/airm.ttl", iri("graph/ontology"))


def _build_large(
    inputs: Sequence[str | Path],
    *,
    base: str,
    engine: str,
    shapes: Sequence[str] | None,
    mapping: str | Path | None,
    strict: bool,
    tell: Progress,
    reader: Reader | None,
) -> Graph | None:
    """Build by set operations where a table is large; None where none is, or where it gives no mitigation."""
    entries = find_inputs(inputs)
    if not any(entry.is_table and entry.path and entry.path.stat().st_size >= LARGE_TABLE for entry in entries):
        return None
    from airm_graph.bulk import LargeGraph, code_quads, list_repeated
    from airm_graph.graph import TripleTable

    workspace = TemporaryDirectory(prefix="airm-graph-", ignore_cleanup_errors=True)
    place = Path(workspace.name)
    with ExitStack() as opened:
        opened.callback(workspace.cleanup)
        table = opened.enter_context(TripleTable(place / "rows.duckdb", memory_limit=MEMORY, temp_directory=place))
        try:
            given = _read_large(entries, table=table, place=place, mapping=mapping, at_least=LARGE_TABLE, tell=tell, reader=reader)
        except UnreadableError:
            return None
        if not given.found.plain:
            return None
        if strict and given.readings.rejected:
            return _stop(given.readings, base)

        def state(sheets: "Sequence[Sheet]") -> None:
            table.load_coded(code_quads(sheets), repeated=list_repeated(sheets))

        held = _judge_large(given, table=table, base=base, engine=engine, shapes=shapes, tell=tell, state=state)
        opened.pop_all()
        return LargeGraph(table, workspace=workspace, **held)


def _build_on_spark(
    inputs: Sequence[str | Path],
    *,
    base: str,
    shapes: Sequence[str] | None,
    mapping: str | Path | None,
    strict: bool,
    tell: Progress,
    reader: Reader | None,
    settings: "SparkSettings | None",
) -> Graph:
    """Build on Spark, whatever the size."""
    from airm_graph.bulk import plain_quads
    from airm_graph.spark import SparkSettings, open_session
    from airm_graph.spark.graph import SparkGraph
    from airm_graph.spark.intake import load_piles, scan_tables
    from airm_graph.spark.table import SparkTable

    entries, settings = find_inputs(inputs), settings or SparkSettings()
    with ExitStack() as opened:
        tell("start", 0, 1)
        session = opened.enter_context(open_session(settings))
        place = Path(opened.enter_context(TemporaryDirectory(prefix="airm-graph-", dir=settings.work, ignore_cleanup_errors=True)))
        table = opened.enter_context(SparkTable(session, folder=place))
        copy = scan_tables([entry for entry in entries if entry.is_table], session=session, folder=place)
        read = partial(_read_large, entries, table=table, place=place, mapping=mapping, tell=tell, reader=reader)
        try:
            given = read(at_least=1, copy=copy, load=partial(load_piles, table=table))
        except UnreadableError:
            # The reader of small tables says so, of all of them.
            given = read(at_least=sys.maxsize)
        readings, records = given.readings, given.found.records
        if not (given.found.plain or records.mitigations):
            return Graph((), (), (), _report(readings, records), records, base, readings.files, readings.rejected, readings.counts)
        if strict and readings.rejected:
            return _stop(readings, base)

        def state(sheets: "Sequence[Sheet]") -> None:
            table.load_select(*plain_quads(sheets))

        held = _judge_large(given, table=table, base=base, engine="auto", shapes=shapes, tell=tell, state=state)
        return SparkGraph(table, opened=opened.pop_all(), parts=settings.parts, **held)


@dataclass(frozen=True, slots=True)
class _Given:
    """What was read for a table on disk: as small tables and pages give it, and what large tables hold."""

    readings: Readings
    found: "BulkReadings"


def _read_large(
    entries: Sequence[Input],
    *,
    table: "TripleTable",
    place: Path,
    mapping: str | Path | None,
    at_least: int,
    tell: Progress = tell_nobody,
    reader: Reader | None = None,
    copy: "Copy | None" = None,
    load: "Callable[[Sequence[Sheet]], Sequence[Sheet]] | None" = None,
) -> _Given:
    """Read pages and tables, large ones into *table*.

    Raises:
        UnreadableError: A large one is no table after all.
    """
    from airm_graph.bulk import find_folders, read_tables

    pages = read_pages(
        [entry for entry in entries if not entry.is_table], progress=lambda done, every: tell("read", done, every), reader=reader
    )
    given = load_mapping(mapping) if mapping is not None else None
    tell("read", 0, 1)
    tables = [entry for entry in entries if entry.is_table]
    folders = find_folders(tables, mapping=given, workspace=place, at_least=at_least, copy=copy)
    found = read_tables(folders, table=table, pages=pages.pages, load=load)
    tell("merge", 0, 1)
    files = dict(sorted({**pages.files, **{name: shown for folder in folders for name, shown in folder.files.items()}}.items()))
    findings = (*pages.findings, *found.tables.findings)
    return _Given(Readings(pages.pages, findings, files, found.tables.rejected, found.tables.counts), found)


def _judge_large(
    given: _Given,
    *,
    table: "TripleTable",
    base: str,
    engine: str,
    shapes: Sequence[str] | None,
    tell: Progress,
    state: "Callable[[Sequence[Sheet]], None]",
) -> "Held":
    """State in the table what was read, judge it and close it; *state* takes the statements of plain rows in."""
    from airm_graph.bulk import Held, find_lines, list_agents, name_columns

    found, readings = given.found, given.readings
    counts = count_records(found.records)
    counts["Mitigation"] += found.plain
    counts["Classification"] += found.classified
    table.load_rows({*_data_rows(found.records), *list_agents(found.sheets, table=table), *_taxonomy_rows(), *_describe(counts, base)})
    if found.sheets:
        state(found.sheets)
    tell("validate", 0, 1)
    verdict = judge_shapes(table, shapes=shapes, engine=engine)
    verdict = replace(verdict, findings=tuple(name_columns(verdict.findings, sheets=found.sheets, table=table)))
    tell("close", 0, 1)
    inference = close_table(table, ontology=_read_rows("ontology/airm.ttl", iri("graph/ontology")))
    notes = (*(f"not applied: {axiom}" for axiom in inference.left_over), *inference.contradictions)
    closure = Closure((), "fast", notes, inference.contradictions)
    rows_of = ((finding.place.file, finding.place.row) for finding in verdict.findings if finding.place and finding.place.row)
    lines = find_lines(((file, row) for file, row in rows_of if row), sheets=found.sheets, table=table)
    report = _report(readings, found.records, closure, verdict, lines=lines)
    tell("done", 1, 1)
    return Held(report=report, records=found.records, base=base, files=readings.files, quarantine=readings.rejected, tables=readings.counts)


def _stop(readings: Readings, base: str) -> Graph:
    """The empty graph of ``--strict``."""
    report = _report(_stop_at_rejected(readings), Records())
    return Graph((), report=report, base=base, files=readings.files, quarantine=readings.rejected, tables=readings.counts)


def _add_decisions(readings: Readings, decided: DecisionReadings) -> Readings:
    """What is wrong with decisions is reported with the rest; their tables are files of the build."""
    if not decided.files:
        return readings
    return replace(readings, findings=(*readings.findings, *decided.findings), files={**readings.files, **decided.files})


def _stop_at_rejected(readings: Readings) -> Readings:
    """No page goes on, and what set a row aside is a violation."""
    aside = {(entry.place.file, entry.place.row) for entry in readings.rejected}
    rules = {entry.rule for entry in readings.rejected}
    findings = tuple(
        replace(finding, severity=Severity.VIOLATION)
        if finding.place and (finding.place.file, finding.place.row) in aside and finding.rule in rules
        else finding
        for finding in readings.findings
    )
    return replace(readings, pages=(), restored=(), findings=findings)


def _judge_and_close(
    rows: tuple[Row, ...], *, ontology: tuple[Row, ...], shapes: Sequence[str] | None, engine: str, tell: Progress
) -> tuple[Verdict, Closure]:
    """Judge rows, then close them; both on one table, which holds nothing but the rows while they are judged."""
    from airm_graph.graph import TripleTable

    with TripleTable(threads=1 if len(rows) < _FEW_ROWS else None) as table:
        table.load_rows(rows)
        tell("validate", 0, 1)
        verdict = judge_shapes(table, shapes=shapes, engine=engine)
        tell("close", 0, 1)
        return verdict, close(rows, ontology=ontology, engine=engine, table=table)


def _data_rows(records: Records) -> Iterable[Row]:
    codes = {(edition, code.notation): code.label or "" for edition in _EDITIONS for code in load_taxonomy(edition).codes.values()}
    return record_rows(records, labels=codes)


def _taxonomy_rows() -> Iterable[Row]:
    for name in _TAXONOMIES:
        yield from _read_rows(f"ontology/{name}.ttl", iri("graph/taxonomy"))


def _read_rows(name: str, graph: str) -> tuple[Row, ...]:
    return tuple(sorted((*row[:3], graph) for row in parse_rows(read_resource(name).encode(), name=name, suffix=".ttl")))


def count_records(records: Records) -> dict[str, int]:
    """Count what the description of a dataset counts."""
    return {
        "Capture": len(records.captures),
        "Source": len(records.sources),
        "Mitigation": len(records.mitigations),
        "Classification": sum(len(mitigation.classifications) for mitigation in records.mitigations),
        "Repair": len(records.repairs),
    }


def _describe(counts: Mapping[str, int], base: str) -> Iterable[Row]:
    files = [(entry.file_name, entry.media_type) for entry in EXPORTS.values()]
    return dataset_rows(version=VERSION, files=files, counts=counts, issued=find_issued(), base=base)


def find_issued() -> str | None:
    """The date given by SOURCE_DATE_EPOCH, or None: outputs hold no clock of their own."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not epoch:
        return None
    try:
        return datetime.datetime.fromtimestamp(int(epoch), tz=datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise AirmError(f"SOURCE_DATE_EPOCH is {epoch!r}; it must be a number of seconds") from error


def _report(
    readings: Readings,
    records: Records,
    closure: Closure | None = None,
    verdict: Verdict | None = None,
    lines: Mapping[tuple[str, int], tuple[int, int]] = MappingProxyType({}),
) -> Report:
    said = (*readings.findings, *records.findings)
    if closure is None or verdict is None:
        return Report(said, tuple(readings.files))
    contradictions = (make_finding("INF-01", text, None) for text in closure.contradictions)
    known = {**_find_lines(records), **lines}
    found = [_place_row(finding, known) for finding in locate_values(verdict.findings, records=records)]
    judged = leave_out_repeated(found, said=said, locations=verdict.locations)
    return Report((*said, *contradictions, *judged), tuple(readings.files), verdict.engines, (*closure.notes, *verdict.notes))


def _find_lines(records: Records) -> dict[tuple[str, int], tuple[int, int]]:
    """The lines that a row of a table takes in its file, by file and row: the graph knows the row only."""
    files = {capture.sha256: capture.file_names[0] for capture in records.captures}
    held = [*(source.evidence for source in records.sources), *(mitigation.evidence for mitigation in records.mitigations)]
    places = [place for evidence in held for place in evidence]
    return {
        (files[place.capture], place.row): (place.first_line, place.last_line)
        for place in places
        if place.row is not None and place.first_line
    }


def _place_row(finding: Finding, lines: Mapping[tuple[str, int], tuple[int, int]]) -> Finding:
    place = finding.place
    if place is None or place.row is None or (place.file, place.row) not in lines:
        return finding
    first, last = lines[place.file, place.row]
    return replace(finding, place=replace(place, first_line=first, last_line=last))


def _rebase(rows: Iterable[Row], base: str) -> tuple[Row, ...]:
    if base == BASE:
        return tuple(rows)
    return tuple((_move(s, base), _move(p, base), _move(o, base), _move(g, base)) for s, p, o, g in rows)


def _move(written: str, base: str) -> str:
    return f"<{base}{written[len(BASE) + 1 :]}" if written.startswith(f"<{BASE}") else written


def load(path: str | Path | None = None) -> Graph:
    """Open a graph: a ``dist`` folder, an RDF file, captures, or the packaged example when nothing is given.

    Args:
        path: Folder with ``airm.nq`` or another export, an RDF file, or what :func:`build` takes.

    Raises:
        InputError: There is no such file or folder.
        StoreError: An RDF file is not what its suffix says; the message names file and line.
    """
    if path is None:
        return build([find_resource("examples")])
    place = Path(path)
    found = _find_export(place)
    if found is None:
        return build([path])
    rows = read_rdf(found)
    base = find_base(rows)
    return Graph(rows, ontology=_rebase(_read_rows("ontology/airm.ttl", iri("graph/ontology")), base), base=base)


def read_rdf(path: Path) -> tuple[Row, ...]:
    """Read an RDF file into sorted rows.

    Raises:
        InputError: The file cannot be read.
        StoreError: It is not what its suffix says; the message names file and line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error
    return tuple(sorted(set(parse_rows(data, name=str(path), suffix=path.suffix.lower()))))


def _find_export(place: Path) -> Path | None:
    if place.is_dir():
        names = [EXPORTS[name].file_name for name in ("nquads", "ntriples", "turtle", "rdfxml", "jsonld")]
        return next((place / name for name in names if (place / name).is_file()), None)
    return place if place.suffix.lower() in FORMATS and place.exists() else None


def find_base(rows: Iterable[Row]) -> str:
    """Find the base a graph was built with, as its dataset says; the default base where it does not."""
    space = f"<{PREFIXES['void']}uriSpace>"
    found = sorted({read_literal(o).text for _, p, o, _ in rows if p == space and o.startswith('"http')})
    return found[0] if len(found) == 1 else BASE


def validate_inputs(
    inputs: Sequence[str | Path],
    *,
    shapes: Sequence[str] | None = None,
    engine: str = "auto",
    mapping: str | Path | None = None,
    strict: bool = False,
    progress: Progress | None = None,
    spark: "SparkSettings | None" = None,
) -> tuple[Report, Mapping[str, str]]:
    """Validate captures and tables, or RDF files, dist folders and folders of RDF files, and tables of mappings.

    Args:
        inputs: Captures as :func:`build` takes them, or RDF and tables of mappings (``*.sssom.tsv``); not both at once.
        shapes: Shapes files to judge by; the project's own when left out, with those for ontologies where RDF declares one.
        engine, mapping, strict, spark: As for :func:`build`; on Spark, RDF is N-Triples, N-Quads, or Parquet as it writes it.
        progress: As for :func:`build`.

    Returns:
        The report, and name → path of each file that was read.

    Raises:
        InputError: There is no such file or folder, or captures and RDF are mixed.
        StoreError: An RDF file is not what its suffix says.
    """
    from airm_graph.graph import TripleTable

    if engine == "spark":
        return _validate_on_spark(inputs, shapes=shapes, mapping=mapping, strict=strict, progress=progress, settings=spark)
    found = [(*_find_rdf(Path(path)), *_find_match_tables(Path(path))) for path in inputs]
    if not any(found):
        graph = build(inputs, shapes=shapes, engine=engine, mapping=mapping, strict=strict, progress=progress)
        return graph.report, graph.files
    if not all(found):
        strange = next(str(path) for path, files in zip(inputs, found, strict=True) if not files)
        raise InputError("captures and RDF are given at once", file=strange, remedy="validate them one after the other")
    every = sorted({path for paths in found for path in paths}, key=Path.as_posix)
    tables = [path for path in every if is_match_table(path.name)]
    if not tables and _are_large(every):
        return _validate_large(every, shapes=shapes, engine=engine)
    mapped = [finding for path in tables for finding in _judge_matches(path)]
    files = read_rdf_files(path for path in every if path not in tables)
    rows = sorted({row for file in files for row in file.rows})
    base = find_base(rows)
    inferred = f"<{base}graph/inferred>"
    judged_by = _default_shapes(rows) if shapes is None else shapes
    with TripleTable(threads=1 if len(rows) < _FEW_ROWS else None) as table:
        table.load_rows(row for row in rows if row[3] != inferred)
        verdict = judge_shapes(table, shapes=judged_by, engine=engine, base=base)
    names = {name: name for name in (*(file.name for file in files), *(path.as_posix() for path in tables))}
    return Report((*locate_findings(verdict.findings, files=files), *mapped), tuple(names), verdict.engines, verdict.notes), names


def _judge_matches(path: Path) -> list[Finding]:
    try:
        return find_match_findings(path, name=path.as_posix())
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error


def _are_large(paths: Sequence[Path]) -> bool:
    """Whether files are of lines, and so many that they are better judged where they are loaded than held as rows."""
    return all(path.suffix.lower() in (".nt", ".nq") for path in paths) and sum(path.stat().st_size for path in paths) >= _LARGE


def _validate_large(paths: Sequence[Path], *, shapes: Sequence[str] | None, engine: str) -> tuple[Report, Mapping[str, str]]:
    """Judge files on the columnar table; of their rows only those that findings need become objects."""
    from airm_graph.graph import TripleTable

    with TripleTable() as table:
        table.load_files(paths, parse=stream_rows)
        verdict = _judge_files(table, shapes=shapes, engine=engine)
    return _report_lines(verdict, paths, locate_in_lines(verdict.findings, paths=paths))


def _validate_on_spark(
    inputs: Sequence[str | Path],
    *,
    shapes: Sequence[str] | None,
    mapping: str | Path | None,
    strict: bool,
    progress: Progress | None,
    settings: "SparkSettings | None",
) -> tuple[Report, Mapping[str, str]]:
    """Judge files of quads on Spark, or build there what the inputs are otherwise."""
    from airm_graph.spark import SparkSettings, open_session
    from airm_graph.spark.intake import find_quads, load_quads, run_tasks
    from airm_graph.spark.table import SparkTable

    paths, tell = find_quads([Path(path) for path in inputs]), progress or tell_nobody
    if not paths:
        graph = build(inputs, shapes=shapes, engine="spark", mapping=mapping, strict=strict, progress=progress, spark=settings)
        return graph.report, graph.files
    settings = settings or SparkSettings()
    tell("start", 0, 1)
    with (
        open_session(settings) as session,
        TemporaryDirectory(prefix="airm-graph-", dir=settings.work, ignore_cleanup_errors=True) as place,
        SparkTable(session, folder=Path(place)) as table,
    ):
        tell("read", 0, 1)
        load_quads(paths, table=table)
        tell("validate", 0, 1)
        verdict = _judge_files(table, shapes=shapes, engine="auto")
        lines = [path for path in paths if path.suffix != ".parquet"]
        found = locate_in_lines(verdict.findings, paths=lines, over=partial(run_tasks, session)) if lines else verdict.findings
    tell("done", 1, 1)
    return _report_lines(verdict, paths, found)


def _judge_files(table: "TripleTable", *, shapes: Sequence[str] | None, engine: str) -> Verdict:
    """Judge what files state, but for what was inferred."""
    declared = f"<{PREFIXES['void']}uriSpace>", term("owl:Ontology")
    told = ", ".join(map(str, table.find_ids(declared).values())) or "-1"
    head = table.rows(f"SELECT s, p, o, g FROM quads WHERE p IN ({told}) OR o IN ({told})")  # noqa: S608
    base = find_base(head)
    table.remove_graph(f"<{base}graph/inferred>")
    judged_by = _default_shapes(head) if shapes is None else shapes
    return judge_shapes(table, shapes=judged_by, engine=engine, base=base)


def _report_lines(verdict: Verdict, paths: Sequence[Path], findings: Iterable[Finding]) -> tuple[Report, Mapping[str, str]]:
    names = {path.as_posix(): path.as_posix() for path in paths}
    return Report(tuple(findings), tuple(names), verdict.engines, verdict.notes), names


def _default_shapes(rows: Iterable[Row]) -> tuple[str, ...]:
    declared = (term("rdf:type"), term("owl:Ontology"))
    return (*DEFAULT_SHAPES, "ontology") if any((p, o) == declared for _, p, o, _ in rows) else DEFAULT_SHAPES


def _find_rdf(place: Path) -> tuple[Path, ...]:
    """The RDF files that a path stands for: the export in a dist folder, a file, or every RDF file of a folder without captures."""
    # The sums tell a written graph, whose files all say the same, from a folder of files that each say their own.
    if not place.is_dir() or (place / SUMS).is_file():
        export = _find_export(place)
        return (export,) if export else ()
    return _list_below(place, lambda path: path.suffix.lower() in FORMATS.keys() - {".xml"})


def _find_match_tables(place: Path) -> tuple[Path, ...]:
    """The tables of mappings that a path stands for: a file, or those of a folder without captures that is no written graph."""
    if not place.is_dir():
        return (place,) if is_match_table(place.name) and place.exists() else ()
    return () if (place / SUMS).is_file() else _list_below(place, lambda path: is_match_table(path.name))


def _list_below(folder: Path, wanted: Callable[[Path], bool]) -> tuple[Path, ...]:
    """The files of a folder that are wanted and not hidden; none where captures or tables of mitigations lie among them."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)]
    if any(path.suffix in {".txt", ".csv", ".tsv"} and not is_own(path.name) for path in paths):
        return ()
    return tuple(sorted(path for path in paths if wanted(path)))


def describe(path: str | Path | None = None) -> dict[str, object]:
    """Say what a graph holds: version, notice, counts, digest; takes what :func:`load` takes."""
    graph = load(path)
    counts = {str(thing): int(count or 0) for thing, count, *_ in graph.query("counts").values()}
    return {
        "version": VERSION,
        "notice": NOTICE,
        "base": graph.base,
        "triples": len(graph),
        "digest": graph.digest,
        "counts": counts,
        "findings": graph.report.counts if graph.records.captures else None,
    }


def describe_pages(path: str | Path | None = None) -> dict[str, object]:
    """Say what the reader found on each captured page, by file name; takes captures, the packaged example when left out."""
    readings = read_captures([find_resource("examples") if path is None else path])
    return {name: _describe_page(page) for page in readings.pages for name in page.capture.file_names}


def _describe_page(page: Page) -> dict[str, object]:
    own, source = page.own, page.source
    roles = {
        vocabulary: [role.label for role in page.roles if role.vocabulary == vocabulary]
        for vocabulary in ("lifecycle", "actor", "function")
    }
    return {
        "code": own.code if own else None,
        "also_in": own.also_in if own else None,
        "name": own.name.published if own and own.name else None,
        "description": own.description.published if own and own.description else None,
        "reasoning": own.reasoning.published if own and own.reasoning else None,
        "parent": page.heading.name.published if page.heading else None,
        "parent_basis": page.heading.basis if page.heading else None,
        "children": [_describe_item(item) for item in page.children],
        "others": [_describe_item(item) for item in page.others],
        "source": {"title": source.title.published, "authors": list(source.authors), "year": source.year} if source else None,
        **{vocabulary: labels[0] if len(labels) == 1 else (labels or None) for vocabulary, labels in roles.items()},
    }


def _describe_item(item: Item) -> dict[str, object]:
    return {"name": item.name.published, "code": item.code, "first_line": item.evidence.first_line, "last_line": item.evidence.last_line}


def propose_mapping(paths: Sequence[str | Path]) -> Proposal:
    """Propose a mapping for tables that belong together: which column is what, how sure that is, and why.

    Args:
        paths: Tables, or folders of them.

    Raises:
        InputError: A path does not exist or cannot be read, or no table is among them.
    """
    return propose_from_paths(paths, notice=NOTICE)
