"""The lines that rows of large tables take in their files."""

from collections.abc import Iterable, Sequence

from airm_graph.bulk.intake import Sheet
from airm_graph.columns import TripleTable

__all__ = ["find_lines"]


def find_lines(places: Iterable[tuple[str, int]], *, sheets: Sequence[Sheet], table: TripleTable) -> dict[tuple[str, int], tuple[int, int]]:
    """First and last line of some rows, by file and row; those of other files are left out."""
    wanted = sorted(set(places))
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for sheet in sheets:
        file = sheet.scan.file
        table.load_numbers("wanted", [row for name, row in wanted if name == file])
        lines = table.execute(f"SELECT number, first, last FROM {sheet.rows} WHERE number IN (SELECT number FROM wanted)")  # noqa: S608
        found |= {(file, number): (first, last) for number, first, last in lines}
    return found
