"""Lines and fragments of a capture, and what is made of them: evidence, places, texts."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from airm_graph.frozen import frozen
from airm_graph.model import Evidence, Finding, Location, Text
from airm_graph.rules import make_finding
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import Damage, find_damage, repair_text

__all__ = ["Fragment", "Script"]

_DAMAGE_RULES = {"truncated": "TXT-01", "empty-lead-in": "TXT-02", "structured-only": "TXT-03", "fields-before-prose": "TXT-03"}
_DAMAGE_WORDS = {
    "truncated": "the text stops short",
    "empty-lead-in": "the description is only a lead-in",
    "structured-only": "the description holds fields instead of prose",
    "fields-before-prose": "the description begins with fields",
}


#: White space and characters of no width: they stand around lines that are copied from a page.
_AROUND = " \t\x85\u00a0\u1680\u2028\u2029\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x2010)))
#: A line that is shorter and has no stop may be a point of a list.
_WRAPPED = 40


@frozen
class Fragment:
    """A part of one line without what is not seen around it, and with plain blanks in it; line and
    column are 1-based.
    """

    line: int
    column: int
    text: str

    @property
    def is_reasoning(self) -> bool:
        """Whether the line says that the next one is the reason for the code."""
        return self.text.rstrip(" :").lower() == "reasoning"


@frozen
class Script:
    """All lines of one capture, blank ones included, and the names it goes by."""

    file: str
    sha256: str
    lines: tuple[str, ...]

    def fragments(self) -> tuple[Fragment, ...]:
        """The lines that are not blank; a code that stands above its label is one with it."""
        found: list[Fragment] = []
        codes = load_taxonomy().codes
        for number, line in enumerate(self.lines, 1):
            text = line.strip(_AROUND).replace("\u00a0", " ")
            if not text:
                continue
            column = 1 + len(line) - len(line.lstrip(_AROUND))
            above = codes.get(found[-1].text) if found else None
            if above and above.label and text.startswith(above.label):
                # What is glued to the label has its place in the line of the label.
                column, text = column - len(above.notation) - 1, f"{above.notation} {text}"
                found.pop()
            found.append(Fragment(number, column, text))
        return tuple(found)

    def evidence(self, first: int, last: int) -> Evidence:
        """Lines *first* to *last* as evidence."""
        return Evidence(self.sha256, first, last, "\n".join(self.lines[first - 1 : last]))

    def locate(self, first: int | None, last: int | None = None) -> Location:
        """Lines *first* to *last* (the same line if left out) as the place of a finding."""
        if first is None:
            return Location(self.file)
        last = last or first
        return Location(self.file, first, last, "\n".join(self.lines[first - 1 : last]))

    def finding(self, rule: str, message: str, first: int | None, last: int | None = None) -> Finding:
        """A finding of *rule* at these lines."""
        return make_finding(rule, message, self.locate(first, last))

    def text(self, fragments: Sequence[Fragment], *, kind: Literal["name", "prose", "title"]) -> Text:
        """Repair the text of *fragments*."""
        text = _repair(tuple(part.text for part in fragments), kind)
        if not text.repairs:
            return text
        moved = (
            replace(repair, line=fragments[repair.line].line, position=repair.position + fragments[repair.line].column - 1)
            for repair in text.repairs
        )
        return replace(text, repairs=tuple(moved))

    def prose(self, fragments: Sequence[Fragment], findings: list[Finding]) -> Text | None:
        """Repair a description, reason or abstract and report what is damaged beyond repair; None
        for no fragments.
        """
        if not fragments:
            return None
        text = self.text(fragments, kind="prose")
        for one, two in pairwise(fragments):
            if len(one.text) >= _WRAPPED and (one.text[-1].isalnum() or one.text[-1] in ",-") and two.text[0].islower():
                message = f"the line seems to go on in the next one: {two.text[:40]!r}"
                findings.append(self.finding("TXT-04", message, one.line, two.line))
        for damage in _find_damage(text.published):
            words = _DAMAGE_WORDS.get(damage.rule, f"the text is damaged ({damage.rule})")
            rule = _DAMAGE_RULES.get(damage.rule, "TXT-04")
            findings.append(self.finding(rule, f"{words}: {damage.excerpt!r}", fragments[0].line, fragments[-1].line))
        return text if text.published else None


# The others of a source recur on each of its pages, and pages are read more than once: most texts
# are repaired already.
_KEPT = 1 << 15


@lru_cache(maxsize=_KEPT)
def _repair(texts: tuple[str, ...], kind: Literal["name", "prose", "title"]) -> Text:
    """Repair texts as if each began its own line; the lines are counted from 0."""
    return repair_text([(index, 1, text) for index, text in enumerate(texts)], kind=kind)


@lru_cache(maxsize=_KEPT)
def _find_damage(text: str) -> tuple[Damage, ...]:
    return find_damage(text, kind="prose")
