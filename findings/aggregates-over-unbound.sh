#!/bin/sh
# SUM, AVG, MIN and GROUP_CONCAT over a group with an unbound value: two engines answer, one does not
#
# Expected: One answer from all. By the text an expression that fails puts an error into the list,
#   and SUM of a list with an error is an error, so the variable stays unbound; COUNT leaves errors
#   out (SPARQL 1.1 Query, 11.5 and 18.5.1).
# Seen: rdflib and Comunica leave the unbound value out and answer 1, 1, 1 and "1"; pyoxigraph
#   leaves all four unbound.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12
# Why it matters: "labels of each concept in one string" is GROUP_CONCAT over an OPTIONAL; concepts
#   that lack one of several values lose all of them in one engine and none in another.
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
console.log(["a", "b", "c", "d"].map((name) => row.get(name)?.value ?? "-").join(" "));
JS
export QUERY='SELECT (SUM(?v) AS ?a) (AVG(?v) AS ?b) (MIN(?v) AS ?c) (GROUP_CONCAT(?v) AS ?d) { VALUES ?v { 1 UNDEF } }'
comunica=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

query = os.environ["QUERY"]
seen = {
    "rdflib": " ".join(str(value) for value in next(iter(rdflib.Graph().query(query)))),
    "pyoxigraph": " ".join(value.value if value else "-" for value in next(iter(pyoxigraph.Store().query(query)))),
    "Comunica": os.environ["comunica"],
}
recorded = {"rdflib": "1 1 1 1", "pyoxigraph": "- - - -", "Comunica": "1 1.0 1 1"}
print("seen:    ", seen)
print("expected: - - - - from all (unbound)")
sys.exit(seen != recorded)
PY
