"""Records in a value that is held as a whole: those of its only list, of every list of a name, or
the value itself.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from airm_graph.errors import name_some
from airm_graph.ingest.formats.record_cells import Flattener, Record, make_record, point
from airm_graph.ingest.formats.rows import MAX_DEPTH, Pass, Row, UnreadableError, read_header

__all__ = ["count_lists", "read_lists", "read_records"]

_MANY = 5  # lists named in a message


def read_lists(whole: Any, out: Pass) -> Iterator[Row]:
    """Read the records of every list of a name, at any depth, also within such records.

    Raises:
        UnreadableError: There is no such list.
    """
    flat = Flattener(is_spread=True)
    for record, line in _find_records(whole, out.records):
        row = flat.row(record, line=line or flat.number + 1, last=line or flat.number + 1, pointer=f"/{out.records}/{flat.number}")
        if row:
            yield row
    out.header = read_header(tuple(flat.columns))
    if not out.header:
        raise UnreadableError(f"the file holds no list of records called {out.records!r}", rule="TAB-01" if out.is_named else "TAB-28")


def count_lists(value: Any, depth: int = 0) -> Counter[str]:
    """Count the objects in lists, or in objects of objects, of each name, at any depth."""
    found = Counter[str]()
    if depth > MAX_DEPTH:
        return found
    for one in value if isinstance(value, list) else ():
        found += count_lists(one, depth + 1)
    for name, inner in value.items() if isinstance(value, Record) else ():
        found[name] += sum(isinstance(one, Record) for one in _list_values(inner))
        found += count_lists(inner, depth + 1)
    return +found


def read_records(whole: Any, out: Pass) -> Iterator[Row]:
    """Read the records of the only list of objects in a value that is held as a whole, or the value
    as one record.

    Raises:
        UnreadableError: There is neither, or there are several lists.
    """
    rule = "TAB-01" if out.is_named else "TAB-28"
    lists = list(_find_lists(whole, ""))
    if len(lists) > 1:
        names = name_some((pointer or "/" for pointer, _ in lists), most=_MANY)
        raise UnreadableError(f"the file holds several lists of records: {names}; name one by 'records' in the mapping", rule=rule)
    if not lists and not isinstance(whole, Record):
        raise UnreadableError("the file holds no list of records: objects one after the other", rule=rule)
    flat = Flattener(is_spread=True)
    for record in lists[0][1] if lists else [whole]:
        if not isinstance(record, Record):
            raise UnreadableError("a value among the records is no object", rule=rule)
        row = flat.row(record, line=record.line or 1, last=record.line or 1, pointer=f"/{flat.number}")
        if row:
            yield row
    out.header = read_header(tuple(flat.columns))
    if not out.header:
        raise UnreadableError("the list of records is empty", rule=rule)


def _list_values(value: Any) -> list[Any]:
    """List what stands in a list, or in an object that has an object under each name, such as an
    identifier; the name is the member ``key`` there, if the object does not say it.
    """
    if isinstance(value, Record) and value and all(isinstance(one, Record) for one in value.values()):
        return [_add_key(name, one) for name, one in value.items()]
    return value if isinstance(value, list) else []


def _add_key(name: str, record: Record) -> Record:
    if "key" in record or name in record.values():
        return record
    return _copy(record, [("key", name), *record.items()])


def _copy(record: Record, pairs: list[tuple[str, Any]]) -> Record:
    """Make a record of pairs that has the line of another one, and its members that stand twice."""
    found = make_record(pairs)
    found.line, found.twice = record.line, record.twice
    return found


def _find_lists(value: Any, pointer: str) -> Iterator[tuple[str, list[Any]]]:
    """Find lists of objects, outside of such lists."""
    if isinstance(value, list) and value and isinstance(value[0], Record):
        yield pointer, value
    elif isinstance(value, Record):
        for name, inner in value.items():
            yield from _find_lists(inner, point(pointer, name))


def _find_records(value: Any, name: str, depth: int = 0) -> Iterator[tuple[Record, int]]:
    """Find the objects in lists, or in objects of objects, called *name*, without those of its own,
    and its line (0: unknown).
    """
    if depth > MAX_DEPTH:
        raise UnreadableError(f"objects are nested more than {MAX_DEPTH} deep")
    if isinstance(value, list):
        for one in value:
            yield from _find_records(one, name, depth + 1)
    elif isinstance(value, Record):
        for member, inner in value.items():
            if member == name:
                for one in _list_values(inner):
                    if isinstance(one, Record):
                        kept = [pair for pair in one.items() if not (pair[0] == name and _list_values(pair[1]))]
                        yield _copy(one, kept), one.line
            yield from _find_records(inner, name, depth + 1)
