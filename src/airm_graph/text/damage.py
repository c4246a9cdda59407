"""What is visibly wrong with a text and cannot be repaired with certainty: it is reported."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from airm_graph.frozen import frozen
from airm_graph.text.markup import is_structured_only
from airm_graph.text.spans import Kind, split_lines
from airm_graph.text.split import find_split

__all__ = ["DAMAGE_RULES", "Damage", "find_damage"]

_EXCERPT = 60
_MOST = 20
_STOPS = frozenset(".!?:…。！？")
_CLOSERS = "\"'”’»)]}*_"
_ITEM = re.compile(r"[-•●–]\s")
_LEAD_IN = re.compile(r"[^.!?:\n]{1,200}:\Z")
_QUOTED_ONLY = re.compile(
    r"(?:Examples?|E\.g\.|See also|See|Sources?|References?):?\s[“\"][^”\"\n]{1,400}[”\"][.,]?\s{0,3}(?:Links?\.?)?\Z"
)
_LINK_RESIDUE = re.compile(r"(?:\A|[.!?”\"’)\]]\s{1,3})(?P<mark>Links?\.?)(?=\Z|\s{1,3}[A-Z“])")
_GAP = re.compile(
    r"\ufffd|(?<!\w)\(\s{0,9}\)|\b(?:such as|including|and|or|of|the|by|for|from|than|to|see|with|e\.g\.,?)\s{1,3}[.;](?=\s|\Z)",
)
# At least two names of fields, the first value closed by a semicolon or a bar.
_FIELD_NAME = r"[A-Z][\w&/’'-]*(?: [\w&/’'-]+){0,3}"
_FIELDS = re.compile(rf"\[?{_FIELD_NAME}: [^;:|.!?\n]{{1,120}}\]?(?:;| \||\n) ?\[?{_FIELD_NAME}: (?=\S)")
_INTERVAL = re.compile(r"[\[(]\s?-?[\d.]+\s?[,;]\s?-?[\d.∞]+\s?[\])]")
_BRACKET = re.compile(r"[()\[\]]")


@frozen(order=True)
class Damage:
    """Something visibly wrong: the name of the rule and the words around it."""

    rule: str
    excerpt: str


def find_damage(text: str, *, kind: Kind) -> tuple[Damage, ...]:
    """Find what is visibly wrong with a published text.

    Args:
        text: After repair.
        kind: Prose is expected to end like a sentence; names and titles are not.

    Returns:
        In the order of the rules, and within a rule of the text; the same excerpt once, and of each
        rule the first twenty places.

    >>> find_damage("Model cards and other", kind="prose")
    (Damage(rule='truncated', excerpt='Model cards and other'),)
    """
    found = (Damage(name, _excerpt(text, *span)) for name, find, _ in _RULES for span in islice(find(text, kind), _MOST))
    return tuple(dict.fromkeys(found))


def _find_truncation(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    *_, (start, last) = split_lines(text)
    if kind != "prose" or not text or _ITEM.match(last) or is_structured_only(text) or _is_residue(text):
        return
    words = last.rstrip(_CLOSERS)
    if words[-1:] not in _STOPS and "://" not in words.rpartition(" ")[2]:
        yield max(start, len(text) - _EXCERPT), len(text)


def _find_empty_lead_in(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    if kind == "prose" and (_LEAD_IN.match(text) or _QUOTED_ONLY.match(text)):
        yield 0, len(text)


def _find_structured_only(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    if kind == "prose" and is_structured_only(text):
        yield 0, len(text)


def _find_fields(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    match = _FIELDS.match(text) if kind == "prose" and not is_structured_only(text) else None
    if match:
        yield match.span()


def _find_lost_text(text: str, kind: Kind) -> Iterator[tuple[int, int]]:
    for match in _GAP.finditer(text):
        yield match.span()
    if kind != "prose" or _LEAD_IN.match(text) or _QUOTED_ONLY.match(text):
        return
    for match in _LINK_RESIDUE.finditer(text):
        yield match.span("mark")
    if text.endswith(":"):
        yield len(text) - 1, len(text)


def _find_unclosed_brackets(text: str, kind: Kind) -> Iterator[tuple[int, int]]:  # noqa: ARG001
    """Find brackets that nothing closes; a bracket that closes nothing is a list number, as in
    ``1)``.
    """
    plain = _INTERVAL.sub(lambda match: " " * len(match.group()), text)
    opened: dict[str, list[int]] = {")": [], "]": []}
    for match in _BRACKET.finditer(plain):
        bracket = match.group()
        if bracket in "([":
            opened[")" if bracket == "(" else "]"].append(match.start())
        elif opened[bracket]:
            opened[bracket].pop()
    for at in sorted([*opened[")"], *opened["]"]]):
        yield at, at + 1


def _find_split_words(text: str, kind: Kind) -> Iterator[tuple[int, int]]:  # noqa: ARG001
    for match in find_split(text):
        yield match.span()


def _is_residue(text: str) -> bool:
    """Whether nothing is left that could have been cut off."""
    return _LINK_RESIDUE.fullmatch(text) is not None or _QUOTED_ONLY.match(text) is not None


def _excerpt(text: str, start: int, end: int) -> str:
    """Cut out a span with words around it, at word boundaries, on one line."""
    if end - start < _EXCERPT:
        start = max(0, min(start - (_EXCERPT - (end - start)) // 2, len(text) - _EXCERPT))
        end = min(len(text), start + _EXCERPT)
    else:
        end = start + _EXCERPT
    left = start if start == 0 or text[start - 1].isspace() else text.find(" ", start, end) + 1 or start
    right = end if end == len(text) or text[end].isspace() else text.rfind(" ", left, end)
    return " ".join(text[left : right if right > left else end].split())


_Finder = Callable[[str, Kind], Iterator[tuple[int, int]]]

_RULES: tuple[tuple[str, _Finder, str], ...] = (
    ("truncated", _find_truncation, "Prose does not end like a sentence: words may be missing."),
    ("empty-lead-in", _find_empty_lead_in, "The text only leads up to something that is not there."),
    ("structured-only", _find_structured_only, "The description is fields of a table and no prose."),
    ("fields-before-prose", _find_fields, "Fields of a table stand before the prose, or hold it."),
    (
        "lost-text",
        _find_lost_text,
        "Something is gone: the word “Link” without its link, empty brackets, what a colon announces.",
    ),
    ("unclosed-bracket", _find_unclosed_brackets, "A bracket is opened and nothing closes it."),
    ("split-word", _find_split_words, "A word seems to be split by the hyphen of a line end."),
)

#: Name of each damage rule → what it reports.
DAMAGE_RULES = {name: description for name, _, description in _RULES}
