#!/bin/sh
# csvw writes one subject of a row into minimal JSON and drops the others, and does not trim a token
#
# Expected: A row may describe several subjects, by aboutUrl of its columns; minimal JSON has one object for
#   each of them (Generating JSON from Tabular Data on the Web, "Generating Objects"). Of a token the
#   blanks at its ends go away and the others become one (Model for Tabular Data, 6.4, steps 1 and 2), so
#   "  a  b " is the valid token "a b".
# Seen: Of a row about a mitigation and its source one is in the JSON, now the one and now the other (it goes
#   by the hashes of Python's texts), without a message. Standard JSON has both, and so has minimal JSON
#   with a column that links the one to the other. The token keeps its blanks and is_valid is False.
# Versions: csvw 4.1.1
# Why it matters: a table of mitigations with columns for their source describes both; in some runs all
#   mitigations are lost, in others all sources.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='csvw==4.1.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import json
import sys
from pathlib import Path

from csvw import CSVW

folder = Path(sys.argv[1])
MITIGATION = {"aboutUrl": "http://example.org/mitigation/{id}"}
SOURCE = {"aboutUrl": "http://example.org/source/{source}"}
COLUMNS = [{"name": "id", "suppressOutput": True}, {"name": "label", **MITIGATION}, {"name": "source", "suppressOutput": True}, {"name": "title", **SOURCE}]
LINK = {"name": "link", "virtual": True, **MITIGATION, "propertyUrl": "http://example.org/from", "valueUrl": SOURCE["aboutUrl"]}


def read(text, columns):
    (folder / "table.csv").write_text(text)
    metadata = {"@context": "http://www.w3.org/ns/csvw", "url": "table.csv", "tableSchema": {"columns": columns}}
    (folder / "table.csv-metadata.json").write_text(json.dumps(metadata))
    table = CSVW(str(folder / "table.csv"), validate=True)
    return table.is_valid, table.to_json(minimal=True), table.to_json()


SUBJECTS = ("Audit", "Report")


def find(document):
    return [word for word in SUBJECTS if word in json.dumps(document)]


text = "id,label,source,title\n1,Audit,s,Report\n"
seen = {
    "minimal": find(read(text, COLUMNS)[1]),
    "standard": find(read(text, COLUMNS)[2]),
    "minimal with a link": find(read(text, [*COLUMNS, LINK])[1]),
    "valid": read(text, COLUMNS)[0],
    "token": (lambda answer: (answer[0], answer[1][0]["v"]))(read("v\n  a  b \n", [{"name": "v", "datatype": "token"}])),
}
print("seen:    ", seen)
print("expected: Audit and Report three times, True, (True, 'a b')")
both = list(SUBJECTS)
minimal = seen.pop("minimal")
sys.exit(len(minimal) != 1 or seen != {"standard": both, "minimal with a link": both, "valid": True, "token": (False, "  a  b ")})
PY
