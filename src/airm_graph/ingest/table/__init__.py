"""Tables of mitigations with the tables of sources and codes beside them: bytes in, pages and rows that cannot be used out."""

from airm_graph.ingest.table.mapping import load_builtin_mappings, load_mapping
from airm_graph.ingest.table.meaning import BESIDE, Mapping
from airm_graph.ingest.table.read import MAX_TABLE, Table, read_table
from airm_graph.ingest.table.records import TableReadings, read_records

__all__ = [
    "BESIDE",
    "MAX_TABLE",
    "Mapping",
    "Table",
    "TableReadings",
    "load_builtin_mappings",
    "load_mapping",
    "read_records",
    "read_table",
]
