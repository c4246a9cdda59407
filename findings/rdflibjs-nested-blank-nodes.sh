#!/bin/sh
# rdflib.js writes RDF/XML that nobody reads, itself included, for a blank node below a blank node
#
# Expected: :a :p [ :q [ :r "1" ] ] is written as RDF/XML with the same three statements. Inside
#   parseType="Resource" there are property elements only, and rdf:Description is not one of them
#   (RDF/XML, 7.2.18).
# Seen: The writer puts rdf:Description inside parseType="Resource": rdflib of Python and pyoxigraph
#   refuse it, rdflib.js reads it back as other statements. Turtle is right, and so is RDF/XML of
#   a blank node that two statements point to.
# Versions: rdflib 2.4.0 (npm), rdflib 7.6.0 (PyPI), pyoxigraph 0.5.13
# Why it matters: SHACL shapes, OWL restrictions and PROV qualifications are nested blank nodes.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='rdflib@2.4.0'
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { writeFileSync } from "node:fs";
import { graph, parse, serialize, sym } from "rdflib";

const document = sym("http://example.org/document");
const read = (text, type) => {
  const store = graph();
  parse(text, store, document.value, type);
  return store;
};
const names = (store) => store.statements.map((statement) => statement.predicate.value.split(/[/#]/).pop()).sort().join(" ");
const store = read('@prefix : <http://example.org/> . :a :p [ :q [ :r "1" ] ] .', "text/turtle");
const xml = serialize(document, store, null, "application/rdf+xml");
writeFileSync(process.argv[2], xml);
console.log(`statements: ${names(store)}; read back by rdflib.js: ${names(read(xml, "application/rdf+xml"))}`);
JS
cat >"$tmp/run.py" <<'PY'
import logging
import sys

import pyoxigraph
import rdflib

logging.disable()
path = sys.argv[1]


def outcome(read):
    try:
        return f"{len(list(read()))} statements"
    except Exception as error:
        return type(error).__name__


print("rdflib:", outcome(lambda: rdflib.Graph().parse(path, format="xml", publicID="http://example.org/document")), end="; ")
print("pyoxigraph:", outcome(lambda: pyoxigraph.parse(path=path, format=pyoxigraph.RdfFormat.RDF_XML, base_iri="http://example.org/document")))
PY
seen="$(node "$tmp/run.mjs" "$tmp/out.rdf"); $("$tmp/env/bin/python" "$tmp/run.py" "$tmp/out.rdf")"
echo "seen:     $seen"
echo "expected: statements p q r everywhere"
recorded="statements: p q r; read back by rdflib.js: Description Description p parseType type type value; rdflib: ParserError; pyoxigraph: SyntaxError"
[ "$seen" = "$recorded" ]
