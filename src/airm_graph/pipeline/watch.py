"""Builds again whenever an input changes: by looking at names, sizes and times of files, which
works on every system and share.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from airm_graph.errors import AirmError
from airm_graph.pipeline.building import build, open_reader
from airm_graph.pipeline.views import Graph
from airm_graph.pipeline.writable import WRITTEN

__all__ = ["Rebuilt", "watch"]

#: Name of a file to its size and the time of its last change, in nanoseconds.
_Look = dict[str, tuple[int, int]]


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
    watched = [Path(path) for path in (*inputs, *decisions, *([mapping] if mapping else []))]
    built: _Look | None = None
    with open_reader(cache) as reader:
        while True:
            look = _settle(watched, interval=interval, sleep=sleep)
            if look != built:
                started = time.perf_counter()
                graph, error = None, ""
                try:
                    graph = build(
                        inputs,
                        base=base,
                        engine=engine,
                        mapping=mapping,
                        decisions=decisions,
                        strict=strict,
                        reader=reader,
                    )
                    graph.write(folder)
                except AirmError as caught:
                    graph, error = None, str(caught)
                yield Rebuilt(_compare(built or {}, look), graph, error, time.perf_counter() - started)
                built = look
            sleep(interval)


def _settle(watched: Sequence[Path], *, interval: float, sleep: Callable[[float], object]) -> _Look:
    """Look until nothing changes between two looks."""
    look = _look(watched)
    while True:
        sleep(min(interval, 0.2))
        again = _look(watched)
        if again == look:
            return look
        look = again


def _look(watched: Sequence[Path]) -> _Look:
    found: _Look = {}
    for path in watched:
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = [name for name in folders if not name.startswith(".")]
                _add(found, (os.path.join(folder, name) for name in names if _is_input(name)))  # noqa: PTH118 - ten times as fast
        else:
            beside = [path.with_name(f"{name}.meta.yaml") for name in (path.stem, path.name)]
            _add(found, map(str, (path, *beside)))
    return found


def _is_input(name: str) -> bool:
    # Side-cars, mappings and tables are of many kinds: any file counts, but for what a build itself
    # writes.
    return name not in WRITTEN and not name.startswith(".")


def _add(found: _Look, paths: Iterator[str]) -> None:
    for path in paths:
        try:
            about = os.stat(path)  # noqa: PTH116
        except OSError:
            continue  # it went away, or cannot be read, which the build will say
        found[path] = about.st_size, about.st_mtime_ns


def _compare(before: _Look, after: _Look) -> tuple[str, ...]:
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
