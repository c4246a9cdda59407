"""Quads to texts and digests, in several formats at once."""

import hashlib
from collections.abc import Iterator, Mapping

from airm_graph.export.formats import EXPORTS, Options, find_formats, make_options
from airm_graph.export.quad_sources import QuadSource
from airm_graph.export.writer import Notes, Sink, write_blocks, write_lines

__all__ = ["export_text", "release_digest", "write_exports"]

#: Characters of a format that are kept in memory before they are handed out.
_KEPT = 16 << 20


def write_exports(source: QuadSource, sinks: Mapping[str, Sink], *, options: Options, notes: Notes | None = None) -> None:
    """Write quads in several formats.

    Args:
        source: What is written.
        sinks: Name of a format to what takes the pieces of its file.
        options: What the writers are told.
        notes: Are taken of blocks.

    Raises:
        ExportError: A format is unknown or cannot say what stands there.
    """
    names = find_formats(sinks)
    triples, quads = ([sinks[name] for name in names if name == wanted] for wanted in ("ntriples", "nquads"))
    write_lines(source, triples=triples, quads=quads)
    makers = ((name, EXPORTS[name].blocks) for name in names)
    forms = [(make(options), sinks[name]) for name, make in makers if make]
    write_blocks(source, forms, prefixes=options.prefixes, notes=notes)


def export_text(source: QuadSource, format: str, *, options: Options | None = None) -> Iterator[str]:  # noqa: A002 - the word users know
    r"""Write one format as pieces of text; nothing comes out before all could be written.

    Raises:
        ExportError: As for `write_exports`.

    >>> from airm_graph.export import QuadList
    >>> quads = [("<x:b>", "<x:p>", '"1"', "<x:g>"), ("<x:a>", "<x:p>", "<x:b>", "")]
    >>> "".join(export_text(QuadList(quads), "ntriples"))
    '<x:a> <x:p> <x:b> .\n<x:b> <x:p> "1" .\n'
    """
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(_KEPT, mode="w+", encoding="utf-8", newline="") as kept:
        write_exports(source, {format: kept.write}, options=options or make_options())
        kept.seek(0)
        while piece := kept.read(_KEPT):
            yield piece


def release_digest(source: QuadSource) -> str:
    """Name the triples by the SHA-256 of their N-Triples file (what ``sha256sum airm.nt``
    prints).
    """
    digest = hashlib.sha256()
    write_lines(source, triples=[lambda piece: digest.update(piece.encode())])
    return digest.hexdigest()
