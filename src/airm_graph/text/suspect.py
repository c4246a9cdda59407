"""Which texts may need a repair, as one pattern that SQL and Python read alike.

It holds for every text that a rule of ``repairs`` changes, and for some more: those are looked at
one by one, the others are published as they stand.
"""

from airm_graph.text.words import LOST_HYPHENS, LOST_HYPHENS_EXACT, LOST_LIGATURES

__all__ = ["MAY_NEED_REPAIR"]

_LOST = "|".join(sorted({*LOST_LIGATURES, *LOST_HYPHENS, *(word.lower() for word in LOST_HYPHENS_EXACT)}))
# RE2 has no escape for characters in the form that Python knows: above U+00FF they stand as they
# are.
_INVISIBLE = (
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad" + "\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ufb00-\ufb06●•▪◦‣⁃\uf0b7\uf0a7]"
)
_PARTS = (
    # Characters without a shape, printed ligatures and bullets; backslashes and links of Markdown.
    _INVISIBLE,
    r"\\|\]\(",
    # White space at the ends of lines.
    r"\n[^!-~]|[^!-~]\n",
    # Fields, and marks before the first word.
    r"^\[NIST |^(?:Life|Stage|Phase|Stakeholder|Actor|Role|Risk|Category|Type|Function)[a-z -]*:|^[:;,.|][^!-~]",
    # Citations, footnote numbers, lists in one line, words split at a line end.
    r"\[[1-9]|\bet al\b|[a-z][1-9]|[A-Za-z][.!?][)”’\x22]?[ \xa0]{0,2}[1-9]|:[ \xa0]{1,4}[-–]|[a-z]- [a-z]",
    # Words that lost letters or hyphens.
    rf"\b(?i:{_LOST})\b",
)

#: Matches somewhere in each text that a repair changes; line ends are ordinary characters.
MAY_NEED_REPAIR = "|".join(_PARTS)
