#!/bin/sh
# shacl-engine reads the class hierarchy from the shapes: instances of a subclass in the data are not checked
#
# Expected: sh:targetClass, a class that is a shape itself, and sh:class mean the SHACL instances of the class in the
#   data graph, whose rdfs:subClassOf counts (SHACL, 2.1.3.2, 2.1.3.3 and 4.1.1). A node shape that is no class has no
#   target of its own (2.1.3.3).
# Seen: shacl-engine takes rdfs:subClassOf from the shapes graph only: with the hierarchy in the data the instance of the
#   subclass is no focus node, and as a value of sh:class it is reported; and a node shape that is no class checks
#   the instances of its IRI. rdf-validate-shacl and pyshacl do as the specification says.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0
# Why it matters: a shape for all controls leaves out every one that has a more exact class; the report says that the
#   data conforms.
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

const PREFIX = `@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <http://example.org/> . `;
const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(PREFIX + text));
const TARGET = ":S a sh:NodeShape ; sh:targetClass :Control ; sh:property [ sh:path :label ; sh:minCount 1 ] .";
const CLASS = ":Control a sh:NodeShape , rdfs:Class ; sh:property [ sh:path :label ; sh:minCount 1 ] .";
const VALUE = ":S a sh:NodeShape ; sh:targetNode :plan ; sh:property [ sh:path :step ; sh:class :Control ] .";
const HIERARCHY = " :Audit rdfs:subClassOf :Control .";
const cases = {
  "target, in the data": [TARGET, ":a a :Audit ." + HIERARCHY],
  "target, in the shapes": [TARGET + HIERARCHY, ":a a :Audit ."],
  "class as shape, in the data": [CLASS, ":a a :Audit ." + HIERARCHY],
  "sh:class, in the data": [VALUE, ":plan :step :a . :a a :Audit ." + HIERARCHY],
  "no class": [CLASS.replace(", rdfs:Class", ""), ":a a :Control ."],
};
const seen = {};
for (const [name, [shapes, data]] of Object.entries(cases)) {
  const first = await new Validator(read(shapes)).validate(read(data));
  const second = await new Engine(read(shapes), { factory: rdf }).validate({ dataset: read(data) });
  seen[name] = { texts: [PREFIX + shapes, PREFIX + data], results: [first.results.length, second.results.length] };
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
print("expected: 1, 0, 1, 0 and 0 from all")
sys.exit(list(seen.values()) != [[1, 1, 0], [0, 0, 1], [1, 1, 0], [0, 0, 1], [0, 0, 1]])
PY
