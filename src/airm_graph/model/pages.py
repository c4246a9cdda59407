"""What one page or table says, as its reader found it."""

import hashlib
import re

from airm_graph.frozen import frozen
from airm_graph.model.findings import Location

__all__ = [
    "Agent",
    "AssignedCode",
    "Capture",
    "Entry",
    "Evidence",
    "Heading",
    "Item",
    "OwnEntry",
    "Page",
    "Parent",
    "Repair",
    "Role",
    "SourceBlock",
    "Subject",
    "Text",
]

#: What can be the last part of an IRI as it stands.
_SEGMENT = re.compile(r"[0-9A-Za-z_~-](?:[0-9A-Za-z._~-]*[0-9A-Za-z_~-])?")


@frozen(order=True)
class Evidence:
    """Whole lines of one capture, named by its SHA-256 (64 hex digits); for a table a row, or one
    cell of it.

    Attributes:
        first_line, last_line: For a row of a table: the lines that it takes in the file, 0 where
            only the row is known.
        row: As a spreadsheet counts it, the header being row 1; None for lines of a page.
        column: Header of the column; empty for the whole row.
    """

    capture: str
    first_line: int
    last_line: int
    text: str
    row: int | None = None
    column: str = ""

    def locate(self, file: str) -> Location:
        """Return the same place in the file of that name."""
        return Location(file, self.first_line or None, self.last_line or None, self.text, self.row, self.column)


@frozen(order=True)
class Repair:
    """One change made to captured text; line and position (characters) are 1-based in the capture,
    or in the cell of a table.
    """

    line: int
    position: int
    rule: str
    before: str
    after: str

    @property
    def takes_words(self) -> bool:
        """Whether letters or digits are gone.

        >>> Repair(1, 1, "footnote-number", "harm12", "harm").takes_words
        True
        """
        return sum(map(str.isalnum, self.before)) > sum(map(str.isalnum, self.after))


@frozen
class Text:
    """A text as captured, as published, and what was changed between the two."""

    captured: str
    published: str
    repairs: tuple[Repair, ...] = ()


@frozen
class Capture:
    """One input file.

    Attributes:
        sha256: Over the text as UTF-8 without byte-order mark and with LF line ends.
        file_names: Names below the input folder; several when files are equal.
        notices: Which notices the page carries: ``unfinished``, ``preliminary``.
        url, retrieved: From a side-car: address of the page, date of the capture (YYYY-MM-DD). For
            a table the mapping says where it is from.
        edition: The edition of the publisher's identifiers: one identifier may name different
            mitigations in two editions.
        licence, status: IRIs, where a mapping says them; a capture without them stands under the
            notice that its page shows.
        columns: For a table: what a column is → its header, as pairs; findings name the column by
            it.
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


@frozen
class OwnEntry:
    """What a page says of its own mitigation. Its name is not on the page; it may come from a
    side-car.

    Attributes:
        code: Notation found by fingerprint, or None when unresolved.
        also_in: Label of the parent code as printed.
        evidence: From the definition line to the reasoning.
        reasoning_evidence: The lines of the reasoning, when there is one.
        hint: What a line above the definition calls the page, when one does; it is no name yet.
        asides: Lines that are kept as captured and say nothing for certain: those above the
            definition, and terms that no vocabulary has.
    """

    evidence: Evidence
    identifier: str | None = None
    name: Text | None = None
    code: str | None = None
    also_in: str | None = None
    description: Text | None = None
    reasoning: Text | None = None
    reasoning_evidence: Evidence | None = None
    hint: str = ""
    asides: tuple[Evidence, ...] = ()


@frozen
class Heading:
    """The parent mitigation printed as a bare heading.

    Attributes:
        basis: Why it was taken for a heading: ``others`` (named on the same page), ``other-page``
            (named on another one), ``next-item`` (what follows can only be an item), ``alone`` (the
            page has no items) or ``pattern`` (by its look only).
    """

    name: Text
    evidence: Evidence
    basis: str
    description: Text | None = None


@frozen
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


@frozen
class SourceBlock:
    """Title, authors and abstract as one page prints them, or one row of a table.

    Attributes:
        year: Four digits, or None when none is printed.
        authors: Names as printed, in order.
        given_first: Whether names without a comma begin with the given name.
        url: Address of the document, when one is given.
        doi: DOI of the document without what stands before ``10.``, in lower case.
        repairs: Of the cells of a table, each with its cell; those of a page stand with its texts.
        key: What rows call a document that no table lists; its IRI is made of it, so that it stays
            when a side-car describes the document.
        is_described: Whether more than that is known.
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
    key: str = ""
    is_described: bool = True


@frozen(order=True)
class Agent:
    """A person, body or program; *key* is the path of its IRI below the base.

    Attributes:
        kind: ``person``, ``organization``, ``software``, or empty where nothing says it.
    """

    key: str
    name: str
    kind: str = ""


@frozen
class AssignedCode:
    """A code that a row of a table gives, the cell that says so, and who assigned it when and why,
    as far as the table says.

    Attributes:
        by: Name of the classification where a mapping declares several for one row; empty for the
            only one.
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


@frozen(order=True)
class Role:
    """A concept of one of the vocabularies of `ROLES` and where it is said."""

    vocabulary: str
    concept: str
    label: str
    evidence: Evidence


@frozen(order=True)
class Subject:
    """A concept of somebody else's scheme that a row is sorted under, as the row calls it.

    Attributes:
        scheme: Path of the scheme below the base, ``scheme/<name>``.
        title: Title of the scheme.
        notation: Code; empty where the table has none.
        label: Label; empty where the table has none.
    """

    scheme: str
    title: str
    notation: str
    label: str

    @property
    def key(self) -> str:
        """Path of its IRI below the base; what cannot stand in one is told apart by a digest."""
        text = self.notation or self.label
        if _SEGMENT.fullmatch(text):
            return f"{self.scheme}/{text}"
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        words = re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")
        return f"{self.scheme}/{words}-{digest}" if words else f"{self.scheme}/{digest}"


@frozen(order=True)
class Parent:
    """The row of the same table that a row is part of, and the cell that says so: that of the one
    or of the other.
    """

    row: int
    evidence: Evidence


@frozen
class Entry:
    """A mitigation as one row of a table states it.

    Attributes:
        texts: What else it says, by the names of `TEXTS`.
        repairs: Of its texts, each with the cell that was repaired.
        reasons: Reasons that stand without a code, each with its cell.
        subjects: Concepts of other schemes, each with its cell.
        taken_from: What the row calls the mitigations that it was taken from, each with its cell.
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
    reasons: tuple[tuple[Text, Evidence], ...] = ()
    subjects: tuple[tuple[Subject, Evidence], ...] = ()
    taken_from: tuple[tuple[str, Evidence], ...] = ()


@frozen
class Page:
    """What the reader found in one capture, in the order of its lines.

    A table is one page for each source that it speaks of, all with the same capture: their
        mitigations are *entries*.

    Attributes:
        source: None where neither page nor side-car names one, nor a row.
        document: Tells pages without a source apart: those that are of one document have the same.
            Empty for a page alone.
    """

    capture: Capture
    own: OwnEntry | None
    source: SourceBlock | None
    heading: Heading | None = None
    children: tuple[Item, ...] = ()
    others: tuple[Item, ...] = ()
    roles: tuple[Role, ...] = ()
    entries: tuple[Entry, ...] = ()
    document: str = ""
