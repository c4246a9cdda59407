#!/bin/sh
# isNumeric accepts a byte of 1200, the example of the specification that it must not
#
# Expected: isNumeric("1200"^^xsd:byte) is false: the text gives this very example, a lexical form
#   out of the type's range (SPARQL 1.1 Query, 17.4.2.4).
# Seen: rdflib, pyoxigraph and Comunica say true; rdflib also says true for "x"^^xsd:integer.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12
# Why it matters: isNumeric is the guard in front of sums and averages over scores; it lets through
#   what it is there to keep out.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pip='rdflib==7.6.0 pyoxigraph==0.5.13'
npm='@comunica/query-sparql-rdfjs@5.4.1 n3@2.13.12'
echo "packages: $pip $npm"
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Store } from "n3";

const stream = await new QueryEngine().queryBindings(process.env.QUERY, { sources: [new Store()] });
const [row] = await stream.toArray();
console.log(row.get("n")?.value);
JS
export QUERY='SELECT (isNumeric("1200"^^<http://www.w3.org/2001/XMLSchema#byte>) AS ?n) {}'
comunica=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - 2>"$tmp/log" <<'PY'
import os
import sys

import pyoxigraph
import rdflib

query = os.environ["QUERY"]
seen = {
    "rdflib": str(next(iter(rdflib.Graph().query(query)))[0]),
    "rdflib, x": str(next(iter(rdflib.Graph().query(query.replace("1200", "x").replace("byte", "integer"))))[0]),
    "pyoxigraph": next(iter(pyoxigraph.Store().query(query)))[0].value,
    "Comunica": os.environ["comunica"],
}
recorded = dict.fromkeys(seen, "true")
print("seen:    ", seen)
print("expected: false everywhere")
sys.exit(seen != recorded)
PY
