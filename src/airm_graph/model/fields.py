"""Names of fields that several packages share."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["GRAPH_TABLES", "LATER_COLUMNS", "ROLES", "TEXTS"]

#: The vocabularies whose terms a mitigation has.
ROLES = ("actor", "function", "lifecycle", "statement kind")
#: Texts of a mitigation beside its name and description: each is the name of a column in mappings
#: and in exported tables, and a field of ``triples.statements``.
TEXTS = ("note",)

#: Columns that exported tables have got since they were first written: those written before are
#: read without them.
LATER_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"graph-mitigations": ("reason", "statement kind", "derived from"), "graph-sources": ("called", "not described")}
)
#: The tables of a graph, as they are exported and read back: kind → its columns.
GRAPH_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "graph-mitigations": (
            *("name", "description", "actor", "lifecycle", "function", "statement kind", "other name", *TEXTS, "reason", "identifier"),
            *("mitigation", "part of", "derived from", "source", "evidence"),
        ),
        "graph-classifications": ("code", "label", "reason", "by", "agents", "created", "edition", "mitigation", "evidence"),
        "graph-subjects": ("notation", "label", "title", "concept", "scheme", "mitigation", "evidence"),
        "graph-sources": (
            "title",
            "authors",
            "issued",
            "numbers",
            "called",
            "addresses",
            "abstract",
            "other title",
            "creators",
            "not described",
            "source",
            "evidence",
        ),
        "graph-agents": ("name", "kind", "agent"),
        "graph-captures": ("files", "media type", "address", "retrieved", "edition", "rights", "status", "sha256"),
        "graph-evidence": ("text", "first line", "last line", "row", "column", "evidence"),
        "graph-repairs": ("rule", "before", "after", "line", "position", "evidence"),
    }
)
