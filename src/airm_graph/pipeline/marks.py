"""By what a written graph is known: the names of files in it, and the notice that it carries."""

from typing import TYPE_CHECKING

from airm_graph.namespaces import literal
from airm_graph.notice import NOTICE

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable

__all__ = ["REPORT", "SUMS", "states_notice"]

#: The file that makes a folder a written graph.
SUMS = "SHA256SUMS"
#: Findings for programs.
REPORT = "report.json"


def states_notice(table: "TripleTable") -> bool:
    """Whether data says itself that it is not to be shared."""
    return bool(table.find_ids([literal(NOTICE), literal(NOTICE, language="en")]))
