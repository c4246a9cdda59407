"""The report as SHACL writes it, in Turtle: one result for each finding.

The nodes of the report are named by what they say. As in SHACL, ``sh:conforms`` is true only when
there is no result, however mild; those of debug and trace, which SHACL 1.2 adds, leave it true.
Findings of reader and merge have their rule for a source shape, their file for a focus node, and no
constraint component.
"""

import hashlib
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from airm_graph.model import Finding, Location, Severity
from airm_graph.namespaces import BASE, PREFIXES, literal
from airm_graph.validate.describe import describe_location
from airm_graph.validate.fingerprints import fingerprint_findings
from airm_graph.validate.formats.parts import find_path
from airm_graph.validate.formats.result_path import write_path
from airm_graph.validate.report import Report

__all__ = ["write_turtle"]

_USED = ("airm", "dcterms", "rdfs", "sh")
_SEVERITIES = {Severity.VIOLATION: "sh:Violation", Severity.WARNING: "sh:Warning", Severity.INFO: "sh:Info"}


def write_turtle(report: Report, *, paths: Mapping[str, str]) -> str:
    """Write the report; it parses as Turtle whatever the findings hold."""
    pairs = fingerprint_findings(report.findings)
    digest = hashlib.sha256("\n".join(fingerprint for _, fingerprint in pairs).encode()).hexdigest()[:16]
    root = f"urn:airm-graph:report:{digest}"
    blocks = ["\n".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in _USED)]
    conforms = not any(finding.fails(Severity.INFO) for finding, _ in pairs)
    rights = f"  dcterms:rights {literal(report.notice)} ;\n" if report.notice else ""
    results = "".join(f" ;\n  sh:result <{root}#{fingerprint}>" for _, fingerprint in pairs)
    blocks.append(f"<{root}>\n  a sh:ValidationReport ;\n{rights}  sh:conforms {str(conforms).lower()}{results} .")
    for finding, fingerprint in pairs:
        blocks.extend(_blocks(finding, f"{root}#{fingerprint}", paths=paths))
    return "\n\n".join(blocks) + "\n"


def _blocks(finding: Finding, node: str, *, paths: Mapping[str, str]) -> Iterator[str]:
    yield _block(node, "sh:ValidationResult", list(_result(finding, node, paths=paths)))
    for name, location in _locations(finding):
        yield _block(f"{node}-{name}", "airm:Evidence", list(_locate(location, paths=paths)))


def _locations(finding: Finding) -> list[tuple[str, Location]]:
    """List where a finding stands and where its value comes from, each with its name in IRIs."""
    return [(name, one) for name, one in (("place", finding.location), ("origin", finding.origin)) if one]


def _block(node: str, kind: str, pairs: list[tuple[str, str]]) -> str:
    return f"<{node}>\n  a {kind}" + "".join(f" ;\n  {name} {value}" for name, value in pairs) + " ."


def _result(finding: Finding, node: str, *, paths: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    location = finding.location
    for name, _ in _locations(finding):
        yield "airm:evidence", f"<{node}-{name}>"
    yield "sh:focusNode", _focus(finding, paths=paths)
    said = "; ".join(part for part in (finding.message, finding.remedy) if part)
    for message in finding.messages or (literal(said),):
        yield "sh:resultMessage", message
    if path := write_path(finding.path):
        yield "sh:resultPath", path
    yield "sh:resultSeverity", finding.severity_iri or _SEVERITIES[finding.severity]
    if finding.component:
        yield "sh:sourceConstraintComponent", finding.component
    yield "sh:sourceShape", finding.shape or f"<{BASE}rules/{quote(finding.rule, safe='')}>"
    if finding.value:
        yield "sh:value", finding.value
    elif location and location.text and not finding.focus:
        yield "sh:value", literal(location.text)


def _focus(finding: Finding, *, paths: Mapping[str, str]) -> str:
    if finding.focus:
        return finding.focus
    path = find_path(finding.location.file, paths=paths) if finding.location else ""
    return f"<urn:airm-graph:file:{quote(path)}>"


def _locate(location: Location, *, paths: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if location.text:
        yield "airm:capturedText", literal(location.text)
    if location.first_line is not None:
        yield "airm:firstLine", str(location.first_line)
        yield "airm:lastLine", str(location.last_line or location.first_line)
    if location.row is not None:
        yield "airm:row", str(location.row)
    if location.column:
        yield "airm:column", literal(location.column)
    where = Location(find_path(location.file, paths=paths), location.first_line, row=location.row, column=location.column)
    yield "rdfs:label", literal(describe_location(where))
