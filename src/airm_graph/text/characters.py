"""Repairs of single characters: invisible ones, printed ligatures, escapes left over from
Markdown.
"""

import re
from collections.abc import Iterator

from airm_graph.text.spans import Kind, Span

__all__ = ["find_escaped_characters", "find_invisible_characters", "find_ligature_characters", "remove_invisible"]

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]+"
)
_BREAKS = frozenset("\u000b\u000c\r\u0085\u2028\u2029")  # those of them that stand between words
# They shape letters of other scripts and join emoji: kept there.
_JOINERS = frozenset("\u200c\u200d")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Left alone: escapes that mean something in LaTeX, such as \[ \( \| \!, and marks where nobody
# escapes them in prose.
_ESCAPED = re.compile(r"(?<!\\)\\(?:[*_#~`]|(?<=[\w)\]”’\"]\\)\.|(?<=\d\\)[)%]|\$(?=\d)|(?<=\s\\)&(?=\s)|(?<!\S\\)[-+](?=\s))")


def remove_invisible(text: str) -> str:
    r"""Take every character without a shape out of an identifier, a code or a header.

    >>> remove_invisible("A\u200b1"), remove_invisible("A 1")
    ('A1', 'A 1')
    """
    return (
        text if text.isascii() and text.isprintable() else _INVISIBLE.sub(lambda match: " " if _BREAKS & set(match.group()) else "", text)
    )


def find_invisible_characters(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find characters without a shape; one that ends lines becomes a space."""
    for match in _INVISIBLE.finditer(text):
        run = match.group()
        if not (_JOINERS & set(run)) or (
            _is_latin(text[match.start() - 1 : match.start()]) and _is_latin(text[match.end() : match.end() + 1])
        ):
            yield match.start(), match.end(), " " if _BREAKS & set(run) else ""
        else:
            kept = "".join(char for char in run if char in _JOINERS)
            if kept != run:
                yield match.start(), match.end(), kept


def find_ligature_characters(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find letters printed as one character."""
    for match in _LIGATURE.finditer(text):
        yield match.start(), match.end(), _LIGATURES[match.group()]


def find_escaped_characters(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find backslashes that Markdown puts before a mark of its own."""
    for match in _ESCAPED.finditer(text):
        yield match.start(), match.end(), match.group()[1:]


def _is_latin(char: str) -> bool:
    """Whether a joiner has nothing to do beside it: a Latin letter, general punctuation, or the end
    of the text.
    """
    return not char or char < "\u02b0" or "\u1e00" <= char <= "\u1eff" or "\u2000" <= char <= "\u206f"
