"""Code lines: ``CODE LABEL`` at the start of a line, the next name glued to the label.

A line is split by the closed list of (code, label) pairs only. What looks like a code line and is
none of them is told apart from numbered prose as far as that is certain, and reported.
"""

import re
from functools import cache

from airm_graph.errors import name_some
from airm_graph.frozen import frozen
from airm_graph.taxonomy import Taxonomy, load_taxonomy

__all__ = ["CodeLine", "find_code_line", "is_name_like"]

_CODE = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,2})[ \u00a0](?=\S)")
# What goes on behind a label in prose ("1.1 Models are …", "99 Otherwise …", "1.1 Model-based …"):
# no name begins so.
_PROSE = re.compile(
    r"[\s\-–—,;:.)!?/]|[’'](?:\W|\Z|(?:d|ll|re|s|t|ve)\b)"
    r"|(?:s|es|set|sets|wise|al|ally|ing|ed|ism|isms|led|ler|lers|ling|makers?|making)(?![\w-])"
)
_TOUCHES = re.compile(r"[ \u00a0](?=[A-Z0-9“‘\"(])")
_GLUE = re.compile(r"(?<=[a-z]{3})(?=[A-Z0-9][a-z]{2}|[A-Z]{2,}\b|\d+\.\d)")
_LATE_GLUE = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])")
_CAMEL = re.compile(
    r"\b(?:DeepMind|GitHub|GitLab|YouTube|LinkedIn|JavaScript|PowerPoint|TensorFlow|OpenAI|EleutherAI|LangChain|HuggingFace|CivitAI)\b"
)
# Behind the mark a quotation may close, or an asterisk lead to a note; a bracket may not: "Public
# reports (data, models, etc.)" is a name.
_END = re.compile(r"[.:;!?,…][\"”’*†‡]*$")
# A citation mark in square brackets; "Lamps [draft]" is a name.
_MARK = re.compile(r"\[[^\]]*(?:\d|\Z)")
_CITED = re.compile(r"\(\d{4}[a-z]?\)$")
# Full stops that end no sentence: of a number in an outline ("2. Oversight", "a. Logs"), of an
# abbreviation ("Open vs. closed release").
_STOPPED = re.compile(r"^(?:\d{1,3}|[A-Za-z]|[ivx]{2,4}|[IVX]{2,4})\. |\b(?:e\.g|i\.e|vs|cf|No|[A-Z])\. ")
_TYPO = 0.8  # of SequenceMatcher: one or two letters off in a label of ten


@frozen
class CodeLine:
    """A code line taken apart.

    Attributes:
        code: Notation, or None when the line names no pair of the taxonomy.
        label: Label as printed; empty when *code* is None.
        rest: What is glued to the label, and its column (1-based).
        rule, message: What is wrong with the pair, or empty.
    """

    code: str | None
    label: str
    rest: str
    column: int
    rule: str = ""
    message: str = ""


def is_name_like(text: str) -> bool:
    """Whether *text* looks like a name: short, one phrase, no full stop.

    >>> is_name_like("Data-related"), is_name_like("A method for building safeguards.")
    (True, False)
    """
    if _CITED.search(text) and len(text.split()) > 8:
        return False
    is_short = len(text) <= 160 and len(text.split()) <= 16
    return is_short and not _END.search(text) and ". " not in _STOPPED.sub("", text) and not _MARK.search(text, 1)


def find_code_line(line: str, *, opens_block: bool, edition: str = "v2") -> CodeLine | None:
    """Take a line apart if it is a code line.

    Args:
        line: The line as captured.
        opens_block: Whether a name is due here; a number then begins a name ("6.2 Supporting
            Defensive Systems").
        edition: Edition whose pairs are the closed list.

    Returns:
        The code line, with a rule when its pair is broken; None for a name or prose.

    >>> found = find_code_line("1.1 ModelModel evaluations", opens_block=False)
    >>> found.code, found.rest, found.column
    ('1.1', 'Model evaluations', 10)
    >>> find_code_line("1.1 Organisations that supply a model", opens_block=False) is None
    True
    """
    start = _CODE.match(line)
    if not start:
        return None
    taxonomy = load_taxonomy(edition)
    notation, tail, column = start.group(1), line[start.end() :], start.end() + 1
    code = taxonomy.codes.get(notation)
    if code and code.label and (_carries(tail, code.label) or _carries_with_blank(notation, tail, code.label)):
        return CodeLine(notation, code.label, *_rest(tail, len(code.label), column))
    return None if opens_block else _find_broken_pair(notation, tail, column, taxonomy)


def _find_broken_pair(notation: str, tail: str, column: int, taxonomy: Taxonomy) -> CodeLine | None:
    known = notation in taxonomy.codes
    rule = "CAP-09" if known else "CAP-10"
    for label, owners in _labels(taxonomy.edition):
        if _carries(tail, label):
            who = name_some(owners, most=3)
            message = (
                f"the label {label!r} belongs to {who}, not to {notation}"
                if known
                else f"there is no code {notation} (its label {label!r} belongs to {who})"
            )
            return CodeLine(None, "", *_rest(tail, len(label), column), rule, message)
    own = taxonomy.codes[notation].label if known else None
    cut = _cut_typo(tail, own) if own else None
    if cut is None and not _looks_like_label(notation, tail):
        return None
    cut = cut if cut is not None else _cut_glue(tail)
    printed = tail[:cut]
    if own:
        message = f"{printed!r} is not the label of {notation}, which is {own!r}"
    elif known:
        message = f"no label of {notation} is known; {printed!r} cannot be told from the name that follows"
    else:
        message = f"there is no code {notation} and no label {printed!r}"
    return CodeLine(None, "", *_rest(tail, cut, column), rule, message)


@cache
def _labels(edition: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    # Longest first, so that "Model Architecture" is tried before "Model".
    return tuple(sorted(load_taxonomy(edition).labels().items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _carries(tail: str, label: str) -> bool:
    rest = tail[len(label) :]
    return tail.startswith(label) and (not rest.strip() or not _PROSE.match(rest))


def _carries_with_blank(notation: str, tail: str, label: str) -> bool:
    """Whether a blank stands between label and name: read as a pair where prose would hardly have
    both number and words by chance; what ends in a full stop is prose.
    """
    is_pair = "." in notation and " " in label and tail.startswith(label) and not tail.endswith(".")
    return is_pair and _TOUCHES.match(tail, len(label)) is not None


def _rest(tail: str, cut: int, column: int) -> tuple[str, int]:
    rest = tail[cut:]
    return rest.strip(), column + cut + len(rest) - len(rest.lstrip())


def _cut_typo(tail: str, label: str) -> int | None:
    """Where a misspelt *label* ends in *tail*, or None when *tail* does not begin with anything
    like it.
    """
    if _END.search(tail) or len(tail.split()) > 24 or tail.startswith(label):
        return None
    cuts = [cut for cut in range(max(3, len(label) - 3), len(label) + 4) if cut <= len(tail)]
    from difflib import SequenceMatcher

    scored = [
        (SequenceMatcher(None, tail[:cut].casefold(), label.casefold()).ratio(), _GLUE.match(tail, cut) is not None, cut) for cut in cuts
    ]
    best = max(scored, default=(0.0, False, 0))
    if best[0] < _TYPO:
        return None
    near = [score for score in scored if score[0] >= best[0] - 0.08]
    cut = max(near, key=lambda score: (score[1] or score[2] == len(tail), score[0]))[2]
    rest = tail[cut:]
    return None if rest and _PROSE.match(rest) and not rest[0].isalpha() else cut


def _looks_like_label(notation: str, tail: str) -> bool:
    if not tail[0].isupper() or _END.search(tail) or len(tail.split()) > 14:
        return False
    glued = _GLUE.search(_CAMEL.sub(lambda name: name.group().lower(), tail)) is not None
    return glued or (notation.count(".") == 2 and len(tail.split()) <= 6)


def _cut_glue(tail: str) -> int:
    plain = _CAMEL.sub(lambda name: name.group().capitalize(), tail)
    found = _GLUE.search(plain) or _LATE_GLUE.search(plain)
    return found.start() if found else len(tail)
