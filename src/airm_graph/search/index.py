"""Search with SQLite FTS5, in memory. An index is made in one process and read in its forks.

Any text is a query: words must all occur, ``"words in quotes"`` in that order, ``word*`` begins a
word. Everything else of it is text to look for; nothing of it reaches the query language of FTS5.

Source:
    SQLite FTS5 Extension, sections 3 (query syntax), 5.1 (bm25) and 5.3 (snippet); SQLite, How To
    Corrupt, section 2.6: a connection is not carried across a fork, so what is kept is the
    serialised database.
"""

import os
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from airm_graph.errors import ParameterError
from airm_graph.namespaces import BASE, literal
from airm_graph.query.answers import Table
from airm_graph.query.nearest import list_nearest
from airm_graph.search.search_documents import FACETS, Document, make_documents
from airm_graph.terms import Quad

__all__ = ["Choice", "Hit", "Hits", "SearchIndex", "search_index", "tabulate_hits"]

_SCHEMA = """
CREATE VIRTUAL TABLE text USING fts5(
  name, other, description, reasons, source, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
CREATE TABLE item (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, codes TEXT NOT NULL, source TEXT NOT NULL);
CREATE TABLE choice (
  id INTEGER PRIMARY KEY, facet TEXT NOT NULL, iri TEXT NOT NULL, slug TEXT NOT NULL, label TEXT NOT NULL, UNIQUE (facet, iri));
CREATE TABLE has (item INTEGER NOT NULL, choice INTEGER NOT NULL, PRIMARY KEY (item, choice)) WITHOUT ROWID;
CREATE INDEX has_choice ON has (choice, item);
"""
# A word in the name says more than one in a reason or in the title of the source.
_WEIGHTS = "10.0, 6.0, 3.0, 2.0, 1.0"
_OPEN, _CLOSE = "\x02", "\x03"
_PART = re.compile(r'"([^"]*)"|([^\s"]+)')
_SEARCHABLE = re.compile(r"[^\W_]")
_CODE = re.compile(r"(?P<edition>[a-z][a-z0-9-]*)[/ ](?P<code>[0-9.]+)")
_LONGEST, _MOST_WORDS = 2000, 32


@dataclass(frozen=True, slots=True)
class Choice:
    """Hold a value of a facet with the number of hits that have it."""

    iri: str
    slug: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """Hold one thing that was found.

    Attributes:
        kind: mitigation, source, code, actor, lifecycle or function.
        codes: Edition, notation and label of its codes, with semicolons between.
        source: Title of its source.
        score: The larger, the better; 0 where no text was asked for.
        snippet: The text around what was found.
        marks: Where in *snippet* the words stand: start and end, in characters.
    """

    iri: str
    kind: str
    name: str
    codes: str
    source: str
    score: float
    snippet: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hits:
    """Hold what a search found: one page of hits, how many in all, and the facets of all."""

    text: str
    total: int
    offset: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Choice, ...]]


@dataclass(frozen=True)
class SearchIndex:
    """Hold a built index; ``data`` is a whole SQLite database."""

    data: bytes
    _open: dict[int, sqlite3.Connection] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def build(cls, rows: Iterable[Quad], *, base: str = BASE) -> "SearchIndex":
        """Index the statements of a closed graph."""
        return cls.of(make_documents(rows, base=base))

    @classmethod
    def of(cls, documents: Sequence[Document]) -> "SearchIndex":
        """Index documents."""
        connection = sqlite3.connect(":memory:")
        try:
            connection.executescript(_SCHEMA)
            _fill(connection, documents)
            connection.commit()
            return cls(connection.serialize())
        finally:
            connection.close()

    def connect(self) -> sqlite3.Connection:
        """Open the connection of this process, or return the one that is open."""
        if os.getpid() not in self._open:
            self._open.clear()
            connection = sqlite3.connect(":memory:")
            connection.deserialize(self.data)
            connection.execute("PRAGMA query_only = 1")
            connection.execute("PRAGMA temp_store = MEMORY")
            self._open[os.getpid()] = connection
        return self._open[os.getpid()]

    def close(self) -> None:
        """Close what is open; the next search opens it again."""
        for connection in self._open.values():
            connection.close()
        self._open.clear()


def search_index(
    index: SearchIndex, text: str, *, facets: Mapping[str, Sequence[str]] | None = None, limit: int = 20, offset: int = 0
) -> Hits:
    """Search; best first, and by IRI among equals.

    Args:
        index: What to search.
        text: Any text; when it is empty, everything is found, by name.
        facets: Facet of `FACETS` to values, each an IRI, its last part (``deployer``, ``1.1``), a
            code with its edition (``v1/1.1``) or a label; all of them must hold.
        limit, offset: Which page of the hits.

    Raises:
        ParameterError: There is no such facet or value.

    >>> search_index(SearchIndex.build([]), "any text").total
    0
    """
    connection = index.connect()
    match = _write_match(text)
    if match == "" and text.strip():
        return Hits(text, 0, offset, (), {})
    narrowed = [_find_choices(connection, facet, value) for facet, values in (facets or {}).items() for value in values]
    marks = (",".join("?" * len(ids)) for ids in narrowed)
    where = "".join(f" AND item.id IN (SELECT item FROM has WHERE choice IN ({mark}))" for mark in marks)
    arguments: list[str | int] = [number for ids in narrowed for number in ids]
    if match:
        tables, where, arguments = "text JOIN item ON item.id = text.rowid", f"text MATCH ?{where}", [match, *arguments]
    else:
        tables, where = "item", f"1{where}"
    total = connection.execute(f"SELECT count(*) FROM {tables} WHERE {where}", arguments).fetchone()[0]
    hits = _find_hits(connection, tables, where, arguments, ranked=bool(match), limit=limit, offset=offset)
    return Hits(text, total, offset, hits, _count_choices(connection, tables, where, arguments))


def tabulate_hits(hits: Hits) -> Table:
    """Write hits as a table: name, kind, codes, source, snippet, IRI."""
    columns = ("name", "kind", "codes", "source", "snippet", "iri")
    rows = ((hit.name, hit.kind, hit.codes, hit.source, hit.snippet) for hit in hits.hits)
    written = [tuple(literal(text) if text else None for text in row) for row in rows]
    return Table(columns, tuple((*row, f"<{hit.iri}>") for row, hit in zip(written, hits.hits, strict=True)))


def _fill(connection: sqlite3.Connection, documents: Sequence[Document]) -> None:
    values = sorted({value for document in documents for value in document.facets})
    numbers = {value: number for number, value in enumerate(values, 1)}
    connection.executemany(
        "INSERT INTO choice VALUES (?, ?, ?, ?, ?)", ((number, v.facet, v.iri, v.slug, v.label) for v, number in numbers.items())
    )
    for number, d in enumerate(documents, 1):
        source = d.source if d.kind == "mitigation" else ""
        connection.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?)", (number, d.iri, d.kind, d.name, d.codes, source))
        connection.execute(
            "INSERT INTO text (rowid, name, other, description, reasons, source) VALUES (?, ?, ?, ?, ?, ?)",
            (number, *map(_without_marks, (d.name, d.other, d.description, d.reasons, d.source))),
        )
        connection.executemany("INSERT INTO has VALUES (?, ?)", ((number, numbers[value]) for value in d.facets))
    connection.execute("INSERT INTO text (text) VALUES ('optimize')")


def _without_marks(text: str) -> str:
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def _write_match(text: str) -> str:
    """Write a text as a query of FTS5: strings in quotes only."""
    parts = []
    for match in _PART.finditer(_encodable(text[:_LONGEST]).replace("\0", " ")):
        phrase, word = match[1], match[2]
        if _SEARCHABLE.search(phrase or word or ""):
            parts.append(f'"{phrase}"' if word is None else f'"{word.rstrip("*")}"' + ("*" if word.endswith("*") else ""))
    return " ".join(parts[:_MOST_WORDS])


def _find_choices(connection: sqlite3.Connection, facet: str, value: str) -> list[int]:
    if facet not in FACETS:
        raise ParameterError(f"there is no facet {facet!r}; there are {', '.join(FACETS)}", parameter=facet)
    query = "SELECT id FROM choice WHERE facet = ? AND (iri = ? OR slug = ? OR lower(label) = lower(?)) ORDER BY id"
    found = [row[0] for row in connection.execute(query, (facet, *[_encodable(value)] * 3))]
    if not found and facet == "code" and (coded := _CODE.fullmatch(value)):
        # A code with its edition: one notation stands in several.
        query = "SELECT id FROM choice WHERE facet = ? AND slug = ? AND iri LIKE ? ORDER BY id"
        found = [row[0] for row in connection.execute(query, (facet, coded["code"], f"%taxonomy/{coded['edition']}/{coded['code']}"))]
    if not found:
        # A code goes with its edition.
        named = "substr(iri, instr(iri, 'taxonomy/') + length('taxonomy/'))" if facet == "code" else "slug"
        slugs = [row[0] for row in connection.execute(f"SELECT DISTINCT {named} FROM choice WHERE facet = ? ORDER BY 1", (facet,))]
        raise ParameterError(f"no {facet} is called {value[:80]!r}; {list_nearest(value[:80], slugs)}", parameter=facet)
    return found


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _find_hits(
    connection: sqlite3.Connection, tables: str, where: str, arguments: Sequence[str | int], *, ranked: bool, limit: int, offset: int
) -> tuple[Hit, ...]:
    rank = f"round(bm25(text, {_WEIGHTS}), 6)" if ranked else "0.0"
    snippet = f"snippet(text, -1, '{_OPEN}', '{_CLOSE}', '…', 32)" if ranked else "''"
    order = "rated, item.iri" if ranked else "item.name = '', item.name, item.iri"
    query = f"""
        SELECT item.iri, item.kind, item.name, item.codes, item.source, {rank} AS rated, {snippet}
        FROM {tables} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"""
    return tuple(_read_hit(row) for row in connection.execute(query, (*arguments, limit, offset)))


def _read_hit(row: tuple[str, str, str, str, str, float, str]) -> Hit:
    iri, kind, name, codes, source, rated, marked = row
    plain, marks, start = "", [], 0
    for piece in re.split(f"([{_OPEN}{_CLOSE}])", marked):
        if piece == _OPEN:
            start = len(plain)
        elif piece == _CLOSE:
            marks.append((start, len(plain)))
        else:
            plain += piece
    return Hit(iri, kind, name, codes, source, -rated or 0.0, plain, tuple(marks))


def _count_choices(
    connection: sqlite3.Connection, tables: str, where: str, arguments: Sequence[str | int]
) -> dict[str, tuple[Choice, ...]]:
    # CROSS JOIN makes SQLite go from the hits to their values: a word that begins most words would
    # otherwise cost hits times values.
    query = f"""
        SELECT choice.facet, choice.iri, choice.slug, choice.label, count(*) AS number
        FROM (SELECT item.id AS found FROM {tables} WHERE {where})
        CROSS JOIN has ON has.item = found CROSS JOIN choice ON choice.id = has.choice
        GROUP BY choice.id ORDER BY number DESC, choice.iri"""
    found: dict[str, tuple[Choice, ...]] = dict.fromkeys(FACETS, ())
    for facet, *values in connection.execute(query, arguments):
        found[facet] = (*found[facet], Choice(*values))
    return found
