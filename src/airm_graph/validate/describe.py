"""Nodes and places of findings, in words for people."""

import re

from airm_graph.model import Finding, Place
from airm_graph.namespaces import BASE, PREFIXES

__all__ = ["describe_node", "say_place", "shorten"]

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_LONGEST = 120  # characters of a value; enough to know it again


def describe_node(finding: Finding) -> str:
    """The node, property and value of a result, shortened; empty for a finding that is not about a node."""
    names = (("node", finding.focus), ("property", finding.path), ("value", finding.value if finding.value != finding.focus else ""))
    return ", ".join(f"{name} {shorten(term)}" for name, term in names if term)


def say_place(place: Place | None) -> str:
    """A place as ``FILE:LINE``, with row and column of a table; empty when there is none.

    >>> say_place(Place("a.txt", 3, 4)), say_place(Place("a.csv", 14, 15, row=12, column="Code"))
    ('a.txt:3', 'a.csv:14 (row 12, column Code)')
    """
    if place is None:
        return ""
    line = "" if place.first_line is None else f":{place.first_line}"
    column = f", column {place.column}" if place.column else ""
    return f"{place.file}{line}" + (f" (row {place.row}{column})" if place.row is not None else "")


def shorten(term: str) -> str:
    """Write a term or a path as in Turtle with the prefixes and the base of the project; a long literal is cut.

    >>> shorten("<http://www.w3.org/2000/01/rdf-schema#label>"), shorten("<https://w3id.org/airm-graph/source/doe-2025>")
    ('rdfs:label', '<source/doe-2025>')
    """
    if term.startswith('"'):
        return term if len(term) <= _LONGEST else term[: _LONGEST - 1] + "…"
    return re.sub(r"<([^>]*)>", _prefixed, term)


def _prefixed(match: re.Match[str]) -> str:
    for prefix, namespace in PREFIXES.items():
        if match[1].startswith(namespace) and _LOCAL.match(match[1][len(namespace) :]):
            return f"{prefix}:{match[1][len(namespace) :]}"
    return f"<{match[1].removeprefix(BASE)}>"
