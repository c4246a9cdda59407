"""From the reasoning to the source: blocks closed by code lines, the parent heading before the first, children and others."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from airm_graph.ingest.codes import CodeLine, find_code_line, is_name_like
from airm_graph.ingest.lines import Fragment, Script
from airm_graph.model import Finding, Heading, Item
from airm_graph.text import normalise

__all__ = ["OTHERS", "Block", "Known", "Outline", "make_heading", "read_outline", "split_blocks"]

#: A page prints at most so many others of its source.
OTHERS = 6

_ARROW = " > "


@dataclass(frozen=True, slots=True)
class Known:
    """What the other pages of the same source say; keys are normalised names.

    Attributes:
        names: Name → the descriptions it is printed with (normalised).
        nested: Names printed as the right side of ``Parent > Child``.
    """

    names: dict[str, frozenset[str]] = field(default_factory=dict)
    nested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one item and the code line that closes it (None when it is missing)."""

    parts: tuple[Fragment, ...]
    code_line: CodeLine | None
    last: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What stands between reasoning and source."""

    heading: Heading | None
    children: tuple[Item, ...]
    others: tuple[Item, ...]


def split_blocks(script: Script, parts: Sequence[Fragment], findings: list[Finding]) -> tuple[list[Block], list[Fragment]]:
    """Split lines at code lines.

    Args:
        script: The capture.
        parts: Lines from behind the reasoning up to the author line.
        findings: Takes CAP-09, CAP-10 and CAP-21.

    Returns:
        The blocks, and what is left behind the last code line: the title of the source.
    """
    blocks: list[Block] = []
    current: list[Fragment] = []
    for part in parts:
        found = find_code_line(part.text, opens_block=not current)
        if found is None:
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


def read_outline(script: Script, blocks: Sequence[Block], *, known: Known, findings: list[Finding]) -> Outline:
    """Make heading, children and others of the blocks.

    Args:
        script: The capture.
        blocks: As :func:`split_blocks` leaves them.
        known: Names from other pages of the source.
        findings: Takes CAP-11, CAP-19, CAP-20 and the findings on texts.
    """
    if not blocks:
        return Outline(None, (), ())
    rest = [_make_item(script, block.parts, block, findings) for block in blocks[1:]]
    heading, own = _split_heading(script, blocks[0].parts, others=_named(rest[-OTHERS:]), known=known, findings=findings)
    first = _make_item(script, blocks[0].parts[own:], blocks[0], findings)
    items = [first, *rest]
    cut = _find_others(script, items, known=known, findings=findings)
    return Outline(heading, tuple(items[:cut]), tuple(items[cut:]))


def make_heading(script: Script, parts: Sequence[Fragment], basis: str, findings: list[Finding]) -> Heading:
    """Make a heading of its name line and the description below it."""
    name = script.text(parts[:1], kind="name")
    evidence = script.evidence(parts[0].line, parts[-1].line)
    return Heading(name, evidence, basis, script.prose(parts[1:], findings))


def _make_item(script: Script, parts: Sequence[Fragment], block: Block, findings: list[Finding]) -> Item:
    name = script.text(parts[:1], kind="name")
    path = tuple(segment.strip() for segment in name.published.split(_ARROW) if segment.strip()) or (name.published,)
    if len(parts) > 1 and parts[1].text.startswith("("):
        message = f"the name {parts[0].text!r} seems to go on in the next line: {parts[1].text[:40]!r}"
        findings.append(script.finding("CAP-20", message, parts[0].line, parts[1].line))
    description = script.prose(parts[1:], findings)
    code, label = (block.code_line.code, block.code_line.label) if block.code_line else (None, "")
    return Item(path, name, code, label, script.evidence(parts[0].line, block.last), description)


def _named(items: Sequence[Item]) -> frozenset[str]:
    """Every name that *items* print, whole and in parts."""
    return frozenset(normalise(name) for item in items for name in (item.name.published, *item.path))


def _split_heading(
    script: Script, parts: Sequence[Fragment], *, others: frozenset[str], known: Known, findings: list[Finding]
) -> tuple[Heading | None, int]:
    """Tell a parent heading before the first item; returns it and the index at which the item begins."""
    texts = [part.text for part in parts]
    basis, begin = _find_item_start(texts, others=others, known=known)
    if begin == 0:
        if basis:
            message = f"{texts[0]!r} is read as the first item; it may be the parent heading of {texts[1]!r}"
            findings.append(script.finding("CAP-11", message, parts[0].line, parts[1].line))
        return None, 0
    if basis == "pattern":
        message = f"{texts[0]!r} is read as the parent heading by its look only"
        findings.append(script.finding("CAP-11", message, parts[0].line))
    return make_heading(script, parts[:begin], basis, findings), begin


def _find_item_start(texts: Sequence[str], *, others: frozenset[str], known: Known) -> tuple[str, int]:
    """Basis and index of the first item's name; ("unsure", 0) when the first line may as well be a heading."""
    if len(texts) < 2:
        return "", 0
    name = normalise(texts[0])
    names = [is_name_like(text) for text in texts]
    later = next((index for index in range(2, len(texts)) if names[index]), None)
    if name in others:
        return "others", 1 if names[1] or later is None else later
    if name in known.names:
        if normalise("\n".join(texts[1:])) in known.names[name] or normalise(texts[1]) in known.names[name]:
            return "", 0
        if names[1]:
            return "other-page", 1
        return ("other-page", later) if later is not None and later < len(texts) - 1 else ("", 0)
    if names[0] and names[1]:
        return ("pattern", 1) if len(texts) > 2 else ("unsure", 0)
    if names[0] and later is not None and later < len(texts) - 1 and not names[later + 1]:
        return "pattern", later
    return "", 0


def _find_others(script: Script, items: Sequence[Item], *, known: Known, findings: list[Finding]) -> int:
    """Index of the first of the others: the last six, less those known to lie deeper than the others reach."""
    cut = max(0, len(items) - OTHERS)
    for index in range(cut, len(items)):
        if len(items[index].path) > 1:
            break
        if normalise(items[index].name.published) in known.nested:
            cut = index + 1
    if len(items) < OTHERS:
        message = f"only {len(items)} items stand here: {cut} read as children of the page, the rest as others of its source"
        findings.append(script.finding("CAP-19", message, items[0].evidence.first_line, items[-1].evidence.last_line))
    return cut
