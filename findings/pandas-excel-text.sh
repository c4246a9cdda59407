#!/bin/sh
# pandas makes numbers of the texts in a workbook
#
# Expected: A cell with a text stays a text: "1.10" and "1.1" are strings in the file (Office Open
#   XML, 18.18.11, cell types s and inlineStr), unlike the cells of a CSV, which have no type.
# Seen: pandas.read_excel gives the floats 1.1 and 1.1 for the texts "1.10" and "1.1", with openpyxl
#   and with calamine; "007" becomes 7. openpyxl and python-calamine by themselves give the texts.
#   With dtype=str all texts stay.
# Versions: pandas 3.1.1, openpyxl 3.1.5, python-calamine 0.9.1
# Why it matters: people keep codes as texts in a workbook so that no program takes them for numbers;
#   two classes of a taxonomy become one, without a warning.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pandas==3.1.1 openpyxl==3.1.5 python-calamine==0.9.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/codes.xlsx" <<'PY'
import sys

import openpyxl
import pandas
import python_calamine

path = sys.argv[1]
workbook = openpyxl.Workbook()
for row in (["code", "number"], ["1.1", "007"], ["1.10", "010"]):
    workbook.active.append(row)
workbook.save(path)
rows = {
    "openpyxl": list(openpyxl.load_workbook(path).active.values)[1:],
    "calamine": python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:],
    "pandas, openpyxl": pandas.read_excel(path).values.tolist(),
    "pandas, calamine": pandas.read_excel(path, engine="calamine").values.tolist(),
    "pandas, dtype=str": pandas.read_excel(path, dtype=str).values.tolist(),
}
seen = {name: [list(row) for row in found] for name, found in rows.items()}
texts, numbers = [["1.1", "007"], ["1.10", "010"]], [[1.1, 7.0], [1.1, 10.0]]
recorded = {
    "openpyxl": texts,
    "calamine": texts,
    "pandas, openpyxl": numbers,
    "pandas, calamine": numbers,
    "pandas, dtype=str": texts,
}
for name, found in seen.items():
    print(f"{name}: {found}")
print("expected:", texts)
sys.exit(seen != recorded)
PY
