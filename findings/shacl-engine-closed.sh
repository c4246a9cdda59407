#!/bin/sh
# shacl-engine takes every property that a path mentions for allowed in a closed shape
#
# Expected: sh:closed allows the properties that are themselves the value of sh:path of a property shape of the shape, and
#   the ignored ones (SHACL, 4.8.1): not the one below sh:inversePath, which leads to the node, nor those of an
#   alternative; a deactivated property shape still names its property; in a property shape the values are closed.
# Seen: shacl-engine allows the property of an inverse path and the first of an alternative, reports the property of a
#   deactivated property shape, and closes nothing in a property shape. pyshacl and rdf-validate-shacl agree with the text.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0
# Why it matters: "a control is part of one plan" (inverse of :part) lets each control have parts of its own, and switching
#   a rule off makes its property an error.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
npm='rdf-validate-shacl@0.6.5 shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { writeFileSync } from "node:fs";
import { Parser } from "n3";
import rdf from "rdf-ext";
import Validator from "rdf-validate-shacl";
import { Validator as Engine } from "shacl-engine";

const PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> . ";
const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(PREFIX + text));
const DATA = ":a :part :b ; :code 1 . :b :note 2 .";
const rest = "sh:ignoredProperties";
const constraints = {
  "plain path": `sh:closed true ; ${rest} ( :code ) ; sh:property [ sh:path :part ]`,
  "inverse path": `sh:closed true ; ${rest} ( :code ) ; sh:property [ sh:path [ sh:inversePath :part ] ]`,
  alternative: "sh:closed true ; sh:property [ sh:path [ sh:alternativePath ( :part :code ) ] ]",
  deactivated: `sh:closed true ; ${rest} ( :code ) ; sh:property [ sh:path :part ; sh:deactivated true ]`,
  "in a property shape": "sh:property [ sh:path :part ; sh:closed true ; sh:property [ sh:path :name ] ]",
};
const seen = {};
for (const [name, constraint] of Object.entries(constraints)) {
  const shapes = `:S a sh:NodeShape ; sh:targetNode :a ; ${constraint} .`;
  const first = await new Validator(read(shapes)).validate(read(DATA));
  const second = await new Engine(read(shapes), { factory: rdf }).validate({ dataset: read(DATA) });
  seen[name] = { texts: [PREFIX + shapes, PREFIX + DATA], results: [first.results.length, second.results.length] };
}
writeFileSync(process.argv[2], JSON.stringify(seen));
JS
node "$tmp/run.mjs" "$tmp/seen.json"
"$tmp/env/bin/python" - "$tmp/seen.json" <<'PY'
import json
import sys

import pyshacl
import rdflib

RESULT = rdflib.URIRef("http://www.w3.org/ns/shacl#result")
with open(sys.argv[1]) as file:
    cases = json.load(file)
seen = {}
for name, case in cases.items():
    shapes, data = (rdflib.Graph().parse(data=text, format="turtle") for text in case["texts"])
    report = pyshacl.validate(data, shacl_graph=shapes)[1]
    seen[name] = [len(list(report.objects(None, RESULT))), *case["results"]]
print("seen:     results of pyshacl, rdf-validate-shacl and shacl-engine", seen)
print("expected: 0, 1, 2, 0 and 1 from all")
sys.exit(list(seen.values()) != [[0, 0, 0], [1, 1, 0], [2, 2, 1], [0, 0, 1], [1, 1, 0]])
PY
