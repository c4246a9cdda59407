"""A build into a folder."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.platform import EMBEDDED
from airm_graph.pipeline.views import Graph
from airm_graph.progress import Progress, tell_nobody

if TYPE_CHECKING:
    from airm_graph.ingest import Reader

__all__ = ["build_into"]


def build_into(
    inputs: Sequence[str | Path],
    folder: Path,
    options: BuildOptions,
    *,
    cache: Path | None = None,
    reader: "Reader | None" = None,
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
        from airm_graph.pipeline.building import build_anew

        return build_anew(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept)[1]
    from airm_graph.pipeline.kept_build import build_kept  # what compares builds takes an eighth of all modules

    return build_kept(inputs, folder, options, cache=cache, reader=reader, tell=tell, accept=accept)


def _may_be_kept(inputs: Sequence[str | Path], options: BuildOptions) -> bool:
    """Whether all that a build reads and writes can be looked at: what is in folders, and pages."""
    if options.ids is not None or options.shapes is not None or options.platform is not EMBEDDED:
        return False
    return all(Path(path).is_dir() or (str(path) != "-" and str(path).endswith(".txt")) for path in inputs)
