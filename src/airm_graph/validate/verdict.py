"""A table of statements in, findings with their locations out, and which engine judged what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from airm_graph.errors import ShapesError
from airm_graph.model import Finding, Location
from airm_graph.namespaces import BASE
from airm_graph.terms import Quad
from airm_graph.validate.findings import find_findings
from airm_graph.validate.node_locations import find_locations
from airm_graph.validate.shape_files import DEFAULT_SHAPES, read_every_shapes, read_shapes

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["ENGINES", "Verdict", "judge_shapes", "validate_rows"]

#: ``fast`` compiles the shapes or refuses, ``reference`` is pyshacl, ``auto`` compiles what it can and leaves the rest to pyshacl.
ENGINES = ("auto", "fast", "reference")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What shapes say of a table.

    Attributes:
        findings: Sorted, one for each shape, focus node and value.
        engines: Name of an engine and the IRIs of the shapes that it judged, both sorted.
        notes: Why a shape was left to pyshacl.
        locations: Every location of each focus node, sorted; a finding has the first.
    """

    findings: tuple[Finding, ...]
    engines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    locations: Mapping[str, tuple[Location, ...]] = field(default_factory=dict)


def judge_shapes(table: "TripleTable", *, shapes: Sequence[str] | None = None, engine: str = "auto", base: str = BASE) -> Verdict:
    """Judge asserted statements by shapes; say where each finding stands and which engine found it.

    Args:
        table: Asserted statements of any number of graphs, which are judged as one; its quads stay
            as they are, and no more of them is read into Python than findings need, but for
            pyshacl.
        shapes: Files of ``shapes/`` or paths, the default ones when left out.
        engine: One of ``ENGINES``.
        base: What the IRIs of the project begin with.

    Raises:
        ValueError: There is no such engine.
        ShapesError: The shapes cannot be used, or not by the engine asked for; the message says
            which and why.
    """
    from airm_graph.validate.engine import judge

    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; use one of {' '.join(ENGINES)}")
    names = DEFAULT_SHAPES if shapes is None else tuple(shapes)
    shape_rows = read_every_shapes(names, base=base)
    try:
        judgement = judge(table, shape_rows=shape_rows, engine=engine)
    except ShapesError as error:
        raise error if engine == "fast" else _blame_file(error, names=names, table=table, base=base) from error
    locations = find_locations(table, nodes={result.focus for result in judgement.results}, base=base)
    shapes_of = defaultdict(list)
    for shape, name in judgement.engines.items():
        shapes_of[name].append(shape.strip("<>"))
    engines = tuple((name, tuple(sorted(found))) for name, found in sorted(shapes_of.items()))
    return Verdict(tuple(find_findings(judgement.results, locations=locations)), engines, judgement.notes, locations)


def _blame_file(error: ShapesError, *, names: Sequence[str], table: "TripleTable", base: str) -> ShapesError:
    """Name the file whose shapes fail alone, or all files when none does.

    The data is needed for it: pyshacl reads the constraints of a shape when it meets the first
        focus node.
    """
    from airm_graph.validate.pyshacl_engine import run_pyshacl

    for name in names:
        try:
            run_pyshacl(table, shape_rows=read_shapes(name, base=base))
        except ShapesError as alone:
            return ShapesError(f"{name}: the shapes cannot be used: {alone}")
    return ShapesError(f"{', '.join(names)}: the shapes cannot be used together: {error}")


def validate_rows(rows: Iterable[Quad], *, shapes: Sequence[str] | None = None, engine: str = "auto", base: str = BASE) -> list[Finding]:
    """Judge asserted rows by shapes; return the findings of `judge_shapes`.

    >>> rows = [("<https://example.org/a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/ns/prov#Agent>", "")]
    >>> [finding.rule for finding in validate_rows(rows)]
    ['AGT-01']
    """
    from airm_graph.graph import TripleTable

    with TripleTable(threads=1) as table:
        table.load_rows(rows)
        return list(judge_shapes(table, shapes=shapes, engine=engine, base=base).findings)
