"""Findings as JSON for programs and as lines for people."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from itertools import groupby
from typing import Any, NamedTuple

from airm_graph.frozen import frozen
from airm_graph.model import Finding, Location, Severity
from airm_graph.notice import NOTICE
from airm_graph.validate.describe import describe_location, describe_node
from airm_graph.validate.fingerprints import WRITTEN, fingerprint_findings
from airm_graph.validate.ledger import Ledger
from airm_graph.validate.results import sort_findings
from airm_graph.version import VERSION

__all__ = ["Report", "ReportLine", "format_lines", "format_text"]


_WORDS = {Severity.VIOLATION: "violation", Severity.WARNING: "warning", Severity.INFO: "note"}
#: Values of findings that are told as one.
_MOST_NODES = 5
_QUOTE_LENGTH = 100  # a terminal line with the indent, even beside a second window


class ReportLine(NamedTuple):
    """A line of the report and what it is; the CLI colours by it.

    That is a severity, ``quote``, ``node``, ``remedy``, ``summary`` or ``blank``.
    """

    kind: str
    text: str


@frozen
class Report:
    """Findings about some files.

    Attributes:
        findings: In any order.
        files: Names of the files that were looked at.
        engines: Name of an engine and the IRIs of the shapes that it judged.
        notes: Why a shape was left to pyshacl, and the like.
        ledger: What was read, what was passed over, and what each shape judged.
        notice: What is asked of readers; empty where every input has a licence and none carries it.
    """

    findings: tuple[Finding, ...]
    files: tuple[str, ...] = ()
    engines: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    notice: str = NOTICE

    @property
    def conforms(self) -> bool:
        """Tell whether nothing is a violation."""
        return self.counts["violation"] == 0

    @property
    def counts(self) -> dict[str, int]:
        """Count the findings of each severity, gravest first."""
        return {severity.value: sum(finding.severity is severity for finding in self.findings) for severity in Severity}

    @classmethod
    def from_json(cls, text: str) -> "Report":
        """Read what `to_json` wrote, but for the origins of findings; earlier versions said less.

        Raises:
            ValueError, KeyError, TypeError: The text is none.
        """
        head = json.loads(text)
        engines = tuple((name, tuple(shapes)) for name, shapes in head["engines"].items())
        ledger = Ledger.from_record(head.get("ledger", {}))
        findings = tuple(map(_read_record, head["findings"]))
        return cls(findings, tuple(head["files"]), engines, tuple(head["notes"]), ledger=ledger, notice=head["notice"] or "")

    def to_json(self) -> str:
        r"""Write the report as JSON; equal findings in any order give equal bytes.

        >>> print(Report(findings=()).to_json().splitlines()[2])
          "conforms": true,
        """
        head = {
            "version": VERSION,
            "conforms": self.conforms,
            "counts": self.counts,
            "files": sorted(set(self.files)),
            "notice": self.notice or None,
            "engines": {name: list(shapes) for name, shapes in self.engines},
            "notes": list(self.notes),
            "ledger": self.ledger.to_record(),
        }
        records = [_write(_record(finding, fingerprint=fingerprint)) for finding, fingerprint in fingerprint_findings(self.findings)]
        found = "[\n" + ",\n".join(records) + "\n  ]" if records else "[]"
        return f'{json.dumps(head, ensure_ascii=False, indent=2)[:-2]},\n  "findings": {found}\n}}\n'


def _write(record: Mapping[str, str | int | list[str] | None]) -> str:
    """Write a record as an indented object.

    The fast encoder of Python does it when it is told that this is how members are parted.
    """
    return "    {\n      " + json.dumps(record, ensure_ascii=False, separators=(",\n      ", ": "))[1:-1] + "\n    }"


def _record(finding: Finding, *, fingerprint: str) -> dict[str, str | int | list[str] | None]:
    location = finding.location
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "remedy": finding.remedy or None,
        "file": location.file if location else None,
        "first_line": location.first_line if location else None,
        "last_line": location.last_line if location else None,
        "row": location.row if location else None,
        "column": (location.column or None) if location else None,
        "text": location.text if location and location.text else None,
        "focus": finding.focus or None,
        "path": finding.path or None,
        "value": finding.value or None,
        "shape": finding.shape or None,
        "component": finding.component or None,
        "severity_iri": finding.severity_iri or None,
        "messages": list(finding.messages) or None,
        "origin": describe_location(finding.origin) or None,
        "fingerprint": fingerprint,
    }


def _read_record(record: Mapping[str, Any]) -> Finding:
    at = None
    if record["file"]:
        at = Location(
            record["file"], record["first_line"], record["last_line"], record["text"] or "", record["row"], record["column"] or ""
        )
    remedy, focus, path, value, shape = (record[name] or "" for name in ("remedy", "focus", "path", "value", "shape"))
    return Finding(
        record["rule"],
        Severity(record["severity"]),
        record["message"],
        remedy,
        at,
        focus,
        path,
        value,
        shape,
        component=record.get("component") or "",
        severity_iri=record.get("severity_iri") or "",
        messages=tuple(record.get("messages") or ()),
        identity=(WRITTEN, record["fingerprint"]),
    )


def format_text(findings: Iterable[Finding], *, paths: Mapping[str, str] | None = None, files: Sequence[str] = ()) -> str:
    """Write findings as plain text for people, as `format_lines` lays them out.

    >>> finding = Finding(rule="MIT-03", severity=Severity.VIOLATION, message="a mitigation cites its source", remedy="add airm:source")
    >>> print(format_text([finding]), end="")
    -  violation  MIT-03  a mitigation cites its source
        add airm:source
    <BLANKLINE>
    1 violation, 0 warnings, 0 notes
    """  # noqa: W505
    return "".join(f"{line.text}\n" for line in format_lines(findings, paths=paths, files=files))


def format_lines(findings: Iterable[Finding], *, paths: Mapping[str, str] | None = None, files: Sequence[str] = ()) -> list[ReportLine]:
    """Lay findings out in lines, grouped by file, with a summary at the end.

    Args:
        findings: In any order.
        paths: What to print for a file name, for example its path from where the user stands.
        files: The files that were looked at; when empty, those with findings are counted in the
            summary.

    Returns:
        For each finding ``FILE:LINE  severity  RULE  message``, the first line where known, the
        node, the remedy; those that differ in their values alone stand together and say how many
        these are. Those without a file come last and stand by their focus node, or a hyphen.
    """
    found = sort_findings(findings)
    lines: list[ReportLine] = []
    for _, group in groupby(sorted(found, key=_reading_order), key=_file):
        for _, same in groupby(group, key=_said):
            lines.extend(_finding_lines(list(same), paths=paths or {}))
        lines.append(ReportLine("blank", ""))
    lines.append(ReportLine("summary", _summary(found, files=files)))
    return lines


def _file(finding: Finding) -> str:
    return finding.location.file if finding.location else ""


def _reading_order(finding: Finding) -> tuple[bool, str, int, int]:
    line = finding.location.first_line or finding.location.row if finding.location else None
    return not _file(finding), _file(finding), line or 0, finding.severity.rank


def _said(finding: Finding) -> tuple[object, ...]:
    """What findings share that are told as one: all but value and component."""
    return (
        finding.location,
        finding.severity,
        finding.severity_iri,
        finding.rule,
        finding.message,
        finding.focus,
        finding.shape,
        finding.origin,
    )


def _finding_lines(same: Sequence[Finding], *, paths: Mapping[str, str]) -> list[ReportLine]:
    finding = same[0]
    location = finding.location
    where = finding.focus or "-"
    if location and location.file:
        where = describe_location(replace(location, file=paths.get(location.file, location.file)))
    kind = finding.severity.value
    count = f" ({len(same)} values)" if len({(one.path, one.value) for one in same}) > 1 else ""
    lines = [ReportLine(kind, _printable(f"{where}  {_WORDS[finding.severity]}  {finding.rule}  {finding.message}{count}"))]
    if location and location.text:
        lines.append(ReportLine("quote", "    | " + _printable(location.text.split("\n", 1)[0])[:_QUOTE_LENGTH]))
    # A finding without a location stands by its node already.
    nodes = dict.fromkeys(describe_node(one) for one in same) if finding.focus and (count or (location and location.file)) else ()
    lines += [ReportLine("node", "    " + _printable(node)) for node in list(nodes)[:_MOST_NODES]]
    if len(nodes) > _MOST_NODES:
        lines.append(ReportLine("node", f"    and {len(nodes) - _MOST_NODES} more"))
    if finding.origin:
        lines.append(ReportLine("node", "    " + _printable(f"captured at {describe_location(finding.origin)}")))
    if finding.remedy:
        lines.append(ReportLine("remedy", "    " + _printable(finding.remedy)))
    return lines


def _printable(text: str) -> str:
    """Escape what a terminal would obey, such as colour codes and reversed writing."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _summary(findings: Sequence[Finding], *, files: Sequence[str]) -> str:
    counts = Report(findings=tuple(findings)).counts
    parts = [_count(counts[severity.value], word) for severity, word in _WORDS.items()]
    names = set(files) or {_file(finding) for finding in findings} - {""}
    return ", ".join(parts) + (f" in {_count(len(names), 'file')}" if names else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
