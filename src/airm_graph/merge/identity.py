"""Which mentions are one mitigation: a congruence over the outline of a source.

Two mentions meet when they have the same name under the same parent; when one of them does not know
its place and the name is the only one of its kind; when an unnamed page repeats the description of
one item; and the parents of one mitigation meet. Each rule looks at the whole source, so the order
of pages changes nothing. Differing codes or descriptions do not keep mentions of one name apart:
they are a conflict that is kept and reported.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import field
from itertools import combinations

from airm_graph.frozen import frozen
from airm_graph.merge.absence import Absences
from airm_graph.merge.joins import Pairs
from airm_graph.merge.occurrences import Occurrence

__all__ = ["Groups", "group_occurrences"]

#: Shorter descriptions ("Model artifacts:") recur without meaning the same measure.
MIN_TEXT = 30

#: So long a description is nobody else's: it makes mentions one whose names differ.
MIN_TELLING = 80

#: What more mitigations have in common says nothing of two of them.
MOST_ALIKE = 8

#: Stands for the parent of what has none.
_TOP = -1


@frozen
class Groups:
    """Which mentions are one mitigation.

    Attributes:
        members: Lists of indices into the mentions, each one mitigation, ordered by first index.
        inferred: Indices of pages whose name no text gives and what they leave out tells.
        doubts: Index of a mention → indices of others that it may be, which no rule tells.
    """

    members: list[list[int]]
    inferred: list[int]
    doubts: dict[int, list[int]] = field(default_factory=dict)


def group_occurrences(mentions: Sequence[Occurrence], *, decided: Pairs | None = None) -> Groups:
    """Group the mentions of one source, as :func:`airm_graph.merge.occurrences.list_occurrences`
    makes them.

    Args:
        mentions: All mentions of the source.
        decided: Which of them a person joined, whatever the rules say, and which a person keeps
            apart.
    """
    decided = decided or Pairs()
    classes = _Classes(mentions, decided.apart)
    classes.join(decided.joined, force=True)
    changed = True
    while changed:
        changed = classes.join(classes.same_identity())
        changed = classes.join(classes.at_same_position()) or changed
        changed = classes.join(classes.same_parent()) or changed
        # The weaker rules wait until the stronger ones have nothing left to say.
        weaker = (classes.only_name, classes.same_child, classes.same_text, classes.same_row_text, classes.same_row_name)
        changed = changed or any(classes.join(pairs()) for pairs in weaker)
        changed = changed or classes.join_left_out()
    return Groups(classes.groups(), sorted(classes.inferred), classes.list_doubts())


class _Classes:
    """Union-find over mentions; the rules propose pairs, :meth:`join` joins those that do not
    contradict each other.
    """

    def __init__(self, mentions: Sequence[Occurrence], apart: Sequence[tuple[int, int]]) -> None:
        self.mentions = mentions
        self.apart = apart
        self.up = list(range(len(mentions)))
        self.identifiers = [{(mention.edition, mention.identifier)} if mention.identifier else set() for mention in mentions]
        self.absences = Absences(mentions)
        self.inferred: set[int] = set()

    def find(self, index: int) -> int:
        while self.up[index] != index:
            self.up[index] = self.up[self.up[index]]
            index = self.up[index]
        return index

    def join(self, pairs: Iterable[tuple[int, int]], *, force: bool = False) -> bool:
        changed = False
        for one, two in pairs:
            a, b = sorted((self.find(one), self.find(two)))
            if a != b and (force or not self._contradicts(a, b)) and not self._is_kept_apart(a, b):
                self.up[b] = a
                self.identifiers[a] |= self.identifiers[b]
                changed = True
        return changed

    def _contradicts(self, a: int, b: int) -> bool:
        """Whether both are named by different publisher's identifiers of one edition."""
        first, second = self.identifiers[a], self.identifiers[b]
        return any(one[0] == two[0] and one != two for one in first for two in second)

    def _is_kept_apart(self, a: int, b: int) -> bool:
        return any({self.find(one), self.find(two)} == {a, b} for one, two in self.apart)

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
        return {text for i in members for text in self.mentions[i].text_keys if len(text) >= MIN_TEXT}

    def codes(self, members: Iterable[int]) -> set[tuple[str, str]]:
        return {code for i in members for code in self.mentions[i].codes}

    def parents(self, members: Iterable[int]) -> set[int]:
        return {self.find(parent) for i in members if (parent := self.mentions[i].parent) is not None}

    def is_root(self, members: Iterable[int]) -> bool:
        return any(self.mentions[i].is_root for i in members)

    # The strong rules.

    def same_identity(self) -> list[tuple[int, int]]:
        """Equal publisher's identifiers of one edition, captures of one page, and one row that was
        given twice.
        """
        seen: dict[tuple[str, ...], int] = {}
        pairs = []
        for index, mention in enumerate(self.mentions):
            marks: list[tuple[str, ...]] = [("id", mention.edition, mention.identifier)] if mention.identifier else []
            marks += [("twin", *mention.twin)] if mention.twin else []
            marks += [("row", mention.evidence.capture, str(mention.evidence.row))] if mention.entry else []
            pairs += [(seen.setdefault(mark, index), index) for mark in marks]
        return pairs

    def at_same_position(self) -> list[tuple[int, int]]:
        """One name under one parent, or one name at the top."""
        seen: dict[tuple[int, str], int] = {}
        pairs = []
        for root, group in self.members().items():
            locations = sorted(self.parents(group)) + ([_TOP] if self.is_root(group) else [])
            marks = [(location, key) for location in locations for key in sorted(self.keys(group))]
            pairs += [(seen.setdefault(mark, root), root) for mark in marks]
        return pairs

    def same_parent(self) -> list[tuple[int, int]]:
        """Parents of one mitigation, unless two of them have different names or codes of
        their own.
        """
        members, pairs = self.members(), []
        for group in members.values():
            parents = sorted(self.parents(group))
            if len(parents) > 1 and self._could_be_one([members[parent] for parent in parents]):
                pairs += [(parents[0], other) for other in parents[1:]]
        return pairs

    def _could_be_one(self, groups: list[list[int]]) -> bool:
        """Whether at most one group is unnamed and neither names nor the pages' own codes
        differ.
        """
        names = [self.keys(group) for group in groups]
        own_codes = {self.mentions[i].code for group in groups for i in group if self.mentions[i].kind == "own"} - {None}
        return sum(not keys for keys in names) <= 1 and len(set().union(*names)) <= 1 and len(own_codes) <= 1

    # The weak rules: for classes that do not know their place.

    def only_name(self) -> list[tuple[int, int]]:
        """Return what has a name and no place meets the only mitigation of that name, or the only
        one with its text or code.

        Where the publisher tells several of that name apart, the name alone says nothing: the text
        decides.
        """
        members, pairs = self.members(), []
        for named in self._by_key(members).values():
            is_floating = {root: self._is_floating(members[root]) for root in named}
            floating, placed = ([root for root in named if is_floating[root] is wanted] for wanted in (True, False))
            editions = [edition for edition, _ in set().union(*(self.identifiers[root] for root in floating))]
            told_apart = len(editions) > len(set(editions))
            meets = self._is_like if told_apart else self._agree
            pairs += [(floating[0], other) for other in floating[1:] if meets(members[floating[0]], members[other])]
            for root in floating:
                is_only = len(placed) == 1 and not told_apart
                like = placed if is_only else [other for other in placed if self._is_like(members[root], members[other])]
                pairs += [(root, like[0])] if len(like) == 1 else []
        return pairs

    def same_child(self) -> list[tuple[int, int]]:
        """Return a child of an unnamed page meets the only mitigation of its name and text, or the
        page of its name and code.
        """
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
        """Return an unnamed page meets the only named mitigation with its description and code."""
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

    def same_row_text(self) -> list[tuple[int, int]]:
        """Return a row of a table meets the only mitigation of other inputs that has its text,
        whatever each of them calls it.
        """
        members = self.members()
        by_text: defaultdict[str, list[int]] = defaultdict(list)
        for root, group in members.items():
            for text in self.texts(group):
                if len(text) >= MIN_TELLING:
                    by_text[text].append(root)
        pairs = []
        for _, roots in sorted(by_text.items()):
            if len(roots) == 2 and self._could_be_one_row(members[roots[0]], members[roots[1]]):
                pairs.append((roots[0], roots[1]))
        return pairs

    def same_row_name(self) -> list[tuple[int, int]]:
        """Return a row meets what other inputs call by its name, where no input has two of that
        name; their texts may differ.
        """
        members, pairs = self.members(), []
        for named in self._by_key(members).values():
            inputs = Counter(capture for root in named for capture in {self.mentions[i].evidence.capture for i in members[root]})
            if max(inputs.values()) == 1:
                pairs += [(named[0], other) for other in named[1:] if self._could_be_one_row(members[named[0]], members[other])]
        return pairs

    def _could_be_one_row(self, one: list[int], two: list[int]) -> bool:
        """Whether one of two classes is a row, no input has both, and no code sets them apart."""
        inputs = [{self.mentions[i].evidence.capture for i in group} for group in (one, two)]
        has_row = any(self.mentions[i].entry for i in (*one, *two))
        return has_row and not inputs[0] & inputs[1] and _agree_on_codes(self.codes(one), self.codes(two))

    def join_left_out(self) -> bool:
        """Return an unnamed page meets the mitigation that it alone does not list, or the only
        child of its parent that it can be.
        """
        members = self.members()
        pairs = self.absences.find_left_out(lambda own: not self.keys(members[self.find(own)]))
        pairs = pairs or self._only_children(members)
        changed = self.join(pairs)
        self.inferred |= {own for own, other in pairs if self.find(own) == self.find(other)}
        return changed

    def list_doubts(self) -> dict[int, list[int]]:
        """What an unnamed page may be: what it alone leaves out, what has its text, or what its
        hint names.
        """
        members = self.members()
        named = {
            root: group for root, group in members.items() if self.keys(group) and not any(self.mentions[i].kind == "own" for i in group)
        }
        found: dict[int, list[int]] = {}
        for root, group in members.items():
            for own in [i for i in group if self.mentions[i].kind == "own" and not self.keys(group)]:
                left_out = {self.find(index) for index in self.absences.find_candidates(own)}
                hint, texts = self.mentions[own].hint, self.texts(group)
                like = {other for other in named if (texts & self.texts(named[other])) or (hint and hint in self.keys(named[other]))}
                candidates = sorted(((left_out & named.keys()) | like) - {root})
                if candidates:
                    found[own] = candidates
        return found | self._list_named_doubts(members)

    def _list_named_doubts(self, members: dict[int, list[int]]) -> dict[int, list[int]]:
        """What of other inputs a named mitigation may be: what has its name, where one does not
        know its place, or its whole text.
        """
        alike: defaultdict[int, set[int]] = defaultdict(set)
        for named in self._by_key(members).values():
            for one, two in combinations(named, 2) if len(named) <= MOST_ALIKE else ():
                if self._is_floating(members[one]) or self._is_floating(members[two]):
                    alike[one].add(two)
        by_text: defaultdict[str, list[int]] = defaultdict(list)
        for root, group in members.items():
            for text in self.texts(group) if self.keys(group) else ():
                if len(text) >= MIN_TELLING:
                    by_text[text].append(root)
        for roots in by_text.values():
            for one, two in combinations(sorted(roots), 2) if len(roots) <= MOST_ALIKE else ():
                if _agree_on_codes(self.codes(members[one]), self.codes(members[two])):
                    alike[one].add(two)
        found = {one: sorted(two for two in others if self._are_in_doubt(members[one], members[two])) for one, others in alike.items()}
        return {one: others for one, others in sorted(found.items()) if others}

    def _are_in_doubt(self, one: list[int], two: list[int]) -> bool:
        """Whether nothing tells two classes apart: no input that has both, no identifier, no
        decision.
        """
        a, b = self.find(one[0]), self.find(two[0])
        inputs = [{self.mentions[i].evidence.capture for i in group} for group in (one, two)]
        return not inputs[0] & inputs[1] and not self._contradicts(a, b) and not self._is_kept_apart(a, b)

    def _only_children(self, members: dict[int, list[int]]) -> list[tuple[int, int]]:
        below: defaultdict[int, list[int]] = defaultdict(list)
        lost: defaultdict[int, list[int]] = defaultdict(list)
        for root, group in members.items():
            for parent in self.parents(group):
                (below if self.keys(group) else lost)[parent].append(root)
        pairs = []
        for parent, pages in lost.items():
            if any(self.mentions[i].kind == "own" for i in members[parent]):
                pairs += self._match_by_code(pages, below[parent], members)
        return pairs

    def _match_by_code(self, pages: list[int], children: list[int], members: dict[int, list[int]]) -> list[tuple[int, int]]:
        """Pages and children that are the only ones of their code, both without a description."""
        found = []
        for page in pages:
            codes = self.codes(members[page])
            rivals = [other for other in pages if self.codes(members[other]) & codes or not self.codes(members[other])]
            like = [child for child in children if self.codes(members[child]) & codes or not self.codes(members[child])]
            if codes and len(rivals) == len(like) == 1 and self._is_bare_page_of(members[page], members[like[0]]):
                found.append((page, like[0]))
        return found

    def _is_bare_page_of(self, page: list[int], child: list[int]) -> bool:
        is_bare = not any(self.mentions[i].description for i in (*page, *child))
        return is_bare and self.codes(page) == self.codes(child) and not any(self.mentions[i].kind == "own" for i in child)

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
        first, second = self.texts(one), self.texts(two)
        return (not first or not second or bool(first & second)) and _agree_on_codes(self.codes(one), self.codes(two))

    def _is_like(self, one: list[int], two: list[int]) -> bool:
        """Whether two classes have a text in common and no code that differs."""
        return bool(self.texts(one) & self.texts(two)) and self._agree(one, two)


def _agree_on_codes(one: set[tuple[str, str]], two: set[tuple[str, str]]) -> bool:
    """Whether no edition in which both have codes sets them apart; codes of different editions say
    nothing about each other.
    """
    shared = {edition for edition, _ in one} & {edition for edition, _ in two}
    return all({pair for pair in one if pair[0] == edition} & two for edition in shared)
