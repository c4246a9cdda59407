"""The fast engine: runs compiled plans over the triple table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from airm_graph.graph import BLANK, TripleTable
from airm_graph.graph.store import Row
from airm_graph.validate.compile import Check, Judged, Plans, Rest, component_iri, shape_path
from airm_graph.validate.queries import run_queries
from airm_graph.validate.results import Result
from airm_graph.validate.wording import Wording

__all__ = ["prepared", "run_plans"]

_Violation = tuple[Check, int, int | None, int | None]


def run_plans(plans: Plans, *, table: TripleTable, shape_rows: Sequence[Row]) -> tuple[dict[Judged, list[Result]], list[Rest]]:
    """Judge the triples of a table.

    Args:
        shape_rows: The shapes graph, for messages.

    Returns:
        Results by what they judge, and what turned out to need pyshacl on this data.
    """
    with prepared(plans, table=table):
        return _run(plans, table=table, shape_rows=shape_rows)


@contextmanager
def prepared(plans: Plans, *, table: TripleTable) -> Iterator[None]:
    """Make the tables that plans work on, for as long as the context lasts."""
    with table.united_graphs("spo"):
        try:
            for name, select in plans.prepare:
                table.materialise(name, select)
            yield
        finally:
            table.drop(*(name for name, _ in plans.prepare))


def _run(plans: Plans, *, table: TripleTable, shape_rows: Sequence[Row]) -> tuple[dict[Judged, list[Result]], list[Rest]]:
    found = [
        (test, *row)
        for plan in plans.plans
        for part, mask, *row in table.execute(plan.sql)
        for bit, test in enumerate(plan.parts[part])
        if mask >> bit & 1
    ]
    results, rest = run_queries(plans.queries, table=table)
    for judged, result in _results(found, table=table, shape_rows=shape_rows):
        results[judged].append(result)
    return results, rest


def _results(found: Sequence[_Violation], *, table: TripleTable, shape_rows: Sequence[Row]) -> Iterator[tuple[Judged, Result]]:
    texts = table.read_terms(i for row in found for i in row[1:] if i is not None)
    wording = Wording(shape_rows, describe=lambda node: _describe(node, table=table))
    for test, focus_id, value_id, path_id in found:
        shape, branch = test.shape, test.branch
        focus, value = texts[focus_id], "" if value_id is None else texts[value_id]
        path = shape_path(shape) if path_id is None else texts[path_id]
        message = (
            shape.messages[0] if shape.messages else wording.message(shape=shape.node, parameter=branch.parameter, focus=focus, value=value)
        )
        yield (
            test.judged,
            Result(
                focus=focus,
                path=path,
                value=value,
                component=component_iri(branch),
                shape=shape.node,
                severity=shape.severity,
                message=message,
            ),
        )


def _describe(node: str, *, table: TripleTable) -> list[Row]:
    """What the data says of a blank node and of the blank nodes it leads to."""
    start = table.find_ids([node]).get(node, -1)
    return table.rows(
        f"WITH RECURSIVE reached AS (SELECT {start} AS id UNION SELECT t.o AS id FROM reached AS r "
        f"JOIN quads AS t ON t.s = r.id JOIN terms AS d ON d.id = t.o AND d.kind = {BLANK}) "
        "SELECT t.s, t.p, t.o, t.g FROM quads AS t JOIN reached AS r ON t.s = r.id"
    )
