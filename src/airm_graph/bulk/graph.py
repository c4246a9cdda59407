"""A graph whose statements stay in DuckDB: the face of ``Graph``, and rows of Python only where a user asks for them."""

import hashlib
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict, Unpack

from airm_graph.bulk.write import write_large
from airm_graph.export import EXPORTS, Written
from airm_graph.export.batches import iter_batches
from airm_graph.export.streams import Note
from airm_graph.export.subjects import Order
from airm_graph.export.terms import canonical_term
from airm_graph.graph import IRI, TERM_TEXT, TripleTable, quote, stream_shapes
from airm_graph.graph.store import Row
from airm_graph.model import Records, Rejected, TableCount
from airm_graph.namespaces import BASE, iri, term
from airm_graph.pipeline.views import Graph, make_options
from airm_graph.validate.report import Report

__all__ = ["Held", "LargeGraph", "rebased_text"]

_ONTOLOGY, _INFERRED = iri("graph/ontology"), iri("graph/inferred")


_TYPED = "SELECT count(DISTINCT s) FROM quads WHERE p = @rdf:type AND o = @airm:{}"
_WITHOUT = "SELECT count(DISTINCT s) FROM quads WHERE p = @rdf:type AND o = @airm:{} AND s NOT IN ( SELECT s FROM quads WHERE p = @{} )"
_AUTHORS = """SELECT count(DISTINCT o) FROM quads WHERE p = @dcterms:creator
  AND s IN ( SELECT s FROM quads WHERE p = @rdf:type AND o = @airm:Source )"""
#: What ``analyse.counts`` counts, in SQL: what is counted, and how; ``@`` stands before terms.
_COUNTS = (
    ("captures", _TYPED.format("Capture")),
    ("sources", _TYPED.format("Source")),
    ("authors", _AUTHORS),
    ("mitigations", _TYPED.format("Mitigation")),
    ("mitigations without a name", _WITHOUT.format("Mitigation", "rdfs:label")),
    ("mitigations without a code", _WITHOUT.format("Mitigation", "airm:code")),
    ("classifications", _TYPED.format("Classification")),
    ("classifications without a reason", _WITHOUT.format("Classification", "airm:reasoning")),
    ("codes", _TYPED.format("Code")),
    ("codes used", "SELECT count(DISTINCT o) FROM quads WHERE p = @airm:code"),
    ("pieces of evidence", _TYPED.format("Evidence")),
    ("repairs", _TYPED.format("Repair")),
)


class Held(TypedDict):
    """What a large graph holds beside its statements, as for ``Graph``; of the records those that were merged one by one."""

    report: Report
    records: Records
    base: str
    files: Mapping[str, str]
    quarantine: tuple[Rejected, ...]
    tables: tuple[TableCount, ...]


class LargeGraph(Graph):
    """A graph in a table on disk, which is removed with it.

    ``rows``, ``inferred``, ``store`` and what needs them write everything out and hold it in memory.
    """

    def __init__(
        self,
        table: TripleTable,
        *,
        workspace: TemporaryDirectory[str],
        **held: Unpack[Held],
    ) -> None:
        """Take over a closed table.

        Args:
            table: Its asserted, inferred and ontology graphs are those of the default base.
            workspace: The folder in which the table is.
            held: What it holds beside its statements.
        """
        # The dataclass is frozen.
        self.__dict__.update({**held, "_table": table, "_workspace": workspace})
        weakref.finalize(self, _close, table, workspace)

    _table: TripleTable
    _workspace: TemporaryDirectory[str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stated."""
        return False

    def __len__(self) -> int:
        """Number of different triples that exports hold."""
        count = f"SELECT count(*) FROM (SELECT DISTINCT s, p, o FROM quads WHERE g <> {self._id(_ONTOLOGY)}) AS t"  # noqa: S608
        return int(self._table.execute(count)[0][0])

    @property
    def rows(self) -> tuple[Row, ...]:
        """Asserted statements, sorted."""
        return tuple(sorted(self._stream(f"q.g NOT IN ({self._id(_ONTOLOGY)}, {self._id(_INFERRED)})")))

    @property
    def inferred(self) -> tuple[Row, ...]:
        """Inferred statements, sorted."""
        return tuple(sorted(self._stream(f"q.g = {self._id(_INFERRED)}")))

    @property
    def ontology(self) -> tuple[Row, ...]:
        """The ontology, sorted."""
        return tuple(sorted(self._stream(f"q.g = {self._id(_ONTOLOGY)}")))

    @property
    def exported(self) -> tuple[Row, ...]:
        """What exports hold, sorted."""
        return tuple(sorted(self.in_order()))

    def in_order(self) -> Iterator[Row]:
        """What exports hold, in the order of subjects, made anew whenever it is asked for."""
        return self._stream(f"q.g <> {self._id(_ONTOLOGY)}")

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``airm.nt``: the same triples have the same digest."""
        found = hashlib.sha256()
        for piece in self.export("ntriples"):
            found.update(piece.encode())
        return found.hexdigest()

    def export(self, format: str) -> Iterable[str]:  # noqa: A002 - as in ``Graph``
        """Write one format and return its content in pieces of text; formats of lines are written as they are read."""
        write = EXPORTS[format].lines if format in EXPORTS else None
        return map(write, iter_batches(self.in_order())) if write else super().export(format)

    def _write_files(
        self,
        folder: Path,
        formats: Sequence[str],
        beside: Mapping[str, bytes],
        *,
        note: Note | None,  # noqa: ARG002 - files of this size are never built again in part
    ) -> dict[str, Written]:
        self._check_terms()
        condition, text, prefixes = f"q.g <> {self._id(_ONTOLOGY)}", rebased_text(self.base), make_options(self.base).prefixes
        lines = self._table.stream_lines(condition, text=text)
        parts = stream_shapes(self._table, condition, rank=Order(prefixes).rank, prefixes=prefixes, text=text)
        workspace = Path(self._workspace.name)
        return write_large(lines, parts, folder, formats=formats, beside=beside, base=self.base, workspace=workspace)

    def _check_terms(self) -> None:
        """Refuse an IRI of others that is none; what the table spelt itself is right."""
        strange = f"kind = {IRI} AND NOT starts_with(lexical, '{BASE}')"
        for batch in self._table.stream(f"SELECT {TERM_TEXT} FROM terms WHERE {strange}"):  # noqa: S608
            for (text,) in batch:
                canonical_term(text)

    def count(self) -> dict[str, int]:
        """Count kinds of things, by SQL."""
        return {thing: int(self._table.execute(self._fill(sql))[0][0]) for thing, sql in _COUNTS}

    def _fill(self, sql: str) -> str:
        return " ".join(str(self._id(term(word[1:]))) if word.startswith("@") else word for word in sql.split())

    def _id(self, name: str) -> int:
        return self._table.find_ids([name]).get(name, -1)

    def _stream(self, condition: str) -> Iterator[Row]:
        return self._table.stream_rows(condition, text=rebased_text(self.base))


def rebased_text(base: str) -> str:
    """SQL that writes a term, with another base where one is given."""
    if base == BASE:
        return TERM_TEXT
    own = f"kind = {IRI} AND starts_with(lexical, '{BASE}')"
    return f"CASE WHEN {own} THEN {quote('<' + base)} || substring(lexical, {len(BASE) + 1}) || '>' ELSE {TERM_TEXT} END"


def _close(table: TripleTable, workspace: TemporaryDirectory[str]) -> None:
    table.close()
    workspace.cleanup()
