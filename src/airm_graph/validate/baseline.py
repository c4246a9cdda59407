"""Known findings, accepted until they are fixed: new ones stand out, and what was fixed is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from airm_graph.errors import InputError
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.report import Report

__all__ = ["Compared", "compare_report", "read_baseline", "write_baseline"]

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


def compare_report(report: Report, *, known: Mapping[str, str]) -> Compared:
    """Leave out of a report what is known; *known* maps fingerprints to rules."""
    pairs = fingerprint_findings(report.findings)
    new = tuple(finding for finding, fingerprint in pairs if fingerprint not in known)
    stale = known.keys() - {fingerprint for _, fingerprint in pairs}
    return Compared(replace(report, findings=new), len(pairs) - len(new), tuple(sorted(stale)))


def write_baseline(report: Report) -> str:
    r"""Write every finding of a report as JSON, sorted, one to a line.

    No line number is in it, so that changes of the file read well.

    >>> write_baseline(Report(()))
    '{"version": 2, "findings": [\n]}\n'
    """
    entries = sorted(
        (finding.location.file if finding.location else "", finding.rule, finding.focus, fingerprint)
        for finding, fingerprint in fingerprint_findings(report.findings)
    )
    names = ("file", "rule", "focus", "fingerprint")
    lines = [json.dumps(dict(zip(names, entry, strict=True)), ensure_ascii=False) for entry in entries]
    return f'{{"version": {_VERSION}, "findings": [\n' + ",\n".join(lines) + ("\n" if lines else "") + "]}\n"


def read_baseline(text: str, *, name: str) -> dict[str, str]:
    """Read a baseline: fingerprint → rule.

    Raises:
        InputError: It is not what `write_baseline` writes.
    """
    remedy = "write it anew with --update-baseline"
    try:
        content = json.loads(text)
        version = content["version"]
        found = {str(entry["fingerprint"]): str(entry["rule"]) for entry in content["findings"]}
    except json.JSONDecodeError as error:
        raise InputError(f"the baseline is not JSON: {error.msg}", file=name, line=error.lineno, remedy=remedy) from error
    except (KeyError, TypeError, RecursionError) as error:
        raise InputError("the file is not a baseline", file=name, remedy=remedy) from error
    if version != _VERSION:
        raise InputError(f"the baseline has version {version!r}, not {_VERSION}", file=name, remedy=remedy)
    return found
