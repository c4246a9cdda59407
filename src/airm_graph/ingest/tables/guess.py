"""Which column is what, by its header and by its values, with how sure that is and why.

The header counts by what people call such a column. Values decide where they can be tested (codes,
terms, addresses, keys of another table); elsewhere they only support the header. Nothing is taken
for certain that neither of the two says.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from airm_graph.ingest.tables.profile import EDITIONS, SEPARATORS, Profile, share
from airm_graph.ingest.tables.values import find_kind
from airm_graph.model import TEXTS
from airm_graph.text import name_key, normalise

__all__ = ["CERTAIN", "Guess", "Keys", "guess_columns", "score_kind", "split_words", "tells_document"]

#: Below this a column is proposed as a comment only: a header alone or values alone that fit
#: without a doubt reach it, half of each do not.
CERTAIN = 0.5

# What people call a column, for each kind of table. The first entry is what the project calls it.
_CALLED: dict[str, dict[str, tuple[str, ...]]] = {
    "mitigations": {
        "identifier": ("identifier", "id", "mitigation id", "key", "uid", "record id", "reference number"),
        "name": ("name", "mitigation name", "mitigation", "measure", "control", "safeguard", "title"),
        "description": ("description", "definition", "details", "text", "what it does", "explanation", "mitigation description"),
        "note": ("note", "additional information", "notes", "comment", "comments", "remarks", "further information"),
        "source": ("source", "source id", "document", "document id", "doc", "paper", "reference", "from", "source document"),
        "parent": ("parent", "part of", "belongs to", "parent mitigation", "parent id"),
        "children": ("children", "child mitigations", "sub mitigations", "parts", "has parts"),
        "code": ("code", "classification", "category code", "taxonomy code", "class", "category"),
        "label": ("label", "code label", "category", "category name", "class label", "code name"),
        "reason": ("reason", "reasoning", "rationale", "justification", "why", "reason for the code"),
        "agent": ("agent", "classified by", "coded by", "annotator", "coder", "assigned by", "classifier"),
        "kind": ("kind", "agent kind", "agent type", "kind of agent", "classifier type"),
        "created": ("created", "classification date", "classified on", "date of classification", "coded on", "date"),
        "lifecycle": ("lifecycle", "ai lifecycle", "lifecycle stage", "stage", "phase"),
        "actor": ("actor", "ai actor", "role", "responsible", "responsible actor", "who"),
        "function": ("function", "airm", "risk management function", "nist function", "rmf function"),
    },
    "sources": {
        "identifier": ("identifier", "id", "source id", "document id", "key", "uid", "record id"),
        "title": ("title", "document", "document title", "paper title", "work", "name"),
        "authors": ("authors", "author list", "author", "by", "written by", "creators"),
        "first author": ("first author", "lead author"),
        "issued": ("issued", "year", "date", "published", "publication year", "publication date"),
        "url": ("url", "link", "address", "web address", "website"),
        "doi": ("doi",),
        "abstract": ("abstract", "summary"),
    },
    "taxonomy": {
        "code": ("code", "notation", "number", "category code"),
        "label": ("label", "name", "title", "category", "category name"),
        "parent": ("parent", "parent code", "broader", "above"),
    },
}  # fmt: skip
#: Several columns may be these.
_SEVERAL = frozenset({"code", "reason", "lifecycle", "actor", "function"})
#: Columns that a kind of table is known by.
_KNOWN_BY = {
    "mitigations": ("name", "description", "source", "code", "reason"),
    "sources": ("title", "authors", "first author", "url", "doi", "abstract"),
    "taxonomy": ("code", "label", "parent"),
}
#: Relations between rows: never told by values alone.
_RELATIONS = frozenset({"parent", "children"})
#: Headers that speak of a relation, and of none that a mapping knows.
_OTHER_RELATIONS = frozenset({"related", "see", "depends", "dependency", "requires", "references", "refers", "links", "linked", "similar"})
#: What a column of states holds.
_STATES = frozenset(
    ("open", "closed", "draft", "final", "active", "inactive", "done", "planned", "yes", "no", "true", "false", "high", "medium", "low")
)
_FILLERS = frozenset({"the", "of", "a", "primary", "other", "main", "secondary"})
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class Guess:
    """A column is *what*, so sure (0–1), for this reason; *what* is empty where nothing speaks for
    anything.
    """

    profile: Profile
    what: str
    confidence: float
    reason: str
    separator: str = ";"

    @property
    def is_certain(self) -> bool:
        """Whether it may be proposed as it is."""
        return bool(self.what) and self.confidence >= CERTAIN


@dataclass(frozen=True)
class Keys:
    """What rows may be named by: values of the columns of tables of sources, and of the table
    itself.

    Attributes:
        sources: Key of a document (``identifier``, ``title``, ``doi``, ``url``) → its values,
            normalised.
        rows: Header of the columns that name the rows of the same table → their values, normalised.
    """

    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rows: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def find(self, profile: Profile) -> tuple[str, float]:
        """Return the key of documents that most values of a column are, and their share."""
        shares = {kind: share(profile.values, lambda value, keys=keys: name_key(value) in keys) for kind, keys in self.sources.items()}  # type: ignore[misc]
        best = max(shares, key=lambda kind: shares[kind], default="")
        return best, shares.get(best, 0.0)


def split_words(header: str) -> list[str]:
    """Return the words of a header, however they are joined.

    >>> split_words("AILifecycle_Primary"), split_words("Source ID")
    (['ai', 'lifecycle', 'primary'], ['source', 'id'])
    """
    return [word.lower() for word in _WORD.findall(header)] or normalise(header).split()


def guess_columns(profiles: Sequence[Profile], *, kind: str, keys: Keys) -> list[Guess]:
    """Say what each column of a table of one kind is.

    Args:
        profiles: Its columns.
        kind: ``mitigations``, ``sources`` or ``taxonomy``.
        keys: What its cells may refer to.

    Returns:
        One guess for each column, in their order: each meaning goes to the column that fits best,
            but for those that several may have.
    """
    every = [guess for profile in profiles for what in _CALLED[kind] if (guess := _judge(profile, what, kind, keys)).confidence > 0]
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for guess in sorted(every, key=lambda guess: (-guess.confidence, list(_CALLED[kind]).index(guess.what))):
        if guess.profile.header in taken or (guess.what in used and (guess.what not in _SEVERAL or not guess.is_certain)):
            continue
        taken[guess.profile.header] = guess
        used.add(guess.what)
    return [taken.get(profile.header) or Guess(profile, "", 0.0, "neither header nor values say what it is") for profile in profiles]


def score_kind(profiles: Sequence[Profile], kind: str) -> float:
    """Return how well the columns of a table fit a kind: the sure ones among those that the kind is
    known by.
    """
    found = [guess for guess in guess_columns(profiles, kind=kind, keys=Keys()) if guess.is_certain and guess.what in _KNOWN_BY[kind]]
    return sum(guess.confidence for guess in found) / len(_KNOWN_BY[kind])


def _judge(profile: Profile, what: str, kind: str, keys: Keys) -> Guess:
    called = _compare_header(profile.header, _CALLED[kind][what])
    said = (
        "the header says so"
        if called == 1
        else f"the header is like {_CALLED[kind][what][0]!r}"
        if called
        else "the header does not say it"
    )
    if not profile.values:
        return Guess(profile, what, round(0.6 * called, 2), f"{said}; the column is empty")
    decides = _find_decision(what, kind, keys)
    if decides:
        value, reason, separator = decides(profile, keys)
        if what in _RELATIONS and not called:
            # Whatever the values name: only a header tells how one row stands to another.
            is_other = bool(_OTHER_RELATIONS & set(split_words(profile.header)))
            return Guess(profile, what, 0.0 if is_other else round(0.45 * value, 2), f"{said}; {reason}", separator)
        # Values that can be tested rule: a header cannot make codes of what is none.
        confidence = value * (0.55 + 0.45 * called)
    else:
        value, reason = _SUPPORTING[what](profile, keys)
        confidence, separator = max(0.0, called * (0.7 + 0.3 * value) + (1 - called) * 0.3 * value), ";"
    return Guess(profile, what, round(confidence, 2), f"{said}; {reason}", separator)


def _find_decision(what: str, kind: str, keys: Keys) -> "Callable[[Profile, Keys], _Decision] | None":
    """The test that rules, where there is something to test against."""
    if what == "parent":
        return _decide_code_above if kind == "taxonomy" else _decide_parent
    return _decide_source if what == "source" and keys.sources else _DECIDING.get(what)


def _compare_header(header: str, names: Sequence[str]) -> float:
    words = split_words(header)
    if _OTHER_RELATIONS & set(words):
        return 0.0
    plain = [word for word in words if word not in _FILLERS] or words
    best = 0.0
    for name in names:
        wanted = name.split()
        if words == wanted or plain == wanted:
            return 1.0
        if plain[-len(wanted) :] == wanted or plain[: len(wanted)] == wanted:
            best = max(best, 0.75)
        elif set(wanted) <= set(plain):
            best = max(best, 0.6)
        ratio = SequenceMatcher(None, " ".join(plain), name).ratio()
        best = max(best, ratio * 0.7 if ratio > 0.9 else 0.0)
    return best


_Decision = tuple[float, str, str]


def _percent(part: float, what: str) -> str:
    return f"{part:.0%} of the values are {what}"


def _decide_code(profile: Profile, _: Keys) -> _Decision:
    """The best of both editions and of the separators; a bare digit is also a count, so one level
    alone says less.
    """
    found = [(profile.codes(edition, separator), separator) for edition in EDITIONS for separator in SEPARATORS]
    part, separator = max(found, key=lambda pair: (pair[0], -SEPARATORS.index(pair[1])))
    if part and profile.share(("digits",), str.isdigit) == 1:
        return part * 0.5, f"{_percent(part, 'codes')}, but of one digit", separator
    return part, _percent(part, "codes"), separator


def _decide_code_above(profile: Profile, _: Keys) -> _Decision:
    part = max(profile.codes(edition) for edition in EDITIONS)
    return part, _percent(part, "codes"), ";"


def _decide_label(profile: Profile, _: Keys) -> _Decision:
    part = max(profile.labels(edition) for edition in EDITIONS)
    return part, _percent(part, "labels of codes"), ";"


def _decide_terms(vocabulary: str) -> Callable[[Profile, Keys], _Decision]:
    def decide(profile: Profile, _: Keys) -> _Decision:
        part, separator = max(
            ((profile.terms(vocabulary, one), one) for one in SEPARATORS), key=lambda pair: (pair[0], -SEPARATORS.index(pair[1]))
        )
        return part, _percent(part, f"terms of the {vocabulary} vocabulary"), separator

    return decide


def _decide_source(profile: Profile, keys: Keys) -> _Decision:
    kind, part = keys.find(profile)
    if profile.share(("digits",), str.isdigit) == 1 and not _compare_header(profile.header, _CALLED["mitigations"]["source"]):
        # The number of a document is also a count, a rank or a year.
        return 0.0, "numbers alone name no document", ";"
    return _point(part), _percent(part, f"the {kind} of a document") if part else "no value names a document of the tables beside it", ";"


def _decide_parent(profile: Profile, keys: Keys) -> _Decision:
    part = share(profile.values, lambda value: _names_row(value, profile, keys))
    return _point(part), _percent(part, "names or identifiers of rows"), ";"


def _decide_children(profile: Profile, keys: Keys) -> _Decision:
    found = {}
    for separator in SEPARATORS:
        parts = profile.parts(separator)
        found[separator] = share(parts, lambda one: _names_row(one, profile, keys)), len(parts) > len(profile.values)
    separator = max(found, key=lambda one: (found[one][0], found[one][1], -SEPARATORS.index(one)))
    part, are_several = found[separator]
    # Cells with one name each are rather parents.
    return _point(part) * (1.0 if are_several else 0.9), _percent(part, "names or identifiers of rows"), separator


def _names_row(value: str, profile: Profile, keys: Keys) -> bool:
    return any(name_key(value) in known for header, known in keys.rows.items() if header != profile.header)


def _point(part: float) -> float:
    """A column points elsewhere when half of its values do: those that do not may name what is
    missing.
    """
    return 1.0 if part >= 0.5 else part


def _decide_by(test: Callable[[Profile], float], what: str) -> Callable[[Profile, Keys], _Decision]:
    return lambda profile, _: (test(profile), _percent(test(profile), what), ";")


def _decide_kind(profile: Profile, _: Keys) -> _Decision:
    part = profile.share(("kind",), lambda value: bool(find_kind(value)))
    return part, _percent(part, "kinds of agents"), ";"


_DECIDING: dict[str, Callable[[Profile, Keys], _Decision]] = {
    "code": _decide_code,
    "label": _decide_label,
    "lifecycle": _decide_terms("lifecycle"),
    "actor": _decide_terms("actor"),
    "function": _decide_terms("function"),
    "url": _decide_by(Profile.addresses, "addresses"),
    "doi": _decide_by(Profile.dois, "DOIs"),
    "issued": _decide_by(Profile.years, "years or days"),
    "created": _decide_by(Profile.days, "days"),
    "kind": _decide_kind,
    "children": _decide_children,
}


def _support_identifier(profile: Profile, _: Keys) -> tuple[float, str]:
    short = profile.length <= 60
    return profile.unique * (
        1.0 if short else 0.3
    ), f"{profile.unique:.0%} of the values differ, {profile.length:.0f} characters in the mean"


def _support_length(low: float, high: float, *, differ: bool) -> Callable[[Profile, Keys], tuple[float, str]]:
    def support(profile: Profile, _: Keys) -> tuple[float, str]:
        fits = 1.0 if low <= profile.length <= high else 0.3
        reason = f"{profile.length:.0f} characters in the mean, {profile.unique:.0%} of the values differ"
        return fits * (profile.unique if differ else 1.0), reason

    return support


def _support_source(profile: Profile, _: Keys) -> tuple[float, str]:
    if not tells_document(profile):
        return -1.0, "numbers and states name no document"
    return 1 - profile.unique, f"{len(profile.distinct)} different values in {len(profile.values)} rows"


def tells_document(profile: Profile) -> bool:
    """Whether the values of a column may be titles or addresses of documents: a number or a state
    is none.
    """
    return profile.share(("no document",), lambda value: value.lower() in _STATES or not any(map(str.isalpha, value))) < CERTAIN


def _support_people(profile: Profile, _: Keys) -> tuple[float, str]:
    return profile.people(), _percent(profile.people(), "like names of people or bodies")


def _support_agent(profile: Profile, _: Keys) -> tuple[float, str]:
    few = 1 - profile.unique if len(profile.values) > 1 else 1.0
    return few if profile.length <= 60 else 0.0, f"{len(profile.distinct)} different values in {len(profile.values)} rows"


_SUPPORTING: dict[str, Callable[[Profile, Keys], tuple[float, str]]] = {
    "identifier": _support_identifier,
    "name": _support_length(5, 120, differ=True),
    "title": _support_length(10, 250, differ=True),
    "description": _support_length(30, 5_000, differ=True),
    "abstract": _support_length(80, 10_000, differ=True),
    **dict.fromkeys(TEXTS, _support_length(5, 5_000, differ=False)),
    "reason": _support_length(20, 5_000, differ=False),
    "source": _support_source,
    "authors": _support_people,
    "first author": _support_people,
    "agent": _support_agent,
}
