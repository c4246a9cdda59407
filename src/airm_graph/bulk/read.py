"""Folders with large tables → plain rows in DuckDB, and pages of everything else, merged."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from airm_graph.bulk.intake import Folder, Sheet, load_sheets, read_rows
from airm_graph.bulk.plain import find_rest
from airm_graph.bulk.statements import make_plain
from airm_graph.graph import TripleTable, quote
from airm_graph.ingest.formats import Row
from airm_graph.ingest.tables import TableReadings, read_records
from airm_graph.merge import join_records, merge_pages
from airm_graph.merge.sources import group_pages, merge_sources
from airm_graph.model import Page, Records, TableCount
from airm_graph.namespaces import BASE

__all__ = ["BulkReadings", "read_tables"]


@dataclass(frozen=True, slots=True)
class BulkReadings:
    """What folders with large tables say.

    Attributes:
        sheets: The large tables; their plain rows are in the table ``plain`` of DuckDB.
        tables: Findings, rows set aside and counts of all tables, and the pages of what is not plain.
        records: All sources and captures, and the mitigations that are not plain.
        plain: Number of plain rows, which are as many mitigations.
        classified: How many of them have a code.
    """

    sheets: tuple[Sheet, ...]
    tables: TableReadings
    records: Records
    plain: int
    classified: int


def read_tables(
    folders: Sequence[Folder],
    *,
    table: TripleTable,
    pages: Sequence[Page] = (),
    load: Callable[[Sequence[Sheet]], Sequence[Sheet]] | None = None,
) -> BulkReadings:
    """Read folders of tables.

    Args:
        folders: As :func:`airm_graph.bulk.find_folders` makes them.
        table: Takes the rows.
        pages: Captured pages, merged with the tables; rows of their sources are not plain.
        load: Takes the rows of large tables into *table* in place of ``load_sheets``; what it returns are sheets, too, each for one or
            more with the same columns.

    Raises:
        UnreadableError: A large table is no CSV after all.
    """
    given = [sheet for folder in folders for sheet in folder.sheets]
    if not given:
        return BulkReadings((), *_read_rest(folders, pages, (), table), plain=0, classified=0)
    sheets = load(given) if load else load_sheets(given, table=table)
    keys, busy = _find_sources(folders, pages)
    find_rest(sheets, sources=keys, busy=busy, table=table)
    make_plain(sheets, table=table)
    tables, records = _read_rest(folders, pages, sheets, table)
    if taken := _find_taken(records, table):
        # A name with a digest is a plain name of another row: both are told by the merge, as one mitigation.
        table.append("rest", f"SELECT sheet, number FROM plain WHERE m IN ({', '.join(taken)})")  # noqa: S608
        make_plain(sheets, table=table)
        tables, records = _read_rest(folders, pages, sheets, table)
    plain, classified = table.execute("SELECT count(*), count(code) FROM plain")[0]
    return BulkReadings(tuple(sheets), tables, records, plain, classified)


def _find_sources(folders: Sequence[Folder], pages: Sequence[Page]) -> tuple[dict[tuple[int, str], str], set[str]]:
    """(Sheet, identifier of a source) → its key; and the keys of sources that captured pages speak of."""
    read = [read_records([*folder.tables, *(sheet.table(()) for sheet in folder.sheets)], mappings=folder.mappings) for folder in folders]
    groups = group_pages([*pages, *(page for reading in read for page in reading.pages)])
    sources = merge_sources(groups)
    captured = {page.capture.sha256 for page in pages}
    keys, busy = {}, set()
    for identity, group in groups.items():
        for page in group:
            if page.source:
                keys[page.source.evidence.capture, page.source.evidence.row] = sources[identity].key
            if page.capture.sha256 in captured or page.entries:
                busy.add(sources[identity].key)
    found: dict[tuple[int, str], str] = {}
    for folder in folders:
        for sheet in folder.sheets:
            found |= {(sheet.number, identifier): key for identifier, key in _list_sources(folder, sheet, keys)}
    return found, busy


def _list_sources(folder: Folder, sheet: Sheet, keys: Mapping[tuple[str, int | None], str]) -> Iterable[tuple[str, str]]:
    """Identifier and key of the sources that the rows of a sheet can name."""
    for table in folder.tables:
        fitting = ((mapping, columns) for mapping in folder.mappings if (columns := mapping.find_table(table.header)))
        mapping, columns = next(fitting, (None, None))
        if columns and mapping is sheet.mapping and columns.kind == "sources":
            for row in table.rows:
                if key := keys.get((table.sha256, row.number)):
                    yield table.get(row, columns.columns["identifier"]), key


def _read_rest(
    folders: Sequence[Folder], pages: Sequence[Page], sheets: Sequence[Sheet], table: TripleTable
) -> tuple[TableReadings, Records]:
    odd = {number: row for sheet in sheets for number, row in _read_odd(sheet, table).items()}
    found = [_read_folder(folder, odd) for folder in folders]
    tables = TableReadings(
        tuple(page for reading in found for page in reading.pages),
        tuple(finding for reading in found for finding in reading.findings),
        tuple(entry for reading in found for entry in reading.rejected),
        tuple(count for reading in found for count in reading.counts),
    )
    records = merge_pages([*pages, *tables.pages])
    return tables, join_records(records, [reading.restored for reading in found])


@dataclass(frozen=True, slots=True)
class _Odd:
    """What Python has to know of the rows of a sheet.

    Attributes:
        rows: Those that are not plain.
        plain: Number of the others.
        named: What plain rows call their sources, also those of sheets that are read with this one.
    """

    rows: list[Row]
    plain: int
    named: frozenset[str]


def _read_odd(sheet: Sheet, table: TripleTable) -> dict[int, _Odd]:
    chosen = f"EXISTS (SELECT 1 FROM rest AS x WHERE x.sheet = {sheet.of_row} AND x.number = r.number)"  # noqa: S608
    rows: defaultdict[int, list[Row]] = defaultdict(list)
    for number, row in read_rows(sheet, table=table, condition=chosen):
        rows[number].append(row)
    counts = dict(table.execute(f"SELECT {sheet.of_row} AS sheet, count(*) FROM {sheet.rows} AS r GROUP BY 1"))  # noqa: S608
    known = f"SELECT DISTINCT r.{sheet.cell('source')} FROM {sheet.rows} AS r WHERE NOT {chosen}"  # noqa: S608
    named = frozenset(identifier for (identifier,) in table.execute(known))
    return {
        member.number: _Odd(rows[member.number], counts.get(member.number, 0) - len(rows[member.number]), named) for member in sheet.members
    }


def _read_folder(folder: Folder, odd: Mapping[int, _Odd]) -> TableReadings:
    """Read the tables of a folder as if they held no plain rows, and count these."""
    named: defaultdict[str, set[str]] = defaultdict(set)
    plain: dict[str, int] = {}
    parts = []
    for part in folder.parts:
        if isinstance(part, Sheet):
            plain[part.scan.file] = odd[part.number].plain
            named[part.mapping.name] |= odd[part.number].named
            parts.append(part.table(odd[part.number].rows))
        else:
            parts.append(part)
    found = read_records(parts, mappings=folder.mappings, named=named)
    counts = (
        TableCount(count.file, count.read + plain.get(count.file, 0), count.used + plain.get(count.file, 0)) for count in found.counts
    )
    return replace(found, counts=tuple(counts))


def _find_taken(records: Records, table: TripleTable) -> list[str]:
    """IRIs of plain mitigations that another mitigation has, too, as SQL texts."""
    keys = ((f"<{BASE}{mitigation.key}>",) for mitigation in records.mitigations)
    table.load_records("merged", columns={"m": "VARCHAR"}, records=keys)
    return [quote(m) for (m,) in table.execute("SELECT DISTINCT m FROM plain WHERE m IN (SELECT m FROM merged)")]
