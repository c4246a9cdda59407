#!/bin/sh
# pyoxigraph refuses RDF/XML in which text follows a CDATA section
#
# Expected: <![CDATA[R&D]]> plan is one text, "R&D plan" (XML 1.0, 2.7; RDF 1.1 XML Syntax, 6.1,
#   text events).
# Seen: SyntaxError "Unexpected text event" for CDATA then text and for text then CDATA; a CDATA
#   section alone is read. rdflib reads all three.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: exports of thesaurus editors wrap only the part with an ampersand; the whole file
#   is refused for one label.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import pyoxigraph
import rdflib

XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/">
<rdf:Description rdf:about="http://example.org/a"><ex:title>%s</ex:title></rdf:Description></rdf:RDF>"""
seen = {}
for text in ("<![CDATA[R&D]]> plan", "Plan <![CDATA[R&D]]>", "<![CDATA[R&D]]>"):
    value = next(iter(rdflib.Graph().parse(data=XML % text, format="xml")))[2]
    try:
        quads = list(pyoxigraph.parse(XML % text, format=pyoxigraph.RdfFormat.RDF_XML))
        seen[str(value)] = quads[0].object.value
    except SyntaxError as error:
        seen[str(value)] = str(error).split(":")[0]
recorded = {"R&D plan": "Unexpected text event", "Plan R&D": "Unexpected text event", "R&D": "R&D"}
print("seen:     rdflib and pyoxigraph", seen)
print("expected: the same text from both")
sys.exit(seen != recorded)
PY
