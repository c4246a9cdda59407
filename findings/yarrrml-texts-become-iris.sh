#!/bin/sh
# A text put together in YARRRML is a literal for yarrrml-parser and an IRI for yatter and morph-kgc
#
# Expected: An object is an IRI where the mapping says so, with "type: iri" or ~iri (YARRRML, 9.4 "Predicates and
#   objects"), as for $(code), a template of one reference (6 "Template"). In R2RML a template without a
#   term type makes IRIs (R2RML, 7.4), so whoever translates YARRRML has to write rr:termType rr:Literal.
# Seen: '$(framework):$(code)' is the literal "nist:1.10" by way of yarrrml-parser, which writes the term type,
#   and the IRI <nist:1.10> by way of yatter, which does not, and in morph-kgc's own reader of YARRRML. A
#   text 'http://example.org/x' without ~iri is an IRI in the same two. No warning.
# Versions: @rmlio/yarrrml-parser 1.12.2, yatter 2.0.4, morph-kgc 2.10.0
# Why it matters: notations and identifiers are put together like this; two pipelines publish different graphs
#   from one mapping, and one of them links to a scheme nobody registered.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='morph-kgc==2.10.0 yatter==2.0.4'
npm='@rmlio/yarrrml-parser@1.12.2'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$tmp" $npm || exit 2
cd "$tmp"
printf 'id,framework,code\n1,nist,1.10\n' >controls.csv
cat >mapping.yml <<'YML'
prefixes:
  ex: http://example.org/
  skos: http://www.w3.org/2004/02/skos/core#
mappings:
  control:
    sources:
      - ['controls.csv~csv']
    s: http://example.org/$(id)
    po:
      - [skos:notation, '$(framework):$(code)']
      - [skos:note, 'http://example.org/x']
YML
node_modules/.bin/yarrrml-parser -i mapping.yml -o parser.ttl >"$tmp/log" 2>&1
"$tmp/env/bin/python" -m yatter -i mapping.yml -o yatter.ttl >>"$tmp/log" 2>&1
"$tmp/env/bin/python" - 2>>"$tmp/log" <<'PY'
import sys

import morph_kgc
import rdflib

seen = {}
for name in ("parser.ttl", "yatter.ttl", "mapping.yml"):
    graph = morph_kgc.materialize(f"[CONFIGURATION]\nlogging_level=ERROR\n[DataSource]\nmappings={name}\n")
    seen[name] = sorted(value.n3() for value in graph.objects(rdflib.URIRef("http://example.org/1")))
for name, values in seen.items():
    print(f"seen:     {name:12}", *values)
print("expected: two literals from all three")
texts, iris = ['"http://example.org/x"', '"nist:1.10"'], ["<http://example.org/x>", "<nist:1.10>"]
sys.exit(seen != {"parser.ttl": texts, "yatter.ttl": iris, "mapping.yml": iris})
PY
