"""The way of quads into a table: from texts of terms to numbers and a dictionary.

Each relation of texts that is taken in becomes two temporary tables, its quads as numbers and its different terms. Nothing of the table
changes before `Intake.finish`, so an error on the way leaves it as it was.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from airm_graph.columns.lines import cut_file, cut_rows, open_file, suffix_of
from airm_graph.columns.spelling import TERM_PARTS, TERM_TEXT, canonical, is_canonical, is_certain, number_of, quote
from airm_graph.errors import StoreError

__all__ = ["Intake", "Parser"]

#: Subject, predicate, object, graph as N-Quads terms, as in ``store``.
_Row = tuple[str, str, str, str]
#: Reads RDF from an open file: the file, its name for messages and its suffix in, rows out (``store.stream_rows``).
Parser = Callable[[IO[bytes], str, str], Iterable[_Row]]

_COLUMNS = "spog"
#: Rows of Python taken in at once: enough that the cost per batch does not show, few enough that a batch stays under 200 MB.
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
        """Start with nothing; *run* works on the database of the table, *folder* is where rows of Python pass through."""
        self._run, self._folder = run, folder
        self._count = 0

    def add_relation(self, relation: str) -> None:
        """Take in a relation with the columns s, p, o, g; a term may be spelt in any way.

        Raises:
            StoreError: DuckDB refuses the relation, or a text is no N-Quads term.
        """
        quads, terms, _ = self._number(relation)
        odd = [text for (text,) in self._run(f"SELECT text FROM {terms} WHERE NOT ({is_canonical('text')})")]  # noqa: S608
        if odd:
            self._respell(odd, quads=quads, terms=terms)
        if self._run(f"SELECT 1 FROM {quads} WHERE s = 0 OR p = 0 OR o = 0 LIMIT 1"):  # noqa: S608
            raise StoreError("a row has no subject, predicate or object")

    def add_rows(self, rows: Iterable[_Row]) -> None:
        """Take in rows; they are read in batches, so they need not all be in memory."""
        remaining, files, odd = iter(rows), list[str](), list[_Row]()
        while batch := list(islice(remaining, _BATCH)):
            text = "\n".join(map(_GAP.join, batch))
            if text.count("\n") != len(batch) - 1 or text.count(_GAP) != 3 * len(batch) or any(mark in text for mark in _BREAKS):
                plain = [row for row in batch if _is_plain(row)]
                odd += (row for row in batch if not _is_plain(row))
                text = "\n".join(map(_GAP.join, plain))
            if text:
                path = self._folder / f"rows-{self._count}-{len(files)}.csv"
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
        self._count += 1
        numbered = f"SELECT {number_of('text')} AS id, text FROM (SELECT DISTINCT unnest($1) AS text) AS t"  # noqa: S608
        self._make(f"incoming_terms_{self._count}", numbered, [[canonical(term) for term in terms]])
        self._make(f"incoming_quads_{self._count}", "SELECT s, p, o, g FROM quads WHERE 1 = 0")

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
            quads, terms, whole = self._number(relation)
        except StoreError:
            # No text that DuckDB reads: bytes that are no UTF-8, a very long line. The parser says what is wrong, if anything is.
            self.add_rows(_relabel(_parse_file(path, part=part, parse=parse), label))
            return
        if self._make("odd_terms", f"SELECT id FROM {terms} WHERE NOT ({is_certain('text')})") or whole:  # noqa: S608
            is_odd = " OR ".join(f"{number_of(column)} IN (SELECT id FROM odd_terms)" for column in _COLUMNS)  # noqa: S608
            self._make("odd_lines", f"SELECT line FROM {relation} AS c WHERE s IS NULL OR {is_odd}")  # noqa: S608
            has_odd = " OR ".join(f"{column} IN (SELECT id FROM odd_terms)" for column in _COLUMNS)  # noqa: S608
            self._run(f"DELETE FROM {terms} WHERE id IN (SELECT id FROM odd_terms)")  # noqa: S608
            self._run(f"DELETE FROM {quads} WHERE {has_odd}")  # noqa: S608
            self.add_rows(_relabel(self._parse_odd_lines(path, parse=parse), label))
        self._drop("odd_terms", "odd_lines")

    def finish(self) -> None:
        """Add to the table what is new.

        Raises:
            StoreError: Two terms have the same number, which happens once in some hundred thousand tables of ten million terms.
        """
        numbers = range(1, self._count + 1)
        terms = " UNION ALL ".join(f"SELECT id, text FROM incoming_terms_{n}" for n in numbers)  # noqa: S608
        quads = " UNION ALL ".join(f"SELECT s, p, o, g FROM incoming_quads_{n}" for n in numbers)  # noqa: S608
        if not self._count:
            return
        if self._count > 1:
            terms, quads = f"SELECT DISTINCT id, text FROM ({terms}) AS t", f"SELECT DISTINCT s, p, o, g FROM ({quads}) AS q"  # noqa: S608
        self._refuse(f"SELECT id FROM ({terms}) AS t GROUP BY id HAVING count(*) > 1 LIMIT 1")  # noqa: S608
        self._refuse(f"SELECT t.id FROM terms AS t JOIN ({terms}) AS n ON n.id = t.id WHERE {TERM_TEXT} <> n.text LIMIT 1")  # noqa: S608
        self._run(
            f"INSERT INTO terms SELECT id, {TERM_PARTS} FROM ({terms}) AS n WHERE NOT EXISTS (SELECT 1 FROM terms AS t WHERE t.id = n.id)",  # noqa: S608
        )
        same = " AND ".join(f"q.{column} = n.{column}" for column in _COLUMNS)
        known = f" WHERE NOT EXISTS (SELECT 1 FROM quads AS q WHERE {same})" if self._run("SELECT 1 FROM quads LIMIT 1") else ""  # noqa: S608
        self._run(f"INSERT INTO quads SELECT s, p, o, g FROM ({quads}) AS n{known}")  # noqa: S608

    def forget(self) -> None:
        """Drop what was made on the way."""
        made = [f"incoming_{kind}_{n}" for n in range(1, self._count + 1) for kind in ("quads", "terms")]
        self._drop("incoming_texts", "odd_rows", "odd_terms", "odd_lines", "respelt", *made)

    def _number(self, relation: str) -> tuple[str, str, int]:
        """Make the two tables of a relation; returns their names, and the number of rows without a subject, which are left out."""
        self._count += 1
        quads, terms = f"incoming_quads_{self._count}", f"incoming_terms_{self._count}"
        self._make("incoming_texts", f"SELECT s, p, o, g FROM {relation} AS r")  # noqa: S608
        numbers = ", ".join(f"{number_of(column)} AS {column}" for column in _COLUMNS)
        self._make(quads, f"SELECT DISTINCT {numbers} FROM incoming_texts WHERE s IS NOT NULL")  # noqa: S608
        # Predicates and graphs are few.
        some = ("SELECT s AS text", "SELECT o", "SELECT DISTINCT p", "SELECT DISTINCT g")
        texts = " UNION ALL ".join(f"{select} FROM incoming_texts WHERE s IS NOT NULL" for select in some)
        once = f"(SELECT DISTINCT text FROM ({texts}) AS t)"  # noqa: S608
        self._make(terms, f"SELECT {number_of('text')} AS id, text FROM {once} AS d WHERE text <> ''")  # noqa: S608
        without = int(self._run("SELECT count(*) FROM incoming_texts WHERE s IS NULL")[0][0])
        self._drop("incoming_texts")
        return quads, terms, without

    def _respell(self, odd: Sequence[str], *, quads: str, terms: str) -> None:
        """Put the one spelling in place of others."""
        spelt = "SELECT unnest($1) AS text, unnest($2) AS kept"
        numbered = f"SELECT {number_of('text')} AS odd, {number_of('kept')} AS id, kept FROM ({spelt}) AS r"  # noqa: S608
        self._make("respelt", numbered, [list(odd), [canonical(text) for text in odd]])
        kept = f"SELECT id, text FROM {terms} WHERE id NOT IN (SELECT odd FROM respelt) UNION SELECT id, kept AS text FROM respelt"  # noqa: S608
        self._make(terms, kept)
        columns = ", ".join(f"COALESCE({c}_.id, q.{c}) AS {c}" for c in _COLUMNS)
        joins = " ".join(f"LEFT JOIN respelt AS {c}_ ON {c}_.odd = q.{c}" for c in _COLUMNS)
        self._make(quads, f"SELECT DISTINCT {columns} FROM {quads} AS q {joins}")  # noqa: S608

    def _parse_odd_lines(self, path: Path, *, parse: Parser) -> Iterator[_Row]:
        """Read the lines that were not certain."""
        count, name = int(self._run("SELECT count(*) FROM odd_lines")[0][0]), path.as_posix()
        for start in range(0, count, _BATCH):
            lines = self._run(f"SELECT line FROM odd_lines WHERE rowid >= {start} AND rowid < {start + _BATCH}")  # noqa: S608
            data = "".join(f"{line}\n" for (line,) in lines).encode()
            try:
                yield from parse(io.BytesIO(data), name, suffix_of(path))
            except StoreError:
                # Among the lines picked out, the parser miscounts them.
                for _ in _parse_file(path, part=path, parse=parse):
                    pass
                raise

    def _make(self, name: str, select: str, values: Sequence[object] = ()) -> int:
        return int(self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}", values)[0][0])

    def _drop(self, *names: str) -> None:
        self._run("; ".join(f"DROP TABLE IF EXISTS {name}" for name in names))

    def _refuse(self, collisions: str) -> None:
        if found := self._run(collisions):
            raise StoreError(f"two terms have the number {found[0][0]}; load the data in parts, each into a table of its own")


def _parse_file(path: Path, *, part: Path, parse: Parser) -> Iterator[_Row]:
    """Read a part of a file; an error is told with the line in the whole file."""
    try:
        with open_file(part) as file:
            yield from parse(file, path.as_posix(), suffix_of(path))
    except StoreError:
        if part != path:
            for _ in _parse_file(path, part=path, parse=parse):
                pass
        raise


def _relabel(rows: Iterable[_Row], label: str) -> Iterable[_Row]:
    """Put a label before the names of blank nodes."""
    if not label:
        return rows
    named = (tuple(f"_:{label}{text[2:]}" if text.startswith("_:") else text for text in row) for row in rows)
    return ((s, p, o, g) for s, p, o, g in named)


def _is_plain(row: _Row) -> bool:
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
        f"SELECT s, p, o, g FROM read_csv([{', '.join(files)}], columns = {{{columns}}}, auto_detect = false, header = false, "  # noqa: S608
        f"delim = {quote(_GAP)}, quote = '', escape = '', nullstr = {quote(_NO_VALUE)}, max_line_size = 100_000_000)"
    )
