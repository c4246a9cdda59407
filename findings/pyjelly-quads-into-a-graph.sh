#!/bin/sh
# pyjelly: a Jelly file of quads read into an rdflib Graph gives nothing, where all other formats give the default graph
#
# Expected: As rdflib does with N-Quads, TriG and JSON-LD: the statements of the default graph come into the
#   Graph; or an error. Jelly names the kind of its stream in the options at its start (Jelly serialization
#   format, "Stream types"), so a reader knows that there are quads.
# Seen: Graph().parse(format="jelly") of a Dataset's Jelly has no statement, and nothing is said. A Dataset
#   reads all of the same bytes.
# Versions: pyjelly 0.8.2, rdflib 7.6.0
# Why it matters: Code that reads N-Quads into a Graph and is moved to Jelly for its speed works on an empty
#   graph, to which every shape conforms.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyjelly==0.8.2 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

import rdflib

dataset = rdflib.Dataset()
dataset.parse(data="@prefix : <http://example.org/> . :a :p 1 . :g { :a :p 2 }", format="trig")
seen = {}
for name in ("nquads", "trig", "json-ld", "jelly"):
    written = dataset.serialize(format=name, encoding="utf-8")
    again = rdflib.Dataset()
    again.parse(data=written, format=name)
    seen[name] = len(rdflib.Graph().parse(data=written, format=name)), len(list(again.quads()))
print("seen:     statements in a Graph and in a Dataset", seen)
print("expected: 1 and 2")
sys.exit(seen != {"nquads": (1, 2), "trig": (1, 2), "json-ld": (1, 2), "jelly": (0, 2)})
PY
