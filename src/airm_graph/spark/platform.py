"""Spark as the platform of a build: files go in, and quads come out, in tasks."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from airm_graph.errors import StoreError
from airm_graph.graph import ParquetFile, TripleTable, quote, suffix_of
from airm_graph.ingest.inputs import Over
from airm_graph.ingest.rdf import RdfFile, label_files, load_rdf_file
from airm_graph.ingest.tables.loaded import LoadedTable, load_rows
from airm_graph.pipeline.platform import Session
from airm_graph.spark.session import open_session, run_tasks
from airm_graph.spark.table import SparkTable
from airm_graph.spark.write import MANIFEST, NQUADS, write_parts
from airm_graph.triples.selects import select_quads

__all__ = ["Spark"]

#: What DuckDB may take in one task.
_MEMORY = "1GB"
_COLUMNS = {"s", "p", "o", "g"}
_ROWS = "sheet INT, capture STRING, graph STRING, file STRING, number INT, first INT, last INT, odd INT, name STRING, raw STRING"


@dataclass(frozen=True, slots=True)
class Spark:
    """Where Spark runs, and how.

    Attributes:
        master: ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``.
        conf: Settings of Spark by name; they go before ours.
        work: Folder that driver and executors see under one name, for what is needed on the way;
            the system's when left out, which is right for ``local`` only.
        parts: Number of files that each format is written in; by the number of statements when left out.
    """

    master: str = "local[*]"
    conf: Mapping[str, str] = field(default_factory=dict)
    work: Path | None = None
    parts: int | None = None

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Begin a session; what is made in it is gone when it ends.

        Raises:
            EngineError: The extra or Java is missing, or the master does not answer.
        """
        temporary = TemporaryDirectory(prefix="airm-graph-", dir=self.work, ignore_cleanup_errors=True)
        with open_session(self.master, self.conf) as spark, temporary as folder, SparkTable(spark, folder=Path(folder)) as table:
            over = partial(run_tasks, spark)
            yield Session(
                table,
                table.folder,
                load_independent=lambda tables: table.load_select(*select_quads(tables)),
                load_rdf=partial(_load_rdf, table=table, over=over),
                load=partial(_load_tables, table=table, over=over),
                over=over,
                write=partial(write_parts, table, parts=self.parts),
            )

    def find_rdf(self, path: Path) -> Sequence[Path] | None:
        """List the N-Quads of a folder that Spark wrote, or files of Parquet with the columns s, p, o, g; None for other paths."""
        if (path / MANIFEST).is_file():
            path /= NQUADS
        below = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        return [file for file in below if suffix_of(file)] or [file for file in below if _is_of_quads(file)] or None


@dataclass(frozen=True)
class _TableGroup(LoadedTable):
    """Tables of one folder with the same columns, as one: what differs between them are columns of its rows."""

    members: tuple[LoadedTable, ...] = ()
    number_of_row = "r.sheet"
    capture_path = "r.capture"
    file = "file"
    graph = "graph"

    @property
    def kept(self) -> str:
        """What is kept of a row r beside what is kept of all, as the end of a SELECT."""
        return f", {self.number} AS owner, r.file, r.graph"

    def is_own(self, column: str = "sheet") -> str:  # noqa: ARG002 - the group is known by its own number
        """SQL that tells whether an independent row is of one of these tables."""
        return f"owner = {self.number}"


def _load_tables(tables: Sequence[LoadedTable], *, table: SparkTable, over: Over) -> tuple[list[_TableGroup], list[LoadedTable]]:
    """Take the rows of tables in, file by file; returns those of the same columns as one, and what is no table after all."""
    jobs = [(one, table.folder / f"table-{one.number}.parquet") for one in tables]
    targets = {one.number: target for (one, target), is_table in zip(jobs, over(_write_rows, jobs), strict=True) if is_table}
    groups: defaultdict[tuple[object, ...], list[LoadedTable]] = defaultdict(list)
    for one in tables:
        if one.number in targets:
            groups[one.scan.path.resolve().parent if one.scan else one.number, id(one.mapping), one.head.header].append(one)
    stated = [_TableGroup(some[0].number, some[0].head, some[0].mapping, some[0].columns, members=tuple(some)) for some in groups.values()]
    for group in stated:
        cells = "".join(f", c{place} STRING" for place in range(len(group.head.header)))
        table.show(group.rows, f"{_ROWS}{cells}", [targets[one.number] for one in group.members])
    return stated, [one for one in tables if one.number not in targets]


def _write_rows(job: tuple[LoadedTable, Path]) -> bool:
    """Write the rows of a table as Parquet; tells whether it is one."""
    one, target = job
    given = f"{one.number} AS sheet, {one.capture_path} AS capture, {one.graph} AS graph, {one.file} AS file"
    cells = "".join(f", c{place}" for place in range(len(one.head.header)))
    with TripleTable(threads=1, memory_limit=_MEMORY, temp_directory=target.parent) as table:
        _, failed = load_rows([one], table=table)
        if not failed:
            table.copy_parquet(f"SELECT {given}, number, first, last, odd, name, raw{cells} FROM {one.rows}", target)
    return not failed


def _load_rdf(paths: Sequence[Path], *, table: SparkTable, over: Over) -> Sequence[RdfFile]:
    """Take RDF files in, each read in a task; in several files, blank nodes of one label are different nodes."""
    jobs = [(path, label, table.folder / f"rdf-{place}.parquet") for place, (path, label) in enumerate(label_files(paths))]
    files = list(over(_read_rdf, jobs))
    table.load_texts([target for _, _, target in jobs])
    return files


def _read_rdf(job: tuple[Path, str, Path]) -> RdfFile:
    path, label, target = job
    with TripleTable(threads=1, memory_limit=_MEMORY, temp_directory=target.parent) as table:
        if path.suffix.lower() == ".parquet":
            table.load_select(f"SELECT s, p, o, g FROM read_parquet({quote(str(path))})")
            file = RdfFile(path)
        else:
            file = load_rdf_file(path, label=label, table=table)
        table.copy_rows(target)
    return file


def _is_of_quads(path: Path) -> bool:
    try:
        with ParquetFile(path, separator="") as file:
            return path.suffix.lower() == ".parquet" and {column.name for column in file.columns} == _COLUMNS
    except StoreError:
        return False
