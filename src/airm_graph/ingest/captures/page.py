"""Captured pages: the text of one mitigation page a file, flattened to lines.

Reads the grammar of `docs/guides/captures.md`: two notices, the definition of the page's own code,
"Also in", description, reasoning, parent heading, children, others, source, and six lines of stage,
actor and function. Problems are findings; nothing is guessed.
"""

from collections.abc import Sequence
from dataclasses import replace

from airm_graph.frozen import frozen
from airm_graph.ingest.captures.authors import find_authors, is_code_line
from airm_graph.ingest.captures.blocks import Block, Outline, make_heading, read_outline, split_blocks
from airm_graph.ingest.captures.codes import is_name_like
from airm_graph.ingest.captures.head import NOTICES, Head, find_second_page, read_head
from airm_graph.ingest.captures.headings import ARROW
from airm_graph.ingest.captures.known import Known
from airm_graph.ingest.captures.own import read_own
from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.ingest.captures.sidecar import Sidecar
from airm_graph.ingest.captures.source_lines import read_source
from airm_graph.ingest.captures.tail import Tail, read_tail
from airm_graph.ingest.captures.text import decode_capture
from airm_graph.ingest.framework_items import check_lines
from airm_graph.model import Capture, Finding, Page

__all__ = ["Reading", "read_capture"]


@frozen
class Reading:
    """The page, or None when the file is none; and every finding, by line."""

    page: Page | None
    findings: tuple[Finding, ...]


def read_capture(data: bytes, *, file: str, sidecar: Sidecar | None = None, known: Known | None = None) -> Reading:
    r"""Read one captured page.

    Args:
        data: The whole file (at most ``decode.MAX_BYTES + 1`` bytes of it).
        file: Name of the file, for findings and the graph.
        sidecar: What is known beside the page.
        known: Names from other pages of the same source, which settle what is heading and what is
            item.

    Returns:
        The page with every record's lines, and findings of the CAP, TXT and IDN rules.

    >>> read_capture(b"<html>", file="a.txt").findings[0].rule
    'CAP-03'
    """
    decoded = decode_capture(data, file=file)
    if decoded.finding:
        return Reading(None, (decoded.finding,))
    script = Script(file, decoded.sha256, decoded.lines)
    findings: list[Finding] = []
    page = _read_page(script, sidecar or Sidecar(), known or Known(), findings)
    findings += check_lines(decoded.lines, file=file) if page else ()
    return Reading(page, tuple(sorted(findings, key=_by_line)))


def _by_line(finding: Finding) -> tuple[int, str, str]:
    line = finding.location.first_line if finding.location else None
    return line or 0, finding.rule, finding.message


def _read_page(script: Script, sidecar: Sidecar, known: Known, findings: list[Finding]) -> Page | None:
    parts = script.fragments()
    second = find_second_page(parts)
    if second:
        message = "another page begins here, and a file holds one; nothing of it is used: save each page as a file of its own"
        findings.append(script.finding("CAP-03", message, second.line))
        return None
    tail = read_tail(script, parts)
    head = read_head(tail.parts[: tail.start])
    if not head.is_sure and not tail.roles:
        findings.append(
            script.finding("CAP-03", "neither notices, nor a known definition, nor the last six lines of a page", parts[0].line)
        )
        return None
    _report_head(script, head, parts[0].line, findings)
    findings.extend(tail.findings)
    capture = Capture(script.sha256, (script.file,), notices=head.notices, url=sidecar.url, retrieved=sidecar.retrieved)
    page, left = _read_body(script, capture, tail.parts[head.begin : tail.start], tail, sidecar, known, findings)
    aside = [script.evidence(lines[0].line, lines[-1].line) for lines in (head.above, left) if lines]
    own = replace(page.own, hint=head.hint, asides=(*aside, *tail.unknown)) if page.own else None
    return replace(page, own=own)


def _report_head(script: Script, head: Head, first: int, findings: list[Finding]) -> None:
    if len(head.notices) < len(NOTICES):
        missing = " and ".join(sorted(set(NOTICES) - set(head.notices)))
        findings.append(script.finding("CAP-05", f"the notice is missing: {missing}", first))
    if head.above:
        hint = f"; {head.hint!r} may be the name of the page" if head.hint else ""
        message = f"what stands above the definition is kept as captured and not published{hint}"
        findings.append(script.finding("CAP-23", message, head.above[0].line, head.above[-1].line))


def _read_body(
    script: Script, capture: Capture, body: Sequence[Fragment], tail: Tail, sidecar: Sidecar, known: Known, findings: list[Finding]
) -> tuple[Page, Sequence[Fragment]]:
    """Read what stands between the notices and the last six lines; returns also the lines that say
    nothing for certain.
    """
    authors = find_authors(body, is_whole=tail.is_whole or bool(tail.roles))
    end = max((index + 1 for index, part in enumerate(body) if is_code_line(part)), default=0)
    until = authors if authors is not None else end or len(body)
    own, begin = read_own(script, body[:until], sidecar, findings)
    blocks, title = split_blocks(script, body[begin:until], findings, cut=None if tail.is_whole else body[-1] if body else None)
    left = (*title, *body[until:]) if authors is None else ()
    blocks, spare, title = _tell_title(script, blocks, title, findings, has_source=authors is not None, is_whole=tail.is_whole)
    left = left if not spare and (not blocks or blocks[-1].code_line) else ()
    outline = read_outline(script, blocks, known=known, is_whole=tail.is_whole, findings=findings)
    if spare:
        outline = Outline(make_heading(script, spare, "alone", findings), (), ())
    at = body[until - 1].line if until else script.fragments()[-1].line
    last = body[-1].line if body and not tail.is_whole else at
    source = read_source(script, title, body, authors, named=sidecar.source, at=(at, last), findings=findings)
    return Page(capture, own, source, outline.heading, outline.children, outline.others, tail.roles), left


def _tell_title(
    script: Script, blocks: list[Block], rest: list[Fragment], findings: list[Finding], *, has_source: bool, is_whole: bool
) -> tuple[list[Block], list[Fragment], list[Fragment]]:
    """Tell the title from what else stands before the author line: blocks, the heading of a page
    without items, the title.

    Without an author line there is no title, and on a page that is cut nothing tells what the lines
    behind the last item were.
    """
    if not has_source and not is_whole:
        return blocks, [], []
    if len(rest) == 1 and blocks and _is_arrow_item(rest[0], blocks):
        # Its code line is lost, and with it the title that was glued there.
        findings.append(script.finding("CAP-12", f"the item {rest[0].text!r} is not closed by a code line", rest[0].line))
        return [*blocks, Block(tuple(rest), None, rest[0].line)], [], []
    if not has_source:
        return blocks, rest if not blocks and rest and is_name_like(rest[0].text) else [], []
    if len(rest) < 2:
        return blocks, [], rest
    if not blocks:
        return blocks, rest[:-1], rest[-1:]
    broken = rest[0].text.endswith((":", "-", "–", ",")) or rest[1].text[:1].islower() or rest[1].text.startswith("(")
    if len(rest) == 2 and broken:
        return blocks, [], rest
    findings.append(script.finding("CAP-12", f"the item {rest[0].text!r} is not closed by a code line", rest[0].line, rest[-2].line))
    return [*blocks, Block(tuple(rest[:-1]), None, rest[-2].line)], [], rest[-1:]


def _is_arrow_item(part: Fragment, blocks: Sequence[Block]) -> bool:
    """Whether a line is ``Parent > Child`` with a parent that another item names."""
    left, arrow, _ = part.text.partition(ARROW)
    return bool(arrow) and any(block.parts[0].text.partition(ARROW)[0] == left for block in blocks)
