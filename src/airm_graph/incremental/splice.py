"""New files that are the old ones but for some blocks: what stays is copied as bytes, and only what is new was written by a writer."""

import mmap
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from airm_graph.export.files import Draft

__all__ = ["Edit", "Layout", "copying", "find_line", "list_segments", "open_old"]

#: Bytes copied at once: they are still in the cache of the processor when their digest is taken.
_PIECE = 1 << 19

#: A range of the old file, or bytes.
Segment = tuple[int, int] | bytes
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole blocks, with what separates each from the next, in the place of others; offsets count from the first block."""

    start: int
    end: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Layout:
    """What stands in a file beside its blocks.

    Attributes:
        head: Length of what stands before them in the old file.
        new_head: What stands there now.
        separator: What stands between two blocks.
        foot: What stands behind them.
    """

    head: int = 0
    new_head: bytes = b""
    separator: bytes = b""
    foot: bytes = b""


def list_segments(size: int, edits: Iterable[Edit], *, layout: Layout = Layout()) -> list[Segment]:
    """List what a new file is made of.

    Args:
        size: Of the old file.
        edits: They do not overlap; of those that start together, the order given counts.

    >>> list_segments(9, [Edit(3, 6, b"xx")])
    [(0, 3), b'xx', (6, 9)]
    >>> list_segments(5, [Edit(4, 4, b"c,")], layout=Layout(1, b"[", b",", b"]"))  # [a,b]
    [b'[', (1, 4), b',', b'c', b']']
    """
    body = size - layout.head - len(layout.foot)
    # The last block has no separator behind it; here it is taken to have one, as all others.
    end = body + len(layout.separator)
    segments, place = list[Segment](), 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        segments += _copy(place, edit.start, end, layout)
        segments += [edit.data] if edit.data else []
        place = edit.end
    segments += _copy(place, end, end, layout)
    return [part for part in [layout.new_head, *_end(segments, layout), layout.foot] if part]


def _copy(start: int, stop: int, end: int, layout: Layout) -> list[Segment]:
    if stop <= start:
        return []
    if stop < end or not layout.separator:
        return [(layout.head + start, layout.head + stop)]
    return [(layout.head + start, layout.head + stop - len(layout.separator)), layout.separator]


def _end(segments: list[Segment], layout: Layout) -> list[Segment]:
    """Take the last separator away."""
    if not segments or not layout.separator:
        return segments
    last, length = segments[-1], len(layout.separator)
    cut: Segment = last[:-length] if isinstance(last, bytes) else (last[0], last[1] - length)
    return [*segments[:-1], cut]


@contextmanager
def open_old(path: Path) -> Iterator[mmap.mmap]:
    """Open a file that is not empty to be read in any order."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as old:
        yield old


@contextmanager
def copying(jobs: Sequence[tuple[mmap.mmap, Sequence[Segment], Draft]]) -> Iterator[None]:
    """Write new files while something else is done, several at a time, the largest first; they are written when the block has ended."""
    ordered = sorted(jobs, key=lambda job: -len(job[0]))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(_copy_file, *job) for job in ordered]
        yield
        for one in waiting:
            one.result()


def _copy_file(old: mmap.mmap, segments: Sequence[Segment], draft: Draft) -> None:
    with memoryview(old) as view:
        for segment in segments:
            if isinstance(segment, bytes):
                draft.write(segment)
                continue
            for start in range(*segment, _PIECE):
                with view[start : min(start + _PIECE, segment[1])] as piece:
                    draft.write(piece)


def find_line(data: Any, wanted: _Key, *, key: Callable[[bytes], _Key], start: int = 0) -> int:
    r"""Find in sorted lines the first one whose key is not below *wanted*; the end of the data where there is none.

    Args:
        data: Lines, each with its end; what stands before *start* is no line.

    >>> find_line(b"a 1\nb 2\nb 3\nd 4\n", b"c", key=lambda line: line[:1])
    12
    """
    low, high = start, len(data)
    while low < high:
        middle = max(data.rfind(b"\n", start, (low + high) // 2) + 1, low)
        stop = data.find(b"\n", middle) + 1 or len(data)
        if key(data[middle:stop]) < wanted:  # type: ignore[operator]
            low = stop
        elif middle == low:
            return low
        else:
            high = middle
    return low
