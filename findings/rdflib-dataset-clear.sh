#!/bin/sh
# rdflib empties every graph of a Dataset on CLEAR DEFAULT, CLEAR NAMED and COPY or MOVE of a graph to DEFAULT
#
# Expected: DEFAULT is the default graph alone and NAMED all graphs but that one; COPY and MOVE empty only the graph
#   that they write to, and MOVE the one that it reads (SPARQL 1.1 Update, 3.1.5 CLEAR, 3.2.2 DROP, 3.2.3, 3.2.4).
# Seen: Dataset.update(): after CLEAR DEFAULT, CLEAR NAMED, DROP NAMED, COPY :old TO DEFAULT and MOVE :old TO DEFAULT
#   nothing is left in any graph, and nothing was copied; DROP DEFAULT removes nothing. No error, no warning. CLEAR
#   GRAPH :old is right. pyoxigraph answers as expected.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13
# Why it matters: Editions are kept in named graphs and a working copy in the default graph; the update that empties
#   the working copy empties all editions.
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

TRIG = "@prefix : <http://example.org/> . :draft :code 1 . :old { :a :code 2 } :new { :b :code 3 }"
UPDATES = [
    "CLEAR DEFAULT",
    "DROP DEFAULT",
    "CLEAR NAMED",
    "DROP NAMED",
    "COPY :old TO DEFAULT",
    "MOVE :old TO DEFAULT",
    "CLEAR GRAPH :old",
]


def show(quads):
    names = [(subject.rsplit("/", 1)[-1], graph.rsplit("/", 1)[-1]) for subject, graph in quads]
    return " ".join(sorted(f"{subject}@{graph}" if graph else subject for subject, graph in names)) or "nothing"


seen, expected = {}, {}
for update in UPDATES:
    text = "PREFIX : <http://example.org/> " + update
    dataset = rdflib.Dataset()
    dataset.parse(data=TRIG, format="trig")
    dataset.update(text)
    seen[update] = show((str(s), "" if g in (None, dataset.default_graph.identifier) else str(g)) for s, _, _, g in dataset.quads())
    store = pyoxigraph.Store()
    store.load(TRIG.encode(), format=pyoxigraph.RdfFormat.TRIG)
    store.update(text)
    default = pyoxigraph.DefaultGraph()
    expected[update] = show((q.subject.value, "" if q.graph_name == default else q.graph_name.value) for q in store)
print("seen:     what is left (subject@graph)", seen)
print("expected:", expected)
recorded = dict.fromkeys(UPDATES, "nothing") | {"DROP DEFAULT": "a@old b@new draft", "CLEAR GRAPH :old": "b@new draft"}
right = ["a@old b@new", "a@old b@new", "draft", "draft", "a a@old b@new", "a b@new", "b@new draft"]
sys.exit(seen != recorded or expected != dict(zip(UPDATES, right)))
PY
