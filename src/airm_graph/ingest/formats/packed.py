"""Files as they lie on disk → the bytes of the table in them, unpacked as they are read.

Only regular files are opened. What a file says of its own size is not believed: bytes are counted
as they come out, and reading ends at a bound.
"""

import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from airm_graph.errors import InputError, name_some
from airm_graph.extras import tell_install
from airm_graph.ingest.formats.rows import FREE, RATIO, UnreadableError
from airm_graph.ingest.formats.suffixes import REFUSED, is_table_name, split_name
from airm_graph.regular_files import open_regular

if TYPE_CHECKING:
    import zipfile

__all__ = ["Source", "check_suffix"]

_CHUNK = 1 << 18
#: The window of zstd; `zstd --long` asks for as much.
_WINDOW_BITS = 27


def check_suffix(suffix: str, *, rule: str = "TAB-01") -> None:
    """Refuse a format or a packing that is known and not read.

    Raises:
        UnreadableError: It is one, with what it is and what to do.
    """
    if suffix in REFUSED:
        what, remedy = REFUSED[suffix]
        raise UnreadableError(f"{what} ({suffix}) is not read; {remedy}", rule=rule)


@dataclass(frozen=True)
class Source:
    """The bytes of a table, to be read as often as needed.

    Attributes:
        file: Name for messages; its suffix says what it is.
        place: The file, or its bytes.
        packing: Suffix of the packing, or nothing.
        limit: Unpacked bytes to read at most.
        is_named: Whether somebody said that this is a table; otherwise only its suffix does, and
            JSON may be anything.
        records: Name of the lists of records in JSON and YAML; empty for the only list.
    """

    file: str
    data: Path | bytes
    packing: str
    limit: int
    is_named: bool = True
    records: str = ""
    _kept: dict[str, str] = field(default_factory=dict)

    def suffix(self, outer: str) -> str:
        """Find the suffix of the table: *outer*, or that of the member of an archive."""
        if self.packing != ".zip":
            return outer
        from airm_graph.ingest.formats.archive import open_archive

        with self._open() as stream, open_archive(stream, limit=self.limit) as archive:
            inner = split_name(_find_member(archive).filename)[0]
        if outer and inner != outer:
            raise UnreadableError(f"the archive is named as one of {outer}, and holds {inner}", rule="TAB-25")
        return inner

    def chunks(self) -> Iterator[bytes]:
        """Read the unpacked bytes, never more than the limit.

        Raises:
            UnreadableError: There are more, the packing is damaged, or more bytes come out of it
                than those of a table can.
        """
        with self._open() as stream:
            if self.packing == ".zip":
                from airm_graph.ingest.formats.archive import open_archive

                # The directory was held against both bounds.
                with open_archive(stream, limit=self.limit) as archive:
                    yield from archive.read_chunks(_find_member(archive))
            elif self.packing:
                yield from _bound(_unpack(stream, self.packing, self.file), limit=self.limit, taken=stream.tell)
            else:
                yield from _bound(iter(lambda: stream.read(_CHUNK), b""), limit=self.limit)

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """Open a copy of the unpacked bytes as a file that can be searched."""
        import tempfile

        with tempfile.TemporaryFile() as spooled:
            self._copy(spooled)
            spooled.seek(0)
            yield spooled

    @contextmanager
    def path(self, name: str) -> Iterator[Path]:
        """Copy the unpacked bytes to a path that ends in *name*; no character of it has a
        meaning.
        """
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            with path.open("wb") as target:
                self._copy(target)
            yield path

    @property
    def digest(self) -> str:
        """The SHA-256 of the unpacked bytes that were copied last."""
        return self._kept["digest"]

    def _copy(self, target: IO[bytes]) -> None:
        """Copy the bytes and take their digest in one pass: the file may be edited meanwhile."""
        found = hashlib.sha256()
        for chunk in self.chunks():
            found.update(chunk)
            target.write(chunk)
        self._kept["digest"] = found.hexdigest()

    def _open(self) -> IO[bytes]:
        return io.BytesIO(self.data) if isinstance(self.data, bytes) else open_regular(self.data)


def _bound(chunks: Iterator[bytes], *, limit: int, taken: Callable[[], int] | None = None) -> Iterator[bytes]:
    """Pass chunks on until they are too many, or too many for the packed bytes *taken* so far."""
    count, rule = 0, "TAB-25" if taken else "TAB-01"
    for chunk in chunks:
        count += len(chunk)
        if count > limit:
            raise UnreadableError(f"the file has more than {limit:,} bytes" + (" unpacked" if taken else ""), rule=rule)
        if taken and count > max(FREE, RATIO * taken()):
            raise UnreadableError(f"more than {RATIO} times as many bytes come out as went in: this is no table", rule=rule)
        yield chunk


def _unpack(stream: IO[bytes], packing: str, file: str) -> Iterator[bytes]:
    import gzip

    chunks: Iterator[bytes] = iter(partial(gzip.GzipFile(fileobj=stream).read, _CHUNK), b"")
    errors: tuple[type[Exception], ...] = (EOFError, OSError, zlib.error)
    if packing == ".zst":
        zstd = _import_zstd(file)
        chunks, errors = _unpack_zstd(stream, zstd), (EOFError, zstd.ZstdError)
    try:
        yield from chunks
    except errors as error:
        raise UnreadableError(f"the packing ({packing}) is damaged or cut off: {error}", rule="TAB-25") from error


def _unpack_zstd(stream: IO[bytes], zstd: Any) -> Iterator[bytes]:
    """Unpack frame after frame; `ZstdFile` passes over what is damaged behind the first."""
    rest = b""
    while data := rest or stream.read(_CHUNK):
        frame = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW_BITS})
        yield frame.decompress(data, _CHUNK)
        while not frame.eof:
            more = stream.read(_CHUNK) if frame.needs_input else b""
            if frame.needs_input and not more:
                raise EOFError("it ends within a frame")
            yield frame.decompress(more, _CHUNK)
        rest = frame.unused_data


def _import_zstd(file: str) -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore] # since Python 3.14
    except ImportError:
        try:
            from backports import zstd
        except ImportError as error:
            remedy = f"{tell_install('tables')}, or unpack it with unzstd"
            raise InputError("a file packed by zstd needs another library", file=file, remedy=remedy) from error
    return zstd


def _find_member(archive: "zipfile.ZipFile") -> "zipfile.ZipInfo":
    """Find the only table of an archive, by its name, which is never used as a path."""
    tables = [info for info in archive.infolist() if not info.is_dir() and _is_shown(info.filename) and is_table_name(info.filename)]
    if len(tables) != 1:
        held = name_some(sorted(PurePosixPath(info.filename).name[:50] for info in tables)) or "none"
        raise UnreadableError(f"an archive must hold one table; this one holds {len(tables)}: {held}", rule="TAB-25")
    if split_name(tables[0].filename)[1]:
        raise UnreadableError("the table in the archive is packed once more", rule="TAB-25")
    return tables[0]


def _is_shown(name: str) -> bool:
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name.replace("\\", "/")).parts if part != "..")
