"""Rows of tables → pages, as the reader of captures makes them, and the rows that cannot be used,
each with its reasons.

The tables of one folder belong together: the table of mitigations names a source by the identifier
that the table of sources gives it. A table is one page for each source that it speaks of.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from airm_graph.ingest.formats.reader import Row, Table
from airm_graph.ingest.tables.documents import Documents, read_inline
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason, choose_mapping
from airm_graph.ingest.tables.meaning import Mapping
from airm_graph.ingest.tables.outline import Outline, read_outline
from airm_graph.ingest.tables.restore import restore_records
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
        sets: defaultdict[str, list[MappedTable]] = defaultdict(list)
        self._sheets: dict[str, MappedTable] = {}
        for table in tables:
            mapped = choose_mapping(table, mappings, self._findings.append) if table.header else None
            if mapped:
                sets[mapped.mapping.name].append(mapped)
                self._sheets[table.file] = mapped
        self._all = [mapped for mapped_tables in sets.values() for mapped in mapped_tables]
        self._sets = {
            name: _Set([mapped for mapped in mapped_tables if mapped.columns.kind not in GRAPH_TABLES], later)
            for name, mapped_tables in sorted(sets.items())
        }

    def read(self) -> list[Page]:
        """Read everything but rows of mitigations that wait for others of their set: one page for
        each table and source.
        """
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
        """Gather what was found out; *others* says how many more rows of a table were read and
        used.
        """
        restored = restore_records([mapped for mapped in self._all if mapped.columns.kind in GRAPH_TABLES])
        for one in self._sets.values():
            one.say_unused()
        findings = [*self._findings, *(finding for mapped in self._all for finding in mapped.findings)]
        rejected = [entry for mapped in self._all for entry in mapped.rejected]
        counts = []
        for mapped in self._all:
            read = len(mapped.table.rows) + others.get(mapped.table.file, 0)
            counts.append(TableCount(mapped.table.file, read, read - len(mapped.rejected)))
        return TableReadings(tuple(pages), tuple(findings), tuple(sorted(rejected, key=_by_row)), tuple(sorted(counts)), restored)


def _by_row(entry: Rejected) -> tuple[str, int]:
    return entry.location.file, entry.location.row or 0


class _Set:
    """The tables that one mapping knows in one folder."""

    def __init__(self, mapped_tables: Sequence[MappedTable], later: Collection[str]) -> None:
        self.mapped_tables = mapped_tables
        self.documents = Documents()
        self._mitigations = [mapped for mapped in mapped_tables if mapped.columns.kind == "mitigations"]
        self._has_later = any(mapped.table.file in later for mapped in self._mitigations)
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
        return [mapped.get(row, "identifier") for mapped in waiting for row in mapped.table.rows]

    def say_unused(self) -> None:
        if self._is_named:
            self.documents.say_unused()

    def _read(self, kind: str, read: Callable[[MappedTable, Sequence[Row]], list[Page]]) -> list[Page]:
        mapped_tables = [mapped for mapped in self.mapped_tables if mapped.columns.kind == kind]
        contradicting = _find_contradicting(mapped_tables)
        pages: list[Page] = []
        for mapped in mapped_tables:
            usable = [row for row in mapped.table.rows if _check_row(mapped, row, contradicting)]
            pages += read(mapped, usable) or [Page(mapped.capture, None, None)]
        return pages

    def _read_sources(self, mapped: MappedTable, rows: Sequence[Row]) -> list[Page]:
        return [Page(mapped.capture, None, block) for block in self.documents.read(mapped, rows)]

    def _read_mitigations(self, mapped: MappedTable, rows: Sequence[Row]) -> list[Page]:
        reader = _Mitigations(mapped, self.documents)
        outline = reader.check(rows)
        entries: defaultdict[int, list[Entry]] = defaultdict(list)
        blocks = {id(block): block for block in reader.block.values()}
        for row in reader.used.values():
            entries[id(reader.block[row.number])].append(reader.read(row, outline))
        outline.say_lost(mapped, reader.used)
        return [Page(mapped.capture, None, blocks[block], entries=tuple(found)) for block, found in entries.items()]

    def _read_taxonomy(self, mapped: MappedTable, rows: Sequence[Row]) -> list[Page]:
        """Compare the codes of the table with those of the project; nothing else is taken
        from it.
        """
        taxonomy = load_taxonomy(mapped.mapping.edition)
        (given,) = mapped.columns.every_classification
        for row in rows:
            code = mapped.get(row, "code")
            reasons = check_codes(mapped, row, given, taxonomy) if code else [("TAB-05", mapped.header("code"), "the row holds no code")]
            reasons = reasons or (_check_parent(mapped, row, taxonomy.codes[code]) if code in taxonomy.codes else [])
            if reasons:
                mapped.reject(row, reasons)
        return []


class _Mitigations:
    """The rows of one table of mitigations: first which can be used, then what they say."""

    def __init__(self, mapped: MappedTable, documents: Documents) -> None:
        self.mapped, self.documents = mapped, documents
        self.taxonomy = load_taxonomy(mapped.mapping.edition)
        self.document: dict[int, object] = {}
        self.block: dict[int, SourceBlock] = {}
        self.used: dict[int, Row] = {}
        self._inline: dict[tuple[str, ...], SourceBlock | list[Reason]] = {}

    def check(self, rows: Sequence[Row]) -> Outline:
        """Find the rows that can be used; the others are set aside."""
        reasons = {row.number: self._find_reasons(row) for row in rows}
        outline = read_outline(self.mapped, rows, self.document)
        for row in rows:
            said = [*reasons[row.number], *outline.reasons.get(row.number, ())]
            if said:
                self.mapped.reject(row, said)
            else:
                self.used[row.number] = row
        return outline

    def _find_reasons(self, row: Row) -> list[Reason]:
        """Why a row cannot be used."""
        mapped = self.mapped
        reasons = [] if mapped.get(row, "name") else [("TAB-04", mapped.header("name"), "the mitigation has no name")]
        reasons += self._find_document(row)
        for given in mapped.columns.every_classification:
            reasons += check_codes(mapped, row, given, self.taxonomy)
        return reasons

    def _find_document(self, row: Row) -> list[Reason]:
        if self.mapped.columns.inline:
            return self._find_inline(row)
        number, problem = self.documents.find(self.mapped.get(row, "source"))
        if number is None:
            return [("TAB-07", self.mapped.header("source"), problem)]
        self.document[row.number], self.block[row.number] = number, self.documents.blocks[number]
        return []

    def _find_inline(self, row: Row) -> list[Reason]:
        cells = tuple(self.mapped.table.get(row, header) for header in self.mapped.columns.inline.values())
        # Rows that describe a document alike say it once, where the first of them stands; where
        # they differ, the merge tells.
        block = self._inline.get(cells)
        if block is None:
            block = self._inline[cells] = read_inline(self.mapped, row)
        if isinstance(block, list):
            return block
        self.document[row.number], self.block[row.number] = (name_key(block.title.published), block.year), block
        return []

    def read(self, row: Row, outline: Outline) -> Entry:
        """Return what a row that can be used says."""
        mapped = self.mapped
        texts = {what: mapped.text(row, mapped.header(what), mapped.get(row, what), kind) for what, kind in _TEXTS}
        name, description = texts["name"][0], texts["description"][0]
        assert name is not None, "a row without a name is set aside"
        every = mapped.columns.every_classification
        given = [read_codes(mapped, row, one, self.taxonomy) for one in every]
        codes = tuple(code for found, _ in given for code in found)
        # Neither is there in a mapping without the column: nothing can be missing then.
        if every and not codes:
            mapped.say("TAB-10", f"{name.published!r} has no code", row, every[0].columns["code"])
        if mapped.header("description") and not description:
            mapped.say("TAB-11", f"{name.published!r} has no description", row, mapped.header("description"))
        return Entry(
            mapped.whole(row),
            name,
            mapped.get(row, "identifier") or None,
            description,
            codes,
            tuple((what, text) for what in TEXTS if (text := texts[what][0])),
            read_roles(mapped, row),
            outline.find_parent(mapped, row, self.used),
            (*(repair for _, repairs in (*texts.values(), *given) for repair in repairs),),
        )


def _check_parent(mapped: MappedTable, row: Row, code: Code) -> list[Reason]:
    parent = mapped.get(row, "parent")
    if not mapped.header("parent") or parent == (code.parent or ""):
        return []
    return [
        ("TAB-18", mapped.header("parent"), f"code {code.notation} stands below {code.parent or 'none'} and not below {parent or 'none'}")
    ]


def _find_contradicting(mapped_tables: Iterable[MappedTable]) -> set[str]:
    """Identifiers of rows that have one identifier and differ in anything else."""
    seen: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for mapped in mapped_tables:
        for row in mapped.table.rows:
            identifier = mapped.get(row, "identifier")
            if identifier:
                seen[identifier].add(tuple(mapped.table.get(row, header) for header in mapped.columns.headers))
    return {identifier for identifier, contents in seen.items() if len(contents) > 1}


def _check_row(mapped: MappedTable, row: Row, contradicting: set[str]) -> bool:
    """Whether a row can be read at all; it is set aside when not."""
    reasons: list[Reason] = []
    width = len(mapped.table.header)
    if any(cell.strip() for cell in row.cells[width:]):
        reasons.append(("TAB-09", "", f"the row has {len(row.cells)} cells and the header {width}"))
    if found := CONTROL.search("".join(row.cells)):
        reasons.append(("TAB-09", "", f"a cell holds control character U+{ord(found.group()):04X}"))
    # A fault of the reader counts where the mapping asks for the cell, or cannot know which one it
    # is.
    asked = {"", *mapped.columns.headers}
    reasons += [(fault.rule, fault.column, fault.reason) for fault in row.faults if fault.column in asked]
    identifier = mapped.get(row, "identifier")
    if identifier in contradicting:
        reasons.append(("TAB-08", mapped.header("identifier"), f"{identifier!r} stands in several rows that differ"))
    if reasons:
        mapped.reject(row, reasons)
    elif any(char.isspace() for char in identifier):
        mapped.say("TAB-12", f"the identifier {identifier!r} holds white space", row, mapped.header("identifier"))
    return not reasons
