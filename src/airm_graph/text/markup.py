"""Repairs of what mark-up and tables leave in a text: links, bullets, structured prefixes, marks at
the start, line breaks in names.
"""

import re
from collections.abc import Iterator

from airm_graph.text.spans import Kind, Span, skip_spaces, space_before, split_lines

__all__ = [
    "find_inline_bullets",
    "find_leading_punctuation",
    "find_line_breaks",
    "find_markdown_links",
    "find_structured_prefix",
    "is_structured_only",
]

_LINK = re.compile(
    r"(?<!!)\[(?P<label>[^\[\]\n]{1,300})\]"
    r"\((?:https?://|mailto:|www\.|[/#])[^()\s]{0,2000}(?:\([^()\s]{0,200}\)[^()\s]{0,2000})?(?:\s\"[^\"\n]{0,300}\")?(?:\)|\Z)"
)
_BULLET = re.compile("[●•▪◦‣⁃\uf0b7\uf0a7]")
_ONLY_BULLETS = frozenset("●\uf0b7\uf0a7")  # signs that are never anything else
_BEFORE_BULLET = frozenset('.:;,!?)”’"')
_DASH_LIST = re.compile(r":[ \u00a0]{1,4}(?P<dash>[-–])[ \u00a0]{1,4}(?=(?P<first>[^\W\d_]))")
_DASH = re.compile(r"(?<=\S)[ \u00a0]{1,4}(?P<dash>[-–])[ \u00a0]{1,4}(?=(?P<first>[^\W\d_]))")
_LEADING = re.compile(r"(?:[:;,.|]\s+)+(?=[\"“‘'(\[]?\w)")
_KEY = r"(?:Lifecycle stage|Life-cycle stage|Stage|Phase|Stakeholders?|Actors?|Roles?|Risks?|Category|Type|Function)"
_GROUP = r"\[NIST [^\[\]:]{1,80}:[^\[\]]{1,600}\]"
_STRUCTURED = re.compile(
    rf"(?:{_GROUP}(?:\s*\|\s*{_GROUP})*(?:\s*\|)?|{_KEY}:\s[^.:\n|]{{1,200}};\s*{_KEY}:\s[^.:\n|]{{1,200}}(?:;\s*{_KEY}:\s[^.:\n|]{{1,200}})*(?:\.|\s\||(?=\n)|\Z))(?:\s+|\Z)"
)


def find_markdown_links(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find links whose words stay and whose address goes; a number in brackets is a citation, not
    words.
    """
    for match in _LINK.finditer(text):
        if not match["label"].strip().isdigit():
            yield match.start(), match.end(), match["label"]


def find_inline_bullets(text: str, kind: Kind) -> Iterator[Span]:
    """Find items of a list that run on in one line of prose."""
    if kind != "prose":
        return
    lines = [(start, line, _bullets(line)) for start, line in split_lines(text)]
    run_on = any(left for _, _, bullets in lines for left, _ in bullets)
    for start, line, bullets in lines:
        for left, right in [*(bullets if run_on else ()), *_dashes(line)]:
            yield start + left, start + right, "\n- " if left else "- "


def find_structured_prefix(text: str, kind: Kind) -> Iterator[Span]:
    """Find fields of a table before the prose they describe."""
    match = _STRUCTURED.match(text) if kind == "prose" else None
    if match and match.end() < len(text):
        yield 0, match.end(), ""


def is_structured_only(text: str) -> bool:
    """Tell whether a text is fields of a table and nothing else."""
    match = _STRUCTURED.match(text)
    return match is not None and match.end() == len(text)


def find_leading_punctuation(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find marks before the first word, left behind by what stood there."""
    match = _LEADING.match(text)
    if match:
        yield 0, match.end(), ""


def find_line_breaks(text: str, kind: Kind) -> Iterator[Span]:
    """Find line breaks in names and titles, with the blanks around them."""
    at = text.find("\n") if kind != "prose" else -1
    while at != -1:
        end = at
        while end < len(text) and text[end] == "\n":
            end = skip_spaces(text, end + 1)
        yield space_before(text, at), end, " "
        at = text.find("\n", end)


def _bullets(line: str) -> list[tuple[int, int]]:
    """Find the bullet at the start of a line, and those inside it when they cannot be anything
    else.
    """
    found = [(space_before(line, m.start()), skip_spaces(line, m.end()), m.group()) for m in _BULLET.finditer(line)]
    found = [(left, right, sign) for left, right, sign in found if line[right : right + 1].strip() and not _is_row(line, left, right)]
    inline = [(left, sign) for left, _, sign in found if left]
    certain = len(found) > 1 or any(sign in _ONLY_BULLETS or line[left - 1] in _BEFORE_BULLET for left, sign in inline)
    return [(left, right) for left, right, _ in found if certain or not left]


def _is_row(line: str, left: int, right: int) -> bool:
    """Whether a bullet stands beside another one: an ornament, not an item."""
    return bool(_BULLET.match(line, right) or (left and _BULLET.match(line, left - 1)))


def _dashes(line: str) -> list[tuple[int, int]]:
    """Find dashes used as bullets: one right behind a colon, and more of the same kind after it."""
    opening = _DASH_LIST.search(line)
    if not opening:
        return []
    capital = opening["first"].isupper()
    found = [
        m.span() for m in _DASH.finditer(line, opening.start()) if m["dash"] == opening["dash"] and (m["first"].isupper() or not capital)
    ]
    return found if len(found) > 1 else []
