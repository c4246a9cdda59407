#!/bin/sh
# ttl2jsonld makes JSON numbers of integers: "01" loses its zero, long ones change, an ill-typed one is dropped
#
# Expected: A literal is its lexical form and its datatype (RDF 1.1 Concepts, 3.3), also where it is not a valid
#   number; JSON-LD keeps one as {"@value": "...", "@type": "..."} (JSON-LD 1.1, 4.2.1).
# Seen: "01"^^xsd:integer is 1, 12345678901234567890 is 12345678901234567000, "n/a"^^xsd:integer is null, which a
#   reader drops with its statement. 01 without quotes and all decimals are kept.
# Versions: @frogcat/ttl2jsonld 0.0.10, pyoxigraph 0.5.13
# Why it matters: Codes with a leading zero and long identifiers change on the way from Turtle to JSON-LD, and a
#   defect that a shape would report is gone.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@frogcat/ttl2jsonld@0.0.10'
pip='pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/in.ttl" <<'TTL'
PREFIX : <http://example.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
:a :p "01"^^xsd:integer .
:b :p 12345678901234567890 .
:c :p "n/a"^^xsd:integer .
:d :p 01 .
:e :p 1.10 .
TTL
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import ttl2jsonld from "@frogcat/ttl2jsonld";

console.log(JSON.stringify(ttl2jsonld.parse(readFileSync(process.argv[2], "utf8"))));
JS
node "$tmp/run.mjs" "$tmp/in.ttl" >"$tmp/out.jsonld"
"$tmp/env/bin/python" - "$tmp" <<'PY'
import sys
from pathlib import Path

import pyoxigraph


def read(name, form):
    return {quad.subject.value[-1]: quad.object.value for quad in pyoxigraph.parse((Path(sys.argv[1]) / name).read_bytes(), format=form)}


before = read("in.ttl", pyoxigraph.RdfFormat.TURTLE)
seen = read("out.jsonld", pyoxigraph.RdfFormat.JSON_LD)
print("seen:    ", seen)
print("expected:", before)
sys.exit(seen != {"a": "1", "b": "12345678901234567000", "d": "01", "e": "1.10"})
PY
