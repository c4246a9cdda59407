"""Answers as a workbook (XLSX): every cell a text, so that 1.10 stays 1.10 and nothing is run;
equal answers are equal bytes.
"""

import datetime
import io
import re
import zipfile
from typing import Any

from airm_graph.errors import QueryError
from airm_graph.query.answers import Table

__all__ = ["write_workbook"]

_MOST_ROWS, _LONGEST_CELL = 1_048_575, 32_767
#: The first day that a zip archive can hold.
_DAY = (1980, 1, 1, 0, 0, 0)


def write_workbook(table: Table) -> bytes:
    """Write a table as the only sheet of a workbook.

    Raises:
        QueryError: A sheet cannot hold it: too many rows, or a value that is too long.
    """
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if len(table) > _MOST_ROWS:
        raise QueryError(f"a sheet holds {_MOST_ROWS:,} rows, the answer has {len(table):,}; write CSV")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("answer")
    for row in [table.columns, *table.values()]:
        texts = [ILLEGAL_CHARACTERS_RE.sub("", value or "") for value in row]
        if longest := max((len(text) for text in texts if len(text) > _LONGEST_CELL), default=0):
            raise QueryError(f"a cell holds {_LONGEST_CELL:,} characters, a value has {longest:,}; write CSV")
        sheet.append([_make_cell(sheet, text) if text else None for text in texts])
    book.properties.created = book.properties.modified = datetime.datetime(*_DAY)  # noqa: DTZ001 - the file has no zone
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", data)
            after.writestr(zipfile.ZipInfo(name, _DAY), data)
    return fixed.getvalue()


def _make_cell(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    # What begins with an equals sign is a text, too.
    cell.data_type = "s"
    return cell
