#!/bin/sh
# pyoxigraph gives one row where both branches of a path :p|:q lead to the same node
#
# Expected: An alternative is the union of its branches, which keeps a solution once for each (SPARQL 1.1 Query, 18.4,
#   "Evaluation of Alternative Property Path", and 18.5, Union); only ?, * and + drop duplicates.
# Seen: With :a :broader :b and :a :related :b, the path :broader|:related gives :b once, so its COUNT is 1; the same
#   as UNION, and the negated set !:other, give it twice. (:p|:q)/(:p|:q) gives 1 of 4. rdflib gives all.
# Versions: pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: Counts and sums over skos:broadMatch|skos:closeMatch differ from those of the same query on another
#   server, and from those of the UNION that it abbreviates.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyoxigraph==0.5.13 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import sys

import pyoxigraph
import rdflib

TURTLE = "@prefix : <http://example.org/> . :a :broader :b ; :related :b . :b :broader :c ; :related :c ."
PATTERNS = {
    "path": ":a :broader|:related ?o",
    "UNION": "{ :a :broader ?o } UNION { :a :related ?o }",
    "negated set": ":a !:other ?o",
    "sequence": ":a (:broader|:related)/(:broader|:related) ?o",
}
store, graph = pyoxigraph.Store(), rdflib.Graph().parse(data=TURTLE, format="turtle")
store.load(TURTLE.encode(), format=pyoxigraph.RdfFormat.TURTLE)
seen, expected = {}, {}
for name, pattern in PATTERNS.items():
    query = f"PREFIX : <http://example.org/> SELECT (COUNT(?o) AS ?n) {{ {pattern} }}"
    ((number,),) = store.query(query)
    ((other,),) = graph.query(query)
    seen[name], expected[name] = int(number.value), int(other)
print("seen:     rows in pyoxigraph", seen)
print("expected: as in rdflib", expected)
right = {"path": 2, "UNION": 2, "negated set": 2, "sequence": 4}
sys.exit(expected != right or seen != {**right, "path": 1, "sequence": 1})
PY
