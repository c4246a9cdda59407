"""Where the blocks of a file stand: their keys in order with the length of each, in buckets of some hundred, so that few are touched."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from airm_graph.incremental.state import Damaged, State

__all__ = ["Index", "Ranges"]

#: Blocks in a new bucket; one of twice as many is cut.
_SIZE = 200

#: Start and end in each file.
Ranges = tuple[tuple[int, int], ...]

#: A key and the length of its block in each file.
_Entry = list[Any]


class Index:
    """Keys in order, each with the length of its block in some files."""

    def __init__(self, state: State, name: str) -> None:
        """Name the entries of the state that hold the index."""
        self._state, self._name = state, name

    def fill(self, entries: Iterable[tuple[str, tuple[int, ...]]]) -> None:
        """Take in all blocks, which come in the order of their keys."""
        directory, held = list[_Entry](), list[_Entry]()
        for key, lengths in entries:
            held.append([key, *lengths])
            if len(held) == _SIZE:
                directory.append(self._put(len(directory), held))
                held = []
        if held:
            directory.append(self._put(len(directory), held))
        self._state.put(self._name, {"next": len(directory), "buckets": directory})

    def change(self, *, removed: Iterable[str], added: Mapping[str, tuple[int, ...]]) -> dict[str, Ranges]:
        """Take out blocks and put in others, with their lengths.

        Returns:
            For each key where its block stood, an empty range where a new one belongs; as if every file were its blocks alone.

        Raises:
            Damaged: The index is not what was written, or does not hold what is to be removed.
        """
        about = self._state.get(self._name)
        if not about or not about["buckets"]:
            raise Damaged("the record of the last build is not whole")
        gone = set(removed)
        found: dict[str, Ranges] = {}
        directory = list[_Entry]()
        wanted = sorted(gone | added.keys())
        firsts = [bucket[0] for bucket in about["buckets"]]
        place, offsets = 0, [0] * (len(about["buckets"][0]) - 2)
        for number, bucket in enumerate(about["buckets"]):
            # A key before the first one belongs to the first bucket, one behind the last to the last.
            stop = bisect_left(wanted, firsts[number + 1], place) if number + 1 < len(firsts) else len(wanted)
            if stop > place:
                entries = self._get(bucket)
                found |= _find(entries, wanted[place:stop], offsets)
                changed = _merge(entries, wanted[place:stop], gone=gone, added=added)
                directory += self._replace(bucket, changed, about)
                place = stop
            else:
                directory.append(bucket)
            offsets = [offset + size for offset, size in zip(offsets, bucket[2:], strict=True)]
        if any(not ranges[0][1] - ranges[0][0] for key, ranges in found.items() if key in gone):
            raise Damaged("the record of the last build does not hold what was written")
        self._state.put(self._name, {"next": about["next"], "buckets": directory})
        return found

    def _replace(self, bucket: _Entry, entries: list[_Entry], about: dict[str, Any]) -> Iterator[_Entry]:
        if not entries:
            self._state.drop(f"{self._name}/{bucket[1]}")
            return
        parts = [entries] if len(entries) <= 2 * _SIZE else [entries[i : i + _SIZE] for i in range(0, len(entries), _SIZE)]
        for number, part in enumerate(parts):
            name = bucket[1]
            if number:
                name, about["next"] = about["next"], about["next"] + 1
            yield self._put(name, part)

    def _put(self, number: int, entries: list[_Entry]) -> _Entry:
        self._state.put(f"{self._name}/{number}", entries)
        return [entries[0][0], number, *(sum(column) for column in list(zip(*entries, strict=True))[1:])]

    def _get(self, bucket: _Entry) -> list[_Entry]:
        entries: list[_Entry] | None = self._state.get(f"{self._name}/{bucket[1]}")
        if not entries or entries[0][0] != bucket[0]:
            raise Damaged("the record of the last build is not whole")
        return entries


def _find(entries: list[_Entry], wanted: list[str], offsets: list[int]) -> dict[str, Ranges]:
    found, place, here = {}, 0, list(offsets)
    for key in wanted:
        while place < len(entries) and entries[place][0] < key:
            here = [offset + size for offset, size in zip(here, entries[place][1:], strict=True)]
            place += 1
        is_there = place < len(entries) and entries[place][0] == key
        sizes = entries[place][1:] if is_there else [0] * len(here)
        found[key] = tuple((offset, offset + size) for offset, size in zip(here, sizes, strict=True))
    return found


def _merge(entries: list[_Entry], wanted: list[str], *, gone: set[str], added: Mapping[str, tuple[int, ...]]) -> list[_Entry]:
    touched = set(wanted)
    if any(entry[0] in added and entry[0] not in gone for entry in entries if entry[0] in touched):
        raise Damaged("what is new is there already")
    kept = [entry for entry in entries if entry[0] not in touched]
    return sorted([*kept, *([key, *added[key]] for key in wanted if key in added)], key=lambda entry: entry[0])
