#!/bin/sh
# pronto writes obsolete terms into OBO Graphs JSON as terms in use, without synonyms and comments
#
# Expected: An obsolete term has "deprecated": true in its meta, its synonyms stand under "synonyms", its
#   comment under "comments" (OBO Graphs schema, meta); is_obsolete is a boolean tag of term frames (OBO Flat
#   File Format 1.4).
# Seen: "deprecated": false is written for the obsolete term, and its replacement stays as a plain value;
#   synonyms and comments are empty lists. Read back, the term is in use. The same ontology written as OBO
#   keeps all of it. No warning.
# Versions: pronto 2.7.4, fastobo 0.14.2
# Why it matters: who converts a vocabulary to JSON for a search index offers withdrawn terms and finds
#   nothing by synonym.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pronto==2.7.4 fastobo==0.14.2'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import io
import json
import sys

import pronto

OBO = b"""format-version: 1.4
ontology: ex

[Term]
id: EX:1
name: audit
comment: Done by others.
synonym: "check" EXACT []

[Term]
id: EX:2
name: old audit
is_obsolete: true
replaced_by: EX:1
"""


def convert(data, form):
    file = io.BytesIO()
    pronto.Ontology(io.BytesIO(data)).dump(file, format=form)
    return file.getvalue()


written = convert(OBO, "json")
first, second = (node["meta"] for node in json.loads(written)["graphs"][0]["nodes"])
again = pronto.Ontology(io.BytesIO(written))
seen = {
    "deprecated": second["deprecated"],
    "synonyms": first["synonyms"],
    "comments": first["comments"],
    "read back": again["EX:2"].obsolete,
    "OBO": b"is_obsolete: true" in convert(OBO, "obo") and b"synonym:" in convert(OBO, "obo"),
}
print("seen:    ", seen)
print("expected: deprecated True, one synonym, one comment, read back True, OBO True")
sys.exit(seen != {"deprecated": False, "synonyms": [], "comments": [], "read back": False, "OBO": True})
PY
