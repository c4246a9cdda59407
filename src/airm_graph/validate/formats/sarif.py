"""SARIF 2.1.0, for code scanning and for editors that show its findings.

Source:
    Static Analysis Results Interchange Format (SARIF) Version 2.1.0, OASIS Standard.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from airm_graph.model import Finding, Location, Severity
from airm_graph.namespaces import BASE
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.formats.parts import find_file, rule_address, say_in_file
from airm_graph.validate.report import Report
from airm_graph.validate.rulebook import load_rulebook
from airm_graph.version import VERSION

__all__ = ["write_sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"

Json = dict[str, Any]


def write_sarif(report: Report, *, paths: Mapping[str, str]) -> str:
    """Write one run with its rules and results; relative paths are below ``%SRCROOT%``.

    A finding without a file is put on the first file that was looked at, because code scanning
    refuses results without one.
    """
    pairs = fingerprint_findings(report.findings)
    rules = sorted({finding.rule for finding, _ in pairs})
    examples = {finding.rule: finding for finding, _ in reversed(pairs)}
    driver = {
        "name": "airm-graph",
        "version": VERSION,
        "informationUri": BASE,
        "rules": [_rule(rule, example=examples[rule]) for rule in rules],
    }
    files = sorted(find_file(name, paths=paths) for name in report.files)
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which the report was made, the root of the checkout."}}},
        "invocations": [_invocation(report)],
        "properties": {"notice": report.notice} if report.notice else {},
        "results": [_result(finding, fingerprint, rules=rules, paths=paths, files=files) for finding, fingerprint in pairs],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _invocation(report: Report) -> Json:
    """Tell what was read and judged, and, as notifications, what was not."""
    said = (*report.notes, *(f"{name}: passed over: {reason}" for name, reason in report.ledger.passed_over))
    return {
        "executionSuccessful": True,
        "toolExecutionNotifications": [{"level": "note", "message": {"text": text}} for text in said],
        "properties": {"ledger": report.ledger.to_record()},
    }


def _rule(rule: str, *, example: Finding) -> Json:
    page = load_rulebook().get(rule)
    if page is None:
        return {
            "id": rule,
            "shortDescription": {"text": example.message or rule},
            "defaultConfiguration": {"level": _LEVELS[example.severity]},
        }
    content: Json = {
        "id": rule,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.why or page.title},
        "help": {"text": f"{page.why} To fix: {page.remedy}.".strip()},
        "defaultConfiguration": {"level": _LEVELS[page.severity]},
    }
    return content | {"helpUri": address} if (address := rule_address(rule)) else content


def _result(finding: Finding, fingerprint: str, *, rules: Sequence[str], paths: Mapping[str, str], files: Sequence[str]) -> Json:
    content: Json = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": say_in_file(finding) or finding.rule},
        "partialFingerprints": {"airmFinding/v1": fingerprint},
    }
    location: Json = {}
    if finding.location:
        location["physicalLocation"] = _physical(finding.location, paths=paths)
    elif files:
        location["physicalLocation"] = {"artifactLocation": _artifact(files[0]), "region": {"startLine": 1}}
    if finding.focus:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.focus.strip("<>"), "kind": "resource"}]
    if location:
        content["locations"] = [location]
    if finding.origin:
        content["relatedLocations"] = [{"message": {"text": "captured here"}, "physicalLocation": _physical(finding.origin, paths=paths)}]
    return content


def _physical(location: Location, *, paths: Mapping[str, str]) -> Json:
    content: Json = {"artifactLocation": _artifact(find_file(location.file, paths=paths))}
    # What is said of a whole file is put on its first line: code scanning shows nothing without
    # one.
    first = location.first_line or 1
    content["region"] = {"startLine": first, "endLine": location.last_line or first}
    if location.text and location.first_line is not None:
        content["region"]["snippet"] = {"text": location.text}
    return content


def _artifact(path: str) -> Json:
    if PurePosixPath(path).is_absolute():
        return {"uri": "file://" + quote(path)}
    return {"uri": quote(path.removeprefix("./")), "uriBaseId": _ROOT}
