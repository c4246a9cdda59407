"""Quads to files of any number of formats: one pass for lines, one for blocks.

Lines (N-Triples, N-Quads) go out as they come. Blocks of the other formats come in
reading order; what stands at the head of such a file (prefixes, namespaces) depends on all of them,
so they are kept in memory or, beyond a bound, on disk until the last one is there.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import compress, repeat
from operator import itemgetter, ne
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol

from airm_graph.export.order import Order
from airm_graph.export.quad_sources import QuadSource
from airm_graph.export.term_writers import CACHE_SIZE
from airm_graph.graph.reading_order import RDF_TYPE, Pattern, SubjectGroup

__all__ = ["BlockFormat", "Notes", "Sink", "Template", "Templates", "write_blocks", "write_lines"]

#: Where the value of each place of a text comes from, and the text, with ``%s`` for the subject
#: first, then for the values.
Template = tuple[list[int], str]
#: Takes a piece of a file.
Sink = Callable[[str], object]
#: Bytes of the blocks of one file that are kept in memory, and of what is moved at once.
_KEPT, _PIECE = 1 << 20, 1 << 20


class BlockFormat(Protocol):
    """A file with a head, one block for each subject in reading order, and a foot."""

    separator: str

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
    last = ""
    for batch in source.lines() if triples or quads else ():
        if quads:
            piece = "".join([f"{triple} {graph} .\n" if graph else f"{triple} .\n" for triple, graph in batch])
            for sink in quads:
                sink(piece)
        if triples:
            # A triple of several graphs stands in lines that follow each other.
            found = list(map(itemgetter(0), batch))
            piece = " .\n".join([*compress(found, map(ne, found, [last, *found])), ""])
            last = found[-1]
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
    order, filled = Order(prefixes), False
    with ExitStack() as opened, _without_collector():
        kept = [opened.enter_context(SpooledTemporaryFile(_KEPT)) for _ in forms]
        for part in source.groups(order):
            groups = list(part)
            columns = []
            for (form, _), file in zip(forms, kept, strict=True):
                blocks = _render_part(groups, form, order)
                columns += [blocks] if notes else []
                file.write(((form.separator if filled else "") + form.separator.join(blocks)).encode())
            filled = True
            if notes:
                notes.take(_list_subjects(groups, order), columns)
        for (form, sink), file in zip(forms, kept, strict=True):
            sink(form.head(filled=filled))
            file.seek(0)
            for piece in _read_lines(file):
                sink(form.settle(piece))
            sink(form.foot(filled=filled))
    if notes:
        notes.forms = [form for form, _ in forms]


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


def _read_lines(file: IO[bytes]) -> Iterator[str]:
    """Read whole lines, so that nothing which is to be settled is cut."""
    while lines := file.readlines(_PIECE):
        yield b"".join(lines).decode()


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
