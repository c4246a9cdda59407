"""Everything in a row: reader, merge, statements, shapes, closure, files.

Names are imported when they are first asked for, so that a command pays for what it uses only.
"""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.ingest import Proposal
    from airm_graph.ingest.fix import find_fixes
    from airm_graph.pipeline.building import build, open_reader
    from airm_graph.pipeline.comparison import compare_with, diff, read_release
    from airm_graph.pipeline.describing import count_set_aside, describe, describe_pages
    from airm_graph.pipeline.folder_build import build_into
    from airm_graph.pipeline.keeping_ids import load_ids
    from airm_graph.pipeline.loading import find_base, is_release, load, load_mitigations, read_rdf, read_sums
    from airm_graph.pipeline.marks import REPORT, SUMS
    from airm_graph.pipeline.migration import propose_mapping
    from airm_graph.pipeline.options import BuildOptions
    from airm_graph.pipeline.platform import EMBEDDED, Platform
    from airm_graph.pipeline.validation import validate_inputs
    from airm_graph.pipeline.views import Graph
    from airm_graph.pipeline.writable import WRITTEN

__all__ = [
    "EMBEDDED",
    "REPORT",
    "SUMS",
    "WRITTEN",
    "BuildOptions",
    "Graph",
    "Platform",
    "Proposal",
    "build",
    "build_into",
    "compare_with",
    "count_set_aside",
    "describe",
    "describe_pages",
    "diff",
    "find_base",
    "find_fixes",
    "is_release",
    "load",
    "load_ids",
    "load_mitigations",
    "open_reader",
    "propose_mapping",
    "read_rdf",
    "read_release",
    "read_sums",
    "validate_inputs",
]

_HOMES = {
    "Proposal": "ingest",
    "find_fixes": "ingest.fix",
    "build_into": "pipeline.folder_build",
    **dict.fromkeys(("build", "open_reader"), "pipeline.building"),
    **dict.fromkeys(("compare_with", "diff", "read_release"), "pipeline.comparison"),
    **dict.fromkeys(("count_set_aside", "describe", "describe_pages"), "pipeline.describing"),
    "load_ids": "pipeline.keeping_ids",
    **dict.fromkeys(("find_base", "is_release", "load", "load_mitigations", "read_rdf", "read_sums"), "pipeline.loading"),
    "propose_mapping": "pipeline.migration",
    "BuildOptions": "pipeline.options",
    **dict.fromkeys(("EMBEDDED", "Platform"), "pipeline.platform"),
    "validate_inputs": "pipeline.validation",
    "Graph": "pipeline.views",
    **dict.fromkeys(("REPORT", "SUMS"), "pipeline.marks"),
    "WRITTEN": "pipeline.writable",
}

__getattr__ = defer_imports(__name__, _HOMES)
