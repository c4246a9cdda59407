"""JSON and JSON Lines → rows: one list of records, each made flat, without holding the file.

A member of an object within a record is the column ``outer.inner``; a list of plain values is one
cell. Numbers keep the digits they were written with. Values are decoded by ``json``; what is ours
is the way to the list of records, for ``json`` needs the whole text and names no line of a value.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from airm_graph.errors import name_some
from airm_graph.ingest.formats.encoding import Lines
from airm_graph.ingest.formats.record_cells import Flattener, Number, Record, explain_error, make_record, point
from airm_graph.ingest.formats.rows import (
    MAX_COLUMNS,
    MAX_DEPTH,
    MAX_ROW,
    MAX_ROWS,
    Pass,
    Row,
    UnreadableError,
    read_header,
)
from airm_graph.ingest.formats.tree_rows import read_lists

__all__ = ["hold_json", "read_json", "read_json_lines"]

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER_END = re.compile(r"[-+.0-9eE]*\Z")
_MOST_VALUES = 10_000  # of a list in a file that may be one record
#: Characters of a file that is held as a whole, to look for lists in it; the catalogue of NIST SP
#: 800-53 has 10 million.
_MAX_WHOLE = 50_000_000
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
    if out.records:
        yield from read_lists(hold_json(pieces), out)
        return
    search = _Search(_Scanner(pieces), "TAB-01" if out.is_named else "TAB-28")
    flat = Flattener()
    for line, last, record in search.records():
        row = flat.row(record, line=line, last=last, pointer=f"{search.found[-1]}/{flat.number}")
        if row:
            yield row
    if not search.found and search.plain:
        # One object in a file is a record.
        if row := flat.row(make_record(list(search.plain.items())), line=1, last=search.scanner.line, pointer=""):
            yield row
    elif not search.found:
        raise UnreadableError("the file holds no list of records: an array of objects", rule=search.rule)
    elif search.beside:
        out.say("TAB-24", f"what stands beside the records is left out: {name_some(search.beside, most=_MANY)}")
    out.header = read_header(tuple(flat.columns))
    if not out.header:
        raise UnreadableError("the list of records is empty")


def read_json_lines(pieces: Iterable[str], out: Pass) -> Iterator[Row]:
    """Read one record from each line that is not blank; a row has the number of its line.

    Raises:
        UnreadableError: A line is no JSON object.
    """
    out.media_type = "text/plain"  # IANA lists none for JSON Lines
    flat, lines = Flattener(), Lines(pieces)
    for number, line in enumerate(lines, 1):
        lines.taken, flat.number = 0, number - 1
        if number > MAX_ROWS:
            raise UnreadableError(f"the table has more than {MAX_ROWS:,} rows", line=number)
        if line.isspace():
            continue
        try:
            record = _DECODER.decode(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableError(explain_error(error), line=number) from error
        if not isinstance(record, Record):
            raise UnreadableError("the line is no object {…}", line=number)
        row = flat.row(record, line=number, last=number, pointer="")
        if row:
            yield row
    out.header = read_header(tuple(flat.columns))
    if not out.header:
        raise UnreadableError("the file is empty")


def hold_json(pieces: Iterable[str]) -> Any:
    """Read a JSON text as a whole.

    Raises:
        UnreadableError: The text is not JSON.
    """
    scanner = _Scanner(pieces)
    if not scanner.peek():
        raise UnreadableError("the file is empty")
    value = scanner.value(limit=_MAX_WHOLE)
    scanner.take_end()
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=make_record, parse_float=Number, parse_int=Number, parse_constant=_refuse_constant)


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

    def value(self, *, limit: int = 0) -> Any:
        """Take a whole value of at most so many characters, as many as a row may have when left
        out.
        """
        limit = limit or MAX_ROW
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self.refuse(explain_error(error)) from error
            except ValueError as error:
                if len(self._text) - self._at > limit:
                    raise self.refuse(f"a record has more than {limit:,} characters, or does not end") from error
                if not self._more():
                    self.line += self._text.count("\n", self._at, getattr(error, "pos", self._at))
                    raise self.refuse(explain_error(error)) from error
                continue
            # A number goes on in the next piece as if it had ended in this one.
            if not isinstance(value, dict | list) and _NUMBER_END.match(self._text, end) and self._more():
                continue
            self._move(end)
            return value

    def take_end(self) -> None:
        """Read to the end, where nothing more may stand."""
        if self.peek():
            raise self.refuse("behind the end of the JSON stands more; is it JSON Lines, named .jsonl?")

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
        plain: Name of a member → its plain value, as far as there is no list of objects.
    """

    scanner: _Scanner
    rule: str
    found: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    plain: dict[str, Any] = field(default_factory=dict)

    def records(self) -> Iterator[tuple[int, int, Record]]:
        """Yield first line, last line and content of each record."""
        if not self.scanner.peek():
            raise UnreadableError("the file is empty")
        yield from self._walk("", 0)
        self.scanner.take_end()

    def _walk(self, pointer: str, depth: int) -> Iterator[tuple[int, int, Record]]:
        scanner = self.scanner
        if depth > MAX_DEPTH:
            raise scanner.refuse(f"objects are nested more than {MAX_DEPTH} deep")
        if scanner.take("{"):
            for _ in scanner.take_each("}", "an object"):
                name = scanner.value() if scanner.peek() == '"' else None
                if name is None or not scanner.take(":"):
                    raise scanner.refuse('not JSON: a member "name": value must stand here')
                yield from self._walk(point(pointer, name), depth + 1)
        elif scanner.take("["):
            yield from self._take_list(pointer)
        else:
            self._leave(pointer, scanner.value())

    def _take_list(self, pointer: str) -> Iterator[tuple[int, int, Record]]:
        scanner = self.scanner
        holds_records, values = scanner.peek() == "{", list[Any]()
        if not holds_records:
            self._leave(pointer, values)
        elif self.found:
            what = f"the file holds several lists of records: {self.found[0] or '/'}, {pointer or '/'}"
            what += "; name one by 'records' in the mapping"
            raise UnreadableError(what, rule=self.rule, line=scanner.line)
        else:
            self.found.append(pointer)
        for line in scanner.take_each("]", "a list"):
            value = scanner.value()
            if holds_records and not isinstance(value, Record):
                raise scanner.refuse("a value among the records is no object {…}")
            if holds_records:
                yield line, scanner.line, value
            elif len(values) < _MOST_VALUES:
                values.append(value)

    def _leave(self, pointer: str, value: Any) -> None:
        if pointer and len(self.plain) < MAX_COLUMNS:
            self.plain[".".join(part.replace("~1", "/").replace("~0", "~") for part in pointer[1:].split("/"))] = value
        if len(self.beside) <= _MANY:
            self.beside.append(pointer or "/")
