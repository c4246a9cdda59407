"""Rows to files: one module per format, all of them the same bytes for the same statements.

Two ways lead in. ``EXPORTS[name].write(rows, options)`` and the functions ``write_turtle`` and so on take rows in any order, hold them,
and return the pieces of one file. ``write_files(rows, folder)`` takes an iterator of rows **in the order of their subjects** (by code
point of the term in canonical form, which is what ``ORDER BY`` a VARCHAR gives in DuckDB; inside a subject any order will do, s, p, o, g
is the fastest), passes over them once for all formats together, and holds no more than a batch of rows (``batches.BATCH_SIZE``), the
rows of one subject, and 64 Mi characters of written text, beyond which it sorts on disk (``blocks``). Each file is written beside its
place, with its digest, and all are renamed together.

On the way rows are put together by the shape of their subjects (``batches``), so that each format makes a template once for a shape and
fills it for many subjects at a time; lines go out at once, blocks in reading order at the end (``streams``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export.batches import sort_rows
from airm_graph.export.files import Written, draft_files, replace_file, replace_folder_files
from airm_graph.export.jsonld import JsonBlocks, write_jsonld
from airm_graph.export.ntriples import quad_lines, release_digest, triple_lines, write_nquads, write_ntriples
from airm_graph.export.rdfxml import XmlBlocks, write_rdfxml
from airm_graph.export.streams import BlockFormat, LineFormat, Note, write_blocks, write_lines, write_streams
from airm_graph.export.terms import Row
from airm_graph.export.turtle import TurtleBlocks, write_turtle
from airm_graph.namespaces import PREFIXES

__all__ = [
    "EXPORTS",
    "Export",
    "Options",
    "Written",
    "release_digest",
    "replace_file",
    "replace_folder_files",
    "sort_rows",
    "write_files",
    "write_jsonld",
    "write_nquads",
    "write_ntriples",
    "write_rdfxml",
    "write_turtle",
]


@dataclass(frozen=True, slots=True)
class Options:
    """What writers may be told; each takes what it needs.

    Attributes:
        comment: Text for the top of the Turtle file.
        context: Parsed JSON-LD context.
        prefixes: Prefix to namespace.
    """

    comment: str = ""
    context: Mapping[str, Any] | None = None
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)


@dataclass(frozen=True, slots=True)
class Export:
    """A format: the name of its file, its media type, and what writes it, line by line or subject by subject."""

    file_name: str
    media_type: str
    lines: LineFormat | None = None
    blocks: Callable[[Options], BlockFormat] | None = None

    def write(self, rows: Iterable[Row], options: Options) -> Iterable[str]:
        """Write rows in any order; returns the pieces of the file.

        Raises:
            ExportError: A row cannot be exported.
        """
        if self.blocks:
            return write_blocks(rows, self.blocks(options), prefixes=options.prefixes)
        return write_lines(rows, self.lines) if self.lines else ()


def _json_blocks(options: Options) -> JsonBlocks:
    if options.context is None:
        raise ExportError("JSON-LD needs a context; give the parsed ontology/context.jsonld")
    return JsonBlocks(options.context.get("@context", options.context))


#: Every format by its name.
EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "jsonld": Export("airm.jsonld", "application/ld+json", blocks=_json_blocks),
        "nquads": Export("airm.nq", "application/n-quads", lines=quad_lines),
        "ntriples": Export("airm.nt", "application/n-triples", lines=triple_lines),
        "rdfxml": Export("airm.rdf", "application/rdf+xml", blocks=lambda options: XmlBlocks(options.prefixes)),
        "turtle": Export("airm.ttl", "text/turtle", blocks=lambda options: TurtleBlocks(options.prefixes, comment=options.comment)),
    }
)


def write_files(
    rows: Iterable[Row],
    folder: Path,
    *,
    formats: Collection[str] = tuple(EXPORTS),
    options: Options = Options(),
    beside: Mapping[str, bytes] = MappingProxyType({}),
    sums: str = "",
    note: Note | None = None,
) -> dict[str, Written]:
    """Write rows in several formats into a folder in one pass; when one cannot be written, no file is changed.

    Args:
        rows: Statements as N-Quads terms in the order of their subjects (see the head of this module); ``sort_rows`` puts others in order.
        folder: Made when it is missing.
        formats: Names of ``EXPORTS``.
        options: What the writers are told; ``jsonld`` needs a context.
        beside: Other files of the folder, name to content, that are to change together with the exports.
        sums: Name of a file with the SHA-256 of each file, as ``sha256sum`` prints it; none when empty.
        note: Is told of every block, the formats in the order of *formats*.

    Returns:
        File name to path and digest, in the order of *formats*, then *beside*, then *sums*.

    Raises:
        ExportError: A format is unknown, a row cannot be exported, subjects are out of order, or a file cannot be written.
    """
    if unknown := sorted(set(formats) - EXPORTS.keys()):
        raise ExportError(f"unknown format {', '.join(unknown)}; use {', '.join(EXPORTS)}")
    chosen = [EXPORTS[name] for name in formats]
    forms = [export.blocks(options) if export.blocks else None for export in chosen]
    names = [*(export.file_name for export in chosen), *beside, *([sums] if sums else [])]
    paths = [folder / name for name in names]
    with draft_files(paths, make_folder=folder) as drafts:
        given = list(zip(chosen, forms, drafts, strict=False))
        write_streams(
            rows,
            lines=[(export.lines, draft.write) for export, _, draft in given if export.lines],
            blocks=[(form, draft.write) for _, form, draft in given if form],
            prefixes=options.prefixes,
            note=note,
        )
        for data, draft in zip(beside.values(), drafts[len(chosen) :], strict=False):
            draft.write(data)
        found = {name: draft for name, draft in zip(names, drafts, strict=True) if name != sums}
        if sums:
            drafts[-1].write("".join(f"{found[name].sha256}  {name}\n" for name in sorted(found)))
    return {name: Written(path, draft.sha256) for name, path, draft in zip(names, paths, drafts, strict=True)}
