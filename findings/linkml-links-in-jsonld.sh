#!/bin/sh
# LinkML: a link is an IRI in the Turtle and a text in the JSON-LD of the same data, which its own SHACL refuses
#
# Expected: Turtle and JSON-LD of one object are one graph (JSON-LD 1.1, 10: JSON-LD is a concrete syntax of
#   RDF), and both conform to the shapes that are generated of the same schema.
# Seen: For range uri and uriorcurie linkml-convert writes <https://example.org/x> into Turtle, and
#   gen-shacl wants sh:nodeKind sh:IRI; the context of the JSON-LD types the slot as xsd:anyURI, so the
#   value is a literal and does not conform. Read back from Turtle the link is the CURIE ex:x, in the slot
#   of range uri, too.
# Versions: linkml 1.12.1, linkml-runtime 1.12.1, rdflib 7.6.0, pyshacl 0.40.1
# Why it matters: A licence, a source or a page is a link; a join over it finds nothing in what was loaded
#   from JSON-LD.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='linkml==1.12.1 linkml-runtime==1.12.1 rdflib==7.6.0 pyshacl==0.40.1'
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
  Source:
    tree_root: true
    attributes:
      id: {identifier: true, range: uriorcurie}
      page: {range: uri}
      licence: {range: uriorcurie}
YAML
cat >"$tmp/source.yaml" <<'YAML'
id: ex:source
page: https://example.org/x
licence: https://example.org/l
YAML
cd "$tmp"
env/bin/linkml-convert -s schema.yaml -C Source -t ttl -o source.ttl source.yaml 2>log
env/bin/linkml-convert -s schema.yaml -C Source -t json-ld -o source.jsonld source.yaml 2>>log
env/bin/linkml-convert -s schema.yaml -C Source -t json -o back.json source.ttl 2>>log
env/bin/gen-shacl schema.yaml >shapes.ttl 2>>log
env/bin/python - <<'PY'
import json
import sys

import pyshacl
import rdflib

shapes = rdflib.Graph().parse("shapes.ttl")
seen = {}
for name, kind in (("source.ttl", "turtle"), ("source.jsonld", "json-ld")):
    graph = rdflib.Graph().parse(name, format=kind)
    values = [next(graph.objects(None, rdflib.URIRef(f"https://example.org/{slot}"))) for slot in ("page", "licence")]
    seen[kind] = [type(value).__name__ for value in values] + [pyshacl.validate(graph, shacl_graph=shapes)[0]]
back = json.load(open("back.json"))
seen["read back"] = [back["page"], back["licence"]]
print("seen:    ", seen)
print("expected: URIRef, URIRef and conforming (True) in both, and the links as they were")
recorded = {"turtle": ["URIRef", "URIRef", True], "json-ld": ["Literal", "Literal", False], "read back": ["ex:x", "ex:l"]}
sys.exit(seen != recorded)
PY
