"""Zip archives of strangers: what the directory says is checked before anything is unpacked, and bytes are counted as they come out."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import IO

from airm_graph.ingest.formats.rows import UnreadableError

__all__ = ["FREE", "RATIO", "Archive", "open_archive"]

_CHUNK = 1 << 18
#: Entries of an archive; a workbook of 200 sheets with a drawing on each has 1,000.
_ENTRIES = 10_000
#: Bytes of the directory: so many entries with long names.
_DIRECTORY = 4_000_000
#: Unpacked bytes that nobody minds, and how many times more than the packed ones they may be beyond that. Tables of text pack 3 to 40
#: times, deflate packs nothing more than 1,032 times.
FREE, RATIO = 1_000_000, 200
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class Archive(zipfile.ZipFile):
    """A zip archive whose directory was found to be in order."""

    def read_chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The bytes of an entry.

        Raises:
            UnreadableError: They are damaged, or not as many as the directory says.
        """
        count = 0
        try:
            with self.open(info) as member:
                while chunk := member.read(_CHUNK):
                    count += len(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, struct.error) as error:
            raise UnreadableError(f"an entry of the archive is damaged: {error}", rule="TAB-25") from error
        if count != info.file_size:
            raise UnreadableError("an entry of the archive is not as long as its directory says", rule="TAB-25")


@contextmanager
def open_archive(stream: IO[bytes], *, limit: int) -> Iterator[Archive]:
    """Open an archive after a look at its directory.

    Args:
        stream: The file; it stays open.
        limit: How many bytes all entries may have together.

    Raises:
        UnreadableError: It is damaged, encrypted or packed in an unusual manner, its entries overlap or have one name, or unpacked they
            would be too large.
    """
    _check_directory(stream)
    stream.seek(0)
    try:
        archive = Archive(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise UnreadableError(f"the archive is damaged: {error}", rule="TAB-25") from error
    with archive:
        _check_entries(archive.infolist(), limit=limit, start=archive.start_dir)
        yield archive


def _check_directory(stream: IO[bytes]) -> None:
    """Refuse a directory that is too long, before it is read as a whole."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - (1 << 16) - 22))
    tail = stream.read()
    ends = {len(tail) - 22 if tail[-22:-18] == _END else -1, tail.rfind(_END)} - {-1}
    if not ends:
        raise UnreadableError("the archive is damaged or cut off: it has no directory", rule="TAB-25")
    for at in ends:
        if len(tail) - at < 22:
            raise UnreadableError("the archive is cut off in its directory", rule="TAB-25")
        entries, length = struct.unpack_from("<HI", tail, at + 10)
        if at >= 20 and tail[at - 20 : at - 16] == _LOCATOR_64:
            entries, length = _read_end_64(stream, struct.unpack_from("<Q", tail, at - 12)[0])
        if entries > _ENTRIES or length > _DIRECTORY:
            raise UnreadableError(f"the archive has more than {_ENTRIES:,} entries", rule="TAB-25")


def _read_end_64(stream: IO[bytes], offset: int) -> tuple[int, int]:
    try:
        stream.seek(offset)
    except (OSError, OverflowError, ValueError):
        return 0, _DIRECTORY + 1
    record = stream.read(56)
    if len(record) < 56 or not record.startswith(_END_64):
        raise UnreadableError("the archive is damaged: its directory is not where it says", rule="TAB-25")
    entries, length = struct.unpack_from("<QQ", record, 32)
    return entries, length


def _check_entries(entries: list[zipfile.ZipInfo], *, limit: int, start: int) -> None:
    names = [info.filename.lower() for info in entries]
    if len(set(names)) < len(names):
        raise UnreadableError("two entries of the archive have one name", rule="TAB-25")
    if any(info.flag_bits & _ENCRYPTED for info in entries):
        raise UnreadableError("the archive is protected by a password", rule="TAB-25")
    if any(info.compress_type not in _METHODS for info in entries):
        raise UnreadableError("the archive is packed in another manner than 'deflate'", rule="TAB-25")
    if any(info.header_offset < 0 for info in entries):
        raise UnreadableError("the archive is damaged: an entry lies before its begin", rule="TAB-25")
    placed = sorted(entries, key=lambda info: info.header_offset)
    ends = [info.header_offset + 30 + info.compress_size for info in placed]
    if any(end > after.header_offset for end, (_, after) in zip(ends, pairwise(placed), strict=False)) or (ends and ends[-1] > start):
        raise UnreadableError("entries of the archive overlap", rule="TAB-25")
    large = [info for info in entries if info.file_size > max(FREE, RATIO * info.compress_size)]
    if large or sum(info.file_size for info in entries) > limit:
        what = f"more than {RATIO} times as many bytes would come out as went in" if large else f"unpacked it has more than {limit:,} bytes"
        raise UnreadableError(f"the archive is no table: {what}", rule="TAB-25")
