"""Rows of tables → pages, as the reader of captures makes them, and the rows that cannot be used, each with its reasons.

The tables of one folder belong together: the table of mitigations names a source by the identifier that the table of sources gives it.
A table is one page for each source that it speaks of.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from airm_graph.ingest.formats import Row, Table
from airm_graph.ingest.tables.documents import Documents, read_inline
from airm_graph.ingest.tables.meaning import Mapping
from airm_graph.ingest.tables.outline import Outline, read_outline
from airm_graph.ingest.tables.restore import restore_records
from airm_graph.ingest.tables.sheet import Reason, Sheet, choose_mapping
from airm_graph.ingest.tables.values import check_codes, read_codes, read_roles
from airm_graph.model import GRAPH_TABLES, TEXTS, Entry, Finding, Page, Records, Rejected, SourceBlock, TableCount
from airm_graph.taxonomy import Code, load_taxonomy
from airm_graph.text import Kind, name_key

__all__ = ["CONTROL", "FolderReader", "TableReadings", "read_records"]

#: What XML 1.0 forbids, and what is no character: no format could carry the cell.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: The texts of a row of mitigations, and what each is.
_TEXTS: tuple[tuple[str, Kind], ...] = (("name", "name"), ("description", "prose"), *((text, "prose") for text in TEXTS))


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


def read_records(tables: Sequence[Table], *, mappings: Sequence[Mapping]) -> TableReadings:
    """Read the tables of one folder, with all their rows.

    Args:
        tables: As `airm_graph.ingest.formats.read_tables` makes them.
        mappings: Those to choose from, by the columns of each table.
    """
    reader = FolderReader(tables, mappings=mappings)
    pages = reader.read()
    return reader.finish(pages)


class FolderReader:
    """Reads the tables of one folder: first their documents, then rows that refer to them."""

    def __init__(self, tables: Sequence[Table], *, mappings: Sequence[Mapping], later: Collection[str] = ()) -> None:
        """Find the mapping of each table.

        Args:
            tables: Those whose rows come later have none.
            mappings: Those to choose from, by the columns of each table.
            later: Names of the tables whose rows come later.
        """
        self._findings = [finding for table in tables for finding in table.findings]
        sets: defaultdict[str, list[Sheet]] = defaultdict(list)
        self._sheets: dict[str, Sheet] = {}
        for table in tables:
            sheet = choose_mapping(table, mappings, self._findings.append) if table.header else None
            if sheet:
                sets[sheet.mapping.name].append(sheet)
                self._sheets[table.file] = sheet
        self._all = [sheet for sheets in sets.values() for sheet in sheets]
        self._sets = {
            name: _Set([sheet for sheet in sheets if sheet.columns.kind not in GRAPH_TABLES], later)
            for name, sheets in sorted(sets.items())
        }

    def read(self) -> list[Page]:
        """Read everything but rows of mitigations that wait for others of their set: one page for each table and source."""
        return [page for one in self._sets.values() for page in one.read()]

    def list_identifiers(self) -> list[str]:
        """List what rows call themselves that wait for others of their set."""
        return sorted({name for one in self._sets.values() for name in one.list_identifiers()})

    def list_documents(self, name: str) -> dict[str, SourceBlock]:
        """List the documents that rows of a mapping may name by identifier."""
        return self._sets[name].documents.by_identifier() if name in self._sets else {}

    def read_rest(self, rows: Lookup[str, Sequence[Row]], *, named: Lookup[str, Collection[str]]) -> list[Page]:
        """Read rows that came later, and those that waited for them.

        Args:
            rows: Name of a table → its rows that have to be read one by one.
            named: Name of a mapping → what its other rows call their documents.
        """
        for file, some in rows.items():
            self._sheets[file].table = replace(self._sheets[file].table, rows=tuple(some))
        return [page for name, one in self._sets.items() for page in one.read_rest(named.get(name, ()))]

    def finish(self, pages: Sequence[Page], *, others: Lookup[str, int] = MappingProxyType({})) -> TableReadings:
        """Gather what was found out; *others* says how many more rows of a table were read and used."""
        restored = restore_records([sheet for sheet in self._all if sheet.columns.kind in GRAPH_TABLES])
        for one in self._sets.values():
            one.say_unused()
        findings = [*self._findings, *(finding for sheet in self._all for finding in sheet.findings)]
        rejected = [entry for sheet in self._all for entry in sheet.rejected]
        counts = []
        for sheet in self._all:
            read = len(sheet.table.rows) + others.get(sheet.table.file, 0)
            counts.append(TableCount(sheet.table.file, read, read - len(sheet.rejected)))
        return TableReadings(tuple(pages), tuple(findings), tuple(sorted(rejected, key=_by_row)), tuple(sorted(counts)), restored)


def _by_row(entry: Rejected) -> tuple[str, int]:
    return entry.place.file, entry.place.row or 0


class _Set:
    """The tables that one mapping knows in one folder."""

    def __init__(self, sheets: Sequence[Sheet], later: Collection[str]) -> None:
        self.sheets = sheets
        self.documents = Documents()
        self._mitigations = [sheet for sheet in sheets if sheet.columns.kind == "mitigations"]
        self._has_later = any(sheet.table.file in later for sheet in self._mitigations)
        self._is_named = bool(self._mitigations)

    def read(self) -> list[Page]:
        pages = self._read("sources", self._read_sources)
        # Where one identifier stands in several rows, all of them must be there.
        pages += [] if self._has_later else self._read("mitigations", self._read_mitigations)
        return pages + self._read("taxonomy", self._read_taxonomy)

    def read_rest(self, named: Collection[str]) -> list[Page]:
        for name in named:
            self.documents.find(name)
        return self._read("mitigations", self._read_mitigations) if self._has_later else []

    def list_identifiers(self) -> list[str]:
        waiting = self._mitigations if self._has_later else []
        return [sheet.get(row, "identifier") for sheet in waiting for row in sheet.table.rows]

    def say_unused(self) -> None:
        if self._is_named:
            self.documents.say_unused()

    def _read(self, kind: str, read: Callable[[Sheet, Sequence[Row]], list[Page]]) -> list[Page]:
        sheets = [sheet for sheet in self.sheets if sheet.columns.kind == kind]
        contradicting = _find_contradicting(sheets)
        pages: list[Page] = []
        for sheet in sheets:
            usable = [row for row in sheet.table.rows if _check_row(sheet, row, contradicting)]
            pages += read(sheet, usable) or [Page(sheet.capture, None, None)]
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
        texts = {what: sheet.text(row, sheet.header(what), sheet.get(row, what), kind) for what, kind in _TEXTS}
        name, description = texts["name"][0], texts["description"][0]
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
            tuple((what, text) for what in TEXTS if (text := texts[what][0])),
            read_roles(sheet, row),
            outline.find_parent(sheet, row, self.used),
            (*(repair for _, repairs in (*texts.values(), *given) for repair in repairs),),
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
