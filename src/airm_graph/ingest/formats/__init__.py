"""Bytes of tables in, rows out, whatever the format and however it is packed."""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.ingest.formats.reader import OpenTable, count_records, open_table, open_tables, read_table, read_tables
    from airm_graph.ingest.formats.rows import MAX_CELL, MAX_TABLE, Fault, Row, Table, UnreadableError
    from airm_graph.ingest.formats.scan import Scan, copy_table, stream_cells
    from airm_graph.ingest.formats.suffixes import is_table_name

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

_HOMES = {
    "is_table_name": "ingest.formats.suffixes",
    **dict.fromkeys(("OpenTable", "count_records", "open_table", "open_tables", "read_table", "read_tables"), "ingest.formats.reader"),
    **dict.fromkeys(("MAX_CELL", "MAX_TABLE", "Fault", "Row", "Table", "UnreadableError"), "ingest.formats.rows"),
    **dict.fromkeys(("Scan", "copy_table", "stream_cells"), "ingest.formats.scan"),
}

__getattr__ = defer_imports(__name__, _HOMES)
