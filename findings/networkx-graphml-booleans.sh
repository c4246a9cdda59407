#!/bin/sh
# rustworkx cannot read the booleans that networkx writes
#
# Expected: A boolean of GraphML is an xs:boolean: true, false, 1 or 0 (GraphML Primer,
#   GraphML-Attributes; XML Schema 2, 3.2.2).
# Seen: networkx writes True with a capital; rustworkx refuses that and also the valid 1. igraph and
#   networkx read True.
# Versions: networkx 3.6.1, rustworkx 0.18.1
# Why it matters: the two libraries are used side by side in Python, GraphML is the format both
#   have, and any flag on a node stops the hand-over.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='networkx==3.6.1 rustworkx==0.18.1'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - "$tmp/graph.graphml" <<'PY'
import sys
from pathlib import Path

import networkx
import rustworkx

path = Path(sys.argv[1])
graph = networkx.DiGraph()
graph.add_node("a", reviewed=True)
networkx.write_graphml(graph, path)
text = path.read_text()
seen = {"written": text.split('<data key="d0">')[1].split("<")[0]}
for value in ("True", "1", "true"):
    path.write_text(text.replace(">True<", f">{value}<"))
    try:
        seen[value] = next(iter(rustworkx.read_graphml(str(path))[0].nodes()))["reviewed"]
    except Exception as error:  # whatever the reader raises
        seen[value] = str(error)[:27]
recorded = {"written": "True", "True": "Failed conversion to 'bool'", "1": "Failed conversion to 'bool'", "true": True}
print("seen:    ", seen)
print("expected: written true; True refused, 1 and true read as True")
sys.exit(seen != recorded)
PY
