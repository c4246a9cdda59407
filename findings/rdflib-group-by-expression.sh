#!/bin/sh
# rdflib cannot group by an expression without AS when some row has no value for it
#
# Expected: GROUP BY (LANG(?t)) with rows whose ?t is an IRI puts those rows in one group with no
#   key (SPARQL 1.1 Query, 11.2 and 18.2.4.1).
# Seen: rdflib raises "Cannot eval thing: None" for GROUP BY (LANG(?t)); pyoxigraph answers two
#   groups. With AS ?key rdflib answers too.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: counting labels by language is the first question about a vocabulary; one IRI
#   among the values ends the query.
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

seen = {}
for key in ("(LANG(?t))", "(LANG(?t) AS ?key)"):
    query = f'SELECT (COUNT(*) AS ?n) {{ VALUES ?t {{ "a"@en <http://example.org/a> }} }} GROUP BY {key}'
    try:
        answer = len(list(rdflib.Graph().query(query)))
    except Exception as error:  # whatever the engine raises
        answer = str(error)[:24]
    seen[key] = [answer, len(list(pyoxigraph.Store().query(query)))]
recorded = {"(LANG(?t))": ["Cannot eval thing: None ", 2], "(LANG(?t) AS ?key)": [2, 2]}
print("seen:    ", seen)
print("expected: 2 groups everywhere")
sys.exit(seen != recorded)
PY
