#!/bin/sh
# Owlready2's SPARQL engine loses rows of VALUES with UNDEF and turns numbers in VALUES into IRIs of its own
#
# Expected: UNDEF in VALUES leaves its variable free for the other patterns (SPARQL 1.1 Query, 10.2.1), so
#   (:b UNDEF) keeps :b; VALUES ?v { 1 2 } alone is a table of two numbers.
# Seen: The row with UNDEF is gone, without a message; VALUES ?v { 1 2 } answers two IRIs of Owlready2's
#   own ontology of annotations (numbers of its storage).
# Versions: owlready2 0.51, pyoxigraph 0.5.13
# Why it matters: VALUES is how a list of codes comes into a query; its documentation lists VALUES as
#   supported, and the answer is short or about something else.
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

DATA = b"""<http://example.org/a> <http://example.org/order> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/b> <http://example.org/order> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .
"""
QUERIES = {
    "codes": "SELECT ?s ?v { VALUES ?s { :a :b } ?s :order ?v }",
    "UNDEF": "SELECT ?s ?v { ?s :order ?v VALUES (?s ?v) { (:a 1) (:b UNDEF) } }",
    "alone": "SELECT ?v { VALUES ?v { 1 2 } }",
}
world = owlready2.World()
world.get_ontology("http://example.org/").load(fileobj=io.BytesIO(DATA))
store = pyoxigraph.Store()
store.load(DATA, format=pyoxigraph.RdfFormat.N_TRIPLES)


def name(value):
    return str(getattr(value, "iri", value)).rsplit("/", 1)[-1]


seen, expected = {}, {}
for title, text in QUERIES.items():
    query = "PREFIX : <http://example.org/> " + text
    seen[title] = sorted([name(value) for value in row] for row in world.sparql(query))
    expected[title] = sorted([name(value.value) for value in row] for row in store.query(query))
print("seen:    ", seen)
print("expected:", expected)
right = {"codes": [["a", "1"], ["b", "2"]], "UNDEF": [["a", "1"], ["b", "2"]], "alone": [["1"], ["2"]]}
recorded = {**right, "UNDEF": [["a", "1"]], "alone": [["owlready_ontology.owl#python_module"], ["owlready_ontology.owl#python_name"]]}
sys.exit(seen != recorded or expected != right)
PY
