#!/bin/sh
# mlcroissant gives the field of type sc:Text the number 1.1 for "1.10" and 7.0 for "007", as text
#
# Expected: A field with the dataType sc:Text holds the text of its column (Croissant 1.0, "Field" and
#   "Data types"): "1.10", "007", "None".
# Seen: b"1.1", b"7.0" and no value at all: the column is read as numbers with its empty-looking words
#   dropped, and turned into text afterwards. With one row "IV" in the file the same rows give "1.10" and
#   "007". The metadata is valid and nothing is said.
# Versions: mlcroissant 1.1.1
# Why it matters: Croissant exists to say what a column is; codes of controls lose their zeros in the
#   library of the standard, and a row added elsewhere in the file changes them.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='mlcroissant==1.1.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import hashlib
import json
import sys
from pathlib import Path

import mlcroissant as mlc


def read(rows):
    Path("controls.csv").write_text("code,label\n" + rows)
    field = lambda name: mlc.Field(
        id=f"controls/{name}",
        name=name,
        data_types=[mlc.DataType.TEXT],
        source=mlc.Source(file_object="file", extract=mlc.Extract(column=name)),
    )
    metadata = mlc.Metadata(
        name="controls",
        description="Controls.",
        url="https://example.org/controls",
        license=["https://creativecommons.org/licenses/by/4.0/"],
        distribution=[
            mlc.FileObject(
                id="file",
                name="controls.csv",
                content_url="controls.csv",
                encoding_formats=["text/csv"],
                sha256=hashlib.sha256(Path("controls.csv").read_bytes()).hexdigest(),
            )
        ],
        record_sets=[mlc.RecordSet(id="controls", name="controls", fields=[field("code"), field("label")])],
    )
    Path("croissant.json").write_text(json.dumps(metadata.to_json(), default=str))
    records = mlc.Dataset(jsonld="croissant.json").records(record_set="controls")
    return [tuple(value and value.decode() for value in record.values()) for record in records]


seen = read("1.10,None\n007,Audit\n"), read("1.10,None\n007,Audit\nIV,Log\n")
print("seen:    ", seen[0])
print("          ", seen[1])
print("expected: 1.10 and 007 both times, and the label None")
sys.exit(seen != ([("1.1", None), ("7.0", "Audit")], [("1.10", None), ("007", "Audit"), ("IV", "Log")]))
PY
