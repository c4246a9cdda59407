"""The side-car of a capture: ``NAME.meta.yaml`` with id, url, name and retrieved, all optional."""

import datetime
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import yaml

from airm_graph.model import Finding, Location
from airm_graph.rules import make_finding

__all__ = ["MAX_SIDECAR", "Sidecar", "is_web_address", "read_sidecar"]

#: Four short fields; more is no side-car.
MAX_SIDECAR = 64_000


# What RFC 3987 lets stand in an address, which becomes an IRI of the graph: brackets only around the number of a host, one fragment.
_CHAR = r"(?:[\w\-.~!$&'()*+,;=:@\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U0001fffd]|%[0-9A-Fa-f]{2})"
_ADDRESS = re.compile(
    rf"(?i:https?)://(?:{_CHAR}+|\[[0-9A-Fa-f:.]+\](?::\d+)?)(?:/{_CHAR}*)*(?:\?(?:{_CHAR}|[/?])*)?(?:#(?:{_CHAR}|[/?])*)?"
)


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What a side-car says; None where it is silent or not usable."""

    identifier: str | None = None
    url: str | None = None
    name: str | None = None
    retrieved: str | None = None


def read_sidecar(data: bytes, *, file: str) -> tuple[Sidecar, tuple[Finding, ...]]:
    """Read a side-car.

    Args:
        data: Its bytes.
        file: Its name, for findings.

    Returns:
        The usable fields, and a finding CAP-18 at its line for each that is not.

    >>> read_sidecar(b"name: Red teaming", file="a.meta.yaml")[0].name
    'Red teaming'
    """
    findings: list[Finding] = []
    fields: dict[str, str | None] = {}
    for key, value, line in _read_pairs(data, file, findings):
        if key not in _CHECKS:
            findings.append(_finding(file, line, f"{key!r} is not one of {', '.join(_CHECKS)}"))
        elif key in fields:
            findings.append(_finding(file, line, f"{key!r} stands twice; the first is used"))
        else:
            problem = _CHECKS[key](value)
            fields[key] = None if problem else value.strip()
            if problem:
                findings.append(_finding(file, line, problem))
    return Sidecar(fields.get("id"), fields.get("url"), fields.get("name"), (fields.get("retrieved") or "")[:10] or None), tuple(findings)


def _read_pairs(data: bytes, file: str, findings: list[Finding]) -> list[tuple[str, str, int]]:
    if len(data) > MAX_SIDECAR:
        findings.append(_finding(file, None, f"the side-car has more than {MAX_SIDECAR:,} bytes"))
        return []
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
    pairs = []
    for key, value in node.value:
        line = key.start_mark.line + 1
        if isinstance(value, yaml.ScalarNode):
            pairs.append((str(key.value), value.value, line))
        else:
            findings.append(_finding(file, line, f"{key.value!r} holds more than one value"))
    return pairs


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
    return usable and address.isprintable() and _ADDRESS.fullmatch(address) is not None


def _check_url(value: str) -> str:
    return "" if is_web_address(value.strip()) else f"{value!r} is not an http or https address"


def _check_date(value: str) -> str:
    try:
        datetime.date.fromisoformat(value.strip()[:10])
    except ValueError:
        return f"{value!r} is not a date such as 2026-11-21"
    return ""


_CHECKS = {"id": _check_text, "url": _check_url, "name": _check_text, "retrieved": _check_date}


def _finding(file: str, line: int | None, message: str) -> Finding:
    return make_finding("CAP-18", message, Location(file, line, line))
