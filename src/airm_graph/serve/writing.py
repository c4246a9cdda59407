"""Statements in the formats that are graphs: by the writers of the exports, so the same statements are the same bytes."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, Options
from airm_graph.store import Row, Store

__all__ = ["write_rows"]

_NAMES = {export.media_type: name for name, export in EXPORTS.items()}


def write_rows(rows: Sequence[Row], *, media_type: str, prefixes: Mapping[str, str], context: Mapping[str, Any], comment: str) -> bytes:
    """Write statements as one graph.

    Rows with blank nodes (shapes and ontologies have lists) or with what a writer of exports refuses go through Oxigraph instead, whose
    order of statements is its own.

    Args:
        rows: Statements; their graphs are dropped.
        media_type: One of ``negotiate.GRAPH_TYPES``.
        prefixes: Prefix to namespace.
        context: Context of JSON-LD.
        comment: First line of Turtle.
    """
    if not any(term.startswith("_:") for row in rows for term in (row[0], row[2])):
        try:
            content = EXPORTS[_NAMES[media_type]].write(rows, Options(comment=comment, context=context, prefixes=prefixes))
            return content if isinstance(content, bytes) else "".join(content).encode()
        except ExportError:
            pass
    store, output = Store(), io.BytesIO()
    store.add_rows((*row[:3], "") for row in rows)
    store.ask("CONSTRUCT WHERE { ?s ?p ?o }").write(output, media_type=media_type, prefixes=prefixes)
    return f"# {comment}\n".encode() * (media_type == "text/turtle") + output.getvalue()
