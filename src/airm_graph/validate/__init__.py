"""Judging asserted statements by shapes: a table in, findings at file and line out.

Called, ``airm_graph.validate(inputs)``, it is `airm_graph.pipeline.validate_inputs`: files in,
report out.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports, make_callable

if TYPE_CHECKING:
    from airm_graph.validate.ledger import Ledger
    from airm_graph.validate.report import Report
    from airm_graph.validate.results import leave_out_repeated
    from airm_graph.validate.shape_files import DEFAULT_SHAPES
    from airm_graph.validate.value_locations import locate_values
    from airm_graph.validate.verdict import ENGINES, Verdict, count_focus_nodes, judge_shapes, validate_rows

__all__ = [
    "DEFAULT_SHAPES",
    "ENGINES",
    "Ledger",
    "Report",
    "Verdict",
    "count_focus_nodes",
    "judge_shapes",
    "leave_out_repeated",
    "locate_values",
    "validate_rows",
]

_HOMES = {
    "DEFAULT_SHAPES": "validate.shape_files",
    "Ledger": "validate.ledger",
    "Report": "validate.report",
    "leave_out_repeated": "validate.results",
    "locate_values": "validate.value_locations",
    **dict.fromkeys(("ENGINES", "Verdict", "count_focus_nodes", "judge_shapes", "validate_rows"), "validate.verdict"),
}

__getattr__ = defer_imports(__name__, _HOMES)
make_callable(__name__, home="pipeline.validation", name="validate_inputs")
