"""What the values of a column look like: the shares of codes, addresses, years, terms and names
among them.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from airm_graph.ingest.captures.sidecar import is_web_address
from airm_graph.ingest.formats import Table
from airm_graph.ingest.tables.names import find_doi, is_day
from airm_graph.ingest.tables.values import find_term, split_cell, split_code
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import normalise

__all__ = ["EDITIONS", "SEPARATORS", "Profile", "profile_columns", "share"]

EDITIONS = ("v1", "v2")
#: What may stand between several values of one cell.
SEPARATORS = (";", "|", ",", "/")
#: So many rows tell what a column is; the rest of a large table is not looked at.
_MOST = 5_000
#: Longer values, in the mean, are prose: several codes with their labels have half of it.
_LONGEST = 200
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME = re.compile(r"[^\W\d_][^\d;:!?()\[\]{}]*")


@dataclass(frozen=True, eq=False)
class Profile:
    """One column of a table; each share is counted once, however often it is asked for.

    Attributes:
        values: Those that are not empty, in their order.
        rows: How many rows were looked at.
    """

    header: str
    values: tuple[str, ...]
    rows: int
    _shares: dict[tuple[str, ...], float] = field(default_factory=dict, repr=False)
    _parts: dict[str, list[str]] = field(default_factory=dict, repr=False)

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Different values."""
        return frozenset(self.values)

    @property
    def unique(self) -> float:
        """Share of different values among all."""
        return len(self.distinct) / len(self.values) if self.values else 0.0

    @property
    def is_key(self) -> bool:
        """Whether every row has a value, and each another one."""
        return len(self.distinct) == self.rows > 0

    @cached_property
    def length(self) -> float:
        """Mean length of a value in characters."""
        return sum(map(len, self.values)) / len(self.values) if self.values else 0.0

    def share(self, key: tuple[str, ...], test: Callable[[str], bool]) -> float:
        """Share of values that pass a test, which *key* names."""
        if key not in self._shares:
            counts = Counter(self.values)
            passed = sum(count for value, count in counts.items() if test(value))
            self._shares[key] = passed / len(self.values) if self.values else 0.0
        return self._shares[key]

    def codes(self, edition: str, separator: str = ";") -> float:
        """Share of codes of an edition, with their own label or none, among all that cells hold."""
        return self._share_of_parts(("code", edition, separator), separator, lambda part: _is_code(part, edition))

    def terms(self, vocabulary: str, separator: str = ";") -> float:
        """Share of terms of a vocabulary among all that cells hold."""
        return self._share_of_parts((vocabulary, separator), separator, lambda part: find_term(part, vocabulary) is not None)

    def _share_of_parts(self, key: tuple[str, ...], separator: str, test: Callable[[str], bool]) -> float:
        if self.length > _LONGEST:
            return 0.0
        if key not in self._shares:
            self._shares[key] = share(self.parts(separator), test)
        return self._shares[key]

    def parts(self, separator: str) -> list[str]:
        """Return what cells with several values hold."""
        if separator not in self._parts:
            self._parts[separator] = [part for value in self.values for part in split_cell(value, separator)]
        return self._parts[separator]

    def labels(self, edition: str) -> float:
        """Share of values that are labels of codes of an edition."""
        known = {normalise(label) for label in load_taxonomy(edition).labels()}
        return self.share(("label", edition), lambda value: normalise(value) in known)

    def addresses(self) -> float:
        """Share of values that are addresses of the web."""
        return self.share(("address",), is_web_address)

    def dois(self) -> float:
        """Share of values that are DOIs."""
        return self.share(("doi",), lambda value: find_doi(value) is not None)

    def years(self) -> float:
        """Share of values that are a year or a day."""
        return self.share(("year",), lambda value: bool(_YEAR.fullmatch(value)) or is_day(value))

    def days(self) -> float:
        """Share of values that are a day."""
        return self.share(("day",), is_day)

    def people(self) -> float:
        """Share of values that read like lists of names."""
        return self.share(("people",), lambda value: bool(_NAME.fullmatch(value)) and _is_capital(value) and not value.endswith("."))


def profile_columns(table: Table) -> list[Profile]:
    """Look at every column of a table that has a header."""
    rows = [row for row, _ in zip(table.rows, range(_MOST), strict=False)]
    found = []
    for header in dict.fromkeys(name for name in table.header if name):
        values = (table.get(row, header) for row in rows)
        found.append(Profile(header, tuple(value for value in values if value), len(rows)))
    return found


def share(values: Sequence[str], test: Callable[[str], bool]) -> float:
    """Share of *values* that pass; 0 when there are none."""
    return sum(map(test, values)) / len(values) if values else 0.0


def _is_code(value: str, edition: str) -> bool:
    notation, label = split_code(value)
    code = load_taxonomy(edition).codes.get(notation)
    return code is not None and (not label or not code.label or normalise(label) == normalise(code.label))


def _is_capital(value: str) -> bool:
    """Whether most words begin with a capital, as in names."""
    words = [word for word in re.findall(r"[^\W\d_]+", value) if len(word) > 2]
    return not words or _count(words, str.istitle, str.isupper) * 3 >= len(words) * 2


def _count(words: Iterable[str], *tests: Callable[[str], bool]) -> int:
    return sum(any(test(word[0]) for test in tests) for word in words)
