"""Captured pages: the text of one mitigation page a file, flattened to lines.

Reads the grammar of `docs/guides/captures.md`: two notices, the definition of the page's own code, "Also in", description, reasoning,
parent heading, children, others, source, and six lines of stage, actor and function. Problems are findings; nothing is guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from airm_graph.ingest.captures.blocks import Block, Outline, make_heading, read_outline, split_blocks
from airm_graph.ingest.captures.codes import find_code_line, is_name_like
from airm_graph.ingest.captures.headings import ARROW
from airm_graph.ingest.captures.known import Known
from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.ingest.captures.sidecar import Sidecar
from airm_graph.ingest.captures.tail import Tail, read_tail
from airm_graph.ingest.captures.text import decode_capture
from airm_graph.model import Capture, Finding, OwnEntry, Page, SourceBlock, Text
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import fingerprint, normalise

__all__ = ["Reading", "read_capture"]

_ALSO_IN = "Also in "
_REASONING = "Reasoning"
_DATE = re.compile(
    r"(?:\D{0,15}\b)?(?P<year>(?:19|20)\d\d)(?:[a-z]?\b.{0,20})?|n\.?\s?d\.?|no date|undated|unknown|in press|forthcoming|", re.IGNORECASE
)
_LONGEST_DATE = 40
_PEOPLE = re.compile(r"[^.;()]{1,60}, [^;()]{1,60}(?:;|\(|$)")
_NOTICES = {"unfinished": ("page is still being",), "preliminary": ("preliminary", "do not share")}


@dataclass(frozen=True, slots=True)
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
        known: Names from other pages of the same source, which settle what is heading and what is item.

    Returns:
        The page with every record's lines, and findings of the CAP and TXT rules.

    >>> read_capture(b"<html>", file="a.txt").findings[0].rule
    'CAP-03'
    """
    decoded = decode_capture(data, file=file)
    if decoded.finding:
        return Reading(None, (decoded.finding,))
    script = Script(file, decoded.sha256, decoded.lines)
    findings: list[Finding] = []
    page = _read_page(script, sidecar or Sidecar(), known or Known(), findings)
    return Reading(page, tuple(sorted(findings, key=_by_line)))


def _by_line(finding: Finding) -> tuple[int, str, str]:
    line = finding.location.first_line if finding.location else None
    return line or 0, finding.rule, finding.message


def _read_page(script: Script, sidecar: Sidecar, known: Known, findings: list[Finding]) -> Page | None:
    parts = script.fragments()
    notices = _read_notices(parts)
    body = parts[len(notices) :]
    tail = read_tail(script, body)
    if not notices and not tail.roles and not _has_known_definition(body):
        findings.append(
            script.finding("CAP-03", "neither notices, nor a known definition, nor the last six lines of a page", parts[0].line)
        )
        return None
    if len(notices) < len(_NOTICES):
        missing = " and ".join(sorted(set(_NOTICES) - set(notices)))
        findings.append(script.finding("CAP-05", f"the notice is missing: {missing}", parts[0].line))
    findings.extend(tail.findings)
    capture = Capture(script.sha256, (script.file,), notices=notices, url=sidecar.url, retrieved=sidecar.retrieved)
    return _read_body(script, capture, body[: tail.start], tail, sidecar, known, findings)


def _read_body(
    script: Script, capture: Capture, body: Sequence[Fragment], tail: Tail, sidecar: Sidecar, known: Known, findings: list[Finding]
) -> Page:
    authors = _find_authors(body)
    until = authors if authors is not None else _find_end_of_items(body)
    own, begin = _read_own(script, body[:until], sidecar, findings)
    blocks, title = split_blocks(script, body[begin:until], findings)
    blocks, spare, title = _tell_title(script, blocks, title, findings)
    outline = read_outline(script, blocks, known=known, findings=findings)
    if spare:
        outline = Outline(make_heading(script, spare, "alone", findings), (), ())
    source = _read_source(script, title, body, authors, findings)
    return Page(capture, own, source, outline.heading, outline.children, outline.others, tail.roles)


def _read_notices(parts: Sequence[Fragment]) -> tuple[str, ...]:
    found = []
    for part in parts[: len(_NOTICES)]:
        words = normalise(part.text)
        found += [name for name, phrases in _NOTICES.items() if all(phrase in words for phrase in phrases)]
    return tuple(found)


def _has_known_definition(body: Sequence[Fragment]) -> bool:
    taxonomy = load_taxonomy()
    prints = {fingerprint(part.text) for part in body[:1]}
    return bool(prints & (taxonomy.fingerprints.keys() | taxonomy.branches.keys()))


def _is_code_line(part: Fragment) -> bool:
    return find_code_line(part.text, opens_block=True) is not None


def _find_authors(body: Sequence[Fragment]) -> int | None:
    """Index of the author line: behind the last code line, best right behind the title that is glued to it."""
    last_code = max((index for index, part in enumerate(body) if _is_code_line(part)), default=-1)
    first = max(last_code + 1, _find_reasoning(body) + 3, 2) if last_code < 0 else last_code + 1
    found = [index for index in range(first, len(body)) if _match_authors(body[index].text)]
    line = find_code_line(body[last_code].text, opens_block=True) if last_code >= 0 else None
    behind_title = last_code + 1 if line and line.rest and last_code + 1 < len(body) else None
    if behind_title in found:
        return behind_title
    with_names = [index for index in found if _PEOPLE.match(body[index].text)]
    if with_names or found:
        return (with_names or found)[0]
    # A document without a date: only its place tells the line, and that it holds names and no sentence.
    return behind_title if behind_title is not None and _holds_names(body[behind_title].text) else None


def _find_reasoning(body: Sequence[Fragment]) -> int:
    return next((index for index, part in enumerate(body) if part.text == _REASONING), -1)


def _match_authors(text: str) -> tuple[str, str | None] | None:
    """Names and year of an author line, or None when *text* is none."""
    names, bracket, date = text.removesuffix(".").rpartition("(")
    if not bracket or not date.endswith(")") or len(date) > _LONGEST_DATE:
        return None
    found = _DATE.fullmatch(date[:-1].strip())
    return (names.strip(), found["year"]) if found else None


def _holds_names(text: str) -> bool:
    return bool(_PEOPLE.match(text)) or (is_name_like(text) and ARROW not in text)


def _find_end_of_items(body: Sequence[Fragment]) -> int:
    return max((index + 1 for index, part in enumerate(body) if _is_code_line(part)), default=len(body))


def _read_own(script: Script, body: Sequence[Fragment], sidecar: Sidecar, findings: list[Finding]) -> tuple[OwnEntry | None, int]:
    """Read definition, "Also in", description and reasoning; returns them and the index behind them."""
    if not body:
        findings.append(script.finding("CAP-06", "the page ends before the definition of its code", None))
        return None, 0
    has_definition = not body[0].text.startswith(_ALSO_IN) and body[0].text != _REASONING
    at = 1 if has_definition else 0
    also_in = body[at].text.removeprefix(_ALSO_IN) if at < len(body) and body[at].text.startswith(_ALSO_IN) else None
    code = _resolve_code(script, body[0] if has_definition else None, also_in, body[at - 1 if also_in is None else at], findings)
    at += also_in is not None
    begin, description, reasoning = _read_reasoning(script, body, at, findings)
    evidence = script.evidence(body[0].line, body[max(begin, 1) - 1].line)
    name = Text(sidecar.name, sidecar.name) if sidecar.name else None
    reason_evidence = script.evidence(body[begin - 2].line, body[begin - 1].line) if reasoning else None
    return OwnEntry(evidence, sidecar.identifier, name, code, also_in, description, reasoning, reason_evidence), begin


def _resolve_code(script: Script, definition: Fragment | None, also_in: str | None, at: Fragment, findings: list[Finding]) -> str | None:
    taxonomy = load_taxonomy()
    if definition is None:
        findings.append(script.finding("CAP-06", "the definition of the page's code is missing", at.line))
        return None
    print_ = fingerprint(definition.text)
    code = taxonomy.fingerprints.get(print_)
    parent = taxonomy.labels().get(also_in, ()) if also_in else ()
    if also_in and not parent:
        findings.append(script.finding("CAP-07", f"no code has the label {also_in!r}", at.line))
    if code is None:
        branch = taxonomy.branches.get(print_)
        if branch:
            hint = f"it belongs to {' or '.join(branch)}, which of them is not known"
        else:
            hint = f"its parent is {' or '.join(parent)} by 'Also in'" if parent else "nothing else says which it is"
        findings.append(
            script.finding("CAP-06", f"the definition (fingerprint {print_}) is that of no known code; {hint}", definition.line)
        )
        return None
    _check_parent(script, code, also_in, at, findings)
    return code


def _check_parent(script: Script, code: str, also_in: str | None, at: Fragment, findings: list[Finding]) -> None:
    codes = load_taxonomy().codes
    parent = codes[code].parent
    # 99.9 stands below 99 and yet prints no "Also in": both are called "Other".
    label = codes[parent].label if parent and parent != "99" else None
    if also_in is None and label is not None:
        findings.append(script.finding("CAP-22", f"'Also in {label}' is missing for code {code}", at.line))
    elif also_in is not None and also_in != label and also_in in load_taxonomy().labels():
        expected = f"{label!r}, the label of {parent}" if label else "nothing, for it has no parent"
        findings.append(
            script.finding(
                "CAP-07", f"'Also in {also_in}' contradicts the definition, which is that of {code}: expected {expected}", at.line
            )
        )


def _read_reasoning(script: Script, body: Sequence[Fragment], at: int, findings: list[Finding]) -> tuple[int, Text | None, Text | None]:
    """Returns the index behind the reasoning, the description before it, and the reason."""
    stop = next((index for index in range(at, len(body)) if _is_code_line(body[index])), len(body))
    marker = next((index for index in range(at, stop) if body[index].text == _REASONING), None)
    if marker is None:
        line = body[min(at, len(body) - 1)].line
        findings.append(script.finding("CAP-08", "the page gives no reason for its code", line))
        # Without the marker only prose can be told from what follows: a heading or the name of an item.
        end = next((index for index in range(at, stop) if is_name_like(body[index].text)), at)
        return end, script.prose(body[at:end], findings), None
    description = script.prose(body[at:marker], findings)
    if marker + 1 >= stop:
        findings.append(script.finding("CAP-08", "no reason stands below 'Reasoning'", body[marker].line))
        return marker + 1, description, None
    return marker + 2, description, script.prose(body[marker + 1 : marker + 2], findings)


def _tell_title(
    script: Script, blocks: list[Block], rest: list[Fragment], findings: list[Finding]
) -> tuple[list[Block], list[Fragment], list[Fragment]]:
    """Tell the title from what else stands before the author line: blocks, the heading of a page without items, the title."""
    if len(rest) == 1 and blocks and _is_arrow_item(rest[0], blocks):
        # Its code line is lost, and with it the title that was glued there.
        findings.append(script.finding("CAP-12", f"the item {rest[0].text!r} is not closed by a code line", rest[0].line))
        return [*blocks, Block(tuple(rest), None, rest[0].line)], [], []
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


def _read_source(
    script: Script, title: Sequence[Fragment], body: Sequence[Fragment], authors: int | None, findings: list[Finding]
) -> SourceBlock | None:
    if authors is None or not title:
        what = "no line 'Surname, Given (YYYY)' stands behind the items" if authors is None else "no title stands before the author line"
        at = title[0].line if title else (body[authors if authors is not None else -1].line if body else None)
        findings.append(script.finding("CAP-13", f"{what}; the page is left out of the graph", at))
        return None
    line = body[authors]
    names, year = _match_authors(line.text) or (line.text, None)
    if names and not any(map(str.isalpha, names)):
        findings.append(script.finding("CAP-13", "the author line names nobody; the page is left out of the graph", line.line))
        return None
    if year is None:
        findings.append(script.finding("CAP-14", "the author line holds no year", line.line))
    people = tuple(name.strip() for name in names.split(";") if name.strip() and normalise(name) not in {"et al", "others"})
    abstract = body[authors + 1 :]
    evidence = script.evidence(title[0].line, (abstract[-1] if abstract else line).line)
    heading = script.text(title, kind="title")
    heading = Text(heading.captured, " ".join(heading.published.split("\n")), heading.repairs)
    return SourceBlock(heading, Text(line.text, line.text), people, year, evidence, script.prose(abstract, findings))
