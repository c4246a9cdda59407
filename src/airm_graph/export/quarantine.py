"""The rows of tables that cannot be used, as CSV that a spreadsheet shows and does not run."""

import csv
import io
from collections import Counter
from collections.abc import Iterable

from airm_graph.model import Rejected
from airm_graph.text import escape_formula

__all__ = ["write_quarantine"]

_COLUMNS = ("rule", "file", "row", "column", "reason")


def write_quarantine(rejected: Iterable[Rejected]) -> str:
    r"""Write a header and one row for each row that was set aside: why, then its cells below the
    headers of their own tables.

    >>> write_quarantine([]).strip()
    'rule,file,row,column,reason'
    """
    entries = list(rejected)
    headers = list(dict.fromkeys(name for entry in entries for name in _headers(entry)))
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")  # RFC 4180
    writer.writerow([escape_formula(cell) for cell in (*_COLUMNS, *(name for name, _ in headers))])
    for entry in entries:
        cells = dict(zip(_headers(entry), entry.cells, strict=False))
        location = (entry.rule, entry.location.file, str(entry.location.row or ""), entry.location.column, entry.reason)
        writer.writerow([escape_formula(cell) for cell in (*location, *(cells.get(name, "") for name in headers))])
    return target.getvalue()


def _headers(entry: Rejected) -> list[tuple[str, int]]:
    """Each header with its number among equal ones: a header may be there twice, and a row may have
    more cells than the header.
    """
    seen: Counter[str] = Counter()
    found = []
    for name in (*entry.header, *("" for _ in entry.cells[len(entry.header) :])):
        found.append((name, seen[name]))
        seen[name] += 1
    return found
