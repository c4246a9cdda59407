#!/bin/sh
# networkx drops the kind of an edge in GEXF 1.3
#
# Expected: The attribute kind of an edge, "broader" or "exactMatch", is read as other attributes of
#   the edge are (GEXF 1.3 schema, edge-content: kind, for graphs with several kinds of relation).
# Seen: networkx, told that the version is 1.3, reads two edges between the same nodes that differ
#   in nothing but their ids; graphology reads both kinds.
# Versions: networkx 3.6.1, graphology 0.26.0, graphology-gexf 0.13.2
# Why it matters: kind is where GEXF keeps the mapping relation; an exactMatch and a broadMatch
#   become the same edge.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='networkx==3.6.1'
npm='graphology@0.26.0 graphology-gexf@0.13.2'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/graph.gexf" <<'XML'
<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed"><nodes><node id="a" label="A"/>
<node id="b" label="B"/></nodes><edges><edge id="1" source="a" target="b" kind="exactMatch"/>
<edge id="2" source="a" target="b" kind="broadMatch"/></edges></graph></gexf>
XML
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import Graph from "graphology";
import gexf from "graphology-gexf";

const graph = gexf.parse(Graph, readFileSync(process.argv[2], "utf8"));
console.log(graph.edges().map((edge) => graph.getEdgeAttribute(edge, "kind")).join(" "));
JS
graphology=$(node "$tmp/run.mjs" "$tmp/graph.gexf") "$tmp/env/bin/python" - "$tmp/graph.gexf" <<'PY'
import os
import sys

import networkx

graph = networkx.read_gexf(sys.argv[1], version="1.3")
seen = {"networkx": [data for *_, data in graph.edges(data=True)], "graphology": os.environ["graphology"]}
print("seen:    ", seen)
print("expected: exactMatch and broadMatch from both")
sys.exit(seen != {"networkx": [{"id": "1"}, {"id": "2"}], "graphology": "exactMatch broadMatch"})
PY
