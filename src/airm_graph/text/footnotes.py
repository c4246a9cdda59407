"""Repair of footnote numbers that stand in the text, glued to a word or behind the end of a
sentence.
"""

import re
from collections import Counter
from collections.abc import Iterator

from airm_graph.frozen import frozen
from airm_graph.text.spans import Kind, Span
from airm_graph.text.words import NOT_SENTENCE_ENDS, NOUN_SUFFIXES, NOUNS, NUMBERED_NOUNS, SENTENCE_OPENERS

__all__ = ["find_footnote_numbers"]

_GLUED = re.compile(r"(?<![\w\-/.#@$\\:`'])(?P<word>[A-Za-z][a-z]{2,29})(?P<number>[1-9]\d{0,2})(?![\w(=%°@`]|[.,:/–'’-]\w)")
_BEHIND = re.compile(
    r"(?<![^\W_])(?P<word>[A-Za-z]+)[.!?][)”’\"]?(?P<space>[ \u00a0]{0,2})(?P<number>[1-9]\d{0,2})"
    r"(?=\Z|\n|[ \u00a0]{1,2}(?P<next>[A-Z][A-Za-z]*)(?=[\s,’'\"”)-]))"
)
_LIST_OPENER = re.compile(r"(?<![\w.,])1[.):]?\s")
_LONE_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?![\w%])")
# Footnotes of one paragraph follow each other; further apart, two numbers say nothing about each
# other.
_NEAR = 3


@frozen
class _Candidate:
    number: int
    span: Span
    certain: bool


def find_footnote_numbers(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find footnote numbers that can be nothing else, and those beside them that count on."""
    candidates = [*_glued(text), *_behind(text)]
    known = _count_on({c.number for c in candidates if c.certain}, {c.number for c in candidates})
    for candidate in candidates:
        if candidate.certain or candidate.number in known:
            yield candidate.span


def _glued(text: str) -> Iterator[_Candidate]:
    matches = list(_GLUED.finditer(text))
    times = Counter(match["word"].lower() for match in matches)
    for match in matches:
        word = match["word"].lower()
        # More often: a thing with a name, or things that are counted.
        if times[word] == 1 and _is_plain_noun(word):
            yield _Candidate(int(match["number"]), (*match.span(), match["word"]), certain=True)


def _behind(text: str) -> Iterator[_Candidate]:
    listed = {int(m.group()) for m in _LONE_NUMBER.finditer(text)} if _LIST_OPENER.search(text) else set[int]()
    for match in _BEHIND.finditer(text):
        number = int(match["number"])
        if not _can_end_sentence(match["word"]) or (listed and (number == 1 or number - 1 in listed)):
            continue
        # 1 at the end: a list that was cut off.
        ends = match["next"] is None and bool(match["space"]) and number > 1
        yield _Candidate(number, (match.start("space"), match.end("number"), ""), certain=ends or match["next"] in SENTENCE_OPENERS)


def _count_on(certain: set[int], all_numbers: set[int]) -> set[int]:
    """Spread certainty to numbers close to a certain one, and from there on; a number alone is not
    beside itself.
    """
    known, queue = set[int](), sorted(certain)
    while queue:
        number = queue.pop()
        near = {n for n in range(number - _NEAR, number + _NEAR + 1) if n != number and n in all_numbers} - known
        known |= near
        queue += sorted(near - certain)
    return known


def _can_end_sentence(word: str) -> bool:
    lower = word.lower()
    return len(word) > 3 and not word.isupper() and lower not in NOT_SENTENCE_ENDS and _singular(lower) not in NOT_SENTENCE_ENDS


def _is_plain_noun(word: str) -> bool:
    """Whether a noun is one that nobody numbers."""
    singular = _singular(word)
    if word in NOUNS or singular in NOUNS:
        return True
    if word in NUMBERED_NOUNS or singular in NUMBERED_NOUNS:
        return False
    return len(singular) > 6 and singular.endswith(NOUN_SUFFIXES)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "ics", "is", "us")) else word
