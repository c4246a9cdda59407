"""New files that are earlier ones but for some blocks: what stays is copied as bytes."""

import mmap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from airm_graph.export.files import PIECE, Draft
from airm_graph.frozen import frozen

__all__ = ["Edit", "Layout", "Segment", "copy_segments", "find_lines", "list_segments", "open_earlier"]

#: A range of the earlier file, or bytes.
Segment = tuple[int, int] | bytes


@frozen
class Edit:
    """Whole blocks, with what separates each from the next, in the place of others; offsets count
    from the first block.
    """

    start: int
    end: int
    data: bytes


@frozen
class Layout:
    """What stands in a file beside its blocks.

    Attributes:
        head: Length of what stands before them in the earlier file.
        new_head: What stands there now.
        separator: What stands between two blocks.
        foot: What stands behind them.
    """

    head: int = 0
    new_head: bytes = b""
    separator: bytes = b""
    foot: bytes = b""


def list_segments(size: int, edits: Iterable[Edit], *, layout: Layout | None = None) -> list[Segment]:
    """List what a new file is made of.

    Args:
        size: Of the earlier file.
        edits: They do not overlap; of those that start together, the order given counts.
        layout: Nothing but lines when left out.

    >>> list_segments(9, [Edit(3, 6, b"xx")])
    [(0, 3), b'xx', (6, 9)]
    >>> list_segments(5, [Edit(4, 4, b"c,")], layout=Layout(1, b"[", b",", b"]"))  # [a,b]
    [b'[', (1, 4), b',', b'c', b']']
    """
    layout = layout or Layout()
    # The last block has no separator behind it; here it is taken to have one, as all others.
    end = size - layout.head - len(layout.foot) + len(layout.separator)
    segments: list[Segment] = []
    place = 0
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
def open_earlier(path: Path) -> Iterator[mmap.mmap]:
    """Open a file that is not empty to be read in any order.

    Raises:
        OSError, ValueError: It cannot be read, or is empty.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as earlier:
        yield earlier


def copy_segments(path: Path, segments: Iterable[Segment], draft: Draft) -> None:
    """Write a new file.

    Args:
        path: The earlier file. It is read and not mapped: mapping its pages takes longer.
        segments: What the new file is made of.
        draft: Takes it.

    Raises:
        OSError: The earlier file cannot be read.
        ExportError: The new one cannot be written.
    """
    with path.open("rb", buffering=0) as file, memoryview(bytearray(PIECE)) as piece:
        for segment in segments:
            if isinstance(segment, bytes):
                draft.write(segment)
                continue
            place, stop = segment
            file.seek(place)
            while place < stop:
                count = file.readinto(piece[: stop - place])
                if not count:
                    raise OSError(f"{path} is shorter than it was")
                draft.write(piece[:count])
                place += count


def find_lines(data: mmap.mmap | bytes, beginning: bytes, *, start: int = 0) -> tuple[int, int]:
    r"""Find in sorted lines where those that begin alike start and end; where there are none, both
    times where they would stand.

    Args:
        data: Lines, each with its end; what stands before *start* is no line.

    >>> find_lines(b"a 1\nb 2\nb 3\nd 4\n", b"b "), find_lines(b"a 1\nb 2\nb 3\nd 4\n", b"c ")
    ((4, 12), (12, 12))
    """
    length = len(beginning)
    low, high = start, len(data)
    while low < high:
        middle = max(data.rfind(b"\n", start, (low + high) // 2) + 1, low)
        stop = data.find(b"\n", middle) + 1 or len(data)
        if data[middle : min(middle + length, stop)] < beginning:
            low = stop
        elif middle == low:
            break
        else:
            high = middle
    end = low
    while data[end : end + length] == beginning:
        end = data.find(b"\n", end) + 1 or len(data)
    return low, end
