#!/bin/sh
# shaclc-parse refuses a backslash in a pattern, which shaclc-write writes, and takes xsd:unsignedInt for a class
#
# Expected: Strings may hold escapes, and the first example of the SHACL Compact Syntax has the pattern
#   "^\\d{3}..." (introduction, and ECHAR in "Grammar and Production Rules"). A type after a path is
#   sh:datatype if it is one of the datatypes that SPARQL 1.1 supports (propertyType): 17.1 there lists
#   xsd:unsignedInt, and does not list xsd:date, which therefore is sh:class.
# Seen: Every string with an escape ends in a TypeError; shaclc-write writes such strings. xsd:unsignedInt
#   is sh:class, xsd:unsignedByte sh:datatype. xsd:date is sh:class, as specified.
# Versions: shaclc-parse 2.0.0, shaclc-write 1.6.3, n3 2.13.12
# Why it matters: codes and dates are what shapes check. ":issued xsd:date" in the compact syntax is a shape
#   that no literal passes: write datatype=xsd:date.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='shaclc-parse@2.0.0 shaclc-write@1.6.3 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import { parse } from "shaclc-parse";
import { write } from "shaclc-write";

const PREFIXES = "PREFIX : <http://example.org/>\nPREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n";
const outcome = (read) => {
  try {
    return read();
  } catch (error) {
    return error.name;
  }
};
const kind = (constraint) =>
  outcome(() => {
    const quad = parse(`${PREFIXES}shape :S { :p ${constraint} . }`).find(({ predicate }) => /#(datatype|class|pattern)$/.test(predicate.value));
    return quad.predicate.value.split("#")[1];
  });
const shape = `@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> .
<http://example.org/shapes> a <http://www.w3.org/2002/07/owl#Ontology> .
:S a sh:NodeShape ; sh:property [ sh:path :code ; sh:pattern "^\\\\d+$" ] .`;
const { text } = await write(new Parser().parse(shape), { prefixes: { "": "http://example.org/" } });
const seen = {
  'pattern="[0-9]"': kind('pattern="[0-9]"'),
  'pattern="\\\\d"': kind('pattern="\\\\d"'),
  "written by shaclc-write": outcome(() => `${parse(text).length} triples`),
  ...Object.fromEntries(["string", "unsignedByte", "unsignedInt", "date"].map((name) => [name, kind(`xsd:${name}`)])),
  "datatype=xsd:date": kind("datatype=xsd:date"),
};
console.log("seen:    ", JSON.stringify(seen));
console.log("expected: pattern twice, 5 triples, sh:datatype but for date, which is sh:class");
const recorded = {
  'pattern="[0-9]"': "pattern",
  'pattern="\\\\d"': "TypeError",
  "written by shaclc-write": "TypeError",
  string: "datatype",
  unsignedByte: "datatype",
  unsignedInt: "class",
  date: "class",
  "datatype=xsd:date": "datatype",
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
