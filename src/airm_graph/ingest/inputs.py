"""What the user names on the command line → input files with stable names. Folders, files, and
``-`` for standard input.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from airm_graph.errors import InputError
from airm_graph.frozen import frozen
from airm_graph.graph.rdf_format import find_format, has_quads, recognize_format
from airm_graph.ingest.captures.text import MAX_BYTES
from airm_graph.ingest.formats import is_table_name
from airm_graph.regular_files import open_regular
from airm_graph.sssom import is_match_table

__all__ = ["Input", "Over", "find_inputs", "is_input_name", "is_own", "read_bytes", "read_sidecar_bytes"]

_SUFFIX = ".txt"
_HEAD = 16_384
_RDF = "this is RDF, not a page or a table"
# What the project itself writes or lists: no tables of mitigations.
_OWN = {"external-terms.tsv", "framework-items.tsv", "quarantine.csv", "report.json", "review.csv"}


_Job = TypeVar("_Job")
_Done = TypeVar("_Done")


class Over(Protocol):
    """Applies a function to each of some files, as ``map`` does; the function and its results may
    cross to other machines.
    """

    def __call__(self, work: Callable[[_Job], _Done], jobs: Iterable[_Job], /) -> Iterable[_Done]:
        """Return the results in the order of the jobs."""


@frozen
class Input:
    """One captured page or table to read.

    Attributes:
        name: Path below the folder named by the user, with forward slashes; the same on every
            machine.
        path: Where it is, or None for standard input.
        is_named: Whether the user named it; otherwise it was found in a folder, by its suffix.
    """

    name: str
    path: Path | None
    is_named: bool = True

    @property
    def is_table(self) -> bool:
        """Whether the suffix is that of a table."""
        return self.path is not None and (is_table_name(self.path.name) or self.path.suffix.lower() == ".zip")

    @property
    def shown(self) -> str:
        """The name under which the user finds the file from here."""
        return _readable_name(self.path.as_posix()) if self.path else self.name


def find_inputs(paths: Sequence[str | Path]) -> tuple[Input, ...]:
    """List the captures and tables in *paths*, sorted by name.

    Args:
        paths: Folders (every ``*.txt`` and every file with the suffix of a table in and below them
            that is not hidden), files of any suffix, or ``-``; or one of these alone.

    Raises:
        InputError: A path does not exist, cannot be read, or holds neither captures nor tables.
    """
    # A string is a sequence of strings, too: nobody means its letters.
    if isinstance(paths, str | Path):
        paths = [paths]
    if not paths:
        raise InputError("no input is given", file="inputs", remedy="name a folder or files")
    found: dict[str, Input] = {}
    resolve = cache(Path.resolve)  # files of a folder share what stands before their names
    for entry in (entry for path in paths for entry in _expand(str(path))):
        # A link to a file keeps its own name.
        absolute = f"{resolve(entry.path.parent)}/{entry.path.name}" if entry.path else ""
        # A file that is named twice, alone and in its folder, has the longer name, whichever comes
        # first.
        other = found.get(absolute, entry)
        longer = max(entry, other, key=lambda entry: (len(entry.name), entry.name, entry.shown))
        found[absolute] = replace(longer, is_named=entry.is_named or other.is_named)
    return tuple(sorted(_tell_apart(found.values()), key=lambda entry: (entry.name, entry.shown)))


def _tell_apart(entries: Iterable[Input]) -> list[Input]:
    """Two folders may hold files of one name: then the names of the folders above tell them apart,
    as many as it takes.
    """
    named = list(entries)
    while True:
        counts = Counter(entry.name for entry in named)
        longer = [entry if counts[entry.name] == 1 else replace(entry, name=_longer_name(entry)) for entry in named]
        if longer == named:
            return named
        named = longer


def read_bytes(entry: Input) -> bytes:
    """Read a capture, at most one byte more than it may have.

    Raises:
        InputError: The file cannot be read, or standard input is RDF.
    """
    if entry.path is None:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
        if recognize_format(data[:_HEAD]):
            raise InputError(_RDF, file="standard input", remedy="save it as a file; airm-graph validate, export and query read RDF")
        return data
    return _read(entry.path, MAX_BYTES + 1)


def read_sidecar_bytes(entry: Input) -> tuple[bytes, str] | None:
    """Read the side-car of an input and give its name, or None when there is none."""
    from airm_graph.ingest.captures.sidecar import MAX_SIDECAR  # loads the lines of frameworks, which RDF does not need

    if entry.path is None:
        return None
    for name in (f"{entry.path.stem}.meta.yaml", f"{entry.path.name}.meta.yaml"):
        path = entry.path.with_name(name)
        if path.is_file():
            return _read(path, MAX_SIDECAR + 1), entry.name.removesuffix(_readable_name(entry.path.name)) + _readable_name(name)
    return None


def _read(path: Path, limit: int) -> bytes:
    try:
        with open_regular(path) as stream:
            return stream.read(limit)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path), remedy="check its name and permissions") from error


def _expand(path: str) -> list[Input]:
    if path == "-":
        return [Input("standard-input.txt", None)]
    given = Path(path)
    try:
        is_folder, exists = given.is_dir(), given.exists()
    except (OSError, ValueError) as error:
        raise InputError(f"not a usable path: {error}", file=path) from error
    if not exists:
        raise InputError("no such file or folder", file=path, remedy="check the path")
    if is_folder:
        return _expand_folder(given)
    if find_format(given):
        raise InputError(_RDF, file=path, remedy="airm-graph validate, export and query read RDF")
    return [Input(_readable_name(given.name), given)]


def _expand_folder(folder: Path) -> list[Input]:
    try:
        files = sorted(_walk(folder))
    except OSError as error:
        # Left out, it would be missing from the graph, and nobody be told.
        remedy = "check its permissions, or name the folders beside it"
        raise InputError(f"the folder cannot be read: {error.strerror}", file=str(error.filename or folder), remedy=remedy) from error
    found = [Input(_readable_name(name), path, is_named=False) for name, path in files if not (find_format(path) or has_quads(path))]
    if not found:
        raise InputError(
            f"the folder holds no captures (*{_SUFFIX}) and no tables (*.csv, *.xlsx, *.json and others)",
            file=str(folder),
            remedy="name the folder that holds the captured pages",
        )
    return found


def _walk(folder: Path, above: str = "") -> Iterator[tuple[str, Path]]:
    """Walk through the files that may be inputs, each with its name below the first folder; links
    to folders are not followed.

    Raises:
        OSError: A folder cannot be read.
    """
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder / name, f"{above}{name}/")
            elif is_input_name(name) and not is_own(name) and _is_file(entry):
                yield above + name, folder / name


def _is_file(entry: os.DirEntry[str]) -> bool:
    with suppress(OSError):  # a link that leads back to itself
        return entry.is_file()
    return False


def is_own(name: str) -> bool:
    """Tell whether a file of that name is a table, and none of mitigations: what a build sets
    aside, a review, mappings.

    >>> is_own("links.sssom.tsv"), is_own("mitigations.tsv")
    (True, False)
    """
    return name in _OWN or is_match_table(name)


def is_input_name(name: str) -> bool:
    """Whether a file of that name counts in a folder: a captured page or a table.

    >>> is_input_name("page.txt"), is_input_name("page.meta.yaml")
    (True, False)
    """
    return name.endswith(_SUFFIX) or is_table_name(name)


def _longer_name(entry: Input) -> str:
    if entry.path is None:
        return entry.name
    parts = (entry.path.parent.resolve() / entry.path.name).parts[1:]
    return _readable_name("/".join(parts[-(entry.name.count("/") + 2) :]))


def _readable_name(name: str) -> str:
    r"""Write a name as text: bytes that are no UTF-8, and control characters, which not every
    format can say, are written as escapes.

    >>> print(_readable_name("a\tb"))
    a\tb
    """
    if name.isascii() and name.isprintable():
        return name
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)
