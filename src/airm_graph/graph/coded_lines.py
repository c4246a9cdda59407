"""Lines of N-Triples from the columns of tables whose quads are not numbered yet.

There is no dictionary, and one text for all that is said of a subject, so that subjects are sorted
and not lines. That works where no other quads are about these subjects; else all are numbered.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from airm_graph.graph.coded import CodedQuads, is_constant
from airm_graph.graph.term_spelling import TERM_TEXT, quote
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from airm_graph.graph.table import TripleTable

__all__ = ["stream_blocks"]

_END = "' .\n'"

#: Subjects handed out together: some MB of text, and for few quads less, as most such texts are
#: ASCII, which takes half of the memory and of the time.
_SUBJECTS, _FEW_SUBJECTS = 2_000, 100


def stream_blocks(table: "TripleTable") -> Iterator[list[str]] | None:
    """Write the triples of all quads as sorted lines, those of some subjects at a time.

    Returns:
        None where no quads are columns still, or one of their subjects has other quads, too.
    """
    with table.set_aside() as (given, coded):
        is_numbered = bool(table.execute("SELECT 1 FROM quads LIMIT 1"))
        if not coded or (is_numbered and (given or table.holds_few)):
            return None
        if table.holds_few:
            return _list_few(table, given, coded)
        table.load_records("stated_blocks", columns={"s": "VARCHAR", "lines": "VARCHAR"}, records=_join_rows(given))
        shared = f"SELECT {TERM_TEXT} FROM terms WHERE id IN (SELECT s FROM quads)" if is_numbered else "SELECT s FROM stated_blocks"
        if table.execute(f"{_select_shared(coded, shared)} LIMIT 1"):
            return None
    return _stream(table, _NUMBERED if is_numbered else "SELECT s, lines FROM stated_blocks")


def _stream(table: "TripleTable", others: str) -> Iterator[list[str]]:
    with table.set_aside() as (_, coded):
        blocks = " UNION ALL ".join([*_select_coded(coded, _Lines()), others])
        for some in table.stream(f"SELECT lines FROM ({blocks}) AS b ORDER BY s", size=_SUBJECTS):
            yield [lines for (lines,) in some]


def _list_few(table: "TripleTable", given: Sequence[Quad], coded: Sequence[CodedQuads]) -> Iterator[list[str]] | None:
    """Write the lines of all subjects of a small table, which are put in order here."""
    # A database would put the lines together twice if it had to look whether there are any.
    blocks = [block for select in _select_coded(coded, _SmallLines()) for block in table.execute(select) if block[1]]
    known = _join_rows(given)
    if not {subject for subject, _ in blocks}.isdisjoint(subject for subject, _ in known):
        return None
    lines = [one for _, one in sorted([*blocks, *known])]
    return (lines[start : start + _FEW_SUBJECTS] for start in range(0, len(lines), _FEW_SUBJECTS))


def _join_rows(rows: Sequence[Quad]) -> list[tuple[str, str]]:
    """Put together the lines of each subject; the same triple may stand in several graphs."""
    return [
        (subject, "".join([f"{s} {p} {o} .\n" for s, p, o in dict.fromkeys([quad[:3] for quad in quads])]))
        for subject, quads in groupby(sorted(rows), key=itemgetter(0))
    ]


def _select_shared(coded: Sequence[CodedQuads], known: str) -> str:
    """Write a SELECT of the subjects of coded quads that are among others."""
    places = dict.fromkeys((one.table, one.s) for one in coded)
    return " UNION ALL ".join(f"SELECT {s} AS s FROM {table} WHERE {s} IN ({known})" for table, s in places)


#: The same triple may stand in several graphs.
_NUMBERED = f"""SELECT s, string_agg(s || ' ' || p || ' ' || o || ' .', chr(10) ORDER BY p, o) || chr(10) AS lines FROM (
    SELECT DISTINCT s.text AS s, p.text AS p, o.text AS o FROM quads AS q
    {" ".join(f"JOIN (SELECT id, {TERM_TEXT} AS text FROM terms) AS {part} ON {part}.id = q.{part}" for part in "spo")}) AS n GROUP BY s"""


class _Lines:
    """SQL of DuckDB for lines."""

    def concat(self, pieces: Sequence[str]) -> str:
        """Put texts together in one step."""
        return f"concat({', '.join(pieces)})"

    def sort(self, start: Sequence[str], quads: Sequence[CodedQuads]) -> str:
        """Write the lines of one predicate with several objects, sorted by these."""
        lists = list(map(self._list_objects, quads))
        objects = lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"
        return f"array_to_string(list_transform(list_sort({objects}), lambda y: {self.concat([*start, 'y', _END])}), '')"

    def _list_objects(self, one: CodedQuads) -> str:
        listed = one.each or f"[{one.o}]"
        return f"CASE WHEN {one.condition} THEN {listed} ELSE [] END" if one.condition else listed


class _SmallLines(_Lines):
    """SQL of SQLite for lines, by nothing but functions of its own."""

    def concat(self, pieces: Sequence[str]) -> str:
        """Put texts together."""
        return f"({' || '.join(pieces)})"

    def sort(self, start: Sequence[str], quads: Sequence[CodedQuads]) -> str:
        """Write the lines of one predicate with several objects, sorted by these."""
        objects = " UNION ALL ".join(map(self._select_objects, quads))
        line = self.concat([*start, "y", _END])
        return f"(SELECT coalesce(group_concat({line}, ''), '') FROM (SELECT y FROM ({objects}) ORDER BY y))"

    def _select_objects(self, one: CodedQuads) -> str:
        where = f" WHERE {one.condition}" if one.condition else ""
        if not (found := one.of_lines):
            return f"SELECT {one.o} AS y{where}"
        text, each = found
        return f"SELECT {each} AS y FROM (SELECT value AS x FROM json_each(list_lines({text}))){where}"


def _select_coded(coded: Sequence[CodedQuads], lines: _Lines) -> Iterator[str]:
    """Write a SELECT for each column of subjects; one of which nothing is said has no lines."""

    def place(one: CodedQuads) -> tuple[str, str, str]:
        return one.table, one.rows, one.s

    for (table, rows, subject), about in groupby(sorted(coded, key=place), key=place):
        pieces = list[str]()
        for predicate, quads in groupby(sorted(about, key=lambda one: one.p), key=lambda one: one.p):
            pieces += _write_lines([subject, quote(f" {predicate} ")], list(quads), lines)
        where = " AND ".join([f"{subject} IS NOT NULL", *([rows] if rows else [])])
        written = lines.concat(_join_constants(pieces))
        yield f"SELECT {subject} AS s, {written} AS lines FROM {table} WHERE {where}"


def _write_lines(start: list[str], quads: Sequence[CodedQuads], lines: _Lines) -> list[str]:
    """Write the SQL for pieces of the lines of a predicate, sorted by their objects."""
    if len(quads) > 1 or quads[0].each:
        return [lines.sort(start, quads)]
    line = [*start, *(quads[0].parts or [quads[0].o]), _END]
    condition = " AND ".join(part for part in quads[0].condition.split(" AND ") if part != f"{start[0]} IS NOT NULL")
    return [f"CASE WHEN {condition} THEN {lines.concat(_join_constants(line))} ELSE '' END"] if condition else line


def _join_constants(pieces: Sequence[str]) -> list[str]:
    """Put together those texts that are known now."""
    joined = list[str]()
    for piece in pieces:
        if joined and is_constant(piece) and is_constant(joined[-1]):
            joined[-1] = joined[-1][:-1] + piece[1:]
        else:
            joined.append(piece)
    return joined
