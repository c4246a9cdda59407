"""Certain repairs of side-cars: what can only have been meant in one way. Captures are never touched."""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from airm_graph.errors import InputError
from airm_graph.ingest.sidecar import MAX_SIDECAR, read_sidecar

__all__ = ["Mend", "find_mends", "mend_sidecar"]

_SUFFIX = ".meta.yaml"
_KEYS = ("id", "url", "name", "retrieved")
_FIELD = re.compile(r"(?P<key>[A-Za-z]+)(?P<colon> *: *)(?P<value>.*)")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
# Year first, or the month in words: what stands between day and month cannot be mistaken. 02/11/2026 can.
_YEAR_FIRST = re.compile(r"(\d{4})[./ ](\d{1,2})[./ ](\d{1,2})")
_IN_WORDS = re.compile(r"(?:(\d{1,2})\.? +([A-Za-z]{3,9})\.?,?|([A-Za-z]{3,9})\.? +(\d{1,2}),) +(\d{4})")


@dataclass(frozen=True, slots=True)
class Mend:
    """A file as it is and as it would be."""

    path: Path
    before: str
    after: str


def find_mends(paths: Iterable[str | Path]) -> list[Mend]:
    """Find the side-cars that can be mended with certainty.

    Args:
        paths: Folders (every ``*.meta.yaml`` in and below them), side-cars, or captures, which stand for their side-cars.

    Raises:
        InputError: A path does not exist or cannot be read.
    """
    found = []
    for path in sorted({sidecar for place in paths for sidecar in _find_sidecars(Path(place))}):
        try:
            data = path.read_bytes()
        except OSError as error:
            raise InputError(f"the file cannot be read: {error.strerror}", file=str(path)) from error
        mended = mend_sidecar(data)
        if mended != data:
            found.append(Mend(path, data.decode(), mended.decode()))
    return found


def _find_sidecars(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from (path for path in place.rglob(f"*{_SUFFIX}") if path.is_file())
    elif not place.exists():
        raise InputError("no such file or folder", file=str(place), remedy="check the path")
    elif place.name.endswith(_SUFFIX):
        yield place
    else:
        names = {f"{place.stem}{_SUFFIX}", f"{place.name}{_SUFFIX}"}
        yield from (path for name in sorted(names) if (path := place.with_name(name)).is_file())


def mend_sidecar(data: bytes) -> bytes:
    r"""Mend letters of keys, forms of dates and spaces at line ends; a side-car that is not read better for it stays as it is.

    >>> mend_sidecar(b"Name: Red teaming\nretrieved: 2 November 2026\n")
    b'name: Red teaming\nretrieved: 2026-11-02\n'
    """
    if len(data) > MAX_SIDECAR:
        return data
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    mended = "".join(_mend_line(line) for line in text.splitlines(keepends=True)).encode()
    (old, problems), (new, left) = (read_sidecar(content, file="") for content in (data, mended))
    fields = ("identifier", "url", "name", "retrieved")
    kept = all(getattr(old, key) in {None, getattr(new, key)} for key in fields)
    better = len(left) < len(problems) or (left == problems and old == new)
    return mended if kept and better else data


def _mend_line(line: str) -> str:
    body = line.rstrip("\r\n")
    end = line[len(body) :]
    body = body.rstrip(" \t")
    match = _FIELD.fullmatch(body)
    if match is None or match["key"].lower() not in _KEYS:
        return body + end
    key = match["key"].lower()
    colon = match["colon"] if match["colon"].endswith(" ") else ": "
    value = _mend_date(match["value"]) if key == "retrieved" else match["value"]
    return f"{key}{colon.lstrip() if value else ':'}{value}{end}"


def _mend_date(value: str) -> str:
    if match := _YEAR_FIRST.fullmatch(value):
        year, month, day = match.groups()
    elif match := _IN_WORDS.fullmatch(value):
        word = (match[2] or match[3]).lower()
        months = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
        if len(months) != 1:
            return value
        year, month, day = match[5], str(months[0]), match[1] or match[4]
    else:
        return value
    written = f"{year}-{int(month):02}-{int(day):02}"
    try:
        return datetime.date.fromisoformat(written).isoformat()
    except ValueError:
        return value
