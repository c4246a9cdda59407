"""Find what a name stands for, though it is written otherwise: case, quotes, hyphens, lost words.

Words that few names have say most. A name is compared by its words and by its letters, so that a
word may be lost, added, moved or misspelt. Identifiers and notations are compared as a whole.
"""

import math
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from airm_graph.search.entities import Entity

__all__ = ["LONGEST_NAME", "NameIndex", "NameMatch", "fold_name"]

#: Characters of a name that are compared.
LONGEST_NAME = 1000
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019\u02bc](?=\w)")
_MOST_WORDS = 64
#: Entries of names that are counted for one text, and names that are compared with it.
_MOST_ENTRIES, _COMPARED = 20_000, 40
#: What words weigh in a comparison beside letters.
_WORDS_WEIGH = 0.6
#: What words weigh that the text has, beside those of the name: more words are lost than added.
_ASKED_WEIGHS = 0.8
#: Known words that an unknown one may stand for, and what they share with it at least.
_SIMILAR_WORDS, _SIMILAR_FROM = 3, 0.4
#: What the best can have that is not called so.
_BELOW_EXACT = 0.99


@dataclass(frozen=True, slots=True)
class NameMatch:
    """Hold how well a text matches an entity.

    Attributes:
        entity: The entity.
        score: From 0 to 1.
        is_key: Whether the text is an identifier or notation of it.
        is_name: Whether the text is a name of it, but for case, marks and quotes.
        words: Weight of the words that both have, in the weight of all.
        letters: Share of three letters in a row that both have.
    """

    entity: Entity
    score: float
    is_key: bool = False
    is_name: bool = False
    words: float = 0.0
    letters: float = 0.0


def fold_name(text: str) -> str:
    """Write a name without what is often written otherwise.

    >>> fold_name('  \u201cRed-Teaming\u201d & Café\u2019s ')
    'red teaming and cafes'
    """
    plain = unicodedata.normalize("NFKD", text[:LONGEST_NAME].replace("&", " and ")).casefold()
    plain = _APOSTROPHE.sub("", "".join(one for one in plain if not unicodedata.combining(one)))
    return " ".join(_WORD.findall(plain)[:_MOST_WORDS])


def _fold_key(text: str) -> str:
    return " ".join(text[:LONGEST_NAME].casefold().strip(" \t\r\n\"'<>\u201c\u201d\u2018\u2019").split())


def _cut(text: str, size: int = 3) -> Counter[str]:
    """Count so many letters in a row, with where the text begins and ends."""
    padded = f"{' ' * (size - 1)}{text} "
    return Counter(padded[i : i + size] for i in range(len(padded) - size + 1))


def _share(one: Counter[str], other: Counter[str]) -> float:
    """Write what two texts share as a number from 0 to 1 (the coefficient of Dice)."""
    return 2 * (one & other).total() / ((one.total() + other.total()) or 1)


class NameIndex:
    """Finds entities by name. Nothing of it changes after it was made, so forks share it."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        """Index the names and keys of entities."""
        self.entities = tuple(entities)
        self._keys: dict[str, list[int]] = defaultdict(list)
        self._names: list[str] = []
        self._owner = array("I")
        self._called: dict[str, list[int]] = defaultdict(list)
        self._having: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, entity in enumerate(self.entities):
            for key in {_fold_key(key) for key in entity.keys}:
                self._keys[key].append(number)
            for name in sorted({fold_name(name) for name in entity.names} - {""}):
                self._add_name(name, number)
        self._weights = {word: math.log(1 + len(self._names) / len(found)) for word, found in self._having.items()}
        self._rare = math.log(1 + len(self._names))
        self._sums = array("d", (sum(map(self._weights.__getitem__, set(name.split()))) for name in self._names))
        self._spelt: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._having):
            for part in _cut(word, 2):
                self._spelt[part].append(word)
        self._sorted = sorted((*((name, number) for name, number in zip(self._names, self._owner, strict=True)), *self._list_keys()))
        self._similar_words = lru_cache(4096)(self._find_similar)

    def _add_name(self, name: str, number: int) -> None:
        for word in set(name.split()):
            self._having[word].append(len(self._names))
        self._called[name].append(number)
        self._names.append(name)
        self._owner.append(number)

    def _list_keys(self) -> Iterator[tuple[str, int]]:
        return ((key, number) for key, numbers in self._keys.items() for number in numbers)

    def find_key(self, text: str) -> tuple[Entity, ...]:
        """Find the entities that have an identifier, a notation or an IRI."""
        return tuple(self.entities[number] for number in self._keys.get(_fold_key(text), ()))

    def match(self, text: str, *, among: Iterable[int] | None = None) -> list[NameMatch]:
        """Find the entities that a text may stand for, best first.

        Args:
            text: A name, an identifier, a notation or an IRI.
            among: Numbers of the entities to choose from.
        """
        folded, allowed = fold_name(text), None if among is None else set(among)
        keys = {number for number in self._keys.get(_fold_key(text), ()) if allowed is None or number in allowed}
        best = {number: NameMatch(self.entities[number], score=1.0, is_key=True) for number in keys}
        words, cut = self._spread(folded.split()), _cut(folded)
        for name in self._choose(words, folded, allowed):
            number = self._owner[name]
            found = self._compare(folded, words, cut, name, is_key=number in keys)
            if number not in best or (found.score, found.letters) > (best[number].score, best[number].letters):
                best[number] = found
        return sorted(best.values(), key=lambda one: (-one.is_key, -one.score, -one.letters, one.entity.iri))

    def begin(self, prefix: str, *, most: int) -> list[Entity]:
        """Find entities of which a name or an identifier begins with a text, in their order."""
        found: dict[int, None] = {}
        for start in {fold_name(prefix), _fold_key(prefix)} - {""}:
            for at in range(bisect_left(self._sorted, (start, 0)), len(self._sorted)):
                text, number = self._sorted[at]
                if not text.startswith(start) or len(found) >= most:
                    break
                found[number] = None
        return [self.entities[number] for number in found]

    def _spread(self, words: Sequence[str]) -> Mapping[str, Mapping[str, float]]:
        """Find for each word the known words that it may stand for, and how well."""
        return {word: {word: 1.0} if word in self._having else self._similar_words(word) for word in dict.fromkeys(words)}

    def _find_similar(self, word: str) -> dict[str, float]:
        cut = _cut(word, 2)
        shared = Counter(known for part in cut for known in self._spelt.get(part, ()))
        near = [(known, 2 * count / (cut.total() + len(known) + 1)) for known, count in shared.most_common(50)]
        near.sort(key=lambda one: (-one[1], one[0]))
        return {known: share for known, share in near[:_SIMILAR_WORDS] if share >= _SIMILAR_FROM}

    def _choose(self, words: Mapping[str, Mapping[str, float]], folded: str, allowed: set[int] | None) -> list[int]:
        """Choose the names that are worth comparing: those that share the rarest words."""
        known = sorted(((known, share) for some in words.values() for known, share in some.items()), key=self._rank_word)
        found, left = defaultdict[int, float](float), _MOST_ENTRIES
        for word, share in known:
            entries = self._having[word]
            if found and left < len(entries):
                break
            left -= len(entries)
            for name in entries:
                found[name] += share * self._weights[word]
        asked = sum(max((self._weights[known] for known in some), default=self._rare) for some in words.values())
        ranked = sorted(
            (
                (-value / (asked + self._sums[name]), name)
                for name, value in found.items()
                if allowed is None or self._owner[name] in allowed
            )
        )
        exact = {number for number in self._called.get(folded, ()) if allowed is None or number in allowed}
        return [name for at, (_, name) in enumerate(ranked) if at < _COMPARED or self._owner[name] in exact]

    def _rank_word(self, one: tuple[str, float]) -> tuple[int, str]:
        return len(self._having[one[0]]), one[0]

    def _compare(self, folded: str, words: Mapping[str, Mapping[str, float]], cut: Counter[str], name: int, *, is_key: bool) -> NameMatch:
        written = self._names[name]
        own, shared, asked = set(written.split()), 0.0, 0.0
        for some in words.values():
            asked += max((self._weights[known] for known in some), default=self._rare)
            shared += max((share * self._weights[known] for known, share in some.items() if known in own), default=0.0)
        by_words = min(1.0, shared / ((_ASKED_WEIGHS * asked + (1 - _ASKED_WEIGHS) * self._sums[name]) or 1))
        by_letters, is_name = _share(cut, _cut(written)), folded == written
        score = _WORDS_WEIGH * by_words + (1 - _WORDS_WEIGH) * by_letters
        score = 1.0 if is_key or is_name else min(score, _BELOW_EXACT)
        return NameMatch(self.entities[self._owner[name]], score, is_key, is_name, by_words, by_letters)
