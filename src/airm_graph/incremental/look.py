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

_PAGE, _SIDECAR = ".txt", ".meta.yaml"

#: For the file and each side-car: name, size, times of change in nanoseconds, number.
Stamp = list[list[str | int]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was seen.

    Attributes:
        name: Path below the folder named by the user, as :class:`airm_graph.ingest.inputs.Input` has it.
        path: Where it is.
        newest: The latest of its times of change, and those of its side-cars.
    """

    name: str
    path: str
    stamp: Stamp
    newest: int

    @property
    def entry(self) -> Input:
        """The same as the readers know it."""
        return Input(self.name, Path(self.path), is_named=False)

    @property
    def shown(self) -> str:
        """The name under which the user finds the file."""
        path = self.path if os.sep == "/" else self.path.replace(os.sep, "/")
        return readable_name(path.removeprefix("./"))

    @property
    def beside(self) -> list[str]:
        """Names of its side-cars, as findings call them."""
        folder = self.name[: self.name.rfind("/") + 1]
        return [f"{folder}{name}" for name, *_ in self.stamp[1:]]


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
            folders[folder] = {name: status for name, status, _ in _list_folder(str(folder), hidden=True)}
        status = folders[folder].get(entry.path.name) or entry.path.stat()
        found[entry.name] = _see(entry.name, entry.path.name, str(entry.path), status, folders[folder])
    return found


def _look_below(folder: Path) -> dict[str, Seen] | None:
    found: dict[str, Seen] = {}
    waiting = [("", str(folder))]
    while waiting:
        below, place = waiting.pop()
        listed = dict[str, os.stat_result]()
        for name, status, is_folder in _list_folder(place):
            if is_folder:
                waiting.append((f"{below}{name}/", f"{place}{os.sep}{name}"))
            else:
                listed[name] = status
        for name, status in listed.items():
            if name.endswith(_PAGE):
                shown = readable_name(f"{below}{name}")
                found[shown] = _see(shown, name, f"{place}{os.sep}{name}", status, listed)
            elif is_input_name(name) and not is_own(name):
                return None
    if not found:
        find_inputs([folder])  # says what is wrong
    return found


def _list_folder(place: str, *, hidden: bool = False) -> Iterator[tuple[str, os.stat_result, bool]]:
    """Names with what the system says of them, and whether they are folders; as `find_inputs` goes through them."""
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                if hidden or not entry.name.startswith("."):
                    is_folder = entry.is_dir(follow_symlinks=False)
                    if is_folder or entry.is_file():
                        yield entry.name, entry.stat(), is_folder
    except PermissionError:
        return
    except OSError as error:
        raise InputError(f"the folder cannot be read: {error.strerror}", file=place) from error


def _see(shown: str, name: str, path: str, status: os.stat_result, beside: dict[str, os.stat_result]) -> Seen:
    stamp, newest = [_stamp(path, status)], max(status.st_mtime_ns, status.st_ctime_ns)
    stem = name[: -len(_PAGE)] if name.endswith(_PAGE) else Path(name).stem
    for other in (f"{stem}{_SIDECAR}", f"{name}{_SIDECAR}"):
        if status_of := beside.get(other):
            stamp.append(_stamp(other, status_of))
            newest = max(newest, status_of.st_mtime_ns, status_of.st_ctime_ns)
    return Seen(shown, path, stamp, newest)


def _stamp(name: str, status: os.stat_result) -> list[str | int]:
    return [readable_name(name), status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


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
