"""The graph as users hold it: a table of quads, and views of it that are made on demand."""

import weakref
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.errors import InputError
from airm_graph.export import (
    EXPORTS,
    Options,
    QuadList,
    QuadSource,
    TableQuads,
    export_text,
    find_formats,
    make_options,
    release_digest,
    replace_folder_files,
    write_exports,
    write_folder,
)
from airm_graph.export.files import Draft
from airm_graph.export.links import LINKS, write_links
from airm_graph.export.quarantine import QUARANTINE, write_quarantine
from airm_graph.graph import Selection, TripleTable, rebased_text, stream_quads
from airm_graph.graph.store import Store
from airm_graph.model import Link, Rejected, TableCount
from airm_graph.namespaces import BASE, PREFIXES, iri, rebase_text
from airm_graph.pipeline.platform import WriteParts
from airm_graph.pipeline.stating import read_ontology
from airm_graph.query.answers import Table
from airm_graph.query.counts import count_things
from airm_graph.query.library import Query, run_query
from airm_graph.search import Hits, SearchIndex, search_index
from airm_graph.terms import Quad
from airm_graph.triples import NOTICE
from airm_graph.validate.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    import networkx
    import rdflib

__all__ = ["REPORT", "SUMS", "WRITTEN", "Graph"]

#: The file that makes a folder a written graph.
SUMS = "SHA256SUMS"
#: Findings for programs.
REPORT = "report.json"
#: Every name that a written graph may use.
WRITTEN = frozenset({SUMS, REPORT, LINKS, QUARANTINE, *(export.file_name for export in EXPORTS.values())})

_INFERRED = iri("graph/inferred")


class Graph:
    """A graph of mitigations: asserted and inferred quads in a table, what was found wrong, and
    ways to ask, convert and write.

    Attributes:
        table: The quads, inferred ones in their own graph; never changed. Terms of the project have
            the default base where the graph was built here: views write *base* instead.
        report: Findings of reader, merge and shapes; empty for a graph that was loaded.
        base: What every IRI of the project begins with.
        files: Name of each input → the path under which the user finds it.
        quarantine: Rows of tables that cannot be used.
        tables: How many rows of each table were read and used.
        links: Joins across inputs; None where no input was read.
        written: The files that it was written to last, name → path.
    """

    def __init__(
        self,
        table: TripleTable | None = None,
        *,
        report: Report | None = None,
        base: str = BASE,
        files: Mapping[str, str] | None = None,
        quarantine: tuple[Rejected, ...] = (),
        tables: tuple[TableCount, ...] = (),
        links: Sequence[Link] | None = None,
        write_parts: WriteParts | None = None,
        opened: ExitStack | None = None,
    ) -> None:
        """Take over a table of quads; None for none.

        Args:
            table: Is closed with the graph.
            report, base, files, quarantine, tables, links: See above.
            write_parts: Writes statements in parts in place of exports.
            opened: What is to be closed with the graph beside the table.
        """
        self.table = table if table is not None else TripleTable(threads=1)
        self.report = report or Report(())
        self.base, self.files, self.quarantine, self.tables, self.links = base, dict(files or {}), quarantine, tables, links
        self.written: Mapping[str, Path] = {}
        self._write_parts = write_parts
        closing = opened or ExitStack()
        weakref.finalize(self, _close, self.table, closing)

    @classmethod
    def of(cls, quads: "Iterable[Quad]", *, base: str = BASE) -> "Graph":
        """Make a graph of quads as N-Quads terms.

        Raises:
            StoreError: A term is no N-Quads term.

        >>> len(Graph.of([("<urn:a>", "<urn:b>", '"1"', graph) for graph in ("", "<urn:g>")]))
        1
        """
        table = TripleTable(threads=1)
        table.load_rows(quads)
        return cls(table, base=base)

    def __len__(self) -> int:
        """Number of different triples."""
        return int(self.table.execute("SELECT count(*) FROM (SELECT DISTINCT s, p, o FROM quads) AS t")[0][0])

    @cached_property
    def is_empty(self) -> bool:
        """Whether nothing is stated."""
        return not self.table.execute("SELECT 1 FROM quads LIMIT 1")

    # Views.

    @property
    def quads(self) -> tuple[Quad, ...]:
        """All quads as N-Quads terms, sorted."""
        return tuple(self._iter_quads())

    @property
    def asserted(self) -> tuple[Quad, ...]:
        """Asserted quads, sorted."""
        inferred = self._rebase(_INFERRED)
        return tuple(quad for quad in self._iter_quads() if quad[3] != inferred)

    @property
    def inferred(self) -> tuple[Quad, ...]:
        """Inferred quads, sorted."""
        inferred = self._rebase(_INFERRED)
        return tuple(quad for quad in self._iter_quads() if quad[3] == inferred)

    @property
    def ontology(self) -> tuple[Quad, ...]:
        """The ontology, in its own graph, sorted; asked with the data, but exported as its own file
        only.
        """
        return tuple(self._rebase_quad(quad) for quad in read_ontology())

    @cached_property
    def store(self) -> Store:
        """The graph and the ontology as a SPARQL store, loaded on first use."""
        return self.make_store()

    def make_store(self) -> Store:
        """Load the graph and the ontology into a store of its own."""
        store = Store()
        store.add_batches(stream_quads(Selection(self.table, text=rebased_text(self.base))))
        store.add_rows(self.ontology)
        return store

    def to_rdflib(self, *, named_graphs: bool = False) -> "rdflib.Graph":
        """Convert to an rdflib Graph, or to a Dataset with one graph per capture."""
        import warnings

        import rdflib

        name = "nquads" if named_graphs else "ntriples"
        target = rdflib.Dataset(default_union=True) if named_graphs else rdflib.Graph()
        with warnings.catch_warnings():
            # rdflib warns of its own use of names that it is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            target.parse(data="".join(self.export(name)).encode(), format="nquads" if named_graphs else "nt")
        for prefix, namespace in PREFIXES.items():
            target.bind(prefix, rebase_text(namespace, self.base))
        return target

    def to_networkx(self) -> "networkx.MultiDiGraph[str]":
        """Convert to a networkx graph: resources are nodes, literals are attributes.

        Attributes of nodes and keys of edges are prefixed names such as ``rdfs:label``; several
        values are joined by `` | ``.
        """
        from airm_graph.graph.projection import project_rows

        return project_rows(self._iter_quads(), prefixes={p: rebase_text(n, self.base) for p, n in PREFIXES.items()})

    # Questions.

    def query(self, name: str | Query, /, **arguments: str) -> Table:
        """Answer a query of the library.

        Args:
            name: Its name; ``airm-graph query list`` shows them.
            arguments: Values of its parameters.

        Raises:
            UnknownQueryError: No query of that name.
            ParameterError: A parameter is unknown, missing or of the wrong kind.

        >>> len(Graph().query("mitigations-by-code", code="1.1"))
        0
        """
        return run_query(self.store, name, arguments, base=self.base)

    def count(self) -> dict[str, int]:
        """Count kinds of things, as the query ``counts`` does, without a store.

        >>> Graph().count()["mitigations"]
        0
        """
        return count_things(self.table, base=self.base)

    @cached_property
    def _index(self) -> SearchIndex:
        return SearchIndex.build(self._iter_quads(), base=self.base)

    def search(self, text: str, /, *, limit: int = 20, offset: int = 0, **facets: str | Sequence[str]) -> Hits:
        """Search names, descriptions, reasons and titles.

        Args:
            text: Words that must all occur; ``"words in quotes"`` stand together; ``word*`` begins
                a word. Empty finds everything.
            limit, offset: Which of the hits.
            facets: Values by facet (``code="1.1"``, ``actor="developer"``), each an IRI, its last
                part or a label.

        Raises:
            ParameterError: There is no such facet or value.

        >>> Graph().search("training").total
        0
        """
        chosen = {name: [value] if isinstance(value, str) else value for name, value in facets.items()}
        return search_index(self._index, text, facets=chosen, limit=limit, offset=offset)

    # Files.

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``airm.nt``: the same triples have the same digest."""
        return release_digest(self._exported)

    def write(self, folder: str | Path, *, formats: Collection[str] | None = None) -> dict[str, Path]:
        """Write exports, report, links, sums, for tables ``quarantine.csv``; when one fails, no
        file in *folder* is changed.

        Args:
            folder: Made when it is missing.
            formats: Names of ``airm_graph.export.EXPORTS``, all when left out; on another platform
                those that it writes in parts.

        Returns:
            File name → path.

        Raises:
            InputError: The graph is empty: nothing is written.
            ExportError: A format is unknown or a file cannot be written.
        """
        if self.is_empty:
            raise InputError("no mitigation was read, so nothing is written", file=str(folder), remedy="see the findings")
        parts = self._write_parts(Path(folder), formats, self.base) if self._write_parts else None
        names = () if parts else find_formats(EXPORTS if formats is None else formats)
        chosen = {EXPORTS[name].file_name: name for name in names}
        beside = {**self.list_beside(), **(parts.beside if parts else {})}

        def fill(drafts: Mapping[str, Draft]) -> None:
            if chosen:
                write_exports(self._exported, {chosen[name]: drafts[name].write for name in chosen}, options=self._options)
            for name, data in beside.items():
                drafts[name].write(data)

        others = parts.sums if parts else {}
        written = write_folder(Path(folder), (*chosen, *beside), fill, sums=SUMS, others=others)
        self.written = {**{name: Path(folder, name) for name in others}, **{name: file.path for name, file in written.items()}}
        # What cached_property keeps; there is no need to write the triples again.
        if parts:
            self.__dict__["digest"] = parts.digest
        elif "ntriples" in names:
            self.__dict__["digest"] = written[EXPORTS["ntriples"].file_name].sha256
        return dict(self.written)

    def list_beside(self) -> dict[str, bytes]:
        """Return the files that stand beside the exports, name to content: report, links, for
        tables ``quarantine.csv``.
        """
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
        from airm_graph.export.table import write_tables

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
        yield from export_text(self._exported, name, options=self._options)

    @cached_property
    def _exported(self) -> QuadSource:
        # What writes its statements in parts does not put them in reading order.
        return QuadList(self.quads) if self._write_parts else TableQuads(self.table, base=self.base)

    @cached_property
    def _options(self) -> Options:
        return make_options(self.base, comment=NOTICE)

    def _iter_quads(self) -> Iterator[Quad]:
        if self.base == BASE:
            return iter(self.table.rows())
        return iter(sorted(map(self._rebase_quad, self.table.rows())))

    def _rebase_quad(self, quad: Quad) -> Quad:
        s, p, o, g = map(self._rebase, quad)
        return s, p, o, g

    def _rebase(self, term: str) -> str:
        return f"<{self.base}{term[len(BASE) + 1 :]}" if self.base != BASE and term.startswith(f"<{BASE}") else term


def _close(table: TripleTable, opened: ExitStack) -> None:
    table.close()
    opened.close()
