"""Constraint components of SHACL 1.2: on lists, on single lines, on sets of values.

Source:
    SHACL 1.2 Core, draft of the W3C. A list is well formed where every node has one first and one
    rest, and the last rest is nil.
"""

from collections.abc import Callable, Iterator

from airm_graph.graph import BLANK
from airm_graph.namespaces import term
from airm_graph.validate.compile.compiled_shapes import Branch
from airm_graph.validate.compile.pair_components import find_others, list_predicates
from airm_graph.validate.compile.scope import (
    NONE,
    TRUE,
    Scope,
    make_branch,
    make_listed,
    make_test,
    only_value,
    read_count,
    require_property_shape,
    select_focus,
    select_values,
)
from airm_graph.validate.compile.shapes_graph import Constraint, NotCompiledError

__all__ = ["make_list_components"]

_FIRST, _REST, _NIL = (term(f"rdf:{name}") for name in ("first", "rest", "nil"))
#: Names the relation (node) of those nodes of another relation that do not conform to a shape.
FindFailing = Callable[[Scope, str, str], str]
Component = Callable[[Scope, Constraint], Iterator[Branch]]


def make_list_components(find_failing: FindFailing) -> dict[str, Component]:
    """Make the components, by parameter.

    Args:
        find_failing: For a scope, the name of a relation with the column node, and a shape: names
            the relation of the nodes that do not conform.
    """

    def member_shape(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
        for shape in constraint.terms:
            members = _members(scope)
            failing = find_failing(scope, scope.relations.name(f"SELECT DISTINCT member AS node FROM {members}"), shape)
            bad = (
                f"SELECT v.focus, m.member AS value, {NONE} AS path FROM {scope.values} AS v "
                f"JOIN {members} AS m ON m.head = v.value JOIN {failing} AS b ON b.node = m.member"
            )
            yield make_branch(constraint, f"{bad} UNION ALL {select_values(scope, _is_no_list(scope))}")

    def some_value(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
        require_property_shape(scope, constraint)
        for shape in constraint.terms:
            failing = find_failing(scope, scope.nodes(), shape)
            conforming = (
                f"SELECT 1 FROM {scope.values} AS v WHERE v.focus = f.node "
                f"AND NOT EXISTS (SELECT 1 FROM {failing} AS b WHERE b.node = v.value)"
            )
            yield make_branch(constraint, select_focus(scope, f"NOT EXISTS ({conforming})"))

    return {
        "maxListLength": _list_length,
        "memberShape": member_shape,
        "minListLength": _list_length,
        "singleLine": _single_line,
        "someValue": some_value,
        "subsetOf": _subset_of,
        "uniqueMembers": _unique_members,
    }


def _cells(scope: Scope) -> str:
    """Name the relation of value nodes (head) and the nodes of the list that begins there
    (cell).
    """
    walk = (
        f"SELECT DISTINCT value AS head, value AS cell FROM {scope.values} "
        f"UNION SELECT c.head, t.o AS cell FROM «self» AS c JOIN spo AS t ON t.s = c.cell AND t.p = {scope.ids[_REST]}"
    )
    return scope.relations.name(walk, recursive=True)


def _members(scope: Scope) -> str:
    """Name the relation of value nodes (head), the nodes of their lists (cell) and the members
    there.
    """
    return scope.relations.name(
        f"SELECT c.head, c.cell, t.o AS member FROM {_cells(scope)} AS c JOIN spo AS t ON t.s = c.cell AND t.p = {scope.ids[_FIRST]}"
    )


def _lists(scope: Scope) -> str:
    """Name the relation of the value nodes that are lists (head) and the number of their members
    (n).
    """
    first, rest, nil = (scope.ids[name] for name in (_FIRST, _REST, _NIL))
    counted = scope.relations.name(
        f"SELECT c.head, c.cell, COUNT(CASE WHEN t.p = {first} THEN 1 END) AS firsts, COUNT(CASE WHEN t.p = {rest} THEN 1 END) AS rests "
        f"FROM {_cells(scope)} AS c LEFT JOIN spo AS t ON t.s = c.cell AND t.p IN ({first}, {rest}) GROUP BY c.head, c.cell"
    )
    wanted = f"CASE WHEN cell = {nil} THEN 0 ELSE 1 END"
    return scope.relations.name(
        f"SELECT head, SUM({wanted}) AS n FROM {counted} GROUP BY head HAVING MAX(CASE WHEN cell = {nil} THEN 1 ELSE 0 END) = 1 "
        f"AND MAX(CASE WHEN firsts <> {wanted} OR rests <> {wanted} THEN 1 ELSE 0 END) = 0"
    )


def _is_no_list(scope: Scope) -> str:
    return f"NOT EXISTS (SELECT 1 FROM {_lists(scope)} AS l WHERE l.head = v.value)"


def _list_length(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    length = read_count(only_value(constraint), parameter=constraint.parameter)
    fits = f"l.n >= {length}" if constraint.parameter.startswith("min") else f"l.n <= {length}"
    holds = f"SELECT 1 FROM {_lists(scope)} AS l WHERE l.head = v.value AND {fits}"
    yield make_branch(constraint, select_values(scope, f"NOT EXISTS ({holds})"))


def _unique_members(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if not _is_asked(constraint):
        return
    twice = scope.relations.name(f"SELECT head, member FROM {_members(scope)} GROUP BY head, member HAVING COUNT(*) > 1")
    repeated = f"SELECT v.focus, m.member AS value, {NONE} AS path FROM {scope.values} AS v JOIN {twice} AS m ON m.head = v.value"
    yield make_branch(constraint, f"{repeated} UNION ALL {select_values(scope, _is_no_list(scope))}")


def _single_line(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    if _is_asked(constraint):
        condition = f"v.kind <> {BLANK} AND regexp_matches(v.lexical, '[\\n\\r]')"
        yield make_test(constraint, "described", scope.described(), condition)


def _subset_of(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for predicate in list_predicates(constraint):
        other = f"SELECT 1 FROM {find_others(scope, predicate)} AS w WHERE w.focus = v.focus AND w.value = v.value"
        yield make_listed(constraint, select_values(scope, f"NOT EXISTS ({other})"), kind="unmatched", number=scope.ids[predicate])


def _is_asked(constraint: Constraint) -> bool:
    value = only_value(constraint)
    if value not in TRUE:
        raise NotCompiledError(f"the value {value} of sh:{constraint.parameter}")
    return TRUE[value]
