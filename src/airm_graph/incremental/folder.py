"""A build into a folder, whatever the inputs are: in part where that can be, else from nothing."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.conductor import build, open_reader
from airm_graph.graph import Graph
from airm_graph.incremental.engine import Built, build_into
from airm_graph.ingest import Reader
from airm_graph.namespaces import BASE
from airm_graph.progress import Progress

if TYPE_CHECKING:
    from airm_graph.spark import SparkSettings

__all__ = ["build_folder"]


def build_folder(
    inputs: Sequence[str | Path],
    folder: str | Path,
    *,
    cache: str | Path | None = None,
    base: str = BASE,
    engine: str = "auto",
    mapping: str | Path | None = None,
    decisions: Sequence[str | Path] = (),
    strict: bool = False,
    progress: Progress | None = None,
    reader: Reader | None = None,
    spark: "SparkSettings | None" = None,
) -> Graph | Built:
    """Build a graph and write it, unless it is empty.

    Args:
        inputs, base, engine, mapping, decisions, strict, progress, spark: As for :func:`airm_graph.build`.
        folder: Where the graph is written.
        cache: The folder that keeps readings, and what is needed to build again in part; without it everything is built. Tables,
            mappings, decisions and an engine other than ``auto`` are always built from nothing.
        reader: What reads pages; one of its own when left out, with the cache.

    Raises:
        InputError: An input does not exist or cannot be read.
        ExportError: A file cannot be written; all are as they were.
    """
    if cache is not None and engine == "auto" and mapping is None and not decisions:
        built = build_into(inputs, folder, cache=cache, base=base, progress=progress, reader=reader)
        if built is not None:
            return built
    with nullcontext(reader) if reader else open_reader(cache) as used:
        graph = build(
            inputs,
            base=base,
            engine=engine,
            mapping=mapping,
            decisions=decisions,
            strict=strict,
            progress=progress,
            reader=used,
            spark=spark,
        )
        if not graph.is_empty:
            graph.write(folder)
    return graph
