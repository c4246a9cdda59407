"""Quads of a table to files: one module for each format, all of them the same bytes for the same
statements. What writes is imported when it is first asked for.

A new format is a class with the methods of ``writer.BlockFormat`` and a line in ``EXPORTS``.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from airm_graph.errors import ExportError
from airm_graph.export.files import Written, replace_file, replace_folder_files, write_folder
from airm_graph.frozen import frozen
from airm_graph.lazy import defer_imports
from airm_graph.namespaces import BASE, PREFIXES, rebase_text
from airm_graph.resources import read_resource

if TYPE_CHECKING:
    from airm_graph.export.jsonld import JsonBlocks
    from airm_graph.export.quad_sources import QuadList, QuadSource, TableQuads
    from airm_graph.export.rdfxml import XmlBlocks
    from airm_graph.export.turtle import TurtleBlocks
    from airm_graph.export.writer import BlockFormat, Notes, Sink

__all__ = [
    "EXPORTS",
    "Export",
    "Notes",
    "Options",
    "QuadList",
    "QuadSource",
    "TableQuads",
    "Written",
    "export_text",
    "find_formats",
    "make_options",
    "release_digest",
    "replace_file",
    "replace_folder_files",
    "write_exports",
    "write_folder",
]

_HOMES = {**dict.fromkeys(("QuadList", "QuadSource", "TableQuads"), "export.quad_sources"), "Notes": "export.writer"}

__getattr__ = defer_imports(__name__, _HOMES)

#: Characters of a format that are kept in memory before they are handed out.
_KEPT = 16 << 20


@frozen
class Options:
    """What writers are told; each takes what it needs.

    Attributes:
        comment: Text for the top of the Turtle file.
        context: Parsed JSON-LD context.
        prefixes: Prefix to namespace.
    """

    comment: str = ""
    context: Mapping[str, Any] | None = None
    prefixes: Mapping[str, str] = field(default_factory=lambda: PREFIXES)


@frozen
class Export:
    """A format: the name of its file, its media type, and what writes its blocks; None for
    lines.
    """

    file_name: str
    media_type: str
    blocks: "Callable[[Options], BlockFormat] | None" = None


def _make_json_blocks(options: Options) -> "JsonBlocks":
    from airm_graph.export.jsonld import JsonBlocks

    if options.context is None:
        raise ExportError("JSON-LD needs a context; give the parsed ontology/context.jsonld")
    return JsonBlocks(options.context.get("@context", options.context))


def _make_xml_blocks(options: Options) -> "XmlBlocks":
    from airm_graph.export.rdfxml import XmlBlocks

    return XmlBlocks(options.prefixes)


def _make_turtle_blocks(options: Options) -> "TurtleBlocks":
    from airm_graph.export.turtle import TurtleBlocks

    return TurtleBlocks(options.prefixes, comment=options.comment)


#: Every format by its name.
EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "jsonld": Export("airm.jsonld", "application/ld+json", _make_json_blocks),
        "nquads": Export("airm.nq", "application/n-quads"),
        "ntriples": Export("airm.nt", "application/n-triples"),
        "rdfxml": Export("airm.rdf", "application/rdf+xml", _make_xml_blocks),
        "turtle": Export("airm.ttl", "text/turtle", _make_turtle_blocks),
    }
)


def find_formats(names: Iterable[str]) -> list[str]:
    """Put names of formats into the order of ``EXPORTS``.

    Raises:
        ExportError: There is no format of that name.
    """
    wanted = set(names)
    if unknown := sorted(wanted - EXPORTS.keys()):
        raise ExportError(f"unknown format {', '.join(unknown)}; use one of {', '.join(EXPORTS)}")
    return [name for name in EXPORTS if name in wanted]


def make_options(base: str = BASE, *, comment: str = "") -> Options:
    """Make what the writers are told about a graph with this base."""
    import json

    context = json.loads(rebase_text(read_resource("ontology/context.jsonld"), base))
    prefixes = {prefix: rebase_text(namespace, base) for prefix, namespace in PREFIXES.items()}
    return Options(comment, context, prefixes)


def write_exports(source: "QuadSource", sinks: "Mapping[str, Sink]", *, options: Options, notes: "Notes | None" = None) -> None:
    """Write quads in several formats.

    Args:
        source: What is written.
        sinks: Name of a format to what takes the pieces of its file.
        options: What the writers are told.
        notes: Are taken of blocks.

    Raises:
        ExportError: A format is unknown or cannot say what stands there.
    """
    from airm_graph.export.writer import write_blocks, write_lines

    names = find_formats(sinks)
    triples, quads = ([sinks[name] for name in names if name == wanted] for wanted in ("ntriples", "nquads"))
    write_lines(source, triples=triples, quads=quads)
    makers = ((name, EXPORTS[name].blocks) for name in names)
    forms = [(make(options), sinks[name]) for name, make in makers if make]
    write_blocks(source, forms, prefixes=options.prefixes, notes=notes)


def export_text(source: "QuadSource", format: str, *, options: Options | None = None) -> Iterator[str]:  # noqa: A002 - the word users know
    r"""Write one format as pieces of text; nothing comes out before all could be written.

    Raises:
        ExportError: As for `write_exports`.

    >>> from airm_graph.export import QuadList
    >>> quads = [("<x:b>", "<x:p>", '"1"', "<x:g>"), ("<x:a>", "<x:p>", "<x:b>", "")]
    >>> "".join(export_text(QuadList(quads), "ntriples"))
    '<x:a> <x:p> <x:b> .\n<x:b> <x:p> "1" .\n'
    """
    with SpooledTemporaryFile(_KEPT, mode="w+", encoding="utf-8", newline="") as kept:
        write_exports(source, {format: kept.write}, options=options or make_options())
        kept.seek(0)
        while piece := kept.read(_KEPT):
            yield piece


def release_digest(source: "QuadSource") -> str:
    """Name the triples by the SHA-256 of their N-Triples file (what ``sha256sum airm.nt``
    prints).
    """
    from airm_graph.export.writer import write_lines

    digest = hashlib.sha256()
    write_lines(source, triples=[lambda piece: digest.update(piece.encode())])
    return digest.hexdigest()
