"""How much two texts have in common, by several measures; and which pairs are worth measuring.

One measure is not enough: those of whole texts miss what is said in other words, those of names
what has another name, and shared sentences are found by neither. Latent topics (singular vectors of
the texts at hand) bring words together that stand in like company.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from airm_graph.analysis.mitigation_texts import MitigationText, find_words, normalise_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

__all__ = ["MEASURES", "TextMeasures"]

#: Each from 0 to 1 but for the length; that of topics may be below 0.
MEASURES = (
    *("text", "name", "description", "crossed", "two words", "sentences", "rare sentences"),
    *("name within, least", "name within, most", "rarest shared word", "rarest unshared word of names"),
    *("same source", "length", "topics"),
)
#: Products that the search for neighbours may take; rarer words go first, so common ones are left
#: out of it where there are many texts; a few seconds.
_PRODUCTS = 8_000_000
#: Neighbours by text and by name, rows at a time, pairs at a time.
_BY_TEXT, _BY_NAME, _ROWS, _PAIRS = 12, 8, 2_000, 50_000
#: A sentence that more mitigations have tells nothing of two of them.
_COMMON = 3
#: Latent topics, and texts that are enough to find them. Of what was tried on one half of the
#: labelled pairs (50, 100, 200 topics, characters, ranks of neighbours, first sentences), 50 topics
#: told most.
_TOPICS, _TEXTS_FOR_TOPICS = 50, 10_000
#: Words that a sentence needs so that two with it have something in common.
_SHORTEST = 4


class TextMeasures:
    """Texts as vectors, weighted by how rare their words are among all texts."""

    def __init__(self, texts: Sequence[MitigationText]) -> None:
        """Make the vectors."""
        import numpy as np
        from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
        from sklearn.preprocessing import binarize

        self.texts = texts
        words = [(find_words(one.name), find_words(one.description)) for one in texts]
        counter = CountVectorizer(analyzer=list, dtype=np.float64)
        names, bodies = ([pair[side] for pair in words] for side in (0, 1))
        counter.fit([*names, *bodies] if any(map(any, words)) else [["-"]])
        self.words = counter.get_feature_names_out()
        parts = [counter.transform(side) for side in (names, bodies)]
        weigher = TfidfTransformer(sublinear_tf=True).fit(parts[0] + parts[1])
        self._text, self._name, self._body = (weigher.transform(one) for one in (parts[0] + parts[1], *parts))
        self.weights: Numbers = weigher.idf_ / (np.log((1 + len(texts)) / 2) + 1)
        self._rare_text, self._rare_name = (binarize(one).multiply(self.weights).tocsr() for one in (self._text, parts[0]))
        pairs = CountVectorizer(analyzer=_list_pairs, dtype=np.float64)
        listed = [[*one, "", *other] for one, other in words]
        # One pair of words more, so that there is one; it stands in no text.
        counted = pairs.fit([*listed, ["-", "-"]]).transform(listed)
        self._pairs = TfidfTransformer(sublinear_tf=True).fit_transform(counted) if counted.shape[1] else counted
        self._sentences, self._rare_sentences = self._list_sentences()
        self._sources = np.array([one.source or f"?{number}" for number, one in enumerate(texts)], dtype=object)
        self._topics = self._find_topics()
        self._lengths = np.log1p([float(len(one.description)) for one in texts])

    def _find_topics(self) -> "Numbers":
        """Texts by latent topics, each of length 1; without any where there are too few texts."""
        import numpy as np
        from sklearn.preprocessing import normalize
        from sklearn.utils.extmath import randomized_svd

        count = min(_TOPICS, *(side - 1 for side in self._text.shape))
        if count < 1:
            return np.zeros((len(self.texts), 1))
        step = -(-len(self.texts) // _TEXTS_FOR_TOPICS)
        *_, topics = randomized_svd(self._text[::step], count, n_iter=5, random_state=0)
        found: Numbers = normalize(self._text @ topics.T)
        return found

    def _list_sentences(self) -> tuple[Any, Any]:
        """Texts by sentences, weighted by words: all of them, and those that tell something."""
        import numpy as np
        from scipy.sparse import csr_matrix, diags
        from sklearn.preprocessing import normalize

        numbers: dict[str, int] = {}
        rows = [
            (row, numbers.setdefault(said, len(numbers)), said.count(" ") + 1)
            for row, one in enumerate(self.texts)
            for said in one.sentences
        ]
        if not rows:
            return csr_matrix((len(self.texts), 1)), csr_matrix((len(self.texts), 1))
        at, column, length = (np.array(values) for values in zip(*rows, strict=True))
        matrix = normalize(csr_matrix((length.astype(float), (at, column)), shape=(len(self.texts), len(numbers))), norm="l1")
        # What many say tells nothing of two of them, and neither does a phrase of two words.
        held, words = np.bincount(matrix.indices, minlength=len(numbers)), np.zeros(len(numbers), dtype=np.int64)
        words[column] = length
        rare = (matrix @ diags(((held <= _COMMON) & (words >= _SHORTEST)).astype(float))).tocsr()
        rare.eliminate_zeros()
        return matrix, rare

    # Which pairs.

    def find_candidates(self) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
        """Find pairs that share rare words, words of names, a sentence or the name; each once."""
        import numpy as np

        found = [
            *self._find_near(self._text, _BY_TEXT),
            *self._find_near(self._name, _BY_NAME),
            *self._share_sentences(),
            *self._share_names(),
        ]
        size = len(self.texts)
        keys = np.unique(np.concatenate([np.minimum(a, b) * size + np.maximum(a, b) for a, b in found])) if found else np.zeros(0, np.int64)
        one, two = np.divmod(keys, max(1, size))
        return one[one != two], two[one != two]

    def _find_near(self, vectors: Any, most: int) -> "Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]":
        """The nearest neighbours of each text, by its rarer words."""
        import numpy as np

        held = np.bincount(vectors.indices, minlength=vectors.shape[1]).astype(np.int64)
        order = np.argsort(held, kind="stable")
        kept = order[np.cumsum(held[order] ** 2) <= _PRODUCTS]
        rare = vectors[:, np.sort(kept)].tocsr()
        columns = rare.T.tocsr()
        for start in range(0, rare.shape[0], _ROWS):
            near = rare[start : start + _ROWS] @ columns
            row = np.repeat(np.arange(near.shape[0]), np.diff(near.indptr))
            near.data[row + start == near.indices] = 0
            # Best first in each row; of equals the first.
            order = np.lexsort((near.indices, -near.data, row))
            rank = np.arange(len(order)) - near.indptr[row[order]]
            best = order[(rank < most) & (near.data[order] > 0)]
            yield (row[best] + start).astype(np.int64), near.indices[best].astype(np.int64)

    def _share_sentences(self) -> "Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]":
        import numpy as np

        columns = self._rare_sentences.tocsc()
        for column in np.flatnonzero(np.diff(columns.indptr) > 1):
            rows = columns.indices[columns.indptr[column] : columns.indptr[column + 1]].astype(np.int64)
            first, second = np.triu_indices(len(rows), 1)
            yield rows[first], rows[second]

    def _share_names(self) -> "Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]":
        """Texts of one name, where not so many have it that it is a heading."""
        import numpy as np

        held: dict[tuple[str, ...], list[int]] = {}
        for row, one in enumerate(self.texts):
            held.setdefault(tuple(normalise_words(one.name)), []).append(row)
        for name, rows in held.items():
            if name and 1 < len(rows) <= _BY_NAME:
                first, second = np.triu_indices(len(rows), 1)
                yield np.array(rows, dtype=np.int64)[first], np.array(rows, dtype=np.int64)[second]

    # How near.

    def measure(self, one: "NDArray[np.int64]", two: "NDArray[np.int64]") -> "Numbers":
        """Measure pairs: n rows, a column for each of `MEASURES`."""
        import numpy as np

        parts = [self._measure(one[at : at + _PAIRS], two[at : at + _PAIRS]) for at in range(0, len(one), _PAIRS)]
        return np.vstack(parts) if parts else np.zeros((0, len(MEASURES)))

    def _measure(self, one: "NDArray[np.int64]", two: "NDArray[np.int64]") -> "Numbers":
        import numpy as np

        def dot(left: Any, right: Any) -> "Numbers":
            return np.asarray(left[one].multiply(right[two]).sum(axis=1)).ravel()

        name, body = self._name, self._body
        within = [_share_within(self._rare_name[a], self._rare_text[b]) for a, b in ((one, two), (two, one))]
        columns = (
            dot(self._text, self._text),
            dot(name, name),
            dot(body, body),
            np.maximum(dot(name, body), dot(body, name)),
            dot(self._pairs, self._pairs),
            _share_sentences(self._sentences[one], self._sentences[two]),
            _share_sentences(self._rare_sentences[one], self._rare_sentences[two]),
            np.minimum(*within),
            np.maximum(*within),
            _find_most(self._rare_text[one].minimum(self._rare_text[two])),
            _find_most(abs(self._rare_name[one] - self._rare_name[two])),
            (self._sources[one] == self._sources[two]).astype(float),
            np.minimum(self._lengths[one], self._lengths[two]),
            (self._topics[one] * self._topics[two]).sum(axis=1),
        )
        return np.column_stack(columns).round(6)

    def list_shared(self, one: int, two: int, *, most: int = 6) -> tuple[str, ...]:
        """List the rarest words that two texts share, as stems."""
        both = self._rare_text[one].minimum(self._rare_text[two]).tocoo()
        ranked = sorted(zip(-both.data, self.words[both.col], strict=True))
        return tuple(str(word) for _, word in ranked[:most])

    def list_sentences(self, one: int, two: int) -> tuple[str, ...]:
        """List the sentences that two texts share, those of a few words left out."""
        here = set(self.texts[one].sentences) & set(self.texts[two].sentences)
        return tuple(sorted(said for said in here if said.count(" ") + 1 >= _SHORTEST))


def _list_pairs(words: Sequence[str]) -> list[str]:
    return [f"{one} {two}" for one, two in pairwise(words) if one and two]


def _share_within(names: Any, texts: Any) -> "Numbers":
    """How much of the weight of a name stands in the other text; 0 where there is no name."""
    import numpy as np

    whole = np.asarray(names.sum(axis=1)).ravel()
    shared: Numbers = np.asarray(names.minimum(texts).sum(axis=1)).ravel() / np.where(whole > 0, whole, 1)
    return shared


def _share_sentences(left: Any, right: Any) -> "Numbers":
    """How much of the one that has less beside them shared sentences make."""
    import numpy as np

    shared = left.minimum(right).sign()
    most: Numbers = np.maximum(*(np.asarray(shared.multiply(side).sum(axis=1)).ravel() for side in (left, right)))
    return most


def _find_most(matrix: Any) -> "Numbers":
    import numpy as np

    return np.asarray(matrix.max(axis=1).todense()).ravel()
