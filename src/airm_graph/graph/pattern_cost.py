r"""How long Python may look for a regular expression: the power of a text's length with which the
steps grow at worst.

RE2 takes a time that grows with the text, whatever the pattern. Python goes back and tries again,
wherever what is repeated may end at more than one place. Whether it may is read off the pattern,
with some characters tried for all: in doubt it may.
"""

import re
from collections.abc import Sequence
from functools import cache

from airm_graph.graph.re2_patterns import write_python
from airm_graph.graph.text_tests import Item, NotReadError, read_alternatives

__all__ = ["find_power"]

#: Characters of which is asked whether two pieces of a pattern both take them.
_TRIED = "".join(map(chr, range(128))) + "\u00a0\u00b2\u00df\u00e9\u0130\u0431\u0661\u2028\u4e2d\U0001f600"
#: More choices of one character or none, or among alternatives that begin alike, are not looked
#: into: each may double the steps.
_MOST_CHOICES = 6


class _CostlyError(Exception):
    """Steps may grow faster than any power."""


@cache
def find_power(pattern: str) -> int | None:
    r"""Find the power of the length of a text with which the steps grow that Python takes at worst
    to look for a pattern of RE2; None where they may grow faster than any.

    >>> find_power(r"\A[a-z]+(?:-[a-z]+)*\z"), find_power(r"[a-z]+-"), find_power(r"\A(?:a+)+\z")
    (1, 2, None)
    """
    folded = pattern.startswith("(?i)")
    try:
        alternatives = [items for _, items in read_alternatives(write_python(pattern.removeprefix("(?i)")))]
        return max(_Reader(folded=folded).find_power(items) for items in alternatives)
    except (_CostlyError, NotReadError, RecursionError, re.error):
        return None


class _Reader:
    """Counts the places of an alternative at which a repetition may end."""

    def __init__(self, *, folded: bool) -> None:
        self._flags = re.IGNORECASE if folded else re.NOFLAG
        self._choices = 0

    def find_power(self, items: Sequence[Item]) -> int:
        power = 1 + self._count(items, behind=[])
        if self._choices > _MOST_CHOICES:
            raise _CostlyError
        return power + (not _is_at_start(items) and _repeats(items))

    def _count(self, items: Sequence[Item], *, behind: Sequence[Item]) -> int:
        """Count the repetitions that may end at several places before what follows.

        Args:
            behind: What may follow the last item.
        """
        count = 0
        for place, item in enumerate(items):
            if item.is_edge:
                continue
            follows = _list_next(items[place + 1 :], behind=behind)
            taken = self._overlap([item], follows)
            if item.branches:
                count += self._count_group(item, follows=follows)
            elif _may_vary(item) and taken:
                if item.most - item.least == 1 and item.most:
                    self._choices += 1
                else:
                    count += 1
        return count

    def _count_group(self, item: Item, *, follows: Sequence[Item]) -> int:
        firsts = [_list_next(branch, behind=follows) for branch in item.branches]
        alike = any(self._overlap(one, other) for number, one in enumerate(firsts) for other in firsts[:number])
        if not _may_vary(item) or item.most == 1:
            self._choices += alike + _may_vary(item)
            times = max(item.least, 1)
            again = [*follows, *(one for some in firsts for one in some)] if times > 1 else follows
            return times * max(self._count(branch, behind=again) for branch in item.branches)
        # What is repeated has to say by itself where it begins or ends.
        if alike or not any(all(self._is_marked(branch, place, among=item.branches) for branch in item.branches) for place in (0, -1)):
            raise _CostlyError
        again = [*follows, *(one for some in firsts for one in some)]
        if any(self._count(branch, behind=again) for branch in item.branches):
            raise _CostlyError
        return int(self._overlap([one for some in firsts for one in some], follows))

    def _is_marked(self, branch: Sequence[Item], place: int, *, among: Sequence[Sequence[Item]]) -> bool:
        """Whether a branch has one character, at its begin or end, that nothing else in the group
        takes.
        """
        if not branch or not branch[place].is_one or branch[place].branches or branch[place].is_edge:
            return False
        others = [item for other in among for item in other if item is not branch[place] and not item.is_edge]
        return all(not item.branches for item in others) and not self._overlap([branch[place]], others)

    def _overlap(self, some: Sequence[Item], others: Sequence[Item]) -> bool:
        taken = self._list_taken(some)
        return not taken.isdisjoint(self._list_taken(others))

    def _list_taken(self, items: Sequence[Item]) -> set[str]:
        found = set[str]()
        for item in items:
            if item.branches:
                found.update(*(self._list_taken(_list_next(branch, behind=[])) for branch in item.branches))
            else:
                found |= _list_characters(item.text, self._flags)
        return found


@cache
def _list_characters(text: str, flags: int) -> frozenset[str]:
    return frozenset(re.findall(text, _TRIED, flags))


def _list_next(items: Sequence[Item], *, behind: Sequence[Item]) -> list[Item]:
    """List the items of which one may be the first that takes a character."""
    found = list[Item]()
    for item in items:
        if item.is_edge:
            continue
        found.append(item)
        if item.least and not (item.branches and any(not _list_next(branch, behind=[]) for branch in item.branches)):
            return found
    return [*found, *behind]


def _may_vary(item: Item) -> bool:
    """Whether it may stand there more or less often."""
    return not item.most or item.least != item.most


def _is_at_start(items: Sequence[Item]) -> bool:
    return bool(items) and items[0].text in ("^", r"\A")


def _repeats(items: Sequence[Item]) -> bool:
    """Whether anything is repeated without an end."""
    return any(item.most == 0 or any(map(_repeats, item.branches)) for item in items)
