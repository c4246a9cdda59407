"""The graph as users hold it: ask it, convert it, write it."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from airm_graph.analyse.counts import count_things
from airm_graph.errors import ExportError, InputError
from airm_graph.export import EXPORTS, Options, Written, release_digest, replace_folder_files, sort_rows, write_files
from airm_graph.export.links import LINKS, write_links
from airm_graph.export.quarantine import QUARANTINE, write_quarantine
from airm_graph.export.streams import Note
from airm_graph.graph.store import Row, Store
from airm_graph.model import Records, Rejected, TableCount
from airm_graph.namespaces import BASE, PREFIXES, rebase_text
from airm_graph.query.answers import Table
from airm_graph.query.library import Query, run_query
from airm_graph.resources import read_resource
from airm_graph.search import Hits, SearchIndex, search_index
from airm_graph.triples import NOTICE
from airm_graph.validate.report import Report

if TYPE_CHECKING:
    import networkx
    import rdflib

__all__ = ["REPORT", "SUMS", "WRITTEN", "Graph", "make_options", "read_sums"]

#: The file that makes a folder a written graph.
SUMS = "SHA256SUMS"
#: Findings for programs.
REPORT = "report.json"
#: Every name that a written graph may use.
WRITTEN = frozenset({SUMS, REPORT, LINKS, QUARANTINE, *(export.file_name for export in EXPORTS.values())})


@dataclass(frozen=True)
class Graph:
    """A graph of mitigations: asserted and inferred statements, what was found wrong, and ways to ask, convert and write.

    Attributes:
        rows: Asserted statements as (subject, predicate, object, graph) N-Quads terms, sorted.
        inferred: Inferred statements, in their own graph.
        ontology: The ontology, in its own graph; queried, but exported as its own file only.
        report: Findings of reader, merge and shapes.
        records: The merged records; empty for a graph that was loaded.
        base: What every IRI of the project begins with.
        files: Name of each input → the path under which the user finds it.
        quarantine: Rows of tables that cannot be used.
        tables: How many rows of each table were read and used.
    """

    rows: tuple[Row, ...]
    inferred: tuple[Row, ...] = ()
    ontology: tuple[Row, ...] = ()
    report: Report = field(default_factory=lambda: Report(()))
    records: Records = field(default_factory=Records)
    base: str = BASE
    files: Mapping[str, str] = field(default_factory=dict)
    quarantine: tuple[Rejected, ...] = ()
    tables: tuple[TableCount, ...] = ()

    def __len__(self) -> int:
        """Number of different triples that exports hold."""
        return len(set(map(itemgetter(0, 1, 2), self.exported)))

    @cached_property
    def exported(self) -> tuple[Row, ...]:
        """What exports hold: everything but the ontology."""
        return (*self.rows, *self.inferred)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stated."""
        return not self.rows

    def in_order(self) -> Iterable[Row]:
        """What exports hold, sorted."""
        return sort_rows(self.exported)

    @cached_property
    def store(self) -> Store:
        """The graph as a SPARQL store, loaded on first use."""
        store = Store()
        store.add_rows((*self.exported, *self.ontology))
        return store

    @cached_property
    def written(self) -> Mapping[str, Path]:
        """The files that it was written to last, name → path; none where it was not."""
        return {}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of ``airm.nt``: the same triples have the same digest."""
        return release_digest(self.exported)

    def query(self, name: str | Query, /, **arguments: str) -> Table:
        """Answer a query of the library.

        Args:
            name: Its name; ``airm-graph query list`` shows them.
            arguments: Values of its parameters.

        Raises:
            UnknownQueryError: No query of that name.
            ParameterError: A parameter is unknown, missing or of the wrong kind.

        >>> len(Graph(rows=()).query("mitigations-by-code", code="1.1"))
        0
        """
        return run_query(self.store, name, arguments, base=self.base)

    def count(self) -> dict[str, int]:
        """Count kinds of things, as the query ``counts`` does, without a store.

        >>> Graph(rows=()).count()["mitigations"]
        0
        """
        return count_things(self.exported, base=self.base)

    @cached_property
    def _index(self) -> SearchIndex:
        return SearchIndex.build(self.exported, base=self.base)

    def search(self, text: str, /, *, limit: int = 20, offset: int = 0, **facets: str | Sequence[str]) -> Hits:
        """Search names, descriptions, reasons and titles.

        Args:
            text: Words that must all occur; ``"words in quotes"`` stand together; ``word*`` begins a word. Empty finds everything.
            limit, offset: Which of the hits.
            facets: Values by facet (``code="1.1"``, ``actor="developer"``), each an IRI, its last part or a label.

        Raises:
            ParameterError: There is no such facet or value.

        >>> Graph(rows=()).search("training").total
        0
        """
        chosen = {name: [value] if isinstance(value, str) else value for name, value in facets.items()}
        return search_index(self._index, text, facets=chosen, limit=limit, offset=offset)

    def to_rdflib(self, *, named_graphs: bool = False) -> "rdflib.Graph":
        """The exported statements as an rdflib Graph, or as a Dataset with one graph per capture."""
        import warnings

        import rdflib

        target = rdflib.Dataset(default_union=True) if named_graphs else rdflib.Graph()
        rows = self.exported if named_graphs else {(*row[:3], "") for row in self.exported}
        data = "".join(f"{s} {p} {o} {g} .\n" for s, p, o, g in sorted(rows))
        with warnings.catch_warnings():
            # rdflib warns of its own use of names that it is about to drop.
            warnings.simplefilter("ignore", DeprecationWarning)
            target.parse(data=data.encode(), format="nquads" if named_graphs else "nt")
        for prefix, namespace in PREFIXES.items():
            target.bind(prefix, rebase_text(namespace, self.base))
        return target

    def to_networkx(self) -> "networkx.MultiDiGraph[str]":
        """The exported statements as a networkx graph: resources are nodes, literals are attributes.

        Attributes of nodes and keys of edges are prefixed names such as ``rdfs:label``; several values are joined by `` | ``.
        """
        from airm_graph.analyse import project_rows

        return project_rows(self.exported, prefixes={p: rebase_text(n, self.base) for p, n in PREFIXES.items()})

    def write(self, folder: str | Path, *, formats: Collection[str] = tuple(EXPORTS), note: Note | None = None) -> dict[str, Path]:
        """Write exports, report, links, sums, for tables ``quarantine.csv``; when one fails, no file in *folder* is changed.

        Args:
            folder: Made when it is missing.
            formats: Names of ``airm_graph.export.EXPORTS``.
            note: Is told of every block of the formats that have blocks.

        Returns:
            File name → path.

        Raises:
            InputError: The graph is empty: nothing is written.
            ExportError: A format is unknown or a file cannot be written.
        """
        if self.is_empty:
            raise InputError("no mitigation was read, so nothing is written", file=str(folder), remedy="see the findings")
        chosen = _known_formats(formats)
        written = self._write_files(Path(folder), chosen, self.list_beside(), note=note)
        self.__dict__["written"] = {name: file.path for name, file in written.items()}
        if "ntriples" in chosen:
            # What cached_property keeps; there is no need to write the triples again.
            self.__dict__["digest"] = written[EXPORTS["ntriples"].file_name].sha256
        return dict(self.written)

    def list_beside(self) -> dict[str, bytes]:
        """The files that stand beside those of the statements, name to content: report, links, for tables ``quarantine.csv``."""
        beside = {REPORT: self.report.to_json().encode()}
        if self.records.captures:
            beside[LINKS] = "".join(write_links(self.records.links, notice=NOTICE, base=self.base)).encode()
        if self.tables:
            beside[QUARANTINE] = write_quarantine(self.quarantine).encode()
        return beside

    def write_tables(self, folder: str | Path) -> dict[str, Path]:
        """Write the asserted statements as CSV tables that :func:`airm_graph.build` reads back, with the mapping that says how.

        Args:
            folder: Made when it is missing.

        Returns:
            File name → path.

        Raises:
            ExportError: A file cannot be written.
        """
        from airm_graph.export.table import write_tables

        return replace_folder_files(Path(folder), write_tables(self.rows, base=self.base, notice=NOTICE))

    def export(self, format: str) -> Iterable[str]:  # noqa: A002 - the word users know
        """Write one format and return its content in pieces of text."""
        (name,) = _known_formats([format])
        return EXPORTS[name].write(self.exported, make_options(self.base))

    def _write_files(self, folder: Path, formats: Sequence[str], beside: Mapping[str, bytes], *, note: Note | None) -> dict[str, Written]:
        options = make_options(self.base)
        return write_files(self.in_order(), folder, formats=formats, options=options, beside=beside, sums=SUMS, note=note)


def make_options(base: str) -> Options:
    """What the writers are told about a graph with this base."""
    context = json.loads(rebase_text(read_resource("ontology/context.jsonld"), base))
    prefixes = {prefix: rebase_text(namespace, base) for prefix, namespace in PREFIXES.items()}
    return Options(comment=NOTICE, context=context, prefixes=prefixes)


def _known_formats(formats: Iterable[str]) -> list[str]:
    unknown = sorted(set(formats) - EXPORTS.keys())
    if unknown:
        raise ExportError(f"unknown format {', '.join(unknown)}; use one of {', '.join(EXPORTS)}")
    return [name for name in EXPORTS if name in set(formats)]


def read_sums(folder: Path) -> dict[str, str]:
    """Read the sums of a written graph and hold its files against them; file name to SHA-256.

    Raises:
        InputError: A file is missing or is not what was written, or the sums cannot be read.
    """
    path = folder / SUMS
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        for name, digest in sums.items():
            if Path(name).name != name or hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
                raise InputError(f"{name} is not what {SUMS} says", file=str(folder), remedy="build the folder again")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"its files cannot be held against {SUMS}: {error}", file=str(folder), remedy="build the folder again") from error
    return sums
