"""Quads of a table to files: one module for each format, all of them the same bytes for the same
statements.

A new format is a class with the methods of ``writer.BlockFormat`` and a line in ``EXPORTS``. Names
are imported when they are first asked for: most commands write nothing.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.export.files import Written, replace_file, replace_folder_files, write_folder
    from airm_graph.export.formats import EXPORTS, LINKS, QUARANTINE, Export, Options, find_formats, make_options
    from airm_graph.export.quad_sources import QuadList, QuadSource, TableQuads
    from airm_graph.export.texts import export_text, release_digest, write_exports
    from airm_graph.export.writer import Notes

__all__ = [
    "EXPORTS",
    "LINKS",
    "QUARANTINE",
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

_HOMES = {
    **dict.fromkeys(("Written", "replace_file", "replace_folder_files", "write_folder"), "export.files"),
    **dict.fromkeys(("EXPORTS", "LINKS", "QUARANTINE", "Export", "Options", "find_formats", "make_options"), "export.formats"),
    **dict.fromkeys(("QuadList", "QuadSource", "TableQuads"), "export.quad_sources"),
    **dict.fromkeys(("export_text", "release_digest", "write_exports"), "export.texts"),
    "Notes": "export.writer",
}

__getattr__ = defer_imports(__name__, _HOMES)
