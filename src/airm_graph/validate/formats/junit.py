"""JUnit XML, which most systems of continuous integration show as a test report."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from airm_graph.model import Finding, Severity
from airm_graph.validate.formats.parts import find_path, say_what
from airm_graph.validate.report import Report
from airm_graph.validate.results import sort_findings

__all__ = ["write_junit"]

# Whatever is no Char of XML 1.0 makes a file unreadable, even as a reference.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NO_FILE = "statements"


def write_junit(report: Report, *, paths: Mapping[str, str], fail_on: Severity = Severity.VIOLATION) -> str:
    """Write one suite for each file, with one case for each finding.

    A file without a failure has a case that passes.

    Args:
        report: Findings in any order.
        paths: Name of a file in the findings → path.
        fail_on: Findings of this severity and graver ones are failures; milder ones pass and say
            so.
    """
    groups: defaultdict[str, list[Finding]] = defaultdict(list)
    for name in report.files:
        groups[paths.get(name, name)] = []
    for finding in sort_findings(report.findings):
        groups[find_path(finding.location.file, paths=paths) if finding.location else _NO_FILE].append(finding)
    root = Element("testsuites", {"name": "airm-graph validate"})
    totals = [_add_suite(root, name, found, fail_on=fail_on) for name, found in sorted(groups.items())]
    root.set("tests", str(sum(tests for tests, _ in totals)))
    root.set("failures", str(sum(failures for _, failures in totals)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _add_suite(root: Element, name: str, findings: Sequence[Finding], *, fail_on: Severity) -> tuple[int, int]:
    suite = SubElement(root, "testsuite", {"name": _clean(name)})
    failures = sum(finding.fails(fail_on) for finding in findings)
    for finding in findings:
        _add_case(suite, name, finding, failed=finding.fails(fail_on))
    if not failures:
        SubElement(suite, "testcase", {"name": f"nothing is wrong at or above {fail_on}", "classname": _clean(name)})
    tests = len(findings) + (not failures)
    for key, number in (("tests", tests), ("failures", failures), ("errors", 0), ("skipped", 0)):
        suite.set(key, str(number))
    return tests, failures


def _add_case(suite: Element, name: str, finding: Finding, *, failed: bool) -> None:
    location = finding.location
    line = f" line {location.first_line}" if location and location.first_line is not None else ""
    line += f" row {location.row}" if location and location.row is not None else ""
    what = _clean(say_what(finding))
    node = f" {finding.focus}" if not line and finding.focus else ""
    case = SubElement(suite, "testcase", {"name": _clean(f"{finding.rule}{line}{node}"), "classname": _clean(name)})
    if location and location.first_line is not None:
        case.set("file", _clean(name))
        case.set("line", str(location.first_line))
    quoted = "\n".join(part for part in (what, _clean(location.text) if location else "") if part)
    if failed:
        failure = SubElement(case, "failure", {"type": finding.severity.value, "message": what})
        failure.text = quoted
    else:
        SubElement(case, "system-out").text = f"{finding.severity.value}: {quoted}"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
