#!/bin/sh
# Defaults of GraphML keys: text in graphology (so false is true), left off in networkx
#
# Expected: A node without a value has the default, in the type of the key: false, and 1.0 for the
#   edge (GraphML Primer, GraphML-Attributes, default values).
# Seen: graphology returns the string "false", which is true in JavaScript, and the string "1.0";
#   values that are written out have their type. networkx leaves the attributes off and keeps the
#   defaults aside, untouched. igraph returns False and 1.0.
# Versions: igraph 1.0.0, networkx 3.6.1, graphology 0.26.0, graphology-graphml 0.5.2
# Why it matters: "reviewed" is false by default in one export and true for every node once it is
#   filtered in a web page.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='igraph==1.0.0 networkx==3.6.1'
npm='graphology@0.26.0 graphology-graphml@0.5.2'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/graph.graphml" <<'XML'
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="r" for="node" attr.name="reviewed" attr.type="boolean"><default>false</default></key>
<key id="w" for="edge" attr.name="weight" attr.type="double"><default>1.0</default></key>
<graph edgedefault="directed"><node id="a"/><node id="b"><data key="r">false</data></node><edge source="a" target="b"/></graph>
</graphml>
XML
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import Graph from "graphology";
import graphml from "graphology-graphml";

const graph = graphml.parse(Graph, readFileSync(process.argv[2], "utf8"));
const nodes = graph.nodes().map((node) => graph.getNodeAttribute(node, "reviewed"));
console.log(JSON.stringify([...nodes, ...graph.edges().map((edge) => graph.getEdgeAttribute(edge, "weight"))]));
JS
graphology=$(node "$tmp/run.mjs" "$tmp/graph.graphml") "$tmp/env/bin/python" - "$tmp/graph.graphml" <<'PY'
import json
import os
import sys

import igraph
import networkx

first = igraph.Graph.Read_GraphML(sys.argv[1])
second = networkx.read_graphml(sys.argv[1])
seen = {
    "igraph": first.vs["reviewed"] + first.es["weight"],
    "networkx": [data.get("reviewed") for _, data in second.nodes(data=True)]
    + [data.get("weight") for *_, data in second.edges(data=True)],
    "graphology": json.loads(os.environ["graphology"]),
}
recorded = {
    "igraph": [False, False, 1.0],
    "networkx": [None, False, None],
    "graphology": ["false", False, "1.0"],
}
print("seen:     two nodes, one edge", seen)
print("expected: False, False, 1.0 from each")
sys.exit(seen != recorded)
PY
