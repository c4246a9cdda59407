#!/bin/sh
# Colours and positions written by graphology's GEXF writer are in a namespace of its own
#
# Expected: The GEXF 1.2 document uses http://www.gexf.net/1.2draft/viz for colours, sizes and
#   positions (GEXF 1.2draft Primer, module viz), so any reader finds them.
# Seen: graphology-gexf writes xmlns:viz="http:///www.gexf.net/1.1draft/viz", three slashes and
#   another version; networkx reads the node without its colour and position, without a warning.
# Versions: networkx 3.6.1, graphology 0.26.0, graphology-gexf 0.13.2
# Why it matters: layouts computed in the browser are handed to Python or Gephi by GEXF; they arrive
#   without the layout.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='networkx==3.6.1'
npm='graphology@0.26.0 graphology-gexf@0.13.2'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { writeFileSync } from "node:fs";
import Graph from "graphology";
import gexf from "graphology-gexf";

const graph = new Graph();
graph.addNode("a", { label: "A", color: "#ff0000", x: 1, y: 2, size: 3 });
writeFileSync(process.argv[2], gexf.write(graph));
JS
node "$tmp/run.mjs" "$tmp/graph.gexf"
"$tmp/env/bin/python" - "$tmp/graph.gexf" <<'PY'
import re
import sys
from pathlib import Path

import networkx

seen = [
    re.search('xmlns:viz="([^"]*)"', Path(sys.argv[1]).read_text())[1],
    networkx.read_gexf(sys.argv[1]).nodes["a"],
]
print("seen:    ", seen)
print("expected: http://www.gexf.net/1.2draft/viz, and a node with viz data")
sys.exit(seen != ["http:///www.gexf.net/1.1draft/viz", {"label": "A"}])
PY
