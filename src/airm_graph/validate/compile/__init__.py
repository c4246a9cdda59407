"""Shapes compiled to SQL over the triple table, and to SPARQL for all focus nodes at once.

Results are those of pyshacl, but where pyshacl leaves the specification or has no answer: the table
in ``docs/shacl.md`` has each difference with the clause.
"""

from airm_graph.validate.compile.combined import Check, ShapePart, StatementPlan
from airm_graph.validate.compile.details import DetailPlan, DetailPlanner, find_parameter
from airm_graph.validate.compile.lexical import KEYS
from airm_graph.validate.compile.plan import CompiledShapes, SparqlPlan, Uncompiled, compile_shapes, find_constants, prepare_instances
from airm_graph.validate.compile.scope import Branch, component_iri
from airm_graph.validate.compile.shapes_graph import NotCompiledError, Shape, ShapesGraph, path_text, shape_path
from airm_graph.validate.compile.sparql import FOCUS_GRAPH, FOCUS_OF, SparqlConstraint
from airm_graph.validate.compile.sparql_sql import ConstraintSql

__all__ = [
    "FOCUS_GRAPH",
    "FOCUS_OF",
    "KEYS",
    "Branch",
    "Check",
    "CompiledShapes",
    "ConstraintSql",
    "DetailPlan",
    "DetailPlanner",
    "NotCompiledError",
    "Shape",
    "ShapePart",
    "ShapesGraph",
    "SparqlConstraint",
    "SparqlPlan",
    "StatementPlan",
    "Uncompiled",
    "compile_shapes",
    "component_iri",
    "find_constants",
    "find_parameter",
    "path_text",
    "prepare_instances",
    "shape_path",
]
