"""Codes that people gave mitigations after the merge: they are added, and nothing is taken away."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from airm_graph.merge.attest import attest, sort_evidence
from airm_graph.model import AssignedCode, Classification, CodeDecision, Finding, Mitigation
from airm_graph.rules import make_finding

__all__ = ["add_codes", "find_unknown"]


def add_codes(mitigations: Iterable[Mitigation], decisions: Sequence[CodeDecision]) -> list[Mitigation]:
    """Add decided codes to mitigations, with the deciding cell as evidence.

    A code that the mitigation has already gets one more piece of evidence.
    """
    held: defaultdict[str, list[CodeDecision]] = defaultdict(list)
    for decision in decisions:
        held[decision.mitigation].append(decision)
    return [_add(mitigation, held.get(mitigation.key, [])) for mitigation in mitigations]


def find_unknown(keys: Collection[str], decisions: Iterable[CodeDecision]) -> list[Finding]:
    """Find decisions of codes whose mitigation is none of these: DEC-01."""
    message = "the input holds no mitigation {}"
    return [make_finding("DEC-01", message.format(one.mitigation), one.location) for one in decisions if one.mitigation not in keys]


def _add(mitigation: Mitigation, decisions: Sequence[CodeDecision]) -> Mitigation:
    if not decisions:
        return mitigation
    codes = {(classification.edition, classification.code): classification for classification in mitigation.classifications}
    for decision in decisions:
        given = decision.assigned
        old = codes.get((given.edition, given.code), Classification(given.edition, given.code, ()))
        codes[given.edition, given.code] = _add_evidence(old, given)
    locations = sort_evidence([*mitigation.evidence, *(decision.assigned.evidence for decision in decisions)])
    return replace(mitigation, classifications=tuple(codes[key] for key in sorted(codes)), evidence=locations)


def _add_evidence(classification: Classification, given: AssignedCode) -> Classification:
    agents = dict(classification.agents)
    if given.agent:
        agents[given.agent] = sort_evidence([*agents.get(given.agent, ()), given.evidence])
    days = [(day.value, location) for day in classification.created for location in day.evidence]
    return replace(
        classification,
        evidence=sort_evidence([*classification.evidence, given.evidence]),
        agents=tuple(sorted(agents.items())),
        created=attest([*days, (given.created or "", given.evidence)]),
    )
