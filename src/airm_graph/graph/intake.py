"""The way of quads into a table: from texts of terms to numbers and a dictionary.

What is taken in is kept aside, as numbers and as a dictionary of its own, until `Intake.finish`; so
an error leaves the table as it was.

The number of a term is a hash of its text, so that rows are numbered without a look into the
dictionary. Hashes of unlike texts do meet (once among nine million generated terms): the term that
came later then gets another number, which the table ``aliases`` keeps.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from airm_graph.errors import StoreError
from airm_graph.graph.nquads import Parser, cut_file, cut_rows, open_file, parse_part, suffix_of
from airm_graph.graph.term_spelling import TERM_TEXT, canonical, is_canonical, is_certain, number_of, quote, select_terms
from airm_graph.terms import Quad, label_rows

__all__ = ["Intake"]

_COLUMNS = "spog"
#: Rows of Python taken in at once: enough that the cost per batch does not show, few enough that a
#: batch stays under 200 MB.
_BATCH = 200_000
#: Between the terms of a row on its way in, and what no line may hold besides.
_GAP, _BREAKS = "\x1f", ("\r", "\x00")
_NO_VALUE = "\x1e\x1d"


class Run(Protocol):
    """Runs a statement with the values of its parameters and returns its rows."""

    def __call__(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run it."""


class Intake:
    """Takes relations of texts in; one intake is one change of the table."""

    def __init__(self, run: Run, *, folder: Path) -> None:
        """Start with nothing; *run* works on the database of the table, *folder* is where rows of
        Python pass through.
        """
        self._run, self._folder = run, folder
        self._files = 0
        self._is_first = not run("SELECT 1 FROM terms LIMIT 1")
        self._make("incoming_quads", "SELECT s, p, o, g FROM quads WHERE 1 = 0")
        self._make("incoming_terms", "SELECT id, lexical AS text FROM terms WHERE 1 = 0")

    def add_relation(self, relation: str) -> None:
        """Take in a relation with the columns s, p, o, g; a term may be spelt in any way.

        Raises:
            StoreError: DuckDB refuses the relation, or a text is no N-Quads term.
        """
        self._make("incoming_texts", f"SELECT s, p, o, g FROM {relation} AS r")
        self._list_terms()
        if odd := [text for (text,) in self._run(f"SELECT text FROM found_terms WHERE NOT ({is_canonical('text')})")]:
            self._respell(odd)
            self._list_terms()
        if self._run("SELECT 1 FROM incoming_texts WHERE s = '' OR p = '' OR o = '' LIMIT 1"):
            raise StoreError("a row has no subject, predicate or object")
        self._keep()

    def add_rows(self, rows: Iterable[Quad]) -> None:
        """Take in rows; they are read in batches, so they need not all be in memory."""
        remaining, files, odd = iter(rows), list[str](), list[Quad]()
        while batch := list(islice(remaining, _BATCH)):
            text = "\n".join(map(_GAP.join, batch))
            if text.count("\n") != len(batch) - 1 or text.count(_GAP) != 3 * len(batch) or any(mark in text for mark in _BREAKS):
                plain = [row for row in batch if _is_plain(row)]
                odd += (row for row in batch if not _is_plain(row))
                text = "\n".join(map(_GAP.join, plain))
            if text:
                self._files += 1
                path = self._folder / f"rows-{self._files}.csv"
                path.write_text(text, encoding="utf-8", newline="")
                files.append(quote(str(path)))
        relations = [_read_csv(files)] if files else []
        if odd:
            columns = ", ".join(f"unnest(${n}) AS {name}" for n, name in enumerate(_COLUMNS, 1))
            self._make("odd_rows", f"SELECT {columns}", [list(column) for column in zip(*odd, strict=True)])
            relations.append("SELECT s, p, o, g FROM odd_rows")
        if relations:
            self.add_relation(f"({' UNION ALL '.join(relations)})")
        self._drop("odd_rows")

    def add_terms(self, terms: Sequence[str]) -> None:
        """Take in terms without quads; they may be spelt in any way."""
        self._make("incoming_texts", "SELECT unnest($1) AS s, '' AS p, '' AS o, '' AS g", [[canonical(term) for term in terms]])
        self._list_terms()
        self._keep(quads=False)

    def add_file(self, path: Path, *, label: str, parse: Parser) -> None:
        """Take in a file of lines; *label* is put before the names of its blank nodes.

        Raises:
            StoreError: It is not what its suffix says; the message names file and line.
        """
        for part in cut_file(path, folder=self._folder):
            self._add_part(part, path=path, label=label, parse=parse)

    def _add_part(self, part: Path, *, path: Path, label: str, parse: Parser) -> None:
        relation = cut_rows(part, label=label)
        try:
            self._make("incoming_texts", f"SELECT s, p, o, g FROM {relation} AS r")
        except StoreError as error:
            import duckdb

            if not isinstance(error.__cause__, (duckdb.InvalidInputException, duckdb.NotImplementedException)):
                raise
            # No text that DuckDB reads: bytes that are no UTF-8, a very long line. The parser says
            # what is wrong, if anything is.
            self.add_rows(label_rows(_parse_file(path, part=part, parse=parse), label))
            return
        self._list_terms()
        if self._make("odd_terms", f"SELECT text FROM found_terms WHERE NOT ({is_certain('text')})"):
            is_odd = " OR ".join(f"{column} IN (SELECT text FROM odd_terms)" for column in _COLUMNS)
            self._make("odd_lines", f"SELECT line FROM {relation} AS c WHERE {is_odd}")
            self._run(f"DELETE FROM incoming_texts WHERE {is_odd}")
            self._list_terms()
            self._keep()
            self.add_rows(label_rows(self._parse_odd_lines(path, parse=parse), label))
        else:
            self._keep()

    def finish(self) -> None:
        """Add to the table what is new."""
        self._run(f"INSERT INTO terms {select_terms('incoming_terms')}")
        same = " AND ".join(f"q.{column} = n.{column}" for column in _COLUMNS)
        known = f" WHERE NOT EXISTS (SELECT 1 FROM quads AS q WHERE {same})" if self._run("SELECT 1 FROM quads LIMIT 1") else ""
        repeated = self._run("SELECT COUNT(*) <> COUNT(DISTINCT hash(s, p, o, g)) FROM incoming_quads")[0][0]
        self._run(f"INSERT INTO quads SELECT {'DISTINCT ' if repeated else ''}s, p, o, g FROM incoming_quads AS n{known}")

    def forget(self) -> None:
        """Drop what was made on the way."""
        self._drop("incoming_quads", "incoming_terms", "incoming_texts", "found_terms", "odd_rows", "odd_terms", "odd_lines", "respelt")

    def _list_terms(self) -> None:
        """Find the different terms of the texts, with their numbers, in the table
        ``found_terms``.
        """
        # Predicates and graphs are few.
        some = ("SELECT s AS text", "SELECT o", "SELECT DISTINCT p", "SELECT DISTINCT g")
        texts = " UNION ALL ".join(f"{select} FROM incoming_texts WHERE s IS NOT NULL" for select in some)
        once = f"(SELECT DISTINCT text FROM ({texts}) AS t)"
        self._make("found_terms", f"SELECT {number_of('text')} AS id, text FROM {once} AS d WHERE text <> ''")

    def _keep(self, *, quads: bool = True) -> None:
        """Number the texts, and put them to what is taken in."""
        while self._part_clashes():
            pass
        aliased = bool(self._run("SELECT 1 FROM aliases LIMIT 1"))
        if quads and not aliased:
            numbers = ", ".join(f"{number_of(column)} AS {column}" for column in _COLUMNS)
            self._run(f"INSERT INTO incoming_quads SELECT {numbers} FROM incoming_texts WHERE s IS NOT NULL")
        elif quads:
            numbers = ", ".join(f"COALESCE({c}_.id, {number_of(f't.{c}')}) AS {c}" for c in _COLUMNS)
            joins = " ".join(f"LEFT JOIN aliases AS {c}_ ON {c}_.text = t.{c}" for c in _COLUMNS)
            self._run(f"INSERT INTO incoming_quads SELECT {numbers} FROM incoming_texts AS t {joins} WHERE t.s IS NOT NULL")
        self._drop("incoming_texts")
        if self._is_first:
            # All are new.
            self._is_first = False
            self._drop("incoming_terms")
            self._run("ALTER TABLE found_terms RENAME TO incoming_terms")
            return
        # Not NOT IN: for that DuckDB makes a table of all that is known.
        new = " AND ".join(f"NOT EXISTS (SELECT 1 FROM {name} AS k WHERE k.id = f.id)" for name in ("incoming_terms", "terms"))
        self._run(f"INSERT INTO incoming_terms SELECT id, text FROM found_terms AS f WHERE {new}")

    def _part_clashes(self) -> bool:
        """Give other numbers to terms whose number is another term's; tells whether there were
        some.
        """
        self._run("UPDATE found_terms SET id = a.id FROM aliases AS a WHERE a.text = found_terms.text")
        # One that is known keeps its number.
        new = " AND ".join(f"id NOT IN (SELECT id FROM {name})" for name in ("incoming_terms", "terms"))
        twice = f"SELECT id, MIN(text) AS first FROM found_terms WHERE {new} GROUP BY id HAVING COUNT(*) > 1"
        clashes = [
            f"SELECT f.id, f.text FROM found_terms AS f JOIN {kept} AS k ON k.id = f.id WHERE {text} <> f.text"
            for kept, text in (("incoming_terms", "k.text"), ("terms", TERM_TEXT), (f"({twice})", "k.first"))
            if kept[0] != "(" or self._run("SELECT 1 FROM found_terms GROUP BY id HAVING COUNT(*) > 1 LIMIT 1")
        ]
        clashing = self._run(" UNION ".join(clashes))
        for number, text in clashing:
            self._run("DELETE FROM aliases WHERE text = $1", [text])
            self._run("INSERT INTO aliases VALUES ($1, $2)", [text, number + 1])
        return bool(clashing)

    def _respell(self, odd: Sequence[str]) -> None:
        """Put the one spelling in place of others."""
        spelt = [list(odd), [canonical(text) for text in odd]]
        self._make("respelt", "SELECT unnest($1) AS odd, unnest($2) AS text", spelt)
        columns = ", ".join(f"COALESCE({c}_.text, t.{c}) AS {c}" for c in _COLUMNS)
        joins = " ".join(f"LEFT JOIN respelt AS {c}_ ON {c}_.odd = t.{c}" for c in _COLUMNS)
        self._make("incoming_texts", f"SELECT {columns} FROM incoming_texts AS t {joins}")

    def _parse_odd_lines(self, path: Path, *, parse: Parser) -> Iterator[Quad]:
        """Read the lines that were not certain."""
        count = int(self._run("SELECT count(*) FROM odd_lines")[0][0])
        for start in range(0, count, _BATCH):
            lines = self._run(f"SELECT line FROM odd_lines WHERE rowid >= {start} AND rowid < {start + _BATCH}")
            data = "".join(f"{line}\n" for (line,) in lines).encode()
            yield from parse_part(io.BytesIO(data), path, parse=parse)

    def _make(self, name: str, select: str, values: Sequence[object] = ()) -> int:
        return int(self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}", values)[0][0])

    def _drop(self, *names: str) -> None:
        self._run("; ".join(f"DROP TABLE IF EXISTS {name}" for name in names))


def _parse_file(path: Path, *, part: Path, parse: Parser) -> Iterator[Quad]:
    """Read a part of a file, or the file."""
    with open_file(part) as file:
        yield from parse(file, path.as_posix(), suffix_of(path)) if part == path else parse_part(file, path, parse=parse)


def _is_plain(row: Quad) -> bool:
    """Whether a row can pass through a file.

    Raises:
        StoreError: It has not four parts.
    """
    if len(row) != 4:
        raise StoreError(f"a row has not four parts: {row}")
    return not any(mark in text for text in row for mark in ("\n", _GAP, *_BREAKS))


def _read_csv(files: Sequence[str]) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in _COLUMNS)
    return (
        f"SELECT s, p, o, g FROM read_csv([{', '.join(files)}], columns = {{{columns}}}, auto_detect = false, header = false, "
        f"delim = {quote(_GAP)}, quote = '', escape = '', nullstr = {quote(_NO_VALUE)}, max_line_size = 100_000_000)"
    )
