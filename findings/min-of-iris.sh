#!/bin/sh
# MIN and MAX over IRIs: an IRI, a string, or nothing
#
# Expected: MIN uses the order of ORDER BY, which orders IRIs too, so the answer is the IRI
#   <http://example.org/a> (SPARQL 1.1 Query, 18.5.1.5 and 15.1).
# Seen: pyoxigraph answers the IRI. rdflib answers the string "http://example.org/a", which matches
#   no subject, so a join on it is empty. Comunica leaves the variable unbound.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12
# Why it matters: MIN is the usual way to choose one of several concepts, pages or codes for each
#   group.
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
console.log(row.get("m")?.termType ?? "unbound");
JS
export QUERY='SELECT (MIN(?v) AS ?m) { VALUES ?v { <http://example.org/b> <http://example.org/a> } }'
comunica=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

query = os.environ["QUERY"]
seen = {
    "rdflib": type(next(iter(rdflib.Graph().query(query)))[0]).__name__,
    "pyoxigraph": type(next(iter(pyoxigraph.Store().query(query)))[0]).__name__,
    "Comunica": os.environ["comunica"],
}
recorded = {"rdflib": "Literal", "pyoxigraph": "NamedNode", "Comunica": "unbound"}
print("seen:    ", seen)
print("expected: an IRI (NamedNode) from all")
sys.exit(seen != recorded)
PY
