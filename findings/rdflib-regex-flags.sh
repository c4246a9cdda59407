#!/bin/sh
# rdflib knows the flags i, s and m of REGEX and drops x and q without a word
#
# Expected: REGEX("A B", "a b", "ix") is false (x removes the blanks of the pattern) and
#   REGEX("axb", "a.b", "q") is false (q takes the pattern literally): SPARQL 1.1 Query, 17.4.3.14,
#   sends the flags to XPath fn:matches (XPath Functions 3.1, 5.6.2; before version 3.0, q is an
#   error).
# Seen: Both are true in rdflib, false in pyoxigraph.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: "q" is how a code such as 1.1 is searched for without escaping; in rdflib it also
#   finds 101 and 1-1.
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

query = 'SELECT (REGEX("A B", "a b", "ix") AS ?x) (REGEX("101", "1.1", "q") AS ?q) {}'
seen = {
    "rdflib": [value.toPython() for value in next(iter(rdflib.Graph().query(query)))],
    "pyoxigraph": [value.value == "true" for value in next(iter(pyoxigraph.Store().query(query)))],
}
recorded = {"rdflib": [True, True], "pyoxigraph": [False, False]}
print("seen:    ", seen)
print("expected: [False, False] from both")
sys.exit(seen != recorded)
PY
