#!/bin/sh
# cffconvert: a data set becomes source code, an organisation a person, and two licences one false IRI
#
# Expected: By the Citation File Format 1.2.0 a file may say "type: dataset", an author may be an entity
#   with a name, and license may be a list (its schema, keys type, authors and license). In schema.org that
#   is a Dataset, an Organization and two licences.
# Seen: The file is valid for cffconvert itself; its schema.org and CodeMeta forms say SoftwareSourceCode,
#   Person, and "https://spdx.org/licenses/['CC-BY-4.0', 'MIT']", which is no IRI.
# Versions: cffconvert 2.0.0
# Why it matters: Catalogues that harvest the CodeMeta of a data release list it as software by a person
#   called like the organisation, and JSON-LD readers drop or refuse the licence.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='cffconvert==2.0.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/CITATION.cff" <<'CFF'
cff-version: 1.2.0
message: Please cite this table.
type: dataset
title: A table of measures
authors: [{name: Example Institute}]
license: [CC-BY-4.0, MIT]
CFF
"$tmp/env/bin/cffconvert" -i "$tmp/CITATION.cff" --validate >"$tmp/valid" || exit 1
"$tmp/env/bin/cffconvert" -i "$tmp/CITATION.cff" -f schema.org >"$tmp/out.json"
"$tmp/env/bin/python" - "$tmp/out.json" <<'PY'
import json
import sys

data = json.load(open(sys.argv[1], encoding="utf-8"))
seen = [data["@type"], data["author"][0]["@type"], data["license"]]
print("seen:    ", seen)
print("expected: Dataset, Organization, two IRIs of licences")
sys.exit(seen != ["SoftwareSourceCode", "Person", "https://spdx.org/licenses/['CC-BY-4.0', 'MIT']"])
PY
