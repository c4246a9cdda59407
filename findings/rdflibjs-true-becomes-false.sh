#!/bin/sh
# rdflib.js writes the boolean true as false into Turtle, N3 and JSON-LD
#
# Expected: "true"^^xsd:boolean is written as true (Turtle, 2.5.3; the lexical forms of xsd:boolean are
#   true, false, 1 and 0: XML Schema 1.1 Part 2, 3.3.2.2).
# Seen: RDF/XML with the value true, read by rdflib.js and written by it as Turtle or JSON-LD, says
#   false. N-Triples says true. Only "1", which its Turtle parser makes of true, is written as true.
# Versions: rdflib 2.4.0, n3 2.13.12
# Why it matters: a conversion from RDF/XML, or data of another RDF/JS library put into its store, turns
#   "deprecated: true" round, and nothing tells.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdflib@2.4.0 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import { graph, parse, serialize, sym } from "rdflib";

const XML = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">
  <rdf:Description rdf:about="http://example.org/a">
    <e:deprecated rdf:datatype="http://www.w3.org/2001/XMLSchema#boolean">true</e:deprecated>
  </rdf:Description>
</rdf:RDF>`;
const document = sym("http://example.org/document");
const store = graph();
parse(XML, store, document.value, "application/rdf+xml");
const write = (type) => serialize(document, store, document.value, type);
const read = (text) => new Parser({ baseIRI: document.value }).parse(text).map((quad) => quad.object.value);
const seen = {
  "in the store": store.statements.map((statement) => statement.object.value),
  Turtle: read(write("text/turtle")),
  "N-Triples": read(write("application/n-triples")),
  "JSON-LD": [String(JSON.parse(write("application/ld+json"))["http://example.org/deprecated"])],
};
console.log("seen:    ", JSON.stringify(seen));
console.log('expected: "true" four times');
const recorded = { "in the store": ["true"], Turtle: ["false"], "N-Triples": ["true"], "JSON-LD": ["false"] };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
