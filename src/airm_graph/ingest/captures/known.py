"""What the other pages of a source say: it settles what a line is where one page alone leaves that
open.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from airm_graph.cache import make_key
from airm_graph.model import Item, Page
from airm_graph.text import name_key, normalise

__all__ = ["Known", "learn_names", "mark_source"]

_NAMED, _LISTED, _NESTED = "named", "listed", "nested"
_UNTOLD = "?"  # no normalised description looks like this

#: What is said, of which name, and with it a description or the code of the page that says it.
_Statement = tuple[str, str, str]


@dataclass(frozen=True)
class _Group:
    """All pages of one source; each statement counts once for captures of one page."""

    counts: Counter[_Statement]

    @cached_property
    def by_name(self) -> dict[tuple[str, str], tuple[_Statement, ...]]:
        found: defaultdict[tuple[str, str], list[_Statement]] = defaultdict(list)
        for statement in sorted(self.counts):
            found[statement[:2]].append(statement)
        return {key: tuple(statements) for key, statements in found.items()}

    @cached_property
    def digest(self) -> str:
        """The same for the same statements."""
        return make_key(sorted([*statement, count] for statement, count in self.counts.items()))


@dataclass(frozen=True)
class Known:
    """What the other pages of a source say; names are normalised.

    It is a view of what all pages say less what the page's own captures say, so that a page
    confirms nothing of itself.
    """

    group: _Group = field(default_factory=lambda: _Group(Counter()))
    own: frozenset[_Statement] = frozenset()

    @property
    def digest(self) -> str:
        """The same for the same statements of others."""
        return make_key(self.group.digest, sorted(self.own))

    def is_named(self, name: str) -> bool:
        """Whether another page names a mitigation so."""
        return any(self._count(statement) for kind in (_NAMED, _NESTED) for statement in self.group.by_name.get((kind, name), ()))

    def descriptions(self, name: str) -> frozenset[str]:
        """The normalised descriptions with which other pages list *name*, an empty one for none."""
        said = (s for kind in (_NAMED, _NESTED) for s in self.group.by_name.get((kind, name), ()) if self._count(s))
        return frozenset(statement[2] for statement in said) - {_UNTOLD}

    def is_nested(self, name: str) -> bool:
        """Whether another page prints it as the right side of ``Parent > Child``, and none lists it
        alone.
        """
        return any(map(self._count, self.group.by_name.get((_NESTED, name), ()))) and not self.listed_by(name)

    def listed_by(self, name: str) -> Counter[str]:
        """Codes of the other pages that list *name* (as printed), and how many pages have each; an
        unresolved code is empty.
        """
        statements = self.group.by_name.get((_LISTED, name), ())
        return Counter({statement[2]: count for statement in statements if (count := self._count(statement))})

    def _count(self, statement: _Statement) -> int:
        return self.group.counts[statement] - (statement in self.own)


def mark_source(page: Page | None) -> tuple[str, ...]:
    """Name the source of a page by title and year, normalised, or by the document that its list
    tells; nothing where neither is known.
    """
    if page and page.source:
        return name_key(page.source.title.published), page.source.year or ""
    return ("", page.document) if page and page.document else ()


def learn_names(pages: Sequence[Page]) -> dict[str, Known]:
    """For each capture, what the other pages of its source say; a page that is alone has no
    entry.
    """
    by_source: defaultdict[tuple[str, ...], dict[str, Page]] = defaultdict(dict)
    for page in pages:
        if mark := mark_source(page):
            by_source[mark][page.capture.sha256] = page
    found: dict[str, Known] = {}
    for group in by_source.values():
        if len(group) > 1:
            found |= _learn_from_others(group)
    return found


def _learn_from_others(pages: Mapping[str, Page]) -> dict[str, Known]:
    # Captures of one page say the same things twice; taken together they neither count twice nor
    # confirm each other.
    said: defaultdict[tuple[str, ...], set[_Statement]] = defaultdict(set)
    for page in pages.values():
        said[_mark(page)].update(_say(page))
    group = _Group(Counter(statement for statements in said.values() for statement in statements))
    own = {mark: frozenset(statements) for mark, statements in said.items()}
    return {sha256: Known(group, own[_mark(page)]) for sha256, page in pages.items()}


def _mark(page: Page) -> tuple[str, ...]:
    """What two captures of one page have in common: definition, description and reason, or the
    capture itself when there is neither.
    """
    own = page.own
    texts = [normalise(text.captured) for text in (own.description, own.reasoning) if text] if own else []
    return (own.code or "", *texts) if own and texts else (page.capture.sha256,)


def _say(page: Page) -> Iterable[_Statement]:
    """What a page states for certain."""
    code = (page.own.code if page.own else None) or ""
    if page.own and page.own.name:
        yield _NAMED, name_key(page.own.name.published), _UNTOLD
    for item in (*page.children, *page.others):
        yield from _say_item(item, code)
    if page.heading and page.heading.basis != "pattern":
        text = page.heading.description
        yield _NAMED, name_key(page.heading.name.published), normalise(text.captured) if text else _UNTOLD


def _say_item(item: Item, code: str) -> Iterable[_Statement]:
    text = normalise(item.description.captured) if item.description else ""
    yield _LISTED, name_key(item.name.published), code
    yield _NESTED if len(item.path) > 1 else _NAMED, name_key(item.path[-1]), text
    for name in item.path[:-1]:
        yield _NAMED, name_key(name), _UNTOLD
