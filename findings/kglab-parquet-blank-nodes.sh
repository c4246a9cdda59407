#!/bin/sh
# kglab reads a blank node of its own Parquet files as one for each place where it stands: lists fall apart
#
# Expected: Statements with one blank node label in one document are about one node (RDF 1.1 Concepts, 3.4; N-Triples,
#   and so a table of N-Triples terms); what save_parquet writes, load_parquet reads as the same graph.
# Seen: The file has the same label in each row; load_parquet parses each row as a document of its own, so the node of
#   an agent that two concepts point to and that has a name is three nodes, and an ordered collection has no members.
#   The number of statements is the same. No error, no warning.
# Versions: kglab 1.0.1, rdflib 7.6.0
# Why it matters: Parquet is what the documentation prefers for saving graphs; counts agree after the round trip, and
#   each query that joins over a blank node finds nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='kglab==1.0.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cd "$tmp"
env/bin/python - 2>log <<'PY'
import sys

import kglab
import rdflib

TURTLE = """@prefix : <http://example.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:a :agent _:x . :b :agent _:x . _:x :name "Board" .
:stages a skos:OrderedCollection ; skos:memberList ( :plan :run ) .
"""
QUERIES = {
    "agents": "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?s :agent ?x }",
    "agents with a name": "SELECT (COUNT(DISTINCT ?x) AS ?n) { ?s :agent ?x . ?x :name ?name }",
    "members": "SELECT (COUNT(?m) AS ?n) { :stages skos:memberList/rdf:rest*/rdf:first ?m }",
    "statements": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
}
PREFIXES = {"": "http://example.org/", "skos": rdflib.SKOS, "rdf": rdflib.RDF}


def ask(graph):
    return {name: int(next(iter(graph.query(query, initNs=PREFIXES)))[0]) for name, query in QUERIES.items()}


first, second = kglab.KnowledgeGraph(), kglab.KnowledgeGraph()
first.load_rdf_text(TURTLE, format="turtle")
first.save_parquet("graph.parquet")
second.load_parquet("graph.parquet")
expected, seen = ask(first.rdf_graph()), ask(second.rdf_graph())
print("seen:    ", seen)
print("expected:", expected)
counts = [[2, 0, 0, 9], [1, 1, 2, 9]]
sys.exit([seen, expected] != [dict(zip(QUERIES, numbers)) for numbers in counts])
PY
