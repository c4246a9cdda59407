#!/bin/sh
# rdflib gives the start of a * path twice where the path comes back to it
#
# Expected: :a :next* ?x over a -> b -> a gives a and b, each once: zero-or-more paths have no
#   duplicates (SPARQL 1.1 Query, 9.4 and 18.4, procedure ALP).
# Seen: rdflib gives a, b, a, so COUNT(*) is 3; + is right. pyoxigraph gives 2.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: related and mapping links (skos:related, skos:exactMatch) are symmetric, so every
#   closure over them has such a cycle.
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

data = "PREFIX : <http://example.org/>  :a :next :b . :b :next :a ."
graph = rdflib.Graph().parse(data=data, format="turtle")
store = pyoxigraph.Store()
store.load(data.encode(), format=pyoxigraph.RdfFormat.TURTLE)
seen = {}
for path in ("*", "+"):
    query = f"PREFIX : <http://example.org/> SELECT ?x {{ :a :next{path} ?x }}"
    seen[path] = [len(list(graph.query(query))), len(list(store.query(query)))]
recorded = {"*": [3, 2], "+": [2, 2]}
print("seen:     rows of rdflib and pyoxigraph", seen)
print("expected: 2 rows everywhere")
sys.exit(seen != recorded)
PY
