"""What people call the columns of tables: the words of a header, held against names of columns."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from airm_graph.text import normalise

__all__ = ["CALLED", "compare_header", "is_of_others", "names_scheme", "rank_header", "split_words", "tells_other_relation"]

#: What people call a measure: a column of that name holds its name, or its text.
_MEASURE = (
    "mitigation", "mitigations", "countermeasure", "countermeasures", "measure", "control", "safeguard", "requirement", "recommendation",
    "remediation",
)  # fmt: skip
#: What people call a column, for each kind of table. The first entry is what the project calls it.
CALLED: dict[str, dict[str, tuple[str, ...]]] = {
    "mitigations": {
        "identifier": ("identifier", "id", "mitigation id", "key", "uid", "record id", "reference number", "ref", "ref id", "sid"),
        "name": ("name", "mitigation name", "mitigation", "measure", "control", "safeguard", "title", "label", "heading", "term",
                 "countermeasure", "recommendation", "requirement", "remediation", "practice"),
        "description": (
            "description", "definition", "mitigation description", *_MEASURE, "objective", "statement", "details", "text", "what it does",
            "explanation", "guidance", "prose",
        ),
        "note": ("note", "additional information", "notes", "comment", "comments", "remarks", "further information"),
        "source": (
            "source", "source id", "document", "document id", "doc", "paper", "reference", "from", "source document", "documentation",
            "publication", "citation",
        ),
        "parent": ("parent", "part of", "belongs to", "parent mitigation", "parent id"),
        "children": ("children", "child mitigations", "sub mitigations", "parts", "has parts"),
        "code": ("code", "classification", "category code", "taxonomy code", "class", "category"),
        "label": ("label", "code label", "category", "category name", "class label", "code name"),
        "reason": ("reason", "reasoning", "rationale", "justification", "why", "reason for the code"),
        "agent": ("agent", "classified by", "coded by", "annotator", "coder", "assigned by", "classifier"),
        "kind": ("kind", "agent kind", "agent type", "kind of agent", "classifier type"),
        "created": ("created", "classification date", "classified on", "date of classification", "coded on", "date"),
        "lifecycle": ("lifecycle", "ai lifecycle", "lifecycle stage", "stage", "phase"),
        "actor": ("actor", "ai actor", "role", "responsible", "responsible actor", "who"),
        "function": ("function", "airm", "risk management function", "nist function", "rmf function"),
        "statement kind": ("statement kind", "kind of statement", "statement type", "type of statement", "type"),
        "derived from": ("derived from", "was derived from", "taken from", "adapted from"),
    },
    "sources": {
        "identifier": ("identifier", "id", "source id", "document id", "key", "uid", "record id"),
        "title": ("title", "document", "document title", "paper title", "work", "name"),
        "authors": ("authors", "author list", "author", "by", "written by", "creators"),
        "first author": ("first author", "lead author"),
        "issued": ("issued", "year", "date", "published", "publication year", "publication date"),
        "url": ("url", "link", "address", "web address", "website"),
        "doi": ("doi",),
        "abstract": ("abstract", "summary"),
    },
    "taxonomy": {
        "code": ("code", "notation", "number", "category code"),
        "label": ("label", "name", "title", "category", "category name"),
        "parent": ("parent", "parent code", "broader", "above"),
    },
}  # fmt: skip
#: Headers that speak of a relation, and of none that a mapping knows.
_OTHER_RELATIONS = frozenset({"related", "see", "depends", "dependency", "requires", "references", "refers", "links", "linked", "similar"})
#: Words before "name", "title" or "ID" that say that something else than the row is called so.
_OF_OTHERS = frozenset(
    (
        "author", "authors", "category", "chapter", "company", "customer", "document", "domain", "family", "file", "framework", "group",
        "incident", "organisation", "organization", "owner", "paper", "parent", "person", "product", "project", "publication", "risk",
        "section", "service", "sheet", "source", "standard", "subsection", "tactic", "taxonomy", "team", "technique", "theme", "threat",
        "topic", "user", "vendor", "vulnerability",
    )
)  # fmt: skip
#: Meanings that such a word takes away.
_OF_THE_ROW = frozenset({"identifier", "name"})
#: What texts are called that may be about anything in the row.
_OF_ANYTHING = frozenset({"details", "text", "explanation", "prose"})
#: What columns are called that sort rows by a scheme of the publisher's own.
_SCHEMES = frozenset(
    (
        "category", "categories", "subcategory", "control category", "mitigation category", "domain", "domains", "subdomain",
        "control domain", "family", "control family", "code", "classification", "taxonomy", "taxonomy code", "theme", "topic", "class",
    )
)  # fmt: skip
_FILLERS = frozenset({"the", "of", "a", "primary", "other", "main", "secondary"})
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def split_words(header: str) -> list[str]:
    """Return the words of a header, however they are joined.

    >>> split_words("AILifecycle_Primary"), split_words("Source ID")
    (['ai', 'lifecycle', 'primary'], ['source', 'id'])
    """
    return [word.lower() for word in _WORD.findall(header)] or normalise(header).split()


def tells_other_relation(header: str) -> bool:
    """Whether a header speaks of a relation between rows that no mapping knows."""
    return bool(_OTHER_RELATIONS & set(split_words(header)))


def rank_header(header: str, names: Sequence[str]) -> int:
    """Return which of *names* a header is: the sooner, the more likely; the number of them for
    none.
    """
    words = " ".join(split_words(header))
    return names.index(words) if words in names else len(names)


def names_scheme(header: str) -> bool:
    """Whether a header says that the column sorts rows by some scheme."""
    return " ".join(split_words(header)) in _SCHEMES


def is_of_others(header: str, what: str) -> bool:
    """Whether a header says that a name or identifier is that of something else than the row."""
    return what in _OF_THE_ROW and bool(_OF_OTHERS & set(split_words(header)))


def compare_header(header: str, names: Sequence[str]) -> float:
    """Return how well a header fits what such a column is called, from 0 to 1."""
    words = split_words(header)
    if tells_other_relation(header):
        return 0.0
    plain = [word for word in words if word not in _FILLERS] or words
    best = 0.0
    for name in names:
        wanted = name.split()
        if words == wanted or plain == wanted:
            return 0.9 if name in _OF_ANYTHING else 1.0
        if plain[-len(wanted) :] == wanted or plain[: len(wanted)] == wanted:
            best = max(best, 0.75)
        elif set(wanted) <= set(plain):
            best = max(best, 0.6)
        ratio = SequenceMatcher(None, " ".join(plain), name).ratio()
        best = max(best, ratio * 0.7 if ratio > 0.9 else 0.0)
    return best
