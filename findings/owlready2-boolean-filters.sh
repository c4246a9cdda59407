#!/bin/sh
# Owlready2's SPARQL engine takes every boolean for false in FILTER(?flag) and IF(?flag, ...)
#
# Expected: The effective boolean value of true is true, of false false, so FILTER(?flag) keeps one
#   row, FILTER(!?flag) the other one (SPARQL 1.1 Query, 17.2.2, 17.3 and 17.4.1.2).
# Seen: FILTER(?flag) keeps none, FILTER(!?flag) both, and IF takes its second branch for both; the
#   text of a label is false as well. FILTER(?flag = true) works. No message in any case.
# Versions: owlready2 0.51, pyoxigraph 0.5.13
# Why it matters: "not deprecated" is asked as FILTER(!?deprecated): it gives the deprecated concepts,
#   too, and the list of the deprecated ones is empty.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='owlready2==0.51 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import io
import sys

import owlready2
import pyoxigraph

DATA = b"""<http://example.org/a> <http://example.org/flag> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<http://example.org/b> <http://example.org/flag> "false"^^<http://www.w3.org/2001/XMLSchema#boolean> .
<http://example.org/b> <http://example.org/label> "Board" .
"""
FILTERS = {
    "flag": "?s :flag ?f FILTER(?f) BIND(1 AS ?x)",
    "not flag": "?s :flag ?f FILTER(!?f) BIND(1 AS ?x)",
    "flag = true": "?s :flag ?f FILTER(?f = true) BIND(1 AS ?x)",
    "IF": "?s :flag ?f BIND(IF(?f, 1, 0) AS ?x)",
    "text": "?s :label ?f FILTER(?f) BIND(1 AS ?x)",
}
world = owlready2.World()
world.get_ontology("http://example.org/").load(fileobj=io.BytesIO(DATA))
store = pyoxigraph.Store()
store.load(DATA, format=pyoxigraph.RdfFormat.N_TRIPLES)
seen, expected = {}, {}
for name, pattern in FILTERS.items():
    query = "PREFIX : <http://example.org/> SELECT ?s ?x { %s }" % pattern
    seen[name] = sorted((row[0].iri[-1], int(row[1])) for row in world.sparql(query))
    expected[name] = sorted((row["s"].value[-1], int(row["x"].value)) for row in store.query(query))
print("seen:    ", seen)
print("expected:", expected)
recorded = {"flag": [], "not flag": [("a", 1), ("b", 1)], "flag = true": [("a", 1)], "IF": [("a", 0), ("b", 0)], "text": []}
right = {"flag": [("a", 1)], "not flag": [("b", 1)], "flag = true": [("a", 1)], "IF": [("a", 1), ("b", 0)], "text": [("b", 1)]}
sys.exit(seen != recorded or expected != right)
PY
