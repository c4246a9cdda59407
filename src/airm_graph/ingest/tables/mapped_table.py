"""A table with what its columns are, and everything that is found out about its rows."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from airm_graph.errors import name_some
from airm_graph.graph.text_tests import make_test
from airm_graph.ingest.formats import Row, Table
from airm_graph.ingest.tables.meaning import Mapping, TableMapping
from airm_graph.model import TEXTS, Capture, Evidence, Finding, Location, Rejected, Repair, Text
from airm_graph.rules import make_finding
from airm_graph.text import MAY_NEED_REPAIR, Kind, remove_invisible, repair_text, slugify, unescape_cell

__all__ = ["REPAIRED", "MappedTable", "Reason", "Repairs", "choose_mapping"]

#: What the columns can be whose texts are repaired.
REPAIRED = ("name", "title", "description", "abstract", *TEXTS, "reason")
#: Why a row cannot be used: rule, header of the column (empty for the row), what is wrong.
Reason = tuple[str, str, str]

#: Repairs, each with the cell that it was made in.
Repairs = tuple[tuple[Evidence, Repair], ...]

#: Characters of what a repair took out, in a message.
_LONGEST_QUOTE = 60
#: Rows whose texts are repaired as soon as it could be told which of them may need it.
_FEW = 50
#: Columns whose cells name things: no character that nobody sees belongs to a name.
_NAMING = frozenset(("identifier", "source", "code", "parent"))


def _may_need_repair(text: str) -> bool:
    return bool(make_test(MAY_NEED_REPAIR)(text))


@dataclass
class MappedTable:
    """A table and what its columns are; what is found out about its rows is gathered here.

    Attributes:
        words: Words of the input that join those which are split by hyphen and blank.
    """

    table: Table
    mapping: Mapping
    columns: TableMapping
    findings: list[Finding] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    words: Collection[str] = ()

    def get(self, row: Row, what: str) -> str:
        """The cell of what has one column; empty where it has none."""
        cell = self.table.get(row, self.columns.columns[what]) if what in self.columns.columns else ""
        if what == "name" and not cell:
            cell = next(filter(None, (self.table.get(row, header) for header in self.columns.name_else)), "")
        return remove_invisible(cell).strip() if what in _NAMING else cell

    def header(self, what: str) -> str:
        """Return the header of what has one column; empty where it has none."""
        return self.columns.columns.get(what, "")

    def cell(self, row: Row, header: str) -> Evidence:
        """One cell as evidence."""
        return self.table.evidence(row, [header], cell=True)

    def whole(self, row: Row) -> Evidence:
        """Return a row as evidence."""
        return self.table.evidence(row, self.columns.quoted)

    def text(self, row: Row, header: str, cell: str, kind: Kind) -> tuple[Text | None, Repairs]:
        """Return what a cell says, repaired where the mapping asks for it, and the repairs with the
        cell that they were made in.
        """
        captured = cell if kind == "prose" else " ".join(cell.split())
        if not cell or not self.mapping.is_repaired:
            return (Text(captured, captured) if cell else None), ()
        if cell == (cell.strip() if kind == "prose" else captured) and len(self.table.rows) > _FEW and not _may_need_repair(cell):
            return Text(captured, captured), ()
        text = repair_text([(number, 1, line) for number, line in enumerate(cell.split("\n"), 1)], kind=kind, words=self.words)
        published = text.published if kind == "prose" else " ".join(text.published.split())
        if not published:
            # Nothing but damage: it stays as it is, and the shapes report it.
            return Text(captured, captured), ()
        evidence = self.cell(row, header)
        if taken := [repr(repair.before.strip()[:_LONGEST_QUOTE]) for repair in text.repairs if repair.takes_words]:
            self.say("TAB-38", f"repaired, which takes out or shortens {name_some(taken)}", row, header)
        return Text(captured, published), tuple((evidence, repair) for repair in text.repairs)

    def list_texts(self) -> Iterator[str]:
        """List the texts of its rows that repairs are made in."""
        columns = (self.columns.columns, self.columns.inline, *(given.columns for given in self.columns.classifications))
        headers = sorted({header for part in columns for what, header in part.items() if what in REPAIRED})
        for row in self.table.rows if self.mapping.is_repaired else ():
            yield from (self.table.get(row, header) for header in headers)

    def say(self, rule: str, message: str, row: Row, header: str = "") -> None:
        """Note a finding at a row, or at one of its cells."""
        self.findings.append(make_finding(rule, message, self.locate(row, header)))

    def reject(self, row: Row, reasons: Sequence[Reason]) -> None:
        """Set a row aside: a finding for each reason, the row once."""
        for rule, header, reason in reasons:
            self.say(rule, f"{reason}; the row is set aside", row, header)
        rule, header, _ = reasons[0]
        said = "; ".join(reason for _, _, reason in reasons)
        self.rejected.append(Rejected(rule, said, self.locate(row, header), self.table.header, row.cells))

    def locate(self, row: Row, header: str) -> Location:
        """Return a row, or one of its cells, as the place of a finding."""
        return self.table.locate(row, header, quote=self.columns.quoted)

    @property
    def capture(self) -> Capture:
        """The table as a capture."""
        mapping, table = self.mapping, self.table
        return Capture(
            table.sha256,
            (table.file,),
            table.media_type,
            url=mapping.origin,
            edition=mapping.edition,
            licence=mapping.licence,
            status=mapping.status,
            columns=tuple(sorted(self.columns.columns.items())),
        )


def choose_mapping(table: Table, mappings: Sequence[Mapping], say: Callable[[Finding], None]) -> MappedTable | None:
    """Return the table under the first mapping that knows its columns; a finding of TAB-03 when
    none does.
    """
    for mapping in mappings:
        columns = mapping.find_table(table.header, is_sparse=table.is_sparse)
        if columns:
            used = columns.headers
            twice = sorted({name for name in used if table.header.count(name) > 1})
            # Evidence is named by the column: two that read alike could not be told apart.
            alike = len({slugify(name) for name in used} - {""}) < len(set(used))
            if not twice and not alike:
                return MappedTable(_disarm(table) if mapping.is_guarded else table, mapping.of_file(table.sha256), columns)
            what = f"the header names {twice[0]!r} twice" if twice else "two columns have names that read alike"
            say(make_finding("TAB-03", what, Location(table.file, 1, 1, "", 1)))
            return None
    say(make_finding("TAB-03", _explain(table, mappings), Location(table.file, 1, 1, " | ".join(table.header), 1)))
    return None


def _disarm(table: Table) -> Table:
    """The table with its cells as they were before an export escaped them."""
    return replace(table, is_exact=True, rows=tuple(replace(row, cells=tuple(map(unescape_cell, row.cells))) for row in table.rows))


def _explain(table: Table, mappings: Sequence[Mapping]) -> str:
    """Which columns the nearest table of any mapping asks for."""
    every = [(mapping.name, columns, columns.missing(table.header)) for mapping in mappings for columns in mapping.tables.values()]
    if not every:
        return "the mapping names no table"
    name, columns, missing = min(every, key=lambda entry: (-len(set(table.header) & set(entry[1].headers)), len(entry[2])))
    return f"no mapping knows these columns; for {columns.kind} of {name} these are missing: {name_some(missing)}"
