#!/bin/sh
# jsonld.js with useNativeTypes makes texts of integers that are not written as JavaScript writes them
#
# Expected: an xsd:integer whose text is a valid integer becomes a number; one that is not converted keeps its datatype
#   (JSON-LD 1.1 API, "RDF to Object Conversion").
# Seen: "01", "+1" and "9007199254740993" of type xsd:integer become {"@value": "01"} and so on, without "@type": read back they
#   are plain texts. "abc" of that type keeps it. PyLD gives the numbers 1, 1 and 9007199254740993.
# Versions: jsonld 9.0.0, PyLD 3.3.0
# Why it matters: a number that cannot be kept exactly is the one that must keep its type; a query that compares or sums
#   leaves these rows out without an error.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='PyLD==3.3.0'
npm='jsonld@9.0.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export TEXTS='["7", "01", "+1", "9007199254740993", "abc"]'
cat >"$tmp/run.mjs" <<'JS'
import jsonld from "jsonld";

const seen = [];
for (const text of JSON.parse(process.env.TEXTS)) {
  const line = `<urn:a> <urn:p> "${text}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n`;
  const nodes = await jsonld.fromRDF(line, { format: "application/n-quads", useNativeTypes: true });
  const again = await jsonld.toRDF(nodes, { format: "application/n-quads" });
  seen.push([nodes[0]["urn:p"][0]["@value"], again.includes("XMLSchema#integer")]);
}
console.log(JSON.stringify(seen));
JS
javascript=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import json
import os
import sys

from pyld import jsonld

python = []
for text in json.loads(os.environ["TEXTS"]):
    line = f'<urn:a> <urn:p> "{text}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    nodes = jsonld.from_rdf(line, {"format": "application/n-quads", "useNativeTypes": True})
    again = jsonld.to_rdf(nodes, {"format": "application/n-quads"})
    python.append([nodes[0]["urn:p"][0]["@value"], "XMLSchema#integer" in again])
seen = {"PyLD": python, "jsonld.js": json.loads(os.environ["javascript"])}
print("seen:     value, and whether it is an integer when read back", seen)
print("expected: an integer when read back, always")
recorded = {
    "PyLD": [[7, True], [1, True], [1, True], [9007199254740993, True], ["abc", True]],
    "jsonld.js": [[7, True], ["01", False], ["+1", False], ["9007199254740993", False], ["abc", True]],
}
sys.exit(seen != recorded)
PY
