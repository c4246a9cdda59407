"""Rows of tables → pages, as the reader of captures makes them, and the rows that cannot be used, each with its reasons.

The tables of one folder belong together: the table of mitigations names a source by the identifier that the table of sources gives it.
A table is one page for each source that it speaks of.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from airm_graph.ingest.sidecar import is_web_address
from airm_graph.ingest.table.mapping import Mapping, TableMapping
from airm_graph.ingest.table.names import find_year, is_day, name_agent, split_authors
from airm_graph.ingest.table.read import Row, Table
from airm_graph.model import AssignedCode, Capture, Entry, Finding, Page, Place, Rejected, SourceBlock, TableCount, Text
from airm_graph.rules import make_finding
from airm_graph.taxonomy import Code, load_taxonomy
from airm_graph.text import normalise, slugify

__all__ = ["TableReadings", "read_records"]

# What XML 1.0 forbids, and what is no character: no format could carry the cell.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LONGEST_LIST = 5


@dataclass(frozen=True, slots=True)
class TableReadings:
    """What the tables of one folder say.

    Attributes:
        pages: One for each table and source; a table that states none is one page without a source.
        findings: In the order of the tables and their rows.
        rejected: The rows that are set aside.
        counts: One for each table whose columns are known.
    """

    pages: tuple[Page, ...] = ()
    findings: tuple[Finding, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    counts: tuple[TableCount, ...] = ()


def read_records(tables: Sequence[Table], *, mappings: Sequence[Mapping]) -> TableReadings:
    """Read the tables of one folder.

    Args:
        tables: As :func:`airm_graph.ingest.table.read.read_table` makes them.
        mappings: Those to choose from, by the columns of each table.
    """
    findings = [finding for table in tables for finding in table.findings]
    sets: defaultdict[str, list[_Sheet]] = defaultdict(list)
    for table in tables:
        sheet = _choose(table, mappings, findings) if table.header else None
        if sheet:
            sets[sheet.mapping.name].append(sheet)
    pages: list[Page] = []
    for _, sheets in sorted(sets.items()):
        pages += _Set(sheets).read()
    every = [sheet for sheets in sets.values() for sheet in sheets]
    findings += [finding for sheet in every for finding in sheet.findings]
    rejected = [entry for sheet in every for entry in sheet.rejected]
    counts = [TableCount(sheet.table.file, len(sheet.table.rows), len(sheet.table.rows) - len(sheet.rejected)) for sheet in every]
    return TableReadings(tuple(pages), tuple(findings), tuple(sorted(rejected, key=_by_row)), tuple(sorted(counts)))


def _by_row(entry: Rejected) -> tuple[str, int]:
    return entry.place.file, entry.place.row or 0


@dataclass
class _Sheet:
    """A table and what its columns are; what is found out about its rows is gathered here."""

    table: Table
    mapping: Mapping
    columns: TableMapping
    findings: list[Finding] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def get(self, row: Row, what: str) -> str:
        return self.table.get(row, self.columns.columns[what]) if what in self.columns.columns else ""

    def say(self, rule: str, message: str, row: Row, what: str = "") -> None:
        self.findings.append(make_finding(rule, message, self.place(row, what)))

    def reject(self, row: Row, reasons: Sequence[tuple[str, str, str]]) -> None:
        """Set a row aside for (rule, column, reason) triples: a finding for each, the row once."""
        for rule, what, reason in reasons:
            self.say(rule, f"{reason}; the row is set aside", row, what)
        rule, what, _ = reasons[0]
        said = "; ".join(reason for _, _, reason in reasons)
        self.rejected.append(Rejected(rule, said, self.place(row, what), self.table.header, row.cells))

    def place(self, row: Row, what: str) -> Place:
        return self.table.place(row, self.columns.columns.get(what, ""), quote=self.columns.quoted)

    @property
    def capture(self) -> Capture:
        mapping, table = self.mapping, self.table
        return Capture(
            table.sha256,
            (table.file,),
            table.media_type,
            url=mapping.origin,
            edition=mapping.edition,
            licence=mapping.licence,
            status=mapping.status,
        )


def _choose(table: Table, mappings: Sequence[Mapping], findings: list[Finding]) -> _Sheet | None:
    """The first mapping that knows the columns; a finding of TAB-03 when none does."""
    for mapping in mappings:
        columns = mapping.find_table(table.header)
        if columns:
            used = list(columns.columns.values())
            twice = sorted({name for name in used if table.header.count(name) > 1})
            # Evidence is named by the column: two that read alike could not be told apart.
            alike = len({slugify(name) for name in used} - {""}) < len(set(used))
            if not twice and not alike:
                return _Sheet(table, mapping, columns)
            what = f"the header names {twice[0]!r} twice" if twice else "two columns have names that read alike"
            findings.append(make_finding("TAB-03", what, Place(table.file, 1, 1, "", 1)))
            return None
    findings.append(make_finding("TAB-03", _explain(table, mappings), Place(table.file, 1, 1, " | ".join(table.header), 1)))
    return None


def _explain(table: Table, mappings: Sequence[Mapping]) -> str:
    """Which columns the nearest table of any mapping asks for."""
    every = [(mapping.name, columns, columns.missing(table.header)) for mapping in mappings for columns in mapping.tables.values()]
    if not every:
        return "the mapping names no table"
    name, columns, missing = min(every, key=lambda entry: (len(entry[2]) - len(entry[1].columns), len(entry[2])))
    return f"no mapping knows these columns; for {columns.kind} of {name} these are missing: {', '.join(missing[:_LONGEST_LIST])}"


class _Set:
    """The tables that one mapping knows in one folder."""

    def __init__(self, sheets: Sequence[_Sheet]) -> None:
        self.sheets = sheets
        self.codes = load_taxonomy(sheets[0].mapping.edition).codes
        self.labels = sheets[0].mapping.labels
        self.sources: dict[str, SourceBlock] = {}
        self.named: set[str] = set()

    def read(self) -> list[Page]:
        pages: list[Page] = []
        for kind, read in (("sources", self._read_sources), ("mitigations", self._read_mitigations), ("taxonomy", self._read_taxonomy)):
            sheets = [sheet for sheet in self.sheets if sheet.columns.kind == kind]
            contradicting = _find_contradicting(sheets)
            for sheet in sheets:
                usable = [row for row in sheet.table.rows if _check_row(sheet, row, contradicting)]
                found = read(sheet, usable)
                pages += found or [Page(sheet.capture, None, None)]
        self._check_unused()
        return pages

    def _read_sources(self, sheet: _Sheet, rows: Sequence[Row]) -> list[Page]:
        blocks = {}
        for row in rows:
            absent = [what for what in ("identifier", "title", "authors") if not sheet.get(row, what)]
            if absent:
                sheet.reject(row, [("TAB-14", what, f"the document has no {what}") for what in absent])
                continue
            blocks[sheet.get(row, "identifier")] = _read_source(sheet, row)
        self.sources |= blocks
        return [Page(sheet.capture, None, block) for block in blocks.values()]

    def _read_mitigations(self, sheet: _Sheet, rows: Sequence[Row]) -> list[Page]:
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for row in rows:
            source = sheet.get(row, "source")
            self.named.add(source)
            reasons = self._find_reasons(sheet, row)
            if reasons:
                sheet.reject(row, reasons)
            else:
                found[source].append(_read_entry(sheet, row))
        return [Page(sheet.capture, None, self.sources[source], entries=tuple(entries)) for source, entries in found.items()]

    def _find_reasons(self, sheet: _Sheet, row: Row) -> list[tuple[str, str, str]]:
        """Why a row of mitigations cannot be used."""
        reasons = []
        source = sheet.get(row, "source")
        if not sheet.get(row, "name"):
            reasons.append(("TAB-04", "name", "the mitigation has no name"))
        if source not in self.sources:
            what = f"the source {source!r} is in no table of sources beside this one" if source else "the row names no source"
            reasons.append(("TAB-07", "source", what))
        return reasons + self._check_code(sheet, row)

    def _check_code(self, sheet: _Sheet, row: Row) -> list[tuple[str, str, str]]:
        code, label = sheet.get(row, "code"), sheet.get(row, "label")
        if not code:
            return []
        if code not in self.codes:
            return [("TAB-05", "code", f"{code!r} is no code of {sheet.mapping.edition}")]
        expected = self.codes[code].label
        known = {normalise(text) for text in (expected, self.labels.get(code)) if text}
        if label and expected and normalise(label) not in known:
            return [("TAB-06", "label", f"code {code} is {expected!r} and not {label!r}")]
        return []

    def _read_taxonomy(self, sheet: _Sheet, rows: Sequence[Row]) -> list[Page]:
        """Compare the codes of the table with those of the project; nothing else is taken from it."""
        for row in rows:
            reasons = self._check_code(sheet, row) if sheet.get(row, "code") else [("TAB-05", "code", "the row holds no code")]
            reasons = reasons or self._check_parent(sheet, row, self.codes[sheet.get(row, "code")])
            if reasons:
                sheet.reject(row, reasons)
        return []

    def _check_parent(self, sheet: _Sheet, row: Row, code: Code) -> list[tuple[str, str, str]]:
        parent = sheet.get(row, "parent")
        if "parent" not in sheet.columns.columns or parent == (code.parent or ""):
            return []
        return [("TAB-18", "parent", f"code {code.notation} stands below {code.parent or 'none'} and not below {parent or 'none'}")]

    def _check_unused(self) -> None:
        if not any(sheet.columns.kind == "mitigations" for sheet in self.sheets):
            return
        for sheet in self.sheets:
            for row in sheet.table.rows if sheet.columns.kind == "sources" else ():
                identifier = sheet.get(row, "identifier")
                if identifier in self.sources and identifier not in self.named:
                    sheet.say("TAB-13", f"no mitigation is taken from the document {identifier!r}", row, "identifier")


def _find_contradicting(sheets: Iterable[_Sheet]) -> set[str]:
    """Identifiers of rows that have one identifier and differ in anything else."""
    seen: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for sheet in sheets:
        for row in sheet.table.rows:
            identifier = sheet.get(row, "identifier")
            if identifier:
                seen[identifier].add(tuple(sheet.get(row, what) for what in sheet.columns.columns))
    return {identifier for identifier, contents in seen.items() if len(contents) > 1}


def _check_row(sheet: _Sheet, row: Row, contradicting: set[str]) -> bool:
    """Whether a row can be read at all; it is set aside when not."""
    reasons = []
    width = len(sheet.table.header)
    if any(cell.strip() for cell in row.cells[width:]):
        reasons.append(("TAB-09", "", f"the row has {len(row.cells)} cells and the header {width}"))
    if found := _CONTROL.search("".join(row.cells)):
        reasons.append(("TAB-09", "", f"a cell holds control character U+{ord(found.group()):04X}"))
    # A fault of the reader counts where the mapping asks for the cell, or cannot know which one it is.
    mapped = {column: what for what, column in sheet.columns.columns.items()}
    reasons += [(fault.rule, mapped.get(fault.column, ""), fault.reason) for fault in row.faults if fault.column in {"", *mapped}]
    identifier = sheet.get(row, "identifier")
    if identifier in contradicting:
        reasons.append(("TAB-08", "identifier", f"{identifier!r} stands in several rows that differ"))
    if reasons:
        sheet.reject(row, reasons)
    elif any(char.isspace() for char in identifier):
        sheet.say("TAB-12", f"the identifier {identifier!r} holds white space", row, "identifier")
    return not reasons


def _read_source(sheet: _Sheet, row: Row) -> SourceBlock:
    title, line = (" ".join(sheet.get(row, what).split()) for what in ("title", "authors"))
    authors, is_whole = split_authors(line, separator=sheet.columns.separator)
    if not is_whole:
        sheet.say("TAB-17", f"the author line is no plain list of names: {line!r}", row, "authors")
    issued, url, abstract = (sheet.get(row, what) for what in ("issued", "url", "abstract"))
    year = find_year(issued)
    if year is None:
        sheet.say("TAB-15", f"{issued!r} holds no year" if issued else "the document has no date", row, "issued")
    if url and not is_web_address(url):
        sheet.say("TAB-16", f"{url!r} is not an http or https address", row, "url")
    return SourceBlock(
        Text(title, title),
        Text(line, line),
        authors,
        year,
        sheet.table.evidence(row, sheet.columns.quoted),
        Text(abstract, abstract) if abstract else None,
        given_first=sheet.columns.given_first,
        url=url if is_web_address(url) else None,
    )


def _read_entry(sheet: _Sheet, row: Row) -> Entry:
    columns = sheet.columns.columns
    name, description = " ".join(sheet.get(row, "name").split()), sheet.get(row, "description")
    # Neither is there in a mapping without the column: nothing can be missing then.
    if "code" in columns and not sheet.get(row, "code"):
        sheet.say("TAB-10", f"{name!r} has no code", row, "code")
    if "description" in columns and not description:
        sheet.say("TAB-11", f"{name!r} has no description", row, "description")
    return Entry(
        sheet.table.evidence(row, sheet.columns.quoted),
        Text(name, name),
        sheet.get(row, "identifier") or None,
        Text(description, description) if description else None,
        _read_codes(sheet, row),
    )


def _read_codes(sheet: _Sheet, row: Row) -> tuple[AssignedCode, ...]:
    code, agent, created = (sheet.get(row, what) for what in ("code", "agent", "created"))
    if not code:
        return ()
    if created and not is_day(created):
        sheet.say("TAB-16", f"{created!r} is not a day such as 2026-11-21", row, "created")
    if sheet.table.is_rounded(row, sheet.columns.columns["code"]):
        sheet.say("TAB-20", f"the code is stored as the number {code}, which {code}0 would be, too", row, "code")
    evidence = sheet.table.evidence(row, [sheet.columns.columns["code"]], cell=True)
    who = name_agent(agent, known=sheet.mapping.agents) if agent else None
    return (AssignedCode(sheet.mapping.edition, code, evidence, who, created if is_day(created) else None),)
