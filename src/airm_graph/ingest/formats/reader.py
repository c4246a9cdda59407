"""Files of tables → tables, whatever the format: held as a whole, or row by row in bounded memory.

A file is refused before any of its rows is given: opening it goes through it once.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from airm_graph.errors import InputError
from airm_graph.frozen import frozen
from airm_graph.ingest.formats.encoding import WrongEncodingError, decode_chunks
from airm_graph.ingest.formats.packed import Source, check_suffix
from airm_graph.ingest.formats.rows import (
    MAX_CELL,
    MAX_KEPT,
    MAX_PASSED,
    MAX_STREAM,
    MAX_TABLE,
    Pass,
    Row,
    Table,
    TableHead,
    UnreadableError,
)
from airm_graph.ingest.formats.suffixes import FORMATS, split_name
from airm_graph.lazy import defer_imports
from airm_graph.model import Location

__all__ = ["MAX_CELL", "MAX_TABLE", "OpenTable", "Row", "Table", "count_records", "open_table", "open_tables", "read_table", "read_tables"]

_BATCH = 2_000
_ROW = 25  # cells that take the memory of a row
#: Kind of file → what reads its text; a reader is imported when there is such a file.
_TEXTS = {"delimited": "read_delimited", "json": "read_json", "lines": "read_json_lines", "yaml": "read_yaml"}
_find_reader: Callable[[str], Any] = defer_imports(
    __name__,
    {
        "read_delimited": "ingest.formats.delimited",
        **dict.fromkeys(("hold_json", "read_json", "read_json_lines"), "ingest.formats.json_rows"),
        "read_parquet": "ingest.formats.parquet_rows",
        "open_workbook": "ingest.formats.workbook",
        **dict.fromkeys(("hold_yaml", "read_yaml"), "ingest.formats.yaml_rows"),
    },
)
_Any = TypeVar("_Any")


@frozen
class OpenTable(TableHead):
    """A table that was gone through once and is in order, or the finding that says why it is none.

    Its rows are read anew when asked for.

    Attributes:
        count: How many rows it has.
    """

    count: int = 0
    _source: Source = field(default_factory=lambda: Source("", b"", "", 0), repr=False)
    _part: int = field(default=0, repr=False)
    _encoding: str = field(default="utf-8", repr=False)

    def batches(self, *, size: int = _BATCH) -> Iterator[tuple[Row, ...]]:
        """Yield the rows in their order, *size* at a time; a table that is refused has none.

        Raises:
            InputError: The file is not the one that was opened: it has changed since.
        """
        if not self.header:
            return
        count = 0
        try:
            with _open_parts(self._source) as parts:
                out = Pass(self.file, encoding=self._encoding)
                rows = parts[self._part].rows(out)
                while batch := tuple(islice(rows, size)):
                    count += len(batch)
                    yield batch
        except (UnreadableError, WrongEncodingError, IndexError) as error:
            raise self._changed() from error
        if (count, out.sha256) != (self.count, self.sha256):
            raise self._changed()

    def _changed(self) -> InputError:
        return InputError("the file has changed since it was opened", file=self.file, remedy="run again")


@frozen
class _Part:
    """One table of a file: the file itself, or a sheet.

    Attributes:
        name: Of the sheet; empty for the file itself.
        rows: Goes through the table.
    """

    name: str
    rows: Callable[[Pass], Iterator[Row]]
    is_hidden: bool = False


def open_tables(source: Path | str | bytes, *, file: str) -> tuple[OpenTable, ...]:
    r"""Open the tables of a file: each visible sheet of a workbook, or the one of any other file.

    Args:
        source: The file, or its bytes.
        file: Name for findings; its suffix says what the file is, and how it is packed.

    Returns:
        One table at least; a file that is refused is one with a finding of TAB-01 or TAB-25.

    Raises:
        InputError: The file cannot be opened, or needs a library that is not there.

    >>> lines = b'{"a": {"b": 1.10}}\n{"a": {"b": null, "c": [1, 2]}}\n'
    >>> (table,) = open_tables(lines, file="a.jsonl")
    >>> table.header, table.count, [row.cells for batch in table.batches() for row in batch]
    (('a.b', 'a.c'), 2, [('1.10',), ('', '1; 2')])
    """
    given = Source(file, _as_data(source), split_name(file)[1], MAX_STREAM)
    return tuple(
        OpenTable(**found.head(), count=found.count, _source=given, _part=found.part, _encoding=found.out.encoding)
        for found in _go_through(given, keep=False)
    )


def read_tables(source: Path | str | bytes, *, file: str, is_named: bool = True, records: str = "") -> tuple[Table, ...]:
    """Read the tables of a file with all their rows; as :func:`open_tables`, but for smaller files.

    Args:
        source, file: As for :func:`open_tables`.
        is_named: Whether somebody said that this is a table; if not, JSON that holds no list of
            records is a note (TAB-28).
        records: Name of the lists of records in JSON and YAML, at any depth; empty for the only
            list.
    """
    given = Source(file, _as_data(source), split_name(file)[1], MAX_TABLE, is_named, records)
    return tuple(Table(**found.head(), rows=tuple(found.rows)) for found in _go_through(given, keep=True))


def count_records(source: Path | str | bytes, *, file: str) -> dict[str, int]:
    """Count the records in the lists of each name, at any depth, of a JSON or YAML file.

    Returns:
        Nothing for a file of another kind, or one that cannot be read.

    >>> count_records(b'{"groups": [{"controls": [{"id": "b"}, {"id": "c"}]}]}', file="a.json")
    {'groups': 1, 'controls': 2}
    """
    given = Source(file, _as_data(source), split_name(file)[1], MAX_TABLE)
    kind = FORMATS.get(given.suffix(split_name(file)[0]), "")
    if kind not in ("json", "yaml"):
        return {}
    from airm_graph.ingest.formats.tree_rows import count_lists

    try:
        return dict(count_lists(_find_reader(f"hold_{kind}")(decode_chunks(given.chunks(), Pass(file)))))
    except (UnreadableError, WrongEncodingError):
        return {}


def open_table(source: Path | str | bytes, *, file: str) -> OpenTable:
    """Open the only table of a file.

    Raises:
        InputError: There are several; or as :func:`open_tables`.
    """
    return _only(open_tables(source, file=file), file)


def read_table(source: Path | str | bytes, *, file: str) -> Table:
    r"""Read the only table of a file.

    Raises:
        InputError: There are several; or as :func:`open_tables`.

    >>> table = read_table(b"Name;Code\r\n\r\nRed teaming;3.1\r\n", file="a.csv")
    >>> table.header, table.rows[0].number, table.rows[0].cells
    (('Name', 'Code'), 3, ('Red teaming', '3.1'))
    """
    return _only(read_tables(source, file=file), file)


def _only(tables: Sequence[_Any], file: str) -> _Any:
    if len(tables) > 1:
        raise InputError(f"the file holds {len(tables)} tables, one was asked for", file=file)
    return tables[0]


def _as_data(source: Path | str | bytes) -> Path | bytes:
    return source if isinstance(source, bytes) else Path(source)


@dataclass(slots=True)
class _Found:
    """What going through one table of a file gave; no rows where they were only counted."""

    out: Pass
    part: int = 0
    rows: list[Row] = field(default_factory=list)
    count: int = 0

    def head(self) -> dict[str, Any]:
        out = self.out
        return {
            "file": out.file,
            "sha256": out.sha256,
            "media_type": out.media_type,
            "header": out.header,
            "findings": tuple(out.findings),
        }

    def refuse(self, error: UnreadableError) -> "_Found":
        """Keep nothing but the reason."""
        self.out.findings.append(error.finding(self.out.file))
        self.out.header, self.rows, self.count = (), [], 0
        return self

    def fill(self, rows: Iterator[Row], *, keep: bool) -> None:
        limit, cells = MAX_KEPT if keep else MAX_PASSED, 0
        for row in rows:
            self.count += 1
            cells += len(row.cells) + _ROW
            if cells > limit:
                raise UnreadableError(f"the table is too large: {self.count:,} rows, the last one with {len(row.cells):,} cells")
            if keep:
                self.rows.append(row)
        self.out.close()


def _go_through(source: Source, *, keep: bool) -> list[_Found]:
    """Go through every table of a file once; blank sheets are none."""
    try:
        with _open_parts(source) as parts:
            found = [_read_part(source, parts, number, keep=keep) for number in range(len(parts))]
    except UnreadableError as error:
        return [_Found(Pass(source.file)).refuse(error)]
    named = [entry for entry in found if entry.out.header or entry.out.findings]
    return named or [_Found(Pass(source.file)).refuse(UnreadableError("the workbook is empty"))]


def _read_part(source: Source, parts: Sequence[_Part], number: int, *, keep: bool) -> _Found:
    part = parts[number]
    found = _Found(Pass(source.file + part.name, is_named=source.is_named, records=source.records), number)
    if part.is_hidden:
        found.out.say("TAB-23", "the sheet is hidden and was not read")
        return found
    try:
        found.fill(part.rows(found.out), keep=keep)
    except WrongEncodingError as error:
        found = _read_again(found, part, error, keep=keep)
    except UnreadableError as error:
        found.refuse(error)
    return found


def _read_again(before: _Found, part: _Part, error: WrongEncodingError, *, keep: bool) -> _Found:
    """Read a text that is not UTF-8 as what spreadsheets write beside it."""
    found = _Found(Pass(before.out.file, encoding="cp1252", is_named=before.out.is_named, records=before.out.records), before.part)
    location = Location(found.out.file, error.line, error.line, error.quote.decode("cp1252", "replace"))
    found.out.say("TAB-02", f"the file is not UTF-8 (byte 0x{error.byte:02X}) and was read as Windows-1252", location)
    try:
        found.fill(part.rows(found.out), keep=keep)
    except WrongEncodingError as second:
        found.out.findings.clear()
        what = f"the file is neither UTF-8 nor Windows-1252: byte 0x{second.byte:02X}"
        found.refuse(UnreadableError(what, line=second.line))
    except UnreadableError as second:
        found.refuse(second)
    return found


@contextmanager
def _open_parts(source: Source) -> Iterator[Sequence[_Part]]:
    check_suffix(source.packing, rule="TAB-25")
    suffix = source.suffix(split_name(source.file)[0])
    check_suffix(suffix)
    if suffix not in FORMATS:
        raise UnreadableError(f"the name does not say what kind of table it is: {', '.join(FORMATS)}")
    kind = FORMATS[suffix]
    if kind == "workbook":
        with _find_reader("open_workbook")(source) as book:
            yield [_Part(f"#{_readable(sheet.name)}", partial(book.rows, sheet), sheet.is_hidden) for sheet in book.sheets]
    elif kind == "parquet":
        yield [_Part("", partial(_find_reader("read_parquet"), source))]
    else:
        yield [_Part("", lambda out: _find_reader(_TEXTS[kind])(decode_chunks(source.chunks(), out), out))]


def _readable(name: str) -> str:
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)
