"""Which mentions are one mitigation: a congruence over the outline of a source.

Two mentions meet when they have the same name under the same parent; when one of them does not know its place and the name is the only one
of its kind; when an unnamed page repeats the description of one item; and the parents of one mitigation meet. Each rule looks at
the whole source, so the order of pages changes nothing. Differing codes or descriptions do not keep mentions of one name apart: they
are a conflict that is kept and reported.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from airm_graph.merge.occurrences import Occurrence

__all__ = ["group_occurrences"]

#: Shorter descriptions ("Model artifacts:") recur without meaning the same measure.
MIN_TEXT = 30


def group_occurrences(mentions: Sequence[Occurrence]) -> list[list[int]]:
    """Group the mentions of one source.

    Args:
        mentions: As :func:`airm_graph.merge.occurrences.list_occurrences` makes them.

    Returns:
        Lists of indices into *mentions*, each list one mitigation, ordered by first index.
    """
    classes = _Classes(mentions)
    changed = True
    while changed:
        strong = [classes.join(pairs()) for pairs in (classes.same_identity, classes.same_place, classes.same_parent)]
        changed = any(strong)
        # The weaker rules wait until the stronger ones have nothing left to say.
        changed = changed or any(classes.join(pairs()) for pairs in (classes.only_name, classes.same_child, classes.same_text))
    return classes.groups()


class _Classes:
    """Union-find over mentions; the rules propose pairs, :meth:`join` joins those that do not contradict each other."""

    def __init__(self, mentions: Sequence[Occurrence]) -> None:
        self.mentions = mentions
        self.up = list(range(len(mentions)))
        self.identifiers = [{mention.identifier} - {None} for mention in mentions]

    def find(self, index: int) -> int:
        while self.up[index] != index:
            self.up[index] = self.up[self.up[index]]
            index = self.up[index]
        return index

    def join(self, pairs: Iterable[tuple[int, int]]) -> bool:
        changed = False
        for one, two in pairs:
            a, b = sorted((self.find(one), self.find(two)))
            if a != b and not self._contradicts(a, b):
                self.up[b] = a
                self.identifiers[a] |= self.identifiers[b]
                changed = True
        return changed

    def _contradicts(self, a: int, b: int) -> bool:
        """Whether both are named by different publisher's identifiers."""
        first, second = self.identifiers[a], self.identifiers[b]
        return bool(first and second and first != second)

    def members(self) -> dict[int, list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for index in range(len(self.mentions)):
            found[self.find(index)].append(index)
        return dict(found)

    def groups(self) -> list[list[int]]:
        return sorted(self.members().values())

    # What a class knows of itself.

    def keys(self, members: Iterable[int]) -> set[str]:
        return {self.mentions[i].key for i in members} - {""}

    def texts(self, members: Iterable[int]) -> set[str]:
        return {text for i in members if len(text := self.mentions[i].text_key) >= MIN_TEXT}

    def codes(self, members: Iterable[int]) -> set[str]:
        return {code for i in members if (code := self.mentions[i].code)}

    def parents(self, members: Iterable[int]) -> set[int]:
        return {self.find(parent) for i in members if (parent := self.mentions[i].parent) is not None}

    def is_root(self, members: Iterable[int]) -> bool:
        return any(self.mentions[i].is_root for i in members)

    # The strong rules.

    def same_identity(self) -> list[tuple[int, int]]:
        """Equal publisher's identifiers, and captures of one page."""
        seen: dict[tuple[str, ...], int] = {}
        pairs = []
        for index, mention in enumerate(self.mentions):
            marks: list[tuple[str, ...]] = [("id", mention.identifier)] if mention.identifier else []
            marks += [("twin", *mention.twin)] if mention.twin else []
            pairs += [(seen.setdefault(mark, index), index) for mark in marks]
        return pairs

    def same_place(self) -> list[tuple[int, int]]:
        """One name under one parent, or one name at the top."""
        seen: dict[tuple[int, str], int] = {}
        pairs = []
        for index, mention in enumerate(self.mentions):
            if mention.key and (mention.is_root or mention.parent is not None):
                place = -1 if mention.parent is None else self.find(mention.parent)
                pairs.append((seen.setdefault((place, mention.key), index), index))
        return pairs

    def same_parent(self) -> list[tuple[int, int]]:
        """Parents of one mitigation, unless two of them have different names or codes of their own."""
        members, pairs = self.members(), []
        for group in members.values():
            parents = sorted(self.parents(group))
            every = [i for parent in parents for i in members[parent]]
            own_codes = {self.mentions[i].code for i in every if self.mentions[i].kind == "own"} - {None}
            unnamed = sum(not self.keys(members[parent]) for parent in parents)
            if len(parents) > 1 and unnamed <= 1 and len(self.keys(every)) <= 1 and len(own_codes) <= 1:
                pairs += [(parents[0], other) for other in parents[1:]]
        return pairs

    # The weak rules: for classes that do not know their place.

    def only_name(self) -> list[tuple[int, int]]:
        """A heading or a page of known name meets the only mitigation of that name, or the only one with its text or code."""
        members, pairs = self.members(), []
        for named in self._by_key(members).values():
            floating = [root for root in named if self._is_floating(members[root])]
            placed = [root for root in named if root not in floating]
            pairs += [(floating[0], other) for other in floating[1:] if self._agree(members[floating[0]], members[other])]
            for root in floating:
                like = placed if len(placed) == 1 else [other for other in placed if self._is_like(members[root], members[other])]
                pairs += [(root, like[0])] if len(like) == 1 else []
        return pairs

    def same_child(self) -> list[tuple[int, int]]:
        """A child of an unnamed page meets the only mitigation of its name and text, or the page of its name and code."""
        members, pairs = self.members(), []
        for named in self._by_key(members).values():
            lost = {root for root in named if self._is_below_unnamed(members[root], members)}
            found = [other for other in named if other not in lost]
            for root in sorted(lost):
                like = [other for other in found if self._is_like(members[root], members[other])]
                like = like or [other for other in found if len(lost) == 1 and self._is_page_of(members[other], members[root])]
                pairs += [(root, like[0])] if len(like) == 1 else []
        return pairs

    def same_text(self) -> list[tuple[int, int]]:
        """An unnamed page meets the only named mitigation with its description and code."""
        members, pairs = self.members(), []
        by_text: defaultdict[str, list[int]] = defaultdict(list)
        for root, group in members.items():
            for text in self.texts(group):
                by_text[text].append(root)
        for root, group in members.items():
            if not self.keys(group):
                like = {
                    o for text in self.texts(group) for o in by_text[text] if self.keys(members[o]) and self._is_like(group, members[o])
                }
                pairs += [(root, min(like))] if len(like) == 1 else []
        return pairs

    def _by_key(self, members: dict[int, list[int]]) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for root, group in sorted(members.items()):
            for key in sorted(self.keys(group)):
                found[key].append(root)
        return {key: roots for key, roots in sorted(found.items()) if len(roots) > 1}

    def _is_floating(self, group: list[int]) -> bool:
        return not self.is_root(group) and not self.parents(group)

    def _is_below_unnamed(self, group: list[int], members: dict[int, list[int]]) -> bool:
        parents = self.parents(group)
        return bool(parents) and not self.is_root(group) and not any(self.keys(members[parent]) for parent in parents)

    def _is_page_of(self, page: list[int], item: list[int]) -> bool:
        has_own = any(self.mentions[i].kind == "own" for i in page)
        return has_own and bool(self.codes(page) & self.codes(item)) and self._agree(page, item)

    def _agree(self, one: list[int], two: list[int]) -> bool:
        """Whether two classes could be one: texts and codes are equal or missing on one side."""
        return all(not a or not b or a & b for a, b in ((self.texts(one), self.texts(two)), (self.codes(one), self.codes(two))))

    def _is_like(self, one: list[int], two: list[int]) -> bool:
        """Whether two classes have a text in common and no code that differs."""
        return bool(self.texts(one) & self.texts(two)) and self._agree(one, two)
