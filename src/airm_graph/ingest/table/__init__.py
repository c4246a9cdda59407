"""Tables of mitigations with the tables of sources and codes beside them: bytes in, pages and rows that cannot be used out."""

from airm_graph.ingest.table.mapping import load_builtin_mappings, load_mapping
from airm_graph.ingest.table.meaning import BESIDE, Mapping
from airm_graph.ingest.table.packed import is_table_name, open_regular
from airm_graph.ingest.table.read import OpenTable, Table, open_table, open_tables, read_table, read_tables
from airm_graph.ingest.table.records import TableReadings, read_records
from airm_graph.ingest.table.rows import Row, UnreadableError
from airm_graph.ingest.table.stream import Scan, copy_table, stream_cells

__all__ = [
    "BESIDE",
    "Mapping",
    "OpenTable",
    "Row",
    "Scan",
    "Table",
    "TableReadings",
    "UnreadableError",
    "copy_table",
    "is_table_name",
    "load_builtin_mappings",
    "load_mapping",
    "open_regular",
    "open_table",
    "open_tables",
    "read_records",
    "read_table",
    "read_tables",
    "stream_cells",
]
