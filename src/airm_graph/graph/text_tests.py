r"""Whether a regular expression of RE2 matches somewhere in a text, told fast by Python.

RE2 looks for all alternatives at once. Python tries them one after the other at every place, so
each is looked for by itself here: not at all where a text that it needs is not there, and first by
the rarest of the characters that it begins with. What it needs is read off its own words; where
they say nothing, it is searched for as it stands.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import accumulate
from typing import NamedTuple

from airm_graph.graph.re2_patterns import join_words, write_python

__all__ = ["Item", "NotReadError", "make_test", "read_alternatives"]

_TOKEN = re.compile(
    r"(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<edge>\\[bBAZ]|\^)|(?P<escape>\\U[0-9a-f]{8}|\\x[0-9a-f]{2}|\\.)"
    r"|(?P<group>\((?:\?:)?)(?!\?)|(?P<any>\.)|(?P<char>[^][()|*+?{}^$.\\])",
    re.DOTALL,
)
_REPEAT = re.compile(r"\{(\d+)(,?)(\d*)\}|[*+?]")
#: Many words, none of which may be part of another.
_WORDS = re.compile(
    r"\A(?:\\b\((?P<folded>\?i:)|\(\?:\\A\|\[\^A-Za-z0-9_[^]]*\]\)\(\?:)(?P<words>[A-Za-z]+(?:\|[A-Za-z]+){8,})\)"
    r"(?:\\b|\(\?:\[\^A-Za-z0-9_\]\|\\Z\))\Z"
)
#: For each byte itself where it may stand in a word, else a blank; in the other, capitals as small
#: letters.
_WHOLE = bytes(code if chr(code).isascii() and re.match(r"\w", chr(code)) else 0x20 for code in range(256))
_FOLDED = _WHOLE.lower()
#: A list of words, into which nobody looks.
_LISTED = re.compile(r"\(\?i:[A-Za-z|]+\)|\(\?:[A-Za-z]+(?:\|[A-Za-z]+){8,}\)")
#: Needed texts that are looked for one after the other.
_MOST = 10
_Test = Callable[[str], object]


class Item(NamedTuple):
    """A piece of an alternative.

    Attributes:
        text: How it is written, without its number.
        least, most: How often it stands there; *most* is 0 for as often as may be.
        end: Where it ends in the pattern.
        is_edge: Whether it is a place between characters.
        branches: Of a group.
    """

    text: str
    least: int
    most: int
    end: int
    is_edge: bool = False
    branches: "Sequence[Sequence[Item]]" = ()

    @property
    def is_one(self) -> bool:
        """Whether it stands there once."""
        return self.least == self.most == 1

    @property
    def char(self) -> str:
        """The one character that it stands for; empty where it is not one."""
        if len(self.text) == 1:
            return "" if self.text == "." else self.text
        if self.text[:2] in (r"\U", r"\x"):
            return chr(int(self.text[2:], 16))
        return self.text[1] if self.text[0] == "\\" and not self.text[1].isalnum() else ""

    @property
    def rarity(self) -> int:
        """How seldom it is met, as far as its first look says."""
        if self.char:
            return 1 if self.char.isalpha() or self.char == " " else 2 if self.char.isdigit() else 3 if self.char in ".," else 6
        if self.text[:2] == "[^" or self.text[0] != "[" or any(part in self.text for part in ("a-z", "A-Z", "\\s", "\\w", " ", "!-~")):
            return 1 if self.text[:2] != "[^" else 0
        return 2 if "0-9" in self.text or "1-9" in self.text else 4


class NotReadError(Exception):
    """A pattern has what is not looked into."""


@cache
def make_test(pattern: str) -> _Test:
    r"""Make the function that tells whether a text has a match of a pattern of RE2; what it returns
    is true or false as a condition.

    >>> bool(make_test(r"[a-z]{3,}[.!?][1-9]|\bet al\b")("as Smith et al say"))
    True
    """
    written = write_python(pattern)
    try:
        made = [(alternative, _make_alternative(alternative, items)) for alternative, items in read_alternatives(written)]
    except NotReadError:
        return _compile(written).search
    tests = [test for _, test in made if test]
    if others := [alternative for alternative, test in made if not test]:
        tests.append(_compile("|".join(others)).search)
    return tests[0] if len(tests) == 1 else partial(_is_any, tests)


def _is_any(tests: Sequence[_Test], text: str) -> bool:
    for test in tests:  # noqa: SIM110 - a generator takes longer than most tests
        if test(text):
            return True
    return False


def _compile(written: str) -> re.Pattern[str]:
    return re.compile(join_words(written))


def read_alternatives(written: str) -> Iterator[tuple[str, Sequence[Item]]]:
    """Read the alternatives of a pattern: each as it is written, and its pieces.

    Raises:
        NotReadError: It has what is not looked into.
    """
    if written.startswith("(?i)"):
        raise NotReadError
    start = 0
    while True:
        items, end = _read_sequence(written, start)
        yield written[start:end], [item._replace(end=item.end - start) for item in items]
        if end == len(written):
            return
        if written[end] != "|":
            raise NotReadError
        start = end + 1


def _read_sequence(written: str, at: int) -> tuple[list[Item], int]:
    """Read the items of an alternative from a place on; returns them and where it ends."""
    items = list[Item]()
    while at < len(written) and written[at] not in "|)":
        if match := _LISTED.match(written, at):
            found, end, branches, is_edge = match[0], match.end(), [list[Item]()], False
        elif match := _TOKEN.match(written, at):
            found, end, branches, is_edge = match[0], match.end(), list[list[Item]](), match.lastgroup == "edge"
            if match.lastgroup == "group":
                branches, end = _read_branches(written, end)
        else:
            raise NotReadError
        least, most, at = _read_repeat(written, end)
        items.append(Item(found, least, most, at, is_edge, branches))
    return items, at


def _read_branches(written: str, at: int) -> tuple[list[list[Item]], int]:
    branches = list[list[Item]]()
    while True:
        items, at = _read_sequence(written, at)
        branches.append(items)
        if at == len(written):
            raise NotReadError
        at += 1
        if written[at - 1] == ")":
            return branches, at


def _read_repeat(written: str, at: int) -> tuple[int, int, int]:
    """Read how often something stands there: at least, at most (0 for no end), and where that
    ends.
    """
    if not (match := _REPEAT.match(written, at)):
        return 1, 1, at
    if written[match.end() : match.end() + 1] in ("?", "+", "*"):
        raise NotReadError
    if match[1]:
        return int(match[1]), int(match[3] or 0) if match[2] else int(match[1]), match.end()
    return int(match[0] == "+"), int(match[0] == "?"), match.end()


def _make_alternative(written: str, items: Sequence[Item]) -> _Test | None:
    """Make the test for one alternative; None where it is as well looked for among others."""
    if words := _WORDS.match(written):
        return _make_word_test(words["words"], written, is_folded=bool(words["folded"]))
    if items and items[0].text in ("^", r"\A"):
        return _compile(written).match
    if [item.is_edge for item in items] == [False, True] and items[1].text == r"\Z" and items[0].is_one and not items[0].branches:
        match = _compile(written).match
        return lambda text: match(text, max(len(text) - 1, 0))
    if len(items) < 2:
        return None
    turned = _put_rarest_first(written, items)
    runs = ["".join(item.char for item in run) for run in _find_needed(items, is_plain=True)[1]]
    if runs:
        return partial(_search_if_any, runs, turned)
    score, needed = _find_needed(items)
    if len(needed) == 1 and score > 2:
        run = "".join(item.char for item in needed[0])
        if len(run) == len(needed[0]):
            return lambda text: run in text and _compile_once(turned).search(text)
        search = _compile(turned).search
        if score > max(item.rarity for item in _list_leading(items) or items):
            found = _compile(_put_rarest_first(*_write_run(needed[0]))).search
            return lambda text: found(text) and search(text)
    return None if turned == written else _compile(turned).search


def _search_if_any(runs: Sequence[str], written: str, text: str) -> object:
    """Look for an alternative where a text holds one of the runs that it needs."""
    for run in runs:
        if run in text:
            return _compile_once(written).search(text)
    return None


def _make_word_test(listed: str, written: str, *, is_folded: bool) -> _Test:
    words = set((listed.lower() if is_folded else listed).encode().split(b"|"))
    letters = _FOLDED if is_folded else _WHOLE

    def test(text: str) -> object:
        # Words of bytes are found in a third of the time that a regular expression takes.
        if text.isascii() and words.isdisjoint(text.encode().translate(letters).split()):
            return False
        return _compile_once(written).search(text)

    return test


@cache
def _compile_once(written: str) -> re.Pattern[str]:
    return _compile(written)


def _list_leading(items: Sequence[Item]) -> list[Item]:
    """List the characters that an alternative begins with; of one that is repeated as many as have
    to be there.
    """
    leading = list[Item]()
    for item in items:
        if item.is_edge or (item.is_one and not item.branches):
            leading.append(item)
        elif not leading and item.least and not item.branches:
            leading += [item._replace(most=1, least=1)] * item.least
        else:
            break
    return leading


def _put_rarest_first(written: str, items: Sequence[Item]) -> str:
    """Write an alternative so that it is looked for by the rarest of the characters that it begins
    with; what stands before is looked at behind it.
    """
    leading = _list_leading(items)
    while leading and leading[-1].is_edge:
        leading.pop()
    chars = [item for item in leading if not item.is_edge]
    if not chars or chars == leading[:1]:
        return written
    rarest = max(range(len(leading)), key=lambda number: -1 if leading[number].is_edge else leading[number].rarity)
    if leading[0].is_edge and all(item.char for item in leading[1:]):
        rarest = len(leading) - 1
        first = "".join(item.text for item in leading[1:])
    else:
        first = leading[rarest].text
    if rarest == 0:
        return written
    before = "".join(item.text for item in leading[: rarest + 1])
    return f"{first}(?<={before}){written[leading[rarest].end :]}"


def _write_run(run: Sequence[Item]) -> tuple[str, list[Item]]:
    """Write characters that follow each other as a pattern."""
    ends = accumulate(len(item.text) for item in run)
    return "".join(item.text for item in run), [item._replace(end=end) for item, end in zip(run, ends, strict=True)]


def _find_needed(items: Sequence[Item], *, is_plain: bool = False) -> tuple[int, list[list[Item]]]:
    """Find runs of characters, one of which every match holds, and how rare they are.

    Args:
        items: Pieces of an alternative.
        is_plain: Take those runs only that are one text each, of more than one character.
    """
    best: tuple[int, list[list[Item]]] = 0, []
    run = list[Item]()

    def keep(score: int, runs: list[list[Item]]) -> None:
        nonlocal best
        if score > best[0] and 0 < len(runs) <= _MOST and min(map(len, runs)) > is_plain:
            best = score, runs

    for item in items:
        if item.is_edge:
            continue
        if item.branches:
            found = [_find_needed(branch, is_plain=is_plain) for branch in item.branches] if item.least else [(0, [])]
            keep(min(score for score, _ in found), [one for _, runs in found for one in runs])
            run = []
            continue
        if is_plain and not item.char:
            run = []
            continue
        one = item._replace(least=1, most=1)
        run = [*run, *[one] * min(item.least, 4)]
        keep(sum(item.rarity for item in run), [run])
        if not item.is_one:
            run = [one] * min(item.least, 1)
    return best
