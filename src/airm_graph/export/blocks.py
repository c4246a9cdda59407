"""Blocks of text sorted by key with bounded memory: what does not fit goes to a temporary file in sorted runs, which are merged."""

import heapq
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter
from types import TracebackType
from typing import IO, Self

__all__ = ["BlockSorter"]

#: Characters held in memory; Python takes one to four bytes for each.
_LIMIT = 1 << 26
#: Records handed out at once.
_SOME = 1 << 10

#: A key, then one block for each file.
_Record = tuple[str, ...]


class BlockSorter:
    """Takes records of a key and some blocks in any order and gives the blocks back in the order of the keys.

    >>> with BlockSorter(limit=3) as sorter:
    ...     sorter.add(["b", "a"], [["B", "A"], ["2", "1"]])
    ...     sorter.add(["0"], [["0"], ["0"]])
    ...     list(sorter)
    [[('0', 'A', 'B'), ('0', '1', '2')]]
    """

    def __init__(self, *, limit: int = _LIMIT) -> None:
        """Say how many characters may be held in memory."""
        self._limit = limit
        self._held: list[_Record] = []
        self._size = 0
        self._runs: list[IO[str]] = []

    def __enter__(self) -> Self:
        """Return the sorter itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Remove what was written."""
        for run in self._runs:
            run.close()

    def add(self, keys: Sequence[str], blocks: Sequence[Sequence[str]]) -> None:
        """Add a record for each key; *blocks* holds one column for each file."""
        self._held += zip(keys, *blocks, strict=True)
        self._size += sum(sum(map(len, column)) for column in (keys, *blocks))
        if self._size > self._limit:
            self._spill()

    def __iter__(self) -> Iterator[list[tuple[str, ...]]]:
        """Yield the columns of blocks, in the order of the keys, some at a time."""
        return (columns[1:] for columns in self.with_keys())

    def with_keys(self) -> Iterator[list[tuple[str, ...]]]:
        """Yield the same with the column of keys in front."""
        self._held.sort(key=itemgetter(0))
        runs: list[Iterable[_Record]] = [map(_read, run) for run in self._rewound()]
        records = iter(self._held) if not runs else heapq.merge(*runs, self._held, key=itemgetter(0))
        while some := list(islice(records, _SOME)):
            yield list(zip(*some, strict=True))

    def _spill(self) -> None:
        self._held.sort(key=itemgetter(0))
        # All runs are open at the end, so that their buffers together must stay small beside what is held.
        size = max(self._limit >> 9, 1 << 12)
        run = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", buffering=size)  # noqa: SIM115 - closed with the sorter
        self._runs.append(run)
        run.writelines(chain.from_iterable((json.dumps(record, ensure_ascii=False), "\n") for record in self._held))
        self._held, self._size = [], 0

    def _rewound(self) -> Iterator[IO[str]]:
        for run in self._runs:
            run.seek(0)
            yield run


def _read(line: str) -> _Record:
    return tuple(json.loads(line))
