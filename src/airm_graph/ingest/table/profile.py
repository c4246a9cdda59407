"""What the values of a column look like: the shares of codes, addresses, years, terms and names among them."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from airm_graph.ingest.sidecar import is_web_address
from airm_graph.ingest.table.names import find_doi, is_day
from airm_graph.ingest.table.read import Table
from airm_graph.ingest.table.values import find_term, split_cell, split_code
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import normalise

__all__ = ["EDITIONS", "SEPARATORS", "Profile", "profile_columns", "share"]

EDITIONS = ("v1", "v2")
#: What may stand between several values of one cell.
SEPARATORS = (";", "|", ",", "/")
#: So many rows tell what a column is; the rest of a large table is not looked at.
_MOST = 5_000
_YEAR = re.compile(r"(?:19|20)\d\d")
_NAME = re.compile(r"[^\W\d_][^\d;:!?()\[\]{}]*")


@dataclass(frozen=True, slots=True)
class Profile:
    """One column of a table.

    Attributes:
        values: Those that are not empty, in their order.
        rows: How many rows were looked at.
    """

    header: str
    values: tuple[str, ...]
    rows: int

    @property
    def distinct(self) -> frozenset[str]:
        """Different values."""
        return frozenset(self.values)

    @property
    def unique(self) -> float:
        """Share of different values among all."""
        return len(self.distinct) / len(self.values) if self.values else 0.0

    @property
    def length(self) -> float:
        """Mean length of a value in characters."""
        return sum(map(len, self.values)) / len(self.values) if self.values else 0.0

    def share(self, test: Callable[[str], bool]) -> float:
        """Share of values that pass a test."""
        return share(self.values, test)

    def codes(self, edition: str, separator: str = ";") -> float:
        """Share of codes of an edition, with their own label or none, among all that cells hold."""
        return share(self.parts(separator), lambda part: _is_code(part, edition))

    def parts(self, separator: str) -> list[str]:
        """What cells with several values hold."""
        return [part for value in self.values for part in split_cell(value, separator)]

    def labels(self, edition: str) -> float:
        """Share of values that are labels of codes of an edition."""
        known = {normalise(label) for label in load_taxonomy(edition).labels()}
        return self.share(lambda value: normalise(value) in known)

    def terms(self, vocabulary: str, separator: str = ";") -> float:
        """Share of terms of a vocabulary among all that cells hold."""
        return share(self.parts(separator), lambda part: find_term(part, vocabulary) is not None)

    def addresses(self) -> float:
        """Share of values that are addresses of the web."""
        return self.share(is_web_address)

    def dois(self) -> float:
        """Share of values that are DOIs."""
        return self.share(lambda value: find_doi(value) is not None)

    def years(self) -> float:
        """Share of values that are a year or a day."""
        return self.share(lambda value: bool(_YEAR.fullmatch(value)) or is_day(value))

    def days(self) -> float:
        """Share of values that are a day."""
        return self.share(is_day)

    def people(self) -> float:
        """Share of values that read like lists of names."""
        return self.share(lambda value: bool(_NAME.fullmatch(value)) and _is_capital(value) and not value.rstrip().endswith("."))


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
