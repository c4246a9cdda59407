r"""The triple table in SQLite, for few quads: the same plans, where DuckDB would plan each
statement longer than SQLite needs to run it.

It has what a build of small inputs and the shapes and axioms of the project ask of a table. What
DuckDB says otherwise than SQLite is written anew (`small_sql`).
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import StoreError
from airm_graph.graph.small_sql import CREATE, FUNCTIONS, OF_NULLS, is_bounded, list_patterns, order_joins, translate
from airm_graph.graph.table import TripleTable
from airm_graph.graph.term_spelling import BLANK, DEFAULT_GRAPH, IRI, LANG_STRING, LITERAL, STRING, canonical
from airm_graph.terms import Quad, read_literal

if TYPE_CHECKING:
    from airm_graph.graph.coded import CodedQuads
    from airm_graph.graph.nquads import Parser

__all__ = ["SmallTable"]

_SCHEMA = (
    "PRAGMA temp_store = MEMORY",
    "CREATE TABLE terms (id INTEGER PRIMARY KEY, kind INTEGER, lexical TEXT, datatype TEXT, language TEXT)",
    "CREATE TABLE quads (s INTEGER, p INTEGER, o INTEGER, g INTEGER, PRIMARY KEY (s, p, o, g)) WITHOUT ROWID",
)
#: Made when quads are asked for first: keeping them while quads come in takes three times as long.
#: What was not counted SQLite takes to stand in ten rows, and joins in the order that follows.
_INDEXES = (
    "CREATE INDEX quads_by_object ON quads (o, p, s)",
    "CREATE INDEX quads_by_property ON quads (p, s, o)",
    "PRAGMA analysis_limit = 1000",
    "ANALYZE quads",
)
_EVERY = "SELECT s, p, o, g FROM quads"
#: Rows that come in with one statement, which takes them in half the time that each by itself does.
_AT_ONCE = 100
#: Steps that Python may need at worst to look for a pattern in all texts: some ten seconds, as
#: pyshacl has for one.
_MOST_STEPS = 10**9


class SmallTable(TripleTable):
    """A dictionary-coded set of few quads, in memory.

    >>> with SmallTable() as table:
    ...     table.load_rows([("<urn:a>", "<urn:p>", '"1.10"', "")] * 2)
    ...     len(table), table.rows()
    (1, [('<urn:a>', '<urn:p>', '"1.10"', '')])
    """

    holds_few = plans_at_once = True
    #: Whether this SQLite has all of the SQL that plans are made of.
    is_usable = sqlite3.sqlite_version_info >= (3, 38)

    def __init__(self) -> None:
        self._sqlite = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        for name, (arity, function) in FUNCTIONS.items():
            self._sqlite.create_function(name, arity, function, deterministic=True)
        for statement in _SCHEMA:
            self._run(statement)
        self._known = [""]
        self._ids = {"": DEFAULT_GRAPH}
        self._is_indexed = self._has_quads = self._counts_characters = self._keeps_order = False
        #: The quads by number, as they came in; None where they are not all there.
        self._numbered: list[tuple[int, int, int, int]] | None = []

    def close(self) -> None:
        """Forget everything."""
        self._sqlite.close()

    def use_all_threads(self, *, at_least: int = 0) -> None:
        """Do nothing: SQLite has one."""

    def _run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        if self.given or self.coded:
            self._settle()
        try:
            return self._sqlite.execute(translate(sql), values).fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"{error}; the statement was: {sql}") from error

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        if not self._is_indexed and self._has_quads:
            self._is_indexed = True
            for statement in _INDEXES:
                self._run(statement)
        if made := CREATE.match(sql):
            self._run(f"DROP {made[1]} IF EXISTS {made[2]}")
        return self._run(order_joins(sql) if self._keeps_order else sql)

    @contextmanager
    def joins_as_written(self) -> Iterator[None]:
        """Make joins in the order in which statements name them, while the context lasts."""
        self._keeps_order = True
        try:
            yield
        finally:
            self._keeps_order = False

    def materialise(self, name: str, select: str) -> int:
        """Keep the result of a SELECT under a name; returns its number of rows."""
        self.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")
        made = self._sqlite.execute(f"SELECT * FROM {name} LIMIT 0").description
        columns = [column for column, *_ in made]
        # Triples are looked up by their object and by their property, too.
        several = {("s", "p", "o"): [columns, columns[::-1], ["p", "s", "o"]], ("s", "p", "o", "g"): []}  # quads are but read
        for number, keys in enumerate(several.get(tuple(columns), [columns])):
            self._run(f"CREATE INDEX {name}_index_{number} ON {name} ({', '.join(keys)})")
        self._run(f"ANALYZE {name}")
        return int(self.execute(f"SELECT count(*) FROM {name}")[0][0])

    @contextmanager
    def able_to_run(self, statements: Iterable[str], *, known: Collection[str] = ()) -> Iterator[TripleTable]:
        """Give this table, or one in DuckDB that is there as long as the context lasts."""
        if all(is_bounded(sql) and all(one in known or self._is_cheap(one) for one in list_patterns(sql)) for sql in statements):
            yield self
            return
        with TripleTable(threads=1) as large:
            large.load_rows(self.rows())
            yield large

    def _is_cheap(self, pattern: str) -> bool:
        """Whether Python may look for a pattern in all texts without fear."""
        from airm_graph.graph.pattern_cost import find_power

        power = find_power(pattern)
        if power is None or power < 2:
            return power is not None
        lengths = self.execute("SELECT length(lexical), count(*) FROM terms GROUP BY 1")
        return bool(sum(count * length**power for length, count in lengths) <= _MOST_STEPS)

    def drop(self, *names: str) -> None:
        """Forget what was materialised under these names, if anything was."""
        for name in names:
            self._run(f"DROP TABLE IF EXISTS {name}")

    def append(self, name: str, select: str) -> None:
        """Add the result of a SELECT to what is there under a name."""
        # What it finds before may be something else than what it would find after.
        found = self._run(select) if name == "quads" and self._numbered is not None else []
        super().append(name, select)
        if self._numbered is not None:
            self._numbered += found

    def remove_graph(self, graph: str) -> None:
        """Take the quads of a named graph out; their terms stay."""
        self._numbered = None
        super().remove_graph(graph)

    def stream(self, sql: str, *, size: int = 8_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT and hand out its rows in lists."""
        rows = self.execute(sql)
        yield from (rows[start : start + size] for start in range(0, len(rows), size))

    def copy_texts(self, select: str, path: Path) -> None:
        """Write the one column of a SELECT to a file, each text with a line end behind it."""
        path.write_text("".join(f"{text}\n" for (text,) in self.execute(select)), encoding="utf-8", newline="\n")

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms."""
        self.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        given = list(records)
        self._count_characters(text for record in given for text in record if isinstance(text, str))
        self._insert(name, given, width=len(columns))

    def _count_characters(self, texts: Iterable[str]) -> None:
        """See to it that texts are counted to their end: by itself SQLite stops at U+0000."""
        if not self._counts_characters and any("\0" in text for text in texts):
            self._counts_characters = True
            for name, arity, function in OF_NULLS:
                self._sqlite.create_function(name, arity, function, deterministic=True)

    def _insert(self, name: str, records: Iterable[Sequence[str | int]], *, width: int) -> None:
        """Add records to a table, those that are there already no second time; all or none."""
        if self.given or self.coded:
            self._settle()
        values = list(chain.from_iterable(records))
        size, row = _AT_ONCE * width, f"({', '.join('?' * width)})"
        whole = len(values) // size * size
        with self._sqlite:
            self._sqlite.execute("BEGIN")
            for count, start, end in ((_AT_ONCE, 0, whole), (1, whole, len(values))):
                sql = f"INSERT OR IGNORE INTO {name} VALUES {', '.join([row] * count)}"
                self._sqlite.executemany(sql, (values[at : at + count * width] for at in range(start, end, count * width)))

    def load_rows(self, rows: Iterable[Quad], *, later: bool = False) -> None:
        """Add rows; a quad that is there already is not added again.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        if later:
            super().load_rows(rows, later=True)
            return
        given = list(rows)
        if broken := [row for row in given if not (len(row) == 4 and row[0] and row[1] and row[2])]:
            raise StoreError(f"rows cannot be loaded: a row has no subject, predicate or object, or not four parts: {broken[0]}")
        ids = self.add_terms({text for row in given for text in row if text}) | {"": DEFAULT_GRAPH}
        self._load_numbers((ids[s], ids[p], ids[o], ids[g]) for s, p, o, g in given)

    def load_files(self, paths: Iterable[Path], *, parse: "Parser", label: str | None = None) -> None:
        """Add the quads of N-Triples and N-Quads files that are not packed by Zstandard."""
        from airm_graph.graph.line_rows import read_line_rows
        from airm_graph.graph.nquads import label_files

        # All are read before any comes in.
        for plain, terms, odd in [read_line_rows(path, parse=parse, label=own) for path, own in label_files(paths, label)]:
            # Subjects are numbered as they come, so that quads come in nearly in their order.
            self._know(terms)
            self._numbered = None
            self._insert_quads(zip(*(map(self._ids.__getitem__, column) for column in plain), strict=True))
            self.load_rows(odd)

    def _load_numbers(self, quads: Iterable[tuple[int, int, int, int]]) -> None:
        found = sorted(quads)
        self._insert_quads(found)
        if self._numbered is not None:
            self._numbered += found

    def _insert_quads(self, quads: Iterable[tuple[int, int, int, int]]) -> None:
        self._insert("quads", quads, width=4)
        self._has_quads = True

    def _number_coded(self, quads: "Sequence[CodedQuads]") -> None:
        columns = self._read_columns(quads)
        self._know(sorted({one.p for one in quads}.union(*columns.values()) - {None}))
        numbers = {place: list(map(self._ids.get, texts)) for place, texts in columns.items()}
        found = list[tuple[int, int, int, int]]()
        for one in quads:
            s, o, g = (numbers[place] for place in _list_places(one))
            rows = zip(s, repeat(self._ids[one.p]), o, g, strict=False)
            found += [row for row in rows if row[2] is not None]  # type: ignore[misc]
        self._load_numbers(found)

    def _read_columns(self, quads: "Sequence[CodedQuads]") -> dict[tuple[str, str], Sequence[Any]]:
        """Read the columns that subjects, objects and graphs stand in, each once; an object is None
        where there is no quad.
        """
        columns, wanted = dict[tuple[str, str], Sequence[Any]](), dict[str, list[str]]()
        for one in quads:
            places = _list_places(one)
            if one.each:
                rows = self._run(_select_each(one))
                columns |= zip(places, zip(*rows, strict=True), strict=True) if rows else dict.fromkeys(places, ())
            else:
                wanted.setdefault(places[0][0], []).extend(column for _, column in places)
        for source, sql in wanted.items():
            # Quads come in before their indexes are made, which `execute` would see to.
            every = list(dict.fromkeys(sql))
            rows = self._run(f"SELECT {', '.join(every)} FROM {source}")
            columns |= zip(((source, column) for column in every), zip(*rows, strict=True) if rows else repeat(()), strict=False)
        return columns

    def add_terms(self, terms: Iterable[str]) -> dict[str, int]:
        """Look up the ids of *terms*, adding those that the table does not know.

        Raises:
            StoreError: A term is no N-Quads term; the table is as before.
        """
        ids = self._ids
        spelt = {term: term if term in ids else canonical(term) for term in terms}
        self._know(sorted(set(spelt.values())))
        return {term: ids[text] for term, text in spelt.items()}

    def _know(self, texts: Iterable[str]) -> None:
        """Give numbers to those terms, in their one spelling and once each, that have none."""
        new, first = [text for text in texts if text not in self._ids], len(self._known)
        self._count_characters(new)
        self._insert("terms", ((number, *_take_apart(text)) for number, text in enumerate(new, first)), width=5)
        self._ids.update(zip(new, range(first, first + len(new)), strict=True))
        self._known += new

    def _number(self, texts: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:
        if self.given or self.coded:
            self._settle()
        numbers = {text: self._ids.get(text, -1) for text in texts}
        return numbers, {number: text for text, number in numbers.items() if number >= 0}

    def read_terms(self, ids: Iterable[int]) -> dict[int, str]:
        """Write terms by their ids; 0, the default graph, is the empty text."""
        return {DEFAULT_GRAPH: "", **{number: self._known[number] for number in ids}}

    def rows(self, sql: str = _EVERY) -> list[Quad]:
        """Write quads as rows, sorted; *sql* selects other quads, as four columns of ids."""
        texts = self._known
        numbered = self._list_numbered() if sql == _EVERY else None
        found = [(texts[s], texts[p], texts[o], texts[g]) for s, p, o, g in numbered or self.execute(sql)]
        found.sort()
        return found

    def _list_numbered(self) -> Sequence[tuple[int, int, int, int]]:
        """The quads by number, each once, where they are still at hand; SQLite takes as long to
        hand out each of them as to find it.
        """
        (size,) = self._run("SELECT count(*) FROM quads")[0]
        found = self._numbered or ()
        return found if len(found) == size else ()


def _list_places(one: "CodedQuads") -> list[tuple[str, str]]:
    """Say where subjects, objects and graphs stand: of which rows, and in which column."""
    if one.each:
        return [(f"{one.table} {one.where} {one.o}", column) for column in "sog"]
    object_ = f"CASE WHEN {one.condition} THEN {one.o} END" if one.condition else one.o
    return [(f"{one.table} WHERE {one.rows}" if one.rows else one.table, column) for column in (one.s, object_, one.g)]


def _select_each(one: "CodedQuads") -> str:
    """Write a SELECT of subjects, objects and graphs, where a row has several objects."""
    where = f" WHERE {one.where}" if one.where else ""
    if not (found := one.of_lines):
        raise StoreError(f"no list is put together so in SQLite: {one.o}")
    every = f"SELECT {one.s} AS s, {found[0]} AS list, {one.g} AS g FROM {one.table}{where}"
    return f"SELECT s, {found[1]}, g FROM (SELECT q.s, l.value AS x, q.g FROM ({every}) AS q JOIN json_each(list_lines(q.list)) AS l)"


def _take_apart(text: str) -> tuple[int, str, str, str]:
    """Kind, lexical form, datatype and language of a term."""
    if text[0] == "<":
        return IRI, text[1:-1], "", ""
    if text[-1] == '"' and "\\" not in text:
        return LITERAL, text[1:-1], STRING, ""
    if text[0] == "_":
        return BLANK, text[2:], "", ""
    found = read_literal(text)
    return LITERAL, found.text, LANG_STRING if found.language else found.datatype or STRING, found.language
