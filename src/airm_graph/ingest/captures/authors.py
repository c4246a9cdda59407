"""Author lines: lists of names with a year in brackets."""

import re
from collections.abc import Sequence

from airm_graph.ingest.captures.codes import find_code_line
from airm_graph.ingest.captures.page_lines import Fragment
from airm_graph.taxonomy import load_vocabularies

__all__ = ["drop_others", "find_authors", "is_code_line", "list_people", "match_authors", "names_nobody", "separate_names"]

_DATE = re.compile(
    r"(?:\D{0,15}\b)?(?P<year>(?:19|20)\d\d)(?:[a-z]?\b.{0,20})?|n\.?\s?d\.?|no date|undated|unknown|in press|forthcoming|", re.IGNORECASE
)
_LONGEST_DATE = 40
_LONGEST_NAME = 120
_MANY = 4  # of so many names one may be odd
_SHORT = 3  # words of a name that may be written in any way
_PARTICLES = frozenset(
    [
        "al",
        "ap",
        "bin",
        "da",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "e",
        "el",
        "ibn",
        "la",
        "le",
        "of",
        "ter",
        "van",
        "von",
        "y",
        "zu",
    ]
)
#: What stands in the name of a body in small letters.
_SMALL = frozenset(
    ["and", "for", "of", "on", "in", "the", "to", "with", "at", "by", "de", "der", "des", "du", "et", "für", "la", "le", "und", "y", "&"]
)
#: What stands for authors who are not named, behind a name or in the place of one.
_OTHERS = re.compile(
    r"(?:\A|,?\s+)(?:et\.?\s+al\b\.?|(?:and|&)\s+(?:\d+\s+)?(?:many\s+)?others\b\.?)\s*\Z|\A\s*others\.?\s*\Z", re.IGNORECASE
)
#: What stands in the place of a name where none is known.
_NOBODY = re.compile(
    r"(?:(?:unknown|anonymous|various|several|multiple)(?: authors?| contributors?)?|no authors?|authors? unknown)\.?", re.IGNORECASE
)
#: A surname with the initials of the given names behind it, and several of them with commas
#: between.
_INVERTED = r"[^,;:&]+,\s+[^\W\d_a-z]\.(?:[\s-]?[^\W\d_a-z]\.)*"
_BETWEEN = r"(?:,\s+(?:(?:and|&)\s+)?|\s+(?:and|&)\s+)"
_ALL_INVERTED, _ONE_INVERTED = re.compile(rf"{_INVERTED}(?:{_BETWEEN}{_INVERTED})+"), re.compile(rf"(?:\A|{_BETWEEN})({_INVERTED})")
_ENDS = re.compile(r"[:!?]|\.\s+[a-z]|[a-z]{4,}\.$")


def match_authors(text: str) -> tuple[str, str | None] | None:
    """Names and year of a line that ends in a date in brackets; None for every other line.

    >>> match_authors("Doe, Jane; Roe, Richard (2024)")
    ('Doe, Jane; Roe, Richard', '2024')
    >>> match_authors("As two authors say (Doe and Roe 2024)") is None
    True
    """
    names, bracket, date = text.removesuffix(".").rpartition("(")
    if not bracket or not date.endswith(")") or len(date) > _LONGEST_DATE:
        return None
    found = _DATE.fullmatch(date[:-1].strip())
    return (names.strip(), found["year"]) if found and _is_list_of_names(names) else None


def list_people(names: str) -> tuple[str, ...]:
    """List the names of an author line, without what stands for others or for nobody.

    >>> list_people("Doe, Jane; Roe, Richard et al.; and others"), list_people("Unknown")
    (('Doe, Jane', 'Roe, Richard'), ())
    """
    return tuple(name for name in _split_names(names) if not names_nobody(name))


def _split_names(names: str) -> list[str]:
    found = (drop_others(name).strip() for name in separate_names(names).split(";"))
    return [name for name in found if name]


def separate_names(line: str) -> str:
    """Put semicolons between the names of a line that are told apart by initials behind each
    surname.

    >>> separate_names("Doe, J., Roe-Poe, R. S., & Lee, A."), separate_names("Lee, Ann, Bo")
    ('Doe, J.; Roe-Poe, R. S.; Lee, A.', 'Lee, Ann, Bo')
    """
    plain = drop_others(line.strip())
    return "; ".join(_ONE_INVERTED.findall(plain)) if _ALL_INVERTED.fullmatch(plain) else line


def names_nobody(name: str) -> bool:
    """Whether what stands in the place of a name says that none is known.

    >>> names_nobody("Various authors"), names_nobody("Anonymous, Jane")
    (True, False)
    """
    return _NOBODY.fullmatch(name) is not None


def drop_others(name: str) -> str:
    """Take from a name what stands for authors who are not named.

    >>> drop_others("Jane Doe and 12 others"), drop_others("others"), drop_others("Al-Others, Jane")
    ('Jane Doe', '', 'Al-Others, Jane')
    """
    return _OTHERS.sub("", name)


def find_authors(body: Sequence[Fragment], *, is_whole: bool) -> int | None:
    """Index of the author line: behind the last code line, best right behind the title that is
    glued to it.

    Args:
        body: The lines of a page above its last six.
        is_whole: Whether the page goes on to these; on one that is cut nothing but a list of names
            with its date is an author line.
    """
    last_code = max((index for index, part in enumerate(body) if is_code_line(part)), default=-1)
    marker = next((index for index, part in enumerate(body) if part.is_reasoning), -1)
    first = max(last_code + 1, marker + 3, 2) if last_code < 0 else last_code + 1
    found = [index for index in range(first, len(body)) if match_authors(body[index].text)]
    if not is_whole:
        # "Risks (2023)" may be the text of an item, "Doe, Jane (2023)" is none, unless it goes on.
        strict = (index for index in found if _is_list_of_names(body[index].text.rpartition("(")[0], is_strict=True))
        found = [index for index in strict if _names_person(body[index].text)]
        found = [index for index in found if index < len(body) - 1 or ";" in body[index].text]
    line = find_code_line(body[last_code].text, opens_block=True) if last_code >= 0 else None
    has_title = line is not None and bool(line.rest) and last_code + 1 < len(body) and not _is_term(line.rest)
    if has_title and last_code + 1 in found:
        return last_code + 1
    if found:
        return next((index for index in found if _names_person(body[index].text)), found[0])
    # A document without a date: only its place tells the line, and that it holds nothing but names.
    is_dateless = has_title and is_whole and _is_list_of_names(body[last_code + 1].text, is_strict=True)
    return last_code + 1 if is_dateless else None


def is_code_line(part: Fragment) -> bool:
    """Whether a line begins with a pair of code and label."""
    return find_code_line(part.text, opens_block=True) is not None


def _is_term(text: str) -> bool:
    return any(text in vocabulary.concepts for vocabulary in load_vocabularies())


def _names_person(text: str) -> bool:
    return any(_is_person(name) for name in _split_names(text.rpartition("(")[0] or text))


def _is_list_of_names(text: str, *, is_strict: bool = False) -> bool:
    names = _split_names(text)
    odd = [name for name in names if not _is_person(name) and not _is_body(name) and (is_strict or len(name.split()) > _SHORT)]
    # In a long list a name or two may be written in any way.
    return bool(names) and len(odd) * _MANY <= len(names)


def _is_person(name: str) -> bool:
    """Whether a name is a surname, a comma and a given name."""
    surname, comma, given = name.partition(",")
    words = [*surname.split(), *given.split()]
    return bool(comma and surname.strip() and given.strip()) and len(words) <= 10 and all(map(_is_part_of_name, words))


def _is_part_of_name(word: str) -> bool:
    first = next((char for char in word if char.isalpha()), "")
    return bool(first) and (not first.islower() or word.lower().rstrip(".") in _PARTICLES or any(char.isupper() for char in word))


def _is_body(name: str) -> bool:
    """Whether a name is that of a body or of a person, given name first: every word but small ones
    begins with a capital.
    """
    words = [word.strip("()[]\"'“”‘’.,&/-–") for word in name.split()]
    words = [word for word in words if word]
    if not words or len(name) > _LONGEST_NAME or _ENDS.search(name) or words[0][:1].islower():
        return False
    return all(not word[0].islower() or word.lower() in _SMALL or any(char.isupper() for char in word) for word in words)
