"""The documents that rows of mitigations name: those of a table of sources, and those that a row
describes itself.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from airm_graph.ingest.captures.authors import separate_names
from airm_graph.ingest.captures.sidecar import NamedSource, is_web_address
from airm_graph.ingest.formats import Row
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason
from airm_graph.ingest.tables.names import find_doi, find_separator, find_year, split_authors
from airm_graph.model import SourceBlock, Text
from airm_graph.text import name_key, slugify

__all__ = ["Documents", "read_inline"]

# "Lee (2025)", "Lee et al., 2025", "Lee2025".
_CITATION = re.compile(r"(?P<who>[^\d(]+?)(?:,?\s+(?:et al\.?|and others))?,?\s*\(?(?P<year>(?:19|20)\d\d)\)?")

#: How documents are entered that rows name and no table lists.
_UNLISTED = "unlisted"
_KNOWN, _UNKNOWN = "only what the row calls it is known", "it is used without one"


class Documents:
    """The documents of the tables of sources, by everything that may name them."""

    def __init__(self, described: Mapping[str, NamedSource] = MappingProxyType({})) -> None:
        """Begin without any.

        Args:
            described: What rows call a document → what a side-car says of it.
        """
        self.described = described
        #: Number of a document that no table lists → what is wrong with that; empty where a
        #: side-car describes it.
        self.unlisted: dict[int, str] = {}
        self.blocks: list[SourceBlock] = []
        self.rows: list[tuple[MappedTable, Row]] = []
        self.named: set[int] = set()
        self._by: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._keys: dict[str, None] = {}

    def read(self, mapped: MappedTable, rows: Sequence[Row]) -> list[SourceBlock]:
        """Take in the rows of one table of sources; those that name no document are set aside."""
        found = []
        for row in rows:
            reasons = _find_gaps(mapped, row)
            if reasons and not mapped.get(row, "title") and not mapped.get(row, "identifier"):
                mapped.reject(row, reasons)
                continue
            for rule, header, reason in reasons:
                mapped.say(rule, f"{reason}; it counts as not described", row, header)
            block = _read_block(mapped, row, lambda what, row=row: mapped.get(row, what), mapped.columns.columns)  # type: ignore[misc]
            if reasons:
                key = "" if block.title.published else mapped.get(row, "identifier")
                block = replace(block, key=key, is_described=False)
            number = self._number(block, mapped, row)
            self._enter(number, block, mapped, row)
            found.append(block)
        return found

    def _number(self, block: SourceBlock, mapped: MappedTable, row: Row) -> int:
        # A document that is listed twice with one content is one.
        for number in self._by.get(("content", repr(_content(block, mapped.get(row, "identifier")))), ()):
            return number
        self.blocks.append(block)
        self.rows.append((mapped, row))
        return len(self.blocks) - 1

    def _enter(self, number: int, block: SourceBlock, mapped: MappedTable, row: Row) -> None:
        names = {
            "identifier": mapped.get(row, "identifier"),
            "title": name_key(block.title.published),
            "doi": block.doi or "",
            "url": block.url or "",
            "citation": _cite(block, mapped.get(row, "first author")),
        }
        for kind in mapped.columns.keys:
            self._keys[kind] = None
            if names[kind]:
                self._by[kind, names[kind]].add(number)
        self._by["content", repr(_content(block, names["identifier"]))].add(number)

    def by_identifier(self) -> dict[str, SourceBlock]:
        """The documents that an identifier names."""
        found = {name: numbers for (kind, name), numbers in self._by.items() if kind == "identifier" and len(numbers) == 1}
        found |= {name: numbers for (kind, name), numbers in self._by.items() if kind == _UNLISTED}
        return {name: self.blocks[next(iter(numbers))] for name, numbers in found.items()}

    def find(self, value: str) -> tuple[int | None, str]:
        """The number of the document that a cell names, or None and why there is none."""
        number, problem = self._look_up(value)
        if number is not None:
            self.named.add(number)
        return number, problem

    def _look_up(self, value: str) -> tuple[int | None, str]:
        if not value:
            return None, "the row names no source"
        if unlisted := self._by.get((_UNLISTED, value)):
            return next(iter(unlisted)), ""
        for kind in self._keys:
            found = self._by.get((kind, _key_of(kind, value)), set())
            if len(found) == 1:
                return next(iter(found)), ""
            if found:
                return None, f"the source {value!r} may be any of {len(found)} documents beside this table"
        return None, f"the source {value!r} is in no table of sources beside this one"

    def add_unlisted(self, mapped: MappedTable, rows: Iterable[Row]) -> list[SourceBlock]:
        """Take in the documents that rows name and no table lists: what the row calls one is known
        of it, and what a side-car says.
        """
        added = []
        for row in rows:
            value = mapped.get(row, "source")
            number, problem = self._look_up(value)
            if number is None and value:
                block = self._make_unlisted(value, mapped, row)
                self._by[_UNLISTED, value].add(len(self.blocks))
                self.unlisted[len(self.blocks)] = "" if block.is_described else problem
                self.blocks.append(block)
                self.rows.append((mapped, row))
                added.append(block)
        return added

    def _make_unlisted(self, value: str, mapped: MappedTable, row: Row) -> SourceBlock:
        evidence, named = mapped.cell(row, mapped.header("source")), self.described.get(value)
        if named is None:
            return SourceBlock(Text("", ""), Text("", ""), (), None, evidence, key=value, is_described=False)
        names = named.authors or ""
        url = named.url or (f"https://doi.org/{named.doi}" if named.doi else None)
        people = tuple(name.strip() for name in names.split(";") if name.strip())
        return SourceBlock(
            Text(named.title, named.title), Text(names, names), people, named.year, evidence, url=url, doi=named.doi, key=value
        )

    def list_lacking(self) -> list[str]:
        """List what rows call the documents that nobody describes."""
        return sorted(self.blocks[number].key for number, problem in self.unlisted.items() if problem)

    def say_lacking(self, mapped: MappedTable, row: Row) -> None:
        """Note at the cell of a row that its document is not listed, or not named."""
        value = mapped.get(row, "source")
        number, problem = self._look_up(value)
        said = self.unlisted.get(number, "") if number is not None else problem
        if said:
            mapped.say("TAB-07", f"{said}; {_KNOWN if value else _UNKNOWN}", row, mapped.header("source"))

    def say_unused(self) -> None:
        """Note the documents that no row names."""
        for number, (mapped, row) in enumerate(self.rows):
            if number not in self.named and number not in self.unlisted:
                name = mapped.get(row, "identifier") or mapped.get(row, "title")
                mapped.say(
                    "TAB-13",
                    f"no mitigation is taken from the document {name!r}",
                    row,
                    mapped.header("identifier") or mapped.header("title"),
                )


def _content(block: SourceBlock, identifier: str) -> tuple[object, ...]:
    abstract = block.abstract.published if block.abstract else ""
    return (identifier, block.title.published, block.author_line.published, block.year, abstract, block.url, block.doi)


def _key_of(kind: str, value: str) -> str:
    """What a cell would be called if it named a document by *kind*."""
    if kind == "title":
        return name_key(value)
    if kind == "doi":
        return find_doi(value) or ""
    if kind == "citation":
        match = _CITATION.fullmatch(value.strip())
        return f"{slugify(match['who'].split(',')[0])}|{match['year']}" if match else ""
    return value


def _cite(block: SourceBlock, first: str) -> str:
    """Surname and year, as far as both are known."""
    name = first or (block.authors[0] if block.authors else "")
    surname = name.split(",")[0] if "," in name else name.split()[-1] if name.split() and block.given_first else name
    return f"{slugify(surname)}|{block.year}" if slugify(surname) and block.year else ""


def _find_gaps(mapped: MappedTable, row: Row) -> list[Reason]:
    needed = ["title"] + (["identifier"] if mapped.columns.keys == ("identifier",) else [])
    return [("TAB-14", mapped.header(what), f"the document has no {what}") for what in sorted(needed) if not mapped.get(row, what)]


def read_inline(mapped: MappedTable, row: Row) -> SourceBlock | list[Reason]:
    """The document that a row describes itself, or that the mapping names for all rows, or why it
    cannot be told.
    """
    inline, constant = mapped.columns.inline, mapped.columns.document
    if constant:
        return _read_block(mapped, row, lambda what: constant.get(what, ""), {})

    def get(what: str) -> str:
        return mapped.table.get(row, inline[what]) if what in inline else ""

    if not get("title"):
        return [("TAB-07", inline["title"], f"the row names no source; {_UNKNOWN}")]
    return _read_block(mapped, row, get, inline)


def _split_line(line: str, first: str, separator: str) -> tuple[tuple[str, ...], bool]:
    """The names of an author line that are certain, and whether that is all of them."""
    if separator != "auto":
        return split_authors(" ".join(line.split()), separator=separator)
    line = separate_names(line)
    found = find_separator(line)
    return split_authors(line, separator=found) if found else ((" ".join(first.split()),) if first else (), False)


def _read_block(mapped: MappedTable, row: Row, get: Callable[[str], str], headers: Mapping[str, str]) -> SourceBlock:
    title, of_title = mapped.text(row, headers.get("title", ""), get("title"), "title")
    abstract, of_abstract = mapped.text(row, headers.get("abstract", ""), get("abstract"), "prose")
    line = " ".join((get("authors") or get("first author")).split())
    authors, is_whole = _split_line(get("authors") or line, get("first author"), mapped.columns.separator) if line else ((), True)
    if title and is_whole and not authors:
        column = headers.get("authors") or headers.get("first author", "")
        mapped.say("TAB-36", f"the document {title.published!r} has no authors", row, column)
    elif not is_whole:
        mapped.say("TAB-17", f"the author line is no plain list of names: {line!r}", row, headers.get("authors", ""))
    issued, url, doi = get("issued"), get("url"), find_doi(get("doi"))
    year = find_year(issued)
    if year is None and issued:
        mapped.say("TAB-16", f"{issued!r} holds no year, or several", row, headers.get("issued", ""))
    elif year is None:
        mapped.say("TAB-15", "the document has no date", row, headers.get("issued", ""))
    if url and not is_web_address(url):
        mapped.say("TAB-16", f"{url!r} is not an http or https address", row, headers.get("url", ""))
    if get("doi") and not doi:
        mapped.say("TAB-16", f"{get('doi')!r} is not a DOI such as 10.1000/182", row, headers.get("doi", ""))
    resolver = f"https://doi.org/{doi}" if doi else ""
    return SourceBlock(
        title or Text("", ""),
        Text(line, line),
        authors,
        year,
        mapped.whole(row),
        abstract,
        given_first=mapped.columns.given_first,
        url=url if is_web_address(url) else resolver if is_web_address(resolver) else None,
        doi=doi,
        repairs=(*of_title, *of_abstract),
    )
