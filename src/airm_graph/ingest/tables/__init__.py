"""Rows of tables in, what they say of mitigations, sources and codes out, by a mapping of their
columns.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.ingest.tables.entries import TableReadings, read_records
    from airm_graph.ingest.tables.mapping import load_mapping
    from airm_graph.ingest.tables.meaning import BESIDE, Mapping
    from airm_graph.ingest.tables.own_mappings import load_builtin_mappings

__all__ = ["BESIDE", "Mapping", "TableReadings", "load_builtin_mappings", "load_mapping", "read_records"]

_HOMES = {
    **dict.fromkeys(("TableReadings", "read_records"), "ingest.tables.entries"),
    "load_mapping": "ingest.tables.mapping",
    **dict.fromkeys(("BESIDE", "Mapping"), "ingest.tables.meaning"),
    "load_builtin_mappings": "ingest.tables.own_mappings",
}

__getattr__ = defer_imports(__name__, _HOMES)
