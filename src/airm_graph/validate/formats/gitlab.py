"""The code quality report of GitLab, which it shows in a merge request.

Source:
    GitLab's documentation, "Code Quality", "Code Quality report format".
"""

import json
from collections.abc import Mapping

from airm_graph.model import Severity
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.formats.parts import find_file, say_in_file
from airm_graph.validate.report import Report

__all__ = ["write_gitlab"]

_SEVERITIES = {Severity.VIOLATION: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write_gitlab(report: Report, *, paths: Mapping[str, str]) -> str:
    r"""Write the findings that have a file; GitLab shows no others.

    >>> write_gitlab(Report(()), paths={})
    '[]\n'
    """
    entries = [
        {
            "description": say_in_file(finding),
            "check_name": finding.rule,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[finding.severity],
            "location": {"path": find_file(finding.location.file, paths=paths), "lines": {"begin": finding.location.first_line or 1}},
        }
        for finding, fingerprint in fingerprint_findings(report.findings)
        if finding.location
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"
