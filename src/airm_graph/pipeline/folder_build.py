"""A build into a folder, which knows from its record what the build before it did."""

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path

from airm_graph.cache import make_cache_folder
from airm_graph.export import Notes
from airm_graph.export.switch import settle_folder
from airm_graph.ingest import Reader
from airm_graph.ingest.inputs import find_inputs
from airm_graph.namespaces import BASE
from airm_graph.pipeline.build_record import BuildRecord, find_record, make_version
from airm_graph.pipeline.building import build_entries, open_reader
from airm_graph.pipeline.known_inputs import find_again
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.pages_record import PagesRecord, note_blocks
from airm_graph.pipeline.part_build import PartBuild
from airm_graph.pipeline.platform import EMBEDDED
from airm_graph.pipeline.reading import Read
from airm_graph.pipeline.splicing import UnclearChangeError
from airm_graph.pipeline.stamps import look_at, remember
from airm_graph.pipeline.views import Graph
from airm_graph.pipeline.writable import SUMS
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
        return _build(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept)[1]
    with suppress(OSError):  # what reads pages says it, where one is needed
        make_cache_folder(cache)
    path = find_record(cache, inputs, folder, options)
    version, look = make_version(options), look_at([*inputs, *options.decisions, *([options.mapping] if options.mapping else [])])
    known, now = BuildRecord.load(path), None
    with suppress(OSError):
        changes, now = known.list_changes(look) if known else ([], remember(look, known={}))
        if known and known.version == version and _is_whole(known, folder):
            with _open_reader(reader, cache) if changes else nullcontext() as opened:
                same = (
                    _build_part(inputs, folder, options, known=known, path=path, look=now, changes=changes, reader=opened, tell=tell)
                    if opened
                    else known
                )
            if same:
                same = replace(same, inputs=now)
                same.save(path)
                return same.open_graph(folder, base=options.base)
    notes, index = note_blocks()
    read, graph = _build(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept, notes=notes)
    with suppress(OSError):
        if graph.written and now is not None:
            BuildRecord.make(graph, version=version, inputs=now).save(path)
            if _may_be_parted(options) and (pages := PagesRecord.make(read, graph, notes, index)):
                pages.save(path, index)
    return graph


def _build_part(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    known: BuildRecord,
    path: Path,
    look: Collection[str],
    changes: Sequence[str],
    reader: Reader,
    tell: Progress,
) -> BuildRecord | None:
    """Build what changed; None where all is to be built."""
    if not _may_be_parted(options):
        return None
    kept = PagesRecord.load(path, sums=folder / SUMS)
    if kept is None:
        return None
    with suppress(UnclearChangeError):
        found = find_again(inputs, known=known, look=look, changes=changes)
        part = PartBuild(found, folder, options, known=known, pages=kept[0], index=kept[1], reader=reader)
        record, pages = part.run(changes, tell)
        pages.save(path, kept[1])
        return record
    return None


def _may_be_parted(options: BuildOptions) -> bool:
    """Whether a build may be one of what changed: nothing but pages decides of it."""
    special = (options.strict, options.mapping, options.decisions, options.base != BASE, os.name == "nt")
    return not any(special)


def _may_be_kept(inputs: Sequence[str | Path], options: BuildOptions) -> bool:
    """Whether all that a build reads and writes can be looked at: what is in folders, and pages."""
    if options.ids is not None or options.shapes is not None or options.platform is not EMBEDDED:
        return False
    return all(Path(path).is_dir() or (str(path) != "-" and str(path).endswith(".txt")) for path in inputs)


def _is_whole(known: BuildRecord, folder: Path) -> bool:
    """Whether a folder holds what was written, and no switch of its files was left half done."""
    settle_folder(folder)
    return known.is_true(folder)


def _open_reader(reader: Reader | None, cache: Path | None) -> AbstractContextManager[Reader | None]:
    return nullcontext(reader) if reader or cache is None else open_reader(cache)


def _build(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    cache: Path | None,
    reader: Reader | None,
    tell: Progress,
    accept: Callable[[Graph], bool],
    notes: Notes | None = None,
) -> tuple[Read, Graph]:
    with _open_reader(reader, cache) as opened:
        tell("start", 0, 1)
        read, graph = build_entries(find_inputs(inputs), options, tell=tell, reader=opened)
        if not graph.is_empty and accept(graph):
            graph.write(folder, notes=notes)
    return read, graph
