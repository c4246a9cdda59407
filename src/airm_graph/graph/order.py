"""Quads in the order in which people read them, by set operations: subjects of one shape together, a part of the subjects at a time.

The order is that of ``export.subjects.Order``, which says why; here it is SQL. Subjects are put in order once. Then some of them at a
time are looked at as a whole: which values a predicate has, and in which order; what the subject has in common with others, its shape;
and the texts of its values. Writers fill templates with columns of texts, so that is what comes out.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, groupby, islice
from operator import itemgetter

from airm_graph.graph.spelling import IRI, TERM_TEXT, quote
from airm_graph.graph.table import TripleTable
from airm_graph.namespaces import term

__all__ = ["Members", "natural_key", "object_name", "stream_shapes"]

#: Subjects looked at together, and those of them that are handed out together: 30 MB of text.
_SUBJECTS, _PART = 250_000, 25_000
_KEPT = ("block_subjects", "block_quads", "block_names")
_SCRATCH = ("block_part", "block_terms", "block_runs", "block_ranks", "block_cells", "block_shapes")
#: ``Shape.kinds`` of a row of ``terms``.
_KIND = f"""CASE WHEN kind = {IRI} THEN '<' WHEN language <> '' THEN '@' || language
    WHEN datatype = 'http://www.w3.org/2001/XMLSchema#string' THEN '' ELSE '^^<' || datatype || '>' END"""


@dataclass(frozen=True, slots=True)
class Members:
    """Subjects of one shape.

    Attributes:
        predicates, kinds: As of ``export.batches.Shape``.
        places: Where the subjects stand in the part, from 0.
        subjects: Their texts.
        objects: The texts of the objects of the first subject, of the second, and so on.
    """

    predicates: tuple[str, ...]
    kinds: tuple[str, ...]
    places: list[int]
    subjects: list[str]
    objects: list[str]


def natural_key(text: str) -> str:
    """SQL for ``export.terms.natural_key`` of a text in which slashes and the like are replaced already."""
    digits = "ltrim(x[2], '0')"
    size = f"CAST(length({digits}) AS VARCHAR)"
    known = f"CASE WHEN x[2] IS NULL THEN '' WHEN length({digits}) < 9 THEN {size} ELSE '9' || lpad({size}, 7, '0') END"
    number = f"{known} || COALESCE({digits}, '')"
    pairs = f"list_zip(string_split_regex({text}, '[0-9]+'), regexp_extract_all({text}, '[0-9]+'))"
    return f"array_to_string(list_transform({pairs}, lambda x: x[1] || {number}), '')"


def _path_key(text: str) -> str:
    """SQL for the natural key of an IRI in angle brackets."""
    return natural_key(f"replace(replace(substring({text}, 2, length({text}) - 2), '/', chr(1)), '#', chr(2))")


def object_name(text: str, *, prefixes: Mapping[str, str]) -> str:
    """SQL for what ``export.terms.Names.shorten`` makes of an IRI in angle brackets."""
    spaces = {prefixes[prefix]: prefix for prefix in sorted(prefixes, reverse=True)}
    cases = []
    for space, prefix in spaces.items():
        if space.endswith(("/", "#")):
            begins, local = f"starts_with({text}, {quote('<' + space)})", f"substring({text}, {len(space) + 2})"
            name = f"{quote(prefix + ':')} || rtrim({local}, '>')"
            cases.append(f"WHEN {begins} AND regexp_full_match({local}, '[A-Za-z_][A-Za-z0-9_-]*>') THEN {name}")
    return f"CASE {' '.join(cases)} ELSE {text} END" if cases else text


def stream_shapes(
    table: TripleTable,
    condition: str = "1 = 1",
    *,
    rank: Callable[[tuple[str, ...]], str],
    prefixes: Mapping[str, str],
    text: str = TERM_TEXT,
) -> Iterator[list[Members]]:
    """Write the triples of quads, each once, in reading order, as parts of some thousand subjects.

    Args:
        table: Gets scratch tables, which are dropped in the end.
        condition: SQL over a row q of ``quads`` that says which.
        rank: The group in which a subject of one type stands, or of none: a letter.
        prefixes: Prefix to namespace; they decide the order of objects.
        text: SQL that writes a row of ``terms``.
    """
    try:
        _order_subjects(table, condition, rank, text)
        last = table.execute("SELECT max(place) FROM block_subjects")[0][0] or 0
        names = dict(table.execute("SELECT place, text FROM block_names"))
        for start in range(1, last + 1, _SUBJECTS):
            yield from _stream_part(table, f"place >= {start} AND place < {start + _SUBJECTS}", names, prefixes, text)
    finally:
        table.drop(*_KEPT, *_SCRATCH)


def _order_subjects(table: TripleTable, condition: str, rank: Callable[[tuple[str, ...]], str], text: str) -> None:
    """Make ``subjects`` in reading order, ``placed``, which are the quads by subject, and ``names``, the predicates."""
    kind = table.find_ids([term("rdf:type")]).get(term("rdf:type"), -1)
    types = table.execute(f"SELECT id, {text} FROM terms WHERE id IN (SELECT o FROM quads WHERE p = {kind})")  # noqa: S608
    table.load_records("block_ranks", columns={"id": "BIGINT", "rank": "VARCHAR"}, records=[(id_, rank((name,))) for id_, name in types])
    asserted = "SELECT q.s AS id, min(r.rank) AS rank FROM quads AS q JOIN block_ranks AS r ON r.id = q.o"
    typed = f"{asserted} WHERE q.p = {kind} AND ({condition}) GROUP BY q.s"
    named = f"SELECT id, {text} AS text FROM terms WHERE id IN (SELECT q.s FROM quads AS q WHERE {condition})"  # noqa: S608
    keys = f"w.id, w.text, COALESCE(t.rank, '{rank(())}') AS rank, {_path_key('w.text')} AS key"
    keyed = f"SELECT {keys} FROM ({named}) AS w LEFT JOIN ({typed}) AS t ON t.id = w.id"  # noqa: S608
    table.execute(f"""
        SET preserve_insertion_order = true;
        CREATE OR REPLACE TABLE block_subjects AS SELECT row_number() OVER () AS place, id, text
        FROM (SELECT id, text FROM ({keyed}) AS k ORDER BY rank, key, text) AS t;
        CREATE OR REPLACE TABLE block_quads AS SELECT s.place, q.p, q.o FROM quads AS q JOIN block_subjects AS s ON s.id = q.s
        WHERE {condition} ORDER BY s.place;
        SET preserve_insertion_order = false;
        CREATE OR REPLACE TABLE block_names AS SELECT row_number() OVER (ORDER BY text) AS place, id, text
        FROM (SELECT id, {text} AS text FROM terms) AS w WHERE id IN (SELECT p FROM block_quads)""")  # noqa: S608


def _stream_part(
    table: TripleTable, some: str, names: Mapping[int, str], prefixes: Mapping[str, str], text: str
) -> Iterator[list[Members]]:
    _order_objects(table, some, prefixes, text)
    shapes = next(filter(None, (_find_shapes(table, salt) for salt in count())))
    shaped = f"(SELECT place, shape, (place - 1) // {_PART} AS part FROM block_shapes) AS s"  # noqa: S608
    texts = _values(
        table.stream(f"""
            SELECT t.text FROM block_cells AS c JOIN {shaped} ON s.place = c.place JOIN block_terms AS t ON t.id = c.o
            ORDER BY s.part, s.shape, c.place, c.p, c.n""")  # noqa: S608
    )
    subjects = table.execute(f"""
        SELECT s.part, s.shape, CAST((s.place - 1) % {_PART} AS INTEGER), j.text
        FROM (SELECT place, text FROM block_subjects WHERE {some}) AS j JOIN {shaped} ON s.place = j.place
        ORDER BY s.part, s.shape, s.place""")  # noqa: S608
    for _, part in groupby(subjects, key=itemgetter(0)):
        found = list[Members]()
        for shape, group in groupby(part, key=itemgetter(1)):
            _, _, places, members = (list(column) for column in zip(*group, strict=True))
            predicates, kinds = shapes[shape]
            objects = list(islice(texts, len(members) * len(predicates)))
            found.append(Members(tuple(names[number] for number in predicates), kinds, places, members, objects))
        yield found


def _values(batches: Iterator[list[tuple[str]]]) -> Iterator[str]:
    for batch in batches:
        for (value,) in batch:
            yield value


def _order_objects(table: TripleTable, some: str, prefixes: Mapping[str, str], text: str) -> None:
    """Make ``cells``: the triples of some subjects, with the number of each among those of its subject and predicate."""
    table.execute(f"""
        CREATE OR REPLACE TABLE block_part AS SELECT DISTINCT q.place, n.place AS p, q.o
        FROM (SELECT * FROM block_quads WHERE {some}) AS q JOIN block_names AS n ON n.id = q.p;
        CREATE OR REPLACE TABLE block_terms AS SELECT id, {_KIND} AS kind, {text} AS text FROM terms WHERE id IN (SELECT o FROM block_part);
        CREATE OR REPLACE TABLE block_runs AS SELECT place, p FROM block_part GROUP BY place, p HAVING count(*) > 1""")  # noqa: S608
    several = "SELECT q.o FROM block_part AS q JOIN block_runs AS m ON m.place = q.place AND m.p = q.p"
    named = f"SELECT id, text, {object_name('text', prefixes=prefixes)} AS name FROM block_terms WHERE id IN ({several})"  # noqa: S608
    key = f"CASE WHEN starts_with(name, '<') THEN {_path_key('name')} ELSE {natural_key('name')} END"
    table.execute(f"""
        CREATE OR REPLACE TABLE block_ranks AS SELECT id, row_number() OVER (ORDER BY starts_with(name, '<'), {key}, name) AS place
        FROM ({named}) AS n;
        CREATE OR REPLACE TABLE block_cells AS
        SELECT q.place, q.p, 1 AS n, q.o, t.kind FROM block_part AS q JOIN block_terms AS t ON t.id = q.o
        WHERE NOT EXISTS (SELECT 1 FROM block_runs AS m WHERE m.place = q.place AND m.p = q.p)
        UNION ALL
        SELECT q.place, q.p, row_number() OVER (PARTITION BY q.place, q.p ORDER BY r.place) AS n, q.o, t.kind
        FROM block_part AS q JOIN block_runs AS m ON m.place = q.place AND m.p = q.p JOIN block_ranks AS r ON r.id = q.o
        JOIN block_terms AS t ON t.id = q.o""")  # noqa: S608


def _find_shapes(table: TripleTable, salt: int) -> dict[int, tuple[tuple[int, ...], tuple[str, ...]]] | None:
    """Make ``shaped``: the shape of each subject, as a number made of its cells; None where unlike subjects have one number."""
    shape = f"bit_xor(hash(p, n, kind, {salt})) AS shape"
    table.execute(f"CREATE OR REPLACE TABLE block_shapes AS SELECT place, {shape} FROM block_cells GROUP BY place")  # noqa: S608
    members = dict(table.execute("SELECT shape, count(*) FROM block_shapes GROUP BY shape"))
    cells = table.execute("""
        SELECT s.shape, c.p, c.n, c.kind, count(*) FROM block_cells AS c JOIN block_shapes AS s ON s.place = c.place
        GROUP BY s.shape, c.p, c.n, c.kind ORDER BY 1, 2, 3""")
    if any(found != members[shape] for shape, *_, found in cells):
        return None
    grouped = ((shape, list(group)) for shape, group in groupby(cells, key=itemgetter(0)))
    return {shape: (tuple(p for _, p, *_ in group), tuple(kind for *_, kind, _ in group)) for shape, group in grouped}
