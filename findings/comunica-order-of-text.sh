#!/bin/sh
# Comunica compares text as a dictionary does: "a" comes before "B", and "AI 1" before "AI-2" before "apple"
#
# Expected: < on texts, and with it ORDER BY, MIN and MAX, goes by the code points (SPARQL 1.1 Query, 17.3 and 15.1;
#   fn:compare with the codepoint collation): "1.1", "AI 1", "AI-2", "Apple", "Zebra", "_x", "apple".
# Seen: _x, 1.1, AI 1, AI-2, apple, Apple, Zebra; MIN is _x, MAX is Zebra, and "B" < "a" is false. IRIs are in the
#   order of code points. pyoxigraph and rdflib answer as expected.
# Versions: @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12, pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: Pages by LIMIT and OFFSET, FILTER(?code >= "A" && ?code < "B") and the lowest and highest code are
#   others than on the server that the query was written for.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='@comunica/query-sparql-rdfjs@5.4.1 n3@2.13.12'
pip='pyoxigraph==0.5.13 rdflib==7.6.0'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/data.ttl" <<'TTL'
@prefix : <http://example.org/> .
:a :code "Zebra", "apple", "Apple", "_x", "1.1", "AI-2", "AI 1" .
TTL
cat >"$tmp/queries" <<'TXT'
SELECT ?x { ?s ?p ?x } ORDER BY ?x
SELECT (MIN(?code) AS ?x) { ?s ?p ?code }
SELECT (MAX(?code) AS ?x) { ?s ?p ?code }
SELECT ("B" < "a" AS ?x) {}
TXT
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Parser, Store } from "n3";

const [data, queries] = process.argv.slice(2).map((name) => readFileSync(name, "utf8"));
const engine = new QueryEngine();
const answers = [];
for (const query of queries.trim().split("\n")) {
  const rows = await (await engine.queryBindings(query, { sources: [new Store(new Parser().parse(data))] })).toArray();
  answers.push(rows.map((row) => row.get("x").value).join(", "));
}
console.log(answers.join("; "));
JS
comunica=$(node "$tmp/run.mjs" "$tmp/data.ttl" "$tmp/queries")
others=$("$tmp/env/bin/python" - "$tmp/data.ttl" "$tmp/queries" <<'PY'
import sys
from pathlib import Path

import pyoxigraph
import rdflib

store, graph = pyoxigraph.Store(), rdflib.Graph().parse(sys.argv[1], format="turtle")
store.load(path=sys.argv[1], format=pyoxigraph.RdfFormat.TURTLE)
for ask in (store.query, graph.query):
    queries = Path(sys.argv[2]).read_text().splitlines()
    answers = [", ".join(str(getattr(row[0], "value", row[0])) for row in ask(query)).replace("True", "true") for query in queries]
    print("; ".join(answers))
PY
)
echo "seen:     Comunica: $comunica"
echo "expected: $(echo "$others" | sort -u)"
right='1.1, AI 1, AI-2, Apple, Zebra, _x, apple; 1.1; apple; true'
[ "$comunica" = '_x, 1.1, AI 1, AI-2, apple, Apple, Zebra; _x; Zebra; false' ] && [ "$(echo "$others" | sort -u)" = "$right" ]
