"""The parts of a workbook: found by their relations in the archive, read as XML element by element.

Names of parts are keys in the archive and never paths; what lies outside of it is never followed.

Source:
    ECMA-376-2 (packages) and ECMA-376-1, 18 (SpreadsheetML).
"""

from collections.abc import Collection, Iterator
from itertools import chain, islice, pairwise
from posixpath import basename, join, normpath, split
from typing import IO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from airm_graph.frozen import frozen
from airm_graph.ingest.formats.archive import Archive
from airm_graph.ingest.formats.cell_values import NumberFormat, read_format
from airm_graph.ingest.formats.rows import MAX_CELL, UnreadableError

__all__ = ["TRUE", "Package", "Sheet", "Strings", "read_contents", "read_number", "read_styles", "read_text"]

#: How XML writes that something is so.
TRUE = {"1", "true"}
_TAG = 1_000_000  # bytes of one tag; that of a cell has 40
_DEPTH = 64
#: Elements in a row or a shared text, and bytes; a full row of formulas has 50,000 of 8,000,000.
_ELEMENTS, _BYTES = 400_000, 32_000_000
_SHEETS = 1_000
_STYLES = 65_536
#: Shared texts in a block, and characters of the blocks at hand.
_BLOCK, _AT_HAND = 256, 4_000_000


class Package:
    """An archive whose parts are found by name, whatever its letters and slashes."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()}

    def _chunks(self, part: str) -> Iterator[bytes]:
        if part.lower() not in self._parts:
            raise UnreadableError(f"the workbook is incomplete: it has no part {basename(part)!r}")
        return self._archive.read_chunks(self._parts[part.lower()])

    def may_hold(self, part: str, word: bytes) -> bool:
        """Tell whether a word stands in a part; yes where that cannot be seen without parsing
        it.
        """
        pairs = pairwise(chain([b""], self._chunks(part)))
        # A zero byte means another encoding than one in which ASCII is ASCII.
        return any(word in before + chunk or b"\0" in chunk[:4] for before, chunk in pairs)

    def elements(self, part: str, *parents: str) -> Iterator[Element]:
        """Parse a part, and yield each child of some elements as soon as it is complete.

        Args:
            part: Name of the part.
            parents: Names, without prefix, of elements right below the root; without any, the
                root itself is meant.

        Raises:
            UnreadableError: The part is missing, not well-formed, declares a document type or
                entities, or its elements are too large.
        """
        parser = expat.ParserCreate()
        tree, fed = _Tree(parser, parents), 0
        try:
            for chunk in chain(self._chunks(part), [b""]):
                parser.Parse(chunk, not chunk)
                fed += len(chunk)
                if fed - max(0, parser.CurrentByteIndex) > _TAG:
                    raise UnreadableError(f"a tag of the workbook has more than {_TAG:,} bytes")
                yield from tree.take(len(chunk))
        except expat.ExpatError as error:
            what = f"the part {basename(part)!r} of the workbook is no XML: {expat.ErrorString(error.code)}"
            raise UnreadableError(f"{what}, line {error.lineno}") from error

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Read the relations of a part; the empty name stands for the package.

        Returns:
            Identifier → last word of the kind, and the part that is meant.
        """
        folder, name = split(part)
        rels = join(folder, "_rels", f"{name}.rels")
        found = {}
        for relation in self.elements(rels) if rels.lower() in self._parts else ():
            if relation.get("TargetMode") != "External":
                target = normpath(join("/", folder, relation.get("Target", "").replace("\\", "/"))).lstrip("/")
                found[relation.get("Id", "")] = relation.get("Type", "").rpartition("/")[2], target
        return found


class _Tree:
    """Elements of a part as a parser comes to them; what was taken or is not wanted is let go.

    The parser calls the C functions of a tree builder, without a step in Python for each element.
    """

    def __init__(self, parser: expat.XMLParserType, parents: Collection[str]) -> None:
        self._parser, self._parents, self._waiting = parser, parents, 0
        self._builder = TreeBuilder()
        self._root: Element | None = None
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._builder.end
        parser.CharacterDataHandler = self._builder.data
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_declaration

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = self._builder.start(name.rpartition(":")[2], attributes)
        if self._root is None:
            self._root = element
            # Nearly no program writes prefixes, for which the namespace of the root has to have
            # one.
            spaces = [*attributes.values()].count(attributes.get("xmlns", ""))
            self._parser.StartElementHandler = self._start if ":" in name or spaces > 1 else self._builder.start

    def take(self, size: int) -> list[Element]:
        """Take out the elements that are complete after so many more bytes; no bytes are the
        end.
        """
        if self._root is None:
            return []
        found: list[Element] = []
        nodes = self._root[:] if self._parents else [self._root]
        last = nodes[-1] if nodes else self._root
        for node in nodes:
            # The last element in the last one may be open, and stays.
            end = -1 if size and node is last else None
            if not self._parents or node.tag in self._parents:
                found += node[:end]
                del node[:end]
        if self._parents:
            del self._root[:-1]
        is_wanted = not self._parents or last.tag in self._parents
        self._waiting = self._waiting + size if is_wanted and len(last) and not found else 0
        if self._waiting > _BYTES or (self._waiting and sum(1 for _ in last.iter()) > _ELEMENTS):
            raise UnreadableError(f"a row or a text of the workbook has more than {_BYTES:,} bytes or {_ELEMENTS:,} elements")
        for _ in range(_DEPTH):
            if not len(last):
                return found
            if not is_wanted:
                del last[:-1]
            last = last[-1]
        raise UnreadableError(f"elements of the workbook are nested more than {_DEPTH} deep")


def _refuse_declaration(*_: object) -> None:
    raise UnreadableError("a part of the workbook declares a document type or entities, which no spreadsheet writes")


def read_text(element: Element) -> str:
    """Read the text of a rich text, without how it is pronounced.

    Raises:
        UnreadableError: It is too long for a cell.
    """
    if len(element) == 1 and element[0].tag == "t":
        text = element[0].text or ""
    else:
        runs = (child if child.tag == "r" else [child] for child in element)
        text = "".join(piece.text or "" for run in runs for piece in run if piece.tag == "t")
    if len(text) > MAX_CELL:
        raise UnreadableError(f"a cell has more than {MAX_CELL:,} characters")
    return text


class Strings:
    """Texts that cells share, by number: they wait in a file, in blocks of which some are at hand.

    What many cells share comes early; texts of one cell come in the order of the cells.
    """

    def __init__(self, file: IO[bytes], texts: Iterator[str]) -> None:
        self._file, self._starts = file, [0]
        self._recent: dict[int, list[str]] = {}
        self._held = 0
        while block := list(islice(texts, _BLOCK)):
            file.write("\0".join(block).encode())  # a character that XML cannot hold
            self._starts.append(file.tell())

    def find(self, number: int) -> str:
        """Find a text.

        Raises:
            UnreadableError: There is none of this number.
        """
        block, place = divmod(number, _BLOCK)
        texts = self._recent.get(block) or self._load(block)
        if place >= len(texts):
            raise UnreadableError("a cell names a shared text that is not there")
        return texts[place]

    def _load(self, block: int) -> list[str]:
        if block >= len(self._starts) - 1:
            return []
        self._file.seek(self._starts[block])
        texts = self._file.read(self._starts[block + 1] - self._starts[block]).decode().split("\0")
        self._held += sum(map(len, texts))
        while self._recent and self._held > _AT_HAND:
            self._held -= sum(map(len, self._recent.pop(next(iter(self._recent)))))
        self._recent[block] = texts
        return texts


def read_number(text: str, other: int = 0) -> int:
    """Read a number of up to nine digits; *other* where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else other


def read_styles(package: Package, part: str) -> list[NumberFormat]:
    """Read the number format of each style of a cell."""
    codes: dict[int, str] = {}
    used: list[int] = []
    for element in package.elements(part, "numFmts", "cellXfs"):
        if element.tag == "xf":
            used.append(read_number(element.get("numFmtId", "")))
        else:
            codes[read_number(element.get("numFmtId", ""))] = element.get("formatCode", "")[:1_000]
        if max(len(codes), len(used)) > _STYLES:
            raise UnreadableError(f"the workbook has more than {_STYLES:,} styles")
    formats = {number: read_format(number, codes.get(number)) for number in set(used)}
    return [formats[number] for number in used]


@frozen
class Sheet:
    """A sheet with cells: its name, its part, and whether people do not see it."""

    name: str
    part: str
    is_hidden: bool


def read_contents(package: Package) -> tuple[tuple[Sheet, ...], bool, dict[str, str]]:
    """Read what a workbook holds.

    Returns:
        Sheets, whether the first day is in 1904, and kind → part.

    Raises:
        UnreadableError: It is none, or two sheets have one name.
    """
    part = dict(package.relations("").values()).get("officeDocument")
    if part is None:
        raise UnreadableError("the archive holds no workbook")
    if not part.lower().endswith(".xml"):
        raise UnreadableError("the file is a binary workbook under another name")
    elements = {element.tag: element for element in package.elements(part)}
    relations, sheets = package.relations(part), []
    for element in elements.get("sheets", ()):
        number = next((value for name, value in element.items() if name.endswith(":id")), "")
        kind, target = relations.get(number, ("", ""))
        # A sheet that is a chart has no cells.
        if kind == "worksheet":
            sheets.append(Sheet(element.get("name", ""), target, element.get("state", "visible") != "visible"))
    if len(sheets) > _SHEETS:
        raise UnreadableError(f"the workbook has more than {_SHEETS:,} sheets")
    if not sheets:
        raise UnreadableError("the workbook has no sheet with cells")
    if len({sheet.name for sheet in sheets}) < len(sheets):
        raise UnreadableError("two sheets have one name")
    is_1904 = "workbookPr" in elements and elements["workbookPr"].get("date1904") in TRUE
    return tuple(sheets), is_1904, dict(relations.values())
