"""Parquet → rows, each value as text."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from airm_graph.errors import StoreError
from airm_graph.ingest.formats.packed import Source
from airm_graph.ingest.formats.record_cells import LIST_SEPARATOR
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Fault, Pass, Row, UnreadableError, read_header

if TYPE_CHECKING:
    from airm_graph.graph import ParquetFile

__all__ = ["read_parquet"]


def read_parquet(source: Source, out: Pass) -> Iterator[Row]:
    """Read the rows of a Parquet file; the columns go to *out*.

    Raises:
        UnreadableError: It is none, or is damaged.
    """
    from airm_graph.graph import ParquetFile  # duckdb takes 100 ms to load

    out.media_type = "application/vnd.apache.parquet"
    try:
        with source.path("table.parquet") as path:
            out.sha256 = source.digest
            with ParquetFile(path, separator=LIST_SEPARATOR) as file:
                yield from _read_rows(file, out, limit=source.limit)
    except StoreError as error:
        raise UnreadableError(f"the Parquet file is damaged: {error}") from error


def _read_rows(file: "ParquetFile", out: Pass, *, limit: int) -> Iterator[Row]:
    if file.rows > MAX_ROWS:
        raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows")
    if len(file.columns) > MAX_COLUMNS:
        raise UnreadableError(f"the table has more than {MAX_COLUMNS:,} columns")
    out.header = read_header([column.name for column in file.columns])
    rounding = [index for index, column in enumerate(file.columns) if column.is_binary_fraction]
    faults = tuple(
        Fault("TAB-27", column.name.strip(), f"the column is {column.kind}, which no cell can hold")
        for column in file.columns
        if not column.is_plain
    )
    number = size = 0
    for batch in file.batches():
        for values in batch:
            number += 1
            cells = tuple(value or "" for value in values)
            longest = max(map(len, cells))
            size += sum(map(len, cells))
            if longest > MAX_CELL or number > MAX_ROWS or size > limit:
                raise UnreadableError(_explain(longest, size, limit), line=number, row=number)
            if longest and any(map(str.strip, cells)):
                rounded = tuple(index for index in rounding if "." in cells[index])
                yield Row(number, number, number, cells, rounded, faults)


def _explain(longest: int, size: int, limit: int) -> str:
    if longest > MAX_CELL:
        return f"a cell has more than {MAX_CELL:,} characters"
    return f"the table has more than {limit:,} characters" if size > limit else f"the table has more than {MAX_ROWS:,} rows"
