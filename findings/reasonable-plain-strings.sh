#!/bin/sh
# Adding what reasonable infers to an rdflib graph doubles every plain string
#
# Expected: "x" and "x"^^xsd:string are one literal (RDF 1.1 Concepts, 3.3), so a graph together with its
#   closure holds each text once.
# Seen: reasonable gives back the triples it was given, each plain string with the datatype spelt out;
#   rdflib holds Literal("x") and Literal("x", datatype=XSD.string) as two, and counts two labels.
# Versions: reasonable 0.4.4, rdflib 7.6.0
# Why it matters: After adding the answer to the graph, counts of labels, names and notations double, and a
#   shape that allows one label (sh:maxCount 1) reports every resource.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='reasonable==0.4.4 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import rdflib
import reasonable

graph = rdflib.Graph().parse(data='@prefix : <http://example.org/> . :a :p "x", "y"@en .', format="turtle")
reasoner = reasonable.PyReasoner()
reasoner.from_graph(graph)
for triple in reasoner.reason():
    graph.add(triple)
values = sorted(value.n3() for value in graph.objects(None, rdflib.URIRef("http://example.org/p")))
print("seen:    ", values)
print('expected: "x" and "y"@en, two values')
sys.exit(values != ['"x"', '"x"^^<http://www.w3.org/2001/XMLSchema#string>', '"y"@en'])
PY
