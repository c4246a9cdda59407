#!/bin/sh
# rdflib's < between a date and a dateTime compares the names of the datatypes
#
# Expected: A comparison of xsd:date with xsd:dateTime, of a number with a string, or of "b" with
#   "a"@en is a type error, so the filter drops the row (SPARQL 1.1 Query, 17.3: no operator is
#   listed for these pairs).
# Seen: rdflib says May 2024 (a date) is before January 2024 (a dateTime), 5 < "x" and "b" < "a"@en.
#   pyoxigraph reports errors.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: dates of sources come as xsd:date from some and xsd:dateTime from others;
#   FILTER(?a < ?b) then keeps rows in the wrong order of time.
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

query = """PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ("2024-05-01"^^xsd:date < "2024-01-01T00:00:00"^^xsd:dateTime AS ?dates)
  (5 < "x" AS ?number) ("b" < "a"@en AS ?tag) {}"""
seen = {
    "rdflib": [value and value.toPython() for value in next(iter(rdflib.Graph().query(query)))],
    "pyoxigraph": [value and value.value for value in next(iter(pyoxigraph.Store().query(query)))],
}
recorded = {"rdflib": [True, True, True], "pyoxigraph": [None, None, None]}
print("seen:    ", seen)
print("expected: [None, None, None] from both")
sys.exit(seen != recorded)
PY
