"""Where mitigations that say the same are classified differently, and how well people and programs
agree on one mitigation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from airm_graph.analysis.counted_facets import make_prologue
from airm_graph.analysis.mitigation_texts import MitigationText, require_analysis
from airm_graph.analysis.similar import Similarity
from airm_graph.namespaces import BASE
from airm_graph.terms import read_literal

if TYPE_CHECKING:
    from airm_graph.graph.store import Store

__all__ = ["Agreement", "Disagreement", "FacetAgreement", "find_agreement", "measure_agreement"]

_FACETS = {
    "code": "airm:classification ?by . ?by airm:assignedCode ?value . ?value skos:inScheme ?scheme",
    "actor": "airm:actor ?value",
    "stage": "airm:lifecycleStage ?value",
    "function": "airm:function ?value",
    "statement": "airm:statementKind ?value",
}
_LABEL = "OPTIONAL { ?value skos:prefLabel ?label } OPTIONAL { ?value skos:notation ?notation }"
_AGENTS = """?mitigation airm:classification ?by . ?by airm:assignedCode ?value ; prov:wasAttributedTo ?agent .
  ?value skos:inScheme ?scheme .
  ?agent a ?kind . FILTER(?kind IN (prov:SoftwareAgent, prov:Person, prov:Organization))"""
#: Subject (with the edition, for codes) → values.
_Values = Mapping[tuple[str, str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class FacetAgreement:
    """How well two sides agree on a facet.

    Attributes:
        facet: ``code``, ``actor``, ``stage``, ``function``, or ``code, machine and human``.
        compared: Pairs of which both sides state a value (for codes: in one edition).
        agreeing: Those with the same values.
        low, high: The 95 % confidence interval of the share, after Wilson.
        kappa: Cohen's kappa of machine and human; of pairs, where no side is the first, in both
            orders, which is Scott's pi. None where nothing varies, or nothing is compared.
    """

    facet: str
    compared: int
    agreeing: int
    low: float
    high: float
    kappa: float | None

    @property
    def share(self) -> float:
        """Agreeing of compared; 0 where nothing is compared."""
        return self.agreeing / self.compared if self.compared else 0.0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two sides with different values of a facet; for machine and human both are one mitigation."""

    facet: str
    one: MitigationText
    two: MitigationText
    values: tuple[tuple[str, ...], tuple[str, ...]]
    score: float
    decision: str


@dataclass(frozen=True)
class Agreement:
    """Agreement by facet, and each disagreement: pairs that people accepted and the most similar
    ones first.
    """

    facets: tuple[FacetAgreement, ...]
    disagreements: tuple[Disagreement, ...]
    pairs: int
    threshold: float
    base: str = BASE


def find_agreement(store: "Store", similar: Similarity, *, base: str = BASE) -> Agreement:
    """Compare what is stated of mitigations that say the same.

    Args:
        store: The graph.
        similar: Pairs; those of the relation ``exact`` that nobody rejected, and accepted ones,
            count.
        base: What the IRIs of the data begin with.

    Raises:
        EngineError: The extra ``analysis`` is not installed.
    """
    require_analysis()
    pairs = [one for one in similar.pairs if one.decision == "accepted" or (one.decision == "unreviewed" and one.relation == "exact")]
    rated, found = [], []
    reader = _Reader(store, base)
    for facet in _FACETS:
        stated = reader.read(facet)
        sides = []
        for pair in pairs:
            for first, second in _align(stated, pair.one.iri, pair.two.iri):
                sides.append((first, second))
                if first != second:
                    values = (reader.name(first), reader.name(second))
                    found.append(Disagreement(facet, pair.one, pair.two, values, pair.score, pair.decision))
        rated.append(measure_agreement(facet, sides))
    sides = []
    for iri, first, second in reader.read_agents():
        sides.append((first, second))
        if first != second:
            text = MitigationText(iri)
            found.append(Disagreement(_BOTH, text, text, (reader.name(first), reader.name(second)), 1.0, "unreviewed"))
    rated.append(measure_agreement(_BOTH, sides, ordered=True))
    found.sort(key=lambda one: (one.decision != "accepted", -one.score, one.one.iri, one.two.iri, one.facet))
    return Agreement(tuple(rated), tuple(found), len(pairs), similar.threshold, base)


_BOTH = "code, machine and human"


def measure_agreement(facet: str, sides: Sequence[tuple[frozenset[str], frozenset[str]]], *, ordered: bool = False) -> FacetAgreement:
    """Measure agreement: values of one side beside those of the other, each set taken as one value.

    Args:
        facet: Its name.
        sides: Values of either side.
        ordered: The sides are two raters, who may have habits of their own.

    Source:
        `sklearn.metrics.cohen_kappa_score`; `scipy.stats.binomtest` (Wilson's interval).
    """
    from scipy.stats import binomtest
    from sklearn.metrics import cohen_kappa_score

    if not sides:
        return FacetAgreement(facet, 0, 0, 0.0, 1.0, None)
    agreeing = sum(one == two for one, two in sides)
    interval = binomtest(agreeing, len(sides)).proportion_ci(method="wilson")
    numbers: dict[frozenset[str], int] = {}
    one, two = ([numbers.setdefault(pair[side], len(numbers)) for pair in sides] for side in (0, 1))
    first, second = (one, two) if ordered else (one + two, two + one)
    kappa = float(cohen_kappa_score(first, second)) if len(numbers) > 1 else None
    return FacetAgreement(facet, len(sides), agreeing, float(interval.low), float(interval.high), kappa)


def _align(stated: _Values, one: str, two: str) -> Iterable[tuple[frozenset[str], frozenset[str]]]:
    """What both state, by edition."""
    editions = sorted({edition for iri, edition in stated if iri == one} & {edition for iri, edition in stated if iri == two})
    return [(stated[one, edition], stated[two, edition]) for edition in editions]


class _Reader:
    def __init__(self, store: "Store", base: str) -> None:
        self._store, self._base = store, base
        self._names: dict[str, str] = {}

    def read(self, facet: str) -> _Values:
        """The values of a facet."""
        found: dict[tuple[str, str], set[str]] = {}
        for iri, value, scheme, label, notation in self._select(
            "?mitigation ?value ?scheme ?label ?notation", f"?mitigation {_FACETS[facet]} . {_LABEL}"
        ):
            found.setdefault((iri, scheme), set()).add(value)
            self._names[value] = " ".join(filter(None, (scheme.rpartition("/")[2], notation, label))) or value.rpartition("/")[2]
        return {key: frozenset(values) for key, values in found.items()}

    def read_agents(self) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        """Mitigations that programs and people have classified: codes by either, by edition."""
        found: dict[tuple[str, str], dict[bool, set[str]]] = {}
        for iri, value, scheme, kind in self._select("?mitigation ?value ?scheme ?kind", _AGENTS):
            found.setdefault((iri, scheme), {}).setdefault(kind.endswith("SoftwareAgent"), set()).add(value)
        both = ((iri, sides) for (iri, _), sides in sorted(found.items()) if len(sides) > 1)
        return [(iri, frozenset(sides[True]), frozenset(sides[False])) for iri, sides in both]

    def name(self, values: frozenset[str]) -> tuple[str, ...]:
        """Labels of values, sorted."""
        return tuple(sorted(self._names.get(value, value.rpartition("/")[2]) for value in values))

    def _select(self, columns: str, where: str) -> list[tuple[str, ...]]:
        query = f"{make_prologue(where, self._base)}\nSELECT DISTINCT {columns} WHERE {{ {where} }}"
        return [
            tuple("" if not v else v[1:-1] if v.startswith("<") else read_literal(v).text for v in row)
            for row in self._store.select(query)[1]
        ]
