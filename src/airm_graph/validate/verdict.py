"""A table of statements in, findings with their locations out, and which engine judged what."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from airm_graph.errors import ShapesError
from airm_graph.frozen import frozen
from airm_graph.model import Finding, Location
from airm_graph.namespaces import BASE
from airm_graph.terms import Quad
from airm_graph.validate.ledger import Ledger
from airm_graph.validate.node_locations import find_locations
from airm_graph.validate.results import find_findings
from airm_graph.validate.shape_files import DEFAULT_SHAPES, list_habits, load_shapes
from airm_graph.validate.shape_set import ShapeSet

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable
    from airm_graph.validate.compile import ShapesGraph
    from airm_graph.validate.engine import Judgement

__all__ = ["ENGINES", "Verdict", "count_focus_nodes", "judge_shapes", "validate_rows"]

#: ``fast`` compiles the shapes or refuses, ``reference`` is pyshacl, ``auto`` compiles what it can
#: and leaves the rest to pyshacl.
ENGINES = ("auto", "fast", "reference")
#: What is imported and was not read, or stands there and is not run, and why.
_PassedOver = tuple[tuple[str, str], ...]


@frozen
class Verdict:
    """What shapes say of a table.

    Attributes:
        findings: Sorted, one for each result.
        engines: Name of an engine and the IRIs of the shapes that it judged, both sorted.
        notes: Why a shape was left to pyshacl.
        ledger: Which shapes had how many focus nodes, and what was passed over.
        locations: Every location of each focus node, sorted; a finding has the first.
    """

    findings: tuple[Finding, ...]
    engines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    locations: Mapping[str, tuple[Location, ...]] = field(default_factory=dict)


def judge_shapes(
    table: "TripleTable", *, shapes: Sequence[str] | None = None, added: Sequence[str] = (), engine: str = "auto", base: str = BASE
) -> Verdict:
    """Judge asserted statements by shapes; say where each finding stands and which engine found it.

    Args:
        table: Asserted statements of any number of graphs, which are judged as one; its quads stay
            as they are, and no more of them is read into Python than findings need, but for
            pyshacl.
        shapes: Files of ``shapes/`` or paths, the default ones when left out.
        added: Files of ``shapes/`` beside the default ones.
        engine: One of ``ENGINES``.
        base: What the IRIs of the project begin with.

    Raises:
        ValueError: There is no such engine.
        ShapesError: The shapes cannot be used, or not by the engine asked for; the message says
            which and why.
    """
    from airm_graph.validate.engine import judge_set
    from airm_graph.validate.finding_identity import ShapeNames, name_blank_nodes
    from airm_graph.validate.result_details import find_details

    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; use one of {' '.join(ENGINES)}")
    files = (*DEFAULT_SHAPES, *added) if shapes is None else tuple(shapes)
    read, habits, passed_over = _read_shapes(files, is_default=shapes is None, base=base)
    try:
        with table.united_graphs("spo"):
            judgement = judge_set(table, shapes=read, engine=engine, habits=habits, base=base)
            names = ShapeNames(read.graph, read.rows)
            details = find_details(judgement.results, table=table, shapes=read, names=names)
    except ShapesError as error:
        raise error if engine == "fast" else _blame_file(error, names=files, table=table, base=base) from error
    parts = {term for some in details.values() for one in some for part in one.parts for term in part}
    blank = name_blank_nodes(table, {node for result in judgement.results for node in (result.focus, result.value)} | parts)
    locations = find_locations(table, nodes={result.focus for result in judgement.results}, base=base)
    shapes_of = defaultdict(list)
    for shape, name in judgement.engines.items():
        shapes_of[name].append(shape.strip("<>"))
    engines = tuple((name, tuple(sorted(found))) for name, found in sorted(shapes_of.items()))
    findings = find_findings(judgement.results, locations=locations, name=names.find, blank=blank, details=details)
    idle = [f"{root} judged nothing: no node is its target" for root, count in judgement.focus_nodes.items() if not count]
    # The project's own shapes are for all that it can say: most data has some of it.
    notes = (*judgement.notes, *(idle if shapes is not None else ()))
    empty = [
        f"{name} is named as a shape by {node} and asks for nothing, so that everything conforms to it" for node, name in read.find_empty()
    ]
    return Verdict(
        tuple(findings), engines, (*notes, *empty), _make_ledger(judgement, graph=read.graph, passed_over=passed_over), locations
    )


def count_focus_nodes(table: "TripleTable") -> dict[str, int]:
    """Count the focus nodes of each default shape with a target, as `judge_shapes` does, by the IRI
    of the shape.
    """
    from airm_graph.validate.compiled_engine import count_focus
    from airm_graph.validate.own_nodes import OwnNodes

    read, habits, _ = _read_shapes(DEFAULT_SHAPES, is_default=True, base=BASE)
    with table.united_graphs("spo"):
        counts = count_focus(read.compile(table), table=table, own=OwnNodes(frozenset(habits), base=BASE))
    return {root.strip("<>"): count for root, count in counts.items()}


def _read_shapes(files: Sequence[str], *, is_default: bool, base: str) -> tuple[ShapeSet, Collection[str], _PassedOver]:
    """Read shapes files, but for the default ones where these were compiled before.

    Returns:
        The shapes, those of them that are for own nodes only, and what was passed over.
    """
    if files == DEFAULT_SHAPES and is_default and base == BASE:
        from airm_graph.validate.default_shapes import read_compiled

        if compiled := read_compiled():
            return compiled, compiled.habits, ()
    loaded = load_shapes(files, base=base)
    read = ShapeSet(loaded.rows, is_shipped=is_default)
    if files and not read.roots:
        left = "".join(f"; {name} is {reason}" for name, reason in loaded.passed_over)
        raise ShapesError(f"{', '.join(files)}: there is no shape with a target, so nothing would be judged{left}")
    # Whoever names a file of shapes wants it judged by; by default, habits of the project are for
    # its own nodes.
    return read, list_habits(base=base) if is_default else (), loaded.passed_over


def _make_ledger(judgement: "Judgement", *, graph: "ShapesGraph", passed_over: _PassedOver) -> Ledger:
    def name_engine(root: str) -> str:
        names = {judgement.engines[node] for node in (root, *graph.values(root, "property")) if node in judgement.engines}
        return names.pop() if len(names) == 1 else "both"

    shapes = ((root.strip("<>"), name_engine(root), count) for root, count in judgement.focus_nodes.items())
    return Ledger(passed_over=passed_over, shapes=tuple(sorted(shapes)))


def _blame_file(error: ShapesError, *, names: Sequence[str], table: "TripleTable", base: str) -> ShapesError:
    """Name the file whose shapes fail alone, or all files when none does.

    The data is needed for it: pyshacl reads the constraints of a shape when it meets the first
        focus node.
    """
    from airm_graph.validate.pyshacl_engine import run_pyshacl

    if len(names) == 1:
        return ShapesError(f"{names[0]}: the shapes cannot be used: {error}")
    for name in names:
        try:
            run_pyshacl(table, shape_rows=load_shapes((name,), base=base).rows)
        except ShapesError as alone:
            return ShapesError(f"{name}: the shapes cannot be used: {alone}")
    return ShapesError(f"{', '.join(names)}: the shapes cannot be used together: {error}")


def validate_rows(rows: Iterable[Quad], *, shapes: Sequence[str] | None = None, engine: str = "auto", base: str = BASE) -> list[Finding]:
    """Judge asserted rows by shapes; return the findings of `judge_shapes`.

    >>> from airm_graph.namespaces import iri, term
    >>> rows = [(iri("agent/a"), term("rdf:type"), term("prov:Agent"), "")]
    >>> [finding.rule for finding in validate_rows(rows)]
    ['AGT-01']
    """
    from airm_graph.graph import TripleTable

    with TripleTable(threads=1) as table:
        table.load_rows(rows)
        return list(judge_shapes(table, shapes=shapes, engine=engine, base=base).findings)
