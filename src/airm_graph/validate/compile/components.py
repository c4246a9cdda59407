"""Constraint components to SQL.

For a shape and all its focus nodes at once they give the rows (focus, value, path) that violate it.

A shape inside another is a relation too: the nodes, among those asked for, that do not conform.

Source:
    SHACL, section 4; where it is silent, as pyshacl does.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from airm_graph.namespaces import term
from airm_graph.validate.compile.compiled_shapes import Branch
from airm_graph.validate.compile.list_components import make_list_components
from airm_graph.validate.compile.pair_components import PAIRS
from airm_graph.validate.compile.scope import (
    NONE,
    TRUE,
    Scope,
    count_values,
    make_branch,
    make_test,
    only_value,
    open_scope,
    read_count,
    select_focus,
    select_values,
)
from airm_graph.validate.compile.shapes_graph import Constraint, NotCompiledError, Predicate, ShapesGraph
from airm_graph.validate.compile.value_components import VALUES

__all__ = ["conforming_values", "find_branches", "find_branches_of"]

_LOGIC = frozenset(("and", "node", "not", "or"))
_OF_VALUE = _LOGIC | {"datatype", "in", "languageIn", "maxLength", "minLength", "nodeKind", "pattern"}
_TYPE, _RESOURCE = term("rdf:type"), term("rdfs:Resource")


def find_branches(scope: Scope) -> Iterator[Branch]:
    """Compile the constraints of a shape, but for the property shapes and queries in it.

    Raises:
        NotCompiledError: One of them is left to pyshacl.
    """
    for constraint in scope.shape.constraints:
        if constraint.parameter not in ("property", "sparql"):
            yield from find_branches_of(scope, constraint)


def find_branches_of(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    """Compile one constraint of a shape.

    Raises:
        NotCompiledError: It is left to pyshacl.
    """
    yield from _COMPONENTS[constraint.parameter](scope, constraint)


def _failing_values(scope: Scope, node: str) -> str:
    """Name the relation of the value nodes that do not conform to another shape."""
    return _failing(replace(scope, focus=scope.nodes()), node)


def _failing(scope: Scope, node: str) -> str:
    inner = open_scope(scope.graph, node, focus=scope.focus, relations=scope.relations, within=scope.within)
    relation = scope.relations.name
    if inner.shape.deactivated:
        return relation(f"SELECT node FROM {scope.focus} WHERE 1 = 0")
    found = [f"SELECT focus AS node FROM ({branch.sql}) AS b" for branch in find_branches(inner)]
    for constraint in inner.shape.constraints:
        if constraint.parameter == "sparql":
            raise NotCompiledError("sh:sparql in a shape that another shape refers to")
        if constraint.parameter == "property":
            for name in constraint.terms:
                _require_path(scope.graph, name)
                bad = _failing(replace(inner, focus=inner.nodes()), name)
                found.append(f"SELECT v.focus AS node FROM {inner.values} AS v JOIN {bad} AS b ON b.node = v.value")
    if not found:
        return relation(f"SELECT node FROM {scope.focus} WHERE 1 = 0")
    # Each node once, whose shape several values or constraints break: some count what fails.
    return relation(f"SELECT DISTINCT node FROM ({' UNION ALL '.join(found)}) AS b")


def _require_path(graph: ShapesGraph, node: str) -> None:
    if graph.shape(node).path is None:
        raise NotCompiledError(f"{node} is not a property shape")


def _condition(scope: Scope, node: str) -> str | None:
    """Write the condition under which a value node v, described, fails another shape.

    It is None where that is no matter of the value alone.
    """
    if not _is_of_value(scope.graph, node):
        return None
    inner = open_scope(scope.graph, node, focus=scope.focus, relations=scope.relations, within=scope.within)
    if inner.shape.deactivated:
        return "FALSE"
    branches = list(find_branches(inner))
    if any(branch.kind != "described" for branch in branches):
        return None
    return " OR ".join(f"({branch.condition})" for branch in branches) or "FALSE"


def _is_of_value(graph: ShapesGraph, node: str, *, above: tuple[str, ...] = ()) -> bool:
    """Tell whether a shape asks only for what the dictionary says of a value."""
    shape = graph.shape(node)
    if shape.path is not None or node in above or any(constraint.parameter not in _OF_VALUE for constraint in shape.constraints):
        return False
    inner = (name for constraint in shape.constraints if constraint.parameter in _LOGIC for name in _named(constraint))
    return all(_is_of_value(graph, name, above=(*above, node)) for name in inner)


def _named(constraint: Constraint) -> Iterator[str]:
    yield from constraint.terms
    for members in constraint.lists:
        yield from members


def _judge_members(scope: Scope, constraint: Constraint, members: Sequence[str], *, form: str, joint: str) -> Branch:
    """Make the branch of values that fail *members*, joined by a word and put into a form."""
    conditions = [_condition(scope, node) for node in members]
    if None not in conditions:
        return make_test(constraint, "described", scope.described(), form.format(joint.join(f"({one})" for one in conditions)))
    return make_branch(constraint, select_values(scope, form.format(joint.join(_fails(scope, node) for node in members))))


def _not(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for node in constraint.terms:
        yield _judge_members(scope, constraint, [node], form="NOT {}", joint="")


def _fails(scope: Scope, node: str) -> str:
    return f"EXISTS (SELECT 1 FROM {_failing_values(scope, node)} AS b WHERE b.node = v.value)"


def _members(constraint: Constraint) -> Iterator[tuple[str, ...]]:
    for members in constraint.lists:
        if not members:
            raise NotCompiledError(f"an empty list of sh:{constraint.parameter}")
        yield members


def _and(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for members in _members(constraint):
        yield _judge_members(scope, constraint, members, form="{}", joint=" OR ")


def _or(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for members in _members(constraint):
        yield _judge_members(scope, constraint, members, form="{}", joint=" AND ")


def _xone(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for members in _members(constraint):
        failures = " UNION ALL ".join(f"SELECT node FROM {_failing_values(scope, node)}" for node in members)
        counted = f"LEFT JOIN (SELECT node, COUNT(*) AS n FROM ({failures}) AS b GROUP BY node) AS c ON c.node = v.value"
        condition = f"COALESCE(c.n, 0) <> {len(members) - 1}"
        yield make_branch(constraint, f"SELECT v.focus, v.value, {NONE} AS path FROM {scope.values} AS v {counted} WHERE {condition}")


def _node(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for node in constraint.terms:
        if scope.graph.shape(node).path is not None:
            raise NotCompiledError(f"{node} is not a node shape")
        yield _judge_members(scope, constraint, [node], form="{}", joint="")


def _qualified(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if scope.shape.path is None:
        return
    least, most = (scope.shape.option(f"qualified{name}Count") for name in ("Min", "Max"))
    if least is None and most is None:
        raise NotCompiledError("sh:qualifiedValueShape without a count")
    for node in constraint.terms:
        counts = count_values(conforming_values(scope, node))
        if least is not None:
            short = f"COALESCE(c.n, 0) < {read_count(least, parameter='qualifiedMinCount')}"
            yield make_branch(constraint, select_focus(scope, short, join=counts), component="QualifiedMinCount")
        if most is not None:
            long = f"c.n > {read_count(most, parameter='qualifiedMaxCount')}"
            yield make_branch(constraint, select_focus(scope, long, join=counts), component="QualifiedMaxCount")


def conforming_values(scope: Scope, node: str) -> str:
    """Name the relation (focus, value) of the values that conform to a qualified value shape."""
    conforming = [f"NOT {_fails(scope, node)}", *(_fails(scope, sibling) for sibling in _siblings(scope, node))]
    return scope.relations.name(f"SELECT v.focus, v.value FROM {scope.values} AS v WHERE {' AND '.join(conforming)}")


def _siblings(scope: Scope, node: str) -> list[str]:
    """Find the value shapes beside *node* that a value must not conform to, if any is asked for."""
    if not any(TRUE.get(value, False) for value in scope.shape.options.get("qualifiedValueShapesDisjoint", ())):
        return []
    parents = scope.graph.subjects("property", scope.shape.node)
    properties = {name for parent in parents for name in scope.graph.values(parent, "property")}
    return sorted({value for name in properties for value in scope.graph.values(name, "qualifiedValueShape")} - {node})


def _closed(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    value = only_value(constraint)
    if value not in TRUE:
        raise NotCompiledError(f"the value {value} of sh:closed")
    if not TRUE[value]:
        return
    paths = (scope.graph.shape(node).path for c in scope.shape.constraints if c.parameter == "property" for node in c.terms)
    known = {path.iri for path in paths if isinstance(path, Predicate)} | set(scope.shape.options.get("ignoredProperties", ()))
    numbers = ", ".join(str(scope.ids[iri]) for iri in sorted(known)) or "-1"
    yield make_branch(
        constraint,
        f"SELECT v.focus, t.o AS value, t.p AS path FROM {scope.values} AS v JOIN spo AS t ON t.s = v.value "
        f"WHERE t.p NOT IN ({numbers}) AND NOT (t.p = {scope.ids[_TYPE]} AND t.o = {scope.ids[_RESOURCE]})",
    )


def _failing_among(scope: Scope, nodes: str, node: str) -> str:
    return _failing(replace(scope, focus=nodes), node)


_COMPONENTS: dict[str, Callable[[Scope, Constraint], Iterator[Branch]]] = {
    **PAIRS,
    **VALUES,
    **make_list_components(_failing_among),
    "and": _and,
    "closed": _closed,
    "node": _node,
    "not": _not,
    "or": _or,
    "qualifiedValueShape": _qualified,
    "xone": _xone,
}
