"""Questions that tell one defect from another where the results of both are the same.

SHACL makes one result of a property with too many values, however many there are, and one of a
value that another shape refuses, whatever that shape asks in vain. For nodes that have such a
result these statements find the values that are counted, which of several values of a parameter is
broken, and which constraints of an inner shape are.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from airm_graph.validate.compile.compiled_shapes import Branch, DetailPlan, DetailStatement, component_iri, find_parameter, name_component
from airm_graph.validate.compile.components import conforming_values, find_branches, find_branches_of
from airm_graph.validate.compile.lexical import KEYS
from airm_graph.validate.compile.paths import Relations
from airm_graph.validate.compile.plan import prepare_instances
from airm_graph.validate.compile.scope import NONE, Scope, open_scope, read_count
from airm_graph.validate.compile.shapes_graph import Constraint, NotCompiledError, ShapesGraph, shape_path

__all__ = ["compile_details"]

_NO_NUMBER = "CAST(NULL AS BIGINT) AS number"
#: Parameters whose values are shapes, or lists of them, that a value conforms to.
_INNER = frozenset(("and", "node", "or", "property", "xone"))
_COUNTING = frozenset(("MaxCount", "QualifiedMaxCount", "UniqueLang"))


def compile_details(graph: ShapesGraph, asked: Mapping[int, tuple[str, str]], *, ids: Mapping[str, int]) -> DetailStatement:
    """Compile what tells results from each other.

    Args:
        graph: The shapes.
        asked: Number of a question, and the shape and the constraint component whose results they
            are.
        ids: Numbers of the terms that plans may name.
    """
    planner = _DetailPlanner(graph, ids=ids)
    for question, (shape, component) in asked.items():
        planner.add(question, shape=shape, component=component)
    sql = planner.write()
    made = (prepare_instances(graph, ids=ids), ("keys", KEYS))
    return DetailStatement(tuple(planner.plans), sql, tuple(pair for pair in made if f" {pair[0]} " in sql))


class _DetailPlanner:
    """Compiles what tells results from each other into one statement.

    It works on ``spo``, ``instances`` and ``keys``, and on ``judged``, the ids (node) of the focus
    nodes of each question (question).
    """

    def __init__(self, graph: ShapesGraph, *, ids: Mapping[str, int]) -> None:
        """Start with no question; *ids* gives the numbers of the terms that plans may name."""
        self._graph, self._relations = graph, Relations(ids=ids)
        self.plans: list[DetailPlan] = []

    def add(self, question: int, *, shape: str, component: str) -> None:
        """Add a constraint component of a shape; nothing is added where it cannot be compiled."""
        focus = self._relations.name(f"SELECT node FROM judged WHERE question = {question}")
        with suppress(NotCompiledError):  # its results are told apart by their number alone
            scope = open_scope(self._graph, shape, focus=focus, relations=self._relations)
            found = [constraint for constraint in scope.shape.constraints if constraint.parameter == find_parameter(component)]
            self.plans += [
                DetailPlan(question, *plan)
                for constraint in found
                for plan in _list_plans(scope, constraint, name=name_component(component))
            ]

    def write(self) -> str:
        """Write the statement: columns plan (its number), focus, value, detail, number; empty for
        no plan.
        """
        selects = (
            f"SELECT {n} AS plan, q.focus, q.value, q.detail, q.number FROM ({plan.select}) AS q" for n, plan in enumerate(self.plans)
        )
        return self._relations.write("\nUNION ALL ".join(selects)) if self.plans else ""


def _list_plans(scope: Scope, constraint: Constraint, *, name: str) -> Iterator[tuple[str, str, tuple[str, ...], int]]:
    """List kind, SELECT, label and least number of the plans for a constraint."""
    if len(constraint.values) > 1:
        for number, value in enumerate(constraint.values):
            for branch in find_branches_of(scope, Constraint(constraint.parameter, (value,))):
                yield "parameter", f"SELECT b.focus, b.value, {NONE} AS detail, {_NO_NUMBER} FROM ({branch.sql}) AS b", (str(number),), 0
    values = conforming_values(scope, constraint.terms[0]) if name.startswith("Qualified") else scope.values
    if name in _COUNTING:
        yield "counted", f"SELECT focus, {NONE} AS value, value AS detail, {_NO_NUMBER} FROM {values}", (), 0
    elif name in ("MinCount", "QualifiedMinCount"):
        asked = constraint.terms[0] if name == "MinCount" else scope.shape.option("qualifiedMinCount") or ""
        counted = f"SELECT focus, {NONE} AS value, {NONE} AS detail, COUNT(*) AS number FROM {values} GROUP BY focus"
        yield "missing", counted, (), read_count(asked, parameter=constraint.parameter)
    elif constraint.parameter in _INNER:
        for label, sql in _list_broken(scope, constraint):
            yield "inner", f"SELECT {NONE} AS focus, b.focus AS value, b.value AS detail, b.number FROM ({sql}) AS b", label, 0


def _list_broken(scope: Scope, constraint: Constraint) -> Iterator[tuple[tuple[str, ...], str]]:
    """List what value nodes lack for the shapes that a constraint names: label, and SQL (focus,
    value, number) in which they are the focus nodes.
    """
    for names in (constraint.terms, *constraint.lists):
        for name in names:
            inner = open_scope(scope.graph, name, focus=scope.nodes(), relations=scope.relations, within=scope.within)
            if not inner.shape.deactivated:
                yield from _list_broken_of(inner)


def _list_broken_of(inner: Scope) -> Iterator[tuple[tuple[str, ...], str]]:
    path = shape_path(inner.shape)
    for branch in find_branches(inner):
        yield (path, component_iri(branch)), _select_broken(inner, branch)
    for constraint in inner.shape.constraints:
        if constraint.parameter in _INNER:
            for label, sql in _list_broken(inner, constraint):
                joined = f"SELECT v.focus, b.value, b.number FROM {inner.values} AS v JOIN ({sql}) AS b ON b.focus = v.value"
                yield (path, *label), joined


def _select_broken(inner: Scope, branch: Branch) -> str:
    if branch.component in _COUNTING:
        return f"SELECT b.focus, v.value, {_NO_NUMBER} FROM ({branch.sql}) AS b JOIN {inner.values} AS v ON v.focus = b.focus"
    if branch.component in ("MinCount", "QualifiedMinCount"):
        counted = f"LEFT JOIN {inner.values} AS v ON v.focus = b.focus GROUP BY b.focus"
        return f"SELECT b.focus, {NONE} AS value, COUNT(v.value) AS number FROM ({branch.sql}) AS b {counted}"
    return f"SELECT b.focus, b.value, {_NO_NUMBER} FROM ({branch.sql}) AS b"
