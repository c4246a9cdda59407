"""Cells that name people and days: authors, whoever assigned a code, years and dates."""

import datetime
import hashlib
import re

from airm_graph.ingest.captures.authors import drop_others, names_nobody
from airm_graph.model import Agent
from airm_graph.text import slugify

__all__ = ["find_doi", "find_separator", "find_year", "is_day", "name_agent", "split_authors"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_AND = re.compile(r"\A(?:and|&)\s+", re.IGNORECASE)
# DOI Handbook, section 2.2: a prefix of 10. and a registrant, a slash, and a suffix of any
# printable characters.
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(?P<doi>10\.\d{4,9}(?:\.\d+)*/\S+)", re.IGNORECASE)
_MAIL = re.compile(r"\S+@(?P<host>[\w.-]+\.\w+)\Z")


def split_authors(line: str, *, separator: str) -> tuple[tuple[str, ...], bool]:
    """Split an author line into names as printed.

    Returns:
        The names, and whether that is all of them: what stands behind a word with a colon is no
            plain list of names and is left out.

    >>> split_authors("Ann Lee, Bo Chen, and Cy Day", separator=",")
    (('Ann Lee', 'Bo Chen', 'Cy Day'), True)
    >>> split_authors("Senator Lee, Coauthors: Senators Chen and Day", separator=",")
    (('Senator Lee',), False)
    >>> split_authors("Ann Lee et al.", separator=","), split_authors("Unknown", separator=",")
    ((('Ann Lee',), True), ((), True))
    """
    plain, colon, _ = line.partition(":")
    parts = plain.split(separator)
    names = [" ".join(drop_others(_AND.sub("", part.strip(), count=1)).split()) for part in (parts[:-1] if colon else parts)]
    return tuple(name for name in names if name and not names_nobody(name)), not colon


def find_separator(line: str) -> str | None:
    """Return what stands between the authors of a line that does not say it, or None when that is
    not certain.

    >>> lines = ("Lee, Ann; Chen, Bo", "Ann Lee, Bo Chen", "Lee, Ann", "Lee, Ann, Bo")
    >>> tuple(find_separator(line) for line in lines)
    (';', ',', ';', None)
    """
    for separator in (";", "\n"):
        if separator in line:
            return separator
    parts = [_AND.sub("", part.strip(), count=1) for part in line.split(",")]
    if all(len(part.split()) > 1 or not drop_others(part) for part in parts):
        return ","
    # Surname and given name of one person.
    return ";" if len(parts) <= 2 else None


def find_doi(value: str) -> str | None:
    """Return the DOI of a cell, in lower case, without what stands before it.

    >>> find_doi("https://doi.org/10.1000/ABC.1"), find_doi("doi:10.1000/182"), find_doi("none")
    ('10.1000/abc.1', '10.1000/182', None)
    """
    match = _DOI.fullmatch(value.strip())
    return match["doi"].lower() if match else None


def find_year(value: str) -> str | None:
    """Return the only year that a cell holds.

    >>> find_year("2025-01-29"), find_year("2024 or 2025")
    ('2025', None)
    """
    years = set(_YEAR.findall(value))
    return years.pop() if len(years) == 1 else None


def is_day(value: str) -> bool:
    """Tell whether a cell is a day such as 2026-02-23."""
    if not _DAY.match(value):
        return False
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return False
    return True


def name_agent(value: str, *, known: dict[str, str], kind: str = "") -> Agent:
    """Who assigned a code. An address is never published: what the mapping calls it is, or else its
    host only.

    >>> name_agent("ann@example.org", known={}).name
    'an address at example.org'
    >>> name_agent("ann@example.org", known={"ann@example.org": "Ann Lee"})
    Agent(key='agent/ann-lee', name='Ann Lee', kind='')
    """
    name = known.get(value, value)
    digest = hashlib.sha256(value.encode()).hexdigest()[:8]
    mail = _MAIL.match(name)
    if mail:
        return Agent(f"agent/address-{digest}", f"an address at {mail['host']}", kind)
    # One word may be anybody's name, or that of a program: it stays apart from the authors of
    # documents.
    path = "agent" if len(name.split()) > 1 else "agent/classifier"
    return Agent(f"{path}/{slugify(name) or f'name-{digest}'}", " ".join(name.split()), kind)
