"""Write the lists that scripts of pages look through: what is searched, and what is connected."""

import json
from collections.abc import Mapping, Sequence

from airm_graph.search.neighbourhood import write_neighbourhoods
from airm_graph.search.search_documents import FACETS, Document
from airm_graph.terms import Quad

__all__ = ["LISTS", "MOST_LISTED", "write_script_lists"]

#: Where the lists are, below the front page.
LISTS = ("neighbourhood/graph.json", "search/documents.json")
#: Documents that a tab is asked to hold: about 20 MB as JSON.
MOST_LISTED = 40_000
_MOST_TEXT = 400


def write_script_lists(documents: Sequence[Document], rows: Sequence[Quad], *, base: str, notice: str) -> Mapping[str, bytes]:
    """Write the lists by their path.

    Args:
        documents: Those that have a page below the base.
        rows: The graph that they were made of.
        base: What every IRI of the project begins with.
        notice: What users must know of the data.
    """
    bodies = (write_neighbourhoods(documents, rows, base=base, notice=notice), _write_documents(documents, base=base, notice=notice))
    return dict(zip(LISTS, bodies, strict=True))


def _write_documents(documents: Sequence[Document], *, base: str, notice: str) -> bytes:
    """Write the documents as JSON.

    Each is a list: path below the base, kind, name, description (its beginning), source, codes,
    other names and reasons, and numbers of its facet values in ``values``: facet, IRI and label.
    """
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
