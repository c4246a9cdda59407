"""Files that are whole or not there: written beside their place, brought to disk, then renamed into
it.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from airm_graph.errors import ExportError
from airm_graph.export.switch import Move, finish_switch, has_journal, hold, is_held, lock_folder, name_beside, remove_litter, switch_files
from airm_graph.frozen import frozen

__all__ = [
    "PIECE",
    "Draft",
    "Written",
    "draft_files",
    "hold_folder",
    "replace_file",
    "replace_folder_files",
    "write_folder",
]


#: Bytes that are gathered, and most that go to the system at once: two megabytes at once take it
#: six times as long (docs/performance.md), and so few are in the cache of the processor until their
#: digest is taken and they are written.
_BUFFER, PIECE = 1 << 17, 1 << 18

#: What goes into a file: all its bytes, or its text in pieces.
Chunks = bytes | Iterable[str]


@frozen
class Written:
    """A file that is in its place.

    Attributes:
        path: Where it is.
        sha256: Digest of its bytes, taken while they were written, as 64 hex digits.
    """

    path: Path
    sha256: str


class Draft:
    """A file that is being written beside its place."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Remember where the file will be, for messages."""
        self._path, self._file = path, file
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """Digest of what was written so far."""
        return self._digest.hexdigest()

    def write(self, piece: bytes | memoryview | str) -> None:
        """Add bytes, or text as UTF-8 with its line ends as they are.

        Raises:
            ExportError: The disk is full, and the like.
        """
        with memoryview(piece.encode() if isinstance(piece, str) else piece) as data:
            for start in range(0, len(data), PIECE):
                with data[start : start + PIECE] as part, _explained(self._path):
                    self._digest.update(part)
                    self._file.write(part)


def replace_file(path: Path, chunks: Chunks) -> None:
    """Write a file in one step: readers see the earlier file or the new one, never half of it.

    Args:
        path: Where it shall be; its folder exists. A symbolic link is followed.
        chunks: The bytes of the file, or its text in pieces, written as UTF-8 with line ends as
            they are.

    Raises:
        ExportError: The file cannot be written (full disk, no permission); an earlier file is as it
            was.
    """
    with draft_files([path]) as (draft,):
        _fill(draft, chunks)


def replace_folder_files(folder: Path, files: Mapping[str, Chunks]) -> dict[str, Path]:
    """Write several files of a folder: all of them beside their places first, and only then rename
    all.

    A writer that fails leaves every earlier file as it was (see `switch`).

    Args:
        folder: Made when it is missing.
        files: File name, without folders, to what goes into it.

    Returns:
        File name to path.

    Raises:
        ExportError: A name is not a plain file name, or a file cannot be written.
    """

    def fill(drafts: Mapping[str, Draft]) -> None:
        for name, draft in drafts.items():
            _fill(draft, files[name])

    return {name: written.path for name, written in write_folder(folder, tuple(files), fill).items()}


def write_folder(
    folder: Path,
    names: Sequence[str],
    fill: Callable[[Mapping[str, Draft]], None],
    *,
    sums: str = "",
    others: Mapping[str, str] = MappingProxyType({}),
    folders: Mapping[str, Path] = MappingProxyType({}),
) -> dict[str, Written]:
    """Write files of a folder together; when one cannot be written, no file is changed.

    Args:
        folder: Made when it is missing.
        names: Names of the files, without folders.
        fill: Writes the files; is given the draft of each by its name.
        sums: Name of a file with the SHA-256 of each file, as ``sha256sum`` prints it; none when
            empty.
        others: Name to SHA-256 of files below *folders* that stand in the sums, too.
        folders: Name to where a folder that belongs to the files is now; it replaces an earlier
            one.

    Returns:
        File name to path and digest, in the order of *names*, then *sums*.

    Raises:
        ExportError: A name is not a plain file name, or a file cannot be written.
    """
    for name in names:
        if name in {"", ".", ".."} or Path(name).name != name:
            raise ExportError(f"{name!r} is not a plain file name; leave folders out")
    every = [*names, *([sums] if sums else [])]
    with draft_files([folder / name for name in every], folder=folder, folders=folders) as drafts:
        fill(dict(zip(names, drafts, strict=False)))
        if sums:
            found = {**others, **{name: draft.sha256 for name, draft in zip(names, drafts, strict=False)}}
            drafts[-1].write("".join(f"{found[name]}  {name}\n" for name in sorted(found)))
    return {name: Written(folder / name, draft.sha256) for name, draft in zip(every, drafts, strict=True)}


@contextmanager
def draft_files(
    paths: Sequence[Path], *, folder: Path | None = None, folders: Mapping[str, Path] = MappingProxyType({})
) -> Iterator[list[Draft]]:
    """Open a draft for each path; when the block ends well, all of them are brought to disk, and
    only then renamed into their places.

    Args:
        paths: Where the files shall be: one, or several of a folder. A symbolic link is followed.
        folder: The folder of several files, made when it is missing: no other process writes it at
            the same time, and its readers see all earlier files or all new ones.
        folders: See `write_folder`.

    Raises:
        ExportError: A file cannot be written; every earlier file is as it was.
    """
    waiting: list[Move] = []
    opened: list[BinaryIO] = []
    with hold_folder(folder) if folder else nullcontext():
        try:
            for path in paths:
                with _explained(path):
                    target = _find_target(path)
                    if folder is None:
                        remove_litter(target.parent, target.name)
                    side, handle = _create(target)
                    waiting.append(Move(target, side))
                    opened.append(os.fdopen(handle, "wb", _BUFFER))
            yield [Draft(path, file) for path, file in zip(paths, opened, strict=True)]
            for path, file in zip(paths, opened, strict=True):
                with _explained(path):
                    file.flush()
                    os.fsync(file.fileno())
            moved = [Move(Path(os.path.realpath(folder or "."), name), path) for name, path in folders.items()]
            _put_in_place([*moved, *waiting], opened, folder)
        finally:
            _discard(opened, () if folder and has_journal(folder) else waiting)


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Make a folder and hold it; what dead processes left there is finished or removed before and
    after.

    Raises:
        ExportError: Another process holds it, or it cannot be made.
    """
    if is_held(folder):
        yield
        return
    with ExitStack() as held:
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(lock_folder(folder))
            finish_switch(folder)
        remove_litter(folder)
        try:
            yield
        finally:
            # Ctrl-C in the middle of a switch.
            with suppress(OSError, ExportError):
                finish_switch(folder)
                remove_litter(folder)


def _put_in_place(waiting: Sequence[Move], opened: Iterable[BinaryIO], folder: Path | None) -> None:
    for file in opened:
        if os.name == "nt":  # which renames no open file
            file.close()
    if folder:
        with _explained(folder):
            switch_files(folder, waiting)
        return
    for move in waiting:
        with _explained(move.place):
            if move.side:
                move.side.replace(move.place)


def _discard(opened: Iterable[BinaryIO], waiting: Iterable[Move]) -> None:
    """Remove what is left: nothing after success, everything after KeyboardInterrupt and the
    like.
    """
    for move in waiting:
        with suppress(OSError):
            if move.side and os.name != "nt":
                move.side.unlink(missing_ok=True)
    for file in opened:
        with suppress(OSError):
            file.close()
    for move in waiting:
        with suppress(OSError):
            if move.side:
                move.side.unlink(missing_ok=True)


def _find_target(path: Path) -> Path:
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(None, "a folder of that name is in the way")
    return target


def _create(target: Path) -> tuple[Path, int]:
    """Create a file beside a place, held so that others see that its writer lives."""
    while True:
        side = name_beside(target)
        # Unlike tempfile, this leaves the permissions to the umask; an earlier file hands its own
        # on.
        handle = os.open(side, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with suppress(FileNotFoundError):
            side.chmod(target.stat().st_mode & 0o777)
        # Whoever removes litter may have come between creating and holding it.
        if hold(handle) and (os.name == "nt" or os.fstat(handle).st_nlink):
            return side, handle
        os.close(handle)


def _fill(draft: Draft, chunks: Chunks) -> None:
    for piece in [chunks] if isinstance(chunks, bytes) else chunks:
        draft.write(piece)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}; make room or choose another folder") from error
