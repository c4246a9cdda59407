"""Shapes compiled to SQL over the triple table, and to SPARQL for all focus nodes at once.

Results are those of pyshacl, but where pyshacl leaves the specification or has no answer: the table
in ``docs/shacl.md`` has each difference with the clause.

Names are imported when they are first asked for: plans that were compiled before need no compiler.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.validate.compile.compiled_shapes import (
        FOCUS_GRAPH,
        FOCUS_OF,
        Branch,
        Check,
        CompiledShapes,
        ConstraintSql,
        DetailPlan,
        DetailStatement,
        ShapePart,
        SparqlConstraint,
        SparqlPlan,
        StatementPlan,
        Uncompiled,
        component_iri,
        find_parameter,
    )
    from airm_graph.validate.compile.details import compile_details
    from airm_graph.validate.compile.lexical import KEYS, list_forms
    from airm_graph.validate.compile.plan import compile_shapes, find_constants, prepare_instances
    from airm_graph.validate.compile.shapes_graph import NotCompiledError, Shape, ShapesGraph, path_text, shape_path

__all__ = [
    "FOCUS_GRAPH",
    "FOCUS_OF",
    "KEYS",
    "Branch",
    "Check",
    "CompiledShapes",
    "ConstraintSql",
    "DetailPlan",
    "DetailStatement",
    "NotCompiledError",
    "Shape",
    "ShapePart",
    "ShapesGraph",
    "SparqlConstraint",
    "SparqlPlan",
    "StatementPlan",
    "Uncompiled",
    "compile_details",
    "compile_shapes",
    "component_iri",
    "find_constants",
    "find_parameter",
    "list_forms",
    "path_text",
    "prepare_instances",
    "shape_path",
]

_HOMES = {
    **dict.fromkeys(__all__, "validate.compile.compiled_shapes"),
    "compile_details": "validate.compile.details",
    **dict.fromkeys(("KEYS", "list_forms"), "validate.compile.lexical"),
    **dict.fromkeys(("compile_shapes", "find_constants", "prepare_instances"), "validate.compile.plan"),
    **dict.fromkeys(("NotCompiledError", "Shape", "ShapesGraph", "path_text", "shape_path"), "validate.compile.shapes_graph"),
}

__getattr__ = defer_imports(__name__, _HOMES)
