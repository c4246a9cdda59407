"""Shapes compiled to set-at-a-time plans: SQL over the triple table, and SPARQL for all focus nodes at once."""

from airm_graph.validate.compile.components import Branch, component_iri
from airm_graph.validate.compile.plan import Plans, QueryPlan, Rest, compile_shapes, find_constants
from airm_graph.validate.compile.pool import Judged, Part, Plan
from airm_graph.validate.compile.shapes import NotCompiledError, Shape, ShapesGraph, path_text
from airm_graph.validate.compile.sparql import FOCUS_GRAPH, FOCUS_OF, Query

__all__ = [
    "FOCUS_GRAPH",
    "FOCUS_OF",
    "Branch",
    "Judged",
    "NotCompiledError",
    "Part",
    "Plan",
    "Plans",
    "Query",
    "QueryPlan",
    "Rest",
    "Shape",
    "ShapesGraph",
    "compile_shapes",
    "component_iri",
    "find_constants",
    "path_text",
]
