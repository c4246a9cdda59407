#!/bin/sh
# igraph refuses GraphML of networkx in which one weight is 2 and another 2.5
#
# Expected: An attribute that is an int here and a float there is written under one key of type
#   double, or igraph reads two keys with one name: key ids are unique, nothing says so of attr.name
#   (GraphML Primer, GraphML-Attributes).
# Seen: networkx declares two keys named weight, one long and one double; igraph ends with
#   "Duplicate attribute name found".
# Versions: networkx 3.6.1, igraph 1.0.0
# Why it matters: counts and shares land in one attribute of an edge; whether the file can be read
#   depends on whether all values look alike.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='networkx==3.6.1 igraph==1.0.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/graph.graphml" <<'PY'
import sys

import igraph
import networkx

seen = {}
for weights in ((2.0, 2.5), (2, 2.5)):
    graph = networkx.DiGraph()
    graph.add_edge("a", "b", weight=weights[0])
    graph.add_edge("b", "c", weight=weights[1])
    networkx.write_graphml(graph, sys.argv[1])
    try:
        seen[str(weights)] = igraph.Graph.Read_GraphML(sys.argv[1]).es["weight"]
    except igraph.InternalError as error:
        seen[str(weights)] = "Duplicate attribute name" in str(error)
print("seen:     values, or whether igraph found a duplicate name", seen)
print("expected: both files read as [2.0, 2.5]")
sys.exit(seen != {"(2.0, 2.5)": [2.0, 2.5], "(2, 2.5)": True})
PY
