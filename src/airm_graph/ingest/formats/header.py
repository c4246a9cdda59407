"""Where the header of a sheet is: below titles, in one row or in several that are merged.

A label is as short as it can be told apart: below a merged *Actor* and *Stage* with *Primary* and
*Other* each, *Actor Primary*.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from airm_graph.errors import name_some
from airm_graph.frozen import frozen

__all__ = ["Header", "Merge", "find_header"]

_NAMED = 5  # rows named in a message
_LONGEST_LABEL = 40  # characters


class Merge(NamedTuple):
    """Cells shown as one; rows and columns (from 0) are inclusive."""

    row: int
    last_row: int
    column: int
    last_column: int


@frozen
class Header:
    """The names of the columns, the rows that they stand in, and what is to be said of that."""

    names: tuple[str, ...]
    first_row: int
    last_row: int
    messages: tuple[str, ...] = ()


def find_header(rows: Sequence[tuple[int, Sequence[str]]], merges: Sequence[Merge]) -> Header:
    """Find the header among the first rows of a sheet.

    Args:
        rows: Number and cells of each row that is not blank; at least one.
        merges: Merged cells of the sheet.

    Returns:
        The first row that is about as full as most, with those that merged cells tie to it.

    >>> find_header([(1, ["Title"]), (3, ["ID", "Name"]), (4, ["A1", "x"])], []).names
    ('ID', 'Name')
    >>> cells = [(1, ["ID", "Actor", ""]), (2, ["", "Primary", "Other"])]
    >>> find_header(cells, [Merge(1, 2, 0, 0), Merge(1, 1, 1, 2)]).names
    ('ID', 'Primary', 'Other')
    """
    by_number = {number: [" ".join(cell.split()) for cell in cells] for number, cells in rows}
    first = last = _find_full_row(by_number)
    tied = [merge for merge in merges if merge.row in by_number]
    # A cell that reaches down from above, or down from here, makes its rows one header.
    for merge in sorted(tied):
        if merge.row < first <= merge.last_row:
            first = merge.row
        if first <= merge.row <= last < merge.last_row:
            last = min(merge.last_row, max(by_number))
    if _names_parts(by_number.get(last + 1, ()), [merge for merge in tied if merge.row == merge.last_row == last]):
        last += 1
    above = max((number for number in by_number if number < first), default=0)
    if _has_twins(by_number[last]) and any(merge.row == above and merge.last_column > merge.column for merge in tied):
        first = above
    block = [number for number in by_number if first <= number <= last]
    names = _name_columns(block, by_number, [merge for merge in tied if first <= merge.row <= last])
    return Header(names, first, last, _say(block, [number for number in by_number if number < first]))


def _find_full_row(rows: Mapping[int, Sequence[str]]) -> int:
    counts = {number: sum(map(bool, cells)) for number, cells in rows.items()}
    # Three rows in four are not fuller: one that has stray cells far out does not count, and titles
    # are few.
    usual = sorted(counts.values())[3 * len(counts) // 4]
    return next(number for number, count in counts.items() if 2 * count > usual)


def _has_twins(cells: Sequence[str]) -> bool:
    return any(count > 1 for name, count in Counter(cells).items() if name)


def _names_parts(cells: Sequence[str], merges: Sequence[Merge]) -> bool:
    """Whether a row names the columns below labels that are merged across them, and no others."""
    parts = [[cell for cell in cells[merge.column : merge.last_column + 1] if cell] for merge in merges]
    every = [cell for found in parts for cell in found]
    is_named = any(len(set(found)) > 1 for found in parts) and all(len(cell) <= _LONGEST_LABEL and cell[0].isalpha() for cell in every)
    return is_named and len(every) == sum(map(bool, cells))


def _name_columns(block: Sequence[int], rows: Mapping[int, Sequence[str]], merges: Sequence[Merge]) -> tuple[str, ...]:
    """Name each column by its lowest label, with those above where several have that label."""
    covered = {
        (number, column): merge
        for merge in merges
        for number in block
        if merge.row <= number <= merge.last_row
        for column in range(merge.column, min(merge.last_column, max(len(rows[row]) for row in block)) + 1)
    }
    width = max([len(rows[number]) for number in block] + [column + 1 for _, column in covered])
    labels: list[list[str]] = []
    for column in range(width):
        found: list[str] = []
        for number in block:
            merge = covered.get((number, column))
            label = _cell(rows, merge.row, merge.column) if merge else _cell(rows, number, column)
            if label and label not in found[-1:]:
                found.append(label)
        labels.append(found)
    names = [found[-1] if found else "" for found in labels]
    counts = Counter(names)
    names = [" ".join(found) if counts[name] > 1 else name for name, found in zip(names, labels, strict=True)]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _cell(rows: Mapping[int, Sequence[str]], number: int, column: int) -> str:
    cells = rows.get(number, ())
    return cells[column] if column < len(cells) else ""


def _say(block: Sequence[int], above: Sequence[int]) -> tuple[str, ...]:
    messages = []
    if above:
        rows = name_some(above, most=_NAMED)
        messages.append(f"the header is in row {block[0]}; what stands above it, in row {rows}, is left out")
    if len(block) > 1:
        messages.append(f"the header takes the rows {block[0]} to {block[-1]}")
    return tuple(messages)
