"""Quads that SQL makes from the columns of one table, numbered column by column: each value once, whatever is said of it.

What `intake` has to ask of texts that anybody wrote (is each a term in its one spelling, is a quad there already) the caller knows here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from airm_graph.graph.loading import Run
from airm_graph.graph.spelling import TERM_TEXT, number_of, quote, select_terms

__all__ = ["CodedQuads", "load_coded"]


@dataclass(frozen=True, slots=True)
class CodedQuads:
    """A quad for every row of a table for which a condition holds.

    Attributes:
        table: Its name.
        s, o: SQL over its columns for texts of terms in their one spelling, not NULL where the condition holds.
        p, g: Texts of terms.
        condition: SQL; empty for every row.
    """

    table: str
    s: str
    p: str
    o: str
    g: str
    condition: str = ""


def load_coded(quads: Sequence[CodedQuads], *, run: Run, repeated: Collection[str]) -> None:
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
    for one in quads:
        texts = zip("spog", ("s", quote(one.p), "o", quote(one.g)), strict=True)
        numbers = ", ".join(f"{_number(text, spelt)} AS {column}" for column, text in texts)
        every = f"SELECT {one.s} AS s, {one.o} AS o FROM {one.table}{_where(one.condition)}"  # noqa: S608
        run(f"INSERT INTO quads SELECT {numbers} FROM ({every}) AS q")  # noqa: S608


def _where(condition: str) -> str:
    return f" WHERE {condition}" if condition else ""


def _number(text: str, aliases: Sequence[tuple[str, int]]) -> str:
    """SQL for the number of a term; those whose hash is another term's are few."""
    cases = " ".join(f"WHEN {text} = {quote(alias)} THEN {number}" for alias, number in aliases)
    return f"CASE {cases} ELSE {number_of(text)} END" if cases else number_of(text)


def _list_terms(quads: Sequence[CodedQuads], run: Run, repeated: Collection[str]) -> None:
    """Make ``coded_terms``, the terms of all quads; one that several columns hold is there for each."""
    conditions: dict[tuple[str, str], set[str]] = {}
    for one in quads:
        for text in (one.s, one.o):
            conditions.setdefault((one.table, text), set()).add(one.condition)
    names = sorted({text for one in quads for text in (one.p, one.g)})
    selects = [f"SELECT {quote(name)} AS text" for name in names]
    for (table, text), where in conditions.items():
        condition = "" if "" in where else " OR ".join(f"({one})" for one in sorted(where))
        # A text in quotes is the same in every row.
        distinct = "DISTINCT " if text in repeated or text.startswith("'") else ""
        selects.append(f"SELECT {distinct}{text} AS text FROM {table}{_where(condition)}")  # noqa: S608
    run("CREATE OR REPLACE TEMP TABLE coded_terms AS SELECT 0::BIGINT AS id, '' AS text WHERE 1 = 0")
    spelt = _number("text", run("SELECT text, id FROM aliases ORDER BY text"))
    for select in selects:
        run(f"INSERT INTO coded_terms SELECT {spelt} AS id, text FROM ({select}) AS t")  # noqa: S608


def _part_clashes(run: Run) -> None:
    """Give other numbers to terms whose number is another term's; one that the table has keeps its own."""
    while True:
        run("CREATE OR REPLACE TEMP TABLE coded_twice AS SELECT id FROM coded_terms GROUP BY id HAVING count(*) > 1")
        new = "id IN (SELECT id FROM coded_twice) AND id NOT IN (SELECT id FROM terms)"
        several = f"SELECT id, MIN(text) AS text FROM coded_terms WHERE {new} GROUP BY id"  # noqa: S608
        known = f"SELECT id, {TERM_TEXT} AS text FROM terms"  # noqa: S608
        clashes = " UNION ".join(
            f"SELECT c.id, c.text FROM coded_terms AS c JOIN ({kept}) AS k ON k.id = c.id WHERE k.text <> c.text"  # noqa: S608
            for kept in (several, known)
        )
        if not (found := run(clashes)):
            return
        for number, text in found:
            run("DELETE FROM aliases WHERE text = $1", [text])
            run("INSERT INTO aliases VALUES ($1, $2)", [text, number + 1])
            run("UPDATE coded_terms SET id = $2 WHERE text = $1", [text, number + 1])


def _drop_repeated(run: Run) -> None:
    """Leave each term once, and none that the table has."""
    several = "SELECT DISTINCT id, text FROM coded_terms WHERE id IN (SELECT id FROM coded_twice)"
    run(f"CREATE OR REPLACE TEMP TABLE coded_twice AS {several}")
    run("DELETE FROM coded_terms WHERE id IN (SELECT id FROM coded_twice)")
    run("INSERT INTO coded_terms SELECT id, text FROM coded_twice")
    run("DELETE FROM coded_terms WHERE id IN (SELECT id FROM terms)")
