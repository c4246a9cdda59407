#!/bin/sh
# Compaction writes an IRI with a colon relative to the base so that it is another IRI when read
#
# Expected: a relative reference whose first segment has a colon starts with ./ (RFC 3986, 4.2), or the IRI stays absolute; what
#   is compacted and expanded again is the same IRI (JSON-LD 1.1 API, "IRI Compaction" and "IRI Expansion").
# Seen: PyLD and jsonld.js compact http://example.com/codes/ISO:27001 with the base http://example.com/codes/ to
#   "ISO:27001", and read that as the absolute IRI <ISO:27001>, without an error. "x/ISO:27001", which is no absolute
#   IRI, is resolved by jsonld.js and left as it is by PyLD, whose RDF then has no such statement.
# Versions: PyLD 3.3.0, jsonld 9.0.0
# Why it matters: codes with a colon are common in catalogues; the compacted file is valid, shorter and about other
#   things.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='PyLD==3.3.0'
npm='jsonld@9.0.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export NAMES='["27001", "ISO:27001", "x/ISO:27001"]'
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";

const BASE = "http://example.com/codes/";
const context = { "@base": BASE, label: "http://example.com/label" };
const seen = [];
for (const name of JSON.parse(process.env.NAMES)) {
  const compacted = await jsonld.compact([{ "@id": BASE + name, "http://example.com/label": [{ "@value": "A" }] }], context);
  seen.push([compacted["@id"], (await jsonld.expand(compacted))[0]["@id"], (await jsonld.toRDF(compacted)).length]);
}
console.log(JSON.stringify(seen));
JS
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import json
import os
import sys

from pyld import jsonld

BASE = "http://example.com/codes/"
CONTEXT = {"@base": BASE, "label": "http://example.com/label"}
python = []
for name in json.loads(os.environ["NAMES"]):
    compacted = jsonld.compact([{"@id": BASE + name, "http://example.com/label": [{"@value": "A"}]}], CONTEXT)
    statements = jsonld.to_rdf(compacted).get("@default", [])
    python.append([compacted["@id"], jsonld.expand(compacted)[0]["@id"], len(statements)])
seen = {"PyLD": python, "jsonld.js": json.loads(os.environ["javascript"])}
print("seen:     compacted, expanded again, statements", seen)
print("expected: the IRI of each code when it is expanded again, and 1 statement")
both = [["27001", BASE + "27001", 1], ["ISO:27001", "ISO:27001", 1]]
python, javascript = ["x/ISO:27001", "x/ISO:27001", 0], ["x/ISO:27001", BASE + "x/ISO:27001", 1]
sys.exit(seen != {"PyLD": [*both, python], "jsonld.js": [*both, javascript]})
PY
