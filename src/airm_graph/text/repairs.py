"""The repair of a captured text: rules find spans, a fixed order settles who wins, rounds go on
until nothing is left to repair.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence

from airm_graph.model import Repair, Text
from airm_graph.text.characters import find_escaped_characters, find_invisible_characters, find_ligature_characters
from airm_graph.text.citations import find_citation_marks, find_cited_works
from airm_graph.text.footnotes import find_footnote_numbers
from airm_graph.text.markup import (
    find_inline_bullets,
    find_leading_punctuation,
    find_line_breaks,
    find_markdown_links,
    find_structured_prefix,
)
from airm_graph.text.spans import Edit, Kind, Span, apply_edits, compose_edits, strip_edits
from airm_graph.text.spelling import find_lost_hyphens, find_lost_ligatures
from airm_graph.text.split import find_split

__all__ = ["REPAIR_RULES", "repair_text"]

_Finder = Callable[[str, Kind], Iterator[Span]]

_CITATION_MARK = "Takes out citations: numbers in square brackets, authors and years with “et al.”."
# In order of priority: where two rules meet, the earlier one wins and the later one looks again at
# what is left.
_RULES: tuple[tuple[str, _Finder, str], ...] = (
    (
        "invisible-character",
        find_invisible_characters,
        "Takes out characters without a shape: zero-width, soft hyphen, direction marks, controls.",
    ),
    ("ligature-character", find_ligature_characters, "Writes letters printed as one character as letters: ﬁ as fi."),
    ("structured-prefix", find_structured_prefix, "Takes fields of a table from before the prose they describe."),
    ("leading-punctuation", find_leading_punctuation, "Takes marks from before the first word."),
    ("line-break", find_line_breaks, "Writes a name or title that is broken over lines on one line."),
    ("markdown-link", find_markdown_links, "Keeps the words of a Markdown link and drops its address."),
    ("escaped-character", find_escaped_characters, "Takes out the backslash that Markdown puts before a mark."),
    ("citation-mark", find_citation_marks, _CITATION_MARK),
    ("citation-mark", find_cited_works, _CITATION_MARK),
    ("inline-bullet", find_inline_bullets, "Starts a line, with a hyphen, for each item of a list that runs on in one line."),
    ("lost-ligature", find_lost_ligatures, "Gives a word of a closed list its lost letters back: aacks is attacks."),
    ("lost-hyphen", find_lost_hyphens, "Gives a word of a closed list its lost hyphen back: thirdparty is third-party."),
    (
        "footnote-number",
        find_footnote_numbers,
        "Takes out a footnote number glued to a plain noun or standing behind the end of a sentence.",
    ),
)

#: Name of each repair rule → what it does.
REPAIR_RULES = {
    **{name: description for name, _, description in _RULES},
    "split-word": "Joins a word that hyphen and blank of a line end split, where it stands whole elsewhere in the input.",
}

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_KEEP_ADDRESSES = frozenset({"citation-mark", "footnote-number", "inline-bullet", "lost-hyphen", "lost-ligature"})
_ROUNDS = 12  # text that people wrote settles in two or three


def repair_text(lines: Sequence[tuple[int, int, str]], *, kind: Kind, words: Collection[str] = (), is_cited: bool = True) -> Text:
    """Repair a text and list every change.

    Args:
        lines: Its fragments: line in the capture and column where the fragment starts in it, both
            1-based, and the fragment.
        kind: What the text is; bullets and structured prefixes are repaired in prose only, line
            breaks in names and titles only.
        words: Words, in lower case, that stand elsewhere in the input: one that is split is joined.
        is_cited: Whether authors and years in brackets are citations to take out, and no prose.

    Returns:
        The fragments joined by line feeds, the repaired text, and the repairs by place. Stripping
        white space is not a repair. Repairing a published text again changes nothing. A text that
        does not settle is left as it was captured.

    >>> repair_text([(12, 5, "Resist aacks [88, 56].")], kind="prose").published
    'Resist attacks.'
    """
    captured = "\n".join(fragment for _, _, fragment in lines)
    edits = _settle(captured, kind, words, is_cited=is_cited)
    starts = [0]
    for _, _, fragment in lines:
        starts.append(starts[-1] + len(fragment) + 1)
    repairs = []
    for edit in edits:
        if edit.rule:
            index = bisect_right(starts, edit.start) - 1
            line, column, _ = lines[index]
            repairs.append(Repair(line, column + edit.start - starts[index], edit.rule, captured[edit.start : edit.end], edit.after))
    return Text(captured, apply_edits(captured, edits), tuple(sorted(repairs)))


def _settle(captured: str, kind: Kind, words: Collection[str], *, is_cited: bool) -> list[Edit]:
    stripped = edits = strip_edits(captured, each_line=kind == "prose")
    for _ in range(_ROUNDS):
        text = apply_edits(captured, edits)
        found = _find_edits(text, kind, words, is_cited=is_cited)
        if not found:
            return [edit for edit in edits if edit.after != captured[edit.start : edit.end]]
        edits = compose_edits(edits, found)
        edits = compose_edits(edits, strip_edits(apply_edits(captured, edits), each_line=kind == "prose"))
    return stripped


def _find_edits(text: str, kind: Kind, words: Collection[str], *, is_cited: bool) -> list[Edit]:
    taken = bytearray(len(text))
    addresses = bytearray(len(text))
    for match in _ADDRESS.finditer(text):
        addresses[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    edits = []
    for rule, find, _ in _RULES:
        for start, end, after in find(text, kind) if is_cited or find is not find_cited_works else ():
            if taken.find(1, start, end) != -1 or (rule in _KEEP_ADDRESSES and addresses.find(1, start, end) != -1):
                continue
            taken[start:end] = b"\1" * (end - start)
            edits.append(Edit(start, end, after, rule))
    for match in find_split(text) if words else ():
        start, end = match.end("head"), match.start("rest")
        if f"{match['head']}{match['rest']}".lower() in words and taken.find(1, *match.span()) == -1:
            edits.append(Edit(start, end, "", "split-word"))
    return sorted(edits)
