"""Quads that SQL makes from the columns of one table, numbered column by column: each value once,
whatever is said of it.

What `intake` has to ask of texts that anybody wrote (is each a term in its one spelling, is a quad
there already) the caller knows here.
"""

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from airm_graph.frozen import frozen
from airm_graph.graph.term_spelling import TERM_TEXT, number_of, quote, select_terms

if TYPE_CHECKING:
    from airm_graph.graph.intake import Run

__all__ = ["CodedQuads", "count_coded", "is_constant", "load_coded", "select_coded_texts"]

#: A quoted text in SQL.
_CONSTANT = re.compile("'(?:[^']|'')*'")
#: What is made of each line of a text.
_EACH_LINE = re.compile(r"unnest\(list_transform\(string_split\((.+?), chr\(10\)\), lambda x: (.+)\)\)", re.DOTALL)


@frozen
class CodedQuads:
    """A quad for every row of a table for which a condition holds.

    Attributes:
        table: Its name.
        s, o: SQL over its columns for texts of terms in their one spelling, not NULL where the
            condition holds.
        p: Text of a term.
        g: SQL for the text of a term, which is the same in many rows.
        condition: SQL; empty for every row.
        rows: SQL for which rows are looked at at all, the same for many quads; empty for all.
        parts: SQL for the pieces of which ``o`` is put together; empty where they are not known.
    """

    table: str
    s: str
    p: str
    o: str
    g: str
    condition: str = ""
    rows: str = ""
    parts: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """SQL for the rows that have the quad; empty for every row."""
        return " AND ".join(filter(None, (self.rows, self.condition)))

    @property
    def each(self) -> str:
        """SQL for a list of objects where a row has several; empty where it has one."""
        return self.o.removeprefix("unnest(")[:-1] if self.o.startswith("unnest(") else ""

    @property
    def of_lines(self) -> tuple[str, str] | None:
        """SQL for a text, and for what is made of each of its lines x, where a row has several
        objects; None where it has one.
        """
        found = _EACH_LINE.fullmatch(self.o)
        return (found[1], found[2]) if found else None


def load_coded(quads: Sequence[CodedQuads], *, run: "Run", repeated: Collection[str]) -> None:
    """Add quads none of which is there, or is given twice.

    Args:
        run: Works on the database of the table.
        repeated: What of ``s`` and ``o`` is the same in many rows.
    """
    _list_terms(quads, run, repeated)
    _part_clashes(run)
    _drop_repeated(run)
    run(f"INSERT INTO terms {select_terms('coded_terms')}; DROP TABLE coded_terms; DROP TABLE coded_twice")
    spelt = run("SELECT text, id FROM aliases ORDER BY text")
    run("INSERT INTO quads " + " UNION ALL ".join(_select_numbers(one, spelt) for one in quads))


def count_coded(quads: Sequence[CodedQuads]) -> list[str]:
    """Write SELECTs of numbers that together are the number of quads."""
    tables: dict[str, list[str]] = {}
    for one in quads:
        lines = one.of_lines[0] if one.of_lines else ""
        counted = f"sum(1 + length({lines}) - length(replace({lines}, chr(10), '')))" if lines else "count(*)"
        tables.setdefault(one.table, []).append(f"COALESCE({counted} FILTER (WHERE {one.where or 'true'}), 0)")
    return [f"SELECT CAST({' + '.join(counts)} AS BIGINT) FROM {table}" for table, counts in tables.items()]


def _select_numbers(one: CodedQuads, aliases: Sequence[tuple[str, int]]) -> str:
    texts = zip("spog", ("s", quote(one.p), "o", "g"), strict=True)
    numbers = ", ".join(f"{_number(text, aliases)} AS {column}" for column, text in texts)
    every = f"SELECT {one.s} AS s, {one.o} AS o, {one.g} AS g FROM {one.table}{_where(one.where)}"
    return f"SELECT {numbers} FROM ({every}) AS q"


def is_constant(sql: str) -> bool:
    """Whether SQL is a text in quotes."""
    return _CONSTANT.fullmatch(sql) is not None


def _where(condition: str) -> str:
    return f" WHERE {condition}" if condition else ""


def _number(text: str, aliases: Sequence[tuple[str, int]]) -> str:
    """SQL for the number of a term; those whose hash is another term's are few."""
    cases = " ".join(f"WHEN {text} = {quote(alias)} THEN {number}" for alias, number in aliases)
    return f"CASE {cases} ELSE {number_of(text)} END" if cases else number_of(text)


def _list_terms(quads: Sequence[CodedQuads], run: "Run", repeated: Collection[str]) -> None:
    """Make ``coded_terms``, the terms of all quads; one that several columns hold is there for
    each.
    """
    spelt = _number("text", run("SELECT text, id FROM aliases ORDER BY text"))
    run(f"CREATE OR REPLACE TEMP TABLE coded_terms AS SELECT {spelt} AS id, text FROM ({select_coded_texts(quads, repeated)}) AS t")


def select_coded_texts(quads: Sequence[CodedQuads], repeated: Collection[str]) -> str:
    """Write a SELECT of the texts of all terms, as ``text``; one that several columns hold is there
    for each.
    """
    conditions: dict[tuple[str, str], set[str]] = {}
    for one in quads:
        for text in (one.s, one.o, *(() if is_constant(one.g) else (one.g,))):
            conditions.setdefault((one.table, text), set()).add(one.where)
    constants = sorted({quote(one.p) for one in quads} | {one.g for one in quads if is_constant(one.g)})
    selects = [f"SELECT {sql} AS text" for sql in constants]
    for (table, text), where in conditions.items():
        condition = "" if "" in where else " OR ".join(f"({one})" for one in sorted(where))
        distinct = "DISTINCT " if text in repeated or is_constant(text) else ""
        selects.append(f"SELECT {distinct}{text} AS text FROM {table}{_where(condition)}")
    return " UNION ALL ".join(selects)


def _part_clashes(run: "Run") -> None:
    """Give other numbers to terms whose number is another term's; one that the table has keeps its
    own.
    """
    while True:
        run("CREATE OR REPLACE TEMP TABLE coded_twice AS SELECT id FROM coded_terms GROUP BY id HAVING count(*) > 1")
        new = "id IN (SELECT id FROM coded_twice) AND id NOT IN (SELECT id FROM terms)"
        several = f"SELECT id, MIN(text) AS text FROM coded_terms WHERE {new} GROUP BY id"
        known = f"SELECT id, {TERM_TEXT} AS text FROM terms"
        clashes = " UNION ".join(
            f"SELECT c.id, c.text FROM coded_terms AS c JOIN ({kept}) AS k ON k.id = c.id WHERE k.text <> c.text"
            for kept in (several, known)
        )
        if not (found := run(clashes)):
            return
        for number, text in found:
            run("DELETE FROM aliases WHERE text = $1", [text])
            run("INSERT INTO aliases VALUES ($1, $2)", [text, number + 1])
            run("UPDATE coded_terms SET id = $2 WHERE text = $1", [text, number + 1])


def _drop_repeated(run: "Run") -> None:
    """Leave each term once, and none that the table has."""
    several = "SELECT DISTINCT id, text FROM coded_terms WHERE id IN (SELECT id FROM coded_twice)"
    run(f"CREATE OR REPLACE TEMP TABLE coded_twice AS {several}")
    run("DELETE FROM coded_terms WHERE id IN (SELECT id FROM coded_twice)")
    run("INSERT INTO coded_terms SELECT id, text FROM coded_twice")
    run("DELETE FROM coded_terms WHERE id IN (SELECT id FROM terms)")
