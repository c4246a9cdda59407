"""Quads in the order in which files hold them, put in order by set operations.

Lines are sorted by code point. Blocks stand in reading order (``export.order`` says which):
subjects are put in order once, then some of them at a time are looked at as a whole: which values a
predicate has and in which order, which subjects have the same pattern, and the texts of their
values. Writers fill templates with columns of texts, so that is what comes out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from airm_graph.frozen import frozen
from airm_graph.graph.natural_keys import KEYED, key_names, object_name
from airm_graph.graph.term_spelling import IRI, TERM_TEXT
from airm_graph.namespaces import term

if TYPE_CHECKING:
    from airm_graph.graph.table import TripleTable

__all__ = ["Pattern", "Selection", "SubjectGroup", "stream_groups", "stream_lines", "stream_quads"]

RDF_TYPE = term("rdf:type")
#: Subjects looked at together, and those of them that are handed out together: 1 MB of text.
_SUBJECTS, _PART = 60_000, 1_000
_KEPT = ("ordered_subjects", "ordered_quads", "ordered_names", "ordered_ranks")
_SCRATCH = ("part_quads", "part_terms", "part_runs", "part_numbers", "part_cells", "part_patterns", *KEYED)
#: Columns of texts fetched at once; each holds up to `_PART` of them.
_COLUMNS = 10
#: ``Pattern.kinds`` of a row of ``terms``.
_KIND = f"""CASE WHEN kind = {IRI} THEN '<' WHEN language <> '' THEN '@' || language
    WHEN datatype = 'http://www.w3.org/2001/XMLSchema#string' THEN '' ELSE '^^<' || datatype || '>' END"""


@frozen
class Selection:
    """Quads of a table that are written.

    Attributes:
        condition: SQL over a row q of ``quads`` that says which.
        text: SQL that writes a row of ``terms``.
    """

    table: "TripleTable"
    condition: str = "1 = 1"
    text: str = TERM_TEXT


@dataclass(frozen=True)
class Pattern:
    """What subjects have in common: a predicate for each object, and what each object is.

    Attributes:
        predicates: Predicates in rising order, each as often as it has objects.
        kinds: ``<`` for an IRI, otherwise what follows the closing quote: nothing, ``@en``,
            ``^^<datatype>``.
    """

    predicates: tuple[str, ...]
    kinds: tuple[str, ...]

    def runs(self, key: Callable[[str], object]) -> list[tuple[str, list[int]]]:
        """List each predicate once, in the order of *key*, with the columns of its objects."""
        found: dict[str, list[int]] = {}
        for number, predicate in enumerate(self.predicates):
            found.setdefault(predicate, []).append(number)
        return sorted(found.items(), key=lambda item: key(item[0]))  # type: ignore[arg-type,return-value]


@dataclass(frozen=True)
class SubjectGroup:
    """Subjects of one pattern.

    Attributes:
        positions: Where the subjects stand in the part, from 0.
        subjects: Their texts.
        columns: For each object of the pattern the texts of all subjects with line ends between,
            which no term holds.
    """

    pattern: Pattern
    positions: Sequence[int]
    subjects: Sequence[str]
    columns: Sequence[str]

    @classmethod
    def of_rows(cls, pattern: Pattern, positions: Sequence[int], subjects: Sequence[str], rows: Iterable[Sequence[str]]) -> "SubjectGroup":
        """Make a group from the objects of each subject."""
        objects = tuple(map(list, zip(*rows, strict=True)))
        made = cls(pattern, positions, subjects, list(map("\n".join, objects)))
        made.__dict__["objects"] = objects
        return made

    @cached_property
    def objects(self) -> tuple[list[str], ...]:
        """A column of texts for each object of the pattern."""
        return tuple(column.split("\n") for column in self.columns)


def stream_lines(chosen: Selection) -> Iterator[list[tuple[str, str]]]:
    """Write quads sorted, some at a time: the triple as ``s p o``, and the graph, empty for
    none.
    """
    # Texts are long and numbers short: subjects are put in order once, and quads follow by number.
    table, condition = chosen.table, chosen.condition
    written = f"SELECT id, {chosen.text} AS text FROM terms"
    subjects = f"SELECT DISTINCT q.s AS id FROM quads AS q WHERE {condition}"
    table.execute(f"""
        SET preserve_insertion_order = true;
        CREATE OR REPLACE TABLE sorted_subjects AS SELECT row_number() OVER () AS place, id, text
        FROM (SELECT w.id, w.text FROM ({written}) AS w JOIN ({subjects}) AS s ON s.id = w.id ORDER BY w.text) AS t;
        CREATE OR REPLACE TABLE sorted_quads AS SELECT s.place, q.p, q.o, q.g FROM quads AS q
        JOIN sorted_subjects AS s ON s.id = q.s WHERE {condition} ORDER BY s.place;
        CREATE OR REPLACE TABLE sorted_names AS SELECT row_number() OVER (ORDER BY text) AS place, id, text FROM (
          SELECT id, {chosen.text} AS text FROM terms
          WHERE id IN (SELECT p FROM sorted_quads UNION SELECT g FROM sorted_quads)) AS w""")
    try:
        last = table.execute("SELECT max(place) FROM sorted_subjects")[0][0] or 0
        for start in range(1, last + 1, _SUBJECTS):
            some = f"place >= {start} AND place < {start + _SUBJECTS}"
            # Where all go at once, looking for the terms of a part would be a join for nothing.
            used = f" WHERE id IN (SELECT o FROM sorted_quads WHERE {some})" if last >= _SUBJECTS else ""
            objects = f"SELECT id, text FROM ({written}) AS w{used}"
            yield from table.stream(f"""
                SELECT s.text || ' ' || p.text || ' ' || o.text, COALESCE(g.text, '') FROM (SELECT * FROM sorted_quads WHERE {some}) AS q
                JOIN (SELECT place, text FROM sorted_subjects WHERE {some}) AS s ON s.place = q.place
                JOIN sorted_names AS p ON p.id = q.p JOIN ({objects}) AS o ON o.id = q.o
                LEFT JOIN sorted_names AS g ON g.id = q.g ORDER BY q.place, p.place, o.text, g.place""")
    finally:
        table.drop("sorted_subjects", "sorted_quads", "sorted_names")


def stream_quads(chosen: Selection) -> Iterator[list[tuple[str, str]]]:
    """Write quads in any order, some at a time: the triple as ``s p o``, and the graph, empty for
    none.
    """
    written = f"(SELECT id, {chosen.text} AS text FROM terms)"
    joins = " ".join(f"JOIN {written} AS {column} ON {column}.id = q.{column}" for column in "spo")
    select = "SELECT s.text || ' ' || p.text || ' ' || o.text, COALESCE(g.text, '') FROM quads AS q"
    yield from chosen.table.stream(f"{select} {joins} LEFT JOIN {written} AS g ON g.id = q.g WHERE {chosen.condition}")


def stream_groups(
    chosen: Selection, *, rank: Callable[[tuple[str, ...]], str], prefixes: Mapping[str, str]
) -> Iterator[list[SubjectGroup]]:
    """Write the triples of quads, each once, in reading order, as parts of some thousand subjects.

    Args:
        chosen: Its table gets scratch tables, which are dropped in the end.
        rank: The group in which a subject of one type stands, or of none: a letter.
        prefixes: Prefix to namespace; they decide the order of objects.
    """
    table = chosen.table
    try:
        last = _order_subjects(chosen, rank)
        names = dict(table.execute("SELECT place, text FROM ordered_names"))
        # A triple that stands in one graph is there once.
        shared = f"SELECT q.s FROM quads AS q WHERE {chosen.condition} GROUP BY q.s HAVING min(q.g) <> max(q.g)"
        distinct = "DISTINCT " if table.execute(f"SELECT 1 FROM ({shared}) AS s LIMIT 1") else ""
        for start in range(1, last + 1, _SUBJECTS):
            some = f"place >= {start} AND place < {start + _SUBJECTS}"
            is_all = last <= _SUBJECTS
            if distinct or not is_all:
                table.execute(f"CREATE OR REPLACE TABLE part_quads AS SELECT {distinct}place, p, o FROM ordered_quads WHERE {some}")
            _order_objects(chosen, "part_quads" if distinct or not is_all else "ordered_quads", prefixes, is_all=is_all)
            yield from _stream_part(table, some, names)
    finally:
        table.drop(*_KEPT, *_SCRATCH)


def _order_subjects(chosen: Selection, rank: Callable[[tuple[str, ...]], str]) -> int:
    """Make the subjects in reading order, the quads by subject and the predicates; counts
    subjects.
    """
    table, condition, text = chosen.table, chosen.condition, chosen.text
    kind = table.find_ids([RDF_TYPE]).get(RDF_TYPE, -1)
    types = table.execute(f"SELECT id, {text} FROM terms WHERE id IN (SELECT o FROM quads WHERE p = {kind})")
    ranks = [(id_, rank((name,))) for id_, name in types]
    table.load_records("ordered_ranks", columns={"id": "BIGINT", "rank": "VARCHAR"}, records=ranks)
    typed = f"quads AS q LEFT JOIN ordered_ranks AS r ON r.id = q.o AND q.p = {kind}"
    ranked = f"SELECT q.s, COALESCE(min(r.rank), '{rank(())}') AS rank FROM {typed} WHERE {condition} GROUP BY q.s"
    keyed = key_names(f"SELECT id, {text} AS name, rank FROM ({ranked}) AS k JOIN terms ON id = k.s", table=table)
    last = table.execute(f"""
        SET preserve_insertion_order = true;
        CREATE OR REPLACE TABLE ordered_subjects AS SELECT CAST(row_number() OVER () AS INTEGER) AS place, id, text
        FROM (SELECT id, name AS text FROM ({keyed}) AS k ORDER BY rank, key, name) AS t;
        SELECT max(place) FROM ordered_subjects""")[0][0]
    table.drop(*KEYED)
    # Parts are found without a look at all quads where these stand in the order of their subjects.
    ordered = " ORDER BY s.place" if (last or 0) > _SUBJECTS else ""
    predicates = f"SELECT DISTINCT q.p FROM quads AS q WHERE {condition}"
    table.execute(f"""
        CREATE OR REPLACE TABLE ordered_names AS SELECT CAST(row_number() OVER (ORDER BY text) AS INTEGER) AS place, id, text
        FROM (SELECT id, {text} AS text FROM terms JOIN ({predicates}) AS n ON id = n.p) AS w;
        CREATE OR REPLACE TABLE ordered_quads AS SELECT s.place, n.place AS p, q.o FROM quads AS q
        JOIN ordered_subjects AS s ON s.id = q.s JOIN ordered_names AS n ON n.id = q.p WHERE {condition}{ordered};
        SET preserve_insertion_order = false""")
    return int(last or 0)


def _stream_part(table: "TripleTable", some: str, names: Mapping[int, str]) -> Iterator[list[SubjectGroup]]:
    """Write the triples of `_order_objects` as groups, those of `_PART` subjects at a time."""
    patterns = next(filter(None, (_find_patterns(table, salt) for salt in count())))
    placed = f"(SELECT place, pattern, (place - 1) // {_PART} AS part FROM part_patterns) AS s"
    # DuckDB makes columns of texts: Python takes few long texts faster than many short ones.
    cells = table.stream(
        f"""
        SELECT string_agg(c.text, chr(10) ORDER BY c.place) FROM part_cells AS c JOIN {placed} ON s.place = c.place
        GROUP BY s.part, s.pattern, c.p, c.n ORDER BY s.part, s.pattern, c.p, c.n""",
        size=_COLUMNS,
    )
    columns = chain.from_iterable(chain.from_iterable(cells))  # of batches, of rows of one column
    subjects = table.stream(
        f"""
        SELECT s.part, s.pattern, string_agg((s.place - 1) % {_PART}, ',' ORDER BY s.place), string_agg(j.text, chr(10) ORDER BY s.place)
        FROM (SELECT place, text FROM ordered_subjects WHERE {some}) AS j JOIN {placed} ON s.place = j.place
        GROUP BY s.part, s.pattern ORDER BY s.part, s.pattern""",
        size=_COLUMNS,
    )
    known = {number: Pattern(tuple(names[p] for p in predicates), kinds) for number, (predicates, kinds) in patterns.items()}
    for _, part in groupby(chain.from_iterable(subjects), key=itemgetter(0)):
        yield [
            SubjectGroup(
                pattern := known[number],
                list(map(int, positions.split(","))),
                members.split("\n"),
                list(islice(columns, len(pattern.predicates))),
            )
            for _, number, positions, members in part
        ]


def _order_objects(chosen: Selection, quads: str, prefixes: Mapping[str, str], *, is_all: bool) -> None:
    """Make the triples of some subjects, or of all, numbered among those of one subject and
    predicate.
    """
    table = chosen.table
    # Most subjects have one object for each predicate, which their sets of predicates tell sooner
    # than a look at each predicate: two that share a bit cost a second look. Where all triples are
    # looked at, so are most terms.
    repeating = f"SELECT place FROM {quads} GROUP BY place HAVING bit_count(bit_or(CAST(1 AS BIGINT) << (p % 63))) < count(*)"
    table.execute(f"""
        CREATE OR REPLACE TABLE part_terms AS SELECT id, {_KIND} AS kind, {chosen.text} AS text
        FROM terms{"" if is_all else f" WHERE id IN (SELECT o FROM {quads})"};
        CREATE OR REPLACE TABLE part_runs AS
        SELECT place, p FROM {quads} WHERE place IN ({repeating}) GROUP BY place, p HAVING count(*) > 1""")
    several = f"{quads} AS q JOIN part_runs AS m ON m.place = q.place AND m.p = q.p"
    named = f"SELECT id, {object_name('text', prefixes=prefixes)} AS name FROM part_terms WHERE id IN (SELECT q.o FROM {several})"
    keyed = key_names(named, table=table)
    table.execute(f"""
        CREATE OR REPLACE TABLE part_numbers AS SELECT q.place, q.p, q.o,
        CAST(row_number() OVER (PARTITION BY q.place, q.p ORDER BY k.is_iri, k.key, k.name) AS INTEGER) AS n
        FROM {several} JOIN ({keyed}) AS k ON k.id = q.o;
        CREATE OR REPLACE TABLE part_cells AS SELECT q.place, q.p, COALESCE(x.n, 1) AS n, t.kind, t.text
        FROM {quads} AS q JOIN part_terms AS t ON t.id = q.o
        LEFT JOIN part_numbers AS x ON x.place = q.place AND x.p = q.p AND x.o = q.o""")
    table.drop(*KEYED, "part_quads", "part_terms", "part_runs", "part_numbers")


def _find_patterns(table: "TripleTable", salt: int) -> dict[int, tuple[tuple[int, ...], tuple[str, ...]]] | None:
    """Number the pattern of each subject by a hash of its cells; None where unlike ones meet."""
    cells = table.execute(f"""
        CREATE OR REPLACE TABLE part_patterns AS
        SELECT place, bit_xor(hash(p, n, kind, {salt})) AS pattern FROM part_cells GROUP BY place;
        SELECT s.pattern, c.p, c.n, c.kind, count(*) FROM part_cells AS c
        JOIN part_patterns AS s ON s.place = c.place GROUP BY s.pattern, c.p, c.n, c.kind ORDER BY 1, 2, 3""")
    members = dict(table.execute("SELECT pattern, count(*) FROM part_patterns GROUP BY pattern"))
    if any(found != members[pattern] for pattern, *_, found in cells):
        return None
    grouped = ((pattern, list(group)) for pattern, group in groupby(cells, key=itemgetter(0)))
    return {pattern: (tuple(p for _, p, *_ in group), tuple(kind for *_, kind, _ in group)) for pattern, group in grouped}
