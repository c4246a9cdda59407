#!/bin/sh
# rdflib takes 0, false and the empty text at an end of a + or * path for nothing bound, and goes through the whole graph
#
# Expected: a literal is a node as any other: ?v :next+ ?x finds nothing where ?v is a literal, and ?x :level+ ?v finds
#   each of the four literals once (SPARQL 1.1 Query, 18.4).
# Seen: in rdflib the literals 0, false and "" reach whatever any node reaches by :next+, and are each reached four times by
#   :level+; 1 is right, and so are paths of one step, ! and sequences. pyoxigraph answers as expected.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: a closure over levels, flags and notes is right in each sample that has no 0, false or empty text, and
#   elsewhere it makes links that nobody stated; pyshacl asks SPARQL constraints of rdflib.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import pyoxigraph
import rdflib

TURTLE = '@prefix : <http://example.org/> . :first :next :second . :item :level 0 , 1 , false , "" .'
PATHS = ["?v :next+ ?x", "?v :next* ?x", "?x :level+ ?v", "?v :next ?x", "?x :level ?v"]
graph = rdflib.Graph().parse(data=TURTLE, format="turtle")
store = pyoxigraph.Store()
store.load(TURTLE.encode(), format=pyoxigraph.RdfFormat.TURTLE)
seen, expected = {}, {}
for path in PATHS:
    text = f"PREFIX : <http://example.org/> SELECT ?v ?x {{ :item :level ?v . {path} }}"
    seen[path], expected[path] = len(list(graph.query(text))), len(list(store.query(text)))
print("seen:     rows by path", seen)
print("expected:", expected)
right = dict(zip(PATHS, [0, 4, 4, 0, 4]))
sys.exit(expected != right or list(seen.values()) != [3, 25, 13, 0, 4])
PY
