"""From the reasoning to the source: blocks closed by code lines, the parent heading before the
first, children and others.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from airm_graph.frozen import frozen
from airm_graph.ingest.captures.codes import CodeLine, find_code_line
from airm_graph.ingest.captures.headings import ARROW, find_item_start, is_open
from airm_graph.ingest.captures.known import Known
from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.model import Finding, Heading, Item
from airm_graph.text import name_key

__all__ = ["Block", "Outline", "make_heading", "read_outline", "split_blocks"]

#: A page prints at most so many others of its source.
_OTHERS = 6
#: How a point of a list begins that is part of a paragraph.
_POINT = re.compile(r"\(?(?:\d{1,2}(?:\.\d{1,2})*(?:\\?\.|\))?\s|(?:[A-Za-z]|[ivx]{2,4})(?:\\?\.|\))\s|[-–—•●▪*]\s*)")


@frozen
class Block:
    """The lines of one item and the code line that closes it (None when it is missing)."""

    parts: tuple[Fragment, ...]
    code_line: CodeLine | None
    last: int


@frozen
class Outline:
    """What stands between reasoning and source."""

    heading: Heading | None
    children: tuple[Item, ...]
    others: tuple[Item, ...]


def split_blocks(
    script: Script, parts: Sequence[Fragment], findings: list[Finding], *, cut: Fragment | None = None
) -> tuple[list[Block], list[Fragment]]:
    """Split lines at code lines.

    Args:
        script: The capture.
        parts: Lines from behind the reasoning up to the author line.
        cut: Last line of a page that is cut.
        findings: Takes CAP-09, CAP-10 and CAP-21.

    Returns:
        The blocks, and what is left behind the last code line: the title of the source.
    """
    blocks: list[Block] = []
    current: list[Fragment] = []
    for part in parts:
        found = find_code_line(part.text, opens_block=not current)
        # At the cut "1.1 Model" and "99 Otherw" may be the beginning of prose.
        is_begun = part is cut and found is not None and " " not in found.label and not found.rest[:1].isupper()
        if found is None or is_begun:
            current.append(part)
            continue
        if found.rule:
            findings.append(script.finding(found.rule, found.message, part.line))
        if current:
            blocks.append(Block(tuple(current), found, part.line))
        else:
            findings.append(script.finding("CAP-21", f"no name stands before the code line {part.text!r}", part.line))
        current = [Fragment(part.line, part.column + found.column - 1, found.rest)] if found.rest else []
    return blocks, current


def read_outline(script: Script, blocks: Sequence[Block], *, known: Known, is_whole: bool, findings: list[Finding]) -> Outline:
    """Make heading, children and others of the blocks.

    Args:
        script: The capture.
        blocks: As :func:`split_blocks` leaves them.
        known: What other pages of the source say.
        is_whole: Whether the page goes on to its end.
        findings: Takes CAP-11, CAP-19, CAP-20, CAP-25 and the findings on texts.
    """
    if not blocks:
        return Outline(None, (), ())
    printed = {name_key(part.text) for part in blocks[0].parts}
    rest = []
    for block in blocks[1:]:
        rest.append(_make_item(script, block.parts, block, findings, lambda name: name in printed or known.is_named(name)))
        printed.add(name_key(block.parts[0].text))
    texts = [part.text for part in blocks[0].parts]
    if not is_whole and is_open(texts, rest=rest, known=known):
        message = f"the page is cut, and nothing tells whether {texts[0]!r} is the parent heading of {texts[1]!r}; both are left out"
        findings.append(script.finding("CAP-11", message, blocks[0].parts[0].line, blocks[0].parts[1].line))
        return Outline(None, *_divide(script, rest, known=known, findings=findings))
    heading, own = _split_heading(script, blocks[0].parts, rest=rest, known=known, findings=findings)
    first = _make_item(script, blocks[0].parts[own:], blocks[0], findings, known.is_named)
    return Outline(heading, *_divide(script, [first, *rest], known=known, findings=findings))


def _divide(script: Script, items: Sequence[Item], *, known: Known, findings: list[Finding]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Children of the page and others of its source."""
    cut = _find_others(script, items, known=known, findings=findings) if items else 0
    # A child is printed by its bare name: an arrow in it is its own.
    return tuple(replace(item, path=(item.name.published,)) for item in items[:cut]), tuple(items[cut:])


def make_heading(script: Script, parts: Sequence[Fragment], basis: str, findings: list[Finding]) -> Heading:
    """Make a heading of its name line and the description below it."""
    name = script.text(parts[:1], kind="name")
    evidence = script.evidence(parts[0].line, parts[-1].line)
    return Heading(name, evidence, basis, script.prose(parts[1:], findings))


def _make_item(script: Script, parts: Sequence[Fragment], block: Block, findings: list[Finding], is_parent: Callable[[str], bool]) -> Item:
    """Make an item of its lines; *is_parent* tells of a name whether it is printed above or on
    another page.
    """
    name = script.text(parts[:1], kind="name")
    path = tuple(segment.strip() for segment in name.published.split(ARROW, 1))
    if not all(path) or not is_parent(name_key(path[0])):
        path = (name.published,)
    if len(parts) > 1 and parts[1].text.startswith("("):
        message = f"the name {parts[0].text!r} seems to go on in the next line: {parts[1].text[:40]!r}"
        findings.append(script.finding("CAP-20", message, parts[0].line, parts[1].line))
    elif len(parts) > 2:
        _report_paragraphs(script, parts, findings)
    description = script.prose(parts[1:], findings)
    code, label = (block.code_line.code, block.code_line.label) if block.code_line else (None, "")
    return Item(path, name, code, label, script.evidence(parts[0].line, block.last), description)


def _report_paragraphs(script: Script, parts: Sequence[Fragment], findings: list[Finding]) -> None:
    """Report lines below the description of an item that are no points of a list: a list prints
    one paragraph of each item.
    """
    spare = next((part for part in parts[2:] if not _POINT.match(part.text)), None)
    if spare:
        message = f"more than one paragraph stands below {parts[0].text!r}, so {spare.text[:40]!r} may be of another item"
        findings.append(script.finding("CAP-25", message, spare.line))


def _split_heading(
    script: Script, parts: Sequence[Fragment], *, rest: Sequence[Item], known: Known, findings: list[Finding]
) -> tuple[Heading | None, int]:
    """Tell a parent heading before the first item; returns it and the index at which the item
    begins.
    """
    texts = [part.text for part in parts]
    basis, begin = find_item_start(texts, rest=rest, others=min(_OTHERS, len(rest)), known=known)
    if begin == 0:
        if basis:
            message = f"{texts[0]!r} is read as the first item; it may be the parent heading, and the item begin below it"
            findings.append(script.finding("CAP-11", message, parts[0].line, parts[-1].line))
        return None, 0
    if basis == "pattern":
        message = f"{texts[0]!r} is read as the parent heading by its look only"
        findings.append(script.finding("CAP-11", message, parts[0].line))
    return make_heading(script, parts[:begin], basis, findings), begin


def _find_others(script: Script, items: Sequence[Item], *, known: Known, findings: list[Finding]) -> int:
    """Index of the first of the others: the last six, less those that other pages show to be
    children.
    """
    named = {name_key(item.path[0]) for item in items if len(item.path) == 1}
    arrows = [index for index, item in enumerate(items) if len(item.path) > 1 and name_key(item.path[0]) in named]
    cut = min([max(0, len(items) - _OTHERS), *arrows])
    sure = next((index for index in range(cut, len(items)) if _is_other(items[index], known)), len(items))
    for index in range(cut, sure):
        if known.is_nested(name_key(items[index].name.published)) or _is_missing_elsewhere(items[index], items[sure : sure + 1], known):
            cut = index + 1
    if len(items) < _OTHERS and cut != sure:
        message = f"only {len(items)} items stand here: {cut} read as children of the page, the rest as others of its source"
        findings.append(script.finding("CAP-19", message, items[0].evidence.first_line, items[-1].evidence.last_line))
    return cut


def _is_other(item: Item, known: Known) -> bool:
    return len(item.path) > 1 or bool(known.listed_by(name_key(item.name.published)))


def _is_missing_elsewhere(item: Item, behind: Sequence[Item], known: Known) -> bool:
    """Whether pages list the item behind but not this one, which as one of the others would stand
    before it there.

    A page does not list itself, so one page that lacks it proves nothing unless its code is another
    one.
    """
    listers = known.listed_by(name_key(behind[0].name.published)) if behind else Counter[str]()
    return listers.total() > 1 or any(code and code != item.code for code in listers)
