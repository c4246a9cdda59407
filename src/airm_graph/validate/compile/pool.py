"""Tests of many shapes in one pass: what planning a statement costs is paid once for all shapes, not for each.

Shapes that reach their values by one step from a target, or are node shapes, put their value nodes into one table (``reached``, by the
number of the shape here, its *part*). Conditions on what the dictionary says of a value, on the number of values, and on classes
are then judged by three statements for all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from airm_graph.validate.compile.pairs import compare_keys
from airm_graph.validate.compile.scope import Branch
from airm_graph.validate.compile.shapes import Alternative, Inverse, Path, Predicate, Shape

__all__ = ["BITS", "Judged", "Part", "Plan", "Pool", "mask_of"]

#: Branches of one part: bits of a signed integer.
BITS = 62


@dataclass(frozen=True, slots=True)
class Judged:
    """What one engine judges as a whole: of a root, the constraints of its own (no *part*), or one of its property shapes."""

    root: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A shape, and constraints of it, of which bit i of a mask stands for the i-th."""

    judged: Judged
    shape: Shape
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement with the columns part (a position in *parts*), mask, focus, value, path (ids)."""

    parts: tuple[Part, ...]
    sql: str


class Pool:
    """Collects parts that are judged together."""

    def __init__(self, *, ids: Mapping[str, int]) -> None:
        """Start empty; *ids* gives the numbers of constant terms."""
        self._ids = ids
        self._parts: list[Part] = []
        self._shapes: list[int] = []

    def take(self, judged: Judged, shape: Shape, branches: Iterable[Branch], *, number: int) -> list[Branch]:
        """Take in what can be judged together; returns the rest.

        Args:
            number: Of the root whose focus nodes are those of *shape*.
        """
        branches = list(branches)
        if _steps(shape.path) is None:
            return branches
        taken = [branch for branch in branches if branch.kind][:BITS]
        if taken:
            self._parts.append(Part(judged, shape, tuple(taken)))
            self._shapes.append(number)
        return [branch for branch in branches if branch not in taken]

    def prepare(self) -> Iterator[tuple[str, str]]:
        """Name and statement of the table of value nodes."""
        once: dict[str, list[tuple[int, ...]]] = {way: [] for way in _WAYS}
        several: dict[str, list[tuple[int, ...]]] = {way: [] for way in _WAYS}
        for number, (part, shape) in enumerate(zip(self._parts, self._shapes, strict=True)):
            steps = _steps(part.shape.path) or ()
            for way, predicate in steps:
                # What several steps reach may be the same node.
                (once if len(steps) == 1 else several)[way].append((number, shape, self._ids[predicate] if predicate else 0))
        found = [_walk(way, rows) for way, rows in once.items() if rows]
        if united := " UNION ".join(_walk(way, rows) for way, rows in several.items() if rows):
            found.append(f"SELECT DISTINCT part, focus, value FROM ({united}) AS u")  # noqa: S608
        if found:
            yield "reached", " UNION ALL ".join(found)

    def plans(self) -> Iterator[Plan]:
        """The statements that judge all parts; each works on the table of value nodes."""
        relations = {
            "described": "SELECT r.part, r.focus, r.value, d.kind, d.lexical, d.datatype, d.language "
            "FROM reached AS r JOIN terms AS d ON d.id = r.value WHERE r.part IN ({parts})",
            "counted": "SELECT w.part, f.node AS focus, CAST(NULL AS BIGINT) AS value, COALESCE(c.n, 0) AS n "
            "FROM {shapes} JOIN focus AS f ON f.shape = w.shape LEFT JOIN ("
            "SELECT part, focus, COUNT(*) AS n FROM reached WHERE part IN ({parts}) GROUP BY part, focus"
            ") AS c ON c.part = w.part AND c.focus = f.node",
        }
        for kind, relation in relations.items():
            numbers = list(self._having(kind))
            if numbers:
                shapes = _listed([(number, self._shapes[number]) for number in numbers], "w(part, shape)")
                sql = relation.format(parts=", ".join(map(str, numbers)), shapes=shapes)
                masks = " ".join(f"WHEN {number} THEN {self._mask(number, lambda b, kind=kind: b.kind == kind)}" for number in numbers)  # type: ignore[misc]
                tested = f"SELECT v.part, v.focus, v.value, CASE v.part {masks} ELSE 0 END AS mask FROM ({sql}) AS v"  # noqa: S608
                yield Plan(tuple(self._parts), f"{_COLUMNS} FROM ({tested}) AS b WHERE b.mask > 0")
        for kind in sorted({branch.kind for part in self._parts for branch in part.branches} - set(relations)):
            yield self._listed_plan(kind)

    def _listed_plan(self, kind: str) -> Plan:
        """The statement that judges all branches of a kind that differ in one term."""
        rows = [
            (number, self._shapes[number], 1 << bit, branch.number)
            for number, part in enumerate(self._parts)
            for bit, branch in enumerate(part.branches)
            if branch.kind == kind
        ]
        name, _, operator = kind.partition("range")
        terms = ", ".join(map(str, sorted({row[-1] for row in rows})))
        sql = _KINDS[name or "range"].format(rows=_listed(rows, "w(part, shape, mask, id)"), terms=terms, holds=compare_keys(operator))
        return Plan(tuple(self._parts), f"{_COLUMNS} FROM ({sql}) AS b")

    def _having(self, kind: str) -> Iterator[int]:
        return (number for number, part in enumerate(self._parts) if any(branch.kind == kind for branch in part.branches))

    def _mask(self, number: int, chosen: Callable[[Branch], bool]) -> str:
        return mask_of([(bit, branch) for bit, branch in enumerate(self._parts[number].branches) if chosen(branch)])


_COLUMNS = "SELECT b.part, b.mask, b.focus, b.value, CAST(NULL AS BIGINT) AS path"
_VALUES = "SELECT w.part, w.mask, r.focus, r.value FROM {rows} JOIN reached AS r ON r.part = w.part"
_FOCUS = "FROM {rows} JOIN focus AS f ON f.shape = w.shape"
_SAME = "t.s = r.focus AND t.p = w.id AND t.o = r.value AND t.p IN ({terms})"
#: Statements for the kinds of branches that differ in one term (w.id).
_KINDS = {
    "class": f"{_VALUES} WHERE NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.class = w.id AND i.node = r.value)",  # noqa: S608
    "common": f"{_VALUES} JOIN spo AS t ON {_SAME}",
    "held": f"SELECT w.part, w.mask, f.node AS focus, CAST(NULL AS BIGINT) AS value {_FOCUS} "  # noqa: S608
    "WHERE NOT EXISTS (SELECT 1 FROM reached AS r WHERE r.part = w.part AND r.focus = f.node AND r.value = w.id)",
    "languages": "SELECT w.part, w.mask, r.focus, CAST(NULL AS BIGINT) AS value "
    "FROM {rows} JOIN reached AS r ON r.part = w.part JOIN terms AS d ON d.id = r.value "
    "WHERE d.language <> '' GROUP BY w.part, w.mask, r.focus, LOWER(d.language) HAVING COUNT(*) > 1",
    "missed": f"SELECT w.part, w.mask, f.node AS focus, t.o AS value {_FOCUS} "  # noqa: S608
    "JOIN spo AS t ON t.s = f.node AND t.p = w.id AND t.p IN ({terms}) "
    "WHERE NOT EXISTS (SELECT 1 FROM reached AS r WHERE r.part = w.part AND r.focus = f.node AND r.value = t.o)",
    "range": f"{_VALUES} WHERE NOT EXISTS ("  # noqa: S608
    "SELECT 1 FROM keys AS a JOIN keys AS b ON b.space = a.space WHERE b.id = w.id AND a.id = r.value AND {holds})",
    "unmatched": f"{_VALUES} WHERE NOT EXISTS (SELECT 1 FROM spo AS t WHERE {_SAME})",  # noqa: S608
}
_WAYS = {
    "forward": "t.o AS value FROM {0} JOIN focus AS f ON f.shape = w.shape JOIN spo AS t ON t.p = w.p AND t.s = f.node",
    "backward": "t.s AS value FROM {0} JOIN focus AS f ON f.shape = w.shape JOIN spo AS t ON t.p = w.p AND t.o = f.node",
    "self": "f.node AS value FROM {0} JOIN focus AS f ON f.shape = w.shape",
}


def _walk(way: str, rows: Iterable[tuple[int, ...]]) -> str:
    """SQL for the value nodes of parts that go one way: part, shape, predicate."""
    return f"SELECT w.part, f.node AS focus, {_WAYS[way].format(_listed(rows, 'w(part, shape, p)'))}"


def mask_of(tests: Sequence[tuple[int, Branch]]) -> str:
    """SQL for the sum of the bits whose conditions hold."""
    return " + ".join(f"CASE WHEN {branch.condition} THEN CAST({1 << bit} AS BIGINT) ELSE 0 END" for bit, branch in tests)


def _steps(path: Path | None) -> tuple[tuple[str, str], ...] | None:
    """The ways and predicates of a path of at most one step, or of one that chooses among such; None for other paths."""
    match path:
        case None:
            return (("self", ""),)
        case Predicate(iri):
            return (("forward", iri),)
        case Inverse(Predicate(iri)):
            return (("backward", iri),)
        case Alternative(paths):
            steps = [_steps(step) for step in paths]
            return None if None in steps else tuple(dict.fromkeys(step for some in steps for step in some or ()))
        case _:
            return None


def _listed(rows: Iterable[tuple[int, ...]], name: str) -> str:
    values = ", ".join("(" + ", ".join(map(str, row)) + ")" for row in rows)
    return f"(VALUES {values}) AS {name}"
