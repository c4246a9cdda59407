"""Rows of tables → pages, as the reader of captures makes them, and the rows that cannot be used, each with its reasons.

The tables of one folder belong together: the table of mitigations names a source by the identifier that the table of sources gives it.
A table is one page for each source that it speaks of.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from types import MappingProxyType

from airm_graph.ingest.formats.reader import Row, Table
from airm_graph.ingest.tables.documents import Documents, read_inline
from airm_graph.ingest.tables.meaning import Mapping
from airm_graph.ingest.tables.outline import Outline, read_outline
from airm_graph.ingest.tables.restore import restore_records
from airm_graph.ingest.tables.sheet import Reason, Sheet, choose_mapping
from airm_graph.ingest.tables.values import check_codes, read_codes, read_roles
from airm_graph.model import GRAPH_TABLES, Entry, Finding, Page, Records, Rejected, SourceBlock, TableCount
from airm_graph.taxonomy import Code, load_taxonomy
from airm_graph.text import Kind, name_key

__all__ = ["CONTROL", "TableReadings", "read_records"]

#: What XML 1.0 forbids, and what is no character: no format could carry the cell.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: The texts of a row of mitigations, and what each is.
_TEXTS: tuple[tuple[str, Kind], ...] = (("name", "name"), ("description", "prose"), ("note", "prose"))


@dataclass(frozen=True, slots=True)
class TableReadings:
    """What the tables of one folder say.

    Attributes:
        pages: One for each table and source; a table that states none is one page without a source.
        findings: In the order of the tables and their rows.
        rejected: The rows that are set aside.
        counts: One for each table whose columns are known.
        restored: What the tables of an exported graph say, which is merged already.
    """

    pages: tuple[Page, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()
    restored: Records = field(default_factory=Records)


def read_records(
    tables: Sequence[Table], *, mappings: Sequence[Mapping], named: Lookup[str, Collection[str]] = MappingProxyType({})
) -> TableReadings:
    """Read the tables of one folder.

    Args:
        tables: As :func:`airm_graph.ingest.formats.reader.read_table` makes them.
        mappings: Those to choose from, by the columns of each table.
        named: Name of a mapping → what rows that are not among the tables call their documents.
    """
    findings = [finding for table in tables for finding in table.findings]
    sets: defaultdict[str, list[Sheet]] = defaultdict(list)
    for table in tables:
        sheet = choose_mapping(table, mappings, findings.append) if table.header else None
        if sheet:
            sets[sheet.mapping.name].append(sheet)
    pages: list[Page] = []
    for name, sheets in sorted(sets.items()):
        pages += _Set([sheet for sheet in sheets if sheet.columns.kind not in GRAPH_TABLES], named.get(name, ())).read()
    every = [sheet for sheets in sets.values() for sheet in sheets]
    restored = restore_records([sheet for sheet in every if sheet.columns.kind in GRAPH_TABLES])
    findings += [finding for sheet in every for finding in sheet.findings]
    rejected = [entry for sheet in every for entry in sheet.rejected]
    counts = [TableCount(sheet.table.file, len(sheet.table.rows), len(sheet.table.rows) - len(sheet.rejected)) for sheet in every]
    return TableReadings(tuple(pages), tuple(findings), tuple(sorted(rejected, key=_by_row)), tuple(sorted(counts)), restored)


def _by_row(entry: Rejected) -> tuple[str, int]:
    return entry.place.file, entry.place.row or 0


class _Set:
    """The tables that one mapping knows in one folder."""

    def __init__(self, sheets: Sequence[Sheet], named: Collection[str]) -> None:
        self.sheets, self.named = sheets, named
        self.documents = Documents()

    def read(self) -> list[Page]:
        pages: list[Page] = []
        for kind, read in (("sources", self._read_sources), ("mitigations", self._read_mitigations), ("taxonomy", self._read_taxonomy)):
            sheets = [sheet for sheet in self.sheets if sheet.columns.kind == kind]
            contradicting = _find_contradicting(sheets)
            for sheet in sheets:
                usable = [row for row in sheet.table.rows if _check_row(sheet, row, contradicting)]
                found = read(sheet, usable)
                pages += found or [Page(sheet.capture, None, None)]
        for name in self.named:
            self.documents.find(name)
        if self.named or any(sheet.columns.kind == "mitigations" for sheet in self.sheets):
            self.documents.say_unused()
        return pages

    def _read_sources(self, sheet: Sheet, rows: Sequence[Row]) -> list[Page]:
        return [Page(sheet.capture, None, block) for block in self.documents.read(sheet, rows)]

    def _read_mitigations(self, sheet: Sheet, rows: Sequence[Row]) -> list[Page]:
        reader = _Mitigations(sheet, self.documents)
        outline = reader.check(rows)
        entries: defaultdict[int, list[Entry]] = defaultdict(list)
        blocks = {id(block): block for block in reader.block.values()}
        for row in reader.used.values():
            entries[id(reader.block[row.number])].append(reader.read(row, outline))
        outline.say_lost(sheet, reader.used)
        return [Page(sheet.capture, None, blocks[block], entries=tuple(found)) for block, found in entries.items()]

    def _read_taxonomy(self, sheet: Sheet, rows: Sequence[Row]) -> list[Page]:
        """Compare the codes of the table with those of the project; nothing else is taken from it."""
        taxonomy = load_taxonomy(sheet.mapping.edition)
        (given,) = sheet.columns.every_classification
        for row in rows:
            code = sheet.get(row, "code")
            reasons = check_codes(sheet, row, given, taxonomy) if code else [("TAB-05", sheet.header("code"), "the row holds no code")]
            reasons = reasons or (_check_parent(sheet, row, taxonomy.codes[code]) if code in taxonomy.codes else [])
            if reasons:
                sheet.reject(row, reasons)
        return []


class _Mitigations:
    """The rows of one table of mitigations: first which can be used, then what they say."""

    def __init__(self, sheet: Sheet, documents: Documents) -> None:
        self.sheet, self.documents = sheet, documents
        self.taxonomy = load_taxonomy(sheet.mapping.edition)
        self.document: dict[int, object] = {}
        self.block: dict[int, SourceBlock] = {}
        self.used: dict[int, Row] = {}
        self._inline: dict[tuple[str, ...], SourceBlock | list[Reason]] = {}

    def check(self, rows: Sequence[Row]) -> Outline:
        """Find the rows that can be used; the others are set aside."""
        reasons = {row.number: self._find_reasons(row) for row in rows}
        outline = read_outline(self.sheet, rows, self.document)
        for row in rows:
            said = [*reasons[row.number], *outline.reasons.get(row.number, ())]
            if said:
                self.sheet.reject(row, said)
            else:
                self.used[row.number] = row
        return outline

    def _find_reasons(self, row: Row) -> list[Reason]:
        """Why a row cannot be used."""
        sheet = self.sheet
        reasons = [] if sheet.get(row, "name") else [("TAB-04", sheet.header("name"), "the mitigation has no name")]
        reasons += self._find_document(row)
        for given in sheet.columns.every_classification:
            reasons += check_codes(sheet, row, given, self.taxonomy)
        return reasons

    def _find_document(self, row: Row) -> list[Reason]:
        if self.sheet.columns.inline:
            return self._find_inline(row)
        number, problem = self.documents.find(self.sheet.get(row, "source"))
        if number is None:
            return [("TAB-07", self.sheet.header("source"), problem)]
        self.document[row.number], self.block[row.number] = number, self.documents.blocks[number]
        return []

    def _find_inline(self, row: Row) -> list[Reason]:
        cells = tuple(self.sheet.table.get(row, header) for header in self.sheet.columns.inline.values())
        # Rows that describe a document alike say it once, where the first of them stands; where they differ, the merge tells.
        block = self._inline.get(cells)
        if block is None:
            block = self._inline[cells] = read_inline(self.sheet, row)
        if isinstance(block, list):
            return block
        self.document[row.number], self.block[row.number] = (name_key(block.title.published), block.year), block
        return []

    def read(self, row: Row, outline: Outline) -> Entry:
        """What a row that can be used says."""
        sheet = self.sheet
        (name, of_name), (description, of_description), (note, of_note) = (
            sheet.text(row, sheet.header(what), sheet.get(row, what), kind) for what, kind in _TEXTS
        )
        assert name is not None, "a row without a name is set aside"
        every = sheet.columns.every_classification
        given = [read_codes(sheet, row, one, self.taxonomy) for one in every]
        codes = tuple(code for found, _ in given for code in found)
        # Neither is there in a mapping without the column: nothing can be missing then.
        if every and not codes:
            sheet.say("TAB-10", f"{name.published!r} has no code", row, every[0].columns["code"])
        if sheet.header("description") and not description:
            sheet.say("TAB-11", f"{name.published!r} has no description", row, sheet.header("description"))
        return Entry(
            sheet.whole(row),
            name,
            sheet.get(row, "identifier") or None,
            description,
            codes,
            note,
            read_roles(sheet, row),
            outline.find_parent(sheet, row, self.used),
            (*of_name, *of_description, *of_note, *(repair for _, repairs in given for repair in repairs)),
        )


def _check_parent(sheet: Sheet, row: Row, code: Code) -> list[Reason]:
    parent = sheet.get(row, "parent")
    if not sheet.header("parent") or parent == (code.parent or ""):
        return []
    return [
        ("TAB-18", sheet.header("parent"), f"code {code.notation} stands below {code.parent or 'none'} and not below {parent or 'none'}")
    ]


def _find_contradicting(sheets: Iterable[Sheet]) -> set[str]:
    """Identifiers of rows that have one identifier and differ in anything else."""
    seen: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for sheet in sheets:
        for row in sheet.table.rows:
            identifier = sheet.get(row, "identifier")
            if identifier:
                seen[identifier].add(tuple(sheet.table.get(row, header) for header in sheet.columns.headers))
    return {identifier for identifier, contents in seen.items() if len(contents) > 1}


def _check_row(sheet: Sheet, row: Row, contradicting: set[str]) -> bool:
    """Whether a row can be read at all; it is set aside when not."""
    reasons: list[Reason] = []
    width = len(sheet.table.header)
    if any(cell.strip() for cell in row.cells[width:]):
        reasons.append(("TAB-09", "", f"the row has {len(row.cells)} cells and the header {width}"))
    if found := CONTROL.search("".join(row.cells)):
        reasons.append(("TAB-09", "", f"a cell holds control character U+{ord(found.group()):04X}"))
    # A fault of the reader counts where the mapping asks for the cell, or cannot know which one it is.
    mapped = {"", *sheet.columns.headers}
    reasons += [(fault.rule, fault.column, fault.reason) for fault in row.faults if fault.column in mapped]
    identifier = sheet.get(row, "identifier")
    if identifier in contradicting:
        reasons.append(("TAB-08", sheet.header("identifier"), f"{identifier!r} stands in several rows that differ"))
    if reasons:
        sheet.reject(row, reasons)
    elif any(char.isspace() for char in identifier):
        sheet.say("TAB-12", f"the identifier {identifier!r} holds white space", row, sheet.header("identifier"))
    return not reasons
