"""Agreement as a table for people, CSV and JSON."""

import json
from typing import Any

from airm_graph.analysis.agreement import Agreement, Disagreement, FacetAgreement
from airm_graph.namespaces import literal
from airm_graph.notice import NOTICE
from airm_graph.query.answers import Table, format_table

__all__ = ["agreement_csv", "agreement_json", "describe_agreement"]

_COLUMNS = ("facet", "one", "one name", "values of one", "two", "two name", "values of two", "score", "decision", "notice")


def describe_agreement(found: Agreement) -> str:
    """Write agreement by facet, then what disagrees, for people."""
    lines = [f"{found.pairs} pairs say the same (score {found.threshold:g} and above, relation exact, or accepted)", ""]
    lines += [_describe(one) for one in found.facets]
    if found.disagreements:
        lines += ["", "different:"]
    for one in found.disagreements:
        lines.append(f"  {one.facet} ({one.score:.2f}, {one.decision})")
        for text, values in zip((one.one, one.two), one.values, strict=True):
            lines.append(f"    {text.iri.removeprefix(found.base)}: {', '.join(values)}")
    return "\n".join((*lines, "", NOTICE)) + "\n"


def _describe(one: FacetAgreement) -> str:
    if not one.compared:
        return f"{one.facet}: nothing to compare (n = 0)"
    kappa = "not defined, as nothing varies" if one.kappa is None else f"{one.kappa:.3f}"
    share = f"{one.agreeing} of {one.compared} agree, {one.share:.1%} (95 % interval {one.low:.1%} to {one.high:.1%})"
    return f"{one.facet}: {share}; kappa {kappa}"


def agreement_csv(found: Agreement) -> str:
    """Write the disagreements as CSV."""
    rows = tuple(tuple(map(literal, _write_row(one))) for one in found.disagreements)
    return format_table(Table(_COLUMNS, rows), format="csv")


def _write_row(one: Disagreement) -> tuple[str, ...]:
    sides = ((text.iri, text.name, "; ".join(values)) for text, values in zip((one.one, one.two), one.values, strict=True))
    return (one.facet, *(cell for side in sides for cell in side), f"{one.score:.3f}", one.decision, NOTICE)


def agreement_json(found: Agreement) -> str:
    """Write agreement and disagreements as JSON."""
    record = {
        "notice": NOTICE,
        "pairs": found.pairs,
        "threshold": found.threshold,
        "facets": [_record_facet(one) for one in found.facets],
        "disagreements": [_record(one) for one in found.disagreements],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _record_facet(one: FacetAgreement) -> dict[str, Any]:
    interval = [round(one.low, 6), round(one.high, 6)] if one.compared else None
    share = round(one.share, 6) if one.compared else None
    kappa = None if one.kappa is None else round(one.kappa, 6)
    return {"facet": one.facet, "compared": one.compared, "agreeing": one.agreeing, "share": share, "interval": interval, "kappa": kappa}


def _record(one: Disagreement) -> dict[str, Any]:
    sides = [{"mitigation": text.iri, "values": list(values)} for text, values in zip((one.one, one.two), one.values, strict=True)]
    return {"facet": one.facet, "sides": sides, "score": one.score, "decision": one.decision}
