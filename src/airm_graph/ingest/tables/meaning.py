"""What columns mean, as data: which is what, how values split, what codes, names and addresses
stand for. Nothing here runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from airm_graph.frozen import frozen
from airm_graph.model import TEXTS

__all__ = [
    "BESIDE",
    "CLASSIFICATION",
    "COLUMNS",
    "INLINE",
    "KINDS",
    "ROLES",
    "SOURCE_KEYS",
    "ClassificationMapping",
    "Mapping",
    "SchemeMapping",
    "TableMapping",
]

#: The mapping that lies beside tables; it is used for those of its folder.
BESIDE = "mapping.yaml"
#: What a column of a classification can be; the first one must be there.
CLASSIFICATION = ("code", "label", "reason", "agent", "kind", "created")
#: What a column can be that holds terms of a vocabulary.
ROLES = ("lifecycle", "actor", "function", "statement kind")
#: What the columns of a document can be where rows of mitigations name it themselves.
INLINE = ("title", "authors", "first author", "issued", "url", "doi", "abstract")
#: By what a row may name a document of the table of sources; a citation is surname and year.
SOURCE_KEYS = ("identifier", "title", "doi", "url", "citation")
#: What a person, body or program is called that assigned a code.
KINDS = ("person", "organization", "software")
#: Kind of table → what its columns can be; the first ones must be there.
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mitigations": (
        ("name", "source"),
        ("identifier", "description", *TEXTS, "parent", "children", "derived from", *ROLES, *CLASSIFICATION),
    ),
    "sources": (("title",), ("identifier", "authors", "first author", "issued", "url", "doi", "abstract")),
    "taxonomy": (("code", "label"), ("parent",)),
}
_SEPARATOR = ";"


@frozen
class ClassificationMapping:
    """The columns of one classification of a row.

    Attributes:
        name: Empty for the columns of the table itself; otherwise what the IRIs of these
            classifications end in.
        columns: What a column is (``CLASSIFICATION``) → its header.
        agent: Who makes all of them, where no column says it.
        kind: What that is (``KINDS``), where no column says it.
        separator: What stands between several codes of one cell; line ends always do.
    """

    name: str
    columns: dict[str, str]
    agent: str | None = None
    kind: str | None = None
    separator: str = _SEPARATOR


@frozen
class SchemeMapping:
    """The columns with codes or labels of somebody else's scheme.

    Attributes:
        name: What the IRI of the scheme ends in.
        title: What it is called.
        columns: ``code`` and ``label``, or one of them → the header.
        separator: What stands between several codes of one cell; line ends always do.
    """

    name: str
    title: str
    columns: dict[str, str]
    separator: str = _SEPARATOR


@frozen
class TableMapping:
    """The columns of one kind of table.

    Attributes:
        kind: A key of ``COLUMNS`` or ``EXPORTED``.
        columns: What a column is → its header, for what has one column.
        name_else: Headers of the columns that name a row where the first one is empty.
        given_first: Whether names of authors without a comma begin with the given name.
        separator: What stands between two authors; ``auto`` where each line tells.
        classifications: Those that have columns of their own, beside that of the table.
        schemes: Schemes of others that rows are sorted by.
        roles: Vocabulary → headers of the columns that hold its terms.
        inline: What a column says of the document of its row → its header; empty where documents
            have a table.
        document: What the mapping says of the one document that all rows are from; empty where the
            rows name theirs.
        separators: What a column is → what stands between several values in one cell.
        keys: For sources: by what a row of mitigations may name one, in the order in which it is
            tried.
        optional: Headers that a table may lack.
        only: Header → what the rows that are mitigations have there; empty where all rows are.
    """

    kind: str
    columns: dict[str, str]
    name_else: tuple[str, ...] = ()
    given_first: bool = False
    separator: str = _SEPARATOR
    classifications: tuple[ClassificationMapping, ...] = ()
    schemes: tuple[SchemeMapping, ...] = ()
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    inline: dict[str, str] = field(default_factory=dict)
    document: dict[str, str] = field(default_factory=dict)
    separators: dict[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ("identifier",)
    optional: frozenset[str] = frozenset()
    only: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def every_classification(self) -> tuple[ClassificationMapping, ...]:
        """The classification of the table itself, when it has a code column, and those with a
        name.
        """
        own = {what: header for what, header in self.columns.items() if what in CLASSIFICATION}
        if self.kind not in {"mitigations", "taxonomy"} or "code" not in own:
            return self.classifications
        return (ClassificationMapping("", own, separator=self.split_by("code")), *self.classifications)

    @property
    def headers(self) -> tuple[str, ...]:
        """Every column that is mapped, each once."""
        parts: list[Iterable[str]] = [self.columns.values(), self.name_else, self.inline.values(), *self.roles.values()]
        parts += [given.columns.values() for given in self.classifications]
        parts += [scheme.columns.values() for scheme in self.schemes]
        return tuple(dict.fromkeys(header for part in parts for header in part))

    @property
    def quoted(self) -> list[str]:
        """The columns that evidence quotes: all but those that say who assigned a code, for
        addresses are not published.
        """
        unquoted = {given.columns["agent"] for given in self.every_classification if "agent" in given.columns}
        return [header for header in self.headers if header not in unquoted]

    def split_by(self, what: str) -> str:
        """Return what stands between several values in the cells of a column."""
        return self.separators.get(what, _SEPARATOR)

    def missing(self, header: Sequence[str], *, lenient: bool = False) -> list[str]:
        """The columns that a header lacks and that must be there: all that are not optional, or
        what the kind of table needs.
        """
        needed = COLUMNS.get(self.kind, ((), ()))[0]
        asked = [
            *(self.columns[what] for what in needed if what in self.columns),
            *(self.inline[what] for what in ("title",) if self.inline),
        ]
        return [
            column for column in (*(asked if lenient else self.headers), *self.only) if column not in header and column not in self.optional
        ]

    def fit(self, header: Sequence[str]) -> "TableMapping":
        """Return the mapping without the columns that a header lacks."""
        if all(column in header for column in self.headers):
            return self
        given = tuple(
            replace(entry, columns=_present(entry.columns, header))
            for entry in self.classifications
            if entry.columns["code"] in header
        )  # fmt: skip
        return replace(
            self,
            columns=_present(self.columns, header),
            name_else=tuple(column for column in self.name_else if column in header),
            inline=_present(self.inline, header),
            roles={name: kept for name, columns in self.roles.items() if (kept := tuple(c for c in columns if c in header))},
            classifications=given,
            schemes=tuple(replace(one, columns=_present(one.columns, header)) for one in self.schemes if _present(one.columns, header)),
        )


def _present(columns: dict[str, str], header: Sequence[str]) -> dict[str, str]:
    return {what: column for what, column in columns.items() if column in header}


@dataclass(frozen=True)
class Mapping:
    """What a set of tables means.

    Attributes:
        edition: Of codes and identifiers: ``v1`` or ``v2``; empty where no column holds codes.
        tables: By kind.
        labels: Notation → another label under which the tables print the code.
        agents: Value of the agent column → the name to publish.
        is_repaired: Whether texts are repaired as those of captured pages; otherwise they are
            published as they stand.
        files: SHA-256 of the only files whose licence, status, address and agents these are; empty
            for all.
        records: Name of the lists of records in JSON and YAML, at any depth; empty for the only
            list.
        found: Where the mapping was found, in words; empty for one of the project's.
        is_guarded: Whether cells that a spreadsheet would run stand behind an apostrophe, as
            exports write them.
    """

    name: str
    edition: str
    tables: dict[str, TableMapping]
    licence: str | None = None
    status: str | None = None
    origin: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    agents: dict[str, str] = field(default_factory=dict)
    files: frozenset[str] = frozenset()
    records: str = ""
    found: str = ""
    is_guarded: bool = False
    is_repaired: bool = True

    def of_file(self, sha256: str) -> "Mapping":
        """The mapping for a file: headers say what columns mean, but nothing of rights."""
        return self if not self.files or sha256.partition("#")[0] in self.files else self._without_rights

    @cached_property
    def _without_rights(self) -> "Mapping":
        return replace(self, licence=None, status=None, origin=None, agents={})

    def explain(self, sha256: str) -> str:
        """Say which mapping this is, and why it was taken for a file."""
        if self.found:
            return self.found
        if sha256 in self.files:
            return f"{self.name} of the project, which knows this file"
        return f"{self.name} of the project, by the names of the columns; licence, address and agents are not taken from it"

    def find_table(self, header: Sequence[str], *, is_sparse: bool = False) -> TableMapping | None:
        """The table whose columns are in *header*, without what it lacks; the one with most columns
        when there are several.

        Records of JSON and YAML leave out what they do not say (*is_sparse*): of them, a mapping of
            the user's asks only for what must be there.
        """
        lenient = is_sparse and bool(self.found)
        fitting = [table.fit(header) for table in self.tables.values() if not table.missing(header, lenient=lenient)]
        return max(fitting, key=lambda table: len(table.headers), default=None)
