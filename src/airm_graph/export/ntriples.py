"""N-Triples and N-Quads: canonical lines, sorted by code point, each once. What machines compare and releases are named by."""

import hashlib
from collections.abc import Iterable, Iterator

from airm_graph.export.terms import Row, canonical_rows

__all__ = ["release_digest", "write_nquads", "write_ntriples"]


def write_ntriples(rows: Iterable[Row]) -> Iterator[str]:
    r"""Write the triples of *rows* as canonical N-Triples, one line at a time; graphs are dropped.

    Raises:
        ExportError: A row cannot be exported.

    Source:
        RDF 1.1 N-Triples, section 4.

    >>> list(write_ntriples([("<x:b>", "<x:p>", '"1"', "<x:g>"), ("<x:a>", "<x:p>", "<x:b>", ""), ("<x:b>", "<x:p>", '"1"', "")]))
    ['<x:a> <x:p> <x:b> .\n', '<x:b> <x:p> "1" .\n']
    """
    # Tuples sort as their lines do: no term goes on where another ends, but for literals, whose suffixes all sort after a space.
    for s, p, o in sorted({row[:3] for row in canonical_rows(rows)}):
        yield f"{s} {p} {o} .\n"


def write_nquads(rows: Iterable[Row]) -> Iterator[str]:
    """Write *rows* as N-Quads in canonical form, one line at a time; a row without graph becomes a triple.

    Raises:
        ExportError: A row cannot be exported.
    """
    for s, p, o, g in sorted(set(canonical_rows(rows))):
        yield f"{s} {p} {o} {g} .\n" if g else f"{s} {p} {o} .\n"


def release_digest(rows: Iterable[Row]) -> str:
    """Name the triples of *rows* by the SHA-256 of their N-Triples file, as 64 hex digits (what ``sha256sum airm.nt`` prints).

    Raises:
        ExportError: A row cannot be exported.
    """
    digest = hashlib.sha256()
    for line in write_ntriples(rows):
        digest.update(line.encode())
    return digest.hexdigest()
