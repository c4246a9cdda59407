"""Doubts of codes as a table for people, CSV and JSON; the figures of the classifier stand beside
every list.
"""

import json
from typing import Any

from airm_graph.analysis.code_checks import CodeCheck, CodeChecks
from airm_graph.namespaces import literal
from airm_graph.notice import NOTICE
from airm_graph.query.answers import Table, format_table

__all__ = ["code_checks_csv", "code_checks_json", "describe_code_checks"]

_COLUMNS = (
    *("mitigation", "name", "code", "doubt", "first suggestion", "second suggestion", "third suggestion", "words"),
    *("accuracy", "accuracy sources", "baseline", "notice"),
)


def describe_code_checks(found: CodeChecks, *, most: int | None = None) -> str:
    """Write the first doubts for people."""
    chosen = found.checks[:most]
    head = f"{found.mitigations} mitigations, {found.codes} codes of {found.edition}; {len(chosen)} of {len(found.checks)} by doubt."
    lines = [head, describe_figures(found), "Suggestions only: read before you change a code.", ""]
    for one in chosen:
        others = "; ".join(f"{code} ({share:.0%})" for code, share in one.suggestions)
        lines += [f"{one.doubt:.2f}  {one.mitigation.iri.removeprefix(found.base)} “{one.mitigation.name}”", f"      is {one.code}"]
        lines += [f"      its words speak for {others or 'no other'}; first of all: {', '.join(one.words) or '-'}"]
    return "\n".join((*lines, "", NOTICE)) + "\n"


def describe_figures(found: CodeChecks) -> str:
    """Say in a line how far the classifier can be trusted."""
    held = (
        f"{found.accuracy_sources:.2f} with whole sources held out" if found.accuracy_sources else "one source alone, so none is held out"
    )
    return f"accuracy {held}, {found.accuracy:.2f} with single ones held out, {found.baseline:.2f} by always saying the most frequent code"


def code_checks_csv(found: CodeChecks, *, most: int | None = None) -> str:
    """Write doubts as CSV, each row with the figures of the classifier."""
    figures = (f"{found.accuracy:.4f}", f"{found.accuracy_sources:.4f}", f"{found.baseline:.4f}", NOTICE)
    rows = []
    for one in found.checks[:most]:
        suggested = [code for code, _ in one.suggestions] + [""] * (3 - len(one.suggestions))
        cells = (one.mitigation.iri, one.mitigation.name, one.code, f"{one.doubt:.3f}", *suggested, "; ".join(one.words), *figures)
        rows.append(tuple(map(literal, cells)))
    return format_table(Table(_COLUMNS, tuple(rows)), format="csv")


def code_checks_json(found: CodeChecks, *, most: int | None = None) -> str:
    """Write doubts as JSON."""
    record = {
        "notice": NOTICE,
        "edition": found.edition,
        "mitigations": found.mitigations,
        "codes": found.codes,
        "accuracy": {
            "sources_held_out": round(found.accuracy_sources, 4),
            "single_held_out": round(found.accuracy, 4),
            "baseline": round(found.baseline, 4),
        },
        "checks": [_record(one) for one in found.checks[:most]],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _record(one: CodeCheck) -> dict[str, Any]:
    suggestions = [{"code": code, "share": share} for code, share in one.suggestions]
    about = {"mitigation": one.mitigation.iri, "name": one.mitigation.name, "code": one.code}
    return {**about, "doubt": one.doubt, "suggestions": suggestions, "words": list(one.words)}
