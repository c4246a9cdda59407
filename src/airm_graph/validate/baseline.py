"""Known findings, accepted until they are fixed: new ones stand out, and what was fixed is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from airm_graph.errors import InputError
from airm_graph.model import Finding
from airm_graph.validate.fingerprints import digest_parts, find_kind, fingerprint_findings
from airm_graph.validate.report import Report

__all__ = ["Accepted", "Compared", "compare_report", "read_baseline", "write_baseline"]

_VERSION = 2


@dataclass(frozen=True, slots=True)
class Compared:
    """A report without what a baseline accepts.

    Attributes:
        report: The new findings.
        accepted: Number of findings that were left out.
        stale: Fingerprints in the baseline that no finding has any more, sorted.
    """

    report: Report
    accepted: int
    stale: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that a baseline accepts, and any that has fewer of its parts.

    Attributes:
        kind: Fingerprint of the finding without its parts; empty where it has none.
        parts: Digests of them, such as those of values that are too many.
    """

    rule: str
    kind: str = ""
    parts: frozenset[str] = frozenset()


def compare_report(report: Report, *, known: Mapping[str, Accepted]) -> Compared:
    """Leave out of a report what is known by its fingerprint, or is less of it."""
    pairs = fingerprint_findings(report.findings)
    left = {fingerprint: accepted for fingerprint, accepted in known.items() if fingerprint not in {one for _, one in pairs}}
    new = [finding for finding, fingerprint in pairs if fingerprint not in known and not _take_lesser(finding, left)]
    return Compared(replace(report, findings=tuple(new)), len(pairs) - len(new), tuple(sorted(left)))


def _take_lesser(finding: Finding, left: dict[str, Accepted]) -> bool:
    """Take out of what is left one that has all the parts of a finding; tell whether there was
    one.
    """
    if not finding.parts:
        return False
    kind, parts = find_kind(finding), frozenset(digest_parts(finding))
    fitting = min((one for one, accepted in left.items() if accepted.kind == kind and parts <= accepted.parts), default=None)
    return fitting is not None and left.pop(fitting) is not None


def write_baseline(report: Report) -> str:
    r"""Write every finding of a report as JSON, sorted, one to a line.

    No line number is in it, so that changes of the file read well.

    >>> write_baseline(Report(()))
    '{"version": 2, "findings": [\n]}\n'
    """
    entries = sorted(
        (finding.location.file if finding.location else "", finding.rule, finding.focus, fingerprint, _write_parts(finding))
        for finding, fingerprint in fingerprint_findings(report.findings)
    )
    names = ("file", "rule", "focus", "fingerprint")
    lines = [json.dumps(dict(zip(names, entry, strict=False)) | dict(entry[-1]), ensure_ascii=False) for entry in entries]
    return f'{{"version": {_VERSION}, "findings": [\n' + ",\n".join(lines) + ("\n" if lines else "") + "]}\n"


def _write_parts(finding: Finding) -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    return (("kind", find_kind(finding)), ("parts", digest_parts(finding))) if finding.parts else ()


def read_baseline(text: str, *, name: str) -> dict[str, Accepted]:
    """Read a baseline: fingerprint → what it stands for.

    Raises:
        InputError: It is not what `write_baseline` writes.
    """
    remedy = "write it anew with --update-baseline"
    try:
        content = json.loads(text)
        version = content["version"]
        found = {str(entry["fingerprint"]): _read_accepted(entry) for entry in content["findings"]}
    except json.JSONDecodeError as error:
        raise InputError(f"the baseline is not JSON: {error.msg}", file=name, line=error.lineno, remedy=remedy) from error
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise InputError("the file is not a baseline", file=name, remedy=remedy) from error
    if version != _VERSION:
        raise InputError(f"the baseline has version {version!r}, not {_VERSION}", file=name, remedy=remedy)
    return found


def _read_accepted(entry: Mapping[str, Any]) -> Accepted:
    return Accepted(str(entry["rule"]), str(entry.get("kind", "")), frozenset(map(str, entry.get("parts", ()))))
