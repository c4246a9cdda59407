"""Days in other forms than 2026-11-21 that can only be read in one way."""

import datetime
import re

__all__ = ["fix_date"]

_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
# Year first, or the month in words: what stands between day and month cannot be mistaken.
# 02/11/2026 can.
_YEAR_FIRST = re.compile(r"(\d{4})[./ ](\d{1,2})[./ ](\d{1,2})")
_IN_WORDS = re.compile(r"(?:(\d{1,2})\.? +([A-Za-z]{3,9})\.?,?|([A-Za-z]{3,9})\.? +(\d{1,2}),) +(\d{4})")


def fix_date(value: str) -> str:
    """Write a day as year, month and day; what is no day, or could be two, stays as it is.

    >>> fix_date("2 November 2026"), fix_date("02/11/2026")
    ('2026-11-02', '02/11/2026')
    """
    if match := _YEAR_FIRST.fullmatch(value):
        year, month, day = match.groups()
    elif match := _IN_WORDS.fullmatch(value):
        word = (match[2] or match[3]).lower()
        months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
        if len(months) != 1:
            return value
        year, month, day = match[5], str(months[0]), match[1] or match[4]
    else:
        return value
    written = f"{year}-{int(month):02}-{int(day):02}"
    try:
        return datetime.date.fromisoformat(written).isoformat()
    except ValueError:
        return value
