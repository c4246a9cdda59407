#!/bin/sh
# openpyxl and pandas open a "Strict Open XML" workbook and find no sheets
#
# Expected: The sheets of a strict workbook are read: same elements, other namespaces (ISO/IEC
#   29500-1, Annex on conformance classes; Excel offers it as "Strict Open XML Spreadsheet"), or the
#   file is refused with a message that names the reason.
# Seen: openpyxl.load_workbook returns a workbook without sheets and no message; pandas then says "0
#   worksheets found". python-calamine reads the cell.
# Versions: openpyxl 3.1.5, pandas 3.1.1, python-calamine 0.9.1
# Why it matters: public bodies prescribe the strict form; code lists from them are read as empty.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='openpyxl==3.1.5 pandas==3.1.1 python-calamine==0.9.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" <<'PY'
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas
import python_calamine

folder = Path(sys.argv[1])
workbook = openpyxl.Workbook()
workbook.active["A1"] = "1.1"
workbook.save(folder / "transitional.xlsx")
changes = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    b"<workbook ": b'<workbook conformance="strict" ',
}
path = folder / "strict.xlsx"
with zipfile.ZipFile(folder / "transitional.xlsx") as old, zipfile.ZipFile(path, "w") as new:
    for name in old.namelist():
        content = old.read(name)
        for before, after in changes.items():
            content = content.replace(before, after)
        new.writestr(name, content)
try:
    pandas.read_excel(path)
    message = "read"
except ValueError as error:
    message = str(error)
seen = {
    "openpyxl": openpyxl.load_workbook(path).sheetnames,
    "pandas": message,
    "python-calamine": python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python(),
}
recorded = {
    "openpyxl": [],
    "pandas": "Worksheet index 0 is invalid, 0 worksheets found",
    "python-calamine": [["1.1"]],
}
print("seen:    ", seen)
print("expected: one sheet with 1.1 from each")
sys.exit(seen != recorded)
PY
