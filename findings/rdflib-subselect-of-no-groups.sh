#!/bin/sh
# rdflib joins a sub-SELECT that has GROUP BY and finds nothing as if it had found one solution
#
# Expected: GROUP BY of no solutions makes no groups, so a SELECT with it has no solutions (SPARQL 1.1 Query, "Group" in
#   the aggregate algebra: a group for each key that occurs), and a solution with which none of them agrees is left out.
# Seen: asked alone, the SELECT gives nothing in rdflib; inside another query it lets every solution through with its
#   count unbound, and where there are groups those that have none, too. pyoxigraph answers as expected.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: "documents with reviewed measures, and how many" lists all documents, as if OPTIONAL stood there; SHACL
#   constraints in SPARQL that pyshacl asks of rdflib report nodes that break nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import pyoxigraph
import rdflib

TURTLE = "@prefix : <http://example.org/> . :a a :Document . :b a :Document . "
DATA = {"nothing reviewed": TURTLE, "one reviewed": TURTLE + ":b :reviewed :m ."}
COUNT = "SELECT ?d (COUNT(?m) AS ?n) { ?d :reviewed ?m } GROUP BY ?d"
QUERIES = {"alone": COUNT, "inside": f"SELECT ?d ?n {{ ?d a :Document {{ {COUNT} }} }}"}
seen, expected = {}, {}
for state, turtle in DATA.items():
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    store = pyoxigraph.Store()
    store.load(turtle.encode(), format=pyoxigraph.RdfFormat.TURTLE)
    for name, query in QUERIES.items():
        text = "PREFIX : <http://example.org/> " + query
        seen[state, name] = len(list(graph.query(text)))
        expected[state, name] = len(list(store.query(text)))
print("seen:     rows", seen)
print("expected:", expected)
sys.exit(list(seen.values()) != [0, 2, 1, 2] or list(expected.values()) != [0, 0, 1, 1])
PY
