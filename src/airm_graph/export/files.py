"""Files that are whole or not there: written beside their place, brought to disk, then renamed into it."""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from airm_graph.errors import ExportError
from airm_graph.export.terms import Chunks

__all__ = ["replace_file", "replace_folder_files"]


def replace_file(path: Path, chunks: Chunks) -> None:
    """Write a file in one step: readers see the earlier file or the new one, never half of it.

    Args:
        path: Where it shall be; its folder exists. A symbolic link is followed.
        chunks: The bytes of the file, or its text in pieces, written as UTF-8 with line ends as they are.

    Raises:
        ExportError: The file cannot be written (full disk, no permission); an earlier file is as it was.
    """
    _replace({path: chunks})


def replace_folder_files(folder: Path, files: Mapping[str, Chunks]) -> dict[str, Path]:
    """Write several files of a folder: all of them beside their places first, and only then rename all.

    A writer that fails leaves every earlier file as it was. Renaming several files is not one step: a crash of the machine between two
    renames leaves some of them new; each single file is whole.

    Args:
        folder: Made when it is missing.
        files: File name, without folders, to what goes into it.

    Returns:
        File name to path.

    Raises:
        ExportError: A name is not a plain file name, or a file cannot be written.
    """
    for name in files:
        if name in {"", ".", ".."} or Path(name).name != name:
            raise ExportError(f"{name!r} is not a plain file name; leave folders out")
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / name for name in files}
    _replace({paths[name]: chunks for name, chunks in files.items()})
    return paths


def _replace(files: Mapping[Path, Chunks]) -> None:
    waiting: dict[Path, Path] = {}  # temporary file to its place
    try:
        for path, chunks in files.items():
            with _explained(path):
                target = Path(os.path.realpath(path))
                if target.is_dir():
                    raise IsADirectoryError(None, "a folder of that name is in the way")
                temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
                waiting[temporary] = target
                _write(temporary, chunks, like=target)
        for temporary, target in waiting.items():
            with _explained(target):
                temporary.replace(target)
        for folder in {target.parent for target in waiting.values()}:
            _flush_folder(folder)
    finally:
        # After success nothing is left to remove; after KeyboardInterrupt and the like all that is.
        for temporary in waiting:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _write(path: Path, chunks: Chunks, *, like: Path) -> None:
    # Unlike tempfile, this leaves the permissions to the umask; an earlier file hands its own on.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    with os.fdopen(handle, "wb", 1 << 20) as file:
        for piece in _encode(chunks):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        path.chmod(like.stat().st_mode & 0o777)


def _encode(chunks: Chunks) -> Iterable[bytes]:
    return [chunks] if isinstance(chunks, bytes) else (piece.encode() for piece in chunks)


def _flush_folder(folder: Path) -> None:
    """Bring the renames to disk where the system can do that for a folder; the files are in place either way."""
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
