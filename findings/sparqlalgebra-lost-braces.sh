#!/bin/sh
# Queries written from SPARQL algebra lose the braces around OPTIONAL, MINUS, BIND and FILTER
#
# Expected: A group in braces is evaluated by itself and then joined: in { ?s :code ?c { OPTIONAL { ?s
#   :label ?l } } } the optional part is of the empty pattern, not of ?s :code ?c (SPARQL 1.1 Query, 5.2 and
#   18.2.2.6, "bottom-up"), so the query written from the algebra must keep the inner group.
# Seen: sparqlalgebrajs writes OPTIONAL, MINUS, BIND and the filter of an inner group into the outer one;
#   @traqula/algebra-sparql-1-1 does so with OPTIONAL and MINUS. The answers are others: pyoxigraph gives
#   them for the query as written by hand and as written from its algebra.
# Versions: sparqlalgebrajs 5.0.2, @traqula/algebra-sparql-1-1 1.3.1, @traqula/parser-sparql-1-1 1.3.1,
#   @traqula/generator-sparql-1-1 1.3.1, pyoxigraph 0.5.13
# Why it matters: Federation engines and query rewriters go through this algebra before they send a query to
#   an endpoint.
set -eu
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
npm='sparqlalgebrajs@5.0.2 @traqula/algebra-sparql-1-1@1.3.1 @traqula/parser-sparql-1-1@1.3.1 @traqula/generator-sparql-1-1@1.3.1'
pip='pyoxigraph==0.5.13'
echo "packages: $npm $pip"
npm install --silent --no-audit --no-fund --prefix "$tmp" $npm || exit 2
python3 -m venv "$tmp/env"
"$tmp/env/bin/pip" install -qq --disable-pip-version-check $pip || exit 2
cat >"$tmp/run.mjs" <<'JS'
import { toAlgebra, toAst } from "@traqula/algebra-sparql-1-1";
import { Generator } from "@traqula/generator-sparql-1-1";
import { Parser } from "@traqula/parser-sparql-1-1";
import algebra from "sparqlalgebrajs";

const groups = {
  OPTIONAL: "?s :code ?c { OPTIONAL { ?s :label ?l } }",
  MINUS: "?s :code ?c { MINUS { ?s :label ?l } }",
  BIND: "?s :code ?c { BIND(?c AS ?l) }",
  FILTER: '?s :code ?c OPTIONAL { { ?s :label ?l FILTER(?c = "1.2") } }',
};
const result = {};
for (const [name, group] of Object.entries(groups)) {
  const query = `PREFIX : <http://example.org/> SELECT ?s ?l WHERE { ${group} }`;
  result[name] = [query, algebra.toSparql(algebra.translate(query)), new Generator().generate(toAst(toAlgebra(new Parser().parse(query))))];
}
console.log(JSON.stringify(result));
JS
cat >"$tmp/run.py" <<'PY'
import json
import sys

import pyoxigraph

store = pyoxigraph.Store()
store.update('PREFIX : <http://example.org/> INSERT DATA { :a :code "1.1" . :b :code "1.2" ; :label "B" }')
seen = {}
for name, queries in json.load(sys.stdin).items():
    answers = [sorted(f"{row['s'].value[-1]} {row['l'].value if row['l'] else '-'}" for row in store.query(query)) for query in queries]
    seen[name] = answers
    print(f"{name}: by hand {answers[0]}, sparqlalgebrajs {answers[1]}, traqula {answers[2]}")
print("expected: the same three times")
changed = {"OPTIONAL": (True, True), "MINUS": (True, True), "BIND": (True, False), "FILTER": (True, False)}
sys.exit({name: tuple(answer != answers[0] for answer in answers[1:]) for name, answers in seen.items()} != changed)
PY
node "$tmp/run.mjs" | "$tmp/env/bin/python" "$tmp/run.py"
