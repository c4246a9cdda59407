"""A large CSV or TSV table, read twice from its file and never held whole: first its digest and its kind, then its rows.

The rows, their numbers and the digest are those of ``read``; a file that ``read`` would refuse or decode otherwise is left to it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from airm_graph.ingest.table.read import MAX_CELL, MEDIA_TYPES, UnreadableError, find_delimiter, iter_cells, refuse_bytes

__all__ = ["Scan", "scan_table", "stream_cells"]

_MARK = b"\xef\xbb\xbf"
_PIECE = 4 << 20
#: What ``records`` refuses in a cell, as UTF-8: control characters, and what is no character.
_CONTROLS = bytes([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


@dataclass(frozen=True, slots=True)
class Scan:
    """What is known of a table before its rows are read.

    Attributes:
        sha256: Over the text as UTF-8 without byte-order mark and with LF line ends.
        header: Names of the columns, without white space around them.
        is_clean: No cell holds a control character.
    """

    path: Path
    file: str
    sha256: str
    delimiter: str
    header: tuple[str, ...]
    is_clean: bool

    @property
    def media_type(self) -> str:
        """``text/csv`` or ``text/tab-separated-values``."""
        return MEDIA_TYPES[self.delimiter]


def scan_table(path: Path, *, file: str) -> Scan | None:
    """Look over a table; None where it is not plain UTF-8 with a header, and ``read_table`` has to say what it is.

    Raises:
        OSError: The file cannot be read.
    """
    digest, is_clean, rest, is_first = hashlib.sha256(), True, b"", True
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            if is_first:
                if refuse_bytes(piece):
                    return None
                piece, is_first = piece.removeprefix(_MARK), False
            piece = rest + piece
            # A character or a line end may be cut in two: what is behind the last line end waits.
            cut = piece.rfind(b"\n") + 1
            rest, piece = piece[cut:], piece[:cut]
            if len(rest) > 2 * _PIECE or not _take(piece, digest):
                return None
            is_clean = is_clean and _is_clean(piece)
    if not _take(rest, digest):
        return None
    head = _read_head(path)
    if not head:
        return None
    delimiter, header = head
    return Scan(path, file, digest.hexdigest(), delimiter, header, is_clean and _is_clean(rest))


def _take(piece: bytes, digest: "hashlib._Hash") -> bool:
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    if b"\r" in piece:
        piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    digest.update(piece)
    return b"\x00" not in piece


def _is_clean(piece: bytes) -> bool:
    return len(piece.translate(None, _CONTROLS)) == len(piece) and not any(mark in piece for mark in _NO_CHARACTERS)


def _read_head(path: Path) -> tuple[str, tuple[str, ...]] | None:
    with path.open(encoding="utf-8-sig") as stream:
        start = stream.read(MAX_CELL)
        # Where the header begins lower down, how much is read of it decides.
        if start.startswith("\n"):
            return None
        delimiter = find_delimiter(start)
        stream.seek(0)
        try:
            first = next(iter_cells(stream, delimiter=delimiter), None)
        except UnreadableError:
            return None
    return (delimiter, tuple(cell.strip() for cell in first[3])) if first else None


def stream_cells(scan: Scan) -> Iterator[tuple[int, int, int, list[str]]]:
    """Number, line before the first, last line and cells of each row below the header that is not blank.

    Raises:
        UnreadableError: It is no CSV after all, or a cell is too long.
    """
    with scan.path.open(encoding="utf-8-sig") as stream:
        rows = iter_cells(stream, delimiter=scan.delimiter)
        next(rows)
        yield from rows
