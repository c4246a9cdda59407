#!/bin/sh
# pycottas finds every statement for ?x :broader ?x
#
# Expected: A variable that stands twice in a triple pattern has one value, so both places are the same term (SPARQL 1.1
#   Query, 18.3.1, basic graph pattern matching).
# Seen: search with the pattern ?x <http://example.org/broader> ?x gives all three statements, of which one has a
#   concept broader than itself, and ?x ?x ?y all five, of which none has its subject as predicate. COTTASStore, the
#   rdflib store of the same package, answers as expected. No error, no warning.
# Versions: pycottas 1.1.0, pyoxigraph 0.3.18, rdflib 7.6.0, duckdb 1.5.6
# Why it matters: "Which concepts are broader than themselves" is a check of each taxonomy; here all of them are.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pycottas==1.1.0 pyoxigraph==0.3.18 rdflib==7.6.0 duckdb==1.5.6'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
cat >in.ttl <<'TTL'
@prefix : <http://example.org/> .
:a :broader :a . :b :broader :a . :c :broader :b .
:a :code "1" . :b :code "1.1" .
TTL
env/bin/python - 2>log <<'PY'
import sys

import pycottas
import rdflib

pycottas.rdf2cottas("in.ttl", "in.cottas")
graph = rdflib.Graph(store=pycottas.COTTASStore("in.cottas"))
plain = rdflib.Graph().parse("in.ttl")
seen, store, expected = {}, {}, {}
for pattern in ("?x <http://example.org/broader> ?x", '?x <http://example.org/code> "1.1"', "?x ?x ?y"):
    seen[pattern] = sorted(row[0].rsplit("/", 1)[1].rstrip(">") for row in pycottas.search("in.cottas", pattern))
    for answers, source in ((store, graph), (expected, plain)):
        found = source.query(f"SELECT ?x {{ {pattern} }}")
        answers[pattern] = sorted(str(row[0]).rsplit("/", 1)[1] for row in found)
print("seen:    ", seen)
print("expected:", expected)
wrong = dict(zip(seen, [["a", "b", "c"], ["b"], ["a", "a", "b", "b", "c"]]))
right = dict(zip(seen, [["a"], ["b"], []]))
sys.exit(seen != wrong or expected != right or store != right)
PY
