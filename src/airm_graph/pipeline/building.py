"""The one build: read, merge, state, judge, infer, report, whatever the size and the engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.graph import TripleTable
from airm_graph.ingest import Reader
from airm_graph.ingest.inputs import Input, find_inputs
from airm_graph.namespaces import BASE
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED, Platform, Session
from airm_graph.pipeline.reading import Read, read_inputs
from airm_graph.pipeline.reporting import is_incomplete, make_report, report_readings, stop_at_violations
from airm_graph.pipeline.stating import state
from airm_graph.pipeline.views import Graph
from airm_graph.progress import Progress, tell_nobody
from airm_graph.reason import infer
from airm_graph.validate import Report, judge_shapes

if TYPE_CHECKING:
    from airm_graph.export import Notes

__all__ = ["are_few", "build", "build_anew", "build_entries", "build_graph", "open_given", "open_reader"]

#: Bytes of inputs up to which SQLite takes less time than DuckDB, and suffixes of tables that are
#: not packed.
_FEW_BYTES, _PLAIN_TABLES = 600_000, (".csv", ".json", ".jsonl", ".tsv")


def build(
    inputs: Sequence[str | Path],
    *,
    base: str = BASE,
    engine: str = "auto",
    shapes: Sequence[str] | None = None,
    mapping: str | Path | None = None,
    decisions: Sequence[str | Path] = (),
    strict: bool = False,
    platform: Platform = EMBEDDED,
    published: str | None = None,
    ids: str | Path | None = None,
    suggest_kinds: bool = False,
    progress: Progress | None = None,
    reader: Reader | None = None,
) -> Graph:
    """Build a graph from captured pages and tables.

    Args:
        inputs: Folders, files, or ``-`` for standard input.
        base, engine, shapes, mapping, decisions, strict, platform, published: See `BuildOptions`.
        ids, suggest_kinds: See `BuildOptions`.
        progress: Called with (step, number done, number in all).
        reader: What reads the pages; one that is used again remembers those that have not changed
            (see `open_reader`).

    Returns:
        The graph, closed and validated; look at ``graph.report`` for what is wrong with the input.
        It is empty when no mitigation was read.

    Raises:
        InputError: An input does not exist or cannot be read. A file that is no page is a finding
            instead.
    """
    options = BuildOptions(base, engine, shapes, mapping, decisions, strict, platform, published, ids, suggest_kinds)
    return build_graph(inputs, options, tell=progress or tell_nobody, reader=reader)


def build_graph(inputs: Sequence[str | Path], options: BuildOptions, *, tell: Progress, reader: Reader | None = None) -> Graph:
    """Build a graph; as `build`."""
    tell("start", 0, 1)
    return build_entries(find_inputs(inputs), options, tell=tell, reader=reader)[1]


def build_entries(
    entries: Sequence[Input],
    options: BuildOptions,
    *,
    tell: Progress,
    reader: Reader | None = None,
    beside: Callable[[Read], Mapping[str, int]] = lambda _: {},
) -> tuple[Read, Graph]:
    """Build a graph of inputs that were found.

    Args:
        entries: The inputs.
        options, tell, reader: As for `build`.
        beside: What the dataset holds beside what is read, as `count_records` counts it.

    Returns:
        What was read, and the graph.
    """
    with ExitStack() as opened:
        session = opened.enter_context(options.platform.open(few=are_few(entries)))
        read = read_inputs(entries, options, session=session, tell=tell, reader=reader)
        if options.strict and is_incomplete(read):
            read = stop_at_violations(read)
        if read.is_empty:
            return read, _make_graph(read, None, options=options, report=report_readings(read), opened=ExitStack())
        state(read, session=session, options=options, beside=beside(read))
        session.use_threads()
        report = _judge_and_infer(read, table=session.table, options=options, tell=tell)
        return read, _make_graph(read, session, options=options, report=report, opened=opened.pop_all())


def are_few(entries: Sequence[Input]) -> bool:
    """Whether inputs are small pages and tables."""
    packed = (entry for entry in entries if entry.is_table and entry.path and entry.path.suffix.lower() not in _PLAIN_TABLES)
    if any(packed):
        return False
    return sum(entry.path.stat().st_size for entry in entries if entry.path) <= _FEW_BYTES


def _judge_and_infer(read: Read, *, table: TripleTable, options: BuildOptions, tell: Progress) -> Report:
    """Judge what a table states, then add what follows from it; returns all findings."""
    tell("validate", 0, 1)
    verdict = judge_shapes(table, shapes=options.shapes, engine=options.engine)
    tell("infer", 0, 1)
    inference = infer(table, engine=options.engine)
    report = make_report(read, table=table, verdict=verdict, inference=inference)
    tell("done", 1, 1)
    return report


def _make_graph(read: Read, session: Session | None, *, options: BuildOptions, report: Report, opened: ExitStack) -> Graph:
    """Make the graph of what was read; what was opened for it is closed with it."""
    readings = read.readings
    return Graph(
        session.table if session else None,
        report=report,
        base=options.base,
        files=readings.files,
        quarantine=readings.rejected,
        tables=readings.counts,
        ids=read.ids,
        links=read.records.links if read.records.captures else None,
        write_parts=session.write if session else None,
        opened=opened,
    )


@contextmanager
def open_reader(cache: str | Path | None = None) -> Iterator[Reader]:
    """Make a reader of pages that remembers what it read, with a folder that keeps it for other
    processes.

    Args:
        cache: The folder; nothing is kept when it is left out.

    Raises:
        InputError: The folder cannot be used.
    """
    if cache is None:
        yield Reader()
        return
    from airm_graph.cache import Cache

    with Cache(Path(cache)) as kept:
        yield Reader(kept)


def open_given(reader: Reader | None, cache: Path | None) -> AbstractContextManager[Reader | None]:
    """Open the reader of pages that was given, or one with a cache; None where there is neither."""
    return nullcontext(reader) if reader or cache is None else open_reader(cache)


def build_anew(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    cache: Path | None,
    reader: Reader | None,
    tell: Progress,
    accept: Callable[[Graph], bool],
    notes: "Notes | None" = None,
) -> tuple[Read, Graph]:
    """Build all of a graph and write it, as `folder_build.build_into`; *notes* are taken of the
    blocks of exports.
    """
    with open_given(reader, cache) as opened:
        tell("start", 0, 1)
        read, graph = build_entries(find_inputs(inputs), options, tell=tell, reader=opened)
        if not graph.is_empty and accept(graph):
            graph.write(folder, notes=notes)
    return read, graph
