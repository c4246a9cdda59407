"""Parquet files of others, row by row as text: DuckDB decodes them, within a bound of memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from airm_graph.errors import StoreError
from airm_graph.graph.term_spelling import quote

__all__ = ["ParquetColumn", "ParquetFile"]

_MEMORY = "1GB"
_BATCH = 2_000
_NESTED = {"list", "array", "struct", "map", "union", "variant"}
#: Nothing is fetched, nothing is installed, nothing else is opened.
_CONFIG: dict[str, Any] = {
    "enable_external_file_cache": False,
    "memory_limit": _MEMORY,
    "threads": 1,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


@dataclass(frozen=True, slots=True)
class ParquetColumn:
    """A column, or a field of one: ``outer.inner``.

    Attributes:
        name: Name of the column and those of the fields below it, with dots between.
        kind: Type in the words of DuckDB.
        sql: What makes text of it.
        is_plain: Whether that text says all there is; a list of lists or a map is text only to be
            looked at.
        is_binary_fraction: Whether the values are binary floating-point numbers, which do not keep
            the zeros they were written with.
    """

    name: str
    kind: str
    sql: str
    is_plain: bool
    is_binary_fraction: bool


class ParquetFile:
    """A Parquet file that is open.

    Args:
        path: Where it is; no character of it may be a wildcard.
        separator: Between two values of a list in one cell.

    Attributes:
        columns: Those of the file, structures taken apart.
        rows: How many the file says it has.

    Raises:
        StoreError: It is no Parquet file, or is damaged.
    """

    def __init__(self, path: Path, *, separator: str) -> None:
        self._path, self._separator = str(path), separator
        self._connection = duckdb.connect(":memory:", config=_CONFIG)
        try:
            described = self._connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [self._path]).description
            kinds = self._connection.sql("SELECT * FROM read_parquet(?) LIMIT 0", params=[self._path]).types
            counted = self._connection.execute("SELECT num_rows FROM parquet_file_metadata(?)", [self._path]).fetchone()
        except (duckdb.Error, RuntimeError, ValueError, OverflowError, MemoryError) as error:
            self._connection.close()
            raise StoreError(_first_line(error)) from error
        names = [name for name, *_ in described or ()]
        found = [self._expand(name, kind, _quote(name)) for name, kind in zip(names, kinds, strict=True)]
        self.columns = tuple(column for group in found for column in group)
        self.rows = int(counted[0]) if counted else 0

    def __enter__(self) -> Self:
        """Return the file itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file."""
        self._connection.close()

    def batches(self) -> Iterator[list[tuple[str | None, ...]]]:
        """Rows in the order of the file, some thousand at a time.

        Raises:
            StoreError: The file is damaged.
        """
        columns = ", ".join(column.sql for column in self.columns)
        try:
            found = self._connection.execute(f"SELECT {columns} FROM read_parquet(?)", [self._path])
            while rows := found.fetchmany(_BATCH):
                yield rows
        except (duckdb.Error, RuntimeError, ValueError, OverflowError, MemoryError) as error:
            raise StoreError(_first_line(error)) from error

    def _expand(self, name: str, kind: Any, sql: str) -> Iterator[ParquetColumn]:
        if kind.id == "struct":
            for field, inner in kind.children:
                yield from self._expand(f"{name}.{field}", inner, f"struct_extract({sql}, {quote(field)})")
            return
        is_list = kind.id == "list" and kind.children[0][1].id not in _NESTED
        text = f"CAST({sql} AS VARCHAR)"
        if is_list:
            text = f"array_to_string(CAST({sql} AS VARCHAR[]), {quote(self._separator)})"
        elif kind.id == "blob":
            text = f"TRY_CAST({sql} AS VARCHAR)"
        elif kind.id in {"float", "double"}:
            # Whole numbers with gaps are stored as fractions by many programs.
            text = f"regexp_replace({text}, '[.]0$', '')"
        elif kind.id == "timestamp with time zone":
            # Cast to text it would be the time of this machine.
            text = f"replace(CAST(make_timestamp(epoch_us({sql})) AS VARCHAR), ' ', 'T') || 'Z'"
        elif kind.id.startswith("timestamp"):
            # As XML Schema writes it; a day without a time is a day.
            text = f"regexp_replace(replace({text}, ' ', 'T'), 'T00:00:00$', '')"
        yield ParquetColumn(name, str(kind), text, is_list or kind.id not in _NESTED, kind.id in {"float", "double"})


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
