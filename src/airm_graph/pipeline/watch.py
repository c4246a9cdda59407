"""Builds again whenever an input changes: by looking at names, sizes and times of files, which
works on every system and share.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from airm_graph.errors import AirmError, InputError
from airm_graph.pipeline.building import open_reader
from airm_graph.pipeline.folder_build import build_into
from airm_graph.pipeline.options import BuildOptions
from airm_graph.pipeline.stamps import Look, compare_looks, look_at
from airm_graph.pipeline.views import Graph

__all__ = ["Rebuilt", "watch"]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of one build.

    Attributes:
        changed: Files that were added, changed or removed since the build before; all of them in
            the first.
        graph: The graph that was written; None when nothing was.
        error: Why nothing was written.
        seconds: How long it took.
    """

    changed: tuple[str, ...]
    graph: Graph | None
    error: str
    seconds: float


def watch(
    inputs: Sequence[str | Path],
    folder: str | Path,
    *,
    base: str,
    engine: str = "auto",
    mapping: str | Path | None = None,
    decisions: Sequence[str | Path] = (),
    strict: bool = False,
    cache: str | Path | None = None,
    interval: float = 0.5,
    sleep: Callable[[float], object] = time.sleep,
) -> Iterator[Rebuilt]:
    """Build, then build again after each change, for ever; an error is told and does not end it.

    A change is taken up when two looks in a row see the same files, so that a file is not read
    while it is being written, and a folder that is being copied is built once.

    Args:
        inputs: As for :func:`airm_graph.build`, but for standard input.
        folder: Where the graph is written; an input that cannot be used leaves it as it was.
        base, engine, mapping, decisions, strict: As for :func:`airm_graph.build`.
        cache: Folder that keeps readings for other processes; in this one they are kept in any
            case.
        interval: Seconds between two looks.
        sleep: What waits.

    Yields:
        What came of each build.
    """
    watched = [*inputs, *decisions, *([mapping] if mapping else [])]
    options = BuildOptions(base, engine, None, mapping, decisions, strict)
    built: Look | None = None
    with open_reader(cache) as reader, nullcontext(cache) if cache else TemporaryDirectory(prefix="airm-graph-") as kept:
        records = Path(kept)
        while True:
            look = _settle(watched, interval=interval, sleep=sleep)
            if look != built:
                started = time.perf_counter()
                graph, error = None, ""
                try:
                    graph = build_into(inputs, Path(folder), options, cache=records, reader=reader)
                    if graph.is_empty:
                        raise InputError("no mitigation was read, so nothing is written", file=str(folder), remedy="see the findings")
                except AirmError as caught:
                    graph, error = None, str(caught)
                yield Rebuilt(compare_looks(built or {}, look), graph, error, time.perf_counter() - started)
                built = look
            sleep(interval)


def _settle(watched: Sequence[str | Path], *, interval: float, sleep: Callable[[float], object]) -> Look:
    """Look until nothing changes between two looks."""
    look = look_at(watched)
    while True:
        sleep(min(interval, 0.2))
        again = look_at(watched)
        if again == look:
            return look
        look = again
