"""Statements in the formats that are graphs: by the writers of the exports, so the same statements are the same bytes."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, Options, QuadList, export_text
from airm_graph.graph.store import Row, format_rows

__all__ = ["name_blank_nodes", "write_rows"]

_NAMES = {export.media_type: name for name, export in EXPORTS.items()}


def write_rows(rows: Sequence[Row], *, media_type: str, prefixes: Mapping[str, str], context: Mapping[str, Any], comment: str) -> bytes:
    """Write statements as one graph.

    Rows with blank nodes (shapes and ontologies have lists) or with what a writer of exports refuses go through Oxigraph instead.

    Args:
        rows: Statements; their graphs are dropped.
        media_type: One of ``negotiate.GRAPH_TYPES``.
        prefixes: Prefix to namespace.
        context: Context of JSON-LD.
        comment: First line of Turtle.
    """
    if not any(term.startswith("_:") for row in rows for term in (row[0], row[2])):
        try:
            options = Options(comment=comment, context=context, prefixes=prefixes)
            return "".join(export_text(QuadList(rows), _NAMES[media_type], options=options)).encode()
        except ExportError:
            pass
    head = f"# {comment}\n".encode() if media_type == "text/turtle" else b""
    return head + format_rows(name_blank_nodes(rows), media_type=media_type, prefixes=prefixes)


def name_blank_nodes(rows: Sequence[Row]) -> list[Row]:
    """Give blank nodes labels that follow from what is said of them and who points at them, and sort the rows.

    A store gives them other labels each time it is loaded. Nodes that stand in a circle, or that more than one statement points at, keep
    labels of their own; published shapes and ontologies have none.

    >>> name_blank_nodes([("_:x", "<p>", '"1"', "")]) == name_blank_nodes([("_:y", "<p>", '"1"', "")])
    True
    """
    about: dict[str, list[tuple[str, str]]] = {}
    above: dict[str, list[tuple[str, str]]] = {}
    for s, p, o, _ in rows:
        about.setdefault(s, []).append((p, o))
        if o.startswith("_:"):
            above.setdefault(o, []).append((s, p))
    contents: dict[str, str] = {}
    places: dict[str, str] = {}

    def digest(*parts: object) -> str:
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def find_content(node: str, open_nodes: tuple[str, ...] = ()) -> str:
        if not node.startswith("_:") or node in open_nodes:
            return node
        if node not in contents:
            contents[node] = digest(sorted((p, find_content(o, (*open_nodes, node))) for p, o in about.get(node, ())))
        return contents[node]

    def find_place(node: str, open_nodes: tuple[str, ...] = ()) -> str:
        if not node.startswith("_:") or node in open_nodes:
            return node
        if node not in places:
            found = sorted((find_place(s, (*open_nodes, node)), p) for s, p in above.get(node, ()))
            places[node] = f"_:b{digest(find_content(node), found)}"
        return places[node]

    return sorted({(find_place(s), p, find_place(o), g) for s, p, o, g in rows})
