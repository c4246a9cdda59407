"""Nodes and locations of findings, in words for people."""

import re

from airm_graph.model import Finding, Location
from airm_graph.namespaces import BASE, PREFIXES

__all__ = ["describe_location", "describe_node", "shorten"]

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_LONGEST = 120  # characters of a value; enough to know it again


def describe_node(finding: Finding) -> str:
    """Name node, property and value of a result; empty for a finding that is not about a node."""
    names = (("node", finding.focus), ("property", finding.path), ("value", finding.value if finding.value != finding.focus else ""))
    return ", ".join(f"{name} {shorten(term)}" for name, term in names if term)


def describe_location(location: Location | None) -> str:
    """Write a location as ``FILE:LINE``, with row and column of a table; empty when there is none.

    >>> describe_location(Location("a.txt", 3, 4)), describe_location(Location("a.csv", 14, 15, row=12, column="Code"))
    ('a.txt:3', 'a.csv:14 (row 12, column Code)')
    """  # noqa: W505
    if location is None:
        return ""
    line = "" if location.first_line is None else f":{location.first_line}"
    column = f", column {location.column}" if location.column else ""
    return f"{location.file}{line}" + (f" (row {location.row}{column})" if location.row is not None else "")


def shorten(term: str) -> str:
    """Write a term or a path as in Turtle with the prefixes and the base of the project.

    A long literal is cut.

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
