"""Where the blocks of written files stand: their subjects in reading order, with the length of each
block in each format.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Self

from airm_graph.cache import read_checked, write_checked
from airm_graph.export.splice import Edit
from airm_graph.export.term_writers import natural_key

__all__ = ["BlockIndex", "subject_order"]

_natural = lru_cache(maxsize=4096)(natural_key)


def subject_order(line: str) -> tuple[str, str, str]:
    """Make the key that puts lines in order, each the letter of a group and a subject."""
    return line[0], _natural(line[1:]), line[1:]


class BlockIndex:
    """Lines in order, each the letter of the group and the subject, with the lengths of its
    blocks.
    """

    def __init__(self, lines: list[str], lengths: Sequence["array[int]"]) -> None:
        """Take lines, and for each format a column of bytes."""
        self.lines, self.lengths = lines, lengths

    @classmethod
    def empty(cls, formats: int) -> Self:
        """Make an index of nothing."""
        return cls([], [array("Q") for _ in range(formats)])

    def add(self, lines: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        """Add the blocks of further subjects behind all others."""
        self.lines += lines
        for lengths, column in zip(self.lengths, columns, strict=True):
            lengths.extend([len(block) if block.isascii() else len(block.encode()) for block in column])

    @classmethod
    def load(cls, path: Path, *, formats: int, mark: str) -> Self:
        """Read the index that has a mark.

        Raises:
            OSError, ValueError: There is none that is whole.
        """
        found, count, rest = read_checked(path).split(b"\n", 2)
        if found != mark.encode():
            raise ValueError("the index is of other files")
        size = int(count) * 8
        lengths = [array("Q") for _ in range(formats)]
        for number, column in enumerate(lengths):
            column.frombytes(rest[number * size : (number + 1) * size])
        return cls(rest[formats * size :].decode().split("\n"), lengths)

    def save(self, path: Path, *, mark: str) -> None:
        """Write the index, with a mark that names the files.

        Raises:
            OSError: It cannot be written.
        """
        data = b"".join(
            [f"{mark}\n{len(self.lines)}\n".encode(), *(column.tobytes() for column in self.lengths), "\n".join(self.lines).encode()]
        )
        write_checked(path, data)

    def change(
        self, removed: Iterable[str], added: Mapping[str, Sequence[bytes]], *, separators: Sequence[bytes]
    ) -> tuple[Self, list[list[Edit]]]:
        """Take out blocks and put in others.

        Args:
            removed, added: Lines; those added with their blocks.
            separators: What stands between two blocks of each format.

        Returns:
            The new index, and the edits of each file.

        Raises:
            KeyError: What is to be removed is not there, or what is new is.
        """
        gone = set(removed)
        wanted = sorted(gone | added.keys(), key=subject_order)
        places = [bisect_left(self.lines, subject_order(line), key=subject_order) for line in wanted]
        for line, place in zip(wanted, places, strict=True):
            is_there = place < len(self.lines) and self.lines[place] == line
            if is_there != (line in gone):
                raise KeyError(line)
        edits = []
        for number, (column, separator) in enumerate(zip(self.lengths, separators, strict=True)):
            ends = [0, *accumulate(length + len(separator) for length in column)]
            edits.append(
                [
                    Edit(ends[place], ends[place + (line in gone)], added[line][number] + separator if line in added else b"")
                    for line, place in zip(wanted, places, strict=True)
                ]
            )
        return self._rebuild(wanted, places, gone, added), edits

    def _rebuild(self, wanted: Sequence[str], places: Sequence[int], gone: set[str], added: Mapping[str, Sequence[bytes]]) -> Self:
        new = type(self).empty(len(self.lengths))
        start = 0
        for line, place in zip([*wanted, ""], [*places, len(self.lines)], strict=True):
            new.lines += self.lines[start:place]
            for column, earlier in zip(new.lengths, self.lengths, strict=True):
                column.extend(earlier[start:place])
            if line in added:
                new.lines.append(line)
                for column, block in zip(new.lengths, added[line], strict=True):
                    column.append(len(block))
            start = place + (line in gone)
        return new
