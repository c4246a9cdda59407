"""What a build would read, looked at without reading: names, sizes, times and numbers of files, and those of their side-cars.

A file whose time of change is as late as the look, or nearly, may change again without a trace of it; it is read the next time.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.inputs import Input, find_inputs, is_input_name, is_own, read_bytes, read_sidecar_bytes, readable_name

__all__ = ["Seen", "look_at", "read_digest"]

_SIDECAR = ".meta.yaml"

#: For the file and each side-car: name, size, times of change in nanoseconds, number.
Stamp = list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was seen.

    Attributes:
        newest: The latest of its times of change.
    """

    entry: Input
    stamp: Stamp
    newest: int


def look_at(paths: Sequence[str | Path]) -> dict[str, Seen] | None:
    """Look at every capture, by name; None where one of *paths* is standard input or holds tables.

    Raises:
        InputError: A path does not exist or cannot be read.
    """
    only = Path(paths[0]) if len(paths) == 1 else None
    if only is not None and str(only) != "-" and only.is_dir():
        return _look_below(only)
    entries = find_inputs(paths)
    if any(entry.path is None or entry.is_table for entry in entries):
        return None
    folders: dict[Path, dict[str, os.stat_result]] = {}
    found = {}
    for entry in entries:
        assert entry.path is not None
        folder = entry.path.parent
        if folder not in folders:
            folders[folder] = {name: status for name, status, _ in _list_folder(str(folder))}
        name = entry.path.name
        status = folders[folder].get(name)
        if status is None:
            raise InputError("the file cannot be read", file=str(entry.path), remedy="check its name and permissions")
        found[entry.name] = _see(entry, name, status, folders[folder])
    return found


def _look_below(folder: Path) -> dict[str, Seen] | None:
    found: dict[str, Seen] = {}
    waiting = [("", str(folder))]
    while waiting:
        below, place = waiting.pop()
        listed, folders = dict[str, os.stat_result](), list[str]()
        for name, status, is_folder in _list_folder(place):
            if is_folder:
                folders.append(name)
            else:
                listed[name] = status
        waiting += [(f"{below}{name}/", f"{place}{os.sep}{name}") for name in folders]
        for name, status in listed.items():
            if is_input_name(name) and not is_own(name):
                entry = Input(_readable(f"{below}{name}"), Path(place, name), is_named=False)
                if entry.is_table:
                    return None
                found[entry.name] = _see(entry, name, status, listed)
    if not found:
        find_inputs([folder])  # says what is wrong
    return found


def _list_folder(place: str) -> Iterator[tuple[str, os.stat_result, bool]]:
    """Names that are not hidden, with what the system says of them, and whether they are folders; as `find_inputs` goes through them."""
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if is_folder or entry.is_file():
                        yield entry.name, entry.stat(), is_folder
    except PermissionError:
        return
    except OSError as error:
        raise InputError(f"the folder cannot be read: {error.strerror}", file=place) from error


def _see(entry: Input, name: str, status: os.stat_result, beside: dict[str, os.stat_result]) -> Seen:
    stamp, newest = [_stamp(str(entry.path), status)], max(status.st_mtime_ns, status.st_ctime_ns)
    stem = name[:-4] if name.endswith(".txt") else Path(name).stem
    for other in (f"{stem}{_SIDECAR}", f"{name}{_SIDECAR}"):
        if status_of := beside.get(other):
            stamp.append(_stamp(other, status_of))
            newest = max(newest, status_of.st_mtime_ns, status_of.st_ctime_ns)
    return Seen(entry, stamp, newest)


def _stamp(name: str, status: os.stat_result) -> list[str | int]:
    return [readable_name(name), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _readable(name: str) -> str:
    return name if name.isascii() and name.isprintable() else readable_name(name)


def read_digest(entry: Input) -> str:
    """The SHA-256 of all that is read of a page: its bytes, and name and bytes of its side-car.

    Raises:
        InputError: It cannot be read.
    """
    data, beside = read_bytes(entry), read_sidecar_bytes(entry)
    digest = sha256(sha256(data).digest())
    if beside:
        digest.update(beside[1].encode() + b"\0" + beside[0])
    return digest.hexdigest()
