"""What a SHACL engine answers, in a form that belongs to no engine, and the way from there to findings."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from airm_graph.model import Finding, Place, Severity

__all__ = ["Result", "find_findings", "sort_findings"]

_MESSAGE = re.compile(r"(?P<rule>[A-Z]+-[0-9]+): (?P<what>.*)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One validation result; all but severity and message are N-Triples terms, empty where there is none.

    Attributes:
        focus: The node that was judged.
        path: The property, or a property path in SPARQL syntax; empty for a node shape.
        value: The offending value.
        component: The constraint component, for example that of ``sh:minCount``.
        shape: The shape that holds the constraint.
        message: As the shape has it, with the rule id in front.
    """

    focus: str
    path: str
    value: str
    component: str
    shape: str
    severity: Severity
    message: str


def find_findings(results: Iterable[Result], *, places: Mapping[str, Place]) -> list[Finding]:
    """Turn results into findings, one for each shape, focus node and value, in the order of `sort_findings`.

    Args:
        results: Of any engine, in any order.
        places: The place of each focus node that has one.
    """
    unique = {(result.shape, result.focus, result.value): result for result in sorted(results, reverse=True)}
    return sort_findings(_finding(result, place=places.get(result.focus)) for result in unique.values())


def _finding(result: Result, *, place: Place | None) -> Finding:
    match = _MESSAGE.match(result.message)
    rule, text = (match["rule"], match["what"]) if match else (_local_name(result.shape), result.message)
    what, _, remedy = text.partition("; ")
    return Finding(
        rule=rule,
        severity=result.severity,
        message=what if remedy else what.removesuffix("."),
        remedy=remedy.removesuffix("."),
        place=place,
        focus=result.focus,
        path=result.path,
        value=result.value,
        shape=result.shape,
        component=result.component,
    )


def _local_name(iri: str) -> str:
    return re.split(r"[/#]", iri.strip("<>"))[-1]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, file, line, rule, then by what tells two findings apart; those without a file come last."""
    return sorted(findings, key=_sort_key)


def _sort_key(finding: Finding) -> tuple[object, ...]:
    place = finding.place
    file, line = (place.file, place.first_line or 0) if place else ("", 0)
    return finding.severity.rank, not file, file, line, finding.rule, finding.focus, finding.path, finding.value, finding.message
