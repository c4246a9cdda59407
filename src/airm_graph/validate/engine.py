"""Which engine judges what: the fast one where shapes compile, pyshacl for the rest, and a record of who did it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from airm_graph.errors import ShapesError
from airm_graph.graph import TripleTable
from airm_graph.graph.store import Row
from airm_graph.namespaces import BASE, PREFIXES, term
from airm_graph.validate.columnar import run_plans
from airm_graph.validate.compile import Judged, Rest, ShapesGraph, compile_shapes, find_constants
from airm_graph.validate.results import Result, sort_results
from airm_graph.validate.shacl import blame_file, run_pyshacl, run_pyshacl_on_rows
from airm_graph.validate.shapes import DEFAULT_SHAPES, read_every_shapes

__all__ = ["COLUMNAR", "PYSHACL", "Engine", "Judgement", "judge", "judge_rows"]

Engine = Literal["auto", "fast", "reference"]
#: Names of the engines in a `Judgement`.
COLUMNAR, PYSHACL = "columnar", "pyshacl"

_TYPE, _SH = term("rdf:type"), PREFIXES["sh"]
_TARGETS = frozenset(f"<{_SH}{name}>" for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found, and who found it.

    Attributes:
        results: Sorted.
        engines: For each shape that has a target, and each property shape right below one: ``columnar`` or ``pyshacl``.
        notes: One sentence for each that was left to pyshacl, with the reason; sorted.
    """

    results: tuple[Result, ...]
    engines: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def judge(
    rows: Iterable[Row] | None,
    *,
    shapes: Sequence[str] | None = None,
    engine: Engine = "auto",
    base: str = BASE,
    table: TripleTable | None = None,
) -> Judgement:
    """Judge asserted rows by shapes.

    Args:
        rows: Asserted statements of any number of graphs; they are judged as one graph. None: those of *table*.
        shapes: Files of ``shapes/`` or paths, the default ones when left out.
        engine: ``fast`` compiles or refuses; ``reference`` is pyshacl alone; ``auto`` compiles what it can.
        base: What the IRIs of the project begin with.
        table: A table that holds *rows* already and nothing else; its quads stay as they are.

    Raises:
        ShapesError: The shapes cannot be used, or not by the engine asked for; the message names the shape and says why.

    >>> rows = [("<https://example.org/a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/ns/prov#Agent>", "")]
    >>> found = judge(rows, engine="fast")
    >>> [result.message[:6] for result in found.results], set(found.engines.values())
    (['AGT-01'], {'columnar'})
    """
    if rows is None and table is None:
        raise ValueError("give rows or a table")
    rows = None if rows is None else list(rows)
    names = DEFAULT_SHAPES if shapes is None else tuple(shapes)
    shape_rows = read_every_shapes(names, base=base)
    if engine == "reference":
        return _all_to_pyshacl(run_pyshacl(_all_rows(rows, table), shapes=names, base=base), graph=ShapesGraph(shape_rows))
    try:
        return judge_rows(rows, shape_rows=shape_rows, engine=engine, table=table)
    except ShapesError as error:
        raise error if engine == "fast" else blame_file(error, names=names, rows=_all_rows(rows, table), base=base) from error


def _all_rows(rows: Sequence[Row] | None, table: TripleTable | None) -> Sequence[Row]:
    """The rows, for an engine that works on nothing else."""
    return rows if rows is not None else table.rows() if table is not None else ()


def judge_rows(
    rows: Sequence[Row] | None, *, shape_rows: Sequence[Row], engine: Engine = "auto", table: TripleTable | None = None
) -> Judgement:
    """Judge rows by a shapes graph given as rows.

    Args:
        shape_rows: Shapes whose queries ask the data only; `read_shapes` refuses others, and this function does not look.
        engine: As in `judge`.
        table: A table that holds *rows* already, or whose rows are judged where *rows* is None; the graphs in it are judged as one.

    Raises:
        ShapesError: As in `judge`.
    """
    graph = ShapesGraph(shape_rows)
    if engine == "reference":
        return _all_to_pyshacl(run_pyshacl_on_rows(_all_rows(rows, table), shape_rows=shape_rows), graph=graph)
    if table is not None:
        return _judge_table(table, rows=rows, shape_rows=shape_rows, graph=graph, engine=engine)
    with TripleTable() as made:
        made.load_rows(rows or ())
        return _judge_table(made, rows=rows, shape_rows=shape_rows, graph=graph, engine=engine)


def _all_to_pyshacl(results: Iterable[Result], *, graph: ShapesGraph) -> Judgement:
    return Judgement(tuple(sort_results(results)), dict.fromkeys(graph.roots(), PYSHACL))


def _judge_table(
    table: TripleTable, *, rows: Sequence[Row] | None, shape_rows: Sequence[Row], graph: ShapesGraph, engine: Engine
) -> Judgement:
    plans = compile_shapes(graph, ids=table.add_terms(find_constants(shape_rows, graph=graph)))
    _refuse(plans.rest, engine=engine)
    found, late = run_plans(plans, table=table, shape_rows=shape_rows)
    _refuse(late, engine=engine)
    rest = [*plans.rest, *late]
    left = {judged.judged for judged in rest}
    results = [result for judged, some in found.items() if not {judged, Judged(judged.root)} & left for result in some]
    if rest:
        results += run_pyshacl_on_rows(_all_rows(rows, table), shape_rows=_remaining_shapes(shape_rows, left=left, graph=graph))
    engines = {judged.part or judged.root: COLUMNAR for judged in plans.judged}
    engines |= {judged.part or judged.root: PYSHACL for judged in plans.judged if Judged(judged.root) in left}
    engines |= {judged.part or judged.root: PYSHACL for judged in left}
    notes = {f"{one.judged.part or one.judged.root} is judged by pyshacl: {one.reason}" for one in rest}
    return Judgement(tuple(sort_results(results)), dict(sorted(engines.items())), tuple(sorted(notes)))


def _refuse(rest: Sequence[Rest], *, engine: Engine) -> None:
    if engine == "fast" and rest:
        one = rest[0]
        raise ShapesError(f"{one.judged.part or one.judged.root} cannot be compiled: {one.reason}; use the engine auto or reference")


def _remaining_shapes(shape_rows: Sequence[Row], *, left: set[Judged], graph: ShapesGraph) -> list[Row]:
    """The shapes graph for pyshacl: targets stay only where it shall judge.

    A root of which it shall judge some property shapes only loses its targets to a stand-in that has just these.
    """
    whole = {judged.root for judged in left if judged.part is None}
    parts: dict[str, list[str]] = defaultdict(list)
    for judged in left:
        if judged.part is not None and judged.root not in whole:
            parts[judged.root].append(judged.part)
    idle = set(graph.roots()) - whole
    kept = [row for row in shape_rows if row[0] not in idle or not (row[1] in _TARGETS or graph.is_class_type(row))]
    for number, root in enumerate(sorted(parts)):
        kept += _stand_in(f"<urn:airm-graph:stand-in:{number}>", graph=graph, root=root, parts=parts[root])
    return kept


def _stand_in(node: str, *, graph: ShapesGraph, root: str, parts: Sequence[str]) -> Iterable[Row]:
    paths = graph.values(root, "path")
    yield node, _TYPE, f"<{_SH}{'PropertyShape' if paths else 'NodeShape'}>", ""
    for path in paths:
        yield node, f"<{_SH}path>", path, ""
    for kind, value in graph.shape(root).targets:
        yield node, f"<{_SH}{kind}>", value, ""
    for part in sorted(parts):
        yield node, f"<{_SH}property>", part, ""
