"""What several formats say in the same words: paths, sentences, and where a rule is explained."""

import posixpath
import re
from collections.abc import Mapping

from airm_graph.model import Finding
from airm_graph.namespaces import BASE
from airm_graph.validate.describe import describe_node

__all__ = ["find_file", "find_path", "rule_address", "say_in_file", "say_what"]

_RULE = re.compile(r"[A-Z]{2,}-[0-9]{2}\Z")
#: A table of a workbook: the file, and its sheet.
_SHEET = re.compile(r"(.+\.xls[xm](?:\.gz|\.zst|\.zip)?)#(.+)", re.IGNORECASE | re.DOTALL)


def find_path(name: str, *, paths: Mapping[str, str]) -> str:
    """Find the path of a file named in a finding.

    A file beside an input, such as its sidecar, is found beside it.

    >>> find_path("a/p.meta.yaml", paths={"a/p.txt": "captures/a/p.txt"})
    'captures/a/p.meta.yaml'
    """
    if name in paths:
        return paths[name]
    folder, own = posixpath.split(name)
    beside = next((path for other, path in sorted(paths.items()) if posixpath.dirname(other) == folder), None)
    return name if beside is None else posixpath.join(posixpath.dirname(beside), own)


def find_file(name: str, *, paths: Mapping[str, str]) -> str:
    """Find the file in a checkout: of a sheet, the workbook.

    >>> find_file("a.xlsx#Measures", paths={"a.xlsx#Measures": "tables/a.xlsx#Measures"})
    'tables/a.xlsx'
    """
    path = find_path(name, paths=paths)
    return sheet[1] if (sheet := _SHEET.fullmatch(path)) else path


def say_what(finding: Finding) -> str:
    """Say what is wrong, what to do, and about what, in one line."""
    parts = [finding.message, finding.remedy, describe_node(finding)]
    return re.sub(r"\s+", " ", "; ".join(part for part in parts if part))


def say_in_file(finding: Finding) -> str:
    """Say what `say_what` does and, of a workbook, in which sheet."""
    sheet = _SHEET.fullmatch(finding.location.file) if finding.location else None
    return say_what(finding) + (f"; sheet {sheet[2]}" if sheet else "")


def rule_address(rule: str) -> str | None:
    """Find the address of the page of a rule; None for a rule of somebody else's shapes."""
    return f"{BASE}rules/{rule}" if _RULE.match(rule) else None
