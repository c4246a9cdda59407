"""What a constraint component compiles from and to: a scope, and branches of violations."""

import re
from collections.abc import Mapping
from dataclasses import replace

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES, term
from airm_graph.validate.compile.compiled_shapes import Branch
from airm_graph.validate.compile.paths import Relations, find_values
from airm_graph.validate.compile.shapes_graph import Constraint, NotCompiledError, Shape, ShapesGraph

__all__ = [
    "NONE",
    "TRUE",
    "Scope",
    "count_values",
    "make_branch",
    "make_listed",
    "make_test",
    "only_value",
    "open_scope",
    "read_count",
    "require_property_shape",
    "select_focus",
    "select_values",
]

#: SQL for no node.
NONE = "CAST(NULL AS BIGINT)"
#: Literals that say yes or no.
TRUE = {f'"{word}"^^{term("xsd:boolean")}': word in ("true", "1") for word in ("true", "1", "false", "0")}
_INTEGER = re.compile(r'"([+-]?[0-9]+)"\^\^<' + re.escape(PREFIXES["xsd"]) + r"integer>\Z")


@frozen
class Scope:
    """A shape with the relations of its focus nodes (node) and of its values (focus, value)."""

    graph: ShapesGraph
    relations: Relations
    shape: Shape
    focus: str
    values: str
    within: tuple[str, ...]

    @property
    def ids(self) -> Mapping[str, int]:
        """Return the numbers of constant terms."""
        return self.relations.ids

    def nodes(self) -> str:
        """Name the relation of the value nodes, each once."""
        if self.shape.path is None:
            return self.focus
        return self.relations.name(f"SELECT DISTINCT value AS node FROM {self.values}")

    def described(self) -> str:
        """Name the relation of the value nodes with what the dictionary says of them."""
        return self.relations.name(
            f"SELECT v.focus, v.value, d.kind, d.lexical, d.datatype, d.language FROM {self.values} AS v JOIN terms AS d ON d.id = v.value"
        )


def open_scope(graph: ShapesGraph, node: str, *, focus: str, relations: Relations, within: tuple[str, ...] = ()) -> Scope:
    """Read a shape and name its relations.

    Raises:
        NotCompiledError: The shape cannot be read, or leads back to itself.
    """
    if node in within:
        raise NotCompiledError("a shape that refers to itself")
    shape = graph.shape(node)
    values = find_values(shape.path, focus=focus, relations=relations)
    return Scope(graph, relations, shape, focus=focus, values=values, within=(*within, node))


def make_branch(constraint: Constraint, sql: str, *, component: str = "") -> Branch:
    """Make the branch of a constraint; its component is named by its parameter by default."""
    name = constraint.parameter
    return Branch(component or name[0].upper() + name[1:], name, sql)


def make_test(constraint: Constraint, kind: str, relation: str, condition: str) -> Branch:
    """Make the branch of a constraint that is a condition on each row of a relation."""
    sql = f"SELECT v.focus, v.value, {NONE} AS path FROM {relation} AS v WHERE {condition}"
    return replace(make_branch(constraint, sql), kind=kind, relation=relation, condition=condition)


def make_listed(constraint: Constraint, sql: str, *, kind: str, number: int = 0) -> Branch:
    """Make the branch of a constraint that is judged with others of its kind.

    They differ in one term.
    """
    return replace(make_branch(constraint, sql), kind=kind, number=number)


def select_values(scope: Scope, condition: str) -> str:
    """SQL for the value nodes for which a condition (on v) holds."""
    return f"SELECT v.focus, v.value, {NONE} AS path FROM {scope.values} AS v WHERE {condition}"


def select_focus(scope: Scope, condition: str, *, join: str = "") -> str:
    """SQL for the focus nodes for which a condition (on f) holds."""
    return f"SELECT f.node AS focus, {NONE} AS value, {NONE} AS path FROM {scope.focus} AS f {join} WHERE {condition}"


def only_value(constraint: Constraint) -> str:
    """Return the value of a constraint that takes one.

    Raises:
        NotCompiledError: It has several.
    """
    if len(constraint.terms) != 1:
        raise NotCompiledError(f"several values of sh:{constraint.parameter}")
    return constraint.terms[0]


def read_count(value: str, *, parameter: str) -> int:
    """Read a number that is not negative.

    Raises:
        NotCompiledError: It is none.
    """
    match = _INTEGER.match(value)
    if match is None or int(match[1]) < 0:
        raise NotCompiledError(f"the value {value} of sh:{parameter}")
    return int(match[1])


def require_property_shape(scope: Scope, constraint: Constraint) -> None:
    """Refuse a constraint that only property shapes have.

    Raises:
        NotCompiledError: The shape has no path.
    """
    if scope.shape.path is None:
        raise NotCompiledError(f"sh:{constraint.parameter} on a node shape")


def count_values(values: str) -> str:
    """SQL that joins the focus nodes (f) with the number of their values (c.n)."""
    return f"LEFT JOIN (SELECT focus, COUNT(*) AS n FROM {values} GROUP BY focus) AS c ON c.focus = f.node"
