"""Entries of the record of a build: islands, their findings and keys, files, and figures that are kept up to date."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from airm_graph.export import sort_rows
from airm_graph.incremental.islands import Island, pack_findings, unpack_findings
from airm_graph.incremental.state import Damaged, State
from airm_graph.model import Finding, Link
from airm_graph.namespaces import BASE, term
from airm_graph.store import Row

__all__ = [
    "count_codes",
    "digest_rest",
    "find_share",
    "get_island",
    "list_findings",
    "list_links",
    "name_machine",
    "put_island",
    "replace_islands",
    "sum_counts",
]

#: Entries that hold what is known of files: all are read, those that change are written.
_SHARES = 64
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def name_machine() -> str:
    """What changes when the machine starts anew: then it may have lost what was not yet on disk."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return str(round((time.time() - time.monotonic()) / 60))


def find_share(name: str) -> int:
    """Say which entry tells of a file."""
    return crc32(name.encode("utf-8", "surrogatepass")) % _SHARES


def put_island(state: State, number: int, island: Island) -> None:
    """Write an island down, its keys and what is found of it."""
    state.put(f"island/{number}", island.pack())
    for key in island.keys:
        state.put(f"keys/{key}", number)
    if island.findings:
        state.put(f"findings/{number:09}", pack_findings(island.findings))


def get_island(state: State, number: int) -> Island:
    """Read an island.

    Raises:
        Damaged: There is none of that number.
    """
    data = state.get(f"island/{number}")
    if data is None:
        raise Damaged("the record of the last build is not whole")
    return Island.unpack(data)


def replace_islands(state: State, old: Mapping[int, Island], new: Mapping[int, Island]) -> None:
    """Take islands out and put others in, by their numbers."""
    for number, island in old.items():
        state.drop(f"island/{number}")
        state.drop(f"findings/{number:09}")
        for key in island.keys:
            state.drop(f"keys/{key}")
    for number, island in new.items():
        put_island(state, number, island)


def list_findings(state: State, head: Mapping[str, Any]) -> Iterator[Finding]:
    """List all findings, those of an island in their order."""
    for _, data in state.find("findings/"):
        yield from unpack_findings(data)
    yield from unpack_findings(head["outside"])


def list_links(state: State, *, without: Collection[int]) -> Iterator[Link]:
    """List the links of all islands but some."""
    for key, data in state.find("island/"):
        if int(key.partition("/")[2]) not in without:
            yield from Island.unpack(data).links


def sum_counts(counts: Mapping[str, int], less: Iterable[Mapping[str, int]], more: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Add and take away counts by name; what stands for an IRI goes when nothing is left of it."""
    found = Counter(dict(counts))
    for some in less:
        found.subtract(some)
    for some in more:
        found.update(some)
    return {name: number for name, number in sorted(found.items()) if number or name[0] != "<"}


def count_codes(rows: Iterable[Row], base: str) -> dict[str, int]:
    """How many mitigations have each code."""
    code = term("airm:code").replace(BASE, base, 1)
    return dict(sorted(Counter(value for _, value in {(row[0], row[2]) for row in rows if row[1] == code}).items()))


def digest_rest(rows: Iterable[Row], base: str) -> str:
    """The digest of what no page has a part in, the description of the dataset left out: it is the same for any pages."""
    digest = sha256()
    for row in sort_rows(row for row in rows if not row[0].startswith(f"<{base}dataset")):
        digest.update(" ".join(row).encode())
    return digest.hexdigest()
