"""Which mitigation an unnamed page is, told by what the page does not list.

A page prints the first mitigations on the two upper levels of its source, in the source's order,
and leaves out itself and its whatever stands below it. So the one that other pages print in
between, and that is neither listed here nor a child here, is the page itself; where several are
left out, the one that all the others stand below.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from airm_graph.merge.occurrences import Occurrence

__all__ = ["Absences"]

#: Normalised names from the outermost in: one, or two for ``Parent > Child``.
_Path = tuple[str, ...]


@dataclass
class _Listing:
    """What one page prints."""

    own: int | None = None
    heading: str = ""
    children: set[str] = field(default_factory=set)
    others: list[_Path] = field(default_factory=list)
    where: dict[_Path, int] = field(default_factory=dict)


class Absences:
    """The listings of all pages of a source, made once; the pages that are unnamed change as
    mentions are grouped.
    """

    def __init__(self, mentions: Sequence[Occurrence]) -> None:
        """List what each page prints."""
        self.mentions = mentions
        listings: defaultdict[int, _Listing] = defaultdict(_Listing)
        for index, mention in enumerate(mentions):
            _enter(listings[mention.page], index, mention, mentions)
        self.pages = [listing for listing in listings.values() if listing.own is not None]
        # Pages of one source print few different lists: each is compared once with each unnamed
        # page.
        self.orders: defaultdict[tuple[_Path, ...], list[_Listing]] = defaultdict(list)
        for listing in self.pages:
            self.orders[tuple(listing.others)].append(listing)

    def find_left_out(self, is_unnamed: Callable[[int], bool]) -> list[tuple[int, int]]:
        """Pairs of an unnamed page and the one mention that it leaves out, with nothing but what
        stands below it.
        """
        found = []
        for page in self.pages:
            if page.own is not None and is_unnamed(page.own):
                missing = self._list_missing(page)
                tops = [path for path in missing if all(other[: len(path)] == path for other in missing)]
                if tops and self._fits(page, tops[0], missing[tops[0]]):
                    found.append((page.own, missing[tops[0]]))
        return found

    def find_candidates(self, own: int) -> list[int]:
        """Mentions that an unnamed page leaves out and that it could be."""
        pages = (page for page in self.pages if page.own == own)
        return [index for page in pages for path, index in self._list_missing(page).items() if self._fits(page, path, index)]

    def _list_missing(self, page: _Listing) -> dict[_Path, int]:
        """What other pages print and this one leaves out."""
        return {
            path: printers[0].where[path]
            for order, printers in self.orders.items()
            for path in _find_missing(page, order, goes_on=any(self._goes_on(page, printer) for printer in printers))
        }

    def _goes_on(self, page: _Listing, printer: _Listing) -> bool:
        """Whether the page prints one that stands behind all that the other page prints: neither
        that page itself nor its child.
        """
        last = page.others[-1] if page.others else ()
        if not last or last in printer.where or last[-1] in printer.children:
            return False
        own, code = self.mentions[printer.own or 0].code, self.mentions[page.where[last]].code
        return own is not None and code is not None and own != code

    def _fits(self, page: _Listing, path: _Path, index: int) -> bool:
        above = path[-2] if len(path) > 1 else ""
        own, other = self.mentions[page.own or 0].code, self.mentions[index].code
        return page.heading == above and (own is None or other is None or own == other)


def _enter(listing: _Listing, index: int, mention: Occurrence, mentions: Sequence[Occurrence]) -> None:
    if mention.kind == "own":
        listing.own = index
    elif mention.kind == "heading":
        listing.heading = mention.key
    elif mention.kind == "child":
        listing.children.add(mention.key)
    elif mention.kind == "other":
        path = (mention.key,) if mention.parent is None else (mentions[mention.parent].key, mention.key)
        listing.others.append(path)
        listing.where.setdefault(path, index)


def _find_missing(page: _Listing, order: Sequence[_Path], *, goes_on: bool) -> set[_Path]:
    """What *order* prints and the page does not: before the last one that both print, or all of it
    when the page goes on behind.
    """
    last = max((location for location, path in enumerate(order) if path in page.where), default=-1)
    # A child stands on the page by its bare name, wherever the reader drew the line between
    # children and others.
    bare = page.children | {path[0] for path in page.others if len(path) == 1}
    return {path for path in (order if goes_on else order[: last + 1]) if path not in page.where and path[-1] not in bare}
