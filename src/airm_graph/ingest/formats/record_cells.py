"""Records as JSON and YAML have them → flat rows: a member of an object within a record is the
column ``outer.inner``.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_DEPTH, MAX_ROWS, Fault, Row, UnreadableError

__all__ = ["LIST_SEPARATOR", "Flattener", "Number", "Record", "explain_error", "make_record", "point"]

#: Between two values of a list in one cell: what separates authors, too, unless a mapping says
#: otherwise.
LIST_SEPARATOR = "; "
_SURROGATE = re.compile("[\ud800-\udfff]")


class Number(str):
    """A number as it was written."""

    __slots__ = ()

    @property
    def is_rounded(self) -> bool:
        """Tell whether a zero may be lost at its end."""
        return "." in self and not self.endswith("0")


class Record(dict[str, Any]):
    """An object, and which of its members stand in it more than once; of these the first counts.

    Attributes:
        line: Where it begins; 0 where that is not known.
    """

    __slots__ = ("line", "twice")
    twice: tuple[str, ...]
    line: int


def make_record(pairs: list[tuple[str, Any]]) -> Record:
    """Make an object of pairs of name and value."""
    found = Record(pairs)
    found.twice, found.line = (), 0
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        found.update(reversed(pairs))
        found.twice = tuple(name for name, count in counts.items() if count > 1)
    return found


def explain_error(error: Exception) -> str:
    """Say why a text is not JSON."""
    if isinstance(error, RecursionError):
        return f"objects are nested more than {MAX_DEPTH} deep"
    return f"not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else error}"


@dataclass
class Flattener:
    """Makes rows of records; the columns are those of all records so far, as they appear."""

    number: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    is_spread: bool = False

    def row(self, record: Record, *, line: int, last: int, pointer: str) -> Row | None:
        """Make the row of a record, or None where it says nothing."""
        self.number += 1
        if self.number > MAX_ROWS:
            raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows", line=line)
        cells = _Cells(is_spread=self.is_spread)
        cells.add(record, "", pointer, 0, line)
        for name in cells.found:
            self._add_column(name, line)
        values = [""] * len(self.columns)
        for name, value in cells.found.items():
            values[self.columns[name]] = value
        if not any(cells.found.values()) and not cells.has_more:
            return None
        numbers = tuple(self.columns[name] for name in cells.rounded)
        return Row(self.number, line, last, tuple(values), numbers, tuple(cells.faults))

    def _add_column(self, name: str, line: int) -> None:
        if name in self.columns:
            return
        if len(self.columns) == MAX_COLUMNS:
            raise UnreadableError(f"the records have more than {MAX_COLUMNS:,} columns", line=line)
        self.columns[name] = len(self.columns)


@dataclass
class _Cells:
    """The cells of one record.

    Attributes:
        has_more: Whether a value has no cell, for its column is there already.
        is_spread: Whether a list of objects makes a column of each of their members, a line for
            each.
    """

    found: dict[str, str] = field(default_factory=dict)
    rounded: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    has_more: bool = False
    is_spread: bool = False

    def add(self, members: Record, prefix: str, pointer: str, depth: int, line: int) -> None:
        if depth > MAX_DEPTH:
            raise UnreadableError(f"objects are nested more than {MAX_DEPTH} deep", line=line)
        self.has_more = self.has_more or bool(members.twice)
        for name in members.twice:
            self.faults.append(Fault("TAB-26", (prefix + name).strip(), f"{point(pointer, name)} stands more than once"))
        for name, value in members.items():
            column, here = (prefix + name).strip(), point(pointer, name)
            if isinstance(value, Record):
                self.add(value, f"{column}.", here, depth + 1, line)
                continue
            if self.is_spread and isinstance(value, list) and any(isinstance(one, Record) for one in value):
                self._spread(value, column, here, depth, line)
                continue
            if column in self.found:
                self.has_more = self.has_more or value not in (None, "")
                self.faults.append(Fault("TAB-26", column, f"{here} would be a column that is there: {column!r}"))
                continue
            text = self._text(value, column, here)
            if len(text) > MAX_CELL:
                raise UnreadableError(f"{here} has more than {MAX_CELL:,} characters", line=line)
            self.found[column] = self._fix(text, column, here)

    def _spread(self, values: list[Any], column: str, pointer: str, depth: int, line: int) -> None:
        for one in values:
            part = _Cells(is_spread=True)
            part.add(one if isinstance(one, Record) else make_record([("", one)]), f"{column}.", pointer, depth + 1, line)
            for name, text in part.found.items():
                self.found[name] = "\n".join(found for found in (self.found.get(name, ""), text) if found)[:MAX_CELL]

    def _text(self, value: Any, column: str, pointer: str) -> str:
        if isinstance(value, list):
            return self._join(value, column, pointer)
        if isinstance(value, Number) and value.is_rounded:
            self.rounded.append(column)
        return _plain(value)

    def _join(self, values: list[Any], column: str, pointer: str) -> str:
        if self.is_spread:
            texts = list(_list_plain(values))
            return ("\n" if any(LIST_SEPARATOR.strip() in text for text in texts) else LIST_SEPARATOR).join(texts)
        if any(isinstance(value, dict | list) for value in values):
            self.faults.append(Fault("TAB-27", column, f"{pointer} is a list of lists or objects, which no cell can hold"))
            return _write(values)
        texts = [_plain(value) for value in values]
        if len(texts) > 1 and any(LIST_SEPARATOR.strip() in text for text in texts):
            self.faults.append(Fault("TAB-27", column, f"a value of the list {pointer} holds the separator {LIST_SEPARATOR.strip()!r}"))
        return LIST_SEPARATOR.join(texts)

    def _fix(self, text: str, column: str, pointer: str) -> str:
        """Replace halves of characters, which no file can hold."""
        if text.isascii() or not _SURROGATE.search(text):
            return text
        self.faults.append(Fault("TAB-09", column, f"{pointer} holds half a character"))
        return _SURROGATE.sub("\ufffd", text)


def _list_plain(values: list[Any]) -> Iterator[str]:
    """List the plain values in lists within each other."""
    for value in values:
        if isinstance(value, list):
            yield from _list_plain(value)
        else:
            yield _plain(value)


def _write(values: list[Any]) -> str:
    try:
        return json.dumps(values, ensure_ascii=False)
    except RecursionError as error:
        raise UnreadableError(explain_error(error)) from error


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def point(pointer: str, name: str) -> str:
    """Write a JSON pointer to a member (RFC 6901)."""
    escaped = name.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{_SURROGATE.sub(chr(0xFFFD), escaped)}"
