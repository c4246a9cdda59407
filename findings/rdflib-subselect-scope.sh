#!/bin/sh
# rdflib lets a sub-select with COUNT or MAX see the variables of the outer pattern
#
# Expected: A sub-select is evaluated first and by itself; only its projected variables meet the
#   outer pattern (SPARQL 1.1 Query, 12 and 18.2.1). The count of all statements is 3 on each row.
# Seen: rdflib counts the statements of the row's own subject: 1, 2 and 0. pyoxigraph gives 3, 3, 3.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: shares ("this source has n of all N mitigations") come out as 1 of 1; the query is
#   the usual way to write a share.
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

data = """PREFIX : <http://example.org/>
:a :in :book . :b :in :book . :c :in :book . :a :code "1" . :b :code "2" , "3" ."""
query = """PREFIX : <http://example.org/>
SELECT ?x ?all { ?x :in :book { SELECT (COUNT(*) AS ?all) { ?x :code ?code } } } ORDER BY ?x"""
graph = rdflib.Graph().parse(data=data, format="turtle")
store = pyoxigraph.Store()
store.load(data.encode(), format=pyoxigraph.RdfFormat.TURTLE)
seen = {
    "rdflib": [int(row[1]) for row in graph.query(query)],
    "pyoxigraph": [int(row[1].value) for row in store.query(query)],
}
recorded = {"rdflib": [1, 2, 0], "pyoxigraph": [3, 3, 3]}
print("seen:    ", seen)
print("expected: [3, 3, 3] from both")
sys.exit(seen != recorded)
PY
