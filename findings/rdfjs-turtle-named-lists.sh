#!/bin/sh
# @rdfjs/serializer-turtle writes a list that has an IRI or a label as ( ... ), without them
#
# Expected: ( ... ) in Turtle is a list of blank nodes about which nothing else is said (RDF 1.1 Turtle, 2.8); a
#   list whose node is an IRI, or has a label, is written with rdf:first and rdf:rest.
# Seen: The value :stages, an IRI with rdf:first and rdf:rest, becomes a list without an IRI beside the one that has
#   it (9 statements for 5); a label of the node of a list is gone. n3 keeps all.
# Versions: @rdfjs/serializer-turtle 1.1.5, n3 2.13.12
# Why it matters: The order of a collection is a list, and to point at it from elsewhere or to say where it is from
#   it is given an IRI; the collection no longer refers to it.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@rdfjs/serializer-turtle@1.1.5 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import Serializer from "@rdfjs/serializer-turtle";
import { Parser, Store, Writer } from "n3";

const PREFIXES = `PREFIX : <http://example.org/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n`;
const graphs = {
  plain: ':all :members ( "plan" "run" ) .',
  "with an IRI": ':all :members :stages . :stages rdf:first "plan" ; rdf:rest ( "run" ) .',
  "with a label": ':all :members _:l . _:l rdf:first "plan" ; rdf:rest ( "run" ) ; rdfs:label "stages" .',
};
const describe = (text) => {
  const quads = new Parser().parse(text);
  const find = (name) => quads.find((quad) => quad.predicate.value.endsWith(name));
  return [quads.length, find("members").object.termType, find("label") !== undefined];
};
const seen = Object.fromEntries(Object.entries(graphs).map(([name, text]) => {
  const quads = new Parser().parse(PREFIXES + text);
  return [name, [describe(new Serializer().transform(new Store(quads))), describe(new Writer().quadsToString(quads))]];
}));
console.log("seen:     statements, kind of node, has label: serializer-turtle and n3", JSON.stringify(seen));
console.log("expected: twice the same");
const recorded = {
  plain: [[5, "BlankNode", false], [5, "BlankNode", false]],
  "with an IRI": [[9, "BlankNode", false], [5, "NamedNode", false]],
  "with a label": [[5, "BlankNode", false], [6, "BlankNode", true]],
};
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
