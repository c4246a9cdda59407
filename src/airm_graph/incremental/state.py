"""What a build leaves behind for the next one: a file of entries beside the cache, each of them JSON with a checksum of key and value.

Whoever opens it holds it alone until it is closed; what was written is there for the next one only after `commit`. Nothing in it is run.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

__all__ = ["Damaged", "State", "open_state"]

_SCHEMA = "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
_LENGTH = 16
#: Folder below that of the cache.
_FOLDER = "builds"
#: So many outputs are remembered; the one that was not built for the longest time goes first.
_MOST = 4


class Damaged(Exception):  # noqa: N818 - it is caught where it can happen, and says so
    """The file is not what was written, or somebody else holds it: a build from nothing is right."""


class State:
    """Entries by key."""

    def __init__(self, path: Path) -> None:
        """Open the file, made when it is missing, and hold it.

        Raises:
            Damaged: It cannot be opened, or another process holds it.
        """
        self.path = path
        try:
            self._file = sqlite3.connect(path, timeout=0, isolation_level=None)
            # What a crash of the machine leaves half written is not used after it: `engine` asks whether the machine has started anew.
            self._file.execute("PRAGMA synchronous = OFF")
            self._file.execute("BEGIN IMMEDIATE")
            self._file.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise Damaged(f"the record of the last build cannot be used: {error}") from error

    def __enter__(self) -> Self:
        """Return the state itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close; what was not committed is as it was."""
        self._file.close()

    def get(self, key: str) -> Any:
        """Look up an entry, None when there is none.

        Raises:
            Damaged: It is not what was written.
        """
        try:
            row = self._file.execute("SELECT value FROM entries WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise Damaged(f"the record of the last build cannot be read: {error}") from error
        return None if row is None else _open(key, row[0])

    def find(self, start: str) -> Iterator[tuple[str, Any]]:
        """Look up all entries whose key starts so, in the order of the keys.

        Raises:
            Damaged: One is not what was written.
        """
        try:
            found = self._file.execute(
                "SELECT key, value FROM entries WHERE key >= ? AND key < ? ORDER BY key", (start, f"{start}\U0010ffff")
            )
            yield from ((key, _open(key, value)) for key, value in found)
        except sqlite3.Error as error:
            raise Damaged(f"the record of the last build cannot be read: {error}") from error

    def put(self, key: str, value: object) -> None:
        """Keep a value that JSON can say."""
        self._run("INSERT OR REPLACE INTO entries VALUES (?, ?)", key, _seal(key, value))

    def drop(self, key: str) -> None:
        """Forget an entry."""
        self._run("DELETE FROM entries WHERE key = ?", key)

    def clear(self) -> None:
        """Forget all entries."""
        self._run("DELETE FROM entries")

    def commit(self) -> None:
        """Let the next one see what was written."""
        self._run("COMMIT")

    def _run(self, statement: str, *values: object) -> None:
        try:
            self._file.execute(statement, values)
        except sqlite3.Error as error:
            raise Damaged(f"the record of this build cannot be written: {error}") from error


def open_state(cache: Path, name: str) -> State:
    """Open the state of an output below the folder of a cache; a file that is none is replaced, and old ones are removed.

    Raises:
        Damaged: The folder cannot be used, or another process holds the file.
    """
    folder = cache / _FOLDER
    path = folder / f"{name}.sqlite"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if hasattr(os, "getuid") and folder.stat().st_uid != os.getuid():
            raise Damaged(f"the folder {folder} belongs to another user")
        _forget(folder, keep=path)
    except OSError as error:
        raise Damaged(f"the folder {folder} cannot be used: {error.strerror}") from error
    try:
        return State(path)
    except Damaged as error:
        if "locked" in str(error):
            raise
        path.unlink()
        return State(path)


def _forget(folder: Path, *, keep: Path) -> None:
    others = [(path.stat().st_mtime_ns, path) for path in folder.glob("*.sqlite") if path != keep]
    for _, path in sorted(others)[: max(len(others) - _MOST + 1, 0)]:
        with suppress(OSError):
            path.unlink()


def _seal(key: str, value: object) -> bytes:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return _checksum(key, data) + data


def _open(key: str, sealed: Any) -> Any:
    if not isinstance(sealed, bytes) or _checksum(key, sealed[_LENGTH:]) != sealed[:_LENGTH]:
        raise Damaged("the record of the last build is damaged")
    try:
        return json.loads(sealed[_LENGTH:])
    except ValueError as error:
        raise Damaged("the record of the last build cannot be read") from error


def _checksum(key: str, data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_LENGTH, key=key.encode("utf-8", "surrogatepass")[:64]).digest()
