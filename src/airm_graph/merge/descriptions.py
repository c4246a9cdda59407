"""Descriptions of one mitigation: which of them say something of their own, and which are one text
with more or less damage.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from airm_graph.merge.attest import attest
from airm_graph.merge.occurrences import Occurrence
from airm_graph.model import Attested
from airm_graph.text import find_damage, normalise

__all__ = ["is_one_text", "merge_descriptions"]

#: A text that stops short is the beginning of another one from so many letters on.
_TELLING = 40
_MARKS = re.compile(r"\[\d[\d,;\s–-]*\]?|(?<=[a-z.!?”\"’)])\d{1,3}\b|(?<=[.!?] )\d{1,3}\b", re.IGNORECASE)
_LIGATURES = re.compile(r"ffi|ffl|ff|fi|fl|ft|ti|tt")


def merge_descriptions(members: Iterable[Occurrence]) -> tuple[Attested, ...]:
    """List the descriptions of a mitigation, the one most often said first.

    Of texts that differ by damage alone the least damaged is published, and of a page's own text
    and its first paragraph, which is all that lists print, the whole. Where the others stand is
    evidence of the mitigation as before.
    """
    described = [mention for mention in members if mention.description]
    said = attest((mention.description.published, mention.evidence) for mention in described if mention.description)
    if len(said) < 2:
        return said
    own = {mention.description.published for mention in described if mention.description and mention.kind == "own"}
    return tuple(one for one in said if not any(_is_within(one, other, own) for other in said if other is not one))


def _is_within(one: Attested, other: Attested, own: Iterable[str]) -> bool:
    """Whether *one* says nothing that *other* does not say better."""
    first = other.value.split("\n", 1)[0] if other.value in own else ""
    if first and first != other.value and is_one_text(one.value, first):
        return True
    if is_one_text(one.value, other.value):
        return _rank(one) > _rank(other)
    return _is_cut(one.value) and _strip(other.value).startswith(_strip(one.value)) and len(_strip(one.value)) >= _TELLING


def is_one_text(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but marks, blanks, and letters that a ligature may have
    lost.
    """
    return _strip(one) == _strip(other) or _LIGATURES.sub("", _strip(one)) == _LIGATURES.sub("", _strip(other))


@lru_cache(maxsize=1 << 12)
def _strip(text: str) -> str:
    return normalise(_MARKS.sub("", text)).replace(" ", "")


@lru_cache(maxsize=1 << 12)
def _is_cut(text: str) -> bool:
    return any(damage.rule == "truncated" for damage in find_damage(text, kind="prose"))


def _rank(said: Attested) -> tuple[int, int, int, str]:
    """The less the better: damage, then letters that are missing, then how seldom it is said."""
    return len(find_damage(said.value, kind="prose")), -len(_strip(said.value)), -len(said.evidence), said.value
