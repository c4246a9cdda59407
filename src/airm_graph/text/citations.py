"""Repair of citation marks: numbers in brackets, and groups of authors and years."""

import re
from collections.abc import Iterator

from airm_graph.text.spans import Kind, Span, skip_spaces, space_before
from airm_graph.text.words import NAME_PARTICLES, TAKES_OBJECT

__all__ = ["find_citation_marks", "find_cited_works"]

_NUMBERS = r"[1-9]\d{0,2}(?:\s{0,3}[,;–-]\s{0,3}[1-9]\d{0,2})*"
# A range in two brackets, [3]–[5], is left whole.
_MARK = re.compile(rf"(?:\[{_NUMBERS}\])+(?![\w(\[–—-])")
_UNCLOSED = re.compile(rf"\[{_NUMBERS}[,;]?(?=\s|\.?\Z)(?!\s{{0,3}}(?:to\b|and\b|or\b|[-–])?\s{{0,3}}\d)")
_GROUP = re.compile(r"\((?P<body>[^()\[\]]{6,400})\)")
_YEAR = r"(?:19|20)\d\d[a-z]?"
_WORK = re.compile(rf"(?:(?:see also|see|cf\.|e\.g\.,?)\s)?(?P<names>[^\d;]{{2,200}}?),?\s{_YEAR}(?:,\s?(?:{_YEAR}|[a-z]))*")
_NEXT_WORK = re.compile(r"\s*;\s*|(?<=\d\d\d\d),\s(?=[^\W\d_a-z])")
_ET_AL = re.compile(r"\bet al\b")
_NAME_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_WORD_BEFORE = re.compile(r"[A-Za-z]+\.?\Z")
_NUMBER = re.compile(r"\d+")
_BEFORE_INTERVAL = frozenset({"interval", "intervals", "range", "ranges", "scale", "scales"})
_MAY_TOUCH = frozenset(".,;!?…”’")
# With a blank between; anything else smells of formulas and programs.
_MAY_STAND_BEFORE = _MAY_TOUCH | frozenset("\"')]%")


def find_citation_marks(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find numbers of citations with the space before them; a mark that a sentence needs (``as
    shown in [20]``) is left.
    """
    listed = _is_list(text)
    for match in _MARK.finditer(text):
        if not (listed and match.group()[1:-1].isdigit()) and _can_go(text, match.start(), match.end(), glued=_MAY_TOUCH):
            yield space_before(text, match.start()), match.end(), ""
    for match in _UNCLOSED.finditer(text):
        if not _is_closed(text, match.end()) and _can_go(text, match.start(), match.end(), glued=_MAY_TOUCH):
            yield space_before(text, match.start()), match.end(), ""


def find_cited_works(text: str, kind: Kind) -> Iterator[Span]:  # noqa: ARG001
    """Find authors and years in brackets, with the space before them, where the sentence stands
    without them.
    """
    for match in _GROUP.finditer(text):
        if _is_works(match["body"]) and _can_go(text, match.start(), match.end(), glued=None):
            yield space_before(text, match.start()), match.end(), ""


def _is_list(text: str) -> bool:
    """Whether [1] and [2] count the parts of a sentence: both stand before a word."""
    return all(re.search(rf"\[{number}\]\s[^\W\d_]", text) for number in (1, 2))


def _is_closed(text: str, at: int) -> bool:
    opening = text.find("[", at)
    return text.find("]", at, len(text) if opening == -1 else opening) != -1


def _can_go(text: str, start: int, end: int, *, glued: frozenset[str] | None) -> bool:
    """Whether the sentence stands without text[start:end]; *glued* lists what the mark may touch,
    None for anything.
    """
    left = space_before(text, start)
    before = text[left - 1 : left]
    if not (before.isalnum() or before in _MAY_STAND_BEFORE) or (left == start and glued is not None and before not in glued):
        return False
    if before in {".", "!", "?"} and text[(at := skip_spaces(text, end)) : at + 1].islower():
        return False
    word = _WORD_BEFORE.search(text, max(0, left - 30), left)
    return word is None or not _needs_more(word.group().rstrip(".").lower(), text[start:end])


def _needs_more(word: str, mark: str) -> bool:
    """Whether a word wants what the brackets hold: as its object, or as an interval."""
    return word in TAKES_OBJECT or (word in _BEFORE_INTERVAL and len(_NUMBER.findall(mark)) == 2)


def _is_works(body: str) -> bool:
    """Whether a bracket holds nothing but authors and years, one of them with ``et al.``."""
    if not _ET_AL.search(body):
        return False
    for part in _NEXT_WORK.split(body.strip()):
        work = _WORK.fullmatch(part)
        if not work:
            return False
        words = _NAME_WORD.findall(work["names"])
        if not words[:1] or (not words[0][0].isupper() and words[0] not in NAME_PARTICLES):
            return False
        if any(word[0].islower() and word.lower() not in NAME_PARTICLES for word in words):
            return False
    return True
