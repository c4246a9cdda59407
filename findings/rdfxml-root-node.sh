#!/bin/sh
# rdfxml-streaming-parser drops the IRI of a document that starts with a node element
#
# Expected: A document may leave rdf:RDF out when it holds one node; rdf:about then names the
#   subject as anywhere else (RDF 1.1 XML Syntax, 2.6 and 7.2.1).
# Seen: The subject is a blank node; rdf:about is ignored, without an error. rdflib and pyoxigraph
#   read the IRI.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, rdfxml-streaming-parser 3.3.0
# Why it matters: services that answer one concept per request send such documents; every label
#   lands on a node nobody can ask for.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
npm='rdfxml-streaming-parser@3.3.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { RdfXmlParser } from "rdfxml-streaming-parser";

const found = new Set();
const parser = new RdfXmlParser({ baseIRI: "http://example.org/" });
parser.on("data", (quad) => found.add(quad.subject.termType));
parser.on("end", () => console.log([...found].join(" ")));
parser.write(process.env.XML);
parser.end();
JS
export XML='<Concept xmlns="http://www.w3.org/2004/02/skos/core#" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 rdf:about="http://example.org/a"><notation>1.1</notation></Concept>'
stream=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

xml = os.environ["XML"]
quads = pyoxigraph.parse(xml, format=pyoxigraph.RdfFormat.RDF_XML)
seen = {
    "rdflib": {type(triple[0]).__name__ for triple in rdflib.Graph().parse(data=xml, format="xml")},
    "pyoxigraph": {type(quad.subject).__name__ for quad in quads},
    "rdfxml-streaming-parser": {os.environ["stream"]},
}
recorded = {"rdflib": {"URIRef"}, "pyoxigraph": {"NamedNode"}, "rdfxml-streaming-parser": {"BlankNode"}}
print("seen:     kinds of subject", seen)
print("expected: an IRI from each")
sys.exit(seen != recorded)
PY
