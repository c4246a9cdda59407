"""The last six lines of a page: stage, actor, function, each with its definition.

"Unable to classify" stands in all three vocabularies, so position decides. One term of each has
been seen; several of one vocabulary are read when the definitions confirm them. On a page without a
source the stage is glued to the last label of the items.
"""

from collections.abc import Sequence
from dataclasses import replace

from airm_graph.frozen import frozen
from airm_graph.ingest.captures.authors import match_authors
from airm_graph.ingest.captures.codes import find_code_line
from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.model import Evidence, Finding, Role
from airm_graph.taxonomy import Vocabulary, load_vocabularies
from airm_graph.text import fingerprint

__all__ = ["Tail", "read_tail"]

_PAIRS = 3
#: So many lines a tail with several terms may have.
_LONGEST = 20


@frozen
class Tail:
    """Where the tail begins and what it says.

    Attributes:
        parts: The lines of the page; a stage that is glued to a label is a part of its own.
        start: Index of its first part.
        is_whole: Whether the page goes on to its end; otherwise it is cut.
        unknown: Lines that stand where a term and its definition do and hold none that is known.
    """

    parts: tuple[Fragment, ...]
    start: int
    roles: tuple[Role, ...]
    findings: tuple[Finding, ...]
    is_whole: bool = True
    unknown: tuple[Evidence, ...] = ()


def read_tail(script: Script, given: Sequence[Fragment]) -> Tail:
    """Read the tail from the end.

    Args:
        script: The capture, for evidence and places.
        given: Its lines that are not blank.

    Returns:
        Its roles, and findings CAP-15 to CAP-17 for what is missing, unknown or unexpected.
    """
    parts = _part_stage(tuple(given))
    whole = _find_whole(parts)
    if whole is not None:
        return _make_tail(script, parts, whole, [])
    six = len(parts) - 2 * _PAIRS
    if six >= 0 and _is_tail_with_unknown(parts[six:]):
        return _read_with_unknown(script, parts, six)
    return _read_truncated(script, parts)


def _part_stage(parts: tuple[Fragment, ...]) -> tuple[Fragment, ...]:
    """Part the stage from the last label: so it stands where no title is printed."""
    stages, actors, functions = load_vocabularies()
    for index in range(len(parts) - 1, max(-1, len(parts) - _LONGEST), -1):
        line = find_code_line(parts[index].text, opens_block=True)
        if line is None:
            continue
        behind = parts[index + 1 :]
        stage = replace(parts[index], column=parts[index].column + line.column - 1, text=line.rest)
        is_stage = bool(behind) and _is_confirmed(stages, stage, behind[0])
        if not is_stage and len(behind) == 2 * _PAIRS - 1:
            others = [_is_known(actors, *behind[1:3]), _is_known(functions, *behind[3:5])]
            is_stage = any(others) if line.rest in stages.concepts else all(others)
        if line.rest and is_stage:
            label = replace(parts[index], text=parts[index].text[: line.column - 1].rstrip())
            return (*parts[:index], label, stage, *behind)
        return parts
    return parts


def _find_whole(parts: Sequence[Fragment]) -> list[tuple[Vocabulary, Fragment, Fragment]] | None:
    for start in range(len(parts) - 2 * _PAIRS, max(-1, len(parts) - 2 * _PAIRS - _LONGEST), -2):
        pairs = _read_pairs(parts[start:]) if start >= 0 else None
        if pairs is not None and len({vocabulary.name for vocabulary, _, _ in pairs}) == _PAIRS:
            return _extend(parts, start, pairs)
    return None


def _extend(
    parts: Sequence[Fragment], start: int, pairs: list[tuple[Vocabulary, Fragment, Fragment]]
) -> list[tuple[Vocabulary, Fragment, Fragment]]:
    """Take in stages before *start* whose definitions confirm them."""
    first = load_vocabularies()[0]
    while start >= 2 and _is_confirmed(first, parts[start - 2], parts[start - 1]):
        start -= 2
        pairs = [(first, parts[start], parts[start + 1]), *pairs]
    return pairs


def _read_pairs(parts: Sequence[Fragment]) -> list[tuple[Vocabulary, Fragment, Fragment]] | None:
    """Read label and definition by turns through stage, actor and function; None when the lines are
    anything else.
    """
    pairs = _take_pairs(parts)
    return pairs if len(parts) == 2 * len(pairs) else None


def _take_pairs(parts: Sequence[Fragment]) -> list[tuple[Vocabulary, Fragment, Fragment]]:
    """Read label and definition by turns as far as the lines are that."""
    vocabularies = load_vocabularies()
    turn, pairs = -1, list[tuple[Vocabulary, Fragment, Fragment]]()
    for label, definition in zip(parts[::2], parts[1::2], strict=False):
        repeats = turn >= 0 and _is_confirmed(vocabularies[turn], label, definition)
        if not repeats:
            turn += 1
            if turn >= _PAIRS or label.text not in vocabularies[turn].concepts:
                break
        pairs.append((vocabularies[turn], label, definition))
    return pairs


def _is_confirmed(vocabulary: Vocabulary, label: Fragment, definition: Fragment) -> bool:
    concept = vocabulary.concepts.get(label.text)
    return concept is not None and fingerprint(definition.text) in concept.fingerprints


def _is_known(vocabulary: Vocabulary, label: Fragment, definition: Fragment) -> bool:
    """Whether a label is a term of a vocabulary, and its definition not that of another one."""
    others = (other for other in load_vocabularies() if other is not vocabulary)
    return label.text in vocabulary.concepts and (
        _is_confirmed(vocabulary, label, definition) or not any(_is_confirmed(other, label, definition) for other in others)
    )


def _is_tail_with_unknown(six: Sequence[Fragment]) -> bool:
    """Whether six lines are a tail by two of its terms, or by one with its definition."""
    given = list(zip(load_vocabularies(), six[::2], six[1::2], strict=True))
    return sum(_is_known(*one) for one in given) >= 2 or any(_is_confirmed(*one) for one in given)


def _make_tail(
    script: Script, parts: tuple[Fragment, ...], pairs: list[tuple[Vocabulary, Fragment, Fragment]], findings: list[Finding]
) -> Tail:
    roles = []
    for vocabulary, label, definition in pairs:
        concept = vocabulary.concepts[label.text]
        roles.append(Role(vocabulary.name, concept.slug, label.text, script.evidence(label.line, definition.line)))
        if concept.fingerprints and fingerprint(definition.text) not in concept.fingerprints:
            message = f"this is not the known definition of the {vocabulary.name} term {label.text!r}"
            findings.append(script.finding("CAP-17", message, definition.line))
    first = pairs[0][1] if pairs else None
    start = parts.index(first) if first else len(parts)
    return Tail(parts, start, tuple(roles), tuple(findings))


def _read_with_unknown(script: Script, parts: tuple[Fragment, ...], start: int) -> Tail:
    findings, pairs, unknown = [], [], []
    for vocabulary, label, definition in zip(load_vocabularies(), parts[start::2], parts[start + 1 :: 2], strict=True):
        if label.text in vocabulary.concepts:
            pairs.append((vocabulary, label, definition))
        else:
            message = f"{label.text!r} is not a term of the {vocabulary.name} vocabulary; it is kept as captured"
            findings.append(script.finding("CAP-16", message, label.line))
            unknown.append(script.evidence(label.line, definition.line))
    tail = _make_tail(script, parts, pairs, findings)
    return replace(tail, start=start, unknown=tuple(unknown))


def _read_truncated(script: Script, parts: tuple[Fragment, ...]) -> Tail:
    """Find what is left of a tail that is cut off or followed by other lines."""
    start = _find_start(parts)
    pairs = _take_pairs(parts[start:])
    names = [vocabulary.name for vocabulary, _, _ in pairs]
    missing = [vocabulary.name for vocabulary in load_vocabularies() if vocabulary.name not in names]
    last = parts[-1].line if parts else None
    behind = start + 2 * len(pairs)
    if missing or not pairs:
        message = f"the page ends without its last six lines; missing: {', '.join(missing)}"
        finding = script.finding("CAP-15", message, last)
    else:
        finding = script.finding("CAP-15", "other text follows the last six lines", parts[behind].line, last)
    tail = _make_tail(script, parts, pairs, [])
    # At the cut itself a definition is not whole.
    told = [one for one in tail.findings if not missing or not one.location or one.location.first_line != last]
    return replace(tail, start=start, findings=(finding, *told), is_whole=not missing)


def _find_start(parts: Sequence[Fragment]) -> int:
    """Index of the stage: told by its definition, else by its place behind the author line or at
    the cut.
    """
    stages = load_vocabularies()[0]
    labels = [index for index in range(len(parts)) if parts[index].text in stages.concepts]
    behind = next((index + 1 for index in range(len(parts) - 1, -1, -1) if match_authors(parts[index].text)), None)
    for index in reversed(labels):
        if index < len(parts) - 1 and _is_confirmed(stages, parts[index], parts[index + 1]):
            return index
    if behind is not None:
        near = [index for index in labels if index >= max(behind, len(parts) - 2 * _PAIRS)]
        # Whatever begins like a stage in the last line may be the beginning of one.
        is_begun = behind < len(parts) and any(label.startswith(parts[-1].text) for label in stages.concepts)
        return near[0] if near else len(parts) - is_begun
    return len(parts) - 1 if len(parts) - 1 in labels else len(parts)
