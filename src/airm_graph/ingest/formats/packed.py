"""Files as they lie on disk → the bytes of the table in them: regular files only, unpacked while they are read, never beyond a bound.

What a file says of its own size is not believed: bytes are counted as they come out.
"""

import bz2
import hashlib
import io
import lzma
import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol, cast

from airm_graph.errors import InputError
from airm_graph.ingest.formats.archive import FREE, RATIO, open_archive
from airm_graph.ingest.formats.rows import UnreadableError

__all__ = ["FORMATS", "PACKINGS", "REFUSED", "Source", "is_table_name", "open_regular", "split_name"]

#: Suffix → the kind of reader.
FORMATS = {
    **dict.fromkeys((".csv", ".tsv"), "delimited"),
    **dict.fromkeys((".jsonl", ".ndjson"), "lines"),
    ".json": "json",
    ".parquet": "parquet",
    **dict.fromkeys((".xlsx", ".xlsm"), "workbook"),
}
PACKINGS = (".gz", ".bz2", ".xz", ".zst", ".zip")
#: Suffix → what such a file is. None of these is read; each can be saved as one that is.
REFUSED = {
    ".xls": "a workbook of Excel 97 to 2003",
    ".xlsb": "a binary workbook",
    ".ods": "an OpenDocument spreadsheet",
}
_CHUNK = 1 << 18
#: xz -9 needs 65 MB.
_MEMORY = 128 << 20
#: Members of one compressed file; one of 4 GB in the blocks of bgzip has 65,000.
_MEMBERS = 200_000


def split_name(name: str) -> tuple[str, str]:
    """The suffix of the table and that of its packing, either one empty.

    >>> split_name("a/B.CSV.gz"), split_name("a.csv"), split_name("a.zip")
    (('.csv', '.gz'), ('.csv', ''), ('', '.zip'))
    """
    path = PurePosixPath(name.lower())
    packing = path.suffix if path.suffix in PACKINGS else ""
    suffix = PurePosixPath(path.stem).suffix if packing else path.suffix
    return (suffix if suffix in FORMATS or suffix in REFUSED else ""), packing


def is_table_name(name: str) -> bool:
    """Whether the suffix is that of a table, packed or not; a refused kind is a table, too.

    >>> is_table_name("a.csv.xz"), is_table_name("a.zip"), is_table_name("a.txt.gz")
    (True, False, False)
    """
    return bool(split_name(name)[0])


def open_regular(path: Path) -> IO[bytes]:
    """Open a file that has an end: a pipe or a device could keep the reader waiting for ever.

    Raises:
        InputError: It cannot be opened, or is none.
    """
    try:
        # Without waiting for somebody to write into a pipe; what was opened is asked, not its name.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or error
        raise InputError(f"the file cannot be read: {what}", file=str(path), remedy="check its name and permissions") from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        remedy = "save it as a file, or give - for standard input"
        raise InputError("no regular file, but a folder, a pipe or a device", file=str(path), remedy=remedy)
    return os.fdopen(number, "rb")


@dataclass(frozen=True)
class Source:
    """The bytes of a table, to be read as often as needed.

    Attributes:
        file: Name for messages; its suffix says what it is.
        place: The file, or its bytes.
        packing: Suffix of the packing, or nothing.
        limit: Unpacked bytes to read at most.
        is_named: Whether somebody said that this is a table; otherwise only its suffix does, and JSON may be anything.
    """

    file: str
    place: Path | bytes
    packing: str
    limit: int
    is_named: bool = True
    _kept: dict[str, str] = field(default_factory=dict)

    def suffix(self, outer: str) -> str:
        """The suffix of the table: *outer*, or within an archive that of its member, which must agree."""
        if self.packing != ".zip":
            return outer
        with self._open() as stream, open_archive(stream, limit=self.limit) as archive:
            inner = split_name(_find_member(archive).filename)[0]
        if outer and inner != outer:
            raise UnreadableError(f"the archive is named as one of {outer}, and holds {inner}", rule="TAB-25")
        return inner

    def chunks(self) -> Iterator[bytes]:
        """The unpacked bytes, never more than the limit.

        Raises:
            UnreadableError: There are more, the packing is damaged, or so much comes out of so little that it can only be a trap.
        """
        with self._open() as stream:
            if not self.packing:
                yield from _bound(iter(lambda: stream.read(_CHUNK), b""), limit=self.limit)
                return
            counted = _Counted(stream)
            inflated = _read_archive(stream, limit=self.limit) if self.packing == ".zip" else _inflate(counted, self.packing, self.file)
            # The member of an archive was held against its own packed size.
            taken = (lambda: 0) if self.packing == ".zip" else (lambda: counted.count)
            yield from _bound(inflated, limit=self.limit, taken=taken, rule="TAB-25")

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The unpacked bytes as a file that can be searched."""
        if self.packing:
            with tempfile.TemporaryFile() as spooled:
                for chunk in self.chunks():
                    spooled.write(chunk)
                spooled.seek(0)
                yield spooled
        else:
            with self._open() as stream:
                yield stream

    @contextmanager
    def path(self, name: str) -> Iterator[Path]:
        """The unpacked bytes under a path whose last part is *name*: no character of the real one has a meaning for whoever opens it."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            if isinstance(self.place, Path) and not self.packing:
                open_regular(self.place).close()
                with suppress(OSError):
                    path.symlink_to(self.place.resolve())
            if not path.exists():
                with path.open("wb") as target:
                    target.writelines(self.chunks())
            yield path

    def digest(self) -> str:
        """SHA-256 of the unpacked bytes."""
        if "digest" not in self._kept:
            found = hashlib.sha256()
            for chunk in self.chunks():
                found.update(chunk)
            self._kept["digest"] = found.hexdigest()
        return self._kept["digest"]

    def _open(self) -> IO[bytes]:
        return io.BytesIO(self.place) if isinstance(self.place, bytes) else open_regular(self.place)


def _bound(chunks: Iterator[bytes], *, limit: int, taken: Callable[[], int] | None = None, rule: str = "TAB-01") -> Iterator[bytes]:
    """Pass chunks on until they are too many, or too many for what was *taken* in."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > limit:
            raise UnreadableError(f"the file has more than {limit:,} bytes" + (" unpacked" if taken else ""), rule=rule)
        if taken and taken() and count > max(FREE, RATIO * taken()):
            raise UnreadableError(f"more than {RATIO} times as many bytes come out as went in: this is no table", rule=rule)
        yield chunk


class _Counted:
    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.count = stream, 0

    def read(self) -> bytes:
        data = self.stream.read(_CHUNK)
        self.count += len(data)
        return data


class _Decompressor(Protocol):
    """What bz2, lzma and zstd have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """The same for gzip, which zlib reads in another manner."""

    def __init__(self) -> None:
        self._zlib, self._rest = zlib.decompressobj(wbits=31), b""

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        return not self._rest

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        found = self._zlib.decompress(self._rest + data, max_length)
        self._rest = self._zlib.unconsumed_tail
        return found


def _inflate(source: _Counted, packing: str, file: str) -> Iterator[bytes]:
    """Unpack one member after the other; zero bytes between and behind them are padding."""
    make, errors = _find_decompressor(packing, file)
    rest, members = b"", 0
    try:
        while rest := rest.lstrip(b"\0") or source.read():
            if not rest.strip(b"\0"):
                continue
            members += 1
            if members > _MEMBERS:
                raise UnreadableError(f"the file is packed in more than {_MEMBERS:,} pieces", rule="TAB-25")
            member = make()
            yield from _inflate_member(member, rest, source)
            rest = member.unused_data
    except errors as error:
        raise UnreadableError(f"the packing ({packing}) is damaged: {error}", rule="TAB-25") from error


def _inflate_member(member: _Decompressor, data: bytes, source: _Counted) -> Iterator[bytes]:
    while True:
        found = member.decompress(data, _CHUNK)
        if found:
            yield found
        if member.eof:
            return
        data = source.read() if member.needs_input else b""
        if member.needs_input and not data and not found:
            raise UnreadableError("the packed file ends too early: it is cut off", rule="TAB-25")


def _find_decompressor(packing: str, file: str) -> tuple[Callable[[], _Decompressor], tuple[type[Exception], ...]]:
    if packing == ".gz":
        return _Gzip, (zlib.error,)
    if packing == ".bz2":
        return bz2.BZ2Decompressor, (OSError, ValueError)
    if packing == ".xz":
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _MEMORY), (lzma.LZMAError,)
    zstd = _import_zstd(file)
    options = {zstd.DecompressionParameter.window_log_max: _MEMORY.bit_length() - 1}
    return lambda: cast("_Decompressor", zstd.ZstdDecompressor(options=options)), (zstd.ZstdError,)


def _import_zstd(file: str) -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore] # since Python 3.14
    except ImportError:
        try:
            from backports import zstd
        except ImportError as error:
            remedy = "pip install 'airm-graph[tables]', or unpack it with unzstd"
            raise InputError("a file packed by zstd needs another library", file=file, remedy=remedy) from error
    return zstd


def _find_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """The only table of an archive; its name says what it is, and is never used as a path."""
    tables = [info for info in archive.infolist() if not info.is_dir() and _is_shown(info.filename) and is_table_name(info.filename)]
    if len(tables) != 1:
        held = ", ".join(sorted(PurePosixPath(info.filename).name[:50] for info in tables)[:5]) or "none"
        raise UnreadableError(f"an archive must hold one table; this one holds {len(tables)}: {held}", rule="TAB-25")
    if split_name(tables[0].filename)[1]:
        raise UnreadableError("the table in the archive is packed once more", rule="TAB-25")
    return tables[0]


def _is_shown(name: str) -> bool:
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name.replace("\\", "/")).parts if part != "..")


def _read_archive(stream: IO[bytes], *, limit: int) -> Iterator[bytes]:
    with open_archive(stream, limit=limit) as archive:
        yield from archive.read_chunks(_find_member(archive))
