"""Tables of plans on Spark, and in DuckDB on the driver where they are small.

To plan a statement takes Spark about a second whatever it reads, in which DuckDB goes through
millions of rows. So a statement that reads few rows is run by DuckDB on the driver, as it stands;
one that reads more is carried over to Spark. A table is where it was made, and gets to the other
side when a statement there reads it: for Spark as Parquet in the work folder, for DuckDB as a
table. What a plan keeps on Spark is written at once, so no statement carries the history of those
before it.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airm_graph.errors import AirmError, EngineError
from airm_graph.graph import TripleTable, quote
from airm_graph.spark.dialect import Statement, Step, carry_over, read_statements

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["FEW_ROWS", "SparkDatabase", "explained", "quote_files", "write_rows"]

#: Rows that a statement may read to be run on the driver: what DuckDB goes through while Spark
#: plans.
FEW_ROWS = 5_000_000
#: Types of DuckDB that Spark calls otherwise; sums of whole numbers are wider there.
_TYPES = {"VARCHAR": "STRING", "HUGEINT": "BIGINT", "INTEGER": "INT", "UBIGINT": "BIGINT", "UINTEGER": "BIGINT"}


class SparkDatabase(TripleTable):
    """Tables on Spark and on the driver.

    Args:
        session: Tables share its machines and have names of their own; it stays open when they are
            closed.
        folder: Driver and executors see it under one name.
        few: Rows below which DuckDB on the driver runs a statement; 0 for never.
    """

    def __init__(self, session: "SparkSession", *, folder: Path, few: int = FEW_ROWS) -> None:
        # Names of views are those of a session: several of these in one process need one each.
        self.session, self.folder, self._few = session.newSession(), folder, few
        self._aside = TripleTable(threads=1, memory_limit="2GB", temp_directory=folder)
        self._counter = count(1)
        #: Number of rows of each table; files of those that are Parquet; those that DuckDB has.
        self._sizes: dict[str, int] = {}
        self._paths: dict[str, list[Path]] = {}
        self._on_driver: set[str] = set()
        self._views: dict[str, Statement] = {}
        #: Types of the columns of those that are Parquet; names that Spark knows as they are now;
        #: all that it knows.
        self._schemas: dict[str, str] = {}
        self._shown: set[str] = set()
        self._named: set[str] = set()

    def close(self) -> None:
        """Forget everything."""
        for name in (*self._views, *self._sizes):
            self._forget(name)
        self._aside.close()

    def use_all_threads(self, *, at_least: int = 0) -> None:
        """Let DuckDB on the driver use as many threads as there are cores, where there are so many
        quads.
        """
        if self.size("quads") >= at_least:
            self._aside.use_all_threads()

    def over(self, work: Callable[[Any], Any], jobs: Iterable[Any], /) -> list[Any]:
        """Do some work on each job in a task of its own; results in the order of the jobs, and
        errors of ours as they were raised.
        """

        def attempt(job: Any) -> Any:
            try:
                return work(job)
            except AirmError as error:
                return error

        given = list(jobs)
        with explained("a task of Spark failed"):
            done = self.session.sparkContext.parallelize(given, len(given)).map(attempt).collect() if given else []
        if error := next((one for one in done if isinstance(one, AirmError)), None):
            raise error
        return done

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement, or several separated by semicolons, and return the rows of the last
        where it asks for some, the number of rows kept otherwise.
        """
        rows = list[tuple[Any, ...]]()
        for statement in read_statements(sql):
            rows = self._execute(statement)
        return rows

    def _execute(self, statement: Statement) -> list[tuple[Any, ...]]:
        if statement.kind == "drop":
            self._forget(statement.name)
            return []
        if statement.kind == "view":
            self._forget(statement.name)
            self._views[statement.name] = statement
            return []
        if self._is_small(statement.reads):
            return self._run_on_driver(statement)
        last = self._run_on_spark(statement)
        with explained(f"Spark gives up on the statement {statement.sql}"):
            return [(last,)] if isinstance(last, int) else [tuple(row) for row in last.collect()]

    @contextmanager
    def joins_as_written(self) -> Iterator[None]:
        """Make joins in the order in which statements name them, as Spark does anyway."""
        with self._aside.joins_as_written():
            yield

    def stream(self, sql: str, *, size: int = 50_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT and hand out its rows in lists."""
        if self._is_for_driver(sql):
            yield from self._aside.stream(sql, size=size)
            return
        with explained(f"Spark gives up on the statement {sql}"):
            rows = map(tuple, self.frame(sql).toLocalIterator(prefetchPartitions=True))
            while some := list(islice(rows, size)):
                yield some

    def frame(self, sql: str) -> Any:
        """Run a SELECT on Spark, and return its frame."""
        (statement,) = read_statements(sql)
        return self._run_on_spark(statement)

    def write_apart(self, select: str, folder: Path, *, by: str, number: int) -> list[list[Path]]:
        """Write the rows of a SELECT as Parquet, those with each value below *number* of a column
        in files of their own; returns these.
        """
        if self._is_for_driver(select):
            self._aside.execute(f"COPY ({select}) TO {quote(str(folder))} (FORMAT parquet, PARTITION_BY ({by}))")
            found = (sorted(folder.glob(f"{by}={value}/*.parquet")) for value in range(number))
            return [files for files in found if files]
        frame = self.frame(select)
        with explained(f"Spark cannot write to {folder}"):
            frame.repartitionById(number, frame[by]).drop(by).write.parquet(folder.absolute().as_uri())
        return [[file] for file in _list_files([folder])]

    def copy_texts(self, select: str, path: Path) -> None:
        """Write the one column of a SELECT to a file, each text as it is with a line end behind it,
        in the order of the SELECT.
        """
        if self._is_for_driver(select):
            self._aside.copy_texts(select, path)
            return
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for some in self.stream(select):
                file.writelines(f"{text}\n" for (text,) in some)

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms, with types as DuckDB names them."""
        self._forget(name)
        self._aside.load_records(name, columns=columns, records=records)
        self._hold(name)

    def show(self, name: str, schema: str, paths: Sequence[Path]) -> None:
        """Give files of Parquet a name, with which they will be removed; their columns are known,
        so Spark need not look.
        """
        self._forget(name)
        self._paths[name], self._sizes[name] = list(paths), self._count_rows(paths)
        self._schemas[name] = schema

    def size(self, *names: str) -> int:
        """Number of rows of tables, and of those that views read, each counted once."""
        return sum(self._sizes.get(name, 0) for name in self._reach(names))

    def files(self, name: str) -> list[Path]:
        """The files of Parquet that hold a table, which is written where it is none yet."""
        if name not in self._paths:
            path = self.folder / f"{name}-{next(self._counter)}.parquet"
            self._paths[name], self._schemas[name] = [path], write_rows(self._aside, f"SELECT * FROM {name}", path)
        return _list_files(self._paths[name])

    def _is_small(self, names: Iterable[str]) -> bool:
        return self.size(*names) < self._few

    def _is_for_driver(self, select: str) -> bool:
        """Tell whether DuckDB runs a SELECT, and let it have what that reads."""
        (statement,) = read_statements(select)
        is_small = self._is_small(statement.reads)
        if is_small:
            self._take_to_driver(statement.reads)
        return is_small

    def _count_rows(self, paths: Sequence[Path]) -> int:
        """The files say how many rows they have; Spark would start a job."""
        files = _list_files(paths)
        counted = f"SELECT COALESCE(sum(num_rows), 0) FROM parquet_file_metadata({quote_files(files)})"
        return int(self._aside.execute(counted)[0][0]) if files else 0

    def _hold(self, name: str) -> None:
        """Note that a table of DuckDB was made or changed."""
        self._unshow(name)
        self._remove(self._paths.pop(name, ()))
        self._on_driver.add(name)
        self._sizes[name] = int(self._aside.execute(f"SELECT count(*) FROM {name}")[0][0])

    def _run_on_driver(self, statement: Statement) -> list[tuple[Any, ...]]:
        name, is_added = statement.name, statement.kind == "add"
        if is_added and name not in self._on_driver and self.size(name) >= self._few:
            # Few rows go to the files of many.
            self.materialise("added", statement.query)
            (path,) = self.files("added")
            del self._paths["added"]
            self._forget("added")
            return [(self._extend(name, path, ""),)]
        self._take_to_driver((*statement.reads, *([name] if is_added else ())))
        if statement.kind == "table" and name not in self._reach(statement.reads):
            self._forget(name)
        done = self._aside.execute(statement.sql)
        if statement.kind != "ask":
            self._hold(name)
        return done

    def _reach(self, names: Iterable[str]) -> set[str]:
        """Names, and those that their views read."""
        reached = set(names)
        return reached.union(*(self._reach(self._views[name].reads) for name in reached & self._views.keys()))

    def _take_to_driver(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._views:
                self._take_to_driver(self._views[name].reads)
                if name not in self._on_driver:
                    self._aside.execute(self._views[name].sql)
                    self._on_driver.add(name)
            elif name in self._sizes and name not in self._on_driver:
                listed = quote_files(_list_files(self._paths[name]))
                self._aside.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM read_parquet({listed})")
                self._on_driver.add(name)

    def _show_all(self, names: Iterable[str]) -> None:
        """Make tables and views known to Spark."""
        for name in names:
            if name in self._views:
                # One that is known may read what is not, any more.
                self._show_all(self._views[name].reads)
            if name in self._shown or (name not in self._views and name not in self._sizes):
                continue
            if name in self._views:
                self._run_on_spark(self._views[name])
            else:
                files = self.files(name)
                self._name_files(name, self._schemas[name], files)
            self._shown.add(name)
            self._named.add(name)

    def _name_files(self, name: str, schema: Any, files: Iterable[Path]) -> None:
        self.session.read.schema(schema).parquet(*(file.absolute().as_uri() for file in files)).createOrReplaceTempView(name)

    def _run_on_spark(self, statement: Statement) -> "DataFrame | int":
        self._show_all(statement.reads)
        last: DataFrame | int = 0
        for step in carry_over(statement.sql):
            last = self._run_step(step)
        return last

    def _run_step(self, step: Step) -> "DataFrame | int":
        with explained(f"Spark refuses the statement {step.sql}"):
            frame = self.session.sql(step.sql)
            if step.kind == "view":
                frame.createOrReplaceTempView(step.name)
                return 0
            return frame if step.kind == "ask" else self._keep(step, frame)

    def _keep(self, step: Step, frame: "DataFrame") -> int:
        """Write a result and name it; go on from what was new where it calls itself. Returns its
        number of rows.
        """
        size = new = self._add(step.name, frame.distinct() if step.again else frame, replaces=step.kind != "add")
        while step.again and new:
            self._show_all([step.name])
            self._name_files(f"{step.name}_new", frame.schema, self._paths[step.name][-1:])
            found = self.session.sql(step.again).toDF(*frame.columns)
            new = self._add(step.name, found.subtract(self.session.table(step.name)))
        if step.again:
            self._show_all([step.name])
        return size

    def _add(self, name: str, frame: "DataFrame", *, replaces: bool = False) -> int:
        path = self.folder / f"{name}-{next(self._counter)}"
        frame.write.parquet(path.absolute().as_uri())
        if replaces:
            self._forget(name)
        elif name in self._sizes:
            self.files(name)
        return self._extend(name, path, ", ".join(f"{one.name} {one.dataType.simpleString()}" for one in frame.schema.fields))

    def _extend(self, name: str, path: Path, schema: str) -> int:
        """Add a file to a table, which is Parquet from then on; returns the number of its rows."""
        rows, paths = self._count_rows([path]), self._paths.get(name, [])
        self._unshow(name)
        self._leave_driver(name)
        self._paths[name], self._sizes[name] = [*paths, path], self._sizes.get(name, 0) + rows
        self._schemas.setdefault(name, schema)
        return rows

    def _unshow(self, name: str) -> None:
        """Let Spark look anew at a table and at the views on it."""
        self._shown -= {name, *(view for view in self._views if name in self._reach([view]))}

    def _leave_driver(self, name: str) -> None:
        if name in self._on_driver:
            kind = "VIEW" if name in self._views else "TABLE"
            # One that is temporary may stand before another.
            self._aside.execute("; ".join([f"DROP {kind} IF EXISTS {name}"] * 2))
            self._on_driver.discard(name)

    def _forget(self, name: str) -> None:
        self._unshow(name)
        self._leave_driver(name)
        self._views.pop(name, None)
        self._schemas.pop(name, None)
        self._sizes.pop(name, None)
        if name in self._named:
            self.session.catalog.dropTempView(name)
            self._named.discard(name)
        self._remove(self._paths.pop(name, ()))

    @staticmethod
    def _remove(paths: Iterable[Path]) -> None:
        for path in paths:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _list_files(paths: Iterable[Path]) -> list[Path]:
    """List files of Parquet, those in folders that Spark wrote each by itself."""
    return [file for path in paths for file in (sorted(path.glob("*.parquet")) if path.is_dir() else [path])]


def quote_files(files: Iterable[Path]) -> str:
    """Write files as a list in SQL of DuckDB.

    >>> quote_files([Path("a.parquet"), Path("b.parquet")])
    "['a.parquet', 'b.parquet']"
    """
    return f"[{', '.join(quote(str(file)) for file in files)}]"


def write_rows(table: TripleTable, select: str, path: Path) -> str:
    """Write what a SELECT finds in DuckDB as Parquet; returns the columns, as Spark names them."""
    described = table.execute(f"SELECT column_name, column_type FROM (DESCRIBE {select})")
    columns = {column: _name_type(kind) for column, kind in described}
    narrowed = (f"CAST({column} AS BIGINT) AS {column}" if kind == "BIGINT" else column for column, kind in columns.items())
    table.copy_parquet(f"SELECT {', '.join(narrowed)} FROM ({select})", path)
    return ", ".join(f"{column} {kind}" for column, kind in columns.items())


def _name_type(kind: str) -> str:
    """Name a type of DuckDB as Spark does."""
    return f"ARRAY<{_name_type(kind[:-2])}>" if kind.endswith("[]") else _TYPES.get(kind, kind)


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Say in one line, as an `EngineError`, what PySpark or Java raised."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, OSError) as error:
        said = [line for line in str(error).splitlines() if line.strip() and not line.startswith("An error occurred while calling")]
        raise EngineError(f"{what}: {(said or [type(error).__name__])[0].strip(' :')[:500]}") from error
