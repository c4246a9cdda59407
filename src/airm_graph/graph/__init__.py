"""The graph: a dictionary-coded table of quads in DuckDB, their order in files, and the SPARQL
store.

Names are imported when they are first asked for, so that a command pays for the engine it uses
only.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.graph.coded import CodedQuads
    from airm_graph.graph.nquads import SUFFIXES, Parser, suffix_of
    from airm_graph.graph.parquet import ParquetColumn, ParquetFile
    from airm_graph.graph.reading_order import Pattern, Selection, SubjectGroup, stream_groups, stream_lines, stream_quads
    from airm_graph.graph.small_table import SmallTable
    from airm_graph.graph.table import TripleTable
    from airm_graph.graph.term_spelling import BLANK, DEFAULT_GRAPH, IRI, LITERAL, TERM_TEXT, quote, rebased_text

__all__ = [
    "BLANK",
    "DEFAULT_GRAPH",
    "IRI",
    "LITERAL",
    "SUFFIXES",
    "TERM_TEXT",
    "CodedQuads",
    "ParquetColumn",
    "ParquetFile",
    "Parser",
    "Pattern",
    "Selection",
    "SmallTable",
    "SubjectGroup",
    "TripleTable",
    "quote",
    "rebased_text",
    "stream_groups",
    "stream_lines",
    "stream_quads",
    "suffix_of",
]

_HOMES = {
    "CodedQuads": "graph.coded",
    **dict.fromkeys(("SUFFIXES", "Parser", "suffix_of"), "graph.nquads"),
    **dict.fromkeys(("Pattern", "Selection", "SubjectGroup", "stream_groups", "stream_lines", "stream_quads"), "graph.reading_order"),
    **dict.fromkeys(("ParquetColumn", "ParquetFile"), "graph.parquet"),
    **dict.fromkeys(("BLANK", "DEFAULT_GRAPH", "IRI", "LITERAL", "TERM_TEXT", "quote", "rebased_text"), "graph.term_spelling"),
    "SmallTable": "graph.small_table",
    "TripleTable": "graph.table",
}

__getattr__ = defer_imports(__name__, _HOMES)
