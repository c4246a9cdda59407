"""Judging the asserted statements by shapes: rows in, findings at file and line out."""

from airm_graph.validate.report import Report
from airm_graph.validate.verdict import ENGINES, Verdict, judge_shapes, validate_rows

__all__ = ["ENGINES", "Report", "Verdict", "judge_shapes", "validate_rows"]
