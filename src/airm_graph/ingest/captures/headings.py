"""The first block after the reasoning: does it begin with the parent heading, or with the name of
the first item?
"""

from collections.abc import Sequence

from airm_graph.ingest.captures.codes import is_name_like
from airm_graph.ingest.captures.known import Known
from airm_graph.model import Item
from airm_graph.text import name_key, normalise

__all__ = ["ARROW", "find_item_start", "is_open"]

#: Between parent and child in the name of one of the others.
ARROW = " > "


def find_item_start(texts: Sequence[str], *, rest: Sequence[Item], others: int, known: Known) -> tuple[str, int]:
    """Find where the first item begins.

    Args:
        texts: Lines of the first block, without its code line.
        rest: The items behind it.
        others: How many of them, from the end, may be others of the source.
        known: What other pages of the source say.

    Returns:
        Basis of the heading (see :class:`airm_graph.model.Heading`) and index of the item's name.
        An index of 0 means that there is no heading, the basis "unsure" that the first line may as
        well be one.
    """
    if len(texts) < 2:
        return "", 0
    block = _Block(texts, rest, others, known)
    certain = block.find_certain_item()
    if certain is None and (block.is_first_line_item() or block.is_root_before_its_children()):
        return "", 0
    if block.is_in_others():
        return block.begin_behind_parent(certain)
    if known.is_named(block.keys[0]):
        return block.begin_behind_known(certain)
    return ("next-item", certain) if certain else block.begin_by_look()


def is_open(texts: Sequence[str], *, rest: Sequence[Item], known: Known) -> bool:
    """Whether nothing on a page that is cut tells which of several names is that of the first
    item.
    """
    block = _Block(texts, rest, 0, known)
    later = sum(block.looks[1:])
    if not later or (later == 1 and not block.looks[-1]):
        return False
    return block.find_certain_item() is None and not block.is_first_line_item() and not known.is_named(block.keys[0])


class _Block:
    def __init__(self, texts: Sequence[str], rest: Sequence[Item], others: int, known: Known) -> None:
        self.texts, self.rest, self.known = texts, rest, known
        self.keys = [name_key(text) for text in texts]
        self.looks = [is_name_like(text) for text in texts]
        self.later = next((index for index in range(2, len(texts)) if self.looks[index]), None)
        self.others = rest[len(rest) - others :] if others else ()
        self.lefts = {name_key(name) for item in rest for name in item.path[:-1]}

    def is_first_line_item(self) -> bool:
        """Whether another page lists the first line with just the description that follows here."""
        return normalise("\n".join(self.texts[1:])) in self.known.descriptions(self.keys[0]) - {""}

    def is_in_others(self) -> bool:
        return any(self.keys[0] in {name_key(item.name.published), name_key(item.path[-1])} for item in self.others)

    def is_root_before_its_children(self) -> bool:
        """Whether the first line is the parent in a later ``Parent > Child`` and stands nowhere
        else: then it is printed here itself.
        """
        return self.keys[0] in self.lefts and not any(self.keys[0] == name_key(item.name.published) for item in self.rest)

    def find_certain_item(self) -> int | None:
        """Index of the last line that can only be the name of an item."""
        return next((index for index in range(len(self.texts) - 1, 0, -1) if self._is_certain(index)), None)

    def _is_certain(self, index: int) -> bool:
        left, arrow, _ = self.texts[index].partition(ARROW)
        if arrow and (name_key(left) in self.lefts or self.known.is_named(name_key(left))):
            return True
        # "A" right before "A > B" is the parent, printed as an item of its own.
        if self.keys[index] in self.lefts:
            return True
        text = normalise("\n".join(self.texts[index + 1 :]))
        return text in self.known.descriptions(self.keys[index]) or (not text and self.known.is_named(self.keys[index]))

    def begin_behind_parent(self, certain: int | None) -> tuple[str, int]:
        """The first line is one of the others: the parent, unless a child has its name by
        chance.
        """
        begin = certain or self._skip_description()
        if begin is None and len(self.texts) == 2 and not self.looks[1] and all(is_name_like(item.name.captured) for item in self.rest):
            return "unsure", 0
        return "others", begin or (1 if self.looks[1] or self.later is None else self.later)

    def begin_behind_known(self, certain: int | None) -> tuple[str, int]:
        """The first line is a name on another page: the parent, if an item follows it."""
        begin = certain or self._skip_description() or (1 if self.looks[1] else self.later)
        return ("other-page", begin) if begin else (self._doubt_question(), 0)

    def _doubt_question(self) -> str:
        """Whether a question below the first line may be the name of an item, where others have
        nothing but names.
        """
        is_question = len(self.texts) == 2 and self.texts[1].endswith("?") and is_name_like(self.texts[1].rstrip("?"))
        return "unsure" if is_question and any(item.description is None for item in self.rest) else ""

    def _skip_description(self) -> int | None:
        """Index behind the parent's description, when this page or another prints it elsewhere."""
        said = self.known.descriptions(self.keys[0])
        for item in self.others:
            if name_key(item.path[-1]) == self.keys[0]:
                said |= {normalise(item.description.captured) if item.description else ""}
        behind = (index for index in range(2, len(self.texts)) if normalise("\n".join(self.texts[1:index])) in said)
        return next(behind, 1 if said == {""} else None)

    def begin_by_look(self) -> tuple[str, int]:
        """Two names in a row, or a name, prose, a name and prose again.

        The first line is a name whatever it looks like: a question, or a sentence.
        """
        bare = sum(item.description is None for item in self.rest)
        if self.looks[1]:
            return ("pattern", 1) if len(self.texts) > 2 or bare else ("unsure", 0)
        later = self.later
        if later is None:
            return self._doubt_question(), 0
        # A name at the end may be the last paragraph, cut short; not where most items have no
        # description at all.
        is_item = not self.looks[later + 1] if later < len(self.texts) - 1 else bare * 2 > len(self.rest)
        return ("pattern", later) if is_item else ("unsure", 0)
