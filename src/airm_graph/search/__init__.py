"""Search the full text of mitigations, sources, codes and roles."""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.search.index import Choice, Hit, Hits, SearchIndex, search_index, tabulate_hits
    from airm_graph.search.search_documents import FACETS

__all__ = ["FACETS", "Choice", "Hit", "Hits", "SearchIndex", "search_index", "tabulate_hits"]

_HOMES = {
    **dict.fromkeys(("Choice", "Hit", "Hits", "SearchIndex", "search_index", "tabulate_hits"), "search.index"),
    "FACETS": "search.search_documents",
}

__getattr__ = defer_imports(__name__, _HOMES)
