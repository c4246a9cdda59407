"""Bytes of tables in, rows out, whatever the format and however it is packed."""

from airm_graph.ingest.formats.packed import is_table_name
from airm_graph.ingest.formats.reader import OpenTable, count_records, open_table, open_tables, read_table, read_tables
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_TABLE, Fault, Row, Table, UnreadableError
from airm_graph.ingest.formats.scan import Scan, copy_table, stream_cells

__all__ = [
    "MAX_CELL",
    "MAX_TABLE",
    "Fault",
    "OpenTable",
    "Row",
    "Scan",
    "Table",
    "UnreadableError",
    "copy_table",
    "count_records",
    "is_table_name",
    "open_table",
    "open_tables",
    "read_table",
    "read_tables",
    "stream_cells",
]
