#!/bin/sh
# Owlready2's SPARQL engine drops the fraction of 10 / 4, and text and IRIs are greater than any number
#
# Expected: 10 / 4 is the decimal 2.5 (SPARQL 1.1 Query, 17.3: numeric division of two integers is a
#   decimal). "cat" > 1 and :b > 1 are errors, so FILTER drops the row; "1.10" * 2 has no value (17.2, 17.3).
# Seen: 10 / 4 is 2 and 1 / 2 is 0, for stored numbers as well; FILTER(?o > 1) keeps all text and all IRIs,
#   "1.10" * 2 is 2.2, and the sum over the codes "1.10" and "1.1" is 2.2. These are the rules of SQLite.
# Versions: owlready2 0.51, pyoxigraph 0.5.13
# Why it matters: a share such as ?covered / ?all is 0 for everything but the complete ones; a filter for
#   large scores keeps every note and every link.
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

DATA = b"""<http://example.org/a> <http://example.org/covered> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/a> <http://example.org/all> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/a> <http://example.org/code> "1.10" .
<http://example.org/b> <http://example.org/code> "1.1" .
<http://example.org/a> <http://example.org/value> "cat" .
<http://example.org/a> <http://example.org/value> "5"^^<http://www.w3.org/2001/XMLSchema#integer> .
<http://example.org/a> <http://example.org/link> <http://example.org/b> .
"""
QUERIES = {
    "10 / 4": "SELECT (10 / 4 AS ?x) {}",
    "stored 1 / 2": "SELECT (?c / ?n AS ?x) { ?s :covered ?c ; :all ?n }",
    "value > 1": "SELECT ?x { ?s :value ?x FILTER(?x > 1) }",
    "IRI > 1": "SELECT ?x { ?s :link ?x FILTER(?x > 1) }",
    "text * 2": 'SELECT (?c * 2 AS ?x) { :a :code ?c }',
    "sum of text": "SELECT (SUM(?c) AS ?x) { ?s :code ?c }",
}
world = owlready2.World()
world.get_ontology("http://example.org/").load(fileobj=io.BytesIO(DATA))
store = pyoxigraph.Store()
store.load(DATA, format=pyoxigraph.RdfFormat.N_TRIPLES)
seen, expected = {}, {}
for title, text in QUERIES.items():
    query = "PREFIX : <http://example.org/> " + text
    seen[title] = sorted(str(getattr(row[0], "iri", row[0])) for row in world.sparql(query))
    expected[title] = sorted(row["x"].value if row["x"] else "no value" for row in store.query(query))
print("seen:    ", seen)
print("expected:", expected)
recorded = {"10 / 4": ["2"], "stored 1 / 2": ["0"], "value > 1": ["5", "cat"], "IRI > 1": ["http://example.org/b"], "text * 2": ["2.2"], "sum of text": ["2.2"]}
right = {"10 / 4": ["2.5"], "stored 1 / 2": ["0.5"], "value > 1": ["5"], "IRI > 1": [], "text * 2": ["no value"], "sum of text": ["no value"]}
sys.exit(seen != recorded or expected != right)
PY
