"""The engines: shapes are compiled where that is possible, pyshacl judges the rest."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field

from airm_graph.errors import ShapesError, name_some
from airm_graph.frozen import frozen
from airm_graph.graph import TripleTable
from airm_graph.namespaces import BASE, PREFIXES, term
from airm_graph.terms import Quad
from airm_graph.validate.compile import CompiledShapes, ShapePart, ShapesGraph, Uncompiled
from airm_graph.validate.compiled_engine import count_focus, run_compiled
from airm_graph.validate.own_nodes import OwnNodes
from airm_graph.validate.results import Result, sort_results
from airm_graph.validate.shape_set import ShapeSet
from airm_graph.validate.vocabulary import SHACL_12

__all__ = ["COLUMNAR", "PYSHACL", "Judgement", "judge", "judge_set"]

#: Names of the engines in a `Judgement`.
COLUMNAR, PYSHACL = "columnar", "pyshacl"

_TYPE, _SH = term("rdf:type"), PREFIXES["sh"]
_TARGETS = frozenset(f"<{_SH}{name}>" for name in ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf"))


@frozen
class Judgement:
    """What was found, and who found it.

    Attributes:
        results: Sorted.
        engines: For each shape that has a target, and each property shape right below one:
            ``columnar`` or ``pyshacl``.
        notes: One sentence for each that was left to pyshacl, with the reason; sorted.
        focus_nodes: How many each shape with a target had.
    """

    results: tuple[Result, ...]
    engines: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    focus_nodes: Mapping[str, int] = field(default_factory=dict)


def judge(
    table: TripleTable, *, shape_rows: Sequence[Quad], engine: str = "auto", habits: Collection[str] = (), base: str = BASE
) -> Judgement:
    """Judge the statements of a table, whose quads stay as they are, by a shapes graph.

    Args:
        table: Asserted statements of any number of graphs; they are judged as one graph.
        shape_rows: Shapes whose queries ask the data only; `read_shapes` refuses others, and this
            function does not look.
        engine: ``fast`` compiles or refuses; ``reference`` is pyshacl alone; ``auto`` compiles what
            it can.
        habits: Shapes that judge nodes of the project only: those below *base*, and instances of
            its classes.

    Raises:
        ShapesError: The shapes cannot be used, or not by the engine asked for; the message names
            the shape and says why.

    >>> from airm_graph.validate.shape_files import read_shapes
    >>> agent = ("<https://example.org/a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/ns/prov#Agent>", "")
    >>> with TripleTable() as table:
    ...     table.load_rows([agent])
    ...     found = judge(table, shape_rows=read_shapes("core"), engine="fast")
    >>> [result.message[:6] for result in found.results], set(found.engines.values())
    (['AGT-01'], {'columnar'})
    """  # noqa: W505
    return judge_set(table, shapes=ShapeSet(shape_rows), engine=engine, habits=habits, base=base)


def judge_set(table: TripleTable, *, shapes: ShapeSet, engine: str, habits: Collection[str], base: str) -> Judgement:
    """Judge a table by shapes that may be read or compiled already; as `judge`."""
    compiled = shapes.compile(table)
    with shapes.find_table(table, compiled.list_statements()) as able:
        compiled = compiled if able is table else shapes.compile(able)
        return _judge_compiled(able, compiled, shapes=shapes, engine=engine, own=OwnNodes(frozenset(habits), base=base))


def _judge_compiled(table: TripleTable, compiled: CompiledShapes, *, shapes: ShapeSet, engine: str, own: OwnNodes) -> Judgement:
    if engine == "reference":
        from airm_graph.validate.pyshacl_engine import run_pyshacl

        _refuse_newer(shapes.graph, shapes.roots)
        results = run_pyshacl(table, shape_rows=shapes.rows)
        nodes = count_focus(compiled, table=table, own=own)
        return Judgement(tuple(sort_results(own.keep(results, table=table))), dict.fromkeys(shapes.roots, PYSHACL), focus_nodes=nodes)
    _refuse(compiled.uncompiled, engine=engine)
    found, unanswered, nodes = run_compiled(compiled, table=table, shapes=shapes, own=own)
    _refuse(unanswered, engine=engine)
    rest = [*compiled.uncompiled, *unanswered]
    notes = sorted({f"{one.part.node} is judged by pyshacl: {one.reason}" for one in rest})
    left = {one.part for one in rest}
    results = [result for part, some in found.items() if not {part, ShapePart(part.root)} & left for result in some]
    if rest:
        from airm_graph.validate.pyshacl_engine import run_pyshacl

        _refuse_newer(shapes.graph, (one.part.node for one in rest))
        try:
            results += run_pyshacl(table, shape_rows=_keep_targets(shapes.rows, left=left, graph=shapes.graph))
        except ShapesError as error:
            raise ShapesError(f"{error}; {name_some(notes, most=2)}") from error
    engines = {part.node: PYSHACL if ShapePart(part.root) in left else COLUMNAR for part in compiled.parts}
    engines |= {part.node: PYSHACL for part in left}
    return Judgement(tuple(sort_results(own.keep(results, table=table))), dict(sorted(engines.items())), tuple(notes), nodes)


def _refuse_newer(graph: ShapesGraph, nodes: Iterable[str]) -> None:
    """Refuse to leave to pyshacl what it would pass over without a word."""
    for node in nodes:
        for reached in sorted(graph.reach(node)):
            if newer := [name for name in sorted(SHACL_12) if graph.values(reached, name)]:
                raise ShapesError(f"{node} holds sh:{newer[0]} of SHACL 1.2, which pyshacl does not know; only what is compiled knows it")


def _refuse(uncompiled: Sequence[Uncompiled], *, engine: str) -> None:
    if engine == "fast" and uncompiled:
        one = uncompiled[0]
        raise ShapesError(f"{one.part.node} cannot be compiled: {one.reason}; use the engine auto or reference")


def _keep_targets(shape_rows: Sequence[Quad], *, left: set[ShapePart], graph: ShapesGraph) -> list[Quad]:
    """Make the shapes graph for pyshacl, in which targets stay only where it shall judge.

    A root of which it shall judge some property shapes only loses its targets to a stand-in that
    has just these.
    """
    whole = {part.root for part in left if part.property_shape is None}
    parts: dict[str, list[str]] = defaultdict(list)
    for part in left:
        if part.property_shape is not None and part.root not in whole:
            parts[part.root].append(part.property_shape)
    idle = set(graph.roots()) - whole
    kept = [row for row in shape_rows if row[0] not in idle or not (row[1] in _TARGETS or graph.is_class_type(row))]
    for number, root in enumerate(sorted(parts)):
        kept += _stand_in(f"<urn:airm-graph:stand-in:{number}>", graph=graph, root=root, parts=parts[root])
    return kept


def _stand_in(node: str, *, graph: ShapesGraph, root: str, parts: Sequence[str]) -> Iterable[Quad]:
    paths = graph.values(root, "path")
    yield node, _TYPE, f"<{_SH}{'PropertyShape' if paths else 'NodeShape'}>", ""
    for path in paths:
        yield node, f"<{_SH}path>", path, ""
    for kind, value in graph.shape(root).targets:
        yield node, f"<{_SH}{kind}>", value, ""
    for part in sorted(parts):
        yield node, f"<{_SH}property>", part, ""
