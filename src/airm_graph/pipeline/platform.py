"""Where a build runs: what holds the quads, how tables get into it, and how statements are written.

The build itself does not know: this process (`Embedded`) is one platform, Apache Spark
(``airm_graph.spark``) another.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from airm_graph.frozen import frozen
from airm_graph.ingest.inputs import Over

if TYPE_CHECKING:
    from airm_graph.graph import TripleTable
    from airm_graph.ingest.rdf import RdfFile
    from airm_graph.ingest.tables.folders import LoadRows

__all__ = ["EMBEDDED", "MANIFEST", "NQUADS", "Embedded", "Parts", "Platform", "Session", "WriteParts"]

#: Where statements that are written in parts stand as N-Quads, and what says which parts there are.
NQUADS, MANIFEST = "nquads", "manifest.json"
#: What DuckDB may take of the memory; beyond it, it works on disk.
MEMORY = "4500MB"
#: Quads below which a second thread costs DuckDB more than it brings.
_FEW = 60_000


@frozen
class Parts:
    """Statements that were written in parts.

    Attributes:
        digest: The SHA-256 of the sorted N-Triples.
        sums: Name of each part below the folder → its SHA-256.
        beside: Further files that belong to them, name → content.
        folders: Name of each folder of parts → where it is until all is written; the folder above
            is of no use afterwards.
    """

    digest: str
    sums: Mapping[str, str]
    beside: Mapping[str, bytes] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)


#: Writes the statements of a table into a folder, in these formats, with IRIs on this base.
WriteParts = Callable[[Path, Collection[str] | None, str], Parts]


@frozen
class Session:
    """A platform at work.

    Attributes:
        table: Takes the quads.
        make_folder: Gives a folder for what is needed on the way, the same at each call.
        load: How rows of tables get into *table*; None for ``load_rows``.
        load_rdf: Loads RDF files into *table*.
        over: Applies a function to files.
        write: Writes statements in parts; None where exports are written by ``export``.
    """

    table: "TripleTable"
    make_folder: Callable[[], Path]
    load_rdf: "Callable[[Sequence[Path]], Sequence[RdfFile]]"
    load: "LoadRows | None" = None
    over: Over = map
    write: WriteParts | None = None

    def use_threads(self) -> None:
        """Let DuckDB use more threads where there is work for them."""
        self.table.use_all_threads(at_least=_FEW)


class Platform(Protocol):
    """A place where builds run."""

    def open(self, *, few: bool = False) -> AbstractContextManager[Session]:
        """Begin a session; what is made in it is gone when it ends.

        Args:
            few: A few captured pages are all that is read.
        """


@frozen
class Embedded:
    """This process, with DuckDB in memory and, beyond a bound, on disk; for few pages SQLite."""

    @contextmanager
    def open(self, *, few: bool = False) -> Iterator[Session]:
        """Begin a session."""
        with ExitStack() as opened:

            @cache
            def make_folder() -> Path:
                from tempfile import TemporaryDirectory

                return Path(opened.enter_context(TemporaryDirectory(prefix="airm-graph-", ignore_cleanup_errors=True)))

            table = opened.enter_context(_open_table(make_folder, few=few))

            def load_rdf(paths: Sequence[Path]) -> "Sequence[RdfFile]":
                from airm_graph.ingest.rdf import load_rdf_files

                return load_rdf_files(paths, table=table)

            yield Session(table, make_folder, load_rdf)


def _open_table(make_folder: Callable[[], Path], *, few: bool) -> "TripleTable":
    if few:
        from airm_graph.graph import SmallTable

        if SmallTable.is_usable:
            return SmallTable()
    from airm_graph.graph import TripleTable

    return TripleTable(threads=1, memory_limit=MEMORY, temp_directory=make_folder())


EMBEDDED = Embedded()
