"""One switch from the files of a folder to the next ones: a lock, a journal that makes them valid,
and removal of what dead processes left.

New files are written beside their places. The journal, which says which of them goes where, is
renamed into the folder: from then on the new files are the valid ones, and whoever finds the
journal, reader or writer, finishes the renames before anything else. So a process that is killed at
any moment leaves the earlier files or the new ones; what other programs see in between ends with
the next command of ours.
"""

import json
import os
import platform
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from airm_graph.errors import ExportError
from airm_graph.frozen import frozen

__all__ = [
    "Move",
    "finish_switch",
    "has_journal",
    "hold",
    "is_held",
    "lock_folder",
    "name_beside",
    "remove_litter",
    "settle_folder",
    "switch_files",
]

LOCK, JOURNAL = ".airm-graph.lock", ".airm-graph.journal"
_NEW, _OLD = "airm-new", "airm-old"
_LITTER = re.compile(rf"\.(.+)\.[0-9a-f]{{8}}\.(?:{_NEW}|{_OLD})")
#: How often, and how long in seconds each time, a reader waits for a switch that another process is
#: making.
_LOOKS, _PAUSE = 100, 0.05
#: Folders that this thread holds.
_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())


@frozen
class Move:
    """A file or folder and the place it goes to.

    Attributes:
        place: Where it goes.
        side: Where it is now; None for a place that shall be empty.
    """

    place: Path
    side: Path | None


class _HeldError(ExportError):
    """Another process writes the folder."""


def name_beside(path: Path, *, is_old: bool = False) -> Path:
    """Name a file beside another one, under which it is written or kept for a while."""
    return path.with_name(f".{path.name}.{os.urandom(4).hex()}.{_OLD if is_old else _NEW}")


def hold(handle: int) -> bool:
    """Lock an open file until it is closed, so that others see that its process lives; False when
    another one has it.
    """
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except (ImportError, OSError):
        return True  # a system or a file system without locks: nobody can be told apart there
    return True


def is_held(folder: Path) -> bool:
    """Whether this thread holds a folder."""
    return os.path.realpath(folder) in _held.get()


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold a folder, so that no other process writes its files.

    Raises:
        ExportError: Another process holds it; the message says which.
        OSError: The lock cannot be made.
    """
    name = os.path.realpath(folder)
    path = Path(name, LOCK)
    handle = _take(path, folder)
    token = _held.set(_held.get() | {name})
    try:
        yield
    finally:
        _held.reset(token)
        if os.name != "nt":
            path.unlink(missing_ok=True)
        os.close(handle)
        if os.name == "nt":
            with suppress(OSError):
                path.unlink()


def _take(path: Path, folder: Path) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not hold(handle):
            holder = os.read(handle, 200).decode("utf-8", "replace") or "another process"
            os.close(handle)
            raise _HeldError(f"{folder} is being written by {holder}; wait until it has ended, or choose another folder")
        # Whoever held it before has removed the file that was opened here: then it is no lock any
        # more.
        with suppress(OSError):
            if os.path.samestat(os.fstat(handle), path.stat()):
                os.ftruncate(handle, 0)
                os.write(handle, f"process {os.getpid()} on {platform.node()}".encode())
                return handle
        os.close(handle)


def has_journal(folder: Path) -> bool:
    """Whether a switch of a folder is not finished."""
    return (folder / JOURNAL).exists()


def settle_folder(folder: Path) -> None:
    """Finish the switch that another process began, or wait until it has done so; for readers.

    Raises:
        ExportError: It can be finished neither here nor by the other process.
    """
    for _ in range(_LOOKS):
        if not has_journal(folder):
            return
        try:
            with lock_folder(folder):
                finish_switch(folder)
        except _HeldError:
            time.sleep(_PAUSE)
        except (OSError, ExportError) as error:
            what = f"a build ended before all its files were in their places, and they cannot be moved there: {error}"
            raise ExportError(f"{folder}: {what}; run a command on it as a user who may write there") from error
    raise ExportError(f"{folder}: another process is putting files in their places and does not come to an end; ask again later")


def switch_files(folder: Path, moves: Sequence[Move]) -> None:
    """Put files in their places, all or none; the caller holds the folder.

    Raises:
        OSError: The journal cannot be written, or a file not be moved; then every earlier file is
            as it was.
        ExportError: A file cannot be moved, and earlier files not be put back: the next command on
            the folder finishes the switch.
    """
    earlier = _keep_earlier(moves)
    _write_journal(folder, moves)
    try:
        finish_switch(folder)
    except OSError as error:
        if earlier is None or not _go_back(folder, earlier):
            remedy = "close what holds the file and run any command on the folder, which finishes this"
            raise ExportError(f"{folder}: a new file cannot be put in its place: {error.strerror or error}; {remedy}") from error
        raise
    finally:
        for move in earlier or ():
            if move.side is not None and not has_journal(folder):
                move.side.unlink(missing_ok=True)


def finish_switch(folder: Path) -> None:
    """Put every file that the journal names in its place, then remove the journal; the caller holds
    the folder.

    Raises:
        OSError: A file cannot be moved.
        ExportError: The journal is damaged.
    """
    for move in _read_journal(folder):
        if move.side is None and move.place.is_dir():
            move.place.rename(name_beside(move.place, is_old=True))
        elif move.side is None:
            move.place.unlink(missing_ok=True)
        elif move.side.is_dir():
            if move.place.exists():
                move.place.rename(name_beside(move.place, is_old=True))
            move.side.rename(move.place)
        elif move.side.exists():
            move.side.replace(move.place)
    _flush_folder(folder)
    (folder / JOURNAL).unlink(missing_ok=True)


def _go_back(folder: Path, earlier: Sequence[Move]) -> bool:
    """Make the earlier files valid again: their journal replaces the other one in one step."""
    with suppress(OSError):
        _write_journal(folder, earlier)
        finish_switch(folder)
        return True
    return False


def _keep_earlier(moves: Sequence[Move]) -> list[Move] | None:
    """Give the files that will be replaced a second name; None where the system or the kind of file
    has none.
    """
    kept: list[Move] = []
    try:
        for move in moves:
            side = name_beside(move.place, is_old=True) if move.place.exists() else None
            if side is not None:
                os.link(move.place, side)
            kept.append(Move(move.place, side))
    except OSError:
        for move in kept:
            if move.side is not None:
                move.side.unlink(missing_ok=True)
        return None
    return kept


def _write_journal(folder: Path, moves: Sequence[Move]) -> None:
    root = os.path.realpath(folder)
    listed = [[os.path.relpath(move.place, root), move.side and os.path.relpath(move.side, root)] for move in moves]
    place = folder / JOURNAL
    side = name_beside(place)
    try:
        with side.open("wb") as file:
            file.write(json.dumps({"moves": listed}).encode())
            file.flush()
            os.fsync(file.fileno())
        _flush_folder(folder)  # the files themselves before what makes them valid
        side.replace(place)
        _flush_folder(folder)
    finally:
        with suppress(OSError):
            side.unlink(missing_ok=True)


def _read_journal(folder: Path) -> list[Move]:
    root = Path(os.path.realpath(folder))
    try:
        moves = json.loads((folder / JOURNAL).read_bytes())["moves"]
        return [Move(root / place, None if side is None else root / side) for place, side in moves]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise ExportError(f"{folder / JOURNAL} is damaged; remove it and build the release again") from error


def remove_litter(folder: Path, name: str = "") -> None:
    """Remove what processes left beside their files that are gone.

    Args:
        folder: Where they wrote; with a name left out, the caller holds it.
        name: Of the file that they wrote; any when left out.
    """
    with suppress(OSError):
        for path in [Path(entry.path) for entry in os.scandir(folder) if entry.name.startswith(".")]:
            found = _LITTER.fullmatch(path.name)
            if found and name in {"", found[1]}:
                _remove_dead(path)


def _remove_dead(path: Path) -> None:
    if path.is_dir():
        import shutil

        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        handle = os.open(path, os.O_RDWR)
        is_dead = hold(handle)
        if os.name == "nt":
            os.close(handle)
        if is_dead:
            path.unlink(missing_ok=True)
        if os.name != "nt":
            os.close(handle)


def _flush_folder(folder: Path) -> None:
    """Bring names to disk where the system can do that for a folder."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
