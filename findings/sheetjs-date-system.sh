#!/bin/sh
# SheetJS gives a date of a 1904 workbook four years too early as a date, and rightly as text
#
# Expected: In a workbook with date1904 the serial 43905 is 2024-03-16 (ISO/IEC 29500-1, 18.17.4.1,
#   date systems).
# Seen: With cellDates the value is 2020-03-15 while the formatted text of the same cell says
#   3/16/24. ExcelJS and openpyxl read 2024-03-16.
# Versions: openpyxl 3.1.5, xlsx 0.18.5, exceljs 4.4.0
# Why it matters: workbooks that began on a Mac keep this date system; release and review dates move
#   by four years and a day, without a message.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='openpyxl==3.1.5'
npm='xlsx@0.18.5 exceljs@4.4.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
"$tmp/env/bin/python" - "$tmp/mac.xlsx" <<'PY'
import datetime
import sys

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

workbook = openpyxl.Workbook()
workbook.epoch = CALENDAR_MAC_1904
workbook.active["A1"] = datetime.date(2024, 3, 16)
workbook.active["A1"].number_format = "mm-dd-yy"
workbook.save(sys.argv[1])
print("openpyxl:", openpyxl.load_workbook(sys.argv[1]).active["A1"].value)
PY
cat >"$tmp/run.mjs" <<'JS'
import ExcelJS from "exceljs";
import XLSX from "xlsx";

const [, , path] = process.argv;
const book = XLSX.readFile(path, { cellDates: true });
const sheet = book.Sheets[book.SheetNames[0]];
const workbook = new ExcelJS.Workbook();
await workbook.xlsx.readFile(path);
const seen = {
  "SheetJS date": sheet.A1.v.toISOString().slice(0, 10),
  "SheetJS text": XLSX.utils.sheet_to_json(sheet, { header: 1, raw: false })[0][0],
  ExcelJS: workbook.worksheets[0].getCell("A1").value.toISOString().slice(0, 10),
};
console.log("seen:    ", JSON.stringify(seen));
console.log("expected: 2024-03-16, 3/16/24, 2024-03-16");
const recorded = { "SheetJS date": "2020-03-15", "SheetJS text": "3/16/24", ExcelJS: "2024-03-16" };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
TZ=UTC node "$tmp/run.mjs" "$tmp/mac.xlsx"
