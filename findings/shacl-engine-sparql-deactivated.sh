#!/bin/sh
# shacl-engine runs SPARQL constraints that are deactivated
#
# Expected: sh:deactivated true on the value of sh:sparql switches that constraint off, without a
#   result (SHACL, 5.2).
# Seen: shacl-engine reports the result all the same; pyshacl reports none.
# Versions: pyshacl 0.40.1, rdflib 7.6.0, shacl-engine 1.1.2, n3 2.13.12, rdf-ext 2.6.0
# Why it matters: a check that was switched off for one release goes on failing the build in one of
#   two tools.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='pyshacl==0.40.1 rdflib==7.6.0'
npm='shacl-engine@1.1.2 n3@2.13.12 rdf-ext@2.6.0'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
export SHAPES='@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <http://example.org/> .
:S a sh:NodeShape ; sh:targetNode :a ; sh:sparql [ sh:deactivated true ;
  sh:select "SELECT $this WHERE { $this <http://example.org/code> ?code }" ] .'
export DATA='@prefix : <http://example.org/> . :a :code "1.1" .'
cat >"$tmp/run.mjs" <<'JS'
import { Parser } from "n3";
import rdf from "rdf-ext";
import { Validator } from "shacl-engine";
import { validations } from "shacl-engine/sparql.js";

const read = (text) => rdf.dataset(new Parser({ factory: rdf }).parse(text));
const validator = new Validator(read(process.env.SHAPES), { factory: rdf, validations });
console.log((await validator.validate({ dataset: read(process.env.DATA) })).conforms);
JS
engine=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyshacl
import rdflib

graphs = [rdflib.Graph().parse(data=os.environ[name], format="turtle") for name in ("DATA", "SHAPES")]
seen = {"pyshacl": pyshacl.validate(graphs[0], shacl_graph=graphs[1])[0], "shacl-engine": os.environ["engine"] == "true"}
print("seen:     conforms", seen)
print("expected: True from both")
sys.exit(seen != {"pyshacl": True, "shacl-engine": False})
PY
