"""Values of a workbook's cells → text: numbers as their format shows them, days as ISO 8601.

Source:
    ECMA-376-1, 18.8.30 (built-in number formats), 18.17.4.1 (dates) and 22.9.2.19 (escapes).
"""

import datetime
import re
from decimal import Decimal
from math import isfinite

from airm_graph.frozen import frozen

__all__ = ["GENERAL", "NumberFormat", "format_number", "read_format", "unescape"]

_BUILTIN = {
    1: "0",
    2: "0.00",
    **dict.fromkeys((3, 37, 38), "#,##0"),
    **dict.fromkeys((4, 39, 40), "#,##0.00"),
    # From 27 to 36 and from 50 to 58 those of East Asia.
    **dict.fromkeys((*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), "hh:mm:ss"),
    22: "yyyy-mm-dd hh:mm",
    46: "[h]:mm:ss",
}
# Texts in quotes, escaped and padding characters, and brackets that say colour, locale or
# condition.
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_FIXED = re.compile(r"(?:#,##)?(#?0+|0*(?=\.))(?:\.(0+))?")
_INTEGER = re.compile(r"-?\d{1,15}")
_DECIMAL = re.compile(r"(-?)(\d+)(?:\.(\d+))?")
_EXACT = 1e15  # beyond, a binary number does not hold every integer
_LAST_DAY = 2_958_465  # 9999-12-31
_LEAP_DAY = 60  # 1900-02-29, which never was
_SECONDS = 86_400
# A character that XML cannot hold, as Excel writes it.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")


@frozen
class NumberFormat:
    """How a cell shows its number.

    Attributes:
        kind: ``number``, ``day`` (also with a time), ``time`` or ``elapsed``.
        integers, decimals: Digits that are shown at least; None for as many as there are.
    """

    kind: str = "number"
    integers: int = 0
    decimals: int | None = None


GENERAL = NumberFormat()


def read_format(number: int, code: str | None) -> NumberFormat:
    r"""Read a number format by its number and, where a workbook has its own, its code.

    >>> read_format(164, "0.00").decimals, read_format(164, 'd" of "mmm').kind, read_format(46, None).kind
    (2, 'day', 'elapsed')
    >>> read_format(164, r'#,##0.00\ "yds"').kind
    'number'
    """  # noqa: W505
    shown = _ASIDE.sub("", _BUILTIN.get(number, "") if code is None else code).partition(";")[0].strip()
    if _ELAPSED.search(shown):
        return NumberFormat("elapsed")
    letters = set(re.sub(r"general|e[+-]", "", shown.lower())) & set("dmyhs")
    if letters:
        return NumberFormat("day" if letters & set("dy") or letters == {"m"} else "time")
    fixed = _FIXED.fullmatch(shown)
    return NumberFormat("number", fixed[1].count("0"), len(fixed[2] or "")) if fixed else GENERAL


def format_number(value: str, form: NumberFormat, *, is_1904: bool = False) -> tuple[str, bool]:
    """Write a number as text.

    Args:
        value: As the workbook stores it.
        form: How the cell shows it.
        is_1904: Whether day 0 is 1904-01-01.

    Returns:
        The text, and whether zeros at its end may be lost.

    >>> format_number("1.1", GENERAL), format_number("1.1", read_format(2, None))
    (('1.1', True), ('1.10', False))
    >>> format_number("45686", read_format(14, None))
    ('2025-01-29', False)
    """
    if form.kind != "number":
        try:
            return _format_time(Decimal(value), form.kind, is_1904=is_1904), False
        except ArithmeticError:  # no number, or a day that no calendar has
            form = GENERAL
    text = _shortest(value)
    found = _DECIMAL.fullmatch(text)
    if not found:
        return text, False
    sign, whole, fraction = found[1], found[2], found[3] or ""
    if form.decimals is None:
        return text, bool(fraction)
    shown = fraction.ljust(form.decimals, "0")
    return f"{sign}{whole.zfill(form.integers)}" + (f".{shown}" if shown else ""), bool(fraction) and not form.decimals


def _shortest(value: str) -> str:
    """Write the shortest number that is stored so; 17 digits tell how computers count."""
    if _INTEGER.fullmatch(value):
        return str(int(value))
    try:
        number = float(value)
    except ValueError:
        return value
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f") if 1e-7 <= abs(number) < _EXACT else text if isfinite(number) else value


def _format_time(number: Decimal, kind: str, *, is_1904: bool) -> str:
    """Write a day, a time or both, to the second."""
    if not 0 <= number <= _LAST_DAY + 1:
        raise OverflowError
    day, second = divmod(int((number * _SECONDS).to_integral_value()), _SECONDS)
    minutes = f"{second // 60 % 60:02}:{second % 60:02}"
    if kind == "elapsed":
        return f"{24 * day + second // 3600}:{minutes}"
    time = f"{second // 3600:02}:{minutes}"
    if not day:
        return time
    first = datetime.date(1904, 1, 1) if is_1904 else datetime.date(1899, 12, 31 if day < _LEAP_DAY else 30)
    text = "1900-02-29" if day == _LEAP_DAY and not is_1904 else (first + datetime.timedelta(days=day)).isoformat()
    return f"{text}T{time}" if second else text


def unescape(text: str) -> str:
    r"""Take out escapes, and give lines LF ends; half of a character becomes U+FFFD.

    >>> unescape("_x0041__x000D__xD83D__xDE00_")
    'A\n😀'
    """
    if "_x" in text:
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        # Two halves make one.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if _SURROGATE.search(text) else text
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
