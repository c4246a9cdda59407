"""Constraint components that compare the values of a shape with those of another property.

Source:
    SHACL, 4.5; values compare as in pyshacl where SPARQL knows no order.
"""

from collections.abc import Iterator

from airm_graph.graph import IRI, LITERAL, quote
from airm_graph.validate.compile.compiled_shapes import Branch
from airm_graph.validate.compile.lexical import STRINGS
from airm_graph.validate.compile.paths import find_values
from airm_graph.validate.compile.scope import NONE, Scope, make_branch, make_listed, require_property_shape, select_values
from airm_graph.validate.compile.shapes_graph import Constraint, NotCompiledError, Predicate

__all__ = ["PAIRS", "compare_keys", "find_others", "list_predicates"]


def find_others(scope: Scope, predicate: str) -> str:
    """Name the relation of focus nodes and their values of another property."""
    return find_values(Predicate(predicate), focus=scope.focus, relations=scope.relations)


def list_predicates(constraint: Constraint) -> Iterator[str]:
    """Yield the properties that a constraint names."""
    for value in constraint.terms:
        if not value.startswith("<"):
            raise NotCompiledError(f"the value {value} of sh:{constraint.parameter}")
        yield value


def _equals(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for predicate in list_predicates(constraint):
        others = find_others(scope, predicate)
        for left, right, kind in ((scope.values, others, "unmatched"), (others, scope.values, "missed")):
            missing = f"SELECT 1 FROM {right} AS w WHERE w.focus = v.focus AND w.value = v.value"
            sql = f"SELECT v.focus, v.value, {NONE} AS path FROM {left} AS v WHERE NOT EXISTS ({missing})"
            yield make_listed(constraint, sql, kind=kind, number=scope.ids[predicate])


def _disjoint(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    for predicate in list_predicates(constraint):
        common = f"SELECT 1 FROM {find_others(scope, predicate)} AS w WHERE w.focus = v.focus AND w.value = v.value"
        yield make_listed(constraint, select_values(scope, f"EXISTS ({common})"), kind="common", number=scope.ids[predicate])


def _less_than(scope: Scope, constraint: Constraint) -> Iterator[Branch]:
    """Find each pair that does not compare.

    IRIs compare as strings, literals of equal unknown datatypes as written.
    """
    require_property_shape(scope, constraint)
    operator = "<=" if constraint.parameter == "lessThanOrEquals" else "<"
    for predicate in list_predicates(constraint):
        left, right = (scope.relations.name(_keyed(relation)) for relation in (scope.values, find_others(scope, predicate)))
        holds = (
            f"(a.is_text AND b.is_text AND a.lexical {operator} b.lexical) OR (a.space = b.space AND {compare_keys(operator)}) OR "
            f"(a.kind = {LITERAL} AND a.datatype = b.datatype AND NOT a.is_text AND a.space IS NULL AND b.space IS NULL "
            f"AND a.lexical {operator} b.lexical)"
        )
        yield make_branch(
            constraint,
            f"SELECT a.focus, a.value, {NONE} AS path FROM {left} AS a JOIN {right} AS b ON b.focus = a.focus "
            f"WHERE NOT COALESCE({holds}, FALSE)",
        )


def _keyed(relation: str) -> str:
    words = ", ".join(map(quote, STRINGS))
    return (
        "SELECT p.focus, p.value, d.kind, d.lexical, d.datatype, k.space, k.exact, k.rough, "
        f"(d.kind = {IRI} OR d.datatype IN ({words})) AS is_text "
        f"FROM {relation} AS p JOIN terms AS d ON d.id = p.value LEFT JOIN keys AS k ON k.id = p.value"
    )


def compare_keys(operator: str) -> str:
    """Compare two rows a and b of the table of keys, exactly where both are known exactly."""
    exact, rough = f"a.exact {operator} b.exact", f"a.rough {operator} b.rough"
    return f"CASE WHEN a.exact IS NOT NULL AND b.exact IS NOT NULL THEN {exact} ELSE {rough} END"


PAIRS = {"disjoint": _disjoint, "equals": _equals, "lessThan": _less_than, "lessThanOrEquals": _less_than}
