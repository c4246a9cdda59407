#!/bin/sh
# @rdfjs/serializer-turtle loses the description of a class without a name that is a type of something
#
# Expected: rdf:type is a property like any other and its value may be a blank node (RDF Schema, 3.3); an OWL
#   individual of "some values from" is stated that way (OWL 2 Mapping to RDF Graphs, 2.1, ClassAssertion).
# Seen: Of six statements two are left: e:a a e:B, _:b1; the four about the restriction are gone, no
#   error. As the value of rdfs:subClassOf the same restriction is written in full.
# Versions: @rdfjs/serializer-turtle 1.1.5, n3 2.13.12
# Why it matters: An ontology or a set of mitigations typed by restrictions goes through the Turtle writer of the
#   RDF/JS libraries and says nothing afterwards.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@rdfjs/serializer-turtle@1.1.5 n3@2.13.12'
echo "packages: $npm"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import Serializer from "@rdfjs/serializer-turtle";
import { Parser, Store } from "n3";

const count = (property) => {
  const quads = new Parser().parse(`PREFIX : <http://example.org/> PREFIX owl: <http://www.w3.org/2002/07/owl#>
  PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
  :a ${property} :B , [ a owl:Restriction ; owl:onProperty :stage ; owl:someValuesFrom :Stage ; rdfs:comment "staged" ] .`);
  return [quads.length, new Parser().parse(new Serializer().transform(new Store(quads))).length];
};
const seen = { "rdf:type": count("rdf:type"), "rdfs:subClassOf": count("rdfs:subClassOf") };
console.log("seen:     statements before and after", JSON.stringify(seen));
console.log("expected: as many after as before");
const recorded = { "rdf:type": [6, 2], "rdfs:subClassOf": [6, 6] };
process.exit(JSON.stringify(seen) === JSON.stringify(recorded) ? 0 : 1);
JS
node "$tmp/run.mjs"
