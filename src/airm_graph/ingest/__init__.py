"""Bytes in, records out."""

from typing import TYPE_CHECKING

from airm_graph.lazy import defer_imports

if TYPE_CHECKING:
    from airm_graph.ingest.captures.cached import Reader
    from airm_graph.ingest.proposals import propose_mapping
    from airm_graph.ingest.readings import Readings, read_captures, read_pages
    from airm_graph.ingest.tables.propose import Proposal

__all__ = [
    "Proposal",
    "Reader",
    "Readings",
    "propose_mapping",
    "read_captures",
    "read_pages",
]

_HOMES = {
    "Proposal": "ingest.tables.propose",
    "Reader": "ingest.captures.cached",
    **dict.fromkeys(("Readings", "read_captures", "read_pages"), "ingest.readings"),
    "propose_mapping": "ingest.proposals",
}

__getattr__ = defer_imports(__name__, _HOMES)
