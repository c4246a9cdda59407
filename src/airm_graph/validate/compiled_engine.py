"""The fast engine: runs compiled shapes over the triple table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from airm_graph.graph import BLANK, TripleTable
from airm_graph.terms import Quad, read_literal
from airm_graph.validate.compile import Check, CompiledShapes, ShapePart, Uncompiled, component_iri, shape_path
from airm_graph.validate.literal_keys import make_tables
from airm_graph.validate.own_nodes import OwnNodes
from airm_graph.validate.results import Result
from airm_graph.validate.shape_set import ShapeSet
from airm_graph.validate.sparql_constraints import ask_constraints

if TYPE_CHECKING:
    from airm_graph.validate.shape_messages import MessageWriter

__all__ = ["count_focus", "prepared", "run_compiled"]

#: A check that failed, with the ids of focus node, value and path.
_Violation = tuple[Check, int, int | None, int | None]


def run_compiled(
    compiled: CompiledShapes, *, table: TripleTable, shapes: ShapeSet, own: OwnNodes
) -> tuple[dict[ShapePart, list[Result]], list[Uncompiled], dict[str, int]]:
    """Judge the triples of a table.

    Args:
        shapes: What was compiled, for messages.
        own: Which shapes are for own nodes only.

    Returns:
        Results by what they judge, what turned out to need pyshacl on this data, and the number of
        focus nodes of each root.
    """
    with prepared(compiled, table=table):
        nodes = _count_focus(compiled, table=table, own=own)
        found = [
            (check, *row)
            for plan in compiled.plans
            for slot, mask, *row in table.execute(plan.sql)
            for bit, check in enumerate(plan.checks[slot])
            if mask >> bit & 1
        ]
        # The store needs the memory; SPARQL constraints need no more of this than focus nodes.
        table.drop(*(name for name, _ in compiled.prepare if name != "focus"))
        results, uncompiled = ask_constraints(compiled.constraints, table=table)
        for part, result in _make_results(found, table=table, shapes=shapes):
            results[part].append(result)
        return results, uncompiled, nodes


def count_focus(compiled: CompiledShapes, *, table: TripleTable, own: OwnNodes) -> dict[str, int]:
    """Count the focus nodes of each shape that has a target."""
    with prepared(compiled, table=table, last="focus"):
        return _count_focus(compiled, table=table, own=own)


def _count_focus(compiled: CompiledShapes, *, table: TripleTable, own: OwnNodes) -> dict[str, int]:
    counts = dict(table.execute("SELECT target, COUNT(*) FROM focus GROUP BY target"))
    some = own.count(table, targets={number for root, number in compiled.targets.items() if root in own.habits})
    return {root: int((some if root in own.habits else counts).get(number, 0)) for root, number in compiled.targets.items()}


@contextmanager
def prepared(compiled: CompiledShapes, *, table: TripleTable, last: str = "") -> Iterator[None]:
    """Make the tables that plans work on, for as long as the context lasts; up to the *last* one
    that is needed.
    """
    with table.united_graphs("spo"):
        try:
            make_tables(compiled.prepare, table=table, last=last)
            yield
        finally:
            table.drop(*(name for name, _ in compiled.prepare))


def _make_results(found: Sequence[_Violation], *, table: TripleTable, shapes: ShapeSet) -> Iterator[tuple[ShapePart, Result]]:
    texts = table.read_terms(i for row in found for i in row[1:] if i is not None)

    @cache
    def make_writer() -> "MessageWriter":
        from airm_graph.validate.shape_messages import MessageWriter  # its words are those of pyshacl

        return MessageWriter(shapes.rows, describe=lambda node: _describe(node, table=table))

    for check, focus_id, value_id, path_id in found:
        shape, branch = check.shape, check.branch
        focus, value, language = texts[focus_id], "" if value_id is None else texts[value_id], ""
        if branch.parameter == "uniqueLang":
            value, language = "", read_literal(value).language.lower()
        messages = shape.messages or make_writer().write(shape=shape.node, parameter=branch.parameter, focus=focus, value=value)
        yield (
            check.part,
            Result(
                focus=focus,
                path=shape_path(shape) if path_id is None else texts[path_id],
                value=value,
                component=component_iri(branch),
                shape=shape.node,
                severity=shape.severity,
                messages=messages,
                language=language,
            ),
        )


def _describe(node: str, *, table: TripleTable) -> list[Quad]:
    """Read what the data says of a blank node and of the blank nodes it leads to."""
    start = table.find_ids([node]).get(node, -1)
    return table.rows(
        f"WITH RECURSIVE reached AS (SELECT {start} AS id UNION SELECT t.o AS id FROM reached AS r "
        f"JOIN quads AS t ON t.s = r.id JOIN terms AS d ON d.id = t.o AND d.kind = {BLANK}) "
        "SELECT t.s, t.p, t.o, t.g FROM quads AS t JOIN reached AS r ON t.s = r.id"
    )
