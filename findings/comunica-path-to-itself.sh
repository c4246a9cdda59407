#!/bin/sh
# Comunica finds no circle of more than one step with ?x :broader+ ?x
#
# Expected: :p+ gives every node that is reached in one or more steps, the first one too where the path comes back to
#   it (SPARQL 1.1 Query, 18.4, OneOrMorePath), and a pattern with one variable twice keeps the solutions in which
#   both are the same: :a and :b of a circle of two, and :c, which is broader than itself.
# Seen: ?x :broader+ ?x gives :c only. The same question with two variables and FILTER(?x = ?y), with
#   :broader/:broader or about one node, :a :broader+ :a, finds them. pyoxigraph and rdflib find them in every way.
# Versions: @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12, pyoxigraph 0.5.13, rdflib 7.6.0
# Why it matters: This is how a taxonomy is checked for circles; the check passes on every circle longer than one
#   step.
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
:a :broader :b . :b :broader :a . :c :broader :c . :d :broader :a .
TTL
cat >"$tmp/patterns" <<'TXT'
?x :broader+ ?x
:a :broader+ :a BIND(:a AS ?x)
?x :broader+ ?y FILTER(?x = ?y)
?x :broader/:broader ?x
TXT
cat >"$tmp/run.mjs" <<'JS'
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql-rdfjs";
import { Parser, Store } from "n3";

const [data, patterns] = process.argv.slice(2).map((name) => readFileSync(name, "utf8"));
const engine = new QueryEngine();
const answers = [];
for (const pattern of patterns.trim().split("\n")) {
  const query = `PREFIX : <http://example.org/> SELECT DISTINCT ?x { ${pattern} }`;
  const rows = await (await engine.queryBindings(query, { sources: [new Store(new Parser().parse(data))] })).toArray();
  answers.push(rows.map((row) => row.get("x").value.slice(-1)).sort().join(""));
}
console.log(answers.map((answer) => answer || "none").join(" "));
JS
comunica=$(node "$tmp/run.mjs" "$tmp/data.ttl" "$tmp/patterns")
others=$("$tmp/env/bin/python" - "$tmp/data.ttl" "$tmp/patterns" <<'PY'
import sys
from pathlib import Path

import pyoxigraph
import rdflib

store, graph = pyoxigraph.Store(), rdflib.Graph().parse(sys.argv[1], format="turtle")
store.load(path=sys.argv[1], format=pyoxigraph.RdfFormat.TURTLE)
for ask in (store.query, graph.query):
    answers = []
    for pattern in Path(sys.argv[2]).read_text().splitlines():
        rows = ask(f"PREFIX : <http://example.org/> SELECT DISTINCT ?x {{ {pattern} }}")
        answers.append("".join(sorted(str(getattr(row[0], "value", row[0]))[-1] for row in rows)) or "none")
    print(*answers)
PY
)
echo "seen:     Comunica: $comunica"
echo "expected: pyoxigraph and rdflib:" $others
[ "$comunica" = "c a abc abc" ] && [ "$(echo $others)" = "abc a abc abc abc a abc abc" ]
