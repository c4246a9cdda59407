"""Rows of tables in, what they say of mitigations, sources and codes out, by a mapping of their
columns.
"""

from airm_graph.ingest.tables.entries import TableReadings, read_records
from airm_graph.ingest.tables.mapping import load_builtin_mappings, load_mapping
from airm_graph.ingest.tables.meaning import BESIDE, Mapping

__all__ = ["BESIDE", "Mapping", "TableReadings", "load_builtin_mappings", "load_mapping", "read_records"]
