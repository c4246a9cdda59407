"""Where something stands, and what is wrong with it."""

from enum import StrEnum

from airm_graph.frozen import frozen
from airm_graph.namespaces import PREFIXES

__all__ = ["Finding", "Location", "Rejected", "Severity", "TableCount"]

_NEVER_FAILING = frozenset(f"<{PREFIXES['sh']}{name}>" for name in ("Debug", "Trace"))


class Severity(StrEnum):
    """How much a finding matters, in the words of SHACL."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


@frozen(order=True)
class Location:
    """Lines of an input, 1-based and inclusive, and their text as captured (lines joined by LF).

    Attributes:
        row: For tables: the row as a spreadsheet counts it, the header being row 1. A row may take
            several lines.
        column: For tables: the header of the column; empty for the whole row.
    """

    file: str
    first_line: int | None = None
    last_line: int | None = None
    text: str = ""
    row: int | None = None
    column: str = ""


@frozen
class Finding:
    """Something a reader, the merge or a shape has to say about the input. Problems are data.

    Attributes:
        rule: Identifier of the rule, for example ``CAP-07``.
        message: What is wrong, in one sentence.
        remedy: What to do about it.
        location: Where, as far as known.
        focus, path, value: For results of shapes: node, property and value as N-Triples terms.
        shape, component: For results of shapes: the shape and the kind of constraint, as N-Triples
            terms.
        severity_iri: For results of shapes: the severity as the shape states it, as an N-Triples
            term.
        messages: For results of shapes: every message as a literal.
        identity: For results of shapes: what makes it the same result wherever shapes and data
            stand in their files.
        parts: For results of shapes that may stand for several defects: each of them, such as the
            values that are too many; with fewer it is a lesser defect of the same identity.
        origin: For findings about RDF files: the place in a capture that the statement was taken
            from, as far as the file says.
    """

    rule: str
    severity: Severity
    message: str
    remedy: str = ""
    location: Location | None = None
    focus: str = ""
    path: str = ""
    value: str = ""
    shape: str = ""
    component: str = ""
    origin: Location | None = None
    severity_iri: str = ""
    messages: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def fails(self, at: Severity) -> bool:
        """Tell whether the finding is as grave as *at*; what SHACL 1.2 calls debug and trace never
        is.
        """
        return self.severity.rank <= at.rank and self.severity_iri not in _NEVER_FAILING


@frozen
class Rejected:
    """A row of a table that cannot be used as it stands: why, and all its cells.

    Attributes:
        location: Its row, and the column that holds the reason where one does.
        header: The header of the table; *cells* may be more.
    """

    rule: str
    reason: str
    location: Location
    header: tuple[str, ...]
    cells: tuple[str, ...]


@frozen(order=True)
class TableCount:
    """How many rows of a table were read below its header, blank ones left out, and how many of
    them are used.

    Attributes:
        mapping: Which mapping was taken, and why.
    """

    file: str
    read: int
    used: int
    mapping: str = ""

    @property
    def quarantined(self) -> int:
        """Rows that are set aside; none is lost."""
        return self.read - self.used
