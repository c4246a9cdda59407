#!/bin/sh
# LinkML writes an ordered list into RDF without its order and its duplicates
#
# Expected: list_elements_ordered: true says that the order of a multivalued slot is kept (LinkML metamodel,
#   list_elements_ordered); in RDF that takes a list or "@container": "@list" (JSON-LD 1.1, 4.3.1).
# Seen: linkml-convert to Turtle writes one statement for each different value; read back, the steps z, y, z
#   are y, z. The JSON-LD context says nothing of lists, so its JSON-LD holds a set, too. No message.
# Versions: linkml 1.12.1, linkml-runtime 1.12.1, rdflib 7.6.0
# Why it matters: authors, steps and the parts of a path are ordered lists; a schema that says so loses them
#   in the formats of its own tool.
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
  Plan:
    tree_root: true
    attributes:
      id: {identifier: true, range: uriorcurie}
      steps: {range: string, multivalued: true, list_elements_ordered: true, list_elements_unique: false}
YAML
cat >"$tmp/plan.yaml" <<'YAML'
id: ex:plan
steps: [z, y, z]
YAML
cd "$tmp"
env/bin/linkml-convert -s schema.yaml -C Plan -t ttl -o plan.ttl plan.yaml 2>log
env/bin/linkml-convert -s schema.yaml -C Plan -t json-ld -o plan.jsonld plan.yaml 2>>log
env/bin/linkml-convert -s schema.yaml -C Plan -t json -o back.json plan.ttl 2>>log
env/bin/python - <<'PY'
import json
import sys

import rdflib

steps = rdflib.URIRef("https://example.org/steps")
seen = {
    "Turtle": sorted(map(str, rdflib.Graph().parse("plan.ttl").objects(None, steps))),
    "JSON-LD": sorted(map(str, rdflib.Graph().parse("plan.jsonld", format="json-ld").objects(None, steps))),
    "read back": sorted(json.load(open("back.json"))["steps"]),
}
print("seen:    ", seen)
print("expected: z, y, z in lists and read back")
sys.exit(seen != {"Turtle": ["y", "z"], "JSON-LD": ["y", "z"], "read back": ["y", "z"]})
PY
