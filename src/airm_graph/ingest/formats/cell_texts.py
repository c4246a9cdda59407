"""Values of a workbook's cells → text: numbers as their format shows them, days as ISO 8601.

Source:
    ECMA-376-1, 18.8.30 (number formats) and 22.9.2.19 (escaped characters).
"""

import datetime
import re
from decimal import Decimal
from functools import lru_cache

__all__ = ["format_number", "format_time", "unescape"]

# Texts in quotes, escaped and padding characters, and brackets that say colour, locale or condition.
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_FIXED = re.compile(r"(?:#,##)?(#?0+|0*(?=\.))(?:\.(0+))?")
_INTEGER = re.compile(r"-?\d{1,15}")
_DECIMAL = re.compile(r"(-?)(\d+)(?:\.(\d+))?")
_EXACT = 1e15  # beyond, a binary number does not hold every integer
# A character that XML cannot hold, as Excel writes it.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")


def format_number(value: str, code: str) -> tuple[str, bool]:
    """Write a number as text.

    Args:
        value: As the workbook stores it.
        code: Number format of its cell.

    Returns:
        The text, and whether zeros at its end may be lost.

    >>> format_number("1.1", "General"), format_number("1.1", "0.00"), format_number("7", "000")
    (('1.1', True), ('1.10', False), ('007', False))
    """
    text = _shortest(value)
    found = _DECIMAL.fullmatch(text)
    if not found:
        return text, False
    sign, whole, fraction = found[1], found[2], found[3] or ""
    integers, decimals = _read_digits(code)
    if decimals is None:
        return text, bool(fraction)
    shown = fraction.ljust(decimals, "0")
    return f"{sign}{whole.zfill(integers)}" + (f".{shown}" if shown else ""), bool(fraction) and not decimals


@lru_cache(maxsize=1_000)
def _read_digits(code: str) -> tuple[int, int | None]:
    """Read how many digits a format shows at least, before and behind the point; None for any."""
    fixed = _FIXED.fullmatch(_ASIDE.sub("", code).partition(";")[0].strip())
    return (fixed[1].count("0"), len(fixed[2] or "")) if fixed else (0, None)


def _shortest(value: str) -> str:
    """Write the shortest number that is stored so; 17 digits tell how computers count."""
    if _INTEGER.fullmatch(value):
        return str(int(value))
    number = float(value)
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    text = repr(number)
    return format(Decimal(text), "f") if 1e-7 <= abs(number) < _EXACT else text


def format_time(value: datetime.date | datetime.time | datetime.timedelta) -> str:
    """Write a day, a time, both or a duration, to the second.

    >>> format_time(datetime.datetime(2026, 2, 28)), format_time(datetime.timedelta(hours=42))
    ('2026-02-28', '42:00:00')
    """
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, datetime.datetime):
        value = (value + datetime.timedelta(milliseconds=500)).replace(microsecond=0)
        return value.isoformat().removesuffix("T00:00:00")
    return value.isoformat("seconds") if isinstance(value, datetime.time) else value.isoformat()


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
