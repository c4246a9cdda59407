#!/bin/sh
# rdflib: DELETE DATA without GRAPH deletes from every graph of a Dataset, DELETE WHERE { GRAPH ?g ... } from none
#
# Expected: Statements of DELETE DATA outside GRAPH are those of the default graph, and DELETE WHERE deletes what its
#   pattern matches, in the graphs that it matches (SPARQL 1.1 Update, 3.1.2 and 3.1.3.3).
# Seen: Dataset.update(), whether default_union is set or not: DELETE DATA { :a :code 1 } takes the statement out of
#   :old and :new, too. DELETE WHERE { GRAPH ?g { ?s :code ?o } } removes nothing, while the same as DELETE { ... }
#   WHERE { ... } removes all. No error, no warning. pyoxigraph answers as expected.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: A correction of the working copy in the default graph rewrites the editions that were published.
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

TRIG = "@prefix : <http://example.org/> . :a :code 1 . :old { :a :code 1 } :new { :a :code 1 }"
UPDATES = [
    "DELETE DATA { :a :code 1 }",
    "DELETE DATA { GRAPH :old { :a :code 1 } }",
    "DELETE WHERE { GRAPH ?g { ?s :code ?o } }",
    "DELETE { GRAPH ?g { ?s :code ?o } } WHERE { GRAPH ?g { ?s :code ?o } }",
]


def show(graphs):
    return " ".join(sorted(name.rsplit("/", 1)[-1] or "default" for name in graphs)) or "none"


seen, union, expected = {}, {}, {}
for update in UPDATES:
    text = "PREFIX : <http://example.org/> " + update
    for answers, flag in ((seen, False), (union, True)):
        dataset = rdflib.Dataset(default_union=flag)
        dataset.parse(data=TRIG, format="trig")
        dataset.update(text)
        default = dataset.default_graph.identifier
        answers[update] = show("" if graph in (None, default) else str(graph) for _, _, _, graph in dataset.quads())
    store = pyoxigraph.Store()
    store.load(TRIG.encode(), format=pyoxigraph.RdfFormat.TRIG)
    store.update(text)
    expected[update] = show("" if q.graph_name == pyoxigraph.DefaultGraph() else q.graph_name.value for q in store)
print("seen:     graphs that still have the statement", seen)
print("expected:", expected)
recorded = dict(zip(UPDATES, ["none", "default new", "default new old", "default"]))
right = dict(zip(UPDATES, ["new old", "default new", "default", "default"]))
sys.exit(seen != recorded or union != recorded or expected != right)
PY
