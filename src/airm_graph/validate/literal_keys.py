"""What literals are compared by, for few of them: the table ``keys`` made by Python, as SQLite has
no exact decimals.

Its rows are those of `compile.KEYS`; where that has a decimal, it has a text that sorts as the
decimal does.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from airm_graph.graph import TripleTable, quote
from airm_graph.graph.re2_patterns import compile_pattern
from airm_graph.namespaces import PREFIXES
from airm_graph.validate.compile.lexical import ORDERED, PARTIAL_DATES, count_days, count_offset, find_form, has_long_year, key_partial_date

__all__ = ["key_literal", "make_tables"]

#: Space, exact place (a text), and rough place.
_Key = tuple[str, str | None, float | None]

_XSD = PREFIXES["xsd"]
_COLUMNS = {"id": "BIGINT", "space": "VARCHAR", "exact": "VARCHAR", "rough": "DOUBLE"}
#: Digits behind the point, of seconds and in all, and what is added so that all texts are as long.
_OF_SECONDS, _DIGITS, _ADDED = 9, 18, 5 * 10**40
_SPACES = re.compile("[\t\n\x0b\f\r ]")
_SMALL = re.compile(r"[+-]?([0-9]{0,20})(?:\.([0-9]{0,18}))?")
_STAMP = re.compile(
    r"(?:(-?[0-9]+)-([0-9]{2})-([0-9]{2}))?T?(?:([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def make_tables(prepare: Iterable[tuple[str, str]], *, table: TripleTable, last: str = "") -> None:
    """Make the tables that plans work on, up to the *last* one that is needed."""
    for name, select in prepare:
        if name == "keys" and table.holds_few:
            table.load_records(name, columns=_COLUMNS, records=_list_keys(table))
            table.execute(f"CREATE INDEX {name}_by_id ON {name} (id)")
        else:
            table.materialise(name, select)
        if name == last:
            return


def _list_keys(table: TripleTable) -> Iterator[tuple[Any, ...]]:
    datatypes = ", ".join(quote(_XSD + name) for name in (*ORDERED, *PARTIAL_DATES))
    for number, lexical, datatype in table.execute(f"SELECT id, lexical, datatype FROM terms WHERE datatype IN ({datatypes})"):
        if key := key_literal(lexical, name=datatype.removeprefix(_XSD)):
            yield number, *key


def key_literal(lexical: str, *, name: str) -> _Key | None:
    """Find the place of a literal among others; None where it has none.

    Args:
        lexical: Its lexical form.
        name: Its datatype, without the namespace of XML Schema.

    >>> key_literal("2.50", name="decimal") == key_literal("2.5", name="decimal")
    True
    """
    if not _compile_form(name).search(lexical) or has_long_year(lexical, name=name):
        return None
    if name == "boolean":
        return "boolean", _write_exact(10**_DIGITS * (lexical in ("true", "1"))), None
    if name in PARTIAL_DATES:
        has_zone, seconds = key_partial_date(lexical, name=name)
        return f"{_XSD}{name}{'+' * has_zone}", _write_exact(seconds * 10**_DIGITS), None
    return _key_moment(lexical, name=name) if name in ("date", "dateTime", "time") else _key_number(lexical, name=name)


@cache
def _compile_form(name: str) -> re.Pattern[str]:
    return compile_pattern(f"^({find_form(name)})$")


def _write_exact(number: int) -> str:
    return str(number + _ADDED)


def _key_number(lexical: str, *, name: str) -> _Key:
    bare = _SPACES.sub("", lexical)
    rough = None if "NaN" in bare else float(bare)
    found = _SMALL.fullmatch(bare) if name not in ("double", "float") else None
    if not found:
        return "number", None, rough
    size = int((found[1] or "0") + (found[2] or "").ljust(_DIGITS, "0"))
    return "number", _write_exact(-size if bare[0] == "-" else size), rough


def _key_moment(lexical: str, *, name: str) -> _Key:
    found = _STAMP.fullmatch(lexical)
    if not found:  # what has the form of a moment is one
        raise ValueError(f"{lexical} is no {name}")
    year, month, day = (int(found[place] or default) for place, default in ((1, 1970), (2, 1), (3, 1)))
    days = count_days(year, month, day)
    if name == "date":
        return "date", _write_exact(days * 86400 * 10**_DIGITS), None
    hours, minutes, seconds = (int(found[place] or 0) for place in (4, 5, 6))
    zone, scale = found[8] or "", 10**_OF_SECONDS
    digits = (found[7] or "").ljust(_OF_SECONDS + 1, "0")
    behind = (int(digits[: _OF_SECONDS + 1]) + 5) // 10
    place = (days * 86400 + hours * 3600 + minutes * 60 + seconds - count_offset(zone)) * scale + behind
    return f"{_XSD}{name}{'+' * bool(zone)}", _write_exact(place * 10 ** (_DIGITS - _OF_SECONDS)), None
