#!/bin/sh
# rdflib.js ends a list in N-Triples with rdf:nill and empties it in RDF/XML
#
# Expected: A collection of two strings is four statements that end at rdf:nil (RDF Schema, 5.2; Turtle,
#   2.8), in every format. RDF/XML can hold it with rdf:first and rdf:rest (parseType="Collection" only
#   takes nodes: RDF/XML, 2.16), or the writer refuses it.
# Seen: N-Triples and N-Quads end at <...#nill>; RDF/XML is parseType="Collection" with nothing in it.
#   Turtle and JSON-LD are right.
# Versions: rdflib 2.4.0, n3 2.13.12, rdfxml-streaming-parser 3.3.0
# Why it matters: a list of codes (a sh:in list, an ordered collection) has no end for a store that loads
#   the N-Triples, so SHACL validators call it ill-formed, and no members for one that loads the RDF/XML.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdflib@2.4.0 n3@2.13.12 rdfxml-streaming-parser@3.3.0'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import { graph, parse, serialize, sym } from "rdflib";
import { RdfXmlParser } from "rdfxml-streaming-parser";

const document = sym("http://example.org/document");
const store = graph();
parse('<http://example.org/a> <http://example.org/codes> ( "1.1" "1.2" ) .', store, document.value, "text/turtle");
const write = (type) => serialize(document, store, document.value, type);
const readXml = (text) =>
  new Promise((done, fail) => {
    const quads = [];
    const parser = new RdfXmlParser({ baseIRI: document.value });
    parser.on("data", (quad) => quads.push(quad)).on("error", fail).on("end", () => done(quads));
    parser.end(text);
  });
const read = (text) => new Parser({ baseIRI: document.value }).parse(text);
const describe = (quads) => [
  quads.filter((quad) => quad.predicate.value.endsWith("#first")).map((quad) => quad.object.value).sort().join(" "),
  quads.filter((quad) => quad.object.termType === "NamedNode").map((quad) => quad.object.value.split("#")[1]).join(" "),
];
const seen = {
  Turtle: describe(read(write("text/turtle"))),
  "N-Triples": describe(read(write("application/n-triples"))),
  "N-Quads": describe(read(write("application/n-quads"))),
  "RDF/XML": describe(await readXml(write("application/rdf+xml"))),
};
console.log("seen:     members and end", JSON.stringify(seen));
console.log('expected: ["1.1 1.2","nil"] four times');
const recorded = { Turtle: ["1.1 1.2", "nil"], "N-Triples": ["1.1 1.2", "nill"], "N-Quads": ["1.1 1.2", "nill"], "RDF/XML": ["", "nil"] };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
