"""A build into a folder, which knows from its record what the build before it did."""

import os
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.cache import make_cache_folder
from airm_graph.export.switch import settle_folder
from airm_graph.namespaces import BASE
from airm_graph.pipeline.build_record import BuildRecord, find_record, make_version
from airm_graph.pipeline.marks import SUMS
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.stamps import look_at, remember
from airm_graph.pipeline.views import Graph
from airm_graph.progress import Progress

if TYPE_CHECKING:
    from airm_graph.ingest import Reader

__all__ = ["build_kept"]


def build_kept(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    cache: Path,
    reader: "Reader | None",
    tell: Progress,
    accept: Callable[[Graph], bool],
) -> Graph:
    """Build a graph and write it, as `airm_graph.pipeline.folder_build.build_into` does; what the
    record of the last build says is not done again.
    """
    with suppress(OSError):  # what reads pages says it, where one is needed
        make_cache_folder(cache)
    path = find_record(cache, inputs, folder, options)
    version, look = make_version(options), look_at([*inputs, *options.decisions, *([options.mapping] if options.mapping else [])])
    known, now = BuildRecord.load(path), None
    with suppress(OSError):
        changes, now = known.list_changes(look) if known else ([], remember(look, known={}))
        if known and known.version == version and _is_whole(known, folder):
            part = partial(_build_part, inputs, folder, options, known=known, path=path, look=now, tell=tell)
            if same := part(changes=changes, cache=cache, reader=reader) if changes else known:
                replace(same, inputs=now).save(path, known=known)
                return same.open_graph(folder, base=options.base)
    from airm_graph.pipeline.building import build_anew  # a third of the time of a build in which nothing changed
    from airm_graph.pipeline.pages_record import PagesRecord, note_blocks

    notes, index = note_blocks()
    read, graph = build_anew(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept, notes=notes)
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
    cache: Path,
    reader: "Reader | None",
    tell: Progress,
) -> BuildRecord | None:
    """Build what changed; None where all is to be built."""
    from airm_graph.pipeline.building import open_reader
    from airm_graph.pipeline.known_inputs import find_again
    from airm_graph.pipeline.pages_record import PagesRecord
    from airm_graph.pipeline.part_build import PartBuild
    from airm_graph.pipeline.splicing import UnclearChangeError

    if not _may_be_parted(options):
        return None
    kept = PagesRecord.load(path, sums=folder / SUMS)
    if kept is None:
        return None
    with nullcontext(reader) if reader else open_reader(cache) as opened, suppress(UnclearChangeError):
        found = find_again(inputs, known=known, look=look, changes=changes)
        part = PartBuild(found, folder, options, known=known, pages=kept[0], index=kept[1], reader=opened)
        record, pages = part.run(changes, tell)
        pages.save(path, kept[1])
        return record
    return None


def _may_be_parted(options: BuildOptions) -> bool:
    """Whether a build may be one of what changed: nothing but pages decides of it."""
    special = (options.strict, options.mapping, options.decisions, options.base != BASE, os.name == "nt")
    return not any(special)


def _is_whole(known: BuildRecord, folder: Path) -> bool:
    """Whether a folder holds what was written, and no switch of its files was left half done."""
    settle_folder(folder)
    return known.is_true(folder)
