"""Which column is what, by its header and by its values, with how sure that is and why.

The header counts by what people call such a column. Values decide where they can be tested (codes,
terms, addresses, keys of another table); elsewhere they only support the header. Nothing is taken
for certain that neither of the two says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from airm_graph.ingest.tables.headers import CALLED, compare_header, is_of_others, rank_header, tells_other_relation
from airm_graph.ingest.tables.profile import EDITIONS, SEPARATORS, Profile, share
from airm_graph.ingest.tables.values import find_kind
from airm_graph.model import ROLES, TEXTS
from airm_graph.text import name_key

__all__ = ["CERTAIN", "Guess", "Keys", "guess_columns", "name_rows", "score_kind", "tells_document"]

#: Below this a column is proposed as a comment only: a header alone or values alone that fit
#: without a doubt reach it, half of each do not.
CERTAIN = 0.5

#: Several columns may be these.
_SEVERAL = frozenset({"code", "reason", *ROLES})
#: Columns that a kind of table is known by.
_KNOWN_BY = {
    "mitigations": ("name", "description", "source", "code", "reason"),
    "sources": ("title", "authors", "first author", "url", "doi", "abstract"),
    "taxonomy": ("code", "label", "parent"),
}
#: Relations between rows: never told by values alone.
_RELATIONS = frozenset({"parent", "children"})
#: What few values among many rows say nothing of: only a header tells who or what they are.
_SAID_BY_HEADERS = frozenset({"agent", "derived from", "source"})
#: What no column of numbers is, but where its header says so.
_WORDED = frozenset({"description", "name", "note", "reason", "title", *TEXTS})
#: What a column of states holds.
_STATES = frozenset(
    ("open", "closed", "draft", "final", "active", "inactive", "done", "planned", "yes", "no", "true", "false", "high", "medium", "low")
)
#: A name is not longer, in the mean.
_LONGEST_NAME = 200
#: Where fewer rows have a name, those without one are no mistake.
_MOST_NAMED = 0.95
#: A text that may stand for a name.
_LONGEST_TEXT_AS_NAME = 120


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


def name_rows(guesses: Sequence[Guess]) -> list[Guess]:
    """Add what rows are called by where no column holds their name, or many have none: a short
    text, or the identifier, where each row has one of its own.
    """
    certain = {guess.what: guess for guess in guesses if guess.is_certain}
    text, identifier, name = (certain.get(what) for what in ("description", "identifier", "name"))
    if name:
        if identifier and identifier.profile.is_key and len(name.profile.values) < name.profile.rows * _MOST_NAMED:
            reason = "many rows have no name, and each has an identifier of its own"
            return [*guesses, replace(identifier, what="name", confidence=0.6, reason=reason)]
        return list(guesses)
    if text and text.profile.length <= _LONGEST_TEXT_AS_NAME and text.profile.is_key:
        reason = "no column holds names, and each row has a short text of its own"
        return [replace(guess, what="name", confidence=0.6, reason=reason) if guess is text else guess for guess in guesses]
    if identifier and identifier.profile.is_key:
        reason = "no column holds names, and each row has an identifier of its own"
        return [*guesses, replace(identifier, what="name", confidence=0.6, reason=reason)]
    return list(guesses)


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
    every = [guess for profile in profiles for what in CALLED[kind] if (guess := _judge(profile, what, kind, keys)).confidence > 0]
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    order = {what: number for number, what in enumerate(CALLED[kind])}
    for guess in sorted(
        every, key=lambda guess: (-guess.confidence, order[guess.what], rank_header(guess.profile.header, CALLED[kind][guess.what]))
    ):
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
    called = compare_header(profile.header, CALLED[kind][what])
    if kind == "mitigations" and is_of_others(profile.header, what):
        called = 0.0
    said = (
        "the header says so" if called == 1 else f"the header is like {CALLED[kind][what][0]!r}" if called else "the header does not say it"
    )
    if not profile.values:
        return Guess(profile, what, round(0.6 * called, 2), f"{said}; the column is empty")
    decides = _find_decision(what, kind, keys)
    if not called and _needs_header(profile, what, decides=bool(decides)):
        return Guess(profile, what, 0.0, said)
    if decides:
        value, reason, separator = decides(profile, keys)
        if what in _RELATIONS and not called:
            # Whatever the values name: only a header tells how one row stands to another.
            is_other = tells_other_relation(profile.header)
            return Guess(profile, what, 0.0 if is_other else round(0.45 * value, 2), f"{said}; {reason}", separator)
        # Values that can be tested rule: a header cannot make codes of what is none.
        confidence = value * (0.55 + 0.45 * called)
    else:
        value, reason = _SUPPORTING[what](profile, keys)
        confidence, separator = max(0.0, called * (0.7 + 0.3 * value) + (1 - called) * 0.3 * value), ";"
    return Guess(profile, what, round(confidence, 2), f"{said}; {reason}", separator)


def _needs_header(profile: Profile, what: str, *, decides: bool) -> bool:
    """Whether values such as these say nothing of a meaning by themselves."""
    if what == "identifier":
        return not profile.is_key
    return (what in _SAID_BY_HEADERS and not decides) or (what in _WORDED and not _holds_words(profile))


def _find_decision(what: str, kind: str, keys: Keys) -> "Callable[[Profile, Keys], _Decision] | None":
    """The test that rules, where there is something to test against."""
    if what == "parent":
        return _decide_code_above if kind == "taxonomy" else _decide_parent
    return _decide_source if what == "source" and keys.sources else _DECIDING.get(what)


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
        if not compare_header(profile.header, CALLED["mitigations"]["code"]):
            return 0.0, "numbers of one digit are counts rather than codes", separator
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
    if profile.share(("digits",), str.isdigit) == 1 and not compare_header(profile.header, CALLED["mitigations"]["source"]):
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
    **{role: _decide_terms(role) for role in ROLES},
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


def _support_name(profile: Profile, keys: Keys) -> tuple[float, str]:
    value, reason = _support_length(5, 120, differ=True)(profile, keys)
    return (-1.0, f"{reason}; that is too long for a name") if profile.length > _LONGEST_NAME else (value, reason)


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


def _holds_words(profile: Profile) -> bool:
    """Whether most values have a letter."""
    return profile.share(("letters",), lambda value: any(map(str.isalpha, value))) >= CERTAIN


def _support_agent(profile: Profile, _: Keys) -> tuple[float, str]:
    if not _holds_words(profile):
        return -1.0, "numbers name nobody"
    few = 1 - profile.unique if len(profile.values) > 1 else 1.0
    return few if profile.length <= 60 else 0.0, f"{len(profile.distinct)} different values in {len(profile.values)} rows"


_SUPPORTING: dict[str, Callable[[Profile, Keys], tuple[float, str]]] = {
    "identifier": _support_identifier,
    "name": _support_name,
    "title": _support_length(10, 250, differ=True),
    "description": _support_length(30, 5_000, differ=True),
    "abstract": _support_length(80, 10_000, differ=True),
    **dict.fromkeys(TEXTS, _support_length(5, 5_000, differ=False)),
    "reason": _support_length(20, 5_000, differ=False),
    "derived from": _support_length(1, 80, differ=False),
    "source": _support_source,
    "authors": _support_people,
    "first author": _support_people,
    "agent": _support_agent,
}
