"""The record of the last build into a folder: what it was made of and what it made, kept with a
cache.

It is JSON behind its checksum. One that is damaged, or of another version, is as good as none.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import Any, Self

from airm_graph.cache import list_libraries, make_key, pack, read_checked, reader_version, unpack, write_checked
from airm_graph.export import EXPORTS
from airm_graph.frozen import frozen
from airm_graph.model import TableCount
from airm_graph.pipeline.loading import read_quads, read_report
from airm_graph.pipeline.marks import REPORT, SUMS
from airm_graph.pipeline.options import BuildOptions, find_issued
from airm_graph.pipeline.stamps import Look, Remembered, digest_file, find_changes, remember, stamp_file
from airm_graph.pipeline.views import Graph
from airm_graph.resources import find_resource

__all__ = ["BuildRecord", "WrittenGraph", "find_record", "make_version"]

#: Records that a cache keeps, of so many folders.
_MOST = 8
_SUFFIX = ".build"


class WrittenGraph(Graph):
    """A graph that stands in a folder: its figures are known, its statements are read from there
    when they are asked for.
    """

    figures: Mapping[str, int]

    def __len__(self) -> int:
        """Number of different triples."""
        return self.figures["triples"]

    def count(self) -> dict[str, int]:
        """Count kinds of things."""
        return {name: number for name, number in self.figures.items() if name != "triples"}


@frozen
class BuildRecord:
    """What is known of a build.

    Attributes:
        version: Names all but the inputs that outputs depend on.
        inputs: Every file that may have been read → stamp and digest, as `remember` says it.
        outputs: Name of each file that was written → likewise; in the order of writing.
        files: Name of each input → the path under which the user finds it.
        figures: What `Graph.count` says, and the number of triples.
        tables: How many rows of each table were read, packed.
    """

    version: str
    inputs: Remembered
    outputs: Remembered
    files: Mapping[str, str]
    figures: Mapping[str, int]
    tables: Any = field(default_factory=list)

    @classmethod
    def make(cls, graph: Graph, *, version: str, inputs: Remembered) -> Self:
        """Make the record of a graph that was just written.

        Raises:
            OSError: An output cannot be read.
        """
        figures = {**graph.count(), "triples": len(graph)}
        return cls.of_files(graph.written, version=version, inputs=inputs, files=graph.files, figures=figures, tables=pack(graph.tables))

    @classmethod
    def of_files(cls, written: Mapping[str, Path], *, version: str, inputs: Remembered, **about: Any) -> Self:
        """Make the record of files that were just written.

        Raises:
            OSError: One cannot be read.
        """
        lines = written[SUMS].read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        outputs: dict[str, Sequence[int | str]] = {
            name: [*stamp_file(path), sums.get(name) or digest_file(path)] for name, path in written.items()
        }
        return cls(version, inputs, outputs, **about)

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read a record; None where there is none, or none that is whole."""
        with suppress(OSError, ValueError, TypeError):
            return cls(*json.loads(read_checked(path)))
        return None

    def save(self, path: Path, *, known: Self | None = None) -> None:
        """Write the record, unless it is *known* to be there, and forget those of the folders that
        were built least lately.

        A disk that is full takes nothing from the build.
        """
        with suppress(OSError):
            if self == known:
                path.touch()
                return
            parts = [self.version, self.inputs, self.outputs, self.files, self.figures, self.tables]
            write_checked(path, json.dumps(parts, separators=(",", ":")).encode())
            kept = sorted(path.parent.glob(f"*{_SUFFIX}"), key=lambda one: one.stat().st_mtime_ns)
            for old in kept[:-_MOST]:
                old.unlink(missing_ok=True)

    def list_changes(self, look: Look) -> tuple[list[str], dict[str, Sequence[int | str]]]:
        """List the inputs that are not what they were, and say what all of them hold now.

        Raises:
            OSError: An input cannot be read.
        """
        now = remember(look, known=self.inputs)
        return list(find_changes(self.inputs, now)), now

    def is_true(self, folder: Path) -> bool:
        """Whether the files of a folder are those that were written: by size, times and number, and
        where these differ, by digest.
        """
        try:
            return all(
                stamp_file(folder / name) == tuple(known[:4]) or digest_file(folder / name) == known[4]
                for name, known in self.outputs.items()
            )
        except OSError:
            return False

    def open_graph(self, folder: Path, *, base: str) -> WrittenGraph:
        """Open the graph that was written."""
        tables = unpack(tuple[TableCount, ...], self.tables)
        quads = partial(read_quads, folder / EXPORTS["nquads"].file_name)
        graph = WrittenGraph(quads=quads, report=partial(read_report, folder / REPORT), base=base, files=self.files, tables=tables)
        graph.figures = self.figures
        graph.written = {name: folder / name for name in self.outputs}
        # What cached_property keeps.
        graph.__dict__["digest"] = self.outputs[EXPORTS["ntriples"].file_name][4]
        graph.__dict__["is_empty"] = False
        return graph


def find_record(cache: Path, inputs: Sequence[str | Path], folder: Path, options: BuildOptions) -> Path:
    """Name the file for the record of a build."""
    key = make_key([str(Path(path).absolute()) for path in inputs], str(folder.absolute()), options.base)
    return cache / f"{key[:32]}{_SUFFIX}"


def make_version(options: BuildOptions) -> str:
    """Name all that outputs depend on beside the files that are read."""
    shapes = [(path.name, digest_file(path)) for path in sorted(find_resource("shapes").glob("*.ttl"))]
    told = [options.base, options.engine, options.strict, options.published, options.suggest_kinds]
    given = [str(options.mapping or ""), *map(str, options.decisions)]
    return make_key("build", reader_version(), shapes, list_libraries("duckdb", "pyoxigraph"), told, given, find_issued())
