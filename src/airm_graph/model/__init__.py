"""The records: what a page says (``pages``) and what all inputs together say (``records``). Frozen,
and free of RDF.
"""

from airm_graph.model.fields import GRAPH_TABLES, LATER_COLUMNS, ROLES, TEXTS
from airm_graph.model.findings import Finding, Location, Rejected, Severity, TableCount
from airm_graph.model.join_decisions import CodeDecision, Decisions, JoinDecision, Link, Mention
from airm_graph.model.pages import (
    Agent,
    AssignedCode,
    Capture,
    Entry,
    Evidence,
    Heading,
    Item,
    OwnEntry,
    Page,
    Parent,
    Repair,
    Role,
    SourceBlock,
    Subject,
    Text,
)
from airm_graph.model.records import Attested, Classification, Mitigation, Records, Source

__all__ = [
    "GRAPH_TABLES",
    "LATER_COLUMNS",
    "ROLES",
    "TEXTS",
    "Agent",
    "AssignedCode",
    "Attested",
    "Capture",
    "Classification",
    "CodeDecision",
    "Decisions",
    "Entry",
    "Evidence",
    "Finding",
    "Heading",
    "Item",
    "JoinDecision",
    "Link",
    "Location",
    "Mention",
    "Mitigation",
    "OwnEntry",
    "Page",
    "Parent",
    "Records",
    "Rejected",
    "Repair",
    "Role",
    "Severity",
    "Source",
    "SourceBlock",
    "Subject",
    "TableCount",
    "Text",
]
