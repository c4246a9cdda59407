"""What a cache keeps of a build of captured pages, so that the next one builds what changed alone:
components of pages, and where the blocks of written files stand.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from airm_graph.cache import read_checked, write_checked
from airm_graph.export import EXPORTS, Notes
from airm_graph.export.writer import BlockFormat
from airm_graph.frozen import frozen
from airm_graph.graph import TripleTable
from airm_graph.namespaces import term
from airm_graph.pipeline.block_index import BlockIndex
from airm_graph.pipeline.components import TEXTS, Component, find_components
from airm_graph.pipeline.marks import SUMS
from airm_graph.pipeline.reading import Read
from airm_graph.pipeline.stamps import digest_file
from airm_graph.pipeline.views import Graph

__all__ = ["BLOCKS", "Head", "PagesRecord", "count_codes", "find_used", "note_blocks", "select_texts"]

#: Formats that are written in blocks.
BLOCKS = tuple(name for name, export in EXPORTS.items() if export.blocks)
_SUFFIXES = (".pages", ".blocks")


@frozen
class Head:
    """What stands on top of a file of blocks: how long it is, and what of its blocks it depends
    on.
    """

    length: int
    used: list[str]


@frozen
class PagesRecord:
    """What is known of the pages of a build.

    Attributes:
        sums: SHA-256 of the sums of the files that were written.
        components: All of them.
        codes: Code → number of mitigations that have it.
        heads: Of each format of `BLOCKS`.
    """

    sums: str
    components: list[Component]
    codes: Mapping[str, int]
    heads: list[Head]

    @classmethod
    def make(cls, read: Read, graph: Graph, notes: Notes, index: BlockIndex) -> Self | None:
        """Make the record of a build of captured pages that was just written; None where it tells
        too little to build a part.
        """
        if graph.tables or any(getattr(form, "has_marks", False) for form in notes.forms):
            return None
        components = find_components(read, texts=select_texts(graph.table))
        heads = []
        for name, form, lengths in zip(BLOCKS, notes.forms, index.lengths, strict=True):
            blocks = sum(lengths) + len(form.separator.encode()) * (len(lengths) - 1)
            size = graph.written[EXPORTS[name].file_name].stat().st_size
            heads.append(Head(size - blocks - len(form.foot(filled=True).encode()), sorted(find_used(form))))
        return cls(digest_file(graph.written[SUMS]), components, count_codes(graph.table), heads)

    @classmethod
    def load(cls, path: Path, *, sums: Path) -> tuple[Self, BlockIndex] | None:
        """Read the record of what a folder holds, and its index; None where there is none that is
        whole.
        """
        with suppress(OSError, ValueError, TypeError, OverflowError):
            known, components, codes, heads = json.loads(read_checked(path.with_suffix(_SUFFIXES[0])))
            if known == digest_file(sums):
                record = cls(known, [Component(*one) for one in components], codes, [Head(*one) for one in heads])
                return record, BlockIndex.load(path.with_suffix(_SUFFIXES[1]), formats=len(BLOCKS), mark=known)
        return None

    def save(self, path: Path, index: BlockIndex) -> None:
        """Write the record and the index; a disk that is full takes nothing from the build."""
        said: list[Any] = [
            self.sums,
            [one.to_record() for one in self.components],
            self.codes,
            [[one.length, one.used] for one in self.heads],
        ]
        data = json.dumps(said, separators=(",", ":")).encode()
        with suppress(OSError):
            index.save(path.with_suffix(_SUFFIXES[1]), mark=self.sums)
            write_checked(path.with_suffix(_SUFFIXES[0]), data)
            for old in (one for suffix in _SUFFIXES for one in path.parent.glob(f"*{suffix}")):
                if not old.with_suffix(path.suffix).exists() and old.stem != path.stem:
                    old.unlink(missing_ok=True)

    def count(self, components: Iterable[Component] | None = None) -> Counter[str]:
        """Count what the description of the dataset counts; of some components, or of all."""
        found: Counter[str] = Counter()
        for one in self.components if components is None else components:
            found.update(one.counts)
        return found


def note_blocks() -> tuple[Notes, BlockIndex]:
    """Make what takes notes of blocks while they are written, and the index that it fills."""
    index = BlockIndex.empty(len(BLOCKS))
    return Notes(index.add), index


def find_used(form: BlockFormat) -> set[str]:
    """Find what the head of a format depends on."""
    return set(getattr(form, "used", ()))


def select_texts(table: TripleTable) -> Sequence[tuple[str, str, str, str]]:
    """Select the statements that may connect mitigations of different sources."""
    ids = table.find_ids(TEXTS)
    listed = ", ".join(map(str, ids.values()))
    return table.rows(f"SELECT s, p, o, g FROM quads WHERE p IN ({listed})") if ids else []


def count_codes(table: TripleTable) -> dict[str, int]:
    """Count how many mitigations have each code."""
    code = table.find_ids([term("airm:code")]).get(term("airm:code"))
    if code is None:
        return {}
    counts = dict(table.execute(f"SELECT o, count(DISTINCT s) FROM quads WHERE p = {code} GROUP BY o"))
    texts = table.read_terms(counts)
    return {texts[number]: int(count) for number, count in counts.items()}
