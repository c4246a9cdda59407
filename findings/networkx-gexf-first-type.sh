#!/bin/sh
# networkx writes GEXF that it cannot read when one value is 1 and another 2.5
#
# Expected: Values of one attribute that are int and float are written under a type that holds both,
#   or refused when written (GEXF 1.2draft Primer, "Data types": long is a whole number).
# Seen: The type of the first value wins: the attribute is declared long and holds 2.5;
#   networkx.read_gexf raises ValueError on the file. graphology reads 2.5.
# Versions: networkx 3.6.1
# Why it matters: ranks and averages of ranks stand in one attribute; the order of the nodes decides
#   whether the export can be read.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='networkx==3.6.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/graph.gexf" <<'PY'
import re
import sys
from pathlib import Path

import networkx

seen = {}
for ranks in ((2.5, 1), (1, 2.5)):
    graph = networkx.Graph()
    for name, rank in zip("ab", ranks, strict=True):
        graph.add_node(name, rank=rank)
    networkx.write_gexf(graph, sys.argv[1])
    declared = re.search('title="rank" type="([a-z]*)"', Path(sys.argv[1]).read_text())[1]
    try:
        seen[ranks] = declared, [data["rank"] for _, data in networkx.read_gexf(sys.argv[1]).nodes(data=True)]
    except ValueError as error:
        seen[ranks] = declared, type(error).__name__
print("seen:    ", seen)
print("expected: double and both values, in either order")
sys.exit(seen != {(2.5, 1): ("double", [2.5, 1.0]), (1, 2.5): ("long", "ValueError")})
PY
