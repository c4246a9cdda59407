#!/bin/sh
# igraph reads an empty text in GraphML as the default of its key
#
# Expected: A default holds for elements without a value of their own; an explicit, empty <data>
#   element is the empty string (GraphML Primer, GraphML-Attributes, default values).
# Seen: Where a node says <data key="code"/> igraph returns the default "none"; networkx and
#   graphology return "".
# Versions: igraph 1.0.0, networkx 3.6.1, graphology 0.26.0, graphology-graphml 0.5.2
# Why it matters: "this mitigation has no code" and "nobody said" become the same word, which then
#   counts as a value.
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
<key id="code" for="node" attr.name="code" attr.type="string"><default>none</default></key>
<graph edgedefault="directed"><node id="a"><data key="code"></data></node><node id="b"><data key="code">1.1</data></node></graph>
</graphml>
XML
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import Graph from "graphology";
import graphml from "graphology-graphml";

const graph = graphml.parse(Graph, readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(graph.nodes().map((node) => graph.getNodeAttribute(node, "code"))));
JS
graphology=$(node "$tmp/run.mjs" "$tmp/graph.graphml") "$tmp/env/bin/python" - "$tmp/graph.graphml" <<'PY'
import json
import os
import sys

import igraph
import networkx

seen = {
    "igraph": igraph.Graph.Read_GraphML(sys.argv[1]).vs["code"],
    "networkx": [data["code"] for _, data in networkx.read_graphml(sys.argv[1]).nodes(data=True)],
    "graphology": json.loads(os.environ["graphology"]),
}
print("seen:    ", seen)
print("expected: '' and 1.1 from each")
sys.exit(seen != {"igraph": ["none", "1.1"], "networkx": ["", "1.1"], "graphology": ["", "1.1"]})
PY
