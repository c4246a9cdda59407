"""Rows of tables → pages, as the reader of captures makes them, and the rows that cannot be used,
each with its reasons.

The tables of one folder belong together: the table of mitigations names a source by the identifier
that the table of sources gives it. A table is one page for each source that it speaks of.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from collections.abc import Mapping as Lookup
from dataclasses import field, replace
from types import MappingProxyType

from airm_graph.errors import name_some
from airm_graph.frozen import frozen
from airm_graph.ingest.captures.sidecar import NamedSource
from airm_graph.ingest.formats import Row, Table
from airm_graph.ingest.tables.documents import Documents, read_inline
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason, choose_mapping
from airm_graph.ingest.tables.meaning import ClassificationMapping, Mapping
from airm_graph.ingest.tables.outline import Outline, read_outline
from airm_graph.ingest.tables.restore import restore_records
from airm_graph.ingest.tables.row_checks import check_row, find_contradicting, is_alone, is_total, repeats_header
from airm_graph.ingest.tables.values import check_codes, read_codes, read_roles, read_subjects, read_taken_from, say_items
from airm_graph.model import GRAPH_TABLES, TEXTS, Entry, Finding, Page, Records, Rejected, SourceBlock, TableCount
from airm_graph.taxonomy import Code, load_taxonomy
from airm_graph.text import Kind, list_joined, list_standing, name_key

__all__ = ["FolderReader", "TableReadings", "read_records"]


#: The texts of a row of mitigations, and what each is.
_TEXTS: tuple[tuple[str, Kind], ...] = (("name", "name"), ("description", "prose"), *((text, "prose") for text in TEXTS))


@frozen
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
    tables: Sequence[Table], *, mappings: Sequence[Mapping], described: Lookup[str, NamedSource] = MappingProxyType({})
) -> TableReadings:
    """Read the tables of one folder, with all their rows.

    Args:
        tables: As `airm_graph.ingest.formats.read_tables` makes them.
        mappings: Those to choose from, by the columns of each table.
        described: What rows call a document → what side-cars say of it.
    """
    reader = FolderReader(tables, mappings=mappings, described=described)
    reader.know_words(list_standing(reader.list_texts(), list_joined(reader.list_texts())))
    pages = reader.read()
    return reader.finish(pages)


class FolderReader:
    """Reads the tables of one folder: first their documents, then rows that refer to them."""

    def __init__(
        self,
        tables: Sequence[Table],
        *,
        mappings: Sequence[Mapping],
        later: Collection[str] = (),
        described: Lookup[str, NamedSource] = MappingProxyType({}),
    ) -> None:
        """Find the mapping of each table.

        Args:
            tables: Those whose rows come later have none.
            mappings: Those to choose from, by the columns of each table.
            later: Names of the tables whose rows come later.
            described: What rows call a document → what side-cars say of it.
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
            name: _Set([mapped for mapped in mapped_tables if mapped.columns.kind not in GRAPH_TABLES], later, described)
            for name, mapped_tables in sorted(sets.items())
        }

    def read(self) -> list[Page]:
        """Read everything but rows of mitigations that wait for others of their set: one page for
        each table and source.
        """
        return [page for one in self._sets.values() for page in one.read()]

    def list_texts(self) -> Iterator[str]:
        """List the texts of rows that are here."""
        return (text for mapped in self._all for text in mapped.list_texts())

    def know_words(self, words: Collection[str]) -> None:
        """Take in the words that stand elsewhere in the input: those that are split are joined."""
        for mapped in self._all:
            mapped.words = words

    def list_identifiers(self) -> list[str]:
        """List what rows call themselves that wait for others of their set."""
        return sorted({name for one in self._sets.values() for name in one.list_identifiers()})

    def add_unlisted(self, rows: Lookup[str, Sequence[Row]]) -> list[Page]:
        """Take in the documents that rows which come later name and no table lists.

        Args:
            rows: Name of a table → the first row for each name of a document.
        """
        return [page for one in self._sets.values() if one.waits for page in one.add_unlisted(rows)]

    def list_lacking(self, name: str) -> list[str]:
        """List what rows of a mapping call the documents that nobody describes."""
        return self._sets[name].documents.list_lacking() if name in self._sets else []

    def say_lacking(self, file: str, rows: Iterable[Row]) -> None:
        """Note at rows of a table that nobody describes their document."""
        mapped = self._sheets[file]
        for row in rows:
            self._sets[mapped.mapping.name].documents.say_lacking(mapped, row)

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
            explained = mapped.mapping.explain(mapped.table.sha256)
            counts.append(TableCount(mapped.table.file, read, read - len(mapped.rejected), explained))
        return TableReadings(tuple(pages), tuple(findings), tuple(sorted(rejected, key=_by_row)), tuple(sorted(counts)), restored)


def _by_row(entry: Rejected) -> tuple[str, int]:
    return entry.location.file, entry.location.row or 0


class _Set:
    """The tables that one mapping knows in one folder."""

    def __init__(self, mapped_tables: Sequence[MappedTable], later: Collection[str], described: Lookup[str, NamedSource]) -> None:
        self.mapped_tables = mapped_tables
        self.documents = Documents(described)
        self._mitigations = [mapped for mapped in mapped_tables if mapped.columns.kind == "mitigations"]
        self._has_later = any(mapped.table.file in later for mapped in self._mitigations)
        self._is_named = bool(self._mitigations)

    def read(self) -> list[Page]:
        pages = self._read("sources", self._read_sources)
        # Where one identifier stands in several rows, all of them must be there.
        if not self._has_later:
            pages += self.add_unlisted({})
            pages += self._read("mitigations", self._read_mitigations)
        return pages + self._read("taxonomy", self._read_taxonomy)

    def add_unlisted(self, rows: Lookup[str, Sequence[Row]]) -> list[Page]:
        """Take in the documents that rows name and no table lists; *rows* are those that came
        later, by table.
        """
        tables = [mapped for mapped in self._mitigations if not mapped.columns.inline]
        added = [
            (mapped, block)
            for mapped in tables
            for block in self.documents.add_unlisted(mapped, rows.get(mapped.table.file, mapped.table.rows))
        ]
        return [Page(mapped.capture, None, block) for mapped, block in added]

    def read_rest(self, named: Collection[str]) -> list[Page]:
        for name in named:
            self.documents.find(name)
        return self._read("mitigations", self._read_mitigations) if self._has_later else []

    @property
    def waits(self) -> bool:
        """Whether rows of mitigations come later."""
        return self._has_later

    def list_identifiers(self) -> list[str]:
        waiting = self._mitigations if self._has_later else []
        return [mapped.get(row, "identifier") for mapped in waiting for row in mapped.table.rows]

    def say_unused(self) -> None:
        if self._is_named:
            self.documents.say_unused()

    def _read(self, kind: str, read: Callable[[MappedTable, Sequence[Row]], list[Page]]) -> list[Page]:
        mapped_tables = [mapped for mapped in self.mapped_tables if mapped.columns.kind == kind]
        contradicting = find_contradicting(mapped_tables)
        pages: list[Page] = []
        for mapped in mapped_tables:
            usable = [row for row in mapped.table.rows if check_row(mapped, row, contradicting)]
            pages += read(mapped, usable) or [Page(mapped.capture, None, None)]
        return pages

    def _read_sources(self, mapped: MappedTable, rows: Sequence[Row]) -> list[Page]:
        return [Page(mapped.capture, None, block) for block in self.documents.read(mapped, rows)]

    def _read_mitigations(self, mapped: MappedTable, rows: Sequence[Row]) -> list[Page]:
        reader = _Mitigations(mapped, self.documents)
        outline = reader.check(rows)
        entries: defaultdict[int, list[Entry]] = defaultdict(list)
        blocks = {id(block): block for block in reader.block.values()}
        pages = []
        for row in reader.used.values():
            entry = reader.read(row, outline)
            if row.number in reader.block:
                entries[id(reader.block[row.number])].append(entry)
            else:
                # What names no document has none in common with any other row.
                pages.append(Page(mapped.capture, None, None, entries=(entry,), document=f"{mapped.table.sha256[:16]}-r{row.number}"))
        outline.say_lost(mapped, reader.used)
        return [*(Page(mapped.capture, None, blocks[block], entries=tuple(found)) for block, found in entries.items()), *pages]

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
        self.taxonomy = load_taxonomy(mapped.mapping.edition or "v2")
        self.document: dict[int, object] = {}
        self.block: dict[int, SourceBlock] = {}
        self.used: dict[int, Row] = {}
        self._inline: dict[tuple[str, ...], SourceBlock | list[Reason]] = {}

    def check(self, rows: Sequence[Row]) -> Outline:
        """Find the rows that can be used; the others are set aside."""
        alone = {row.number for row in rows if is_alone(self.mapped, row)}
        # Where most rows hold one cell they are measures of which nothing more is known. In a table
        # whose rows name documents, such a row names none, whatever the others hold.
        if not self.mapped.header("source") and 2 * len(alone) >= len(rows):
            alone = set()
        reasons = {row.number: self._find_reasons(row, is_alone=row.number in alone) for row in rows}
        outline = read_outline(self.mapped, rows, self.document)
        for row in rows:
            if reasons[row.number]:
                self.mapped.reject(row, reasons[row.number])
                continue
            self.used[row.number] = row
            for rule, header, reason in outline.reasons.get(row.number, ()):
                self.mapped.say(rule, f"{reason}; the row is used without a parent", row, header)
        return outline

    def _find_reasons(self, row: Row, *, is_alone: bool) -> list[Reason]:
        """Why a row cannot be used."""
        mapped = self.mapped
        self._find_document(row)
        if is_total(mapped, row):
            return [("TAB-39", mapped.header("name"), f"{mapped.get(row, 'name')!r} sums up other rows")]
        for header, values in mapped.columns.only.items():
            if (value := mapped.table.get(row, header)) not in values:
                return [("TAB-39", header, f"{value!r} is not one of {name_some(values)}, which the mapping takes")]
        if repeats_header(mapped, row):
            return [("TAB-39", "", "the row repeats the header")]
        if is_alone:
            text = next(filter(None, map(str.strip, row.cells)))
            return [("TAB-39", mapped.header("name"), f"{text!r} stands alone in its row, as headings and notes do")]
        return [] if mapped.get(row, "name") else [("TAB-04", mapped.header("name"), "the mitigation has no name")]

    def _find_document(self, row: Row) -> None:
        if self.mapped.columns.inline or self.mapped.columns.document:
            self._find_inline(row)
            return
        number, _ = self.documents.find(self.mapped.get(row, "source"))
        if number is not None:
            self.document[row.number], self.block[row.number] = number, self.documents.blocks[number]

    def _find_inline(self, row: Row) -> None:
        cells = tuple(self.mapped.table.get(row, header) for header in self.mapped.columns.inline.values())
        # Rows that describe a document alike say it once, where the first of them stands; where
        # they differ, the merge tells.
        block = self._inline.get(cells)
        if block is None:
            block = self._inline[cells] = read_inline(self.mapped, row)
        if not isinstance(block, list):
            self.document[row.number], self.block[row.number] = (name_key(block.title.published), block.year), block

    def read(self, row: Row, outline: Outline) -> Entry:
        """Return what a row that can be used says."""
        mapped = self.mapped
        texts = {what: mapped.text(row, mapped.header(what), mapped.get(row, what), kind) for what, kind in _TEXTS}
        name, description = texts["name"][0], texts["description"][0]
        assert name is not None, "a row without a name is set aside"
        every = mapped.columns.every_classification
        problems = {one.name: check_codes(mapped, row, one, self.taxonomy) for one in every}
        for rule, header, reason in (problem for found in problems.values() for problem in found):
            mapped.say(rule, f"{reason}; the row is used without it", row, header)
        given = [read_codes(mapped, row, one, self.taxonomy, is_certain=not _doubts(problems[one.name], one)) for one in every]
        codes = tuple(code for found in given for code in found.codes)
        self._say_source(row)
        if mapped.header("identifier") and not mapped.get(row, "identifier"):
            mapped.say("TAB-37", "the row has no identifier", row, mapped.header("identifier"))
        say_items(mapped, row)
        # Neither is there in a mapping without the column: nothing can be missing then.
        if every and not codes and not any(problems.values()):
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
            (*(repair for _, repairs in texts.values() for repair in repairs), *(repair for found in given for repair in found.repairs)),
            tuple(reason for found in given for reason in found.reason),
            read_subjects(mapped, row),
            read_taken_from(mapped, row),
        )

    def _say_source(self, row: Row) -> None:
        if self.mapped.columns.inline:
            cells = tuple(self.mapped.table.get(row, header) for header in self.mapped.columns.inline.values())
            block = self._inline[cells]
            for rule, header, reason in block if isinstance(block, list) else ():
                self.mapped.say(rule, reason, row, header)
        elif not self.mapped.columns.document:
            self.documents.say_lacking(self.mapped, row)


def _doubts(problems: Sequence[Reason], given: ClassificationMapping) -> bool:
    """Whether a label in a column of its own contradicts the codes: then none of them is
    certain.
    """
    return any(header == given.columns.get("label") for _, header, _ in problems)


def _check_parent(mapped: MappedTable, row: Row, code: Code) -> list[Reason]:
    parent = mapped.get(row, "parent")
    if not mapped.header("parent") or parent == (code.parent or ""):
        return []
    return [
        ("TAB-18", mapped.header("parent"), f"code {code.notation} stands below {code.parent or 'none'} and not below {parent or 'none'}")
    ]
