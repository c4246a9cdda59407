"""The columnar quad table: DuckDB, embedded. The only room that imports duckdb."""

from airm_graph.columns.foreign import ParquetColumn, ParquetFile
from airm_graph.columns.table import BLANK, DEFAULT_GRAPH, IRI, LITERAL, TERM_TEXT, TripleTable

__all__ = ["BLANK", "DEFAULT_GRAPH", "IRI", "LITERAL", "TERM_TEXT", "ParquetColumn", "ParquetFile", "TripleTable"]
