#!/bin/sh
# rdfxml-streaming-parser keeps only the text behind the last comment or CDATA section
#
# Expected: <ex:code>1.1<!-- checked -->.2</ex:code> is "1.1.2" and <![CDATA[R&D]]> plan is "R&D
#   plan": comments are no part of the text and a CDATA section is text (RDF 1.1 XML Syntax, 6.1 and
#   6.2, events of an XML document; XML 1.0, 2.5 and 2.7).
# Seen: The values are ".2" and " plan", without an error. rdflib reads both whole.
# Versions: rdflib 7.6.0, rdfxml-streaming-parser 3.3.0
# Why it matters: codes and titles come out shortened, and a shortened code is often another valid
#   code.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0'
npm='rdfxml-streaming-parser@3.3.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { RdfXmlParser } from "rdfxml-streaming-parser";

const found = [];
const parser = new RdfXmlParser({ baseIRI: "http://example.org/" });
parser.on("data", (quad) => found.push(quad.object.value));
parser.on("end", () => console.log(found.sort().join("|")));
parser.write(process.env.XML);
parser.end();
JS
export XML='<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/">
<rdf:Description rdf:about="http://example.org/a"><ex:code>1.1<!-- checked -->.2</ex:code>
<ex:title><![CDATA[R&D]]> plan</ex:title></rdf:Description></rdf:RDF>'
stream=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import rdflib

graph = rdflib.Graph().parse(data=os.environ["XML"], format="xml")
seen = {
    "rdflib": "|".join(sorted(str(triple[2]) for triple in graph)),
    "rdfxml-streaming-parser": os.environ["stream"],
}
print("seen:    ", seen)
print("expected: 1.1.2|R&D plan from both")
sys.exit(seen != {"rdflib": "1.1.2|R&D plan", "rdfxml-streaming-parser": " plan|.2"})
PY
