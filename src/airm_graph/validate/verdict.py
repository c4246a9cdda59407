"""Rows and shapes in, findings with their places out, and which engine judged what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airm_graph.graph.store import Row
from airm_graph.model import Finding
from airm_graph.namespaces import BASE
from airm_graph.validate.places import find_places, select_place_rows
from airm_graph.validate.results import find_findings

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["ENGINES", "Verdict", "judge_shapes", "validate_rows"]

#: ``fast`` is the columnar engine and refuses what it cannot compile, ``reference`` is pyshacl, ``auto`` compiles what it can.
ENGINES = ("auto", "fast", "reference")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What shapes say of rows.

    Attributes:
        findings: Sorted, one for each shape, focus node and value.
        engines: Name of an engine and the IRIs of the shapes that it judged, both sorted.
        notes: Why a shape was left to pyshacl.
        place_rows: What was read of a table to find the places (``select_place_rows``); empty where rows were given.
    """

    findings: tuple[Finding, ...]
    engines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    place_rows: tuple[Row, ...] = ()


def judge_shapes(
    rows: Iterable[Row] | None,
    *,
    shapes: Sequence[str] | None = None,
    engine: str = "auto",
    base: str = BASE,
    table: "TripleTable | None" = None,
) -> Verdict:
    """Judge asserted rows by shapes and say where each finding stands and which engine found it.

    Args:
        rows: Asserted statements of any number of graphs; they are judged as one graph. None: those of *table*, of which no more
            is read into Python than findings need.
        shapes: Files of ``shapes/`` or paths, the default ones when left out.
        engine: One of ``ENGINES``.
        base: What the IRIs of the project begin with.
        table: A table that holds *rows* already and nothing else; its quads stay as they are.

    Raises:
        ShapesError: The shapes cannot be used, or not by the engine asked for; the message says which and why.
    """
    from airm_graph.validate.engine import judge

    rows = None if rows is None else list(rows)
    judgement = judge(rows, shapes=shapes, engine=engine, base=base, table=table)  # type: ignore[arg-type]
    focus = {result.focus for result in judgement.results}
    read = tuple(select_place_rows(table, focus=focus, base=base)) if rows is None and table is not None else ()
    places = find_places(rows or read, focus=focus, base=base)
    shapes_of = defaultdict(list)
    for shape, name in judgement.engines.items():
        shapes_of[name].append(shape.strip("<>"))
    engines = tuple((name, tuple(sorted(found))) for name, found in sorted(shapes_of.items()))
    return Verdict(tuple(find_findings(judgement.results, places=places)), engines, judgement.notes, read)


def validate_rows(rows: Iterable[Row], *, shapes: Sequence[str] | None = None, engine: str = "auto", base: str = BASE) -> list[Finding]:
    """Judge asserted rows by shapes; the findings of :func:`judge_shapes`.

    >>> rows = [("<https://example.org/a>", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "<http://www.w3.org/ns/prov#Agent>", "")]
    >>> [finding.rule for finding in validate_rows(rows)]
    ['AGT-01']
    """
    return list(judge_shapes(rows, shapes=shapes, engine=engine, base=base).findings)
