"""Quads to files of any number of formats: one pass for lines, one for blocks.

Lines (N-Triples, N-Quads) go out as they come. Blocks of the other formats come in
reading order; what stands at the head of such a file (prefixes, namespaces) depends on all of them,
so they are kept in memory or, beyond a bound, on disk until the last one is there.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import repeat
from typing import IO, Protocol

from airm_graph.export.order import Order
from airm_graph.export.quad_sources import QuadSource, join_triples
from airm_graph.graph.reading_order import RDF_TYPE, Pattern, SubjectGroup
from airm_graph.key_cache import CACHE_SIZE

__all__ = ["BlockFormat", "Notes", "Sink", "Template", "Templates", "write_blocks", "write_lines"]

#: Where the value of each place of a text comes from, and the text, with ``%s`` for the subject
#: first, then for the values.
Template = tuple[list[int], str]
#: Takes a piece of a file.
Sink = Callable[[str], object]
#: Characters of the blocks of one file that are kept in memory, and bytes that are moved at once.
_KEPT, _PIECE = 4 << 20, 1 << 20


class BlockFormat(Protocol):
    """A file with a head, one block for each subject in reading order, and a foot.

    Attributes:
        separator: Stands between blocks.
        waits: Whether head or blocks say what is known only when all blocks are written.
    """

    separator: str
    waits: bool

    def render(self, group: SubjectGroup, order: Order) -> list[str]:
        """Write the block of each subject."""

    def head(self, *, filled: bool) -> str:
        """Write what stands before the blocks, asked when all are written; *filled* when there are
        any.
        """

    def settle(self, text: str) -> str:
        """Put in what is known only when all blocks are written."""

    def foot(self, *, filled: bool) -> str:
        """Write what stands behind the blocks."""


class Notes:
    """What is noted of blocks while they are written.

    Attributes:
        forms: What writes the blocks of each format; they know what their heads depend on.
    """

    def __init__(self, take: Callable[[Sequence[str], Sequence[Sequence[str]]], object]) -> None:
        """Name what takes the subjects of a part, each behind the letter of its group, and for each
        format their blocks.
        """
        self.take = take
        self.forms: list[BlockFormat] = []


class Templates:
    """Templates by pattern, made once for each."""

    def __init__(self, make: Callable[[Pattern, Order], Template]) -> None:
        """Remember what makes them."""
        self._make = make
        self._kept: dict[Pattern, Template] = {}
        self._size = 0

    def find(self, pattern: Pattern, *, order: Order) -> Template:
        """Return the template of a pattern."""
        found = self._kept.get(pattern)
        if found is None:
            if self._size > CACHE_SIZE:
                self._kept, self._size = {}, 0
            found = self._kept[pattern] = self._make(pattern, order)
            self._size += len(pattern.predicates)
        return found


def write_lines(source: QuadSource, *, triples: Sequence[Sink] = (), quads: Sequence[Sink] = ()) -> None:
    """Write sorted lines: triples, each once, as N-Triples, and quads as N-Quads."""
    if not quads:
        for piece in source.triples() if triples else ():
            for sink in triples:
                sink(piece)
        return

    def read() -> Iterator[Sequence[tuple[str, str]]]:
        for batch in source.lines():
            piece = "".join([f"{triple} {graph} .\n" if graph else f"{triple} .\n" for triple, graph in batch])
            for sink in quads:
                sink(piece)
            yield batch

    for piece in join_triples(read()):
        for sink in triples:
            sink(piece)


def write_blocks(
    source: QuadSource, forms: Sequence[tuple[BlockFormat, Sink]], *, prefixes: Mapping[str, str], notes: Notes | None = None
) -> None:
    """Write files of blocks; *notes* are taken of them.

    Raises:
        ExportError: A format cannot say what stands there.
    """
    if not forms:
        return
    order = Order(prefixes)
    with ExitStack() as opened, _without_collector():
        kept = [opened.enter_context(closing(_Waiting())) if form.waits else None for form, _ in forms]
        files = [_BlockFile(form, sink, one) for (form, sink), one in zip(forms, kept, strict=True)]
        for part in source.groups(order):
            groups, columns = list(part), list[Sequence[str]]()
            for file in files:
                blocks = _render_part(groups, file.form, order)
                file.add(blocks)
                columns += [blocks] if notes else []
            if notes:
                notes.take(_list_subjects(groups, order), columns)
        for file in files:
            file.finish()
    if notes:
        notes.forms = [form for form, _ in forms]


class _Waiting:
    """Texts of whole lines, in memory or, beyond a bound, on disk."""

    def __init__(self) -> None:
        self._texts, self._size = list[str](), 0
        self._file: IO[bytes] | None = None

    def close(self) -> None:
        if self._file:
            self._file.close()

    def add(self, text: str) -> None:
        self._size += len(text)
        if self._size > _KEPT:
            if not self._file:
                from tempfile import TemporaryFile

                self._file = TemporaryFile()  # noqa: SIM115 - `close` closes it
            self._file.write(text.encode())
        else:
            self._texts.append(text)

    def read(self) -> Iterator[str]:
        """Read all in the order they came, so that nothing which is to be settled is cut."""
        yield from self._texts
        if not self._file:
            return
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield (piece + self._file.readline()).decode()


class _BlockFile:
    """A file of blocks that is being written; blocks that wait for its head are kept."""

    def __init__(self, form: BlockFormat, sink: Sink, kept: "_Waiting | None") -> None:
        self.form, self._sink, self._kept = form, sink, kept
        self._is_filled = False

    def add(self, blocks: Sequence[str]) -> None:
        """Add blocks behind those that are there."""
        text = self.form.separator.join(["", *blocks] if self._is_filled else blocks)
        if self._kept:
            self._kept.add(text)
        else:
            self._sink(text if self._is_filled else self.form.head(filled=True) + text)
        self._is_filled = True

    def finish(self) -> None:
        """Write what is still missing."""
        if self._kept or not self._is_filled:
            self._sink(self.form.head(filled=self._is_filled))
        if self._kept:
            for piece in self._kept.read():
                self._sink(self.form.settle(piece))
        self._sink(self.form.foot(filled=self._is_filled))


def _list_subjects(groups: Sequence[SubjectGroup], order: Order) -> list[str]:
    """List the subjects of a part in their order, each behind the letter of its group."""
    found = [""] * sum(len(group.subjects) for group in groups)
    for group in groups:
        types = [column for predicate, column in zip(group.pattern.predicates, group.objects, strict=True) if predicate == RDF_TYPE]
        ranks = (
            map(min, zip(*([order.rank((name,)) for name in column] for column in types), strict=True)) if types else repeat(order.rank(()))
        )
        for position, rank, subject in zip(group.positions, ranks, group.subjects, strict=False):
            found[position] = rank + subject
    return found


def _render_part(groups: Sequence[SubjectGroup], form: BlockFormat, order: Order) -> list[str]:
    """Write the blocks of a part in their order."""
    blocks = [""] * sum(len(group.subjects) for group in groups)
    for group in groups:
        for position, block in zip(group.positions, form.render(group, order), strict=True):
            blocks[position] = block
    return blocks


@contextmanager
def _without_collector() -> Iterator[None]:
    """Stop Python from looking for cycles: texts make none, and the search takes a quarter of the
    time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
