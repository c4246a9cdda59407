"""What makes a finding the same finding after lines have moved."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from airm_graph.model import Finding
from airm_graph.validate.results import sort_findings

__all__ = ["WRITTEN", "digest_parts", "find_kind", "fingerprint_findings"]

#: Begins the identity of a finding of a written report, which goes on with its fingerprint.
WRITTEN = "written"

_LENGTH = 16  # hexadecimal digits: 64 bits keep a million findings apart


def fingerprint_findings(findings: Iterable[Finding]) -> list[tuple[Finding, str]]:
    """Sort findings and give each its fingerprint, which no line number enters.

    A result of a shape is known by its identity: constraint, node, property, component, value and
    language, and by each part of what is wrong, whatever file states them; any other by rule, file and
    the text that it quotes, or its message where it quotes none.
    The second of two that agree in all this ends in ``-2``, and so on.

    >>> from airm_graph.model import Location, Severity
    >>> moved = [Finding("CAP-08", Severity.WARNING, "no reason", location=Location("a.txt", line, line, "Text")) for line in (3, 30)]
    >>> len({fingerprint_findings([finding])[0][1] for finding in moved})
    1
    """  # noqa: W505
    counts: Counter[str] = Counter()
    found = []
    for finding in sort_findings(findings):
        if finding.identity[:1] == (WRITTEN,):
            found.append((finding, finding.identity[1]))
            continue
        digest = _digest((*_list_marks(finding), *map(_from_here, finding.parts)))
        counts[digest] += 1
        found.append((finding, digest if counts[digest] == 1 else f"{digest}-{counts[digest]}"))
    return found


def find_kind(finding: Finding) -> str:
    """Find the fingerprint of what several findings share that differ in their parts alone."""
    return _digest(_list_marks(finding))


def digest_parts(finding: Finding) -> tuple[str, ...]:
    """Digest each part of what is wrong."""
    return tuple(sorted(_digest((_from_here(part),)) for part in finding.parts))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:_LENGTH]


def _list_marks(finding: Finding) -> tuple[str, ...]:
    if finding.identity:
        return tuple(map(_from_here, finding.identity))
    if finding.focus.startswith("<"):
        # A blank node has no name that lasts.
        return finding.rule, finding.focus, finding.path, "" if finding.value.startswith("_:") else finding.value
    location = finding.location
    text = " ".join(location.text.split()) if location else ""
    return finding.rule, location.file if location else "", text or finding.message, finding.path


def _from_here(text: str) -> str:
    """Take the folder of the run out of IRIs that are relative in their file, which lies elsewhere
    on other machines.
    """
    return text.replace(f"{Path.cwd().as_uri()}/", "") if "<file:" in text else text
