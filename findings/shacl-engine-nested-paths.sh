#!/bin/sh
# shacl-engine finds no values for a path operator over anything but one property
#
# Expected: Sequence, alternative, inverse, *, + and ? paths nest in each other (SHACL, 2.3.1): from :c, ( ^:part )+ reaches :b
#   and :a, and an alternative may be a sequence or an inverse.
# Seen: shacl-engine finds nothing for + over an inverse, an alternative or a sequence, only the node itself for * and ?, and
#   leaves out the members of an alternative that are no single property; no error. So sh:maxCount and sh:class pass,
#   and sh:minCount and sh:hasValue fail. rdf-validate-shacl and pyshacl find all.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0
# Why it matters: "everything above in the hierarchy", written over skos:broader and the inverse of skos:narrower, is such a
#   path: nothing is checked.
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
const DATA = ":a :part :b . :b :part :c . :c :in :b . :b :in :a .";
const paths = {
  ":in +": "[ sh:oneOrMorePath :in ]",
  "( ^:part ) +": "[ sh:oneOrMorePath [ sh:inversePath :part ] ]",
  "( :in | ^:part ) +": "[ sh:oneOrMorePath [ sh:alternativePath ( :in [ sh:inversePath :part ] ) ] ]",
  "( :in / :in ) *": "[ sh:zeroOrMorePath ( :in :in ) ]",
  "( ^:part ) ?": "[ sh:zeroOrOnePath [ sh:inversePath :part ] ]",
  "( :none | :in / :in )": "[ sh:alternativePath ( :none ( :in :in ) ) ]",
};
const seen = {};
for (const [name, path] of Object.entries(paths)) {
  const shapes = `:S a sh:NodeShape ; sh:targetNode :c ; sh:property [ sh:path ${path} ; sh:nodeKind sh:Literal ] .`;
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
print("seen:     values that pyshacl, rdf-validate-shacl and shacl-engine report", seen)
print("expected: 2, 2, 2, 2, 2 and 1 from all")
sys.exit(list(seen.values()) != [[2, 2, 2], [2, 2, 0], [2, 2, 0], [2, 2, 1], [2, 2, 1], [1, 1, 0]])
PY
