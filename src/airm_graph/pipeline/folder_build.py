"""A build into a folder, which knows from its record what the build before it did."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from airm_graph.cache import make_cache_folder
from airm_graph.export.switch import settle_folder
from airm_graph.ingest import Reader
from airm_graph.pipeline.build_record import BuildRecord, find_record, make_version
from airm_graph.pipeline.building import build_graph, open_reader
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED
from airm_graph.pipeline.stamps import look_at, remember
from airm_graph.pipeline.views import Graph
from airm_graph.progress import Progress, tell_nobody

__all__ = ["build_into"]


def build_into(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    cache: Path | None = None,
    reader: Reader | None = None,
    tell: Progress = tell_nobody,
    accept: Callable[[Graph], bool] = lambda _: True,
) -> Graph:
    """Build a graph and write it, unless it is empty.

    Where the record of the last build says that inputs, options and software are the same, and the
    files in the folder are those that were written, they are left as they are.

    Args:
        inputs, options, tell: As for `airm_graph.pipeline.building.build_graph`.
        folder: Where the graph is written.
        cache: Folder that keeps readings and the record; nothing is kept when it is left out.
        reader: Reads the pages; one of its own, with the cache, when left out.
        accept: Whether a graph is to be written.

    Raises:
        InputError: An input does not exist or cannot be read.
        ExportError: A file cannot be written; all are as they were.
    """
    if cache is None or not _may_be_kept(inputs, options):
        return _build(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept)
    with suppress(OSError):  # what reads pages says it, where one is needed
        make_cache_folder(cache)
    path = find_record(cache, inputs, folder, options)
    version, look = make_version(options), look_at([*inputs, *options.decisions, *([options.mapping] if options.mapping else [])])
    known = BuildRecord.load(path)
    now = None
    with suppress(OSError):
        changes, now = known.list_changes(look) if known else ([], remember(look, known={}))
        if known and not changes and known.version == version and _is_whole(known, folder):
            BuildRecord(version, now, known.outputs, known.files, known.figures, known.tables).save(path)
            return known.open_graph(folder, base=options.base)
    graph = _build(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept)
    with suppress(OSError):
        if graph.written and now is not None:
            BuildRecord.make(graph, version=version, inputs=now).save(path)
    return graph


def _may_be_kept(inputs: Sequence[str | Path], options: BuildOptions) -> bool:
    """Whether all that a build reads and writes can be looked at: what is in folders, and pages."""
    if options.ids is not None or options.shapes is not None or options.platform is not EMBEDDED:
        return False
    return all(Path(path).is_dir() or (str(path) != "-" and str(path).endswith(".txt")) for path in inputs)


def _is_whole(known: BuildRecord, folder: Path) -> bool:
    """Whether a folder holds what was written, and no switch of its files was left half done."""
    settle_folder(folder)
    return known.is_true(folder)


def _build(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    cache: Path | None,
    reader: Reader | None,
    tell: Progress,
    accept: Callable[[Graph], bool],
) -> Graph:
    with nullcontext(reader) if reader or cache is None else open_reader(cache) as opened:
        graph = build_graph(inputs, options, tell=tell, reader=opened)
        if not graph.is_empty and accept(graph):
            graph.write(folder)
    return graph
