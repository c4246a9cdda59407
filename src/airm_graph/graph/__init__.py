"""The columnar quad table: DuckDB, embedded. The only room that imports duckdb."""

from airm_graph.graph.coded import CodedQuads
from airm_graph.graph.loading import Parser
from airm_graph.graph.nquads import SUFFIXES, suffix_of
from airm_graph.graph.order import Members, stream_shapes
from airm_graph.graph.parquet import ParquetColumn, ParquetFile
from airm_graph.graph.spelling import BLANK, DEFAULT_GRAPH, IRI, LITERAL, TERM_TEXT, quote
from airm_graph.graph.table import TripleTable

__all__ = [
    "BLANK",
    "DEFAULT_GRAPH",
    "IRI",
    "LITERAL",
    "SUFFIXES",
    "TERM_TEXT",
    "CodedQuads",
    "Members",
    "ParquetColumn",
    "ParquetFile",
    "Parser",
    "TripleTable",
    "quote",
    "stream_shapes",
    "suffix_of",
]
