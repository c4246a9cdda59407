#!/bin/sh
# xlsx2csv writes small numbers as 0
#
# Expected: The value 0.0000001 of a cell without a number format is written so that it is read back
#   as the same number (xlsx2csv documents no rounding; RFC 4180 leaves values as they are).
# Seen: 0.0000001 becomes 0 and 0.00000125 becomes 0.000001; pandas reads both exactly.
# Versions: xlsx2csv 0.8.6, openpyxl 3.1.5, pandas 3.1.1
# Why it matters: risk probabilities and error rates are of this size; a probability of 0 is another
#   statement.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='xlsx2csv==0.8.6 openpyxl==3.1.5 pandas==3.1.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/numbers.xlsx" <<'PY'
import io
import sys

import openpyxl
import pandas
from xlsx2csv import Xlsx2csv

workbook = openpyxl.Workbook()
workbook.active.append([0.0000001, 0.00000125, 0.5])
workbook.save(sys.argv[1])
text = io.StringIO()
Xlsx2csv(sys.argv[1]).convert(text)
seen = {"xlsx2csv": text.getvalue().strip(), "pandas": pandas.read_excel(sys.argv[1], header=None).values.tolist()[0]}
print("seen:    ", seen)
print("expected: 1e-07, 1.25e-06 and 0.5 in both")
sys.exit(seen != {"xlsx2csv": "0,0.000001,0.5", "pandas": [1e-07, 1.25e-06, 0.5]})
PY
