"""The side-car of an input: ``NAME.meta.yaml`` with what is known of a page, or of the sources that
a table names.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from airm_graph.frozen import frozen
from airm_graph.ingest.framework_items import check_lines
from airm_graph.model import Finding, Location
from airm_graph.rules import make_finding
from airm_graph.text import find_identifiers

__all__ = ["MAX_SIDECAR", "NamedSource", "Sidecar", "is_web_address", "read_sidecar"]

#: Short fields; more is no side-car.
MAX_SIDECAR = 64_000
#: A node of PyYAML, whose types leave out that it knows of which kind it is.
_Node = Any


# What RFC 3987 lets stand in an address, which becomes an IRI of the graph: brackets only around
# the number of a host, one fragment.
_CHARS = r"\w\-.~!$&'()*+,;=:@"
_OTHERS = r"\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd"


@frozen
class NamedSource:
    """A document as a side-car names it.

    Attributes:
        authors: Names with a semicolon between two.
        year: Four digits.
        doi: Without what stands before ``10.``, in lower case.
    """

    title: str
    authors: str | None = None
    year: str | None = None
    doi: str | None = None
    url: str | None = None


@frozen
class Sidecar:
    """What a side-car says; None where it is silent or not usable.

    Attributes:
        sources: Of a table: what its rows call a document → the document.
    """

    identifier: str | None = None
    url: str | None = None
    name: str | None = None
    retrieved: str | None = None
    source: NamedSource | None = None
    sources: tuple[tuple[str, NamedSource], ...] = ()


def read_sidecar(data: bytes, *, file: str) -> tuple[Sidecar, tuple[Finding, ...]]:
    """Read a side-car.

    Args:
        data: Its bytes.
        file: Its name, for findings.

    Returns:
        The usable fields, and a finding CAP-18 at its line for each that is not; findings of the
            IDN rules at the lines of what they name.

    >>> read_sidecar(b"name: Red teaming", file="a.meta.yaml")[0].name
    'Red teaming'
    """
    findings: list[Finding] = []
    fields: dict[str, str] = {}
    source: NamedSource | None = None
    sources: dict[str, NamedSource] = {}
    for key, value, line in _read_pairs(data, file, findings):
        if value.id == "mapping" and key == "source":
            source = source or _read_source(value, file, line, findings)
        elif value.id == "mapping" and key == "sources":
            for name, inner, at in _list_pairs(value):
                named = _read_source(inner, file, at, findings)
                if named:
                    sources.setdefault(name, named)
        else:
            _read_field(key, value, line, _CHECKS, fields, file, findings)
    retrieved = fields.get("retrieved", "")[:10] or None
    known = (fields.get("id") or None, fields.get("url") or None, fields.get("name") or None, retrieved)
    findings += check_lines(data.decode("utf-8", "replace").splitlines(), file=file)
    return Sidecar(*known, source, tuple(sorted(sources.items()))), tuple(findings)


def _read_field(
    key: str,
    value: _Node,
    line: int,
    checks: Mapping[str, Callable[[str], str]],
    fields: dict[str, str],
    file: str,
    findings: list[Finding],
) -> None:
    """Take in a field with one value; what is not usable is a finding."""
    every = (*checks, "source", "sources") if checks is _CHECKS else tuple(checks)
    if key not in every:
        findings.append(_finding(file, line, f"{key!r} is not one of {', '.join(every)}"))
    elif key not in checks:
        findings.append(_finding(file, line, f"{key!r} is a mapping with title, authors, year, doi and url"))
    elif value.id != "scalar":
        findings.append(_finding(file, line, f"{key!r} holds more than one value"))
    elif key in fields:
        findings.append(_finding(file, line, f"{key!r} stands twice; the first is used"))
    else:
        problem = checks[key](value.value)
        fields[key] = "" if problem else value.value.strip()
        if problem:
            findings.append(_finding(file, line, problem))


def _read_source(node: _Node, file: str, line: int, findings: list[Finding]) -> NamedSource | None:
    fields: dict[str, str] = {}
    for key, value, at in _list_pairs(node):
        _read_field(key, value, at, _OF_SOURCE, fields, file, findings)
    if not fields.get("title"):
        findings.append(_finding(file, line, "a source has a title"))
        return None
    given = {key: value or None for key, value in fields.items() if key != "title"}
    numbers = [number for number in find_identifiers(given.get("doi")) if number.startswith("doi:")]
    given["doi"] = numbers[0].removeprefix("doi:") if numbers else None
    return NamedSource(fields["title"], **given)


def _list_pairs(node: _Node) -> list[tuple[str, _Node, int]]:
    pairs = node.value if node.id == "mapping" else ()
    return [(str(key.value), value, key.start_mark.line + 1) for key, value in pairs]


def _read_pairs(data: bytes, file: str, findings: list[Finding]) -> list[tuple[str, _Node, int]]:
    if len(data) > MAX_SIDECAR:
        findings.append(_finding(file, None, f"the side-car has more than {MAX_SIDECAR:,} bytes"))
        return []
    import yaml

    try:
        # Nodes, not objects: they know their line, and an identifier such as 007 stays a text.
        node = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except RecursionError:
        findings.append(_finding(file, None, "not readable as YAML: nested too deep"))
        return []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        findings.append(
            _finding(file, mark.line + 1 if mark else None, f"not readable as YAML: {getattr(error, 'problem', None) or error}")
        )
        return []
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        findings.append(_finding(file, 1, "a side-car is a mapping such as 'name: Red teaming'"))
        return []
    return _list_pairs(node)


def _check_text(value: str) -> str:
    return "" if value.strip() and value.isprintable() and len(value) < 1000 else "the value is empty, too long or holds control characters"


def is_web_address(address: str) -> bool:
    """Whether a text is an http or https address that can be an IRI as it stands.

    >>> is_web_address("https://example.org/a"), is_web_address("https://example.org/a b")
    (True, False)
    """
    try:
        parts = urlsplit(address)
        usable = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    return usable and address.isprintable() and _compile_address(is_ascii=address.isascii()).fullmatch(address) is not None


@cache
def _compile_address(*, is_ascii: bool) -> re.Pattern[str]:
    """Compile the pattern of addresses; the one with all letters, which few have, takes 5 ms."""
    char = rf"(?:[{_CHARS}{'' if is_ascii else _OTHERS}]|%[0-9A-Fa-f]{{2}})"
    host, behind = rf"(?:{char}+|\[[0-9A-Fa-f:.]+\](?::\d+)?)", rf"(?:{char}|[/?])*"
    return re.compile(rf"(?i:https?)://{host}(?:/{char}*)*(?:\?{behind})?(?:#{behind})?")


def _check_url(value: str) -> str:
    return "" if is_web_address(value.strip()) else f"{value!r} is not an http or https address"


def _check_date(value: str) -> str:
    try:
        datetime.date.fromisoformat(value.strip()[:10])
    except ValueError:
        return f"{value!r} is not a date such as 2026-11-21"
    return ""


def _check_authors(value: str) -> str:
    return "" if value.strip() and value.isprintable() and len(value) < 20_000 else "the value is empty or holds control characters"


def _check_year(value: str) -> str:
    return "" if re.fullmatch(r"(?:19|20)\d\d", value.strip()) else f"{value!r} is not a year such as 2026"


def _check_doi(value: str) -> str:
    numbers = find_identifiers(value)
    return "" if numbers and numbers[0].startswith("doi:") else f"{value!r} is not a DOI such as 10.1000/182"


_CHECKS = {"id": _check_text, "url": _check_url, "name": _check_text, "retrieved": _check_date}
_OF_SOURCE = {"title": _check_text, "authors": _check_authors, "year": _check_year, "doi": _check_doi, "url": _check_url}


def _finding(file: str, line: int | None, message: str) -> Finding:
    return make_finding("CAP-18", message, Location(file, line, line))
