#!/bin/sh
# rdflib divides a double by an integer and calls the result a decimal
#
# Expected: 1e0/3 is an xsd:double, "1"^^xsd:float/2 an xsd:float, and 1e0/0 is INF (SPARQL 1.1
#   Query, 17.3, operator mapping with type promotion; XPath Functions 3.1, 4.2.4: division of a
#   double by zero is no error).
# Seen: rdflib answers xsd:decimal with 28 digits, xsd:decimal, and unbound. pyoxigraph answers as
#   the text says.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: shares and averages computed in a query change their datatype, so SHACL
#   sh:datatype and later comparisons by term fail.
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
SELECT (1e0/3 AS ?a) ("1"^^xsd:float/2 AS ?b) (1e0/0 AS ?c) {}"""
rows = next(iter(rdflib.Graph().query(query)))
seen = {
    "rdflib": [value is not None and (str(value), value.datatype.split("#")[1]) for value in rows],
    "pyoxigraph": [(v.value, v.datatype.value.split("#")[1]) for v in next(iter(pyoxigraph.Store().query(query)))],
}
expected = [("0.3333333333333333", "double"), ("0.5", "float"), ("INF", "double")]
recorded = {
    "rdflib": [("0.3333333333333333333333333333", "decimal"), ("0.5", "decimal"), False],
    "pyoxigraph": expected,
}
print("seen:    ", seen)
print("expected:", expected, "from both")
sys.exit(seen != recorded)
PY
