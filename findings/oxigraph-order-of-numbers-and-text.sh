#!/bin/sh
# pyoxigraph's ORDER BY over numbers and strings depends on the order the rows came in
#
# Expected: The same rows sorted by the same key come out in the same order. The text leaves the
#   order between a number and a string open, but an order is what it asks for (SPARQL 1.1 Query,
#   15.1).
# Seen: 9 before 10 (as numbers), 10 before "2" and "2" before 9 (as text) is a circle: the six
#   arrangements of the three values come out in more than one order. rdflib gives one order.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: codes of one column are often numbers in some rows and text in others; pages,
#   exports and LIMIT then differ from run to run.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - <<'PY'
import itertools
import sys

import pyoxigraph
import rdflib

seen = {"pyoxigraph": set(), "rdflib": set()}
for values in itertools.permutations(["9", "10", '"2"']):
    query = f"SELECT ?v {{ VALUES ?v {{ {' '.join(values)} }} }} ORDER BY ?v"
    seen["pyoxigraph"].add(" ".join(row[0].value for row in pyoxigraph.Store().query(query)))
    seen["rdflib"].add(" ".join(str(row[0]) for row in rdflib.Graph().query(query)))
counts = {name: len(orders) for name, orders in seen.items()}
print("seen:    ", counts, "orders:", sorted(seen["pyoxigraph"]))
print("expected: 1 order from each")
sys.exit(counts != {"pyoxigraph": 3, "rdflib": 1})
PY
