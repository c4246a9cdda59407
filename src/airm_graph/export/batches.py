"""Rows in the order of their subjects, taken in by whole subjects, and those subjects together that have the same shape.

Subjects of one shape (predicates, kinds of objects) look the same but for their values, so a writer makes a template once and fills it
for all of them. At any time the rows of one batch and of its largest subject are held.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, count, islice, pairwise
from operator import eq, lt, ne
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export.subjects import RDF_TYPE
from airm_graph.export.terms import Row, canonical_rows

__all__ = ["BATCH_SIZE", "Columns", "Shape", "SortedRows", "drop_graphs", "find_shapes", "iter_batches", "sort_rows"]

#: Rows taken in at once: enough that subjects of one shape meet, few enough that they stay in the processor's cache.
BATCH_SIZE = 1 << 15


@dataclass(frozen=True)
class Shape:
    """What subjects have in common: a predicate for each object, and what each object is.

    Attributes:
        predicates: Predicates in rising order, each as often as it has objects.
        kinds: ``<`` for an IRI, otherwise what follows the closing quote: nothing, ``@en``, ``^^<datatype>``.
    """

    predicates: tuple[str, ...]
    kinds: tuple[str, ...]

    @cached_property
    def type_columns(self) -> list[int]:
        """Where the types stand."""
        return [number for number, predicate in enumerate(self.predicates) if predicate == RDF_TYPE]

    def runs(self, key: Callable[[str], Any]) -> list[tuple[str, list[int]]]:
        """Each predicate once, in the order of *key*, with the columns of its objects."""
        found: dict[str, list[int]] = {}
        for number, predicate in enumerate(self.predicates):
            found.setdefault(predicate, []).append(number)
        return sorted(found.items(), key=lambda item: key(item[0]))


@dataclass(frozen=True)
class Columns:
    """Subjects of one shape: their IRIs, and a column for each object."""

    shape: Shape
    subjects: tuple[str, ...]
    objects: tuple[tuple[str, ...], ...]

    @property
    def types(self) -> Iterable[tuple[str, ...]]:
        """The types of each subject."""
        columns = [self.objects[number] for number in self.shape.type_columns]
        return zip(*columns, strict=True) if columns else [()] * len(self.subjects)


class SortedRows(list[Row]):
    """Rows as ``sort_rows`` leaves them."""


def sort_rows(rows: Iterable[Row]) -> SortedRows:
    """Check rows, write their terms in the canonical way, and sort them; each is there once.

    Raises:
        ExportError: A row cannot be exported.
    """
    clean = canonical_rows(rows if isinstance(rows, list) else [*rows])
    return SortedRows(clean if _is_rising(clean) else sorted(set(clean)))


def _is_rising(rows: Sequence[Any]) -> bool:
    return all(map(lt, rows, islice(rows, 1, None)))


def iter_batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Take in sorted rows by whole subjects: checked, canonical, sorted, each once.

    Args:
        rows: Rows in the order of their subjects; those of ``sort_rows`` are not checked again.

    Raises:
        ExportError: A row cannot be exported, or subjects do not come in rising order.
    """
    if isinstance(rows, SortedRows):
        yield from _whole_subjects(rows)
        return
    last = ""
    for part in _whole_subjects(rows):
        batch = canonical_rows(part)
        is_rising = _is_rising(batch)
        if batch[0][0] <= last or not (is_rising or all(before[0] <= after[0] for before, after in pairwise(batch))):
            raise ExportError(f"rows do not come in the order of their subjects, near {batch[0][0]}; sort them, terms in canonical form")
        last = batch[-1][0]
        yield batch if is_rising else sorted(set(batch))


def _whole_subjects(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining, held = iter(rows), list[Row]()
    while part := list(islice(remaining, BATCH_SIZE)):
        held += part
        cut, last = len(held) - 1, held[-1][0]
        while cut and held[cut - 1][0] == last:
            cut -= 1
        if cut:
            yield held[:cut]
            held = held[cut:]
    if held:
        yield held


def find_shapes(batch: Sequence[Row], *, sort_objects: Callable[[Iterable[str]], list[str]]) -> Iterator[Columns]:
    """Put the subjects of a batch together by their shape; graphs are dropped, and with them what was there once for each.

    Args:
        batch: As ``iter_batches`` yields it.
        sort_objects: Orders the objects of one predicate.
    """
    subjects, predicates, objects = drop_graphs(batch)
    kinds = _find_kinds(objects)
    starts = [0, *compress(count(1), map(ne, subjects, islice(subjects, 1, None))), len(subjects)]
    groups: dict[tuple[str, ...], _Group] = {}
    for start, stop in pairwise(starts):
        key = predicates[start:stop] + kinds[start:stop]
        group = groups.get(key) or groups.setdefault(key, _Group(key))
        if group.runs:
            _add_sorted(groups, group, objects[start:stop], subject=subjects[start], sort_objects=sort_objects)
        else:
            group.members.append((subjects[start], *objects[start:stop]))
    for group in groups.values():
        if group.members:
            some, *columns = zip(*group.members, strict=True)
            yield Columns(group.shape, some, tuple(columns))


def drop_graphs(batch: Sequence[Row]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The subjects, predicates and objects of the triples of sorted rows, each triple once."""
    subjects, predicates, objects, _ = zip(*batch, strict=True)
    # Sorted rows that differ in the graph only stand side by side.
    twice = list(compress(count(1), map(eq, objects, islice(objects, 1, None))))
    again = {place for place in twice if batch[place][:2] == batch[place - 1][:2]}
    if not again:
        return subjects, predicates, objects
    kept = [number not in again for number in range(len(batch))]
    return tuple(compress(subjects, kept)), tuple(compress(predicates, kept)), tuple(compress(objects, kept))


class _Group:
    """Subjects that have the same predicates and kinds of objects."""

    def __init__(self, key: tuple[str, ...]) -> None:
        half = len(key) // 2
        self.shape = Shape(key[:half], key[half:])
        self.members = list[tuple[str, ...]]()
        found = self.shape.runs(str)
        #: Where a predicate has several objects, which are put in order.
        self.runs = [slice(places[0], places[-1] + 1) for _, places in found if len(places) > 1]


def _add_sorted(
    groups: dict[tuple[str, ...], _Group],
    group: _Group,
    objects: tuple[str, ...],
    *,
    subject: str,
    sort_objects: Callable[[Iterable[str]], list[str]],
) -> None:
    """Add a subject with the objects of each predicate in order, and so perhaps of another shape."""
    found = list(objects)
    for run in group.runs:
        found[run] = sort_objects(found[run])
    key = group.shape.predicates + _find_kinds(found)
    (groups.get(key) or groups.setdefault(key, _Group(key))).members.append((subject, *found))


def _find_kinds(terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(["<" if term[0] == "<" else "" if term[-1] == '"' else term[term.rfind('"') + 1 :] for term in terms])
