"""Zip archives: the directory is checked before anything is unpacked."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import IO, Any, cast

from airm_graph.ingest.formats.rows import FREE, RATIO, UnreadableError

__all__ = ["DAMAGED", "Archive", "open_archive"]

_CHUNK = 1 << 16
#: Entries of an archive; a workbook of 200 sheets with a drawing on each has 1,000.
_ENTRIES = 10_000
#: Bytes of the directory: so many entries with long names.
_DIRECTORY = 4_000_000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
#: What zipfile raises where the bytes of an entry are not what they should be.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error)


class Archive(zipfile.ZipFile):
    """A zip archive whose directory was found to be in order."""

    def read_chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Read an entry piece by piece.

        Raises:
            UnreadableError: It is damaged, or not as long as the directory says.
        """
        count = 0
        try:
            with self.open(info) as member:
                while chunk := member.read(_CHUNK):
                    count += len(chunk)
                    yield chunk
        except (*DAMAGED, OSError, RuntimeError, ValueError) as error:
            raise _refuse(f"an entry of the archive is damaged: {error}") from error
        if count != info.file_size:
            raise _refuse("an entry of the archive is not as long as its directory says")


class _Stream:
    """A file of which not more than the bytes of a directory can be read at once."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, size: int = -1) -> bytes:
        if size > _DIRECTORY:
            raise _refuse(f"the directory of the archive has more than {_DIRECTORY:,} bytes")
        return self._stream.read(size)


@contextmanager
def open_archive(stream: IO[bytes], *, limit: int, remedy: str = "") -> Iterator[Archive]:
    """Open an archive after a look at its directory.

    Args:
        stream: The file; it stays open.
        limit: How many bytes all entries may have together.
        remedy: What to do where they have more.

    Raises:
        UnreadableError: It is damaged, encrypted or packed in an unusual manner, its entries
            overlap or have one name, or unpacked they would be too large.
    """
    try:
        archive = Archive(cast("IO[bytes]", _Stream(stream)))
    except (*DAMAGED, OSError, ValueError) as error:
        raise _refuse(f"the archive is damaged or cut off: {error}") from error
    with archive:
        entries = archive.infolist()
        _check_entries(entries, start=archive.start_dir)
        if any(info.file_size > max(FREE, RATIO * info.compress_size) for info in entries):
            raise _refuse(f"more than {RATIO} times as many bytes would come out of the archive as went in: it is no table")
        if sum(info.file_size for info in entries) > limit:
            raise _refuse(f"unpacked the archive has more than {limit:,} bytes" + (f"; {remedy}" if remedy else ""))
        yield archive


def _check_entries(entries: list[zipfile.ZipInfo], *, start: int) -> None:
    if len(entries) > _ENTRIES:
        raise _refuse(f"the archive has more than {_ENTRIES:,} entries")
    if len({info.filename.lower() for info in entries}) < len(entries):
        raise _refuse("two entries of the archive have one name")
    if any(info.flag_bits & _ENCRYPTED for info in entries):
        raise _refuse("the archive is protected by a password")
    if any(info.compress_type not in _METHODS for info in entries):
        raise _refuse("the archive is packed in another manner than 'deflate'")
    if any(info.header_offset < 0 for info in entries):
        raise _refuse("the archive is damaged: an entry lies before its begin")
    placed = sorted(entries, key=lambda info: info.header_offset)
    ends = [info.header_offset + 30 + info.compress_size for info in placed]
    if any(end > after.header_offset for end, (_, after) in zip(ends, pairwise(placed), strict=False)) or (ends and ends[-1] > start):
        raise _refuse("entries of the archive overlap")


def _refuse(what: str) -> UnreadableError:
    return UnreadableError(what, rule="TAB-25")
