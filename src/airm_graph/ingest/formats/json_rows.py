"""JSON and JSON Lines → rows: one list of records, each made flat, without holding the file.

A member of an object within a record is the column ``outer.inner``; a list of plain values is one
cell. Numbers keep the digits they were written with. Values are decoded by ``json``; what is ours
is the way to the list of records, for ``json`` needs the whole text and names no line of a value.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from airm_graph.ingest.formats.encoding import Lines
from airm_graph.ingest.formats.rows import MAX_CELL, MAX_COLUMNS, MAX_DEPTH, MAX_ROW, MAX_ROWS, Fault, Pass, Row, UnreadableError

__all__ = ["LIST_SEPARATOR", "read_json", "read_json_lines"]

#: Between two values of a list in one cell: what separates authors, too, unless a mapping says otherwise.
LIST_SEPARATOR = "; "
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER_END = re.compile(r"[-+.0-9eE]*\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MANY = 5  # names of members listed in a message


def read_json(pieces: Iterable[str], out: Pass) -> Iterator[Row]:
    """Read the records of the only list of objects in a JSON text, wherever in its objects.

    Args:
        pieces: The text.
        out: Gets the header, which is complete after the last record.

    Raises:
        UnreadableError: The text is not JSON, or holds no such list or several.
    """
    out.media_type = "application/json"
    search = _Search(_Scanner(pieces), "TAB-01" if out.is_named else "TAB-28")
    flat = _Flattener()
    for line, last, record in search.records():
        row = flat.row(record, line=line, last=last, pointer=f"{search.found[-1]}/{flat.number}")
        if row:
            yield row
    if not search.found:
        raise UnreadableError("the file holds no list of records: an array of objects", rule=search.rule)
    if search.beside:
        names = ", ".join(search.beside[:_MANY]) + (", …" if len(search.beside) > _MANY else "")
        out.say("TAB-24", f"what stands beside the records is left out: {names}")
    out.header = tuple(flat.columns)
    if not out.header:
        raise UnreadableError("the list of records is empty")


def read_json_lines(pieces: Iterable[str], out: Pass) -> Iterator[Row]:
    """Read one record from each line that is not blank; a row has the number of its line.

    Raises:
        UnreadableError: A line is no JSON object.
    """
    out.media_type = "text/plain"  # IANA lists none for JSON Lines
    flat, lines = _Flattener(), Lines(pieces)
    for number, line in enumerate(lines, 1):
        lines.taken, flat.number = 0, number - 1
        if number > MAX_ROWS:
            raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows", line=number)
        if line.isspace():
            continue
        try:
            record = _DECODER.decode(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(_explain(error), line=number) from error
        if not isinstance(record, _Object):
            raise UnreadableError("the line is no object {…}", line=number)
        row = flat.row(record, line=number, last=number, pointer="")
        if row:
            yield row
    out.header = tuple(flat.columns)
    if not out.header:
        raise UnreadableError("the file is empty")


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


class _Object(dict[str, Any]):
    """An object, and which of its members stand in it more than once; of these the first counts."""

    __slots__ = ("twice",)
    twice: tuple[str, ...]


def _make_object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    found.twice = ()
    if len(found) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        found.update(reversed(pairs))
        found.twice = tuple(name for name, count in counts.items() if count > 1)
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_make_object, parse_float=_Number, parse_int=_Number, parse_constant=_refuse_constant)


def _explain(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return f"objects are nested more than {MAX_DEPTH} deep"
    return f"not JSON: {error.msg if isinstance(error, json.JSONDecodeError) else error}"


@dataclass
class _Flattener:
    """Makes rows of records; the columns are those of all records so far, as they appear."""

    number: int = 0
    columns: dict[str, int] = field(default_factory=dict)

    def row(self, record: _Object, *, line: int, last: int, pointer: str) -> Row | None:
        """Make the row of a record, or None where it says nothing."""
        self.number += 1
        if self.number > MAX_ROWS:
            raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows", line=line)
        cells = _Cells()
        cells.add(record, "", pointer, 0, line)
        for name in cells.found:
            self.columns.setdefault(name, len(self.columns))
        if len(self.columns) > MAX_COLUMNS:
            raise UnreadableError(f"the records have more than {MAX_COLUMNS:,} columns", line=line)
        values = [""] * len(self.columns)
        for name, value in cells.found.items():
            values[self.columns[name]] = value
        if not any(cells.found.values()) and not cells.has_more:
            return None
        numbers = tuple(self.columns[name] for name in cells.rounded)
        return Row(self.number, line, last, tuple(values), numbers, tuple(cells.faults))


@dataclass
class _Cells:
    """The cells of one record.

    Attributes:
        has_more: Whether a value has no cell, for its column is there already.
    """

    found: dict[str, str] = field(default_factory=dict)
    rounded: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    has_more: bool = False

    def add(self, members: _Object, prefix: str, pointer: str, depth: int, line: int) -> None:
        if depth > MAX_DEPTH:
            raise UnreadableError(f"objects are nested more than {MAX_DEPTH} deep", line=line)
        self.has_more = self.has_more or bool(members.twice)
        for name in members.twice:
            self.faults.append(Fault("TAB-26", (prefix + name).strip(), f"{_point(pointer, name)} stands more than once"))
        for name, value in members.items():
            column, here = (prefix + name).strip(), _point(pointer, name)
            if isinstance(value, _Object):
                self.add(value, f"{column}.", here, depth + 1, line)
                continue
            if column in self.found:
                self.has_more = self.has_more or value not in (None, "")
                self.faults.append(Fault("TAB-26", column, f"{here} would be a column that is there: {column!r}"))
                continue
            text = self._text(value, column, here)
            if len(text) > MAX_CELL:
                raise UnreadableError(f"{here} has more than {MAX_CELL:,} characters", line=line)
            self.found[column] = self._fix(text, column, here)

    def _text(self, value: Any, column: str, pointer: str) -> str:
        if isinstance(value, list):
            return self._join(value, column, pointer)
        # A zero may be lost at its end.
        if isinstance(value, _Number) and "." in value and not value.endswith("0"):
            self.rounded.append(column)
        return _plain(value)

    def _join(self, values: list[Any], column: str, pointer: str) -> str:
        if any(isinstance(value, dict | list) for value in values):
            self.faults.append(Fault("TAB-27", column, f"{pointer} is a list of lists or objects, which no cell can hold"))
            return _write(values)
        texts = [*map(_plain, values)]
        if len(texts) > 1 and any(LIST_SEPARATOR.strip() in text for text in texts):
            self.faults.append(Fault("TAB-27", column, f"a value of the list {pointer} holds the separator {LIST_SEPARATOR.strip()!r}"))
        return LIST_SEPARATOR.join(texts)

    def _fix(self, text: str, column: str, pointer: str) -> str:
        """Replace halves of characters, which no file can hold."""
        if text.isascii() or not _SURROGATE.search(text):
            return text
        self.faults.append(Fault("TAB-09", column, f"{pointer} holds half a character"))
        return _SURROGATE.sub("\ufffd", text)


def _write(values: list[Any]) -> str:
    try:
        return json.dumps(values, ensure_ascii=False)
    except RecursionError as error:
        raise UnreadableError(_explain(error)) from error


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _point(pointer: str, name: str) -> str:
    """Write a JSON pointer to a member (RFC 6901)."""
    escaped = name.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{_SURROGATE.sub(chr(0xFFFD), escaped)}"


class _Scanner:
    """Takes values off the front of a text that is read piece by piece, and knows the line."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self._pieces, self._text, self._at, self.line = iter(pieces), "", 0, 1

    def peek(self) -> str:
        """Return the next character that is no white space, or nothing at the end."""
        while True:
            self._move(_SPACE.match(self._text, self._at).end())  # type: ignore[union-attr] # it matches nothing, too
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, char: str) -> bool:
        """Take *char* if it is the next one."""
        found = self.peek() == char
        if found:
            self._move(self._at + 1)
        return found

    def take_each(self, end: str, what: str) -> Iterator[int]:
        """Yield the line of each value between commas until *end*; the caller takes the value."""
        if self.take(end):
            return
        while True:
            self.peek()
            yield self.line
            if self.take(end):
                return
            if not self.take(","):
                raise self.refuse(f"not JSON: {what} does not end")

    def value(self) -> Any:
        """Take a whole value."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self.refuse(_explain(error)) from error
            except ValueError as error:
                if len(self._text) - self._at > MAX_ROW:
                    raise self.refuse(f"a record has more than {MAX_ROW:,} characters, or does not end") from error
                if not self._more():
                    self.line += self._text.count("\n", self._at, getattr(error, "pos", self._at))
                    raise self.refuse(_explain(error)) from error
                continue
            # A number goes on in the next piece as if it had ended in this one.
            if not isinstance(value, dict | list) and _NUMBER_END.match(self._text, end) and self._more():
                continue
            self._move(end)
            return value

    def refuse(self, what: str) -> UnreadableError:
        """Make an error at the current line."""
        return UnreadableError(what, line=self.line)

    def _move(self, at: int) -> None:
        self.line += self._text.count("\n", self._at, at)
        self._at = at

    def _more(self) -> bool:
        piece = next((piece for piece in self._pieces if piece), None)
        if piece is not None:
            self._text, self._at = self._text[self._at :] + piece, 0
        return piece is not None


@dataclass
class _Search:
    """Looks for the list of records.

    Attributes:
        rule: Of the finding, where there is none or several.
        found: JSON pointer of each list of objects; one, when all goes well.
        beside: Pointers of whatever else there is.
    """

    scanner: _Scanner
    rule: str
    found: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    def records(self) -> Iterator[tuple[int, int, _Object]]:
        """Yield first line, last line and content of each record."""
        if not self.scanner.peek():
            raise UnreadableError("the file is empty")
        yield from self._walk("", 0)
        if self.scanner.peek():
            raise self.scanner.refuse("behind the end of the JSON stands more; is it JSON Lines, named .jsonl?")

    def _walk(self, pointer: str, depth: int) -> Iterator[tuple[int, int, _Object]]:
        scanner = self.scanner
        if depth > MAX_DEPTH:
            raise scanner.refuse(f"objects are nested more than {MAX_DEPTH} deep")
        if scanner.take("{"):
            for _ in scanner.take_each("}", "an object"):
                name = scanner.value() if scanner.peek() == '"' else None
                if name is None or not scanner.take(":"):
                    raise scanner.refuse('not JSON: a member "name": value must stand here')
                yield from self._walk(_point(pointer, name), depth + 1)
        elif scanner.take("["):
            yield from self._take_list(pointer)
        else:
            self._leave(pointer)
            scanner.value()

    def _take_list(self, pointer: str) -> Iterator[tuple[int, int, _Object]]:
        scanner = self.scanner
        holds_records = scanner.peek() == "{"
        if not holds_records:
            self._leave(pointer)
        elif self.found:
            what = f"the file holds several lists of records: {self.found[0] or '/'}, {pointer or '/'}"
            raise UnreadableError(what, rule=self.rule, line=scanner.line)
        else:
            self.found.append(pointer)
        for line in scanner.take_each("]", "a list"):
            value = scanner.value()
            if holds_records and not isinstance(value, _Object):
                raise scanner.refuse("a value among the records is no object {…}")
            if holds_records:
                yield line, scanner.line, value

    def _leave(self, pointer: str) -> None:
        if len(self.beside) <= _MANY:
            self.beside.append(pointer or "/")
