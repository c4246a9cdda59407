"""Cells that a spreadsheet shows and does not run."""

__all__ = ["defuse_cell"]

# What makes a spreadsheet take a cell for a formula, also in the full width that some programs fold.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def defuse_cell(cell: str) -> str:
    """Put an apostrophe in front of a cell that a spreadsheet would take for a formula.

    >>> defuse_cell("=1+1"), defuse_cell("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{cell}" if cell.lstrip(" \0\v\f\xa0\u200b\ufeff").startswith(_FORMULA) else cell
