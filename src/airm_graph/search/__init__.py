"""Search the full text of mitigations, sources, codes and roles."""

from airm_graph.search.index import Choice, Hit, Hits, SearchIndex, search_index, tabulate_hits
from airm_graph.search.search_documents import FACETS

__all__ = ["FACETS", "Choice", "Hit", "Hits", "SearchIndex", "search_index", "tabulate_hits"]
