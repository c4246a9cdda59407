"""Which thing of one set is which of another, by what they share."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set

__all__ = ["match_things"]

#: Values of each thing on either side.
_Sides = tuple[Mapping[str, Set[str]], Mapping[str, Set[str]]]


def match_things(tables: Mapping[str, _Sides]) -> dict[str, tuple[str, str]]:
    """Pair things that share values, where that leaves no choice.

    Args:
        tables: Why two things are one → the values of those on either side. What comes first counts
            first.

    Returns:
        Thing of the first side → the one of the second, and why. Both share at least half of the
        values of the one that has fewer, and neither shares as many with any other thing.

    >>> match_things({"same text": ({"a": {"one"}, "b": {"two"}}, {"c": {"one"}, "d": {"three"}})})
    {'a': ('c', 'same text')}
    """
    found: dict[str, tuple[str, str]] = {}
    for why, (first, second) in tables.items():
        taken = {other for other, _ in found.values()}
        left = {one: values for one, values in first.items() if one not in found}
        right = {one: values for one, values in second.items() if one not in taken}
        shared = _count_shared(left, right)
        best, other_best = _find_best(shared), _find_best({(b, a): n for (a, b), n in shared.items()})
        for one, other in sorted(best.items()):
            if other_best.get(other) == one and 2 * shared[one, other] >= min(len(left[one]), len(right[other])):
                found[one] = other, why
    return found


def _count_shared(left: Mapping[str, Set[str]], right: Mapping[str, Set[str]]) -> Counter[tuple[str, str]]:
    holders = defaultdict(list)
    for other, values in right.items():
        for value in values:
            holders[value].append(other)
    return Counter((one, other) for one, values in left.items() for value in values for other in holders.get(value, ()))


def _find_best(shared: Mapping[tuple[str, str], int]) -> dict[str, str]:
    """For each thing the one with which it shares most, unless several share as much."""
    most: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (one, other), number in shared.items():
        most[one].append((number, other))
    best = {one: sorted(each, reverse=True) for one, each in most.items()}
    return {one: each[0][1] for one, each in best.items() if len(each) == 1 or each[0][0] > each[1][0]}
