"""The table and its dictionary.

Dictionary-coded: ``terms`` holds one row per distinct term (id, kind, lexical form, datatype, language), ``quads`` one row of four
ids per distinct quad. Ids count up from 1 in the order in which terms are first met, so equal input gives equal ids; 0 stands for the
default graph and is no term. Lexical forms are unescaped; datatype and language are empty where they do not apply.

Plans over the two tables (closure, shapes) stay inside the SQL that sqlglot can carry to Spark; what is peculiar to DuckDB (reading
files, settings) is kept in this module.
"""

import os
import re
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, count, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from airm_graph.columns.parquet import write_parquet
from airm_graph.columns.records import read_cells, read_records, write_records
from airm_graph.errors import StoreError
from airm_graph.namespaces import literal
from airm_graph.terms import unescape

__all__ = ["BLANK", "DEFAULT_GRAPH", "IRI", "LITERAL", "TERM_TEXT", "TripleTable"]

#: Values of ``terms.kind``.
IRI, LITERAL, BLANK = 0, 1, 2
#: Value of ``quads.g`` for the default graph.
DEFAULT_GRAPH = 0

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"

#: SQL over a row of ``terms`` that writes the term as N-Quads does, escaped as canonical N-Triples asks.
TERM_TEXT = f"""CASE
    WHEN kind = {IRI} THEN '<' || lexical || '>'
    WHEN kind = {BLANK} THEN '_:' || lexical
    ELSE '"' || replace(replace(replace(replace(lexical, chr(92), chr(92) || chr(92)), '"', chr(92) || '"'),
        chr(10), chr(92) || 'n'), chr(13), chr(92) || 'r') || '"' ||
      CASE WHEN language <> '' THEN '@' || language WHEN datatype = '{_STRING}' THEN '' ELSE '^^<' || datatype || '>' END
  END"""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS terms (
  id INTEGER NOT NULL, kind TINYINT NOT NULL, lexical VARCHAR NOT NULL, datatype VARCHAR NOT NULL, language VARCHAR NOT NULL
);
CREATE TABLE IF NOT EXISTS quads (s INTEGER NOT NULL, p INTEGER NOT NULL, o INTEGER NOT NULL, g INTEGER NOT NULL)
"""
_BODY = re.compile(r"[^\"\\\n\r]*(?:\\.[^\"\\\n\r]*)*")
_SUFFIX = re.compile(r"\^\^<(?P<datatype>[^<>\"\s]+)>|@(?P<language>[A-Za-z0-9-]+)|")
#: A body whose escapes are those of canonical N-Triples.
_CANONICAL_BODY = re.compile(r"[^\"\\\n\r]*(?:\\[\\\"nr][^\"\\\n\r]*)*")
#: Rows taken in at once: enough that the cost per batch does not show, few enough that a batch stays under 200 MB.
_BATCH = 500_000
#: Ids in one statement.
_SOME = 10_000
#: DuckDB refuses longer lines of CSV unless told; this is its own default.
_LINE = 2_097_152

#: Subject, predicate, object, graph as N-Quads terms, as in ``store``.
_Row = tuple[str, str, str, str]


class TripleTable:
    """A dictionary-coded set of quads in DuckDB, in memory or in a file. The dictionary is also kept in the process.

    >>> with TripleTable() as table:
    ...     table.load_rows([("<urn:a>", "<urn:p>", '"1.10"', ""), ("<urn:a>", "<urn:p>", '"1.10"', "")])
    ...     table.execute("SELECT s, p, o, g FROM quads"), table.rows()
    ([(1, 2, 3, 0)], [('<urn:a>', '<urn:p>', '"1.10"', '')])
    """

    def __init__(
        self,
        path: Path | None = None,
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        temp_directory: Path | None = None,
    ) -> None:
        """Open a table.

        Args:
            path: A file that keeps it, made when absent; left out, it lives in memory.
            threads: How many DuckDB may use; all by default.
            memory_limit: As DuckDB writes it (``2GB``); beyond it, work spills to *temp_directory*.
            temp_directory: Also where rows pass through on their way in; the system's by default.

        Raises:
            StoreError: The file or a setting is refused.
        """
        self._temp = temp_directory
        # By itself DuckDB spills into the folder where the user stands.
        spill = temp_directory or Path(tempfile.gettempdir()) / f"airm-graph-{os.getpid()}"
        settings = {"threads": threads, "memory_limit": memory_limit, "temp_directory": str(spill)}
        # DuckDB would otherwise fetch extensions from the network when a statement seems to want one.
        config: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
        config["autoinstall_known_extensions"] = False
        try:
            self._connection = duckdb.connect(str(path or ":memory:"), config=config)
            self._connection.execute(_SCHEMA)
        except duckdb.Error as error:
            raise StoreError(f"the table {path or 'in memory'} cannot be opened: {error}") from error
        self._ids = self._read_ids()

    def __enter__(self) -> Self:
        """Return the table itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the table."""
        self.close()

    def __len__(self) -> int:
        """Number of quads."""
        return int(self.execute("SELECT count(*) FROM quads")[0][0])

    def close(self) -> None:
        """Close the connection; a file keeps what was loaded."""
        self._connection.close()

    def execute(self, sql: str, *, as_written: bool = False) -> list[tuple[Any, ...]]:
        """Run one statement, or several separated by semicolons, and return the rows of the last.

        Args:
            as_written: Join in the order of the statement, where DuckDB, which cannot know how many triples share a value, could join
                everything with everything first.

        Raises:
            StoreError: DuckDB refuses it.
        """
        try:
            if as_written:
                self._connection.execute("SET disabled_optimizers = 'join_order'")
            return self._connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise StoreError(f"{error}; the statement was: {sql}") from error
        finally:
            if as_written:
                self._connection.execute("RESET disabled_optimizers")

    def materialise(self, name: str, select: str) -> int:
        """Keep the result of a SELECT under a name, in place of what had that name, outside the file; returns its number of rows."""
        return int(self.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")[0][0])

    def append(self, name: str, select: str) -> None:
        """Add the result of a SELECT to a table."""
        self.execute(f"INSERT INTO {name} {select}")

    def stream(self, sql: str, *, size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT on tables that are not temporary and hand out its rows in lists, while other statements may run.

        Raises:
            StoreError: DuckDB refuses it, or reading fails on the way.
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql)
            while some := cursor.fetchmany(size):
                yield some
        except duckdb.Error as error:
            raise StoreError(f"{error}; the statement was: {sql}") from error
        finally:
            cursor.close()

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms: numbers and texts, as DuckDB names their types, in the order given.

        Raises:
            StoreError: DuckDB refuses it.
        """
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        self.execute(f"CREATE OR REPLACE TABLE {name} ({declared})")
        with tempfile.TemporaryDirectory(prefix="airm-graph-", dir=self._temp) as folder:
            path = Path(folder, "records.csv")
            longest = write_records(path, records)
            self.execute(f"INSERT INTO {name} SELECT * FROM {read_records(path, columns=columns, line=longest)}")  # noqa: S608

    def load_cells(self, name: str, path: Path, *, select: str, width: int, delimiter: str) -> None:
        """Make a table of the rows below the header of a regular CSV file.

        Args:
            select: What to select from ``cells``, which has the number of the row, the header being row 1, and the cells c0, c1, … as
                texts, NULL where the row has fewer.
            width: How many cells a row may have.

        Raises:
            StoreError: A row has more cells, or DuckDB refuses it for another reason.
        """
        # Rows are numbered as they come.
        self.execute("SET preserve_insertion_order = true")
        cells = f"SELECT 1 + row_number() OVER () AS number, * FROM {read_cells(path, width=width, delimiter=delimiter)}"  # noqa: S608
        self.execute(f"CREATE OR REPLACE TABLE {name} AS WITH cells AS ({cells}) {select}")

    def drop(self, *names: str) -> None:
        """Forget what was materialised under these names, if anything was."""
        self.execute("; ".join(f"DROP TABLE IF EXISTS {name}" for name in names))

    def load_rows(self, rows: Iterable[_Row]) -> None:
        """Add rows; a quad that is there already is not added again. Blank nodes with one label are one node.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        remaining = iter(rows)
        with self._loading() as folder:
            writer, files = _TermWriter(folder / "terms.csv"), list[str]()
            while batch := list(islice(remaining, _BATCH)):
                path = folder / f"quads-{len(files)}.parquet"
                write_parquet(path, columns=self._encode(batch, writer=writer))
                files.append(_text(str(path)))
            if not files:
                return
            writer.take_in(self)
            given = f"SELECT DISTINCT s, p, o, g FROM read_parquet([{', '.join(files)}]) AS n"  # noqa: S608
            if len(self):
                same = " AND ".join(f"q.{column} = n.{column}" for column in "spog")
                given += f" WHERE NOT EXISTS (SELECT 1 FROM quads AS q WHERE {same})"  # noqa: S608
            self.execute(f"INSERT INTO quads {given}")
            if self.execute("SELECT count(*) FROM quads WHERE s = 0 OR p = 0 OR o = 0")[0][0]:
                raise StoreError("a row has no subject, predicate or object")

    def add_terms(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of *terms*, adding those that the table does not know.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        wanted = list(terms)
        missing = [(term, "", "", "") for term in wanted if term not in self._ids]
        if missing:
            with self._loading() as folder:
                writer = _TermWriter(folder / "terms.csv")
                self._encode(missing, writer=writer)
                writer.take_in(self)
        return self.find_ids(wanted)

    def find_ids(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of those *terms* that occur in the table.

        >>> TripleTable().find_ids(["<urn:a>"])
        {}
        """
        # Not self._ids[term], which would mint an id.
        found = ((term, self._ids.get(term) or self._ids.get(_canonical(term) if term else term)) for term in terms)
        return {term: number for term, number in found if number is not None}

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        wanted, texts = sorted(set(ids)), {DEFAULT_GRAPH: ""}
        for start in range(0, len(wanted), _SOME):
            some = ", ".join(map(str, wanted[start : start + _SOME]))
            texts.update(self.execute(f"SELECT id, {TERM_TEXT} FROM terms WHERE id IN ({some})"))  # noqa: S608
        return texts

    def rows(self, sql: str = "SELECT s, p, o, g FROM quads") -> list[_Row]:
        """Write quads as rows, sorted; *sql* selects other quads, as four columns s, p, o, g of ids."""
        used = " UNION ".join(f"SELECT {column} AS id FROM picked_quads" for column in "spog")  # noqa: S608
        written = f"SELECT id, {TERM_TEXT} AS text FROM terms WHERE id IN ({used}) UNION ALL SELECT {DEFAULT_GRAPH}, ''"  # noqa: S608
        self.materialise("picked_quads", sql)
        self.materialise("picked_terms", f"SELECT id, text, row_number() OVER (ORDER BY text) - 1 AS place FROM ({written}) AS w")  # noqa: S608
        texts = [text for (text,) in self.execute("SELECT text FROM picked_terms ORDER BY place")]
        quads = self.execute("""
            SELECT s.place, p.place, o.place, g.place FROM picked_quads AS q
            JOIN picked_terms AS s ON s.id = q.s JOIN picked_terms AS p ON p.id = q.p
            JOIN picked_terms AS o ON o.id = q.o JOIN picked_terms AS g ON g.id = q.g
            ORDER BY 1, 2, 3, 4""")
        self.drop("picked_quads", "picked_terms")
        return [(texts[s], texts[p], texts[o], texts[g]) for s, p, o, g in quads]

    def _read_ids(self) -> defaultdict[str, int]:
        """Read the dictionary back."""
        last = self.execute("SELECT coalesce(max(id), 0) FROM terms")[0][0]
        ids = defaultdict(count(last + 1).__next__, {"": DEFAULT_GRAPH})
        if last:
            ids.update((text, number) for number, text in self.execute(f"SELECT id, {TERM_TEXT} FROM terms"))  # noqa: S608
        return ids

    @contextmanager
    def _loading(self) -> Iterator[Path]:
        """Give a folder to write to; an error leaves the table and the dictionary as they were."""
        self.execute("BEGIN")
        try:
            with tempfile.TemporaryDirectory(prefix="airm-graph-", dir=self._temp) as folder:
                yield Path(folder)
            self.execute("COMMIT")
        except BaseException as error:
            self.execute("ROLLBACK")
            self._ids = self._read_ids()
            if isinstance(error, (StoreError, UnicodeEncodeError, OSError)):
                raise StoreError(f"rows cannot be loaded: {error}") from error
            raise

    def _encode(self, batch: list[_Row], *, writer: "_TermWriter") -> "dict[str, array[int]]":
        """Give every term of the batch an id, describe the new ones, and return the quads as columns of ids."""
        known = len(self._ids)
        columns = _find_columns(batch, self._ids)
        respelt = writer.write(islice(self._ids.items(), known, None))
        if not respelt:
            return columns
        # Other spellings of a term ("\u0041", an explicit xsd:string) take the id of the canonical one.
        for term in respelt:
            del self._ids[term]
        known = len(self._ids)
        for canonical in respelt.values():
            self._ids[canonical]
        writer.write(islice(self._ids.items(), known, None))
        self._ids.update({term: self._ids[canonical] for term, canonical in respelt.items()})
        return _find_columns(batch, self._ids)


class _TermWriter:
    """Writes terms as CSV: id, a number that stands for kind, datatype and language, and the lexical form, always quoted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()
        self._longest = 0
        self._shapes = [(IRI, "", ""), (BLANK, "", ""), (LITERAL, _STRING, "")]
        self._suffixes = {"": 2}

    def write(self, terms: Iterable[tuple[str, int]]) -> dict[str, str]:
        """Write pairs of term and id; returns those that are not spelt canonically, with their canonical spelling, unwritten."""
        lines, respelt = list[str](), dict[str, str]()
        add = lines.append
        for term, number in terms:  # The two common forms, without a call: much of the time of loading goes here.
            mark = term[:1]
            if mark == "<" and term[-1:] == ">" and '"' not in term and "\\" not in term and " " not in term:
                add(f'{number},0,"{term[1:-1]}"\n')
            elif mark == term[-1:] == '"' and "\\" not in term and term.count('"') == 2 and term.isprintable():
                add(f"{number},2,{term}\n")
            elif (canonical := _canonical(term)) == term:
                add(self._describe(term, number))
            else:
                respelt[term] = canonical
        self._longest = max(self._longest, max(map(len, lines), default=0))
        with self._path.open("a", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        return respelt

    def take_in(self, table: TripleTable) -> None:
        """Insert the terms written into the table."""
        shapes = ", ".join(f"({n}, {kind}, {_text(datatype)}, '{tag}')" for n, (kind, datatype, tag) in enumerate(self._shapes))
        # A character is at most four bytes.
        written = _csv(self._path, {"id": "INTEGER", "shape": "INTEGER", "lexical": "VARCHAR"}, line=4 * self._longest)
        table.execute(f"""
            INSERT INTO terms SELECT w.id, n.kind, w.lexical, n.datatype, n.language FROM {written} AS w
            JOIN (VALUES {shapes}) AS n(shape, kind, datatype, language) ON w.shape = n.shape""")  # noqa: S608

    def _describe(self, term: str, number: int) -> str:
        if term[:1] != '"':
            return f'{number},{IRI if term[:1] == "<" else 1},"{term[1:-1] if term[:1] == "<" else term[2:]}"\n'
        body, _, suffix = term[1:].rpartition('"')
        lexical = _unescape(body).replace('"', '""')
        return f'{number},{self._suffixes.get(suffix) or self._add_suffix(suffix)},"{lexical}"\n'

    def _add_suffix(self, suffix: str) -> int:
        found = _SUFFIX.fullmatch(suffix)
        language = found["language"] or "" if found else ""
        self._shapes.append((LITERAL, (found and found["datatype"]) or _LANG_STRING, language))
        self._suffixes[suffix] = len(self._shapes) - 1
        return self._suffixes[suffix]


def _canonical(term: str) -> str:
    r"""Spell a term the one way it is kept: no escapes but those that N-Triples needs, no datatype for plain strings.

    >>> _canonical(r'"t\u00e9\t"^^<http://www.w3.org/2001/XMLSchema#string>')
    '"té\t"'
    """
    if term[:1] == "<" and term[-1:] == ">" and not set(term) & set(' "\n\r'):
        return unescape(term)
    if term[:2] == "_:" and not set(term) & set(' "\\\n\r'):
        return term
    body, quote, suffix = term[1:].rpartition('"')
    if term[:1] != '"' or not quote or not _SUFFIX.fullmatch(suffix):
        raise StoreError(f"{term!r} is no N-Quads term")
    if not _CANONICAL_BODY.fullmatch(body):
        if not _BODY.fullmatch(body):
            raise StoreError(f"{term!r} is no N-Quads term")
        term = literal(unescape(body)) + suffix
    return term.removesuffix(f"^^<{_STRING}>")


def _unescape(text: str) -> str:
    """Resolve escapes as ``terms.unescape`` does, which takes ten times as long for the two that are common."""
    if "\\" in text and "\\\\" not in text:
        text = text.replace("\\n", "\n").replace('\\"', '"')
    return unescape(text)


def _find_columns(batch: list[_Row], ids: defaultdict[str, int]) -> "dict[str, array[int]]":
    """Look up the ids of the quads; built from iterators in C, as this is where loading spends its time."""
    numbers = array("i", map(ids.__getitem__, chain.from_iterable(batch)))
    if len(numbers) != 4 * len(batch):
        raise StoreError("a row has not four parts")
    return {column: numbers[place::4] for place, column in enumerate("spog")}


def _csv(path: Path, columns: dict[str, str], *, line: int = 0) -> str:
    r"""Write the SQL that reads a CSV file of ours; every text in it is quoted, so an empty field is an empty text."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return (
        f"read_csv({_text(str(path))}, columns = {{{types}}}, auto_detect = false, header = false, delim = ',', "
        f"quote = '\"', escape = '\"', nullstr = 'NULL', allow_quoted_nulls = false, new_line = '\\n', max_line_size = {max(_LINE, line)})"
    )


def _text(value: str) -> str:
    """Write a text as SQL does."""
    return "'" + value.replace("'", "''") + "'"
