"""The parts of a workbook: found by their relations in the archive, read as XML without declarations of its own.

Names of parts are keys in the archive and never paths; what lies outside of it is never followed.

Source:
    ECMA-376-2 (packages) and ECMA-376-1, 18 (SpreadsheetML).
"""

import marshal
import posixpath
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from airm_graph.ingest.formats.archive import Archive
from airm_graph.ingest.formats.cell_values import GENERAL, NumberFormat, read_format
from airm_graph.ingest.formats.rows import MAX_CELL, UnreadableError

__all__ = ["Package", "Sheet", "Strings", "TextCollector", "iter_events", "read_strings", "read_styles", "read_workbook"]

_TAG = 1_000_000  # bytes of one tag; a cell has 60
_DEPTH = 64
_SHEETS = 1_000
_STYLES = 65_536
#: Characters of shared texts that are kept in memory; others wait in a file, 256 in a block, and so many characters at hand.
_IN_MEMORY, _BLOCK, _RECENT = 8_000_000, 256, 4_000_000

_Start = Callable[[str, dict[str, str]], None]
_Text = Callable[[str], None]


class Package:
    """An archive whose parts are found by name, whatever its letters and slashes."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._parts = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()}

    def has(self, part: str) -> bool:
        """Whether there is such a part."""
        return part.lower() in self._parts

    def chunks(self, part: str) -> Iterator[bytes]:
        """The bytes of a part."""
        return self._archive.read_chunks(self._info(part))

    def may_hold(self, part: str, word: bytes) -> bool:
        """Whether a word stands anywhere in a part; yes where that cannot be seen without parsing it."""
        before = b""
        for chunk in self.chunks(part):
            # A zero byte means another encoding than one in which ASCII is ASCII.
            if word in before + chunk or b"\0" in chunk[:4]:
                return True
            before = chunk[-len(word) :]
        return False

    def _info(self, part: str) -> zipfile.ZipInfo:
        if not self.has(part):
            raise UnreadableError(f"the workbook is incomplete: it has no part {posixpath.basename(part)!r}")
        return self._parts[part.lower()]

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Identifier → (last word of the kind, part) of each relation of a part; the empty name stands for the package."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/"))).lstrip("/")
                found[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], target

        for _ in iter_events(self, rels, start=start) if self.has(rels) else ():
            pass
        return found


def iter_events(package: Package, part: str, *, start: _Start, end: _Text | None = None, text: _Text | None = None) -> Iterator[None]:
    """Parse a part; stops after each piece, so that what the handlers have gathered can be handed on.

    Args:
        start, end: Called with the names of elements, without prefix.
        text: Called with texts, in any number of pieces.

    Raises:
        UnreadableError: The part is not well-formed, declares a document type or entities, or nests elements without end.
    """
    parser = expat.ParserCreate()
    depth = 0

    def handle_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise UnreadableError(f"elements of the workbook are nested more than {_DEPTH} deep")
        start(name.rpartition(":")[2] if ":" in name else name, attributes)

    def handle_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if end:
            end(name.rpartition(":")[2] if ":" in name else name)

    parser.StartElementHandler, parser.EndElementHandler = handle_start, handle_end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_declaration
    if text:
        parser.buffer_text = True
        parser.CharacterDataHandler = text
    fed = 0
    try:
        for chunk in package.chunks(part):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat knows no keyword
            fed += len(chunk)
            if fed - max(0, parser.CurrentByteIndex) > _TAG:
                raise UnreadableError(f"a tag of the workbook has more than {_TAG:,} bytes")
            yield
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        name = posixpath.basename(part)
        raise UnreadableError(
            f"the part {name!r} of the workbook is no XML: {expat.ErrorString(error.code)}, line {error.lineno}"
        ) from error
    yield


def _refuse_declaration(*_: object) -> None:
    raise UnreadableError("a part of the workbook declares a document type or entities, which no spreadsheet writes")


class TextCollector:
    """Gathers the text of the ``t`` elements of a rich text; how it is pronounced is left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self._wanted = self._aside = False

    def start(self, tag: str) -> None:
        """An element begins."""
        if tag == "rPh":
            self._aside = True
        elif tag == "t":
            self._wanted = not self._aside

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "rPh":
            self._aside = False
        elif tag == "t":
            self._wanted = False

    def add(self, text: str) -> None:
        """A piece of text."""
        if self._wanted:
            self._size += len(text)
            if self._size > MAX_CELL:
                raise UnreadableError(f"a cell has more than {MAX_CELL:,} characters")
            self._pieces.append(text)

    def take(self) -> str:
        """The text since it was last taken."""
        text = "".join(self._pieces)
        self._pieces, self._size = [], 0
        return text


class Strings:
    """The texts that cells share, by number, in blocks: the first ones are kept, the others wait in a file.

    What many cells share comes early; texts of one cell come in the order of the cells.
    """

    def __init__(self) -> None:
        self._blocks: list[list[str] | int] = [[]]
        self._size = self._held = 0
        self._file: IO[bytes] | None = None
        self._recent: OrderedDict[int, list[str]] = OrderedDict()

    def add(self, text: str) -> None:
        """Add the next one."""
        last = self._blocks[-1]
        assert isinstance(last, list)
        last.append(text)
        self._size += len(text)
        if len(last) == _BLOCK:
            if self._size > _IN_MEMORY:
                self._blocks[-1] = self._write(last)
            self._blocks.append([])

    def __getitem__(self, number: int) -> str:
        """The text of a number."""
        block, place = divmod(number, _BLOCK)
        try:
            texts = self._blocks[block]
            return (texts if isinstance(texts, list) else self._read(texts))[place]
        except IndexError:
            raise UnreadableError("a cell names a shared text that is not there") from None

    def close(self) -> None:
        """Forget them."""
        if self._file:
            self._file.close()

    def _write(self, texts: list[str]) -> int:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        start = self._file.tell()
        marshal.dump(texts, self._file)
        return start

    def _read(self, start: int) -> list[str]:
        if start in self._recent:
            self._recent.move_to_end(start)
            return self._recent[start]
        assert self._file is not None
        self._file.seek(start)
        texts: list[str] = marshal.load(self._file)  # noqa: S302 - written by this process, into a file without a name
        self._recent[start] = texts
        self._held += sum(map(len, texts))
        while self._held > _RECENT and len(self._recent) > 1:
            self._held -= sum(map(len, self._recent.popitem(last=False)[1]))
        return texts


def read_strings(package: Package, part: str | None) -> Strings:
    """Read the shared texts of a workbook."""
    strings, collector = Strings(), TextCollector()

    def end(tag: str) -> None:
        collector.end(tag)
        if tag == "si":
            strings.add(collector.take())

    try:
        if part is not None:
            for _ in iter_events(package, part, start=lambda tag, _: collector.start(tag), end=end, text=collector.add):
                pass
    except BaseException:
        strings.close()
        raise
    return strings


def read_styles(package: Package, part: str | None) -> list[NumberFormat]:
    """Read the number format of each style of a cell."""
    codes: dict[int, str] = {}
    used: list[int] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            codes[_number(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")[:1_000]
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            used.append(_number(attributes.get("numFmtId", "0")))
        if len(codes) > _STYLES or len(used) > _STYLES:
            raise UnreadableError(f"the workbook has more than {_STYLES:,} styles")

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag != "cellXfs"

    if part is not None:
        for _ in iter_events(package, part, start=start, end=end):
            pass
    formats = {number: read_format(number, codes.get(number)) for number in set(used)}
    return [formats[number] for number in used] or [GENERAL]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with cells: its name, its part, and whether people see it."""

    name: str
    part: str
    is_hidden: bool


@dataclass(slots=True)
class _Workbook:
    sheets: list[Sheet] = field(default_factory=list)
    is_1904: bool = False
    strings: str | None = None
    styles: str | None = None


def read_workbook(package: Package) -> _Workbook:
    """Read which sheets a workbook has.

    Raises:
        UnreadableError: It is none, or two sheets have one name.
    """
    part = next((target for kind, target in package.relations("").values() if kind == "officeDocument"), None)
    if part is None:
        raise UnreadableError("the archive holds no workbook")
    if not part.lower().endswith(".xml"):
        raise UnreadableError("the file is a binary workbook under another name")
    relations, found = package.relations(part), _Workbook()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            found.is_1904 = attributes.get("date1904") in {"1", "true"}
        elif tag == "sheet":
            number = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            kind, target = relations.get(number, ("", ""))
            # A sheet that is a chart has no cells.
            if kind == "worksheet":
                found.sheets.append(Sheet(attributes.get("name", ""), target, attributes.get("state", "visible") != "visible"))

    for _ in iter_events(package, part, start=start):
        pass
    parts = dict(relations.values())
    found.strings, found.styles = parts.get("sharedStrings"), parts.get("styles")
    names = [sheet.name for sheet in found.sheets]
    if len(set(names)) < len(names) or len(names) > _SHEETS:
        raise UnreadableError("two sheets have one name" if len(names) <= _SHEETS else f"the workbook has more than {_SHEETS:,} sheets")
    if not names:
        raise UnreadableError("the workbook has no sheet with cells")
    return found
