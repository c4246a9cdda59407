"""Judging the asserted statements by shapes: rows in, findings at file and line out."""

from airm_graph.validate.report import Report
from airm_graph.validate.shacl import validate_rows

__all__ = ["Report", "validate_rows"]
