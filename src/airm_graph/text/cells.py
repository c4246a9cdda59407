"""Cells as a spreadsheet shows them and does not run, and the way back; cells that say nothing."""

import json
import re

__all__ = ["ERRORS", "PLACEHOLDERS", "escape_cell", "escape_formula", "read_cell", "unescape_cell"]

#: What a spreadsheet shows for a formula that failed.
ERRORS = frozenset({"#ref!", "#n/a", "#value!", "#name?", "#div/0!", "#num!", "#null!", "#spill!", "#calc!"})
#: Whole cells, in lower case, that say that nothing stands there.
PLACEHOLDERS = frozenset({*ERRORS, "null", "none", "nan", "n/a", "na", "tbd", "tba", "-", "--", "–", "—"})
_LONGEST = max(map(len, PLACEHOLDERS))

# What makes a spreadsheet take a cell for a formula, also in the full width that some programs
# fold.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_MARK = "json:"
# What a CSV file cannot carry, or what its readers take for a line end.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")


def read_cell(cell: str) -> str:
    """The cell without white space around it; nothing where it only holds the place.

    >>> read_cell(" a "), read_cell("N/A"), read_cell("#REF!")
    ('a', '', '')
    """
    bare = cell.strip()
    return "" if len(bare) <= _LONGEST and bare.lower() in PLACEHOLDERS else bare


def _would_run(cell: str) -> bool:
    return cell.lstrip(" \0\v\f\xa0\u200b\ufeff").startswith(_FORMULA)


def escape_formula(cell: str) -> str:
    """Put an apostrophe in front of a cell that a spreadsheet would take for a formula.

    >>> escape_formula("=1+1"), escape_formula("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if _would_run(cell) else cell


def escape_cell(cell: str) -> str:
    r"""Escape a cell so that :func:`unescape_cell` gives it back as it was, whatever is in it.

    What already stands behind apostrophes gets one more; what CSV cannot carry is written as a
    string of JSON.

    >>> escape_cell("=1+1"), escape_cell("'=1+1"), escape_cell("bell\x07")
    ("'=1+1", "''=1+1", 'json:"bell\\u0007"')
    """
    if cell.startswith(_MARK) or _UNWRITABLE.search(cell):
        return _MARK + json.dumps(cell)
    return f"'{cell}" if _would_run(cell.lstrip("'")) else cell


def unescape_cell(cell: str) -> str:
    """Return the cell that :func:`escape_cell` was given; a cell that it never wrote stays as it
    is.

    >>> unescape_cell("'=1+1"), unescape_cell("'quoted'"), unescape_cell("json:none")
    ('=1+1', "'quoted'", 'json:none')
    """
    if cell.startswith(_MARK):
        try:
            read = json.loads(cell.removeprefix(_MARK))
        except ValueError:
            return cell
        return read if isinstance(read, str) else cell
    return cell[1:] if cell.startswith("'") and _would_run(cell.lstrip("'")) else cell
