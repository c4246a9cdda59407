"""One pass over sorted rows for any number of files: lines go out as they come, blocks are brought into reading order first."""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from airm_graph.export.batches import Columns, Shape, find_shapes, iter_batches, sort_rows
from airm_graph.export.blocks import BlockSorter
from airm_graph.export.subjects import Order
from airm_graph.export.terms import CACHE_SIZE, Row

__all__ = [
    "BlockFormat",
    "LineFormat",
    "Note",
    "Template",
    "Templates",
    "without_collector",
    "write_blocks",
    "write_lines",
    "write_streams",
]

#: Where the value of each place of a text comes from, and the text, with ``%s`` for the subject first, then for the values.
Template = tuple[list[int], str]

#: Takes a piece of a file.
Sink = Callable[[str], object]

#: Is told of subjects in reading order: their keys, and their blocks in each format.
Note = Callable[[Sequence[str], Sequence[Sequence[str]]], object]

#: A file of lines, written in the order of the rows.
LineFormat = Callable[[list[Row]], str]


class BlockFormat(Protocol):
    """A file with a head, one block for each subject in reading order, and a foot."""

    separator: str

    def render(self, columns: Columns, order: Order) -> list[str]:
        """Write the block of each subject."""

    def head(self, *, filled: bool) -> str:
        """Write what stands before the blocks, asked when all are written; *filled* when there are any."""

    def settle(self, text: str) -> str:
        """Put in what is known only when all blocks are written."""

    def foot(self, *, filled: bool) -> str:
        """Write what stands behind the blocks."""


class Templates:
    """Templates by shape, made once for each."""

    def __init__(self, make: Callable[[Shape, Order], Template]) -> None:
        """Remember what makes them."""
        self._make = make
        self._kept: dict[Shape, Template] = {}
        self._size = 0

    def find(self, shape: Shape, *, order: Order) -> Template:
        """Return the template of a shape."""
        found = self._kept.get(shape)
        if found is None:
            if self._size > CACHE_SIZE:
                self._kept, self._size = {}, 0
            found = self._kept[shape] = self._make(shape, order)
            self._size += len(shape.predicates)
        return found


def write_streams(
    rows: Iterable[Row],
    *,
    lines: Sequence[tuple[LineFormat, Sink]],
    blocks: Sequence[tuple[BlockFormat, Sink]],
    prefixes: Mapping[str, str],
    note: Note | None = None,
) -> None:
    """Write several files in one pass.

    Args:
        rows: Rows in the order of their subjects, as ``iter_batches`` takes them.
        lines: Formats that are written in this order, each with what takes the pieces of its file.
        blocks: Formats that are written in reading order, likewise.
        prefixes: Prefix to namespace; decides the reading order.
        note: Is told of every block.

    Raises:
        ExportError: A row cannot be exported, or subjects do not come in rising order.
    """
    order = Order(prefixes)
    with without_collector(), BlockSorter() as sorter:
        for batch in iter_batches(rows):
            for write, sink in lines:
                sink(write(batch))
            if blocks:
                sorter.add(*_render(batch, [form for form, _ in blocks], order=order))
        filled = False
        for keys, *columns in sorter.with_keys():
            if note:
                note(keys, columns)
            for (form, sink), column in zip(blocks, columns, strict=True):
                sink((form.separator if filled else form.head(filled=True)) + form.settle(form.separator.join(column)))
            filled = True
        for form, sink in blocks:
            sink(form.foot(filled=True) if filled else form.head(filled=False) + form.foot(filled=False))


@contextmanager
def without_collector() -> Iterator[None]:
    """Let Python not look for cycles: texts make none, and the search takes a quarter of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _render(batch: list[Row], forms: Sequence[BlockFormat], *, order: Order) -> tuple[list[str], list[list[str]]]:
    """Write the keys of the subjects of a batch and their blocks in each format."""
    keys, blocks = list[str](), [list[str]() for _ in forms]
    for columns in find_shapes(batch, sort_objects=order.sort_objects):
        keys += order.subject_keys(columns.subjects, types=columns.types)
        for column, form in zip(blocks, forms, strict=True):
            column += form.render(columns, order)
    return keys, blocks


def write_blocks(rows: Iterable[Row], form: BlockFormat, *, prefixes: Mapping[str, str]) -> list[str]:
    """Write rows in any order in one format that has blocks; returns the pieces of its file.

    Raises:
        ExportError: A row cannot be exported.
    """
    pieces = list[str]()
    write_streams(sort_rows(rows), lines=[], blocks=[(form, pieces.append)], prefixes=prefixes)
    return pieces


def write_lines(rows: Iterable[Row], form: LineFormat) -> Iterator[str]:
    """Write rows in any order in one format of lines.

    Raises:
        ExportError: A row cannot be exported.
    """
    for batch in iter_batches(sort_rows(rows)):
        yield form(batch)
