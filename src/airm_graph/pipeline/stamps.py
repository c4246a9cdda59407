"""Files as the system tells of them without reading: size, times and number, and what they hold
where these prove nothing.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from airm_graph.pipeline.writable import WRITTEN

__all__ = ["Look", "Stamp", "compare_looks", "digest_file", "find_changes", "look_at", "remember", "stamp_file"]

#: Size, times of change of content and of the file's entry in nanoseconds, number of the file.
Stamp = tuple[int, int, int, int]
#: Name of a file → its stamp.
Look = dict[str, Stamp]
#: A file that changed so lately before it was looked at may change again and keep its times (two
#: seconds on FAT).
_FRESH = 2_000_000_000


def look_at(paths: Sequence[str | Path]) -> Look:
    """Look at files, with side-cars, and at all in folders that a build may read.

    Side-cars, mappings and tables are of many kinds: any file counts, but for what a build itself
    writes, and for hidden ones.
    """
    found: Look = {}
    for path in map(Path, paths):
        if path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = [name for name in folders if not name.startswith(".")]
                start = os.path.join(folder, "")  # noqa: PTH118 - pathlib takes ten times as long
                _add(found, (start + name for name in names if name not in WRITTEN and not name.startswith(".")))
        else:
            _add(found, map(str, (path, *(path.with_name(f"{name}.meta.yaml") for name in (path.stem, path.name)))))
    return found


def _add(found: Look, paths: Iterable[str]) -> None:
    for path in paths:
        # One that went away, or cannot be read, is left for the build to say.
        with suppress(OSError):
            found[path] = stamp_file(path)


def stamp_file(path: str | Path) -> Stamp:
    """Ask the system about a file.

    Raises:
        OSError: There is none.
    """
    about = os.stat(path)  # noqa: PTH116 - the names are texts
    return about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino


def digest_file(path: str | Path) -> str:
    """Read a file; returns the SHA-256 of its bytes.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - the names are texts
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare_looks(before: Look, after: Look) -> tuple[str, ...]:
    """List the files that were added, changed or removed between two looks."""
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


#: Name of a file → its stamp, zeros where that proves nothing, and its SHA-256.
Remembered = Mapping[str, Sequence[int | str]]


def remember(look: Look, *, known: Remembered) -> dict[str, Sequence[int | str]]:
    """Say what files hold, by digests; those that are known with their stamp are not read.

    Raises:
        OSError: One cannot be read.
    """
    newest = time.time_ns() - _FRESH
    found: dict[str, Sequence[int | str]] = {}
    for name, stamp in look.items():
        earlier = known.get(name)
        digest = earlier[4] if earlier and tuple(earlier[:4]) == stamp else digest_file(name)
        found[name] = [*(stamp if max(stamp[1:3]) < newest else (0, 0, 0, 0)), digest]
    return found


def find_changes(known: Remembered, now: Remembered) -> Iterator[str]:
    """Find the files that came, went, or hold something else."""
    return (name for name in sorted(known.keys() | now.keys()) if name not in known or name not in now or known[name][4] != now[name][4])
