"""Words that are split by the hyphen of a line end, and what makes it sure that they are."""

import re
from collections.abc import Collection, Iterable, Iterator

__all__ = ["find_split", "list_joined", "list_standing"]

_SPLIT = re.compile(r"(?<![\w-])(?P<head>[A-Za-z]{1,20}[a-z])- (?P<rest>[a-z]{2,})(?![\w-])")
_AFTER_HANGING_HYPHEN = re.compile(
    r"(?:and|as|but|for|from|in|instead|nor|not|of|on|or|per|plus|rather|than|through|to|und|versus|via|vs|with)\Z"
)
_WORD = re.compile(r"(?<![\w-])[A-Za-z]{4,}(?![\w-])")


def find_split(text: str) -> Iterator[re.Match[str]]:
    """Find words that seem to be split: what stands before the hyphen is ``head``, behind the blank
    ``rest``.
    """
    return (match for match in _SPLIT.finditer(text) if not _AFTER_HANGING_HYPHEN.match(match["rest"]))


def list_joined(texts: Iterable[str]) -> set[str]:
    """List what the split words of texts would be without hyphen and blank, in lower case.

    >>> list_joined(["A mea- sure of long- and short-term risks"])
    {'measure'}
    """
    return {f"{match['head']}{match['rest']}".lower() for text in texts if "- " in text for match in find_split(text)}


def list_standing(texts: Iterable[str], words: Collection[str]) -> set[str]:
    """List those of some words, in lower case, that stand in texts as they are."""
    wanted, found = set(words), set[str]()
    for text in texts:
        small = text.lower()
        # Most words stand in one of the first texts, and few texts hold one of the others.
        if any(word in small for word in wanted):
            standing = wanted.intersection(map(str.lower, _WORD.findall(text)))
            found |= standing
            wanted -= standing
    return found
