"""Where findings on plain rows of large tables stand: the lines of the row, and the column of the value."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from airm_graph.bulk.intake import Sheet
from airm_graph.bulk.statements import list_cells
from airm_graph.graph import TripleTable
from airm_graph.model import Finding
from airm_graph.terms import read_literal

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
    """Put a finding on a plain row on the column that states its value, as ``validate.attested`` does where there are records."""
    nodes = sorted({finding.focus for finding in findings if finding.value})
    table.load_records("wanted_rows", columns={"node": "VARCHAR"}, records=((node,) for node in nodes))
    columns: dict[tuple[str, str], tuple[str, str]] = {}
    for sheet in sheets:
        for focus, value, header, cell in _list_values(sheet, table):
            columns.setdefault((focus, value), (header, cell))
    return [_name_column(finding, *columns.get((finding.focus, finding.value), ("", ""))) for finding in findings]


def _list_values(sheet: Sheet, table: TripleTable) -> Iterator[tuple[str, str, str, str]]:
    """Subject, value and header of what wanted rows say, and the cell as a term where it is evidence by itself."""
    wanted = f"FROM plain WHERE {sheet.is_own()} AND {{}} IN (SELECT node FROM wanted_rows)"  # noqa: S608
    for what in filter(sheet.header, _TEXTS):
        for focus, value in table.execute(f"SELECT m, {what} {wanted.format('m')}"):
            yield focus, value, sheet.header(what), ""
    for what, cell in list_cells(sheet).items():
        stated = f"{wanted.format(cell.of)} AND {cell.subject} IS NOT NULL"
        for focus, values, text in table.execute(f"SELECT {cell.of}, {what}, {cell.text} {stated}"):
            for one in values.split("\n"):
                yield focus, one, sheet.header(what), text


def _name_column(finding: Finding, column: str, cell: str) -> Finding:
    place = finding.place
    if place is None or place.row is None or not column:
        return finding
    if cell:
        return replace(finding, place=replace(place, column=column, text=read_literal(cell)[0]))
    return finding if place.column else replace(finding, place=replace(place, column=column))
