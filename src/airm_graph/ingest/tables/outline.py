"""Which row of a table is part of which: what its own cell says, and what the cells of others say
that list it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from airm_graph.frozen import frozen
from airm_graph.ingest.formats import Row
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason
from airm_graph.ingest.tables.values import split_cell
from airm_graph.model import Parent
from airm_graph.text import name_key

__all__ = ["Outline", "read_outline"]


@frozen
class _Claim:
    """The row *said_by* names *parent* (the number of a row), in the column *header*."""

    parent: int
    said_by: Row
    header: str


@dataclass
class Outline:
    """Parents of the rows of one table.

    Attributes:
        claims: Number of a row → what is said of its parent.
        lost: (row, header, what is wrong) for names that are no row of the document.
        reasons: Number of a row → why its parent is not certain.
    """

    claims: dict[int, list[_Claim]] = field(default_factory=dict)
    lost: list[tuple[Row, str, str]] = field(default_factory=list)
    reasons: dict[int, list[Reason]] = field(default_factory=dict)

    def find_parent(self, mapped: MappedTable, row: Row, used: Mapping[int, Row]) -> Parent | None:
        """Return the row that *row* is part of, when it is used; a finding of TAB-32 when it is
        not.
        """
        for claim in self.claims.get(row.number, ()):
            if claim.parent in used:
                return Parent(claim.parent, mapped.cell(claim.said_by, claim.header))
            mapped.say("TAB-32", f"row {claim.parent}, of which this one is part, is set aside", row, mapped.header("parent"))
            return None
        return None

    def say_lost(self, mapped: MappedTable, used: Mapping[int, Row]) -> None:
        """Note the names that are no row of the document, in the rows that are used."""
        for row, header, what in self.lost:
            if row.number in used:
                mapped.say("TAB-32", what, row, header)


def read_outline(mapped: MappedTable, rows: Sequence[Row], documents: Mapping[int, object]) -> Outline:
    """Find the parents of rows.

    Args:
        mapped: The table.
        rows: Its rows that can be read.
        documents: Number of a row → what tells its document from others; a row of another document
            is no parent.
    """
    outline = Outline()
    if not {"parent", "children"} & mapped.columns.columns.keys():
        return outline
    names = _Names(mapped, rows, documents)
    claims: defaultdict[int, list[_Claim]] = defaultdict(list)
    for row in rows:
        for what in ("parent", "children"):
            for value in names.split(mapped.get(row, what), row, what):
                other, problem = names.find(value, row)
                if other is None:
                    outline.lost.append((row, mapped.header(what), problem))
                else:
                    child, parent = (row.number, other) if what == "parent" else (other, row.number)
                    claims[child].append(_Claim(parent, row, mapped.header(what)))
    # What a row says of itself comes first.
    outline.claims = {child: sorted(said, key=lambda claim: claim.said_by.number != child) for child, said in claims.items()}
    outline.reasons = _find_contradictions(outline.claims, mapped)
    for child in outline.reasons:
        del outline.claims[child]
    return outline


class _Names:
    """Rows by identifier and by name within their document."""

    def __init__(self, mapped: MappedTable, rows: Iterable[Row], documents: Mapping[int, object]) -> None:
        self.mapped, self.documents = mapped, documents
        self.by: defaultdict[tuple[object, str, str], set[int]] = defaultdict(set)
        first: dict[tuple[object, tuple[str, ...]], int] = {}
        for row in rows:
            document = documents.get(row.number)
            # A row that stands twice is one.
            number = first.setdefault((document, tuple(mapped.table.get(row, header) for header in mapped.columns.headers)), row.number)
            if identifier := mapped.get(row, "identifier"):
                self.by[document, "identifier", identifier].add(number)
            self.by[document, "name", name_key(mapped.get(row, "name"))].add(number)

    def split(self, cell: str, row: Row, what: str) -> list[str]:
        """Return the values of a cell: a name may hold the separator, and a row has one parent."""
        whole = " ".join(cell.split())
        if not whole or what == "parent" or self.find(whole, row)[0] is not None:
            return [whole] if whole else []
        return split_cell(cell, self.mapped.columns.split_by(what))

    def find(self, value: str, row: Row) -> tuple[int | None, str]:
        document = self.documents.get(row.number)
        for kind, key in (("identifier", value), ("name", name_key(value))):
            found = self.by.get((document, kind, key), set())
            if len(found) == 1:
                return next(iter(found)), ""
            if found:
                return None, f"{len(found)} rows of the document are called {value!r}"
        return None, f"no row of the document is called {value!r}"


def _find_contradictions(claims: Mapping[int, Sequence[_Claim]], mapped: MappedTable) -> dict[int, list[Reason]]:
    found: dict[int, list[Reason]] = {}
    for child, said in claims.items():
        parents = {claim.parent: claim for claim in reversed(said)}
        header = mapped.header("parent")
        if child in parents:
            found[child] = [("TAB-31", said[0].header, "the row is part of itself")]
        elif len(parents) > 1:
            where = "; ".join(f"row {parent} by row {parents[parent].said_by.number}" for parent in sorted(parents))
            found[child] = [("TAB-31", header, f"the row is part of several others: {where}")]
        elif child in (circle := _follow(child, claims)):
            rows = ", ".join(map(str, sorted(circle)))
            found[child] = [("TAB-31", header or said[0].header, f"rows {rows} are part of each other")]
    return found


def _follow(child: int, claims: Mapping[int, Sequence[_Claim]]) -> set[int]:
    """The rows above a row."""
    above: set[int] = set()
    at = child
    while at in claims and (parent := claims[at][0].parent) not in above:
        above.add(parent)
        at = parent
    return above
