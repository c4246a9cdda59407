"""Certain repairs of side-cars and tables: what can only have been meant in one way. Captures are
never touched.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.captures.sidecar import MAX_SIDECAR, read_sidecar
from airm_graph.ingest.days import fix_date
from airm_graph.ingest.formats import MAX_TABLE, is_table_name
from airm_graph.ingest.inputs import is_input_name
from airm_graph.ingest.tables import load_mapping
from airm_graph.ingest.tables.fix_cells import fix_tables
from airm_graph.ingest.tables.folders import find_mappings
from airm_graph.regular_files import open_regular

__all__ = ["Fix", "find_fixes", "fix_sidecar"]

_SUFFIX = ".meta.yaml"
_TABLES = {".csv", ".tsv"}
# What a build itself writes.
_OWN = "quarantine.csv"
_REMEDY = "name tables (CSV, TSV), side-cars (NAME.meta.yaml), captures (*.txt), or their folder"
_KEYS = ("id", "url", "name", "retrieved")
_FIELD = re.compile(r"(?P<key>[A-Za-z]+)(?P<colon> *: *)(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class Fix:
    """A file as it is and as it would be."""

    path: Path
    before: str
    after: str


def find_fixes(paths: Iterable[str | Path], *, mapping: str | Path | None = None) -> list[Fix]:
    """Find the side-cars and tables that can be fixed with certainty.

    Args:
        paths: Folders (every ``*.meta.yaml``, ``*.csv`` and ``*.tsv`` in and below them), such
            files, or captures, which stand for their side-cars.
        mapping: File that says what the columns of the tables are; when left out, the mapping that
            lies beside them, or those of the project.

    Raises:
        InputError: A path does not exist, cannot be read, or holds nothing that could be fixed.
    """
    files = {path: _read(path) for given in paths for path in _find_files(Path(given))}
    files = dict(sorted(files.items()))
    fixed = {path: fix_sidecar(data) for path, data in files.items() if path.suffix.lower() not in _TABLES}
    tables = [path for path in files if path.suffix.lower() in _TABLES]
    named = [load_mapping(mapping)] if mapping else None
    for folder, some in groupby(tables, key=lambda path: path.parent):
        given = {path.name: files[path] for path in some}
        whole = {path.name for path in folder.iterdir() if is_table_name(path.name) and path.name != _OWN} <= given.keys()
        fixed |= {
            folder / name: data
            for name, data in fix_tables(given, mappings=named or find_mappings(folder / min(given)), whole=whole).items()
        }
    changed = [path for path in files if fixed[path] != files[path]]
    return [Fix(path, files[path].decode(), fixed[path].decode()) for path in changed]


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as stream:
            return stream.read(MAX_TABLE + 1)
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error


def _find_files(given: Path) -> Iterator[Path]:
    if given.is_dir():
        inside = [path for path in given.rglob("*") if path.is_file()]
        if not any(is_input_name(path.name) or path.name.endswith(_SUFFIX) for path in inside):
            raise InputError("the folder holds no tables, captures or side-cars", file=str(given), remedy=_REMEDY)
        yield from (path for path in inside if (path.name.endswith(_SUFFIX) or path.suffix in _TABLES) and path.name != _OWN)
    elif not given.exists():
        raise InputError("no such file or folder", file=str(given), remedy="check the path")
    elif given.name.endswith(_SUFFIX) or given.suffix.lower() in _TABLES:
        yield given
    else:
        open_regular(given).close()
        names = {f"{given.stem}{_SUFFIX}", f"{given.name}{_SUFFIX}"}
        found = [path for name in sorted(names) if (path := given.with_name(name)).is_file()]
        if not found and given.suffix.lower() != ".txt":
            raise InputError("this is no file that is fixed", file=str(given), remedy=_REMEDY)
        yield from found


def fix_sidecar(data: bytes) -> bytes:
    r"""Mend letters of keys, forms of dates and spaces at line ends; a side-car that is not read
    better for it stays as it is.

    >>> fix_sidecar(b"Name: Red teaming\nretrieved: 2 November 2026\n")
    b'name: Red teaming\nretrieved: 2026-11-02\n'
    """
    if len(data) > MAX_SIDECAR:
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    fixed = "".join(_fix_line(line) for line in text.splitlines(keepends=True)).encode()
    (old, problems), (new, left) = (read_sidecar(content, file="") for content in (data, fixed))
    fields = ("identifier", "url", "name", "retrieved")
    kept = all(getattr(old, key) in {None, getattr(new, key)} for key in fields)
    better = len(left) < len(problems) or (left == problems and old == new)
    return fixed if kept and better else data


def _fix_line(line: str) -> str:
    body = line.rstrip("\r\n")
    end = line[len(body) :]
    body = body.rstrip(" \t")
    match = _FIELD.fullmatch(body)
    if match is None or match["key"].lower() not in _KEYS:
        return body + end
    key = match["key"].lower()
    colon = match["colon"] if match["colon"].endswith(" ") else ": "
    value = fix_date(match["value"]) if key == "retrieved" else match["value"]
    return f"{key}{colon.lstrip() if value else ':'}{value}{end}"
