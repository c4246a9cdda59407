#!/bin/sh
# shacl-engine joins two sh:or lists of one shape into one and fails on two sh:not
#
# Expected: A shape may have several values of sh:or, sh:not, sh:and and sh:xone; each is a
#   constraint of its own (SHACL, 4.6: "For each value").
# Seen: A value that meets one of the two sh:or lists passes both; with two sh:not validation ends
#   with a TypeError. rdf-validate-shacl reports both values in both cases; each sh:or alone works.
# Versions: rdf-validate-shacl 0.6.5, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0
# Why it matters: two alternatives ("a label or a code", "a source or a note") on one class is
#   ordinary; the shape then checks next to nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdf-validate-shacl@0.6.5 shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import rdf from "rdf-ext";
import Validator from "rdf-validate-shacl";
import { Validator as Engine } from "shacl-engine";

const PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> . ";
const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(PREFIX + text));
const dataset = read(':a :value 1 , "x" .');
const number = "[ sh:datatype <http://www.w3.org/2001/XMLSchema#integer> ]";
const text = "[ sh:datatype <http://www.w3.org/2001/XMLSchema#string> ]";
const list = (shape) => `( [ sh:nodeKind sh:IRI ] ${shape} )`;
const constraints = {
  "one sh:or": `sh:or ${list(number)}`,
  "two sh:or": `sh:or ${list(number)} , ${list(text)}`,
  "two sh:not": `sh:not ${number} , ${text}`,
};
const seen = {};
for (const [name, constraint] of Object.entries(constraints)) {
  const shapes = read(`:S a sh:NodeShape ; sh:targetNode :a ; sh:property [ sh:path :value ; ${constraint} ] .`);
  const first = (await new Validator(shapes).validate(dataset)).results.length;
  const second = await new Engine(shapes, { factory: rdf }).validate({ dataset }).then((r) => r.results.length, (e) => e.name);
  seen[name] = [first, second];
}
console.log("seen:     results of rdf-validate-shacl and shacl-engine", JSON.stringify(seen));
console.log("expected: 1, 2 and 2 results from both");
const recorded = { "one sh:or": [1, 1], "two sh:or": [2, 0], "two sh:not": [2, "TypeError"] };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
