"""From the codes of one edition to those of another: what the mapping of the editions settles, and
what a person must decide.

A new code is **certain** when the mapping leaves exactly one: the old code has one row that is not
denied, that row says that all of the old code lies in the new one (``skos:exactMatch`` or
``skos:broadMatch``), and the new code has none below it. A narrower or a close code is never
certain: what lies beside it is not in it. Likeness of texts ranks candidates and decides nothing.
"""

import csv
import io
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from airm_graph.errors import InputError
from airm_graph.ingest.decisions import REVIEW_COLUMNS
from airm_graph.model import CodeDecision, Finding, Location, Mitigation, Records
from airm_graph.namespaces import BASE, PREFIXES
from airm_graph.rules import make_finding
from airm_graph.sssom import BUILT_IN, NO_TERM, Match, MatchSet, Value
from airm_graph.taxonomy import load_scope_notes, load_taxonomy
from airm_graph.text import escape_formula, normalise

__all__ = ["Agreement", "Candidate", "Proposal", "accept", "list_proposals", "measure", "propose", "write_review"]

_SKOS = PREFIXES["skos"]
#: Rows that say that the whole of the old code lies in the new one.
_WHOLE = {f"{_SKOS}exactMatch", f"{_SKOS}broadMatch"}
#: Rows whose target may stand for the codes below it.
_OPENED = {*_WHOLE, f"{_SKOS}closeMatch"}
#: What a row without a confidence is taken for: no better than the doubtful ones of our own
#: mapping.
_UNSAID = 0.5
#: A code below the one that a row names is one of several.
_BELOW = 0.7
_SHORT = re.compile(r"(?:ings?|ies|es|ed|s)\Z")
_STOP = frozenset(
    (
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "how", "in", "into", "is", "it", "its", "of", "on", "or", "that",
        "the", "their", "this", "to", "what", "where", "which", "who", "with",
    )
)  # fmt: skip
_SEMAPV = BUILT_IN["semapv"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a mitigation could have in the new edition.

    Attributes:
        confidence: Of the row of the mapping; less for a code below the one that the row names.
        likeness: Of name and description to label and scope note of the code, from 0 to 1.
        reason: Why it is one: what the row says, and its comment.
    """

    code: str
    label: str
    confidence: float
    likeness: float
    reason: str

    @property
    def score(self) -> float:
        """For ranking only: the confidence, raised by the likeness."""
        return self.confidence * (1 + self.likeness)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the mapping of two editions says of one old code of one mitigation.

    Attributes:
        candidates: The best one first.
        is_certain: Whether the mapping leaves the first candidate only.
        present: Codes of the new edition that the mitigation has already: they stay as they are.
    """

    mitigation: Mitigation
    old: str
    candidates: tuple[Candidate, ...]
    is_certain: bool
    present: tuple[str, ...]

    @property
    def state(self) -> str:
        """``present``, ``certain`` or ``open``."""
        return "present" if self.present else "certain" if self.is_certain else "open"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often proposals hold the code that somebody assigned in the new edition without them.

    Attributes:
        compared: Proposals for mitigations that have codes of both editions.
        held: Of these, those with an assigned code among the candidates.
        first: Those with an assigned code as the best candidate.
        certain, right: Those that are certain, and of these those with the assigned code.
        candidates: How many candidates the compared proposals have together.
    """

    compared: int
    held: int
    first: int
    certain: int
    right: int
    candidates: int


def propose(records: Records, matches: MatchSet, *, old: str, new: str) -> tuple[Proposal, ...]:
    """Propose codes of the new edition for every mitigation with codes of the old one.

    Args:
        records: What was read.
        matches: The mapping of the editions, from the old codes to the new ones.
        old, new: The editions, such as ``v1`` and ``v2``.

    Returns:
        One proposal for each old code of each mitigation, by mitigation and code.

    Raises:
        InputError: The mapping says nothing of the old edition.
    """
    rows: defaultdict[str, list[Match]] = defaultdict(list)
    for match in matches.matches:
        rows[match.get("subject_id")].append(match)
    space = f"{BASE}taxonomy/{old}/"
    if not any(subject.startswith(space) for subject in rows):
        raise InputError(
            f"the mapping holds no code of {old}", file=matches.get("mapping_set_id") or "the mapping", remedy="give another one"
        )
    found = []
    for mitigation in records.mitigations:
        codes = [classification.code for classification in mitigation.classifications if classification.edition == old]
        present = tuple(classification.code for classification in mitigation.classifications if classification.edition == new)
        words = _count_words(" ".join(text.value for text in (*mitigation.names[:1], *mitigation.descriptions[:1]))) if codes else Counter()
        for code in codes:
            candidates, is_certain = _find_candidates(rows.get(space + code, ()), words, new)
            found.append(Proposal(mitigation, code, candidates, is_certain, present))
    return tuple(found)


def _find_candidates(rows: Sequence[Match], words: Counter[str], new: str) -> tuple[tuple[Candidate, ...], bool]:
    codes, space = load_taxonomy(new).codes, f"{BASE}taxonomy/{new}/"
    denied = {match.get("object_id").removeprefix(space) for match in rows if match.is_negative}
    stated = [match for match in rows if match.is_statement and match.get("object_id").removeprefix(space) in codes]
    best: dict[str, Candidate] = {}
    for match in stated:
        target = match.get("object_id").removeprefix(space)
        below = _list_below(target, new) if match.get("predicate_id") in _OPENED else []
        for code in (target, *below):
            candidate = _weigh(match, code, target, words, new)
            if code not in denied and (code not in best or best[code].score < candidate.score):
                best[code] = candidate
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, _natural(candidate.code)))
    is_certain = len(stated) == len(ranked) == 1 and stated[0].get("predicate_id") in _WHOLE
    return tuple(ranked), is_certain


def _weigh(match: Match, code: str, target: str, words: Counter[str], new: str) -> Candidate:
    confidence = float(match.get("confidence") or _UNSAID) * (_BELOW if code != target else 1)
    likeness = round(_compare(words, _vectors(new).get(code, {}), new), 3)
    says = match.get("predicate_id").removeprefix(_SKOS)
    where = f"below {target}, {says}" if code != target else says
    reason = f"{where}, confidence {confidence:.2f}, likeness of the texts {likeness:.2f}"
    comment = match.get("comment").rstrip(".")
    return Candidate(code, load_taxonomy(new).codes[code].label or "", confidence, likeness, f"{reason}: {comment}" if comment else reason)


@cache
def _list_below(code: str, edition: str) -> tuple[str, ...]:
    return tuple(other for other in load_taxonomy(edition).codes if other.startswith(f"{code}."))


def _natural(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("."))


# Likeness: cosine of words weighed by how few codes have them.


def _count_words(text: str) -> Counter[str]:
    return Counter(_SHORT.sub("", word) if len(word) > 4 else word for word in normalise(text).split() if word not in _STOP)


@cache
def _weights(edition: str) -> Mapping[str, float]:
    texts = [set(words) for words in _texts(edition).values()]
    counts = Counter(word for words in texts for word in words)
    return {word: math.log((1 + len(texts)) / (1 + count)) + 1 for word, count in counts.items()}


@cache
def _texts(edition: str) -> Mapping[str, Counter[str]]:
    notes = load_scope_notes(edition)
    return {code: _count_words(f"{known.label or ''} {notes.get(code, '')}") for code, known in load_taxonomy(edition).codes.items()}


@cache
def _vectors(edition: str) -> Mapping[str, Mapping[str, float]]:
    weights = _weights(edition)
    return {code: {word: count * weights[word] for word, count in words.items()} for code, words in _texts(edition).items()}


def _compare(words: Counter[str], vector: Mapping[str, float], edition: str) -> float:
    weights = _weights(edition)
    mine = {word: count * weights[word] for word, count in words.items() if word in weights}
    lengths = math.sqrt(sum(value * value for value in mine.values())) * math.sqrt(sum(value * value for value in vector.values()))
    return sum(value * vector.get(word, 0.0) for word, value in sorted(mine.items())) / lengths if lengths else 0.0


def measure(proposals: Iterable[Proposal]) -> Agreement:
    """Compare proposals with the codes of the new edition that mitigations have already.

    >>> measure(())
    Agreement(compared=0, held=0, first=0, certain=0, right=0, candidates=0)
    """
    compared = [proposal for proposal in proposals if proposal.present]
    certain = [proposal for proposal in compared if proposal.is_certain]
    return Agreement(
        len(compared),
        sum(any(candidate.code in proposal.present for candidate in proposal.candidates) for proposal in compared),
        sum(bool(proposal.candidates) and proposal.candidates[0].code in proposal.present for proposal in compared),
        len(certain),
        sum(proposal.candidates[0].code in proposal.present for proposal in certain),
        sum(len(proposal.candidates) for proposal in compared),
    )


# What is written.


def _make_set(name: str, title: str, matches: Iterable[Match], *, base: str, notice: str) -> MatchSet:
    metadata: dict[str, Value] = {
        "mapping_set_id": f"{base}{name}",
        "mapping_set_title": title,
        "license": f"{BUILT_IN['sssom']}license/unspecified",
        "mapping_tool": "airm-graph",
        "comment": notice,
    }
    prefixes = {"airm": f"{base}ontology#", "mitigation": f"{base}mitigation/", "taxonomy": f"{base}taxonomy/"}
    editions = {edition: f"{base}taxonomy/{edition}/" for edition in ("v1", "v2")}
    return MatchSet(metadata, {**prefixes, **editions}, tuple(matches))


def list_proposals(proposals: Iterable[Proposal], *, new: str, notice: str, base: str = BASE) -> MatchSet:
    """Write proposals as mappings from mitigations to codes; those that have a code of the new
    edition are left out.
    """
    matches = [
        Match(
            {
                **_say_mitigation(proposal.mitigation, base),
                "object_id": f"{base}taxonomy/{new}/{candidate.code}",
                **({"object_label": candidate.label} if candidate.label else {}),
                "object_source": f"{base}taxonomy/{new}",
                "mapping_justification": f"{_SEMAPV}MappingChaining",
                "confidence": f"{candidate.confidence:.3f}",
                "similarity_score": f"{candidate.likeness:.3f}",
                "similarity_measure": "cosine of weighed words",
                "comment": f"{proposal.state}: from code {proposal.old}, {candidate.reason}",
            }
        )
        for proposal in proposals
        if not proposal.present
        for candidate in proposal.candidates
    ]
    return _make_set("migration/proposals", f"Proposed codes of {new}", matches, base=base, notice=notice)


def _say_mitigation(mitigation: Mitigation, base: str) -> dict[str, Value]:
    name = {"subject_label": mitigation.names[0].value} if mitigation.names else {}
    return {"subject_id": base + mitigation.key, **name, "predicate_id": f"{base}ontology#code"}


def write_review(proposals: Iterable[Proposal], *, old: str, new: str, base: str = BASE) -> str:
    """Write the table that a person fills in: one row for each proposal, the column ``decision``
    empty.
    """
    labels = {code: known.label or "" for code, known in load_taxonomy(new).codes.items()}
    olds = {code: known.label or "" for code, known in load_taxonomy(old).codes.items()}
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(REVIEW_COLUMNS)
    for proposal in proposals:
        mitigation = proposal.mitigation
        cells = {
            "mitigation": base + mitigation.key,
            "name": mitigation.names[0].value if mitigation.names else "",
            "source": mitigation.source.value.removeprefix("source/") if mitigation.source else "",
            "old code": f"{proposal.old} {olds.get(proposal.old, '')}".strip(),
            "edition": new,
            "candidates": "; ".join(f"{candidate.code} {candidate.label}".strip() for candidate in proposal.candidates),
            "reasons": "; ".join(f"{candidate.code}: {candidate.reason.replace(';', ',')}" for candidate in proposal.candidates),
            "certain": "yes" if proposal.is_certain else "no",
            "present": "; ".join(f"{code} {labels.get(code, '')}".strip() for code in proposal.present),
        }
        writer.writerow([escape_formula(cells.get(column, "")) for column in REVIEW_COLUMNS])
    return target.getvalue()


def accept(
    proposals: Sequence[Proposal],
    decided: Sequence[CodeDecision],
    refused: Sequence[tuple[str, str, Location]],
    *,
    new: str,
    notice: str,
    take_certain: bool = False,
    base: str = BASE,
) -> tuple[MatchSet, tuple[Finding, ...]]:
    """Write what was decided as mappings from mitigations to codes.

    Args:
        proposals: All proposals.
        decided: Codes that people gave.
        refused: (mitigation, edition, place) where people said that no code fits.
        new: The edition of the codes.
        notice: For the metadata.
        take_certain: Take what is certain by the mapping where nobody decided and no code of the
            edition is there.
        base: What the IRIs begin with.

    Returns:
        The mappings, and findings of DEC-01 and DEC-03 about decisions that cannot be taken.
    """
    known = {proposal.mitigation.key: proposal.mitigation for proposal in proposals}
    findings = [
        make_finding("DEC-01", f"the input holds no mitigation {key} with an old code", location)
        for key, location in (*((one.mitigation, one.location) for one in decided), *((key, location) for key, _, location in refused))
        if key not in known
    ]
    findings += [
        make_finding("DEC-03", f"the code is one of {one.assigned.edition}, and codes of {new} are asked for", one.location)
        for one in decided
        if one.assigned.edition != new
    ]
    taken = [one for one in decided if one.mitigation in known and one.assigned.edition == new]
    settled = {one.mitigation for one in taken} | {key for key, _, _ in refused}
    matches = [_say_decided(known[one.mitigation], one, new, base) for one in taken]
    matches += [_say_refused(known[key], new, base) for key, edition, _ in refused if key in known and edition == new]
    if take_certain:
        certain = [one for one in proposals if one.state == "certain" and one.mitigation.key not in settled]
        matches += [_say_certain(one, new, base) for one in certain]
    return _make_set("migration/accepted", f"Accepted codes of {new}", matches, base=base, notice=notice), tuple(findings)


def _say_code(mitigation: Mitigation, code: str, new: str, base: str) -> dict[str, Value]:
    label = load_taxonomy(new).codes[code].label
    target = {"object_id": f"{base}taxonomy/{new}/{code}", **({"object_label": label} if label else {})}
    return {**_say_mitigation(mitigation, base), **target, "object_source": f"{base}taxonomy/{new}"}


def _say_decided(mitigation: Mitigation, decision: CodeDecision, new: str, base: str) -> Match:
    given = decision.assigned
    values = _say_code(mitigation, given.code, new, base)
    values["mapping_justification"] = f"{_SEMAPV}ManualMappingCuration"
    if given.agent:
        values["author_label"] = (given.agent.name,)
    if given.created:
        values["mapping_date"] = given.created
    return Match(values)


def _say_refused(mitigation: Mitigation, new: str, base: str) -> Match:
    values = {**_say_mitigation(mitigation, base), "object_id": NO_TERM, "object_source": f"{base}taxonomy/{new}"}
    return Match({**values, "mapping_justification": f"{_SEMAPV}ManualMappingCuration", "comment": "no code of the edition fits"})


def _say_certain(proposal: Proposal, new: str, base: str) -> Match:
    best = proposal.candidates[0]
    values = _say_code(proposal.mitigation, best.code, new, base)
    values["mapping_justification"] = f"{_SEMAPV}MappingChaining"
    return Match({**values, "comment": f"certain by the mapping: from code {proposal.old}, {best.reason}"})
