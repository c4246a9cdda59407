#!/bin/sh
# rdf-validate-shacl judges sh:and in a property shape at the wrong node
#
# Expected: each value node must conform to each member of sh:and, and one that does not is one result (SHACL, 4.6.2); a
#   member with sh:path starts at the value node, as under sh:or and sh:node.
# Seen: rdf-validate-shacl starts at the focus node: a member with sh:path passes or fails for properties that the value has or
#   has not, in both directions; and of the members without a path all values of the property are asked together, so
#   one wrong value is a result for each right one, too. pyshacl and shacl-engine do as the text says.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0
# Why it matters: "each source has a title and a date" passes when the sources have neither, and a list of two numbers is
#   rejected as a whole for one of them.
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
const title = "[ sh:path :title ; sh:minCount 1 ]";
const note = "[ sh:path :note ; sh:maxCount 0 ]";
const small = "( [ sh:minInclusive 1 ] [ sh:maxInclusive 9 ] )";
const cases = {
  "sh:or, no title": [`sh:path :source ; sh:or ( ${title} )`, ":a :source :b ."],
  "sh:and, no title": [`sh:path :source ; sh:and ( ${title} )`, ":a :source :b ."],
  "sh:or, no note": [`sh:path :source ; sh:or ( ${note} )`, ":a :source :b ."],
  "sh:and, no note": [`sh:path :source ; sh:and ( ${note} )`, ":a :source :b ."],
  "sh:and, one of two numbers": [`sh:path :level ; sh:and ${small}`, ":a :level 5 , 12 ."],
};
const seen = {};
for (const [name, [constraint, data]] of Object.entries(cases)) {
  const shapes = `:S a sh:NodeShape ; sh:targetNode :a ; sh:property [ ${constraint} ] .`;
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
print("expected: 1, 1, 0, 0 and 1 from all")
sys.exit(list(seen.values()) != [[1, 1, 1], [1, 0, 1], [0, 0, 0], [0, 1, 0], [1, 2, 1]])
PY
