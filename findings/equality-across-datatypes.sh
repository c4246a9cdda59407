#!/bin/sh
# "x" != 1 is true, true, or an error that drops the row
#
# Expected: One answer. By the text = and != on two literals that are not the same term, and for
#   which no operator is listed, is a type error, so the filter drops the row (SPARQL 1.1 Query,
#   17.4.1.7).
# Seen: FILTER(?v != 1) keeps the string "x" in rdflib and pyoxigraph and drops it in Comunica.
#   "x"^^xsd:anyURI = "x" is false in rdflib, an error in pyoxigraph, true in Comunica.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12
# Why it matters: columns that mix numbers and text, such as 7 and "7a", lose the text rows in one
#   engine; page addresses typed anyURI (DCAT, SSSOM) match strings in one engine only.
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

const engine = new QueryEngine();
for (const query of [process.env.ROWS, process.env.URI]) {
  const rows = await (await engine.queryBindings(query, { sources: [new Store()] })).toArray();
  console.log(rows.map((row) => row.get("v")?.value ?? "error").join(" "));
}
JS
export ROWS='SELECT ?v { VALUES ?v { 1 2 "x" } FILTER(?v != 1) }'
export URI='SELECT ("x"^^<http://www.w3.org/2001/XMLSchema#anyURI> = "x" AS ?v) {}'
comunica=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

queries = os.environ["ROWS"], os.environ["URI"]
seen = {
    "rdflib": [" ".join(str(row[0]) for row in rdflib.Graph().query(query)) for query in queries],
    "pyoxigraph": [
        " ".join(row[0].value if row[0] else "error" for row in pyoxigraph.Store().query(query)) for query in queries
    ],
    "Comunica": os.environ["comunica"].split("\n"),
}
recorded = {"rdflib": ["2 x", "false"], "pyoxigraph": ["2 x", "error"], "Comunica": ["2", "true"]}
print("seen:    ", seen)
print("expected: 2 and error from all")
sys.exit(seen != recorded)
PY
