"""A database of DuckDB: statements, results in lists, rows of Python in, files out.

What is peculiar to DuckDB (reading files, settings) is kept here; plans over the table of quads
stay inside the SQL that sqlglot can carry to Spark.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from weakref import WeakSet

from airm_graph.errors import StoreError
from airm_graph.graph.term_spelling import quote

__all__ = ["FEW", "Database", "close_databases"]

#: Rows that are better handed over one by one.
FEW = 3000


class Database:
    """Tables in DuckDB, in memory or in a file.

    Attributes:
        schema: Statements that make the tables of a subclass, if they are not there.
    """

    schema = ""

    def __init__(
        self,
        path: Path | None = None,
        *,
        threads: int | None = None,
        memory_limit: str | None = None,
        temp_directory: Path | None = None,
    ) -> None:
        """Open a database.

        Args:
            path: A file that keeps it, made when absent; left out, it lives in memory.
            threads: How many DuckDB may use; all by default.
            memory_limit: As DuckDB writes it (``2GB``); beyond it, work spills to *temp_directory*.
            temp_directory: Also where rows pass through on their way in; the system's by default.

        Raises:
            StoreError: The file or a setting is refused.
        """
        import tempfile

        import duckdb  # takes longer to load than all else that a small job needs

        self._temp, self._failure = temp_directory, duckdb.Error
        # By itself DuckDB spills into the folder where the user stands.
        spill = temp_directory or Path(tempfile.gettempdir()) / f"airm-graph-{os.getpid()}"
        settings = {"threads": threads, "memory_limit": memory_limit, "temp_directory": str(spill)}
        # DuckDB would otherwise fetch extensions from the network when a statement seems to want
        # one.
        config: dict[str, Any] = {name: value for name, value in settings.items() if value is not None}
        config["autoinstall_known_extensions"] = False
        # Nothing reads a table in the order in which it was filled, and keeping it would take
        # memory.
        config["preserve_insertion_order"] = False
        try:
            self._connection = duckdb.connect(str(path or ":memory:"), config=config)
            # Otherwise DuckDB draws a bar on the terminal when a statement takes long. In a
            # notebook without ipywidgets it draws none, and DuckDB 2 refuses to have that said.
            with suppress(duckdb.InvalidInputException):
                self._connection.execute("SET enable_progress_bar = false")
            self._connection.execute(self.schema)
            _OPEN.add(self)
        except duckdb.Error as error:
            raise StoreError(f"the database {path or 'in memory'} cannot be opened: {error}") from error

    def __enter__(self) -> Self:
        """Return the table itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the table."""
        self.close()

    def use_all_threads(self) -> None:
        """Let DuckDB use as many threads as there are cores."""
        self._run("RESET threads")

    def close(self) -> None:
        """Close the connection; a file keeps what was loaded."""
        self._connection.close()
        _OPEN.discard(self)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement, or several separated by semicolons, and return the rows of the last.

        Raises:
            StoreError: DuckDB refuses it.
        """
        return self._run(sql)

    def _run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement with the values of its parameters ``$1``, ``$2`` …, in whatever dialect
        DuckDB has.
        """
        try:
            return self._connection.execute(sql, values or None).fetchall()
        except self._failure as error:
            raise StoreError(_explain(error, sql)) from error

    @contextmanager
    def joins_as_written(self) -> Iterator[None]:
        """Make joins in the order in which statements name them, while the context lasts; by itself
        DuckDB changes it by what it guesses of sizes.
        """
        self._run("SET disabled_optimizers = 'join_order'")
        try:
            yield
        finally:
            self._run("RESET disabled_optimizers")

    def materialise(self, name: str, select: str) -> int:
        """Keep the result of a SELECT under a name, in place of what had that name, outside the
        file; returns its number of rows.
        """
        return int(self.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")[0][0])

    def append(self, name: str, select: str) -> None:
        """Add the result of a SELECT to a table."""
        self.execute(f"INSERT INTO {name} {select}")

    def stream(self, sql: str, *, size: int = 8_000) -> Iterator[list[tuple[Any, ...]]]:
        """Run a SELECT on tables that are not temporary and hand out its rows in lists, while other
        statements may run.

        Raises:
            StoreError: DuckDB refuses it, or reading fails on the way.
        """
        cursor = self._connection.cursor()
        try:
            cursor.execute(sql)
            while some := cursor.fetchmany(size):
                yield some
        except self._failure as error:
            raise StoreError(_explain(error, sql)) from error
        finally:
            cursor.close()

    def load_records(self, name: str, *, columns: Mapping[str, str], records: Iterable[Sequence[str | int]]) -> None:
        """Make a table of other things than terms: numbers and texts, as DuckDB names their types,
        in the order given.

        Raises:
            StoreError: DuckDB refuses it.
        """
        declared = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        remaining = iter(records)
        few = list(islice(remaining, FEW))
        if len(few) < FEW:
            values = [list(column) for column in zip(*few, strict=True)] or [[] for _ in columns]
            given = ", ".join(f"unnest(${n}::{kind}[]) AS {name}" for n, (name, kind) in enumerate(columns.items(), 1))
            self._run(f"CREATE OR REPLACE TABLE {name} AS SELECT {given}", values)
            return
        self.execute(f"CREATE OR REPLACE TABLE {name} ({declared})")
        import tempfile

        with tempfile.TemporaryDirectory(prefix="airm-graph-", dir=self._temp) as folder:
            path = Path(folder, "records.csv")
            from airm_graph.graph.relations import read_records, write_records

            longest = write_records(path, chain(few, remaining))
            self.execute(f"INSERT INTO {name} SELECT * FROM {read_records(path, columns=columns, line=longest)}")

    def load_numbers(self, name: str, numbers: Sequence[int]) -> None:
        """Make a table with the one column ``number``."""
        self.load_records(name, columns={"number": "BIGINT"}, records=((number,) for number in numbers))

    def load_cells(self, name: str, path: Path, *, select: str, width: int, delimiter: str) -> None:
        """Make a table of the rows below the header of a regular CSV file.

        Args:
            select: What to select from ``cells``, which has the number of the row, the header being
                row 1, and the cells c0, c1, … as texts, NULL where the row has fewer.
            width: How many cells a row may have.

        Raises:
            StoreError: A row has more cells, or DuckDB refuses it for another reason.
        """
        from airm_graph.graph.relations import read_cells

        # Rows are numbered as they come.
        self.execute("SET preserve_insertion_order = true")
        cells = f"SELECT 1 + row_number() OVER () AS number, * FROM {read_cells(path, width=width, delimiter=delimiter)}"
        self.execute(f"CREATE OR REPLACE TABLE {name} AS WITH cells AS ({cells}) {select}")

    def copy_texts(self, select: str, path: Path) -> None:
        """Write the one column of a SELECT to a file, each text as it is with a line end behind it,
        in the order of the SELECT.

        Raises:
            StoreError: DuckDB refuses the SELECT, or the file cannot be written.
        """
        # Without quotes and separators a CSV is the text itself.
        self.execute(f"COPY ({select}) TO {quote(str(path))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '')")

    def copy_parquet(self, select: str, path: Path) -> None:
        """Write the result of a SELECT to a Parquet file.

        Raises:
            StoreError: DuckDB refuses the SELECT, or the file cannot be written.
        """
        self.execute(f"COPY ({select}) TO {quote(str(path))} (FORMAT parquet, COMPRESSION zstd)")

    def drop(self, *names: str) -> None:
        """Forget what was materialised under these names, if anything was."""
        self.execute("; ".join(f"DROP TABLE IF EXISTS {name}" for name in names))


#: What was opened in this process and not closed.
_OPEN = WeakSet[Database]()


def close_databases() -> None:
    """Close what is open, as the end of a process does: DuckDB takes away what it spilled."""
    for database in list(_OPEN):
        with suppress(database._failure):
            database.close()


def _explain(error: Exception, sql: str) -> str:
    """Say what DuckDB refuses; the statement matters but where a file cannot be read."""
    return str(error) if str(error).startswith("IO Error: ") else f"{error}; the statement was: {sql}"
