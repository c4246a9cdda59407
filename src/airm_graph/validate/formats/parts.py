"""What several formats say in the same words: paths, sentences, and where a rule is explained."""

import posixpath
import re
from collections.abc import Mapping

from airm_graph.model import Finding, Place
from airm_graph.namespaces import BASE, PREFIXES

__all__ = ["describe_node", "find_path", "rule_address", "say_place", "say_what", "shorten"]

_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_LONGEST = 120  # characters of a value; enough to know it again
_RULE = re.compile(r"[A-Z]{2,}-[0-9]{2}\Z")


def find_path(name: str, *, paths: Mapping[str, str]) -> str:
    """The path of a file named in a finding; a file beside an input, such as its side-car, is found beside it.

    >>> find_path("a/p.meta.yaml", paths={"a/p.txt": "captures/a/p.txt"})
    'captures/a/p.meta.yaml'
    """
    if name in paths:
        return paths[name]
    folder, own = posixpath.split(name)
    beside = next((path for other, path in sorted(paths.items()) if posixpath.dirname(other) == folder), None)
    return name if beside is None else posixpath.join(posixpath.dirname(beside), own)


def say_what(finding: Finding) -> str:
    """What is wrong, what to do, and about what, in one line."""
    parts = [finding.message, finding.remedy, describe_node(finding)]
    return re.sub(r"\s+", " ", "; ".join(part for part in parts if part))


def describe_node(finding: Finding) -> str:
    """The node, property and value of a result, shortened; empty for a finding that is not about a node."""
    names = (("node", finding.focus), ("property", finding.path), ("value", finding.value if finding.value != finding.focus else ""))
    return ", ".join(f"{name} {shorten(term)}" for name, term in names if term)


def say_place(place: Place | None) -> str:
    """A place as ``FILE:LINE``; empty when there is none.

    >>> say_place(Place("a.txt", 3, 4))
    'a.txt:3'
    """
    if place is None:
        return ""
    return place.file if place.first_line is None else f"{place.file}:{place.first_line}"


def shorten(term: str) -> str:
    """Write the IRIs in a term or a path with the prefixes of the project where they have one, and cut what is long.

    >>> shorten("<http://www.w3.org/2000/01/rdf-schema#label>")
    'rdfs:label'
    """
    text = re.sub(r"<([^>]*)>", _prefixed, term) if not term.startswith('"') else term
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _prefixed(match: re.Match[str]) -> str:
    for prefix, namespace in PREFIXES.items():
        if match[1].startswith(namespace) and _LOCAL.match(match[1][len(namespace) :]):
            return f"{prefix}:{match[1][len(namespace) :]}"
    return match.group()


def rule_address(rule: str) -> str | None:
    """The address of the page of a rule of this project; None for a rule of somebody else's shapes."""
    return f"{BASE}rules/{rule}" if _RULE.match(rule) else None
