#!/bin/sh
# CONSTRUCT gives triples whose subject is a literal
#
# Expected: A template that would make a triple with a literal as subject leaves that triple out
#   (SPARQL 1.1 Query, 16.2: illegal RDF constructs are not included in the output graph).
# Seen: rdflib and Comunica return the triple; rdflib writes it as N-Triples, and its own reader
#   refuses the file. pyoxigraph leaves it out.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12
# Why it matters: turning links round (?o ex:isCodeOf ?s) is common when mappings are exported; one
#   stray text value makes the file unreadable.
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

const quads = await (await new QueryEngine().queryQuads(process.env.QUERY, { sources: [new Store()] })).toArray();
console.log(quads.map((quad) => quad.subject.termType).join(" "));
JS
export QUERY='CONSTRUCT { ?v <http://example.org/codeOf> <http://example.org/a> } { VALUES ?v { "1.1" <http://example.org/b> } }'
comunica=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

query = os.environ["QUERY"]
graph = rdflib.Graph().query(query).graph
try:
    rdflib.Graph().parse(data=graph.serialize(format="nt"), format="nt")
    again = "read"
except Exception as error:  # whatever the reader raises
    again = type(error).__name__
seen = {
    "rdflib": len(graph),
    "rdflib reads its N-Triples": again,
    "pyoxigraph": len(list(pyoxigraph.Store().query(query))),
    "Comunica": os.environ["comunica"],
}
recorded = {"rdflib": 2, "rdflib reads its N-Triples": "ParserError", "pyoxigraph": 1, "Comunica": "Literal NamedNode"}
print("seen:    ", seen)
print("expected: one triple, subject an IRI, from all")
sys.exit(seen != recorded)
PY
