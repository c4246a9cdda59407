"""What was computed before, by the digest of all that it depends on: a file of entries, each of
them JSON.

Nothing in it is run, so that a folder which somebody else changed can give wrong results and
nothing worse; the folder is made for its owner only, one of another user is refused, and an entry
that does not have its checksum is as good as none. A build with a cache that cannot be used is a
build without.
"""

import hashlib
import json
import os
import sys
from array import array
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, TracebackType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

from airm_graph.errors import InputError
from airm_graph.resources import find_resource
from airm_graph.version import VERSION

__all__ = [
    "Cache",
    "find_cache_folder",
    "list_libraries",
    "make_cache_folder",
    "make_key",
    "pack",
    "read_checked",
    "reader_version",
    "unpack",
    "write_checked",
]

_FILE = "entries.sqlite"
#: Bytes that a cache may take; beyond it, what was not used for the longest number of builds goes
#: first.
_MOST = 1 << 30
#: Builds that no cache has seen.
_MOST_BUILDS = 1 << 48
_LIBRARIES = ("anyascii", "pyoxigraph", "pyyaml")
_SCHEMA = "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"
#: Finds the last build without reading all; an earlier version made none.
_INDEX = "CREATE INDEX IF NOT EXISTS entries_by_use ON entries (used)"


def find_cache_folder() -> Path:
    """Return where a cache is by default: ``airm-graph`` below ``XDG_CACHE_HOME``, or below
    ``~/.cache``.
    """
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if Path(home).is_absolute() else Path.home() / ".cache") / "airm-graph"


def make_cache_folder(folder: Path) -> None:
    """Make the folder of a cache where it is missing, for its owner only.

    Raises:
        InputError: It belongs to somebody else.
        OSError: It cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
        raise InputError("the folder of the cache belongs to another user", file=str(folder), remedy="choose another folder")


def write_checked(path: Path, *pieces: "bytes | bytearray | array[int]") -> None:
    """Write pieces as a file of a cache behind its checksum, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    side = path.with_suffix(f".{os.getpid()}")
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    with side.open("wb") as file:
        file.writelines((digest.hexdigest().encode(), b"\n", *pieces))
    side.replace(path)


def read_checked(path: Path) -> bytes:
    """Read what `write_checked` wrote.

    Raises:
        OSError, ValueError: There is nothing that is whole.
    """
    with path.open("rb") as file:
        checksum, data = file.readline(), file.read()
    if hashlib.sha256(data).hexdigest().encode() != checksum.rstrip(b"\n"):
        raise ValueError(f"{path} is damaged")
    return data


class Cache:
    """Entries on disk; several processes may use one at a time."""

    def __init__(self, folder: Path) -> None:
        """Open a cache, made when it is missing.

        Raises:
            InputError: It cannot be made or opened, or belongs to somebody else.
        """
        import sqlite3

        self._error = sqlite3.Error
        try:
            make_cache_folder(folder)
            self._path = folder / _FILE
            try:
                self._build = self._open()
            except (sqlite3.Error, ValueError):
                self._begin_anew()
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"the cache cannot be used: {error}", file=str(folder), remedy="remove it or choose another folder") from error
        self._found: list[tuple[int, str]] = []
        self._new: dict[str, bytes] = {}

    def _open(self) -> int:
        """Open the file; returns the number of this build."""
        import sqlite3

        self._file = sqlite3.connect(self._path, timeout=30, isolation_level=None)
        self._file.execute("PRAGMA synchronous = NORMAL")
        self._file.execute(_SCHEMA)
        (last,) = self._file.execute("SELECT coalesce(max(used), 0) FROM entries").fetchone()
        if not 0 <= int(last) < _MOST_BUILDS:
            raise ValueError("the number of the last build is damaged")
        return int(last) + 1

    def _begin_anew(self) -> None:
        """Remove what is damaged: it costs the time of one build."""
        with suppress(AttributeError):
            self._file.close()
        for suffix in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(_FILE + suffix).unlink(missing_ok=True)
        self._build = self._open()

    def __enter__(self) -> Self:
        """Return the cache itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Keep what is new and close."""
        self.close()

    def find(self, key: str) -> Any:
        """Look up what is kept under a key, None when there is nothing, or nothing whole."""
        with suppress(self._error, ValueError, TypeError):
            row = self._file.execute("SELECT value FROM entries WHERE key = ?", (key,)).fetchone()
            if row and _checksum(key, row[0][32:]) == row[0][:32]:
                self._found.append((self._build, key))
                return json.loads(row[0][32:])
        return None

    def keep(self, key: str, value: object) -> None:
        """Keep a value that JSON can say under a key."""
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        self._new[key] = _checksum(key, data) + data

    def save(self) -> None:
        """Bring to disk what is new; a disk that is full takes nothing from the build."""
        with suppress(self._error, OSError):
            try:
                self._save()
            except self._error as error:
                # Its subclasses say that the file is locked, or the disk full; the class itself,
                # that the file is damaged.
                if type(error).__name__ == "DatabaseError":
                    self._begin_anew()
                    self._save()
        self._new, self._found = {}, []
        self._build += 1

    def _save(self) -> None:
        self._file.execute("BEGIN IMMEDIATE")
        try:
            self._file.execute(_INDEX)
            rows = ((key, value, self._build) for key, value in self._new.items())
            self._file.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
            self._file.executemany("UPDATE entries SET used = ? WHERE key = ?", self._found)
            self._forget()
        except self._error:
            with suppress(self._error):
                self._file.execute("ROLLBACK")
            raise
        self._file.execute("COMMIT")

    def close(self) -> None:
        """Save and close."""
        self.save()
        self._file.close()

    def _forget(self) -> None:
        while self._measure() > _MOST:
            (oldest,) = self._file.execute("SELECT min(used) FROM entries").fetchone()
            if oldest is None or oldest >= self._build:
                return
            self._file.execute("DELETE FROM entries WHERE used = ?", (oldest,))

    def _measure(self) -> int:
        """Count the bytes of the file that are in use; adding up the lengths of entries would read
        all of it.
        """
        pages, free, size = (self._file.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size"))
        return int((pages - free) * size)


def _checksum(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + data).digest()


def make_key(*parts: object) -> str:
    """Make a key of everything that a value depends on, as JSON says it.

    >>> make_key("page", 1) == make_key("page", 1) != make_key("page", "1")
    True
    """
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def reader_version() -> str:
    """Name what reads: the source of this package, the ontology, Python and the libraries, as a
    digest.
    """
    digest = hashlib.sha256(f"{VERSION} {sys.version} {list_libraries(*_LIBRARIES)}".encode())
    for folder in (Path(__file__).parent, find_resource("ontology")):
        for path in _files(folder):
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - the names are texts
                data = file.read()
            digest.update(f"{path.removeprefix(str(folder))} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def list_libraries(*names: str) -> list[str]:
    """List libraries that are installed, with their versions, as the folders of their metadata are
    named: reading it would take a quarter of a build in which nothing changed.

    Args:
        names: In small letters, with underscores.

    >>> [name.partition("-")[0] for name in list_libraries("duckdb", "no_such_library")]
    ['duckdb']
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        with suppress(OSError):  # a folder that is not there, or an archive
            for name in sorted(os.listdir(folder or ".")):  # noqa: PTH208 - pathlib takes three times as long
                library = name.partition("-")[0].lower()
                if library in names and name.endswith((".dist-info", ".egg-info")):
                    found.setdefault(library, name)
    return sorted(found.values())


def _files(folder: Path) -> Iterable[str]:
    """List what a package is made of; `Path.rglob` takes ten times as long."""
    return sorted(
        os.path.join(place, name)  # noqa: PTH118
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith((".py", ".ttl", ".jsonld", ".yaml"))
    )


def pack(value: object) -> Any:
    """Write records as what JSON can say: a record becomes the list of its fields.

    Raises:
        TypeError: There is something else in them.
    """
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return [pack(item) for item in value]
    if is_dataclass(value):
        return [pack(getattr(value, field.name)) for field in fields(value)]
    raise TypeError(f"{type(value).__name__} is no record")


def unpack(kind: Any, data: Any) -> Any:
    """Read what :func:`pack` wrote of a value of type *kind*.

    Raises:
        ValueError, TypeError: It is something else.

    >>> unpack(tuple[int, ...], pack((1, 2)))
    (1, 2)
    """
    reader = _reader(kind)
    return reader(data) if reader else data


@cache
def _reader(kind: Any) -> Callable[[Any], Any] | None:
    """Make what reads a type; None for what JSON gives as it is."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return _read_record(kind, [_reader(hints[field.name]) for field in fields(kind)])
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    if kind in (str, int, float, bool, NoneType):
        return None
    parts, origin = get_args(kind), get_origin(kind)
    if origin is tuple and parts[1:] == (...,):
        inner = _reader(parts[0])
        return tuple if inner is None else lambda data: tuple(map(inner, data))
    if origin is tuple:
        readers = [_reader(part) for part in parts]
        return lambda data: tuple(read(item) if read else item for read, item in zip(readers, data, strict=True))
    if origin is UnionType and NoneType in parts and len(parts) == 2:
        wanted = _reader(next(part for part in parts if part is not NoneType))
        return wanted and (lambda data: None if data is None else wanted(data))
    raise TypeError(f"{kind} is no type of a record")


def _read_record(kind: Any, readers: list[Callable[[Any], Any] | None]) -> Callable[[Any], Any]:
    return lambda data: kind(*[read(item) if read else item for read, item in zip(readers, data, strict=True)])
