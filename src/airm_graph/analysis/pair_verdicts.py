"""Which measured pairs say the same: what readers said of labelled pairs, learned from their
measures.

The labelled pairs are kept as measures and verdicts (``labelled_measures.tsv``, made by
``benchmarks/similar.py``); how they were drawn and read stands in ``docs/guides/ask-the-graph.md``.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.analysis.text_measures import MEASURES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

__all__ = ["LABELLED", "find_twins", "make_classifier", "read_labelled", "score_pairs"]

#: Measures of the labelled pairs, with the verdict last.
LABELLED = Path(__file__).with_name("labelled_measures.tsv")
#: A twin has nearly all words, or the name and a rare sentence, or the name and nearly all words of
#: the shorter one. Weighed on planted twins: 100 % of them are found, and of the labelled pairs
#: that are different none is taken for one.
_TEXT, _NAME, _SENTENCES, _BODY = 0.9, 0.8, 0.2, 0.75
#: Pairs that reach none of these are not worth a classifier: no labelled pair that says the same.
_LEAST = {"text": 0.12, "name": 0.3, "crossed": 0.25, "sentences": 0.1}


def make_classifier() -> Any:
    """Make the classifier, untrained; the same one for the same input."""
    from sklearn.ensemble import ExtraTreesClassifier

    return ExtraTreesClassifier(200, min_samples_leaf=2, random_state=0)


def read_labelled() -> "tuple[Numbers, list[str]]":
    """Read measures (n rows of `MEASURES`) and verdicts: ``exact``, ``close``, ``different``."""
    import numpy as np

    head, *lines = (line.split("\t") for line in LABELLED.read_text(encoding="utf-8").splitlines())
    assert tuple(head) == (*MEASURES, "verdict"), f"{LABELLED.name} has other measures; make it again with benchmarks/similar.py"
    return np.array([[float(cell) for cell in line[:-1]] for line in lines]), [line[-1] for line in lines]


@cache
def _train() -> tuple[Any, Any]:
    """Classifiers of what says the same, and of what does so in full."""
    measures, verdicts = read_labelled()
    same = make_classifier().fit(measures, [verdict != "different" for verdict in verdicts])
    return same, make_classifier().fit(measures, [verdict == "exact" for verdict in verdicts])


def find_twins(measures: "Numbers") -> "NDArray[np.bool_]":
    """Find pairs that are one text but for case, quotes, order, dropped words or one sentence."""
    text, name, body, sentences = (measures[:, MEASURES.index(one)] for one in ("text", "name", "description", "rare sentences"))
    found: NDArray[np.bool_] = (text >= _TEXT) | ((name >= _NAME) & ((sentences >= _SENTENCES) | (body >= _BODY)))
    return found


def score_pairs(measures: "Numbers") -> "tuple[Numbers, NDArray[np.bool_]]":
    """Score pairs.

    Returns:
        The share of trees that take each for the same, from 0 to 1, 1 for twins; and whether it is
        so in full (``skos:exactMatch``) or nearly (``skos:closeMatch``).
    """
    import numpy as np

    scores, exact = np.zeros(len(measures)), np.zeros(len(measures), dtype=bool)
    worth = np.any([measures[:, MEASURES.index(name)] >= least for name, least in _LEAST.items()], axis=0)
    if worth.any():
        same, full = _train()
        scores[worth] = same.predict_proba(measures[worth])[:, 1]
        exact[worth] = full.predict_proba(measures[worth])[:, 1] >= 0.5
    twins = find_twins(measures)
    scores[twins] = 1
    return scores.round(3), exact | twins
