"""Statements of DuckDB for SQLite: what SQLite says otherwise, and functions that it has not.

A function of Python is asked for every row, so that what SQLite can tell by itself is left to it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from airm_graph.errors import StoreError
from airm_graph.graph.re2_patterns import compile_pattern
from airm_graph.graph.text_tests import make_test

__all__ = ["CREATE", "FUNCTIONS", "OF_NULLS", "is_bounded", "list_patterns", "order_joins", "translate"]

#: What makes a table or a view.
CREATE = re.compile(r"CREATE OR REPLACE (?:TEMP )?(TABLE|VIEW) (\w+)")
_CALL, _PATTERNS = "regexp_matches(", re.compile(r"\bregexp_\w+\(")
#: What a statement may hold at most: SQLite has 500 parts of a union, 1,000 expressions in each
#: other, and some 80 brackets in each other, as far as its parser is as it was made by default.
_MOST_PARTS, _MOST_JOINTS, _DEEPEST = 400, 900, 40
_JOINTS = (" AND ", " OR ", " || ", " + ")
_MATCHES, _MARK, _TEXT = re.compile(rf"\b{re.escape(_CALL)}"), re.compile("[(),]|'(?:[^']|'')*'"), re.compile("'(?:[^']|'')*'")
#: Lines of a text, those left out that are empty.
_LINES, _LINE = re.compile(r"concat_ws\(chr\(10\), ((?:, )?nullif\(\w+\.\w+, ''\))+\)"), re.compile(r"nullif\([^)]*\)")
_COLUMN = re.compile(r"[a-z_]+(?:\.\w+)?")
_STARTS = re.compile(rf"\bstarts_with\(({_COLUMN.pattern}), '((?:[^']|'')*)'\)")
_JOIN = re.compile(rf"{_TEXT.pattern}| JOIN ")
#: Whether a value is among the rows of a subquery, which SQLite may work out for each value.
_AMONG = re.compile(r"EXISTS \(SELECT 1 FROM (r\d+) AS (\w+) WHERE \2\.(\w+) = (\w+\.\w+)\)")
#: A list of rows with names for its columns, which SQLite knows without the names only.
_VALUES = re.compile(r"\(VALUES ([^a-zA-Z']*)\) AS (\w+)\(([\w, ]+)\)")
#: Patterns of characters at the ends of a text, and of any but these; numbers of characters.
_AT_ENDS, _ANY_OTHER = re.compile(r"\\A\[([^][]+)\]\|\[\1\]\\z"), re.compile(r"\[\^([^][]+)\]")
_NUMBERED = re.compile(r"\\x\{([0-9a-f]+)\}(?:-\\x\{([0-9a-f]+)\})?")
#: Holds for a text of digits; by itself SQLite looks no further than to U+0000.
_DIGITS = "? GLOB '[0-9]*' AND ? NOT GLOB '*[^0-9]*' AND instr(?, char(0)) = 0"
#: Patterns of numbers, and what holds for most texts that match.
_PLAIN_NUMBERS = {
    r"^(\s*[+-]?[0-9]+\s*)$": _DIGITS,
    r"^(\s*[+-]?[0-9]{0,20}(\.[0-9]{0,18})?\s*)$": f"length(?) <= 20 AND {_DIGITS}",
    r"^(0|-?[1-9][0-9]*)$": f"? GLOB '[1-9]*' AND {_DIGITS}",
}


@cache
def translate(sql: str) -> str:
    """Write a statement of DuckDB for SQLite.

    >>> translate("SELECT v.x FROM v WHERE NOT EXISTS (SELECT 1 FROM r1 AS b WHERE b.node = v.x)")
    'SELECT v.x FROM v WHERE NOT coalesce(v.x IN (SELECT node FROM r1), 0)'
    """
    if "VALUES" in sql:
        sql = _VALUES.sub(_name_columns, sql)
    if "starts_with" in sql:
        sql = _STARTS.sub(lambda found: f"(substr({found[1]}, 1, {len(found[2].replace(chr(39) * 2, chr(39)))}) = '{found[2]}')", sql)
    if "concat_ws" in sql:
        sql = _LINES.sub(_join_lines, sql)
    if _CALL in sql:
        for found in reversed(list(_MATCHES.finditer(sql))):
            sql = _write_matches(sql, found.end())
    if "EXISTS" in sql:
        sql = _AMONG.sub(r"coalesce(\4 IN (SELECT \3 FROM \1), 0)", sql)
    if sql.startswith("CREATE"):
        sql = CREATE.sub(r"CREATE TEMP \1 \2", sql)
    sql = sql.replace("TRY_CAST(", "CAST(").replace(" AND t.p IN (", " AND +t.p IN (")
    # What stands in a subquery is worked out for each place that names it, unless it has a limit.
    return sql.replace(") AS parts", " LIMIT -1) AS parts")


def order_joins(sql: str) -> str:
    """Write a statement so that its joins are made in the order in which it names them.

    >>> order_joins("SELECT ' JOIN ' FROM a JOIN b ON x = y")
    "SELECT ' JOIN ' FROM a CROSS JOIN b ON x = y"
    """
    return _JOIN.sub(lambda found: found[0] if found[0][0] == "'" else " CROSS JOIN ", sql)


def _name_columns(found: re.Match[str]) -> str:
    columns = ", ".join(f"column{n} AS {name.strip()}" for n, name in enumerate(found[3].split(","), 1))
    return f"(SELECT {columns} FROM (VALUES {found[1]})) AS {found[2]}"


def _join_lines(found: re.Match[str]) -> str:
    lines = (f"coalesce(char(10) || {line}, '')" for line in _LINE.findall(found[0]))
    return f"substr({' || '.join(lines)}, 2)"


def _write_matches(sql: str, start: int) -> str:
    """Write a call of ``regexp_matches`` anew.

    Args:
        start: Where its arguments begin.
    """
    (text, pattern, *_), end = _read_arguments(sql, start)
    if not _TEXT.fullmatch(pattern):
        return sql
    return sql[: start - len(_CALL)] + _write_match(text, _unquote(pattern)) + sql[end:]


def _read_arguments(sql: str, start: int) -> tuple[list[str], int]:
    """Read the arguments of a call from where they begin, and where it ends."""
    depth, begin, found = 1, start, list[str]()
    for mark in _MARK.finditer(sql, start):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if not depth or (mark[0] == "," and depth == 1):
            found.append(sql[begin : mark.start()].strip())
            begin = mark.end()
        if not depth:
            return found, begin
    raise StoreError(f"a call that does not end: {sql[start:]}")


def _unquote(text: str) -> str:
    return text[1:-1].replace("''", "'")


def list_patterns(sql: str) -> list[str]:
    """List the regular expressions of a statement."""
    calls = (_read_arguments(sql, found.end())[0] for found in _PATTERNS.finditer(sql))
    return [_unquote(call[1]) for call in calls if _TEXT.fullmatch(call[1])]


def is_bounded(sql: str) -> bool:
    """Whether a statement stays below what SQLite takes: parts of a union, conditions that are
    joined, and brackets in each other.
    """
    if sql.count(" UNION ") > _MOST_PARTS or sum(map(sql.count, _JOINTS)) > _MOST_JOINTS:
        return False
    depth = most = 0
    for found in _MARK.finditer(sql):
        depth += (found[0] == "(") - (found[0] == ")")
        most = max(most, depth)
    return most <= _DEEPEST


def _write_match(text: str, pattern: str) -> str:
    """Write whether a text has a match of a pattern; Python is asked where SQLite cannot tell."""
    if _COLUMN.fullmatch(text):
        if pattern.isascii() and pattern.isalnum():
            return f"(instr({text}, '{pattern}') > 0)"
        if (found := _AT_ENDS.fullmatch(pattern)) and (characters := _list_characters(found[1])):
            return f"({text} <> trim({text}, {characters}))"
        if (found := _ANY_OTHER.fullmatch(pattern)) and (characters := _list_characters(found[1])):
            return f"(trim({text}, {characters}) <> '')"
    # The text of a pattern would be handed over for every row.
    asked = f"{_CALL}{text}, {_NUMBERS.setdefault(pattern, len(_NUMBERS))})"
    if pattern in _PLAIN_NUMBERS and _COLUMN.fullmatch(text):
        return f"CASE WHEN {_PLAIN_NUMBERS[pattern].replace('?', text)} THEN 1 ELSE {asked} END"
    return asked


def _list_characters(listed: str) -> str:
    """Write the characters of a class as SQL; empty where they are not listed by number."""
    found = [(int(one, 16), int(other or one, 16)) for one, other in _NUMBERED.findall(listed)]
    if _NUMBERED.sub("", listed) or min(one for one, _ in found) == 0:
        return ""
    return f"char({', '.join(str(number) for one, other in found for number in range(one, other + 1))})"


#: Pattern → its number, and the test of each that was asked for.
_NUMBERS = dict[str, int]()
_TESTS = dict[int, Callable[[str], object]]()


def _count_characters(text: str | None) -> int | None:
    return None if text is None else len(text)


def _take_characters(text: str | None, start: int, size: int) -> str | None:
    return None if text is None else text[start - 1 : start - 1 + size]


def _matches(text: str | None, pattern: str | int) -> bool | None:
    if text is None:
        return None
    if isinstance(pattern, str):
        return bool(make_test(pattern)(text))
    test = _TESTS.get(pattern)
    if test is None:
        test = _TESTS[pattern] = make_test(list(_NUMBERS)[pattern])
    return bool(test(text))


def _matches_fully(text: str | None, pattern: str) -> bool | None:
    return None if text is None else compile_pattern(pattern).fullmatch(text) is not None


def _extract(text: str, pattern: str, group: int) -> str:
    found = compile_pattern(pattern).search(text)
    return (found[group] or "") if found else ""


def _replace(text: str | None, pattern: str, new: str, _flags: str) -> str | None:
    return None if text is None else compile_pattern(pattern).sub(new, text)


def _list_lines(text: str) -> str:
    from json import dumps  # this and the next are asked for when tables are built only

    return dumps(text.split("\n"))


def _make_md5(text: str) -> str:
    from hashlib import md5

    return md5(text.encode(), usedforsecurity=False).hexdigest()


#: Functions of DuckDB that SQLite has not, or has otherwise: number of arguments, and what they do.
FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "chr": (1, chr),
    "concat_ws": (-1, lambda between, *parts: between.join(part for part in parts if part is not None)),
    "contains": (2, lambda text, part: None if text is None or part is None else part in text),
    "concat": (-1, lambda *parts: "".join("" if part is None else str(part) for part in parts)),
    "ends_with": (2, lambda text, end: None if text is None or end is None else text.endswith(end)),
    "floor": (1, lambda number: number // 1),
    "hash": (1, lambda value: value),
    "list_lines": (1, _list_lines),
    "lower": (1, str.lower),
    "md5": (1, _make_md5),
    "regexp_extract": (3, _extract),
    "regexp_full_match": (2, _matches_fully),
    "regexp_matches": (2, _matches),
    "regexp_replace": (4, _replace),
    "starts_with": (2, lambda text, start: None if text is None or start is None else text.startswith(start)),
}
#: Functions of SQLite that look no further than to U+0000, as they are where texts have it.
OF_NULLS: Sequence[tuple[str, int, Callable[..., Any]]] = (
    ("length", 1, _count_characters),
    ("substr", 3, _take_characters),
    ("substring", 3, _take_characters),
)
