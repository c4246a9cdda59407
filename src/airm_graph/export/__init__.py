"""Rows to files: one module per format, all of them the same bytes for the same statements."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from airm_graph.errors import ExportError
from airm_graph.export.files import replace_file, replace_folder_files
from airm_graph.export.jsonld import write_jsonld
from airm_graph.export.ntriples import release_digest, write_nquads, write_ntriples
from airm_graph.export.rdfxml import write_rdfxml
from airm_graph.export.terms import Chunks, Row
from airm_graph.export.turtle import write_turtle
from airm_graph.namespaces import PREFIXES

__all__ = [
    "EXPORTS",
    "Export",
    "Options",
    "release_digest",
    "replace_file",
    "replace_folder_files",
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
    """A format: the name of its file, its media type, and what writes it."""

    file_name: str
    media_type: str
    write: Callable[[Iterable[Row], Options], Chunks]


def _write_jsonld(rows: Iterable[Row], options: Options) -> bytes:
    if options.context is None:
        raise ExportError("JSON-LD needs a context; give the parsed ontology/context.jsonld")
    return write_jsonld(rows, context=options.context, prefixes=options.prefixes)


#: Every format by its name.
EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "jsonld": Export("airm.jsonld", "application/ld+json", _write_jsonld),
        "nquads": Export("airm.nq", "application/n-quads", lambda rows, _: write_nquads(rows)),
        "ntriples": Export("airm.nt", "application/n-triples", lambda rows, _: write_ntriples(rows)),
        "rdfxml": Export("airm.rdf", "application/rdf+xml", lambda rows, options: write_rdfxml(rows, prefixes=options.prefixes)),
        "turtle": Export(
            "airm.ttl", "text/turtle", lambda rows, options: write_turtle(rows, comment=options.comment, prefixes=options.prefixes)
        ),
    }
)


def write_files(
    rows: Iterable[Row],
    folder: Path,
    *,
    formats: Collection[str] = tuple(EXPORTS),
    comment: str = "",
    context: Mapping[str, Any] | None = None,
    prefixes: Mapping[str, str] = PREFIXES,
) -> dict[str, Path]:
    """Write *rows* in several formats into a folder; when one cannot be written, no file is changed.

    Args:
        rows: Statements as N-Quads terms, read once.
        folder: Made when it is missing.
        formats: Names of ``EXPORTS``.
        comment: Text for the top of the Turtle file, for example the preliminary notice.
        context: Parsed JSON-LD context, needed for ``jsonld``.
        prefixes: Prefix to namespace.

    Returns:
        Format to path, in the order of *formats*.

    Raises:
        ExportError: A format is unknown, a row cannot be exported, or a file cannot be written.
    """
    if unknown := sorted(set(formats) - EXPORTS.keys()):
        raise ExportError(f"unknown format {', '.join(unknown)}; use {', '.join(EXPORTS)}")
    kept = rows if isinstance(rows, list | tuple) else list(rows)
    options = Options(comment=comment, context=context, prefixes=prefixes)
    names = {name: EXPORTS[name].file_name for name in formats}
    paths = replace_folder_files(folder, {names[name]: EXPORTS[name].write(kept, options) for name in names})
    return {name: paths[file_name] for name, file_name in names.items()}
