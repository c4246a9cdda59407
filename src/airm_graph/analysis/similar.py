"""Mitigations that say the same under other words, across and within sources; nothing is joined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from airm_graph.analysis import THRESHOLD
from airm_graph.analysis.mitigation_texts import MitigationText, read_mitigation_texts, require_analysis
from airm_graph.analysis.term_names import read_term
from airm_graph.analysis.text_measures import MEASURES, TextMeasures
from airm_graph.errors import ParameterError
from airm_graph.namespaces import BASE
from airm_graph.triples.derivations import LEAST_WORDS

if TYPE_CHECKING:
    from airm_graph.graph.store import Store
    from airm_graph.model import JoinDecision

__all__ = ["Cluster", "Pair", "Similarity", "compare_texts", "find_similar"]

_DECISIONS = ("unreviewed", "accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two mitigations that say the same, or that a person said do not.

    Attributes:
        one, two: Sorted by IRI.
        score: From 0 to 1; 0 where only a person names the pair.
        relation: ``exact`` or ``close``: ``skos:exactMatch``, ``skos:closeMatch``.
        measures: Each of `MEASURES`.
        words, sentences: What they share: the rarest words as stems, and whole sentences.
        decision: ``unreviewed``, ``accepted`` or ``rejected``.
        reviewer: Who decided; empty where nobody did, or without a name.
    """

    one: MitigationText
    two: MitigationText
    score: float
    relation: str
    measures: Mapping[str, float]
    words: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    decision: str = "unreviewed"
    reviewer: str = ""

    @property
    def is_across(self) -> bool:
        """Whether they are from two sources."""
        return self.one.source != self.two.source or not self.one.source

    @property
    def derivation(self) -> str:
        """Whether one was taken from the other: ``stated`` in the graph; ``candidate`` where two
        sources have the same long text and nothing proves which was first; else empty.
        """
        if self.two.iri in self.one.originals or self.one.iri in self.two.originals:
            return "stated"
        text = self.one.description
        is_same = self.is_across and text == self.two.description and len(text.split()) >= LEAST_WORDS
        return "candidate" if is_same else ""

    @property
    def justification(self) -> str:
        """How it came about, as SSSOM names it."""
        return "CompositeMatching" if self.decision == "unreviewed" else "ManualMappingCuration"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Mitigations that pairs of the relation ``exact`` or accepted ones hold together.

    Attributes:
        representative: The one with the highest scores to the others; only named here, never
            written into the graph.
        members: All of them, sorted by IRI.
    """

    representative: MitigationText
    members: tuple[MitigationText, ...]


@dataclass(frozen=True)
class Similarity:
    """Pairs that say the same, best first; those across sources before those within one.

    Attributes:
        pairs: With all that were decided, whatever their score.
        mitigations: How many were compared.
        candidates: How many pairs were measured.
        threshold: The least score of a pair that is not decided.
        base: What the IRIs of the data begin with.
        compared: IRIs of what was compared.
    """

    pairs: tuple[Pair, ...]
    mitigations: int
    candidates: int
    threshold: float
    base: str = BASE
    compared: frozenset[str] = frozenset()

    def count(self) -> dict[str, int]:
        """How many pairs there are across sources, within them, and of each decision."""
        across = sum(one.is_across for one in self.pairs)
        decided = {name: sum(one.decision == name for one in self.pairs) for name in _DECISIONS}
        return {"across sources": across, "within sources": len(self.pairs) - across, **decided}

    def select(self, mitigation: str) -> "Similarity":
        """Keep the pairs of one mitigation.

        Args:
            mitigation: Its IRI, or a path below the base.

        Raises:
            ParameterError: It is none of those that were compared.
        """
        iri = read_term(mitigation, base=self.base, parameter="mitigation")[1:-1]
        if iri not in self.compared:
            where = "look for its IRI with airm-graph search"
            raise ParameterError(f"{mitigation[:80]} is no mitigation of this graph; {where}", parameter="mitigation")
        return replace(self, pairs=tuple(pair for pair in self.pairs if iri in (pair.one.iri, pair.two.iri)))

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """Groups of two and more, the largest first."""
        import networkx as nx

        graph: nx.Graph[str] = nx.Graph()
        texts = {text.iri: text for pair in self.pairs for text in (pair.one, pair.two)}
        for pair in self.pairs:
            if pair.decision == "accepted" or (pair.decision == "unreviewed" and pair.relation == "exact"):
                graph.add_edge(pair.one.iri, pair.two.iri, weight=max(pair.score, float(pair.decision == "accepted")))
        found = []
        for group in nx.connected_components(graph):
            best = min(group, key=lambda iri: (-graph.degree(iri, weight="weight"), iri))
            found.append(Cluster(texts[best], tuple(texts[iri] for iri in sorted(group))))
        return tuple(sorted(found, key=lambda one: (-len(one.members), one.representative.iri)))


def find_similar(store: "Store", *, threshold: float = THRESHOLD, decisions: "Iterable[JoinDecision]" = (), base: str = BASE) -> Similarity:
    """Find mitigations that say the same; arguments and errors as for `compare_texts`.

    Raises:
        EngineError: The extra ``analysis`` is not installed.
    """
    return compare_texts(read_mitigation_texts(store, base=base), threshold=threshold, decisions=decisions, base=base)


def compare_texts(
    texts: Sequence[MitigationText], *, threshold: float = THRESHOLD, decisions: "Iterable[JoinDecision]" = (), base: str = BASE
) -> Similarity:
    """Compare mitigations by their texts, without looking at all pairs.

    Args:
        texts: Sorted by IRI.
        threshold: Pairs of a lower score are left out, unless a person decided of them.
        decisions: What people decided: kept with the pair, whatever its score.
        base: What the IRIs of the data begin with.

    Raises:
        EngineError: The extra ``analysis`` is not installed.
        ParameterError: The threshold is not above 0 and up to 1, or a decision names no mitigation.
    """
    if not 0 < threshold <= 1:
        raise ParameterError(f"the threshold {threshold:g} is not above 0 and up to 1; {THRESHOLD:g} is a good one", parameter="threshold")
    require_analysis()
    comparison = _Comparison(texts, base)
    decided = comparison.read(decisions)
    pairs, candidates = comparison.find(threshold, decided)
    ranked = sorted(pairs, key=lambda one: (not one.is_across, -one.score, one.one.iri, one.two.iri))
    return Similarity(tuple(ranked), len(texts), candidates, threshold, base, frozenset(text.iri for text in texts))


class _Comparison:
    def __init__(self, texts: Sequence[MitigationText], base: str) -> None:
        self._texts, self._base = texts, base
        self._numbers = {text.iri: number for number, text in enumerate(texts)}

    def read(self, decisions: "Iterable[JoinDecision]") -> "dict[tuple[int, int], JoinDecision]":
        """What was decided of which texts; what speaks of other things than mitigations is passed
        over.
        """
        found: dict[tuple[int, int], JoinDecision] = {}
        for one in decisions:
            keys = one.one.key, one.two.key
            if not all(key.startswith("mitigation/") for key in keys):
                continue
            numbers = [self._numbers.get(self._base + key) for key in keys]
            if None in numbers or numbers[0] == numbers[1]:
                missing = keys[numbers.index(None)] if None in numbers else keys[0]
                where = f"{one.location.file}:{one.location.first_line or one.location.row}"
                what = f"{where}: {missing} is no mitigation of this graph, or is paired with itself"
                raise ParameterError(f"{what}; take the identifiers from a new table of similar", parameter="decisions")
            first, second = sorted(number for number in numbers if number is not None)
            other = found.setdefault((first, second), one)
            if other.accepted != one.accepted:
                raise ParameterError(f"{keys[0]} and {keys[1]} are accepted and rejected; take out one", parameter="decisions")
        return found

    def find(self, threshold: float, decided: "Mapping[tuple[int, int], JoinDecision]") -> tuple[list[Pair], int]:
        """Pairs of the threshold and above, and decided ones; how many were measured."""
        import numpy as np

        from airm_graph.analysis.pair_verdicts import score_pairs

        if len(self._texts) < 2:
            return [], 0
        measures = TextMeasures(self._texts)
        one, two = measures.find_candidates()
        known = set(zip(one.tolist(), two.tolist(), strict=True)) if decided else set()
        more = np.array(sorted(decided.keys() - known), dtype=np.int64).reshape(-1, 2)
        one, two = np.concatenate([one, more[:, 0]]), np.concatenate([two, more[:, 1]])
        table = measures.measure(one, two)
        scores, exact = score_pairs(table)
        pairs = []
        is_decided = np.array([pair in decided for pair in zip(one.tolist(), two.tolist(), strict=True)], dtype=bool)
        for at in np.flatnonzero((scores >= threshold) | is_decided):
            first, second = int(one[at]), int(two[at])
            pair = Pair(
                self._texts[first],
                self._texts[second],
                float(scores[at]),
                "exact" if exact[at] else "close",
                dict(zip(MEASURES, table[at].tolist(), strict=True)),
                measures.list_shared(first, second),
                measures.list_sentences(first, second),
            )
            pairs.append(_decide(pair, decided.get((first, second))))
        return pairs, len(one)


def _decide(pair: Pair, decision: "JoinDecision | None") -> Pair:
    if decision is None:
        return pair
    said = "accepted" if decision.accepted else "rejected"
    return replace(pair, decision=said, reviewer=decision.by, relation=decision.relation or pair.relation)
