"""Values and the places that say them."""

from collections import defaultdict
from collections.abc import Iterable

from airm_graph.frozen import sort_frozen
from airm_graph.model import Attested, Evidence

__all__ = ["attest", "sort_evidence"]


def sort_evidence(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return each piece of evidence once, by capture and line."""
    return tuple(sort_frozen(set(evidence)))


def attest(pairs: Iterable[tuple[str, Evidence]]) -> tuple[Attested, ...]:
    """Gather the evidence of each value; the value most often said comes first, then by the
    alphabet.
    """
    found: defaultdict[str, set[Evidence]] = defaultdict(set)
    for value, evidence in pairs:
        if value:
            found[value].add(evidence)
    attested = [Attested(value, sort_evidence(locations)) for value, locations in found.items()]
    return tuple(sorted(attested, key=lambda item: (-len(item.evidence), item.value)))
