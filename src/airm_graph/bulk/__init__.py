"""Large tables to statements by set operations: rows live in DuckDB, and Python sees what occurs once or is out of the ordinary.

A row is plain when nothing has to be said of it and nothing else of its source has its name, its slug or its identifier: it is a
mitigation of its own, and SQL writes its statements. All other rows go the way of small tables (``ingest.table.records``, ``merge``,
``triples``), so that what is decided about them is decided in one place. The statements of both are those of the whole.
"""

from airm_graph.bulk.graph import Held, LargeGraph
from airm_graph.bulk.intake import Copy, Folder, Sheet, find_folders
from airm_graph.bulk.places import find_lines, name_columns
from airm_graph.bulk.read import BulkReadings, read_tables
from airm_graph.bulk.statements import code_quads, list_agents, list_repeated, plain_blocks, plain_quads
from airm_graph.bulk.write import write_statements

__all__ = [
    "BulkReadings",
    "Copy",
    "Folder",
    "Held",
    "LargeGraph",
    "Sheet",
    "code_quads",
    "find_folders",
    "find_lines",
    "list_agents",
    "list_repeated",
    "name_columns",
    "plain_blocks",
    "plain_quads",
    "read_tables",
    "write_statements",
]
