"""Where findings on plain rows of large tables stand: the lines of the row, and the column of the value."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from airm_graph.bulk.intake import Sheet
from airm_graph.columns import TripleTable
from airm_graph.model import Finding

__all__ = ["find_lines", "name_columns"]

#: The texts of a plain row, in the order in which one that is said twice is named.
_TEXTS = ("description", "identifier", "name")


def find_lines(places: Iterable[tuple[str, int]], *, sheets: Sequence[Sheet], table: TripleTable) -> dict[tuple[str, int], tuple[int, int]]:
    """First and last line of some rows, by file and row; those of other files are left out."""
    wanted = sorted(set(places))
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for sheet in sheets:
        files = {member.number: member.scan.file for member in sheet.members}
        numbers = {file: number for number, file in files.items()}
        asked = [(numbers[file], row) for file, row in wanted if file in numbers]
        table.load_records("wanted", columns={"sheet": "INTEGER", "number": "INTEGER"}, records=asked)
        same = f"w.number = r.number AND w.sheet = {sheet.of_row}"
        lines = table.execute(f"SELECT w.sheet, r.number, r.first, r.last FROM {sheet.rows} AS r JOIN wanted AS w ON {same}")  # noqa: S608
        found |= {(files[owner], number): (first, last) for owner, number, first, last in lines}
    return found


def name_columns(findings: Sequence[Finding], *, sheets: Sequence[Sheet], table: TripleTable) -> list[Finding]:
    """Name the column of the text that a finding on a plain row speaks of, as ``validate.attested`` does where there are records."""
    wanted = {finding.focus for finding in findings if finding.value.startswith('"')}
    table.load_records("wanted_rows", columns={"m": "VARCHAR"}, records=((focus,) for focus in sorted(wanted)))
    columns: dict[tuple[str, str], str] = {}
    for sheet in sheets:
        select = f"SELECT m, {', '.join(_TEXTS)} FROM plain WHERE {sheet.is_own()} AND m IN (SELECT m FROM wanted_rows)"  # noqa: S608
        for focus, *values in table.execute(select):
            for what, value in zip(_TEXTS, values, strict=True):
                if what in sheet.columns.columns:
                    columns.setdefault((focus, value), sheet.columns.columns[what])
    return [_name_column(finding, columns.get((finding.focus, finding.value), "")) for finding in findings]


def _name_column(finding: Finding, column: str) -> Finding:
    place = finding.place
    if place is None or place.row is None or place.column or not column:
        return finding
    return replace(finding, place=replace(place, column=column))
