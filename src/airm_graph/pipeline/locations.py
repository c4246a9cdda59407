"""Where findings on independent rows stand: the lines of the row, and the column of the value."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from airm_graph.graph import TripleTable
from airm_graph.model import Finding, Records
from airm_graph.namespaces import iri
from airm_graph.terms import unescape

if TYPE_CHECKING:
    from airm_graph.ingest.tables.loaded import LoadedTable

__all__ = ["find_lines", "name_columns"]

#: The texts of an independent row, in the order in which one that is said twice is named.
_TEXTS = ("description", "identifier", "name")
_Row = tuple[str, int]


def find_lines(
    locations: Iterable[_Row], *, records: Records, tables: "Sequence[LoadedTable]", table: TripleTable
) -> dict[_Row, tuple[int, int]]:
    """Find the lines that rows of tables take in their files, by file and row: the graph knows the
    row only.
    """
    files = {capture.sha256: capture.file_names[0] for capture in records.captures}
    held = (*(one.evidence for one in records.sources), *(one.evidence for one in records.mitigations))
    said = (location for evidence in held for location in evidence if location.row is not None and location.first_line)
    found = {(files[location.capture], location.row or 0): (location.first_line, location.last_line) for location in said}
    wanted = sorted(set(locations))
    for one in tables:
        names = {member.number: member.head.file for member in one.members}
        numbers = {file: number for number, file in names.items()}
        asked = [(numbers[file], row) for file, row in wanted if file in numbers]
        if asked:
            table.load_records("wanted", columns={"table_number": "INTEGER", "number": "INTEGER"}, records=asked)
            same = f"w.number = r.number AND w.table_number = {one.number_of_row}"
            lines = table.execute(f"SELECT w.table_number, r.number, r.first, r.last FROM {one.rows} AS r JOIN wanted AS w ON {same}")
            found |= {(names[owner], number): (first, last) for owner, number, first, last in lines}
    return found


def name_columns(findings: Sequence[Finding], *, tables: "Sequence[LoadedTable]", table: TripleTable) -> list[Finding]:
    """Put a finding on an independent row on the column that states its value."""
    nodes = sorted({finding.focus for finding in findings if finding.value})
    if not (nodes and tables):
        return list(findings)
    table.load_records("wanted_nodes", columns={"node": "VARCHAR"}, records=((node,) for node in nodes))
    columns: dict[tuple[str, str], tuple[str, str]] = {}
    for one in tables:
        for focus, value, header, cell in _list_values(one, table):
            columns.setdefault((focus, value), (header, cell))
    return [_name_column(finding, *columns.get((finding.focus, finding.value), ("", ""))) for finding in findings]


def _list_values(one: "LoadedTable", table: TripleTable) -> Iterator[tuple[str, str, str, str]]:
    """Subject, value and header of what wanted rows say, and the cell where it is evidence by
    itself.
    """
    from airm_graph.ingest.tables.candidates import name_terms
    from airm_graph.triples.selects import CELLS, list_cells, name_cell

    wanted = f"FROM independent WHERE {one.is_own()} AND {{}} IN (SELECT node FROM wanted_nodes)"
    for what in filter(one.header, _TEXTS):
        for focus, value in table.execute(f"SELECT m, {what} {wanted.format('m')} AND {what} IS NOT NULL"):
            yield focus, f'"{value}"', one.header(what), ""
    for what in list_cells(one):
        if what == "code":
            continue
        owner = CELLS[what]
        value = name_cell(what, "text") if what == "reason" else name_terms(what)
        stated = f"{wanted.format(owner)} AND {name_cell(what, 'cell')} IS NOT NULL"
        for focus, values, text in table.execute(f"SELECT {owner}, {value}, {name_cell(what, 'text')} {stated}"):
            scheme = what.replace(" ", "-")
            for said in [f'"{values}"'] if what == "reason" else [iri(f"{scheme}/{slug}") for slug in (values or "").split("\n")]:
                yield focus, said, one.header(what), unescape(text)


def _name_column(finding: Finding, column: str, cell: str) -> Finding:
    location = finding.location
    if location is None or location.row is None or not column:
        return finding
    if cell:
        return replace(finding, location=replace(location, column=column, text=cell))
    return finding if location.column else replace(finding, location=replace(location, column=column))
