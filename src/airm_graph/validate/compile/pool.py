"""Tests of many shapes in one pass: what planning a statement costs is paid once for all shapes, reading a value once for all tests of it.

Shapes that reach their values by one step from a target, or are node shapes, put their value nodes into one table (``reached``, by the
number of the *step*: focus nodes of a root and a way from them). Shapes that take the same step share its value nodes. Conditions on
what the dictionary says of a value, on the number of values, and on classes are then judged by a few statements for all of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from airm_graph.validate.compile.pairs import compare_keys
from airm_graph.validate.compile.scope import Branch
from airm_graph.validate.compile.shapes import Alternative, Inverse, Path, Predicate, Shape

__all__ = ["BITS", "Check", "Judged", "Plan", "Pool", "mask_of"]

_T = TypeVar("_T")
#: Tests of one part: bits of a signed integer.
BITS = 62


@dataclass(frozen=True, slots=True)
class Judged:
    """What one engine judges as a whole: of a root, the constraints of its own (no *part*), or one of its property shapes."""

    root: str
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One constraint of a shape."""

    judged: Judged
    shape: Shape
    branch: Branch


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement with the columns part (a position in *parts*), mask (bit i: the i-th test of the part), focus, value, path (ids)."""

    parts: tuple[tuple[Check, ...], ...]
    sql: str


#: Where focus nodes come from (the number of a root), and the ways that lead from them to the values.
_Step = tuple[int, tuple[tuple[str, str], ...]]


class Pool:
    """Collects tests that are made together."""

    def __init__(self, *, ids: Mapping[str, int]) -> None:
        """Start empty; *ids* gives the numbers of constant terms."""
        self._ids = ids
        self._tests: dict[_Step, list[Check]] = {}

    def take(self, judged: Judged, shape: Shape, branches: Iterable[Branch], *, number: int) -> list[Branch]:
        """Take in what can be judged together; returns the rest.

        Args:
            number: Of the root whose focus nodes are those of *shape*.
        """
        branches, ways = list(branches), _ways(shape.path)
        if ways is None:
            return branches
        if taken := [Check(judged, shape, branch) for branch in branches if branch.kind]:
            self._tests.setdefault((number, ways), []).extend(taken)
        return [branch for branch in branches if not branch.kind]

    def prepare(self) -> Iterator[tuple[str, str]]:
        """Name and statement of the table of value nodes."""
        once: dict[str, list[tuple[int, ...]]] = {way: [] for way in _WAYS}
        several: dict[str, list[tuple[int, ...]]] = {way: [] for way in _WAYS}
        for step, (shape, ways) in enumerate(self._tests):
            for way, predicate in ways:
                # What several ways reach may be the same node.
                (once if len(ways) == 1 else several)[way].append((step, shape, self._ids[predicate] if predicate else 0))
        found = [_walk(way, rows) for way, rows in once.items() if rows]
        if united := " UNION ".join(_walk(way, rows) for way, rows in several.items() if rows):
            found.append(f"SELECT DISTINCT step, focus, value FROM ({united}) AS u")
        if found:
            yield "reached", " UNION ALL ".join(found)

    def plans(self) -> Iterator[Plan]:
        """The statements that judge everything; each works on the table of value nodes."""
        yield from self._described_plans()
        yield from self._counted_plans()
        kinds = {test.branch.kind for tests in self._tests.values() for test in tests}
        for kind in sorted(kinds - {"described", "counted"}):
            yield self._listed_plan(kind)

    def _of_kind(self, kind: str) -> Iterator[tuple[int, int, list[Check]]]:
        """Steps with their tests of a kind: number of the step, number of its root, tests."""
        for step, ((shape, _), tests) in enumerate(self._tests.items()):
            if some := [test for test in tests if test.branch.kind == kind]:
                yield step, shape, some

    def _described_plans(self) -> Iterator[Plan]:
        """Tests of what the dictionary says of a value: one statement, or several where a step has more tests than bits."""
        rounds: dict[int, dict[int, tuple[Check, ...]]] = {}
        for step, _, tests in self._of_kind("described"):
            for number, some in enumerate(_cut(tests)):
                rounds.setdefault(number, {})[step] = some
        for parts in rounds.values():
            masks = " ".join(f"WHEN {step} THEN {mask_of(_numbered(tests))}" for step, tests in parts.items())
            described = (
                "SELECT r.step, r.focus, r.value, d.kind, d.lexical, d.datatype, d.language "
                f"FROM reached AS r JOIN terms AS d ON d.id = r.value WHERE r.step IN ({_numbers(parts)})"
            )
            tested = f"SELECT v.step AS part, v.focus, v.value, CASE v.step {masks} ELSE 0 END AS mask FROM ({described}) AS v"
            yield Plan(
                tuple(parts.get(step, ()) for step in range(max(parts) + 1)),
                f"SELECT b.part, b.mask, b.focus, b.value, {_NO_PATH} FROM ({tested}) AS b WHERE b.mask > 0",
            )

    def _counted_plans(self) -> Iterator[Plan]:
        """Tests of the number of values: one row for each focus node, with the number of its values on each way."""
        parts, selects = list[tuple[Check, ...]](), list[str]()
        shapes: dict[int, list[tuple[int, Check]]] = {}
        for step, shape, tests in self._of_kind("counted"):
            shapes.setdefault(shape, []).extend((step, test) for test in tests)
        for shape, found in shapes.items():
            for some in _cut(found):
                steps = sorted({step for step, _ in some})
                counts = ", ".join(f"COUNT(CASE WHEN c.step = {step} THEN 1 END) AS n{step}" for step in steps)
                # A focus node without values counts too.
                nodes = (
                    f"SELECT focus, step FROM reached WHERE step IN ({_numbers(steps)}) "
                    f"UNION ALL SELECT node AS focus, -1 AS step FROM focus WHERE shape = {shape}"
                )
                conditions = [(bit, _COUNT.sub(f"v.n{step}", test.branch.condition)) for bit, (step, test) in enumerate(some)]
                counted = f"SELECT c.focus, {counts} FROM ({nodes}) AS c GROUP BY c.focus"
                selects.append(f"SELECT {len(parts)} AS part, v.focus, {_sum_of_bits(conditions)} AS mask FROM ({counted}) AS v")
                parts.append(tuple(test for _, test in some))
        if parts:
            tested = " UNION ALL ".join(selects)
            yield Plan(tuple(parts), f"SELECT b.part, b.mask, b.focus, {_NO_VALUE}, {_NO_PATH} FROM ({tested}) AS b WHERE b.mask > 0")

    def _listed_plan(self, kind: str) -> Plan:
        """The statement that makes all tests of a kind that differ in one term."""
        found = [(step, shape, test) for step, shape, tests in self._of_kind(kind) for test in tests]
        rows = [(part, step, shape, test.branch.number) for part, (step, shape, test) in enumerate(found)]
        name, _, operator = kind.partition("range")
        sql = _KINDS[name or "range"].format(
            rows=_listed(rows, "w(part, step, shape, id)"),
            terms=_numbers({row[-1] for row in rows}),
            steps=_numbers({row[1] for row in rows}),
            holds=compare_keys(operator),
        )
        return Plan(
            tuple((test,) for _, _, test in found),
            f"SELECT b.part, CAST(1 AS BIGINT) AS mask, b.focus, b.value, {_NO_PATH} FROM ({sql}) AS b",
        )


_COUNT = re.compile(r"\bv\.n\b")
_NO_VALUE, _NO_PATH = "CAST(NULL AS BIGINT) AS value", "CAST(NULL AS BIGINT) AS path"
_REACHED = "reached AS r ON r.step = w.step AND r.step IN ({steps})"
_VALUES = f"SELECT w.part, r.focus, r.value FROM {{rows}} JOIN {_REACHED}"
_FOCUS = "FROM {rows} JOIN focus AS f ON f.shape = w.shape"
_SAME = "t.s = r.focus AND t.p = w.id AND t.o = r.value AND t.p IN ({terms})"
_AMONG = "SELECT 1 FROM reached AS r WHERE r.step IN ({steps}) AND r.step = w.step AND r.focus = f.node"
#: Statements for the kinds of tests that differ in one term (w.id).
_KINDS = {
    "class": f"{_VALUES} WHERE NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.class = w.id AND i.node = r.value)",
    "common": f"{_VALUES} JOIN spo AS t ON {_SAME}",
    "held": f"SELECT w.part, f.node AS focus, {_NO_VALUE} {_FOCUS} WHERE NOT EXISTS ({_AMONG} AND r.value = w.id)",
    "languages": f"SELECT w.part, r.focus, {_NO_VALUE} FROM {{rows}} JOIN {_REACHED} JOIN terms AS d ON d.id = r.value "
    "WHERE d.language <> '' GROUP BY w.part, r.focus, LOWER(d.language) HAVING COUNT(*) > 1",
    "missed": f"SELECT w.part, f.node AS focus, t.o AS value {_FOCUS} "
    f"JOIN spo AS t ON t.s = f.node AND t.p = w.id AND t.p IN ({{terms}}) WHERE NOT EXISTS ({_AMONG} AND r.value = t.o)",
    # Not NOT EXISTS: DuckDB would join all keys of a space with each other first.
    "range": f"{_VALUES} LEFT JOIN keys AS a ON a.id = r.value LEFT JOIN keys AS b ON b.id = w.id "
    "WHERE CASE WHEN a.space = b.space AND {holds} THEN 1 ELSE 0 END = 0",
    "unmatched": f"{_VALUES} WHERE NOT EXISTS (SELECT 1 FROM spo AS t WHERE {_SAME})",
}
_WAYS = {
    "forward": "t.o AS value FROM {0} JOIN focus AS f ON f.shape = w.shape JOIN spo AS t ON t.p = w.p AND t.s = f.node AND t.p IN ({1})",
    "backward": "t.s AS value FROM {0} JOIN focus AS f ON f.shape = w.shape JOIN spo AS t ON t.p = w.p AND t.o = f.node AND t.p IN ({1})",
    "self": "f.node AS value FROM {0} JOIN focus AS f ON f.shape = w.shape",
}


def _walk(way: str, rows: Iterable[tuple[int, ...]]) -> str:
    """SQL for the value nodes of steps that go one way: step, root, predicate."""
    rows = list(rows)
    return f"SELECT w.step, f.node AS focus, {_WAYS[way].format(_listed(rows, 'w(step, shape, p)'), _numbers({row[2] for row in rows}))}"


def mask_of(tests: Iterable[tuple[int, Branch]]) -> str:
    """SQL for the sum of the bits whose conditions hold."""
    return _sum_of_bits((bit, branch.condition) for bit, branch in tests)


def _sum_of_bits(conditions: Iterable[tuple[int, str]]) -> str:
    return " + ".join(f"CASE WHEN {condition} THEN CAST({1 << bit} AS BIGINT) ELSE 0 END" for bit, condition in conditions)


def _cut(tests: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    """Divide tests among masks."""
    return (tuple(tests[start : start + BITS]) for start in range(0, len(tests), BITS))


def _numbered(tests: Sequence[Check]) -> Iterator[tuple[int, Branch]]:
    return enumerate(test.branch for test in tests)


def _ways(path: Path | None) -> tuple[tuple[str, str], ...] | None:
    """The ways and predicates of a path of at most one step, or of one that chooses among such; None for other paths."""
    match path:
        case None:
            return (("self", ""),)
        case Predicate(iri):
            return (("forward", iri),)
        case Inverse(Predicate(iri)):
            return (("backward", iri),)
        case Alternative(paths):
            ways = [_ways(step) for step in paths]
            return None if None in ways else tuple(dict.fromkeys(way for some in ways for way in some or ()))
        case _:
            return None


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _listed(rows: Iterable[tuple[int, ...]], name: str) -> str:
    values = ", ".join("(" + ", ".join(map(str, row)) + ")" for row in rows)
    return f"(VALUES {values}) AS {name}"
