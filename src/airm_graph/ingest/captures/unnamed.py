"""Pages that name no source: which of them are of one document, by the lists that they print.

Every page of a document prints the first mitigations of its outline, with their codes and texts. So
two pages are of one document when they print enough of one list alike and in one order. That they
both name no source says nothing.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from airm_graph.model import Item, Page
from airm_graph.text import name_key, normalise

__all__ = ["Printed", "join_by_lists", "list_printed"]

#: What a page lists: name, code and text of each item, normalised.
Printed = tuple[tuple[str, str, str], ...]

#: So much must be printed alike: an item that could stand in any document counts one, another one
#: two.
_ENOUGH, _FEWEST = 6, 3
_LONG_TEXT, _LONG_NAME = 30, 3


def list_printed(page: Page) -> Printed:
    """List what a page prints with a code."""
    return tuple(_key_item(item) for item in (*page.children, *page.others) if item.code)


def _key_item(item: Item) -> tuple[str, str, str]:
    text = normalise(item.description.captured) if item.description else ""
    return " > ".join(name_key(name) for name in item.path), item.code or "", text


def join_by_lists(printed: Mapping[int, Printed]) -> list[list[int]]:
    """Group pages, each by number, that are of one document.

    >>> one = (("kiln rules heat logs", "2.3.3", ""), ("shard counts of tiles", "2.2.1", ""), ("oath of the yard", "3.3.3", ""))
    >>> join_by_lists({1: one, 2: one, 3: one[:1]})
    [[1, 2], [3]]
    """  # noqa: W505
    lists: dict[Printed, list[int]] = {}
    for number, some in printed.items():
        # A page that lists nothing has nothing in common with another one.
        lists.setdefault(some or (("", "", str(number)),), []).append(number)
    groups: list[tuple[list[Printed], list[int]]] = []
    for some, numbers in lists.items():
        near = [group for group in groups if any(_overlap(some, other) for other in group[0])]
        groups = [group for group in groups if group not in near]
        groups.append(([some, *(one for group in near for one in group[0])], [*numbers, *(n for group in near for n in group[1])]))
    alone = [[number] for some, numbers in groups if not _is_telling(some) for number in numbers]
    return sorted([*(sorted(numbers) for some, numbers in groups if _is_telling(some)), *alone])


def _is_telling(lists: Sequence[Printed]) -> bool:
    """Whether pages were joined by more than one short list that they share."""
    return len(lists) > 1 or _weigh(lists[0])


@lru_cache(maxsize=1 << 12)
def _overlap(one: Printed, two: Printed) -> bool:
    """Whether two lists have enough in common, in one order, and contradict each other in no
    code.
    """
    codes = {name: code for name, code, _ in one}
    shared = set(one) & set(two)
    is_one_order = [item for item in one if item in shared] == [item for item in two if item in shared]
    return is_one_order and _weigh(tuple(shared)) and all(codes.get(name, code) == code for name, code, _ in two)


def _weigh(items: Sequence[tuple[str, str, str]]) -> bool:
    weight = sum(1 + (" > " in name or len(text) >= _LONG_TEXT or len(name.split()) >= _LONG_NAME) for name, _, text in items)
    return weight >= _ENOUGH and len(items) >= _FEWEST
