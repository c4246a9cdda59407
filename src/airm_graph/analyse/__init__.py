"""Projections of the graph for analysis."""

from airm_graph.analyse.projection import project_rows

__all__ = ["project_rows"]
