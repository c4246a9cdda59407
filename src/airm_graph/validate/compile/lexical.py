"""Lexical forms in SQL: which are well formed, and what their values are compared by.

Source:
    XML Schema Definition Language 1.1, part 2; SPARQL 1.1, 17.3 (operators). White space around
    numbers is let pass.
"""

import re

from airm_graph.graph import quote
from airm_graph.namespaces import PREFIXES
from airm_graph.validate.compile.shapes_graph import NotCompiledError

__all__ = [
    "KEYS",
    "ORDERED",
    "PARTIAL_DATES",
    "STRINGS",
    "compare_partial_dates",
    "count_days",
    "count_offset",
    "find_form",
    "has_long_year",
    "is_comparable",
    "key_partial_date",
    "list_forms",
    "well_formed",
]

_XSD = PREFIXES["xsd"]
_ZONE = r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = r"-?([1-9][0-9]{3,}|0[0-9]{3})"
_LEAP_YEAR = r"-?[0-9]*([0-9]([2468][048]|[13579][26]|0[48])|([02468][048]|[13579][26])00)"
_DAY = r"((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_DATE = rf"({_YEAR}-{_DAY}|{_LEAP_YEAR}-02-29)"
_CLOCK = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_DAYS = r"[0-9]+D"
_TIMES = r"T([0-9]+H([0-9]+M)?([0-9]+(\.[0-9]+)?S)?|[0-9]+M([0-9]+(\.[0-9]+)?S)?|[0-9]+(\.[0-9]+)?S)"
_MONTHS = r"([0-9]+Y([0-9]+M)?|[0-9]+M)"
_DAY_TIME = rf"({_DAYS}({_TIMES})?|{_TIMES})"
_INTEGER = r"[+-]?[0-9]+"
_FORMS = {
    "boolean": r"true|false|1|0",
    "date": _DATE + _ZONE,
    "dateTime": f"{_DATE}T{_CLOCK}{_ZONE}",
    "dayTimeDuration": f"-?P{_DAY_TIME}",
    "decimal": r"\s*[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)\s*",
    "double": r"\s*([+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?INF|NaN)\s*",
    "duration": f"-?P({_MONTHS}({_DAY_TIME})?|{_DAY_TIME})",
    "hexBinary": r"([0-9a-fA-F]{2})*",
    "integer": rf"\s*{_INTEGER}\s*",
    "negativeInteger": r"\s*-0*[1-9][0-9]*\s*",
    "nonNegativeInteger": r"\s*(\+?[0-9]+|-0+)\s*",
    "nonPositiveInteger": r"\s*(-[0-9]+|\+?0+)\s*",
    "positiveInteger": r"\s*\+?0*[1-9][0-9]*\s*",
    "time": _CLOCK + _ZONE,
    "yearMonthDuration": f"-?P{_MONTHS}",
}
_FORMS["float"] = _FORMS["double"]
_MONTH, _DAY_OF_MONTH = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
#: Forms of parts of dates; what is taken from them, and what stands before and behind it in the
#: moment that such a part begins.
PARTIAL_DATES = {
    "gDay": (f"---{_DAY_OF_MONTH}{_ZONE}", "^---([0-9]{2})", "1972-12-", "T00:00:00"),
    "gMonth": (f"--{_MONTH}{_ZONE}", "^--([0-9]{2})", "1972-", "-01T00:00:00"),
    "gMonthDay": (f"--{_DAY}{_ZONE}|--02-29{_ZONE}", "^--([0-9]{2}-[0-9]{2})", "1972-", "T00:00:00"),
    "gYear": (f"{_YEAR}{_ZONE}", "^(-?[0-9]{4,})", "", "-01-01T00:00:00"),
    "gYearMonth": (f"{_YEAR}-{_MONTH}{_ZONE}", "^(-?[0-9]{4,}-[0-9]{2})", "", "-01T00:00:00"),
}
#: Datatypes with a year, and years that are too long to be counted with.
_WITH_YEAR, _LONG_YEAR = ("date", "dateTime", "gYear", "gYearMonth"), re.compile("-?[0-9]{10}")
_BOUNDS = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-(2**7), 2**7 - 1),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 2**8 - 1),
}


def _write_up_to(most: int) -> str:
    """Write a regular expression of the numbers up to *most*, without zeros in front but of 0."""
    digits = str(most)
    found = [f"[0-9]{{1,{len(digits) - 1}}}"] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        least = 0 if place or len(digits) == 1 else 1
        if int(digit) > least:
            found.append(f"{digits[:place]}[{least}-{int(digit) - 1}]{'[0-9]' * (len(digits) - place - 1)}")
    return "|".join((*found, digits))


def _write_range(low: int, high: int) -> str:
    """Write a regular expression of the numbers from *low*, at most 0, to *high*."""
    below = rf"-0*({_write_up_to(-low)})" if low else "-0+"
    return rf"\s*(\+?0*({_write_up_to(high)})|{below})\s*"


_FORMS |= {name: _write_range(*bounds) for name, bounds in _BOUNDS.items()}
_INTEGERS = ("integer", "negativeInteger", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger", *_BOUNDS)
_UNKNOWN_FORMS = frozenset((_XSD + "base64Binary", PREFIXES["rdf"] + "XMLLiteral", PREFIXES["rdfs"] + "Datatype"))
#: Datatypes whose values are their lexical forms.
STRINGS = (_XSD + "string", PREFIXES["rdf"] + "langString", *(_XSD + name for name in ("anyURI", "language", "normalizedString", "token")))


def _matches(form: str) -> str:
    return f"regexp_matches(lexical, {quote(_make_whole(form))})"


def _make_whole(form: str) -> str:
    return f"^({form})$"


def well_formed(datatype: str) -> str:
    """Write a condition on ``lexical``: it is in the lexical space of *datatype*.

    It is empty where every form is taken.

    Raises:
        NotCompiledError: Only pyshacl reads the datatype.
    """
    if datatype in _UNKNOWN_FORMS:
        raise NotCompiledError(f"lexical forms of {datatype}")
    name = datatype.removeprefix(_XSD) if datatype.startswith(_XSD) else ""
    return _matches(_FORMS[name]) if name in _FORMS else ""


def list_forms() -> frozenset[str]:
    """List the regular expressions that `well_formed` writes."""
    return frozenset(map(_make_whole, _FORMS.values()))


def is_comparable(lexical: str, *, datatype: str) -> bool:
    """Tell whether `KEYS` knows the value of a literal.

    >>> is_comparable("12", datatype="http://www.w3.org/2001/XMLSchema#integer")
    True
    """
    name = datatype.removeprefix(_XSD)
    return (
        (name in ORDERED or name in PARTIAL_DATES)
        and re.fullmatch(find_form(name), lexical) is not None
        and not has_long_year(lexical, name=name)
    )


def has_long_year(lexical: str, *, name: str) -> bool:
    """Tell whether a date, or a part of one, has no place in `KEYS` for the digits of its year."""
    return name in _WITH_YEAR and _LONG_YEAR.match(lexical) is not None


def find_form(name: str) -> str:
    """Find the regular expression of the lexical forms that have a place in `KEYS`, of a datatype
    of XML Schema by its local name.
    """
    return PARTIAL_DATES[name][0] if name in PARTIAL_DATES else _FORMS["integer" if name in _INTEGERS else name]


def compare_partial_dates(one: str, other: str, *, name: str) -> int:
    """Compare two parts of dates: -1, 0 or 1.

    Raises:
        TypeError: One is ill-formed, or one alone has a time zone.

    >>> compare_partial_dates("2024", "2000", name="gYear")
    1
    """
    keys = [key_partial_date(lexical, name=name) for lexical in (one, other)]
    if keys[0][0] != keys[1][0]:
        raise TypeError("with and without a time zone do not compare")
    return (keys[0][1] > keys[1][1]) - (keys[0][1] < keys[1][1])


def key_partial_date(lexical: str, *, name: str) -> tuple[bool, int]:
    """Tell whether a part of a date has a time zone, and the seconds from 1970-01-01 to its begin.

    Raises:
        TypeError: It is ill-formed.
    """
    form, taken, before, behind = PARTIAL_DATES[name]
    found = re.match(taken, lexical)
    if found is None or not re.fullmatch(form, lexical):
        raise TypeError(f"{lexical} is no {name}")
    year, month, day = map(int, re.findall(r"(?:^-)?[0-9]+", (before + found[1] + behind).partition("T")[0]))
    zone = re.search(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$", lexical[found.end() :])
    return zone is not None, count_days(year, month, day) * 86400 - count_offset(zone[0] if zone else "")


def count_offset(zone: str) -> int:
    """Count the seconds by which a time zone is ahead of UTC; none for ``Z`` and where there is no
    zone.

    >>> count_offset("+05:30"), count_offset("-01:00"), count_offset("Z")
    (19800, -3600, 0)
    """
    return 0 if zone in ("", "Z") else (int(zone[1:3]) * 60 + int(zone[4:])) * (-60 if zone[0] == "-" else 60)


def count_days(year: int, month: int, day: int) -> int:
    """Count the days since 1970-01-01, as `KEYS` does.

    >>> count_days(1970, 1, 1), count_days(2000, 3, 1)
    (0, 11017)
    """
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 719469


#: Datatypes, beside parts of dates, that have an order.
ORDERED = (*_INTEGERS, "decimal", "double", "float", "boolean", "date", "dateTime", "time")


def _datatypes(*names: str) -> str:
    return ", ".join(quote(_XSD + name) for name in names)


def _part(pattern: str, group: int, *, default: str = "") -> str:
    part = f"regexp_extract(lexical, {quote(pattern)}, {group})"
    return f"COALESCE(NULLIF({part}, ''), {quote(default)})" if default else part


_STAMP = r"^(?:(-?[0-9]+)-([0-9]{2})-([0-9]{2}))?T?(?:([0-9]{2}):([0-9]{2}):([0-9]{2}(?:[.][0-9]+)?))?(?:Z|([+-])([0-9]{2}):([0-9]{2}))?$"


def _moment(name: str) -> str:
    """Write SQL for the moment that a part of a date begins at."""
    _, taken, before, behind = PARTIAL_DATES[name]
    zone = "regexp_extract(lexical, '(Z|[+-][0-9]{2}:[0-9]{2})$', 1)"
    # The month of a year and month is no zone: the part that is taken is longer than what stands
    # before a zone.
    rest = f"CASE WHEN regexp_matches(lexical, {quote(taken + '$')}) THEN '' ELSE {zone} END"
    return f"concat({quote(before)}, regexp_extract(lexical, {quote(taken)}, 1), {quote(behind)}, {rest})"


_PARTS = " ".join(f"WHEN datatype = {_datatypes(name)} THEN {_moment(name)}" for name in PARTIAL_DATES)
_IS_PART = " OR ".join(f"(datatype = {_datatypes(name)} AND {_matches(PARTIAL_DATES[name][0])})" for name in PARTIAL_DATES)
#: Days since 1970-01-01 of the proleptic Gregorian calendar, counted from March so that a leap day
#: ends its year.
_TEMPORAL = f"""
SELECT id, space, NULL AS rough,
  CAST(FLOOR(y / 400) * 146097 + (y - FLOOR(y / 400) * 400) * 365 + FLOOR((y - FLOOR(y / 400) * 400) / 4)
    - FLOOR((y - FLOOR(y / 400) * 400) / 100) + FLOOR((153 * m + 2) / 5) + d - 719469 AS DECIMAL(18, 0)) * 86400
    + CAST(clock AS DECIMAL(28, 9)) AS exact
FROM (
  SELECT id, space, d, clock,
    CASE WHEN month > 2 THEN year ELSE year - 1 END AS y, CASE WHEN month > 2 THEN month - 3 ELSE month + 9 END AS m
  FROM (
    SELECT id,
      CASE WHEN datatype = {_datatypes("date")} THEN 'date' WHEN regexp_matches(lexical, '(Z|[+-][0-9]{{2}}:[0-9]{{2}})$')
        THEN datatype || '+' ELSE datatype END AS space,
      CAST({_part(_STAMP, 1, default="1970")} AS BIGINT) AS year, CAST({_part(_STAMP, 2, default="01")} AS BIGINT) AS month,
      CAST({_part(_STAMP, 3, default="01")} AS BIGINT) AS d,
      CASE WHEN datatype = {_datatypes("date")} THEN 0 ELSE
      CAST({_part(_STAMP, 4, default="0")} AS DECIMAL(18, 9)) * 3600 + CAST({_part(_STAMP, 5, default="0")} AS DECIMAL(18, 9)) * 60
        + CAST({_part(_STAMP, 6, default="0")} AS DECIMAL(18, 9))
        - CASE WHEN {_part(_STAMP, 7)} = '-' THEN -60 ELSE 60 END * (CAST({_part(_STAMP, 8, default="0")} AS DECIMAL(18, 0)) * 60
        + CAST({_part(_STAMP, 9, default="0")} AS DECIMAL(18, 0))) END AS clock
    FROM (SELECT id, datatype, CASE {_PARTS} ELSE lexical END AS lexical FROM terms
    WHERE {_IS_PART} OR (datatype = {_datatypes("date")} AND {_matches(_FORMS["date"])})
      OR (datatype = {_datatypes("dateTime")} AND {_matches(_FORMS["dateTime"])})
      OR (datatype = {_datatypes("time")} AND {_matches(_FORMS["time"])})) AS stamps
    WHERE NOT regexp_matches(lexical, '^{_LONG_YEAR.pattern}')
  ) AS parts
) AS shifted"""
_SMALL = r"\s*[+-]?[0-9]{0,20}(\.[0-9]{0,18})?\s*"
_BARE = "regexp_replace(lexical, '[[:space:]]', '', 'g')"
_NUMBERS = f"""
SELECT id, 'number' AS space,
  CASE WHEN NOT regexp_matches(lexical, 'NaN') THEN TRY_CAST({_BARE} AS DOUBLE) END AS rough,
  CASE WHEN datatype NOT IN ({_datatypes("double", "float")}) AND {_matches(_SMALL)} THEN TRY_CAST({_BARE} AS DECIMAL(38, 18)) END AS exact
FROM terms
WHERE (datatype IN ({_datatypes(*_INTEGERS)}) AND {_matches(_FORMS["integer"])})
  OR (datatype = {_datatypes("decimal")} AND {_matches(_FORMS["decimal"])})
  OR (datatype IN ({_datatypes("double", "float")}) AND {_matches(_FORMS["double"])})"""
_BOOLEANS = f"""
SELECT id, 'boolean' AS space, CAST(NULL AS DOUBLE) AS rough, CASE WHEN lexical IN ('true', '1') THEN 1 ELSE 0 END AS exact
FROM terms WHERE datatype = {_datatypes("boolean")} AND {_matches(_FORMS["boolean"])}"""

#: SQL that makes the table ``keys``: of each literal that has an order, the space it is comparable
#: in, and its place there, exactly (as a decimal: number, or seconds) or, for floating point and
#: numbers of many digits, roughly.
KEYS = f"""
SELECT id, space, CAST(exact AS DECIMAL(38, 18)) AS exact, CAST(rough AS DOUBLE) AS rough FROM (
SELECT id, space, exact, rough FROM ({_NUMBERS}) AS numbers
UNION ALL SELECT id, space, exact, rough FROM ({_BOOLEANS}) AS booleans
UNION ALL SELECT id, space, exact, rough FROM ({_TEMPORAL}) AS temporal
) AS found"""
