"""N-Triples and N-Quads files as relations of DuckDB: one row for each line, cut at its spaces.

Cut is by position alone; whether the pieces are terms is asked later, of each different piece once
(`spelling.is_certain`). A line that is not cut comes out whole as its own subject, which no term
is, so it is found by the same question.
"""

import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from airm_graph.errors import InputError, StoreError
from airm_graph.graph.term_spelling import quote
from airm_graph.terms import Quad

__all__ = ["SUFFIXES", "Parser", "cut_file", "cut_rows", "label_files", "open_file", "parse_part", "read_lines", "suffix_of"]

#: Reads RDF from an open file: the file, its name for messages and its suffix in, rows out
#: (``store.stream_rows``).
Parser = Callable[[IO[bytes], str, str], Iterable[Quad]]

#: Formats that are read line by line.
SUFFIXES = (".nt", ".nq")
_PACKED = (".gz", ".zst")
#: SQL: the texts of a row are not where terms of a quad stand.
_MISPLACED = """(s IS NULL OR starts_with(s, '"') OR p IS NULL OR NOT starts_with(p, '<') OR o = '')"""
#: What no line of a text file holds; what marks an absent value must not be a line either.
_NO_DELIMITER, _NO_VALUE = "\x1f\x1e\x1d\x1c", "\x1b\x1a"
#: Bytes of a file that is taken in as a whole, and of the parts of longer ones.
_WHOLE, _PART = 1 << 30, 256 << 20
#: Bytes that are copied at once: memory for a part would have to be cleared by the system first.
_PIECE = 1 << 20
#: Bytes of the longest line; longer ones make the careful parser read the file. DuckDB would read
#: sixteen times as many at once, into memory that the system has to clear for it.
_LONGEST, _READ = 16_000_000, 32_000_000


def suffix_of(path: Path) -> str:
    """Return the suffix that says which format a file is, also where it is packed: ``.nq`` of
    ``a.nq.gz``; empty for other formats.

    >>> suffix_of(Path("a.NQ.gz")), suffix_of(Path("a.ttl"))
    ('.nq', '')
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes and suffixes[-1] in SUFFIXES else ""


def _find_files(paths: Iterable[Path]) -> list[Path]:
    """Files to read, sorted; a folder stands for every file below it that can be read line by line.

    Raises:
        InputError: A path does not exist, is of another format, or is a folder without such files.
    """
    found = set[Path]()
    for path in paths:
        some = sorted(file for file in path.rglob("*") if file.is_file() and suffix_of(file)) if path.is_dir() else [path]
        if not some or not all(file.is_file() and suffix_of(file) for file in some):
            raise InputError(
                "no file of N-Triples or N-Quads", file=str(path), remedy="name a file that ends in .nt or .nq, or .gz or .zst after it"
            )
        found.update(some)
    return sorted(found, key=Path.as_posix)


def label_files(paths: Iterable[Path], label: str | None) -> list[tuple[Path, str]]:
    """List the files to read, each with what stands before the names of its blank nodes: *label*,
    or where none is given a label of its own if there are several files.
    """
    files = _find_files(paths)
    return [(path, (f"f{number}-" if len(files) > 1 else "") if label is None else label) for number, path in enumerate(files, 1)]


def open_file(path: Path) -> IO[bytes]:
    """Open a file for the careful parser.

    Raises:
        InputError: It cannot be read, or is packed in a way that Python does not know.
    """
    if path.suffix.lower() == ".zst":
        raise InputError("a line of the file needs the careful parser, which cannot unpack it", file=str(path), remedy="unpack it first")
    try:
        return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")  # type: ignore[return-value]
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error


def cut_file(path: Path, *, folder: Path) -> Iterator[Path]:
    """Cut a file that is too long to be held at once into parts, made in *folder* one after the
    other; packed files stay whole.
    """
    if path.suffix.lower() in _PACKED or path.stat().st_size <= _WHOLE:
        yield path
        return
    part, piece = folder / f"part{suffix_of(path)}", memoryview(bytearray(_PIECE))
    with path.open("rb") as file:
        while _copy_part(file, part, piece=piece):
            yield part


def _copy_part(file: IO[bytes], part: Path, *, piece: memoryview) -> int:
    """Copy whole lines, with a last one of any length; return the number of bytes before it."""
    copied = 0
    with part.open("wb") as out:
        while copied < _PART and (read := file.readinto(piece[: _PART - copied])):  # type: ignore[attr-defined]
            out.write(piece[:read])
            copied += read
        out.write(file.readline())
    return copied


def parse_part(part: IO[bytes], path: Path, *, parse: Parser) -> Iterator[Quad]:
    """Read lines of a file by the careful parser.

    Raises:
        StoreError: They are not what the suffix of *path* says; the message names the line in the
            whole file, where the parser miscounts the lines of a part.
    """
    try:
        yield from parse(part, path.as_posix(), suffix_of(path))
    except StoreError:
        with open_file(path) as whole:
            for _ in parse(whole, path.as_posix(), suffix_of(path)):
                pass
        raise


def read_lines(path: Path) -> str:
    """SQL for the lines of a file that are not empty, as the column ``line``, without line ends of
    any kind.
    """
    read = (
        f"read_csv({quote(str(path))}, columns = {{'line': 'VARCHAR'}}, auto_detect = false, header = false, "
        f"delim = {quote(_NO_DELIMITER)}, quote = '', escape = '', nullstr = {quote(_NO_VALUE)}, "
        f"max_line_size = {_LONGEST}, buffer_size = {_READ})"
    )
    return f"(SELECT line FROM {read} WHERE line <> '')"


def cut_rows(path: Path, *, label: str = "") -> str:
    """SQL for the quads of a file as four columns of texts; *label* is put before the names of
    blank nodes.

    The columns of a line that cannot be cut are no quad, which the question for terms finds out:
    where none stand in the right places, the subject is a space. ``line`` is the whole line.
    """
    graph = "''"
    if suffix_of(path) == ".nq":
        # The last piece of a literal holds its closing quote.
        graph = """CASE WHEN len(l) > 4 AND NOT contains(l[-2], '"') THEN l[-2] ELSE '' END"""
    pieces = f"SELECT line, string_split(line, ' ') AS l FROM {read_lines(path)}"
    named = f"SELECT line, l, l[1] AS s, l[2] AS p, {graph} AS g FROM ({pieces}) AS p"
    end = "CASE WHEN g = '' THEN 4 ELSE 5 END"
    # A text with spaces in it is what is left of the line.
    rest = f"substring(line, length(s) + length(p) + 3, length(line) - length(s) - length(p) - length(g) - {end})"
    value = f"CASE WHEN len(l) = {end} THEN l[3] ELSE {rest} END"
    subject, value, graph = (_relabel(text, label) for text in ("s", value, "g"))
    cut = f"SELECT CASE WHEN ends_with(line, ' .') THEN {subject} END AS s, p, {value} AS o, {graph} AS g, line FROM ({named}) AS n"
    return f"(SELECT CASE WHEN {_MISPLACED} THEN ' ' ELSE s END AS s, p, o, g, line FROM ({cut}) AS c)"


def _relabel(text: str, label: str) -> str:
    if not label:
        return text
    return f"CASE WHEN starts_with({text}, '_:') THEN {quote('_:' + label)} || substring({text}, 3) ELSE {text} END"
