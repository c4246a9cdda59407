"""Lines of N-Triples from the columns of tables whose quads are not numbered yet.

There is no dictionary, and one text for all that is said of a subject, so that subjects are sorted
and not lines. That works where no other quads are about these subjects; else all are numbered.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from airm_graph.graph.coded import CodedQuads, is_constant
from airm_graph.graph.term_spelling import TERM_TEXT, quote

if TYPE_CHECKING:
    from airm_graph.graph.table import TripleTable

__all__ = ["stream_blocks"]

_END = "' .\n'"


#: Subjects handed out together: some MB of text.
_SUBJECTS = 2_000


def stream_blocks(table: "TripleTable") -> Iterator[list[str]] | None:
    """Write the triples of all quads as sorted lines, those of some subjects at a time.

    Returns:
        None where no quads are columns still, or one of their subjects has other quads, too.
    """
    with table.coded_aside() as coded:
        if not coded or table.execute(f"{_select_shared(coded)} LIMIT 1"):
            return None
    return _stream(table)


def _stream(table: "TripleTable") -> Iterator[list[str]]:
    with table.coded_aside() as coded:
        blocks = " UNION ALL ".join([*_select_coded(coded), _NUMBERED])
        for some in table.stream(f"SELECT lines FROM ({blocks}) AS b ORDER BY s", size=_SUBJECTS):
            yield [lines for (lines,) in some]


def _select_shared(coded: Sequence[CodedQuads]) -> str:
    """Write a SELECT of the subjects of coded quads that the table has as subjects, too."""
    known = f"SELECT {TERM_TEXT} FROM terms WHERE id IN (SELECT s FROM quads)"
    places = dict.fromkeys((one.table, one.s) for one in coded)
    return " UNION ALL ".join(f"SELECT {s} AS s FROM {table} WHERE {s} IN ({known})" for table, s in places)


#: The same triple may stand in several graphs.
_NUMBERED = f"""SELECT s, string_agg(s || ' ' || p || ' ' || o || ' .', chr(10) ORDER BY p, o) || chr(10) AS lines FROM (
    SELECT DISTINCT s.text AS s, p.text AS p, o.text AS o FROM quads AS q
    {" ".join(f"JOIN (SELECT id, {TERM_TEXT} AS text FROM terms) AS {part} ON {part}.id = q.{part}" for part in "spo")}) AS n GROUP BY s"""


def _select_coded(coded: Sequence[CodedQuads]) -> Iterator[str]:
    """Write a SELECT for each column of subjects."""

    def place(one: CodedQuads) -> tuple[str, str, str]:
        return one.table, one.rows, one.s

    for (table, rows, subject), about in groupby(sorted(coded, key=place), key=place):
        pieces = list[str]()
        for predicate, quads in groupby(sorted(about, key=lambda one: one.p), key=lambda one: one.p):
            pieces += _write_lines([subject, quote(f" {predicate} ")], list(quads))
        where = " AND ".join([f"{subject} IS NOT NULL", *([rows] if rows else [])])
        yield f"SELECT * FROM (SELECT {subject} AS s, {_concat(pieces)} AS lines FROM {table} WHERE {where}) AS b WHERE lines <> ''"


def _write_lines(start: list[str], quads: Sequence[CodedQuads]) -> list[str]:
    """Write the SQL for pieces of the lines of a predicate, sorted by their objects."""
    if len(quads) == 1 and not quads[0].each:
        line = [*start, *(quads[0].parts or [quads[0].o]), _END]
        condition = " AND ".join(part for part in quads[0].condition.split(" AND ") if part != f"{start[0]} IS NOT NULL")
        return [f"CASE WHEN {condition} THEN {_concat(line)} END"] if condition else line
    lists = [_list_objects(one) for one in quads]
    objects = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
    return [f"array_to_string(list_transform(list_sort({objects}), lambda y: {_concat([*start, 'y', _END])}), '')"]


def _list_objects(one: CodedQuads) -> str:
    listed = one.each or f"[{one.o}]"
    return f"CASE WHEN {one.condition} THEN {listed} ELSE [] END" if one.condition else listed


def _concat(pieces: Sequence[str]) -> str:
    """Put texts together in one step, and those that are known now."""
    joined = list[str]()
    for piece in pieces:
        if joined and is_constant(piece) and is_constant(joined[-1]):
            joined[-1] = joined[-1][:-1] + piece[1:]
        else:
            joined.append(piece)
    return f"concat({', '.join(joined)})"
