#!/bin/sh
# Owlready2's SPARQL engine answers MIN, MAX and GROUP_CONCAT over IRIs with numbers of its storage
#
# Expected: MAX over two IRIs is the last of them in the order of ORDER BY (SPARQL 1.1 Query, 18.5.1.6
#   and 15.1); GROUP_CONCAT joins simple literals (18.5.1.7), so over IRIs it is an error or, as some
#   engines do, joins their text. SAMPLE is one of them.
# Seen: MAX is 306, an integer, and GROUP_CONCAT "305,306": keys of rows in its table of resources, which
#   change when something else was loaded before. SAMPLE and GROUP_CONCAT over STR() work.
# Versions: owlready2 0.51, pyoxigraph 0.5.13
# Why it matters: GROUP_CONCAT over concepts is the usual way to one row per mitigation; the numbers look
#   like codes or counts.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='owlready2==0.51 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import io
import re
import sys

import owlready2
import pyoxigraph

DATA = b"""<http://example.org/a> <http://example.org/code> <http://example.org/1.1> .
<http://example.org/a> <http://example.org/code> <http://example.org/1.2> .
"""
QUERIES = {
    "MAX": "SELECT (MAX(?c) AS ?x) { ?s :code ?c }",
    "GROUP_CONCAT": 'SELECT (GROUP_CONCAT(?c; separator=",") AS ?x) { ?s :code ?c }',
    "GROUP_CONCAT(STR)": 'SELECT (GROUP_CONCAT(STR(?c); separator=",") AS ?x) { ?s :code ?c }',
}
world = owlready2.World()
world.get_ontology("http://example.org/").load(fileobj=io.BytesIO(DATA))
store = pyoxigraph.Store()
store.load(DATA, format=pyoxigraph.RdfFormat.N_TRIPLES)
seen, expected = {}, {}
for title, text in QUERIES.items():
    query = "PREFIX : <http://example.org/> " + text
    seen[title] = [str(getattr(row[0], "iri", row[0])) for row in world.sparql(query)]
    expected[title] = [row["x"].value if row["x"] else "no value" for row in store.query(query)]
print("seen:    ", seen)
print("expected:", expected)
shape = [re.fullmatch(pattern, seen[name][0]) is not None for name, pattern in (("MAX", r"\d+"), ("GROUP_CONCAT", r"\d+,\d+"))]
text = sorted(seen["GROUP_CONCAT(STR)"][0].split(",")) == ["http://example.org/1.1", "http://example.org/1.2"]
sys.exit(not (all(shape) and text and expected["MAX"] == ["http://example.org/1.2"] and expected["GROUP_CONCAT"] == ["no value"]))
PY
