"""Judges quads in tests: loads them into a table first, as every caller of the project does."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from airm_graph.graph import SmallTable, TripleTable
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.engine import Judgement, judge
from airm_graph.validate.results import Result
from airm_graph.validate.shape_files import read_every_shapes

__all__ = ["compare", "judge_quads", "loaded"]


@contextmanager
def loaded(quads: Iterable[Quad]) -> Iterator[TripleTable]:
    """A table that holds *quads*."""
    with TripleTable(threads=1) as table:
        table.load_rows(quads)
        yield table


def judge_quads(quads: Iterable[Quad], shapes: Sequence[Quad] | Sequence[str], *, engine: str = "auto") -> Judgement:
    """Judge by a shapes graph, or by shapes files of these names; in both tables, which have to say the same in the same order."""
    shape_rows = read_every_shapes(shapes) if all(isinstance(shape, str) for shape in shapes) else shapes
    rows = list(quads)
    with loaded(rows) as table:
        judgement = judge(table, shape_rows=shape_rows, engine=engine)
    if engine != "reference":
        with SmallTable() as table:
            table.load_rows(rows)
            assert judge(table, shape_rows=shape_rows, engine=engine) == judgement
    return judgement


def compare(judgement: Judgement, *, messages: bool = True) -> Counter[tuple[str, ...]]:
    """What engines have to agree in."""
    return Counter((r.component, r.focus, r.path, r.value, r.shape, r.severity, _texts(r) if messages else "") for r in judgement.results)


def _texts(result: Result) -> str:
    """Every message; those of a SPARQL constraint without their languages, which pyshacl leaves out."""
    if result.component.endswith("#SPARQLConstraintComponent>"):
        return "\n".join(sorted(read_literal(message).text for message in result.messages))
    return "\n".join(result.messages)
