"""The records: what a page says (pages) and what all pages together say (records). Frozen, and free of RDF."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

__all__ = [
    "GRAPH_TABLES",
    "ROLES",
    "TEXTS",
    "Agent",
    "AssignedCode",
    "Attested",
    "Capture",
    "Classification",
    "CodeDecision",
    "Decisions",
    "Entry",
    "Evidence",
    "Finding",
    "Heading",
    "Item",
    "JoinDecision",
    "Link",
    "Mention",
    "Mitigation",
    "OwnEntry",
    "Page",
    "Parent",
    "Place",
    "Records",
    "Rejected",
    "Repair",
    "Role",
    "Severity",
    "Source",
    "SourceBlock",
    "TableCount",
    "Text",
]

#: The vocabularies whose terms a mitigation has.
ROLES = ("actor", "function", "lifecycle")
#: Texts of a mitigation beside its name and description: each is the name of a column in mappings and
#: in exported tables, and a field of ``triples.statements``.
TEXTS = ("note",)

#: The tables of a graph, as they are exported and read back: kind → its columns.
GRAPH_TABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "graph-mitigations": (
            *("name", "description", "actor", "lifecycle", "function", "other name", *TEXTS, "identifier"),
            *("mitigation", "part of", "source", "evidence"),
        ),
        "graph-classifications": ("code", "label", "reason", "by", "agents", "created", "edition", "mitigation", "evidence"),
        "graph-sources": (
            "title",
            "authors",
            "issued",
            "numbers",
            "addresses",
            "abstract",
            "other title",
            "creators",
            "source",
            "evidence",
        ),
        "graph-agents": ("name", "kind", "agent"),
        "graph-captures": ("files", "media type", "address", "retrieved", "edition", "rights", "status", "sha256"),
        "graph-evidence": ("text", "first line", "last line", "row", "column", "evidence"),
        "graph-repairs": ("rule", "before", "after", "line", "position", "evidence"),
    }
)


class Severity(StrEnum):
    """How much a finding matters, in the words of SHACL."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Lines of an input, 1-based and inclusive, and their text as captured (lines joined by LF).

    Attributes:
        row: For tables: the row as a spreadsheet counts it, the header being row 1. A row may take several lines.
        column: For tables: the header of the column; empty for the whole row.
    """

    file: str
    first_line: int | None = None
    last_line: int | None = None
    text: str = ""
    row: int | None = None
    column: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reader, the merge or a shape has to say about the input. Problems are data.

    Attributes:
        rule: Identifier of the rule, for example ``CAP-07``.
        message: What is wrong, in one sentence.
        remedy: What to do about it.
        place: Where, as far as known.
        focus, path, value: For results of shapes: node, property and value as N-Triples terms.
        shape, component: For results of shapes: the shape and the kind of constraint, as N-Triples terms.
        origin: For findings about RDF files: the place in a capture that the statement was taken from, as far as the file says.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    place: Place | None = None
    focus: str = ""
    path: str = ""
    value: str = ""
    shape: str = ""
    component: str = ""
    origin: Place | None = None


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """Whole lines of one capture, named by its SHA-256 (64 hex digits); for a table a row, or one cell of it.

    Attributes:
        first_line, last_line: For a row of a table: the lines that it takes in the file, 0 where only the row is known.
        row: As a spreadsheet counts it, the header being row 1; None for lines of a page.
        column: Header of the column; empty for the whole row.
    """

    capture: str
    first_line: int
    last_line: int
    text: str
    row: int | None = None
    column: str = ""

    def place(self, file: str) -> Place:
        """The same place in the file of that name."""
        return Place(file, self.first_line or None, self.last_line or None, self.text, self.row, self.column)


@dataclass(frozen=True, slots=True, order=True)
class Repair:
    """One change made to captured text; line and position (characters) are 1-based in the capture, or in the cell of a table."""

    line: int
    position: int
    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text as captured, as published, and what was changed between the two."""

    captured: str
    published: str
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """One input file.

    Attributes:
        sha256: Over the text as UTF-8 without byte-order mark and with LF line ends.
        file_names: Names below the input folder; several when files are equal.
        notices: Which notices the page carries: ``unfinished``, ``preliminary``.
        url, retrieved: From a side-car: address of the page, date of the capture (YYYY-MM-DD). For a table the mapping says where
            it is from.
        edition: The edition of the publisher's identifiers: one identifier may name different mitigations in two editions.
        licence, status: IRIs, where a mapping says them; a capture without them stands under the notice that its page shows.
        columns: For a table: what a column is → its header, as pairs; findings name the column by it.
    """

    sha256: str
    file_names: tuple[str, ...]
    media_type: str = "text/plain"
    notices: tuple[str, ...] = ()
    url: str | None = None
    retrieved: str | None = None
    edition: str = "v2"
    licence: str | None = None
    status: str | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """What a page says of its own mitigation. Its name is not on the page; it may come from a side-car.

    Attributes:
        code: Notation found by fingerprint, or None when unresolved.
        also_in: Label of the parent code as printed.
        evidence: From the definition line to the reasoning.
        reasoning_evidence: The lines of the reasoning, when there is one.
    """

    evidence: Evidence
    identifier: str | None = None
    name: Text | None = None
    code: str | None = None
    also_in: str | None = None
    description: Text | None = None
    reasoning: Text | None = None
    reasoning_evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """The parent mitigation printed as a bare heading.

    Attributes:
        basis: Why it was taken for a heading: ``others`` (named on the same page), ``other-page`` (named on another one), ``next-item``
            (what follows can only be an item), ``alone`` (the page has no items) or ``pattern`` (by its look only).
    """

    name: Text
    evidence: Evidence
    basis: str
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A child of the page or one of the others of its source.

    Attributes:
        path: Published names from the outermost in: one, or two for ``Parent > Child``.
        code: Notation, or None when code and label contradict each other or are unknown.
        label: Label of the code as printed, empty when unresolved.
    """

    path: tuple[str, ...]
    name: Text
    code: str | None
    label: str
    evidence: Evidence
    description: Text | None = None


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """Title, authors and abstract as one page prints them, or one row of a table.

    Attributes:
        year: Four digits, or None when none is printed.
        authors: Names as printed, in order.
        given_first: Whether names without a comma begin with the given name.
        url: Address of the document, when one is given.
        doi: DOI of the document without what stands before ``10.``, in lower case.
        repairs: Of the cells of a table, each with its cell; those of a page stand with its texts.
    """

    title: Text
    author_line: Text
    authors: tuple[str, ...]
    year: str | None
    evidence: Evidence
    abstract: Text | None = None
    given_first: bool = False
    url: str | None = None
    doi: str | None = None
    repairs: tuple[tuple[Evidence, Repair], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Agent:
    """A person, body or program; *key* is the path of its IRI below the base.

    Attributes:
        kind: ``person``, ``organization``, ``software``, or empty where nothing says it.
    """

    key: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AssignedCode:
    """A code that a row of a table gives, the cell that says so, and who assigned it when and why, as far as the table says.

    Attributes:
        by: Name of the classification where a mapping declares several for one row; empty for the only one.
        reason_evidence: The cell of the reason, when there is one.
    """

    edition: str
    code: str
    evidence: Evidence
    agent: Agent | None = None
    created: str | None = None
    by: str = ""
    reason: Text | None = None
    reason_evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, order=True)
class Role:
    """A concept of one of the three vocabularies (``lifecycle``, ``actor``, ``function``) and where it is said."""

    vocabulary: str
    concept: str
    label: str
    evidence: Evidence


@dataclass(frozen=True, slots=True, order=True)
class Parent:
    """The row of the same table that a row is part of, and the cell that says so: that of the one or of the other."""

    row: int
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Entry:
    """A mitigation as one row of a table states it.

    Attributes:
        texts: What else it says, by the names of `TEXTS`.
        repairs: Of its texts, each with the cell that was repaired.
    """

    evidence: Evidence
    name: Text
    identifier: str | None = None
    description: Text | None = None
    codes: tuple[AssignedCode, ...] = ()
    texts: tuple[tuple[str, Text], ...] = ()
    roles: tuple[Role, ...] = ()
    parent: Parent | None = None
    repairs: tuple[tuple[Evidence, Repair], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What the reader found in one capture, in the order of its lines.

    A table is one page for each source that it speaks of, all with the same capture: their mitigations are *entries*.
    """

    capture: Capture
    own: OwnEntry | None
    source: SourceBlock | None
    heading: Heading | None = None
    children: tuple[Item, ...] = ()
    others: tuple[Item, ...] = ()
    roles: tuple[Role, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Attested:
    """A value and every place that says it; *evidence* is sorted and never empty.

    The value is a published text, a notation, or the key of another record (``source/…``, ``mitigation/…``, ``agent/…``).
    """

    value: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Classification:
    """The assertion that a mitigation falls under a code of an edition (``v1``, ``v2``).

    Attributes:
        agents: Who made it, each with the places that say so.
        created: Days on which it was made (YYYY-MM-DD).
        by: Tells classifications of one mitigation apart that different agents made; empty where nothing has to be told apart.
    """

    edition: str
    code: str
    evidence: tuple[Evidence, ...]
    reasonings: tuple[Attested, ...] = ()
    agents: tuple[tuple[Agent, tuple[Evidence, ...]], ...] = ()
    created: tuple[Attested, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True)
class Mitigation:
    """A measure against AI risk as one source states it.

    Attributes:
        key: Path of its IRI below the base, ``mitigation/<source>/<name>``.
        names: First the preferred one; empty when unknown.
        descriptions: More than one when pages disagree.
        roles: (vocabulary, attested concept slug) pairs.
        part_of: Keys of parents in the outline; more than one when pages disagree.
        texts: What else a table says of it: (name of `TEXTS`, attested text) pairs.
    """

    key: str
    source: Attested
    evidence: tuple[Evidence, ...]
    identifiers: tuple[Attested, ...] = ()
    names: tuple[Attested, ...] = ()
    descriptions: tuple[Attested, ...] = ()
    classifications: tuple[Classification, ...] = ()
    roles: tuple[tuple[str, Attested], ...] = ()
    part_of: tuple[Attested, ...] = ()
    texts: tuple[tuple[str, Attested], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A document; several titles, author lines or abstracts when its pages differ, the preferred one first.

    Attributes:
        identifiers: ``doi:…`` and ``arxiv:…``, found in addresses and where a DOI is given.
    """

    key: str
    titles: tuple[Attested, ...]
    author_lines: tuple[Attested, ...]
    creators: tuple[tuple[Agent, tuple[Evidence, ...]], ...]
    years: tuple[Attested, ...]
    evidence: tuple[Evidence, ...]
    abstracts: tuple[Attested, ...] = ()
    urls: tuple[Attested, ...] = ()
    identifiers: tuple[Attested, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """A place that speaks of a mitigation, a source or an agent.

    Attributes:
        key: Path of the IRI of its evidence below the base.
        name: What it calls the thing; empty when it does not say, or when whoever names the mention does not care.
        kind: ``mitigation``, ``source`` or ``agent``; empty when whoever names the mention leaves it open.
    """

    key: str
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Two mentions in different inputs that are one thing, or are not, and why.

    Attributes:
        target: Key of the record that both are; empty when they stay apart.
        basis: ``identifier``, ``name``, ``text``, ``structure`` (by what stands around them) or ``decision``.
        matched: What both have, normalised.
        score: From 0 to 1: how much of what both say is the same.
    """

    one: Mention
    two: Mention
    target: str
    basis: str
    matched: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class JoinDecision:
    """What a person decided of two mentions: that they are one, or that they are not."""

    one: Mention
    two: Mention
    accepted: bool
    place: Place


@dataclass(frozen=True, slots=True)
class CodeDecision:
    """A code that a person gave a mitigation, with the cell that says so.

    Attributes:
        mitigation: Its key.
    """

    mitigation: str
    assigned: AssignedCode
    place: Place


@dataclass(frozen=True, slots=True)
class Decisions:
    """What people decided, and the tables that say so, where a statement of the graph rests on one."""

    joins: tuple[JoinDecision, ...] = ()
    codes: tuple[CodeDecision, ...] = ()
    captures: tuple[Capture, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """All that the input says, merged; every tuple is sorted by key."""

    captures: tuple[Capture, ...] = ()
    sources: tuple[Source, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    repairs: tuple[tuple[Evidence, Repair], ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of a table that cannot be used as it stands: why, and all its cells.

    Attributes:
        place: Its row, and the column that holds the reason where one does.
        header: The header of the table; *cells* may be more.
    """

    rule: str
    reason: str
    place: Place
    header: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class TableCount:
    """How many rows of a table were read below its header, blank ones left out, and how many of them are used."""

    file: str
    read: int
    used: int

    @property
    def quarantined(self) -> int:
        """Rows that are set aside; none is lost."""
        return self.read - self.used
