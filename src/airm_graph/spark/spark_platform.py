"""Spark as the platform of a build: where it starts, and files that are read in its tasks."""

import logging
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from airm_graph.extras import require
from airm_graph.graph import TripleTable
from airm_graph.ingest.rdf import RdfFile, label_files, load_rdf_file
from airm_graph.ingest.tables.loaded import LoadedTable, load_rows
from airm_graph.pipeline.platform import Session
from airm_graph.spark.spark_database import FEW_ROWS, explained
from airm_graph.spark.spark_table import SparkTable
from airm_graph.spark.write import write_parts

__all__ = ["Spark", "open_session"]

_LOG = Path(__file__).with_name("log4j2.properties").as_uri()
#: Every plan is compiled; without room for it all, Java would compile again what it had to forget.
_JAVA = {"spark.driver.defaultJavaOptions": f"-Dlog4j2.configurationFile={_LOG} -XX:ReservedCodeCacheSize=512m"}
_SETTINGS = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.session.timeZone": "UTC", **_JAVA}
#: The default of 200 partitions is for clusters; on one machine each would be a file of a few rows.
_LOCAL = {"spark.driver.memory": "2g", "spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1))}
_open_table = partial(TripleTable, threads=1, memory_limit="1GB")
_ROWS = "table_number INT, capture STRING, graph STRING, file STRING, number INT, first INT, last INT, odd INT, name STRING, raw STRING"


@dataclass(frozen=True, slots=True)
class Spark:
    """Where Spark runs, and how.

    Attributes:
        master: ``local[2]``, ``spark://host:7077``, ``yarn``, ``k8s://…``.
        conf: Settings of Spark by name; they go before ours.
        work: Folder that driver and executors see under one name, for what is needed on the way;
            the system's when left out, which is right for ``local`` only.
        parts: Number of files that each format is written in; by the number of statements when left
            out.
        few: Rows below which DuckDB on the driver runs a statement, as Spark would plan it for
            longer; 0 for never.
    """

    master: str = "local[*]"
    conf: Mapping[str, str] = field(default_factory=dict)
    work: Path | None = None
    parts: int | None = None
    few: int = FEW_ROWS

    @contextmanager
    def open(self, *, few: bool = False) -> Iterator[Session]:  # noqa: ARG002 - Spark holds all the same way
        """Begin a session; what is made in it is gone when it ends."""
        temporary = TemporaryDirectory(prefix="airm-graph-", dir=self.work, ignore_cleanup_errors=True)
        with (
            open_session(self.master, self.conf) as spark,
            temporary as folder,
            SparkTable(spark, folder=Path(folder), few=self.few) as table,
        ):
            load, load_rdf, write = partial(_load_tables, table), partial(_load_rdf, table), partial(write_parts, table, self.parts)
            yield Session(table, lambda: table.folder, load_rdf, load, table.over, write)


@contextmanager
def open_session(master: str, conf: Mapping[str, str]) -> Iterator[Any]:
    """Start Spark, or take the session that runs in this process already, which is not ended then.

    Raises:
        EngineError: The extra or Java is missing, or the master does not answer.
    """
    # Asked for before anything is read.
    require("the engine spark", "pyspark", "sqlglot", extra="spark")
    from pyspark.sql import SparkSession

    # PySpark logs each error beside raising it.
    logging.getLogger("SQLQueryContextLogger").disabled = True
    # Executors run the Python of the driver, where nobody says another one.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder, running = SparkSession.builder.master(master).appName("airm-graph"), SparkSession.getActiveSession()
    for name, value in {**_SETTINGS, **(_LOCAL if master.startswith("local") else {}), **conf}.items():
        builder.config(name, value)
    with explained(f"Spark does not start with the master {master!r}; it needs Java 17 or newer, and a master that answers"):
        session = running or builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        if not running:
            with suppress(Exception):  # whatever it says now, the work is done
                session.stop()


@dataclass(frozen=True)
class _TableGroup(LoadedTable):
    """Tables of one folder with the same columns, as one: what differs between them are columns of
    its rows.
    """

    members: tuple[LoadedTable, ...] = ()
    number_of_row, capture_path, file, graph = "r.table_number", "r.capture", "file", "graph"

    @property
    def kept(self) -> str:
        """What is kept of a row r beside what is kept of all, as the end of a SELECT."""
        return f", {self.number} AS owner, r.file, r.graph"

    def is_own(self, column: str = "table_number") -> str:  # noqa: ARG002 - the group is known by its own number
        """SQL that tells whether an independent row is of one of these tables."""
        return f"owner = {self.number}"


def _load_tables(table: SparkTable, tables: Sequence[LoadedTable]) -> tuple[list[_TableGroup], list[LoadedTable]]:
    """Take the rows of tables in, file by file; returns those of the same columns as one, and what
    is no table after all.
    """
    paths = {one.number: table.folder / f"table-{one.number}.parquet" for one in tables}
    is_table = table.over(_write_rows, [(one, paths[one.number]) for one in tables])
    groups: defaultdict[tuple[object, ...], list[LoadedTable]] = defaultdict(list)
    for one in (one for one, is_one in zip(tables, is_table, strict=True) if is_one):
        groups[one.folder, id(one.mapping), one.head.header].append(one)
    stated = list[_TableGroup]()
    for one, *others in groups.values():
        stated.append(_TableGroup(one.number, one.folder, one.head, one.mapping, one.columns, members=(one, *others)))
        cells = "".join(f", c{position} STRING" for position in range(len(one.head.header)))
        table.show(one.rows, _ROWS + cells, [paths[member.number] for member in (one, *others)])
    return stated, [one for one, is_one in zip(tables, is_table, strict=True) if not is_one]


def _write_rows(job: tuple[LoadedTable, Path]) -> bool:
    """Write the rows of a table as Parquet; tells whether it is one."""
    one, target = job
    given = f"{one.number} AS table_number, {one.capture_path} AS capture, {one.graph} AS graph, {one.file} AS file"
    with _open_table(temp_directory=target.parent) as table:
        stated, _ = load_rows([one], table=table)
        if stated:
            table.copy_parquet(f"SELECT {given}, * FROM {one.rows}", target)
    return bool(stated)


def _load_rdf(table: SparkTable, paths: Sequence[Path]) -> Sequence[RdfFile]:
    """Take RDF files in, each read in a task."""
    jobs = [(path, label, table.folder / f"rdf-{position}.parquet") for position, (path, label) in enumerate(label_files(paths))]
    files = table.over(_write_quads, jobs)
    table.load_texts([target for _, _, target in jobs])
    return files


def _write_quads(job: tuple[Path, str, Path]) -> RdfFile:
    path, label, target = job
    with _open_table(temp_directory=target.parent) as table:
        file = load_rdf_file(path, label=label, table=table)
        table.copy_rows(target)
    return file
