"""Every place where a page speaks of a mitigation, as one list for each source."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from airm_graph.frozen import frozen
from airm_graph.model import Entry, Evidence, Heading, Item, Page, Repair, Text
from airm_graph.text import name_key, normalise

__all__ = ["PAGE_EDITION", "Occurrence", "list_occurrences"]

#: The edition whose codes captured pages print.
PAGE_EDITION = "v2"


@frozen
class Occurrence:
    """One mention of a mitigation.

    Attributes:
        kind: ``own`` (the page's own), ``heading``, ``child``, ``other``, ``implied`` (left side of
            ``Parent > Child``) or ``row`` (of a table).
        key: Normalised name, empty when unknown.
        parent: Index of the parent's mention in the same list.
        is_root: Known to stand at the top of the outline.
        edition: Of the publisher's identifier: the same one may name another mitigation in another
            edition.
        entry: The row, for ``row`` only.
        hint: Normalised name that stands above the definition, for ``own`` only.
        twin: What two captures of one page have in common, for ``own`` only.
        page: Index of the page in its source.
    """

    kind: str
    page: int
    evidence: Evidence
    name: str = ""
    key: str = ""
    code: str | None = None
    description: Text | None = None
    parent: int | None = None
    is_root: bool = False
    identifier: str | None = None
    twin: tuple[str, ...] = ()
    repairs: tuple[tuple[Evidence, Repair], ...] = ()
    edition: str = PAGE_EDITION
    entry: Entry | None = None
    hint: str = ""

    @property
    def codes(self) -> tuple[tuple[str, str], ...]:
        """(edition, code) pairs: at most one from a page, any number from a row."""
        if self.entry:
            return tuple((assigned.edition, assigned.code) for assigned in self.entry.codes)
        return ((PAGE_EDITION, self.code),) if self.code else ()

    @property
    def text_key(self) -> str:
        """Normalised description as captured, empty when there is none."""
        return _make_text_key(self.description.captured) if self.description else ""

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Return what other mentions may print of the description: all of it, or its first
        paragraph, which lists print.
        """
        if self.kind != "own" or not self.description or "\n" not in self.description.captured:
            return (self.text_key,)
        return self.text_key, _make_text_key(self.description.captured.split("\n", 1)[0])


@lru_cache(maxsize=1 << 14)
def _make_text_key(captured: str) -> str:
    return normalise(captured)


def list_occurrences(pages: Sequence[Page]) -> list[Occurrence]:
    """List the mentions on the pages of one source, in the order of pages and lines."""
    found: list[Occurrence] = []
    for number, page in enumerate(pages):
        _add_page(number, page, found)
    return found


def _add_page(number: int, page: Page, found: list[Occurrence]) -> None:
    heading = _add_heading(number, page.heading, found) if page.heading else None
    own = _add_own(number, page, heading, found) if page.own else None
    found.extend(_make_item("child", number, item, item.name.published, own, is_root=False) for item in page.children)
    for item in page.others:
        parent: int | None = None
        for depth, name in enumerate(item.path[:-1]):
            found.append(Occurrence("implied", number, item.evidence, name, name_key(name), parent=parent, is_root=depth == 0))
            parent = len(found) - 1
        found.append(_make_item("other", number, item, item.path[-1], parent, is_root=len(item.path) == 1))
    rows = {entry.evidence.row: index for index, entry in enumerate(page.entries, len(found))}
    found.extend(_make_row(number, entry, page.capture.edition, rows) for entry in page.entries)


def _make_row(number: int, entry: Entry, edition: str, rows: Mapping[int | None, int]) -> Occurrence:
    name = entry.name.published
    return Occurrence(
        "row",
        number,
        entry.evidence,
        name,
        name_key(name),
        description=entry.description,
        parent=rows.get(entry.parent.row) if entry.parent else None,
        identifier=entry.identifier,
        repairs=entry.repairs,
        edition=edition,
        entry=entry,
    )


def _add_heading(number: int, heading: Heading, found: list[Occurrence]) -> int:
    name = heading.name.published
    repairs = _repairs(heading.evidence, (heading.name, heading.description))
    found.append(Occurrence("heading", number, heading.evidence, name, name_key(name), description=heading.description, repairs=repairs))
    return len(found) - 1


def _add_own(number: int, page: Page, heading: int | None, found: list[Occurrence]) -> int:
    own = page.own
    assert own is not None
    name = own.name.published if own.name else ""
    reason = normalise(own.reasoning.captured) if own.reasoning else ""
    above = normalise(page.heading.name.captured) if page.heading else ""
    items = [normalise(item.name.captured) for item in (*page.children, *page.others)]
    text = normalise(own.description.captured) if own.description else ""
    # A reason, a text or a child is what makes a page recognisable; code, heading and others alone
    # do not.
    twin = (own.code or "", above, reason, text, *items) if reason or text or page.children else ()
    repairs = _repairs(own.evidence, (own.description, own.reasoning))
    found.append(
        Occurrence(
            "own",
            number,
            own.evidence,
            name,
            name_key(name),
            own.code,
            own.description,
            heading,
            identifier=own.identifier,
            twin=twin,
            repairs=repairs,
            hint=name_key(own.hint),
        )
    )
    return len(found) - 1


def _make_item(kind: str, number: int, item: Item, name: str, parent: int | None, *, is_root: bool) -> Occurrence:
    repairs = _repairs(item.evidence, (item.name, item.description))
    return Occurrence(kind, number, item.evidence, name, name_key(name), item.code, item.description, parent, is_root, repairs=repairs)


def _repairs(evidence: Evidence, texts: Iterable[Text | None]) -> tuple[tuple[Evidence, Repair], ...]:
    return tuple((evidence, repair) for text in texts if text for repair in text.repairs)
