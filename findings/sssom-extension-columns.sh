#!/bin/sh
# sssom-py keeps the definition of an extension column and drops the column
#
# Expected: A column declared in extension_definitions is read and written like any other, or the
#   definition goes with it (SSSOM specification, "Non-standard slots": support is optional, a
#   definition describes a column of the file).
# Seen: The values of ext_code are gone after parse_sssom_table and from every file written; the
#   definition is still written, so the file promises a column it does not have.
# Versions: sssom 0.4.21
# Why it matters: codes of a framework beside the mapping are what extension columns are for.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='sssom==0.4.21'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp" 2>"$tmp/log" <<'PY'
import sys
from pathlib import Path

from sssom.parsers import parse_sssom_table
from sssom.writers import write_table

TEXT = """# mapping_set_id: https://example.org/set
# license: https://creativecommons.org/licenses/by/4.0/
# curie_map:
#   EX: https://example.org/
# extension_definitions:
#   - slot_name: ext_code
#     property: EX:code
#     type_hint: xsd:string
subject_id\tpredicate_id\tobject_id\tmapping_justification\text_code
EX:a\tskos:exactMatch\tEX:b\tsemapv:ManualMappingCuration\t1.10
"""
folder = Path(sys.argv[1])
(folder / "in.sssom.tsv").write_text(TEXT)
table = parse_sssom_table(str(folder / "in.sssom.tsv"))
with (folder / "out.sssom.tsv").open("w") as file:
    write_table(table, file)
written = (folder / "out.sssom.tsv").read_text()
seen = {"value": "1.10" in written, "definition": "slot_name: ext_code" in written}
print("seen:    ", seen)
print("expected: both True")
sys.exit(seen != {"value": False, "definition": True})
PY
