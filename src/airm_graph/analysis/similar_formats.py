"""Pairs that say the same: as a table for people, a table for review, JSON and SSSOM."""

import json
from typing import Any

from airm_graph.analysis.mitigation_texts import MitigationText
from airm_graph.analysis.similar import Pair, Similarity
from airm_graph.analysis.text_measures import MEASURES
from airm_graph.export.mapping_formats import write_matches
from airm_graph.namespaces import PREFIXES, literal
from airm_graph.notice import NOTICE
from airm_graph.query.answers import Table, format_table
from airm_graph.sssom import BUILT_IN, Match, MatchSet, Value

__all__ = ["describe_similar", "similar_csv", "similar_json", "similar_sssom"]

_MEASURE = "share of trees that take the pair for the same, trained on labelled pairs; 1 for texts that differ in form only"
#: As the table of decisions is read back.
_DECISIONS = {"unreviewed": "", "accepted": "accept", "rejected": "reject"}
_TAKEN = {"stated": ", one taken from the other", "candidate": ", perhaps one taken from the other", "": ""}
_COLUMNS = (
    *("subject_id", "subject_label", "object_id", "object_label", "relation", "score", "across sources", "derivation"),
    *(*MEASURES, "shared words", "shared sentences", "justification", "decision", "decided by", "notice"),
)


def describe_similar(found: Similarity) -> str:
    """Write pairs and groups for people."""
    counts = ", ".join(f"{number} {name}" for name, number in found.count().items())
    head = f"{found.mitigations} mitigations, {found.candidates} pairs measured, {len(found.pairs)} of {found.threshold:g} and above"
    lines = [f"{head}: {counts}", ""]
    for pair in found.pairs:
        reviewer = f" by {pair.reviewer}" if pair.reviewer else ""
        taken = _TAKEN[pair.derivation]
        where = "across sources" if pair.is_across else "one source"
        lines.append(
            f"{pair.score:.2f}  {pair.relation}, {where}, {pair.decision}{reviewer}{taken}; both have: {', '.join(pair.words) or '-'}"
        )
        lines += [f"      {_path(one, found.base)}  “{one.name}”" for one in (pair.one, pair.two)]
    if found.clusters:
        lines += ["", f"groups: {len(found.clusters)}; the first of each stands for it, and nothing is joined"]
    for group in found.clusters:
        others = (one for one in group.members if one != group.representative)
        lines.append(f"  {_path(group.representative, found.base)}: {', '.join(_path(one, found.base) for one in others)}")
    return "\n".join((*lines, "", NOTICE)) + "\n"


def _path(one: MitigationText, base: str) -> str:
    return one.iri.removeprefix(base)


def similar_csv(found: Similarity) -> str:
    """Write the table for review: *decision* (accept, reject) and *decided by* are for people to
    fill in, and `--decisions` reads them back.
    """
    rows = tuple(tuple(literal(str(cell)) for cell in _write_row(pair)) for pair in found.pairs)
    return format_table(Table(_COLUMNS, rows), format="csv")


def _write_row(pair: Pair) -> tuple[object, ...]:
    ends = (pair.one.iri, pair.one.name, pair.two.iri, pair.two.name)
    across = "yes" if pair.is_across else "no"
    said = (" ".join(pair.words), " | ".join(pair.sentences), pair.justification, _DECISIONS[pair.decision], pair.reviewer, NOTICE)
    return (*ends, pair.relation, pair.score, across, pair.derivation, *pair.measures.values(), *said)


def similar_json(found: Similarity) -> str:
    """Write pairs and groups as JSON."""
    record = {
        "notice": NOTICE,
        "mitigations": found.mitigations,
        "candidates": found.candidates,
        "threshold": found.threshold,
        "counts": found.count(),
        "pairs": [_record(pair) for pair in found.pairs],
        "groups": [{"representative": one.representative.iri, "members": [text.iri for text in one.members]} for one in found.clusters],
    }
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _record(pair: Pair) -> dict[str, Any]:
    return {
        "mitigations": [{"iri": one.iri, "name": one.name, "source": one.source or None} for one in (pair.one, pair.two)],
        "relation": f"skos:{pair.relation}Match",
        "score": pair.score,
        "across_sources": pair.is_across,
        "derivation": pair.derivation or None,
        "measures": dict(pair.measures),
        "shared_words": list(pair.words),
        "shared_sentences": list(pair.sentences),
        "justification": f"semapv:{pair.justification}",
        "decision": pair.decision,
        "reviewer": pair.reviewer or None,
    }


def similar_sssom(found: Similarity) -> str:
    """Write pairs as SSSOM/TSV; rejected ones are denied, and what nobody decided says so."""
    metadata: dict[str, Value] = {
        "mapping_set_id": f"{found.base}similar",
        "mapping_set_title": "Mitigations that say the same",
        "license": f"{BUILT_IN['sssom']}license/unspecified",
        "mapping_tool": "airm-graph",
        "comment": NOTICE,
    }
    prefixes = {"mitigation": f"{found.base}mitigation/", "data": found.base, "dcterms": PREFIXES["dcterms"]}
    return "".join(write_matches(MatchSet(metadata, prefixes, tuple(map(_make_match, found.pairs)))))


def _make_match(pair: Pair) -> Match:
    values: dict[str, Value] = {
        "predicate_id": f"{PREFIXES['skos']}{pair.relation}Match",
        "mapping_justification": BUILT_IN["semapv"] + pair.justification,
        "similarity_score": str(pair.score),
        "similarity_measure": _MEASURE,
        "comment": pair.decision,
        **({"match_string": pair.words} if pair.words else {}),
        **({"reviewer_label": (pair.reviewer,)} if pair.reviewer else {}),
        **({"predicate_modifier": "Not"} if pair.decision == "rejected" else {}),
    }
    for end, one in (("subject", pair.one), ("object", pair.two)):
        values |= {f"{end}_id": one.iri, f"{end}_category": "mitigation", **({f"{end}_label": one.name} if one.name else {})}
    return Match(values)
