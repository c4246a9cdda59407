"""Tests of many shapes in one pass: what planning a statement costs is paid once for all shapes, not for each.

Shapes that reach their values by one step from a target, or are node shapes, put their value nodes into one table (``reached``, by the
number of the shape here, its *part*). Conditions on what the dictionary says of a value, on the number of values, and on classes
are then judged by three statements for all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from airm_graph.validate.compile.scope import Branch
from airm_graph.validate.compile.shapes import Inverse, Path, Predicate, Shape

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
        if _step(shape.path) is None:
            return branches
        taken = [branch for branch in branches if branch.kind][:BITS]
        if taken:
            self._parts.append(Part(judged, shape, tuple(taken)))
            self._shapes.append(number)
        return [branch for branch in branches if branch not in taken]

    def prepare(self) -> Iterator[tuple[str, str]]:
        """Name and statement of the table of value nodes."""
        steps: dict[str, list[tuple[int, ...]]] = {"forward": [], "backward": [], "self": []}
        for number, (part, shape) in enumerate(zip(self._parts, self._shapes, strict=True)):
            way, predicate = _step(part.shape.path) or ("", "")
            steps[way].append((number, shape, self._ids[predicate] if predicate else 0))
        selects = {
            "forward": "t.o AS value FROM {0} JOIN focus AS f ON f.shape = w.shape JOIN spo AS t ON t.p = w.p AND t.s = f.node",
            "backward": "t.s AS value FROM {0} JOIN focus AS f ON f.shape = w.shape JOIN spo AS t ON t.p = w.p AND t.o = f.node",
            "self": "f.node AS value FROM {0} JOIN focus AS f ON f.shape = w.shape",
        }
        found = [
            f"SELECT w.part, f.node AS focus, {selects[way].format(_listed(rows, 'w(part, shape, p)'))}"
            for way, rows in steps.items()
            if rows
        ]
        if found:
            yield "reached", " UNION ALL ".join(found)

    def plans(self) -> Iterator[Plan]:
        """The statements that judge all parts; each works on the table of value nodes."""
        relations = {
            "described": "SELECT r.part, r.focus, r.value, d.kind, d.lexical, d.datatype, d.language "
            "FROM reached AS r JOIN terms AS d ON d.id = r.value WHERE r.part IN ({parts})",
            "counted": "SELECT w.part, f.node AS focus, CAST(NULL AS INTEGER) AS value, COALESCE(c.n, 0) AS n "
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
        yield from self._class_plan()

    def _class_plan(self) -> Iterator[Plan]:
        rows = [
            (number, 1 << bit, int(branch.condition))
            for number in self._having("class")
            for bit, branch in enumerate(self._parts[number].branches)
            if branch.kind == "class"
        ]
        if rows:
            sql = (
                f"SELECT w.part, w.mask, r.focus, r.value FROM {_listed(rows, 'w(part, mask, class)')} JOIN reached AS r ON r.part = w.part"  # noqa: S608
            )
            missing = "NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.class = w.class AND i.node = r.value)"
            yield Plan(tuple(self._parts), f"{_COLUMNS} FROM ({sql} WHERE {missing}) AS b")

    def _having(self, kind: str) -> Iterator[int]:
        return (number for number, part in enumerate(self._parts) if any(branch.kind == kind for branch in part.branches))

    def _mask(self, number: int, chosen: Callable[[Branch], bool]) -> str:
        return mask_of([(bit, branch) for bit, branch in enumerate(self._parts[number].branches) if chosen(branch)])


_COLUMNS = "SELECT b.part, b.mask, b.focus, b.value, CAST(NULL AS INTEGER) AS path"


def mask_of(tests: Sequence[tuple[int, Branch]]) -> str:
    """SQL for the sum of the bits whose conditions hold."""
    return " + ".join(f"CASE WHEN {branch.condition} THEN CAST({1 << bit} AS BIGINT) ELSE 0 END" for bit, branch in tests)


def _step(path: Path | None) -> tuple[str, str] | None:
    """The way of a path of at most one step, and its predicate; None for other paths."""
    match path:
        case None:
            return "self", ""
        case Predicate(iri):
            return "forward", iri
        case Inverse(Predicate(iri)):
            return "backward", iri
        case _:
            return None


def _listed(rows: Iterable[tuple[int, ...]], name: str) -> str:
    values = ", ".join("(" + ", ".join(map(str, row)) + ")" for row in rows)
    return f"(VALUES {values}) AS {name}"
