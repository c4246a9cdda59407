#!/bin/sh
# pyshacl walks the inverse of a sequence from its start, so it reaches other nodes or none
#
# Expected: sh:inversePath ( :part :document ) is ^( :part / :document ): from a document to whatever has a part in it, the
#   same as ( [ sh:inversePath :document ] [ sh:inversePath :part ] ) (SHACL, 2.3.1.4, and SPARQL 1.1 Query, 18.4).
# Seen: with one such thing, sh:maxCount 0 has a result for the second path and none for the first; and where the steps
#   happen to be there in the other order, the first path has a value that it should not have.
# Versions: pyshacl 0.40.1, rdflib 7.6.0
# Why it matters: constraints on what leads to a node through two steps pass whatever the data.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import pyshacl
import rdflib

PREFIX = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> . "
RESULT = rdflib.URIRef("http://www.w3.org/ns/shacl#result")
DATA = {"there": ":report :part :page . :page :document :file .", "other order": ":x :document :page . :page :part :file ."}
PATHS = {
    "inverse of the sequence": "[ sh:inversePath ( :part :document ) ]",
    "sequence of inverses": "( [ sh:inversePath :document ] [ sh:inversePath :part ] )",
}


def count(data, path):
    shape = f":S a sh:PropertyShape ; sh:targetNode :file ; sh:path {path} ; sh:maxCount 0 ."
    graphs = [rdflib.Graph().parse(data=PREFIX + text, format="turtle") for text in (data, shape)]
    return len(list(pyshacl.validate(graphs[0], shacl_graph=graphs[1])[1].objects(None, RESULT)))


seen = {f"{name}, {order}": count(data, path) for name, path in PATHS.items() for order, data in DATA.items()}
print("seen:     results", seen)
print("expected: 1 where the steps are there, 0 where they are there in the other order, for both")
sys.exit(list(seen.values()) != [0, 1, 1, 0])
PY
