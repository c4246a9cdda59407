"""Certain repairs of CSV and TSV tables: what can only have been meant in one way, cell by cell;
all other bytes stay as they are.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from airm_graph.ingest.days import fix_date
from airm_graph.ingest.formats import Table, read_table
from airm_graph.ingest.tables.meaning import Mapping, TableMapping
from airm_graph.taxonomy import load_taxonomy
from airm_graph.text import Kind, list_joined, list_standing, normalise, repair_text
from airm_graph.text.characters import find_invisible_characters

__all__ = ["fix_tables"]

#: What a column is → what kind of text it holds.
_KINDS: dict[str, Kind] = {"name": "name", "title": "title", "description": "prose", "abstract": "prose", "reason": "prose"}
#: Columns that other rows refer to.
_KEYS = ("identifier", "source")
_SPACE = re.compile(r"\s+")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class _Cell:
    """Where a cell stands in the text, its quotes included, and what it says."""

    start: int
    end: int
    value: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    text: str
    delimiter: str
    columns: TableMapping
    mapping: Mapping
    header: tuple[str, ...]
    rows: list[list[_Cell]]

    def find_column(self, what: str) -> int | None:
        name = self.columns.columns.get(what)
        return self.header.index(name) if name in self.header else None


@dataclass(frozen=True, slots=True)
class _Known:
    """What all tables of a folder tell.

    Attributes:
        keys: Identifiers with white space → the same with hyphens.
        words: Split words that stand whole elsewhere.
    """

    keys: dict[str, str]
    words: set[str]


def fix_tables(files: dict[str, bytes], *, mappings: Sequence[Mapping], whole: bool) -> dict[str, bytes]:
    r"""Mend the tables of one folder.

    Args:
        files: Name → bytes of each table.
        mappings: Those to choose from, by the columns of each table.
        whole: Whether these are all tables of the folder: identifiers are fixed in all of them or
            in none.

    Returns:
        The same, fixed. A table that cannot be read, or whose columns no mapping knows, stays as it
        is.

    >>> from airm_graph.ingest.tables.mapping import read_mapping
    >>> text = b"edition: v2\ntables: {mitigations: {columns: {name: N, source: S}}}"
    >>> mapping = read_mapping(text, file="m.yaml")
    >>> tables = {"a.csv": "N,S\n\u200bRed  teaming ,x\n".encode()}
    >>> fix_tables(tables, mappings=[mapping], whole=True)["a.csv"].decode()
    'N,S\nRed teaming,x\n'
    """
    mapped_tables = {name: mapped for name, data in files.items() if (mapped := _read(name, data, mappings))}
    keys = _find_new_keys(list(mapped_tables.values())) if whole else {}
    texts = [text for mapped in mapped_tables.values() for text in _list_texts(mapped)]
    known = _Known(keys, list_standing(texts, list_joined(texts)))
    return {name: _fix(mapped_tables[name], known, data) if name in mapped_tables else data for name, data in files.items()}


def _list_texts(mapped: _Sheet) -> Iterator[str]:
    columns = [column for what in _KINDS if (column := mapped.find_column(what)) is not None]
    yield from (row[column].value for row in mapped.rows for column in columns if column < len(row))


def _read(name: str, data: bytes, mappings: Sequence[Mapping]) -> _Sheet | None:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    table = read_table(data, file=name)
    found = next(((mapping, columns) for mapping in mappings if (columns := mapping.find_table(table.header))), None)
    if not table.rows or found is None or any(table.header.count(column) > 1 for column in found[1].columns.values()):
        return None
    for delimiter in ("\t",) if PurePath(name).suffix == ".tsv" else (",", ";", "\t", "|"):
        rows = [row for row in _split(text, delimiter) if any(cell.value.strip() for cell in row)]
        # Titles stand above the header.
        rows = rows[-len(table.rows) - 1 :]
        if _agree(rows, table):
            return _Sheet(name, text, delimiter, found[1], found[0], table.header, rows[1:])
    return None


def _agree(rows: Sequence[Sequence[_Cell]], table: Table) -> bool:
    """Whether the cells found by their places are those that the reader reads: otherwise nothing is
    touched.
    """
    plain = [tuple(_LINE_END.sub("\n", cell.value) for cell in row) for row in rows]
    return bool(plain) and tuple(map(str.strip, plain[0])) == table.header and plain[1:] == [row.cells for row in table.rows]


def _split(text: str, delimiter: str) -> Iterator[list[_Cell]]:
    pattern = re.compile(rf'(?:"((?:[^"]|"")*)"|([^{re.escape(delimiter)}\r\n]*))({re.escape(delimiter)}|\r\n|\r|\n|\Z)')
    row: list[_Cell] = []
    at = 1 if text.startswith("\ufeff") else 0
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            return
        quoted, plain, end = match.groups()
        row.append(_Cell(at, match.start(3), plain if quoted is None else quoted.replace('""', '"'), quoted is not None))
        at = match.end()
        if end != delimiter:
            yield row
            row = []
        elif at == len(text):
            row.append(_Cell(at, at, "", is_quoted=False))
    if row:
        yield row


def _find_new_keys(mapped_tables: Sequence[_Sheet]) -> dict[str, str]:
    """Identifiers with white space → the same with hyphens, where nothing else is called so."""
    every: set[str] = set()
    for mapped in mapped_tables:
        columns = [column for what in _KEYS if (column := mapped.find_column(what)) is not None]
        every |= {_strip(row[column].value) for row in mapped.rows for column in columns if column < len(row)}
    wanted = sorted((_SPACE.sub("-", key), key) for key in every if _SPACE.search(key))
    groups = {new: [key for _, key in some] for new, some in groupby(wanted, key=lambda pair: pair[0])}
    return {keys[0]: new for new, keys in groups.items() if len(keys) == 1 and new not in every}


def _fix(mapped: _Sheet, known: _Known, data: bytes) -> bytes:
    pieces, at = [], 0
    for row in mapped.rows:
        for cell, after in _find_changes(mapped, row, known):
            pieces += [mapped.text[at : cell.start], _write(after, cell, mapped)]
            at = cell.end
    fixed = "".join([*pieces, mapped.text[at:]]).encode()
    # A row that would no longer be one must not come out of a repair.
    return fixed if len(read_table(fixed, file=mapped.name).rows) == len(mapped.rows) else data


def _find_changes(mapped: _Sheet, row: Sequence[_Cell], known: _Known) -> list[tuple[_Cell, str]]:
    changes = []
    for what in mapped.columns.columns:
        column = mapped.find_column(what)
        if column is None or column >= len(row):
            continue
        cell = row[column]
        after = _fix_value(what, cell.value, known)
        if what == "label":
            after = _fix_label(after, mapped, row)
        if after != cell.value and after:
            changes.append((cell, after))
    return sorted(changes, key=lambda change: change[0].start)


def _fix_value(what: str, value: str, known: _Known) -> str:
    kind = _KINDS.get(what)
    lines = [(number, 1, line) for number, line in enumerate(_LINE_END.split(value), 1)]
    # What is no running text loses the characters that nobody sees, and nothing else.
    # Authors and years are prose: nobody reports them, so they are not taken out.
    plain = repair_text(lines, kind=kind, words=known.words, is_cited=False).published if kind else _strip(value)
    if kind in {"name", "title"}:
        return " ".join(plain.split())
    if what in _KEYS:
        return known.keys.get(plain, plain)
    if what == "created":
        return fix_date(plain)
    return plain if kind is None or plain != "\n".join(line for _, _, line in lines) else value


def _strip(value: str) -> str:
    """A text without the characters that nobody sees."""
    for start, end, after in reversed(list(find_invisible_characters(value, "name"))):
        value = value[:start] + after + value[end:]
    return "\n".join(line.strip() for line in _LINE_END.split(value)).strip()


def _fix_label(label: str, mapped: _Sheet, row: Sequence[_Cell]) -> str:
    """The label of the code as the taxonomy writes it, where only letters' case or signs differ."""
    column = mapped.find_column("code")
    code = load_taxonomy(mapped.mapping.edition).codes.get(row[column].value.strip()) if column is not None and column < len(row) else None
    own = [text for text in (code.label if code else None, mapped.mapping.labels.get(code.notation) if code else None) if text]
    return next((text for text in own if normalise(text) == normalise(label)), label)


def _write(value: str, cell: _Cell, mapped: _Sheet) -> str:
    end = "\r\n" if "\r\n" in mapped.text else "\n"
    text = value.replace("\n", end)
    if cell.is_quoted or any(sign in text for sign in (mapped.delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text
