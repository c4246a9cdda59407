"""Write the files of a site: those that changed, beside their places, all of them in one switch.

A file whose bytes are as they were is not touched. ``SHA256SUMS`` names the files of the site; what
else lies in the folder is left alone.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from airm_graph.errors import ExportError
from airm_graph.export.switch import Move, name_beside, switch_files

__all__ = ["SUMS", "FileWriter", "SiteFile", "SiteSide", "check_folder", "switch_site"]

SUMS = "SHA256SUMS"
_FRONT = "index.html"
# The folder in which a site that is new waits as a whole.
_WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class SiteFile:
    """Say what a file of the site is: digest, size, and where its new bytes wait, if any do."""

    name: str
    sha256: str
    size: int
    side: str = ""


@dataclass(frozen=True, slots=True)
class SiteSide:
    """Say where new files of a site wait.

    Attributes:
        folder: Of the site.
        side: Where new files wait.
        is_new: Whether there is no earlier site: then files wait under their own names, and whole
            folders are moved.
    """

    folder: Path
    side: Path
    is_new: bool = False


class FileWriter:
    """Writes changed files to a folder beside their places; each process has one of its own."""

    def __init__(self, site: SiteSide, *, name: str) -> None:
        """Take the folders, and a name for this writer."""
        self._folder, self._is_new = os.path.realpath(site.folder), site.is_new
        self._side = site.side / (_WHOLE if site.is_new else name)
        self._folders: set[str] = set()
        self._number = 0
        self._side.mkdir(parents=True, exist_ok=site.is_new)

    def write(self, name: str, data: bytes) -> SiteFile:
        """Write a file unless its place has the same bytes."""
        digest = hashlib.sha256(data).hexdigest()
        if not self._is_new and _has_bytes(f"{self._folder}/{name}", data):
            return SiteFile(name, digest, len(data))
        try:
            path = self._name_side(name)
            with open(path, "wb", buffering=0) as file:  # noqa: PTH123 - thousands of files: a Path costs as much as the page
                file.write(data)
        except OSError as error:
            raise ExportError(f"{name} cannot be written: {error.strerror or error}; make room or choose another folder") from error
        return SiteFile(name, digest, len(data), path)

    def _name_side(self, name: str) -> str:
        if not self._is_new:
            self._number += 1
            return f"{self._side}/{self._number}"
        parent = name.rpartition("/")[0]
        if parent not in self._folders:
            _make_folder(f"{self._side}/{parent}")
            self._folders.add(parent)
        return f"{self._side}/{name}"


def _make_folder(path: str) -> None:
    """Make a folder; nearly always the one above it is there."""
    try:
        os.mkdir(path)  # noqa: PTH102 - see above
    except FileExistsError:
        return
    except FileNotFoundError:
        os.makedirs(path, exist_ok=True)  # noqa: PTH103 - see above


def _has_bytes(path: str, data: bytes) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - see above
            return os.fstat(file.fileno()).st_size == len(data) and file.read() == data
    except OSError:
        return False


def check_folder(folder: Path) -> Mapping[str, str]:
    """Read which files the earlier site in a folder has: name to SHA-256.

    Raises:
        ExportError: The folder has files and is no site.
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    found = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    if _FRONT in found:
        return found
    if any(not entry.name.startswith(".") for entry in folder.iterdir()):
        raise ExportError(f"{folder} has files and is no site that airm-graph wrote; name an empty folder")
    return {}


def switch_site(folder: Path, files: Iterable[SiteFile], *, earlier: Mapping[str, str]) -> tuple[int, int]:
    """Put all new files in their places and remove those that the site no longer has.

    Args:
        folder: Of the site; the caller holds it.
        files: All files of the site.
        earlier: Files of the earlier site.

    Returns:
        How many files were written, and how many removed.

    Raises:
        ExportError, OSError: A file cannot be put in its place; the earlier site is as it was.
    """
    root = Path(os.path.realpath(folder))
    listed = sorted(files, key=lambda file: file.name)
    changed = [Move(root / file.name, Path(file.side)) for file in listed if file.side]
    gone = sorted(earlier.keys() - {file.name for file in listed} - {SUMS})
    sums = "".join(f"{file.sha256}  {file.name}\n" for file in listed).encode()
    if not changed and not gone and _has_bytes(str(root / SUMS), sums):
        return 0, 0
    side = name_beside(root / SUMS)
    side.write_bytes(sums)
    if not earlier and changed:
        # Thousands of renames take as long as the pages.
        changed = list(_move_whole(_find_whole(changed[0], root), root))
    for place in sorted({move.place.parent for move in changed}):
        place.mkdir(parents=True, exist_ok=True)
    removed = [Move(root / name, None) for name in gone if _is_below(root, name)]
    written = sum(bool(file.side) for file in listed)
    switch_files(folder, [*changed, *removed, Move(root / SUMS, side)])
    for parent in sorted({move.place.parent for move in removed}, key=lambda path: -len(path.parts)):
        _remove_empty(parent, root)
    return written, len(removed)


def _find_whole(move: Move, root: Path) -> Path:
    """Find the folder in which a new site waits, from one of its files."""
    side = move.side or move.place
    return side.parents[len(move.place.relative_to(root).parts) - 1]


def _move_whole(side: Path, place: Path) -> Iterator[Move]:
    """Move files and folders whose places are free, and what is in the other folders."""
    for entry in sorted(os.scandir(side), key=lambda entry: entry.name):
        if entry.is_dir() and (place / entry.name).is_dir():
            yield from _move_whole(Path(entry.path), place / entry.name)
        else:
            yield Move(place / entry.name, Path(entry.path))


def _is_below(root: Path, name: str) -> bool:
    """Tell whether a name from a file that anybody may have written stays below the folder."""
    return not name.startswith("/") and ".." not in name.split("/") and root in Path(os.path.realpath(root / name)).parents


def _remove_empty(folder: Path, root: Path) -> None:
    with suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent
