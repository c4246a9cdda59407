"""Full-text search over mitigations, sources, codes and roles."""

from airm_graph.search.documents import FACETS
from airm_graph.search.index import Choice, Hit, Hits, SearchIndex, hits_table, search_index

__all__ = ["FACETS", "Choice", "Hit", "Hits", "SearchIndex", "hits_table", "search_index"]
