"""Validation results in a form that belongs to no engine, and the findings made of them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from operator import attrgetter

from airm_graph.frozen import frozen
from airm_graph.model import Finding, Location, Severity
from airm_graph.namespaces import term
from airm_graph.rules import OF_WHOLE_PAGES, SAYS_THE_SAME
from airm_graph.terms import read_literal

__all__ = ["VIOLATION", "Details", "Result", "choose_message", "find_findings", "leave_out_repeated", "sort_findings", "sort_results"]

#: The severity of a shape that states none.
VIOLATION = term("sh:Violation")
#: Severities of SHACL; SHACL 1.2 adds the last two. Whatever else a shape states counts as a
#: violation.
_SEVERITIES = {
    VIOLATION: Severity.VIOLATION,
    term("sh:Warning"): Severity.WARNING,
    term("sh:Info"): Severity.INFO,
    term("sh:Debug"): Severity.INFO,
    term("sh:Trace"): Severity.INFO,
}

_MESSAGE = re.compile(r"(?P<rule>[A-Z]+-[0-9]+): (?P<what>.*)\Z", re.DOTALL)


@frozen(order=True)
class Result:
    """One validation result.

    All but the path and the language are N-Triples terms, empty where there is none.

    Attributes:
        focus: The node that was judged.
        path: The property, or a property path in SPARQL syntax; empty for a node shape.
        value: The offending value.
        component: The constraint component, for example that of ``sh:minCount``.
        shape: The shape that holds the constraint.
        severity: Whatever IRI the shape states.
        messages: Every message as a literal, sorted; a rule id may stand in front.
        language: The language that is repeated, where the constraint speaks of languages.
    """

    focus: str
    path: str
    value: str
    component: str
    shape: str
    severity: str
    messages: tuple[str, ...]
    language: str = ""

    @property
    def message(self) -> str:
        """Return the text of one message, in English where there is one."""
        return choose_message(self.messages)


@frozen
class Details:
    """What a result speaks of beside its value.

    Attributes:
        parameter: Which value of a parameter that has several is broken, or what a query says.
        parts: Each thing that is wrong; with fewer of them it is a lesser defect of the same kind.
    """

    parameter: str = ""
    parts: tuple[tuple[str, ...], ...] = ()


#: What results are compared by; tuples compare faster than the dataclass does.
_KEY = attrgetter(*(field.name for field in fields(Result)))


def sort_results(results: Iterable[Result]) -> list[Result]:
    """Sort results by all that they say."""
    return sorted(results, key=_KEY)


@lru_cache(maxsize=1024)
def choose_message(messages: tuple[str, ...]) -> str:
    """Choose the text of one message: in English, else without a language, else the first.

    >>> choose_message(('"kein p"@de', '"no p"@en'))
    'no p'
    """
    if len(messages) == 1:
        return read_literal(messages[0]).text
    found = [read_literal(message) for message in messages]
    ranked = sorted((not one.language.lower().startswith("en"), bool(one.language), one.text) for one in found)
    return ranked[0][2] if ranked else ""


def find_findings(
    results: Iterable[Result],
    *,
    locations: Mapping[str, Sequence[Location]],
    name: Callable[[str, str], tuple[str, str]] | None = None,
    blank: Mapping[str, str] | None = None,
    details: Mapping[Result, Sequence[Details]] | None = None,
) -> list[Finding]:
    """Turn results into findings, one for each; sorted.

    Args:
        results: Of any engine, in any order.
        locations: The locations of each focus node that has some; the first one is taken.
        name: Finds, for a shape and a constraint component, what they are called, and what tells
            them from others.
        blank: What tells blank nodes of the data from others.
        details: What results speak of beside their values, one for each that is the same.
    """
    names, nodes = name or (lambda shape, _: (_local_name(shape), shape)), blank or {}
    left = {result: iter(some) for result, some in (details or {}).items()}

    def make(result: Result) -> Finding:
        label, source = names(result.shape, result.component)
        finding = _make_finding(result, next(iter(locations.get(result.focus, ())), None), label=label, source=source, blank=nodes)
        more = next(left[result], None) if result in left else None
        return _add_details(finding, more, blank=nodes) if more else finding

    return sort_findings(map(make, results))


def _make_finding(result: Result, location: Location | None, *, label: str, source: str, blank: Mapping[str, str]) -> Finding:
    rule, text, remedy = _read_message(result.messages)
    # Our shapes state the norm ("a mitigation cites its source"); other people's mostly state the
    # fault.
    is_norm = bool(rule) and "/shapes#" in result.shape
    rule = rule or label
    return Finding(
        rule=rule,
        severity=_SEVERITIES.get(result.severity, Severity.VIOLATION),
        message=f"not met: {text}" if is_norm else text,
        remedy=remedy,
        location=location,
        focus=result.focus,
        path=result.path,
        value=result.value,
        shape=result.shape,
        component=result.component,
        severity_iri=result.severity,
        messages=result.messages,
        identity=(
            rule if is_norm else source,  # our rules keep their ids, whatever their shapes are called
            blank.get(result.focus, result.focus),
            result.path,
            result.component,
            blank.get(result.value, result.value),
            result.language,
        ),
    )


@lru_cache(maxsize=1024)
def _read_message(messages: tuple[str, ...]) -> tuple[str, str, str]:
    """Read the rule of a result, empty where its message names none, what is wrong, and what to
    do.
    """
    message = choose_message(messages)
    match = _MESSAGE.match(message)
    rule, text = (match["rule"], match["what"]) if match else ("", message)
    what, _, remedy = text.partition("; ")
    return rule, what if remedy else what.removesuffix("."), remedy.removesuffix(".")


def _add_details(finding: Finding, details: Details, *, blank: Mapping[str, str]) -> Finding:
    parts = ("\t".join(blank.get(term, term) for term in part) for part in details.parts)
    identity = (*finding.identity, details.parameter) if details.parameter else finding.identity
    return replace(finding, identity=identity, parts=tuple(sorted(parts)))


def leave_out_repeated(
    findings: Iterable[Finding], *, said: Iterable[Finding], locations: Mapping[str, Sequence[Location]]
) -> list[Finding]:
    """Leave out what reader or merge have said already of the same lines.

    Args:
        findings: Of shapes.
        said: Of reader and merge, which know the exact line.
        locations: Every location of each focus node: reader and merge may speak of another than the
            first.

    Returns:
        The others, in their order; which rules say the same is the table `SAYS_THE_SAME`.
    """
    known: defaultdict[str, list[Location]] = defaultdict(list)
    for finding in said:
        if finding.location:
            is_wide = finding.rule in OF_WHOLE_PAGES
            known[finding.rule].append(Location(finding.location.file) if is_wide else finding.location)
    return [finding for finding in findings if not _is_said(finding, known=known, locations=locations.get(finding.focus, ()))]


def _is_said(finding: Finding, *, known: Mapping[str, Sequence[Location]], locations: Sequence[Location]) -> bool:
    others = [location for rule in SAYS_THE_SAME.get(finding.rule, ()) for location in known.get(rule, ())]
    return any(_overlap(one, other) for one in locations for other in others)


def _overlap(one: Location, other: Location) -> bool:
    """Tell whether two locations share a line or a row; one without either is the whole file."""
    if one.file != other.file:
        return False
    if one.row is not None and other.row is not None:
        return one.row == other.row
    if one.first_line is None or other.first_line is None:
        return True
    return one.first_line <= (other.last_line or other.first_line) and other.first_line <= (one.last_line or one.first_line)


def _local_name(iri: str) -> str:
    return re.split(r"[/#]", iri.strip("<>"))[-1]


def sort_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Sort by severity, file, line, rule, then the rest; those without a file come last."""
    return sorted(findings, key=_sort_key)


def _sort_key(finding: Finding) -> tuple[object, ...]:
    location = finding.location
    file, line = (location.file, location.first_line or location.row or 0) if location else ("", 0)
    return finding.severity.rank, not file, file, line, finding.rule, finding.focus, finding.path, finding.value, finding.message
