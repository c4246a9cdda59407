#!/bin/sh
# @rdfjs/serializer-jsonld names a graph of a blank node by a relative IRI, and readers drop or rename it
#
# Expected: A graph may be named by a blank node, and its @id then starts with "_:" (RDF 1.1 Concepts, 4;
#   JSON-LD 1.1, 4.5.1 and 4.9.1).
# Seen: The @id is the label alone, "b0_h" for _:h, which is a relative IRI: jsonld.js drops the whole
#   graph, and with a base pyoxigraph reads an IRI that nobody gave. A blank node as subject or object has
#   its "_:".
# Versions: @rdfjs/serializer-jsonld 2.0.1, n3 2.13.12, jsonld 9.0.0, pyoxigraph 0.5.13
# Why it matters: nanopublications, verifiable credentials and JSON-LD graph containers have graphs without
#   a name; this is the JSON-LD serializer of @rdfjs/formats and rdf-ext.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@rdfjs/serializer-jsonld@2.0.1 n3@2.13.12 jsonld@9.0.0'
pip='pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import Serializer from "@rdfjs/serializer-jsonld";
import jsonld from "jsonld";
import { Parser } from "n3";

let written = "";
const quads = new Parser({ format: "TriG" }).parse("@prefix : <http://example.org/> . :a :p _:x . _:h { :a :p :b }");
for await (const part of new Serializer({ encoding: "string" }).import(Readable.from(quads))) written += part;
writeFileSync(process.argv[2], written);
const read = new Parser({ format: "N-Quads" }).parse(await jsonld.toRDF(JSON.parse(written), { format: "application/n-quads" }));
const label = JSON.parse(written).find((node) => "@graph" in node)["@id"];
console.log(`${quads.length} given, ${read.length} read by jsonld.js, @id of the graph ${/^_:/.test(label) ? "blank" : "relative"}`);
JS
cat >"$tmp/run.py" <<'PY'
import sys

import pyoxigraph

quads = list(pyoxigraph.parse(path=sys.argv[1], format=pyoxigraph.RdfFormat.JSON_LD, base_iri="http://example.org/base/"))
print(sorted(type(quad.graph_name).__name__ for quad in quads))
PY
seen="$(node "$tmp/run.mjs" "$tmp/out.json"), pyoxigraph $("$tmp/env/bin/python" "$tmp/run.py" "$tmp/out.json")"
echo "seen:     $seen"
echo "expected: 2 given, 2 read by jsonld.js, @id of the graph blank, pyoxigraph ['BlankNode', 'DefaultGraph']"
[ "$seen" = "2 given, 1 read by jsonld.js, @id of the graph relative, pyoxigraph ['DefaultGraph', 'NamedNode']" ]
