"""Edits of a text as spans: applying them, putting two rounds of them into one, and what finders of
all kinds share.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

from airm_graph.frozen import frozen

__all__ = ["SPACES", "Edit", "Kind", "Span", "apply_edits", "compose_edits", "skip_spaces", "space_before", "split_lines", "strip_edits"]

#: What a text is: a mitigation's name, running text, or a document's title.
Kind = Literal["name", "prose", "title"]

#: Start and end in the text, and what stands there afterwards.
Span = tuple[int, int, str]

#: White space within a line that may be stripped without a word; control characters are not among
#: it.
SPACES = " \t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"


@frozen(order=True)
class Edit:
    """Replaces text[start:end], never empty, by *after*; the rule is empty for stripping, which is
    no repair.
    """

    start: int
    end: int
    after: str
    rule: str


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Apply sorted, disjoint edits.

    >>> apply_edits("aacks", [Edit(1, 1, "tt", "example")])
    'attacks'
    """
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += (text[at : edit.start], edit.after)
        at = edit.end
    return "".join((*pieces, text[at:]))


def compose_edits(old: Sequence[Edit], new: Sequence[Edit]) -> list[Edit]:
    """Express two rounds of edits as one.

    Args:
        old: Sorted, disjoint edits of a text.
        new: Sorted, disjoint edits of the text that *old* leaves behind.

    Returns:
        Edits of the first text. A new edit swallows the old ones it touches; one that meets an old
        edit which a new one before it has swallowed is left out, for a later round to find again.
    """
    result: list[Edit] = []
    # Shift: how far the edited text has run ahead of the first text; covered: end of what is
    # swallowed.
    index = shift = covered = 0
    for edit in new:
        if edit.start < covered:
            continue
        while index < len(old) and old[index].start + shift + len(old[index].after) <= edit.start:
            result.append(old[index])
            shift += _growth(old[index])
            index += 1
        start, end, head, tail, rule = edit.start - shift, None, "", "", edit.rule
        while index < len(old) and (at := old[index].start + shift) < edit.end:
            swallowed = old[index]
            if at < edit.start:
                start, head = swallowed.start, swallowed.after[: edit.start - at]
            if (covered := at + len(swallowed.after)) > edit.end:
                end, tail = swallowed.end, swallowed.after[edit.end - at :]
            rule = rule or swallowed.rule
            shift += _growth(swallowed)
            index += 1
        covered = max(covered, edit.end)
        result.append(Edit(start, edit.end - shift if end is None else end, head + edit.after + tail, rule))
    return [*result, *old[index:]]


def strip_edits(text: str, *, each_line: bool) -> list[Edit]:
    """Find the edits that strip white space at both ends of the text, and of each line when
    asked.
    """
    first = len(text) - len(text.lstrip(SPACES + "\n"))
    last = max(first, len(text.rstrip(SPACES + "\n")))
    spans = [(0, first)]
    for start, line in split_lines(text[first:last]) if each_line else ():
        at = first + start
        left, right = len(line) - len(line.lstrip(SPACES)), len(line.rstrip(SPACES))
        spans += [(at, at + left), (at + max(left, right), at + len(line))]
    return [Edit(start, end, "", "") for start, end in [*spans, (last, len(text))] if start < end]


def split_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each line starts, and the line; only a line feed ends one."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def space_before(text: str, at: int) -> int:
    """Go left from *at* over white space of the same line (patterns that do this go quadratic on
    long runs of blanks).
    """
    while at and text[at - 1] in SPACES:
        at -= 1
    return at


def skip_spaces(text: str, at: int) -> int:
    """Go right from *at* over white space of the same line."""
    while at < len(text) and text[at] in SPACES:
        at += 1
    return at


def _growth(edit: Edit) -> int:
    return len(edit.after) - (edit.end - edit.start)
