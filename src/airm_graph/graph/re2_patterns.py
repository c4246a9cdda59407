r"""Regular expressions of RE2, which plans are written in, for Python's ``re``.

RE2 looks for all words of a list at once; Python tries one after the other at every place, unless
words that begin alike are written as one.
"""

import re
from functools import cache
from typing import Any

__all__ = ["compile_pattern", "join_words", "write_python"]

_PIECE = re.compile(r"\\x\{([0-9a-f]+)\}|\\z|\\s|\\p\{Nd\}|\\p\{L\}\\p\{N\}_|\[\[:space:\]\]|\$\Z", re.DOTALL)
#: What RE2 means by these.
_MEANT = {
    r"\z": r"\Z",
    r"\s": r"[\t\n\f\r ]",
    r"\p{Nd}": r"\d",
    r"\p{L}\p{N}_": r"\w",
    "[[:space:]]": r"[\t\n\x0b\f\r ]",
    "$": r"\Z",
}
#: A list of many words within brackets.
_WORDS = re.compile(r"(?<=[:(])[A-Za-z]+(?:\|[A-Za-z]+){8,}(?=\))")


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression of RE2.

    Of words of which one begins as another, either may be what is found.
    """
    return re.compile(join_words(write_python(pattern)))


def write_python(pattern: str) -> str:
    """Write a pattern of RE2 as Python does."""
    return _PIECE.sub(lambda found: rf"\U{int(found[1], 16):08x}" if found[1] else _MEANT[found[0]], pattern)


def join_words(pattern: str) -> str:
    """Write words of lists that begin alike as one."""
    return _WORDS.sub(lambda found: _join(found[0].split("|")), pattern)


def _join(words: list[str]) -> str:
    """Write a pattern of words, with what several begin with once."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return _write(tree)


def _write(node: dict[str, Any]) -> str:
    endings = [letter + _write(below) for letter, below in node.items() if letter]
    if not endings:
        return ""
    is_whole = len(endings) == 1 and "" not in node
    written = endings[0] if is_whole else f"(?:{'|'.join(endings)})"
    return f"{written}?" if "" in node else written
