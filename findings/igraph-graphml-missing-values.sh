#!/bin/sh
# igraph writes a missing text as None and a missing boolean as false
#
# Expected: A vertex without a value has no <data> element for the key (GraphML Primer,
#   GraphML-Attributes); its own missing numbers are left out that way.
# Seen: None in a text attribute is written as the word None, None in a boolean attribute as false;
#   read again they are "None" and False, and networkx reads the same.
# Versions: igraph 1.0.0, networkx 3.6.1
# Why it matters: "unknown" becomes a claim: not reviewed, code None.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='igraph==1.0.0 networkx==3.6.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/graph.graphml" <<'PY'
import sys

import igraph
import networkx

graph = igraph.Graph(n=2)
graph.vs["code"] = ["1.1", None]
graph.vs["reviewed"] = [True, None]
graph.vs["rank"] = [1, None]
graph.write_graphml(sys.argv[1])
seen = list(networkx.read_graphml(sys.argv[1]).nodes(data=True))[1][1]
print("seen:     second vertex", seen)
print("expected: {}")
sys.exit(seen != {"code": "None", "reviewed": False})
PY
