#!/bin/sh
# rdflib's IN compares terms, its = compares values
#
# Expected: ?v IN (1) is the same as ?v = 1, so 1, 1.0 and "1"^^xsd:byte all pass; NOT IN with an
#   error in the list is an error (SPARQL 1.1 Query, 17.4.1.9 and 17.4.1.10).
# Seen: FILTER(?v = 1) keeps three values, FILTER(?v IN (1)) one, FILTER(?v NOT IN (1)) therefore
#   two values that equal 1; 1 NOT IN (1/0) is true. pyoxigraph keeps three, three and none.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: rows of a mapping table typed byte or decimal vanish, or stay, depending on which
#   of two equal filters was written.
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

PREFIX = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
VALUES = 'VALUES ?v { 1 1.0 "1"^^xsd:byte }'
filters = ["?v = 1", "?v IN (1)", "?v NOT IN (1)", "1 NOT IN (1/0)"]
seen = {}
for text in filters:
    query = f"{PREFIX} SELECT ?v {{ {VALUES} FILTER({text}) }}"
    seen[text] = [len(list(rdflib.Graph().query(query))), len(list(pyoxigraph.Store().query(query)))]
recorded = {"?v = 1": [3, 3], "?v IN (1)": [1, 3], "?v NOT IN (1)": [2, 0], "1 NOT IN (1/0)": [3, 0]}
print("seen:     rows of rdflib and pyoxigraph", seen)
print("expected: 3, 3, 0, 0 from both")
sys.exit(seen != recorded)
PY
