"""The default shapes as they were compiled when the package was made.

Compiling them costs more than judging a page by them, and does not depend on the data. The file
beside this module holds their rows and their plans, with gaps for the ids that a table gives to the
terms in them; `make generated` writes it. It counts only as long as it is whole and the files of
shapes are those that it was made of.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

from airm_graph.prepared import pack_rows, read_prepared, unpack_rows, write_prepared
from airm_graph.resources import find_resource
from airm_graph.terms import Quad
from airm_graph.validate.compile import (
    Branch,
    Check,
    CompiledShapes,
    ConstraintSql,
    DetailPlan,
    DetailStatement,
    Shape,
    ShapePart,
    ShapesGraph,
    SparqlConstraint,
    SparqlPlan,
    StatementPlan,
    component_iri,
)
from airm_graph.validate.compile.shapes_graph import Alternative, Inverse, Path, Predicate, Repeat
from airm_graph.validate.compile.shapes_graph import Sequence as Steps
from airm_graph.validate.shape_set import ShapeSet

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["DefaultShapes", "read_compiled", "write_compiled"]

FILE = File(__file__).with_suffix(".json")
#: Ids of the terms of plans while these are written: such numbers stand in no plan for another
#: reason.
_FIRST_ID = 4_611_686_018_000_000_000
_ID = re.compile("(4611686018[0-9]{9})")
#: A text in which numbers stand for the ids of terms.
_Gapped = Sequence[str | int]


class DefaultShapes(ShapeSet):
    """Shapes that were compiled before.

    Attributes:
        habits: Shapes that judge nodes of the project only.
    """

    def __init__(self, read: Mapping[str, Any]) -> None:
        """Take what stands in the file."""
        super().__init__((), is_shipped=True)
        self._read = read
        self.habits = frozenset[str](read["habits"])

    @cached_property
    def rows(self) -> Sequence[Quad]:
        """The shapes graph."""
        return unpack_rows(self._read, "shapes")

    def find_empty(self) -> list[tuple[str, str]]:
        """Return nothing: no such shapes are compiled before."""
        return []

    def compile(self, table: "TripleTable") -> CompiledShapes:
        """Put the ids of a table into the plans."""
        read, numbers = self._read, self._list_ids(table)

        def make(part: int, shape: int, component: str, parameter: str) -> Check:
            return Check(parts[part], shapes[shape], Branch(component, parameter, ""))

        parts = [ShapePart(*part) for part in read["parts"]]
        shapes = [
            Shape(node, _read_path(path) if path else None, severity=severity, messages=tuple(messages))
            for node, path, severity, messages in read["shapes"]
        ]
        plans = (
            StatementPlan(tuple(tuple(make(*check) for check in slot) for slot in slots), _fill(sql, numbers))
            for slots, sql in read["plans"]
        )
        constraints = (
            SparqlPlan(parts[part], shapes[shape], _read_constraint(constraint), _fill(focus, numbers))
            for part, shape, constraint, focus in read["constraints"]
        )
        prepare = tuple((name, _fill(select, numbers)) for name, select in read["prepare"])
        return CompiledShapes(prepare, tuple(plans), tuple(constraints), tuple(parts), (), read["targets"])

    def compile_details(self, asked: Sequence[tuple[str, str]], *, table: "TripleTable") -> DetailStatement:
        """Put the ids of a table, and numbers of questions, into the statements that are asked."""
        numbers, details = self._list_ids(table), self._read["details"]
        plans, selects, wanted = list[DetailPlan](), list[str](), set[str]()
        for question, key in enumerate(map(" ".join, asked)):
            if key in details:
                some, sql, prepare = details[key]
                if sql[0].startswith("WITH RECURSIVE"):  # which Spark knows in front of a statement only
                    return super().compile_details(asked, table=table)
                selects.append(
                    f"SELECT plan + {len(plans)} AS plan, focus, value, detail, number FROM ({_fill(sql, [*numbers, str(question)])})"
                )
                plans += [DetailPlan(question, kind, "", tuple(label), least) for kind, label, least in some]
                wanted.update(prepare)
        made = ((name, _fill(self._read["made"][name], numbers)) for name in sorted(wanted))
        return DetailStatement(tuple(plans), " UNION ALL ".join(f"{select} AS d{n}" for n, select in enumerate(selects)), tuple(made))

    def _list_ids(self, table: "TripleTable") -> list[str]:
        """List the ids of a table for the terms that stand in plans."""
        ids = table.add_terms(self._read["constants"])
        return [str(ids[text]) for text in self._read["constants"]]


def _fill(gapped: _Gapped, numbers: Sequence[str]) -> str:
    return "".join(part if isinstance(part, str) else numbers[part] for part in gapped)


def read_compiled(file: File = FILE) -> DefaultShapes | None:
    """Read what `write_compiled` wrote; None where it cannot be read, was changed, or was made of
    other shapes.
    """
    read = read_prepared(file, sources=_list_sources())
    return DefaultShapes(read) if read else None


def _list_sources() -> list[str]:
    """List all shapes that the project ships."""
    return [f"shapes/{path.name}" for path in sorted(find_resource("shapes").glob("*.ttl"))]


def write_compiled() -> str:
    """Compile the default shapes and write them, with a digest in the first line."""
    from airm_graph.validate.compile import compile_shapes, find_constants
    from airm_graph.validate.shape_files import DEFAULT_SHAPES, list_habits, load_shapes

    loaded = load_shapes(DEFAULT_SHAPES)
    shapes = ShapeSet(loaded.rows)
    constants = find_constants(shapes.rows, graph=shapes.graph)
    ids = {text: _FIRST_ID + number for number, text in enumerate(constants)}
    compiled = compile_shapes(shapes.graph, ids=ids)
    if compiled.uncompiled or loaded.passed_over or shapes.find_empty():
        raise ValueError("the default shapes are compiled, read as a whole, and name no shape that is missing")
    # Blank nodes have other labels whenever they are read; shapes are known by their IRIs.
    habits = sorted(name for name in list_habits() if name.startswith("<"))
    written = {
        "constants": constants,
        "habits": habits,
        **pack_rows({"shapes": shapes.rows}),
        **_write_plans(compiled),
        **_write_details(compiled, shapes.graph, ids),
    }
    return write_prepared(written, sources=_list_sources())


def _write_plans(compiled: CompiledShapes) -> Mapping[str, Any]:
    checks = [check for plan in compiled.plans for slot in plan.checks for check in slot]
    shapes = {one.node: one for one in (*(check.shape for check in checks), *(plan.shape for plan in compiled.constraints))}
    parts = {part: number for number, part in enumerate(compiled.parts)}
    numbers = {node: number for number, node in enumerate(shapes)}

    def write(check: Check) -> Sequence[Any]:
        return parts[check.part], numbers[check.shape.node], check.branch.component, check.branch.parameter

    return {
        "parts": [[part.root, part.property_shape] for part in parts],
        "shapes": [[one.node, one.path and _write_path(one.path), one.severity, one.messages] for one in shapes.values()],
        "plans": [[[list(map(write, slot)) for slot in plan.checks], _part(plan.sql)] for plan in compiled.plans],
        "constraints": [
            [parts[plan.part], numbers[plan.shape.node], _write_constraint(plan.constraint), _part(plan.focus_sql)]
            for plan in compiled.constraints
        ],
        "prepare": [[name, _part(select)] for name, select in compiled.prepare],
        "targets": dict(compiled.targets),
    }


def _write_details(compiled: CompiledShapes, graph: ShapesGraph, ids: Mapping[str, int]) -> Mapping[str, Any]:
    """Compile a statement for each constraint component that may need one; behind the last id comes
    the number of the question.
    """
    from airm_graph.validate.compile import compile_details
    from airm_graph.validate.result_details import may_differ

    made, details = dict[str, str](), dict[str, Any]()
    checks = (check for plan in compiled.plans for slot in plan.checks for check in slot)
    for key in sorted({(check.shape.node, component_iri(check.branch)) for check in checks}):
        if may_differ(*key, graph=graph):
            found = compile_details(graph, {_FIRST_ID + len(ids): key}, ids=ids)
            made |= dict(found.prepare)
            plans = [[plan.kind, plan.label, plan.least] for plan in found.plans]
            details |= {" ".join(key): [plans, _part(found.sql), [name for name, _ in found.prepare]]} if plans else {}
    return {"details": details, "made": {name: _part(select) for name, select in sorted(made.items())}}


def _part(sql: str) -> _Gapped:
    """Take the ids out of a statement."""
    return [int(part) - _FIRST_ID if n % 2 else part for n, part in enumerate(_ID.split(sql))]


def _write_constraint(one: SparqlConstraint) -> Sequence[Any]:
    read = None if one.predicates is None else sorted(one.predicates)
    sql = one.sql and [one.sql.names, one.sql.match, one.sql.select, one.sql.prepare, one.sql.integers, one.sql.nodes, one.sql.terms]
    return one.text, one.messages, read, one.required, one.reveals, sql


def _read_constraint(written: Sequence[Any]) -> SparqlConstraint:
    text, messages, read, required, reveals, sql = written
    return SparqlConstraint(text, tuple(messages), None if read is None else frozenset(read), required, reveals, sql and _read_sql(*sql))


def _read_sql(names: Sequence[str], match: str, select: str, prepare: Sequence[Sequence[str]], *of: Sequence[str]) -> ConstraintSql:
    integers, nodes, terms = map(tuple, of)
    return ConstraintSql(tuple(names), match, select, tuple((name, made) for name, made in prepare), integers, nodes, terms)


def _write_path(path: Path) -> Any:
    match path:
        case Predicate(iri):
            return iri
        case Inverse(inner):
            return ["inverse", _write_path(inner)]
        case Repeat(inner, least, many):
            return ["repeat", _write_path(inner), least, many]
        case Alternative(paths):
            return ["alternative", *map(_write_path, paths)]
        case Steps(paths):
            return ["sequence", *map(_write_path, paths)]


def _read_path(written: Any) -> Path:
    if isinstance(written, str):
        return Predicate(written)
    match written:
        case ["inverse", inner]:
            return Inverse(_read_path(inner))
        case ["repeat", inner, least, many]:
            return Repeat(_read_path(inner), least, many)
    kind, *inner = written
    return (Alternative if kind == "alternative" else Steps)(tuple(map(_read_path, inner)))


if __name__ == "__main__":
    sys.stdout.write(write_compiled())
