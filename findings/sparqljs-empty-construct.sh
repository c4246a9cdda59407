#!/bin/sh
# SPARQL.js writes CONSTRUCT {} as CONSTRUCT WHERE, which copies every match, and two HAVING conditions as no SPARQL
#
# Expected: CONSTRUCT { } WHERE { ... } has an empty template and gives no triples; CONSTRUCT WHERE { ... }
#   takes the pattern as its template (SPARQL 1.1 Query, 16.2 and 16.2.4; grammar, rule 10). HAVING takes
#   several conditions one after the other (rule 21).
# Seen: parse and stringify make the second query of the first, so all matches come back; HAVING (a) (b) is
#   written as HAVING (a  b), which SPARQL.js itself cannot parse.
# Versions: sparqljs 3.7.4, pyoxigraph 0.5.13
# Why it matters: Tools that rewrite or format queries parse them and write them again, and a template that
#   is built from a list of properties can be empty.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='sparqljs@3.7.4'
pip='pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.mjs" <<'JS'
import sparqljs from "sparqljs";

const round = (query) => new sparqljs.Generator().stringify(new sparqljs.Parser().parse(query));
const construct = "CONSTRUCT { } WHERE { ?s <http://example.org/code> ?c }";
const having = "SELECT ?s WHERE { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 1) (COUNT(?o) < 9)";
let again = "parsed";
try {
  round(round(having));
} catch {
  again = "not parsed";
}
console.log(JSON.stringify({ queries: [construct, round(construct)], again }));
JS
cat >"$tmp/run.py" <<'PY'
import json
import sys

import pyoxigraph

store = pyoxigraph.Store()
store.update('PREFIX : <http://example.org/> INSERT DATA { :a :code "1.1" . :b :code "1.2" }')
result = json.load(sys.stdin)
seen = [len(list(store.query(query))) for query in result["queries"]], result["again"]
print("seen:     triples by hand and written again", *seen[0], "- two HAVING conditions, written and read again:", seen[1])
print("expected: 0 0, parsed")
sys.exit(seen != ([0, 2], "not parsed"))
PY
node "$tmp/run.mjs" | "$tmp/env/bin/python" "$tmp/run.py"
