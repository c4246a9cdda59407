"""Where in the text of a Turtle or XML file a statement stands, of which the parser tells the end.

Each line is looked at once, however many statements ask for it.
"""

import re
from collections.abc import Sequence

__all__ = ["Mentions", "first_line", "list_above", "step_back"]

_WORD = re.compile(r"[A-Za-z0-9]+")
_TAIL = 40  # characters of a literal that are enough to know its end again
_CLOSING = re.compile(r"\s*[.;,\])}]")
#: What names are made of, and the mark of a blank node.
_PART = re.compile(r"""[^\s/#:<>\[\](),;"']+|\[""")
_DIRECTIVE = re.compile(r"\s*@?(?:prefix|base)\b", re.IGNORECASE)
_LONG_LINE = 10_000  # characters
_IDLE = re.compile(r"\s*(?:#|\Z)")


def list_above(text: Sequence[str]) -> list[int]:
    """For each line of a file, from 0, the number of the last one above that says something; where
    there is none, its own.
    """
    found, last = [], 0
    for number, line in enumerate(text, 1):
        found.append(last or number)
        if not _IDLE.match(line):
            last = number
    return found


def step_back(literal: str, *, text: Sequence[str], line: int, above: Sequence[int]) -> int:
    """The line on which a literal ends, which the parser knows only when it has seen that neither
    language nor datatype follows.
    """
    words = _WORD.findall(literal[-_TAIL:])
    here = text[line - 1]
    # A line is not searched again and again for all that may stand on it.
    if len(here) > _LONG_LINE or (not _CLOSING.match(here) and (not words or words[-1] in here)):
        return line
    before = text[above[line - 1] - 1]
    return above[line - 1] if not words or len(before) > _LONG_LINE or words[-1] in before else line


class Mentions:
    """The lines on which names are first written behind the statements that are done with, as far
    as can be told.
    """

    def __init__(self, text: Sequence[str]) -> None:
        """Take the lines of a file."""
        self._text = text
        self._done = self._seen = 0
        self._first: dict[str, int] = {}

    def forget(self, line: int) -> None:
        """Forget what is written up to a line: the statement on it is done with."""
        if line > self._done:
            self._done = self._seen = line
            self._first.clear()

    def find(self, subject: str, *, until: int) -> int:
        """Find the line on which a subject is written, up to its first triple."""
        for number in range(self._seen + 1, until):
            line = self._text[number - 1].partition("# ")[0]
            if not _DIRECTIVE.match(line):
                for word in _PART.findall(line):
                    self._first.setdefault(word, number)
        self._seen = max(self._seen, until - 1)
        word = "[" if subject.startswith("_:") else next(reversed(_PART.findall(subject)), "")
        return min(self._first.get(word, until), until)


def first_line(value: str, *, text: Sequence[str], last: int, is_xml: bool) -> int:
    """The line on which a value begins, which may be a text of several lines."""
    first = last - value.count("\\n")
    long = value.startswith('"') and 0 < first < last and any(mark in text[first - 1] for mark in ((">",) if is_xml else ('"""', "'''")))
    return first if long else last
