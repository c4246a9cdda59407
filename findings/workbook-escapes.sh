#!/bin/sh
# Escaped characters in cells (_x0041_): four workbook readers, three answers
#
# Expected: In the text of a cell _xHHHH_ stands for one character, in upper or lower case, and
#   _x005F_ for the underscore that keeps such text literal: aAb, the literal _x0041_, and codeé
#   (ISO/IEC 29500-1, 22.9.2.19, ST_Xstring).
# Seen: python-calamine and SheetJS read so. openpyxl undoes _x005F_ only, and only in capitals, so
#   a_x0041_b stays and cannot be told from the literal. ExcelJS undoes capitals only and makes
#   _x005fA of the literal in small letters.
# Versions: openpyxl 3.1.5, python-calamine 0.9.1, xlsxwriter 3.3.1, xlsx 0.18.5, exceljs 4.4.0
# Why it matters: line ends (_x000D_) typed in Excel turn up inside labels, and keys built from
#   labels differ between the two languages.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1'
npm='xlsx@0.18.5 exceljs@4.4.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/make.py" <<'PY'
import sys
import zipfile
from pathlib import Path

import xlsxwriter

folder = Path(sys.argv[1])
texts = ["a_x0041_b", "_x005F_x0041_", "_x005f_x0041_", "code_x00e9_"]
with xlsxwriter.Workbook(folder / "plain.xlsx") as workbook:
    workbook.add_worksheet().write_row(0, 0, [f"text{number}" for number in range(len(texts))])
with zipfile.ZipFile(folder / "plain.xlsx") as old, zipfile.ZipFile(folder / "escaped.xlsx", "w") as new:
    for name in old.namelist():
        content = old.read(name).decode()
        for number, text in enumerate(texts):
            content = content.replace(f"text{number}", text)
        new.writestr(name, content)
PY
"$tmp/env/bin/python" "$tmp/make.py" "$tmp"
cat >"$tmp/run.mjs" <<'JS'
import ExcelJS from "exceljs";
import XLSX from "xlsx";

const [, , path] = process.argv;
const sheet = XLSX.readFile(path);
const workbook = new ExcelJS.Workbook();
await workbook.xlsx.readFile(path);
const first = XLSX.utils.sheet_to_json(sheet.Sheets[sheet.SheetNames[0]], { header: 1 })[0];
console.log(JSON.stringify([first, workbook.worksheets[0].getRow(1).values.slice(1)]));
JS
javascript=$(node "$tmp/run.mjs" "$tmp/escaped.xlsx") "$tmp/env/bin/python" - "$tmp/escaped.xlsx" <<'PY'
import json
import os
import sys

import openpyxl
import python_calamine

sheetjs, exceljs = json.loads(os.environ["javascript"])
seen = {
    "python-calamine": python_calamine.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()[0],
    "SheetJS": sheetjs,
    "openpyxl": [cell.value for cell in openpyxl.load_workbook(sys.argv[1]).active[1]],
    "ExcelJS": exceljs,
}
expected = ["aAb", "_x0041_", "_x0041_", "codeé"]
recorded = {
    "python-calamine": expected,
    "SheetJS": expected,
    "openpyxl": ["a_x0041_b", "_x0041_", "_x005f_x0041_", "code_x00e9_"],
    "ExcelJS": ["aAb", "_x0041_", "_x005fA", "code_x00e9_"],
}
print("seen:    ", seen)
print("expected:", expected, "from each")
sys.exit(seen != recorded)
PY
