"""Files that are whole or not there: written beside their place, brought to disk, then renamed into
it.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from airm_graph.errors import ExportError

__all__ = ["Draft", "Written", "draft_files", "replace_file", "replace_folder_files", "write_folder"]

#: What goes into a file: all its bytes, or its text in pieces.
Chunks = bytes | Iterable[str]


@dataclass(frozen=True, slots=True)
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
        data = piece.encode() if isinstance(piece, str) else piece
        self._digest.update(data)
        with _explained(self._path):
            self._file.write(data)


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

    A writer that fails leaves every earlier file as it was. Renaming several files is not one step:
    a crash of the machine between two renames leaves some of them new; each single file is whole.

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
) -> dict[str, Written]:
    """Write files of a folder together; when one cannot be written, no file is changed.

    Args:
        folder: Made when it is missing.
        names: Names of the files, without folders.
        fill: Writes the files; is given the draft of each by its name.
        sums: Name of a file with the SHA-256 of each file, as ``sha256sum`` prints it; none when
            empty.
        others: Name to SHA-256 of files that are in the folder already and stand in the sums, too.

    Returns:
        File name to path and digest, in the order of *names*, then *sums*.

    Raises:
        ExportError: A name is not a plain file name, or a file cannot be written.
    """
    for name in names:
        if name in {"", ".", ".."} or Path(name).name != name:
            raise ExportError(f"{name!r} is not a plain file name; leave folders out")
    every = [*names, *([sums] if sums else [])]
    with draft_files([folder / name for name in every], make_folder=folder) as drafts:
        fill(dict(zip(names, drafts, strict=False)))
        if sums:
            found = {**others, **{name: draft.sha256 for name, draft in zip(names, drafts, strict=False)}}
            drafts[-1].write("".join(f"{found[name]}  {name}\n" for name in sorted(found)))
    return {name: Written(folder / name, draft.sha256) for name, draft in zip(every, drafts, strict=True)}


@contextmanager
def draft_files(paths: Sequence[Path], *, make_folder: Path | None = None) -> Iterator[list[Draft]]:
    """Open a draft for each path; when the block ends well, all of them are brought to disk, and
    only then renamed into their places.

    Args:
        paths: Where the files shall be. A symbolic link is followed.
        make_folder: Made when it is missing.

    Raises:
        ExportError: A file cannot be written; every earlier file is as it was.
    """
    if make_folder:
        with _explained(make_folder):
            make_folder.mkdir(parents=True, exist_ok=True)
    waiting: dict[Path, Path] = {}  # temporary file to its place
    opened: list[BinaryIO] = []
    try:
        for path in paths:
            with _explained(path):
                target = _find_target(path)
                temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
                waiting[temporary] = target
                opened.append(_open(temporary, like=target))
        yield [Draft(path, file) for path, file in zip(paths, opened, strict=True)]
        for path, file in zip(paths, opened, strict=True):
            with _explained(path):
                file.flush()
                os.fsync(file.fileno())
                file.close()
        for temporary, target in waiting.items():
            with _explained(target):
                temporary.replace(target)
        for folder in {target.parent for target in waiting.values()}:
            _flush_folder(folder)
    finally:
        _discard(opened, waiting)


def _discard(opened: Iterable[BinaryIO], waiting: Iterable[Path]) -> None:
    """Remove what is left: nothing after success, everything after KeyboardInterrupt and the
    like.
    """
    for file in opened:
        with suppress(OSError):
            file.close()
    for temporary in waiting:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _find_target(path: Path) -> Path:
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(None, "a folder of that name is in the way")
    return target


def _open(path: Path, *, like: Path) -> BinaryIO:
    # Unlike tempfile, this leaves the permissions to the umask; an earlier file hands its own on.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with suppress(FileNotFoundError):
        path.chmod(like.stat().st_mode & 0o777)
    return os.fdopen(handle, "wb", 1 << 20)


def _fill(draft: Draft, chunks: Chunks) -> None:
    for piece in [chunks] if isinstance(chunks, bytes) else chunks:
        draft.write(piece)


def _flush_folder(folder: Path) -> None:
    """Bring the renames to disk where the system can do that for a folder; the files are in place
    either way.
    """
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}; make room or choose another folder") from error
