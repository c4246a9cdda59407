"""N-Triples and N-Quads: canonical lines, sorted by code point, each once. What machines compare and releases are named by."""

import hashlib
from collections.abc import Iterable, Iterator

from airm_graph.export.batches import drop_graphs
from airm_graph.export.streams import write_lines
from airm_graph.export.terms import Row

__all__ = ["quad_lines", "release_digest", "triple_lines", "write_nquads", "write_ntriples"]


def triple_lines(batch: list[Row]) -> str:
    """Write the triples of sorted canonical rows."""
    # Tuples sort as their lines do: no term goes on where another ends, but for literals, whose suffixes all sort after a space.
    return " .\n".join([*map(" ".join, zip(*drop_graphs(batch), strict=True)), ""])


def quad_lines(batch: list[Row]) -> str:
    """Write sorted canonical rows; one without graph becomes a triple."""
    if all(row[3] for row in batch):
        return " .\n".join([*map(" ".join, batch), ""])
    return "".join(f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n" for s, p, o, g in batch)


def write_ntriples(rows: Iterable[Row]) -> Iterator[str]:
    r"""Write the triples of *rows* as canonical N-Triples, some lines at a time; graphs are dropped.

    Raises:
        ExportError: A row cannot be exported.

    Source:
        RDF 1.1 N-Triples, section 4.

    >>> rows = [("<x:b>", "<x:p>", '"1"', "<x:g>"), ("<x:a>", "<x:p>", "<x:b>", ""), ("<x:b>", "<x:p>", '"1"', "")]
    >>> "".join(write_ntriples(rows))
    '<x:a> <x:p> <x:b> .\n<x:b> <x:p> "1" .\n'
    """
    return write_lines(rows, triple_lines)


def write_nquads(rows: Iterable[Row]) -> Iterator[str]:
    """Write *rows* as N-Quads in canonical form, some lines at a time; a row without graph becomes a triple.

    Raises:
        ExportError: A row cannot be exported.
    """
    return write_lines(rows, quad_lines)


def release_digest(rows: Iterable[Row]) -> str:
    """Name the triples of *rows* by the SHA-256 of their N-Triples file, as 64 hex digits (what ``sha256sum airm.nt`` prints).

    Raises:
        ExportError: A row cannot be exported.
    """
    digest = hashlib.sha256()
    for piece in write_ntriples(rows):
        digest.update(piece.encode())
    return digest.hexdigest()
