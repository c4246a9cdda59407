"""Shapes to plans: one SQL statement for each shape below a target, with one branch for each constraint component.

The branches of a statement share the relations of focus nodes, value nodes and what the dictionary says of them, so these are
found once. A statement works on ``spo``, the triples of all graphs as one graph, and the tables that `prepare` makes:

- ``instances``: the instances (``node``) of each class that shapes name (``class``), also by way of subclasses
- ``focus``: the focus nodes (``node``) of each root, by its number (``shape``)
- ``keys``: what literals are compared by (made only when a plan compares)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from airm_graph.graph.store import Row
from airm_graph.namespaces import PREFIXES, term
from airm_graph.validate.compile.components import find_branches
from airm_graph.validate.compile.lexical import KEYS
from airm_graph.validate.compile.paths import Statement
from airm_graph.validate.compile.pool import BITS, Check, Judged, Plan, Pool, mask_of
from airm_graph.validate.compile.scope import Branch, Scope, open_scope
from airm_graph.validate.compile.shapes import NotCompiledError, Shape, ShapesGraph
from airm_graph.validate.compile.sparql import Query, compile_query
from airm_graph.validate.compile.values import find_instances

__all__ = ["Plans", "QueryPlan", "Rest", "compile_shapes", "find_constants"]

_TYPE, _SUBCLASS = term("rdf:type"), term("rdfs:subClassOf")
_CONSTANT_PARAMETERS = frozenset(
    f"<{PREFIXES['sh']}{name}>"
    for name in (
        *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "class", "hasValue"),
        *("equals", "disjoint", "lessThan", "lessThanOrEquals", "minInclusive", "minExclusive", "maxInclusive", "maxExclusive"),
        *("path", "inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"),
    )
) | {term("rdf:first")}


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """A SPARQL constraint, and a statement with the column node for its focus nodes."""

    judged: Judged
    shape: Shape
    query: Query
    sql: str


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to pyshacl, and why."""

    judged: Judged
    reason: str


@dataclass(frozen=True, slots=True)
class Plans:
    """All that the fast engine does for a shapes graph.

    Attributes:
        prepare: Names and statements of the tables that the plans work on, in order.
        judged: What the plans judge.
    """

    prepare: tuple[tuple[str, str], ...]
    plans: tuple[Plan, ...]
    queries: tuple[QueryPlan, ...]
    judged: tuple[Judged, ...]
    rest: tuple[Rest, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The compiled constraints of a shape.

    Attributes:
        number: Of the root whose focus nodes the shape has; 0 where a path leads to them.
        times: The relation that says how often each focus node is judged; empty where once.
    """

    judged: Judged
    scope: Scope
    branches: tuple[Branch, ...]
    number: int
    times: str


def find_constants(rows: Iterable[Row], *, graph: ShapesGraph) -> list[str]:
    """The terms of a shapes graph that plans may name, sorted; they must have ids before shapes are compiled."""
    found = {value for _, predicate, value, _ in rows if predicate in _CONSTANT_PARAMETERS}
    return sorted(found | {_TYPE, _SUBCLASS, term("rdfs:Resource")} | set(graph.roots()))


def compile_shapes(graph: ShapesGraph, *, ids: Mapping[str, int]) -> Plans:
    """Compile every shape that has a target.

    Args:
        ids: Numbers of the terms that `find_constants` lists.
    """
    roots = graph.roots()
    plans: list[Plan] = []
    queries: list[QueryPlan] = []
    done: list[Judged] = []
    rest: list[Rest] = []
    pool = Pool(ids=ids)
    for number, root in enumerate(roots, start=1):
        for judged in _parts(graph, root):
            try:
                compiled = list(_compile(graph, judged, number=number, ids=ids))
            except NotCompiledError as error:
                rest.append(Rest(judged, str(error)))
                if judged.part is None:
                    break  # pyshacl judges the root with all its property shapes
            else:
                plans += _pooled(compiled, pool=pool)
                queries += (plan for plan in compiled if isinstance(plan, QueryPlan))
                done.append(judged)
    plans = [*pool.plans(), *plans]
    prepare = [*_prepare(graph, roots, ids=ids), *pool.prepare()]
    if any(" keys " in plan.sql for plan in plans):
        prepare.append(("keys", KEYS))
    return Plans(tuple(prepare), tuple(plans), tuple(queries), tuple(done), tuple(rest))


def _parts(graph: ShapesGraph, root: str) -> list[Judged]:
    """Divide a root into what is judged apart; what cannot be read stays whole."""
    try:
        shape = graph.shape(root)
        shapes = [graph.shape(part) for part in _property_shapes(shape)]
    except NotCompiledError:
        return [Judged(root)]
    if any(part.path is None for part in shapes):
        return [Judged(root)]
    return [Judged(root), *(Judged(root, part.node) for part in shapes)]


def _property_shapes(shape: Shape) -> Sequence[str]:
    return next((constraint.terms for constraint in shape.constraints if constraint.parameter == "property"), ())


def _compile(graph: ShapesGraph, judged: Judged, *, number: int, ids: Mapping[str, int]) -> Iterator[Draft | QueryPlan]:
    shape = graph.shape(judged.root)
    if shape.deactivated:
        return
    if judged.part is not None:
        yield from _compile_below(graph, judged, chain=(judged.root, judged.part), number=number, ids=ids)
        return
    # A property shape that cannot be read keeps its root whole, and the whole out of here.
    for part in _property_shapes(shape):
        if graph.shape(part).path is None:
            raise NotCompiledError(f"{part} is not a property shape")
    yield from _compile_shape(graph, judged, chain=(judged.root,), number=number, ids=ids)


def _compile_below(
    graph: ShapesGraph, judged: Judged, *, chain: tuple[str, ...], number: int, ids: Mapping[str, int]
) -> Iterator[Draft | QueryPlan]:
    """Compile the last shape of a chain of property shapes, and those inside it."""
    shape = graph.shape(chain[-1])
    if shape.path is None:
        raise NotCompiledError(f"{shape.node} is not a property shape")
    if shape.deactivated:
        return
    yield from _compile_shape(graph, judged, chain=chain, number=number, ids=ids)
    for node in _property_shapes(shape):
        if node in chain:
            raise NotCompiledError("a shape that refers to itself")
        yield from _compile_below(graph, judged, chain=(*chain, node), number=number, ids=ids)


def _compile_shape(
    graph: ShapesGraph, judged: Judged, *, chain: tuple[str, ...], number: int, ids: Mapping[str, int]
) -> Iterator[Draft | QueryPlan]:
    scope, times = _open(graph, chain, number=number, ids=ids)
    yield Draft(
        judged, scope, tuple(find_branches(scope)), number=0 if times or len(chain) > 2 else _number(graph, chain, number), times=times
    )
    for constraint in scope.shape.constraints:
        for node in constraint.terms if constraint.parameter == "sparql" else ():
            query = compile_query(graph, node, shape=scope.shape)
            if query is not None:
                again, _ = _open(graph, chain, number=number, ids=ids)
                yield QueryPlan(judged, scope.shape, query, sql=again.statement.write(f"SELECT node FROM {again.focus}"))


def _open(graph: ShapesGraph, chain: Sequence[str], *, number: int, ids: Mapping[str, int]) -> tuple[Scope, str]:
    """Go down a chain of shapes: the value nodes of each are the focus nodes of the next.

    Returns:
        The scope of the last shape, and the relation that says how often each focus node is judged; empty where once.
    """
    statement = Statement(ids=ids)
    within: tuple[str, ...] = ()
    focus, times = statement.relation(f"SELECT node FROM focus WHERE shape = {number}"), ""
    for node in chain[:-1]:
        scope = open_scope(graph, node, focus=focus, statement=statement, within=within)
        if scope.shape.path is not None:
            join = f"JOIN {times} AS t ON t.node = v.focus" if times else ""
            times = statement.relation(f"SELECT v.value AS node FROM {scope.values} AS v {join}")
        focus, within = scope.nodes(), scope.within
    return open_scope(graph, chain[-1], focus=focus, statement=statement, within=within), times


def _number(graph: ShapesGraph, chain: Sequence[str], number: int) -> int:
    """The number of the root whose focus nodes are those of the last shape of a chain; 0 where they are reached by a path."""
    return number if len(chain) == 1 or graph.shape(chain[0]).path is None else 0


def _pooled(compiled: Iterable["Draft | QueryPlan"], *, pool: Pool) -> Iterator[Plan]:
    """Put into the pool what goes there, and write statements for the rest."""
    for draft in compiled:
        if isinstance(draft, Draft):
            shape, branches = draft.scope.shape, list(draft.branches)
            if draft.number:
                branches = pool.take(draft.judged, shape, branches, number=draft.number)
            for start in range(0, len(branches), BITS):
                some = tuple(branches[start : start + BITS])
                sql = draft.scope.statement.write(_select(some, times=draft.times))
                yield Plan((tuple(Check(draft.judged, shape, branch) for branch in some),), sql)


def _select(branches: Sequence[Branch], *, times: str) -> str:
    join = f" JOIN {times} AS t ON t.node = b.focus" if times else ""
    tests: dict[str, list[tuple[int, Branch]]] = defaultdict(list)
    selects = []
    for i, branch in enumerate(branches):
        if branch.relation:
            tests[branch.relation].append((i, branch))
        else:
            selects.append(f"SELECT 0 AS part, CAST({1 << i} AS BIGINT) AS mask, b.focus, b.value, b.path FROM ({branch.sql}) AS b{join}")
    for relation, some in tests.items():
        tested = f"SELECT {mask_of(some)} AS mask, v.focus, v.value, CAST(NULL AS BIGINT) AS path FROM {relation} AS v"
        selects.append(f"SELECT 0 AS part, b.mask, b.focus, b.value, b.path FROM ({tested}) AS b{join} WHERE b.mask > 0")
    return "\nUNION ALL ".join(selects)


def _prepare(graph: ShapesGraph, roots: Sequence[str], *, ids: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    classes = ", ".join(str(number) for number in sorted(ids[value] for value in _classes(graph, roots) if value in ids))
    below = (
        f"SELECT id AS class, id FROM terms WHERE id IN ({classes or '-1'}) UNION "
        f"SELECT b.class, t.s AS id FROM below AS b JOIN spo AS t ON t.o = b.id AND t.p = {ids[_SUBCLASS]}"
    )
    instances = f"SELECT DISTINCT b.class, t.s AS node FROM spo AS t JOIN below AS b ON t.o = b.id WHERE t.p = {ids[_TYPE]}"
    yield "instances", f"WITH RECURSIVE below AS ({below}) {instances}"
    yield "focus", _focus(graph, roots, ids=ids)


def _focus(graph: ShapesGraph, roots: Sequence[str], *, ids: Mapping[str, int]) -> str:
    statement, found = Statement(ids=ids), []
    for number, root in enumerate(roots, start=1):
        if targets := _targets(graph, root):
            nodes = " UNION ".join(_target(kind, value, statement=statement) for kind, value in targets)
            found.append(f"SELECT DISTINCT {number} AS shape, node FROM ({nodes}) AS t")
    return statement.write(" UNION ALL ".join(found) or "SELECT 0 AS shape, id AS node FROM terms WHERE 1 = 0")


def _targets(graph: ShapesGraph, root: str) -> tuple[tuple[str, str], ...]:
    """The targets of a root; none where it cannot be read, for then pyshacl finds them."""
    try:
        return graph.shape(root).targets
    except NotCompiledError:
        return ()


def _classes(graph: ShapesGraph, roots: Sequence[str]) -> set[str]:
    found = set(graph.objects("class"))
    return found | {value for root in roots for kind, value in _targets(graph, root) if kind == "targetClass"}


def _target(kind: str, value: str, *, statement: Statement) -> str:
    match kind:
        case "targetNode":
            return f"SELECT id AS node FROM terms WHERE id = {statement.ids[value]}"
        case "targetClass":
            return f"SELECT node FROM {find_instances(statement, value)}"
        case "targetSubjectsOf":
            return f"SELECT s AS node FROM spo WHERE p = {statement.ids[value]}"
        case _:
            return f"SELECT o AS node FROM spo WHERE p = {statement.ids[value]}"
