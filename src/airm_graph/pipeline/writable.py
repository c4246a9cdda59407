"""A graph that can be written: a table of quads, what was found wrong, and the files that say
both.
"""

import weakref
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.errors import InputError
from airm_graph.export import EXPORTS, LINKS, QUARANTINE, Options, find_formats, make_options
from airm_graph.graph import BLANK
from airm_graph.namespaces import BASE, iri, term
from airm_graph.notice import NOTICE
from airm_graph.pipeline.marks import REPORT, SUMS, states_notice
from airm_graph.terms import Quad

if TYPE_CHECKING:
    from airm_graph.export import Notes, QuadSource
    from airm_graph.export.files import Draft
    from airm_graph.graph import TripleTable
    from airm_graph.ids_lock import IdsLock
    from airm_graph.model import Link, Rejected, TableCount
    from airm_graph.pipeline.platform import WriteParts
    from airm_graph.validate.report import Report

__all__ = ["WRITTEN", "WritableGraph"]

#: Every name that a written graph may use.
WRITTEN = frozenset({SUMS, REPORT, LINKS, QUARANTINE, *(export.file_name for export in EXPORTS.values())})

_INFERRED = iri("graph/inferred")


class WritableGraph:
    """Quads in a table, what was found wrong, and ways to write them.

    Attributes:
        table: The quads, inferred ones in their own graph; never changed. Terms of the project have
            the default base where the graph was built here: views write *base* instead.
        report: Findings of reader, merge and shapes; empty for a graph that was loaded.
        base: What every IRI of the project begins with.
        files: Name of each input → the path under which the user finds it.
        quarantine: Rows of tables that cannot be used.
        tables: How many rows of each table were read and used.
        links: Joins across inputs; None where no input was read.
        ids: The IRIs that mitigations keep, as this build leaves them; None where none are kept.
        written: The files that it was written to last, name → path.
    """

    def __init__(
        self,
        table: "TripleTable | None" = None,
        *,
        quads: "tuple[Quad, ...] | Callable[[], tuple[Quad, ...]]" = (),
        report: "Report | Callable[[], Report] | None" = None,
        base: str = BASE,
        files: Mapping[str, str] | None = None,
        quarantine: "tuple[Rejected, ...]" = (),
        tables: "tuple[TableCount, ...]" = (),
        links: "Sequence[Link] | None" = None,
        ids: "IdsLock | None" = None,
        write_parts: "WriteParts | None" = None,
        opened: ExitStack | None = None,
    ) -> None:
        """Take over a table of quads, or sorted quads of terms in their one spelling.

        Args:
            table: Is closed with the graph.
            quads: Where there is no table, or what reads them when they are asked for.
            report: Or what reads it when it is asked for.
            base, files, quarantine, tables, links, ids: See above.
            write_parts: Writes statements in parts in place of exports.
            opened: What is to be closed with the graph beside the table.
        """
        self._quads = quads if table is None else None
        self._closing = opened or ExitStack()
        if table is not None:
            self._keep_table(table)
        self._report = report
        self.base, self.files, self.quarantine, self.tables, self.links, self.ids = base, dict(files or {}), quarantine, tables, links, ids
        self.written: Mapping[str, Path] = {}
        self._write_parts = write_parts
        weakref.finalize(self, self._closing.close)

    @cached_property
    def _given(self) -> "tuple[Quad, ...] | None":
        return self._quads() if callable(self._quads) else self._quads

    @cached_property
    def table(self) -> "TripleTable":
        """The quads, for statements of SQL."""
        from airm_graph.graph import TripleTable

        table = self._keep_table(TripleTable(threads=1))
        table.load_rows(self._given or ())
        return table

    def _keep_table(self, table: "TripleTable") -> "TripleTable":
        self._closing.callback(table.close)
        self.__dict__["table"] = table
        return table

    def close(self) -> None:
        """End the table and its threads, where one was made; the graph is of no more use then."""
        self._closing.close()

    @cached_property
    def report(self) -> "Report":
        """Findings of reader, merge and shapes; empty for a graph that was loaded alone."""
        if callable(self._report):
            return self._report()
        from airm_graph.validate.report import Report

        return self._report or Report(())

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing is stated."""
        return not (self._given if self._given is not None else self.table.execute("SELECT 1 FROM quads LIMIT 1"))

    @property
    def quads(self) -> tuple[Quad, ...]:
        """All quads as N-Quads terms, sorted."""
        return tuple(self._iter_quads())

    @property
    def asserted(self) -> tuple[Quad, ...]:
        """Asserted quads, sorted."""
        inferred = self._rebase(_INFERRED)
        return tuple(quad for quad in self._iter_quads() if quad[3] != inferred)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``airm.nt``: the same triples have the same digest."""
        from airm_graph.export import release_digest

        return release_digest(self._exported)

    def write(self, folder: str | Path, *, formats: Collection[str] | None = None, notes: "Notes | None" = None) -> dict[str, Path]:
        """Write exports, report, links, sums, for tables ``quarantine.csv``; when one fails, no
        file in *folder* is changed.

        Args:
            folder: Made when it is missing.
            formats: Names of ``airm_graph.export.EXPORTS``, all when left out; on another platform
                those that it writes in parts.
            notes: Are taken of the blocks of exports.

        Returns:
            File name → path.

        Raises:
            InputError: The graph is empty: nothing is written.
            ExportError: A format is unknown or a file cannot be written.
        """
        if self.is_empty:
            raise InputError("no mitigation was read, so nothing is written", file=str(folder), remedy="see the findings")
        from airm_graph.export.files import hold_folder

        with hold_folder(Path(folder)):
            return self._write(Path(folder), formats, notes)

    def _write(self, folder: Path, formats: Collection[str] | None, notes: "Notes | None") -> dict[str, Path]:
        from airm_graph.export import write_exports, write_folder

        parts = self._write_parts(folder, formats, self.base) if self._write_parts else None
        names = () if parts else find_formats(EXPORTS if formats is None else formats)
        chosen = {EXPORTS[name].file_name: name for name in names}
        beside = {**self.list_beside(), **(parts.beside if parts else {})}

        def fill(drafts: "Mapping[str, Draft]") -> None:
            if chosen:
                sinks = {chosen[name]: drafts[name].write for name in chosen}
                write_exports(self._exported, sinks, options=self.export_options, notes=notes)
            for name, data in beside.items():
                drafts[name].write(data)

        others = parts.sums if parts else {}
        written = write_folder(folder, (*chosen, *beside), fill, sums=SUMS, others=others, folders=parts.folders if parts else {})
        self.written = {**{name: Path(folder, name) for name in others}, **{name: file.path for name, file in written.items()}}
        # What cached_property keeps; there is no need to write the triples again.
        if parts:
            self.__dict__["digest"] = parts.digest
        elif "ntriples" in names:
            self.__dict__["digest"] = written[EXPORTS["ntriples"].file_name].sha256
        return dict(self.written)

    def list_beside(self) -> dict[str, bytes]:
        """The files that stand beside the exports, name to content: report, links, for tables
        ``quarantine.csv``.
        """
        from airm_graph.export.links import write_links
        from airm_graph.export.quarantine import write_quarantine

        beside = {REPORT: self.report.to_json().encode()}
        if self.links is not None:
            beside[LINKS] = "".join(write_links(self.links, notice=NOTICE, base=self.base)).encode()
        if self.tables:
            beside[QUARANTINE] = write_quarantine(self.quarantine).encode()
        return beside

    def write_tables(self, folder: str | Path) -> dict[str, Path]:
        """Write the asserted quads as CSV tables that `airm_graph.build` reads back, with the
        mapping that says how.

        Args:
            folder: Made when it is missing.

        Returns:
            File name → path.

        Raises:
            ExportError: A file cannot be written.
        """
        from airm_graph.export import replace_folder_files
        from airm_graph.export.csv_tables import write_tables

        return replace_folder_files(Path(folder), write_tables(self.asserted, base=self.base, notice=NOTICE))

    def export(self, format: str) -> Iterator[str]:  # noqa: A002 - the word users know
        """Write one format and return its content in pieces of text.

        Raises:
            ExportError: The format is unknown, or cannot say what stands in the graph.
        """
        (name,) = find_formats([format])
        return self._export(name)

    def _export(self, name: str) -> Iterator[str]:
        # The table is closed with the graph, which must live until the last piece is out.
        from airm_graph.export import export_text
        from airm_graph.export.blank_nodes import show_blank_nodes

        source, start = self._hidden
        pieces = export_text(source, name, options=self.export_options)
        yield from show_blank_nodes(pieces, format=name, start=start) if start else pieces

    @cached_property
    def _exported(self) -> "QuadSource":
        from airm_graph.export import QuadList, TableQuads

        # What writes its statements in parts does not put them in reading order.
        is_list = self._write_parts or self.table.holds_few
        return QuadList(self.quads) if is_list else TableQuads(self.table, base=self.base)

    @cached_property
    def _hidden(self) -> "tuple[QuadSource, str]":
        """What is exported, with IRIs that begin so in place of blank nodes, where data from
        elsewhere has some.
        """
        if not self.table.execute(f"SELECT 1 FROM terms WHERE kind = {BLANK} LIMIT 1"):
            return self._exported, ""
        from airm_graph.export import QuadList
        from airm_graph.export.blank_nodes import hide_blank_nodes

        quads, start = hide_blank_nodes(self.quads)
        return QuadList(quads), start

    @cached_property
    def export_options(self) -> Options:
        """What its writers are told."""
        # A file from elsewhere that names its licence carries no notice of ours, unless it says so.
        licensed = self.table.find_ids([term("dcterms:license"), "<http://creativecommons.org/ns#license>"])
        return make_options(self.base, comment=NOTICE if self.files or states_notice(self.table) or not licensed else "")

    def _iter_quads(self) -> Iterator[Quad]:
        if self._given is not None:
            return iter(self._given)
        if self.base == BASE:
            return iter(self.table.rows())
        return iter(sorted(map(self._rebase_quad, self.table.rows())))

    def _rebase_quad(self, quad: Quad) -> Quad:
        s, p, o, g = map(self._rebase, quad)
        return s, p, o, g

    def _rebase(self, term: str) -> str:
        return f"<{self.base}{term[len(BASE) + 1 :]}" if self.base != BASE and term.startswith(f"<{BASE}") else term
