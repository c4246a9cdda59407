#!/bin/sh
# FILTER(?label) keeps labels with a language tag in rdflib and drops them in pyoxigraph and Comunica
#
# Expected: A non-empty label is true, tagged or not: the effective boolean value of a plain literal
#   is false only when it is empty, and plain literals include those with a tag (SPARQL 1.1 Query,
#   17.2.2 and the definition of plain literal it links to).
# Seen: rdflib keeps "a"@en and "a"; pyoxigraph and Comunica keep "a" only.
# Versions: rdflib 7.6.0, pyoxigraph 0.5.13, @comunica/query-sparql-rdfjs 5.4.1, n3 2.13.12
# Why it matters: FILTER(?label) or IF(?label, ...) as a test for "has text" loses every translated
#   label without a message.
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

const rows = await (await new QueryEngine().queryBindings(process.env.QUERY, { sources: [new Store()] })).toArray();
console.log(rows.length);
JS
export QUERY='SELECT ?v { VALUES ?v { "a"@en "a" } FILTER(?v) }'
comunica=$(node "$tmp/run.mjs") "$tmp/env/bin/python" - <<'PY'
import os
import sys

import pyoxigraph
import rdflib

query = os.environ["QUERY"]
seen = {
    "rdflib": len(list(rdflib.Graph().query(query))),
    "pyoxigraph": len(list(pyoxigraph.Store().query(query))),
    "Comunica": int(os.environ["comunica"]),
}
print("seen:     rows kept", seen)
print("expected: 2 rows from all")
sys.exit(seen != {"rdflib": 2, "pyoxigraph": 1, "Comunica": 1})
PY
