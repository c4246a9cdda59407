"""Shapes to plans: one SQL statement for each shape, with a branch for each constraint.

The branches of a statement share the relations of focus nodes, value nodes and what the dictionary
says of them, so these are found once. A statement works on ``spo``, the triples of all graphs as
one graph, and on the tables that `CompiledShapes.prepare` makes:

- ``instances``: the instances (``node``) of each class that shapes name (``class``), also by way of
  subclasses
- ``focus``: the focus nodes (``node``) of each set of targets, by its number (``target``)
- ``keys``: what literals are compared by (made only when a plan compares)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES, term
from airm_graph.terms import Quad
from airm_graph.validate.compile.combined import BITS, CombinedChecks, mask_of
from airm_graph.validate.compile.compiled_shapes import Branch, Check, CompiledShapes, ShapePart, SparqlPlan, StatementPlan, Uncompiled
from airm_graph.validate.compile.components import find_branches
from airm_graph.validate.compile.lexical import KEYS
from airm_graph.validate.compile.paths import Relations
from airm_graph.validate.compile.scope import Scope, open_scope
from airm_graph.validate.compile.shapes_graph import NotCompiledError, Shape, ShapesGraph
from airm_graph.validate.compile.sparql import compile_constraint
from airm_graph.validate.compile.value_components import find_instances

__all__ = ["compile_shapes", "find_constants", "prepare_instances"]

_TYPE, _SUBCLASS = term("rdf:type"), term("rdfs:subClassOf")
_CONSTANT_PARAMETERS = frozenset(
    f"<{PREFIXES['sh']}{name}>"
    for name in (
        *("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "class", "hasValue"),
        *("equals", "disjoint", "subsetOf", "lessThan", "lessThanOrEquals", "minInclusive", "minExclusive", "maxInclusive", "maxExclusive"),
        *("path", "inversePath", "alternativePath", "zeroOrMorePath", "oneOrMorePath", "zeroOrOnePath"),
    )
) | {term("rdf:first")}
#: Kind and term of each target of a shape.
_Targets = tuple[tuple[str, str], ...]


@frozen
class _ShapeChecks:
    """The compiled constraints of a shape.

    Attributes:
        target: The number of the targets whose nodes are its focus nodes; 0 where a path leads to
            them.
        times: The relation that says how often each focus node is judged; empty where once.
    """

    part: ShapePart
    scope: Scope
    branches: tuple[Branch, ...]
    target: int
    times: str


def find_constants(rows: Iterable[Quad], *, graph: ShapesGraph) -> list[str]:
    """List the terms that plans may name, sorted; they need ids before shapes are compiled."""
    found = {value for _, predicate, value, _ in rows if predicate in _CONSTANT_PARAMETERS}
    return sorted(
        found | {term(f"rdf:{name}") for name in ("type", "first", "rest", "nil")} | {_SUBCLASS, term("rdfs:Resource")} | set(graph.roots())
    )


def compile_shapes(graph: ShapesGraph, *, ids: Mapping[str, int]) -> CompiledShapes:
    """Compile every shape that has a target.

    Args:
        ids: Numbers of the terms that `find_constants` lists.
    """
    plans, constraints = list[StatementPlan](), list[SparqlPlan]()
    parts, uncompiled = list[ShapePart](), list[Uncompiled]()
    targets, combined, numbers = dict[_Targets, int](), CombinedChecks(ids=ids), dict[str, int]()
    for root in graph.roots():
        numbers[root] = targets.setdefault(graph.targets(root), len(targets) + 1)
        compiler = _RootCompiler(graph, root, target=numbers[root], ids=ids)
        for part in compiler.divide():
            try:
                compiled = list(compiler.compile(part))
            except NotCompiledError as error:
                uncompiled.append(Uncompiled(part, str(error)))
                if part.property_shape is None:
                    break  # pyshacl judges the root with all its property shapes
            else:
                plans += _write_plans(compiled, combined=combined)
                constraints += (plan for plan in compiled if isinstance(plan, SparqlPlan))
                parts.append(part)
    plans = [*combined.plans(), *plans]
    prepare = [*_prepare(graph, targets, ids=ids), *combined.prepare()]
    if any(" keys " in plan.sql for plan in plans):
        prepare.append(("keys", KEYS))
    return CompiledShapes(tuple(prepare), tuple(plans), tuple(constraints), tuple(parts), tuple(uncompiled), numbers)


class _RootCompiler:
    """Compiles a shape that has targets, and the property shapes below it."""

    def __init__(self, graph: ShapesGraph, root: str, *, target: int, ids: Mapping[str, int]) -> None:
        self._graph, self._root, self._target, self._ids = graph, root, target, ids

    def divide(self) -> list[ShapePart]:
        """Divide the root into what can be judged by itself; what cannot be read stays whole."""
        whole = ShapePart(self._root)
        try:
            shapes = [self._graph.shape(name) for name in _list_property_shapes(self._graph.shape(self._root))]
        except NotCompiledError:
            return [whole]
        if any(shape.path is None for shape in shapes):
            return [whole]
        return [whole, *(ShapePart(self._root, shape.node) for shape in shapes)]

    def compile(self, part: ShapePart) -> Iterator[_ShapeChecks | SparqlPlan]:
        """Compile a part.

        Raises:
            NotCompiledError: It is left to pyshacl.
        """
        shape = self._graph.shape(self._root)
        if shape.deactivated:
            return
        if part.property_shape is not None:
            yield from self._compile_below(part, chain=(self._root, part.property_shape))
            return
        # A property shape that cannot be read keeps its root whole, and the whole out of here.
        for name in _list_property_shapes(shape):
            if self._graph.shape(name).path is None:
                raise NotCompiledError(f"{name} is not a property shape")
        yield from self._compile_shape(part, chain=(self._root,))

    def _compile_below(self, part: ShapePart, *, chain: tuple[str, ...]) -> Iterator[_ShapeChecks | SparqlPlan]:
        """Compile the last shape of a chain of property shapes, and those inside it."""
        shape = self._graph.shape(chain[-1])
        if shape.path is None:
            raise NotCompiledError(f"{shape.node} is not a property shape")
        if shape.deactivated:
            return
        yield from self._compile_shape(part, chain=chain)
        for name in _list_property_shapes(shape):
            if name in chain:
                raise NotCompiledError("a shape that refers to itself")
            yield from self._compile_below(part, chain=(*chain, name))

    def _compile_shape(self, part: ShapePart, *, chain: tuple[str, ...]) -> Iterator[_ShapeChecks | SparqlPlan]:
        scope, times = self._open(chain)
        is_on_target = not times and (len(chain) == 1 or (len(chain) == 2 and self._graph.shape(self._root).path is None))
        yield _ShapeChecks(part, scope, tuple(find_branches(scope)), target=self._target if is_on_target else 0, times=times)
        for constraint in scope.shape.constraints:
            for name in constraint.terms if constraint.parameter == "sparql" else ():
                compiled = compile_constraint(self._graph, name, shape=scope.shape)
                if compiled is not None:
                    again, _ = self._open(chain)
                    yield SparqlPlan(part, scope.shape, compiled, again.relations.write(f"SELECT node FROM {again.focus}"))

    def _open(self, chain: Sequence[str]) -> tuple[Scope, str]:
        """Go down a chain of shapes: the value nodes of each are the focus nodes of the next.

        Returns:
            The scope of the last shape, and the relation that says how often each focus node is
            judged; empty where once.
        """
        relations, within, times = Relations(ids=self._ids), tuple[str, ...](), ""
        focus = relations.name(f"SELECT node FROM focus WHERE target = {self._target}")
        for node in chain[:-1]:
            scope = open_scope(self._graph, node, focus=focus, relations=relations, within=within)
            if scope.shape.path is not None:
                join = f"JOIN {times} AS t ON t.node = v.focus" if times else ""
                times = relations.name(f"SELECT v.value AS node FROM {scope.values} AS v {join}")
            focus, within = scope.nodes(), scope.within
        return open_scope(self._graph, chain[-1], focus=focus, relations=relations, within=within), times


def _list_property_shapes(shape: Shape) -> Sequence[str]:
    return next((constraint.terms for constraint in shape.constraints if constraint.parameter == "property"), ())


def _write_plans(compiled: Iterable[_ShapeChecks | SparqlPlan], *, combined: CombinedChecks) -> Iterator[StatementPlan]:
    """Combine what can be judged with other shapes, and write statements for the rest."""
    for one in compiled:
        if isinstance(one, _ShapeChecks):
            checks = [Check(one.part, one.scope.shape, branch) for branch in one.branches]
            if one.target:
                checks = combined.take(checks, shape=one.scope.shape, target=one.target)
            for start in range(0, len(checks), BITS):
                some = tuple(checks[start : start + BITS])
                sql = one.scope.relations.write(_select([check.branch for check in some], times=one.times))
                yield StatementPlan((some,), sql)


def _select(branches: Sequence[Branch], *, times: str) -> str:
    join = f" JOIN {times} AS t ON t.node = b.focus" if times else ""
    tests: dict[str, list[tuple[int, Branch]]] = defaultdict(list)
    selects = []
    for i, branch in enumerate(branches):
        if branch.relation:
            tests[branch.relation].append((i, branch))
        else:
            selects.append(f"SELECT 0 AS slot, CAST({1 << i} AS BIGINT) AS mask, b.focus, b.value, b.path FROM ({branch.sql}) AS b{join}")
    for relation, some in tests.items():
        tested = f"SELECT {mask_of(some)} AS mask, v.focus, v.value, CAST(NULL AS BIGINT) AS path FROM {relation} AS v"
        selects.append(f"SELECT 0 AS slot, b.mask, b.focus, b.value, b.path FROM ({tested}) AS b{join} WHERE b.mask > 0")
    return "\nUNION ALL ".join(selects)


def prepare_instances(graph: ShapesGraph, *, ids: Mapping[str, int], targets: Iterable[_Targets] = ()) -> tuple[str, str]:
    """Write the name and the statement of the table of the instances of classes."""
    named = {value for found in targets for kind, value in found if kind == "targetClass"} | set(graph.objects("class"))
    classes = ", ".join(str(number) for number in sorted(ids[value] for value in named if value in ids))
    below = (
        f"SELECT id AS class, id FROM terms WHERE id IN ({classes or '-1'}) UNION "
        f"SELECT b.class, t.s AS id FROM below AS b JOIN spo AS t ON t.o = b.id AND t.p = {ids[_SUBCLASS]}"
    )
    instances = f"SELECT DISTINCT b.class, t.s AS node FROM spo AS t JOIN below AS b ON t.o = b.id WHERE t.p = {ids[_TYPE]}"
    return "instances", f"WITH RECURSIVE below AS ({below}) {instances}"


def _prepare(graph: ShapesGraph, targets: Mapping[_Targets, int], *, ids: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    yield prepare_instances(graph, ids=ids, targets=targets)
    relations, found = Relations(ids=ids), []
    for pairs, number in targets.items():
        if nodes := " UNION ".join(_select_target(kind, value, relations=relations) for kind, value in pairs):
            found.append(f"SELECT {number} AS target, node FROM ({nodes}) AS t")
    yield "focus", relations.write(" UNION ALL ".join(found) or "SELECT 0 AS target, id AS node FROM terms WHERE 1 = 0")


def _select_target(kind: str, value: str, *, relations: Relations) -> str:
    """Write SQL for the nodes of a target, each once."""
    match kind:
        case "targetNode":
            return f"SELECT id AS node FROM terms WHERE id = {relations.ids[value]}"
        case "targetClass":
            return f"SELECT node FROM {find_instances(relations, value)}"
        case "targetSubjectsOf":
            return f"SELECT DISTINCT s AS node FROM spo WHERE p = {relations.ids[value]}"
        case _:
            return f"SELECT DISTINCT o AS node FROM spo WHERE p = {relations.ids[value]}"
