"""Checks of many shapes in one pass.

A statement is planned once for all shapes, and a value is read once for all checks of it.

Shapes that reach their values by one step from a target, or are node shapes, put their value nodes
into one table (``reached``, by the number of the *step*: focus nodes of targets and a way from
them). Shapes that take the same step share its value nodes. Conditions on what the dictionary says
of a value, on the number of values, and on classes are then judged by a few statements for all of
them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from airm_graph.validate.compile.compiled_shapes import Branch, Check, StatementPlan
from airm_graph.validate.compile.pair_components import compare_keys
from airm_graph.validate.compile.shapes_graph import Alternative, Inverse, Path, Predicate, Shape

__all__ = ["BITS", "CombinedChecks", "mask_of"]

_T = TypeVar("_T")
#: Checks of one slot: bits of a signed integer.
BITS = 62


#: Where focus nodes come from (the number of targets), and the ways that lead from them to the
#: values.
_Step = tuple[int, tuple[tuple[str, str], ...]]


class CombinedChecks:
    """Collects checks that are made together."""

    def __init__(self, *, ids: Mapping[str, int]) -> None:
        """Start empty; *ids* gives the numbers of constant terms."""
        self._ids = ids
        self._checks: dict[_Step, list[Check]] = {}

    def take(self, checks: Iterable[Check], *, shape: Shape, target: int) -> list[Check]:
        """Take in those checks of a shape that can be made together; return the rest.

        Args:
            target: The number of the targets whose nodes are the focus nodes of *shape*.
        """
        checks, ways = list(checks), _find_ways(shape.path)
        if ways is None:
            return checks
        if taken := [check for check in checks if check.branch.kind]:
            self._checks.setdefault((target, ways), []).extend(taken)
        return [check for check in checks if not check.branch.kind]

    def prepare(self) -> Iterator[tuple[str, str]]:
        """Yield name and statement of the table of value nodes."""
        once: dict[str, list[tuple[int, ...]]] = {way: [] for way in _WAYS}
        several: dict[str, list[tuple[int, ...]]] = {way: [] for way in _WAYS}
        for step, ((target, ways), checks) in enumerate(self._checks.items()):
            # What several ways reach may be the same node, which matters where nodes are counted.
            found = several if len(ways) > 1 and not _repeats(ways, checks) else once
            for way, predicate in ways:
                found[way].append((step, target, self._ids[predicate] if predicate else 0))
        walks = list[str]()
        if once["forward"] and max(target for _, target, _ in once["forward"]) <= BITS:
            yield "marked", f"SELECT node, CAST(SUM({_MARK}) AS BIGINT) AS mask FROM focus WHERE target <= {BITS} GROUP BY node"
            walks.append(_walk_marked(once.pop("forward")))
        walks += [_walk(way, rows) for way, rows in once.items() if rows]
        if united := " UNION ".join(_walk(way, rows) for way, rows in several.items() if rows):
            walks.append(f"SELECT DISTINCT step, focus, value FROM ({united}) AS u")
        if walks:
            yield "reached", " UNION ALL ".join(walks)

    def plans(self) -> Iterator[StatementPlan]:
        """Yield the statements that make all checks; each works on the table of value nodes."""
        yield from self._described_plans()
        yield from self._counted_plans()
        kinds = {check.branch.kind for checks in self._checks.values() for check in checks}
        for kind in sorted(kinds - {"described", "counted"}):
            yield self._listed_plan(kind)

    def _select(self, steps: Iterable[int]) -> str:
        """Write the beginning of a SELECT of violations of values of some steps."""
        repeated = {step for step, ((_, ways), checks) in enumerate(self._checks.items()) if _repeats(ways, checks)}
        return "SELECT DISTINCT" if repeated & set(steps) else "SELECT"

    def _of_kind(self, kind: str) -> Iterator[tuple[int, int, list[Check]]]:
        """Yield steps with their checks of a kind: number of the step, of its targets, checks."""
        for step, ((target, _), checks) in enumerate(self._checks.items()):
            if some := [check for check in checks if check.branch.kind == kind]:
                yield step, target, some

    def _described_plans(self) -> Iterator[StatementPlan]:
        """Check what the dictionary says of values.

        One statement does it, or several where a step has more checks than bits.
        """
        rounds: dict[int, dict[int, tuple[Check, ...]]] = {}
        for step, _, checks in self._of_kind("described"):
            for number, some in enumerate(_cut(checks)):
                rounds.setdefault(number, {})[step] = some
        for slots in rounds.values():
            masks = " ".join(f"WHEN {step} THEN {mask_of(_numbered(checks))}" for step, checks in slots.items())
            described = (
                "SELECT r.step, r.focus, r.value, d.kind, d.lexical, d.datatype, d.language "
                f"FROM reached AS r JOIN terms AS d ON d.id = r.value WHERE r.step IN ({_numbers(slots)})"
            )
            tested = f"SELECT v.step AS slot, v.focus, v.value, CASE v.step {masks} ELSE 0 END AS mask FROM ({described}) AS v"
            yield StatementPlan(
                tuple(slots.get(step, ()) for step in range(max(slots) + 1)),
                f"{self._select(slots)} b.slot, b.mask, b.focus, b.value, {_NO_PATH} FROM ({tested}) AS b WHERE b.mask > 0",
            )

    def _counted_plans(self) -> Iterator[StatementPlan]:
        """Check the number of values.

        There is one row for each focus node, with the number of its values on each way.
        """
        slots, selects = list[tuple[Check, ...]](), list[str]()
        by_target: dict[int, list[tuple[int, Check]]] = {}
        for step, target, checks in self._of_kind("counted"):
            by_target.setdefault(target, []).extend((step, check) for check in checks)
        for target, found in by_target.items():
            for some in _cut(found):
                steps = sorted({step for step, _ in some})
                counts = ", ".join(f"COUNT(CASE WHEN c.step = {step} THEN 1 END) AS n{step}" for step in steps)
                # A focus node without values counts too.
                nodes = (
                    f"SELECT focus, step FROM reached WHERE step IN ({_numbers(steps)}) "
                    f"UNION ALL SELECT node AS focus, -1 AS step FROM focus WHERE target = {target}"
                )
                conditions = [(bit, _COUNT.sub(f"v.n{step}", check.branch.condition)) for bit, (step, check) in enumerate(some)]
                counted = f"SELECT c.focus, {counts} FROM ({nodes}) AS c GROUP BY c.focus"
                selects.append(f"SELECT {len(slots)} AS slot, v.focus, {_sum_of_bits(conditions)} AS mask FROM ({counted}) AS v")
                slots.append(tuple(check for _, check in some))
        if slots:
            tested = " UNION ALL ".join(selects)
            yield StatementPlan(
                tuple(slots), f"SELECT b.slot, b.mask, b.focus, {_NO_VALUE}, {_NO_PATH} FROM ({tested}) AS b WHERE b.mask > 0"
            )

    def _listed_plan(self, kind: str) -> StatementPlan:
        """Make all checks of a kind that differ in one term."""
        found = [(step, target, check) for step, target, checks in self._of_kind(kind) for check in checks]
        rows = [(slot, step, target, check.branch.number) for slot, (step, target, check) in enumerate(found)]
        name, _, operator = kind.partition("range")
        sql = _KINDS[name or "range"].format(
            rows=_listed(rows, "w(slot, step, target, id)"),
            terms=_numbers({row[-1] for row in rows}),
            steps=_numbers({row[1] for row in rows}),
            holds=compare_keys(operator),
        )
        select = self._select(step for step, _, _ in found)
        return StatementPlan(
            tuple((check,) for _, _, check in found),
            f"{select} b.slot, CAST(1 AS BIGINT) AS mask, b.focus, b.value, {_NO_PATH} FROM ({sql}) AS b",
        )


#: Kinds of checks for which a value must not be found twice.
_COUNTING = frozenset(("counted", "languages"))
_COUNT = re.compile(r"\bv\.n\b")
_NO_VALUE, _NO_PATH = "CAST(NULL AS BIGINT) AS value", "CAST(NULL AS BIGINT) AS path"
_REACHED = "reached AS r ON r.step = w.step AND r.step IN ({steps})"
_VALUES = f"SELECT w.slot, r.focus, r.value FROM {{rows}} JOIN {_REACHED}"
_FOCUS = "FROM {rows} JOIN focus AS f ON f.target = w.target"
_SAME = "t.s = r.focus AND t.p = w.id AND t.o = r.value AND t.p IN ({terms})"
_AMONG = "SELECT 1 FROM reached AS r WHERE r.step IN ({steps}) AND r.step = w.step AND r.focus = f.node"
#: Statements for the kinds of checks that differ in one term (w.id).
_KINDS = {
    "class": f"{_VALUES} WHERE NOT EXISTS (SELECT 1 FROM instances AS i WHERE i.class = w.id AND i.node = r.value)",
    "common": f"{_VALUES} JOIN spo AS t ON {_SAME}",
    "held": f"SELECT w.slot, f.node AS focus, {_NO_VALUE} {_FOCUS} WHERE NOT EXISTS ({_AMONG} AND r.value = w.id)",
    # The value stands for its language, which is what a result tells.
    "languages": f"SELECT w.slot, r.focus, MIN(r.value) AS value FROM {{rows}} JOIN {_REACHED} JOIN terms AS d ON d.id = r.value "
    "WHERE d.language <> '' GROUP BY w.slot, r.focus, LOWER(d.language) HAVING COUNT(*) > 1",
    "missed": f"SELECT w.slot, f.node AS focus, t.o AS value {_FOCUS} "
    f"JOIN spo AS t ON t.s = f.node AND t.p = w.id AND t.p IN ({{terms}}) WHERE NOT EXISTS ({_AMONG} AND r.value = t.o)",
    # Not NOT EXISTS: DuckDB would join all keys of a space with each other first.
    "range": f"{_VALUES} LEFT JOIN keys AS a ON a.id = r.value LEFT JOIN keys AS b ON b.id = w.id "
    "WHERE CASE WHEN a.space = b.space AND {holds} THEN 1 ELSE 0 END = 0",
    "unmatched": f"{_VALUES} WHERE NOT EXISTS (SELECT 1 FROM spo AS t WHERE {_SAME})",
}
_WAYS = {
    "forward": "t.o AS value FROM {0} JOIN focus AS f ON f.target = w.target JOIN spo AS t ON t.p = w.p AND t.s = f.node AND t.p IN ({1})",
    "backward": "t.s AS value FROM {0} JOIN focus AS f ON f.target = w.target JOIN spo AS t ON t.p = w.p AND t.o = f.node AND t.p IN ({1})",
    "self": "f.node AS value FROM {0} JOIN focus AS f ON f.target = w.target",
}


#: The bit of a target; few are so many that it is no number.
_MARK = "CAST(1 AS BIGINT) << (target - 1)"


def _walk_marked(rows: Sequence[tuple[int, ...]]) -> str:
    """Write SQL for the value nodes of steps forward, with each focus node once for all targets."""
    properties = _numbers({row[2] for row in rows})
    marks = ((step, 1 << target - 1, predicate) for step, target, predicate in rows)
    triples = f"SELECT t.p, t.s, t.o, f.mask FROM spo AS t JOIN marked AS f ON f.node = t.s WHERE t.p IN ({properties})"
    listed = _listed(marks, "w(step, mark, p)")
    return f"SELECT w.step, t.s AS focus, t.o AS value FROM ({triples}) AS t JOIN {listed} ON w.p = t.p AND (t.mask & w.mark) <> 0"


def _walk(way: str, rows: Sequence[tuple[int, ...]]) -> str:
    """Write SQL for the value nodes of steps that go one way: step, targets, predicate."""
    joined = _WAYS[way].format(_listed(rows, "w(step, target, p)"), _numbers({row[2] for row in rows}))
    return f"SELECT w.step, f.node AS focus, {joined}"


def mask_of(branches: Iterable[tuple[int, Branch]]) -> str:
    """Write SQL for the sum of the bits whose conditions hold."""
    return _sum_of_bits((bit, branch.condition) for bit, branch in branches)


def _sum_of_bits(conditions: Iterable[tuple[int, str]]) -> str:
    return " + ".join(f"CASE WHEN {condition} THEN CAST({1 << bit} AS BIGINT) ELSE 0 END" for bit, condition in conditions)


def _repeats(ways: Sequence[tuple[str, str]], checks: Iterable[Check]) -> bool:
    """Tell whether a value may stand among the value nodes of a step more than once: each is judged
    by itself, so its violations are made distinct, which are fewer.
    """
    return len(ways) > 1 and not any(check.branch.kind in _COUNTING for check in checks)


def _cut(checks: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    """Divide checks among masks."""
    return (tuple(checks[start : start + BITS]) for start in range(0, len(checks), BITS))


def _numbered(checks: Sequence[Check]) -> Iterator[tuple[int, Branch]]:
    return enumerate(check.branch for check in checks)


def _find_ways(path: Path | None) -> tuple[tuple[str, str], ...] | None:
    """Find the ways and predicates of a path of at most one step, or of a choice among such.

    None stands for other paths.
    """
    match path:
        case None:
            return (("self", ""),)
        case Predicate(iri):
            return (("forward", iri),)
        case Inverse(Predicate(iri)):
            return (("backward", iri),)
        case Alternative(paths):
            ways = [_find_ways(step) for step in paths]
            return None if None in ways else tuple(dict.fromkeys(way for some in ways for way in some or ()))
        case _:
            return None


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _listed(rows: Iterable[tuple[int, ...]], name: str) -> str:
    values = ", ".join("(" + ", ".join(map(str, row)) + ")" for row in rows)
    return f"(VALUES {values}) AS {name}"
