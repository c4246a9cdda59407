"""What results speak of beside their values, so that a further defect is told from a known one.

A property with two values too many has one result, as one with three has; a value that another
shape refuses has one, whatever it lacks; and a shape that asks for two classes says the same of a
value that lacks either.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from airm_graph.graph import TripleTable
from airm_graph.namespaces import PREFIXES
from airm_graph.terms import read_literal
from airm_graph.validate.compile import ShapesGraph, find_parameter
from airm_graph.validate.finding_identity import ShapeNames
from airm_graph.validate.literal_keys import make_tables
from airm_graph.validate.results import Details, Result, sort_results
from airm_graph.validate.shape_set import ShapeSet

if TYPE_CHECKING:
    from airm_graph.validate.compile import DetailPlan, DetailStatement

__all__ = ["find_details", "may_differ"]

_SPARQL = f"<{PREFIXES['sh']}SPARQLConstraintComponent>"
#: Constraint components whose results may be the same though something else is wrong.
_COUNTED, _INNER = (
    frozenset(f"<{PREFIXES['sh']}{name}ConstraintComponent>" for name in names)
    for names in (("MaxCount", "MinCount", "QualifiedMaxCount", "QualifiedMinCount", "UniqueLang"), ("And", "Node", "Or", "Xone"))
)
#: More missing values are told as one number.
_MOST_PARTS = 100
_Key = tuple[str, str]


def find_details(
    results: Iterable[Result], *, table: TripleTable, shapes: ShapeSet, names: ShapeNames
) -> dict[Result, tuple[Details, ...]]:
    """Find the details of those results that have some.

    Args:
        results: Of any engine.
        table: The data; its quads stay as they are.
        shapes, names: The shapes, and the names of their constraints.

    Returns:
        For a result its details; several where it stands there several times.
    """
    found, asked = dict[Result, tuple[Details, ...]](), defaultdict[_Key, list[Result]](list)
    for result in results:
        if result.component == _SPARQL:
            if text := _tell_queries(result, graph=shapes.graph):
                found[result] = (Details(text),)
        elif may_differ(result.shape, result.component, graph=shapes.graph):
            asked[result.shape, result.component].append(result)
    return found | (_ask(asked, table=table, shapes=shapes, names=names) if asked else {})


def _tell_queries(result: Result, *, graph: ShapesGraph) -> str:
    """Return the messages of a query where these tell solutions, or queries of a shape, apart."""
    queries = graph.values(result.shape, "sparql")
    templates = [message for query in queries for message in graph.values(query, "message")]
    if len(queries) < 2 and not any("{" in template for template in templates):
        return ""
    return "\n".join(sorted(read_literal(message).text for message in result.messages))


def may_differ(shape: str, component: str, *, graph: ShapesGraph) -> bool:
    """Tell whether equal results of a constraint component of a shape may be of unlike defects."""
    values = graph.values(shape, find_parameter(component))
    if component in _COUNTED:
        # Of the one value that is missing there is no more to say.
        return not (component.endswith("#MinCountConstraintComponent>") and values[0].startswith('"1"'))
    return component in _INNER or len(values) > 1


def _ask(
    asked: Mapping[_Key, Sequence[Result]], *, table: TripleTable, shapes: ShapeSet, names: ShapeNames
) -> dict[Result, tuple[Details, ...]]:
    nodes = [{result.focus for result in results} for results in asked.values()]
    statement = shapes.compile_details(list(asked), table=table)
    if not statement.plans:
        return {}
    answers = _Answers()
    with shapes.find_table(table, [statement.sql]) as able:
        statement = statement if able is table else shapes.compile_details(list(asked), table=able)
        rows = _execute(statement, nodes=nodes, table=able)
    for position, focus, value, detail, number in rows:
        answers.add(statement.plans[position], focus, value, detail, number)
    for plan in statement.plans:
        if plan.kind == "missing":
            answers.add_missing(plan, nodes=nodes[plan.question])
    found = dict[Result, tuple[Details, ...]]()
    for question, ((shape, component), results) in enumerate(asked.items()):
        values = [names.describe(value) for value in shapes.graph.values(shape, find_parameter(component))]
        found |= _make_details(results, question=question, answers=answers, values=values)
    return found


def _execute(
    statement: "DetailStatement", *, nodes: Sequence[Iterable[str]], table: TripleTable
) -> list[tuple[int, str, str, str, int | None]]:
    """Run the statement of all questions; the ids in it become terms."""
    ids = table.find_ids({node for some in nodes for node in some})
    judged = sorted({(question, ids[node]) for question, some in enumerate(nodes) for node in some if node in ids})
    with table.united_graphs("spo"):
        try:
            table.load_records("judged", columns={"question": "BIGINT", "node": "BIGINT"}, records=judged)
            make_tables(statement.prepare, table=table)
            rows = table.execute(statement.sql)
        finally:
            table.drop("judged", *(name for name, _ in statement.prepare))
    texts = table.read_terms({one for _, *some, _ in rows for one in some if one is not None})

    def write(number: int | None) -> str:
        return "" if number is None else texts[number]

    return [(plan, write(focus), write(value), write(detail), number) for plan, focus, value, detail, number in rows]


class _Answers:
    """What is wrong, by the question, a focus node and a value; the value is empty for what is
    counted, the node for what a value lacks for another shape.

    Attributes:
        broken: Numbers of the values of the parameter that are broken.
        parts: Each thing that is wrong.
    """

    def __init__(self) -> None:
        self.broken = defaultdict[tuple[int, str, str], list[int]](list)
        self.parts = defaultdict[tuple[int, str, str], set[tuple[str, ...]]](set)
        self._counts: dict[tuple[int, str], int] = {}

    def add(self, plan: "DetailPlan", focus: str, value: str, detail: str, number: int | None) -> None:
        """Add a row of a plan."""
        if plan.kind == "parameter":
            self.broken[plan.question, focus, value].append(int(plan.label[0]))
        elif plan.kind == "missing":
            self._counts[plan.question, focus] = number or 0
        else:
            self.parts[plan.question, focus, value].add((*plan.label, detail, "" if number is None else str(number)))

    def add_missing(self, plan: "DetailPlan", *, nodes: Iterable[str]) -> None:
        """Add each value that is missing, by its number."""
        for node in nodes if plan.least > 1 else ():  # of a single one there is no more to say
            count = self._counts.get((plan.question, node), 0)
            wide = plan.least - count > _MOST_PARTS
            self.parts[plan.question, node, ""] |= {(str(n),) for n in ([-count] if wide else range(count + 1, plan.least + 1))}

    def list_parts(self, question: int, result: Result) -> tuple[tuple[str, ...], ...]:
        """List what is wrong, sorted."""
        key = (result.focus, "") if result.component in _COUNTED else ("", result.value)
        found = self.parts.get((question, *key), set())
        if result.language:
            found = {part for part in found if read_literal(part[0]).language.lower() == result.language}
        return tuple(sorted(found))


def _make_details(
    results: Sequence[Result], *, question: int, answers: _Answers, values: Sequence[str]
) -> dict[Result, tuple[Details, ...]]:
    """Share out what is broken: results of one focus node and value break one value of the
    parameter each.
    """
    found, told = defaultdict[Result, list[Details]](list), Counter[_Key]()
    for result in sort_results(results):
        key = result.focus, result.value
        broken = sorted(answers.broken.get((question, *key), ()))
        parameter = values[broken[told[key] % len(broken)]] if broken else ""
        told[key] += 1
        found[result].append(Details(parameter, answers.list_parts(question, result)))
    return {result: tuple(details) for result, details in found.items()}
