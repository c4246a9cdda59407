#!/bin/sh
# Framing drops null from JSON literals in PyLD and jsonld.js
#
# Expected: the value of a term with "@type": "@json" is kept as it is (JSON-LD 1.1, 4.2.2); a frame chooses nodes and
#   properties and does not change values.
# Seen: framed, [1, null, 2] is [1, 2] in both, at any depth of arrays, while null as a member of an object stays.
#   Compacted, the same document keeps the null.
# Versions: PyLD 3.3.0, jsonld 9.0.0
# Why it matters: in a table or a series null keeps the place of a value that is not known; what follows moves up
#   and stands for something else.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='PyLD==3.3.0'
npm='jsonld@9.0.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export DOCUMENT='{"@context": {"@vocab": "http://example.com/", "row": {"@type": "@json"}}, "@id": "http://example.com/a", "@type": "Table",
  "row": {"values": [1, null, 2], "unit": null}}'
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";

const document = JSON.parse(process.env.DOCUMENT);
const context = document["@context"];
const framed = await jsonld.frame(document, { "@context": context, "@type": "Table" });
console.log(JSON.stringify([(await jsonld.compact(document, context)).row, framed.row]));
JS
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import json
import os
import sys

from pyld import jsonld

document = json.loads(os.environ["DOCUMENT"])
context = document["@context"]
framed = jsonld.frame(document, {"@context": context, "@type": "Table"})
seen = {"PyLD": [jsonld.compact(document, context)["row"], framed["row"]], "jsonld.js": json.loads(os.environ["javascript"])}
print("seen:     compacted, framed", seen)
print("expected: [1, null, 2] in both")
recorded = [document["row"], {"values": [1, 2], "unit": None}]
sys.exit(seen != {"PyLD": recorded, "jsonld.js": recorded})
PY
