#!/bin/sh
# LinkML writes the decimal 1.1 into Turtle as 1.100000000000000088817841970012523233890533447265625
#
# Expected: A slot of range decimal holds the number as written: xsd:decimal is exact (XML Schema 1.1 Part 2,
#   3.3.3), and 1.1 in YAML is the decimal 1.1.
# Seen: The value goes through a binary float: 1.1, 0.1 and 0.7 get up to 55 digits; 0.5 stays. Quoted in
#   the YAML, "1.1" is right. The JSON-LD of the same data is right, so the two formats of one tool are
#   two different graphs.
# Versions: linkml 1.12.1, linkml-runtime 1.12.1, rdflib 7.6.0
# Why it matters: A filter for 1.1, a sh:in list or a comparison with the table it came from finds nothing.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='linkml==1.12.1 linkml-runtime==1.12.1 rdflib==7.6.0'
echo "packages: $pip"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/schema.yaml" <<'YAML'
id: https://example.org/schema
name: example
prefixes: {linkml: https://w3id.org/linkml/, ex: https://example.org/}
default_prefix: ex
imports: [linkml:types]
classes:
  Score:
    tree_root: true
    attributes:
      id: {identifier: true, range: uriorcurie}
      half: {range: decimal}
      weight: {range: decimal}
      quoted: {range: decimal}
YAML
cat >"$tmp/score.yaml" <<'YAML'
id: ex:score
half: 0.5
weight: 1.1
quoted: "1.1"
YAML
cd "$tmp"
env/bin/linkml-convert -s schema.yaml -C Score -t ttl -o score.ttl score.yaml 2>log
env/bin/linkml-convert -s schema.yaml -C Score -t json-ld -o score.jsonld score.yaml 2>>log
env/bin/python - <<'PY'
import json
import sys

import rdflib

graph = rdflib.Graph().parse("score.ttl")
seen = {name: str(next(graph.objects(None, rdflib.URIRef(f"https://example.org/{name}")))) for name in ("half", "weight", "quoted")}
document = json.load(open("score.jsonld"))
print("seen:     Turtle", seen, "JSON-LD", {name: document[name] for name in seen})
print("expected: 0.5, 1.1, 1.1")
recorded = {"half": "0.5", "weight": "1.100000000000000088817841970012523233890533447265625", "quoted": "1.1"}
sys.exit(seen != recorded or float(document["weight"]) != 1.1)
PY
