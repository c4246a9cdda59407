"""Repairs of words that lost letters or hyphens on their way through a typeset page. Closed lists
only.
"""

import re
from collections.abc import Collection, Iterator

from airm_graph.text.spans import Kind, Span
from airm_graph.text.words import LOST_HYPHENS, LOST_HYPHENS_EXACT, LOST_LIGATURES

__all__ = ["find_lost_hyphens", "find_lost_ligatures"]

# Not inside a longer word, an address, a file name or a hashtag.
_WORD = re.compile(r"(?<![\w@#/\\$.])[A-Za-z]{3,30}(?![\w@/\\]|\.\w)")

_LOST_HYPHENS = {*LOST_HYPHENS, *(word.lower() for word in LOST_HYPHENS_EXACT)}


def _has_any(words: Collection[str], text: str) -> bool:
    """Whether some words stand in a text, whatever their case; most texts have none."""
    return any(word in words for word in _WORD.findall(text.lower()))


def find_lost_ligatures(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find words that lost a ligature."""
    for match in _WORD.finditer(text) if _has_any(LOST_LIGATURES, text) else ():
        word = match.group()
        sound = LOST_LIGATURES.get(word.lower())
        if sound and word.islower():
            yield match.start(), match.end(), sound
        elif sound and word.istitle() and sound[0] == word[0].lower():
            yield match.start(), match.end(), sound.capitalize()


def find_lost_hyphens(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find words that lost their hyphen; the case of each letter is kept."""
    for match in _WORD.finditer(text) if _has_any(_LOST_HYPHENS, text) else ():
        word = match.group()
        sound = LOST_HYPHENS_EXACT.get(word)
        if not sound and (word.islower() or word.istitle() or word.isupper()):
            sound = LOST_HYPHENS.get(word.lower())
        if sound:
            yield match.start(), match.end(), _with_hyphens(word, sound)


def _with_hyphens(word: str, sound: str) -> str:
    letters = iter(word)
    return "".join("-" if char == "-" else next(letters) for char in sound)
