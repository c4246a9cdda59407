"""The last six lines of a page: stage, actor, function, each with its definition.

"Unable to classify" stands in all three vocabularies, so position decides. One term of each has been seen; several of one vocabulary are
read when the definitions confirm them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from airm_graph.ingest.captures.page_lines import Fragment, Script
from airm_graph.model import Finding, Role
from airm_graph.taxonomy import Vocabulary, load_vocabularies
from airm_graph.text import fingerprint

__all__ = ["Tail", "read_tail"]

_PAIRS = 3


@dataclass(frozen=True, slots=True)
class Tail:
    """Where the tail begins (an index into the fragments) and what it says."""

    start: int
    roles: tuple[Role, ...]
    findings: tuple[Finding, ...]


def read_tail(script: Script, parts: Sequence[Fragment]) -> Tail:
    """Read the tail from the end.

    Args:
        script: The capture, for evidence and places.
        parts: Its lines that are not blank.

    Returns:
        Its roles, and findings CAP-15 to CAP-17 for what is missing, unknown or unexpected.
    """
    whole = _find_whole(parts)
    if whole is not None:
        return _make_tail(script, parts, whole, [])
    six = len(parts) - 2 * _PAIRS
    if six >= 0 and _count_known(parts[six:]) >= 2:
        return _read_with_unknown(script, parts, six)
    return _read_truncated(script, parts)


def _find_whole(parts: Sequence[Fragment]) -> list[tuple[Vocabulary, Fragment, Fragment]] | None:
    for start in range(len(parts) - 2 * _PAIRS, max(-1, len(parts) - 2 * _PAIRS - 20), -2):
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
    """Read label and definition by turns through stage, actor and function; None when the lines are anything else."""
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


def _count_known(six: Sequence[Fragment]) -> int:
    return sum(label.text in vocabulary.concepts for vocabulary, label in zip(load_vocabularies(), six[::2], strict=True))


def _make_tail(
    script: Script, parts: Sequence[Fragment], pairs: list[tuple[Vocabulary, Fragment, Fragment]], findings: list[Finding]
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
    return Tail(start, tuple(roles), tuple(findings))


def _read_with_unknown(script: Script, parts: Sequence[Fragment], start: int) -> Tail:
    findings, pairs = [], []
    for vocabulary, label, definition in zip(load_vocabularies(), parts[start::2], parts[start + 1 :: 2], strict=True):
        if label.text in vocabulary.concepts:
            pairs.append((vocabulary, label, definition))
        else:
            message = f"{label.text!r} is not a term of the {vocabulary.name} vocabulary"
            findings.append(script.finding("CAP-16", message, label.line))
    tail = _make_tail(script, parts, pairs, findings)
    return Tail(start, tail.roles, tail.findings)


def _read_truncated(script: Script, parts: Sequence[Fragment]) -> Tail:
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
    tail = _make_tail(script, parts, pairs, [finding])
    return Tail(start, tail.roles, tail.findings)


def _find_start(parts: Sequence[Fragment]) -> int:
    stages = load_vocabularies()[0]
    for index in range(len(parts) - 1, -1, -1):
        if parts[index].text in stages.concepts:
            alone = index == len(parts) - 1
            if alone or _is_confirmed(stages, parts[index], parts[index + 1]) or not stages.concepts[parts[index].text].fingerprints:
                return index
    return len(parts)
