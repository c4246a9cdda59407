"""Codes held against texts: which codes the words of a mitigation do not speak for. Nothing is
assigned.

A linear classifier (ridge regression on words and pairs of words, with what stands near it in its
source) scores every mitigation without having seen its own codes: leave-one-out in closed form.

Source:
    Rasmussen and Williams, Gaussian Processes for Machine Learning, section 5.4.2, for leaving out
    one or several rows without solving again.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from airm_graph.analysis.counted_facets import make_prologue
from airm_graph.analysis.mitigation_texts import MitigationText, find_words, read_mitigation_texts, require_analysis
from airm_graph.errors import ParameterError
from airm_graph.namespaces import BASE
from airm_graph.terms import read_literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from airm_graph.graph.store import Store

    Numbers = NDArray[np.float64]

__all__ = ["CodeCheck", "CodeChecks", "Coded", "check_coded", "check_codes", "read_coded"]

_PATTERN = """?mitigation airm:classification ?classification . ?classification airm:assignedCode ?code .
  ?code skos:inScheme ?scheme ; skos:notation ?notation . OPTIONAL { ?code skos:prefLabel ?label }
  OPTIONAL { ?classification airm:reasoning ?reason }"""
#: Not the row of a table: where the table is sorted by code, that would be the answer.
_PLACE = """?mitigation a airm:Mitigation . OPTIONAL { ?mitigation dcterms:identifier ?identifier }
  OPTIONAL { ?mitigation airm:evidence ?evidence . ?evidence airm:firstLine ?line }"""
#: Ridge, weight of what stands near in the source and after how many places it has faded, of words
#: of the label, and how sharply scores are told apart. Weighed on codes changed on purpose.
_RIDGE, _NEAR, _PLACES, _LABEL, _SHARP = 2.0, 0.3, 3.0, 0.3, 6.0
#: More are more than a table of all pairs should hold: 6,000 take 0.9 GB.
_MOST = 6_000
_SUGGESTED, _WORDS = 3, 5


@dataclass(frozen=True)
class Coded:
    """A mitigation with what its codes are judged by.

    Attributes:
        text: Its name and description.
        codes: IRIs of its codes in one edition, sorted.
        reasons: The reasons given for them.
        place: First number in its identifier, or the line at which it stands; what is near it in
            its source is often coded alike.
    """

    text: MitigationText
    codes: tuple[str, ...]
    reasons: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """A code of a mitigation, and what its text speaks for.

    Attributes:
        mitigation: What is classified.
        code: Notation and label of the code that it has.
        doubt: From 0, nothing speaks against the code; the list is in this order.
        suggestions: Other codes with the share of the score, best first.
        words: Words that speak most for the first suggestion rather than for the code, as stems.
    """

    mitigation: MitigationText
    code: str
    doubt: float
    suggestions: tuple[tuple[str, float], ...]
    words: tuple[str, ...]


@dataclass(frozen=True)
class CodeChecks:
    """Codes in the order of doubt, and how far the classifier can be trusted.

    Attributes:
        edition: Of the codes.
        checks: One for each code of each mitigation.
        mitigations, codes: How many there are.
        accuracy: Share of mitigations whose best code is one of theirs, each left out by itself.
        accuracy_sources: The same with the whole source left out; 0 where there is one source.
        baseline: The same for who always says the most frequent code.
        base: What the IRIs of the data begin with.
    """

    edition: str
    checks: tuple[CodeCheck, ...]
    mitigations: int
    codes: int
    accuracy: float
    accuracy_sources: float
    baseline: float
    base: str = BASE


def check_codes(store: "Store", *, edition: str | None = None, base: str = BASE) -> CodeChecks:
    """Rank the codes of a graph by how little the texts speak for them.

    Args:
        store: A graph with its taxonomy.
        edition: ``v1`` or ``v2``; left out, the one with most classifications.
        base: What the IRIs of the data begin with.

    Raises:
        EngineError: The extra ``analysis`` is not installed.
        ParameterError: There is no such edition, or too little or too much to learn from.
    """
    require_analysis()
    coded, labels, name = read_coded(store, edition=edition, base=base)
    return check_coded(coded, labels, edition=name, base=base)


def read_coded(store: "Store", *, edition: str | None = None, base: str = BASE) -> tuple[list[Coded], dict[str, str], str]:
    """Read mitigations with codes of one edition, the labels of the codes, and the edition."""
    select = f"SELECT DISTINCT ?mitigation ?code ?scheme ?notation ?label ?reason WHERE {{ {_PATTERN} }}"
    rows = [tuple(map(_read, row)) for row in store.select(f"{make_prologue(_PATTERN, base)}\n{select}")[1]]
    used = [row[2].rpartition("/")[2] for row in rows]
    chosen = edition or max(sorted(set(used)), key=used.count, default="")
    if chosen not in used:
        there = ", ".join(sorted(set(used))) or "none"
        raise ParameterError(f"nothing is classified by the edition {chosen or '(any)'}; there are {there}", parameter="edition")
    places: dict[str, int] = {}
    asked = f"{make_prologue(_PLACE, base)}\nSELECT ?mitigation ?identifier ?line WHERE {{ {_PLACE} }}"
    for mitigation, identifier, line in (map(_read, found) for found in store.select(asked)[1]):
        number = next(iter(re.findall(r"[0-9]{1,9}", identifier)), line or "0")
        places[mitigation] = min(places.get(mitigation, int(number)), int(number))
    codes: dict[str, set[str]] = {}
    reasons: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for mitigation, code, scheme, notation, label, reason in rows:
        if scheme.rpartition("/")[2] == chosen:
            codes.setdefault(mitigation, set()).add(code)
            reasons.setdefault(mitigation, set()).add(reason)
            labels[code] = f"{chosen} {notation} {label}".strip()
    texts = (text for text in read_mitigation_texts(store, base=base) if text.iri in codes)
    return [Coded(t, tuple(sorted(codes[t.iri])), " ".join(sorted(reasons[t.iri])), places.get(t.iri, 0)) for t in texts], labels, chosen


def _read(value: str | None) -> str:
    return "" if not value else value[1:-1] if value.startswith("<") else read_literal(value).text


def check_coded(coded: Sequence[Coded], labels: Mapping[str, str], *, edition: str, base: str = BASE) -> CodeChecks:
    """Rank codes; `check_codes` without the graph.

    Args:
        coded: Mitigations with their codes.
        labels: Edition, notation and label of each code.
        edition: Of the codes.
        base: What the IRIs of the data begin with.

    Raises:
        ParameterError: There is too little or too much to learn from.
    """
    require_analysis()
    codes = sorted(
        {code for one in coded for code in one.codes},
        key=lambda code: [int(part) for part in re.findall(r"\d+", labels[code].partition(" ")[0])],
    )
    if len(coded) < 3 or len(codes) < 2:
        raise ParameterError(
            f"{len(coded)} mitigations with {len(codes)} codes are too few to learn from; give more data", parameter="data"
        )
    if len(coded) > _MOST:
        raise ParameterError(
            f"{len(coded)} mitigations are more than {_MOST}, which can be compared at once; give a part of the data", parameter="data"
        )
    return _Classifier(coded, codes, labels).check(edition, base)


class _Classifier:
    """Scores of all codes for all mitigations, each without its own codes."""

    def __init__(self, coded: Sequence[Coded], codes: Sequence[str], labels: Mapping[str, str]) -> None:
        import numpy as np
        from scipy.sparse import hstack
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._coded, self._codes, self._labels = coded, codes, labels
        texts = [find_words(f"{one.text.name}. {one.text.description} {one.reasons}") or ["-"] for one in coded]
        makers = [TfidfVectorizer(analyzer=analyse, sublinear_tf=True).fit(texts) for analyse in (list, _add_pairs)]
        # The kernel is the mean of that of words and that of words with their pairs.
        self._vectors: Any = hstack([maker.transform(texts) for maker in makers]).multiply(1 / np.sqrt(2)).tocsr()
        self._words = [word for maker in makers for word in maker.get_feature_names_out()]
        named = makers[1].transform([find_words(labels[code].partition(" ")[2]) for code in codes])
        self._from_labels: Numbers = _LABEL * (makers[1].transform(texts) @ named.T).toarray()
        self._sources = np.array([one.text.source or one.text.iri for one in coded], dtype=object)
        place = np.array([float(one.place) for one in coded])
        near = np.exp(-abs(place[:, None] - place[None]) / _PLACES) * (self._sources[:, None] == self._sources[None])
        kernel = (self._vectors @ self._vectors.T).toarray() + _NEAR * near
        self._has: Numbers = np.array([[float(code in one.codes) for code in codes] for one in coded])
        self._inverse: Numbers = np.linalg.inv(kernel + _RIDGE * np.eye(len(coded)))
        self._dual: Numbers = self._inverse @ self._has

    def _leave_one_out(self) -> "Numbers":
        import numpy as np

        left: Numbers = self._has - self._dual / np.diag(self._inverse)[:, None] + self._from_labels
        return left

    def _leave_source_out(self) -> "Numbers":
        import numpy as np

        scores = self._from_labels.copy()
        for source in sorted(set(self._sources)):
            of = np.flatnonzero(self._sources == source)
            scores[of] += self._has[of] - np.linalg.solve(self._inverse[np.ix_(of, of)], self._dual[of])
        return scores

    def check(self, edition: str, base: str) -> CodeChecks:
        """Rank, and say how far that can be trusted."""
        import numpy as np

        scores = self._leave_one_out()
        sharp = np.exp(_SHARP * scores)
        shares = sharp / sharp.sum(axis=1, keepdims=True)
        weights: Any = self._vectors.T @ self._dual
        found = [
            self._explain(row, code, shares, weights) for row in range(len(self._coded)) for code in np.flatnonzero(self._has[row]).tolist()
        ]
        several = len(set(self._sources)) > 1
        return CodeChecks(
            edition,
            tuple(sorted(found, key=lambda one: (-one.doubt, one.mitigation.iri, one.code))),
            len(self._coded),
            len(self._codes),
            self._rate(scores),
            self._rate(self._leave_source_out()) if several else 0.0,
            float(self._has.sum(axis=0).max() / len(self._coded)),
            base,
        )

    def _rate(self, scores: "Numbers") -> float:
        import numpy as np

        return float(self._has[np.arange(len(scores)), scores.argmax(axis=1)].mean())

    def _explain(self, row: int, code: int, shares: "Numbers", weights: "Numbers") -> CodeCheck:
        import numpy as np

        others = [at for at in np.argsort(-shares[row], kind="stable") if not self._has[row, at]][:_SUGGESTED]
        vector = self._vectors[row]
        words: list[str] = []
        if others:
            # What the mitigation itself taught is taken out of the weights.
            own = vector.data[:, None] * self._dual[row, [others[0], code]]
            pull = vector.data * ((weights[vector.indices][:, [others[0], code]] - own) @ np.array([1.0, -1.0]))
            ranked = (str(self._words[vector.indices[at]]) for at in np.argsort(-pull, kind="stable") if pull[at] > 0)
            words = list(dict.fromkeys(ranked))[:_WORDS]
        suggested = tuple((self._labels[self._codes[at]], round(float(shares[row, at]), 3)) for at in others)
        return CodeCheck(
            self._coded[row].text, self._labels[self._codes[code]], round(float(-np.log(shares[row, code])), 3), suggested, tuple(words)
        )


def _add_pairs(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{one} {two}" for one, two in pairwise(words))]
