"""A large CSV or TSV table, copied in one pass into the form that every reader of CSV takes alike.

Digest, numbers of rows and cells are those of ``reader``; a file that is not plain UTF-8 is left
to it.
"""

import csv
import hashlib
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import BinaryIO, TextIO

from airm_graph.errors import InputError
from airm_graph.frozen import frozen
from airm_graph.ingest.formats.delimited import find_delimiter
from airm_graph.ingest.formats.reader import OpenTable, open_table
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_ROWS, MAX_STREAM, Row, UnreadableError, read_header

__all__ = ["Scan", "copy_table", "stream_cells"]

_MARK = b"\xef\xbb\xbf"
_PIECE = 4 << 20
#: What ``records.CONTROL`` finds, as UTF-8: control characters, and what is no character.
_CONTROLS = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


@frozen
class Scan:
    """What is known of a table before its rows are read.

    Attributes:
        path: The file.
        copy: A copy of it, as a file or itself: UTF-8 without byte-order mark, with LF line ends.
        file: Name for findings.
        sha256: Of the copy, which ends as the file does.
        header: Names of the columns, without white space around them.
        is_clean: No cell holds a control character.
        is_regular: Each row is as RFC 4180 says, none is an empty line and the header takes the
            first, so that it is read alike by whatever reads CSV.
    """

    path: Path
    copy: Path | bytes
    file: str
    sha256: str
    delimiter: str
    header: tuple[str, ...]
    is_clean: bool
    is_regular: bool

    @property
    def width(self) -> int:
        """Number of columns up to the last one with a name."""
        return max((number for number, name in enumerate(self.header, 1) if name), default=0)

    @property
    def media_type(self) -> str:
        """Name the format as IANA does."""
        return "text/tab-separated-values" if self.delimiter == "\t" else "text/csv"


def copy_table(path: Path, copy: Path | None, *, file: str) -> Scan | None:
    """Copy a table and inspect it; None where only ``read_table`` can say what it is.

    That is so where it is not plain UTF-8 with a header.

    Args:
        path: The table.
        copy: Where its copy shall be; None for memory.
        file: Name for findings.

    Raises:
        OSError: The file cannot be read, or the copy not be written.
    """
    memory = BytesIO()
    with path.open("rb") as stream, copy.open("wb") if copy else memory as target:
        found = _Inspection(target)
        while piece := stream.read(_PIECE):
            if not found.take(piece):
                return None
        if not found.finish():
            return None
        made = copy or memory.getvalue()
    if found.is_regular and (header := _read_head(made, found.delimiter)):
        return Scan(path, made, file, found.digest.hexdigest(), found.delimiter, header, found.is_clean, is_regular=True)
    opened = open_table(path, file=file)
    if not opened.header or opened.findings or opened.sha256 != found.digest.hexdigest():
        return None
    return Scan(path, made, file, opened.sha256, found.delimiter, opened.header, found.is_clean, is_regular=False)


class _Inspection:
    """What one pass over the bytes of a table finds out."""

    def __init__(self, target: BinaryIO) -> None:
        self.target, self.digest = target, hashlib.sha256()
        self.is_clean = self.is_regular = True
        self.delimiter, self._size = "", 0
        self._row = re.compile(b"")
        #: What stands behind the last line end, and what of a row has been seen.
        self._rest, self._open = b"", b""

    def take(self, piece: bytes) -> bool:
        """Take the next bytes in; False where the file is left to ``reader``."""
        self._size += len(piece)
        if not self.delimiter and not self._rest:
            piece = piece.removeprefix(_MARK)
        piece = self._rest + piece
        # A character or a line end may be cut in two: what is behind the last line end waits.
        cut = piece.rfind(b"\n") + 1
        self._rest = piece[cut:]
        return len(self._rest) < 2 * _PIECE and self._size <= MAX_STREAM and self._take_lines(piece[:cut])

    def finish(self) -> bool:
        """Take in what is left; the copy gets a last line end where the file has none."""
        rest, self._rest = self._rest, b""
        if not self._take_lines(rest):
            return False
        if rest:
            self.target.write(b"\n")
            self._match(b"\n")
        self.is_regular = self.is_regular and not self._open
        return bool(self.delimiter)

    def _take_lines(self, piece: bytes) -> bool:
        if not piece:
            return True
        try:
            piece.decode()
        except UnicodeDecodeError:
            return False
        if b"\r" in piece:
            piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if not self.delimiter:
            # Where the header begins lower down, how much is read of it decides.
            if piece.startswith(b"\n"):
                return False
            self.delimiter = find_delimiter(piece.decode())
            self._row = _compile_rows(self.delimiter)
        self.digest.update(piece)
        self.target.write(piece)
        self.is_clean = self.is_clean and _is_clean(piece)
        self._match(piece)
        return b"\x00" not in piece

    def _match(self, piece: bytes) -> None:
        if self.is_regular:
            piece = self._open + piece
            match = self._row.match(piece)
            self._open = piece[match.end() :] if match else piece
            self.is_regular = len(self._open) < 2 * _PIECE


def _compile_rows(delimiter: str) -> re.Pattern[bytes]:
    """Compile a pattern of rows, each field plain or in quotes, in which quotes are doubled."""
    mark = delimiter.encode()
    field = rb'(?:"[^"]*+(?:""[^"]*+)*+"|[^"\n' + mark + rb"]*+)"
    return re.compile(rb"(?:(?!\n)" + field + rb"(?:" + mark + field + rb")*+\n)*+")


def _is_clean(piece: bytes) -> bool:
    return len(piece.translate(None, _CONTROLS)) == len(piece) and not any(mark in piece for mark in _NO_CHARACTERS)


def _open_copy(copy: Path | bytes) -> TextIO:
    return StringIO(copy.decode(), newline="\n") if isinstance(copy, bytes) else copy.open(encoding="utf-8", newline="\n")


def _read_head(copy: Path | bytes, delimiter: str) -> tuple[str, ...] | None:
    """Read the header, where it takes the first line and is no title."""
    with _open_copy(copy) as stream:
        first = stream.readline(MAX_CELL)
    cells = next(csv.reader([first], delimiter=delimiter), [])
    is_whole = first.endswith("\n") and first.count('"') % 2 == 0
    return read_header(cells) if is_whole and sum(map(bool, map(str.strip, cells))) > 1 else None


def stream_cells(scan: Scan) -> Iterator[Row]:
    """Read the rows below the header that are not blank.

    Raises:
        UnreadableError: The file is no table after all.
        InputError: It has changed since it was copied.
    """
    if scan.is_regular and csv.field_size_limit() <= MAX_CELL:
        yield from _stream_regular(scan)
        return
    opened: OpenTable = open_table(scan.path, file=scan.file)
    if opened.sha256 != scan.sha256:
        raise InputError("the file has changed since it was opened", file=scan.file, remedy="run again")
    if not opened.header:
        raise UnreadableError("; ".join(finding.message for finding in opened.findings))
    for batch in opened.batches():
        yield from batch


def _stream_regular(scan: Scan) -> Iterator[Row]:
    """Read the copy of a table in which each row is as RFC 4180 says."""
    with _open_copy(scan.copy) as stream:
        reader = csv.reader(stream, delimiter=scan.delimiter, strict=True)
        before = 0
        try:
            for number, cells in enumerate(reader, 1):
                if len(cells) > MAX_COLUMNS or number > MAX_ROWS:
                    raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows, or one has more than {MAX_COLUMNS:,} cells")
                if number > 1 and any(map(str.strip, cells)):
                    yield Row(number, before + 1, reader.line_num, tuple(cells))
                before = reader.line_num
        except csv.Error as error:
            raise UnreadableError(f"a row is not CSV: {error}", line=before + 1) from error
