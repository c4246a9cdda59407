"""Tables of mitigations with the tables of sources and codes beside them: bytes in, pages and rows that cannot be used out."""

from airm_graph.ingest.table.mapping import Mapping, load_builtin_mappings, load_mapping
from airm_graph.ingest.table.read import MAX_TABLE, Row, Table, UnreadableError, read_table
from airm_graph.ingest.table.records import TableReadings, read_records
from airm_graph.ingest.table.stream import Scan, copy_table, stream_cells

__all__ = [
    "MAX_TABLE",
    "Mapping",
    "Row",
    "Scan",
    "Table",
    "TableReadings",
    "UnreadableError",
    "copy_table",
    "load_builtin_mappings",
    "load_mapping",
    "read_records",
    "read_table",
    "stream_cells",
]
