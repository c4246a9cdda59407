"""Where the blocks of written files stand: their subjects in reading order, with the length of each
block in each format.

Little of it is looked at, so the subjects stay one text, as they are kept.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
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

    def __init__(self, text: bytes | memoryview, lengths: Sequence["array[int]"]) -> None:
        """Take lines with their ends, and for each format a column of bytes."""
        self.text, self.lengths = bytearray(text), lengths

    @classmethod
    def empty(cls, formats: int) -> Self:
        """Make an index of nothing."""
        return cls(b"", [array("Q") for _ in range(formats)])

    def add(self, lines: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        """Add the blocks of further subjects behind all others."""
        self.text += "".join(f"{line}\n" for line in lines).encode()
        for lengths, column in zip(self.lengths, columns, strict=True):
            lengths.extend([len(block) if block.isascii() else len(block.encode()) for block in column])

    @classmethod
    def load(cls, path: Path, *, formats: int, mark: str) -> Self:
        """Read the index that has a mark.

        Raises:
            OSError, ValueError: There is none that is whole.
        """
        data = read_checked(path)
        start = data.index(b"\n", len(mark) + 1) + 1
        found, count = data[: start - 1].split(b"\n")
        if found != mark.encode():
            raise ValueError("the index is of other files")
        size = int(count) * 8
        lengths = [array("Q") for _ in range(formats)]
        with memoryview(data) as rest:
            for column in lengths:
                column.frombytes(rest[start : start + size])
                start += size
            return cls(rest[start:], lengths)

    def save(self, path: Path, *, mark: str) -> None:
        """Write the index, with a mark that names the files.

        Raises:
            OSError: It cannot be written.
        """
        write_checked(path, f"{mark}\n{len(self.lengths[0])}\n".encode(), *self.lengths, self.text)

    def change(self, removed: Iterable[str], added: Mapping[str, Sequence[bytes]], *, separators: Sequence[bytes]) -> list[list[Edit]]:
        """Take out blocks and put in others.

        Args:
            removed, added: Lines; those added with their blocks.
            separators: What stands between two blocks of each format.

        Returns:
            The edits of each file.

        Raises:
            KeyError: What is to be removed is not there, or what is new is; nothing was changed.
        """
        gone = set(removed)
        wanted = sorted(gone | added.keys(), key=subject_order)
        places = [self._find(line) for line in wanted]
        for line, place in zip(wanted, places, strict=True):
            if self.text.startswith(f"{line}\n".encode(), place) != (line in gone):
                raise KeyError(line)
        numbers = self._count(places)
        edits = []
        for number, (column, separator) in enumerate(zip(self.lengths, separators, strict=True)):
            starts = _sum(column, numbers, beside=len(separator))
            edits.append(
                [
                    Edit(
                        start,
                        start + (column[at] + len(separator) if line in gone else 0),
                        added[line][number] + separator if line in added else b"",
                    )
                    for line, at, start in zip(wanted, numbers, starts, strict=True)
                ]
            )
        for line, place, at in reversed(list(zip(wanted, places, numbers, strict=True))):
            data = f"{line}\n".encode()
            self.text[place : place + len(data) * (line in gone)] = data if line in added else b""
            for number, column in enumerate(self.lengths):
                column[at : at + (line in gone)] = array("Q", [len(added[line][number])] if line in added else [])
        return edits

    def _find(self, line: str) -> int:
        """Find where a line starts, or would."""
        key, low, high = subject_order(line), 0, len(self.text)
        while low < high:
            middle = self.text.rfind(b"\n", 0, (low + high) // 2) + 1
            stop = self.text.find(b"\n", middle) + 1
            if subject_order(self.text[middle : stop - 1].decode()) < key:
                low = stop
            else:
                high = middle
        return low

    def _count(self, places: Iterable[int]) -> list[int]:
        """Count the lines before each place; the places are in order."""
        numbers, number, start = [], 0, 0
        for place in places:
            number += self.text.count(b"\n", start, place)
            start = place
            numbers.append(number)
        return numbers


def _sum(lengths: "array[int]", numbers: Iterable[int], *, beside: int) -> list[int]:
    """Add up the lengths before each number, with what stands beside each; the numbers are in
    order.
    """
    sums, total, start = [], 0, 0
    for number in numbers:
        total += sum(lengths[start:number]) + (number - start) * beside
        start = number
        sums.append(total)
    return sums
