"""The columnar quad table: DuckDB, embedded. The only room that imports duckdb."""

from airm_graph.columns.coded import CodedQuads
from airm_graph.columns.foreign import ParquetColumn, ParquetFile
from airm_graph.columns.intake import Parser
from airm_graph.columns.lines import SUFFIXES, suffix_of
from airm_graph.columns.reading import Members, stream_shapes
from airm_graph.columns.spelling import BLANK, DEFAULT_GRAPH, IRI, LITERAL, TERM_TEXT, quote
from airm_graph.columns.table import TripleTable

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
