"""Write statements in the formats of graphs: the same statements are the same bytes."""

import hashlib
from collections.abc import Sequence

from airm_graph.errors import ExportError
from airm_graph.export import EXPORTS, Options, QuadList, export_text
from airm_graph.graph.store import format_rows
from airm_graph.terms import Quad

__all__ = ["name_blank_nodes", "write_graph"]

_NAMES = {export.media_type: name for name, export in EXPORTS.items()}


def write_graph(rows: Sequence[Quad], *, media_type: str, options: Options) -> bytes:
    """Write statements as one graph.

    Rows with blank nodes (shapes and ontologies have lists) or with what a writer of exports
    refuses are written by Oxigraph instead.

    Args:
        rows: Statements; their graphs are dropped.
        media_type: One of ``content_negotiation.GRAPH_TYPES``.
        options: Comment, context and prefixes.
    """
    if not any(term.startswith("_:") for row in rows for term in (row[0], row[2])):
        try:
            return "".join(export_text(QuadList(rows), _NAMES[media_type], options=options)).encode()
        except ExportError:
            pass
    head = f"# {options.comment}\n".encode() if media_type == "text/turtle" else b""
    return head + format_rows(name_blank_nodes(rows), media_type=media_type, prefixes=options.prefixes)


def name_blank_nodes(rows: Sequence[Quad]) -> list[Quad]:
    """Give blank nodes labels that follow from the statements around them, and sort the rows.

    A store gives them other labels each time it is loaded. Nodes in a circle, or with more than one
    statement that points at them, keep labels of their own; published shapes and ontologies have
    none.

    >>> one, other = (name_blank_nodes([(label, "<p>", '"1"', "")]) for label in ("_:x", "_:y"))
    >>> one == other
    True
    """
    outgoing: dict[str, list[tuple[str, str]]] = {}
    incoming: dict[str, list[tuple[str, str]]] = {}
    for s, p, o, _ in rows:
        outgoing.setdefault(s, []).append((p, o))
        if o.startswith("_:"):
            incoming.setdefault(o, []).append((s, p))
    contents: dict[str, str] = {}
    labels: dict[str, str] = {}

    def digest(*parts: object) -> str:
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def find_content(node: str, path: tuple[str, ...] = ()) -> str:
        if not node.startswith("_:") or node in path:
            return node
        if node not in contents:
            contents[node] = digest(sorted((p, find_content(o, (*path, node))) for p, o in outgoing.get(node, ())))
        return contents[node]

    def find_label(node: str, path: tuple[str, ...] = ()) -> str:
        if not node.startswith("_:") or node in path:
            return node
        if node not in labels:
            found = sorted((find_label(s, (*path, node)), p) for s, p in incoming.get(node, ()))
            labels[node] = f"_:b{digest(find_content(node), found)}"
        return labels[node]

    return sorted({(find_label(s), p, find_label(o), g) for s, p, o, g in rows})
