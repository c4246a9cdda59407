"""What openpyxl does not tell of a sheet that it streams.

That are hidden rows, merged cells and formulas without a value. It also passes over rows and cells
that are not in order; such a sheet is refused here.
"""

from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.utils import column_index_from_string, range_boundaries

from airm_graph.ingest.formats.header import Merge
from airm_graph.ingest.formats.rows import MAX_COLUMNS, MAX_ROWS, UnreadableError

__all__ = ["Layout", "check_declarations", "read_layout"]

_MERGES = 100_000
_TRUE = {"1", "true"}
# Of these kinds, a cell holds a text, which may be empty.
_TEXT_KINDS = {"s", "str", "inlineStr"}


@dataclass(slots=True)
class Layout:
    """The shape of a sheet.

    Attributes:
        last_row: The number of the last row; what stands behind the rows need not be parsed again.
        hidden: Numbers of hidden rows.
        merges: Merged cells, by row.
        unsaved: Row, and column from 0, of formulas that were saved without their value.
    """

    last_row: int = 0
    hidden: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    unsaved: set[tuple[int, int]] = field(default_factory=set)


def check_declarations(part: IO[bytes]) -> None:
    """Refuse a part that declares a document type, and with it entities.

    Raises:
        UnreadableError: It does.
    """
    parser, is_root = expat.ParserCreate(), False

    def refuse(*_: object) -> None:
        raise UnreadableError("a part of the workbook declares a document type or entities, which no spreadsheet writes")

    def stop(*_: object) -> None:
        nonlocal is_root
        is_root = True

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, stop
    while not is_root and (chunk := part.read(1 << 12)):
        parser.Parse(chunk, False)  # noqa: FBT003 - expat knows no keyword


def read_layout(part: IO[bytes]) -> Layout:
    """Read the layout of a sheet from its XML.

    Raises:
        UnreadableError: Rows or cells are not in order, or too many.
        ElementTree.ParseError, ValueError: The part is damaged.
    """
    layout = Layout()
    for _, element in ElementTree.iterparse(part):  # noqa: S314 - declarations were refused
        name = element.tag.rpartition("}")[2]
        if name == "row":
            _read_row(element, layout)
            element.clear()
        elif name == "mergeCell":
            # A range of whole columns or rows has fewer bounds, and is none that can be merged.
            column, row, last_column, last_row = filter(None, range_boundaries(element.get("ref", "")))
            layout.merges.append(Merge(row, last_row, column - 1, last_column - 1))
            if len(layout.merges) > _MERGES:
                raise UnreadableError(f"the sheet has more than {_MERGES:,} merged cells")
    layout.merges.sort()
    return layout


def _read_row(row: ElementTree.Element, layout: Layout) -> None:
    before, number = layout.last_row, int(row.get("r", layout.last_row + 1))
    if not before < number <= MAX_ROWS:
        what = "the rows of the sheet are not in order" if number <= before else f"the sheet has more than {MAX_ROWS:,} rows"
        raise UnreadableError(what, line=before or None, row=before or None)
    layout.last_row = number
    if row.get("hidden") in _TRUE:
        layout.hidden.add(number)
    space, column = row.tag[:-3], 0
    for cell in row:
        address = cell.get("r")
        before, column = column, column_index_from_string(address.rstrip("0123456789")) if address else column + 1
        if not before < column <= MAX_COLUMNS:
            what = "the cells of a row are not in order" if column <= before else f"a row has more than {MAX_COLUMNS:,} cells"
            raise UnreadableError(what, line=number, row=number)
        if cell.find(f"{space}f") is not None and cell.get("t") not in _TEXT_KINDS and not cell.findtext(f"{space}v"):
            layout.unsaved.add((number, column - 1))
