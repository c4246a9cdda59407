#!/bin/sh
# ndex2 cuts the fraction of every weight when the first one is a whole number
#
# Expected: An attribute with the values 1 and 2.5 is a double (CX2 specification, "Attribute declarations":
#   a declared type holds for all values), or the value that does not fit is refused.
# Seen: The first value, 1, declares the attribute as integer, and 2.5 is stored and written as 2, for edges
#   and for nodes, without a warning. In the other order 2.5 and 1.0 are written. In CX, true is declared as
#   an integer.
# Versions: ndex2 3.12.0
# Why it matters: weights of relations and scores of severity are whole numbers at first; the same graph
#   has other weights when its edges come in another order.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='ndex2==3.12.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
"$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import sys

from ndex2.cx2 import CX2Network
from ndex2.nice_cx_network import NiceCXNetwork


def write(weights):
    network = CX2Network()
    first, second = (network.add_node(attributes={"name": name}) for name in ("1.10", "007"))
    for weight in weights:
        network.add_edge(source=first, target=second, attributes={"weight": weight})
    (edges,) = [aspect["edges"] for aspect in network.to_cx2() if "edges" in aspect]
    return [edge["v"]["weight"] for edge in edges]


old = NiceCXNetwork()
old.add_node_attribute(old.create_node("1.10"), "active", True)
(attributes,) = [aspect["nodeAttributes"] for aspect in old.to_cx() if "nodeAttributes" in aspect]
seen = {"1, 2.5": write([1, 2.5]), "2.5, 1": write([2.5, 1]), "true": attributes[0]["d"]}
print("seen:    ", seen)
print("expected: [1, 2.5], [2.5, 1], boolean")
sys.exit(seen != {"1, 2.5": [1, 2], "2.5, 1": [2.5, 1.0], "true": "integer"})
PY
