"""Write what the search of a site looks through in the browser: one list for all resources."""

import json
from collections.abc import Iterable

from airm_graph.search.search_documents import FACETS, make_documents
from airm_graph.site.folder_addresses import SiteMap
from airm_graph.terms import Quad

__all__ = ["write_search_documents"]

_MOST_TEXT = 400


def write_search_documents(rows: Iterable[Quad], sitemap: SiteMap, *, base: str, notice: str) -> bytes:
    """Write the documents as JSON.

    Each is a list: path below the base, kind, name, description (its beginning), source, codes,
    other names and reasons, and numbers of its facet values in ``values``: facet, IRI and label.
    """
    documents = [document for document in make_documents(rows, base=base) if document.iri.removeprefix(base) in sitemap.pages]
    values = sorted({value for document in documents for value in document.facets})
    numbers = {value: number for number, value in enumerate(values)}
    listed = [
        [
            document.iri.removeprefix(base),
            document.kind,
            document.name,
            document.description[:_MOST_TEXT],
            document.source,
            document.codes,
            f"{document.other}\n{document.reasons[:_MOST_TEXT]}".strip(),
            [numbers[value] for value in document.facets],
        ]
        for document in documents
    ]
    found = {
        "notice": notice,
        "base": base,
        "facets": list(FACETS),
        "values": [[value.facet, value.iri, value.label or value.slug] for value in values],
        "documents": listed,
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
