"""Which printed names of one source are one author: ``Slattery, P.`` and ``Peter Slattery``, where
no other author could be meant.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from airm_graph.frozen import frozen
from airm_graph.text import slugify

__all__ = ["BODIES", "Name", "are_one", "compose_name", "match_names", "parse_name"]

#: Words that tell a body from a person.
BODIES = frozenset(
    (
        "academy", "agency", "alliance", "association", "authority", "board", "bureau", "center", "centre", "college", "commission",
        "committee", "company", "consortium", "corporation", "council", "department", "forum", "foundation", "government", "group", "inc",
        "initiative", "institute", "institution", "lab", "laboratory", "labs", "ministry", "network", "of", "office", "organisation",
        "organization", "parliament", "partnership", "project", "school", "service", "society", "team", "union", "university",
    )
)  # fmt: skip
_PARTICLES = frozenset(
    (
        "af", "al", "av", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le", "ten", "ter",
        "van", "von", "y", "zu", "zum", "zur",
    )
)  # fmt: skip
_GENERATION = re.compile(r"[,\s]+(jr|sr|ii|iii|iv)\.?\s*(?=,|\Z)", re.IGNORECASE)
_DEGREE = re.compile(r"[,\s]+(?:ph\.?\s?d|m\.?d|m\.?sc|esq)\.?\s*(?=,|\Z)", re.IGNORECASE)
_TITLE = re.compile(r"\A(?:dr|prof|sir|dame)\.?\s+(?=\S)", re.IGNORECASE)


@frozen
class Name:
    """A printed name taken apart; every word in lower-case ASCII.

    Attributes:
        words: All of them in the order ``given surname``.
        surname: Without its particles; empty where the name does not tell which words it is.
        given: Empty where the name is a surname only, or does not tell.
        generation: ``jr``, ``iii`` …
        is_person: Whether it could be a person's name.
    """

    words: tuple[str, ...]
    surname: tuple[str, ...]
    given: tuple[str, ...]
    particles: frozenset[str]
    generation: str = ""
    is_person: bool = True

    @property
    def is_inverted(self) -> bool:
        """Whether the name tells its surname."""
        return bool(self.surname)

    @property
    def letters(self) -> int:
        """How much of the given name is written out: 0 for initials."""
        given = self.given or self.words[:-1]
        return sum(len(word) for word in given if len(word) > 1 and word not in _PARTICLES)


@lru_cache(maxsize=1 << 14)
def parse_name(printed: str) -> Name:
    """Take a name apart.

    >>> parse_name("Berg, Jan van der").surname, parse_name("van der Berg, J.").given
    (('berg',), ('j',))
    """
    generation = _GENERATION.search(printed)
    plain = _TITLE.sub("", _DEGREE.sub("", _GENERATION.sub("", printed)).strip())
    surname, comma, given = plain.partition(",")
    before, behind = _words(surname), _words(given)
    said = generation[1].lower() if generation else ""
    if BODIES & {*before, *behind}:
        return Name((*behind, *before), (), (), frozenset(), said, is_person=False)
    if not comma:
        return Name(before, (), (), frozenset(), said)
    particles, core = _split_front(before)
    given_words, moved = _split_back(behind)
    return Name((*given_words, *moved, *before), core, given_words, frozenset((*particles, *moved)), said)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in slugify(text, limit=1000).split("-") if word)


def _split_front(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    count = next((number for number, word in enumerate(words[:-1]) if word not in _PARTICLES), max(len(words) - 1, 0))
    return words[:count], words[count:]


def _split_back(words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    count = len(words)
    while count > 1 and words[count - 1] in _PARTICLES:
        count -= 1
    return words[:count], words[count:]


def are_one(one: Name, two: Name) -> bool:
    """Tell whether two names of one source could be those of one person.

    >>> are_one(parse_name("Slattery, P."), parse_name("Peter Slattery"))
    True
    >>> are_one(parse_name("Slattery, P."), parse_name("Anne Slattery"))
    False
    """
    if not (one.is_person and two.is_person) or (one.generation and two.generation and one.generation != two.generation):
        return False
    if one.is_inverted and two.is_inverted:
        return one.surname == two.surname and _agree(one.given, two.given) and _agree_on_particles(one.particles, two.particles)
    if one.is_inverted or two.is_inverted:
        known, plain = (one, two) if one.is_inverted else (two, one)
        return _could_be(known, plain.words)
    first, second = one.words, two.words
    if not first or not second or first[-1] != second[-1]:
        return False
    (given, particles), (other, others) = _split_back(first[:-1]), _split_back(second[:-1])
    return _agree(given, other) and _agree_on_particles(frozenset(particles), frozenset(others))


def _could_be(known: Name, words: tuple[str, ...]) -> bool:
    """Whether words in the order of speech are a name whose surname is known."""
    length = len(known.surname)
    if words[-length:] != known.surname:
        return False
    given, particles = _split_back(words[:-length])
    if given and given[0] in _PARTICLES:
        given, particles = (), (*given, *particles)
    return _agree(given, known.given) and _agree_on_particles(frozenset(particles), known.particles)


def _agree(one: Sequence[str], two: Sequence[str]) -> bool:
    """Whether given names agree word by word, an initial with what it begins; what only one of them
    says is no difference.
    """
    return all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in zip(one, two, strict=False))


def _agree_on_particles(one: frozenset[str], two: frozenset[str]) -> bool:
    return not one or not two or one == two


def match_names(lines: Iterable[Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Find the names of one source that are one author.

    Two names on one author line are two authors. A name that could be that of two authors stays
    alone.

    Args:
        lines: The names on each author line of the source.

    Returns:
        Name → all printed names of its author, sorted; names that stay alone are left out.

    >>> match_names([["Slattery, P.", "Lee, A."], ["Peter Slattery", "Ann Lee"]])["Slattery, P."]
    ('Peter Slattery', 'Slattery, P.')
    """
    printed: defaultdict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(lines):
        for name in line:
            printed[name].add(number)
    # Names that are one have the last word of their surname in common, whatever their order.
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(printed):
        alike[_find_last(parse_name(name))].append(name)
    return {name: names for same in alike.values() if len(same) > 1 for name, names in _match_alike(same, printed).items()}


def _find_last(name: Name) -> str:
    return (name.surname or name.words or ("",))[-1]


def _match_alike(names: Sequence[str], printed: Mapping[str, set[int]]) -> dict[str, tuple[str, ...]]:
    parsed = {name: parse_name(name) for name in names}
    near = {
        one: {two for two in names if one == two or (not printed[one] & printed[two] and are_one(parsed[one], parsed[two]))}
        for one in names
    }
    clear = {name for name, others in near.items() if all(other in near[one] for one in others for other in others)}
    return {name: tuple(sorted(near[name] & clear)) for name in names if name in clear and len(near[name] & clear) > 1}


def compose_name(names: Sequence[str]) -> str:
    """One name for an author printed under several: ``Surname, Given`` with the given name that
    says most.

    >>> compose_name(["Slattery, P.", "Peter Slattery"])
    'Slattery, Peter'
    """
    parsed = {name: parse_name(name) for name in names}
    fullest = max(names, key=lambda name: (parsed[name].letters, parsed[name].is_inverted, len(parsed[name].words), name))
    inverted = [name for name in names if parsed[name].is_inverted]
    if not inverted or parsed[fullest].is_inverted:
        return fullest
    surname = max(inverted, key=lambda name: (parsed[name].letters, len(name), name))
    length = len(parsed[surname].surname)
    given, _ = _split_back(parsed[fullest].words[:-length])
    words = fullest.split()
    # The given name as printed, where its words are those of the key one by one.
    said = " ".join(words[: len(given)]) if len(words) == len(parsed[fullest].words) else " ".join(given)
    return f"{surname.partition(',')[0]}, {said}" if given else surname
