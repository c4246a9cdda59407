#!/bin/sh
# rdflib turns $0 of a replacement into the character NUL
#
# Expected: REPLACE("1.10", "[.]", "($0)") is "1(.)10": $0 stands for the whole match (SPARQL 1.1
#   Query, 17.4.3.15; XPath Functions 3.1, 5.6.4).
# Seen: rdflib puts U+0000 there: it rewrites $0 to backslash 0, an octal escape of Python's re.
#   pyoxigraph answers "1(.)10".
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: the value looks right on a terminal, cannot be written as XML, and compares
#   unequal to every other spelling.
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

query = 'SELECT (REPLACE("1.10", "[.]", "($0)") AS ?code) {}'
seen = {
    "rdflib": str(next(iter(rdflib.Graph().query(query)))[0]),
    "pyoxigraph": next(iter(pyoxigraph.Store().query(query)))[0].value,
}
recorded = {"rdflib": "1(\0)10", "pyoxigraph": "1(.)10"}
print("seen:    ", seen)
print("expected: 1(.)10 from both")
sys.exit(seen != recorded)
PY
