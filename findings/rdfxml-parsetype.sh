#!/bin/sh
# One unknown rdf:parseType, three readings
#
# Expected: Every value of rdf:parseType but Literal, Resource and Collection is read as Literal, so
#   ex:note has an XML literal (RDF 1.1 XML Syntax, 7.2.20).
# Seen: rdflib makes the XML literal. pyoxigraph drops the statement without an error.
#   rdfxml-streaming-parser reads the elements inside as nodes and states that ex:note has a blank
#   node of type ex:b.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, rdfxml-streaming-parser 3.3.0
# Why it matters: OWL and SKOS files from older editors carry such attributes; text is lost or
#   becomes false statements.
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

const found = [];
const parser = new RdfXmlParser({ baseIRI: "http://example.org/" });
parser.on("data", (quad) => found.push(quad.object.termType));
parser.on("end", () => console.log(found.sort().join(" ")));
parser.write(process.env.XML);
parser.end();
JS
export XML='<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/">
<rdf:Description rdf:about="http://example.org/a"><ex:note rdf:parseType="Statement"><ex:b/></ex:note></rdf:Description>
</rdf:RDF>'
stream=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

xml = os.environ["XML"]
seen = {
    "rdflib": [type(triple[2]).__name__ for triple in rdflib.Graph().parse(data=xml, format="xml")],
    "pyoxigraph": [type(quad.object).__name__ for quad in pyoxigraph.parse(xml, format=pyoxigraph.RdfFormat.RDF_XML)],
    "rdfxml-streaming-parser": os.environ["stream"].split(),
}
recorded = {"rdflib": ["Literal"], "pyoxigraph": [], "rdfxml-streaming-parser": ["BlankNode", "NamedNode"]}
print("seen:     objects of the statements", seen)
print("expected: one literal from each")
sys.exit(seen != recorded)
PY
