#!/bin/sh
# frictionless writes the word "any" for each date of a field with the format "any"
#
# Expected: The format "any" of date, time and datetime says that any notation is read (Table Schema, "Types
#   and Formats"); a table that is read and written keeps its dates.
# Seen: The rows hold the right dates, and the file says any,any,any: the name of the format is used as the
#   pattern to write with. The same in row.to_dict(json=True), so also in JSON. No error, and no warning.
# Versions: frictionless 5.21.0
# Why it matters: "any" is what a schema says of a column of dates typed by hand; converting such a table
#   of sources or controls to another format replaces every date.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='frictionless==5.21.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
"$tmp/env/bin/python" - <<'PY'
import sys
from pathlib import Path

from frictionless import Resource, Schema

Path("in.csv").write_text("code,issued,at,changed\n1.10,2024-01-02,03:04:05,2024-01-02T03:04:05\n")
fields = [{"name": "code", "type": "string"}]
fields += [{"name": name, "type": kind, "format": "any"} for name, kind in (("issued", "date"), ("at", "time"), ("changed", "datetime"))]
table = Resource(path="in.csv", schema=Schema.from_descriptor({"fields": fields}))
row = table.read_rows()[0]
table.write("out.csv")
seen = {"read": str(row["issued"]), "json": row.to_dict(json=True)["issued"], "written": Path("out.csv").read_text().splitlines()[1]}
print("seen:    ", seen)
print("expected: 2024-01-02 three times, with the time and the datetime of the row")
sys.exit(seen != {"read": "2024-01-02", "json": "any", "written": "1.10,any,any,any"})
PY
