#!/bin/sh
# sssom-py drops the labels None, NA and null of a mapping set
#
# Expected: A label is text; only an empty cell is missing (SSSOM specification, TSV format).
# Seen: The labels None, NA, null, nan and n/a come back empty; the label Unknown stays.
# Versions: sssom 0.4.21
# Why it matters: "None" is a real answer in lists of mitigations and licences ("None", "NA" for
#   Namibia); after one round trip it is gone.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='sssom==0.4.21'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/in.sssom.tsv" 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

from sssom.parsers import parse_sssom_table

labels = ["None", "NA", "null", "nan", "n/a", "Unknown"]
rows = [f"EX:a{i}\t{text}\tskos:exactMatch\tEX:b\tsemapv:ManualMappingCuration" for i, text in enumerate(labels)]
head = """# mapping_set_id: https://example.org/set
# license: https://creativecommons.org/licenses/by/4.0/
# curie_map:
#   EX: https://example.org/
subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification
"""
Path(sys.argv[1]).write_text(head + "\n".join(rows) + "\n")
seen = list(parse_sssom_table(sys.argv[1]).df["subject_label"])
print("seen:    ", seen)
print("expected:", labels)
sys.exit(seen != ["", "", "", "", "", "Unknown"])
PY
