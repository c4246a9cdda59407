"""The documents that rows of mitigations name: those of a table of sources, and those that a row
describes itself.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from airm_graph.ingest.captures.sidecar import is_web_address
from airm_graph.ingest.formats.reader import Row
from airm_graph.ingest.tables.mapped_table import MappedTable, Reason
from airm_graph.ingest.tables.names import find_doi, find_separator, find_year, split_authors
from airm_graph.model import SourceBlock, Text
from airm_graph.text import name_key, slugify

__all__ = ["Documents", "read_inline"]

# "Lee (2025)", "Lee et al., 2025", "Lee2025".
_CITATION = re.compile(r"(?P<who>[^\d(]+?)(?:,?\s+(?:et al\.?|and others))?,?\s*\(?(?P<year>(?:19|20)\d\d)\)?")


class Documents:
    """The documents of the tables of sources, by everything that may name them."""

    def __init__(self) -> None:
        """Begin without any."""
        self.blocks: list[SourceBlock] = []
        self.rows: list[tuple[MappedTable, Row]] = []
        self.named: set[int] = set()
        self._by: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        self._keys: dict[str, None] = {}

    def read(self, mapped: MappedTable, rows: Sequence[Row]) -> list[SourceBlock]:
        """Take in the rows of one table of sources; those that say too little are set aside."""
        found = []
        for row in rows:
            reasons = _find_gaps(mapped, row)
            if reasons:
                mapped.reject(row, reasons)
                continue
            block = _read_block(mapped, row, lambda what, row=row: mapped.get(row, what), mapped.columns.columns)  # type: ignore[misc]
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
        """Return the documents that an identifier names."""
        found = {name: numbers for (kind, name), numbers in self._by.items() if kind == "identifier"}
        return {name: self.blocks[next(iter(numbers))] for name, numbers in found.items() if len(numbers) == 1}

    def find(self, value: str) -> tuple[int | None, str]:
        """Return the number of the document that a cell names, or None and why there is none."""
        if not value:
            return None, "the row names no source"
        for kind in self._keys:
            found = self._by.get((kind, _key_of(kind, value)), set())
            if len(found) == 1:
                self.named |= found
                return next(iter(found)), ""
            if found:
                return None, f"the source {value!r} may be any of {len(found)} documents beside this table"
        return None, f"the source {value!r} is in no table of sources beside this one"

    def say_unused(self) -> None:
        """Note the documents that no row names."""
        for number, (mapped, row) in enumerate(self.rows):
            if number not in self.named:
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
    gaps = [("TAB-14", mapped.header(what), f"the document has no {what}") for what in sorted(needed) if not mapped.get(row, what)]
    if not mapped.get(row, "authors") and not mapped.get(row, "first author"):
        gaps.append(("TAB-14", mapped.header("authors") or mapped.header("first author"), "the document has no authors"))
    return gaps


def read_inline(mapped: MappedTable, row: Row) -> SourceBlock | list[Reason]:
    """Return the document that a row describes itself, or why it cannot be told."""
    inline = mapped.columns.inline

    def get(what: str) -> str:
        return mapped.table.get(row, inline[what]) if what in inline else ""

    gaps = [] if get("title") else [("TAB-07", inline["title"], "the row names no source")]
    if not get("authors") and not get("first author"):
        gaps.append(("TAB-14", inline.get("authors") or inline.get("first author", ""), "the document has no authors"))
    return gaps or _read_block(mapped, row, get, inline)


def _split_line(line: str, first: str, separator: str) -> tuple[tuple[str, ...], bool]:
    """The names of an author line that are certain, and whether that is all of them."""
    if separator != "auto":
        return split_authors(" ".join(line.split()), separator=separator)
    found = find_separator(line)
    return split_authors(line, separator=found) if found else ((" ".join(first.split()),) if first else (), False)


def _read_block(mapped: MappedTable, row: Row, get: Callable[[str], str], headers: Mapping[str, str]) -> SourceBlock:
    title, of_title = mapped.text(row, headers["title"], get("title"), "title")
    abstract, of_abstract = mapped.text(row, headers.get("abstract", ""), get("abstract"), "prose")
    assert title is not None, "a row without a title is set aside"
    line = " ".join((get("authors") or get("first author")).split())
    authors, is_whole = _split_line(get("authors") or line, get("first author"), mapped.columns.separator)
    if not is_whole:
        mapped.say("TAB-17", f"the author line is no plain list of names: {line!r}", row, headers.get("authors", ""))
    issued, url, doi = get("issued"), get("url"), find_doi(get("doi"))
    year = find_year(issued)
    if year is None:
        mapped.say("TAB-15", f"{issued!r} holds no year" if issued else "the document has no date", row, headers.get("issued", ""))
    if url and not is_web_address(url):
        mapped.say("TAB-16", f"{url!r} is not an http or https address", row, headers["url"])
    if get("doi") and not doi:
        mapped.say("TAB-16", f"{get('doi')!r} is not a DOI such as 10.1000/182", row, headers["doi"])
    resolver = f"https://doi.org/{doi}" if doi else ""
    return SourceBlock(
        title,
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
